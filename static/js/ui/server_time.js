// The server's time, as the page was told it, carried on by the browser's steady clock.
//
// The wall clock of the visitor's computer is never shown and never decides: it may be wrong, and
// it may be set wrong on purpose.

const place = document.querySelector("[data-now]");
const told = place ? Date.parse(place.dataset.now) : Number.NaN;
const [navigation] = performance.getEntriesByType("navigation");
const heardAt = navigation ? navigation.responseStart : 0;

/** The server's time in milliseconds; not a number where the page carries no clock. */
export function serverTime() {
  return told + performance.now() - heardAt;
}
