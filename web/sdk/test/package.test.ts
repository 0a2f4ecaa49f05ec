import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const DIST = new URL("../dist/", import.meta.url);
const IMPORTED = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

test("browsers have all that is imported, and nothing but the two libraries comes from elsewhere", () => {
  const files = readdirSync(DIST, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const texts = files.map((name) => readFileSync(new URL(name, DIST), "utf8"));
  const found = new Set(texts.flatMap((text) => [...text.matchAll(IMPORTED)].map(([, name]) => name!)));
  const foreign = [...found].filter((name) => !name.startsWith("."));
  assert.deepEqual(foreign.sort(), ["@noble/curves/ed25519.js", "@noble/hashes/sha2.js"]);
  assert.ok(files.length > 40);
});

test("a key does not show its seed", async () => {
  const { keyFromSeed, newSeed, SeedKey } = await import("../dist/index.js");
  const { inspect } = await import("node:util");
  const seed = newSeed();
  for (const key of [new SeedKey(seed), await keyFromSeed(seed)]) {
    assert.ok(!`${inspect(key, { depth: 9, showHidden: true })}${JSON.stringify(key)}`.includes(seed));
  }
  await assert.rejects(
    async () => new SeedKey(`${seed.slice(0, -1)}1`),
    (error) => error instanceof RangeError && !error.message.includes(seed.slice(0, 20)),
  );
});
