/** Exact arithmetic on decimal text, for previews; and how numbers look. */

import { DECIMALS, fromUnits, parseAmount, toUnits } from "@constellation/sdk/protocol";
import type { Market } from "@constellation/sdk";

const PPM_DECIMALS = 6;

/** Units of 10^-7, or null where the text is no such amount. */
export function amountOrNull(text: string): bigint | null {
  try {
    return parseAmount(text.trim());
  } catch {
    return null;
  }
}

export function text(units: bigint): string {
  return fromUnits(units, DECIMALS);
}

/** Whether the text is a decimal number of any length. */
export function isNumber(value: string): boolean {
  return /^\d*\.?\d{0,30}$/.test(value.trim()) && /\d/.test(value);
}

/** Price times amount, rounded down to seven decimals as the exchange's are exact anyway. */
export function notional(market: Market, price: string, amount: bigint): bigint {
  const units = toUnits(price, market.priceDecimals);
  return (units * amount) / 10n ** BigInt(market.priceDecimals);
}

/** So many steps of a market's prices. */
export function ticksOf(market: Market, ticks: number): string {
  return market.price(BigInt(ticks) * toUnits(market.tick, market.priceDecimals));
}

/** What lies between two prices of a market. */
export function spreadOf(market: Market, ask: string, bid: string): string {
  const [above, below] = [ask, bid].map((price) => toUnits(price, market.priceDecimals)) as [bigint, bigint];
  return market.price(above - below);
}

/** What a unit of base has cost or brought on average, rounded to one decimal more than the market's prices; null of nothing. */
export function averagePrice(market: Market, filled: string, filledQuote: string): string | null {
  const [amount, quote] = [amountOrNull(filled)!, amountOrNull(filledQuote)!];
  if (amount === 0n) return null;
  const decimals = market.priceDecimals + 1;
  return fromUnits((2n * quote * 10n ** BigInt(decimals) + amount) / (2n * amount), decimals);
}

/** How much of base so much of quote pays for. */
export function affordable(market: Market, price: string, quote: bigint): bigint {
  const units = toUnits(price, market.priceDecimals);
  return units === 0n ? 0n : (quote * 10n ** BigInt(market.priceDecimals)) / units;
}

/** A share of an amount, rounded up as fees are. */
export function share(fee: string, amount: bigint): bigint {
  const ppm = toUnits(fee, PPM_DECIMALS);
  const million = 10n ** BigInt(PPM_DECIMALS);
  return (amount * ppm + million - 1n) / million;
}

/** Decimals without the zeros at the end, but at least so many. */
export function trimmed(value: string, least = 2): string {
  const [whole = "", fraction = ""] = value.split(".");
  const short = fraction.replace(/0+$/, "").padEnd(least, "0");
  return short === "" ? whole : `${whole}.${short}`;
}

/** With thousands set apart. */
export function grouped(value: string, least = 2): string {
  const [whole = "", fraction] = trimmed(value, least).split(".");
  const wide = whole.replace(/\B(?=(\d{3})+$)/g, " ");
  return fraction === undefined ? wide : `${wide}.${fraction}`;
}

/** As many decimals as the step has: so that columns are aligned. */
export function fixed(value: string, step: string): string {
  const decimals = (trimmed(step, 0).split(".")[1] ?? "").length;
  const [whole = "", fraction = ""] = value.split(".");
  const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
  return decimals === 0 ? whole : `${whole}.${kept}`;
}

export function shortAddress(address: string): string {
  return `${address.slice(0, 5)}…${address.slice(-4)}`;
}

export function timeOf(us: bigint): string {
  return new Date(Number(us / 1000n)).toLocaleTimeString("en-GB");
}

export function dateOf(us: bigint): string {
  const day = dayOf(us);
  const year = `${new Date().getFullYear()}-`;
  return `${day.startsWith(year) ? day.slice(year.length) : day} ${timeOf(us)}`;
}

export function dayOf(us: bigint): string {
  const date = new Date(Number(us / 1000n));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
