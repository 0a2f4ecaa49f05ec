/** How far each part of the account is proven, checked in this browser. */

import { signal } from "@preact/signals";
import type { ArmedOrder, Balance, Event, FinalProof, OpenOrder, PastOrder } from "@constellation/sdk";
import { dropOldest } from "./oldest.js";
import { VerifiedState } from "./verifiedState.js";

/**
 * How far something is proven: only said by alpha, acknowledged with alpha's signature and a proof, final with those of the
 * auditors, or contradicted.
 */
export type Trust = "stated" | "acknowledged" | "final" | "broken";

export interface Mark {
  readonly trust: Trust;
  readonly batch: bigint | null;
  /** Addresses of those who signed. */
  readonly auditors: readonly string[];
}

export interface BatchSeen {
  readonly batch: bigint;
  readonly trust: Trust;
  readonly auditors: readonly string[];
  readonly events: number;
  readonly timeUs: bigint;
}

/** Of a record as it was compared with its proofs. */
export interface ClosedMark {
  readonly mark: Mark;
  readonly record: string;
}

type Marks<K> = ReadonlyMap<K, Mark>;

const MARKS_MAX = 5_000;
const BATCHES_SHOWN = 100;
export const STATED: Mark = { trust: "stated", batch: null, auditors: [] };

/** What the marks are of: something else that is shown is alpha's word alone. */
export let verified = new VerifiedState();
export const orderMarks = signal<Marks<bigint>>(new Map());
export const balanceMarks = signal<Marks<string>>(new Map());
export const withdrawalMarks = signal<Marks<bigint>>(new Map());
/** Of closed orders: that what a chronicler says of them is so. */
export const closedMarks = signal<ReadonlyMap<bigint, ClosedMark>>(new Map());
export const batches = signal<readonly BatchSeen[]>([]);

export function finalMark({ batch, auditors }: Pick<FinalProof, "batch" | "auditors">): Mark {
  return { trust: "final", batch, auditors };
}

/** The parts of the account that an event has changed have its proof. */
export function markEvent(event: Event, next: Mark): void {
  const [orders, balances, withdrawals] = [new Map(orderMarks.value), new Map(balanceMarks.value), new Map(withdrawalMarks.value)];
  for (const effect of event.effects) {
    if (effect.type === "balance_changed") putNewer(balances, effect.asset, next);
    else if ("orderId" in effect) putNewer(orders, effect.orderId, next);
    else if ("withdrawalId" in effect) putNewer(withdrawals, effect.withdrawalId, next);
  }
  orderMarks.value = bounded(orders);
  balanceMarks.value = balances;
  withdrawalMarks.value = bounded(withdrawals);
  noteBatch(event, next);
}

/** `marks` with one more, unless what is there is newer. */
export function marked<K>(marks: Marks<K>, key: K, next: Mark): Marks<K> {
  const changed = new Map(marks);
  putNewer(changed, key, next);
  return bounded(changed);
}

export function markOfOrder(order: OpenOrder | ArmedOrder): Mark {
  const mark = orderMarks.value.get(order.orderId); // read in any case: it changes when more is proven
  return verified.holdsOrder(order) ? (mark ?? STATED) : STATED;
}

export function markOfBalance(balance: Balance): Mark {
  const mark = balanceMarks.value.get(balance.asset);
  return verified.holdsBalance(balance) ? (mark ?? STATED) : STATED;
}

export function markOfWithdrawal(id: bigint): Mark {
  return withdrawalMarks.value.get(id) ?? STATED;
}

/** Of an order as a chronicler shows it. */
export function markOfPast(order: PastOrder): Mark {
  if (order.closed === null) {
    const mark = orderMarks.value.get(order.orderId);
    return verified.holdsRecord(order) ? (mark ?? STATED) : STATED;
  }
  const known = closedMarks.value.get(order.orderId);
  return known?.record === recordOf(order) ? known.mark : STATED;
}

/** All that a record says. */
export function recordOf(order: PastOrder): string {
  return JSON.stringify(order, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

export function forgetMarks(): void {
  verified = new VerifiedState();
  orderMarks.value = new Map();
  balanceMarks.value = new Map();
  withdrawalMarks.value = new Map();
  closedMarks.value = new Map();
  batches.value = [];
}

/** A certificate for an earlier batch says nothing of what a later one has changed. */
function putNewer<K>(marks: Map<K, Mark>, key: K, next: Mark): void {
  const known = marks.get(key);
  if (known?.batch != null && next.batch !== null && known.batch > next.batch) return;
  marks.set(key, next);
}

function bounded<K>(marks: Map<K, Mark>): Map<K, Mark> {
  dropOldest(marks, MARKS_MAX);
  return marks;
}

function noteBatch(event: Event, { trust, auditors }: Mark): void {
  const known = batches.value.find((item) => item.batch === event.batch);
  const isNew = trust !== "final" || known === undefined;
  const next: BatchSeen = {
    batch: event.batch,
    trust: known?.trust === "final" ? "final" : trust,
    auditors: auditors.length > 0 ? auditors : (known?.auditors ?? []),
    events: (known?.events ?? 0) + (isNew && trust !== "broken" ? 1 : 0),
    timeUs: event.timestampUs,
  };
  batches.value = [next, ...batches.value.filter((item) => item.batch !== event.batch)]
    .sort((one, other) => Number(other.batch - one.batch))
    .slice(0, BATCHES_SHOWN);
}
