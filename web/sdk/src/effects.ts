/** What a quantum changed on the account, in names and decimal text. */

import type { Catalogue } from "./catalogue.js";
import type { CodeName } from "./errors.js";
import { amountText } from "./numbers.js";
import { LOCKS, type LockName, RIGHTS, type RightName, type SideName, type TriggerName } from "./operations.js";
import { toHex } from "./protocol/bytes.js";
import {
  Code,
  type Effect as WireEffect,
  HoldOutcome,
  OrderCloseReason,
  Side,
  TriggerKind,
  WithdrawalOutcome,
} from "./protocol/messages/index.js";
import { encodePublicKey } from "./protocol/strkey.js";
import { nameOf } from "./protocol/xdr.js";

export type OrderCloseReasonName = Lowercase<keyof typeof OrderCloseReason>;
export type WithdrawalOutcomeName = Lowercase<keyof typeof WithdrawalOutcome>;
export type HoldOutcomeName = "captured" | "released" | "lapsed";

/** One change. Times are microseconds since 1970. */
export type Effect =
  | { readonly type: "account_opened" }
  | { readonly type: "balance_changed"; readonly asset: string; readonly total: string; readonly locked: string }
  | {
      readonly type: "payment_sent";
      readonly destination: string;
      readonly asset: string;
      readonly amount: string;
      readonly memo: string;
    }
  | {
      readonly type: "payment_received";
      readonly source: string;
      readonly asset: string;
      readonly amount: string;
      readonly memo: string;
    }
  | {
      readonly type: "hold_opened";
      readonly holdId: bigint;
      readonly owner: string;
      readonly beneficiary: string;
      readonly asset: string;
      readonly amount: string;
      readonly expiresAtUs: bigint;
    }
  | {
      readonly type: "hold_closed";
      readonly holdId: bigint;
      readonly asset: string;
      readonly outcome: HoldOutcomeName;
      readonly captured: string;
    }
  | {
      readonly type: "deposit_credited";
      readonly asset: string;
      readonly amount: string;
      readonly transaction: string;
      readonly source: string;
    }
  | { readonly type: "routing_registered"; readonly routingId: bigint }
  | OrderPlaced
  | Fill
  | OrderReplaced
  | {
      readonly type: "order_armed";
      readonly orderId: bigint;
      readonly market: string;
      readonly side: SideName;
      readonly trigger: TriggerName;
      readonly triggerPrice: string;
    }
  | { readonly type: "order_triggered"; readonly orderId: bigint; readonly market: string }
  | { readonly type: "order_reduced"; readonly orderId: bigint; readonly amount: string; readonly remaining: string }
  | {
      readonly type: "order_closed";
      readonly orderId: bigint;
      readonly reason: OrderCloseReasonName;
      readonly remaining: string;
    }
  | { readonly type: "cancel_all_scheduled"; readonly dueUs: bigint | null }
  | { readonly type: "fee_collected"; readonly asset: string; readonly amount: string }
  | {
      readonly type: "withdrawal_accepted";
      readonly withdrawalId: bigint;
      readonly asset: string;
      readonly amount: string;
      readonly destination: string;
    }
  | { readonly type: "withdrawal_withheld"; readonly withdrawalId: bigint; readonly approveUntilUs: bigint }
  | { readonly type: "withdrawal_approved"; readonly withdrawalId: bigint }
  | {
      readonly type: "withdrawal_prepared";
      readonly withdrawalId: bigint;
      readonly transaction: string;
      readonly maxTimeS: bigint;
    }
  | {
      readonly type: "withdrawal_closed";
      readonly withdrawalId: bigint;
      readonly outcome: WithdrawalOutcomeName;
      /** Its hash; null where there never was one. */
      readonly transaction: string | null;
    }
  | { readonly type: "operation_refused"; readonly code: CodeName }
  | {
      readonly type: "agent_appointed";
      readonly agent: string;
      readonly rights: readonly RightName[];
      readonly expiresAtUs: bigint;
    }
  | { readonly type: "agent_dismissed"; readonly agent: string }
  | { readonly type: "key_rotated"; readonly newKey: string }
  | { readonly type: "lock_changed"; readonly locks: readonly LockName[]; readonly untilUs: bigint | null }
  | {
      readonly type: "sub_account_opened";
      readonly parent: string;
      readonly subAccount: number;
      readonly address: string;
    }
  | {
      readonly type: "sub_account_merged";
      readonly parent: string;
      readonly subAccount: number;
      readonly address: string;
    }
  /** What only the constellation's own account is told. */
  | { readonly type: "other"; readonly effect: WireEffect };

/** An order rests on the book with this amount. */
export interface OrderPlaced {
  readonly type: "order_placed";
  readonly orderId: bigint;
  readonly market: string;
  readonly side: SideName;
  readonly price: string;
  readonly amount: string;
}

/** An order of the account was filled, in part or whole; `fee` is of what it received. */
export interface Fill {
  readonly type: "fill";
  readonly orderId: bigint;
  readonly counterOrderId: bigint;
  readonly market: string;
  readonly side: SideName;
  readonly maker: boolean;
  readonly price: string;
  readonly amount: string;
  readonly quoteAmount: string;
  readonly fee: string;
}

/** An order took the place of another one; what it meets, and whether it rests, comes after this. */
export interface OrderReplaced {
  readonly type: "order_replaced";
  readonly orderId: bigint;
  readonly replaced: bigint;
  readonly market: string;
  readonly side: SideName;
  readonly price: string;
  readonly amount: string;
  readonly clientOrderId: string | null;
}

/** An effect in names and decimal text; throws `NotListed` where its asset or market is not listed. */
export function effectOf(catalogue: Catalogue, effect: WireEffect): Effect {
  switch (effect.type) {
    case "ACCOUNT_OPENED":
      return { type: "account_opened" };
    case "BALANCE_CHANGED": {
      const { asset, balance, liabilities } = effect.value;
      return {
        type: "balance_changed",
        asset: catalogue.assetName(asset),
        total: amountText(balance),
        locked: amountText(liabilities),
      };
    }
    case "PAYMENT_SENT":
      return {
        type: "payment_sent",
        destination: encodePublicKey(effect.value.destination),
        ...moneyOf(catalogue, effect.value),
        memo: effect.value.memo,
      };
    case "PAYMENT_RECEIVED":
      return {
        type: "payment_received",
        source: encodePublicKey(effect.value.source),
        ...moneyOf(catalogue, effect.value),
        memo: effect.value.memo,
      };
    case "DEPOSIT_CREDITED":
      return {
        type: "deposit_credited",
        ...moneyOf(catalogue, effect.value),
        transaction: toHex(effect.value.transaction),
        source: encodePublicKey(effect.value.source),
      };
    case "FEE_COLLECTED":
      return { type: "fee_collected", ...moneyOf(catalogue, effect.value) };
    case "ROUTING_REGISTERED":
      return { type: "routing_registered", routingId: effect.value.routingId };
    case "OPERATION_REFUSED":
      return { type: "operation_refused", code: nameOf(Code, effect.value.code) };
    default:
      return orderEffect(catalogue, effect) ?? withdrawalEffect(catalogue, effect) ?? accountEffect(catalogue, effect);
  }
}

function orderEffect(catalogue: Catalogue, effect: WireEffect): Effect | null {
  switch (effect.type) {
    case "ORDER_PLACED":
      return { type: "order_placed", orderId: effect.value.order, ...termsOf(catalogue, effect.value) };
    case "TRADE":
      return {
        type: "fill",
        orderId: effect.value.order,
        counterOrderId: effect.value.counterOrder,
        ...termsOf(catalogue, effect.value),
        maker: effect.value.maker,
        quoteAmount: amountText(effect.value.quoteAmount),
        fee: amountText(effect.value.fee),
      };
    case "ORDER_REPLACED":
      return {
        type: "order_replaced",
        orderId: effect.value.order,
        replaced: effect.value.replaced,
        ...termsOf(catalogue, effect.value),
        clientOrderId: effect.value.clientOrderId || null,
      };
    case "ORDER_ARMED": {
      const market = catalogue.marketOf(effect.value.market);
      const { kind, price } = effect.value.trigger;
      return {
        type: "order_armed",
        orderId: effect.value.order,
        market: market.name,
        side: sideName(effect.value.side),
        trigger: triggerName(kind),
        triggerPrice: market.price(price),
      };
    }
    case "ORDER_TRIGGERED": {
      const market = catalogue.marketOf(effect.value.market).name;
      return { type: "order_triggered", orderId: effect.value.order, market };
    }
    case "ORDER_REDUCED": {
      const { order, amount, remaining } = effect.value;
      return { type: "order_reduced", orderId: order, amount: amountText(amount), remaining: amountText(remaining) };
    }
    case "ORDER_CLOSED": {
      const { order, reason, remaining } = effect.value;
      return {
        type: "order_closed",
        orderId: order,
        reason: closeReasonName(reason),
        remaining: amountText(remaining),
      };
    }
    case "CANCEL_ALL_SCHEDULED":
      return { type: "cancel_all_scheduled", dueUs: effect.value.due };
    default:
      return null;
  }
}

function withdrawalEffect(catalogue: Catalogue, effect: WireEffect): Effect | null {
  switch (effect.type) {
    case "WITHDRAWAL_ACCEPTED":
      return {
        type: "withdrawal_accepted",
        withdrawalId: effect.value.withdrawal,
        ...moneyOf(catalogue, effect.value),
        destination: encodePublicKey(effect.value.destination),
      };
    case "WITHDRAWAL_WITHHELD": {
      const { withdrawal, approveUntil } = effect.value;
      return { type: "withdrawal_withheld", withdrawalId: withdrawal, approveUntilUs: approveUntil };
    }
    case "WITHDRAWAL_APPROVED":
      return { type: "withdrawal_approved", withdrawalId: effect.value.withdrawal };
    case "WITHDRAWAL_PREPARED": {
      const { withdrawal, transaction, maxTimeS } = effect.value;
      return { type: "withdrawal_prepared", withdrawalId: withdrawal, transaction: toHex(transaction), maxTimeS };
    }
    case "WITHDRAWAL_CLOSED": {
      const { withdrawal, outcome, transaction } = effect.value;
      return {
        type: "withdrawal_closed",
        withdrawalId: withdrawal,
        outcome: nameOf(WithdrawalOutcome, outcome).toLowerCase() as WithdrawalOutcomeName,
        transaction: transaction.some((byte) => byte !== 0) ? toHex(transaction) : null,
      };
    }
    default:
      return null;
  }
}

function accountEffect(catalogue: Catalogue, effect: WireEffect): Effect {
  switch (effect.type) {
    case "HOLD_OPENED":
      return {
        type: "hold_opened",
        holdId: effect.value.hold,
        owner: encodePublicKey(effect.value.owner),
        beneficiary: encodePublicKey(effect.value.beneficiary),
        ...moneyOf(catalogue, effect.value),
        expiresAtUs: effect.value.expiresAt,
      };
    case "HOLD_CLOSED":
      return {
        type: "hold_closed",
        holdId: effect.value.hold,
        asset: catalogue.assetName(effect.value.asset),
        outcome: nameOf(HoldOutcome, effect.value.outcome).slice("HOLD_".length).toLowerCase() as HoldOutcomeName,
        captured: amountText(effect.value.captured),
      };
    case "AGENT_APPOINTED": {
      const { agent, rights, expiresAt } = effect.value;
      return {
        type: "agent_appointed",
        agent: encodePublicKey(agent),
        rights: rightNames(rights),
        expiresAtUs: expiresAt,
      };
    }
    case "AGENT_DISMISSED":
      return { type: "agent_dismissed", agent: encodePublicKey(effect.value.agent) };
    case "KEY_ROTATED":
      return { type: "key_rotated", newKey: encodePublicKey(effect.value.newKey) };
    case "LOCK_CHANGED":
      return { type: "lock_changed", locks: lockNames(effect.value.locks), untilUs: effect.value.until };
    case "SUB_ACCOUNT_OPENED":
    case "SUB_ACCOUNT_MERGED": {
      const { parent, number, account } = effect.value;
      const type = effect.type === "SUB_ACCOUNT_OPENED" ? "sub_account_opened" : "sub_account_merged";
      return { type, parent: encodePublicKey(parent), subAccount: number, address: encodePublicKey(account) };
    }
    default:
      return { type: "other", effect };
  }
}

function moneyOf(catalogue: Catalogue, item: { asset: number; amount: bigint }): { asset: string; amount: string } {
  return { asset: catalogue.assetName(item.asset), amount: amountText(item.amount) };
}

function termsOf(
  catalogue: Catalogue,
  item: { market: number; side: Side; price: bigint; amount: bigint },
): { market: string; side: SideName; price: string; amount: string } {
  const market = catalogue.marketOf(item.market);
  const price = market.price(item.price);
  return { market: market.name, side: sideName(item.side), price, amount: amountText(item.amount) };
}

export function sideName(side: Side): SideName {
  return side === Side.BUY ? "buy" : "sell";
}

export function triggerName(kind: TriggerKind): TriggerName {
  return kind === TriggerKind.STOP ? "stop" : "take_profit";
}

export function closeReasonName(reason: OrderCloseReason): OrderCloseReasonName {
  return nameOf(OrderCloseReason, reason).toLowerCase() as OrderCloseReasonName;
}

export function rightNames(bits: number): RightName[] {
  return (Object.keys(RIGHTS) as RightName[]).filter((name) => bits & RIGHTS[name]);
}

export function lockNames(bits: number): LockName[] {
  return (Object.keys(LOCKS) as LockName[]).filter((name) => bits & LOCKS[name]);
}
