/** Answers to questions, in names and decimal text: alpha's word, not proven. */

import type { Catalogue, Market } from "./catalogue.js";
import { lockNames, rightNames, sideName, triggerName } from "./effects.js";
import { amountText } from "./numbers.js";
import type { LockName, RightName, SideName, TriggerName } from "./operations.js";
import { toHex } from "./protocol/bytes.js";
import {
  type AccountEntry,
  type AccountSnapshot,
  type ArmedEntry,
  type BalanceEntry,
  type BookLevel,
  type BookSnapshot,
  type HoldEntry,
  MarketAmountUnit,
  type OrderEntry,
  type WithdrawalEntry,
} from "./protocol/messages/index.js";
import { encodePublicKey } from "./protocol/strkey.js";
import { subAccountKey } from "./protocol/subAccounts.js";
import type { Receipt } from "./receipts.js";

/** Of one asset: all of it, the part that orders and withdrawals lock, and what can be spent. */
export interface Balance {
  readonly asset: string;
  readonly total: string;
  readonly locked: string;
  readonly available: string;
}

/** An order on the book. */
export interface OpenOrder {
  readonly orderId: bigint;
  readonly market: string;
  readonly side: SideName;
  readonly price: string;
  readonly remaining: string;
  readonly clientOrderId: string | null;
  readonly expiresAtUs: bigint | null;
}

/** An order that waits for its trigger; `price` is null of a market order, one of `amount` and `budget` is null. */
export interface ArmedOrder {
  readonly orderId: bigint;
  readonly market: string;
  readonly side: SideName;
  readonly trigger: TriggerName;
  readonly triggerPrice: string;
  readonly price: string | null;
  readonly amount: string | null;
  readonly budget: string | null;
  readonly clientOrderId: string | null;
  readonly expiresAtUs: bigint | null;
}

/** Money that the account has reserved for another one until then. */
export interface OpenHold {
  readonly holdId: bigint;
  readonly beneficiary: string;
  readonly asset: string;
  readonly amount: string;
  readonly expiresAtUs: bigint;
}

/** A withdrawal on its way; `transaction` is null while it waits for an approval or a free channel. */
export interface OpenWithdrawal {
  readonly withdrawalId: bigint;
  readonly asset: string;
  readonly amount: string;
  readonly destination: string;
  readonly transaction: string | null;
  readonly approveUntilUs: bigint | null;
}

/** A key that may sign for the account. */
export interface AgentKey {
  readonly address: string;
  readonly rights: readonly RightName[];
  readonly expiresAtUs: bigint;
  readonly nonce: bigint;
}

/** What nobody may ask for; `untilUs` is null where the owner can unlock it. */
export interface Lock {
  readonly locks: readonly LockName[];
  readonly untilUs: bigint | null;
}

/** The account as of the quantum `apex`. */
export interface Account {
  readonly address: string;
  /** Whether a deposit or a payment has opened it. */
  readonly exists: boolean;
  readonly apex: bigint;
  /** The last one that its owner used. */
  readonly nonce: bigint;
  /** Of the last effect. */
  readonly effectNumber: bigint;
  readonly cancelAllAtUs: bigint | null;
  /** By asset name. */
  readonly balances: Readonly<Record<string, Balance>>;
  readonly orders: readonly OpenOrder[];
  readonly armed: readonly ArmedOrder[];
  readonly withdrawals: readonly OpenWithdrawal[];
  readonly holds: readonly OpenHold[];
  /** Address of the key that owns it. */
  readonly owner: string;
  readonly agents: readonly AgentKey[];
  readonly lock: Lock | null;
  /** Addresses of those that are open, by their numbers. */
  readonly subAccounts: Readonly<Record<number, string>>;
  readonly parent: string | null;
}

export interface BookLine {
  readonly price: string;
  readonly amount: string;
  readonly orders: number;
}

/** A market's best levels as of the quantum `apex`, best first. */
export interface OrderBook {
  readonly market: string;
  readonly apex: bigint;
  readonly bids: readonly BookLine[];
  readonly asks: readonly BookLine[];
}

/** The view of an account's snapshot; throws `NotListed` where an asset or market is not listed. */
export function accountView(catalogue: Catalogue, key: Uint8Array, snapshot: AccountSnapshot): Account {
  const entry = snapshot.account;
  const keys = entry?.keys ?? null;
  return {
    address: encodePublicKey(key),
    exists: entry !== null,
    apex: snapshot.apex,
    nonce: entry?.nonce ?? 0n,
    effectNumber: entry?.effectNumber ?? 0n,
    cancelAllAtUs: entry?.cancelAllAt ?? null,
    balances: balancesOf(catalogue, entry),
    orders: snapshot.orders.map((order) => orderView(catalogue, order)),
    armed: snapshot.armed.map((order) => armedView(catalogue, order)),
    withdrawals: snapshot.withdrawals.map((item) => withdrawalView(catalogue, item)),
    holds: snapshot.holds.map((item) => holdView(catalogue, item)),
    ...ownersOf(entry, key),
    subAccounts: Object.fromEntries(
      (keys?.subAccounts ?? []).map((number) => [number, encodePublicKey(subAccountKey(entry!.account, number))]),
    ),
    parent: keys?.parent ? encodePublicKey(keys.parent.parent) : null,
  };
}

/** Who may sign for an account, and what is locked. */
export function ownersOf(
  entry: AccountEntry | null,
  key: Uint8Array,
): { owner: string; agents: AgentKey[]; lock: Lock | null } {
  const keys = entry?.keys ?? null;
  return {
    owner: encodePublicKey(keys?.owner ?? key),
    agents: (keys?.agents ?? []).map((agent) => ({
      address: encodePublicKey(agent.key),
      rights: rightNames(agent.rights),
      expiresAtUs: agent.expiresAt,
      nonce: agent.nonce,
    })),
    lock: keys?.lock ? { locks: lockNames(keys.lock.locks), untilUs: keys.lock.until } : null,
  };
}

/** An account's balances by asset name; throws `NotListed`. */
export function balancesOf(catalogue: Catalogue, entry: AccountEntry | null): Record<string, Balance> {
  const balances = (entry?.balances ?? []).map((item) => balanceView(catalogue, item));
  return Object.fromEntries(balances.map((balance) => [balance.asset, balance]));
}

function balanceView(catalogue: Catalogue, entry: BalanceEntry): Balance {
  const free = entry.balance - entry.liabilities;
  const spendable = entry.asset === 0 ? free - catalogue.settings.minimumBalance : free;
  return {
    asset: catalogue.assetName(entry.asset),
    total: amountText(entry.balance),
    locked: amountText(entry.liabilities),
    available: amountText(spendable < 0n && entry.asset === 0 ? 0n : spendable),
  };
}

/** The view of an order; throws `NotListed`. */
export function orderView(catalogue: Catalogue, entry: OrderEntry): OpenOrder {
  const market = catalogue.marketOf(entry.market);
  return {
    orderId: entry.order,
    market: market.name,
    side: sideName(entry.side),
    price: market.price(entry.price),
    remaining: amountText(entry.remaining),
    clientOrderId: entry.clientOrderId || null,
    expiresAtUs: entry.expiresAt,
  };
}

/** The view of an order that waits for its trigger; throws `NotListed`. */
export function armedView(catalogue: Catalogue, { order, operation }: ArmedEntry): ArmedOrder {
  const { instructions } = operation.value;
  const market = catalogue.marketOf(operation.value.market);
  const trigger = instructions?.trigger;
  if (!trigger) throw new RangeError("an armed order without a trigger");
  const amount = amountText(operation.value.amount);
  const hasBudget = operation.type === "ARMED_MARKET" && operation.value.unit === MarketAmountUnit.QUOTE_BUDGET;
  return {
    orderId: order,
    market: market.name,
    side: sideName(operation.value.side),
    trigger: triggerName(trigger.kind),
    triggerPrice: market.price(trigger.price),
    price: operation.type === "ARMED_LIMIT" ? market.price(operation.value.price) : null,
    amount: hasBudget ? null : amount,
    budget: hasBudget ? amount : null,
    clientOrderId: instructions.clientOrderId || null,
    expiresAtUs: instructions.expiresAt,
  };
}

/** The order that a receipt's request lets wait for its trigger, as it was signed; null where it is none. */
export function armedOrderOf(catalogue: Catalogue, { apex: order, effects, request, place }: Receipt): ArmedOrder | null {
  if (!effects.some((effect) => effect.type === "order_armed" && effect.orderId === order)) return null;
  const { account } = request.value.request;
  const operation = request.type === "REQUEST" ? request.value.request.operation : request.value.request.operations[place];
  if (operation?.type === "LIMIT_ORDER") {
    return armedView(catalogue, { order, account, operation: { type: "ARMED_LIMIT", value: operation.value } });
  }
  if (operation?.type === "MARKET_ORDER") {
    return armedView(catalogue, { order, account, operation: { type: "ARMED_MARKET", value: operation.value } });
  }
  return null;
}

function holdView(catalogue: Catalogue, entry: HoldEntry): OpenHold {
  return {
    holdId: entry.hold,
    beneficiary: encodePublicKey(entry.beneficiary),
    asset: catalogue.assetName(entry.asset),
    amount: amountText(entry.amount),
    expiresAtUs: entry.expiresAt,
  };
}

/** The view of a withdrawal; throws `NotListed`. */
export function withdrawalView(catalogue: Catalogue, entry: WithdrawalEntry): OpenWithdrawal {
  const { asset, amount, destination } = entry.operation;
  return {
    withdrawalId: entry.withdrawal,
    asset: catalogue.assetName(asset),
    amount: amountText(amount),
    destination: encodePublicKey(destination.account),
    transaction: entry.prepared === null ? null : toHex(entry.prepared.transaction),
    approveUntilUs: entry.approveUntil,
  };
}

/** The view of a book's snapshot. */
export function bookView(market: Market, snapshot: BookSnapshot): OrderBook {
  const lines = (levels: readonly BookLevel[]): BookLine[] =>
    levels.map(({ price, amount, orders }) => ({ price: market.price(price), amount: amountText(amount), orders }));
  return { market: market.name, apex: snapshot.apex, bids: lines(snapshot.bids), asks: lines(snapshot.asks) };
}
