// Phase one of the opening, as far as it can be checked before a key is touched, and the one act
// that ends it for a member. No page in here: the tests drive it as the page does.

import { boxProof } from "../sealing/box.js";
import { fromBase64 } from "../sealing/bytes.js";
import { verifyChain } from "../sealing/chain.js";
import { StatementRefused } from "../sealing/errors.js";
import { digestOf } from "../sealing/jcs.js";
import { requireMemberKey } from "../sealing/memberkey.js";
import { openShares, signShareAct, verifyBoxClosed } from "../sealing/opening.js";

/**
 * What the server sent, checked as far as it goes without the key.
 *
 * @param {{tender: string, versions: object[], box: {entry: object, proof: string},
 *     bids: {manifest: object, signature: string, sealed: string}[],
 *     key: {member: string, recipient: string, signing_key: string}}} sent
 * @param {{member: string, pinned: string[]}} own - who looks at it, and what this browser has
 *     seen of the tender before
 */
export function checkBox(sent, { member, pinned }) {
  const chain = verifyChain(sent.versions, { tender: sent.tender, pinned });
  const stated = chain.latest.members.find((one) => one.member === member);
  if (stated === undefined) {
    throw new StatementRefused("statement:own-keys", "your keys are not in the key statement");
  }
  requireMemberKey(sent.key, stated);
  const digests = sent.bids.map(({ manifest }) => digestOf(manifest));
  const box = verifyBoxClosed({ ...sent.box, chain, digests, origin: chain.first.lpse });
  return { chain, box, digests };
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
  const envelope = chain.latest.envelopes[0];
  return { ...signShareAct({ memberKey, chain, box, posted, envelope }), posted };
}
