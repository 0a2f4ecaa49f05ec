/** Numbers between what people write and what is signed: exact, never a `number`. */

import { InvalidRequest } from "./errors.js";
import { DECIMALS, fromUnits, INT64_MAX, parseAmount, toUnits } from "./protocol/amounts.js";

/** How amounts and prices are given: decimal text, or a whole number as bigint. */
export type Decimal = string | bigint;
export type Direction = "down" | "up";

/** The exact units of 10^-decimals; throws an `InvalidRequest` that says what `what` lacks. */
export function unitsOf(value: Decimal, decimals: number, what: string, hint = ""): bigint {
  return refusing(what, hint, () => toUnits(value, decimals));
}

/** Stroops of an amount. */
export function amountOf(value: Decimal, what = "amount"): bigint {
  return refusing(what, "", () => parseAmount(value));
}

/** Stroops of an amount that is more than nothing. */
export function positive(value: Decimal, what = "amount"): bigint {
  const stroops = amountOf(value, what);
  if (stroops <= 0n) throw new InvalidRequest(`${what} ${value} must be positive`);
  return stroops;
}

/** The multiple of `step` units next to a value: not above it, or with `up`, not below it. */
export function roundUnits(value: Decimal, decimals: number, step: bigint, direction: Direction): bigint {
  const digits = 30;
  const fine = refusing("number", "", () => fineUnits(value, digits));
  const wide = step * 10n ** BigInt(digits - decimals);
  const floor = fine / wide - (fine % wide < 0n ? 1n : 0n);
  const units = (floor + (direction === "up" && fine % wide !== 0n ? 1n : 0n)) * step;
  if (units > INT64_MAX || units < -INT64_MAX) throw new InvalidRequest(`${value} is out of range`);
  return units;
}

/** Units of more decimals than any price has, so that what is beyond them can be rounded. */
function fineUnits(value: Decimal, digits: number): bigint {
  if (typeof value !== "string") return toUnits(value, 0) * 10n ** BigInt(digits);
  const [whole = "", fraction = ""] = value.split(".");
  if (!/^[+-]?\d*$/.test(whole) || !/^\d{0,30}$/.test(fraction) || !/\d/.test(value)) toUnits(value, digits);
  const sign = whole.startsWith("-") ? -1n : 1n;
  return sign * BigInt(whole.replace(/^[+-]/, "") + fraction.padEnd(digits, "0"));
}

/** Text of stroops. */
export function amountText(stroops: bigint): string {
  return fromUnits(stroops, DECIMALS);
}

function refusing<T>(what: string, hint: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidRequest(`${what}: ${(error as Error).message}${hint}`);
  }
}
