/** Where this page finds everything: its own server says so. */

import { Catalogue, type Settings, settingsFromJson } from "@constellation/sdk";

interface TerminalDocument {
  readonly network_passphrase: string;
  readonly client_url: string | null;
  readonly horizon_url: string | null;
  readonly sandbox: boolean;
  readonly settings: object;
}

export interface TerminalConfig {
  readonly networkPassphrase: string;
  /** Of alpha; null where one can only look. */
  readonly clientUrl: string | null;
  readonly horizonUrl: string | null;
  /** Money is worth nothing here, and a friendbot gives it away. */
  readonly sandbox: boolean;
  /** Of genesis: what is trusted, as far as the server of this page is. */
  readonly settings: object;
  readonly genesis: Settings;
  /** Of the settings in force, for what is shown; what is signed follows those that alpha proves. */
  readonly catalogue: Catalogue;
  readonly feedUrl: string;
}

/** Asks the page's server. */
export async function readConfig(): Promise<TerminalConfig> {
  const response = await fetch("/v1/terminal");
  if (!response.ok) throw new Error(`the server of this page answers ${response.status}`);
  const document = (await response.json()) as TerminalDocument;
  const genesis = settingsFromJson(document.settings);
  return {
    networkPassphrase: document.network_passphrase,
    clientUrl: document.client_url,
    horizonUrl: document.horizon_url,
    sandbox: document.sandbox,
    settings: document.settings,
    genesis,
    catalogue: new Catalogue((await settingsInForce()) ?? genesis),
    feedUrl: `${location.origin.replace(/^http/, "ws")}/v1/ws`,
  };
}

async function settingsInForce(): Promise<Settings | null> {
  const response = await fetch("/v1/settings");
  if (!response.ok) return null;
  const { settings } = (await response.json()) as { settings: object };
  return settingsFromJson(settings);
}
