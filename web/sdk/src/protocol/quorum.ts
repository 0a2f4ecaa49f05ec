/** How many auditors are a quorum, and whether signatures make one. */

import { equal, toHex } from "./bytes.js";
import { VerificationError } from "./errors.js";
import { type AuditorSignature, Code, QuorumRule } from "./messages/index.js";
import { verify } from "./signing.js";
import { encodePublicKey } from "./strkey.js";

/** The auditors of a term: the settings', or those of an appointment. */
export interface Members {
  readonly auditors: readonly Uint8Array[];
  readonly quorumRule: QuorumRule;
}

/** The number of auditors whose signatures make something final. */
export function quorumOf(members: Members): number {
  const count = members.auditors.length;
  const share = members.quorumRule === QuorumRule.TWO_THIRDS ? (2 * count) / 3 : count / 2;
  return Math.floor(share) + 1;
}

/** Checks that signatures are valid, by distinct auditors, and enough; surplus ones must be valid, too. */
export function checkQuorum(members: Members, message: Uint8Array, signatures: readonly AuditorSignature[]): void {
  const signers = new Set<string>();
  for (const { auditor, signature } of signatures) {
    const name = encodePublicKey(auditor);
    if (!members.auditors.some((key) => equal(key, auditor))) {
      throw new VerificationError(Code.UNAUTHORIZED, `${name} is not an auditor of this constellation`);
    }
    if (signers.has(toHex(auditor))) throw new VerificationError(Code.UNAUTHORIZED, `auditor ${name} is counted twice`);
    if (!verify(auditor, message, signature)) {
      throw new VerificationError(Code.BAD_SIGNATURE, `the signature of auditor ${name} does not fit`);
    }
    signers.add(toHex(auditor));
  }
  if (signers.size < quorumOf(members)) {
    const message = `${signers.size} auditors signed, a quorum is ${quorumOf(members)}`;
    throw new VerificationError(Code.NOT_ENOUGH_SIGNATURES, message);
  }
}
