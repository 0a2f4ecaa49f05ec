/** What a client needs in order to trust nobody: checks of acknowledgements, inclusion proofs and certificates. */

import { equal } from "./bytes.js";
import { saidOf, VerificationError } from "./errors.js";
import { leafHash, rootFromProof } from "./merkle.js";
import {
  type AccountEvent,
  type BatchHeader,
  type Certificate,
  Code,
  EffectGroup,
  type Finality,
  QuantumLeaf,
  type SignedHeader,
} from "./messages/index.js";
import { checkQuorum } from "./quorum.js";
import { headerHash, verify, voteHash } from "./signing.js";
import { type Terms } from "./terms.js";

/** Checks the signature of the alpha whose epoch it is; the header's hash. */
export function checkSignedHeader(terms: Terms, signed: SignedHeader): Uint8Array {
  const { epoch, number } = signed.header;
  const digest = headerHash(terms.constellation, signed.header);
  const alpha = saidOf(`the header of batch ${number}`, () => terms.alphaOf(epoch));
  if (!verify(alpha, digest, signed.alphaSignature)) {
    throw new VerificationError(Code.BAD_SIGNATURE, `alpha's signature does not fit the header of batch ${number}`);
  }
  return digest;
}

/** Checks that a quorum of the auditors of its time signed the certificate's header; the header's hash. */
export function checkCertificate(terms: Terms, certificate: Certificate): Uint8Array {
  const digest = headerHash(terms.constellation, certificate.header);
  saidOf(`certificate of batch ${certificate.header.number}`, () => {
    const members = terms.membersOf(certificate.header.epoch);
    checkQuorum(members, voteHash(terms.constellation, digest), certificate.signatures);
  });
  return digest;
}

/** Checks a certificate and the ancestors that it covers; the hashes of the headers that it makes final, by number. */
export function checkFinality(terms: Terms, finality: Finality): Map<bigint, Uint8Array> {
  let header = finality.certificate.header;
  const proven = new Map([[header.number, checkCertificate(terms, finality.certificate)]]);
  for (const ancestor of [...finality.ancestors].reverse()) {
    const digest = headerHash(terms.constellation, ancestor);
    if (ancestor.number !== header.number - 1n || !equal(digest, header.previous)) {
      const message = `batch ${ancestor.number} is not the parent of ${header.number}`;
      throw new VerificationError(Code.BROKEN_CHAIN, message);
    }
    proven.set(ancestor.number, digest);
    header = ancestor;
  }
  return proven;
}

/** Checks that a header covers an event: the account's group lies under its quantum, the quantum under the header. */
export function checkInclusion(header: BatchHeader, event: AccountEvent): void {
  const { leaf, group } = event;
  if (group.apex !== leaf.apex) throw mismatch(`effects of quantum ${group.apex} were shown for quantum ${leaf.apex}`);
  const effects = rootFromProof(leafHash(EffectGroup.encode(group)), event.groupProof);
  if (effects === null || !equal(effects, leaf.effects)) {
    throw mismatch(`the inclusion proof of the effects of quantum ${leaf.apex} does not hold`);
  }
  const place = leaf.apex - header.firstApex;
  const size = header.lastApex - header.firstApex + 1n;
  if (BigInt(event.leafProof.index) !== place || BigInt(event.leafProof.size) !== size) {
    throw mismatch(`the inclusion proof is not for the place of quantum ${leaf.apex}`);
  }
  const root = rootFromProof(leafHash(QuantumLeaf.encode(leaf)), event.leafProof);
  if (root === null || !equal(root, header.quantaRoot)) {
    throw mismatch(`the inclusion proof of quantum ${leaf.apex} in batch ${header.number} does not hold`);
  }
}

function mismatch(message: string): VerificationError {
  return new VerificationError(Code.QUANTA_ROOT_MISMATCH, message);
}
