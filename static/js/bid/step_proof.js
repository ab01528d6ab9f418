// Step 5: proof of openability. What lies here is opened with a key put together from k shares, and
// what the server says it stores is compared.

import { proveOpenability } from "../sealing/openability.js";
import { filesize } from "../ui/filesize.js";
import { t } from "../ui/text.js";
import { checks, once, part, progress, say } from "./page.js";
import { reason } from "./reasons.js";

export function prepare(desk) {
  part("[data-step=proof] [data-next]").addEventListener("click", () => desk.go("recovery"));
  const button = part("[data-fetch-back]");
  button.addEventListener("click", () => once(button, () => fetchBack(desk)));
}

export async function enter(desk) {
  const { sealed, uploaded } = desk.record;
  const { bid } = sealed;
  const next = part("[data-step=proof] [data-next]");
  const list = checks(part("[data-proof-checks]"));
  const bar = progress(part("[data-proof-progress]"));
  say(part("[data-proof-error]"), "");
  next.hidden = part("[data-fetch-back]").hidden = true;

  const opens = list.add(t("The sealed file opens with a key from {k} of {n} parts.", bid.manifest));
  const equal = list.add(t("What comes out is what you put in, to the last byte."));
  const stored = list.add(t("The file the server stores has the same digest."));
  try {
    await desk.sealer.proof(
      { name: sealed.name, plains: someShares(bid), manifest: bid.manifest, zip: bid.zip },
      ({ done, total }) => bar.show(done, total, `${filesize(done)} / ${filesize(total)}`),
    );
    opens.ok();
    equal.ok();
    if (uploaded.sha256 !== bid.ciphertext.sha256 || uploaded.size !== bid.ciphertext.size) {
      throw new Error(t("The server stores another file than the one that was sealed. Seal and upload it again."));
    }
    stored.ok();
  } catch (problem) {
    opens.wrong();
    say(part("[data-proof-error]"), reason(problem));
    return;
  } finally {
    bar.hide();
  }
  await desk.store.save({ proved: true });
  if (desk.step !== "proof") return;
  next.hidden = part("[data-fetch-back]").hidden = false;
  next.focus();
}

/** Any k members could be there at the opening: chance chooses who is tried. */
function someShares({ shares, manifest }) {
  const drawn = shares.map(({ plain }) => ({ plain, lot: crypto.getRandomValues(new Uint32Array(1))[0] }));
  drawn.sort((a, b) => a.lot - b.lot);
  return drawn.slice(0, manifest.k).map(({ plain }) => plain);
}

async function fetchBack(desk) {
  const { sealed, uploaded } = desk.record;
  const { bid } = sealed;
  const list = part("[data-proof-checks]");
  const item = document.createElement("ul");
  item.className = "checks";
  list.after(item);
  const check = checks(item).add(t("The file fetched back from the server opens too."));
  const bar = progress(part("[data-proof-progress]"));
  try {
    const response = await fetch(`${uploaded.url}stored/`, { cache: "no-store" });
    if (!response.ok || response.body === null) throw new Error(t("The server did not give the file back."));
    await proveOpenability({
      stream: response.body,
      plains: someShares(bid),
      manifest: bid.manifest,
      zip: bid.zip,
      onProgress: ({ done, total }) => bar.show(done, total, `${filesize(done)} / ${filesize(total)}`),
    });
    check.ok();
    part("[data-fetch-back]").hidden = true;
  } catch (problem) {
    check.wrong(reason(problem));
  } finally {
    bar.hide();
  }
}
