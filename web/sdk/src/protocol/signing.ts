/**
 * Domain-separated hashes and Ed25519 signatures, as `constellation/protocol/signing.py` has them.
 *
 * Signed bytes = SHA-256(tag || constellation id || purpose || XDR): nothing signed for one purpose, constellation or
 * network is valid for another.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, equal, toHex, uint32Bytes, utf8 } from "./bytes.js";
import { sha256 } from "./hash.js";
import { BatchHeader, Settings } from "./messages/index.js";

export const SIGNATURE_BYTES = 64;

/** What a signature is for; part of the signed bytes. Never renumber. */
export const Purpose = {
  SETTINGS: 1,
  REQUEST: 2,
  HEADER: 3,
  VOTE: 4,
  HANDSHAKE: 5,
  APPOINTMENT: 9,
  REQUEST_BATCH: 11,
  KEY_ROTATION: 12,
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const POINTS_MAX = 64;
const TABLE_BITS = 6;
const points = new Map<string, InstanceType<typeof Point>>();

const TAG = utf8("Constellation signed message 1\0");

/** The 32-byte name of a constellation: its Stellar network and its vault. */
export function constellationId(settings: Pick<Settings, "networkPassphrase" | "vault">): Uint8Array {
  return sha256(utf8(settings.networkPassphrase), settings.vault);
}

/** The 32 bytes that are signed for `xdr`. */
export function signingHash(purpose: Purpose, constellation: Uint8Array, xdr: Uint8Array): Uint8Array {
  return sha256(TAG, constellation, uint32Bytes(purpose), xdr);
}

/** Hash of the settings: the parent of the first batch header. */
export function settingsHash(settings: Settings): Uint8Array {
  return signingHash(Purpose.SETTINGS, constellationId(settings), Settings.encode(settings));
}

/** Hash of a header: what alpha signs, and what the next header names as its parent. */
export function headerHash(constellation: Uint8Array, header: BatchHeader): Uint8Array {
  return signingHash(Purpose.HEADER, constellation, BatchHeader.encode(header));
}

/** What an auditor signs for the header with this hash. */
export function voteHash(constellation: Uint8Array, header: Uint8Array): Uint8Array {
  return signingHash(Purpose.VOTE, constellation, header);
}

/**
 * Strict Ed25519 verification that accepts just what the nodes' libsodium accepts: S below the group's order, canonical
 * keys, neither key nor R of small order, and R to the byte, without the cofactor. Libraries and WebCrypto differ in
 * this, so neither is asked.
 */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || key.length !== 32) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  try {
    if (s >= ORDER || Point.fromBytes(r).isSmallOrder()) return false;
    const owner = pointOf(key);
    if (owner.isSmallOrder()) return false;
    const challenge = littleEndian(sha512(concat(r, key, message))) % ORDER;
    const expected = Point.BASE.multiplyUnsafe(s).subtract(owner.multiplyUnsafe(challenge));
    return equal(expected.toBytes(), r);
  } catch {
    return false; // no point of the curve
  }
}

/** A key's point. Alpha's and the auditors' come again and again: tables of their multiples save half the time. */
function pointOf(key: Uint8Array): InstanceType<typeof Point> {
  const name = toHex(key);
  const known = points.get(name);
  if (known !== undefined) return known;
  const point = Point.fromBytes(key);
  if (points.size < POINTS_MAX) points.set(name, point.precompute(TABLE_BITS, true));
  return point;
}

function littleEndian(data: Uint8Array): bigint {
  return BigInt(`0x${toHex(data.slice().reverse())}`);
}
