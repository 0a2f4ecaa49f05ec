/** Bytes: compared, joined, and in hexadecimal. */

const HEX = /^([0-9a-f]{2})*$/i;

/** Whether both are the same bytes. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** Negative, zero or positive: the order of bytes as numbers. */
export function compare(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let place = 0; place < length; place += 1) {
    const difference = one[place]! - other[place]!;
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** All of them, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    joined.set(part, place);
    place += part.length;
  }
  return joined;
}

/** Hexadecimal digits; also a key for maps. */
export function toHex(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** The bytes behind hexadecimal digits. Throws a `RangeError` where there are others. */
export function fromHex(text: string): Uint8Array {
  if (!HEX.test(text)) throw new RangeError("these are no hexadecimal digits");
  return Uint8Array.from({ length: text.length / 2 }, (_, place) => parseInt(text.slice(2 * place, 2 * place + 2), 16));
}

/** The text's UTF-8 form. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A number in four bytes, the highest first. */
export function uint32Bytes(value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, value);
  return data;
}

/** A number in eight bytes, the highest first. */
export function uint64Bytes(value: bigint): Uint8Array {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, value);
  return data;
}
