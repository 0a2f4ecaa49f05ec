import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../dist/protocol/index.js";
import { codecs } from "./support/codecs.js";

/** The bytes that Python's tests hold their codecs against, by the message's name. */
const golden = new Map<string, Uint8Array>();

{
  // The compiled test lies in web/sdk/build.
  const text = readFileSync(new URL("../../../tests/protocol/golden/messages.txt", import.meta.url), "utf8");
  let name = "";
  let digits = "";
  for (const line of [...text.split("\n"), "end"]) {
    if (line.startsWith(" ")) digits += line.replaceAll(" ", "");
    else if (line !== "" && !line.startsWith("#")) {
      if (name !== "") golden.set(name, fromHex(digits));
      [name, digits] = [line, ""];
    }
  }
}

test("every message has a golden sample", () => {
  const sampled = new Set([...golden.keys()].map((name) => name.split(".")[0]));
  assert.deepEqual(
    [...codecs.keys()].filter((name) => !sampled.has(name)),
    [],
  );
  assert.ok(codecs.size > 100);
});

test("what Python encodes is decoded, and encoded to the same bytes", () => {
  let checked = 0;
  for (const [name, data] of golden) {
    const codec = codecs.get(name.split(".")[0]!);
    if (codec === undefined) continue;
    assert.equal(toHex(codec.encode(codec.decode(data))), toHex(data), name);
    assert.throws(() => codec.decode(new Uint8Array([...data, 0, 0, 0, 0])), { reason: "trailing bytes" }, name);
    for (let end = 0; end < data.length; end += 7) {
      assert.throws(() => codec.decode(data.slice(0, end)), { reason: "truncated" }, `${name} cut at ${end}`);
    }
    checked += 1;
  }
  assert.ok(checked > 150);
});
