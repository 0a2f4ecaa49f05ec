/**
 * Domain-separated hashes and Ed25519 signatures, as `constellation/protocol/signing.py` has them.
 *
 * Signed bytes = SHA-256(tag || constellation id || purpose || XDR): nothing signed for one purpose, constellation or
 * network is valid for another.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { uint32Bytes, utf8 } from "./bytes.js";
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
 * Strict Ed25519 verification that accepts what the nodes' libsodium accepts: S below the group's order, canonical keys,
 * neither key nor R of small order. WebCrypto's differ in this from platform to platform, so it is never asked.
 */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || key.length !== 32) return false;
  try {
    if (ed25519.Point.fromBytes(signature.subarray(0, 32)).isSmallOrder()) return false;
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}
