// Step one: are these the keys that the committee signed for? Everything that follows rests on it.
//
//   checkKeys(standing, {tender, origin, pinned}): {chain, signers, members}
//       throws StatementRefused, or DeadlineMoved when the page shows another deadline

import { verifyChain } from "../sealing/chain.js";
import { StatementRefused } from "../sealing/errors.js";
import { verifyStatement } from "../sealing/statement.js";

/**
 * @param {{statements: any[], members: Record<string, string>, deadline: string | null}} standing
 * @param {{tender: string, origin: string, pinned: string[]}} known
 */
export function checkKeys(standing, { tender, origin, pinned }) {
  const chain = verifyChain(standing.statements, { tender, lpse: origin, pinned });
  const { statement, signatures } = standing.statements.at(-1);
  const { signers } = verifyStatement(statement, signatures);
  if (standing.deadline !== chain.latest.deadline) {
    throw new StatementRefused(
      "statement:deadline",
      "the page shows another deadline than the committee has signed",
    );
  }
  const members = chain.latest.members.map(({ member }) => ({
    member,
    name: standing.members[member] ?? member,
    hasSigned: signers.includes(member),
  }));
  return { chain, signers, members };
}
