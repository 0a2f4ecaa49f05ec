/** What became of an order at once, in a sentence. */

import type { Effect, Event } from "@constellation/sdk";
import { amountOrNull, text, trimmed } from "./numbers.js";

type Closed = Extract<Effect, { readonly type: "order_closed" }>;

/** Why what was left of an order did not stay. */
const REASONS: Partial<Record<Closed["reason"], string>> = {
  self_trade: "it would have met an order of your own",
  fill_limit: "it has met as many orders as one may at once",
};

/** @param event - in which it was placed, whose number is the order's. */
export function whatBecameOf(event: Event, base: string): string {
  const order = `Order ${event.apex}`;
  const own = event.effects.filter((effect) => "orderId" in effect && effect.orderId === event.apex);
  const met = own.reduce((sum, effect) => (effect.type === "fill" ? sum + amountOrNull(effect.amount)! : sum), 0n);
  const filled = `${trimmed(text(met), 0)} ${base}`;
  const closed = own.find((effect): effect is Closed => effect.type === "order_closed");
  if (own.some(({ type }) => type === "order_armed")) return `${order} waits for its trigger`;
  if (closed === undefined) return met === 0n ? `${order} placed` : `${order} placed; ${filled} filled at once`;
  if (closed.reason === "filled") return `${order} filled: ${filled}`;
  const why = REASONS[closed.reason];
  const because = why === undefined ? "" : `: ${why}`;
  if (met === 0n) return why === undefined ? `${order} met nothing and was cancelled` : `${order} was cancelled${because}`;
  return `${order} filled in part: ${filled}; the rest was cancelled${because}`;
}
