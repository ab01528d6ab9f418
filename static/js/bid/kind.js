// What a chosen file really is, judged by its content as the server judges it after the opening
// (lpse/files/kind.py). Only the first and last bytes are read.
//
//   kindOf(file): Promise<"pdf" | "docx" | "xlsx" | "odt" | "jpeg" | "png" | "zip" | null>

const LARGEST_DIRECTORY = 4 * 1024 * 1024;
const END_LENGTH = 22;
const LARGEST_COMMENT = 65535;

/** @param {Blob} file */
export async function kindOf(file) {
  const head = await bytes(file, 0, 16);
  if (starts(head, "%PDF-")) return text(await tail(file, 2048)).includes("%%EOF") ? "pdf" : null;
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "jpeg";
  if (starts(head, "\x89PNG\r\n\x1a\n")) return "png";
  if (starts(head, "PK\x03\x04") || starts(head, "PK\x05\x06")) return kindOfArchive(file);
  return null;
}

/** @param {Blob} file */
async function kindOfArchive(file) {
  const names = await entryNames(file);
  if (names === null || names.some((name) => name.endsWith("vbaProject.bin"))) return null;
  if (names.includes("[Content_Types].xml")) {
    if (names.includes("word/document.xml")) return "docx";
    return names.includes("xl/workbook.xml") ? "xlsx" : null;
  }
  if (names[0] === "mimetype") {
    const start = text(await bytes(file, 0, 128));
    return start.includes("application/vnd.oasis.opendocument.text") ? "odt" : null;
  }
  return "zip";
}

/** The names in a ZIP's table of contents, or null where there is none. @param {Blob} file */
async function entryNames(file) {
  const end = await tail(file, END_LENGTH + LARGEST_COMMENT);
  const at = text(end).lastIndexOf("PK\x05\x06");
  if (at < 0 || end.length - at < END_LENGTH) return null;
  const view = new DataView(end.buffer, end.byteOffset + at);
  const [length, offset] = [view.getUint32(12, true), view.getUint32(16, true)];
  if (length > LARGEST_DIRECTORY || offset + length > file.size) return null;
  const directory = await bytes(file, offset, offset + length);
  const fields = new DataView(directory.buffer, directory.byteOffset);
  const names = [];
  for (let entry = 0; entry + 46 <= directory.length; ) {
    if (fields.getUint32(entry, true) !== 0x02014b50) return null;
    const name = fields.getUint16(entry + 28, true);
    const rest = fields.getUint16(entry + 30, true) + fields.getUint16(entry + 32, true);
    names.push(text(directory.subarray(entry + 46, entry + 46 + name)));
    entry += 46 + name + rest;
  }
  return names;
}

/** @param {Blob} file @param {number} start @param {number} end */
async function bytes(file, start, end) {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

/** @param {Blob} file @param {number} length */
const tail = (file, length) => bytes(file, Math.max(0, file.size - length), file.size);

/** Bytes as the letters of the same numbers. @param {Uint8Array} content */
const text = (content) => new TextDecoder("latin1").decode(content);

/** @param {Uint8Array} content @param {string} start */
const starts = (content, start) => [...start].every((letter, at) => content[at] === letter.charCodeAt(0));
