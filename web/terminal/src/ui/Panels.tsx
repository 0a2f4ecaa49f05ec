import { signal } from "@preact/signals";
import { account, agent } from "../account.js";
import { cancelAll } from "../cancels.js";
import type { TerminalConfig } from "../config.js";
import { dialog } from "../view.js";
import { Balances } from "./Balances.js";
import { Fills } from "./Fills.js";
import { OpenOrders } from "./OpenOrders.js";
import { PastOrders } from "./Past.js";
import { Withdrawals } from "./Withdrawals.js";

const TABS = { open: "Open orders", balances: "Balances", past: "History", fills: "Fills", withdrawals: "Withdrawals" } as const;
type Tab = keyof typeof TABS;

const tab = signal<Tab>("open");

export function Panels({ config }: { config: TerminalConfig }) {
  const known = account.value;
  const open = known === null ? 0 : known.orders.length + known.armed.length;
  const counts: Partial<Record<Tab, number>> = { open, withdrawals: known?.withdrawals.length ?? 0 };
  return (
    <section class="panel account" aria-label="Account">
      <div class="bar">
        <span class="tabs" role="tablist" aria-label="Account" onKeyDown={walk}>
          {(Object.keys(TABS) as Tab[]).map((name) => (
            <button
              type="button"
              role="tab"
              key={name}
              id={`tab-${name}`}
              class="tab"
              aria-selected={tab.value === name}
              aria-controls="tab-panel"
              tabIndex={tab.value === name ? 0 : -1}
              onClick={() => (tab.value = name)}
              data-test={`tab-${name}`}
            >
              {TABS[name]}
              {counts[name] ? <b> {counts[name]}</b> : null}
            </button>
          ))}
        </span>
        <span class="actions">
          <button type="button" disabled={agent.value === null} onClick={() => (dialog.value = "deposit")}>
            Deposit
          </button>
          <button type="button" disabled={known?.exists !== true} onClick={() => (dialog.value = "withdraw")}>
            Withdraw
          </button>
          <button type="button" disabled={open === 0} onClick={() => void cancelAll()} title="In all markets (Shift+X)" data-test="cancel-all">
            Cancel all
          </button>
        </span>
      </div>
      <div id="tab-panel" class="scroll" role="tabpanel" aria-labelledby={`tab-${tab.value}`} tabIndex={0}>
        {known === null ? <p class="empty">{agent.value === null ? "Connect an account to trade: anybody can look." : "Waiting for alpha…"}</p> : <Shown config={config} />}
      </div>
    </section>
  );
}

function Shown({ config }: { config: TerminalConfig }) {
  switch (tab.value) {
    case "open":
      return <OpenOrders config={config} />;
    case "balances":
      return <Balances />;
    case "past":
      return <PastOrders config={config} />;
    case "fills":
      return <Fills config={config} />;
    case "withdrawals":
      return <Withdrawals />;
  }
}

function walk(event: KeyboardEvent): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  const names = Object.keys(TABS) as Tab[];
  tab.value = names[(names.indexOf(tab.value) + step + names.length) % names.length]!;
  document.getElementById(`tab-${tab.value}`)?.focus();
}

export function showTab(name: Tab): void {
  tab.value = name;
}

