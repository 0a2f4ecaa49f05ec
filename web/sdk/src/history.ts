/** What has happened to the account and is final, page by page, from a chronicler: in names and decimal text. */

import type { Catalogue } from "./catalogue.js";
import { closeReasonName, type Effect, effectOf, type OrderCloseReasonName, sideName, triggerName } from "./effects.js";
import { InvalidRequest } from "./errors.js";
import { amountText } from "./numbers.js";
import {
  type Moment,
  microseconds,
  type SideName,
  subAccountNumber,
  type TimeInForceName,
  type TriggerName,
} from "./operations.js";
import { INT64_MAX } from "./protocol/amounts.js";
import {
  EffectType,
  type HistoryPage as WireHistoryPage,
  MAX_HISTORY_ITEMS,
  MAX_HISTORY_PROOFS,
  OrderKind,
  type OrderRecord,
  type OrdersPage as WireOrdersPage,
  type QueryHistory,
  type QueryOrders,
  TimeInForce,
} from "./protocol/messages/index.js";
import type { FinalProof } from "./verifier.js";

/** A kind of effect by its name in lower case, or a group of them. */
export type HistoryKind = Lowercase<keyof typeof EffectType> | keyof typeof GROUPS;

const GROUPS = {
  account: ["ACCOUNT_OPENED", "SUB_ACCOUNT_OPENED", "SUB_ACCOUNT_MERGED"],
  balance: ["BALANCE_CHANGED"],
  deposit: ["DEPOSIT_CREDITED"],
  fee: ["FEE_COLLECTED"],
  keys: ["AGENT_APPOINTED", "AGENT_DISMISSED", "KEY_ROTATED", "LOCK_CHANGED"],
  order: ["ORDER_PLACED", "ORDER_CLOSED"],
  payment: ["PAYMENT_SENT", "PAYMENT_RECEIVED"],
  refusal: ["OPERATION_REFUSED"],
  withdrawal: ["WITHDRAWAL_ACCEPTED", "WITHDRAWAL_PREPARED", "WITHDRAWAL_CLOSED"],
} as const satisfies Record<string, readonly (keyof typeof EffectType)[]>;

interface PageOptions {
  readonly market?: string | undefined;
  /** Inclusive. */
  readonly since?: Moment | undefined;
  /** Exclusive. */
  readonly until?: Moment | undefined;
  readonly newestFirst?: boolean | undefined;
  /** The `cursor` of the page before. */
  readonly after?: string | undefined;
  /** From 1 to 1000 items, with proofs to 64. */
  readonly limit?: number | undefined;
  /** The page includes everything up to this quantum; by default, up to this client's last receipt. */
  readonly minApex?: bigint | undefined;
  readonly subAccount?: number | undefined;
}

/** An asset or a market, not both. */
export interface HistoryOptions extends PageOptions {
  readonly kinds?: readonly HistoryKind[] | undefined;
  readonly asset?: string | undefined;
  /** Verify with the auditors' signatures that each item has happened, and is final. */
  readonly proofs?: boolean | undefined;
}

export interface OrdersOptions extends PageOptions {
  /** Only those that are open, or only those that are not. */
  readonly open?: boolean | undefined;
}

/** One effect on the account, with its number in the account's own numbering. */
export interface HistoryItem {
  readonly number: bigint;
  readonly apex: bigint;
  readonly timestampUs: bigint;
  readonly batch: bigint;
  readonly kind: Lowercase<keyof typeof EffectType>;
  readonly effect: Effect;
  /** That it is so and is final; null where none was asked for. */
  readonly proof: FinalProof | null;
}

export interface HistoryPage {
  /** There may be none although there are more pages. */
  readonly items: readonly HistoryItem[];
  /** Everything up to this quantum was looked at. */
  readonly apex: bigint;
  /** Give it as `after` to go on behind this page. */
  readonly cursor: string | null;
  readonly more: boolean;
}

/** An order and what became of it: the chronicler's word, never proven. */
export interface PastOrder {
  readonly orderId: bigint;
  readonly placedAtUs: bigint;
  readonly market: string;
  readonly side: SideName;
  readonly kind: "limit" | "market";
  readonly timeInForce: TimeInForceName;
  /** Null of a market order. */
  readonly price: string | null;
  /** Of base, as it was placed; null where it had a budget of quote. */
  readonly amount: string | null;
  readonly budget: string | null;
  readonly trigger: TriggerName | null;
  readonly triggerPrice: string | null;
  /** It waits for its trigger. */
  readonly armed: boolean;
  readonly filled: string;
  readonly filledQuote: string;
  /** By self-trade prevention or by the account itself. */
  readonly reduced: string;
  readonly fee: string;
  readonly clientOrderId: string | null;
  /** Why it is closed; null while it is open. */
  readonly closed: OrderCloseReasonName | null;
  readonly updatedAtUs: bigint;
}

export interface OrdersPage extends Omit<HistoryPage, "items"> {
  readonly orders: readonly PastOrder[];
}

const PAGE = 100;
const APEX_MAX = 2n ** 52n - 1n;

type Common = Pick<QueryOrders, "cursor" | "descending" | "limit" | "minApex" | "subAccount">;

/** A question for effects, which the session gives its id. Throws an `InvalidRequest`. */
export function historyQuery(
  catalogue: Catalogue,
  options: HistoryOptions,
  receiptApex: bigint,
): Omit<QueryHistory, "requestId"> {
  const { asset, market, proofs = false } = options;
  if (asset !== undefined && market !== undefined) {
    throw new InvalidRequest("an effect is of an asset or of a market, never of both: ask for one of them");
  }
  const filter = {
    kinds: kindsOf(options.kinds ?? []),
    asset: asset === undefined ? null : catalogue.assetId(asset),
    market: market === undefined ? null : catalogue.market(market).id,
    ...timesOf(options),
  };
  const most = proofs ? MAX_HISTORY_PROOFS : MAX_HISTORY_ITEMS;
  return { filter, proofs, ...commonOf("h", options, most, receiptApex) };
}

/** A question for orders. */
export function ordersQuery(
  catalogue: Catalogue,
  options: OrdersOptions,
  receiptApex: bigint,
): Omit<QueryOrders, "requestId"> {
  return {
    market: options.market === undefined ? null : catalogue.market(options.market).id,
    open: options.open ?? null,
    ...timesOf(options),
    ...commonOf("o", options, MAX_HISTORY_ITEMS, receiptApex),
  };
}

function commonOf(of: string, options: PageOptions, most: number, receiptApex: bigint): Common {
  const { limit = Math.min(PAGE, most), minApex = receiptApex, subAccount } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw new InvalidRequest(`limit ${limit}: a page has from 1 to ${most} items`);
  if (typeof minApex !== "bigint" || minApex < 0n || minApex > APEX_MAX)
    throw new InvalidRequest(`minApex ${minApex} is no apex`);
  return {
    cursor: options.after === undefined ? null : cursorOf(of, options.after),
    descending: options.newestFirst ?? false,
    limit,
    minApex,
    subAccount: subAccount === undefined ? null : subAccountNumber(subAccount),
  };
}

function kindsOf(names: readonly HistoryKind[]): EffectType[] {
  const found = names.flatMap((name) => {
    if (Object.hasOwn(GROUPS, name)) return GROUPS[name as keyof typeof GROUPS].map((kind) => EffectType[kind]);
    const kind = name.toUpperCase() as keyof typeof EffectType;
    if (!Object.hasOwn(EffectType, kind)) throw new InvalidRequest(`kind ${JSON.stringify(name)} is not known`);
    return [EffectType[kind]];
  });
  return [...new Set(found)];
}

function timesOf({ since, until }: PageOptions): { since: bigint | null; until: bigint | null } {
  const first = since === undefined ? null : microseconds("since", since);
  const last = until === undefined ? null : microseconds("until", until);
  if (first !== null && last !== null && first > last) throw new InvalidRequest("since is after until");
  return { since: first, until: last };
}

function cursorText(of: string, cursor: bigint | null): string | null {
  return cursor === null ? null : of + cursor.toString(16);
}

function cursorOf(of: string, text: string): bigint {
  const [, kind, digits] = /^([ho])([0-9a-f]{1,16})$/.exec(text) ?? [];
  const cursor = kind === of && digits !== undefined ? BigInt(`0x${digits}`) : -1n;
  if (cursor < 0n || cursor > INT64_MAX) {
    throw new InvalidRequest(`after=${JSON.stringify(text)} is no cursor of these pages; take the one that a page has`);
  }
  return cursor;
}

/** The view of a page; throws `NotListed` where an asset or market is not listed. */
export function historyView(
  catalogue: Catalogue,
  page: WireHistoryPage,
  proofs: ReadonlyMap<bigint, FinalProof>,
): HistoryPage {
  const items = page.items.map((item) => ({
    number: item.number,
    apex: item.apex,
    timestampUs: item.timestamp,
    batch: item.batch,
    kind: item.effect.type.toLowerCase() as HistoryItem["kind"],
    effect: effectOf(catalogue, item.effect),
    proof: proofs.get(item.number) ?? null,
  }));
  return { items, apex: page.apex, cursor: cursorText("h", page.cursor), more: page.more };
}

/** The view of a page of orders; throws `NotListed`. */
export function ordersView(catalogue: Catalogue, page: WireOrdersPage): OrdersPage {
  const orders = page.orders.map((record) => pastOrder(catalogue, record));
  return { orders, apex: page.apex, cursor: cursorText("o", page.cursor), more: page.more };
}

const TIMES_IN_FORCE: Record<TimeInForce, TimeInForceName> = {
  [TimeInForce.GOOD_TILL_CANCELLED]: "GTC",
  [TimeInForce.IMMEDIATE_OR_CANCEL]: "IOC",
  [TimeInForce.FILL_OR_KILL]: "FOK",
};

function pastOrder(catalogue: Catalogue, record: OrderRecord): PastOrder {
  const market = catalogue.marketOf(record.market);
  const { trigger } = record;
  return {
    orderId: record.order,
    placedAtUs: record.placedAt,
    market: market.name,
    side: sideName(record.side),
    kind: record.kind === OrderKind.LIMIT_KIND ? "limit" : "market",
    timeInForce: TIMES_IN_FORCE[record.timeInForce],
    price: record.price === 0n ? null : market.price(record.price),
    amount: record.amount === 0n ? null : amountText(record.amount),
    budget: record.budget === 0n ? null : amountText(record.budget),
    trigger: trigger === null ? null : triggerName(trigger.kind),
    triggerPrice: trigger === null ? null : market.price(trigger.price),
    armed: record.armed,
    filled: amountText(record.filled),
    filledQuote: amountText(record.filledQuote),
    reduced: amountText(record.reduced),
    fee: amountText(record.fee),
    clientOrderId: record.clientOrderId || null,
    closed: record.closed === null ? null : closeReasonName(record.closed),
    updatedAtUs: record.updatedAt,
  };
}
