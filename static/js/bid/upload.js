// Sending the sealed file up by tus 1.0, over whatever line there is.
//
//   sendUp({file, url, begin, onUrl, onProgress, onWaiting, signal}): Promise<string>
//       file: the sealed File; url: where an earlier attempt stands, or null
//       begin(size): Promise<string>       asks the server for a new address
//       onUrl(url)                         remember it: a reload goes on from there
//       onProgress({done, total, rate})    bytes that the server has confirmed, and nothing else
//       onWaiting(seconds | null)          the line is broken; null when it goes on
//       signal: AbortSignal                the user pauses
//
// It tries again for ever while the line is broken; what the server refuses is thrown.

import { Upload } from "tus-js-client";
import { SMALLEST, nextPiece, smallerPiece } from "./pace.js";
import { Refusal, SignedOut, csrfHeader } from "./server.js";
import { t } from "../ui/text.js";

/** The line broke, or the server was busy: the same again, after a moment. */
class Broken extends Error {}
/** The server has forgotten the upload: from the beginning, under a new address. */
class Gone extends Error {}

const AGAIN = new Set([0, 409, 423, 429, 460]);
const SILENCE = 45_000; // milliseconds without a byte moving: the connection is dead
const LONGEST_PAUSE = 30;

/** @param {Record<string, any>} job */
export async function sendUp({ file, url, begin, onUrl, onProgress, onWaiting, signal }) {
  const pace = { piece: 2 * SMALLEST, rate: 0 };
  let [address, seconds] = [url, 1];
  const moved = (/** @type {number} */ done) => {
    seconds = 1;
    onWaiting(null);
    onProgress({ done, total: file.size, rate: pace.rate });
  };
  for (;;) {
    signal.throwIfAborted();
    try {
      if (address === null) {
        address = await begin(file.size);
        await onUrl(address);
      }
      await attempt(file, address, pace, moved, signal);
      return address;
    } catch (error) {
      if (error instanceof Gone) address = null;
      else if (!(error instanceof Broken)) throw error;
      pace.piece = smallerPiece(pace.piece);
      onWaiting(seconds);
      await pause(seconds, signal);
      seconds = Math.min(seconds * 2, LONGEST_PAUSE);
    }
  }
}

/**
 * From where the server stands to the end, or to the first break.
 *
 * @param {File} file @param {string} address @param {{piece: number, rate: number}} pace
 * @param {(done: number) => void} moved @param {AbortSignal} signal
 */
function attempt(file, address, pace, moved, signal) {
  return new Promise((resolve, reject) => {
    let began = 0;
    /** @type {ReturnType<typeof setTimeout>} */
    let watch;
    const upload = new Upload(file, {
      uploadUrl: address,
      chunkSize: pace.piece,
      retryDelays: null, // breaks are handled above, for ever
      storeFingerprintForResuming: false,
      async onBeforeRequest(request) {
        request.setHeader("X-CSRFToken", csrfHeader()["X-CSRFToken"]);
        began = performance.now();
        alive();
        if (request.getMethod() !== "PATCH") return;
        const at = Number(request.getHeader("Upload-Offset"));
        request.setHeader("Upload-Checksum", await checksum(file.slice(at, at + pace.piece)));
      },
      onAfterResponse(_request, response) {
        const offset = Number(response.getHeader("Upload-Offset"));
        if (response.getStatus() === 200) moved(offset); // HEAD: where the server stands
      },
      onProgress: alive,
      onChunkComplete(size, done) {
        const time = performance.now() - began;
        pace.rate = size / Math.max(time, 1);
        pace.piece = upload.options.chunkSize = nextPiece(pace.piece, size, time);
        moved(done);
      },
      onSuccess: () => settle(() => resolve(undefined)),
      onError: (error) => settle(() => reject(meaning(error))),
    });
    function settle(/** @type {() => void} */ how) {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      how();
    }
    function stop() {
      upload.abort();
      settle(() => reject(signal.reason));
    }
    function alive() {
      clearTimeout(watch);
      watch = setTimeout(() => {
        upload.abort();
        settle(() => reject(new Broken("silence")));
      }, SILENCE);
    }
    signal.addEventListener("abort", stop);
    upload.start();
  });
}

/** What the server's answer means for the attempt. @param {any} error */
function meaning(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (AGAIN.has(status) || status >= 500) return new Broken(String(status));
  if (status === 404 || status === 410) return new Gone(String(status));
  if (status === 401) return new SignedOut(t("You are no longer signed in. Nothing is lost."));
  return new Refusal(said(error.originalResponse) ?? t("The server refused the upload ({status}).", { status }));
}

/** @param {any} response @returns {string | null} */
function said(response) {
  try {
    return JSON.parse(response.getBody()).refused;
  } catch {
    return null;
  }
}

/** @param {Blob} piece */
async function checksum(piece) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()));
  return `sha256 ${btoa(String.fromCharCode(...digest))}`;
}

/** Shorter when the browser says that the line is back. @param {number} seconds @param {AbortSignal} signal */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason);
      else resolve(undefined);
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
