// Step 3: the bid is sealed, in a worker, into a file on this device.

import { roomFor } from "../sealing/client.js";
import { sealedSizeOf } from "../sealing/seal.js";
import { planZip } from "../sealing/zip.js";
import { filesize } from "../ui/filesize.js";
import { t } from "../ui/text.js";
import { once, part, progress, say } from "./page.js";
import { reason } from "./reasons.js";
import { showSummary } from "./summary.js";

export function prepare(desk) {
  const button = part("[data-seal-now]");
  button.addEventListener("click", () => once(button, () => sealNow(desk)));
}

export function enter(desk) {
  const section = part("[data-step=seal]");
  showSummary(desk, section);
  say(part("[data-seal-error]"), "");
  progress(part("[data-seal-progress]")).hide();
}

async function sealNow(desk) {
  const error = part("[data-seal-error]");
  const bar = progress(part("[data-seal-progress]"));
  say(error, "");
  const name = crypto.randomUUID();
  try {
    const content = contentOf(desk);
    await requireRoom(desk, content);
    bar.show(0, 1, "");
    const bid = await desk.sealer.seal(
      {
        name,
        content,
        files: filesOf(desk),
        statement: desk.keys.chain.latest,
        envelope: desk.terms.envelope,
        provider: desk.terms.provider,
        tender: desk.record.tenderKey,
        bundle: desk.terms.bundle,
      },
      ({ done, total }) => bar.show(done, total, `${filesize(done)} / ${filesize(total)}`),
    );
    await desk.store.save({
      sealed: { name, bid },
      uploaded: null,
      proved: false,
      recovered: false,
    });
    desk.go("upload");
  } catch (problem) {
    bar.hide();
    say(error, reason(problem));
    await desk.sealer.delete({ name }).catch(() => {});
  }
}

/** Everything of bid.json but its format and files. */
function contentOf({ terms, keys, record }) {
  return {
    ...record.offer,
    tender: terms.tender,
    envelope: terms.envelope,
    provider: terms.provider,
    bidder: record.tenderKey.key,
    statement: keys.chain.digest,
  };
}

function filesOf({ record }) {
  return record.draft.files.map(({ name, slot, file }) => ({ name, kind: slot, file }));
}

/** The exact size is known before anything is read. */
async function requireRoom(desk, content) {
  const files = filesOf(desk).map(({ file, ...named }) => ({ ...named, input: file }));
  const size = sealedSizeOf(planZip(content, files));
  if (size > desk.terms.largest) {
    throw new Error(t("The sealed file would be {size}; this LPSE takes at most {limit}.", {
      size: filesize(size),
      limit: filesize(desk.terms.largest),
    }));
  }
  const room = await roomFor(size);
  if (!room.enough) {
    throw new Error(t("The sealed file needs {size} on this computer; there are {free} free for this page. A private window has less room than an ordinary one.", {
      size: filesize(size),
      free: filesize(Math.max(0, room.quota - room.usage)),
    }));
  }
}
