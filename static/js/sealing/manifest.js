// @ts-check
/**
 * The manifest: what a bidder sends, named by digests and signed with the tender key.
 *
 *   buildManifest({statement, envelope, provider, bidder, bundle, recipient, ciphertext, shares}): Manifest
 *   signManifest(manifest, tenderSeed): {manifest, signature}
 *   manifestDigest(manifest): string
 *   checkManifest(manifest): void                                      form only
 *   verifyManifest(manifest, signature, {chain, bidder?, provider?}): string     its digest
 */
import { plainSize } from "./age.js";
import { FORMAT } from "./bytes.js";
import { ManifestRefused } from "./errors.js";
import { digestOf } from "./jcs.js";
import { isPadded } from "./padding.js";
import {
  isCode,
  isCount,
  isDigest,
  isEnvelope,
  isKey,
  isMember,
  isObject,
  isRecipient,
  isText,
  listOf,
  shaped,
} from "./shape.js";
import { publicKey, signObject, verifyObject } from "./sign.js";
import { statementDigest } from "./statement.js";

/**
 * @typedef {{member: string, commitment: string, sealed: string}} StatedShare
 * @typedef {{format: string, tender: string, envelope: string, provider: string, bidder: string,
 *     statement: string, bundle: string, recipient: string,
 *     ciphertext: {sha256: string, size: number}, k: number, n: number,
 *     shares: StatedShare[]}} Manifest
 */

/** @param {string} code @param {string} message @param {Record<string, unknown>} [details] @returns {never} */
function refuse(code, message, details) {
  throw new ManifestRefused(`manifest:${code}`, message, details);
}

const FIELDS = {
  format: isText,
  tender: isCode,
  envelope: isEnvelope,
  provider: isCode,
  bidder: isKey,
  statement: isDigest,
  bundle: isDigest,
  recipient: isRecipient,
  ciphertext: isObject,
  k: isCount,
  n: isCount,
  shares: listOf(isObject),
};
const CIPHERTEXT = { sha256: isDigest, size: isCount };
const SHARE = { member: isMember, commitment: isDigest, sealed: isDigest };

/**
 * @param {{statement: import("./statement.js").Statement, envelope: string, provider: string,
 *     bidder: string, bundle: string, recipient: string,
 *     ciphertext: {sha256: string, size: number},
 *     shares: {member: string, commitment: string, sealedDigest: string}[]}} parts
 * @returns {Manifest}
 */
export function buildManifest({ statement, shares, ciphertext, ...named }) {
  const manifest = {
    ...named,
    format: FORMAT.manifest,
    tender: statement.tender,
    statement: statementDigest(statement),
    ciphertext: { sha256: ciphertext.sha256, size: ciphertext.size },
    k: statement.k,
    n: statement.n,
    shares: shares.map(({ member, commitment, sealedDigest }) => ({
      member,
      commitment,
      sealed: sealedDigest,
    })),
  };
  checkManifest(manifest);
  return manifest;
}

/** @param {Manifest} manifest */
export const manifestDigest = (manifest) => digestOf(manifest);

/**
 * @param {Manifest} manifest
 * @param {string} tenderSeed
 */
export function signManifest(manifest, tenderSeed) {
  checkManifest(manifest);
  if (publicKey(tenderSeed) !== manifest.bidder) {
    refuse("bidder", "the tender key on this device is not the one you joined with");
  }
  return { manifest, signature: signObject(tenderSeed, manifest) };
}

/** @param {any} manifest */
export function checkManifest(manifest) {
  if (manifest?.format !== FORMAT.manifest)
    refuse("format", "this is not a manifest of the known format");
  /** @param {string} field @returns {never} */
  const bad = (field) =>
    refuse("field", "a field of the manifest is missing, unknown or wrong", { field });
  shaped(manifest, FIELDS, bad);
  shaped(manifest.ciphertext, CIPHERTEXT, bad);
  manifest.shares.forEach((/** @type {unknown} */ share) => shaped(share, SHARE, bad));
  const plain = plainSize(manifest.ciphertext.size);
  if (plain === null || !isPadded(plain))
    refuse("size", "the sealed file has a size that no padded bid has");
}

/**
 * @param {Manifest} manifest
 * @param {string} signature
 * @param {{chain: import("./chain.js").Chain, bidder?: string, provider?: string}} expected -
 *     `bidder`: the tender key this provider registered when joining
 */
export function verifyManifest(manifest, signature, { chain, bidder, provider }) {
  checkManifest(manifest);
  if (manifest.tender !== chain.latest.tender)
    refuse("tender", "the manifest is of another tender");
  const statement = chain.byDigest.get(manifest.statement);
  if (statement === undefined)
    refuse("statement", "the bid was sealed under another key statement");
  if (!statement.envelopes.includes(manifest.envelope))
    refuse("envelope", "the tender has no such envelope");
  if (manifest.k !== statement.k || manifest.n !== statement.n) {
    refuse("threshold", "the bid was sealed for another number of openers");
  }
  const addressed = manifest.shares.map(({ member }) => member).join("\n");
  if (addressed !== statement.members.map(({ member }) => member).join("\n")) {
    refuse("members", "the shares are not addressed to the members of the committee");
  }
  if (
    (bidder ?? manifest.bidder) !== manifest.bidder ||
    (provider ?? manifest.provider) !== manifest.provider
  ) {
    refuse("bidder", "the manifest is of another bidder");
  }
  if (!verifyObject(manifest.bidder, manifest, signature)) {
    refuse("signature", "the bidder's signature does not hold");
  }
  return manifestDigest(manifest);
}
