/** The keys of sub-accounts: a hash of the parent's key and a number, so nobody has the seed of one. */

import { uint32Bytes, utf8 } from "./bytes.js";
import { sha256 } from "./hash.js";
import { MAX_SUB_ACCOUNTS } from "./messages/index.js";

const TAG = utf8("Constellation sub-account 1\0");

/** The key of an account's sub-account with a number from 1 to 16, whether it is open or not. */
export function subAccountKey(parent: Uint8Array, number: number): Uint8Array {
  if (!Number.isInteger(number) || number < 1 || number > MAX_SUB_ACCOUNTS) {
    throw new RangeError(`sub-accounts are numbered from 1 to ${MAX_SUB_ACCOUNTS}, not ${number}`);
  }
  return sha256(TAG, parent, uint32Bytes(number));
}
