/**
 * Whether what a chronicler says became of orders is what proven effects add up to.
 *
 * An account's effects have numbers without gaps, and an order's id is the quantum that placed it: whoever has seen the proofs
 * of all effects from an order's end back to its id has seen everything that happened to it.
 */

import { type Client, type Effect, type FinalProof, type HistoryItem, type PastOrder, VerificationFailed } from "@constellation/sdk";
import { type ClosedMark, finalMark, recordOf, STATED } from "./marks.js";
import { after, NOTHING, recordedBy } from "./orderStory.js";
import { spare } from "./pace.js";

const PAGE = 64;
/** Orders that need more than so many pages of effects stay the chronicler's word. */
const PAGES_MAX = 20;

interface ProvenEnd {
  readonly record: Partial<PastOrder>;
  readonly proof: FinalProof;
}

/**
 * Marks of closed orders, of which those that take too long to prove stay stated.
 *
 * @throws VerificationFailed: an order is not what its effects say.
 */
export async function proveClosed(client: Client, orders: readonly PastOrder[]): Promise<ReadonlyMap<bigint, ClosedMark>> {
  const wanted = new Map(orders.filter(({ closed }) => closed !== null).map((order) => [order.orderId, order]));
  const marks = new Map<bigint, ClosedMark>();
  if (wanted.size === 0) return marks;
  const { items, reached } = await effectsSince(client, min([...wanted.keys()]));
  for (const [orderId, order] of wanted) {
    const record = recordOf(order);
    const end = orderId >= reached ? endOf(orderId, items) : null;
    if (end !== null) {
      compare(order, end.record);
      marks.set(orderId, { record, mark: finalMark(end.proof) });
    } else if (orderId < reached) {
      marks.set(orderId, { record, mark: STATED });
    } // else the end is not in the history yet
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

/** What effects say of an order that is closed; null where they do not say how it ended. */
function endOf(orderId: bigint, items: readonly HistoryItem[]): ProvenEnd | null {
  let story = NOTHING;
  let terms: Partial<PastOrder> = { trigger: null, triggerPrice: null };
  for (const { effect, proof, apex, timestampUs } of items) {
    if (!isOf(effect, orderId)) continue;
    story = after(story, effect, { apex, timestampUs });
    terms = { ...terms, ...termsOf(effect) };
    if (effect.type === "order_closed") {
      return { record: { ...terms, ...recordedBy(story, effect.remaining), closed: effect.reason }, proof: proof! };
    }
  }
  return null;
}

/** What an effect says of an order's terms; none tells the price of one that never rests. */
function termsOf(effect: Effect): Partial<PastOrder> {
  switch (effect.type) {
    case "order_placed":
    case "order_replaced":
      return { market: effect.market, side: effect.side, price: effect.price, kind: "limit" };
    case "order_armed":
      return { market: effect.market, side: effect.side, trigger: effect.trigger, triggerPrice: effect.triggerPrice };
    case "fill":
      return { market: effect.market, side: effect.side };
    default:
      return {};
  }
}

function isOf(effect: Effect, orderId: bigint): effect is Extract<Effect, { readonly orderId: bigint }> {
  return "orderId" in effect && effect.orderId === orderId;
}

function compare(order: PastOrder, proven: Partial<PastOrder>): void {
  for (const [name, value] of Object.entries(proven)) {
    const shown = order[name as keyof PastOrder];
    const isGiven = name !== "amount" || shown !== null; // an order with a budget has no amount
    if (isGiven && shown !== value) {
      throw new VerificationFailed("history", `order ${order.orderId} is shown with ${name} ${String(shown)}; proven is ${value}`);
    }
  }
}

function min(numbers: readonly bigint[]): bigint {
  return numbers.reduce((one, other) => (one < other ? one : other));
}
