// What this browser has seen of a tender before. A key statement that was valid once cannot
// disappear: a set of keys swapped later is noticed even if everything else about it fits.

const key = (tender) => `lpse:statements:${tender}`;

/** @param {string} tender @returns {string[]} digests of statements seen valid here */
export function pinned(tender) {
  try {
    return JSON.parse(localStorage.getItem(key(tender)) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} tender @param {{byDigest: Map<string, object>}} chain verified just now */
export function pin(tender, chain) {
  localStorage.setItem(key(tender), JSON.stringify([...chain.byDigest.keys()]));
}
