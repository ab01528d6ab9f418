// Sizes of files as people read them.

import { numberText } from "./text.js";

const UNITS = ["B", "KB", "MB", "GB"];

/** `bytes` with at most one decimal: `831 KB`, `12,4 MB`. */
export function filesize(bytes) {
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  const rounded = step < 2 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${numberText(rounded)} ${UNITS[step]}`;
}
