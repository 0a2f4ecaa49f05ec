/** Reads markets over HTTP from a chronicler or a feed server: what is final, without a key. */

import { ConnectionClosed, FeedRefused } from "../errors.js";
import type { ModeNow } from "../mode.js";
import { LocalBook } from "./localBook.js";
import {
  type Candle,
  type FeedBook,
  type Json,
  listOf,
  type MarketTrade,
  numberOf,
  objectOf,
  pastCandleOf,
  type Ticker,
  textOf,
  tickerOf,
  tradeOf,
} from "./views.js";

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 5;
const PAUSE_MS = 500;
const BUSY = ["RATE_LIMITED", "OVERLOADED", "UNAVAILABLE"];

export class MarketReads {
  readonly #base: string;

  /** @param url - of its WebSocket, or of its HTTP: `wss://data.example.org/v1/ws` or `https://data.example.org`. */
  constructor(url: string) {
    const { protocol, host, pathname } = new URL(url);
    if (!["ws:", "wss:", "http:", "https:"].includes(protocol))
      throw new RangeError(`${url} is no address of market data`);
    const prefix = pathname.replace(/\/+$/, "").replace(/\/ws$/, "").replace(/\/v1$/, "");
    this.#base = `${protocol.replace("ws", "http")}//${host}${prefix}/v1`;
  }

  /** The best levels, checked against their checksum. */
  async book(market: string, depth = 25): Promise<FeedBook> {
    const data = await this.#ask(`${pathOf(market)}/book`, { depth });
    return read(() => {
      const local = new LocalBook(market);
      local.show(data);
      return local.book();
    });
  }

  /** A market's last 24 hours. */
  async ticker(market: string): Promise<Ticker> {
    const data = await this.#ask(`${pathOf(market)}/ticker`);
    return read(() => tickerOf(market, data));
  }

  /** Those of all markets. */
  async tickers(): Promise<readonly Ticker[]> {
    const data = await this.#ask("/tickers");
    return read(() =>
      listOf(data["tickers"]).map((item) => {
        const own = objectOf(item);
        return tickerOf(textOf(own["market"]), { ...data, ...own });
      }),
    );
  }

  /** The last ones, the newest first, or those before `before`, which the page before has told. */
  async trades(
    market: string,
    limit = 100,
    before?: string,
  ): Promise<{ trades: readonly MarketTrade[]; before: string | null }> {
    const data = await this.#ask(`${pathOf(market)}/trades`, { limit, before });
    return read(() => ({
      trades: listOf(data["trades"]).map((item) => tradeOf(market, objectOf(item))),
      before: data["before"] === null ? null : textOf(data["before"]),
    }));
  }

  /** The candles from a time on, or the last ones; the oldest first. */
  async candles(
    market: string,
    period: string,
    { limit = 100, since }: { limit?: number; since?: Date } = {},
  ): Promise<readonly Candle[]> {
    const data = await this.#ask(`${pathOf(market)}/candles`, { period, start: since?.getTime(), limit });
    return read(() => listOf(data["candles"]).map((item) => pastCandleOf(market, period, listOf(item))));
  }

  /** The server's clock. */
  async time(): Promise<Date> {
    const data = await this.#ask("/status");
    return read(() => new Date(Number(numberOf(data["timestamp"]))));
  }

  /** How much alpha's operator lets clients do, as of the last certified batch. */
  async mode(): Promise<ModeNow> {
    const data = await this.#ask("/status");
    return read(() => {
      const mode = objectOf(data["mode"]);
      return {
        mode: textOf(mode["name"]) as ModeNow["mode"],
        reason: textOf(mode["reason"]),
        since: BigInt(textOf(mode["since"])),
      };
    });
  }

  /** An answer; asked for again after pauses where the server has too much to do. */
  async #ask(path: string, parameters: Record<string, string | number | undefined> = {}): Promise<Json> {
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    const url = `${this.#base}${path}${query && `?${query}`}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(url);
      } catch (error) {
        const isBusy = error instanceof FeedRefused && BUSY.includes(error.code);
        if (!isBusy || attempt === ATTEMPTS) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}

async function once(url: string): Promise<Json> {
  let response: Response;
  let data: unknown;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    data = await response.json();
  } catch (error) {
    throw new ConnectionClosed(null, `no answer from ${url}: ${String(error)}`);
  }
  return read(() => {
    const document = objectOf(data);
    if (response.ok) return document;
    const { code, message } = objectOf(document["error"]);
    throw new FeedRefused(String(code), String(message));
  });
}

function read<T>(view: () => T): T {
  try {
    return view();
  } catch (error) {
    if (error instanceof FeedRefused) throw error;
    throw new ConnectionClosed(null, `the market data server's answer makes no sense: ${String(error)}`);
  }
}

function pathOf(market: string): string {
  return `/markets/${encodeURIComponent(market)}`;
}
