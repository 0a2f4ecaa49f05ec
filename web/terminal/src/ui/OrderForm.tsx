import { useSignal, useSignalEffect } from "@preact/signals";
import type { Market } from "@constellation/sdk";
import { account, agent, canTrade } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { marketName, tickers } from "../markets.js";
import { notify } from "../notices.js";
import { affordable, amountOrNull, grouped, text, trimmed } from "../numbers.js";
import { type Draft, EMPTY, hasBudget, hasPrice, hasTrigger, KINDS, type OrderKind, preview } from "../order.js";
import { whatBecameOf } from "../placed.js";
import { ask, openRequest } from "../unanswered.js";
import { chosenPrice, dialog, side } from "../view.js";
import { Field } from "./Field.js";
import { NoAnswer } from "./NoAnswer.js";

const UNKNOWN = "–";
const SHARES = [25, 50, 75, 100] as const;

export function OrderForm({ config }: { config: TerminalConfig }) {
  const draft = useSignal<Draft>(EMPTY);
  const isTried = useSignal(false);
  useSignalEffect(() => {
    const price = chosenPrice.value;
    if (price === null) return;
    chosenPrice.value = null;
    const kept = draft.peek();
    draft.value = hasPrice(kept.kind) ? { ...kept, price } : hasTrigger(kept.kind) ? { ...kept, triggerPrice: price } : { ...kept, kind: "limit", price };
  });
  if (marketName.value === "") return <section class="panel order" aria-label="Order" />;
  const market = config.catalogue.market(marketName.value);
  const form: Draft = { ...draft.value, side: side.value };
  const paysWith = form.side === "buy" ? market.quote : market.base;
  const available = account.value === null ? null : (amountOrNull(account.value.balances[paysWith]?.available ?? "0") ?? 0n);
  const best = tickers.value[market.name]?.[form.side === "buy" ? "ask" : "bid"] ?? null;
  const seen = preview(market, form, best, available);
  const open = openRequest("order");
  const change = (part: Partial<Draft>): void => void (draft.value = { ...draft.value, ...part });
  const errorOf = (field: keyof typeof seen.errors): string | undefined =>
    isTried.value || form[field] !== "" ? seen.errors[field] : undefined;
  const hintOf = (field: "price" | "triggerPrice" | "amount", step: string): string | undefined => {
    const value = seen.rounded[field];
    return value === undefined ? undefined : `Rounded to ${trimmed(value)} (steps of ${trimmed(step, 0)})`;
  };

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    isTried.value = true;
    const { operation } = seen;
    if (operation === null || !canTrade.value) return;
    await ask("order", (client) => client.submit(operation), {
      name: `order in ${market.name}`,
      failure: "Not placed",
      executed: (event) => {
        notify("plain", whatBecameOf(event, market.base));
        change({ amount: "", budget: "" });
        isTried.value = false;
      },
      failed: (words) => notify("bad", words),
    });
  };

  return (
    <section class="panel order" aria-label="Order">
      <form onSubmit={(event) => void send(event)} noValidate>
        <div class="sides" role="group" aria-label="Side">
          {(["buy", "sell"] as const).map((name) => (
            <button type="button" key={name} class={`tab ${name}`} aria-pressed={form.side === name} onClick={() => (side.value = name)} data-test={`side-${name}`}>
              {name === "buy" ? "Buy" : "Sell"}
            </button>
          ))}
        </div>
        <label class="line">
          Type
          <select name="kind" value={form.kind} onChange={(event) => change({ kind: event.currentTarget.value as OrderKind })}>
            {Object.entries(KINDS).map(([kind, words]) => (
              <option key={kind} value={kind}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {hasTrigger(form.kind) && (
          <Field name="triggerPrice" label="Trigger price" unit={market.quote} value={form.triggerPrice} onValue={(triggerPrice) => change({ triggerPrice })} error={errorOf("triggerPrice")} hint={hintOf("triggerPrice", market.tick)} />
        )}
        {hasPrice(form.kind) && (
          <Field name="price" label="Price" unit={market.quote} value={form.price} onValue={(price) => change({ price })} error={errorOf("price")} hint={hintOf("price", market.tick)} />
        )}
        {form.side === "buy" && form.kind === "market" && (
          <label class="line">
            Size in
            <select name="unit" value={form.unit} onChange={(event) => change({ unit: event.currentTarget.value as Draft["unit"] })}>
              <option value="base">{market.base}</option>
              <option value="quote">{market.quote} to spend</option>
            </select>
          </label>
        )}
        {hasBudget(form) ? (
          <Field name="budget" label={hasTrigger(form.kind) ? "Spend when triggered" : "Spend"} unit={market.quote} value={form.budget} onValue={(budget) => change({ budget })} error={errorOf("budget")} />
        ) : (
          <Field name="amount" label="Amount" unit={market.base} value={form.amount} onValue={(amount) => change({ amount })} error={errorOf("amount")} hint={hintOf("amount", market.lot)} />
        )}
        <div class="shares" role="group" aria-label="Share of what is available">
          {SHARES.map((part) => (
            <button type="button" key={part} class="tab" disabled={available === null} onClick={() => change(sized(market, form, available!, part, best))}>
              {part} %
            </button>
          ))}
        </div>
        {hasPrice(form.kind) && (
          <div class="line">
            <label>
              <span class="hidden">Time in force</span>
              <select name="timeInForce" value={form.timeInForce} onChange={(event) => change({ timeInForce: event.currentTarget.value as Draft["timeInForce"] })}>
                <option value="GTC">Good till cancelled</option>
                <option value="IOC">Immediate or cancel</option>
                <option value="FOK">Fill or kill</option>
              </select>
            </label>
            <label class="check">
              <input type="checkbox" name="postOnly" checked={form.postOnly} disabled={form.timeInForce !== "GTC"} onChange={(event) => change({ postOnly: event.currentTarget.checked })} />
              Post only
            </label>
          </div>
        )}
        <dl class="preview" aria-live="polite">
          <div>
            <dt>Total</dt>
            <dd data-test="total">{about(seen.isEstimate, amountIn(seen.total, market.quote))}</dd>
          </div>
          <div>
            <dt>Fee at this price, about</dt>
            <dd data-test="fee">{amountIn(seen.takerFee, seen.feeAsset)}</dd>
          </div>
          <div>
            <dt>Fee if it rests</dt>
            <dd>{amountIn(seen.makerFee, seen.feeAsset)}</dd>
          </div>
          <div>
            <dt>Available</dt>
            <dd data-test="available">{amountIn(available === null ? null : text(available), paysWith)}</dd>
          </div>
          <div>
            <dt>Available then</dt>
            <dd>{about(seen.isEstimate && form.side === "buy", amountIn(seen.left, paysWith))}</dd>
          </div>
        </dl>
        <NoAnswer kind="order" />
        {agent.value === null ? (
          <button type="button" class="primary wide" onClick={() => (dialog.value = "connect")}>
            Connect to trade
          </button>
        ) : (
          <button type="submit" class={`wide ${form.side}`} disabled={!canTrade.value || open !== null} data-test="submit">
            {open?.unknown === null ? "Signing…" : `${form.side === "buy" ? "Buy" : "Sell"} ${market.base}`}
          </button>
        )}
      </form>
    </section>
  );
}

/** Marks what the market decides. */
function about(isEstimate: boolean, words: string): string {
  return isEstimate && words !== UNKNOWN ? `≈ ${words}` : words;
}

function amountIn(value: string | null, asset: string): string {
  return value === null ? UNKNOWN : `${grouped(value)} ${asset}`;
}

/** A share of what is available as an amount. */
function sized(market: Market, form: Draft, available: bigint, part: number, best: string | null): Partial<Draft> {
  const money = (available * BigInt(part)) / 100n;
  if (form.side === "sell") return { amount: trimmed(market.roundAmount(text(money), "down"), 0) };
  if (hasBudget(form)) return { budget: trimmed(text(money), 0) };
  const price = hasPrice(form.kind) ? form.price : hasTrigger(form.kind) ? form.triggerPrice : best;
  if (price === null || price === "") return {};
  try {
    return { amount: trimmed(market.roundAmount(text(affordable(market, price, money)), "down"), 0) };
  } catch {
    return {}; // the price is none
  }
}
