// What the bidder's own device remembers of a bid in the making. Nothing of it is ever sent.
//
//   openStore(key, {own}): Promise<Store>         own: false keeps everything in memory only
//   Store: {record, save(changes), forget(), isOwn}
//   remembered(key): Promise<boolean>             whether this device knows the bid already
//   forgetStrangers(): Promise<void>              sealed files that no record knows
//
// A record holds File objects too: the browser keeps a copy, so that a reload loses nothing.

const DATABASE = "lpse-bids";
const RECORDS = "records";
const SEALED = "sealed"; // the folder of workers/seal.js

/** @param {IDBRequest | IDBTransaction} request @returns {Promise<any>} */
function done(request) {
  return new Promise((resolve, reject) => {
    const ended = () => resolve("result" in request ? request.result : undefined);
    if ("result" in request) request.onsuccess = ended;
    else request.oncomplete = ended;
    request.onerror = () => reject(request.error);
    if ("onabort" in request) request.onabort = () => reject(request.error);
  });
}

async function database() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(RECORDS);
  return done(request);
}

/** @param {string} key */
async function read(key) {
  const records = (await database()).transaction(RECORDS).objectStore(RECORDS);
  return done(records.get(key));
}

/** Resolves when the record is written, or rejects when the device has no room. */
async function write(key, record) {
  const transaction = (await database()).transaction(RECORDS, "readwrite", { durability: "strict" });
  transaction.objectStore(RECORDS).put(record, key);
  await done(transaction);
}

async function remove(key) {
  const transaction = (await database()).transaction(RECORDS, "readwrite");
  transaction.objectStore(RECORDS).delete(key);
  await done(transaction);
}

/** @param {string} key */
export async function remembered(key) {
  return (await read(key)) !== undefined;
}

/** @param {string} key @param {{own: boolean}} kind */
export async function openStore(key, { own }) {
  const store = {
    isOwn: own,
    /** @type {Record<string, any>} */
    record: (own && (await read(key))) || {},
    /** Later changes wait for earlier ones, so that the last one stays. */
    writing: Promise.resolve(),
    /** @param {Record<string, any>} changes */
    save(changes) {
      Object.assign(store.record, changes);
      if (!own) return Promise.resolve();
      const record = { ...store.record };
      store.writing = store.writing.catch(() => {}).then(() => write(key, record));
      return store.writing;
    },
    async forget() {
      store.record = {};
      await store.writing.catch(() => {});
      await remove(key);
    },
  };
  return store;
}

export async function forgetStrangers() {
  const records = (await database()).transaction(RECORDS).objectStore(RECORDS);
  const known = new Set((await done(records.getAll())).map((record) => record.sealed?.name));
  const root = await navigator.storage.getDirectory();
  let folder;
  try {
    folder = await root.getDirectoryHandle(SEALED);
  } catch {
    return;
  }
  for await (const name of folder.keys()) {
    // One that another tab has open cannot be removed, and should not.
    if (!known.has(name)) await folder.removeEntry(name).catch(() => {});
  }
}
