/**
 * What the generated messages stand on: XDR (RFC 4506), read and written strictly.
 *
 * Only `MalformedMessage` leaves a decoder, whatever the bytes; only `UnencodableMessage` leaves an encoder. Reasons
 * and places are those of the Python codec, to the letter.
 */

/** The bytes are not the encoding of a message. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";

  constructor(
    readonly reason: string,
    readonly where: string,
  ) {
    super(`${where}: ${reason}`);
  }
}

/** A message's fields hold something that has no encoding. */
export class UnencodableMessage extends Error {
  override readonly name = "UnencodableMessage";

  constructor(
    readonly reason: string,
    readonly where: string,
  ) {
    super(`${where}: ${reason}`);
  }
}

/** Reads and writes values of one type. */
export interface Codec<T> {
  /** Encodes a value. Throws `UnencodableMessage`. */
  encode(value: T): Uint8Array;
  /** Decodes bytes that are one value and nothing else. Throws `MalformedMessage`. */
  decode(data: Uint8Array): T;
  write(writer: Writer, value: T): void;
  read(reader: Reader): T;
}

/** The codec of a struct or a union. */
export function codec<T extends object>(
  name: string,
  write: (writer: Writer, value: T) => void,
  read: (reader: Reader) => T,
): Codec<T> {
  const checked = (writer: Writer, value: T): void => {
    if (typeof value !== "object" || value === null) throw new UnencodableMessage("wrong type", name);
    write(writer, value);
  };
  return {
    write: checked,
    read,
    encode(value) {
      const writer = new Writer();
      checked(writer, value);
      return writer.bytes();
    },
    decode(data) {
      const reader = new Reader(data);
      const value = read(reader);
      if (reader.remaining > 0) throw new MalformedMessage("trailing bytes", name);
      return value;
    },
  };
}

type Members = Readonly<Record<string, number>>;

const UINT32_END = 2 ** 32;
const INT32_END = 2 ** 31;
const UINT64_END = 2n ** 64n;
const INT64_END = 2n ** 63n;
const FIRST_BYTES = 256;
const SURROGATE = /\p{Surrogate}/u;

const values = new WeakMap<Members, ReadonlySet<number>>();

function valuesOf(members: Members): ReadonlySet<number> {
  let found = values.get(members);
  if (found === undefined) {
    found = new Set(Object.values(members));
    values.set(members, found);
  }
  return found;
}

/** The name of an enum's member. */
export function nameOf<T extends Members>(members: T, value: number): keyof T & string {
  const found = Object.keys(members).find((name) => members[name] === value);
  if (found === undefined) throw new RangeError(`${value} is no member of the enum`);
  return found;
}

/** Takes values apart into bytes. */
export class Writer {
  #data = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#data.buffer);
  #length = 0;

  /** What was written. */
  bytes(): Uint8Array {
    return this.#data.slice(0, this.#length);
  }

  int32(value: number, where: string): void {
    if (typeof value !== "number" || !Number.isInteger(value)) throw new UnencodableMessage("wrong type", where);
    if (value < -INT32_END || value >= INT32_END) throw new UnencodableMessage("integer out of range", where);
    const place = this.#take(4);
    this.#view.setInt32(place, value);
  }

  uint32(value: number, where: string): void {
    if (typeof value !== "number" || !Number.isInteger(value)) throw new UnencodableMessage("wrong type", where);
    if (value < 0 || value >= UINT32_END) throw new UnencodableMessage("integer out of range", where);
    const place = this.#take(4);
    this.#view.setUint32(place, value);
  }

  int64(value: bigint, where: string): void {
    if (typeof value !== "bigint") throw new UnencodableMessage("wrong type", where);
    if (value < -INT64_END || value >= INT64_END) throw new UnencodableMessage("integer out of range", where);
    const place = this.#take(8);
    this.#view.setBigInt64(place, value);
  }

  uint64(value: bigint, where: string): void {
    if (typeof value !== "bigint") throw new UnencodableMessage("wrong type", where);
    if (value < 0n || value >= UINT64_END) throw new UnencodableMessage("integer out of range", where);
    const place = this.#take(8);
    this.#view.setBigUint64(place, value);
  }

  boolean(value: boolean, where: string): void {
    if (typeof value !== "boolean") throw new UnencodableMessage("wrong type", where);
    const place = this.#take(4);
    this.#view.setUint32(place, value ? 1 : 0);
  }

  enumerated(value: number, members: Members, where: string): void {
    if (typeof value !== "number") throw new UnencodableMessage("wrong type", where);
    if (!valuesOf(members).has(value)) throw new UnencodableMessage("enum value out of range", where);
    this.int32(value, where);
  }

  fixedOpaque(value: Uint8Array, length: number, where: string): void {
    if (!(value instanceof Uint8Array)) throw new UnencodableMessage("wrong type", where);
    if (value.length !== length) throw new UnencodableMessage("wrong length", where);
    this.#padded(value);
  }

  opaque(value: Uint8Array, maximum: number, where: string): void {
    if (!(value instanceof Uint8Array)) throw new UnencodableMessage("wrong type", where);
    if (value.length > maximum) throw new UnencodableMessage("length over maximum", where);
    this.uint32(value.length, where);
    this.#padded(value);
  }

  string(value: string, maximum: number, where: string): void {
    if (typeof value !== "string") throw new UnencodableMessage("wrong type", where);
    if (SURROGATE.test(value)) throw new UnencodableMessage("invalid utf-8", where);
    this.opaque(new TextEncoder().encode(value), maximum, where);
  }

  optional<T>(value: T | null, write: (value: T) => void): void {
    const place = this.#take(4);
    this.#view.setUint32(place, value === null ? 0 : 1);
    if (value !== null) write(value);
  }

  list<T>(value: readonly T[], maximum: number, write: (value: T) => void, where: string): void {
    if (!Array.isArray(value)) throw new UnencodableMessage("wrong type", where);
    if (value.length > maximum) throw new UnencodableMessage("length over maximum", where);
    this.uint32(value.length, where);
    for (const item of value as readonly T[]) write(item);
  }

  fixedList<T>(value: readonly T[], length: number, write: (value: T) => void, where: string): void {
    if (!Array.isArray(value)) throw new UnencodableMessage("wrong type", where);
    if (value.length !== length) throw new UnencodableMessage("wrong length", where);
    for (const item of value as readonly T[]) write(item);
  }

  unknownArm(where: string): never {
    throw new UnencodableMessage("wrong type", where);
  }

  #padded(value: Uint8Array): void {
    const place = this.#take(padded(value.length));
    this.#data.set(value, place);
  }

  /** Makes room for so many bytes, which are zero; where they are. */
  #take(size: number): number {
    const place = this.#length;
    this.#length += size;
    if (this.#length > this.#data.length) {
      const data = new Uint8Array(Math.max(2 * this.#data.length, this.#length));
      data.set(this.#data);
      this.#data = data;
      this.#view = new DataView(data.buffer);
    }
    return place;
  }
}

/** Puts values together from bytes. What it returns shares no memory with them. */
export class Reader {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#data.length - this.#offset;
  }

  int32(where: string): number {
    return this.#view.getInt32(this.#take(4, where));
  }

  uint32(where: string): number {
    return this.#view.getUint32(this.#take(4, where));
  }

  int64(where: string): bigint {
    return this.#view.getBigInt64(this.#take(8, where));
  }

  uint64(where: string): bigint {
    return this.#view.getBigUint64(this.#take(8, where));
  }

  boolean(where: string): boolean {
    const value = this.uint32(where);
    if (value > 1) throw new MalformedMessage("bool out of range", where);
    return value === 1;
  }

  enumerated<T extends Members>(members: T, where: string): T[keyof T] {
    const value = this.int32(where);
    if (!valuesOf(members).has(value)) throw new MalformedMessage("enum value out of range", where);
    return value as T[keyof T];
  }

  fixedOpaque(length: number, where: string): Uint8Array {
    const size = padded(length);
    const place = this.#take(size, where);
    for (let at = place + length; at < place + size; at += 1) {
      if (this.#data[at] !== 0) throw new MalformedMessage("nonzero padding", where);
    }
    return this.#data.slice(place, place + length);
  }

  opaque(maximum: number, where: string): Uint8Array {
    const length = this.uint32(where);
    if (length > maximum) throw new MalformedMessage("length over maximum", where);
    return this.fixedOpaque(length, where);
  }

  string(maximum: number, where: string): string {
    const text = this.opaque(maximum, where);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      throw new MalformedMessage("invalid utf-8", where);
    }
  }

  optional<T>(read: () => T, where: string): T | null {
    return this.boolean(where) ? read() : null;
  }

  /** `itemSize` is the least that an item takes, so that a false count costs nothing. */
  list<T>(maximum: number, itemSize: number, read: () => T, where: string): T[] {
    const count = this.uint32(where);
    if (count > maximum) throw new MalformedMessage("length over maximum", where);
    return this.fixedList(count, itemSize, read, where);
  }

  fixedList<T>(length: number, itemSize: number, read: () => T, where: string): T[] {
    if (this.remaining < length * itemSize) throw new MalformedMessage("truncated", where);
    const items: T[] = [];
    for (let number = 0; number < length; number += 1) items.push(read());
    return items;
  }

  unknownArm(where: string): never {
    throw new MalformedMessage("unknown union arm", where);
  }

  #take(size: number, where: string): number {
    const place = this.#offset;
    if (this.remaining < size) throw new MalformedMessage("truncated", where);
    this.#offset += size;
    return place;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
