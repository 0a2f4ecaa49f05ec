import type { TerminalConfig } from "../config.js";
import { marketName, trades } from "../markets.js";
import { fixed } from "../numbers.js";

export function Trades({ config }: { config: TerminalConfig }) {
  if (marketName.value === "") return <section class="panel trades" aria-label="Recent trades" />;
  const market = config.catalogue.market(marketName.value);
  return (
    <section class="panel trades" aria-label="Recent trades">
      <h2>Trades</h2>
      <div class="row head" aria-hidden="true">
        <span class="number">Price</span>
        <span class="number">Amount</span>
        <span class="number">Time</span>
      </div>
      <ol class="scroll" tabIndex={0} aria-label="Trades, the newest first">
        {trades.value.map((trade) => (
          <li key={trade.id} class="row" data-test="trade">
            <span class={`number ${trade.side === "buy" ? "up" : "down"}`}>{fixed(trade.price, market.tick)}</span>
            <span class="number">{fixed(trade.amount, market.lot)}</span>
            <span class="number quiet">{new Date(trade.time).toLocaleTimeString("en-GB")}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
