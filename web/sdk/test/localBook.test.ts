import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalBook, OutOfStep } from "../dist/index.js";
import { crc32 } from "../dist/feed/crc32.js";
import { utf8 } from "../dist/protocol/index.js";

const TIME = "2026-01-01T00:00:00.000000+00:00";

function message(sequence: number, levels: string, bids: string[][], asks: string[][], previous?: number) {
  const data = { sequence, checksum: crc32(utf8(levels)), bids, asks, time: TIME };
  return previous === undefined ? data : { ...data, previous };
}

function shown(): LocalBook {
  const book = new LocalBook("XLM/USD");
  const bids = [
    ["0.2500", "1.0000000"],
    ["0.2600", "2.0000000"],
  ];
  book.show(message(5, "2600:20000000|2500:10000000|3000:30000000", bids, [["0.3000", "3.0000000"]]));
  return book;
}

test("the checksum is zlib's CRC-32", () => {
  assert.equal(crc32(utf8("123456789")), 0xcbf43926);
});

test("a book is kept, best first", () => {
  const book = shown();
  assert.deepEqual(
    book.book().bids.map(({ price }) => price),
    ["0.2600", "0.2500"],
  );
  const levels = "2500:10000000|2900:10000000|3000:30000000";
  const update = message(7, levels, [["0.2600", "0.0000000"]], [["0.2900", "1.0000000"]], 5);
  assert.equal(book.update(update), true);
  assert.deepEqual(book.book().asks[0], { price: "0.2900", amount: "1.0000000" });
  assert.equal(book.sequence, 7n);
});

test("whatever is missing or wrong is noticed", () => {
  const gone = message(7, "", [["0.1000", "0.0000000"]], [], 5);
  assert.throws(() => shown().update(gone), OutOfStep);
  assert.throws(() => shown().update({ ...gone, previous: 6 }), OutOfStep);
  assert.throws(() => shown().update(message(7, "1", [["0.2600", "1.0000000"]], [], 5)), OutOfStep);
  assert.equal(new LocalBook("XLM/USD").update(gone), false);
});
