// @ts-check
/**
 * The page's side of the sealing worker. Neither SRI nor Integrity-Policy covers a worker's
 * script, so it is fetched with `integrity` and started from a blob (CSP: worker-src blob:,
 * trusted-types worker).
 *
 *   startSealer({url, integrity}): Promise<Sealer>
 *   Sealer: seal(job, onProgress?) proof(job, onProgress?) piece({name, at, length})
 *           size({name}) delete({name}) wrap({memberKey, passphrase}) unwrap({wrapped, passphrase})
 *           stop()                            every verb as in workers/seal.js
 *   sealedFile(name): Promise<File>           what tus uploads; do not seal again meanwhile
 *   roomFor(size): Promise<{enough: boolean, quota: number, usage: number}>
 *   requireBrowser(): void                    throws KeyRefused "browser:…" if something is missing
 */
import { KeyRefused, refusal } from "./errors.js";

/** @typedef {(progress: {done: number, total: number}) => void} OnProgress */

/** @type {{createScriptURL(url: string): any} | undefined} */
let policy;

/** @param {string} url */
function trusted(url) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  if (trustedTypes === undefined) return url;
  policy ??= /** @type {NonNullable<typeof policy>} */ (
    trustedTypes.createPolicy("worker", {
      createScriptURL(/** @type {string} */ blob) {
        if (!blob.startsWith(`blob:${location.origin}/`))
          throw new TypeError("not a worker of this page");
        return blob;
      },
    })
  );
  return policy.createScriptURL(url);
}

/** @param {Worker} worker */
function calls(worker) {
  let last = 0;
  /** @type {Map<number, {resolve: Function, reject: Function, onProgress?: OnProgress}>} */
  const waiting = new Map();
  worker.addEventListener("message", ({ data: { id, progress, result, failure } }) => {
    const call = waiting.get(id);
    if (progress !== undefined) return call?.onProgress?.(progress);
    waiting.delete(id);
    if (failure === undefined) call?.resolve(result);
    else call?.reject(refusal(failure.code, failure.message, failure.details));
  });
  worker.addEventListener("error", () => {
    for (const { reject } of waiting.values()) reject(new Error("the sealing worker stopped"));
    waiting.clear();
  });
  /** @param {string} verb @returns {(job: object, onProgress?: OnProgress) => Promise<any>} */
  return (verb) => (job, onProgress) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject, onProgress });
      worker.postMessage({ ...job, id: last, verb });
    });
}

/** @param {{url: string, integrity: string}} script */
export async function startSealer({ url, integrity }) {
  const response = await fetch(url, { integrity, credentials: "same-origin" });
  const source = new Blob([await response.arrayBuffer()], { type: "text/javascript" });
  const address = URL.createObjectURL(source);
  const worker = new Worker(trusted(address), { type: "module" });
  const verb = calls(worker);
  return {
    seal: verb("seal"),
    proof: verb("proof"),
    piece: verb("piece"),
    size: verb("size"),
    delete: verb("delete"),
    wrap: verb("wrap"),
    unwrap: verb("unwrap"),
    stop() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}

/** @param {string} name */
export async function sealedFile(name) {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealed");
  return (await folder.getFileHandle(name)).getFile();
}

/** @param {number} size */
export async function roomFor(size) {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return { enough: quota - usage > size, quota, usage };
}

export function requireBrowser() {
  const needed = {
    secure: globalThis.isSecureContext,
    storage: "storage" in navigator && "getDirectory" in navigator.storage,
    worker: "Worker" in globalThis,
    unicode: "isWellFormed" in String.prototype,
  };
  for (const [part, there] of Object.entries(needed)) {
    if (!there) throw new KeyRefused(`browser:${part}`, "this browser cannot seal a bid", { part });
  }
}
