/**
 * Proofs of single entries of the state, or of their absence, under the state root of a certified checkpoint.
 *
 * An entry's key is hashed; the first bits of that path choose its bucket, which is hashed as its (path, entry's hash)
 * pairs in order. A proof shows the whole bucket: so it also proves that an entry is not there.
 */

import { compare, concat, equal, toHex, uint64Bytes } from "./bytes.js";
import { VerificationError } from "./errors.js";
import { sha256 } from "./hash.js";
import { rootFromProof } from "./merkle.js";
import {
  type BatchHeader,
  type BucketPair,
  Code,
  StateEntry,
  type StateEntryType,
  type StateProof,
} from "./messages/index.js";
import { checkFinality } from "./proofs.js";
import { type Terms } from "./terms.js";

const BUCKETS_LOG2 = 14;
const EMPTY_BUCKET = new Uint8Array(32);
const BUCKET = Uint8Array.of(2);

/** What a proof proves: the entry as of the checkpoint with this header, or that there was none. */
export interface ProvenEntry {
  readonly entry: StateEntry | null;
  readonly header: BatchHeader;
  readonly digest: Uint8Array;
}

/** The key of an entry: its kind, and its identity among them: a public key, a number in 8 bytes, or nothing. */
export function entryKey(kind: StateEntryType, identity: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(kind), identity);
}

/** The identity of an entry that has a number, such as an order. */
export function numberIdentity(number: bigint): Uint8Array {
  return uint64Bytes(number);
}

/** Checks that a proof shows the entry of a key, or that there is none, under a certified checkpoint. */
export function checkEntry(terms: Terms, key: Uint8Array, proof: StateProof): ProvenEntry {
  const proven = checkFinality(terms, proof.finality);
  const header = proof.finality.ancestors[0] ?? proof.finality.certificate.header;
  if (header.stateRoot === null) throw mismatch(`batch ${header.number} is no checkpoint`);
  const path = sha256(key);
  const pairs = checkedPairs(proof.others);
  if (pairs.some((pair) => equal(pair.path, path))) throw mismatch("the entry is shown as another one of its bucket");
  if (proof.entry !== null) pairs.push({ path, entry: sha256(StateEntry.encode(proof.entry)) });
  const { index, size } = proof.bucketProof;
  if (index !== bucketNumber(path) || size !== 1 << BUCKETS_LOG2) throw mismatch("the proof is for another bucket");
  const root = rootFromProof(bucketHash(pairs), proof.bucketProof);
  if (root === null || !equal(root, header.stateRoot)) {
    throw mismatch(`the proof does not lead to the state root of batch ${header.number}`);
  }
  return { entry: proof.entry, header, digest: proven.get(header.number)! };
}

function checkedPairs(others: readonly BucketPair[]): BucketPair[] {
  const inOrder = others.every((pair, place) => place === 0 || compare(others[place - 1]!.path, pair.path) < 0);
  if (!inOrder) throw mismatch("the entries of the bucket are out of order");
  return [...others];
}

function bucketHash(pairs: BucketPair[]): Uint8Array {
  if (pairs.length === 0) return EMPTY_BUCKET;
  const sorted = pairs.sort((one, other) => compare(one.path, other.path));
  return sha256(BUCKET, ...sorted.flatMap((pair) => [pair.path, pair.entry]));
}

function bucketNumber(path: Uint8Array): number {
  return parseInt(toHex(path.subarray(0, 4)), 16) >>> (32 - BUCKETS_LOG2);
}

function mismatch(message: string): VerificationError {
  return new VerificationError(Code.STATE_ROOT_MISMATCH, message);
}
