// Puts the sealing modules where a test can reach them: window.sealing. For tests/flows only.

import { publicHalf, makeMemberKey } from "../../static/js/sealing/memberkey.js";
import * as memberkey from "../../static/js/sealing/memberkey.js";
import * as client from "../../static/js/sealing/client.js";
import { fromBase64, toBase64 } from "../../static/js/sealing/bytes.js";
import { canonical } from "../../static/js/sealing/jcs.js";
import { makePassphrase } from "../../static/js/sealing/passphrase.js";
import { chainOf, committee, statementOf, terms } from "./cast.mjs";
import { makeSigningKey } from "../../static/js/sealing/sign.js";

const attempt = (promise) =>
  promise.then(
    (value) => ({ value }),
    ({ code = null, message }) => ({ code, message }),
  );

let sealer, people, chain, tender, bid;

globalThis.sealing = {
  requireBrowser: client.requireBrowser,
  roomFor: client.roomFor,
  start: (script) => attempt(client.startSealer(script).then((it) => void (sealer = it))),

  /** Seal `sizes` bytes each into `name`; what a page would know then. */
  async seal(name, sizes) {
    people = await committee(["budi", "dewi", "rina"], 2);
    chain = chainOf(people, statementOf(people));
    tender = makeSigningKey();
    const files = sizes.map((size, at) => ({
      name: `${at}.pdf`,
      kind: "technical",
      file: new Blob([new Uint8Array(size).fill(at + 1)]),
    }));
    const progress = [];
    const content = { ...terms(chain.latest, tender.key), statement: chain.digest };
    const named = { statement: chain.latest, envelope: "single", provider: "maju", tender };
    const job = { name, content, files, ...named, bundle: "b".repeat(64) };
    bid = await sealer.seal(job, (at) => progress.push(at));
    const file = await client.sealedFile(name);
    return {
      manifest: bid.manifest,
      size: file.size,
      progress: progress.length,
      last: progress.at(-1),
    };
  },
  async prove(name) {
    const plains = bid.shares.map(({ plain }) => plain);
    return attempt(sealer.proof({ name, plains, manifest: bid.manifest, zip: bid.zip }));
  },
  async piece(name, at, length) {
    const { bytes, sha256 } = await sealer.piece({ name, at, length });
    return { length: bytes.byteLength, sha256 };
  },
  size: (name) => sealer.size({ name }),
  remove: (name) => attempt(sealer.delete({ name })),
  async spoil(name, at) {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealed");
    const writable = await (
      await folder.getFileHandle(name)
    ).createWritable({ keepExistingData: true });
    const old = new Uint8Array(
      await (await client.sealedFile(name)).slice(at, at + 1).arrayBuffer(),
    );
    await writable.write({ type: "write", position: at, data: Uint8Array.of(old[0] ^ 1) });
    await writable.close();
  },
  async wrapInWorker() {
    const memberKey = await makeMemberKey({ member: "budi" });
    const passphrase = makePassphrase();
    const { wrapped } = await sealer.wrap({ memberKey, passphrase });
    const opened = await sealer.unwrap({ wrapped, passphrase });
    const wrong = await attempt(sealer.unwrap({ wrapped, passphrase: makePassphrase() }));
    return { same: canonical(opened.memberKey) === canonical(memberKey), wrong };
  },
  async wrapByPasskey() {
    const memberKey = await makeMemberKey({ member: "budi" });
    const credential = await memberkey.createPasskey({ name: "Kunci pembukaan budi" });
    const wrapped = fromBase64(toBase64(await memberkey.wrapByPasskey(memberKey, { credential })));
    const [byCredential, byChoice] = [
      await memberkey.unwrapByPasskey(wrapped, { credential }),
      await memberkey.unwrapByPasskey(wrapped, { rpId: location.hostname }),
    ];
    const other = await memberkey.createPasskey({ name: "other" });
    const wrong = await attempt(memberkey.unwrapByPasskey(wrapped, { credential: other }));
    return {
      member: publicHalf(byCredential).member,
      same: JSON.stringify(byCredential) === JSON.stringify(byChoice),
      wrong,
    };
  },
};
