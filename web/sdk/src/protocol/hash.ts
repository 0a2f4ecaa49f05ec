/** SHA-256. WebCrypto's is asynchronous, and a proof is a chain of hashes: so this is @noble/hashes'. */

import { sha256 as hash } from "@noble/hashes/sha2.js";
import { concat } from "./bytes.js";

/** SHA-256 of all parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return hash(parts.length === 1 ? parts[0]! : concat(...parts));
}
