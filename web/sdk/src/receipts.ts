/** What methods and event streams hand out: verified, typed, and with a way to wait until it is final. */

import type { Effect, Fill } from "./effects.js";
import { type CodeName, NotFinal, type SdkError } from "./errors.js";
import type { Submission } from "./protocol/leaves.js";
import type { Finality } from "./protocol/messages/index.js";
import { type FinalProof, finalProof, type VerifiedEvent } from "./verifier.js";

const FINAL_TIMEOUT_MS = 30_000;

/** Waits for the certificate of one batch; shared by all that lies in it. */
export class FinalityOfBatch {
  #finality: Finality | null = null;
  #error: SdkError | null = null;
  readonly #waiting = new Set<() => void>();

  /** The batch is final. */
  settle(finality: Finality): void {
    this.#finality ??= finality;
    this.#wake();
  }

  /** It cannot become final here; a certificate that is known stays. */
  fail(error: SdkError): void {
    if (this.#finality === null) this.#error = error;
    this.#wake();
  }

  get isFinal(): boolean {
    return this.#finality !== null;
  }

  async wait(timeoutMs: number): Promise<Finality> {
    if (this.#finality === null && this.#error === null) await this.#woken(timeoutMs);
    if (this.#finality !== null) return this.#finality;
    throw this.#error ?? new NotFinal(`acknowledged, but not final within ${timeoutMs} milliseconds`);
  }

  #woken(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** A quantum that changed the account, acknowledged by alpha and verified. */
export class Event {
  /** The quantum's number; it is the id of an order, a hold or a withdrawal that the quantum made. */
  readonly apex: bigint;
  /** Microseconds since 1970. */
  readonly timestampUs: bigint;
  /** The number of its batch. */
  readonly batch: bigint;
  /** Of the effects, in the account's own numbering. */
  readonly firstNumber: bigint;

  constructor(
    /** The proofs. */
    readonly verified: VerifiedEvent,
    /** What changed on the account. */
    readonly effects: readonly Effect[],
    private readonly finality: FinalityOfBatch,
  ) {
    const { leaf, group } = verified.event;
    this.apex = leaf.apex;
    this.timestampUs = leaf.timestamp;
    this.batch = verified.header.number;
    this.firstNumber = group.firstNumber;
  }

  /** Number of the last effect. */
  get lastNumber(): bigint {
    return this.firstNumber + BigInt(this.effects.length) - 1n;
  }

  /** The trades among the effects. */
  get fills(): Fill[] {
    return this.effects.filter((effect): effect is Fill => effect.type === "fill");
  }

  /** Whether a quorum of auditors has signed it already. */
  get isFinal(): boolean {
    return this.finality.isFinal;
  }

  /**
   * Waits until a quorum of auditors has replayed, stored and signed it.
   *
   * @throws NotFinal: no certificate has come in time; ask again. VerificationFailed: another batch was certified in
   * its place. ConnectionClosed: the client was closed.
   */
  async final(timeoutMs: number = FINAL_TIMEOUT_MS): Promise<FinalProof> {
    return finalProof(this.verified, await this.finality.wait(timeoutMs));
  }
}

/** The verified answer to a request of this client, or to one operation of a batch. */
export class Receipt extends Event {
  constructor(
    verified: VerifiedEvent,
    effects: readonly Effect[],
    finality: FinalityOfBatch,
    /** What was signed. */
    readonly request: Submission,
    /** Among the operations of a batch, from 0. */
    readonly place: number,
  ) {
    super(verified, effects, finality);
  }

  /** Why an operation of a batch did nothing, if so; what is refused otherwise has no receipt. */
  get refusal(): CodeName | null {
    const refused = this.effects.find((effect) => effect.type === "operation_refused");
    return refused?.type === "operation_refused" ? refused.code : null;
  }

  /** The id of the order, where the request was one. */
  get orderId(): bigint {
    return this.apex;
  }
}
