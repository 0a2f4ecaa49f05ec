/** Where this page finds everything: its own server says so. */

import { Catalogue, settingsFromJson } from "@constellation/sdk";

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
  readonly catalogue: Catalogue;
  readonly feedUrl: string;
}

/** Asks the page's server. */
export async function readConfig(): Promise<TerminalConfig> {
  const response = await fetch("/v1/terminal");
  if (!response.ok) throw new Error(`the server of this page answers ${response.status}`);
  const document = (await response.json()) as TerminalDocument;
  return {
    networkPassphrase: document.network_passphrase,
    clientUrl: document.client_url,
    horizonUrl: document.horizon_url,
    sandbox: document.sandbox,
    settings: document.settings,
    catalogue: new Catalogue(settingsFromJson(document.settings)),
    feedUrl: `${location.origin.replace(/^http/, "ws")}/v1/ws`,
  };
}
