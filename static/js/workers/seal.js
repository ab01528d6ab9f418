// @ts-check
/**
 * The sealing worker: everything heavy, away from the page. One self-contained file that
 * sealing/client.js fetches with `integrity` and starts from a blob. It talks to nobody
 * but the page; the sealed file lies on the device (OPFS, folder "sealed").
 *
 * page → worker  {id, verb, …}      worker → page  {id, progress} | {id, result} | {id, failure}
 *   seal    {name, content, files: [{name, kind, file}], statement, envelope, provider, tender, bundle}
 *             → SealedBid of sealing/seal.js
 *   proof   {name, plains, manifest, zip?}              → {zip}
 *   piece   {name, at, length}                          → {bytes: ArrayBuffer, sha256: hex}
 *   size    {name}                                      → {size} or {size: null}
 *   delete  {name}                                      → {}
 *   wrap    {memberKey, passphrase}                     → {wrapped: Uint8Array}
 *   unwrap  {wrapped, passphrase}                       → {memberKey}
 */
import { digest } from "../sealing/bytes.js";
import { EnvelopeRefused, SealingError } from "../sealing/errors.js";
import { unwrapByPassphrase, wrapByPassphrase } from "../sealing/memberkey.js";
import { proveOpenability } from "../sealing/openability.js";
import { sealBid } from "../sealing/seal.js";
import { planZip } from "../sealing/zip.js";

const FOLDER = "sealed";
const READ = 4 * 1024 * 1024;

const noRoom = () =>
  new EnvelopeRefused("envelope:space", "there is not enough room on this device");

async function folder() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/**
 * The access handle exists only in workers, and only one may be open at a time.
 *
 * @template T
 * @param {string} name
 * @param {boolean} create
 * @param {(handle: any) => T | Promise<T>} act
 */
async function withFile(name, create, act) {
  const file = /** @type {any} */ (await (await folder()).getFileHandle(name, { create }));
  const handle = await file.createSyncAccessHandle();
  try {
    return await act(handle);
  } finally {
    handle.close();
  }
}

/** @param {any} handle @returns {ReadableStream<Uint8Array>} */
function readBack(handle) {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        const bytes = new Uint8Array(READ);
        const read = handle.read(bytes, { at });
        if (read === 0) return controller.close();
        at += read;
        controller.enqueue(bytes.subarray(0, read));
      },
    },
    { highWaterMark: 0 },
  );
}

/** @type {Record<string, (message: any, tell: (progress: object) => void) => Promise<object>>} */
const VERBS = {
  async seal({ name, content, files, ...named }, tell) {
    const inputs = files.map((/** @type {any} */ file) => ({
      name: file.name,
      kind: file.kind,
      input: file.file,
    }));
    const plan = planZip(content, inputs);
    return withFile(name, true, async (handle) => {
      handle.truncate(0);
      let at = 0;
      const write = (/** @type {Uint8Array} */ bytes) => {
        if (handle.write(bytes, { at }) !== bytes.length) {
          throw noRoom();
        }
        at += bytes.length;
      };
      const sealed = await sealBid({ ...named, plan, sink: { write }, onProgress: tell });
      handle.flush();
      return sealed;
    });
  },
  proof: ({ name, plains, manifest, zip }, tell) =>
    withFile(name, false, (handle) =>
      proveOpenability({ stream: readBack(handle), plains, manifest, zip, onProgress: tell }),
    ),
  piece: ({ name, at, length }) =>
    withFile(name, false, (handle) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, handle.getSize() - at)));
      handle.read(bytes, { at });
      return { bytes: bytes.buffer, sha256: digest(bytes) };
    }),
  async size({ name }) {
    try {
      return await withFile(name, false, (handle) => ({ size: handle.getSize() }));
    } catch {
      return { size: null };
    }
  },
  async delete({ name }) {
    await (await folder()).removeEntry(name).catch((error) => {
      if (error.name !== "NotFoundError") throw error;
    });
    return {};
  },
  wrap: async ({ memberKey, passphrase }) => ({
    wrapped: await wrapByPassphrase(memberKey, passphrase),
  }),
  unwrap: async ({ wrapped, passphrase }) => ({
    memberKey: await unwrapByPassphrase(wrapped, passphrase),
  }),
};

/** @param {unknown} error */
function failure(error) {
  if (error instanceof SealingError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  if (error instanceof DOMException && error.name === "QuotaExceededError")
    return failure(noRoom());
  return { code: "worker:failed", message: String(error), details: {} };
}

addEventListener("message", async ({ data: { id, verb, ...message } }) => {
  try {
    const result = await VERBS[verb](message, (progress) => postMessage({ id, progress }));
    const transfer = "bytes" in result ? [/** @type {ArrayBuffer} */ (result.bytes)] : [];
    postMessage({ id, result }, { transfer });
  } catch (error) {
    postMessage({ id, failure: failure(error) });
  }
});
