/** What the proven effects of an order add up to, as a chronicler would record it. */

import type { Effect, PastOrder } from "@constellation/sdk";
import { amountOrNull, text } from "./numbers.js";

/** What has happened to an order since it was placed. */
export interface Story {
  readonly placedAtUs: bigint | null;
  readonly filled: bigint;
  readonly filledQuote: bigint;
  readonly fee: bigint;
  readonly reduced: bigint;
}

export const NOTHING: Story = { placedAtUs: null, filled: 0n, filledQuote: 0n, fee: 0n, reduced: 0n };

type OrderEffect = Extract<Effect, { readonly orderId: bigint }>;

interface Place {
  readonly apex: bigint;
  readonly timestampUs: bigint;
}

/** The story after one more of the order's effects. */
export function after(story: Story, effect: OrderEffect, { apex, timestampUs }: Place): Story {
  const next = effect.orderId === apex ? { ...story, placedAtUs: timestampUs } : story;
  if (effect.type === "order_reduced") return { ...next, reduced: next.reduced + units(effect.amount) };
  if (effect.type !== "fill") return next;
  return {
    ...next,
    filled: next.filled + units(effect.amount),
    filledQuote: next.filledQuote + units(effect.quoteAmount),
    fee: next.fee + units(effect.fee),
  };
}

/**
 * The part of its record that this makes.
 *
 * @param remaining - of the order: what was neither filled nor taken off.
 */
export function recordedBy({ placedAtUs, filled, filledQuote, fee, reduced }: Story, remaining: string): Partial<PastOrder> {
  const sums = { filled: text(filled), filledQuote: text(filledQuote), fee: text(fee), reduced: text(reduced) };
  return { ...sums, amount: text(units(remaining) + filled + reduced), ...(placedAtUs !== null && { placedAtUs }) };
}

function units(amount: string): bigint {
  return amountOrNull(amount)!;
}
