/**
 * Generated from xdr/requests.x by tools/xdr_generator.py; do not edit.
 *
 * What a client signs.
 */
import { codec, type Codec } from "../xdr.js";
import { MAX_CLIENT_ORDER_ID, MAX_PAYMENT_MEMO, Memo, Side, Trigger, type Amount, type Apex, type AssetId, type Key, type MarketId, type Price, type Signature, type Timestamp } from "./common.js";
import { AppointAgent, DismissAgent, LockAccount, MergeSubAccount, OpenSubAccount, RotateKey } from "./keys.js";

/** under one signature */
export const MAX_BATCH_OPERATIONS = 100;

/** The enum TimeInForce of requests.x. */
export const TimeInForce = {
  GOOD_TILL_CANCELLED: 0,
  IMMEDIATE_OR_CANCEL: 1,
  FILL_OR_KILL: 2,
} as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

/** What happens where an order would meet an order of its own account. */
export const SelfTradePrevention = {
  CANCEL_NEWEST: 0,
  CANCEL_OLDEST: 1,
  CANCEL_BOTH: 2,
  DECREMENT: 3,
} as const;
export type SelfTradePrevention = (typeof SelfTradePrevention)[keyof typeof SelfTradePrevention];

/** The struct Payment of requests.x. */
export interface Payment {
  readonly destination: Key;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly memo: string;
}

export const Payment: Codec<Payment> = codec<Payment>(
  "Payment",
  (writer, value) => {
    writer.fixedOpaque(value.destination, 32, "Payment.destination");
    writer.uint32(value.asset, "Payment.asset");
    writer.int64(value.amount, "Payment.amount");
    writer.string(value.memo, MAX_PAYMENT_MEMO, "Payment.memo");
  },
  (reader) => ({
    destination: reader.fixedOpaque(32, "Payment.destination"),
    asset: reader.uint32("Payment.asset"),
    amount: reader.int64("Payment.amount"),
    memo: reader.string(MAX_PAYMENT_MEMO, "Payment.memo"),
  }),
);

/** The const MAX_PATH_MARKETS of requests.x. */
export const MAX_PATH_MARKETS = 2;

/** The enum PathAmountUnit of requests.x. */
export const PathAmountUnit = {
  SEND_AMOUNT: 0,
  RECEIVE_AMOUNT: 1,
} as const;
export type PathAmountUnit = (typeof PathAmountUnit)[keyof typeof PathAmountUnit];

/**
 * Money of one asset that arrives as another one, bought on one market or two on the way. What lots and fees leave over
 * stays with the sender. To the own account it is a conversion.
 */
export interface PathPayment {
  readonly destination: Key;
  readonly sendAsset: AssetId;
  readonly receiveAsset: AssetId;
  readonly path: readonly MarketId[];
  readonly unit: PathAmountUnit;
  readonly amount: Amount;
  readonly limit: Amount;
  readonly memo: string;
}

export const PathPayment: Codec<PathPayment> = codec<PathPayment>(
  "PathPayment",
  (writer, value) => {
    writer.fixedOpaque(value.destination, 32, "PathPayment.destination");
    writer.uint32(value.sendAsset, "PathPayment.send_asset");
    writer.uint32(value.receiveAsset, "PathPayment.receive_asset");
    writer.list(value.path, MAX_PATH_MARKETS, (item) => writer.uint32(item, "PathPayment.path"), "PathPayment.path");
    writer.enumerated(value.unit, PathAmountUnit, "PathPayment.unit");
    writer.int64(value.amount, "PathPayment.amount");
    writer.int64(value.limit, "PathPayment.limit");
    writer.string(value.memo, MAX_PAYMENT_MEMO, "PathPayment.memo");
  },
  (reader) => ({
    destination: reader.fixedOpaque(32, "PathPayment.destination"),
    sendAsset: reader.uint32("PathPayment.send_asset"),
    receiveAsset: reader.uint32("PathPayment.receive_asset"),
    path: reader.list(MAX_PATH_MARKETS, 4, () => reader.uint32("PathPayment.path"), "PathPayment.path"),
    unit: reader.enumerated(PathAmountUnit, "PathPayment.unit"),
    amount: reader.int64("PathPayment.amount"),
    limit: reader.int64("PathPayment.limit"),
    memo: reader.string(MAX_PAYMENT_MEMO, "PathPayment.memo"),
  }),
);

/** How an order differs from the plain one. */
export interface OrderInstructions {
  readonly postOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly clientOrderId: string;
  readonly expiresAt: Timestamp | null;
  readonly trigger: Trigger | null;
}

export const OrderInstructions: Codec<OrderInstructions> = codec<OrderInstructions>(
  "OrderInstructions",
  (writer, value) => {
    writer.boolean(value.postOnly, "OrderInstructions.post_only");
    writer.enumerated(value.selfTradePrevention, SelfTradePrevention, "OrderInstructions.self_trade_prevention");
    writer.string(value.clientOrderId, MAX_CLIENT_ORDER_ID, "OrderInstructions.client_order_id");
    writer.optional(value.expiresAt, (item) => writer.int64(item, "OrderInstructions.expires_at"));
    writer.optional(value.trigger, (item) => Trigger.write(writer, item));
  },
  (reader) => ({
    postOnly: reader.boolean("OrderInstructions.post_only"),
    selfTradePrevention: reader.enumerated(SelfTradePrevention, "OrderInstructions.self_trade_prevention"),
    clientOrderId: reader.string(MAX_CLIENT_ORDER_ID, "OrderInstructions.client_order_id"),
    expiresAt: reader.optional(() => reader.int64("OrderInstructions.expires_at"), "OrderInstructions.expires_at"),
    trigger: reader.optional(() => Trigger.read(reader), "OrderInstructions.trigger"),
  }),
);

/** The struct LimitOrder of requests.x. */
export interface LimitOrder {
  readonly market: MarketId;
  readonly side: Side;
  readonly price: Price;
  readonly amount: Amount;
  readonly timeInForce: TimeInForce;
  readonly instructions: OrderInstructions | null;
}

export const LimitOrder: Codec<LimitOrder> = codec<LimitOrder>(
  "LimitOrder",
  (writer, value) => {
    writer.uint32(value.market, "LimitOrder.market");
    writer.enumerated(value.side, Side, "LimitOrder.side");
    writer.int64(value.price, "LimitOrder.price");
    writer.int64(value.amount, "LimitOrder.amount");
    writer.enumerated(value.timeInForce, TimeInForce, "LimitOrder.time_in_force");
    writer.optional(value.instructions, (item) => OrderInstructions.write(writer, item));
  },
  (reader) => ({
    market: reader.uint32("LimitOrder.market"),
    side: reader.enumerated(Side, "LimitOrder.side"),
    price: reader.int64("LimitOrder.price"),
    amount: reader.int64("LimitOrder.amount"),
    timeInForce: reader.enumerated(TimeInForce, "LimitOrder.time_in_force"),
    instructions: reader.optional(() => OrderInstructions.read(reader), "LimitOrder.instructions"),
  }),
);

/** The enum MarketAmountUnit of requests.x. */
export const MarketAmountUnit = {
  BASE_AMOUNT: 0,
  QUOTE_BUDGET: 1,
} as const;
export type MarketAmountUnit = (typeof MarketAmountUnit)[keyof typeof MarketAmountUnit];

/** Filled at once, as far as the market's price band and the book go; never rests. */
export interface MarketOrder {
  readonly market: MarketId;
  readonly side: Side;
  readonly unit: MarketAmountUnit;
  readonly amount: Amount;
  readonly instructions: OrderInstructions | null;
}

export const MarketOrder: Codec<MarketOrder> = codec<MarketOrder>(
  "MarketOrder",
  (writer, value) => {
    writer.uint32(value.market, "MarketOrder.market");
    writer.enumerated(value.side, Side, "MarketOrder.side");
    writer.enumerated(value.unit, MarketAmountUnit, "MarketOrder.unit");
    writer.int64(value.amount, "MarketOrder.amount");
    writer.optional(value.instructions, (item) => OrderInstructions.write(writer, item));
  },
  (reader) => ({
    market: reader.uint32("MarketOrder.market"),
    side: reader.enumerated(Side, "MarketOrder.side"),
    unit: reader.enumerated(MarketAmountUnit, "MarketOrder.unit"),
    amount: reader.int64("MarketOrder.amount"),
    instructions: reader.optional(() => OrderInstructions.read(reader), "MarketOrder.instructions"),
  }),
);

/** The enum OrderReferenceType of requests.x. */
export const OrderReferenceType = {
  ORDER_ID: 0,
  CLIENT_ORDER_ID: 1,
} as const;
export type OrderReferenceType = (typeof OrderReferenceType)[keyof typeof OrderReferenceType];

/** The union OrderReference of requests.x. */
export type OrderReference =
  | { readonly type: "ORDER_ID"; readonly value: Apex }
  | { readonly type: "CLIENT_ORDER_ID"; readonly value: string };

export const OrderReference: Codec<OrderReference> = codec<OrderReference>(
  "OrderReference",
  (writer, value) => {
    switch (value.type) {
      case "ORDER_ID":
        writer.int32(OrderReferenceType.ORDER_ID, "OrderReference.type");
        writer.uint64(value.value, "OrderReference.order");
        return;
      case "CLIENT_ORDER_ID":
        writer.int32(OrderReferenceType.CLIENT_ORDER_ID, "OrderReference.type");
        writer.string(value.value, MAX_CLIENT_ORDER_ID, "OrderReference.client_order_id");
        return;
      default:
        writer.unknownArm("OrderReference.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(OrderReferenceType, "OrderReference.type")) {
      case OrderReferenceType.ORDER_ID:
        return { type: "ORDER_ID", value: reader.uint64("OrderReference.order") };
      case OrderReferenceType.CLIENT_ORDER_ID:
        return { type: "CLIENT_ORDER_ID", value: reader.string(MAX_CLIENT_ORDER_ID, "OrderReference.client_order_id") };
    }
  },
);

/** The struct CancelOrder of requests.x. */
export interface CancelOrder {
  readonly order: OrderReference;
}

export const CancelOrder: Codec<CancelOrder> = codec<CancelOrder>(
  "CancelOrder",
  (writer, value) => {
    OrderReference.write(writer, value.order);
  },
  (reader) => ({
    order: OrderReference.read(reader),
  }),
);

/**
 * Changes a resting order. Less of it at the same price, without instructions, keeps its id and its place in the queue;
 * anything else is a new order, with an id of its own, behind all others at its price, in the place of the old one.
 */
export interface ReplaceOrder {
  readonly order: OrderReference;
  readonly ifRemaining: Amount | null;
  readonly price: Price;
  readonly amount: Amount;
  readonly instructions: OrderInstructions | null;
}

export const ReplaceOrder: Codec<ReplaceOrder> = codec<ReplaceOrder>(
  "ReplaceOrder",
  (writer, value) => {
    OrderReference.write(writer, value.order);
    writer.optional(value.ifRemaining, (item) => writer.int64(item, "ReplaceOrder.if_remaining"));
    writer.int64(value.price, "ReplaceOrder.price");
    writer.int64(value.amount, "ReplaceOrder.amount");
    writer.optional(value.instructions, (item) => OrderInstructions.write(writer, item));
  },
  (reader) => ({
    order: OrderReference.read(reader),
    ifRemaining: reader.optional(() => reader.int64("ReplaceOrder.if_remaining"), "ReplaceOrder.if_remaining"),
    price: reader.int64("ReplaceOrder.price"),
    amount: reader.int64("ReplaceOrder.amount"),
    instructions: reader.optional(() => OrderInstructions.read(reader), "ReplaceOrder.instructions"),
  }),
);

/** Cancels all open orders when this time has passed since the last one of these; 0: not any more. */
export interface CancelAllAfter {
  readonly timeoutS: number;
}

export const CancelAllAfter: Codec<CancelAllAfter> = codec<CancelAllAfter>(
  "CancelAllAfter",
  (writer, value) => {
    writer.uint32(value.timeoutS, "CancelAllAfter.timeout_s");
  },
  (reader) => ({
    timeoutS: reader.uint32("CancelAllAfter.timeout_s"),
  }),
);

/** Takes the account's open orders off the books, the oldest first: 1,000 at most in one quantum, or one batch. */
export interface CancelAllOrders {
  readonly market: MarketId | null;
}

export const CancelAllOrders: Codec<CancelAllOrders> = codec<CancelAllOrders>(
  "CancelAllOrders",
  (writer, value) => {
    writer.optional(value.market, (item) => writer.uint32(item, "CancelAllOrders.market"));
  },
  (reader) => ({
    market: reader.optional(() => reader.uint32("CancelAllOrders.market"), "CancelAllOrders.market"),
  }),
);

/** Where a withdrawal goes: a Stellar account, perhaps one that holds the money of many. */
export interface LedgerDestination {
  readonly account: Key;
  readonly muxedId: bigint | null;
  readonly memo: Memo;
  readonly creates: boolean;
}

export const LedgerDestination: Codec<LedgerDestination> = codec<LedgerDestination>(
  "LedgerDestination",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "LedgerDestination.account");
    writer.optional(value.muxedId, (item) => writer.uint64(item, "LedgerDestination.muxed_id"));
    Memo.write(writer, value.memo);
    writer.boolean(value.creates, "LedgerDestination.creates");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "LedgerDestination.account"),
    muxedId: reader.optional(() => reader.uint64("LedgerDestination.muxed_id"), "LedgerDestination.muxed_id"),
    memo: Memo.read(reader),
    creates: reader.boolean("LedgerDestination.creates"),
  }),
);

/** The struct Withdrawal of requests.x. */
export interface Withdrawal {
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly destination: LedgerDestination;
}

export const Withdrawal: Codec<Withdrawal> = codec<Withdrawal>(
  "Withdrawal",
  (writer, value) => {
    writer.uint32(value.asset, "Withdrawal.asset");
    writer.int64(value.amount, "Withdrawal.amount");
    LedgerDestination.write(writer, value.destination);
  },
  (reader) => ({
    asset: reader.uint32("Withdrawal.asset"),
    amount: reader.int64("Withdrawal.amount"),
    destination: LedgerDestination.read(reader),
  }),
);

/** Withdraws all lumens, the minimum balance with them; nothing else may be left in the account. */
export interface CloseAccount {
  readonly destination: LedgerDestination;
}

export const CloseAccount: Codec<CloseAccount> = codec<CloseAccount>(
  "CloseAccount",
  (writer, value) => {
    LedgerDestination.write(writer, value.destination);
  },
  (reader) => ({
    destination: LedgerDestination.read(reader),
  }),
);

/** From now on a deposit with this memo id or muxed id is the account's. It stays so for ever. */
export interface RegisterRouting {
  readonly routingId: bigint;
}

export const RegisterRouting: Codec<RegisterRouting> = codec<RegisterRouting>(
  "RegisterRouting",
  (writer, value) => {
    writer.uint64(value.routingId, "RegisterRouting.routing_id");
  },
  (reader) => ({
    routingId: reader.uint64("RegisterRouting.routing_id"),
  }),
);

/** Locks money for another account, which may take it until the hold lapses. */
export interface OpenHold {
  readonly beneficiary: Key;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly expiresAt: Timestamp;
}

export const OpenHold: Codec<OpenHold> = codec<OpenHold>(
  "OpenHold",
  (writer, value) => {
    writer.fixedOpaque(value.beneficiary, 32, "OpenHold.beneficiary");
    writer.uint32(value.asset, "OpenHold.asset");
    writer.int64(value.amount, "OpenHold.amount");
    writer.int64(value.expiresAt, "OpenHold.expires_at");
  },
  (reader) => ({
    beneficiary: reader.fixedOpaque(32, "OpenHold.beneficiary"),
    asset: reader.uint32("OpenHold.asset"),
    amount: reader.int64("OpenHold.amount"),
    expiresAt: reader.int64("OpenHold.expires_at"),
  }),
);

/** By its beneficiary: takes the amount; what is left of the hold is free again. */
export interface CaptureHold {
  readonly hold: Apex;
  readonly amount: Amount;
}

export const CaptureHold: Codec<CaptureHold> = codec<CaptureHold>(
  "CaptureHold",
  (writer, value) => {
    writer.uint64(value.hold, "CaptureHold.hold");
    writer.int64(value.amount, "CaptureHold.amount");
  },
  (reader) => ({
    hold: reader.uint64("CaptureHold.hold"),
    amount: reader.int64("CaptureHold.amount"),
  }),
);

/** By its beneficiary: gives it up. */
export interface ReleaseHold {
  readonly hold: Apex;
}

export const ReleaseHold: Codec<ReleaseHold> = codec<ReleaseHold>(
  "ReleaseHold",
  (writer, value) => {
    writer.uint64(value.hold, "ReleaseHold.hold");
  },
  (reader) => ({
    hold: reader.uint64("ReleaseHold.hold"),
  }),
);

/** The enum OperationType of requests.x. */
export const OperationType = {
  PAYMENT: 0,
  LIMIT_ORDER: 1,
  CANCEL_ORDER: 2,
  WITHDRAWAL: 3,
  CLOSE_ACCOUNT: 4,
  REGISTER_ROUTING: 5,
  CANCEL_ALL_ORDERS: 6,
  MARKET_ORDER: 7,
  REPLACE_ORDER: 8,
  CANCEL_ALL_AFTER: 9,
  OPEN_HOLD: 10,
  CAPTURE_HOLD: 11,
  RELEASE_HOLD: 12,
  PATH_PAYMENT: 13,
  APPOINT_AGENT: 20,
  DISMISS_AGENT: 21,
  ROTATE_KEY: 22,
  LOCK_ACCOUNT: 23,
  OPEN_SUB_ACCOUNT: 24,
  MERGE_SUB_ACCOUNT: 25,
} as const;
export type OperationType = (typeof OperationType)[keyof typeof OperationType];

/** The union Operation of requests.x. */
export type Operation =
  | { readonly type: "PAYMENT"; readonly value: Payment }
  | { readonly type: "LIMIT_ORDER"; readonly value: LimitOrder }
  | { readonly type: "CANCEL_ORDER"; readonly value: CancelOrder }
  | { readonly type: "WITHDRAWAL"; readonly value: Withdrawal }
  | { readonly type: "CLOSE_ACCOUNT"; readonly value: CloseAccount }
  | { readonly type: "REGISTER_ROUTING"; readonly value: RegisterRouting }
  | { readonly type: "CANCEL_ALL_ORDERS"; readonly value: CancelAllOrders }
  | { readonly type: "MARKET_ORDER"; readonly value: MarketOrder }
  | { readonly type: "REPLACE_ORDER"; readonly value: ReplaceOrder }
  | { readonly type: "CANCEL_ALL_AFTER"; readonly value: CancelAllAfter }
  | { readonly type: "OPEN_HOLD"; readonly value: OpenHold }
  | { readonly type: "CAPTURE_HOLD"; readonly value: CaptureHold }
  | { readonly type: "RELEASE_HOLD"; readonly value: ReleaseHold }
  | { readonly type: "PATH_PAYMENT"; readonly value: PathPayment }
  | { readonly type: "APPOINT_AGENT"; readonly value: AppointAgent }
  | { readonly type: "DISMISS_AGENT"; readonly value: DismissAgent }
  | { readonly type: "ROTATE_KEY"; readonly value: RotateKey }
  | { readonly type: "LOCK_ACCOUNT"; readonly value: LockAccount }
  | { readonly type: "OPEN_SUB_ACCOUNT"; readonly value: OpenSubAccount }
  | { readonly type: "MERGE_SUB_ACCOUNT"; readonly value: MergeSubAccount };

export const Operation: Codec<Operation> = codec<Operation>(
  "Operation",
  (writer, value) => {
    switch (value.type) {
      case "PAYMENT":
        writer.int32(OperationType.PAYMENT, "Operation.type");
        Payment.write(writer, value.value);
        return;
      case "LIMIT_ORDER":
        writer.int32(OperationType.LIMIT_ORDER, "Operation.type");
        LimitOrder.write(writer, value.value);
        return;
      case "CANCEL_ORDER":
        writer.int32(OperationType.CANCEL_ORDER, "Operation.type");
        CancelOrder.write(writer, value.value);
        return;
      case "WITHDRAWAL":
        writer.int32(OperationType.WITHDRAWAL, "Operation.type");
        Withdrawal.write(writer, value.value);
        return;
      case "CLOSE_ACCOUNT":
        writer.int32(OperationType.CLOSE_ACCOUNT, "Operation.type");
        CloseAccount.write(writer, value.value);
        return;
      case "REGISTER_ROUTING":
        writer.int32(OperationType.REGISTER_ROUTING, "Operation.type");
        RegisterRouting.write(writer, value.value);
        return;
      case "CANCEL_ALL_ORDERS":
        writer.int32(OperationType.CANCEL_ALL_ORDERS, "Operation.type");
        CancelAllOrders.write(writer, value.value);
        return;
      case "MARKET_ORDER":
        writer.int32(OperationType.MARKET_ORDER, "Operation.type");
        MarketOrder.write(writer, value.value);
        return;
      case "REPLACE_ORDER":
        writer.int32(OperationType.REPLACE_ORDER, "Operation.type");
        ReplaceOrder.write(writer, value.value);
        return;
      case "CANCEL_ALL_AFTER":
        writer.int32(OperationType.CANCEL_ALL_AFTER, "Operation.type");
        CancelAllAfter.write(writer, value.value);
        return;
      case "OPEN_HOLD":
        writer.int32(OperationType.OPEN_HOLD, "Operation.type");
        OpenHold.write(writer, value.value);
        return;
      case "CAPTURE_HOLD":
        writer.int32(OperationType.CAPTURE_HOLD, "Operation.type");
        CaptureHold.write(writer, value.value);
        return;
      case "RELEASE_HOLD":
        writer.int32(OperationType.RELEASE_HOLD, "Operation.type");
        ReleaseHold.write(writer, value.value);
        return;
      case "PATH_PAYMENT":
        writer.int32(OperationType.PATH_PAYMENT, "Operation.type");
        PathPayment.write(writer, value.value);
        return;
      case "APPOINT_AGENT":
        writer.int32(OperationType.APPOINT_AGENT, "Operation.type");
        AppointAgent.write(writer, value.value);
        return;
      case "DISMISS_AGENT":
        writer.int32(OperationType.DISMISS_AGENT, "Operation.type");
        DismissAgent.write(writer, value.value);
        return;
      case "ROTATE_KEY":
        writer.int32(OperationType.ROTATE_KEY, "Operation.type");
        RotateKey.write(writer, value.value);
        return;
      case "LOCK_ACCOUNT":
        writer.int32(OperationType.LOCK_ACCOUNT, "Operation.type");
        LockAccount.write(writer, value.value);
        return;
      case "OPEN_SUB_ACCOUNT":
        writer.int32(OperationType.OPEN_SUB_ACCOUNT, "Operation.type");
        OpenSubAccount.write(writer, value.value);
        return;
      case "MERGE_SUB_ACCOUNT":
        writer.int32(OperationType.MERGE_SUB_ACCOUNT, "Operation.type");
        MergeSubAccount.write(writer, value.value);
        return;
      default:
        writer.unknownArm("Operation.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(OperationType, "Operation.type")) {
      case OperationType.PAYMENT:
        return { type: "PAYMENT", value: Payment.read(reader) };
      case OperationType.LIMIT_ORDER:
        return { type: "LIMIT_ORDER", value: LimitOrder.read(reader) };
      case OperationType.CANCEL_ORDER:
        return { type: "CANCEL_ORDER", value: CancelOrder.read(reader) };
      case OperationType.WITHDRAWAL:
        return { type: "WITHDRAWAL", value: Withdrawal.read(reader) };
      case OperationType.CLOSE_ACCOUNT:
        return { type: "CLOSE_ACCOUNT", value: CloseAccount.read(reader) };
      case OperationType.REGISTER_ROUTING:
        return { type: "REGISTER_ROUTING", value: RegisterRouting.read(reader) };
      case OperationType.CANCEL_ALL_ORDERS:
        return { type: "CANCEL_ALL_ORDERS", value: CancelAllOrders.read(reader) };
      case OperationType.MARKET_ORDER:
        return { type: "MARKET_ORDER", value: MarketOrder.read(reader) };
      case OperationType.REPLACE_ORDER:
        return { type: "REPLACE_ORDER", value: ReplaceOrder.read(reader) };
      case OperationType.CANCEL_ALL_AFTER:
        return { type: "CANCEL_ALL_AFTER", value: CancelAllAfter.read(reader) };
      case OperationType.OPEN_HOLD:
        return { type: "OPEN_HOLD", value: OpenHold.read(reader) };
      case OperationType.CAPTURE_HOLD:
        return { type: "CAPTURE_HOLD", value: CaptureHold.read(reader) };
      case OperationType.RELEASE_HOLD:
        return { type: "RELEASE_HOLD", value: ReleaseHold.read(reader) };
      case OperationType.PATH_PAYMENT:
        return { type: "PATH_PAYMENT", value: PathPayment.read(reader) };
      case OperationType.APPOINT_AGENT:
        return { type: "APPOINT_AGENT", value: AppointAgent.read(reader) };
      case OperationType.DISMISS_AGENT:
        return { type: "DISMISS_AGENT", value: DismissAgent.read(reader) };
      case OperationType.ROTATE_KEY:
        return { type: "ROTATE_KEY", value: RotateKey.read(reader) };
      case OperationType.LOCK_ACCOUNT:
        return { type: "LOCK_ACCOUNT", value: LockAccount.read(reader) };
      case OperationType.OPEN_SUB_ACCOUNT:
        return { type: "OPEN_SUB_ACCOUNT", value: OpenSubAccount.read(reader) };
      case OperationType.MERGE_SUB_ACCOUNT:
        return { type: "MERGE_SUB_ACCOUNT", value: MergeSubAccount.read(reader) };
    }
  },
);

/** The struct Request of requests.x. */
export interface Request {
  readonly account: Key;
  readonly signer: Key | null;
  readonly nonce: bigint;
  readonly validUntil: Timestamp;
  readonly operation: Operation;
}

export const Request: Codec<Request> = codec<Request>(
  "Request",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "Request.account");
    writer.optional(value.signer, (item) => writer.fixedOpaque(item, 32, "Request.signer"));
    writer.int64(value.nonce, "Request.nonce");
    writer.int64(value.validUntil, "Request.valid_until");
    Operation.write(writer, value.operation);
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "Request.account"),
    signer: reader.optional(() => reader.fixedOpaque(32, "Request.signer"), "Request.signer"),
    nonce: reader.int64("Request.nonce"),
    validUntil: reader.int64("Request.valid_until"),
    operation: Operation.read(reader),
  }),
);

/** The struct SignedRequest of requests.x. */
export interface SignedRequest {
  readonly request: Request;
  readonly signature: Signature;
}

export const SignedRequest: Codec<SignedRequest> = codec<SignedRequest>(
  "SignedRequest",
  (writer, value) => {
    Request.write(writer, value.request);
    writer.fixedOpaque(value.signature, 64, "SignedRequest.signature");
  },
  (reader) => ({
    request: Request.read(reader),
    signature: reader.fixedOpaque(64, "SignedRequest.signature"),
  }),
);

/** Operations of one account under one signature. Each is executed as a quantum of its own, in this order. */
export interface RequestBatch {
  readonly account: Key;
  readonly signer: Key | null;
  readonly nonce: bigint;
  readonly validUntil: Timestamp;
  readonly allOrNothing: boolean;
  readonly operations: readonly Operation[];
}

export const RequestBatch: Codec<RequestBatch> = codec<RequestBatch>(
  "RequestBatch",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "RequestBatch.account");
    writer.optional(value.signer, (item) => writer.fixedOpaque(item, 32, "RequestBatch.signer"));
    writer.int64(value.nonce, "RequestBatch.nonce");
    writer.int64(value.validUntil, "RequestBatch.valid_until");
    writer.boolean(value.allOrNothing, "RequestBatch.all_or_nothing");
    writer.list(value.operations, MAX_BATCH_OPERATIONS, (item) => Operation.write(writer, item), "RequestBatch.operations");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "RequestBatch.account"),
    signer: reader.optional(() => reader.fixedOpaque(32, "RequestBatch.signer"), "RequestBatch.signer"),
    nonce: reader.int64("RequestBatch.nonce"),
    validUntil: reader.int64("RequestBatch.valid_until"),
    allOrNothing: reader.boolean("RequestBatch.all_or_nothing"),
    operations: reader.list(MAX_BATCH_OPERATIONS, 8, () => Operation.read(reader), "RequestBatch.operations"),
  }),
);

/** Signed for another purpose than a request: neither is ever valid as the other. */
export interface SignedRequestBatch {
  readonly request: RequestBatch;
  readonly signature: Signature;
}

export const SignedRequestBatch: Codec<SignedRequestBatch> = codec<SignedRequestBatch>(
  "SignedRequestBatch",
  (writer, value) => {
    RequestBatch.write(writer, value.request);
    writer.fixedOpaque(value.signature, 64, "SignedRequestBatch.signature");
  },
  (reader) => ({
    request: RequestBatch.read(reader),
    signature: reader.fixedOpaque(64, "SignedRequestBatch.signature"),
  }),
);
