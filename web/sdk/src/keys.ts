/**
 * Keys that sign: by WebCrypto, whose keys need not be extractable, or, where a platform lacks Ed25519 there, by
 * @noble/curves from the seed in memory.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, fromHex } from "./protocol/bytes.js";
import { decodeSeed, encodePublicKey, encodeSeed } from "./protocol/strkey.js";

/** An Ed25519 key that signs for an account; a wallet or a device can be one, too. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The 64-byte signature of a message. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

const ALGORITHM = { name: "Ed25519" };
/** What stands before a seed in PKCS #8 (RFC 8410). */
const PKCS8 = fromHex("302e020100300506032b657004220420");
const SEED_BYTES = 32;

/** A key of WebCrypto. It can be kept in IndexedDB as the pair that it is, without its seed ever being seen. */
export class WebCryptoKey implements Signer {
  private constructor(
    readonly publicKey: Uint8Array,
    readonly pair: CryptoKeyPair,
  ) {}

  /** The key of a pair, as WebCrypto made it or IndexedDB kept it; its public half must be extractable. */
  static async fromPair(pair: CryptoKeyPair): Promise<WebCryptoKey> {
    return new WebCryptoKey(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)), pair);
  }

  /** A new key whose private half never leaves WebCrypto. */
  static async generate(): Promise<WebCryptoKey> {
    return WebCryptoKey.fromPair(
      (await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"])) as CryptoKeyPair,
    );
  }

  /** The key of a seed, which WebCrypto does not give away again. */
  static async fromSeed(seed: Uint8Array): Promise<WebCryptoKey> {
    const publicKey = ed25519.getPublicKey(seed);
    const encoded = concat(PKCS8, seed);
    try {
      return new WebCryptoKey(publicKey, {
        privateKey: await crypto.subtle.importKey("pkcs8", buffer(encoded), ALGORITHM, false, ["sign"]),
        publicKey: await crypto.subtle.importKey("raw", buffer(publicKey), ALGORITHM, true, ["verify"]),
      });
    } finally {
      encoded.fill(0);
    }
  }

  get address(): string {
    return encodePublicKey(this.publicKey);
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign(ALGORITHM, this.pair.privateKey, buffer(message)));
  }
}

/** A key whose seed is in memory: where WebCrypto has no Ed25519, or a seed is what a program has. */
export class SeedKey implements Signer {
  readonly publicKey: Uint8Array;
  readonly #seed: Uint8Array;

  /** @param seed - `S…`, or 32 bytes. */
  constructor(seed: string | Uint8Array) {
    this.#seed = typeof seed === "string" ? decodeSeed(seed.trim()) : seed.slice();
    if (this.#seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes`);
    this.publicKey = ed25519.getPublicKey(this.#seed);
  }

  get address(): string {
    return encodePublicKey(this.publicKey);
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return ed25519.sign(message, this.#seed);
  }
}

/** Whether this platform's WebCrypto has Ed25519. */
export async function hasWebCrypto(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

/** The key of a seed `S…` or of its 32 bytes: WebCrypto's where it can be. */
export async function keyFromSeed(seed: string | Uint8Array): Promise<WebCryptoKey | SeedKey> {
  const bytes = typeof seed === "string" ? decodeSeed(seed.trim()) : seed;
  return (await hasWebCrypto()) ? WebCryptoKey.fromSeed(bytes) : new SeedKey(bytes);
}

/** A new seed, `S…`: whoever has it has the account. */
export function newSeed(): string {
  return encodeSeed(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
}

/** What WebCrypto's types want: bytes that nobody shares. */
function buffer(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data);
}
