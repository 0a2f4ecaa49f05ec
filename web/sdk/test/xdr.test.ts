import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codec,
  type Codec,
  CreditAsset,
  LimitOrder,
  MalformedMessage,
  MerkleProof,
  Operation,
  Payment,
  Reader,
  Request,
  Side,
  toHex,
  UnencodableMessage,
  Writer,
} from "../dist/protocol/index.js";

const KEY = new Uint8Array(32).fill(7);
const PAYMENT = { destination: KEY, asset: 1, amount: 2n, memo: "" };
const REQUEST = { account: KEY, signer: null, nonce: 1n, validUntil: 1n };
const ORDER = { market: 1, side: Side.SELL, price: -2n, amount: 3n, timeInForce: 1, instructions: null } as const;

test("a struct is its fields, a union its discriminant and its arm", () => {
  const bytes = "0000000100000001fffffffffffffffe00000000000000030000000100000000";
  assert.equal(toHex(LimitOrder.encode(ORDER)), bytes);
  assert.equal(toHex(Operation.encode({ type: "LIMIT_ORDER", value: ORDER })), `00000001${bytes}`);
});

/** What an encoder refuses: the reason, and the place. */
const UNENCODABLE: readonly [string, Pick<Codec<never>, "encode">, unknown, string, string][] = [
  ["number", Payment, { ...PAYMENT, amount: 1 }, "wrong type", "Payment.amount"],
  ["text", Payment, { ...PAYMENT, amount: "1" }, "wrong type", "Payment.amount"],
  ["undefined", Payment, { ...PAYMENT, amount: undefined }, "wrong type", "Payment.amount"],
  ["large", Payment, { ...PAYMENT, amount: 2n ** 63n }, "integer out of range", "Payment.amount"],
  ["fraction", Payment, { ...PAYMENT, asset: 1.5 }, "wrong type", "Payment.asset"],
  ["bigint", Payment, { ...PAYMENT, asset: 1n }, "wrong type", "Payment.asset"],
  ["negative", Payment, { ...PAYMENT, asset: -1 }, "integer out of range", "Payment.asset"],
  ["too many bits", Payment, { ...PAYMENT, asset: 2 ** 32 }, "integer out of range", "Payment.asset"],
  ["short key", Payment, { ...PAYMENT, destination: KEY.slice(1) }, "wrong length", "Payment.destination"],
  ["list of bytes", Payment, { ...PAYMENT, destination: [...KEY] }, "wrong type", "Payment.destination"],
  ["long memo", Payment, { ...PAYMENT, memo: "ñ".repeat(33) }, "length over maximum", "Payment.memo"],
  ["surrogate", Payment, { ...PAYMENT, memo: "\ud800" }, "invalid utf-8", "Payment.memo"],
  ["enum", LimitOrder, { ...ORDER, side: 2 }, "enum value out of range", "LimitOrder.side"],
  ["enum's name", LimitOrder, { ...ORDER, side: "BUY" }, "wrong type", "LimitOrder.side"],
  ["list", MerkleProof, { index: 0, size: 1, path: Array(33).fill(KEY) }, "length over maximum", "MerkleProof.path"],
  ["item", MerkleProof, { index: 0, size: 1, path: [KEY.slice(1)] }, "wrong length", "MerkleProof.path"],
  ["arm", Operation, { type: "NOTHING", value: PAYMENT }, "wrong type", "Operation.type"],
  ["no arm", Request, { ...REQUEST, operation: null }, "wrong type", "Operation"],
  ["nothing", CreditAsset, undefined, "wrong type", "CreditAsset"],
];

for (const [name, type, value, reason, where] of UNENCODABLE) {
  test(`not encoded: ${name}`, () => {
    assert.throws(
      () => type.encode(value as never),
      (error) => error instanceof UnencodableMessage && error.reason === reason && error.where === where,
    );
  });
}

test("what the schema has not yet: lists of a fixed length, opaque, enums with members that select nothing", () => {
  const colours = { RED: -1, BLUE: 7 } as const;
  const drawer = codec<{ numbers: readonly number[]; label: Uint8Array; colour: number }>(
    "Drawer",
    (writer, value) => {
      writer.fixedList(value.numbers, 2, (item) => writer.int32(item, "Drawer.numbers"), "Drawer.numbers");
      writer.opaque(value.label, 5, "Drawer.label");
      writer.enumerated(value.colour, colours, "Drawer.colour");
    },
    (reader) => ({
      numbers: reader.fixedList(2, 4, () => reader.int32("Drawer.numbers"), "Drawer.numbers"),
      label: reader.opaque(5, "Drawer.label"),
      colour: reader.enumerated(colours, "Drawer.colour") === colours.RED ? -1 : reader.unknownArm("Drawer.colour"),
    }),
  );
  const value = { numbers: [-(2 ** 31), 2 ** 31 - 1], label: Uint8Array.of(1, 2, 3), colour: -1 };
  const data = drawer.encode(value);
  assert.equal(toHex(data), "800000007fffffff0000000301020300ffffffff");
  assert.deepEqual(drawer.decode(data), value);
  assert.throws(() => drawer.encode({ ...value, numbers: [1] }), { reason: "wrong length" });
  assert.throws(() => drawer.encode({ ...value, numbers: [1, 2 ** 31] }), { reason: "integer out of range" });
  assert.throws(() => drawer.decode(drawer.encode({ ...value, colour: 7 })), { reason: "unknown union arm" });
  assert.throws(() => drawer.decode(data.slice(0, 4)), { reason: "truncated", where: "Drawer.numbers" });
});

test("a false count costs nothing, and decoded bytes are nobody else's", () => {
  const data = new Uint8Array(12);
  new DataView(data.buffer).setUint32(8, 32);
  assert.throws(() => MerkleProof.decode(data), MalformedMessage);
  const writer = new Writer();
  writer.fixedOpaque(KEY, 32, "");
  const bytes = writer.bytes();
  const read = new Reader(bytes).fixedOpaque(32, "");
  bytes.fill(0);
  assert.deepEqual(read, KEY);
});
