/**
 * What the client checks of pages of history.
 *
 * Whatever a page says must answer the question that was asked. With proofs, every item is under a header that alpha
 * and a quorum of auditors have signed. What is left out at the end of a page, or by a filter, no proof can show;
 * without a filter, numbers that follow each other show that nothing is left out between.
 */

import { VerificationFailed } from "./errors.js";
import { equal } from "./protocol/bytes.js";
import {
  type AccountEvent,
  Effect,
  EffectType,
  type Finality,
  type HistoryItem,
  type HistoryPage,
  type HistoryProof,
  type OrdersPage,
  type QueryHistory,
  type QueryOrders,
} from "./protocol/messages/index.js";
import { checkFinality, checkInclusion, checkSignedHeader } from "./protocol/proofs.js";
import type { Terms } from "./protocol/terms.js";
import { checked, type FinalProof, finalProof, type VerifiedEvent } from "./verifier.js";

const LAST_TIME_US = 253_402_300_799_999_999n; // 9999-12-31, the last that calendars have

type Unsent<T> = Omit<T, "requestId">;

/** Checks that a page is one that `query` asks for. */
export function checkHistoryPage(query: Unsent<QueryHistory>, page: HistoryPage): void {
  const numbers = page.items.map((item) => item.number);
  checkPage(query, page, numbers);
  const { filter } = query;
  for (const item of page.items) {
    if (filter.kinds.length > 0 && !filter.kinds.includes(EffectType[item.effect.type])) {
      throw wrong(`effect ${item.number} is of another kind`);
    }
    checkSubject(item, filter.asset, filter.market);
    checkTime(`effect ${item.number}`, item.timestamp, filter.since, filter.until);
  }
  checkRising(
    query,
    page.items.map((item) => item.timestamp),
  );
  if (filter.kinds.length === 0 && filter.asset === null && filter.market === null) checkGapless(query, page, numbers);
}

/** Checks that a page of orders is one that `query` asks for. */
export function checkOrdersPage(query: Unsent<QueryOrders>, page: OrdersPage): void {
  checkPage(
    query,
    page,
    page.orders.map((order) => order.order),
  );
  for (const order of page.orders) {
    if (query.market !== null && query.market !== order.market)
      throw wrong(`order ${order.order} is of another market`);
    if (query.open !== null && query.open !== (order.closed === null))
      throw wrong(`order ${order.order} is not of that state`);
    checkTime(`order ${order.order}`, order.placedAt, query.since, query.until);
    checkTime(`order ${order.order}`, order.updatedAt, order.placedAt, null);
  }
  checkRising(
    query,
    page.orders.map((order) => order.placedAt),
  );
}

interface Paged {
  readonly apex: bigint;
  readonly cursor: bigint | null;
  readonly more: boolean;
}

type Asked = Pick<QueryOrders, "cursor" | "descending" | "limit" | "minApex">;

function checkPage(query: Asked, page: Paged, numbers: readonly bigint[]): void {
  if (numbers.length > query.limit) throw wrong(`${numbers.length} items were shown, and ${query.limit} asked for`);
  if (page.apex < query.minApex) throw wrong(`it goes up to quantum ${page.apex}, and was to include ${query.minApex}`);
  const edges = query.cursor === null ? numbers : [query.cursor, ...numbers];
  if (edges.some((edge, place) => place > 0 && !isBehind(query, edge, edges[place - 1]!))) {
    throw wrong("its items are not in order behind the cursor");
  }
  const last = edges.at(-1);
  const { cursor } = page;
  if (last !== undefined && (cursor === null || (cursor !== last && !isBehind(query, cursor, last)))) {
    throw wrong("its end is before its last item");
  }
  if (page.more && (cursor === null || cursor === query.cursor))
    throw wrong("it does not say where the next one begins");
}

function isBehind({ descending }: Asked, later: bigint, earlier: bigint): boolean {
  return descending ? later < earlier : later > earlier;
}

function checkRising(query: Asked, times: readonly bigint[]): void {
  const isRising = times.every((time, place) => {
    const before = times[place - 1];
    return before === undefined || (query.descending ? time <= before : time >= before);
  });
  if (!isRising) throw wrong("its times are not in order");
}

function checkSubject({ number, effect }: HistoryItem, asset: number | null, market: number | null): void {
  const subject = ("value" in effect ? effect.value : {}) as { asset?: unknown; market?: unknown };
  // Some effects name neither: those of an order, for example, its number alone.
  if (asset !== null && subject.asset !== undefined && subject.asset !== asset) {
    throw wrong(`effect ${number} is of another asset`);
  }
  if (market !== null && subject.market !== undefined && subject.market !== market) {
    throw wrong(`effect ${number} is of another market`);
  }
}

function checkTime(what: string, time: bigint, since: bigint | null, until: bigint | null): void {
  const isEarly = since !== null && time < since;
  const isLate = until !== null && time >= until;
  if (isEarly || isLate || time < 0n || time > LAST_TIME_US) throw wrong(`${what} is of another time`);
}

function checkGapless(query: Unsent<QueryHistory>, page: HistoryPage, numbers: readonly bigint[]): void {
  const step = query.descending ? -1n : 1n;
  const bound = query.descending ? query.filter.until : query.filter.since;
  const starts = bound === null && (query.cursor !== null || !query.descending) ? [query.cursor ?? 0n] : [];
  const known = [...starts, ...numbers];
  if (known.some((number, place) => place > 0 && number !== known[place - 1]! + step)) {
    throw wrong("effects are left out: an account's have numbers without gaps");
  }
  if (page.more && (numbers.length === 0 || page.cursor !== numbers.at(-1))) {
    throw wrong("effects are left out at its end");
  }
}

interface ProvenEvent {
  readonly verified: VerifiedEvent;
  readonly finality: Finality;
}

/** Checks the proof of every item; the proofs by the numbers of the items. */
export function checkHistoryProofs(terms: Terms, account: Uint8Array, page: HistoryPage): Map<bigint, FinalProof> {
  const proven = new Map<string, ProvenEvent>();
  for (const proof of page.proofs) {
    const digest = checkHeader(terms, proof);
    const { header } = proof.signedHeader;
    for (const event of proof.events) {
      checkEvent(account, proof, event);
      proven.set(`${header.number}/${event.leaf.apex}`, {
        verified: { header, digest, event },
        finality: proof.finality,
      });
    }
  }
  return new Map(page.items.map((item) => [item.number, proofOf(item, proven.get(`${item.batch}/${item.apex}`))]));
}

function checkHeader(terms: Terms, proof: HistoryProof): Uint8Array {
  const { number } = proof.signedHeader.header;
  const digest = checked("header", () => checkSignedHeader(terms, proof.signedHeader));
  const final = checked("certificate", () => checkFinality(terms, proof.finality)).get(number);
  if (final === undefined || !equal(final, digest)) {
    throw new VerificationFailed("certificate", `it does not make batch ${number} final`);
  }
  return digest;
}

function checkEvent(account: Uint8Array, proof: HistoryProof, event: AccountEvent): void {
  if (!equal(event.group.account, account)) {
    throw new VerificationFailed("account", `effects of another account in quantum ${event.leaf.apex}`);
  }
  checked("inclusion proof", () => checkInclusion(proof.signedHeader.header, event));
}

function proofOf(item: HistoryItem, proven: ProvenEvent | undefined): FinalProof {
  if (proven === undefined) throw new VerificationFailed("history", `effect ${item.number} has no proof`);
  const { group, leaf } = proven.verified.event;
  const effect = group.effects[Number(item.number - group.firstNumber)];
  const isShown = effect !== undefined && equal(Effect.encode(effect), Effect.encode(item.effect));
  if (!isShown || leaf.timestamp !== item.timestamp) {
    throw new VerificationFailed("history", `effect ${item.number} is not what its proof shows`);
  }
  return finalProof(proven.verified, proven.finality);
}

function wrong(message: string): VerificationFailed {
  return new VerificationFailed("history", `the page is no answer to the question: ${message}`);
}
