// @ts-check
/**
 * C2SP signed notes, checkpoints and offline proofs, checked against a key the reader
 * already has; nothing in a note is believed before its signature.
 *
 *   verifyNote(note, {name, key}): string                        the signed text
 *   verifyCheckpoint(note, {origin, key}): {origin, size, root: Uint8Array}
 *   verifyProof(proof, {origin, key, entry}): {index, size, root}   proof: a .tlog-proof text
 *   keyId(name, key): Uint8Array                                 key: base64 Ed25519
 */
import { concat, equal, fromBase64, sha256, toBase64, utf8 } from "./bytes.js";
import { LedgerRefused } from "./errors.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { verifyBytes } from "./sign.js";

const ED25519 = 0x01;
const MOST_SIGNATURES = 32;
const NUMBER = /^(?:0|[1-9]\d{0,15})$/;
const PROOF_HEADER = "c2sp.org/tlog-proof@v1";

/** @param {string} code @param {string} message @returns {never} */
function refuse(code, message) {
  throw new LedgerRefused(`ledger:${code}`, message);
}

/**
 * @param {string} name
 * @param {string} key
 */
export function keyId(name, key) {
  return sha256(concat(utf8(name), Uint8Array.of(0x0a, ED25519), fromBase64(key))).slice(0, 4);
}

/** @param {string} text @param {string} what */
function number(text, what) {
  if (!NUMBER.test(text) || !Number.isSafeInteger(Number(text))) {
    refuse("format", `the ${what} is not a number`);
  }
  return Number(text);
}

/** @param {string} text @param {string} what */
function hash(text, what) {
  const bytes = fromBase64(text);
  if (bytes.length !== 32) refuse("format", `the ${what} is not a SHA-256`);
  return bytes;
}

/**
 * @param {string} note
 * @param {{name: string, key: string}} signer
 */
export function verifyNote(note, { name, key }) {
  const at = note.lastIndexOf("\n\n");
  if (at < 0 || !note.endsWith("\n") || /[\x00-\x09\x0b-\x1f]/.test(note)) {
    refuse("format", "not a signed note");
  }
  const text = note.slice(0, at + 1);
  const lines = note.slice(at + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) refuse("format", "too many signatures");
  const id = keyId(name, key);
  let verified = false;
  for (const line of lines) {
    const parts = line.split(" ");
    if (parts.length !== 3 || parts[0] !== "—") refuse("format", "not a signature line");
    const signature = fromBase64(parts[2]);
    if (parts[1] !== name || !equal(signature.subarray(0, 4), id)) continue;
    if (!verifyBytes(key, utf8(text), toBase64(signature.subarray(4)))) {
      refuse("signature", "the signature of the ledger does not hold");
    }
    verified = true;
  }
  if (!verified) refuse("signature", "the ledger's key has not signed this");
  return text;
}

/**
 * @param {string} note
 * @param {{origin: string, key: string}} ledger
 */
export function verifyCheckpoint(note, { origin, key }) {
  const [first, size, root, ...rest] = verifyNote(note, { name: origin, key }).split("\n");
  if (first !== origin) refuse("origin", "the checkpoint is of another ledger");
  if (root === undefined || rest.length !== 1 || rest[0] !== "") {
    refuse("format", "a checkpoint has three lines");
  }
  return { origin, size: number(size, "size"), root: hash(root, "root") };
}

/**
 * @param {string} proof
 * @param {{origin: string, key: string, entry: Uint8Array}} expected - `entry` is the log
 *     entry (the 32-byte commitment), not its leaf hash
 */
export function verifyProof(proof, { origin, key, entry }) {
  const at = proof.indexOf("\n\n");
  if (at < 0) refuse("format", "not a ledger proof");
  const [header, ...lines] = proof.slice(0, at).split("\n");
  if (header !== PROOF_HEADER) refuse("format", "an unknown form of ledger proof");
  if (lines[0]?.startsWith("extra ")) lines.shift();
  const indexLine = lines.shift() ?? "";
  if (!indexLine.startsWith("index ")) refuse("format", "the proof names no index");
  const index = number(indexLine.slice("index ".length), "index");
  const { size, root } = verifyCheckpoint(proof.slice(at + 2), { origin, key });
  const path = lines.map((line) => hash(line, "path"));
  if (!verifyInclusion(leafHash(entry), index, size, path, root)) {
    refuse("inclusion", "the entry is not in the ledger at this place");
  }
  return { index, size, root };
}
