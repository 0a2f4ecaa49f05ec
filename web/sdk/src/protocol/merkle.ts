/** Merkle trees in the shape of RFC 6962: domain-separated leaves and nodes, no duplicated last leaf. */

import { sha256 } from "./hash.js";
import { type MerkleProof } from "./messages/index.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash of a leaf's content. */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

/** Hash of an inner node. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** The root that a proof leads to, or null where it has not the shape that its size demands. */
export function rootFromProof(leaf: Uint8Array, proof: MerkleProof): Uint8Array | null {
  if (proof.index >= proof.size) return null;
  let node = leaf;
  let used = 0;
  // Sizes have 32 bits: JavaScript's shifts are of signed numbers, so halves are taken by division.
  let [position, last] = [proof.index, proof.size - 1];
  while (last > 0) {
    if (position % 2 === 1 || position < last) {
      const sibling = proof.path[used];
      if (sibling === undefined) return null;
      used += 1;
      node = position % 2 === 1 ? nodeHash(sibling, node) : nodeHash(node, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return used === proof.path.length ? node : null;
}
