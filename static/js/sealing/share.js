// @ts-check
/**
 * Shares of a bid key: made by the bidder, one per member; opened by that member, who
 * refuses everything that is not exactly this bid of this bidder (checks S1 to S10 of
 * docs/sealed-envelope.md). Otherwise an honest member could be used to open another bid.
 *
 *   makeShares({identity, recipient, ciphertext, statement, envelope, provider, bidder}): Promise<MadeShare[]>
 *       MadeShare: {member, commitment, sealed: Uint8Array, sealedDigest, plain: Uint8Array}
 *   openShare(sealed, {manifest, memberKey, chain}): Promise<{plain: Uint8Array, share}>
 *   checkShare(plain, {manifest, member, chain}): share
 *   partOf(share): Uint8Array
 */
import { decryptWith, encryptTo, plainSize, requireSoleRecipient } from "./age.js";
import { digest, FORMAT, fromBase64, toBase64 } from "./bytes.js";
import { ShareRefused } from "./errors.js";
import { canonicalBytes, parseCanonical } from "./jcs.js";
import { PART_SIZE, splitIdentity } from "./shamir.js";
import {
  isBase64Of,
  isCode,
  isCount,
  isDigest,
  isEnvelope,
  isKey,
  isMember,
  isRecipient,
  isText,
  shaped,
} from "./shape.js";
import { statementDigest } from "./statement.js";

/**
 * @typedef {{format: string, tender: string, envelope: string, provider: string, bidder: string,
 *     recipient: string, ciphertext: string, size: number, member: string, statement: string, share: string}} Share
 * @typedef {import("./manifest.js").Manifest} Manifest
 */

/** @param {string} code @param {string} message @param {Record<string, unknown>} [details] @returns {never} */
function refuse(code, message, details) {
  throw new ShareRefused(`share:${code}`, message, details);
}

const FIELDS = {
  format: isText,
  tender: isCode,
  envelope: isEnvelope,
  provider: isCode,
  bidder: isKey,
  recipient: isRecipient,
  ciphertext: isDigest,
  size: isCount,
  member: isMember,
  statement: isDigest,
  share: isBase64Of(PART_SIZE),
};

/**
 * @param {{identity: string, recipient: string, ciphertext: {sha256: string, size: number},
 *     statement: import("./statement.js").Statement, envelope: string, provider: string,
 *     bidder: string}} bid - `bidder`: the public tender key
 */
export async function makeShares(bid) {
  const { identity, recipient, ciphertext, statement, envelope, provider, bidder } = bid;
  const parts = await splitIdentity(identity, statement.n, statement.k);
  const bound = {
    format: FORMAT.share,
    tender: statement.tender,
    envelope,
    provider,
    bidder,
    recipient,
    ciphertext: ciphertext.sha256,
    size: ciphertext.size,
    statement: statementDigest(statement),
  };
  return Promise.all(
    statement.members.map(async (member, at) => {
      const plain = canonicalBytes({ ...bound, member: member.member, share: toBase64(parts[at]) });
      const sealed = await encryptTo(member.recipient, plain);
      return {
        member: member.member,
        commitment: digest(plain),
        sealed,
        sealedDigest: digest(sealed),
        plain,
      };
    }),
  );
}

/**
 * @param {Uint8Array} plain
 * @param {{manifest: Manifest, member: string, chain: import("./chain.js").Chain}} expected - the
 *     manifest has been verified before: it names what the share must name
 * @returns {Share}
 */
export function checkShare(plain, { manifest, member, chain }) {
  let share;
  try {
    share = parseCanonical(plain);
  } catch {
    refuse("format", "the share is not written in the known format");
  }
  if (share?.format !== FORMAT.share)
    refuse("format", "the share is not written in the known format");
  shaped(share, FIELDS, (field) =>
    refuse("field", "a field of the share is missing, unknown or wrong", { field }),
  );
  if (share.tender !== manifest.tender || share.tender !== chain.latest.tender) {
    refuse("tender", "the share belongs to another tender", { tender: share.tender });
  }
  if (share.envelope !== manifest.envelope) {
    refuse("envelope", "the share belongs to another envelope", { envelope: share.envelope });
  }
  if (share.provider !== manifest.provider) {
    refuse("provider", "the share belongs to the bid of another provider");
  }
  if (share.bidder !== manifest.bidder) {
    refuse("bidder", "the share was made with the tender key of another bidder");
  }
  if (share.recipient !== manifest.recipient)
    refuse("recipient", "the share belongs to another bid");
  if (share.ciphertext !== manifest.ciphertext.sha256) {
    refuse("ciphertext", "the share belongs to another sealed file");
  }
  if (share.size !== manifest.ciphertext.size)
    refuse("size", "the share names another size of the sealed file");
  if (share.member !== member) {
    refuse("member", "the share is addressed to another member", { member: share.member });
  }
  if (share.statement !== manifest.statement || !chain.byDigest.has(share.statement)) {
    refuse("statement", "the share was made under another key statement");
  }
  const stated = manifest.shares.find((listed) => listed.member === member);
  if (digest(plain) !== stated?.commitment) {
    refuse("commitment", "the share is not the one the bidder committed to");
  }
  if (fromBase64(share.share).at(-1) === 0)
    refuse("field", "the share has no place on the curve", { field: "share" });
  return share;
}

/**
 * @param {Uint8Array} sealed
 * @param {{manifest: Manifest, memberKey: import("./memberkey.js").MemberKey,
 *     chain: import("./chain.js").Chain}} expected
 */
export async function openShare(sealed, { manifest, memberKey, chain }) {
  const stated = manifest.shares.find(({ member }) => member === memberKey.member);
  if (stated === undefined) refuse("member", "the bidder made no share for you");
  if (digest(sealed) !== stated.sealed) {
    refuse("sealed", "this is not the sealed share the bidder signed for");
  }
  let plain;
  try {
    requireSoleRecipient(sealed);
    if (plainSize(sealed.length) === null) throw new Error("length");
    plain = await decryptWith(memberKey.identity, sealed);
  } catch {
    refuse("closed", "the share does not open with your key");
  }
  return { plain, share: checkShare(plain, { manifest, member: memberKey.member, chain }) };
}

/** @param {Share} share */
export function partOf(share) {
  return fromBase64(share.share);
}
