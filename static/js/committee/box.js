// Phase one of the opening, as far as it can be checked before a key is touched, and the one act
// that ends it for a member. No page in here: the tests drive it as the page does.

import { boxProof } from "../sealing/box.js";
import { digest, fromBase64 } from "../sealing/bytes.js";
import { verifyChain } from "../sealing/chain.js";
import { StatementRefused } from "../sealing/errors.js";
import { digestOf } from "../sealing/jcs.js";
import { openShares, verifyBoxClosed } from "../sealing/opening.js";
import { signObject } from "../sealing/sign.js";

export const ACT_FORMAT = "lpse-share-act/1";

/**
 * What the server sent, checked as far as it goes without the key.
 *
 * @param {{tender: string, versions: object[], box: {entry: object, proof: string},
 *     bids: {manifest: object, signature: string, sealed: string}[]}} sent
 * @param {{member: string, pinned: string[]}} own - who looks at it, and what this browser has
 *     seen of the tender before
 */
export function checkBox(sent, { member, pinned }) {
  const chain = verifyChain(sent.versions, { tender: sent.tender, pinned });
  const stated = chain.latest.members.find((one) => one.member === member);
  if (stated === undefined) {
    throw new StatementRefused("statement:own-keys", "your keys are not in the key statement");
  }
  const digests = sent.bids.map(({ manifest }) => digestOf(manifest));
  const box = verifyBoxClosed({ ...sent.box, chain, digests, origin: chain.first.lpse });
  return { chain, box, stated, digests };
}

/**
 * The member's shares of all bids, or objections: one act, signed, and the texts beside it.
 *
 * @param {object} sent as above
 * @param {ReturnType<typeof checkBox>} checked
 * @param {import("../sealing/memberkey.js").MemberKey} memberKey
 * @param {string} [now] by the member's own clock
 */
export async function makeAct(sent, { chain, box, digests }, memberKey, now) {
  const bids = sent.bids.map(({ manifest, signature, sealed }, at) => ({
    manifest,
    signature,
    sealed: fromBase64(sealed),
    proof: boxProof(digests, digests[at]),
  }));
  const posted = await openShares({ memberKey, chain, box, bids, ...(now && { now }) });
  const act = {
    format: ACT_FORMAT,
    tender: sent.tender,
    envelope: chain.latest.envelopes[0],
    statement: chain.digest,
    root: box.root,
    member: memberKey.member,
    shares: posted
      .map(({ manifest, share, objection }) => ({
        manifest,
        share: share === null ? null : digest(fromBase64(share)),
        objection: objection?.code ?? null,
      }))
      .sort((a, b) => (a.manifest < b.manifest ? -1 : 1)),
  };
  const texts = Object.fromEntries(
    posted.filter(({ share }) => share !== null).map(({ manifest, share }) => [manifest, share]),
  );
  return { act, texts, signature: signObject(memberKey.signing_seed, act), posted };
}
