import { render } from "preact";
import { resumeAccount } from "./account.js";
import { readConfig } from "./config.js";
import { counted, showMarket, startMarkets } from "./markets.js";
import { listenToKeys } from "./shortcuts.js";
import { App } from "./ui/App.js";
import { followTheme } from "./view.js";
import "./style.css";

const RETRY_MS = 2_000;

async function start(): Promise<void> {
  const page = document.getElementById("page")!;
  followTheme();
  for (;;) {
    try {
      const config = await readConfig();
      render(<App config={config} />, page);
      listenToKeys(config);
      void resumeAccount(config);
      await startMarkets(config);
      showMarket(config.catalogue.markets[0]!.name);
      return;
    } catch (error) {
      render(<p class="alarm">The server of this page cannot be reached: {String(error)}</p>, page);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** For whoever measures how the page keeps up. */
Object.assign(globalThis, { constellation: counted });
void start();
