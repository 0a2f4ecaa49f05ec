/** An order as it is typed in: what is wrong with it, what it would cost, and what would be signed. */

import type { BatchOperation, Market, SideName, TimeInForceName } from "@constellation/sdk";
import { parseAmount } from "@constellation/sdk/protocol";
import { affordable, amountOrNull, isNumber, notional, share, text } from "./numbers.js";

export const KINDS = {
  limit: "Limit",
  market: "Market",
  stop_market: "Stop market",
  stop_limit: "Stop limit",
  take_profit_market: "Take profit market",
  take_profit_limit: "Take profit limit",
} as const;
export type OrderKind = keyof typeof KINDS;

export interface Draft {
  readonly side: SideName;
  readonly kind: OrderKind;
  readonly price: string;
  readonly triggerPrice: string;
  readonly amount: string;
  /** Of quote to buy for, instead of an amount, in a market order that buys. */
  readonly budget: string;
  readonly unit: "base" | "quote";
  readonly timeInForce: TimeInForceName;
  readonly postOnly: boolean;
}

export type Field = "price" | "triggerPrice" | "amount" | "budget";

export interface Preview {
  readonly errors: Partial<Record<Field, string>>;
  /** Where what is signed is not what was typed. */
  readonly rounded: Partial<Record<Field, string>>;
  /** Of quote. */
  readonly total: string | null;
  /** The market decides what the total will be. */
  readonly isEstimate: boolean;
  /** Of what is received, as a taker, and as a maker. */
  readonly takerFee: string | null;
  readonly makerFee: string | null;
  readonly feeAsset: string;
  /** What is left of what is paid with. */
  readonly left: string | null;
  /** Null where something is wrong. */
  readonly operation: BatchOperation | null;
}

export const EMPTY: Draft = {
  side: "buy",
  kind: "limit",
  price: "",
  triggerPrice: "",
  amount: "",
  budget: "",
  unit: "base",
  timeInForce: "GTC",
  postOnly: false,
};

export function hasPrice(kind: OrderKind): boolean {
  return kind === "limit" || kind.endsWith("_limit");
}

export function hasTrigger(kind: OrderKind): boolean {
  return kind.startsWith("stop") || kind.startsWith("take_profit");
}

/** Whether it says how much of quote it spends: it must where nobody knows what an amount will cost, once it is triggered. */
export function hasBudget(draft: Draft): boolean {
  return draft.side === "buy" && !hasPrice(draft.kind) && (draft.unit === "quote" || hasTrigger(draft.kind));
}

/**
 * Reads a draft.
 *
 * @param best - at which it would be filled, as far as one knows; for orders without a price.
 * @param available - of what is paid with, in units; null where nobody is connected.
 */
export function preview(market: Market, draft: Draft, best: string | null, available: bigint | null): Preview {
  const errors: Partial<Record<Field, string>> = {};
  const rounded: Partial<Record<Field, string>> = {};
  const read = (field: Field, isUsed: boolean, round: (value: string) => string): string | null => {
    if (!isUsed) return null;
    const typed = draft[field].trim();
    if (!isNumber(typed)) {
      errors[field] = typed === "" ? "Enter a number" : "Not a number, such as 12.5";
      return null;
    }
    try {
      const value = round(typed);
      if (/^0*\.?0*$/.test(value)) errors[field] = "Too small: it rounds to zero";
      else if (!sameNumber(value, typed)) rounded[field] = value;
      return errors[field] === undefined ? value : null;
    } catch {
      errors[field] = field === "budget" && /\.\d{7}\d*[1-9]/.test(typed) ? "At most seven decimals" : "Too large";
      return null;
    }
  };
  const direction = draft.side === "buy" ? "down" : "up"; // never worse than typed
  const price = read("price", hasPrice(draft.kind), (value) => market.roundPrice(value, direction));
  const triggerPrice = read("triggerPrice", hasTrigger(draft.kind), (value) => market.roundPrice(value, "down"));
  const budget = read("budget", hasBudget(draft), (value) => text(parseAmount(value)));
  const amount = read("amount", !hasBudget(draft), (value) => market.roundAmount(value, "down"));

  const at = price ?? (hasTrigger(draft.kind) ? triggerPrice : best);
  const base = amount !== null ? amountOrNull(amount)! : budget !== null && at !== null ? affordable(market, at, amountOrNull(budget)!) : null;
  const quote = budget !== null ? amountOrNull(budget)! : base !== null && at !== null ? notional(market, at, base) : null;
  const paid = draft.side === "buy" ? quote : base;
  const received = draft.side === "buy" ? base : quote;
  const paidField: Field = budget !== null ? "budget" : "amount";
  if (quote !== null && quote < amountOrNull(market.minimumNotional)!) {
    errors[paidField] ??= `At least ${market.minimumNotional} ${market.quote} in total`;
  }
  if (paid !== null && available !== null && paid > available) {
    errors[paidField] ??= `More than the ${text(available)} ${draft.side === "buy" ? market.quote : market.base} available`;
  }
  const isGood = Object.keys(errors).length === 0;
  return {
    errors,
    rounded,
    total: quote === null ? null : text(quote),
    isEstimate: !hasPrice(draft.kind) && budget === null,
    takerFee: received === null ? null : text(share(market.takerFee, received)),
    makerFee: received === null ? null : text(share(market.makerFee, received)),
    feeAsset: draft.side === "buy" ? market.base : market.quote,
    left: paid === null || available === null ? null : text(available - paid),
    operation: isGood ? operationOf(market, draft, { price, triggerPrice, amount, budget }) : null,
  };
}

function operationOf(market: Market, draft: Draft, values: Record<Field, string | null>): BatchOperation {
  const { side, kind } = draft;
  const trigger = hasTrigger(kind)
    ? { trigger: kind.startsWith("stop") ? ("stop" as const) : ("take_profit" as const), triggerPrice: values.triggerPrice! }
    : {};
  if (hasPrice(kind)) {
    const limit = { market: market.name, side, price: values.price!, amount: values.amount!, timeInForce: draft.timeInForce };
    return { type: "limit", ...limit, postOnly: draft.postOnly && draft.timeInForce === "GTC", ...trigger };
  }
  const size = values.budget !== null ? { budget: values.budget } : { amount: values.amount! };
  return { type: "market", market: market.name, side, ...size, ...trigger };
}

function sameNumber(one: string, other: string): boolean {
  const [left, right] = [one, other].map((value) => {
    const [whole = "", fraction = ""] = value.split(".");
    return `${whole.replace(/^0+/, "")}.${fraction.replace(/0+$/, "")}`;
  });
  return left === right;
}
