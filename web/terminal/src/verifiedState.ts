/** What verified effects and proofs say of balances and orders, to be compared with the account that alpha shows: its word alone. */

import {
  type Account,
  type ArmedOrder,
  type Balance,
  type Effect,
  type Event,
  type Gap,
  type OpenOrder,
  type PastOrder,
  type Proven,
  type ProvenAccount,
} from "@constellation/sdk";
import { amountOrNull, text } from "./numbers.js";
import { dropOldest } from "./oldest.js";
import { after, NOTHING, recordedBy, type Story } from "./orderStory.js";

const HELD_MAX = 5_000;
const ORDERS_MAX = 20_000;

type Money = Pick<Balance, "total" | "locked">;
type Resting = Pick<OpenOrder, "market" | "side" | "price" | "remaining">;
/** Effects name no price and no amount: these are known of an own request, and from a proof. */
type Armed = Pick<ArmedOrder, "market" | "side" | "trigger" | "triggerPrice"> & Partial<Pick<ArmedOrder, "price" | "amount" | "budget">>;

interface Taken {
  readonly event: Event;
  readonly armed: ArmedOrder | null;
}

/**
 * The part of an account that is proven, as of its effect number `last`.
 *
 * Effects have numbers without gaps, and are taken in their order, in whichever they come. Where alpha does not keep the first
 * ones any more, what they have made is known from a checkpoint after them.
 */
export class VerifiedState {
  #last = 0n;
  /** Nothing is known of the effects up to this one. */
  #missed = 0n;
  /** The first checkpoint with all that was missed. */
  #anchor: bigint | null = null;
  readonly #held = new Map<bigint, Taken>();
  readonly #balances = new Map<string, Money>();
  readonly #orders = new Map<bigint, Resting>();
  readonly #armed = new Map<bigint, Armed>();
  readonly #closed = new Set<bigint>();
  readonly #stories = new Map<bigint, Story>();
  /** The quantum that has changed an order last. */
  readonly #changed = new Map<bigint, bigint>();

  /** Number of the last effect up to which everything was taken. */
  get last(): bigint {
    return this.#last;
  }

  /**
   * Takes a verified event.
   *
   * @param armed - the order that waits for its trigger since then, as this browser has signed it.
   */
  take(event: Event, armed: ArmedOrder | null = null): void {
    if (event.lastNumber <= this.#last) return;
    this.#held.set(event.firstNumber, { event, armed });
    dropOldest(this.#held, HELD_MAX);
    this.#goOn();
  }

  /** These effects cannot be had. */
  miss({ last }: Gap): void {
    if (last <= this.#last) return;
    [this.#last, this.#missed, this.#anchor] = [last, last, null];
    for (const known of [this.#balances, this.#orders, this.#armed, this.#closed, this.#stories, this.#changed]) known.clear();
    for (const first of [...this.#held.keys()]) if (first <= last) this.#held.delete(first);
    this.#goOn();
  }

  #goOn(): void {
    for (let next = this.#held.get(this.#last + 1n); next !== undefined; next = this.#held.get(this.#last + 1n)) {
      this.#held.delete(next.event.firstNumber);
      this.#last = next.event.lastNumber;
      for (const effect of next.event.effects) this.#apply(effect, next);
    }
  }

  // Proofs of checkpoints.

  /** A checkpoint says what the account has: that holds for what has not changed since. */
  learnAccount({ value, batch }: Proven<ProvenAccount | null>): void {
    if ((value?.effectNumber ?? 0n) < this.#missed) return; // something unknown has happened since
    this.#anchor ??= batch;
    for (const { asset, total, locked } of Object.values(value?.balances ?? {})) {
      if (!this.#balances.has(asset)) this.#balances.set(asset, { total, locked });
    }
  }

  learnOrder({ value, ...proven }: Proven<OpenOrder>): void {
    const { orderId, market, side, price, remaining } = value;
    if (this.#isNews(orderId, proven)) this.#orders.set(orderId, { market, side, price, remaining });
  }

  learnArmed({ value, ...proven }: Proven<ArmedOrder>): void {
    if (this.#isNews(value.orderId, proven)) this.#armed.set(value.orderId, termsOf(value));
  }

  #isNews(orderId: bigint, { batch, apex }: Pick<Proven<unknown>, "batch" | "apex">): boolean {
    const holds = this.#missed === 0n || (this.#anchor !== null && batch >= this.#anchor);
    return holds && !this.#closed.has(orderId) && (this.#changed.get(orderId) ?? 0n) <= apex;
  }

  // Whether what is shown is what is proven.

  holdsBalance(shown: Balance): boolean {
    return isSame(shown, this.#balances.get(shown.asset));
  }

  holdsOrder(shown: OpenOrder | ArmedOrder): boolean {
    if ("remaining" in shown) return isSame(shown, this.#orders.get(shown.orderId));
    const proven = this.#armed.get(shown.orderId);
    return proven?.price !== undefined && isSame(shown, proven); // otherwise price and amount are not known
  }

  /** Of an order that a chronicler shows as open. */
  holdsRecord(shown: PastOrder): boolean {
    const story = this.#stories.get(shown.orderId);
    if (story === undefined || story.placedAtUs === null) return false;
    const armed = this.#armed.get(shown.orderId);
    const resting = this.#orders.get(shown.orderId);
    const record = recordedBy(story, resting?.remaining ?? text(0n));
    if (armed !== undefined) return shown.armed && armed.price !== undefined && isSame(shown, { ...record, ...armed });
    if (resting === undefined || shown.armed) return false;
    const { remaining: _, ...terms } = resting;
    return isSame(shown, { ...record, ...terms });
  }

  /**
   * Where an account differs from what was verified; null where it does not, or where something has happened since.
   *
   * @param asked - `last` when the account was asked for.
   */
  contradiction(account: Account, asked: bigint): string | null {
    if (account.effectNumber < asked) return `alpha shows the account as of effect ${account.effectNumber}; proven are ${asked}`;
    if (account.effectNumber !== this.#last) return null;
    return (
      this.#differentMoney(account) ?? this.#differentOrders(account.orders, this.#orders) ?? this.#differentOrders(account.armed, this.#armed)
    );
  }

  #differentMoney({ balances }: Account): string | null {
    const none = { total: text(0n), locked: text(0n) };
    const assets = new Set([...this.#balances.keys(), ...(this.#missed === 0n ? Object.keys(balances) : [])]);
    for (const asset of assets) {
      const [shown, proven] = [balances[asset] ?? none, this.#balances.get(asset) ?? none];
      if (!isSame(shown, proven)) {
        return `alpha shows ${shown.total} ${asset}, ${shown.locked} of it locked; proven are ${proven.total} and ${proven.locked}`;
      }
    }
    return null;
  }

  #differentOrders<T extends OpenOrder | ArmedOrder>(shown: readonly T[], proven: ReadonlyMap<bigint, Partial<T>>): string | null {
    const missing = new Set(proven.keys());
    for (const order of shown) {
      const { orderId } = order;
      missing.delete(orderId);
      const known = proven.get(orderId);
      if (known === undefined) {
        if (this.#missed === 0n || this.#closed.has(orderId)) return `alpha shows order ${orderId}, which is proven not to be open`;
      } else if (!isSame(order, known)) {
        return `alpha shows order ${orderId} as ${words(order)}; proven is ${words(known)}`;
      }
    }
    const [hidden] = missing;
    return hidden === undefined ? null : `alpha does not show order ${hidden}, which is proven to be open`;
  }

  // What effects do.

  #apply(effect: Effect, { event, armed }: Taken): void {
    if (effect.type === "balance_changed") this.#balances.set(effect.asset, { total: effect.total, locked: effect.locked });
    if (!("orderId" in effect)) return;
    const { orderId } = effect;
    this.#changed.set(orderId, event.apex);
    dropOldest(this.#changed, ORDERS_MAX);
    this.#stories.set(orderId, after(this.#stories.get(orderId) ?? NOTHING, effect, event));
    dropOldest(this.#stories, ORDERS_MAX);
    switch (effect.type) {
      case "order_placed":
        this.#orders.set(orderId, { market: effect.market, side: effect.side, price: effect.price, remaining: effect.amount });
        break;
      case "order_armed":
        this.#armed.set(orderId, armed === null ? armedBy(effect) : termsOf(armed));
        break;
      case "order_triggered":
        this.#armed.delete(orderId);
        break;
      case "order_reduced":
        this.#change(orderId, () => effect.remaining);
        break;
      case "fill":
        this.#change(orderId, (remaining) => text(amountOrNull(remaining)! - amountOrNull(effect.amount)!));
        break;
      case "order_replaced":
        this.#close(effect.replaced);
        break;
      case "order_closed":
        this.#close(orderId);
        break;
      default:
    }
  }

  #change(orderId: bigint, next: (remaining: string) => string): void {
    const known = this.#orders.get(orderId);
    if (known !== undefined) this.#orders.set(orderId, { ...known, remaining: next(known.remaining) });
  }

  #close(orderId: bigint): void {
    this.#orders.delete(orderId);
    this.#armed.delete(orderId);
    this.#closed.add(orderId);
    dropOldest(this.#closed, ORDERS_MAX);
  }
}

type ArmedEffect = Extract<Effect, { readonly type: "order_armed" }>;

function armedBy({ market, side, trigger, triggerPrice }: ArmedEffect): Armed {
  return { market, side, trigger, triggerPrice };
}

function termsOf({ price, amount, budget, ...order }: ArmedOrder): Armed {
  const { market, side, trigger, triggerPrice } = order;
  return { market, side, trigger, triggerPrice, price, amount, budget };
}

/** Whether what is shown has all that is proven. */
function isSame(shown: object, proven: object | undefined): boolean {
  if (proven === undefined) return false;
  return Object.entries(proven).every(([name, value]) => (shown as Readonly<Record<string, unknown>>)[name] === value);
}

type Words = Partial<Record<keyof Resting | keyof Armed, string | null | undefined>>;

function words(order: Words): string {
  const { side, market, remaining, amount, budget, price, trigger, triggerPrice } = order;
  const size = remaining ?? amount ?? budget ?? "";
  const at = price == null ? "" : ` at ${price}`;
  return `${side} ${size} ${market}${at}${trigger === undefined ? "" : `, ${trigger} at ${triggerPrice}`}`;
}
