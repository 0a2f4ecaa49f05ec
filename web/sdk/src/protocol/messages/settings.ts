/**
 * Generated from xdr/settings.x by tools/xdr_generator.py; do not edit.
 *
 * What a constellation agrees on at genesis. Its hash is the parent of the first batch.
 */
import { codec, type Codec } from "../xdr.js";
import { AssetIdentity, MAX_AUDITORS, QuorumRule, type Amount, type AssetId, type Key, type LedgerCursor, type Price } from "./common.js";

/** The const MAX_CHANNELS of settings.x. */
export const MAX_CHANNELS = 64;

/** The const MAX_ASSETS of settings.x. */
export const MAX_ASSETS = 256;

/** The const MAX_MARKETS of settings.x. */
export const MAX_MARKETS = 1024;

/** The enum MarketStatus of settings.x. */
export const MarketStatus = {
  MARKET_OPEN: 0,
  MARKET_CANCEL_ONLY: 1,
  MARKET_HALTED: 2,
  MARKET_POST_ONLY: 3,
} as const;
export type MarketStatus = (typeof MarketStatus)[keyof typeof MarketStatus];

/** The struct ChannelSettings of settings.x. */
export interface ChannelSettings {
  readonly account: Key;
  readonly sequence: bigint;
}

export const ChannelSettings: Codec<ChannelSettings> = codec<ChannelSettings>(
  "ChannelSettings",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "ChannelSettings.account");
    writer.int64(value.sequence, "ChannelSettings.sequence");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "ChannelSettings.account"),
    sequence: reader.int64("ChannelSettings.sequence"),
  }),
);

/** The struct AssetSettings of settings.x. */
export interface AssetSettings {
  readonly identity: AssetIdentity;
  readonly minimumDeposit: Amount;
  readonly approvalAbove: Amount;
}

export const AssetSettings: Codec<AssetSettings> = codec<AssetSettings>(
  "AssetSettings",
  (writer, value) => {
    AssetIdentity.write(writer, value.identity);
    writer.int64(value.minimumDeposit, "AssetSettings.minimum_deposit");
    writer.int64(value.approvalAbove, "AssetSettings.approval_above");
  },
  (reader) => ({
    identity: AssetIdentity.read(reader),
    minimumDeposit: reader.int64("AssetSettings.minimum_deposit"),
    approvalAbove: reader.int64("AssetSettings.approval_above"),
  }),
);

/** The struct MarketSettings of settings.x. */
export interface MarketSettings {
  readonly base: AssetId;
  readonly quote: AssetId;
  readonly priceDecimals: number;
  readonly tick: Price;
  readonly lot: Amount;
  readonly minimumNotional: Amount;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly status: MarketStatus;
  readonly priceBandPpm: number;
}

export const MarketSettings: Codec<MarketSettings> = codec<MarketSettings>(
  "MarketSettings",
  (writer, value) => {
    writer.uint32(value.base, "MarketSettings.base");
    writer.uint32(value.quote, "MarketSettings.quote");
    writer.uint32(value.priceDecimals, "MarketSettings.price_decimals");
    writer.int64(value.tick, "MarketSettings.tick");
    writer.int64(value.lot, "MarketSettings.lot");
    writer.int64(value.minimumNotional, "MarketSettings.minimum_notional");
    writer.uint32(value.makerFeePpm, "MarketSettings.maker_fee_ppm");
    writer.uint32(value.takerFeePpm, "MarketSettings.taker_fee_ppm");
    writer.enumerated(value.status, MarketStatus, "MarketSettings.status");
    writer.uint32(value.priceBandPpm, "MarketSettings.price_band_ppm");
  },
  (reader) => ({
    base: reader.uint32("MarketSettings.base"),
    quote: reader.uint32("MarketSettings.quote"),
    priceDecimals: reader.uint32("MarketSettings.price_decimals"),
    tick: reader.int64("MarketSettings.tick"),
    lot: reader.int64("MarketSettings.lot"),
    minimumNotional: reader.int64("MarketSettings.minimum_notional"),
    makerFeePpm: reader.uint32("MarketSettings.maker_fee_ppm"),
    takerFeePpm: reader.uint32("MarketSettings.taker_fee_ppm"),
    status: reader.enumerated(MarketStatus, "MarketSettings.status"),
    priceBandPpm: reader.uint32("MarketSettings.price_band_ppm"),
  }),
);

/** The struct RequestLimits of settings.x. */
export interface RequestLimits {
  readonly validityUs: bigint;
  readonly openOrders: number;
  readonly fills: number;
  readonly withdrawals: number;
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export const RequestLimits: Codec<RequestLimits> = codec<RequestLimits>(
  "RequestLimits",
  (writer, value) => {
    writer.int64(value.validityUs, "RequestLimits.validity_us");
    writer.uint32(value.openOrders, "RequestLimits.open_orders");
    writer.uint32(value.fills, "RequestLimits.fills");
    writer.uint32(value.withdrawals, "RequestLimits.withdrawals");
    writer.uint32(value.requestsPerSecond, "RequestLimits.requests_per_second");
    writer.uint32(value.burst, "RequestLimits.burst");
  },
  (reader) => ({
    validityUs: reader.int64("RequestLimits.validity_us"),
    openOrders: reader.uint32("RequestLimits.open_orders"),
    fills: reader.uint32("RequestLimits.fills"),
    withdrawals: reader.uint32("RequestLimits.withdrawals"),
    requestsPerSecond: reader.uint32("RequestLimits.requests_per_second"),
    burst: reader.uint32("RequestLimits.burst"),
  }),
);

/** The struct Settings of settings.x. */
export interface Settings {
  readonly rules: number;
  readonly networkPassphrase: string;
  readonly vault: Key;
  readonly alpha: Key;
  readonly auditors: readonly Key[];
  readonly quorumRule: QuorumRule;
  readonly channels: readonly ChannelSettings[];
  readonly ledgerCursor: LedgerCursor;
  readonly vaultReserve: Amount;
  readonly feeAccount: Key;
  readonly minimumBalance: Amount;
  readonly transactionFee: number;
  readonly withdrawalLifetimeS: number;
  readonly approvalLifetimeS: number;
  readonly limits: RequestLimits;
  readonly assets: readonly AssetSettings[];
  readonly markets: readonly MarketSettings[];
}

export const Settings: Codec<Settings> = codec<Settings>(
  "Settings",
  (writer, value) => {
    writer.uint32(value.rules, "Settings.rules");
    writer.string(value.networkPassphrase, 128, "Settings.network_passphrase");
    writer.fixedOpaque(value.vault, 32, "Settings.vault");
    writer.fixedOpaque(value.alpha, 32, "Settings.alpha");
    writer.list(value.auditors, MAX_AUDITORS, (item) => writer.fixedOpaque(item, 32, "Settings.auditors"), "Settings.auditors");
    writer.enumerated(value.quorumRule, QuorumRule, "Settings.quorum_rule");
    writer.list(value.channels, MAX_CHANNELS, (item) => ChannelSettings.write(writer, item), "Settings.channels");
    writer.uint64(value.ledgerCursor, "Settings.ledger_cursor");
    writer.int64(value.vaultReserve, "Settings.vault_reserve");
    writer.fixedOpaque(value.feeAccount, 32, "Settings.fee_account");
    writer.int64(value.minimumBalance, "Settings.minimum_balance");
    writer.uint32(value.transactionFee, "Settings.transaction_fee");
    writer.uint32(value.withdrawalLifetimeS, "Settings.withdrawal_lifetime_s");
    writer.uint32(value.approvalLifetimeS, "Settings.approval_lifetime_s");
    RequestLimits.write(writer, value.limits);
    writer.list(value.assets, MAX_ASSETS, (item) => AssetSettings.write(writer, item), "Settings.assets");
    writer.list(value.markets, MAX_MARKETS, (item) => MarketSettings.write(writer, item), "Settings.markets");
  },
  (reader) => ({
    rules: reader.uint32("Settings.rules"),
    networkPassphrase: reader.string(128, "Settings.network_passphrase"),
    vault: reader.fixedOpaque(32, "Settings.vault"),
    alpha: reader.fixedOpaque(32, "Settings.alpha"),
    auditors: reader.list(MAX_AUDITORS, 32, () => reader.fixedOpaque(32, "Settings.auditors"), "Settings.auditors"),
    quorumRule: reader.enumerated(QuorumRule, "Settings.quorum_rule"),
    channels: reader.list(MAX_CHANNELS, 40, () => ChannelSettings.read(reader), "Settings.channels"),
    ledgerCursor: reader.uint64("Settings.ledger_cursor"),
    vaultReserve: reader.int64("Settings.vault_reserve"),
    feeAccount: reader.fixedOpaque(32, "Settings.fee_account"),
    minimumBalance: reader.int64("Settings.minimum_balance"),
    transactionFee: reader.uint32("Settings.transaction_fee"),
    withdrawalLifetimeS: reader.uint32("Settings.withdrawal_lifetime_s"),
    approvalLifetimeS: reader.uint32("Settings.approval_lifetime_s"),
    limits: RequestLimits.read(reader),
    assets: reader.list(MAX_ASSETS, 20, () => AssetSettings.read(reader), "Settings.assets"),
    markets: reader.list(MAX_MARKETS, 52, () => MarketSettings.read(reader), "Settings.markets"),
  }),
);
