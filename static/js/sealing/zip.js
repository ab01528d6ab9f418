// @ts-check
/**
 * The content of an envelope as one stored ZIP: bid.json, files/…, padding. Its exact
 * length is known before the first byte.
 *
 *   planZip(bid, files): Plan              files: [{name, kind, input: Blob}]
 *       Plan: {bid, bidBytes, files, padding, size}       size: of the whole ZIP
 *   zipStream(plan): ReadableStream<Uint8Array>
 *   isFileName(name): boolean
 */
import { makeZip, predictLength } from "client-zip";
import { FORMAT } from "./bytes.js";
import { EnvelopeRefused } from "./errors.js";
import { canonicalBytes } from "./jcs.js";
import { padded } from "./padding.js";

/**
 * @typedef {{name: string, kind: string, input: Blob}} BidFile
 * @typedef {{bid: object, bidBytes: Uint8Array, files: BidFile[], padding: number, size: number}} Plan
 */

/** One date for all: when a file was last saved is nobody's business. */
const DATE = new Date(2010, 0, 1);
const ZEROS = new Uint8Array(64 * 1024);
const LONGEST_NAME = 200;

/** A plain name: no folder, no dot in front, nothing that a file system reads otherwise. @param {unknown} name */
export function isFileName(name) {
  return (
    typeof name === "string" &&
    name.isWellFormed() &&
    name === name.normalize("NFC") &&
    name.length > 0 &&
    new TextEncoder().encode(name).length <= LONGEST_NAME &&
    !/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]/u.test(name) &&
    !name.startsWith(".") &&
    !/[. ]$/.test(name) &&
    !name.startsWith(" ")
  );
}

/** @param {number} length */
function zeros(length) {
  let left = length;
  return new ReadableStream(
    {
      pull(controller) {
        if (left === 0) return controller.close();
        const piece = ZEROS.subarray(0, Math.min(left, ZEROS.length));
        left -= piece.length;
        // A copy: the buffer that is passed on may be transferred.
        controller.enqueue(piece.slice());
      },
    },
    { highWaterMark: 0 },
  );
}

/** @param {Plan} plan */
function sizes({ bidBytes, files, padding }) {
  return [
    { name: "bid.json", size: bidBytes.length, lastModified: DATE },
    ...files.map(({ name, input }) => ({
      name: `files/${name}`,
      size: input.size,
      lastModified: DATE,
    })),
    { name: "padding", size: padding, lastModified: DATE },
  ];
}

/**
 * @param {object} content - everything of bid.json but `format` and `files`
 * @param {BidFile[]} files
 * @returns {Plan}
 */
export function planZip(content, files) {
  const seen = new Set();
  for (const { name } of files) {
    if (!isFileName(name))
      throw new EnvelopeRefused("envelope:name", "a file name cannot be used", { name });
    const folded = name.toLowerCase();
    if (seen.has(folded))
      throw new EnvelopeRefused("envelope:name", "two files have the same name", { name });
    seen.add(folded);
  }
  const listed = files.map(({ name, kind, input }) => ({ name, kind, size: input.size }));
  const bid = { ...content, format: FORMAT.bid, files: listed };
  const plan = { bid, bidBytes: canonicalBytes(bid), files, padding: 0, size: 0 };
  const bare = Number(predictLength(sizes(plan)));
  plan.size = padded(bare);
  plan.padding = plan.size - bare;
  // Near 4 GiB the padding itself may need the longer ZIP64 fields: take their bytes from it.
  plan.padding -= Number(predictLength(sizes(plan))) - plan.size;
  if (Number(predictLength(sizes(plan))) !== plan.size || plan.padding < 0) {
    throw new EnvelopeRefused("envelope:size", "the bid has a size that cannot be padded");
  }
  return plan;
}

/** @param {Plan} plan @returns {ReadableStream<Uint8Array>} */
export function zipStream(plan) {
  const [bid, ...rest] = sizes(plan);
  const padding = rest.pop();
  return makeZip([
    { ...bid, input: plan.bidBytes },
    ...rest.map((meta, at) => ({ ...meta, input: plan.files[at].input.stream() })),
    { .../** @type {any} */ (padding), input: zeros(plan.padding) },
  ]);
}
