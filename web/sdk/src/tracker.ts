/**
 * Puts what an account is told in order: it numbers its effects from 1, without gaps.
 *
 * What arrives is either next, or known already, or ahead of something that is still missing: after a reconnect, alpha
 * replays what was missed while new things happen. What is ahead is held; when too much is held it is forgotten and
 * asked for again later.
 */

const HELD_MAX = 10_000;

/** Effects that alpha does not keep any more; `Client.account` tells the present state. */
export class Gap {
  constructor(
    readonly first: bigint,
    readonly last: bigint,
  ) {}
}

interface Held<T> {
  readonly last: bigint;
  /** Null: it was told on another way, as the answer to a request. */
  readonly item: T | Gap | null;
}

export class EffectTracker<T> {
  /** Everything up to this number was told or is held; null before anything is known. */
  seen: bigint | null;
  /** Something was forgotten and must be asked for again. */
  incomplete = false;
  #told: bigint | null;
  #joined: boolean;
  readonly #held = new Map<bigint, Held<T>>();
  readonly #waiting = new Set<bigint>();

  /** @param last - the number that is accounted for already; null where the first thing that is shown says so. */
  constructor(
    last: bigint | null,
    private readonly heldMax: number = HELD_MAX,
  ) {
    this.seen = this.#told = last;
    this.#joined = last === null;
  }

  /** Whether something is held whose predecessors are missing, or was forgotten. */
  get isBehind(): boolean {
    return this.incomplete || [...this.#held.keys()].some((first) => first > (this.seen ?? 0n));
  }

  /** Whether something waits to be told. */
  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /** Whether it makes sense to ask for what was forgotten. */
  get mayHold(): boolean {
    return this.#held.size <= this.heldMax / 2;
  }

  /** Unless something is known, everything up to `number` is none of this client's business. */
  start(number: bigint): bigint {
    this.seen ??= this.#told = number;
    return this.seen;
  }

  /**
   * Effects were shown; whether they were new.
   *
   * @param item - to be told in its turn; null where it was told on another way.
   * @param waits - it, and all that follows, is not told before `release`.
   * @throws RangeError: a part of them was known.
   */
  show(first: bigint, last: bigint, item: T | null, waits = false): boolean {
    const seen = this.start(first - 1n);
    if (last <= seen || this.#held.has(first)) {
      if (item === null && this.#held.has(first)) this.#held.set(first, { last, item: null });
      return false;
    }
    if (first <= seen) {
      if (this.#joined) throw new RangeError(`effects ${first} to ${last} were shown after effect ${seen}`);
      first = seen + 1n; // the program remembered a number within a quantum
    }
    if (this.#held.size >= (item === null ? 2 * this.heldMax : this.heldMax)) {
      this.incomplete = true;
      return true;
    }
    this.#held.set(first, { last, item });
    if (waits) this.#waiting.add(first);
    this.#join();
    return true;
  }

  /** What was shown under these numbers waits no more; `told` says that it was told on another way. */
  release(firsts: readonly bigint[], told: boolean): void {
    for (const first of firsts) {
      const held = this.#held.get(first);
      if (this.#waiting.delete(first) && told && held) this.#held.set(first, { last: held.last, item: null });
    }
  }

  /** What is missing up to `number` cannot be had. */
  skip(number: bigint): void {
    const seen = this.start(number);
    if (number <= seen) return;
    for (const first of [...this.#held.keys()]) if (first > seen && first <= number) this.#held.delete(first);
    this.#held.set(seen + 1n, { last: number, item: new Gap(seen + 1n, number) });
    this.#join();
  }

  /** What is to be told next; null where nothing is, or it is still missing. */
  next(): T | Gap | null {
    while (this.#told !== null && !this.#waiting.has(this.#told + 1n)) {
      const found = this.#held.get(this.#told + 1n);
      if (found === undefined) break;
      this.#held.delete(this.#told + 1n);
      this.#told = found.last;
      if (found.item !== null) return found.item;
    }
    return null;
  }

  #join(): void {
    for (let held = this.#held.get(this.seen! + 1n); held; held = this.#held.get(this.seen! + 1n)) {
      this.seen = held.last;
      this.#joined = true;
    }
  }
}
