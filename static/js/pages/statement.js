// The page on which a member approves the announcement by signing its key statement.

import { requireContent, writeFrom } from "../committee/announced.js";
import { given } from "../bid/page.js";
import { post, Refusal } from "../bid/server.js";
import { showAndGo, why } from "../committee/page.js";
import { pin, pinned, rememberSigned } from "../committee/pinned.js";
import { askForKey } from "../committee/unlock.js";
import { requireSuccession, verifyChain } from "../sealing/chain.js";
import { startSealer } from "../sealing/client.js";
import { checkStatement, signStatement, statementDigest } from "../sealing/statement.js";
import { t } from "../ui/text.js";

const page = given("statement");
const section = document.querySelector("[data-part=sign]");
const checks = document.querySelector("[data-part=checks]");

let started;
const sealer = () => (started ??= startSealer(page.worker));

try {
  const chain = verifiedChain();
  if (page.statement) {
    inspect(page.statement, chain);
    if (section) offerSigning(section);
  }
  if (checks) checks.dataset.state = "verified";
} catch (problem) {
  // Nothing can be signed on a page that does not show what would be signed.
  section?.remove();
  const alarm = document.querySelector("[data-part=alarm]");
  alarm.querySelector("[data-words]").textContent = why(problem);
  showAndGo(alarm);
}

/** The versions that are valid already, remembered so that none of them can vanish. */
function verifiedChain() {
  if (page.chain.length === 0 && pinned(page.tender).length === 0) return null;
  const chain = verifyChain(page.chain, { tender: page.tender, pinned: pinned(page.tender) });
  pin(page.tender, chain);
  return chain;
}

function inspect(statement, chain) {
  checkStatement(statement);
  if (statement.tender !== page.tender) throw new Error(t("This statement is of another tender."));
  if (chain !== null) requireSuccession(chain.latest, statement, chain.digest);
  requireContent(page.content, statement);
  const signed = { ...page.content, statement, fingerprint: grouped(statementDigest(statement)) };
  writeFrom(document.querySelector("[data-part=signed]"), signed, page.time_zone);
}

function grouped(digest) {
  return digest.match(/.{1,4}/g).join(" ");
}

function offerSigning(place) {
  place.hidden = false;
  askForKey(place.querySelector("[data-unlock]"), page.key, sealer, async (memberKey) => {
    const { signature } = signStatement(page.statement, memberKey);
    try {
      await post(page.sign, { digest: statementDigest(page.statement), signature });
    } catch (problem) {
      // Whether a request without an answer arrived is not known.
      if (!(problem instanceof Refusal)) rememberSigned(page.tender, page.statement);
      throw problem;
    }
    rememberSigned(page.tender, page.statement);
    location.assign(page.here);
  });
}
