// @ts-check
/**
 * The key statement: who may open, how many of them it takes, and until when bids come
 * in, signed by a majority of the committee. Approving the announcement IS signing it.
 *
 *   buildStatement(fields): Statement       sorts members, fills format, n
 *   checkStatement(statement): void         form only; throws StatementRefused
 *   statementDigest(statement): string
 *   signStatement(statement, memberKey): {member, signature}    refuses if the own keys are not in it
 *   verifyStatement(statement, signatures): {digest, signers: string[]}
 */
import { FORMAT } from "./bytes.js";
import { StatementRefused } from "./errors.js";
import { canonical, digestOf } from "./jcs.js";
import {
  isCode,
  isCount,
  isDigest,
  isEnvelope,
  isInstant,
  isKey,
  isMember,
  isObject,
  isRecipient,
  isText,
  listOf,
  shaped,
} from "./shape.js";
import { signObject, verifyObject } from "./sign.js";

/**
 * @typedef {{member: string, recipient: string, signing_key: string}} StatedMember
 * @typedef {{format: string, lpse: string, log_key: string, tender: string, version: number,
 *     previous: string | null, envelopes: string[], k: number, n: number,
 *     members: StatedMember[], deadline: string, opening_at: string,
 *     rule_set: {code: string, digest: string}, bundle: string, content: string}} Statement
 * @typedef {{member: string, signature: string}} StatementSignature
 */

const MOST_MEMBERS = 255;
/** @param {string} code @param {string} message @param {Record<string, unknown>} [details] @returns {never} */
export function refuse(code, message, details) {
  throw new StatementRefused(`statement:${code}`, message, details);
}

const FIELDS = {
  format: isText,
  lpse: isText,
  log_key: isKey,
  tender: isCode,
  version: (/** @type {unknown} */ value) => isCount(value) && Number(value) >= 1,
  previous: (/** @type {unknown} */ value) => value === null || isDigest(value),
  envelopes: listOf(isEnvelope),
  k: isCount,
  n: isCount,
  members: listOf(isObject),
  deadline: isInstant,
  opening_at: isInstant,
  rule_set: isObject,
  bundle: isDigest,
  content: isDigest,
};
const MEMBER = { member: isMember, recipient: isText, signing_key: isKey };
const RULE_SET = { code: isCode, digest: isDigest };

/** @param {any[]} values */
const ascendsStrictly = (values) => values.every((value, at) => at === 0 || values[at - 1] < value);

/** @param {Omit<Statement, "format" | "n">} fields @returns {Statement} */
export function buildStatement(fields) {
  const members = [...fields.members]
    .map(({ member, recipient, signing_key }) => ({ member, recipient, signing_key }))
    .sort((a, b) => (a.member < b.member ? -1 : 1));
  const statement = { ...fields, format: FORMAT.statement, n: members.length, members };
  checkStatement(statement);
  return statement;
}

/** @param {any} statement */
export function checkStatement(statement) {
  if (statement?.format !== FORMAT.statement) {
    refuse("format", "this is not a key statement of the known format", {
      format: statement?.format,
    });
  }
  /** @param {string} field @returns {never} */
  const bad = (field) =>
    refuse("field", "a field of the key statement is missing, unknown or wrong", { field });
  shaped(statement, FIELDS, bad);
  shaped(statement.rule_set, RULE_SET, bad);
  const { members, envelopes, k, n } = statement;
  for (const member of members) {
    shaped(member, MEMBER, bad);
    if (!isRecipient(member.recipient)) {
      refuse("recipient", "a member's opening key is of an unknown type", {
        member: member.member,
      });
    }
  }
  const distinct = (/** @type {string} */ field) =>
    new Set(members.map((/** @type {any} */ member) => member[field])).size === members.length;
  if (
    members.length !== n ||
    !ascendsStrictly(members.map((/** @type {any} */ { member }) => member)) ||
    !distinct("recipient") ||
    !distinct("signing_key")
  ) {
    refuse("members", "the members are not counted, sorted and distinct");
  }
  if (n < 1 || n > MOST_MEMBERS || k > n || (n === 1 ? k !== 1 : k < 2)) {
    refuse("threshold", "this number of members cannot be required", { k, n });
  }
  if (envelopes.length === 0 || !ascendsStrictly(envelopes)) {
    refuse("envelopes", "the envelopes are not listed, sorted and distinct");
  }
  if (statement.opening_at < statement.deadline) {
    refuse("instants", "bids would be opened before the deadline");
  }
  if ((statement.version === 1) !== (statement.previous === null)) {
    refuse("version", "a later version names the one before it, the first one none");
  }
}

/** @param {Statement} statement */
export function statementDigest(statement) {
  return digestOf(statement);
}

/**
 * @param {Statement} statement
 * @param {import("./memberkey.js").MemberKey} memberKey
 * @returns {StatementSignature}
 */
export function signStatement(statement, memberKey) {
  checkStatement(statement);
  const { member, recipient, signing_key } = memberKey;
  const own = statement.members.find((stated) => stated.member === member);
  if (own === undefined || canonical(own) !== canonical({ member, recipient, signing_key })) {
    refuse("own-keys", "your own keys are not the ones in this key statement", { member });
  }
  return { member, signature: signObject(memberKey.signing_seed, statement) };
}

/**
 * @param {Statement} statement
 * @param {StatementSignature[]} signatures
 */
export function verifyStatement(statement, signatures) {
  checkStatement(statement);
  const keys = new Map(statement.members.map(({ member, signing_key }) => [member, signing_key]));
  const signers = new Set();
  for (const { member, signature } of signatures) {
    const key = keys.get(member);
    if (key === undefined)
      refuse("signer", "somebody signed who is not in the committee", { member });
    if (!verifyObject(key, statement, signature)) {
      refuse("signature", "a signature under the key statement does not hold", { member });
    }
    signers.add(member);
  }
  if (signers.size * 2 <= statement.n) {
    refuse("majority", "no majority of the committee has signed", {
      signed: signers.size,
      n: statement.n,
    });
  }
  return { digest: statementDigest(statement), signers: [...signers].sort() };
}
