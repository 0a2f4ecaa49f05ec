/** Assets and markets by name, with their rules. */

import { InvalidRequest } from "./errors.js";
import { amountText, type Decimal, type Direction, roundUnits, unitsOf } from "./numbers.js";
import { DECIMALS, fromUnits } from "./protocol/amounts.js";
import { type MarketSettings, MarketStatus, type Settings } from "./protocol/messages/index.js";
import { Names } from "./protocol/names.js";
import { nameOf } from "./protocol/xdr.js";

const PPM_DECIMALS = 6;

export type MarketStatusName = "open" | "cancel_only" | "halted" | "post_only";

/** A market's rules. Prices and amounts are decimal text. */
export class Market {
  readonly priceDecimals: number;
  /** Prices are multiples of it. */
  readonly tick: string;
  /** Amounts are multiples of it. */
  readonly lot: string;
  /** Price times amount is at least this. */
  readonly minimumNotional: string;
  /** Share of what the resting side receives. */
  readonly makerFee: string;
  /** Share of what the other side receives. */
  readonly takerFee: string;
  readonly status: MarketStatusName;
  /** Share of the last price by which an order may go beyond it; null for any. */
  readonly priceBand: string | null;
  readonly #rules: MarketSettings;

  constructor(
    readonly id: number,
    /** Such as `XLM/USD`. */
    readonly name: string,
    readonly base: string,
    readonly quote: string,
    rules: MarketSettings,
  ) {
    this.#rules = rules;
    this.priceDecimals = rules.priceDecimals;
    this.tick = this.price(rules.tick);
    this.lot = amountText(rules.lot);
    this.minimumNotional = amountText(rules.minimumNotional);
    this.makerFee = share(rules.makerFeePpm);
    this.takerFee = share(rules.takerFeePpm);
    this.status = nameOf(MarketStatus, rules.status).slice("MARKET_".length).toLowerCase() as MarketStatusName;
    this.priceBand = rules.priceBandPpm === 0 ? null : share(rules.priceBandPpm);
  }

  /** The price that so many units are on the wire. */
  price(units: bigint): string {
    return fromUnits(units, this.priceDecimals);
  }

  /** The nearest valid price: not above `value`, or with `up`, not below it. */
  roundPrice(value: Decimal, direction: Direction = "down"): string {
    return this.price(roundUnits(value, this.priceDecimals, this.#rules.tick, direction));
  }

  /** The nearest valid amount: not above `value`, or with `up`, not below it. */
  roundAmount(value: Decimal, direction: Direction = "down"): string {
    return amountText(roundUnits(value, DECIMALS, this.#rules.lot, direction));
  }

  /** The price as it is signed; throws an `InvalidRequest` where it is no positive multiple of the tick. */
  priceUnits(value: Decimal): bigint {
    const units = unitsOf(value, this.priceDecimals, "price", this.#hint);
    if (units <= 0n || units % this.#rules.tick !== 0n) {
      throw new InvalidRequest(`price ${value} is no positive multiple of the tick${this.#hint}`);
    }
    return units;
  }

  /** The amount of base as it is signed; throws an `InvalidRequest` where it is no positive multiple of the lot. */
  amountUnits(value: Decimal): bigint {
    const units = unitsOf(value, DECIMALS, "amount", this.#hint);
    if (units <= 0n || units % this.#rules.lot !== 0n) {
      throw new InvalidRequest(`amount ${value} is no positive multiple of the lot${this.#hint}`);
    }
    return units;
  }

  get #hint(): string {
    return ` (${this.name}: tick ${this.tick}, lot ${this.lot}; roundPrice and roundAmount help)`;
  }
}

/** Alpha tells of an asset or a market that the known settings do not list. */
export class NotListed extends Error {
  override readonly name = "NotListed";
}

/** Everything that the settings list. */
export class Catalogue {
  #settings: Settings;
  #names: Names;
  #markets: readonly Market[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#names = new Names(settings);
    this.update(settings);
  }

  /** Other settings are in force. */
  update(settings: Settings): void {
    this.#settings = settings;
    this.#names = new Names(settings);
    this.#markets = settings.markets.map((rules, id) => {
      const { assets, markets } = this.#names;
      return new Market(id, markets[id]!, assets[rules.base]!, assets[rules.quote]!, rules);
    });
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** By asset id. */
  get assetNames(): readonly string[] {
    return this.#names.assets;
  }

  /** By market id. */
  get markets(): readonly Market[] {
    return this.#markets;
  }

  /** Of lumens, in every account; it cannot be spent. */
  get minimumBalance(): string {
    return amountText(this.#settings.minimumBalance);
  }

  /** The id of a listed asset; throws an `InvalidRequest`. */
  assetId(name: string): number {
    const id = this.#names.assetId(name);
    if (id !== undefined) return id;
    const listed = this.assetNames.join(", ");
    throw new InvalidRequest(
      `asset ${JSON.stringify(name)} is not listed, or its code is not unique; there are ${listed}`,
    );
  }

  /** A listed market, such as `XLM/USD`; throws an `InvalidRequest`. */
  market(name: string): Market {
    const id = typeof name === "string" ? this.#names.marketId(name) : undefined;
    if (id !== undefined) return this.#markets[id]!;
    const listed = this.#markets.map((market) => market.name).join(", ");
    throw new InvalidRequest(`market ${JSON.stringify(name)} is not listed; there are ${listed}`);
  }

  /** The market that trades two assets; throws an `InvalidRequest` where there is none, or two. */
  marketBetween(one: string, other: string): Market {
    const pair = [this.assetId(one), this.assetId(other)].map((id) => this.assetNames[id]!);
    const found = this.#markets.filter(({ base, quote }) => pair.includes(base) && pair.includes(quote));
    if (found.length === 1 && pair[0] !== pair[1]) return found[0]!;
    throw new InvalidRequest(`${found.length} markets trade ${one} and ${other}: name the path, market by market`);
  }

  /** An asset's name by its id; throws `NotListed`. */
  assetName(id: number): string {
    const name = this.assetNames[id];
    if (name === undefined) throw new NotListed(`asset ${id}`);
    return name;
  }

  /** A market by its id; throws `NotListed`. */
  marketOf(id: number): Market {
    const market = this.#markets[id];
    if (market === undefined) throw new NotListed(`market ${id}`);
    return market;
  }
}

function share(ppm: number): string {
  return fromUnits(BigInt(ppm), PPM_DECIMALS);
}
