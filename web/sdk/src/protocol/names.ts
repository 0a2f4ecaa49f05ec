/**
 * What assets and markets are called.
 *
 * An asset is named by its code where only one listed asset has it, and always by `CODE:ISSUER`; lumens are `XLM`. A
 * market is named by its assets, `BASE/QUOTE`.
 */

import { type AssetIdentity, type Settings } from "./messages/index.js";
import { decodePublicKey, encodePublicKey } from "./strkey.js";

/** `native` or `CODE:ISSUER` (SEP-11). */
export function formatAsset(identity: AssetIdentity): string {
  return identity.type === "NATIVE" ? "native" : `${identity.value.code}:${encodePublicKey(identity.value.issuer)}`;
}

/** The asset behind `native`, `XLM` or `CODE:ISSUER`. Throws a `RangeError` where it is neither. */
export function parseAsset(text: string): AssetIdentity {
  if (text === "native" || text === "XLM") return { type: "NATIVE" };
  const [, code, issuer] = /^([A-Za-z0-9]{1,12}):(.*)$/s.exec(text) ?? [];
  if (code === undefined || issuer === undefined) {
    throw new RangeError(`${JSON.stringify(text)} is not an asset: write native or CODE:ISSUER`);
  }
  return { type: "CREDIT", value: { code, issuer: decodePublicKey(issuer) } };
}

export class Names {
  /** By asset id. */
  readonly assets: readonly string[];
  /** By market id. */
  readonly markets: readonly string[];
  readonly #assetIds = new Map<string, number>();
  readonly #marketIds = new Map<string, number>();

  constructor(settings: Settings) {
    const identities = settings.assets.map((asset) => asset.identity);
    const codes = identities.map(codeOf);
    this.assets = identities.map((identity, id) => {
      const isUnique = codes.filter((code) => code === codes[id]).length === 1;
      return identity.type === "NATIVE" || isUnique ? codes[id]! : formatAsset(identity);
    });
    identities.forEach((identity, id) => this.#assetIds.set(formatAsset(identity), id));
    this.assets.forEach((name, id) => this.#assetIds.set(name, id));
    this.markets = settings.markets.map((market) => `${this.assets[market.base]}/${this.assets[market.quote]}`);
    settings.markets.forEach((market, id) => this.#marketIds.set(`${market.base}/${market.quote}`, id));
  }

  /** The id of a listed asset; undefined where it is not listed, or its code alone is ambiguous. */
  assetId(name: string): number | undefined {
    return this.#assetIds.get(name);
  }

  /** The id of a listed market such as `XLM/USD`; its assets may be named in either way. */
  marketId(name: string): number | undefined {
    const place = name.indexOf("/");
    if (place < 0) return undefined;
    const [base, quote] = [this.assetId(name.slice(0, place)), this.assetId(name.slice(place + 1))];
    return base === undefined || quote === undefined ? undefined : this.#marketIds.get(`${base}/${quote}`);
  }
}

function codeOf(identity: AssetIdentity): string {
  return identity.type === "NATIVE" ? "XLM" : identity.value.code;
}
