/** Stellar's text form of keys: `G…` for public keys, `M…` with a number, `S…` for seeds (SEP-23). */

import { concat, uint64Bytes } from "./bytes.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PUBLIC_KEY = { version: 6 << 3, length: 32, kind: "a public key (G…)" };
const SEED = { version: 18 << 3, length: 32, kind: "a secret seed (S…)" };
const MUXED = { version: 12 << 3, length: 40, kind: "a muxed address (M…)" };

type Form = typeof PUBLIC_KEY;

/** `G…` of a 32-byte Ed25519 public key. */
export function encodePublicKey(key: Uint8Array): string {
  return encode(PUBLIC_KEY, key);
}

/** The 32 bytes behind `G…`. Throws a `RangeError` that says why it is none. */
export function decodePublicKey(text: string): Uint8Array {
  return decode(PUBLIC_KEY, text);
}

/** `S…` of a 32-byte Ed25519 seed. */
export function encodeSeed(seed: Uint8Array): string {
  return encode(SEED, seed);
}

/** The 32 bytes behind `S…`; errors never repeat the text. */
export function decodeSeed(text: string): Uint8Array {
  return decode(SEED, text);
}

/** `M…` of a public key and the number of somebody behind it. */
export function encodeMuxed(key: Uint8Array, id: bigint): string {
  return encode(MUXED, concat(key, uint64Bytes(id)));
}

/** The public key behind `G…` or `M…`, and the number in `M…`. */
export function decodeAddress(text: string): { key: Uint8Array; muxedId: bigint | null } {
  if (typeof text !== "string" || !text.startsWith("M")) return { key: decodePublicKey(text), muxedId: null };
  const payload = decode(MUXED, text);
  return { key: payload.slice(0, 32), muxedId: new DataView(payload.buffer, payload.byteOffset).getBigUint64(32) };
}

function encode(form: Form, payload: Uint8Array): string {
  if (payload.length !== form.length) throw new RangeError(`a key has ${form.length} bytes, not ${payload.length}`);
  const body = concat(Uint8Array.of(form.version), payload);
  const checksum = crc16(body);
  return base32(concat(body, Uint8Array.of(checksum & 0xff, checksum >> 8)));
}

function decode(form: Form, text: string): Uint8Array {
  const raw = typeof text === "string" ? fromBase32(text) : null;
  if (raw === null) throw new RangeError(`not ${form.kind}: it is not base32`);
  if (raw.length !== form.length + 3 || raw[0] !== form.version) {
    throw new RangeError(`not ${form.kind}: wrong length or first letter`);
  }
  const payload = raw.slice(1, -2);
  if (crc16(raw.subarray(0, -2)) !== raw[raw.length - 2]! + 256 * raw[raw.length - 1]!) {
    throw new RangeError(`not ${form.kind}: the checksum is wrong, look for a typing error`);
  }
  // Unused bits that are not zero would give one payload several texts.
  if (encode(form, payload) !== text) throw new RangeError(`not ${form.kind}: wrong length or first letter`);
  return payload;
}

function base32(data: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of data) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Uint8Array | null {
  const data: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      data.push(held >> (bits - 8));
      bits -= 8;
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(data);
}

/** CRC16 as XMODEM has it. */
function crc16(data: Uint8Array): number {
  let sum = 0;
  for (const byte of data) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = ((sum << 1) ^ (sum & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return sum;
}
