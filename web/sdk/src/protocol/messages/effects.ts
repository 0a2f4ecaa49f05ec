/**
 * Generated from xdr/effects.x by tools/xdr_generator.py; do not edit.
 *
 * What a quantum changed, as each account is told it.
 */
import { codec, type Codec } from "../xdr.js";
import { AssetIdentity, MAX_CLIENT_ORDER_ID, MAX_PAYMENT_MEMO, Side, Trigger, type Amount, type Apex, type AssetId, type Hash, type Key, type LedgerCursor, type MarketId, type Price, type Timestamp } from "./common.js";
import { SuspensionReason } from "./governance.js";
import { ModeChanged } from "./modes.js";
import { Code } from "./codes.js";

/** in one account's group of one quantum */
export const MAX_EFFECTS = 4096;

/** The enum OrderCloseReason of effects.x. */
export const OrderCloseReason = {
  FILLED: 0,
  CANCELLED: 1,
  NOT_FILLED_AT_ONCE: 2,
  SELF_TRADE: 3,
  FILL_LIMIT: 4,
  REPLACED_BY_OWNER: 5,
  EXPIRED_BY_TIME: 6,
  CANCELLED_BY_TIMEOUT: 7,
  REFUSED_WHEN_TRIGGERED: 8,
} as const;
export type OrderCloseReason = (typeof OrderCloseReason)[keyof typeof OrderCloseReason];

/** The enum WithdrawalOutcome of effects.x. */
export const WithdrawalOutcome = {
  PAID: 0,
  FAILED: 1,
  LAPSED: 2,
  REFUSED_BY_AUDITORS: 3,
  NOT_APPROVED: 4,
} as const;
export type WithdrawalOutcome = (typeof WithdrawalOutcome)[keyof typeof WithdrawalOutcome];

/** The enum SuspenseReason of effects.x. */
export const SuspenseReason = {
  UNKNOWN_LEDGER_ASSET: 0,
  BELOW_MINIMUM_DEPOSIT: 1,
  ACCOUNT_NOT_OPEN: 2,
  UNKNOWN_ROUTING: 3,
  SENDER_IS_ISSUER: 4,
  TOTAL_TOO_LARGE: 5,
} as const;
export type SuspenseReason = (typeof SuspenseReason)[keyof typeof SuspenseReason];

/** The struct AccountOpened of effects.x. */
export interface AccountOpened {
  readonly account: Key;
}

export const AccountOpened: Codec<AccountOpened> = codec<AccountOpened>(
  "AccountOpened",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "AccountOpened.account");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "AccountOpened.account"),
  }),
);

/** The balance after the quantum; at most one per asset. */
export interface BalanceChanged {
  readonly asset: AssetId;
  readonly balance: Amount;
  readonly liabilities: Amount;
}

export const BalanceChanged: Codec<BalanceChanged> = codec<BalanceChanged>(
  "BalanceChanged",
  (writer, value) => {
    writer.uint32(value.asset, "BalanceChanged.asset");
    writer.int64(value.balance, "BalanceChanged.balance");
    writer.int64(value.liabilities, "BalanceChanged.liabilities");
  },
  (reader) => ({
    asset: reader.uint32("BalanceChanged.asset"),
    balance: reader.int64("BalanceChanged.balance"),
    liabilities: reader.int64("BalanceChanged.liabilities"),
  }),
);

/** The struct PaymentSent of effects.x. */
export interface PaymentSent {
  readonly destination: Key;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly memo: string;
}

export const PaymentSent: Codec<PaymentSent> = codec<PaymentSent>(
  "PaymentSent",
  (writer, value) => {
    writer.fixedOpaque(value.destination, 32, "PaymentSent.destination");
    writer.uint32(value.asset, "PaymentSent.asset");
    writer.int64(value.amount, "PaymentSent.amount");
    writer.string(value.memo, MAX_PAYMENT_MEMO, "PaymentSent.memo");
  },
  (reader) => ({
    destination: reader.fixedOpaque(32, "PaymentSent.destination"),
    asset: reader.uint32("PaymentSent.asset"),
    amount: reader.int64("PaymentSent.amount"),
    memo: reader.string(MAX_PAYMENT_MEMO, "PaymentSent.memo"),
  }),
);

/** The struct PaymentReceived of effects.x. */
export interface PaymentReceived {
  readonly source: Key;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly memo: string;
}

export const PaymentReceived: Codec<PaymentReceived> = codec<PaymentReceived>(
  "PaymentReceived",
  (writer, value) => {
    writer.fixedOpaque(value.source, 32, "PaymentReceived.source");
    writer.uint32(value.asset, "PaymentReceived.asset");
    writer.int64(value.amount, "PaymentReceived.amount");
    writer.string(value.memo, MAX_PAYMENT_MEMO, "PaymentReceived.memo");
  },
  (reader) => ({
    source: reader.fixedOpaque(32, "PaymentReceived.source"),
    asset: reader.uint32("PaymentReceived.asset"),
    amount: reader.int64("PaymentReceived.amount"),
    memo: reader.string(MAX_PAYMENT_MEMO, "PaymentReceived.memo"),
  }),
);

/** The enum HoldOutcome of effects.x. */
export const HoldOutcome = {
  HOLD_CAPTURED: 0,
  HOLD_RELEASED: 1,
  HOLD_LAPSED: 2,
} as const;
export type HoldOutcome = (typeof HoldOutcome)[keyof typeof HoldOutcome];

/** Told to its owner and to its beneficiary. */
export interface HoldOpened {
  readonly hold: Apex;
  readonly owner: Key;
  readonly beneficiary: Key;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly expiresAt: Timestamp;
}

export const HoldOpened: Codec<HoldOpened> = codec<HoldOpened>(
  "HoldOpened",
  (writer, value) => {
    writer.uint64(value.hold, "HoldOpened.hold");
    writer.fixedOpaque(value.owner, 32, "HoldOpened.owner");
    writer.fixedOpaque(value.beneficiary, 32, "HoldOpened.beneficiary");
    writer.uint32(value.asset, "HoldOpened.asset");
    writer.int64(value.amount, "HoldOpened.amount");
    writer.int64(value.expiresAt, "HoldOpened.expires_at");
  },
  (reader) => ({
    hold: reader.uint64("HoldOpened.hold"),
    owner: reader.fixedOpaque(32, "HoldOpened.owner"),
    beneficiary: reader.fixedOpaque(32, "HoldOpened.beneficiary"),
    asset: reader.uint32("HoldOpened.asset"),
    amount: reader.int64("HoldOpened.amount"),
    expiresAt: reader.int64("HoldOpened.expires_at"),
  }),
);

/** The struct HoldClosed of effects.x. */
export interface HoldClosed {
  readonly hold: Apex;
  readonly asset: AssetId;
  readonly outcome: HoldOutcome;
  readonly captured: Amount;
}

export const HoldClosed: Codec<HoldClosed> = codec<HoldClosed>(
  "HoldClosed",
  (writer, value) => {
    writer.uint64(value.hold, "HoldClosed.hold");
    writer.uint32(value.asset, "HoldClosed.asset");
    writer.enumerated(value.outcome, HoldOutcome, "HoldClosed.outcome");
    writer.int64(value.captured, "HoldClosed.captured");
  },
  (reader) => ({
    hold: reader.uint64("HoldClosed.hold"),
    asset: reader.uint32("HoldClosed.asset"),
    outcome: reader.enumerated(HoldOutcome, "HoldClosed.outcome"),
    captured: reader.int64("HoldClosed.captured"),
  }),
);

/** The struct DepositCredited of effects.x. */
export interface DepositCredited {
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly transaction: Hash;
  readonly operation: LedgerCursor;
  readonly source: Key;
}

export const DepositCredited: Codec<DepositCredited> = codec<DepositCredited>(
  "DepositCredited",
  (writer, value) => {
    writer.uint32(value.asset, "DepositCredited.asset");
    writer.int64(value.amount, "DepositCredited.amount");
    writer.fixedOpaque(value.transaction, 32, "DepositCredited.transaction");
    writer.uint64(value.operation, "DepositCredited.operation");
    writer.fixedOpaque(value.source, 32, "DepositCredited.source");
  },
  (reader) => ({
    asset: reader.uint32("DepositCredited.asset"),
    amount: reader.int64("DepositCredited.amount"),
    transaction: reader.fixedOpaque(32, "DepositCredited.transaction"),
    operation: reader.uint64("DepositCredited.operation"),
    source: reader.fixedOpaque(32, "DepositCredited.source"),
  }),
);

/** The order rests on the book with this amount. */
export interface OrderPlaced {
  readonly order: Apex;
  readonly market: MarketId;
  readonly side: Side;
  readonly price: Price;
  readonly amount: Amount;
}

export const OrderPlaced: Codec<OrderPlaced> = codec<OrderPlaced>(
  "OrderPlaced",
  (writer, value) => {
    writer.uint64(value.order, "OrderPlaced.order");
    writer.uint32(value.market, "OrderPlaced.market");
    writer.enumerated(value.side, Side, "OrderPlaced.side");
    writer.int64(value.price, "OrderPlaced.price");
    writer.int64(value.amount, "OrderPlaced.amount");
  },
  (reader) => ({
    order: reader.uint64("OrderPlaced.order"),
    market: reader.uint32("OrderPlaced.market"),
    side: reader.enumerated(Side, "OrderPlaced.side"),
    price: reader.int64("OrderPlaced.price"),
    amount: reader.int64("OrderPlaced.amount"),
  }),
);

/** The struct Trade of effects.x. */
export interface Trade {
  readonly order: Apex;
  readonly counterOrder: Apex;
  readonly market: MarketId;
  readonly side: Side;
  readonly maker: boolean;
  readonly price: Price;
  readonly amount: Amount;
  readonly quoteAmount: Amount;
  readonly fee: Amount;
}

export const Trade: Codec<Trade> = codec<Trade>(
  "Trade",
  (writer, value) => {
    writer.uint64(value.order, "Trade.order");
    writer.uint64(value.counterOrder, "Trade.counter_order");
    writer.uint32(value.market, "Trade.market");
    writer.enumerated(value.side, Side, "Trade.side");
    writer.boolean(value.maker, "Trade.maker");
    writer.int64(value.price, "Trade.price");
    writer.int64(value.amount, "Trade.amount");
    writer.int64(value.quoteAmount, "Trade.quote_amount");
    writer.int64(value.fee, "Trade.fee");
  },
  (reader) => ({
    order: reader.uint64("Trade.order"),
    counterOrder: reader.uint64("Trade.counter_order"),
    market: reader.uint32("Trade.market"),
    side: reader.enumerated(Side, "Trade.side"),
    maker: reader.boolean("Trade.maker"),
    price: reader.int64("Trade.price"),
    amount: reader.int64("Trade.amount"),
    quoteAmount: reader.int64("Trade.quote_amount"),
    fee: reader.int64("Trade.fee"),
  }),
);

/** Self-trade prevention, or its owner, took a part off an order, which goes on with the rest. */
export interface OrderReduced {
  readonly order: Apex;
  readonly amount: Amount;
  readonly remaining: Amount;
}

export const OrderReduced: Codec<OrderReduced> = codec<OrderReduced>(
  "OrderReduced",
  (writer, value) => {
    writer.uint64(value.order, "OrderReduced.order");
    writer.int64(value.amount, "OrderReduced.amount");
    writer.int64(value.remaining, "OrderReduced.remaining");
  },
  (reader) => ({
    order: reader.uint64("OrderReduced.order"),
    amount: reader.int64("OrderReduced.amount"),
    remaining: reader.int64("OrderReduced.remaining"),
  }),
);

/** The struct OrderClosed of effects.x. */
export interface OrderClosed {
  readonly order: Apex;
  readonly reason: OrderCloseReason;
  readonly remaining: Amount;
}

export const OrderClosed: Codec<OrderClosed> = codec<OrderClosed>(
  "OrderClosed",
  (writer, value) => {
    writer.uint64(value.order, "OrderClosed.order");
    writer.enumerated(value.reason, OrderCloseReason, "OrderClosed.reason");
    writer.int64(value.remaining, "OrderClosed.remaining");
  },
  (reader) => ({
    order: reader.uint64("OrderClosed.order"),
    reason: reader.enumerated(OrderCloseReason, "OrderClosed.reason"),
    remaining: reader.int64("OrderClosed.remaining"),
  }),
);

/** An order took the place of another one, which is closed. */
export interface OrderReplaced {
  readonly order: Apex;
  readonly replaced: Apex;
  readonly market: MarketId;
  readonly side: Side;
  readonly price: Price;
  readonly amount: Amount;
  readonly clientOrderId: string;
}

export const OrderReplaced: Codec<OrderReplaced> = codec<OrderReplaced>(
  "OrderReplaced",
  (writer, value) => {
    writer.uint64(value.order, "OrderReplaced.order");
    writer.uint64(value.replaced, "OrderReplaced.replaced");
    writer.uint32(value.market, "OrderReplaced.market");
    writer.enumerated(value.side, Side, "OrderReplaced.side");
    writer.int64(value.price, "OrderReplaced.price");
    writer.int64(value.amount, "OrderReplaced.amount");
    writer.string(value.clientOrderId, MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id");
  },
  (reader) => ({
    order: reader.uint64("OrderReplaced.order"),
    replaced: reader.uint64("OrderReplaced.replaced"),
    market: reader.uint32("OrderReplaced.market"),
    side: reader.enumerated(Side, "OrderReplaced.side"),
    price: reader.int64("OrderReplaced.price"),
    amount: reader.int64("OrderReplaced.amount"),
    clientOrderId: reader.string(MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id"),
  }),
);

/** The order waits for its trigger; what it will give is locked. */
export interface OrderArmed {
  readonly order: Apex;
  readonly market: MarketId;
  readonly side: Side;
  readonly trigger: Trigger;
}

export const OrderArmed: Codec<OrderArmed> = codec<OrderArmed>(
  "OrderArmed",
  (writer, value) => {
    writer.uint64(value.order, "OrderArmed.order");
    writer.uint32(value.market, "OrderArmed.market");
    writer.enumerated(value.side, Side, "OrderArmed.side");
    Trigger.write(writer, value.trigger);
  },
  (reader) => ({
    order: reader.uint64("OrderArmed.order"),
    market: reader.uint32("OrderArmed.market"),
    side: reader.enumerated(Side, "OrderArmed.side"),
    trigger: Trigger.read(reader),
  }),
);

/** What the order waited for has come, and it is executed in this quantum. */
export interface OrderTriggered {
  readonly order: Apex;
  readonly market: MarketId;
  readonly place: number;
}

export const OrderTriggered: Codec<OrderTriggered> = codec<OrderTriggered>(
  "OrderTriggered",
  (writer, value) => {
    writer.uint64(value.order, "OrderTriggered.order");
    writer.uint32(value.market, "OrderTriggered.market");
    writer.uint32(value.place, "OrderTriggered.place");
  },
  (reader) => ({
    order: reader.uint64("OrderTriggered.order"),
    market: reader.uint32("OrderTriggered.market"),
    place: reader.uint32("OrderTriggered.place"),
  }),
);

/** All open orders are cancelled at this time. */
export interface CancelAllScheduled {
  readonly due: Timestamp | null;
}

export const CancelAllScheduled: Codec<CancelAllScheduled> = codec<CancelAllScheduled>(
  "CancelAllScheduled",
  (writer, value) => {
    writer.optional(value.due, (item) => writer.int64(item, "CancelAllScheduled.due"));
  },
  (reader) => ({
    due: reader.optional(() => reader.int64("CancelAllScheduled.due"), "CancelAllScheduled.due"),
  }),
);

/** The struct FeeCollected of effects.x. */
export interface FeeCollected {
  readonly asset: AssetId;
  readonly amount: Amount;
}

export const FeeCollected: Codec<FeeCollected> = codec<FeeCollected>(
  "FeeCollected",
  (writer, value) => {
    writer.uint32(value.asset, "FeeCollected.asset");
    writer.int64(value.amount, "FeeCollected.amount");
  },
  (reader) => ({
    asset: reader.uint32("FeeCollected.asset"),
    amount: reader.int64("FeeCollected.amount"),
  }),
);

/** The struct WithdrawalAccepted of effects.x. */
export interface WithdrawalAccepted {
  readonly withdrawal: Apex;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly destination: Key;
}

export const WithdrawalAccepted: Codec<WithdrawalAccepted> = codec<WithdrawalAccepted>(
  "WithdrawalAccepted",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalAccepted.withdrawal");
    writer.uint32(value.asset, "WithdrawalAccepted.asset");
    writer.int64(value.amount, "WithdrawalAccepted.amount");
    writer.fixedOpaque(value.destination, 32, "WithdrawalAccepted.destination");
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalAccepted.withdrawal"),
    asset: reader.uint32("WithdrawalAccepted.asset"),
    amount: reader.int64("WithdrawalAccepted.amount"),
    destination: reader.fixedOpaque(32, "WithdrawalAccepted.destination"),
  }),
);

/** The struct RoutingRegistered of effects.x. */
export interface RoutingRegistered {
  readonly routingId: bigint;
}

export const RoutingRegistered: Codec<RoutingRegistered> = codec<RoutingRegistered>(
  "RoutingRegistered",
  (writer, value) => {
    writer.uint64(value.routingId, "RoutingRegistered.routing_id");
  },
  (reader) => ({
    routingId: reader.uint64("RoutingRegistered.routing_id"),
  }),
);

/** It is so large that the auditors' operators must approve it until this time. */
export interface WithdrawalWithheld {
  readonly withdrawal: Apex;
  readonly approveUntil: Timestamp;
}

export const WithdrawalWithheld: Codec<WithdrawalWithheld> = codec<WithdrawalWithheld>(
  "WithdrawalWithheld",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalWithheld.withdrawal");
    writer.int64(value.approveUntil, "WithdrawalWithheld.approve_until");
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalWithheld.withdrawal"),
    approveUntil: reader.int64("WithdrawalWithheld.approve_until"),
  }),
);

/** The struct WithdrawalApproved of effects.x. */
export interface WithdrawalApproved {
  readonly withdrawal: Apex;
}

export const WithdrawalApproved: Codec<WithdrawalApproved> = codec<WithdrawalApproved>(
  "WithdrawalApproved",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalApproved.withdrawal");
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalApproved.withdrawal"),
  }),
);

/** The Stellar transaction that pays a withdrawal, derived by every node alike. */
export interface WithdrawalPrepared {
  readonly withdrawal: Apex;
  readonly channel: Key;
  readonly sequence: bigint;
  readonly maxTimeS: bigint;
  readonly transaction: Hash;
}

export const WithdrawalPrepared: Codec<WithdrawalPrepared> = codec<WithdrawalPrepared>(
  "WithdrawalPrepared",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalPrepared.withdrawal");
    writer.fixedOpaque(value.channel, 32, "WithdrawalPrepared.channel");
    writer.int64(value.sequence, "WithdrawalPrepared.sequence");
    writer.int64(value.maxTimeS, "WithdrawalPrepared.max_time_s");
    writer.fixedOpaque(value.transaction, 32, "WithdrawalPrepared.transaction");
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalPrepared.withdrawal"),
    channel: reader.fixedOpaque(32, "WithdrawalPrepared.channel"),
    sequence: reader.int64("WithdrawalPrepared.sequence"),
    maxTimeS: reader.int64("WithdrawalPrepared.max_time_s"),
    transaction: reader.fixedOpaque(32, "WithdrawalPrepared.transaction"),
  }),
);

/** The struct WithdrawalClosed of effects.x. */
export interface WithdrawalClosed {
  readonly withdrawal: Apex;
  readonly outcome: WithdrawalOutcome;
  readonly transaction: Hash;
}

export const WithdrawalClosed: Codec<WithdrawalClosed> = codec<WithdrawalClosed>(
  "WithdrawalClosed",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalClosed.withdrawal");
    writer.enumerated(value.outcome, WithdrawalOutcome, "WithdrawalClosed.outcome");
    writer.fixedOpaque(value.transaction, 32, "WithdrawalClosed.transaction");
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalClosed.withdrawal"),
    outcome: reader.enumerated(WithdrawalOutcome, "WithdrawalClosed.outcome"),
    transaction: reader.fixedOpaque(32, "WithdrawalClosed.transaction"),
  }),
);

/** The struct SuspenseAdded of effects.x. */
export interface SuspenseAdded {
  readonly operation: LedgerCursor;
  readonly asset: AssetIdentity;
  readonly amount: Amount;
  readonly source: Key;
  readonly transaction: Hash;
  readonly reason: SuspenseReason;
}

export const SuspenseAdded: Codec<SuspenseAdded> = codec<SuspenseAdded>(
  "SuspenseAdded",
  (writer, value) => {
    writer.uint64(value.operation, "SuspenseAdded.operation");
    AssetIdentity.write(writer, value.asset);
    writer.int64(value.amount, "SuspenseAdded.amount");
    writer.fixedOpaque(value.source, 32, "SuspenseAdded.source");
    writer.fixedOpaque(value.transaction, 32, "SuspenseAdded.transaction");
    writer.enumerated(value.reason, SuspenseReason, "SuspenseAdded.reason");
  },
  (reader) => ({
    operation: reader.uint64("SuspenseAdded.operation"),
    asset: AssetIdentity.read(reader),
    amount: reader.int64("SuspenseAdded.amount"),
    source: reader.fixedOpaque(32, "SuspenseAdded.source"),
    transaction: reader.fixedOpaque(32, "SuspenseAdded.transaction"),
    reason: reader.enumerated(SuspenseReason, "SuspenseAdded.reason"),
  }),
);

/** A deposit left suspense: it was sent back. */
export interface SuspenseRefunded {
  readonly operation: LedgerCursor;
  readonly transaction: Hash;
}

export const SuspenseRefunded: Codec<SuspenseRefunded> = codec<SuspenseRefunded>(
  "SuspenseRefunded",
  (writer, value) => {
    writer.uint64(value.operation, "SuspenseRefunded.operation");
    writer.fixedOpaque(value.transaction, 32, "SuspenseRefunded.transaction");
  },
  (reader) => ({
    operation: reader.uint64("SuspenseRefunded.operation"),
    transaction: reader.fixedOpaque(32, "SuspenseRefunded.transaction"),
  }),
);

/** What only a transaction of the vault can do. */
export const VaultTaskType = {
  WITHDRAWAL_TASK: 0,
  REFUND_TASK: 1,
  CLAIM_TASK: 2,
  TRUST_TASK: 3,
  SIGNERS_TASK: 4,
} as const;
export type VaultTaskType = (typeof VaultTaskType)[keyof typeof VaultTaskType];

/** The struct VaultTaskPrepared of effects.x. */
export interface VaultTaskPrepared {
  readonly task: VaultTaskType;
  readonly number: bigint;
  readonly channel: Key;
  readonly sequence: bigint;
  readonly maxTimeS: bigint;
  readonly transaction: Hash;
}

export const VaultTaskPrepared: Codec<VaultTaskPrepared> = codec<VaultTaskPrepared>(
  "VaultTaskPrepared",
  (writer, value) => {
    writer.enumerated(value.task, VaultTaskType, "VaultTaskPrepared.task");
    writer.uint64(value.number, "VaultTaskPrepared.number");
    writer.fixedOpaque(value.channel, 32, "VaultTaskPrepared.channel");
    writer.int64(value.sequence, "VaultTaskPrepared.sequence");
    writer.int64(value.maxTimeS, "VaultTaskPrepared.max_time_s");
    writer.fixedOpaque(value.transaction, 32, "VaultTaskPrepared.transaction");
  },
  (reader) => ({
    task: reader.enumerated(VaultTaskType, "VaultTaskPrepared.task"),
    number: reader.uint64("VaultTaskPrepared.number"),
    channel: reader.fixedOpaque(32, "VaultTaskPrepared.channel"),
    sequence: reader.int64("VaultTaskPrepared.sequence"),
    maxTimeS: reader.int64("VaultTaskPrepared.max_time_s"),
    transaction: reader.fixedOpaque(32, "VaultTaskPrepared.transaction"),
  }),
);

/** The struct VaultTaskClosed of effects.x. */
export interface VaultTaskClosed {
  readonly task: VaultTaskType;
  readonly number: bigint;
  readonly outcome: WithdrawalOutcome;
  readonly transaction: Hash;
}

export const VaultTaskClosed: Codec<VaultTaskClosed> = codec<VaultTaskClosed>(
  "VaultTaskClosed",
  (writer, value) => {
    writer.enumerated(value.task, VaultTaskType, "VaultTaskClosed.task");
    writer.uint64(value.number, "VaultTaskClosed.number");
    writer.enumerated(value.outcome, WithdrawalOutcome, "VaultTaskClosed.outcome");
    writer.fixedOpaque(value.transaction, 32, "VaultTaskClosed.transaction");
  },
  (reader) => ({
    task: reader.enumerated(VaultTaskType, "VaultTaskClosed.task"),
    number: reader.uint64("VaultTaskClosed.number"),
    outcome: reader.enumerated(WithdrawalOutcome, "VaultTaskClosed.outcome"),
    transaction: reader.fixedOpaque(32, "VaultTaskClosed.transaction"),
  }),
);

/** A claimable balance is left alone: unlisted, below the minimum deposit, or too many are to be claimed already. */
export interface ClaimIgnored {
  readonly operation: LedgerCursor;
  readonly balance: Hash;
  readonly asset: AssetIdentity;
  readonly amount: Amount;
  readonly source: Key;
}

export const ClaimIgnored: Codec<ClaimIgnored> = codec<ClaimIgnored>(
  "ClaimIgnored",
  (writer, value) => {
    writer.uint64(value.operation, "ClaimIgnored.operation");
    writer.fixedOpaque(value.balance, 32, "ClaimIgnored.balance");
    AssetIdentity.write(writer, value.asset);
    writer.int64(value.amount, "ClaimIgnored.amount");
    writer.fixedOpaque(value.source, 32, "ClaimIgnored.source");
  },
  (reader) => ({
    operation: reader.uint64("ClaimIgnored.operation"),
    balance: reader.fixedOpaque(32, "ClaimIgnored.balance"),
    asset: AssetIdentity.read(reader),
    amount: reader.int64("ClaimIgnored.amount"),
    source: reader.fixedOpaque(32, "ClaimIgnored.source"),
  }),
);

/** The struct AssetSuspended of effects.x. */
export interface AssetSuspended {
  readonly asset: AssetId;
  readonly reason: SuspensionReason;
}

export const AssetSuspended: Codec<AssetSuspended> = codec<AssetSuspended>(
  "AssetSuspended",
  (writer, value) => {
    writer.uint32(value.asset, "AssetSuspended.asset");
    writer.enumerated(value.reason, SuspensionReason, "AssetSuspended.reason");
  },
  (reader) => ({
    asset: reader.uint32("AssetSuspended.asset"),
    reason: reader.enumerated(SuspensionReason, "AssetSuspended.reason"),
  }),
);

/** The struct AssetResumed of effects.x. */
export interface AssetResumed {
  readonly asset: AssetId;
}

export const AssetResumed: Codec<AssetResumed> = codec<AssetResumed>(
  "AssetResumed",
  (writer, value) => {
    writer.uint32(value.asset, "AssetResumed.asset");
  },
  (reader) => ({
    asset: reader.uint32("AssetResumed.asset"),
  }),
);

/** The constellation has other members from here on: those of a new term. */
export interface TermBegan {
  readonly term: number;
  readonly alpha: Key;
}

export const TermBegan: Codec<TermBegan> = codec<TermBegan>(
  "TermBegan",
  (writer, value) => {
    writer.uint32(value.term, "TermBegan.term");
    writer.fixedOpaque(value.alpha, 32, "TermBegan.alpha");
  },
  (reader) => ({
    term: reader.uint32("TermBegan.term"),
    alpha: reader.fixedOpaque(32, "TermBegan.alpha"),
  }),
);

/** The struct SettingsChanged of effects.x. */
export interface SettingsChanged {
  readonly version: bigint;
  readonly settings: Hash;
}

export const SettingsChanged: Codec<SettingsChanged> = codec<SettingsChanged>(
  "SettingsChanged",
  (writer, value) => {
    writer.uint64(value.version, "SettingsChanged.version");
    writer.fixedOpaque(value.settings, 32, "SettingsChanged.settings");
  },
  (reader) => ({
    version: reader.uint64("SettingsChanged.version"),
    settings: reader.fixedOpaque(32, "SettingsChanged.settings"),
  }),
);

/** A transaction that acts for the vault and that nobody asked for. */
export interface UnknownVaultTransaction {
  readonly transaction: Hash;
}

export const UnknownVaultTransaction: Codec<UnknownVaultTransaction> = codec<UnknownVaultTransaction>(
  "UnknownVaultTransaction",
  (writer, value) => {
    writer.fixedOpaque(value.transaction, 32, "UnknownVaultTransaction.transaction");
  },
  (reader) => ({
    transaction: reader.fixedOpaque(32, "UnknownVaultTransaction.transaction"),
  }),
);

/** The struct LedgerAdvanced of effects.x. */
export interface LedgerAdvanced {
  readonly cursor: LedgerCursor;
  readonly closedAtS: bigint;
}

export const LedgerAdvanced: Codec<LedgerAdvanced> = codec<LedgerAdvanced>(
  "LedgerAdvanced",
  (writer, value) => {
    writer.uint64(value.cursor, "LedgerAdvanced.cursor");
    writer.int64(value.closedAtS, "LedgerAdvanced.closed_at_s");
  },
  (reader) => ({
    cursor: reader.uint64("LedgerAdvanced.cursor"),
    closedAtS: reader.int64("LedgerAdvanced.closed_at_s"),
  }),
);

/** The struct AgentAppointed of effects.x. */
export interface AgentAppointed {
  readonly agent: Key;
  readonly rights: number;
  readonly expiresAt: Timestamp;
}

export const AgentAppointed: Codec<AgentAppointed> = codec<AgentAppointed>(
  "AgentAppointed",
  (writer, value) => {
    writer.fixedOpaque(value.agent, 32, "AgentAppointed.agent");
    writer.uint32(value.rights, "AgentAppointed.rights");
    writer.int64(value.expiresAt, "AgentAppointed.expires_at");
  },
  (reader) => ({
    agent: reader.fixedOpaque(32, "AgentAppointed.agent"),
    rights: reader.uint32("AgentAppointed.rights"),
    expiresAt: reader.int64("AgentAppointed.expires_at"),
  }),
);

/** The struct AgentDismissed of effects.x. */
export interface AgentDismissed {
  readonly agent: Key;
}

export const AgentDismissed: Codec<AgentDismissed> = codec<AgentDismissed>(
  "AgentDismissed",
  (writer, value) => {
    writer.fixedOpaque(value.agent, 32, "AgentDismissed.agent");
  },
  (reader) => ({
    agent: reader.fixedOpaque(32, "AgentDismissed.agent"),
  }),
);

/** The struct KeyRotated of effects.x. */
export interface KeyRotated {
  readonly newKey: Key;
}

export const KeyRotated: Codec<KeyRotated> = codec<KeyRotated>(
  "KeyRotated",
  (writer, value) => {
    writer.fixedOpaque(value.newKey, 32, "KeyRotated.new_key");
  },
  (reader) => ({
    newKey: reader.fixedOpaque(32, "KeyRotated.new_key"),
  }),
);

/** The struct LockChanged of effects.x. */
export interface LockChanged {
  readonly locks: number;
  readonly until: Timestamp | null;
}

export const LockChanged: Codec<LockChanged> = codec<LockChanged>(
  "LockChanged",
  (writer, value) => {
    writer.uint32(value.locks, "LockChanged.locks");
    writer.optional(value.until, (item) => writer.int64(item, "LockChanged.until"));
  },
  (reader) => ({
    locks: reader.uint32("LockChanged.locks"),
    until: reader.optional(() => reader.int64("LockChanged.until"), "LockChanged.until"),
  }),
);

/** Told to both accounts. */
export interface SubAccountOpened {
  readonly parent: Key;
  readonly number: number;
  readonly account: Key;
}

export const SubAccountOpened: Codec<SubAccountOpened> = codec<SubAccountOpened>(
  "SubAccountOpened",
  (writer, value) => {
    writer.fixedOpaque(value.parent, 32, "SubAccountOpened.parent");
    writer.uint32(value.number, "SubAccountOpened.number");
    writer.fixedOpaque(value.account, 32, "SubAccountOpened.account");
  },
  (reader) => ({
    parent: reader.fixedOpaque(32, "SubAccountOpened.parent"),
    number: reader.uint32("SubAccountOpened.number"),
    account: reader.fixedOpaque(32, "SubAccountOpened.account"),
  }),
);

/** The struct SubAccountMerged of effects.x. */
export interface SubAccountMerged {
  readonly parent: Key;
  readonly number: number;
  readonly account: Key;
}

export const SubAccountMerged: Codec<SubAccountMerged> = codec<SubAccountMerged>(
  "SubAccountMerged",
  (writer, value) => {
    writer.fixedOpaque(value.parent, 32, "SubAccountMerged.parent");
    writer.uint32(value.number, "SubAccountMerged.number");
    writer.fixedOpaque(value.account, 32, "SubAccountMerged.account");
  },
  (reader) => ({
    parent: reader.fixedOpaque(32, "SubAccountMerged.parent"),
    number: reader.uint32("SubAccountMerged.number"),
    account: reader.fixedOpaque(32, "SubAccountMerged.account"),
  }),
);

/** An operation of a request batch broke a rule, and that is all it did. */
export interface OperationRefused {
  readonly code: Code;
}

export const OperationRefused: Codec<OperationRefused> = codec<OperationRefused>(
  "OperationRefused",
  (writer, value) => {
    writer.enumerated(value.code, Code, "OperationRefused.code");
  },
  (reader) => ({
    code: reader.enumerated(Code, "OperationRefused.code"),
  }),
);

/** A channel's transaction that no withdrawal asked for. */
export interface UnknownChannelTransaction {
  readonly transaction: Hash;
  readonly channel: Key;
  readonly sequence: bigint;
}

export const UnknownChannelTransaction: Codec<UnknownChannelTransaction> = codec<UnknownChannelTransaction>(
  "UnknownChannelTransaction",
  (writer, value) => {
    writer.fixedOpaque(value.transaction, 32, "UnknownChannelTransaction.transaction");
    writer.fixedOpaque(value.channel, 32, "UnknownChannelTransaction.channel");
    writer.int64(value.sequence, "UnknownChannelTransaction.sequence");
  },
  (reader) => ({
    transaction: reader.fixedOpaque(32, "UnknownChannelTransaction.transaction"),
    channel: reader.fixedOpaque(32, "UnknownChannelTransaction.channel"),
    sequence: reader.int64("UnknownChannelTransaction.sequence"),
  }),
);

/** The enum EffectType of effects.x. */
export const EffectType = {
  ACCOUNT_OPENED: 0,
  BALANCE_CHANGED: 1,
  PAYMENT_SENT: 2,
  PAYMENT_RECEIVED: 3,
  DEPOSIT_CREDITED: 4,
  ORDER_PLACED: 5,
  TRADE: 6,
  ORDER_CLOSED: 7,
  FEE_COLLECTED: 8,
  WITHDRAWAL_ACCEPTED: 9,
  WITHDRAWAL_PREPARED: 10,
  WITHDRAWAL_CLOSED: 11,
  SUSPENSE_ADDED: 12,
  LEDGER_ADVANCED: 13,
  UNKNOWN_CHANNEL_TRANSACTION: 14,
  ROUTING_REGISTERED: 15,
  SUSPENSE_REFUNDED: 16,
  VAULT_TASK_PREPARED: 17,
  VAULT_TASK_CLOSED: 18,
  CLAIM_IGNORED: 19,
  ASSET_SUSPENDED: 20,
  ASSET_RESUMED: 21,
  SETTINGS_CHANGED: 22,
  UNKNOWN_VAULT_TRANSACTION_SEEN: 23,
  TERM_BEGAN: 24,
  OPERATION_REFUSED: 25,
  ORDER_REDUCED: 26,
  ORDER_REPLACED: 27,
  CANCEL_ALL_SCHEDULED: 28,
  ORDER_ARMED: 29,
  ORDER_TRIGGERED: 30,
  HOLD_OPENED: 31,
  HOLD_CLOSED: 32,
  WITHDRAWAL_WITHHELD: 33,
  WITHDRAWAL_APPROVED: 34,
  MODE_CHANGED: 35,
  AGENT_APPOINTED: 40,
  AGENT_DISMISSED: 41,
  KEY_ROTATED: 42,
  LOCK_CHANGED: 43,
  SUB_ACCOUNT_OPENED: 44,
  SUB_ACCOUNT_MERGED: 45,
} as const;
export type EffectType = (typeof EffectType)[keyof typeof EffectType];

/** The union Effect of effects.x. */
export type Effect =
  | { readonly type: "ACCOUNT_OPENED"; readonly value: AccountOpened }
  | { readonly type: "BALANCE_CHANGED"; readonly value: BalanceChanged }
  | { readonly type: "PAYMENT_SENT"; readonly value: PaymentSent }
  | { readonly type: "PAYMENT_RECEIVED"; readonly value: PaymentReceived }
  | { readonly type: "DEPOSIT_CREDITED"; readonly value: DepositCredited }
  | { readonly type: "ORDER_PLACED"; readonly value: OrderPlaced }
  | { readonly type: "TRADE"; readonly value: Trade }
  | { readonly type: "ORDER_CLOSED"; readonly value: OrderClosed }
  | { readonly type: "FEE_COLLECTED"; readonly value: FeeCollected }
  | { readonly type: "WITHDRAWAL_ACCEPTED"; readonly value: WithdrawalAccepted }
  | { readonly type: "WITHDRAWAL_PREPARED"; readonly value: WithdrawalPrepared }
  | { readonly type: "WITHDRAWAL_CLOSED"; readonly value: WithdrawalClosed }
  | { readonly type: "SUSPENSE_ADDED"; readonly value: SuspenseAdded }
  | { readonly type: "LEDGER_ADVANCED"; readonly value: LedgerAdvanced }
  | { readonly type: "UNKNOWN_CHANNEL_TRANSACTION"; readonly value: UnknownChannelTransaction }
  | { readonly type: "ROUTING_REGISTERED"; readonly value: RoutingRegistered }
  | { readonly type: "SUSPENSE_REFUNDED"; readonly value: SuspenseRefunded }
  | { readonly type: "VAULT_TASK_PREPARED"; readonly value: VaultTaskPrepared }
  | { readonly type: "VAULT_TASK_CLOSED"; readonly value: VaultTaskClosed }
  | { readonly type: "CLAIM_IGNORED"; readonly value: ClaimIgnored }
  | { readonly type: "ASSET_SUSPENDED"; readonly value: AssetSuspended }
  | { readonly type: "ASSET_RESUMED"; readonly value: AssetResumed }
  | { readonly type: "SETTINGS_CHANGED"; readonly value: SettingsChanged }
  | { readonly type: "UNKNOWN_VAULT_TRANSACTION_SEEN"; readonly value: UnknownVaultTransaction }
  | { readonly type: "TERM_BEGAN"; readonly value: TermBegan }
  | { readonly type: "OPERATION_REFUSED"; readonly value: OperationRefused }
  | { readonly type: "ORDER_REDUCED"; readonly value: OrderReduced }
  | { readonly type: "ORDER_REPLACED"; readonly value: OrderReplaced }
  | { readonly type: "CANCEL_ALL_SCHEDULED"; readonly value: CancelAllScheduled }
  | { readonly type: "ORDER_ARMED"; readonly value: OrderArmed }
  | { readonly type: "ORDER_TRIGGERED"; readonly value: OrderTriggered }
  | { readonly type: "HOLD_OPENED"; readonly value: HoldOpened }
  | { readonly type: "HOLD_CLOSED"; readonly value: HoldClosed }
  | { readonly type: "WITHDRAWAL_WITHHELD"; readonly value: WithdrawalWithheld }
  | { readonly type: "WITHDRAWAL_APPROVED"; readonly value: WithdrawalApproved }
  | { readonly type: "MODE_CHANGED"; readonly value: ModeChanged }
  | { readonly type: "AGENT_APPOINTED"; readonly value: AgentAppointed }
  | { readonly type: "AGENT_DISMISSED"; readonly value: AgentDismissed }
  | { readonly type: "KEY_ROTATED"; readonly value: KeyRotated }
  | { readonly type: "LOCK_CHANGED"; readonly value: LockChanged }
  | { readonly type: "SUB_ACCOUNT_OPENED"; readonly value: SubAccountOpened }
  | { readonly type: "SUB_ACCOUNT_MERGED"; readonly value: SubAccountMerged };

export const Effect: Codec<Effect> = codec<Effect>(
  "Effect",
  (writer, value) => {
    switch (value.type) {
      case "ACCOUNT_OPENED":
        writer.int32(EffectType.ACCOUNT_OPENED, "Effect.type");
        AccountOpened.write(writer, value.value);
        return;
      case "BALANCE_CHANGED":
        writer.int32(EffectType.BALANCE_CHANGED, "Effect.type");
        BalanceChanged.write(writer, value.value);
        return;
      case "PAYMENT_SENT":
        writer.int32(EffectType.PAYMENT_SENT, "Effect.type");
        PaymentSent.write(writer, value.value);
        return;
      case "PAYMENT_RECEIVED":
        writer.int32(EffectType.PAYMENT_RECEIVED, "Effect.type");
        PaymentReceived.write(writer, value.value);
        return;
      case "DEPOSIT_CREDITED":
        writer.int32(EffectType.DEPOSIT_CREDITED, "Effect.type");
        DepositCredited.write(writer, value.value);
        return;
      case "ORDER_PLACED":
        writer.int32(EffectType.ORDER_PLACED, "Effect.type");
        OrderPlaced.write(writer, value.value);
        return;
      case "TRADE":
        writer.int32(EffectType.TRADE, "Effect.type");
        Trade.write(writer, value.value);
        return;
      case "ORDER_CLOSED":
        writer.int32(EffectType.ORDER_CLOSED, "Effect.type");
        OrderClosed.write(writer, value.value);
        return;
      case "FEE_COLLECTED":
        writer.int32(EffectType.FEE_COLLECTED, "Effect.type");
        FeeCollected.write(writer, value.value);
        return;
      case "WITHDRAWAL_ACCEPTED":
        writer.int32(EffectType.WITHDRAWAL_ACCEPTED, "Effect.type");
        WithdrawalAccepted.write(writer, value.value);
        return;
      case "WITHDRAWAL_PREPARED":
        writer.int32(EffectType.WITHDRAWAL_PREPARED, "Effect.type");
        WithdrawalPrepared.write(writer, value.value);
        return;
      case "WITHDRAWAL_CLOSED":
        writer.int32(EffectType.WITHDRAWAL_CLOSED, "Effect.type");
        WithdrawalClosed.write(writer, value.value);
        return;
      case "SUSPENSE_ADDED":
        writer.int32(EffectType.SUSPENSE_ADDED, "Effect.type");
        SuspenseAdded.write(writer, value.value);
        return;
      case "LEDGER_ADVANCED":
        writer.int32(EffectType.LEDGER_ADVANCED, "Effect.type");
        LedgerAdvanced.write(writer, value.value);
        return;
      case "UNKNOWN_CHANNEL_TRANSACTION":
        writer.int32(EffectType.UNKNOWN_CHANNEL_TRANSACTION, "Effect.type");
        UnknownChannelTransaction.write(writer, value.value);
        return;
      case "ROUTING_REGISTERED":
        writer.int32(EffectType.ROUTING_REGISTERED, "Effect.type");
        RoutingRegistered.write(writer, value.value);
        return;
      case "SUSPENSE_REFUNDED":
        writer.int32(EffectType.SUSPENSE_REFUNDED, "Effect.type");
        SuspenseRefunded.write(writer, value.value);
        return;
      case "VAULT_TASK_PREPARED":
        writer.int32(EffectType.VAULT_TASK_PREPARED, "Effect.type");
        VaultTaskPrepared.write(writer, value.value);
        return;
      case "VAULT_TASK_CLOSED":
        writer.int32(EffectType.VAULT_TASK_CLOSED, "Effect.type");
        VaultTaskClosed.write(writer, value.value);
        return;
      case "CLAIM_IGNORED":
        writer.int32(EffectType.CLAIM_IGNORED, "Effect.type");
        ClaimIgnored.write(writer, value.value);
        return;
      case "ASSET_SUSPENDED":
        writer.int32(EffectType.ASSET_SUSPENDED, "Effect.type");
        AssetSuspended.write(writer, value.value);
        return;
      case "ASSET_RESUMED":
        writer.int32(EffectType.ASSET_RESUMED, "Effect.type");
        AssetResumed.write(writer, value.value);
        return;
      case "SETTINGS_CHANGED":
        writer.int32(EffectType.SETTINGS_CHANGED, "Effect.type");
        SettingsChanged.write(writer, value.value);
        return;
      case "UNKNOWN_VAULT_TRANSACTION_SEEN":
        writer.int32(EffectType.UNKNOWN_VAULT_TRANSACTION_SEEN, "Effect.type");
        UnknownVaultTransaction.write(writer, value.value);
        return;
      case "TERM_BEGAN":
        writer.int32(EffectType.TERM_BEGAN, "Effect.type");
        TermBegan.write(writer, value.value);
        return;
      case "OPERATION_REFUSED":
        writer.int32(EffectType.OPERATION_REFUSED, "Effect.type");
        OperationRefused.write(writer, value.value);
        return;
      case "ORDER_REDUCED":
        writer.int32(EffectType.ORDER_REDUCED, "Effect.type");
        OrderReduced.write(writer, value.value);
        return;
      case "ORDER_REPLACED":
        writer.int32(EffectType.ORDER_REPLACED, "Effect.type");
        OrderReplaced.write(writer, value.value);
        return;
      case "CANCEL_ALL_SCHEDULED":
        writer.int32(EffectType.CANCEL_ALL_SCHEDULED, "Effect.type");
        CancelAllScheduled.write(writer, value.value);
        return;
      case "ORDER_ARMED":
        writer.int32(EffectType.ORDER_ARMED, "Effect.type");
        OrderArmed.write(writer, value.value);
        return;
      case "ORDER_TRIGGERED":
        writer.int32(EffectType.ORDER_TRIGGERED, "Effect.type");
        OrderTriggered.write(writer, value.value);
        return;
      case "HOLD_OPENED":
        writer.int32(EffectType.HOLD_OPENED, "Effect.type");
        HoldOpened.write(writer, value.value);
        return;
      case "HOLD_CLOSED":
        writer.int32(EffectType.HOLD_CLOSED, "Effect.type");
        HoldClosed.write(writer, value.value);
        return;
      case "WITHDRAWAL_WITHHELD":
        writer.int32(EffectType.WITHDRAWAL_WITHHELD, "Effect.type");
        WithdrawalWithheld.write(writer, value.value);
        return;
      case "WITHDRAWAL_APPROVED":
        writer.int32(EffectType.WITHDRAWAL_APPROVED, "Effect.type");
        WithdrawalApproved.write(writer, value.value);
        return;
      case "MODE_CHANGED":
        writer.int32(EffectType.MODE_CHANGED, "Effect.type");
        ModeChanged.write(writer, value.value);
        return;
      case "AGENT_APPOINTED":
        writer.int32(EffectType.AGENT_APPOINTED, "Effect.type");
        AgentAppointed.write(writer, value.value);
        return;
      case "AGENT_DISMISSED":
        writer.int32(EffectType.AGENT_DISMISSED, "Effect.type");
        AgentDismissed.write(writer, value.value);
        return;
      case "KEY_ROTATED":
        writer.int32(EffectType.KEY_ROTATED, "Effect.type");
        KeyRotated.write(writer, value.value);
        return;
      case "LOCK_CHANGED":
        writer.int32(EffectType.LOCK_CHANGED, "Effect.type");
        LockChanged.write(writer, value.value);
        return;
      case "SUB_ACCOUNT_OPENED":
        writer.int32(EffectType.SUB_ACCOUNT_OPENED, "Effect.type");
        SubAccountOpened.write(writer, value.value);
        return;
      case "SUB_ACCOUNT_MERGED":
        writer.int32(EffectType.SUB_ACCOUNT_MERGED, "Effect.type");
        SubAccountMerged.write(writer, value.value);
        return;
      default:
        writer.unknownArm("Effect.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(EffectType, "Effect.type")) {
      case EffectType.ACCOUNT_OPENED:
        return { type: "ACCOUNT_OPENED", value: AccountOpened.read(reader) };
      case EffectType.BALANCE_CHANGED:
        return { type: "BALANCE_CHANGED", value: BalanceChanged.read(reader) };
      case EffectType.PAYMENT_SENT:
        return { type: "PAYMENT_SENT", value: PaymentSent.read(reader) };
      case EffectType.PAYMENT_RECEIVED:
        return { type: "PAYMENT_RECEIVED", value: PaymentReceived.read(reader) };
      case EffectType.DEPOSIT_CREDITED:
        return { type: "DEPOSIT_CREDITED", value: DepositCredited.read(reader) };
      case EffectType.ORDER_PLACED:
        return { type: "ORDER_PLACED", value: OrderPlaced.read(reader) };
      case EffectType.TRADE:
        return { type: "TRADE", value: Trade.read(reader) };
      case EffectType.ORDER_CLOSED:
        return { type: "ORDER_CLOSED", value: OrderClosed.read(reader) };
      case EffectType.FEE_COLLECTED:
        return { type: "FEE_COLLECTED", value: FeeCollected.read(reader) };
      case EffectType.WITHDRAWAL_ACCEPTED:
        return { type: "WITHDRAWAL_ACCEPTED", value: WithdrawalAccepted.read(reader) };
      case EffectType.WITHDRAWAL_PREPARED:
        return { type: "WITHDRAWAL_PREPARED", value: WithdrawalPrepared.read(reader) };
      case EffectType.WITHDRAWAL_CLOSED:
        return { type: "WITHDRAWAL_CLOSED", value: WithdrawalClosed.read(reader) };
      case EffectType.SUSPENSE_ADDED:
        return { type: "SUSPENSE_ADDED", value: SuspenseAdded.read(reader) };
      case EffectType.LEDGER_ADVANCED:
        return { type: "LEDGER_ADVANCED", value: LedgerAdvanced.read(reader) };
      case EffectType.UNKNOWN_CHANNEL_TRANSACTION:
        return { type: "UNKNOWN_CHANNEL_TRANSACTION", value: UnknownChannelTransaction.read(reader) };
      case EffectType.ROUTING_REGISTERED:
        return { type: "ROUTING_REGISTERED", value: RoutingRegistered.read(reader) };
      case EffectType.SUSPENSE_REFUNDED:
        return { type: "SUSPENSE_REFUNDED", value: SuspenseRefunded.read(reader) };
      case EffectType.VAULT_TASK_PREPARED:
        return { type: "VAULT_TASK_PREPARED", value: VaultTaskPrepared.read(reader) };
      case EffectType.VAULT_TASK_CLOSED:
        return { type: "VAULT_TASK_CLOSED", value: VaultTaskClosed.read(reader) };
      case EffectType.CLAIM_IGNORED:
        return { type: "CLAIM_IGNORED", value: ClaimIgnored.read(reader) };
      case EffectType.ASSET_SUSPENDED:
        return { type: "ASSET_SUSPENDED", value: AssetSuspended.read(reader) };
      case EffectType.ASSET_RESUMED:
        return { type: "ASSET_RESUMED", value: AssetResumed.read(reader) };
      case EffectType.SETTINGS_CHANGED:
        return { type: "SETTINGS_CHANGED", value: SettingsChanged.read(reader) };
      case EffectType.UNKNOWN_VAULT_TRANSACTION_SEEN:
        return { type: "UNKNOWN_VAULT_TRANSACTION_SEEN", value: UnknownVaultTransaction.read(reader) };
      case EffectType.TERM_BEGAN:
        return { type: "TERM_BEGAN", value: TermBegan.read(reader) };
      case EffectType.OPERATION_REFUSED:
        return { type: "OPERATION_REFUSED", value: OperationRefused.read(reader) };
      case EffectType.ORDER_REDUCED:
        return { type: "ORDER_REDUCED", value: OrderReduced.read(reader) };
      case EffectType.ORDER_REPLACED:
        return { type: "ORDER_REPLACED", value: OrderReplaced.read(reader) };
      case EffectType.CANCEL_ALL_SCHEDULED:
        return { type: "CANCEL_ALL_SCHEDULED", value: CancelAllScheduled.read(reader) };
      case EffectType.ORDER_ARMED:
        return { type: "ORDER_ARMED", value: OrderArmed.read(reader) };
      case EffectType.ORDER_TRIGGERED:
        return { type: "ORDER_TRIGGERED", value: OrderTriggered.read(reader) };
      case EffectType.HOLD_OPENED:
        return { type: "HOLD_OPENED", value: HoldOpened.read(reader) };
      case EffectType.HOLD_CLOSED:
        return { type: "HOLD_CLOSED", value: HoldClosed.read(reader) };
      case EffectType.WITHDRAWAL_WITHHELD:
        return { type: "WITHDRAWAL_WITHHELD", value: WithdrawalWithheld.read(reader) };
      case EffectType.WITHDRAWAL_APPROVED:
        return { type: "WITHDRAWAL_APPROVED", value: WithdrawalApproved.read(reader) };
      case EffectType.MODE_CHANGED:
        return { type: "MODE_CHANGED", value: ModeChanged.read(reader) };
      case EffectType.AGENT_APPOINTED:
        return { type: "AGENT_APPOINTED", value: AgentAppointed.read(reader) };
      case EffectType.AGENT_DISMISSED:
        return { type: "AGENT_DISMISSED", value: AgentDismissed.read(reader) };
      case EffectType.KEY_ROTATED:
        return { type: "KEY_ROTATED", value: KeyRotated.read(reader) };
      case EffectType.LOCK_CHANGED:
        return { type: "LOCK_CHANGED", value: LockChanged.read(reader) };
      case EffectType.SUB_ACCOUNT_OPENED:
        return { type: "SUB_ACCOUNT_OPENED", value: SubAccountOpened.read(reader) };
      case EffectType.SUB_ACCOUNT_MERGED:
        return { type: "SUB_ACCOUNT_MERGED", value: SubAccountMerged.read(reader) };
    }
  },
);

/** One account's effects of one quantum. The constellation's own have the vault's key. */
export interface EffectGroup {
  readonly account: Key;
  readonly apex: Apex;
  readonly firstNumber: bigint;
  readonly effects: readonly Effect[];
}

export const EffectGroup: Codec<EffectGroup> = codec<EffectGroup>(
  "EffectGroup",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "EffectGroup.account");
    writer.uint64(value.apex, "EffectGroup.apex");
    writer.uint64(value.firstNumber, "EffectGroup.first_number");
    writer.list(value.effects, MAX_EFFECTS, (item) => Effect.write(writer, item), "EffectGroup.effects");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "EffectGroup.account"),
    apex: reader.uint64("EffectGroup.apex"),
    firstNumber: reader.uint64("EffectGroup.first_number"),
    effects: reader.list(MAX_EFFECTS, 8, () => Effect.read(reader), "EffectGroup.effects"),
  }),
);
