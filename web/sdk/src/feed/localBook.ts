/** A book kept from a snapshot and updates, and checked after each of them. */

import { utf8 } from "../protocol/bytes.js";
import { crc32 } from "./crc32.js";
import { type FeedBook, type FeedLevel, figureOf, type Json, listOf, numberOf, textOf } from "./views.js";

const CHECKED = 10;
const LEVELS_MAX = 1_000; // of a side, in the deepest view

/** Something was missed, or what is kept here is not what the feed has; a fresh snapshot helps. */
export class OutOfStep extends Error {
  override readonly name = "OutOfStep";
}

/** The levels of one side by their price in units, best first. */
class Side {
  readonly #levels = new Map<bigint, FeedLevel>();
  #keys: bigint[] = [];

  /** @param sign - 1 where the lowest price is the best, -1 where the highest is. */
  constructor(private readonly sign: bigint) {}

  get size(): number {
    return this.#keys.length;
  }

  clear(): void {
    this.#levels.clear();
    this.#keys = [];
  }

  best(most?: number): FeedLevel[] {
    return this.#keys.slice(0, most).map((key) => this.#levels.get(key)!);
  }

  change(changes: readonly unknown[]): void {
    for (const change of changes) {
      const [price, amount] = listOf(change).map(figureOf);
      if (price === undefined || amount === undefined) throw new OutOfStep("a level without a price or an amount");
      const key = this.sign * units(price);
      if (units(amount) !== 0n) {
        if (!this.#levels.has(key)) this.#keys.splice(this.#place(key), 0, key);
        this.#levels.set(key, { price, amount });
      } else if (this.#levels.delete(key)) {
        this.#keys.splice(this.#place(key), 1);
      } else {
        throw new OutOfStep(`a level at ${price} is gone that was not there`);
      }
    }
  }

  /** Where a key is, or would be. */
  #place(key: bigint): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One view of a book. */
export class LocalBook {
  /** Of the last message; null while a snapshot is missing. */
  sequence: bigint | null = null;
  readonly #bids = new Side(-1n);
  readonly #asks = new Side(1n);
  #time = "";

  constructor(private readonly market: string) {}

  /** What is kept is worth nothing until the next snapshot. */
  forget(): void {
    this.sequence = null;
  }

  /** Takes a snapshot. Throws `OutOfStep` where its checksum is not that of its levels. */
  show(data: Json): void {
    this.#bids.clear();
    this.#asks.clear();
    this.#apply(data);
  }

  /** Takes an update; whether it was one: those before the snapshot are passed over. */
  update(data: Json): boolean {
    if (this.sequence === null) return false;
    if (numberOf(data["previous"]) !== this.sequence)
      throw new OutOfStep(`an update was missed after ${this.sequence}`);
    this.#apply(data);
    return true;
  }

  #apply(data: Json): void {
    this.#bids.change(listOf(data["bids"]));
    this.#asks.change(listOf(data["asks"]));
    if (Math.max(this.#bids.size, this.#asks.size) > LEVELS_MAX)
      throw new OutOfStep("there are more levels than any view has");
    const { checksum } = this;
    if (checksum !== data["checksum"])
      throw new OutOfStep(`the checksum is ${checksum}, not ${String(data["checksum"])}`);
    this.#time = textOf(data["time"]);
    this.sequence = numberOf(data["sequence"]);
  }

  /** CRC32 over the best ten bids and then the best ten asks as `price:amount`, in units, joined by `|`. */
  get checksum(): number {
    const best = [...this.#bids.best(CHECKED), ...this.#asks.best(CHECKED)];
    return crc32(utf8(best.map(({ price, amount }) => `${units(price)}:${units(amount)}`).join("|")));
  }

  /** The book as it is now. */
  book(): FeedBook {
    const [sequence, time] = [this.sequence!, this.#time];
    return { market: this.market, sequence, time, bids: this.#bids.best(), asks: this.#asks.best() };
  }
}

function units(text: string): bigint {
  return BigInt(text.replace(".", ""));
}
