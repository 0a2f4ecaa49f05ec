/** The constellation's settings from their JSON document, which carries their hash. */

import { parseAmount } from "./amounts.js";
import { toHex } from "./bytes.js";
import { MarketStatus, QuorumRule, Settings } from "./messages/index.js";
import { parseAsset } from "./names.js";
import { settingsHash } from "./signing.js";
import { decodePublicKey } from "./strkey.js";
import { UnencodableMessage } from "./xdr.js";

/**
 * The settings in a document, as `constellation.json` has them.
 *
 * @param document - its text, or what `JSON.parse` makes of it.
 * @throws RangeError: something is missing, malformed, or does not fit the hash in the document.
 */
export function settingsFromJson(document: unknown): Settings {
  const parsed: unknown = typeof document === "string" ? JSON.parse(document) : document;
  const settings = readSettings(parsed);
  const found = toHex(settingsHash(settings));
  if ((parsed as { settings_hash?: unknown }).settings_hash !== found) {
    throw new RangeError(`the settings were changed: their hash is ${found}, the document says otherwise`);
  }
  return settings;
}

function readSettings(document: unknown): Settings {
  try {
    const settings = parse(document as Document);
    Settings.encode(settings);
    return settings;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError || error instanceof UnencodableMessage) {
      throw new RangeError(`the settings lack or misstate something: ${error.message}`);
    }
    throw error;
  }
}

// What the document should be; whatever it is instead, an encoder or a parser refuses.
interface Document {
  rules: number;
  network_passphrase: string;
  vault: string;
  alpha: string;
  auditors: string[];
  quorum_rule: string;
  channels: { account: string; sequence: string }[];
  ledger_cursor: string;
  vault_reserve: string;
  fee_account: string;
  minimum_balance: string;
  transaction_fee_stroops: number;
  withdrawal_lifetime_s: number;
  approval_lifetime_s: number;
  limits: {
    validity_us: number;
    open_orders: number;
    fills: number;
    withdrawals: number;
    requests_per_second: number;
    burst: number;
  };
  assets: { asset: string; minimum_deposit: string; approval_above: string }[];
  markets: MarketDocument[];
}

interface MarketDocument {
  base: number;
  quote: number;
  price_decimals: number;
  tick: number;
  lot: string;
  minimum_notional: string;
  maker_fee_ppm: number;
  taker_fee_ppm: number;
  status: string;
  price_band_ppm: number;
}

function parse(document: Document): Settings {
  const { limits } = document;
  return {
    rules: document.rules,
    networkPassphrase: document.network_passphrase,
    vault: decodePublicKey(document.vault),
    alpha: decodePublicKey(document.alpha),
    auditors: document.auditors.map(decodePublicKey),
    quorumRule: member(QuorumRule, document.quorum_rule),
    channels: document.channels.map((item) => ({
      account: decodePublicKey(item.account),
      sequence: integer(item.sequence),
    })),
    ledgerCursor: integer(document.ledger_cursor),
    vaultReserve: parseAmount(document.vault_reserve),
    feeAccount: decodePublicKey(document.fee_account),
    minimumBalance: parseAmount(document.minimum_balance),
    transactionFee: document.transaction_fee_stroops,
    withdrawalLifetimeS: document.withdrawal_lifetime_s,
    approvalLifetimeS: document.approval_lifetime_s,
    limits: {
      validityUs: integer(limits.validity_us),
      openOrders: limits.open_orders,
      fills: limits.fills,
      withdrawals: limits.withdrawals,
      requestsPerSecond: limits.requests_per_second,
      burst: limits.burst,
    },
    assets: document.assets.map((item) => ({
      identity: parseAsset(item.asset),
      minimumDeposit: parseAmount(item.minimum_deposit),
      approvalAbove: parseAmount(item.approval_above),
    })),
    markets: document.markets.map(parseMarket),
  };
}

function parseMarket(item: MarketDocument): Settings["markets"][number] {
  return {
    base: item.base,
    quote: item.quote,
    priceDecimals: item.price_decimals,
    tick: integer(item.tick),
    lot: parseAmount(item.lot),
    minimumNotional: parseAmount(item.minimum_notional),
    makerFeePpm: item.maker_fee_ppm,
    takerFeePpm: item.taker_fee_ppm,
    status: member(MarketStatus, item.status),
    priceBandPpm: item.price_band_ppm,
  };
}

function integer(value: string | number): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new RangeError(`${value} is no exact whole number`);
  return BigInt(value);
}

function member<T extends Readonly<Record<string, number>>>(members: T, name: string): T[keyof T] {
  if (!Object.hasOwn(members, name)) throw new RangeError(`there is no ${name}`);
  return members[name] as T[keyof T];
}
