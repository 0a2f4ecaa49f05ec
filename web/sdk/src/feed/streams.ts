/**
 * What lies between the feed and the loops of a program: bounded, and each with its own way to be late.
 *
 * Of books, tickers and best prices the program gets the newest; of candles each closed one; of trades every one, or a
 * gap in their place.
 */

import { ConnectionClosed, type SdkError } from "../errors.js";
import { LocalBook, OutOfStep } from "./localBook.js";
import {
  type Candle,
  candleOf,
  type FeedBook,
  type Json,
  listOf,
  type MarketTrade,
  numberOf,
  objectOf,
  textOf,
  TradeGap,
  tradeOf,
} from "./views.js";

const CANDLES_MAX = 1_000;
const TRADES_MAX = 10_000;
export const SNAPSHOT = "snapshot";

/** One subscription of the program. */
export abstract class Stream<T> {
  /** How the feed's messages name it; null until the feed has said so on this connection. */
  key: string | null = null;
  /** How often in a row it was out of step. */
  failures = 0;
  #error: SdkError | null = null;
  #waiting: (() => void)[] = [];

  constructor(readonly params: Json) {}

  /** The feed says something. Throws `OutOfStep` where something was missed. */
  abstract take(kind: string, market: string, data: Json): void;

  /** The next thing for the program, if there is one. */
  protected abstract pop(): T | undefined;

  /** What comes next is a snapshot: the connection was lost, or something else was missed. */
  lose(): void {}

  /** The feed says how far it is. Throws `OutOfStep` where that is further than what has come. */
  heard(_sequence: bigint): void {}

  /** There will be nothing more; the program learns why. */
  fail(error: SdkError): void {
    this.#error ??= error;
    this.wake();
  }

  /** There may be something for the program. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Waits for the next thing; throws why there will be none. */
  async next(): Promise<T> {
    for (;;) {
      const item = this.pop();
      if (item !== undefined) return item;
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends the loop of a program that waits. */
  stop(): void {
    this.fail(new ConnectionClosed(null, "the stream was ended"));
  }
}

export class BookStream extends Stream<FeedBook> {
  readonly #local: LocalBook;
  #isNew = false;

  constructor(params: Json & { readonly market: string }) {
    super(params);
    this.#local = new LocalBook(params.market);
  }

  override take(kind: string, _market: string, data: Json): void {
    if (kind === SNAPSHOT) {
      this.#local.show(data);
      this.#isNew = true;
    } else if (this.#local.update(data)) {
      this.#isNew = true;
    }
    this.failures = 0;
  }

  /** The last update may be the one that was missed. */
  override heard(sequence: bigint): void {
    const known = this.#local.sequence;
    if (known !== null && known !== sequence) throw new OutOfStep(`the feed is at ${sequence}, not at ${known}`);
  }

  override lose(): void {
    this.#local.forget();
    this.#isNew = false;
  }

  protected override pop(): FeedBook | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    return this.#local.book();
  }
}

/** Of which each message says everything. */
export class NewestStream<T> extends Stream<T> {
  #newest: T | undefined;

  constructor(
    params: Json,
    private readonly read: (market: string, data: Json) => T,
  ) {
    super(params);
  }

  override take(_kind: string, market: string, data: Json): void {
    this.#newest = this.read(market, data);
  }

  protected override pop(): T | undefined {
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }
}

/** Of all markets: the program gets the newest, when one is different. */
export class StatusStream extends Stream<Readonly<Record<string, string>>> {
  #statuses: Readonly<Record<string, string>> = {};
  #isNew = false;

  override take(kind: string, _market: string, data: Json): void {
    const known = kind === SNAPSHOT ? {} : this.#statuses;
    const shown = listOf(data["markets"]).map((item) => {
      const { market, status } = objectOf(item);
      return [textOf(market), textOf(status)] as const;
    });
    const next = { ...known, ...Object.fromEntries(shown) };
    const names = new Set([...Object.keys(next), ...Object.keys(this.#statuses)]);
    this.#isNew ||= [...names].some((name) => next[name] !== this.#statuses[name]);
    this.#statuses = next;
  }

  protected override pop(): Readonly<Record<string, string>> | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    return this.#statuses;
  }
}

export class CandleStream extends Stream<Candle> {
  readonly #waiting: Candle[] = [];

  override take(_kind: string, market: string, data: Json): void {
    for (const item of listOf(data["candles"])) {
      const candle = candleOf(market, String(data["period"]), objectOf(item));
      // Only the newest state of a candle that is open, or was corrected, is news.
      if (this.#waiting.at(-1)?.start === candle.start) this.#waiting.pop();
      this.#waiting.push(candle);
      if (this.#waiting.length > CANDLES_MAX) this.#waiting.shift();
    }
  }

  protected override pop(): Candle | undefined {
    return this.#waiting.shift();
  }
}

export class TradeStream extends Stream<MarketTrade | TradeGap> {
  readonly #waiting: (MarketTrade | TradeGap)[] = [];
  #sequence: bigint | null = null;
  #seen: bigint | null = null;

  override take(kind: string, market: string, data: Json): void {
    const trades = listOf(data["trades"]).map((item) => tradeOf(market, objectOf(item)));
    const sequence = numberOf(data["sequence"]);
    if (kind === SNAPSHOT) {
      const since = numberOf(data["since"]);
      if (this.#seen !== null && since > this.#seen) this.#put(new TradeGap(this.#seen, since));
    } else if (this.#sequence === null) {
      return;
    } else if (numberOf(data["previous"]) !== this.#sequence) {
      throw new OutOfStep(`trades were missed after ${this.#sequence}`);
    }
    const seen = this.#seen ?? sequence;
    for (const trade of trades) if (trade.apex > seen) this.#put(trade);
    this.#sequence = sequence;
    this.#seen = sequence > seen ? sequence : seen;
    this.failures = 0;
  }

  /** The next snapshot has what was missed, or says that it has not. */
  override lose(): void {
    this.#sequence = null;
  }

  #put(item: MarketTrade | TradeGap): void {
    this.#waiting.push(item);
    if (this.#waiting.length <= TRADES_MAX) return;
    const [first, second] = this.#waiting.splice(0, 2).map(span) as [TradeGap, TradeGap];
    this.#waiting.unshift(new TradeGap(first.after, second.until));
  }

  protected override pop(): MarketTrade | TradeGap | undefined {
    return this.#waiting.shift();
  }
}

/** What is missing where this is. */
function span(item: MarketTrade | TradeGap): TradeGap {
  return item instanceof TradeGap ? item : new TradeGap(item.apex - 1n, item.apex);
}
