import { account, agent, broken, canTrade } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { marketName } from "../markets.js";
import { dismiss, notices } from "../notices.js";
import { dialog, place, type Place } from "../view.js";
import { Book } from "./Book.js";
import { Chart } from "./Chart.js";
import { Connect } from "./Connect.js";
import { Deposit } from "./Deposit.js";
import { GuardedDialog, GuardedPanel } from "./Guard.js";
import { Header } from "./Header.js";
import { Help } from "./Help.js";
import { Markets } from "./Markets.js";
import { ModeNotice } from "./ModeNotice.js";
import { OrderForm } from "./OrderForm.js";
import { Panels } from "./Panels.js";
import { Proofs } from "./Proofs.js";
import { Trades } from "./Trades.js";
import { Unfinal } from "./Unfinal.js";
import { Withdraw } from "./Withdraw.js";

const PLACES: Readonly<Record<Place, string>> = { chart: "Chart", book: "Book", trade: "Trade", account: "Account" };

export function App({ config }: { config: TerminalConfig }) {
  return (
    <>
      <Header config={config} />
      {broken.value !== null && (
        <p class="alarm" role="alert" data-test="broken">
          <b>Do not trust this exchange now.</b> What it sent does not hold: {broken.value}. Nothing more is signed here.
        </p>
      )}
      <ModeNotice />
      <Unfinal />
      <main data-place={place.value} data-trading={String(canTrade.value)}>
        <GuardedPanel place="markets" name="Markets">
          <Markets config={config} />
        </GuardedPanel>
        <GuardedPanel place="trades" name="Recent trades">
          <Trades config={config} />
        </GuardedPanel>
        <GuardedPanel place="chart" name="Chart">
          <Chart config={config} />
        </GuardedPanel>
        <GuardedPanel place="account" name="Account">
          <Panels config={config} />
        </GuardedPanel>
        <GuardedPanel place="book" name="Order book">
          <Book config={config} />
        </GuardedPanel>
        <GuardedPanel place="order" name="Order">
          <OrderForm key={marketName.value} config={config} />
        </GuardedPanel>
      </main>
      <nav class="places" aria-label="Parts of the page">
        {(Object.keys(PLACES) as Place[]).map((name) => (
          <button type="button" key={name} aria-pressed={place.value === name} onClick={() => (place.value = name)} data-test={`place-${name}`}>
            {PLACES[name]}
          </button>
        ))}
      </nav>
      <GuardedDialog key={dialog.value}>
        <Dialogs config={config} />
      </GuardedDialog>
      <ul class="notices" aria-live="polite" aria-label="Notices">
        {notices.value.map(({ id, tone, text }) => (
          <li key={id} class={tone}>
            <span>{text}</span>
            <button type="button" class="plain" aria-label="Dismiss" onClick={() => dismiss(id)}>
              ✕
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Dialogs({ config }: { config: TerminalConfig }) {
  switch (dialog.value) {
    case "connect":
      return <Connect config={config} />;
    case "deposit":
      return agent.value === null ? null : <Deposit config={config} />;
    case "withdraw":
      return account.value === null ? null : <Withdraw />;
    case "proofs":
      return <Proofs config={config} />;
    case "help":
      return <Help />;
    case null:
      return null;
  }
}
