/** What the client's session tells its shell. */

import type { SdkError, VerificationFailed } from "./errors.js";
import type { Submission } from "./protocol/leaves.js";
import type {
  AccountSnapshot,
  BookSnapshot,
  Finality,
  HistoryPage,
  ModeInForce,
  OrdersPage,
  Settings,
  StateProof,
} from "./protocol/messages/index.js";
import type { Gap } from "./tracker.js";
import type { VerifiedEvent } from "./verifier.js";

/** The answer to a question. */
export type Shown =
  | { readonly type: "ACCOUNT_SNAPSHOT"; readonly value: AccountSnapshot }
  | { readonly type: "BOOK_SNAPSHOT"; readonly value: BookSnapshot }
  | { readonly type: "STATE_PROOF"; readonly value: StateProof }
  | { readonly type: "HISTORY_PAGE"; readonly value: HistoryPage }
  | { readonly type: "ORDERS_PAGE"; readonly value: OrdersPage };

/** What became of a request, or of each operation of a batch, and what was signed. */
export interface Executed {
  readonly type: "EXECUTED";
  readonly events: readonly VerifiedEvent[];
  readonly submission: Submission;
}

export type Output =
  /** The connection is ready and the account was read. */
  | { readonly kind: "opened" }
  /** A request has its answer. */
  | { readonly kind: "answered"; readonly requestId: bigint; readonly answer: Executed | Shown | SdkError }
  /** Something that this client did not ask for. */
  | { readonly kind: "happened"; readonly verified: VerifiedEvent }
  | { readonly kind: "gap"; readonly gap: Gap }
  /** The batch with this header's hash is final; or, where `error` is set, another one in its place. */
  | CertifiedOutput
  /** These settings are in force, or were after the quantum `apex`. */
  | { readonly kind: "settings"; readonly settings: Settings; readonly apex: bigint }
  /** Alpha lets clients do this much now. */
  | { readonly kind: "mode"; readonly mode: ModeInForce };

export interface CertifiedOutput {
  readonly kind: "certified";
  readonly digest: Uint8Array;
  readonly finality: Finality;
  readonly error: VerificationFailed | null;
}
