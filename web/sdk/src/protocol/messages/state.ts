/**
 * Generated from xdr/state.x by tools/xdr_generator.py; do not edit.
 *
 * What the state root commits to: one entry per thing that can be proved.
 */
import { codec, type Codec } from "../xdr.js";
import { AssetIdentity, MAX_AUDITORS, MAX_CLIENT_ORDER_ID, QuorumRule, Side, type Amount, type Apex, type AssetId, type Hash, type Key, type LedgerCursor, type MarketId, type Price, type Timestamp } from "./common.js";
import { MAX_ASSETS, Settings } from "./settings.js";
import { AccountKeys } from "./keys.js";
import { LimitOrder, MarketOrder, Withdrawal } from "./requests.js";
import { SuspensionReason } from "./governance.js";
import { ModeInForce } from "./modes.js";
import { ClaimableDeposit } from "./quanta.js";
import { SuspenseReason } from "./effects.js";

/** The struct BalanceEntry of state.x. */
export interface BalanceEntry {
  readonly asset: AssetId;
  readonly balance: Amount;
  readonly liabilities: Amount;
}

export const BalanceEntry: Codec<BalanceEntry> = codec<BalanceEntry>(
  "BalanceEntry",
  (writer, value) => {
    writer.uint32(value.asset, "BalanceEntry.asset");
    writer.int64(value.balance, "BalanceEntry.balance");
    writer.int64(value.liabilities, "BalanceEntry.liabilities");
  },
  (reader) => ({
    asset: reader.uint32("BalanceEntry.asset"),
    balance: reader.int64("BalanceEntry.balance"),
    liabilities: reader.int64("BalanceEntry.liabilities"),
  }),
);

/** The struct AccountEntry of state.x. */
export interface AccountEntry {
  readonly account: Key;
  readonly nonce: bigint;
  readonly effectNumber: bigint;
  readonly routingId: bigint | null;
  readonly cancelAllAt: Timestamp | null;
  readonly keys: AccountKeys | null;
  readonly balances: readonly BalanceEntry[];
}

export const AccountEntry: Codec<AccountEntry> = codec<AccountEntry>(
  "AccountEntry",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "AccountEntry.account");
    writer.int64(value.nonce, "AccountEntry.nonce");
    writer.uint64(value.effectNumber, "AccountEntry.effect_number");
    writer.optional(value.routingId, (item) => writer.uint64(item, "AccountEntry.routing_id"));
    writer.optional(value.cancelAllAt, (item) => writer.int64(item, "AccountEntry.cancel_all_at"));
    writer.optional(value.keys, (item) => AccountKeys.write(writer, item));
    writer.list(value.balances, MAX_ASSETS, (item) => BalanceEntry.write(writer, item), "AccountEntry.balances");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "AccountEntry.account"),
    nonce: reader.int64("AccountEntry.nonce"),
    effectNumber: reader.uint64("AccountEntry.effect_number"),
    routingId: reader.optional(() => reader.uint64("AccountEntry.routing_id"), "AccountEntry.routing_id"),
    cancelAllAt: reader.optional(() => reader.int64("AccountEntry.cancel_all_at"), "AccountEntry.cancel_all_at"),
    keys: reader.optional(() => AccountKeys.read(reader), "AccountEntry.keys"),
    balances: reader.list(MAX_ASSETS, 20, () => BalanceEntry.read(reader), "AccountEntry.balances"),
  }),
);

/** Where a triggered order was executed. */
export interface TriggeredAt {
  readonly apex: Apex;
  readonly place: number;
}

export const TriggeredAt: Codec<TriggeredAt> = codec<TriggeredAt>(
  "TriggeredAt",
  (writer, value) => {
    writer.uint64(value.apex, "TriggeredAt.apex");
    writer.uint32(value.place, "TriggeredAt.place");
  },
  (reader) => ({
    apex: reader.uint64("TriggeredAt.apex"),
    place: reader.uint32("TriggeredAt.place"),
  }),
);

/** The struct OrderEntry of state.x. */
export interface OrderEntry {
  readonly order: Apex;
  readonly account: Key;
  readonly market: MarketId;
  readonly side: Side;
  readonly price: Price;
  readonly remaining: Amount;
  readonly clientOrderId: string;
  readonly expiresAt: Timestamp | null;
  readonly triggered: TriggeredAt | null;
}

export const OrderEntry: Codec<OrderEntry> = codec<OrderEntry>(
  "OrderEntry",
  (writer, value) => {
    writer.uint64(value.order, "OrderEntry.order");
    writer.fixedOpaque(value.account, 32, "OrderEntry.account");
    writer.uint32(value.market, "OrderEntry.market");
    writer.enumerated(value.side, Side, "OrderEntry.side");
    writer.int64(value.price, "OrderEntry.price");
    writer.int64(value.remaining, "OrderEntry.remaining");
    writer.string(value.clientOrderId, MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id");
    writer.optional(value.expiresAt, (item) => writer.int64(item, "OrderEntry.expires_at"));
    writer.optional(value.triggered, (item) => TriggeredAt.write(writer, item));
  },
  (reader) => ({
    order: reader.uint64("OrderEntry.order"),
    account: reader.fixedOpaque(32, "OrderEntry.account"),
    market: reader.uint32("OrderEntry.market"),
    side: reader.enumerated(Side, "OrderEntry.side"),
    price: reader.int64("OrderEntry.price"),
    remaining: reader.int64("OrderEntry.remaining"),
    clientOrderId: reader.string(MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id"),
    expiresAt: reader.optional(() => reader.int64("OrderEntry.expires_at"), "OrderEntry.expires_at"),
    triggered: reader.optional(() => TriggeredAt.read(reader), "OrderEntry.triggered"),
  }),
);

/** The struct MarketEntry of state.x. */
export interface MarketEntry {
  readonly market: MarketId;
  readonly lastPrice: Price;
  readonly highest: Price;
  readonly lowest: Price;
  readonly due: Timestamp;
}

export const MarketEntry: Codec<MarketEntry> = codec<MarketEntry>(
  "MarketEntry",
  (writer, value) => {
    writer.uint32(value.market, "MarketEntry.market");
    writer.int64(value.lastPrice, "MarketEntry.last_price");
    writer.int64(value.highest, "MarketEntry.highest");
    writer.int64(value.lowest, "MarketEntry.lowest");
    writer.int64(value.due, "MarketEntry.due");
  },
  (reader) => ({
    market: reader.uint32("MarketEntry.market"),
    lastPrice: reader.int64("MarketEntry.last_price"),
    highest: reader.int64("MarketEntry.highest"),
    lowest: reader.int64("MarketEntry.lowest"),
    due: reader.int64("MarketEntry.due"),
  }),
);

/** The enum ArmedType of state.x. */
export const ArmedType = {
  ARMED_LIMIT: 0,
  ARMED_MARKET: 1,
} as const;
export type ArmedType = (typeof ArmedType)[keyof typeof ArmedType];

/** The union ArmedOperation of state.x. */
export type ArmedOperation =
  | { readonly type: "ARMED_LIMIT"; readonly value: LimitOrder }
  | { readonly type: "ARMED_MARKET"; readonly value: MarketOrder };

export const ArmedOperation: Codec<ArmedOperation> = codec<ArmedOperation>(
  "ArmedOperation",
  (writer, value) => {
    switch (value.type) {
      case "ARMED_LIMIT":
        writer.int32(ArmedType.ARMED_LIMIT, "ArmedOperation.type");
        LimitOrder.write(writer, value.value);
        return;
      case "ARMED_MARKET":
        writer.int32(ArmedType.ARMED_MARKET, "ArmedOperation.type");
        MarketOrder.write(writer, value.value);
        return;
      default:
        writer.unknownArm("ArmedOperation.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(ArmedType, "ArmedOperation.type")) {
      case ArmedType.ARMED_LIMIT:
        return { type: "ARMED_LIMIT", value: LimitOrder.read(reader) };
      case ArmedType.ARMED_MARKET:
        return { type: "ARMED_MARKET", value: MarketOrder.read(reader) };
    }
  },
);

/** An order that waits for its trigger. */
export interface ArmedEntry {
  readonly order: Apex;
  readonly account: Key;
  readonly operation: ArmedOperation;
}

export const ArmedEntry: Codec<ArmedEntry> = codec<ArmedEntry>(
  "ArmedEntry",
  (writer, value) => {
    writer.uint64(value.order, "ArmedEntry.order");
    writer.fixedOpaque(value.account, 32, "ArmedEntry.account");
    ArmedOperation.write(writer, value.operation);
  },
  (reader) => ({
    order: reader.uint64("ArmedEntry.order"),
    account: reader.fixedOpaque(32, "ArmedEntry.account"),
    operation: ArmedOperation.read(reader),
  }),
);

/** The struct PreparedTransaction of state.x. */
export interface PreparedTransaction {
  readonly channel: Key;
  readonly sequence: bigint;
  readonly fee: number;
  readonly maxTimeS: bigint;
  readonly transaction: Hash;
}

export const PreparedTransaction: Codec<PreparedTransaction> = codec<PreparedTransaction>(
  "PreparedTransaction",
  (writer, value) => {
    writer.fixedOpaque(value.channel, 32, "PreparedTransaction.channel");
    writer.int64(value.sequence, "PreparedTransaction.sequence");
    writer.uint32(value.fee, "PreparedTransaction.fee");
    writer.int64(value.maxTimeS, "PreparedTransaction.max_time_s");
    writer.fixedOpaque(value.transaction, 32, "PreparedTransaction.transaction");
  },
  (reader) => ({
    channel: reader.fixedOpaque(32, "PreparedTransaction.channel"),
    sequence: reader.int64("PreparedTransaction.sequence"),
    fee: reader.uint32("PreparedTransaction.fee"),
    maxTimeS: reader.int64("PreparedTransaction.max_time_s"),
    transaction: reader.fixedOpaque(32, "PreparedTransaction.transaction"),
  }),
);

/** The struct WithdrawalEntry of state.x. */
export interface WithdrawalEntry {
  readonly withdrawal: Apex;
  readonly account: Key;
  readonly operation: Withdrawal;
  readonly approveUntil: Timestamp | null;
  readonly prepared: PreparedTransaction | null;
}

export const WithdrawalEntry: Codec<WithdrawalEntry> = codec<WithdrawalEntry>(
  "WithdrawalEntry",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalEntry.withdrawal");
    writer.fixedOpaque(value.account, 32, "WithdrawalEntry.account");
    Withdrawal.write(writer, value.operation);
    writer.optional(value.approveUntil, (item) => writer.int64(item, "WithdrawalEntry.approve_until"));
    writer.optional(value.prepared, (item) => PreparedTransaction.write(writer, item));
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalEntry.withdrawal"),
    account: reader.fixedOpaque(32, "WithdrawalEntry.account"),
    operation: Withdrawal.read(reader),
    approveUntil: reader.optional(() => reader.int64("WithdrawalEntry.approve_until"), "WithdrawalEntry.approve_until"),
    prepared: reader.optional(() => PreparedTransaction.read(reader), "WithdrawalEntry.prepared"),
  }),
);

/** The struct ChannelEntry of state.x. */
export interface ChannelEntry {
  readonly account: Key;
  readonly sequence: bigint;
  readonly transaction: Hash | null;
}

export const ChannelEntry: Codec<ChannelEntry> = codec<ChannelEntry>(
  "ChannelEntry",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "ChannelEntry.account");
    writer.int64(value.sequence, "ChannelEntry.sequence");
    writer.optional(value.transaction, (item) => writer.fixedOpaque(item, 32, "ChannelEntry.transaction"));
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "ChannelEntry.account"),
    sequence: reader.int64("ChannelEntry.sequence"),
    transaction: reader.optional(() => reader.fixedOpaque(32, "ChannelEntry.transaction"), "ChannelEntry.transaction"),
  }),
);

/** The constellation's own wish to the ledger, and the transaction that fulfils it. */
export interface TaskEntry {
  readonly queued: Apex;
  readonly prepared: PreparedTransaction | null;
}

export const TaskEntry: Codec<TaskEntry> = codec<TaskEntry>(
  "TaskEntry",
  (writer, value) => {
    writer.uint64(value.queued, "TaskEntry.queued");
    writer.optional(value.prepared, (item) => PreparedTransaction.write(writer, item));
  },
  (reader) => ({
    queued: reader.uint64("TaskEntry.queued"),
    prepared: reader.optional(() => PreparedTransaction.read(reader), "TaskEntry.prepared"),
  }),
);

/** The struct SuspenseEntry of state.x. */
export interface SuspenseEntry {
  readonly operation: LedgerCursor;
  readonly asset: AssetIdentity;
  readonly amount: Amount;
  readonly source: Key;
  readonly transaction: Hash;
  readonly reason: SuspenseReason;
  readonly refunds: number;
  readonly refund: TaskEntry | null;
}

export const SuspenseEntry: Codec<SuspenseEntry> = codec<SuspenseEntry>(
  "SuspenseEntry",
  (writer, value) => {
    writer.uint64(value.operation, "SuspenseEntry.operation");
    AssetIdentity.write(writer, value.asset);
    writer.int64(value.amount, "SuspenseEntry.amount");
    writer.fixedOpaque(value.source, 32, "SuspenseEntry.source");
    writer.fixedOpaque(value.transaction, 32, "SuspenseEntry.transaction");
    writer.enumerated(value.reason, SuspenseReason, "SuspenseEntry.reason");
    writer.uint32(value.refunds, "SuspenseEntry.refunds");
    writer.optional(value.refund, (item) => TaskEntry.write(writer, item));
  },
  (reader) => ({
    operation: reader.uint64("SuspenseEntry.operation"),
    asset: AssetIdentity.read(reader),
    amount: reader.int64("SuspenseEntry.amount"),
    source: reader.fixedOpaque(32, "SuspenseEntry.source"),
    transaction: reader.fixedOpaque(32, "SuspenseEntry.transaction"),
    reason: reader.enumerated(SuspenseReason, "SuspenseEntry.reason"),
    refunds: reader.uint32("SuspenseEntry.refunds"),
    refund: reader.optional(() => TaskEntry.read(reader), "SuspenseEntry.refund"),
  }),
);

/** A claimable balance that the vault wants. */
export interface ClaimEntry {
  readonly deposit: ClaimableDeposit;
  readonly task: TaskEntry;
}

export const ClaimEntry: Codec<ClaimEntry> = codec<ClaimEntry>(
  "ClaimEntry",
  (writer, value) => {
    ClaimableDeposit.write(writer, value.deposit);
    TaskEntry.write(writer, value.task);
  },
  (reader) => ({
    deposit: ClaimableDeposit.read(reader),
    task: TaskEntry.read(reader),
  }),
);

/** The struct Suspension of state.x. */
export interface Suspension {
  readonly reason: SuspensionReason;
  readonly since: Apex;
}

export const Suspension: Codec<Suspension> = codec<Suspension>(
  "Suspension",
  (writer, value) => {
    writer.enumerated(value.reason, SuspensionReason, "Suspension.reason");
    writer.uint64(value.since, "Suspension.since");
  },
  (reader) => ({
    reason: reader.enumerated(SuspensionReason, "Suspension.reason"),
    since: reader.uint64("Suspension.since"),
  }),
);

/** What the vault must hold of an asset: all balances and what is in suspense. */
export interface TotalEntry {
  readonly asset: AssetId;
  readonly held: Amount;
  readonly changes: number;
  readonly suspension: Suspension | null;
  readonly trust: TaskEntry | null;
}

export const TotalEntry: Codec<TotalEntry> = codec<TotalEntry>(
  "TotalEntry",
  (writer, value) => {
    writer.uint32(value.asset, "TotalEntry.asset");
    writer.int64(value.held, "TotalEntry.held");
    writer.uint32(value.changes, "TotalEntry.changes");
    writer.optional(value.suspension, (item) => Suspension.write(writer, item));
    writer.optional(value.trust, (item) => TaskEntry.write(writer, item));
  },
  (reader) => ({
    asset: reader.uint32("TotalEntry.asset"),
    held: reader.int64("TotalEntry.held"),
    changes: reader.uint32("TotalEntry.changes"),
    suspension: reader.optional(() => Suspension.read(reader), "TotalEntry.suspension"),
    trust: reader.optional(() => TaskEntry.read(reader), "TotalEntry.trust"),
  }),
);

/** Who signs for the vault and its channels on the ledger. */
export interface LedgerSigners {
  readonly auditors: readonly Key[];
  readonly quorumRule: QuorumRule;
}

export const LedgerSigners: Codec<LedgerSigners> = codec<LedgerSigners>(
  "LedgerSigners",
  (writer, value) => {
    writer.list(value.auditors, MAX_AUDITORS, (item) => writer.fixedOpaque(item, 32, "LedgerSigners.auditors"), "LedgerSigners.auditors");
    writer.enumerated(value.quorumRule, QuorumRule, "LedgerSigners.quorum_rule");
  },
  (reader) => ({
    auditors: reader.list(MAX_AUDITORS, 32, () => reader.fixedOpaque(32, "LedgerSigners.auditors"), "LedgerSigners.auditors"),
    quorumRule: reader.enumerated(QuorumRule, "LedgerSigners.quorum_rule"),
  }),
);

/** The transaction that makes others sign is on its way. */
export interface SignersChange {
  readonly term: number;
  readonly signers: LedgerSigners;
  readonly task: TaskEntry;
}

export const SignersChange: Codec<SignersChange> = codec<SignersChange>(
  "SignersChange",
  (writer, value) => {
    writer.uint32(value.term, "SignersChange.term");
    LedgerSigners.write(writer, value.signers);
    TaskEntry.write(writer, value.task);
  },
  (reader) => ({
    term: reader.uint32("SignersChange.term"),
    signers: LedgerSigners.read(reader),
    task: TaskEntry.read(reader),
  }),
);

/** The struct CountersEntry of state.x. */
export interface CountersEntry {
  readonly apex: Apex;
  readonly timestamp: Timestamp;
  readonly ledgerCursor: LedgerCursor;
  readonly ledgerClosedAtS: bigint;
  readonly systemEffectNumber: bigint;
  readonly settingsVersion: bigint;
  readonly term: number;
  readonly mode: ModeInForce;
  readonly signers: LedgerSigners;
  readonly signersChange: SignersChange | null;
  readonly totals: readonly TotalEntry[];
}

export const CountersEntry: Codec<CountersEntry> = codec<CountersEntry>(
  "CountersEntry",
  (writer, value) => {
    writer.uint64(value.apex, "CountersEntry.apex");
    writer.int64(value.timestamp, "CountersEntry.timestamp");
    writer.uint64(value.ledgerCursor, "CountersEntry.ledger_cursor");
    writer.int64(value.ledgerClosedAtS, "CountersEntry.ledger_closed_at_s");
    writer.uint64(value.systemEffectNumber, "CountersEntry.system_effect_number");
    writer.uint64(value.settingsVersion, "CountersEntry.settings_version");
    writer.uint32(value.term, "CountersEntry.term");
    ModeInForce.write(writer, value.mode);
    LedgerSigners.write(writer, value.signers);
    writer.optional(value.signersChange, (item) => SignersChange.write(writer, item));
    writer.list(value.totals, MAX_ASSETS, (item) => TotalEntry.write(writer, item), "CountersEntry.totals");
  },
  (reader) => ({
    apex: reader.uint64("CountersEntry.apex"),
    timestamp: reader.int64("CountersEntry.timestamp"),
    ledgerCursor: reader.uint64("CountersEntry.ledger_cursor"),
    ledgerClosedAtS: reader.int64("CountersEntry.ledger_closed_at_s"),
    systemEffectNumber: reader.uint64("CountersEntry.system_effect_number"),
    settingsVersion: reader.uint64("CountersEntry.settings_version"),
    term: reader.uint32("CountersEntry.term"),
    mode: ModeInForce.read(reader),
    signers: LedgerSigners.read(reader),
    signersChange: reader.optional(() => SignersChange.read(reader), "CountersEntry.signers_change"),
    totals: reader.list(MAX_ASSETS, 24, () => TotalEntry.read(reader), "CountersEntry.totals"),
  }),
);

/** The struct HoldEntry of state.x. */
export interface HoldEntry {
  readonly hold: Apex;
  readonly owner: Key;
  readonly beneficiary: Key;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly expiresAt: Timestamp;
}

export const HoldEntry: Codec<HoldEntry> = codec<HoldEntry>(
  "HoldEntry",
  (writer, value) => {
    writer.uint64(value.hold, "HoldEntry.hold");
    writer.fixedOpaque(value.owner, 32, "HoldEntry.owner");
    writer.fixedOpaque(value.beneficiary, 32, "HoldEntry.beneficiary");
    writer.uint32(value.asset, "HoldEntry.asset");
    writer.int64(value.amount, "HoldEntry.amount");
    writer.int64(value.expiresAt, "HoldEntry.expires_at");
  },
  (reader) => ({
    hold: reader.uint64("HoldEntry.hold"),
    owner: reader.fixedOpaque(32, "HoldEntry.owner"),
    beneficiary: reader.fixedOpaque(32, "HoldEntry.beneficiary"),
    asset: reader.uint32("HoldEntry.asset"),
    amount: reader.int64("HoldEntry.amount"),
    expiresAt: reader.int64("HoldEntry.expires_at"),
  }),
);

/** The enum StateEntryType of state.x. */
export const StateEntryType = {
  SETTINGS_ENTRY: 0,
  COUNTERS_ENTRY: 1,
  ACCOUNT_ENTRY: 2,
  ORDER_ENTRY: 3,
  WITHDRAWAL_ENTRY: 4,
  CHANNEL_ENTRY: 5,
  SUSPENSE_ENTRY: 6,
  CLAIM_ENTRY: 7,
  MARKET_ENTRY: 8,
  ARMED_ENTRY: 9,
  HOLD_ENTRY: 10,
} as const;
export type StateEntryType = (typeof StateEntryType)[keyof typeof StateEntryType];

/** The union StateEntry of state.x. */
export type StateEntry =
  | { readonly type: "SETTINGS_ENTRY"; readonly value: Settings }
  | { readonly type: "COUNTERS_ENTRY"; readonly value: CountersEntry }
  | { readonly type: "ACCOUNT_ENTRY"; readonly value: AccountEntry }
  | { readonly type: "ORDER_ENTRY"; readonly value: OrderEntry }
  | { readonly type: "WITHDRAWAL_ENTRY"; readonly value: WithdrawalEntry }
  | { readonly type: "CHANNEL_ENTRY"; readonly value: ChannelEntry }
  | { readonly type: "SUSPENSE_ENTRY"; readonly value: SuspenseEntry }
  | { readonly type: "CLAIM_ENTRY"; readonly value: ClaimEntry }
  | { readonly type: "MARKET_ENTRY"; readonly value: MarketEntry }
  | { readonly type: "ARMED_ENTRY"; readonly value: ArmedEntry }
  | { readonly type: "HOLD_ENTRY"; readonly value: HoldEntry };

export const StateEntry: Codec<StateEntry> = codec<StateEntry>(
  "StateEntry",
  (writer, value) => {
    switch (value.type) {
      case "SETTINGS_ENTRY":
        writer.int32(StateEntryType.SETTINGS_ENTRY, "StateEntry.type");
        Settings.write(writer, value.value);
        return;
      case "COUNTERS_ENTRY":
        writer.int32(StateEntryType.COUNTERS_ENTRY, "StateEntry.type");
        CountersEntry.write(writer, value.value);
        return;
      case "ACCOUNT_ENTRY":
        writer.int32(StateEntryType.ACCOUNT_ENTRY, "StateEntry.type");
        AccountEntry.write(writer, value.value);
        return;
      case "ORDER_ENTRY":
        writer.int32(StateEntryType.ORDER_ENTRY, "StateEntry.type");
        OrderEntry.write(writer, value.value);
        return;
      case "WITHDRAWAL_ENTRY":
        writer.int32(StateEntryType.WITHDRAWAL_ENTRY, "StateEntry.type");
        WithdrawalEntry.write(writer, value.value);
        return;
      case "CHANNEL_ENTRY":
        writer.int32(StateEntryType.CHANNEL_ENTRY, "StateEntry.type");
        ChannelEntry.write(writer, value.value);
        return;
      case "SUSPENSE_ENTRY":
        writer.int32(StateEntryType.SUSPENSE_ENTRY, "StateEntry.type");
        SuspenseEntry.write(writer, value.value);
        return;
      case "CLAIM_ENTRY":
        writer.int32(StateEntryType.CLAIM_ENTRY, "StateEntry.type");
        ClaimEntry.write(writer, value.value);
        return;
      case "MARKET_ENTRY":
        writer.int32(StateEntryType.MARKET_ENTRY, "StateEntry.type");
        MarketEntry.write(writer, value.value);
        return;
      case "ARMED_ENTRY":
        writer.int32(StateEntryType.ARMED_ENTRY, "StateEntry.type");
        ArmedEntry.write(writer, value.value);
        return;
      case "HOLD_ENTRY":
        writer.int32(StateEntryType.HOLD_ENTRY, "StateEntry.type");
        HoldEntry.write(writer, value.value);
        return;
      default:
        writer.unknownArm("StateEntry.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(StateEntryType, "StateEntry.type")) {
      case StateEntryType.SETTINGS_ENTRY:
        return { type: "SETTINGS_ENTRY", value: Settings.read(reader) };
      case StateEntryType.COUNTERS_ENTRY:
        return { type: "COUNTERS_ENTRY", value: CountersEntry.read(reader) };
      case StateEntryType.ACCOUNT_ENTRY:
        return { type: "ACCOUNT_ENTRY", value: AccountEntry.read(reader) };
      case StateEntryType.ORDER_ENTRY:
        return { type: "ORDER_ENTRY", value: OrderEntry.read(reader) };
      case StateEntryType.WITHDRAWAL_ENTRY:
        return { type: "WITHDRAWAL_ENTRY", value: WithdrawalEntry.read(reader) };
      case StateEntryType.CHANNEL_ENTRY:
        return { type: "CHANNEL_ENTRY", value: ChannelEntry.read(reader) };
      case StateEntryType.SUSPENSE_ENTRY:
        return { type: "SUSPENSE_ENTRY", value: SuspenseEntry.read(reader) };
      case StateEntryType.CLAIM_ENTRY:
        return { type: "CLAIM_ENTRY", value: ClaimEntry.read(reader) };
      case StateEntryType.MARKET_ENTRY:
        return { type: "MARKET_ENTRY", value: MarketEntry.read(reader) };
      case StateEntryType.ARMED_ENTRY:
        return { type: "ARMED_ENTRY", value: ArmedEntry.read(reader) };
      case StateEntryType.HOLD_ENTRY:
        return { type: "HOLD_ENTRY", value: HoldEntry.read(reader) };
    }
  },
);
