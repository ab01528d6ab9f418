// @ts-check
/**
 * A committee member's key: an age identity that opens shares and an Ed25519 key that
 * signs key statements, in one file. The server only ever sees it wrapped.
 *
 *   makeMemberKey({member, createdAt?}): Promise<MemberKey>
 *   publicHalf(memberKey): {member, recipient, signing_key}
 *   checkMemberKey(memberKey): Promise<void>                 its halves belong together
 *   requireMemberKey(memberKey, {member, recipient, signing_key}): void    it is *this* key
 *   wrapByPassphrase(memberKey, passphrase): Promise<Uint8Array>
 *   unwrapByPassphrase(wrapped, passphrase): Promise<MemberKey>
 *   createPasskey({name, rpId?}): Promise<string>            browser only
 *   wrapByPasskey(memberKey, {credential?, rpId?}): Promise<Uint8Array>
 *   unwrapByPasskey(wrapped, {credential?, rpId?}): Promise<MemberKey>
 */
import { Decrypter, Encrypter, webauthn } from "age-encryption";
import { makeIdentity, recipientOf } from "./age.js";
import { FORMAT, instant } from "./bytes.js";
import { KeyRefused } from "./errors.js";
import { canonicalBytes, parseCanonical } from "./jcs.js";
import { tidyPassphrase } from "./passphrase.js";
import { isIdentity, isInstant, isKey, isMember, isRecipient, shaped } from "./shape.js";
import { makeSigningKey, publicKey } from "./sign.js";

/**
 * @typedef {{format: string, member: string, created_at: string, identity: string,
 *     recipient: string, signing_seed: string, signing_key: string}} MemberKey
 */

/** N = 2^18: about a second of work for the member, for every guess of a thief. */
export const SCRYPT_LOG_N = 18;
const SCRYPT_HEADER = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} (\d{1,2})\n/;
const FIELDS = {
  format: (/** @type {unknown} */ value) => value === FORMAT.memberKey,
  member: isMember,
  created_at: isInstant,
  identity: isIdentity,
  recipient: isRecipient,
  signing_seed: isKey,
  signing_key: isKey,
};

/** @param {{member: string, createdAt?: string}} owner @returns {Promise<MemberKey>} */
export async function makeMemberKey({ member, createdAt = instant() }) {
  const { seed, key } = makeSigningKey();
  const keys = { ...(await makeIdentity()), signing_seed: seed, signing_key: key };
  return { format: FORMAT.memberKey, member, created_at: createdAt, ...keys };
}

/** @param {MemberKey} memberKey */
export function publicHalf({ member, recipient, signing_key }) {
  return { member, recipient, signing_key };
}

/** @param {MemberKey} memberKey */
export async function checkMemberKey(memberKey) {
  shaped(memberKey, FIELDS, (field) => {
    throw new KeyRefused("key:format", "this is not a member's key file", { field });
  });
  if ((await recipientOf(memberKey.identity)) !== memberKey.recipient) {
    throw new KeyRefused(
      "key:halves",
      "the opening key and its public half do not belong together",
    );
  }
  if (publicKey(memberKey.signing_seed) !== memberKey.signing_key) {
    throw new KeyRefused(
      "key:halves",
      "the signing key and its public half do not belong together",
    );
  }
}

/**
 * @param {MemberKey} memberKey
 * @param {{member: string, recipient: string, signing_key: string}} registered
 */
export function requireMemberKey(memberKey, registered) {
  for (const field of /** @type {const} */ (["member", "recipient", "signing_key"])) {
    if (memberKey[field] !== registered[field]) {
      throw new KeyRefused("key:other", "this is a key, but not the registered one", { field });
    }
  }
}

/**
 * @param {MemberKey} memberKey
 * @param {string} passphrase
 */
export async function wrapByPassphrase(memberKey, passphrase) {
  await checkMemberKey(memberKey);
  const encrypter = new Encrypter();
  encrypter.setPassphrase(tidyPassphrase(passphrase));
  encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
  return encrypter.encrypt(canonicalBytes(memberKey));
}

/** @param {Decrypter} decrypter @param {Uint8Array} wrapped @param {string} code @param {string} message */
async function unwrap(decrypter, wrapped, code, message) {
  let plain;
  try {
    plain = await decrypter.decrypt(wrapped);
  } catch {
    throw new KeyRefused(code, message);
  }
  const memberKey = parseCanonical(plain);
  await checkMemberKey(memberKey);
  return /** @type {MemberKey} */ (memberKey);
}

/**
 * @param {Uint8Array} wrapped
 * @param {string} passphrase
 */
export async function unwrapByPassphrase(wrapped, passphrase) {
  const header = new TextDecoder().decode(wrapped.subarray(0, 80));
  const logN = Number(SCRYPT_HEADER.exec(header)?.[1] ?? 0);
  if (logN < SCRYPT_LOG_N) {
    throw new KeyRefused(
      "key:wrapping",
      "this file is not wrapped by a passphrase as it should be",
    );
  }
  const decrypter = new Decrypter();
  decrypter.addPassphrase(tidyPassphrase(passphrase));
  return unwrap(decrypter, wrapped, "key:passphrase", "the passphrase does not open this key");
}

/** @param {{name: string, rpId?: string}} owner */
export async function createPasskey({ name, rpId }) {
  return webauthn.createCredential({ keyName: name, type: "passkey", rpId });
}

/** @param {{credential?: string, rpId?: string}} passkey */
const passkeyOptions = ({ credential, rpId }) => ({ identity: credential, rpId });

/**
 * @param {MemberKey} memberKey
 * @param {{credential?: string, rpId?: string}} passkey
 */
export async function wrapByPasskey(memberKey, passkey) {
  await checkMemberKey(memberKey);
  const encrypter = new Encrypter();
  encrypter.addRecipient(new webauthn.WebAuthnRecipient(passkeyOptions(passkey)));
  return encrypter.encrypt(canonicalBytes(memberKey));
}

/**
 * @param {Uint8Array} wrapped
 * @param {{credential?: string, rpId?: string}} passkey
 */
export async function unwrapByPasskey(wrapped, passkey) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(new webauthn.WebAuthnIdentity(passkeyOptions(passkey)));
  return unwrap(decrypter, wrapped, "key:passkey", "the passkey does not open this key");
}
