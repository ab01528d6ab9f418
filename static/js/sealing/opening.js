// @ts-check
/**
 * What a member's browser does at the opening, phase one: check the box, then for every
 * bid open the own share or state a reasoned objection. Nothing leaves before all is checked.
 *
 *   verifyBoxClosed({entry, proof, chain, digests}): Box
 *       entry: {salt, body} of `tender:box_closed`; proof: .tlog-proof text
 *       Box: {root, count, checkpoint: {index, size, root}}
 *   openShares({memberKey, chain, box, bids, now?}): Promise<PostedShare[]>
 *       bids: [{manifest, signature, sealed: Uint8Array, proof (box proof)}]
 *       PostedShare: {manifest (digest), share (its JCS text) | null, objection: {code, message} | null}
 *   signShareAct({memberKey, chain, box, posted, envelope?}): {act, signature, texts}
 *       what is posted, once; texts: {manifest digest: base64 of the share}
 */
import { boxRoot, verifyInBox } from "./box.js";
import {
  concat,
  digest,
  FORMAT,
  fromBase64,
  fromUtf8,
  instant,
  sha256,
  toBase64,
  utf8,
} from "./bytes.js";
import { verifyProof } from "./checkpoint.js";
import { LedgerRefused, SealingError, ShareRefused } from "./errors.js";
import { canonicalBytes, digestOf } from "./jcs.js";
import { verifyManifest } from "./manifest.js";
import { openShare } from "./share.js";
import { signObject } from "./sign.js";

/**
 * @typedef {import("./chain.js").Chain} Chain
 * @typedef {{root: string, count: number, checkpoint: {index: number, size: number, root: Uint8Array}}} Box
 * @typedef {{manifest: import("./manifest.js").Manifest, signature: string, sealed: Uint8Array,
 *     proof: {digest: string, index: number, size: number, path: string[]}}} BoxedBid
 * @typedef {{manifest: string, share: string | null,
 *     objection: {code: string, message: string} | null}} PostedShare
 */

/** @param {string} code @param {string} message @returns {never} */
function refuse(code, message) {
  throw new LedgerRefused(`box:${code}`, message);
}

/**
 * @param {{entry: {salt: string, body: any}, proof: string, chain: Chain, digests: string[],
 *     origin: string}} closed - `digests`: the public list of the box
 * @returns {Box}
 */
export function verifyBoxClosed({ entry, proof, chain, digests, origin }) {
  const { body, salt } = entry;
  if (body?.format !== FORMAT.entry || body.event !== "tender:box_closed") {
    refuse("format", "this is not the entry that closed the box");
  }
  const { tender, root, count, deadline, statement } = body.data;
  if (
    tender !== chain.latest.tender ||
    statement !== chain.digest ||
    deadline !== chain.latest.deadline
  ) {
    refuse("other", "the box was closed for another tender, deadline or key statement");
  }
  if (body.at < deadline) refuse("early", "the box was closed before the deadline");
  const log = {
    origin,
    key: chain.first.log_key,
    entry: sha256(concat(fromBase64(salt), canonicalBytes(body))),
  };
  const checkpoint = verifyProof(proof, log);
  if (digests.length !== count || boxRoot(digests) !== root) {
    refuse("list", "the list of bids is not the one that was closed");
  }
  return { root, count, checkpoint };
}

/**
 * @param {BoxedBid} bid
 * @param {{memberKey: import("./memberkey.js").MemberKey, chain: Chain, box: Box}} context
 * @returns {Promise<PostedShare>}
 */
async function openOne(bid, { memberKey, chain, box }) {
  const posted = { manifest: digestOf(bid.manifest), share: null, objection: null };
  try {
    if (bid.proof.digest !== posted.manifest) refuse("missing", "the bid is not in the closed box");
    verifyInBox(bid.proof, box);
    verifyManifest(bid.manifest, bid.signature, { chain });
    const { plain } = await openShare(bid.sealed, { manifest: bid.manifest, memberKey, chain });
    return { ...posted, share: fromUtf8(plain) };
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    return { ...posted, objection: { code: error.code, message: error.message } };
  }
}

/**
 * All bids in one act: nobody learns one price before the rest is decided.
 *
 * @param {{memberKey: import("./memberkey.js").MemberKey, chain: Chain, box: Box,
 *     bids: BoxedBid[], now?: string}} act - `now`: by the member's own clock
 */
export async function openShares({ memberKey, chain, box, bids, now = instant() }) {
  if (now < chain.latest.opening_at) {
    throw new ShareRefused(
      "share:early",
      "by the clock of this computer the opening has not begun",
      {
        opening_at: chain.latest.opening_at,
        now,
      },
    );
  }
  if (
    bids.length !== box.count ||
    new Set(bids.map(({ proof }) => proof.digest)).size !== box.count
  ) {
    refuse("list", "the bids to open are not all the bids of the box");
  }
  return Promise.all(bids.map((bid) => openOne(bid, { memberKey, chain, box })));
}

/**
 * The act is signed as a whole, so that nobody can later say which shares a member gave. It
 * names each share by its digest; `texts` carries the shares themselves.
 *
 * @param {{memberKey: import("./memberkey.js").MemberKey, chain: Chain, box: Box,
 *     posted: PostedShare[], envelope?: string}} shares
 */
export function signShareAct({ memberKey, chain, box, posted, envelope = "single" }) {
  const inOrder = [...posted].sort((a, b) => (a.manifest < b.manifest ? -1 : 1));
  const act = {
    format: FORMAT.shareAct,
    tender: chain.latest.tender,
    envelope,
    statement: chain.digest,
    root: box.root,
    member: memberKey.member,
    shares: inOrder.map(({ manifest, share, objection }) => ({
      manifest,
      share: share === null ? null : digest(utf8(share)),
      objection: objection?.code ?? null,
    })),
  };
  const given = inOrder.filter(({ share }) => share !== null);
  const texts = Object.fromEntries(
    given.map(({ manifest, share }) => [manifest, toBase64(utf8(/** @type {string} */ (share)))]),
  );
  return { act, signature: signObject(memberKey.signing_seed, act), texts };
}
