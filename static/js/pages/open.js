// The page on which a member opens the box: everything is checked here, then the shares of all
// bids go to the server in one signed act. Without a key in the statement it shows the progress.

import { checks, given, once, say } from "../bid/page.js";
import { get, post } from "../bid/server.js";
import { checkBox, makeAct } from "../committee/box.js";
import { showAndGo, why } from "../committee/page.js";
import { opensAt, pin, pinned } from "../committee/pinned.js";
import { askForKey } from "../committee/unlock.js";
import { groups, instant } from "../sealing/bytes.js";
import { startSealer } from "../sealing/client.js";
import { ShareRefused } from "../sealing/errors.js";
import { t } from "../ui/text.js";

const ASK_AGAIN = 3000;
const page = given("opening");
const section = (name) => document.querySelector(`[data-part=${name}]`);

let started;
const sealer = () => (started ??= startSealer(page.worker));

watch();
if (page.may_act) begin();

// --- The member's act -------------------------------------------------------------------------

async function begin() {
  const list = checks(section("checks").querySelector("ul"));
  const check = list.add(t("The list of the box is fetched…"));
  try {
    const sent = await post(page.data);
    if (sent.waits) {
      check.wait(sent.waits);
      setTimeout(begin, ASK_AGAIN);
      return;
    }
    // Under the name of the tender that the statements are checked for: no other has its pins.
    const checked = checkBox(sent, { member: page.member, pinned: pinned(sent.tender) });
    pin(sent.tender, checked.chain);
    sayWhatHolds(list, check, checked);
    requireTime(opensAt(sent.tender, checked.chain));
    list.add("").ok(t("By the clock of this computer the opening has begun."));
    offerKey(sent, checked);
  } catch (problem) {
    check.wrong(why(problem));
    section("unlock").hidden = true;
    const alarm = section("alarm");
    alarm.querySelector("[data-words]").textContent = why(problem);
    showAndGo(alarm);
  }
}

function sayWhatHolds(list, first, { chain, box }) {
  first.ok(
    t("The key statement is signed by a majority, and your own keys are in it: {fingerprint}", {
      fingerprint: groups(chain.digest.slice(0, 16)),
    }),
  );
  list.add("").ok(
    t("The box is in checkpoint {size} of the ledger, signed by the LPSE.", {
      size: box.checkpoint.size,
    }),
  );
  list.add("").ok(
    t("The list holds exactly the {count} bids that were in the box at the deadline: {root}", {
      count: box.count,
      root: groups(box.root.slice(0, 16)),
    }),
  );
}

function requireTime(opening_at) {
  if (instant() < opening_at) {
    throw new ShareRefused("share:early", "by the clock of this computer the opening has not begun");
  }
}

function offerKey(sent, checked) {
  const place = section("unlock");
  place.hidden = false;
  askForKey(place.querySelector("[data-unlock]"), sent.key, sealer, async (memberKey) => {
    const made = await makeAct(sent, checked, memberKey);
    place.hidden = true;
    showDecision(sent, made);
  });
}

function showDecision(sent, made) {
  const place = section("decide");
  const rows = place.querySelector("tbody");
  const template = document.getElementById("decision-row");
  rows.replaceChildren(
    ...made.posted.map(({ manifest, objection }) => {
      const row = template.content.cloneNode(true);
      const bid = sent.bids.find((one) => one.digest === manifest);
      row.querySelector("[data-bidder]").textContent = bid?.bidder ?? manifest.slice(0, 16);
      row.querySelector("[data-digest]").textContent = groups(manifest.slice(0, 16));
      row.querySelector("[data-good]").hidden = objection !== null;
      row.querySelector("[data-bad]").hidden = objection === null;
      row.querySelector("[data-why]").textContent = objection === null ? "" : objectionWords(objection);
      return row;
    }),
  );
  const objections = made.posted.filter(({ objection }) => objection !== null).length;
  place.querySelector("[data-count]").textContent = t(
    "{shares} shares and {objections} objections, in one signed act. It cannot be taken back.",
    { shares: made.posted.length - objections, objections },
  );
  const button = place.querySelector("[data-post]");
  button.onclick = () =>
    once(button, async () => {
      const error = place.querySelector("[data-error]");
      say(error, "");
      try {
        const { act, texts, signature } = made;
        await post(page.post, { act, texts, signature });
        location.assign(page.here);
      } catch (problem) {
        say(error, why(problem));
      }
    });
  showAndGo(place);
}

function objectionWords({ code, message }) {
  return given("reasons")?.[code] ?? `${message} (${code})`;
}

// --- The progress, for whoever may see it -----------------------------------------------------

function watch() {
  let known = page.progress;
  const ask = async () => {
    if (!document.hidden) {
      const now = await get(page.progress_url).catch(() => null);
      if (now !== null) {
        show(now);
        // A member who is deciding is not interrupted by a page that loads itself.
        if (now.phase !== known.phase && section("decide")?.hidden !== false) {
          location.assign(page.here);
          return;
        }
        known = now;
      }
    }
    setTimeout(ask, ASK_AGAIN);
  };
  if (known.phase !== "opened") setTimeout(ask, ASK_AGAIN);
}

function show(now) {
  for (const member of now.members) {
    const row = document.querySelector(`[data-member="${CSS.escape(member.member)}"]`);
    if (row === null) continue;
    row.querySelector("[data-acted]").hidden = !member.acted;
    row.querySelector("[data-waiting]").hidden = member.acted;
    row.querySelector("[data-at]").textContent = member.words;
  }
  for (const name of ["acted", "opened"]) {
    const bar = document.querySelector(`[data-progress=${name}]`);
    if (bar === null) continue;
    bar.querySelector("progress").value = now[name].value;
    bar.querySelector("[data-progress-text]").textContent = `${now[name].value} / ${now[name].total}`;
  }
}
