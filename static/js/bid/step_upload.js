// Step 4: the sealed file goes up. What is shown is what the server has stored, nothing else.

import { sealedFile } from "../sealing/client.js";
import { filesize } from "../ui/filesize.js";
import { spanText, t } from "../ui/text.js";
import { part, progress, say } from "./page.js";
import { timeLeft } from "./pace.js";
import { reason } from "./reasons.js";
import { Refusal, SignedOut, Unreachable, csrfHeader, post } from "./server.js";
import { sendUp } from "./upload.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const PATIENCE = 1000;

/** @type {AbortController | null} */
let running = null;

export function prepare(desk) {
  part("[data-pause]").addEventListener("click", () => running?.abort("paused"));
  part("[data-resume]").addEventListener("click", () => enter(desk));
}

export async function enter(desk) {
  running?.abort("paused");
  const mine = (running = new AbortController());
  say(part("[data-upload-error]"), "");
  buttons({ isRunning: true });
  try {
    await send(desk, mine.signal);
    if (desk.step === "upload") desk.go("proof");
  } catch (problem) {
    if (mine.signal.aborted) part("[data-upload-line]").textContent = t("Paused. What the server has stays there.");
    else stopped(problem);
    if (desk.step === "upload" && running === mine) buttons({ isRunning: false });
  }
}

/** Throw away what lies on the server of a file that is not sent. @param {any} desk */
export async function giveUp(desk) {
  running?.abort("paused");
  const { upload } = desk.record;
  await desk.store.save({ upload: null });
  if (!upload) return;
  // If this is lost, the server forgets the upload by itself after some days.
  await fetch(upload.url, { method: "DELETE", headers: { ...TUS, ...csrfHeader() } }).catch(() => {});
}

async function send(desk, signal) {
  const { sealed, upload } = desk.record;
  const file = await sealedFile(sealed.name);
  const bar = progress(part("[data-upload-progress]"));
  const line = part("[data-upload-line]");
  bar.show(0, file.size, shown(0, file.size));
  const isOurs = upload?.sha256 === sealed.bid.ciphertext.sha256;
  const url = await sendUp({
    file,
    url: isOurs ? upload.url : null,
    begin: (size) => begin(desk, size),
    onUrl: (address) =>
      desk.store.save({ upload: { url: address, sha256: sealed.bid.ciphertext.sha256 } }),
    onProgress({ done, total, rate }) {
      bar.show(done, total, shown(done, total));
      const left = timeLeft(total - done, rate);
      if (left !== null && done < total) line.textContent = t("About {time} left at {rate} per second.", {
        time: spanText(Math.max(left, 1000)),
        rate: filesize(Math.round(rate * 1000)),
      });
    },
    onWaiting(seconds) {
      if (seconds !== null) line.textContent = t("The line is broken. It goes on by itself as soon as the server answers; the next try is in {n} seconds at the latest.", { n: seconds });
    },
    signal,
  });
  line.textContent = t("All bytes are there. The server puts the file together and reads it back.");
  const { sha256, size } = await joined(url, signal);
  await desk.store.save({ uploaded: { id: idOf(url), url, sha256, size } });
}

/** Ask the server for a place; the answer is its address. */
async function begin(desk, size) {
  let response;
  try {
    response = await fetch(desk.terms.urls.uploads, {
      method: "POST",
      headers: { ...TUS, "Upload-Length": String(size), ...csrfHeader() },
    });
  } catch {
    throw new Unreachable(t("The server cannot be reached. Nothing is lost."));
  }
  if (response.status === 401) throw new SignedOut(t("You are no longer signed in. Nothing is lost."));
  if (response.status !== 201) {
    const { refused } = await response.json().catch(() => ({}));
    throw new Refusal(refused ?? t("The server refused the upload ({status}).", { status: response.status }));
  }
  return new URL(/** @type {string} */ (response.headers.get("Location")), location.href).href;
}

/** Joining can be asked for again and again; a broken line is no reason to stop. */
async function joined(url, signal) {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await post(`${url}assemble/`);
    } catch (problem) {
      if (!(problem instanceof Unreachable)) throw problem;
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    }
  }
}

const idOf = (url) => new URL(url).pathname.split("/").at(-2);
const shown = (done, total) => `${filesize(done)} / ${filesize(total)}`;

function buttons({ isRunning }) {
  part("[data-pause]").hidden = !isRunning;
  part("[data-resume]").hidden = isRunning;
}

function stopped(problem) {
  part("[data-upload-line]").textContent = "";
  say(part("[data-upload-error]"), reason(problem));
}
