import type { TerminalConfig } from "../config.js";
import { marketName, showMarket, statuses, tickers } from "../markets.js";
import { fixed } from "../numbers.js";
import { Percent } from "./Percent.js";

export function Markets({ config }: { config: TerminalConfig }) {
  return (
    <section class="panel markets" aria-label="Markets">
      <h2>Markets</h2>
      <ul>
        {config.catalogue.markets.map((market) => {
          const ticker = tickers.value[market.name];
          const status = statuses.value[market.name] ?? market.status;
          const isShown = market.name === marketName.value;
          return (
            <li key={market.id}>
              <button type="button" class="row" aria-pressed={isShown} onClick={() => showMarket(market.name)} data-test={`market-${market.name}`}>
                <span>
                  {market.name} {status !== "open" && <small data-test="market-status">{status.replace("_", " ")}</small>}
                </span>
                <span class="number">{ticker?.last == null ? "–" : fixed(ticker.last, market.tick)}</span>
                <span class="number">
                  <Percent value={ticker?.changePercent ?? null} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
