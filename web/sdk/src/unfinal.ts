/** What an account was told and is not final yet: it can be lost, with alpha's log, and must not change unnoticed. */

import { HistoryReplaced, VerificationFailed } from "./errors.js";
import { equal, toHex } from "./protocol/bytes.js";
import { QuantumLeaf } from "./protocol/messages/index.js";
import type { VerifiedEvent } from "./verifier.js";

/** Alpha takes no more requests when that many are not final. */
const EVENTS_MAX = 20_000;

/** The acknowledged events of one account that have no certificate, by the number of their first effect. */
export class UnfinalEvents {
  readonly #events = new Map<bigint, VerifiedEvent>();
  readonly #batches = new Map<string, bigint[]>();
  #unshown = new Set<bigint>();

  /** Number of the first effect that a replay has still to show again. */
  get unshown(): bigint | null {
    let first: bigint | null = null;
    for (const number of this.#unshown) if (first === null || number < first) first = number;
    return first;
  }

  /** Something was acknowledged. */
  add(verified: VerifiedEvent): void {
    const number = verified.event.group.firstNumber;
    if (this.#events.has(number)) return;
    this.#events.set(number, verified);
    const batch = toHex(verified.digest);
    this.#batches.set(batch, [...(this.#batches.get(batch) ?? []), number]);
    if (this.#events.size > EVENTS_MAX) {
      const [oldest] = this.#events.values();
      this.certified(oldest!.digest);
    }
  }

  /** Compares what is shown with what was shown under the same number; throws a `HistoryReplaced`. */
  check(verified: VerifiedEvent): void {
    const number = verified.event.group.firstNumber;
    const known = this.#events.get(number);
    if (known && !(equal(known.digest, verified.digest) && sameLeaf(known, verified))) {
      // What comes before and was not shown again may be lost, too.
      const unshown = this.unshown ?? number;
      throw new HistoryReplaced((unshown < number ? unshown : number) - 1n, known.header.number);
    }
    this.#unshown.delete(number);
  }

  /** A batch is final: it cannot be lost any more. */
  certified(digest: Uint8Array): void {
    const batch = toHex(digest);
    for (const number of this.#batches.get(batch) ?? []) {
      this.#events.delete(number);
      this.#unshown.delete(number);
    }
    this.#batches.delete(batch);
  }

  /** Nothing about them can be had any more. */
  clear(): void {
    this.#events.clear();
    this.#batches.clear();
    this.#unshown.clear();
  }

  /** All of them must be shown again. */
  beginReplay(): void {
    this.#unshown = new Set(this.#events.keys());
  }

  /** A replay has reached effect `last`; throws a `VerificationFailed` where something was left out. */
  checkReplayed(last: bigint): void {
    const missing = this.unshown;
    if (missing !== null && missing <= last) {
      throw new VerificationFailed("events", `alpha left out the effect ${missing}, which it has shown before`);
    }
  }
}

function sameLeaf(one: VerifiedEvent, other: VerifiedEvent): boolean {
  return equal(QuantumLeaf.encode(one.event.leaf), QuantumLeaf.encode(other.event.leaf));
}
