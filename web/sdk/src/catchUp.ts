/**
 * Asks for what happened while there was no connection, and tells everything once and in order.
 *
 * After each reconnect the client asks from its last number on (from its first event without a certificate, where there
 * is one). Alpha answers with pages, each asked for when the last one was taken in, while it tells what happens now as
 * ever. Numbers say what is new, what is missing and what is known, so alpha can neither leave out an effect nor show
 * one twice.
 *
 * So it is known, too, what did not happen: where all effects since a request was signed are known and none is of it,
 * and its nonce is used up, it was not executed.
 */

import { ConnectionClosed, ExchangeError, VerificationFailed } from "./errors.js";
import type { CertifiedOutput, Output } from "./outputs.js";
import { toHex } from "./protocol/bytes.js";
import { type ClientMessage, Code, type Rejected, type Resume, type Resumed } from "./protocol/messages/index.js";
import { EffectTracker, Gap } from "./tracker.js";
import { UnfinalEvents } from "./unfinal.js";
import { dropOldest, type VerifiedEvent } from "./verifier.js";

const EARLY_MAX = 20_000; // alpha takes no more requests when that many are not final
const STALLS_MAX = 10; // empty pages in a row
const UNSHOWN_MAX = 10_000; // requests; the outcome of older ones stays unknown

export class CatchUp {
  readonly #tracker: EffectTracker<VerifiedEvent>;
  readonly #unfinal = new UnfinalEvents();
  readonly #early = new Map<string, CertifiedOutput>();
  readonly #unshown = new Map<string, bigint>();
  #nextPage: bigint | null = null;
  #page: Resume | null = null;
  #known = 0n;
  /** So many effects the account has, in alpha's words. */
  #claimed = 0n;
  /** So many it must show, as it had said so when it was asked. */
  #expected = 0n;
  #stalls = 0;
  #mustRead = false;
  #reading = 0n;
  #skipped = 0n;

  /**
   * @param after - number of the last effect that the program knows; null starts with the present.
   * @param room - how many events the program can take now.
   */
  constructor(
    after: bigint | null,
    private readonly room: () => number,
  ) {
    this.#tracker = new EffectTracker(after);
  }

  /** Number of the last effect that is known; null before anything is. */
  get seen(): bigint | null {
    return this.#tracker.seen;
  }

  // What is asked.

  /** A connection is ready: ask for what was missed. */
  connected(): void {
    [this.#nextPage, this.#page, this.#mustRead, this.#reading] = [null, null, false, 0n];
    this.#claimed = 0n;
    if (this.#tracker.seen !== null) {
      this.#unfinal.beginReplay();
      this.#begin();
    }
  }

  #begin(): void {
    const seen = this.#tracker.seen!;
    const unshown = this.#unfinal.unshown;
    this.#nextPage = unshown !== null && unshown - 1n < seen ? unshown - 1n : seen;
    [this.#known, this.#expected, this.#stalls] = [seen, this.#claimed, 0];
    this.#tracker.incomplete = false;
  }

  /** Whether alpha is to show something, or is asked to. */
  get isAsking(): boolean {
    return this.#page !== null || this.#nextPage !== null || this.#mustRead || this.#reading > 0n;
  }

  /** What to ask alpha now, if anything. */
  question(nextId: () => bigint): ClientMessage | null {
    if (this.#mustRead) {
      [this.#mustRead, this.#reading] = [false, nextId()];
      return { type: "QUERY_ACCOUNT", value: { requestId: this.#reading, subAccount: null } };
    }
    const tracker = this.#tracker;
    if (!this.isAsking && tracker.incomplete && tracker.mayHold && tracker.seen !== null) this.#begin();
    if (this.#nextPage === null) return null;
    this.#page = { requestId: nextId(), after: this.#nextPage };
    this.#nextPage = null;
    return { type: "RESUME", value: this.#page };
  }

  // What alpha says.

  /**
   * Takes an event; whether it is new.
   *
   * @param isAnswer - it is told as the answer to a request, not as an event.
   * @param waits - it is a part of such an answer, and is told as an event if the rest does not come.
   */
  show(verified: VerifiedEvent, isAnswer: boolean, waits = false): boolean {
    this.#unfinal.check(verified);
    const { leaf, group } = verified.event;
    this.#unshown.delete(toHex(leaf.body));
    const last = group.firstNumber + BigInt(group.effects.length) - 1n;
    let isNew: boolean;
    try {
      isNew = this.#tracker.show(group.firstNumber, last, waits || !isAnswer ? verified : null, waits);
    } catch (error) {
      throw new VerificationFailed("events", (error as Error).message);
    }
    if (isNew) this.#unfinal.add(verified);
    if (group.firstNumber > this.#tracker.seen! && !this.isAsking && !this.#tracker.incomplete) this.#begin();
    return isNew;
  }

  /** Parts of an answer wait no more: they were told as one, or will be as events. */
  release(parts: Iterable<VerifiedEvent>, told: boolean): void {
    this.#tracker.release(
      [...parts].map((part) => part.event.group.firstNumber),
      told,
    );
  }

  /** A batch is final, and events of it may still be held; or another one has its place. */
  certified(output: CertifiedOutput): void {
    if (output.error === null) this.#unfinal.certified(output.digest);
    if (this.#tracker.isHolding) {
      this.#early.set(toHex(output.digest), output);
      dropOldest(this.#early, EARLY_MAX);
    }
  }

  /** A page is complete. Throws where something was left out, or alpha lacks what it has shown before. */
  pageEnded(message: Resumed): void {
    const page = this.#page;
    const seen = this.#tracker.seen;
    this.#page = null;
    if (page === null || seen === null || message.requestId !== page.requestId || message.last < page.after) {
      throw new VerificationFailed("events", "alpha ends a replay that was not asked for");
    }
    if (seen < message.last && !this.#tracker.incomplete) {
      throw new VerificationFailed("events", `alpha left out the effects ${seen + 1n} to ${message.last}`);
    }
    this.#unfinal.checkReplayed(message.last);
    if (message.more) this.#goOn(page, message);
    else this.#endReplay(message, seen);
  }

  #goOn(page: Resume, message: Resumed): void {
    this.#stalls = message.last === page.after ? this.#stalls + 1 : 0;
    if (this.#stalls > STALLS_MAX) {
      throw new VerificationFailed("events", `alpha does not show what follows effect ${message.last}`);
    }
    if (!this.#tracker.incomplete) this.#nextPage = message.last;
  }

  #endReplay(message: Resumed, seen: bigint): void {
    if (message.last < this.#known) {
      const text = `alpha has ${message.last} effects of this account and has shown ${this.#known} before`;
      throw new ExchangeError(Code.AHEAD, text);
    }
    if (message.last < this.#expected) {
      throw new VerificationFailed("events", `alpha shows ${message.last} effects and says there are ${this.#expected}`);
    }
    if (this.#tracker.isBehind && !this.#tracker.incomplete) {
      throw new VerificationFailed("events", `alpha left out the effect ${seen + 1n}`);
    }
    if (seen < this.#claimed && !this.#tracker.incomplete) this.#begin();
  }

  /** Alpha refused something, perhaps a question of this object. */
  refused(rejected: Rejected): void {
    if (this.#reading > 0n && rejected.requestId === this.#reading) {
      throw new ConnectionClosed(rejected.code, rejected.message, true);
    }
    const page = this.#page;
    if (page === null || rejected.requestId !== page.requestId) return;
    this.#page = null;
    if (rejected.code === Code.AHEAD) throw new ExchangeError(rejected.code, rejected.message);
    if (rejected.code !== Code.PRUNED) throw new ConnectionClosed(rejected.code, rejected.message, true);
    if (page.after < this.#tracker.seen!) {
      this.#unfinal.clear(); // their certificates cannot be had any more
      this.#begin();
    } else {
      this.#mustRead = true;
    }
  }

  /** The account's last effect has this number, and everything up to it was acknowledged. */
  accountRead(requestId: bigint, number: bigint): void {
    const seen = this.#tracker.start(number);
    if (this.#reading > 0n && requestId === this.#reading) {
      this.#reading = 0n;
      if (number > seen) this.#skipped = number;
      this.#tracker.skip(number);
      if (this.#tracker.isBehind) this.#begin();
    } else if (number > seen) {
      if (number > this.#claimed) this.#claimed = number;
      if (!this.isAsking && !this.#tracker.incomplete) this.#begin();
    }
  }

  // What did not happen.

  /** A request was signed now whose quantum body will have this hash: only later effects can be of it. */
  signed(body: string): void {
    if (this.#tracker.seen === null) return;
    this.#unshown.set(body, this.#tracker.seen);
    dropOldest(this.#unshown, UNSHOWN_MAX);
  }

  /** Whether all effects that alpha has are known since a request was signed, and none is of it. */
  excludes(body: string): boolean {
    const since = this.#unshown.get(body);
    return since !== undefined && this.#skipped <= since && !this.isAsking && !this.#tracker.isBehind;
  }

  // What the program is told.

  /** The events and gaps that are next, as many as there is room for beside those that are on their way. */
  tell(told: readonly Output[]): Output[] {
    const outputs: Output[] = [];
    let room = this.room() - told.filter((output) => output.kind === "happened").length;
    while (room > 0) {
      const item = this.#tracker.next();
      if (item === null) break;
      if (item instanceof Gap) {
        outputs.push({ kind: "gap", gap: item });
        continue;
      }
      outputs.push({ kind: "happened", verified: item });
      room -= 1;
      const early = this.#early.get(toHex(item.digest));
      if (early) outputs.push(early);
    }
    if (!this.#tracker.isHolding) this.#early.clear();
    return outputs;
  }
}
