/** Market data as signals: what the feed says, for everybody. */

import { signal } from "@preact/signals";
import {
  type Candle,
  type FeedBook,
  type FeedState,
  type Loop,
  MarketFeed,
  MarketReads,
  type MarketTrade,
  type ModeNow,
  type Period,
  SdkError,
  type Ticker,
  TradeGap,
} from "@constellation/sdk";
import type { TerminalConfig } from "./config.js";
import { wordsOf } from "./notices.js";
import { ticksOf } from "./numbers.js";

const TRADES_SHOWN = 60;
const CANDLES_SHOWN = 500;
const RETRY_MS = 2_000;
const LATENCY_EVERY_MS = 5_000;
const BOOK_DEPTH = 25;
export const GROUPS = [1, 2, 5, 10, 50, 100, 1000] as const;
export const PERIODS: readonly Period[] = ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M"];

export const feedState = signal<FeedState>("connecting");
export const feedLatencyMs = signal<number | null>(null);
export const tickers = signal<Readonly<Record<string, Ticker>>>({});
/** Whether orders are taken, by market. */
export const statuses = signal<Readonly<Record<string, string>>>({});
export const marketName = signal("");
export const period = signal<Period>("1m");
/** In ticks. */
export const group = signal<number>(1);
export const book = signal<FeedBook | null>(null);
/** Why the feed shows no book. */
export const bookRefusal = signal<string | null>(null);
export const trades = signal<readonly MarketTrade[]>([]);
/** Candles of the chart: all of them when another chart is shown, later the one that changed. */
export const candles = signal<{ readonly all: readonly Candle[]; readonly next: Candle | null }>({ all: [], next: null });
/** How much alpha's operator lets clients do; null until it is known. */
export const mode = signal<ModeNow | null>(null);
/** Counts what the feed has brought: a measure of how the page keeps up. */
export const counted = { books: 0 };

let config: TerminalConfig;
let feed: MarketFeed;
let reads: MarketReads;
let following: Loop<unknown>[] = [];
let followingBook: Loop<unknown> | null = null;
let followingCandles: Loop<unknown> | null = null;
/** Told apart so that a late answer does not fill another market's chart. */
let chart = 0;

/** Connects, and goes on for ever. */
export async function startMarkets(known: TerminalConfig): Promise<void> {
  config = known;
  reads = new MarketReads(known.feedUrl);
  for (;;) {
    try {
      feed = await MarketFeed.connect({ url: known.feedUrl, onState: (state) => (feedState.value = state) });
      break;
    } catch {
      feedState.value = "closed";
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  for (const market of known.catalogue.markets) {
    void follow(feed.ticker(market.name), (ticker) => {
      tickers.value = { ...tickers.value, [market.name]: ticker };
    });
  }
  void follow(feed.statuses(), (next) => (statuses.value = next));
  void measure();
}

/** Shows another market. */
export function showMarket(name: string): void {
  if (marketName.value === name) return;
  marketName.value = name;
  for (const loop of following) void loop.return();
  trades.value = [];
  const printed = feed.trades(name);
  following = [printed];
  void fillTrades(name, printed);
  showGroup(1);
  showPeriod(period.value);
}

/** Shows the book in steps of so many ticks. */
export function showGroup(ticks: number): void {
  group.value = ticks;
  book.value = null;
  bookRefusal.value = null;
  if (followingBook !== null) void followingBook.return();
  const market = config.catalogue.market(marketName.value);
  const step = ticks === 1 ? {} : { group: ticksOf(market, ticks) };
  const loop = feed.book(market.name, { depth: BOOK_DEPTH, ...step });
  followingBook = loop;
  const take = (next: FeedBook): void => {
    counted.books += 1;
    showBook(next);
  };
  void follow(loop, take, (error) => {
    if (followingBook === loop) bookRefusal.value = wordsOf(error);
  });
}

let newestBook: FeedBook | null = null;

/** Of several books between two frames only the newest is drawn. */
function showBook(next: FeedBook): void {
  if (newestBook === null) {
    requestAnimationFrame(() => {
      if (newestBook?.market === marketName.value) book.value = newestBook;
      newestBook = null;
    });
  }
  newestBook = next;
}

/** Shows candles of another length. */
export function showPeriod(next: Period): void {
  period.value = next;
  chart += 1;
  candles.value = { all: [], next: null };
  if (followingCandles !== null) void followingCandles.return();
  void fillChart(chart, marketName.value, next);
}

async function fillChart(mine: number, market: string, length: Period): Promise<void> {
  while (mine === chart) {
    try {
      const all = await reads.candles(market, length, { limit: CANDLES_SHOWN });
      if (mine !== chart) return;
      candles.value = { all, next: null };
      const loop = feed.candles(market, length);
      followingCandles = loop;
      await follow(loop, (next) => {
        if (mine === chart) candles.value = { all: candles.value.all, next };
      });
      return;
    } catch (error) {
      if (!(error instanceof SdkError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function fillTrades(market: string, loop: Loop<MarketTrade | TradeGap>): Promise<void> {
  void follow(loop, (item) => {
    if (item instanceof TradeGap) void refill(market);
    else if (item.market === marketName.value) trades.value = merged([item], trades.value);
  });
  await refill(market);
}

async function refill(market: string): Promise<void> {
  try {
    const past = await reads.trades(market, TRADES_SHOWN);
    if (market === marketName.value) trades.value = merged(trades.value, past.trades);
  } catch {
    // the feed brings what comes; the past stays empty
  }
}

function merged(newer: readonly MarketTrade[], older: readonly MarketTrade[]): readonly MarketTrade[] {
  const known = new Set(newer.map((trade) => trade.id));
  return [...newer, ...older.filter((trade) => !known.has(trade.id))].slice(0, TRADES_SHOWN);
}

/** Takes what comes until the feed refuses it or is closed, which the connection's state says. */
async function follow<T>(loop: Loop<T>, take: (item: T) => void, refused: (error: SdkError) => void = () => undefined): Promise<void> {
  try {
    for await (const item of loop) take(item);
  } catch (error) {
    if (!(error instanceof SdkError)) throw error;
    refused(error);
  }
}

async function measure(): Promise<void> {
  for (;;) {
    const before = performance.now();
    try {
      mode.value = await reads.mode();
      feedLatencyMs.value = Math.round(performance.now() - before);
    } catch {
      feedLatencyMs.value = null;
    }
    await new Promise((resolve) => setTimeout(resolve, LATENCY_EVERY_MS));
  }
}
