/** Amounts between their text form and units of 10^-7 (Stellar's stroops). Exact: no floats. */

/** Of an amount. */
export const DECIMALS = 7;
/** The largest amount: Stellar's own. */
export const INT64_MAX = 2n ** 63n - 1n;
/** The largest memo id, muxed id and routing id. */
export const UINT64_MAX = 2n ** 64n - 1n;
export const UINT32_MAX = 2 ** 32 - 1;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const DIGITS_MAX = 64;

/**
 * The exact number of units of 10^-decimals.
 *
 * @param value - text such as `"12.5"`, or a whole number as bigint; a `number` is refused, because it is not exact.
 * @throws TypeError: a number, or something else. RangeError: no decimal text, too many decimals, or out of range.
 */
export function toUnits(value: string | bigint, decimals: number): bigint {
  if (typeof value === "bigint") return inRange(value * 10n ** BigInt(decimals), String(value));
  if (typeof value !== "string") {
    throw new TypeError(
      `write amounts and prices as text or bigint, such as "0.1", not as ${typeof value}: they must be exact`,
    );
  }
  const [, sign, whole = "", fraction = ""] = DECIMAL.exec(value) ?? [];
  if (sign === undefined || whole + fraction === "" || value.length > DIGITS_MAX) {
    throw new RangeError(`${JSON.stringify(value.slice(0, DIGITS_MAX))} is not a number`);
  }
  const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
  if (/[1-9]/.test(fraction.slice(decimals))) throw new RangeError(`"${value}" has more than ${decimals} decimals`);
  const units = BigInt(whole + kept);
  return inRange(sign === "-" ? -units : units, value);
}

function inRange(units: bigint, text: string): bigint {
  if (units < -INT64_MAX || units > INT64_MAX) throw new RangeError(`"${text}" is out of range`);
  return units;
}

/** Text with all decimals, such as `"12.5000000"`. */
export function fromUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const sign = units < 0n ? "-" : "";
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Stroops of an amount; throws as `toUnits` does. */
export function parseAmount(value: string | bigint): bigint {
  return toUnits(value, DECIMALS);
}

/** Text of an amount with all seven decimals. */
export function formatAmount(stroops: bigint): string {
  return fromUnits(stroops, DECIMALS);
}
