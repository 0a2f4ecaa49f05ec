import type { FeedLevel, Market } from "@constellation/sdk";
import type { TerminalConfig } from "../config.js";
import { account } from "../account.js";
import { book, bookRefusal, feedState, group, GROUPS, marketName, showGroup } from "../markets.js";
import { amountOrNull, fixed, spreadOf, text, ticksOf } from "../numbers.js";
import { chosenPrice, place } from "../view.js";

const LEVELS = 16;

interface Line extends FeedLevel {
  readonly total: string;
  /** Of the deepest line that is shown, from 0 to 1. */
  readonly depth: number;
}

/** The ladder: asks above, bids below, the best in the middle. */
export function Book({ config }: { config: TerminalConfig }) {
  const shown = book.value;
  const name = marketName.value;
  if (name === "") return <section class="panel book" aria-label="Order book" />;
  const market = config.catalogue.market(name);
  const [asks, bids] = lines(shown?.asks ?? [], shown?.bids ?? []);
  const own = new Set((account.value?.orders ?? []).filter((order) => order.market === name).map(({ price }) => price));
  const row = (line: Line, kind: "ask" | "bid") => (
    <li key={line.price} class={kind} style={{ "--depth": line.depth }} data-price={line.price}>
      <button type="button" tabIndex={-1} class="row" onClick={() => choose(line.price)}>
        <span class="number price">
          {own.has(line.price) && <i class="own" title="You have an order here" />}
          {fixed(line.price, market.tick)}
        </span>
        <span class="number">{fixed(line.amount, market.lot)}</span>
        <span class="number">{fixed(line.total, market.lot)}</span>
        <span class="hidden"> {kind}</span>
      </button>
    </li>
  );
  return (
    <section class="panel book" aria-label="Order book">
      <div class="bar">
        <h2>Order book</h2>
        <label>
          Group
          <select value={group.value} onChange={(event) => showGroup(Number(event.currentTarget.value))}>
            {GROUPS.map((ticks) => (
              <option key={ticks} value={ticks}>
                {fixed(ticksOf(market, ticks), market.tick)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row head" aria-hidden="true">
        <span class="number">Price {market.quote}</span>
        <span class="number">Amount {market.base}</span>
        <span class="number">Total</span>
      </div>
      <div class="ladder" tabIndex={0} role="group" aria-label="Prices; arrows move, Enter takes one into the order form" onKeyDown={walk} data-sequence={shown?.sequence.toString() ?? ""}>
        <ol class="asks">{asks.map((line) => row(line, "ask"))}</ol>
        <Spread asks={asks} bids={bids} market={market} />
        <ol class="bids">{bids.map((line) => row(line, "bid"))}</ol>
      </div>
    </section>
  );
}

function Spread({ asks, bids, market }: { asks: readonly Line[]; bids: readonly Line[]; market: Market }) {
  const ask = asks.at(-1);
  const bid = bids[0];
  if (ask === undefined || bid === undefined) return <p class="spread">{ask ?? bid ? "one side only" : whyEmpty()}</p>;
  return (
    <p class="spread">
      spread <b class="number">{fixed(spreadOf(market, ask.price, bid.price), market.tick)}</b>
    </p>
  );
}

function whyEmpty(): string {
  if (bookRefusal.value !== null) return `the server shows no book: ${bookRefusal.value}`;
  if (feedState.value !== "open") return "no connection to the market data";
  return book.value === null ? "loading…" : "no orders";
}

/** Both sides with running totals; the asks with the best one last. */
function lines(asks: readonly FeedLevel[], bids: readonly FeedLevel[]): [Line[], Line[]] {
  const sides = [asks, bids].map((levels) => {
    let total = 0n;
    return levels.slice(0, LEVELS).map((level) => ({ ...level, units: (total += amountOrNull(level.amount) ?? 0n) }));
  });
  const deepest = Math.max(1, ...sides.map((side) => Number(side.at(-1)?.units ?? 0n)));
  const [up, down] = sides.map((side) =>
    side.map(({ units, ...level }) => ({ ...level, total: text(units), depth: Math.round((1000 * Number(units)) / deepest) / 1000 })),
  ) as [Line[], Line[]];
  return [up.reverse(), down];
}

function choose(price: string): void {
  chosenPrice.value = price;
  place.value = "trade";
}

function walk(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const at = rows.indexOf(document.activeElement as HTMLButtonElement);
  rows[at < 0 ? Math.floor(rows.length / 2) : Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
}
