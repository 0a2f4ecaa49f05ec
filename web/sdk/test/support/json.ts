/** JSON with bigints, bytes and times, as `tests/web/driver.py` writes and reads it. */

import { fromHex, toHex } from "../../dist/protocol/index.js";

export function parse(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$bigint" in value) return BigInt(value.$bigint as string);
    if ("$bytes" in value) return fromHex(value.$bytes as string);
    if ("$date" in value) return new Date(value.$date as number);
    return value;
  });
}

export function stringify(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "bigint") return { $bigint: item.toString() };
    if (item instanceof Uint8Array) return { $bytes: toHex(item) };
    return item;
  });
}
