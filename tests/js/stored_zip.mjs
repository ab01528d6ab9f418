// Reads a stored ZIP from its directory, as a stranger's program would.

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The entries of `bytes`: name → content. */
export function readStored(bytes) {
  const data = view(bytes);
  let end = bytes.length - 22;
  while (data.getUint32(end, true) !== 0x06054b50) end -= 1;
  const entries = new Map();
  let at = data.getUint32(end + 16, true);
  for (let left = data.getUint16(end + 10, true); left > 0; left -= 1) {
    const [size, nameLength] = [data.getUint32(at + 24, true), data.getUint16(at + 28, true)];
    const rest = data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const local = data.getUint32(at + 42, true);
    const start = local + 30 + data.getUint16(local + 26, true) + data.getUint16(local + 28, true);
    if (data.getUint16(at + 10, true) !== 0) throw new Error(`${name} is compressed`);
    entries.set(name, bytes.subarray(start, start + size));
    at += 46 + nameLength + rest;
  }
  return entries;
}
