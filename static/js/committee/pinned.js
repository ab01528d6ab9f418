// What this browser has seen of a tender before. A key statement that was valid once cannot
// disappear: a set of keys swapped later is noticed even if everything else about it fits.

const SEEN = "lpse:statements:";
const SIGNED = "lpse:signed:";

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} tender @returns {string[]} digests of statements seen valid here */
export function pinned(tender) {
  return read(SEEN + tender) ?? [];
}

/** @param {string} tender @param {{byDigest: Map<string, object>}} chain verified just now */
export function pin(tender, chain) {
  localStorage.setItem(SEEN + tender, JSON.stringify([...chain.byDigest.keys()]));
}

/**
 * A member who signs a later date has not seen it valid yet, and need not: a server that then
 * shows only the older statement would have the box opened while bids still come in.
 *
 * @param {string} tender @param {{version: number, opening_at: string}} statement
 */
export function rememberSigned(tender, { version, opening_at }) {
  localStorage.setItem(SIGNED + tender, JSON.stringify({ version, opening_at }));
}

/**
 * From when on this browser opens: by the latest version that it has been shown or has signed.
 *
 * @param {string} tender @param {{latest: {version: number, opening_at: string}}} chain
 * @returns {string}
 */
export function opensAt(tender, { latest }) {
  const signed = read(SIGNED + tender);
  const isLater = signed?.version > latest.version && signed.opening_at > latest.opening_at;
  return isLater ? signed.opening_at : latest.opening_at;
}
