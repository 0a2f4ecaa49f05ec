/** What the leaves of a batch name a request by: alone, or as an operation of a request batch. */

import { sha256 } from "./hash.js";
import { BatchedOperation, QuantumBody, type SignedRequest, type SignedRequestBatch } from "./messages/index.js";

/** What a client signs: one request, or a batch of them. */
export type Submission =
  | { readonly type: "REQUEST"; readonly value: SignedRequest }
  | { readonly type: "REQUEST_BATCH"; readonly value: SignedRequestBatch };

/** What the leaves of a submission name it by, in order. */
export function leafBodies(submission: Submission): Uint8Array[] {
  const digest = sha256(QuantumBody.encode(submission));
  if (submission.type === "REQUEST") return [digest];
  const { operations } = submission.value.request;
  return operations.map((_, place) => sha256(BatchedOperation.encode({ batch: digest, place })));
}
