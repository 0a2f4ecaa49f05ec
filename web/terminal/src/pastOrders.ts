/**
 * Whether what a chronicler says became of orders is what proven effects add up to.
 *
 * An account's effects have numbers without gaps, and an order's id is the quantum that placed it: whoever has seen the proofs
 * of all effects from an order's end back to its id has seen everything that happened to it.
 */

import { type Client, type Effect, type FinalProof, type HistoryItem, type PastOrder, VerificationFailed } from "@constellation/sdk";
import { finalMark, type Mark, STATED } from "./marks.js";
import { amountOrNull, text } from "./numbers.js";
import { spare } from "./pace.js";

const PAGE = 64;
/** Orders that need more than so many pages of effects stay the chronicler's word. */
const PAGES_MAX = 20;

interface ProvenEnd {
  readonly record: Pick<PastOrder, "filled" | "filledQuote" | "fee" | "reduced" | "closed"> & Partial<Pick<PastOrder, "market" | "side" | "amount">>;
  readonly proof: FinalProof;
}

/**
 * Marks of closed orders, of which those that take too long to prove stay stated.
 *
 * @throws VerificationFailed: an order is not what its effects say.
 */
export async function proveClosed(client: Client, orders: readonly PastOrder[]): Promise<ReadonlyMap<bigint, Mark>> {
  const wanted = new Map(orders.filter(({ closed }) => closed !== null).map((order) => [order.orderId, order]));
  const marks = new Map<bigint, Mark>();
  if (wanted.size === 0) return marks;
  const { items, reached } = await effectsSince(client, min([...wanted.keys()]));
  for (const [orderId, order] of wanted) {
    const end = orderId >= reached ? endOf(orderId, items) : null;
    if (end !== null) compare(order, end.record);
    marks.set(orderId, end === null ? STATED : finalMark(end.proof));
  }
  return marks;
}

/** The proven effects back to the quantum `apex`, the oldest first; `reached` is the first quantum of which they are complete. */
async function effectsSince(client: Client, apex: bigint): Promise<{ items: HistoryItem[]; reached: bigint }> {
  const items: HistoryItem[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { items: next, cursor, more } = await client.historyPage({ newestFirst: true, proofs: true, limit: PAGE, after });
    items.push(...next);
    const oldest = items.at(-1);
    if (oldest?.number === 1n) return { items: items.reverse(), reached: 0n };
    if (!more || (oldest !== undefined && oldest.apex < apex)) break;
    after = cursor ?? undefined;
    await spare(client);
  }
  const reached = (items.at(-1)?.apex ?? 0n) + 1n;
  return { items: items.reverse(), reached };
}

function endOf(orderId: bigint, items: readonly HistoryItem[]): ProvenEnd | null {
  const sum = { filled: 0n, filledQuote: 0n, fee: 0n, reduced: 0n };
  let where: { market?: string; side?: PastOrder["side"] } = {};
  for (const { effect, proof } of items) {
    if (!isOf(effect, orderId)) continue;
    if ("side" in effect) where = { market: effect.market, side: effect.side };
    if (effect.type === "fill") {
      sum.filled += units(effect.amount);
      sum.filledQuote += units(effect.quoteAmount);
      sum.fee += units(effect.fee);
    } else if (effect.type === "order_reduced") {
      sum.reduced += units(effect.amount);
    } else if (effect.type === "order_closed") {
      const { filled, filledQuote, fee, reduced } = sum;
      const amount = text(units(effect.remaining) + filled + reduced);
      const sums = { filled: text(filled), filledQuote: text(filledQuote), fee: text(fee), reduced: text(reduced) };
      return { record: { ...sums, ...where, amount, closed: effect.reason }, proof: proof! };
    }
  }
  return null;
}

function isOf(effect: Effect, orderId: bigint): effect is Extract<Effect, { readonly orderId: bigint }> {
  return "orderId" in effect && effect.orderId === orderId;
}

function compare(order: PastOrder, proven: ProvenEnd["record"]): void {
  for (const [name, value] of Object.entries(proven)) {
    const shown = order[name as keyof PastOrder];
    const isGiven = name !== "amount" || shown !== null; // an order with a budget has no amount
    if (isGiven && shown !== value) {
      throw new VerificationFailed("history", `order ${order.orderId} is shown with ${name} ${String(shown)}; proven is ${value}`);
    }
  }
}

function units(amount: string): bigint {
  return amountOrNull(amount)!;
}

function min(numbers: readonly bigint[]): bigint {
  return numbers.reduce((one, other) => (one < other ? one : other));
}
