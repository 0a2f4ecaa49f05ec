/** The keyboard, wherever nobody types. */

import { account, agent } from "./account.js";
import { cancelAll } from "./cancels.js";
import type { TerminalConfig } from "./config.js";
import { showMarket } from "./markets.js";
import { dialog, nextTheme, place, side } from "./view.js";

export function listenToKeys(config: TerminalConfig): void {
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    if (isTyping || event.repeat || event.ctrlKey || event.metaKey || event.altKey || dialog.value !== null) return;
    const act = actionOf(config, event);
    if (act === null) return;
    event.preventDefault();
    act();
  });
}

function actionOf(config: TerminalConfig, { key, shiftKey }: KeyboardEvent): (() => void) | null {
  switch (key) {
    case "b":
      return () => toForm("buy");
    case "s":
      return () => toForm("sell");
    case "o":
      return () => focusOn("book", ".ladder");
    case "x":
    case "X": // with Shift, whatever Caps Lock makes of it: it asks nothing
      return shiftKey && account.value !== null ? () => void cancelAll() : null;
    case "p":
      return () => (dialog.value = "proofs");
    case "d":
      return agent.value === null ? null : () => (dialog.value = "deposit");
    case "t":
      return nextTheme;
    case "?":
      return () => (dialog.value = "help");
    default: {
      const market = /^[1-9]$/.test(key) ? config.catalogue.markets[Number(key) - 1] : undefined;
      return market === undefined ? null : () => showMarket(market.name);
    }
  }
}

function toForm(of: "buy" | "sell"): void {
  side.value = of;
  focusOn("trade", "input[name=amount], input[name=budget]");
}

function focusOn(where: typeof place.value, selector: string): void {
  place.value = where;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}
