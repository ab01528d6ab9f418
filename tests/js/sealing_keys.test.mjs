// Members' keys, their passphrases, and the key statements they sign.

import assert from "node:assert/strict";
import test from "node:test";

import { Encrypter } from "age-encryption";

import { makeIdentity } from "../../static/js/sealing/age.js";
import { canonicalBytes } from "../../static/js/sealing/jcs.js";
import { requireInChain, verifyChain } from "../../static/js/sealing/chain.js";
import {
  checkMemberKey,
  makeMemberKey,
  publicHalf,
  requireMemberKey,
  unwrapByPassphrase,
  wrapByPassphrase,
} from "../../static/js/sealing/memberkey.js";
import {
  bits,
  isPassphrase,
  makePassphrase,
  unknownWords,
} from "../../static/js/sealing/passphrase.js";
import { makeSigningKey } from "../../static/js/sealing/sign.js";
import {
  checkStatement,
  signStatement,
  statementDigest,
  verifyStatement,
} from "../../static/js/sealing/statement.js";
import { WORDS } from "../../static/js/sealing/words.js";
import { chainOf, committee, signed, statementOf } from "./cast.mjs";

const people = await committee(["budi", "dewi", "rina"], 2);
const statement = statementOf(people);
const second = (changes = {}) =>
  statementOf(people, { version: 2, previous: statementDigest(statement), ...changes });

test("a passphrase is seven words of the list, 77 bits", () => {
  const made = new Set(Array.from({ length: 200 }, makePassphrase));

  assert.equal(made.size, 200);
  assert.ok([...made].every(isPassphrase));
  assert.ok(bits() >= 77);
  assert.equal(new Set(WORDS).size, 2048);
});

test("every word of the list is drawn", () => {
  const drawn = new Set();
  for (let passphrases = 0; passphrases < 6000; passphrases += 1) {
    for (const word of makePassphrase().split(" ")) drawn.add(word);
  }
  assert.equal(drawn.size, WORDS.length);
});

test("a passphrase is taken as people type it, and a wrong word is named", () => {
  const [one, two] = WORDS;
  const typed = ` ${[one, two, one, two, one, two, one].join("-").toUpperCase()}\n`;

  assert.ok(isPassphrase(typed));
  assert.ok(!isPassphrase(`${one} ${two}`));
  assert.deepEqual(unknownWords(`${one} xyz ${two} `), ["xyz"]);
});

test("a wrapped key opens with its passphrase and no other", async () => {
  const [key] = people.keys;
  const passphrase = makePassphrase();
  const wrapped = await wrapByPassphrase(key, passphrase);

  assert.deepEqual(await unwrapByPassphrase(wrapped, passphrase.toUpperCase()), key);
  await assert.rejects(unwrapByPassphrase(wrapped, makePassphrase()), { code: "key:passphrase" });
  const altered = wrapped.slice();
  altered[wrapped.length - 1] ^= 1;
  await assert.rejects(unwrapByPassphrase(altered, passphrase), { code: "key:passphrase" });
});

test("a key that is wrapped too weakly or otherwise is refused unopened", async () => {
  const weak = new Encrypter();
  weak.setPassphrase("satu");
  weak.setScryptWorkFactor(10);
  const toRecipient = new Encrypter();
  toRecipient.addRecipient((await makeIdentity()).recipient);
  const plain = canonicalBytes(people.keys[0]);

  for (const encrypter of [weak, toRecipient]) {
    const wrapped = await encrypter.encrypt(plain);
    await assert.rejects(unwrapByPassphrase(wrapped, "satu"), { code: "key:wrapping" });
  }
});

test("a key whose halves differ, or of another member, is refused", async () => {
  const [key, other] = people.keys;

  await assert.rejects(checkMemberKey({ ...key, recipient: other.recipient }), {
    code: "key:halves",
  });
  await assert.rejects(checkMemberKey({ ...key, signing_key: other.signing_key }), {
    code: "key:halves",
  });
  await assert.rejects(checkMemberKey({ ...key, format: "lpse-member-key/0" }), {
    code: "key:format",
  });
  requireMemberKey(key, publicHalf(key));
  for (const field of ["member", "recipient", "signing_key"]) {
    const registered = { ...publicHalf(key), [field]: other[field] };
    assert.throws(() => requireMemberKey(key, registered), { code: "key:other" });
  }
});

const altered = (path, value) => {
  const body = structuredClone(statement);
  const names = path.split(".");
  const last = names.pop();
  names.reduce((part, name) => part[name], body)[last] = value;
  return body;
};

test("a statement of another form is refused", () => {
  const cases = [
    ["format", "lpse-key-statement/0", "format"],
    ["extra", 1, "field"],
    ["deadline", "2010-08-10T07:00:00Z", "field"],
    ["deadline", "2010-02-30T07:00:00.000000Z", "field"],
    ["log_key", "AAAA", "field"],
    ["version", 0, "field"],
    ["members.0.admin", true, "field"],
    ["members.0.recipient", `age1pq1${"q".repeat(1952)}`, "recipient"],
    ["members.0.recipient", `age1tag1${"q".repeat(54)}`, "recipient"],
    ["members.0.recipient", "ssh-ed25519 AAAA", "recipient"],
    ["members.0.member", "zaki", "members"],
    ["members.0.recipient", people.keys[1].recipient, "members"],
    ["n", 4, "members"],
    ["k", 1, "threshold"],
    ["k", 4, "threshold"],
    ["envelopes", [], "envelopes"],
    ["envelopes", ["single", "single"], "envelopes"],
    ["opening_at", "2010-08-10T06:59:59.999999Z", "instants"],
    ["version", 2, "version"],
    ["previous", "a".repeat(64), "version"],
  ];
  for (const [path, value, code] of cases) {
    assert.throws(() => checkStatement(altered(path, value)), { code: `statement:${code}` }, path);
  }
  assert.throws(() => checkStatement(null), { code: "statement:format" });
});

test("a member signs only a statement that names the own keys", async () => {
  const renewed = await makeMemberKey({ member: "budi" });
  const [stranger] = (await committee(["tono"], 1)).keys;
  const partly = { ...people.keys[0], ...makeSigningKey() };

  assert.equal(signStatement(statement, people.keys[0]).member, "budi");
  for (const key of [renewed, stranger, { ...partly, signing_key: partly.key }]) {
    assert.throws(() => signStatement(statement, key), { code: "statement:own-keys" });
  }
});

test("a majority must have signed, each with the own key", () => {
  const { signatures } = signed(statement, people.keys);
  const [first, other] = signatures;
  const verify = (given) => () => verifyStatement(statement, given);

  assert.deepEqual(verifyStatement(statement, signatures.slice(1)).signers, ["dewi", "rina"]);
  assert.throws(verify([first]), { code: "statement:majority" });
  assert.throws(verify([first, first, first]), { code: "statement:majority" });
  assert.throws(verify([first, { ...other, member: "tono" }]), { code: "statement:signer" });
  assert.throws(verify([first, { ...other, signature: first.signature }]), {
    code: "statement:signature",
  });
  const moved = { ...statement, opening_at: "2010-08-11T07:00:00.000000Z" };
  assert.throws(() => verifyStatement(moved, signatures), { code: "statement:signature" });
});

test("a later version may move the schedule and nothing else", () => {
  const later = {
    deadline: "2010-08-12T07:00:00.000000Z",
    opening_at: "2010-08-12T07:15:00.000000Z",
  };
  const chain = chainOf(people, statement, second({ ...later, content: "d".repeat(64) }));
  assert.equal(chain.latest.deadline, later.deadline);
  assert.equal(requireInChain(chain, statementDigest(statement)), chain.first);
  assert.throws(() => requireInChain(chain, "0".repeat(64)), { code: "statement:unknown" });

  const cases = [
    [{ bundle: "d".repeat(64) }, "changed"],
    [{ envelopes: ["other"] }, "changed"],
    [{ k: 3 }, "changed"],
    [{ deadline: "2010-08-09T07:00:00.000000Z" }, "earlier"],
    [{ version: 3 }, "version"],
    [{ previous: "d".repeat(64) }, "version"],
    [{ tender: "3740902" }, "tender"],
  ];
  for (const [changes, code] of cases) {
    assert.throws(() => chainOf(people, statement, second(changes)), { code: `statement:${code}` });
  }
});

test("a swapped key set is seen by who has seen the first", async () => {
  const seen = statementDigest(statement);
  const others = await committee(["budi", "dewi", "rina"], 2);
  const swapped = [signed(statementOf(others), others.keys)];
  const follow = statementOf(others, { version: 2, previous: seen });

  assert.ok(verifyChain(swapped, { tender: "3740901" }));
  assert.throws(() => verifyChain(swapped, { tender: "3740901", pinned: [seen] }), {
    code: "statement:swapped",
  });
  const both = [signed(statement, people.keys), signed(follow, others.keys)];
  assert.throws(() => verifyChain(both, { tender: "3740901" }), { code: "statement:changed" });
  assert.throws(() => verifyChain([], { tender: "3740901" }), { code: "statement:missing" });
  assert.throws(() => verifyChain(both.slice(0, 1), { tender: "3740901", lpse: "other" }), {
    code: "statement:tender",
  });
});
