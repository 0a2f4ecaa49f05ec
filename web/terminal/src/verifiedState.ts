/** What verified effects say of balances and orders, to be compared with the account that alpha shows: its word alone. */

import type { Account, Effect, Event } from "@constellation/sdk";
import { amountOrNull, text } from "./numbers.js";

const ORDERS_MAX = 5_000;

interface Money {
  readonly total: string;
  readonly locked: string;
}

interface Resting {
  readonly price: string;
  readonly remaining: string;
}

export class VerifiedState {
  #lastNumber = 0n;
  readonly #balances = new Map<string, Money>();
  readonly #orders = new Map<bigint, Resting>();

  take(event: Event): void {
    if (event.lastNumber <= this.#lastNumber) return;
    if (event.firstNumber !== this.#lastNumber + 1n) {
      // After a reconnect an answer may come before what was missed: of that, nothing is known.
      this.#balances.clear();
      this.#orders.clear();
    }
    this.#lastNumber = event.lastNumber;
    for (const effect of event.effects) this.#apply(effect);
  }

  /** Where an account as of the same effect differs from what was verified; null where it does not. */
  contradiction(account: Account): string | null {
    if (account.effectNumber !== this.#lastNumber) return null;
    for (const [asset, { total, locked }] of this.#balances) {
      const shown = account.balances[asset] ?? { total: text(0n), locked: text(0n) };
      if (shown.total !== total || shown.locked !== locked) {
        return `alpha shows ${shown.total} ${asset}, ${shown.locked} of it locked; proven are ${total} and ${locked}`;
      }
    }
    for (const { orderId, price, remaining } of account.orders) {
      const known = this.#orders.get(orderId);
      if (known !== undefined && (known.price !== price || known.remaining !== remaining)) {
        return `alpha shows ${remaining} at ${price} of order ${orderId}; proven are ${known.remaining} at ${known.price}`;
      }
    }
    return null;
  }

  #apply(effect: Effect): void {
    switch (effect.type) {
      case "balance_changed":
        this.#balances.set(effect.asset, { total: effect.total, locked: effect.locked });
        break;
      case "order_placed":
        this.#put(effect.orderId, { price: effect.price, remaining: effect.amount });
        break;
      case "order_reduced":
        this.#change(effect.orderId, () => effect.remaining);
        break;
      case "fill":
        this.#change(effect.orderId, (remaining) => text(amountOrNull(remaining)! - amountOrNull(effect.amount)!));
        break;
      case "order_closed":
        this.#orders.delete(effect.orderId);
        break;
      default:
    }
  }

  #change(orderId: bigint, next: (remaining: string) => string): void {
    const known = this.#orders.get(orderId);
    if (known !== undefined) this.#put(orderId, { price: known.price, remaining: next(known.remaining) });
  }

  #put(orderId: bigint, resting: Resting): void {
    this.#orders.set(orderId, resting);
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > ORDERS_MAX) this.#orders.delete(oldest!);
  }
}
