// Documents of the firm's qualification data, taken into the bid as if they were chosen from this
// computer. The server gives the list and the bytes like to any page of the firm, and is not told
// for which tender; what goes into the bid it learns at the opening.
//
//   offerPapers(slot, url, take)    take(files: File[]): Promise<void>

import { filesize } from "../ui/filesize.js";
import { t } from "../ui/text.js";
import { once, part, say } from "./page.js";
import { reason } from "./reasons.js";
import { bytesUnseen, getUnseen } from "./server.js";

/**
 * @typedef {{kind: string, title: string, name: string, size: number, validity: string,
 *     says: string, url: string}} Paper
 */

/** @param {HTMLElement} slot @param {string} url @param {(files: File[]) => Promise<void>} take */
export function offerPapers(slot, url, take) {
  const box = slot.querySelector("[data-papers]");
  if (box === null) return;
  const [list, said, add] = ["list", "said", "add"].map((name) => part(`[data-papers-${name}]`, box));
  /** @type {Paper[]} */
  let papers = [];

  box.addEventListener("toggle", async () => {
    if (!box.open) return;
    say(said, t("Asking for the list…"));
    try {
      papers = (await getUnseen(url)).documents;
    } catch (error) {
      return say(said, reason(error));
    }
    say(said, papers.length === 0 ? t("The qualification data of the firm has no documents yet.") : "");
    list.replaceChildren(...papers.map(choice));
    add.hidden = papers.length === 0;
  });

  add.addEventListener("click", () =>
    once(add, async () => {
      const marked = papers.filter((_paper, at) => part(`#paper-${at}`, list).checked);
      if (marked.length === 0) return say(said, t("Mark the documents that belong to this bid."));
      try {
        await take(await Promise.all(marked.map(asFile)));
      } catch (error) {
        return say(said, reason(error));
      }
      say(said, "");
      box.open = false;
      part("summary", box).focus();
    }),
  );
}

/** @param {Paper} paper */
async function asFile(paper) {
  const bytes = await bytesUnseen(paper.url);
  return new File([bytes], paper.name, { type: bytes.type });
}

/** @param {Paper} paper @param {number} at */
function choice(paper, at) {
  const line = document.createElement("div");
  line.className = "field is-checkbox";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.id = `paper-${at}`;
  const label = document.createElement("label");
  label.htmlFor = box.id;
  label.textContent = `${paper.kind}: ${paper.title}`;
  const about = document.createElement("small");
  about.className = "row-note";
  about.textContent = `${paper.name} · ${filesize(paper.size)} · ${paper.says}`;
  label.append(document.createElement("br"), about);
  line.append(box, label);
  return line;
}
