// The server's time, as the page was told it, carried on by the browser's steady clock.
//
// The wall clock of the visitor's computer is never shown and never decides: it may be wrong, and
// it may be set wrong on purpose. It only betrays that the steady clock stood still in a sleep.

const LARGEST_DRIFT = 1500;

const place = document.querySelector("[data-now]");
const [navigation] = performance.getEntriesByType("navigation");
let told = place ? Date.parse(place.dataset.now) : Number.NaN;
let heardAt = navigation ? navigation.responseStart : 0;
let wallThen = Date.now() - (performance.now() - heardAt);

/** The server's time in milliseconds; not a number where the page carries no clock. */
export function serverTime() {
  return told + performance.now() - heardAt;
}

/** Ask the server again when the page comes back from a sleep. */
export function askAfterSleep() {
  if (!place) return;
  document.addEventListener("visibilitychange", askIfSlept);
  window.addEventListener("pageshow", askIfSlept);
  window.addEventListener("online", askIfSlept);
}

async function askIfSlept() {
  const drift = Date.now() - wallThen - (performance.now() - heardAt);
  if (document.hidden || Math.abs(drift) < LARGEST_DRIFT) return;
  const asked = performance.now();
  // Without a connection the clock runs on as it is, and asks again when there is one.
  const answer = await fetch(place.dataset.clock, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { now } = await answer.json();
  told = Date.parse(now);
  heardAt = (asked + performance.now()) / 2;
  wallThen = Date.now() - (performance.now() - heardAt);
}
