// A browser that does what tests ask for: lines of JSON {id, call, args} on the input, {id, result} or {id, error} on the output.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const OPTIONS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** What a program can see of WCAG 2.2, levels A and AA. */
const CRITERIA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const directory = mkdtempSync(join(tmpdir(), "terminal-"));
const context = await chromium.launchPersistentContext(directory, {
  executablePath: process.argv[2],
  args: OPTIONS,
  viewport: { width: 1440, height: 860 },
  colorScheme: "dark",
});
context.setDefaultTimeout(TIMEOUT_MS);
const page = context.pages()[0] ?? (await context.newPage());
/** What went wrong in the page, and whom it asked. */
const problems = [];
const asked = new Set();
page.on("pageerror", (error) => problems.push(String(error)));
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
page.on("request", (request) => asked.add(new URL(request.url()).origin));
page.on("websocket", (socket) => asked.add(new URL(socket.url()).origin));

const calls = {
  /** A method of the page. */
  page: (method, ...args) => page[method](...args),
  /** A method of the first element that a selector finds. */
  first: (selector, method, ...args) => page.locator(selector).first()[method](...args),
  texts: (selector) => page.locator(selector).allInnerTexts(),
  count: (selector) => page.locator(selector).count(),
  /** Until an expression is true: asked from outside, since the page's policy forbids eval. */
  wait: async (expression, timeout = TIMEOUT_MS) => {
    for (const until = Date.now() + timeout; !(await page.evaluate(expression)); ) {
      if (Date.now() > until) throw new Error(`not within ${timeout} ms; the page says: ${(await page.locator("body").innerText()).slice(0, 3000)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  },
  evaluate: (expression) => page.evaluate(expression),
  /** What in an element is hard to see, to read out or to reach. */
  audit: async (within) => {
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(readFileSync(AXE, "utf8"));
    const options = JSON.stringify({ runOnly: CRITERIA, resultTypes: ["violations"] });
    const { violations } = await page.evaluate(`axe.run(${JSON.stringify(within)}, ${options})`);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary} ${html}`));
  },
  press: (key) => page.keyboard.press(key),
  type: (text) => page.keyboard.type(text),
  /** From now on what servers say at such addresses has `from` replaced by `to`. */
  spoil: (addresses, from, to) =>
    page.route(addresses, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(from, to) });
    }),
  problems: () => problems.splice(0),
  asked: () => [...asked],
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, call, args } = JSON.parse(line);
  try {
    const result = await calls[call](...args);
    const plain = ["object", "function"].includes(typeof result) && !Array.isArray(result) && result?.constructor !== Object ? null : result;
    console.log(JSON.stringify({ id, result: plain ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ id, error: { name: error.name, message: error.message } }));
  }
}
await context.close();
rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
