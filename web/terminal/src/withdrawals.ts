/** Where each withdrawal is on its way to the ledger, as proven effects say. */

import { signal } from "@preact/signals";
import type { Effect, WithdrawalOutcomeName } from "@constellation/sdk";

export interface WithdrawalSeen {
  readonly id: bigint;
  readonly asset: string;
  readonly amount: string;
  readonly destination: string;
  readonly state: "accepted" | "withheld" | "approved" | "prepared" | WithdrawalOutcomeName;
  readonly transaction: string | null;
}

export type Withdrawals = ReadonlyMap<bigint, WithdrawalSeen>;

/** Of which something has happened since the page was opened. */
export const withdrawals = signal<Withdrawals>(new Map());

type WithdrawalEffect = Extract<Effect, { readonly withdrawalId: bigint }>;

/** What is known of withdrawals after one more effect, in their order. */
export function afterEffect(known: Withdrawals, effect: Effect): Withdrawals {
  if (!("withdrawalId" in effect)) return known;
  const changed = seenAfter(known.get(effect.withdrawalId), effect);
  return changed === null ? known : new Map(known).set(changed.id, changed);
}

/** Null while nobody has said what the withdrawal is. */
function seenAfter(known: WithdrawalSeen | undefined, effect: WithdrawalEffect): WithdrawalSeen | null {
  if (effect.type === "withdrawal_accepted") {
    const { withdrawalId: id, asset, amount, destination } = effect;
    return { id, asset, amount, destination, state: "accepted", transaction: null };
  }
  if (known === undefined) return null;
  const transaction = "transaction" in effect ? effect.transaction : known.transaction;
  const state = effect.type === "withdrawal_closed" ? effect.outcome : effect.type.slice("withdrawal_".length);
  return { ...known, state: state as WithdrawalSeen["state"], transaction };
}
