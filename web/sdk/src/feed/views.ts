/** What the market data feed shows. Prices and amounts are decimal text, times ISO 8601 to the microsecond. */

import type { SideName } from "../operations.js";

export type Json = Readonly<Record<string, unknown>>;

/** The feed said something that makes no sense. */
export class NotUnderstood extends Error {
  override readonly name = "NotUnderstood";
}

export interface FeedLevel {
  readonly price: string;
  readonly amount: string;
}

/** The best levels of a market, best first, as of the batch whose last apex is `sequence`. */
export interface FeedBook {
  readonly market: string;
  readonly sequence: bigint;
  readonly time: string;
  readonly bids: readonly FeedLevel[];
  readonly asks: readonly FeedLevel[];
}

/** One fill; `side` is the taker's, `price` the resting order's, `cost` of quote. */
export interface MarketTrade {
  readonly id: string;
  readonly market: string;
  readonly side: SideName;
  readonly price: string;
  readonly amount: string;
  readonly cost: string;
  readonly takerOrder: bigint;
  readonly makerOrder: bigint;
  readonly apex: bigint;
  readonly time: string;
}

/** Trades may be missing here: ask the history for those after the apex `after` and up to `until`. */
export class TradeGap {
  constructor(
    readonly after: bigint,
    readonly until: bigint,
  ) {}
}

/** A market's trades in one period; null where the history does not say. */
export interface Candle {
  readonly market: string;
  readonly period: string;
  readonly start: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  /** The part of `volume` that takers have bought. */
  readonly buyVolume: string | null;
  readonly trades: number;
  readonly closed: boolean | null;
}

/** The best bid and ask; null where there is none. */
export interface BestPrices {
  readonly market: string;
  readonly sequence: bigint;
  readonly time: string;
  readonly bid: string | null;
  readonly bidAmount: string | null;
  readonly ask: string | null;
  readonly askAmount: string | null;
}

/** A market's last 24 hours, with its best prices; null where there is nothing to say. */
export interface Ticker extends BestPrices {
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly last: string | null;
  readonly change: string | null;
  readonly changePercent: string | null;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly vwap: string | null;
  readonly trades: number;
}

export function tradeOf(market: string, data: Json): MarketTrade {
  const side = textOf(data["side"]);
  if (side !== "buy" && side !== "sell") throw new NotUnderstood(`side ${side}`);
  return {
    id: textOf(data["id"]),
    market,
    side,
    price: figureOf(data["price"]),
    amount: figureOf(data["amount"]),
    cost: figureOf(data["cost"]),
    takerOrder: numberOf(data["taker_order"]),
    makerOrder: numberOf(data["maker_order"]),
    apex: numberOf(data["apex"]),
    time: textOf(data["time"]),
  };
}

export function candleOf(market: string, period: string, data: Json): Candle {
  return {
    market,
    period,
    start: textOf(data["time"]),
    open: figureOf(data["open"]),
    high: figureOf(data["high"]),
    low: figureOf(data["low"]),
    close: figureOf(data["close"]),
    volume: figureOf(data["volume"]),
    quoteVolume: figureOf(data["quote_volume"]),
    buyVolume: figureOf(data["buy_volume"]),
    trades: Number(numberOf(data["trades"])),
    closed: data["closed"] === true,
  };
}

/** A candle of the history: milliseconds, open, high, low, close, volume, volume of quote, trades. */
export function pastCandleOf(market: string, period: string, data: readonly unknown[]): Candle {
  const [start, open, high, low, close, volume, quoteVolume, trades] = data;
  return {
    market,
    period,
    start: new Date(Number(numberOf(start))).toISOString(),
    open: figureOf(open),
    high: figureOf(high),
    low: figureOf(low),
    close: figureOf(close),
    volume: figureOf(volume),
    quoteVolume: figureOf(quoteVolume),
    buyVolume: null,
    trades: Number(numberOf(trades)),
    closed: null,
  };
}

export function bestOf(market: string, data: Json): BestPrices {
  return {
    market,
    sequence: numberOf(data["sequence"]),
    time: textOf(data["time"]),
    bid: optional(data["bid"]),
    bidAmount: optional(data["bid_amount"]),
    ask: optional(data["ask"]),
    askAmount: optional(data["ask_amount"]),
  };
}

export function tickerOf(market: string, data: Json): Ticker {
  return {
    ...bestOf(market, data),
    open: optional(data["open"]),
    high: optional(data["high"]),
    low: optional(data["low"]),
    last: optional(data["last"]),
    change: optional(data["change"]),
    changePercent: optional(data["change_percent"]),
    volume: figureOf(data["volume"]),
    quoteVolume: figureOf(data["quote_volume"]),
    vwap: optional(data["vwap"]),
    trades: Number(numberOf(data["trades"])),
  };
}

/** A JSON object. */
export function objectOf(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NotUnderstood("no object");
  return value as Json;
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new NotUnderstood("no list");
  return value as readonly unknown[];
}

export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new NotUnderstood("no text");
  return value;
}

/** Decimal text, as the feed writes prices and amounts. */
export function figureOf(value: unknown): string {
  const text = textOf(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new NotUnderstood(`${text.slice(0, 40)} is no amount`);
  return text;
}

/** A whole number that JSON has exactly. */
export function numberOf(value: unknown): bigint {
  if (!Number.isSafeInteger(value)) throw new NotUnderstood("no whole number");
  return BigInt(value as number);
}

function optional(value: unknown): string | null {
  return value === null ? null : figureOf(value);
}
