/** From what people write to what is signed; everything that can be checked here is checked here. */

import type { Catalogue, Market } from "./catalogue.js";
import { InvalidRequest } from "./errors.js";
import { type Decimal, positive } from "./numbers.js";
import { INT64_MAX, UINT32_MAX, UINT64_MAX } from "./protocol/amounts.js";
import { utf8 } from "./protocol/bytes.js";
import {
  type AppointAgent,
  LOCK_PAYMENTS,
  LOCK_TRADING,
  LOCK_WITHDRAWALS,
  MarketAmountUnit,
  MAX_BATCH_OPERATIONS,
  MAX_CLIENT_ORDER_ID,
  MAX_PATH_MARKETS,
  MAX_PAYMENT_MEMO,
  MAX_SUB_ACCOUNTS,
  type LedgerDestination,
  type Memo,
  type Operation,
  type OrderInstructions,
  type OrderReference,
  PathAmountUnit,
  RIGHT_PAY,
  RIGHT_TRADE,
  RIGHT_WITHDRAW,
  SelfTradePrevention,
  Side,
  TimeInForce,
  type Trigger,
  TriggerKind,
} from "./protocol/messages/index.js";
import { decodeAddress, decodePublicKey } from "./protocol/strkey.js";

/** An account: `G…`, or the 32 bytes of its key. */
export type Address = string | Uint8Array;
/** A time: a `Date`, or microseconds since 1970 as bigint. */
export type Moment = Date | bigint;
export type SideName = "buy" | "sell";
export type TimeInForceName = "GTC" | "IOC" | "FOK";
export type SelfTradePreventionName = "cancel_newest" | "cancel_oldest" | "cancel_both" | "decrement";
export type TriggerName = "stop" | "take_profit";
export type RightName = "trade" | "pay" | "withdraw";
export type LockName = "trading" | "payments" | "withdrawals";

export interface PayOptions {
  readonly destination: Address;
  readonly asset: string;
  readonly amount: Decimal;
  /** What the other one is told: up to 64 bytes of text without control characters. */
  readonly memo?: string | undefined;
}

/**
 * A payment of one asset that arrives as another one. Either `sendAmount` and `receiveMin` are given, or
 * `receiveAmount` and `sendMax`.
 */
export interface PathPayOptions {
  readonly destination: Address;
  readonly sendAsset: string;
  readonly receiveAsset: string;
  readonly sendAmount?: Decimal | undefined;
  readonly receiveMin?: Decimal | undefined;
  readonly receiveAmount?: Decimal | undefined;
  readonly sendMax?: Decimal | undefined;
  /** The markets, the first of which trades `sendAsset`; none: the one that trades both. */
  readonly path?: readonly string[] | undefined;
  readonly memo?: string | undefined;
}

interface OrderExtras {
  /** What happens where it meets an order of this account. */
  readonly selfTradePrevention?: SelfTradePreventionName | undefined;
  /** An own name of up to 36 characters, unique among the account's open orders. */
  readonly clientOrderId?: string | undefined;
  /** When it is closed, if it is still open. */
  readonly expiresAt?: Moment | undefined;
  /** The order waits until the last price gets to `triggerPrice`. */
  readonly trigger?: TriggerName | undefined;
  readonly triggerPrice?: Decimal | undefined;
}

export interface LimitOrderOptions extends OrderExtras {
  readonly market: string;
  readonly side: SideName;
  /** Of quote per base, a multiple of the tick. */
  readonly price: Decimal;
  /** Of base, a multiple of the lot. */
  readonly amount: Decimal;
  readonly timeInForce?: TimeInForceName | undefined;
  /** Refuse the order if any of it would be filled at once. */
  readonly postOnly?: boolean | undefined;
}

/** With an `amount` of base, or a `budget` of quote to buy for. */
export interface MarketOrderOptions extends OrderExtras {
  readonly market: string;
  readonly side: SideName;
  readonly amount?: Decimal | undefined;
  readonly budget?: Decimal | undefined;
}

export interface ReplaceOptions {
  readonly market: string;
  /** Its id, or its client order id. */
  readonly order: bigint | string;
  readonly price: Decimal;
  /** That shall remain. */
  readonly amount: Decimal;
  /** Refuse unless just so much remains now. */
  readonly ifRemaining?: Decimal | undefined;
  readonly postOnly?: boolean | undefined;
  readonly selfTradePrevention?: SelfTradePreventionName | undefined;
  readonly clientOrderId?: string | undefined;
  readonly expiresAt?: Moment | undefined;
}

export interface DestinationOptions {
  /** `G…` or `M…` of a Stellar account. */
  readonly destination: Address;
  /** Text of up to 28 bytes, or a number. */
  readonly memo?: string | bigint | undefined;
  /** The destination is not on the ledger yet: the lumens create it. */
  readonly create?: boolean | undefined;
}

export interface WithdrawOptions extends DestinationOptions {
  readonly asset: string;
  readonly amount: Decimal;
}

export interface HoldOptions {
  readonly beneficiary: Address;
  readonly asset: string;
  readonly amount: Decimal;
  /** When it lapses. */
  readonly expiresAt: Moment;
}

/** What can be asked for together, under one signature. */
export type BatchOperation =
  | ({ readonly type: "pay" } & PayOptions)
  | ({ readonly type: "pay_on_path" } & PathPayOptions)
  | ({ readonly type: "limit" } & LimitOrderOptions)
  | ({ readonly type: "market" } & MarketOrderOptions)
  | ({ readonly type: "replace" } & ReplaceOptions)
  | { readonly type: "cancel"; readonly order: bigint | string }
  | { readonly type: "cancel_all"; readonly market?: string | undefined }
  | { readonly type: "cancel_all_after"; readonly timeoutS: number }
  | ({ readonly type: "open_hold" } & HoldOptions)
  | { readonly type: "capture_hold"; readonly hold: bigint; readonly amount: Decimal }
  | { readonly type: "release_hold"; readonly hold: bigint };

const SIDES = { buy: Side.BUY, sell: Side.SELL } as const;
const TIMES_IN_FORCE = {
  GTC: TimeInForce.GOOD_TILL_CANCELLED,
  IOC: TimeInForce.IMMEDIATE_OR_CANCEL,
  FOK: TimeInForce.FILL_OR_KILL,
} as const;
const TRIGGERS = { stop: TriggerKind.STOP, take_profit: TriggerKind.TAKE_PROFIT } as const;
const PREVENTIONS = {
  cancel_newest: SelfTradePrevention.CANCEL_NEWEST,
  cancel_oldest: SelfTradePrevention.CANCEL_OLDEST,
  cancel_both: SelfTradePrevention.CANCEL_BOTH,
  decrement: SelfTradePrevention.DECREMENT,
} as const;
export const RIGHTS = { trade: RIGHT_TRADE, pay: RIGHT_PAY, withdraw: RIGHT_WITHDRAW } as const;
export const LOCKS = { trading: LOCK_TRADING, payments: LOCK_PAYMENTS, withdrawals: LOCK_WITHDRAWALS } as const;

const MEMO_TEXT_MAX_BYTES = 28;
const PLAIN: OrderInstructions = {
  postOnly: false,
  selfTradePrevention: SelfTradePrevention.CANCEL_NEWEST,
  clientOrderId: "",
  expiresAt: null,
  trigger: null,
};

/** The operation as it is signed. Throws an `InvalidRequest` where an argument is not valid. */
export function operationOf(catalogue: Catalogue, item: BatchOperation): Operation {
  switch (item.type) {
    case "pay":
      return payment(catalogue, item);
    case "pay_on_path":
      return pathPayment(catalogue, item);
    case "limit":
      return limitOrder(catalogue, item);
    case "market":
      return marketOrder(catalogue, item);
    case "replace":
      return replaceOrder(catalogue, item);
    case "cancel":
      return { type: "CANCEL_ORDER", value: { order: orderReference(item.order) } };
    case "cancel_all":
      return {
        type: "CANCEL_ALL_ORDERS",
        value: { market: item.market === undefined ? null : catalogue.market(item.market).id },
      };
    case "cancel_all_after":
      return cancelAllAfter(item.timeoutS);
    case "open_hold":
      return openHold(catalogue, item);
    case "capture_hold":
      return { type: "CAPTURE_HOLD", value: { hold: idOf(item.hold, "a hold's"), amount: positive(item.amount) } };
    case "release_hold":
      return { type: "RELEASE_HOLD", value: { hold: idOf(item.hold, "a hold's") } };
    default:
      throw new InvalidRequest(`${JSON.stringify((item as { type?: unknown }).type)} cannot be in a batch`);
  }
}

/** The operations of a batch; the error names the place of the one that is not valid. */
export function operationsOf(catalogue: Catalogue, items: readonly BatchOperation[]): Operation[] {
  if (items.length === 0 || items.length > MAX_BATCH_OPERATIONS) {
    throw new InvalidRequest(`${items.length} operations; a batch has from 1 to ${MAX_BATCH_OPERATIONS}`);
  }
  return items.map((item, place) => {
    try {
      return operationOf(catalogue, item);
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      throw new InvalidRequest(`operation ${place + 1} of ${items.length}: ${error.message}`);
    }
  });
}

/** The 32 bytes of an account's key. */
export function keyOf(address: Address): Uint8Array {
  if (address instanceof Uint8Array) {
    if (address.length !== 32) throw new InvalidRequest(`a key has 32 bytes, not ${address.length}`);
    return address;
  }
  return refusing(() => decodePublicKey(address));
}

/** Microseconds since 1970. */
export function microseconds(what: string, moment: Moment): bigint {
  const time = moment instanceof Date && !Number.isNaN(moment.getTime()) ? BigInt(moment.getTime()) * 1000n : moment;
  if (typeof time !== "bigint" || time > INT64_MAX || time < -INT64_MAX) {
    throw new InvalidRequest(`${what} is a Date, or microseconds since 1970 as bigint`);
  }
  return time;
}

function payment(catalogue: Catalogue, { destination, asset, amount, memo }: PayOptions): Operation {
  return {
    type: "PAYMENT",
    value: {
      destination: keyOf(destination),
      asset: catalogue.assetId(asset),
      amount: positive(amount),
      memo: paymentMemo(memo),
    },
  };
}

function pathPayment(catalogue: Catalogue, options: PathPayOptions): Operation {
  const { sendAmount, receiveMin, receiveAmount, sendMax } = options;
  const sends =
    sendAmount !== undefined && receiveMin !== undefined && receiveAmount === undefined && sendMax === undefined;
  const receives =
    receiveAmount !== undefined && sendMax !== undefined && sendAmount === undefined && receiveMin === undefined;
  if (!sends && !receives) {
    throw new InvalidRequest("a path has either a sendAmount with a receiveMin, or a receiveAmount with a sendMax");
  }
  const markets = options.path
    ? options.path.map((name) => catalogue.market(name))
    : [catalogue.marketBetween(options.sendAsset, options.receiveAsset)];
  if (markets.length === 0 || markets.length > MAX_PATH_MARKETS) {
    throw new InvalidRequest(`a path has from 1 to ${MAX_PATH_MARKETS} markets, not ${markets.length}`);
  }
  const [unit, amount, limit] = sends
    ? [PathAmountUnit.SEND_AMOUNT, sendAmount, receiveMin]
    : [PathAmountUnit.RECEIVE_AMOUNT, receiveAmount!, sendMax!];
  return {
    type: "PATH_PAYMENT",
    value: {
      destination: keyOf(options.destination),
      sendAsset: catalogue.assetId(options.sendAsset),
      receiveAsset: catalogue.assetId(options.receiveAsset),
      path: markets.map((market) => market.id),
      unit,
      amount: positive(amount),
      limit: positive(limit),
      memo: paymentMemo(options.memo),
    },
  };
}

function limitOrder(catalogue: Catalogue, options: LimitOrderOptions): Operation {
  const market = catalogue.market(options.market);
  return {
    type: "LIMIT_ORDER",
    value: {
      market: market.id,
      side: chosen("side", SIDES, options.side),
      price: market.priceUnits(options.price),
      amount: market.amountUnits(options.amount),
      timeInForce: chosen("timeInForce", TIMES_IN_FORCE, options.timeInForce ?? "GTC"),
      instructions: instructions(market, options, options.postOnly ?? false),
    },
  };
}

function marketOrder(catalogue: Catalogue, options: MarketOrderOptions): Operation {
  const market = catalogue.market(options.market);
  const side = chosen("side", SIDES, options.side);
  const { amount, budget } = options;
  if ((amount === undefined) === (budget === undefined)) {
    throw new InvalidRequest("a market order has either an amount of base or a budget of quote");
  }
  if (budget !== undefined && side === Side.SELL) {
    throw new InvalidRequest("a budget of quote buys; to sell, say how much of base");
  }
  const [unit, units] =
    budget === undefined
      ? [MarketAmountUnit.BASE_AMOUNT, market.amountUnits(amount!)]
      : [MarketAmountUnit.QUOTE_BUDGET, positive(budget, "budget")];
  const said = instructions(market, options, false);
  return { type: "MARKET_ORDER", value: { market: market.id, side, unit, amount: units, instructions: said } };
}

function replaceOrder(catalogue: Catalogue, options: ReplaceOptions): Operation {
  const market = catalogue.market(options.market);
  const { postOnly, selfTradePrevention, clientOrderId, expiresAt } = options;
  const says = [postOnly, selfTradePrevention, clientOrderId, expiresAt].some((item) => item !== undefined);
  return {
    type: "REPLACE_ORDER",
    value: {
      order: orderReference(options.order),
      ifRemaining: options.ifRemaining === undefined ? null : market.amountUnits(options.ifRemaining),
      price: market.priceUnits(options.price),
      amount: market.amountUnits(options.amount),
      instructions: says ? (instructions(market, options, postOnly ?? false) ?? PLAIN) : null,
    },
  };
}

/** What an order says beyond the plain one; null where it says nothing. */
function instructions(market: Market, options: OrderExtras, postOnly: boolean): OrderInstructions | null {
  const prevention = chosen("selfTradePrevention", PREVENTIONS, options.selfTradePrevention ?? "cancel_newest");
  const clientOrderId = options.clientOrderId === undefined ? "" : checkedClientOrderId(options.clientOrderId);
  const expiresAt = options.expiresAt === undefined ? null : future("expiresAt", options.expiresAt);
  const trigger = triggerOf(market, options);
  const isPlain = !postOnly && clientOrderId === "" && expiresAt === null && trigger === null;
  if (isPlain && prevention === SelfTradePrevention.CANCEL_NEWEST) return null;
  return { postOnly, selfTradePrevention: prevention, clientOrderId, expiresAt, trigger };
}

function triggerOf(market: Market, { trigger, triggerPrice }: OrderExtras): Trigger | null {
  if (trigger === undefined && triggerPrice === undefined) return null;
  if (trigger === undefined || triggerPrice === undefined) {
    throw new InvalidRequest("a trigger has a kind and a price: trigger and triggerPrice");
  }
  return { kind: chosen("trigger", TRIGGERS, trigger), price: market.priceUnits(triggerPrice) };
}

function orderReference(order: bigint | string): OrderReference {
  if (typeof order === "string") return { type: "CLIENT_ORDER_ID", value: checkedClientOrderId(order) };
  return { type: "ORDER_ID", value: idOf(order, "an order's") };
}

function cancelAllAfter(timeoutS: number): Operation {
  if (!Number.isInteger(timeoutS) || timeoutS < 0 || timeoutS > UINT32_MAX) {
    throw new InvalidRequest(`timeoutS is a whole number of seconds from 0 to ${UINT32_MAX}, not ${timeoutS}`);
  }
  return { type: "CANCEL_ALL_AFTER", value: { timeoutS } };
}

function openHold(catalogue: Catalogue, options: HoldOptions): Operation {
  return {
    type: "OPEN_HOLD",
    value: {
      beneficiary: keyOf(options.beneficiary),
      asset: catalogue.assetId(options.asset),
      amount: positive(options.amount),
      expiresAt: future("expiresAt", options.expiresAt),
    },
  };
}

export function withdrawal(catalogue: Catalogue, options: WithdrawOptions): Operation {
  const { asset, amount } = options;
  const destination = ledgerDestination(options);
  return { type: "WITHDRAWAL", value: { asset: catalogue.assetId(asset), amount: positive(amount), destination } };
}

/** Where a withdrawal goes. */
export function ledgerDestination({ destination, memo, create }: DestinationOptions): LedgerDestination {
  const { key, muxedId } =
    typeof destination === "string"
      ? refusing(() => decodeAddress(destination))
      : { key: keyOf(destination), muxedId: null };
  return { account: key, muxedId, memo: ledgerMemo(memo), creates: create ?? false };
}

export function registerRouting(routingId: bigint): Extract<Operation, { type: "REGISTER_ROUTING" }> {
  if (typeof routingId !== "bigint" || routingId <= 0n || routingId > UINT64_MAX) {
    throw new InvalidRequest(`a routing id is a bigint between 1 and ${UINT64_MAX}`);
  }
  return { type: "REGISTER_ROUTING", value: { routingId } };
}

/** A number of 13 to 16 digits; larger ones lose digits in wallets that keep numbers as floats. */
export function randomRoutingId(): bigint {
  const first = 10n ** 12n;
  const [word] = crypto.getRandomValues(new BigUint64Array(1));
  return first + (word! % (2n ** 53n - first));
}

export function appointment(agent: Address, rights: readonly RightName[], expiresAt: Moment): AppointAgent {
  const bits = bitsOf("right", RIGHTS, rights);
  if (bits === 0) throw new InvalidRequest("an agent needs a right: trade, pay or withdraw");
  return { agent: keyOf(agent), rights: bits, expiresAt: microseconds("expiresAt", expiresAt) };
}

export function accountLock(locks: readonly LockName[], until: Moment | null): Operation {
  const end = until === null ? null : microseconds("until", until);
  return { type: "LOCK_ACCOUNT", value: { locks: bitsOf("lock", LOCKS, locks), until: end } };
}

/** The number of a sub-account. */
export function subAccountNumber(number: number): number {
  if (Number.isInteger(number) && number >= 1 && number <= MAX_SUB_ACCOUNTS) return number;
  throw new InvalidRequest(`subAccount ${number}: sub-accounts are numbered from 1 to ${MAX_SUB_ACCOUNTS}`);
}

function bitsOf<T extends Record<string, number>>(
  what: string,
  known: T,
  names: readonly (keyof T & string)[],
): number {
  if (!Array.isArray(names)) throw new InvalidRequest(`give a list of ${what}s`);
  return names.reduce((bits, name) => bits | chosen(what, known, name), 0);
}

function chosen<T extends Record<string, number>>(what: string, known: T, name: keyof T & string): T[keyof T & string] {
  if (typeof name === "string" && Object.hasOwn(known, name)) return known[name];
  throw new InvalidRequest(`${what} is ${Object.keys(known).join(", ")}, not ${JSON.stringify(name)}`);
}

function checkedClientOrderId(name: string): string {
  if (new RegExp(`^[!-~]{1,${MAX_CLIENT_ORDER_ID}}$`).test(name)) return name;
  throw new InvalidRequest(`a client order id has 1 to ${MAX_CLIENT_ORDER_ID} visible ASCII characters, no spaces`);
}

/** An id as the wire has it. */
export function idOf(id: bigint, whose: string): bigint {
  if (typeof id === "bigint" && id > 0n && id <= UINT64_MAX) return id;
  throw new InvalidRequest(`${String(id)} is not ${whose} id, which is a bigint`);
}

function future(what: string, moment: Moment): bigint {
  const time = microseconds(what, moment);
  if (time <= 0n) throw new InvalidRequest(`${what} is after 1970`);
  return time;
}

function ledgerMemo(memo: string | bigint | undefined): Memo {
  if (memo === undefined) return { type: "MEMO_NONE" };
  if (typeof memo === "string") return { type: "MEMO_TEXT", value: checkedText(memo, MEMO_TEXT_MAX_BYTES) };
  if (typeof memo === "bigint" && memo >= 0n && memo <= UINT64_MAX) return { type: "MEMO_ID", value: memo };
  throw new InvalidRequest(`a memo is text, or a bigint between 0 and ${UINT64_MAX}`);
}

function paymentMemo(memo: string | undefined): string {
  if (memo === undefined) return "";
  // Control characters, C1's too.
  if (typeof memo !== "string" || /[\u0000-\u001f\u007f-\u009f]/.test(memo)) {
    throw new InvalidRequest("the memo of a payment is text without control characters");
  }
  return checkedText(memo, MAX_PAYMENT_MEMO);
}

function checkedText(text: string, most: number): string {
  const { length } = utf8(text);
  if (/\p{Surrogate}/u.test(text)) throw new InvalidRequest("a memo must be text that has a form in UTF-8");
  if (length === 0 || length > most) throw new InvalidRequest(`a text memo has 1 to ${most} bytes, not ${length}`);
  return text;
}

function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidRequest((error as Error).message);
  }
}
