import { agent, broken, clientState, latencyMs, trouble } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { feedLatencyMs, feedState, marketName, tickers } from "../markets.js";
import { fixed, grouped, shortAddress, trimmed } from "../numbers.js";
import { dialog, isDark, nextTheme } from "../view.js";
import { Percent } from "./Percent.js";
import { Shield } from "./Shield.js";

const STATES = { open: "connected", connecting: "connecting…", closed: "closed", none: "not connected" } as const;

export function Header({ config }: { config: TerminalConfig }) {
  return (
    <header class="top">
      <h1>
        <img src="/icon.svg" alt="" width="20" height="20" />
        Constellation
      </h1>
      <Figures config={config} />
      <nav aria-label="Page">
        <Connection config={config} />
        <button type="button" onClick={() => (dialog.value = "proofs")} title="Batches, auditors, reserves (p)">
          Proofs
        </button>
        <button type="button" class="plain" onClick={nextTheme} aria-label={isDark() ? "Light colours" : "Dark colours"}>
          {isDark() ? "☀" : "☾"}
        </button>
        <button type="button" class="plain" onClick={() => (dialog.value = "help")} aria-label="Help and keyboard">
          ?
        </button>
        <button type="button" class={agent.value === null ? "primary" : ""} onClick={() => (dialog.value = "connect")} data-test="account">
          {agent.value === null ? "Connect" : shortAddress(agent.value.account)}
        </button>
      </nav>
    </header>
  );
}

function Figures({ config }: { config: TerminalConfig }) {
  const name = marketName.value;
  const ticker = tickers.value[name];
  if (name === "") return null;
  const market = config.catalogue.market(name);
  const figure = (value: string | null | undefined): string => (value == null ? "–" : fixed(value, market.tick));
  return (
    <dl class="figures" aria-label={`${name}, last 24 hours`}>
      <div>
        <dt class="market">{name}</dt>
        <dd class="last" data-test="last">
          {figure(ticker?.last)}
        </dd>
      </div>
      <div>
        <dt>24 h</dt>
        <dd>
          <Percent value={ticker?.changePercent ?? null} />
        </dd>
      </div>
      <div class="roomy">
        <dt>High</dt>
        <dd>{figure(ticker?.high)}</dd>
      </div>
      <div class="roomy">
        <dt>Low</dt>
        <dd>{figure(ticker?.low)}</dd>
      </div>
      <div class="roomy">
        <dt>Volume {market.quote}</dt>
        <dd>{ticker === undefined ? "–" : grouped(trimmed(ticker.quoteVolume).replace(/(\.\d\d)\d*$/, "$1"))}</dd>
      </div>
    </dl>
  );
}

/** Whether both servers are heard, and how far away they are. */
function Connection({ config }: { config: TerminalConfig }) {
  const feed = feedState.value;
  const own = clientState.value;
  const isGood = feed === "open" && (own === "open" || own === "none") && broken.value === null;
  const ms = own === "none" ? feedLatencyMs.value : latencyMs.value;
  const why = trouble.value === null ? "" : ` ${trouble.value}`;
  const words = `Market data: ${STATES[feed]}${time(feedLatencyMs.value)}. Alpha: ${STATES[own]}${time(latencyMs.value)}.${why}`;
  const text = feed !== "open" ? "no market data" : own === "connecting" ? "reconnecting" : own === "closed" ? "closed" : "online";
  return (
    <span class={`connection ${isGood ? "good" : "bad"}`} title={words} aria-label={words} role="status" data-test="connection" data-state={own}>
      {broken.value === null ? <i aria-hidden="true" /> : <Shield mark={{ trust: "broken", batch: null, auditors: [] }} />}
      {config.sandbox && <b>sandbox</b>}
      {text}
      {ms !== null && isGood && <span class="ms"> {ms} ms</span>}
    </span>
  );
}

function time(ms: number | null): string {
  return ms === null ? "" : `, ${ms} ms`;
}
