/** Requests that are signed, those that wait for an answer, and what a refusal of one says. */

import {
  ConnectionClosed,
  ExchangeError,
  InvalidRequest,
  OutcomeUnknown,
  type SdkError,
  VerificationFailed,
} from "./errors.js";
import type { Signer } from "./keys.js";
import { equal, toHex } from "./protocol/bytes.js";
import { leafBodies, type Submission } from "./protocol/leaves.js";
import {
  type ClientMessage,
  Code,
  KeyRotation,
  type Operation,
  type Rejected,
  Request,
  RequestBatch,
} from "./protocol/messages/index.js";
import { Purpose, signingHash } from "./protocol/signing.js";
import { nameOf, UnencodableMessage } from "./protocol/xdr.js";
import type { VerifiedEvent } from "./verifier.js";

/**
 * Refusals that hold for every copy of a request, whenever it arrives. After a request was sent twice, any other
 * refusal says nothing of the other copy: it may still lie in a buffer of the old connection.
 */
const TIMELESS = new Set<Code>([
  Code.BAD_SIGNATURE,
  Code.EXPIRED,
  Code.NONCE_CONFLICT,
  Code.FOREIGN_ACCOUNT,
  Code.INVALID_AMOUNT,
  Code.UNKNOWN_ASSET,
  Code.SELF_PAYMENT,
  Code.UNKNOWN_MARKET,
  Code.INVALID_PRICE,
  Code.OFF_TICK,
  Code.OFF_LOT,
  Code.BELOW_MINIMUM_NOTIONAL,
  Code.FORBIDDEN_DESTINATION,
  Code.INVALID_MEMO,
  Code.EMPTY_BATCH,
  Code.NOT_IN_BATCH,
  Code.CONTRADICTORY_ORDER,
  Code.INVALID_CLIENT_ORDER_ID,
  Code.INVALID_PATH,
  Code.INVALID_RIGHTS,
  Code.INVALID_EXPIRY,
  Code.INVALID_AGENT_EXPIRY,
]);

const CLOCK_MARGIN_US = 5_000_000n; // the estimate of alpha's clock lags by the way of one message
const NONCE_AHEAD_MAX_US = 86_400_000_000n; // of the time: nonces follow clocks, and no two are further apart
const NAMED_BEHIND_US = 60_000_000n; // ours drifts from alpha's clock, which named signers must not be ahead of

/**
 * Signs requests with rising nonces. They follow alpha's clock in microseconds, so that several clients of one account,
 * and later runs, rise together.
 */
export class RequestSigner {
  /** The signer as requests name it: only where the account is named. */
  readonly named: Uint8Array | null;
  readonly #account: Uint8Array;
  #nonce = 0n;
  #claimed = 0n;
  #isBelieved = true;

  /** @param limitUs - the most that the settings in force allow. */
  constructor(
    private readonly key: Signer,
    private readonly constellation: Uint8Array,
    private readonly validityUs: bigint,
    public limitUs: bigint,
    account: Uint8Array | null,
  ) {
    this.#account = account ?? key.publicKey;
    this.named = account === null ? null : key.publicKey;
  }

  /**
   * Alpha says that nonces up to `used` are used. Nobody has proven it, and one that is near the end of the range would
   * be the key's last: what is far ahead of the time is not followed, unless this signer has used it.
   *
   * @param nowUs - the time of this computer's clock, or of alpha's where that is ahead.
   */
  raiseNonce(used: bigint, nowUs: bigint): void {
    this.#claimed = used;
    this.#isBelieved = used <= this.#nonce || used <= nowUs + NONCE_AHEAD_MAX_US;
  }

  /**
   * A signed request, by alpha's clock, which `nowUs` must not be ahead of.
   *
   * @throws VerificationFailed: alpha says that a nonce was used that is far ahead of the time.
   */
  async sign(operation: Operation, nowUs: bigint): Promise<Submission> {
    return this.#signed(operation, this.#nextNonce(nowUs), nowUs);
  }

  /** A signed request that makes another key the owner's, with its agreement. */
  async signRotation(newKey: Signer, nowUs: bigint): Promise<Submission> {
    const nonce = this.#nextNonce(nowUs);
    const agreed = KeyRotation.encode({ account: this.#account, nonce, newKey: newKey.publicKey });
    const proof = await newKey.sign(signingHash(Purpose.KEY_ROTATION, this.constellation, agreed));
    return this.#signed({ type: "ROTATE_KEY", value: { newKey: newKey.publicKey, proof } }, nonce, nowUs);
  }

  /** A signed batch. */
  async signBatch(operations: readonly Operation[], allOrNothing: boolean, nowUs: bigint): Promise<Submission> {
    const request: RequestBatch = { ...this.#common(this.#nextNonce(nowUs), nowUs), allOrNothing, operations };
    const signature = await this.#sign(Purpose.REQUEST_BATCH, () => RequestBatch.encode(request));
    return { type: "REQUEST_BATCH", value: { request, signature } };
  }

  async #signed(operation: Operation, nonce: bigint, nowUs: bigint): Promise<Submission> {
    const request: Request = { ...this.#common(nonce, nowUs), operation };
    const signature = await this.#sign(Purpose.REQUEST, () => Request.encode(request));
    return { type: "REQUEST", value: { request, signature } };
  }

  #common(nonce: bigint, nowUs: bigint): Pick<Request, "account" | "signer" | "nonce" | "validUntil"> {
    const validityUs = this.validityUs < this.limitUs ? this.validityUs : this.limitUs;
    return { account: this.#account, signer: this.named, nonce, validUntil: nowUs + validityUs };
  }

  #nextNonce(nowUs: bigint): bigint {
    if (!this.#isBelieved) {
      const claim = `alpha claims that this key has used nonce ${this.#claimed}`;
      const why = "which is more than a day ahead of the time; a higher one could make the key useless for ever";
      throw new VerificationFailed("nonce", `${claim}, ${why}, so nothing is signed`);
    }
    const time = nowUs - (this.named === null ? 0n : NAMED_BEHIND_US);
    const used = this.#claimed > this.#nonce ? this.#claimed : this.#nonce;
    this.#nonce = time > used ? time : used + 1n;
    return this.#nonce;
  }

  async #sign(purpose: Purpose, encode: () => Uint8Array): Promise<Uint8Array> {
    let xdr: Uint8Array;
    try {
      xdr = encode();
    } catch (error) {
      if (!(error instanceof UnencodableMessage)) throw error;
      throw new InvalidRequest(`this request cannot be signed: ${error.message}`);
    }
    try {
      return await this.key.sign(signingHash(purpose, this.constellation, xdr));
    } catch (error) {
      throw new InvalidRequest(`the key did not sign: ${String(error)}`);
    }
  }
}

/** What a client asks and waits for. */
export type Question = Extract<
  ClientMessage,
  {
    type: "SUBMIT" | "SUBMIT_BATCH" | "QUERY_ACCOUNT" | "QUERY_BOOK" | "QUERY_PROOF" | "QUERY_HISTORY" | "QUERY_ORDERS";
  }
>;

/** A request without an answer. */
export class Pending {
  /** Hashes, in hexadecimal, under which its quanta will be known. */
  readonly bodies: readonly string[];
  /** Answers to the operations of a batch that have come so far, by place. */
  readonly parts = new Map<number, VerifiedEvent>();

  private constructor(
    readonly message: Question,
    readonly submission: Submission | null,
    /** How many have been sent. */
    public copies: number,
    /** How many of them were not sent by this session; auditors who have one may pass it on in any epoch. */
    readonly foreign = copies,
    /** How many may still be executed; what this session sent in an earlier epoch is executed already, or never. */
    public fresh = copies,
  ) {
    this.bodies = submission === null ? [] : leafBodies(submission).map(toHex);
  }

  /** A question that changes nothing. */
  static question(message: Question): Pending {
    return new Pending(message, null, 0);
  }

  static submission(requestId: bigint, submission: Submission, copies: number): Pending {
    const message: Question =
      submission.type === "REQUEST"
        ? { type: "SUBMIT", value: { requestId, request: submission.value } }
        : { type: "SUBMIT_BATCH", value: { requestId, batch: submission.value } };
    return new Pending(message, submission, copies);
  }

  get requestId(): bigint {
    return this.message.value.requestId;
  }

  /** Takes the answer to an operation; the answers to all, once they have come. */
  addPart(place: number, verified: VerifiedEvent): VerifiedEvent[] | null {
    const [known] = this.parts.values();
    // What was acknowledged first is lost: it was executed again.
    if (known && !equal(known.digest, verified.digest)) this.parts.clear();
    this.parts.set(place, verified);
    if (this.parts.size < this.bodies.length) return null;
    const events = this.bodies.map((_, number) => this.parts.get(number)!);
    const first = events[0]!.event.leaf.apex;
    if (events.some(({ event }, number) => event.leaf.apex !== first + BigInt(number))) {
      throw new VerificationFailed("request", `the quanta of a batch do not follow each other from ${first} on`);
    }
    return events;
  }

  /**
   * What a refusal means to the one who asked.
   *
   * @param isExcluded - the account's effects show that the request was not executed until now.
   */
  refused(rejected: Rejected, nowUs: bigint, isExcluded: boolean): SdkError {
    const { submission } = this;
    const { code, message } = rejected;
    const isCertain =
      submission === null ||
      this.copies <= 1 ||
      holdsForAll(submission, code, nowUs) ||
      (isExcluded && (this.fresh <= 1 || code === Code.NONCE_TOO_LOW));
    if (isCertain) return new ExchangeError(code, message);
    const refusal = `a second copy of the request was refused (${nameOf(Code, code)}: ${message})`;
    return new OutcomeUnknown(`${refusal}, the first one may have been executed`, submission);
  }

  /** What to tell the one who waits for an answer that does not come. */
  abandoned(reason: string): SdkError {
    if (this.copies > 0 && this.submission !== null) {
      return new OutcomeUnknown(`${reason}; the request may have been executed`, this.submission);
    }
    return new ConnectionClosed(null, `${reason}; nothing was executed`);
  }
}

/** Whether a refusal of one copy means that no copy was or will be executed. */
function holdsForAll({ value: { request } }: Submission, code: Code, nowUs: bigint): boolean {
  // Alpha looks into its answers first and forgets none before validUntil: this request is not among them.
  if (code === Code.NONCE_TOO_LOW) return nowUs + CLOCK_MARGIN_US < request.validUntil;
  if (code === Code.INVALID_NONCE) return request.signer === null; // of a named one it may have been ahead of the time
  return TIMELESS.has(code);
}
