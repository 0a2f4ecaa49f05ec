/** Live market data: books, trades, tickers and candles that survive bad connections. One server's word, not proven. */

import { Loop } from "../loop.js";
import { type OpenSocket, platformSocket } from "../socket.js";
import { FeedConnection, type FeedState } from "./connection.js";
import { BookStream, CandleStream, NewestStream, StatusStream, type Stream, TradeStream } from "./streams.js";
import {
  type BestPrices,
  bestOf,
  type Candle,
  type FeedBook,
  type MarketTrade,
  type Ticker,
  tickerOf,
  type TradeGap,
} from "./views.js";

const QUIET_MS = 5_000;

export type Period = "1m" | "5m" | "15m" | "30m" | "1h" | "4h" | "1d" | "1w" | "1M";

export interface FeedOptions {
  /** Such as `wss://data.example.org/v1/ws`. */
  readonly url: string;
  /** Nothing heard for so long counts as a lost connection. */
  readonly quietMs?: number | undefined;
  readonly openSocket?: OpenSocket | undefined;
  /** Is told when the connection is lost and opened again. */
  readonly onState?: ((state: FeedState) => void) | undefined;
}

/**
 * A feed's data as loops, which go on through lost connections: `for await (const book of feed.book("XLM/USD"))`.
 * Leaving a loop ends its subscription.
 */
export class MarketFeed {
  readonly #connection: FeedConnection;

  private constructor(connection: FeedConnection) {
    this.#connection = connection;
  }

  /** A connected feed. Throws `ConnectionClosed`; later attempts are repeated for ever. */
  static async connect({ url, quietMs, openSocket, onState }: FeedOptions): Promise<MarketFeed> {
    const open = openSocket ?? (await platformSocket());
    const connection = new FeedConnection(url, open, quietMs ?? QUIET_MS, onState ?? (() => undefined));
    await connection.open();
    return new MarketFeed(connection);
  }

  get state(): FeedState {
    return this.#connection.state;
  }

  /** How many connections have been opened so far. */
  get connections(): number {
    return this.#connection.openings;
  }

  /** Ends the connection; loops over it end with `ConnectionClosed`. */
  close(): void {
    this.#connection.close();
  }

  /**
   * A market's best levels, each time they are different; who is slow gets the newest.
   *
   * @param depth - levels of each side: 10, 25, 100, 500 or 1000.
   * @param group - the step of price that levels are put together in; by default the market's tick.
   */
  book(market: string, { depth = 25, group }: { depth?: number; group?: string } = {}): Loop<FeedBook> {
    const grouped = group === undefined ? {} : { group };
    return this.#listen(new BookStream({ channel: "book", market, depth, ...grouped }));
  }

  /** A market's fills from now on, each once and in order; a gap where some may be missing. */
  trades(market: string): Loop<MarketTrade | TradeGap> {
    return this.#listen(new TradeStream({ channel: "trades", market }));
  }

  /** A market's last 24 hours; who is slow gets the newest. */
  ticker(market: string): Loop<Ticker> {
    return this.#listen(new NewestStream({ channel: "ticker", market }, tickerOf));
  }

  /** A market's best bid and ask; who is slow gets the newest. */
  best(market: string): Loop<BestPrices> {
    return this.#listen(new NewestStream({ channel: "bbo", market }, bestOf));
  }

  /** A market's candles: the open one when it is different, and each once it is closed. */
  candles(market: string, period: Period): Loop<Candle> {
    return this.#listen(new CandleStream({ channel: "candles", market, period }));
  }

  /**
   * Whether orders are taken, by market, each time one is different; who is slow gets the newest.
   *
   * It is the stricter of what the settings and alpha's operator say: `open`, `post_only`, `cancel_only` or `halted`;
   * `suspended` where the ledger's events have suspended one of its assets.
   */
  statuses(): Loop<Readonly<Record<string, string>>> {
    return this.#listen(new StatusStream({ channel: "status" }));
  }

  #listen<T>(stream: Stream<T>): Loop<T> {
    this.#connection.add(stream as Stream<unknown>);
    return new Loop(
      () => stream.next(),
      () => {
        this.#connection.drop(stream as Stream<unknown>);
        stream.stop();
      },
    );
  }
}
