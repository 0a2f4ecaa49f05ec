/**
 * One tree of errors that answers one question: is it certain that nothing happened?
 *
 *     SdkError                 nothingHappened says whether that is certain; code, kind and advice say more
 *     ├── InvalidRequest       wrong arguments: nothing was sent
 *     ├── ExchangeError        alpha refused: nothing happened, and nothing will
 *     │                        (until the request's validUntil that is alpha's word: it has what was signed)
 *     ├── ConnectionClosed     the connection is gone; a request that was never sent did not happen
 *     │   └── ClocksDiffer     alpha's clock is too far ahead of this computer's
 *     ├── OutcomeUnknown       it may have happened: retry() sends the same signed bytes and gets the first answer
 *     ├── NotFinal             acknowledged, but no certificate yet: call final() again
 *     ├── VerificationFailed   alpha's word or a proof does not hold; names what
 *     │   └── HistoryReplaced  what was acknowledged and not final did not take place
 *     └── FeedRefused          the market data feed does not serve what was asked for
 */

import type { Submission } from "./protocol/leaves.js";
import { Code } from "./protocol/messages/index.js";
import { nameOf } from "./protocol/xdr.js";
import type { Receipt } from "./receipts.js";

/** A stable code's name, such as `INSUFFICIENT_FUNDS`; see `docs/reference/codes.md`. */
export type CodeName = keyof typeof Code;

/**
 * What asking again would bring: the same refusal (`never`), the same until something else changes (`changed`), perhaps
 * an answer to a new request (`later`), or, by `retry()`, the answer to the first one (`same_bytes`).
 */
export type Advice = "never" | "changed" | "later" | "same_bytes";

/** Base of all errors of the SDK. */
export abstract class SdkError extends Error {
  /** Whether it is certain that the call has changed nothing, and never will. */
  abstract readonly nothingHappened: boolean;
  readonly advice: Advice = "never";
  /** Stable, where alpha, or the feed, has said why. */
  readonly code: string | null = null;
}

/** Arguments that cannot make a valid request; nothing was sent. */
export class InvalidRequest extends SdkError {
  override readonly name = "InvalidRequest";
  readonly nothingHappened = true;
}

/** Kinds of refusals, named as users of ccxt know them. */
export type RefusalKind =
  | "BadRequest"
  | "BadSymbol"
  | "NotSupported"
  | "AuthenticationError"
  | "PermissionDenied"
  | "AccountNotEnabled"
  | "InsufficientFunds"
  | "InvalidAddress"
  | "InvalidOrder"
  | "OrderNotFound"
  | "OrderImmediatelyFillable"
  | "OrderNotFillable"
  | "DuplicateOrderId"
  | "OperationRejected"
  | "MarketClosed"
  | "InvalidNonce"
  | "RateLimitExceeded"
  | "ExchangeNotAvailable"
  | "OnMaintenance";

/** Alpha refused: nothing was ordered, nothing changed. */
export class ExchangeError extends SdkError {
  override readonly name = "ExchangeError";
  readonly nothingHappened = true;
  override readonly code: CodeName;
  override readonly advice: Advice;
  readonly kind: RefusalKind;

  constructor(
    code: Code,
    /** One sentence of alpha's. */
    readonly reason: string,
  ) {
    super(`${nameOf(Code, code)} (${code}): ${reason}`);
    this.code = nameOf(Code, code);
    this.kind = kindOf(code);
    this.advice = ADVICE[this.kind] ?? "never";
  }
}

/** The connection has ended; what was asked for was never sent, or was a question. */
export class ConnectionClosed extends SdkError {
  override readonly name: string = "ConnectionClosed";
  readonly nothingHappened = true;
  override readonly advice = "later";
  override readonly code: CodeName | null;

  /** @param code - alpha's reason; null where the network or this side ended it. */
  constructor(
    code: Code | null,
    readonly reason: string,
    /** Whoever gave the reason had proven to be alpha; anybody on the way can give any. */
    readonly isProven = false,
  ) {
    super(code === null ? reason : `${nameOf(Code, code)} (${code}): ${reason}`);
    this.code = code === null ? null : nameOf(Code, code);
  }
}

/**
 * Alpha's clock is too far ahead of this computer's; the client stops. What is signed by a clock that is ahead is good
 * for longer than meant: alpha could refuse an order and execute it later all the same, when the price suits it.
 */
export class ClocksDiffer extends ConnectionClosed {
  override readonly name = "ClocksDiffer";

  /** @param mostUs - how far alpha's clock may be ahead. */
  constructor(alphaUs: bigint, localUs: bigint, mostUs: bigint) {
    const clocks = `alpha's clock says ${utc(alphaUs)} and this computer's ${utc(localUs)}`;
    const rest = `more than ${Number(mostUs) / 1e6} seconds ahead, so that nothing is signed`;
    super(null, `${clocks}: ${rest}; set this computer's clock if it is wrong, else alpha's is`);
  }
}

function utc(timeUs: bigint): string {
  const date = new Date(Number(timeUs / 1000n));
  if (Number.isNaN(date.getTime())) return `${timeUs} microseconds since 1970`;
  return `${date.toISOString().slice(0, -5).replace("T", " ")} UTC`;
}

/**
 * The request was sent and may have been executed. The same signed bytes are executed at most once, and not after their
 * `validUntil`, so that sending them again is always safe.
 */
export class OutcomeUnknown extends SdkError {
  override readonly name = "OutcomeUnknown";
  readonly nothingHappened = false;
  override readonly advice = "same_bytes";
  #resend: ((request: Submission) => Promise<readonly Receipt[]>) | null = null;

  constructor(
    message: string,
    /** What was signed; `Client.resend` takes it, also in another process. */
    readonly request: Submission,
  ) {
    super(message);
  }

  /** @internal */
  by(resend: (request: Submission) => Promise<readonly Receipt[]>): this {
    this.#resend = resend;
    return this;
  }

  /** Sends the same signed bytes again; the first answers where they were executed, one for each operation. */
  async retry(): Promise<readonly Receipt[]> {
    if (this.#resend === null) throw new ConnectionClosed(null, "this error has no client; use Client.resend");
    return this.#resend(this.request);
  }
}

/** Acknowledged, but no certificate has come in time. */
export class NotFinal extends SdkError {
  override readonly name = "NotFinal";
  readonly nothingHappened = false;
  override readonly advice = "later";
}

/** Something that alpha sent does not hold. The client stops: it cannot trust this alpha any more. */
export class VerificationFailed extends SdkError {
  override readonly name: string = "VerificationFailed";
  readonly nothingHappened = false;

  constructor(
    /** The part that does not hold, such as `certificate` or `inclusion proof`. */
    readonly what: string,
    readonly reason: string,
  ) {
    super(`${what}: ${reason}`);
  }
}

/**
 * What alpha had acknowledged was lost before it was final, and something else has its place; the client stops. What
 * the account was told after effect `after` did not take place; a client that is opened with it is told what did.
 */
export class HistoryReplaced extends VerificationFailed {
  override readonly name = "HistoryReplaced";

  constructor(
    readonly after: bigint,
    batch: bigint,
  ) {
    super("history", `batch ${batch} was acknowledged and lost: effects from ${after + 1n} on are replaced`);
  }
}

/** The market data feed does not serve what was asked for. */
export class FeedRefused extends SdkError {
  override readonly name = "FeedRefused";
  readonly nothingHappened = true;

  constructor(
    override readonly code: string,
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
  }
}

const ADVICE: Partial<Record<RefusalKind, Advice>> = {
  AccountNotEnabled: "changed",
  InsufficientFunds: "changed",
  OrderImmediatelyFillable: "changed",
  OrderNotFillable: "changed",
  DuplicateOrderId: "changed",
  OperationRejected: "changed",
  MarketClosed: "changed",
  InvalidNonce: "later",
  RateLimitExceeded: "later",
  ExchangeNotAvailable: "later",
  OnMaintenance: "later",
};

const HUNDREDS: readonly RefusalKind[] = [
  "BadRequest",
  "BadRequest",
  "BadRequest",
  "BadRequest",
  "InvalidOrder",
  "InvalidAddress",
  "ExchangeNotAvailable",
  "ExchangeNotAvailable",
  "OperationRejected",
];

const KINDS: Partial<Record<RefusalKind, readonly CodeName[]>> = {
  BadSymbol: ["UNKNOWN_ASSET", "UNKNOWN_MARKET"],
  NotSupported: ["NO_HISTORY", "UNSUPPORTED_VERSION"],
  AuthenticationError: ["BAD_SIGNATURE", "WRONG_CONSTELLATION"],
  PermissionDenied: [
    "UNAUTHORIZED",
    "FOREIGN_ACCOUNT",
    "UNKNOWN_SIGNER",
    "AGENT_EXPIRED",
    "NO_RIGHT",
    "OWNER_ONLY",
    "ACCOUNT_LOCKED",
    "TIME_LOCKED",
    "IS_SUB_ACCOUNT",
    "NOT_ADMITTED",
  ],
  AccountNotEnabled: ["UNKNOWN_ACCOUNT", "ACCOUNT_CLOSED"],
  InsufficientFunds: ["INSUFFICIENT_FUNDS", "BELOW_MINIMUM_BALANCE"],
  InvalidAddress: ["SELF_PAYMENT", "UNKNOWN_DESTINATION"],
  OrderNotFound: ["ORDER_NOT_FOUND"],
  OrderImmediatelyFillable: ["WOULD_TAKE"],
  OrderNotFillable: ["WOULD_NOT_FILL"],
  DuplicateOrderId: ["DUPLICATE_CLIENT_ORDER_ID"],
  OperationRejected: [
    "SUSPENDED_ASSET",
    "ROUTING_ID_TAKEN",
    "ACCOUNT_NOT_EMPTY",
    "TOO_MANY_OPEN_ORDERS",
    "TOO_MANY_WITHDRAWALS",
    "TOO_MANY_AGENTS",
    "SUB_ACCOUNT_OPEN",
    "NO_SUB_ACCOUNT",
    "PATH_OUT_OF_LIMIT",
  ],
  MarketClosed: ["MARKET_NOT_OPEN"],
  InvalidNonce: ["EXPIRED", "VALIDITY_TOO_LONG", "NONCE_TOO_LOW", "NONCE_CONFLICT", "INVALID_NONCE"],
  RateLimitExceeded: ["RATE_LIMITED", "TOO_MANY_CONNECTIONS"],
  OnMaintenance: ["IN_MAINTENANCE"],
  ExchangeNotAvailable: ["TIMED_OUT", "SLOW_READER", "REPLACED", "LEDGER_UNAVAILABLE"],
};

/** The kind of a refusal with this code; by its hundred where no kind lists it. */
export function kindOf(code: Code): RefusalKind {
  const name = nameOf(Code, code);
  const listed = Object.entries(KINDS).find(([, names]) => names.includes(name));
  return listed ? (listed[0] as RefusalKind) : (HUNDREDS[Math.floor(code / 100)] ?? "BadRequest");
}
