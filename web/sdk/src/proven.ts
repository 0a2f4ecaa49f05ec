/** Proven values of the state: what was so at a checkpoint that a quorum of auditors has signed. */

import type { Catalogue } from "./catalogue.js";
import { VerificationFailed } from "./errors.js";
import { amountText } from "./numbers.js";
import { equal } from "./protocol/bytes.js";
import { type Settings, type StateEntry, StateEntryType, type StateProof } from "./protocol/messages/index.js";
import { checkEntry, entryKey, numberIdentity, type ProvenEntry } from "./protocol/stateProofs.js";
import { encodePublicKey } from "./protocol/strkey.js";
import { Terms } from "./protocol/terms.js";
import { checked } from "./verifier.js";
import {
  type AgentKey,
  type ArmedOrder,
  armedView,
  type Balance,
  balancesOf,
  type Lock,
  type OpenOrder,
  type OpenWithdrawal,
  orderView,
  ownersOf,
  withdrawalView,
} from "./views.js";

/** A value with its proof, which anybody can check who knows the settings; see `checkState`. */
export interface Proven<T> {
  /** Null where it is proven that there is none. */
  readonly value: T;
  /** Number of the checkpoint's batch. */
  readonly batch: bigint;
  /** The last quantum before the checkpoint; what happened later is not in the value. */
  readonly apex: bigint;
  /** Of that quantum, microseconds since 1970. */
  readonly timestampUs: bigint;
  /** What the auditors signed, or a later header through the hash chain. */
  readonly headerHash: Uint8Array;
  /** Addresses of those who signed. */
  readonly auditors: readonly string[];
  /** Of the entry in the state tree. */
  readonly key: Uint8Array;
  /** As alpha sent it. */
  readonly proof: StateProof;
}

/** The account's entry in the state. */
export interface ProvenAccount {
  readonly address: string;
  readonly nonce: bigint;
  readonly effectNumber: bigint;
  readonly balances: Readonly<Record<string, Balance>>;
  readonly owner: string;
  readonly agents: readonly AgentKey[];
  readonly lock: Lock | null;
}

/** Checks from scratch that `proof` shows the entry of `key`, or that there is none; throws a `VerificationFailed`. */
export function checkState(known: Settings | Terms, key: Uint8Array, proof: StateProof): ProvenEntry {
  const terms = known instanceof Terms ? known : new Terms(known);
  return checked("state proof", () => checkEntry(terms, key, proof));
}

/** The proven balances of an account, or that there is no such account. */
export function provenAccount(
  catalogue: Catalogue,
  terms: Terms,
  account: Uint8Array,
  proof: StateProof,
): Proven<ProvenAccount | null> {
  const key = entryKey(StateEntryType.ACCOUNT_ENTRY, account);
  const found = checkState(terms, key, proof);
  if (found.entry === null) return provenOf(key, proof, found, null);
  if (found.entry.type !== "ACCOUNT_ENTRY") throw other();
  const entry = found.entry.value;
  return provenOf(key, proof, found, {
    address: encodePublicKey(account),
    nonce: entry.nonce,
    effectNumber: entry.effectNumber,
    balances: balancesOf(catalogue, entry),
    ...ownersOf(entry, account),
  });
}

/** A proven open order of an account. */
export function provenOrder(...own: OwnProof): Proven<OpenOrder> {
  return provenOwn(StateEntryType.ORDER_ENTRY, own, (catalogue, entry) => {
    if (entry?.type !== "ORDER_ENTRY") throw other();
    return { account: entry.value.account, id: entry.value.order, view: orderView(catalogue, entry.value) };
  });
}

/** A proven order of an account that waits for its trigger. */
export function provenArmedOrder(...own: OwnProof): Proven<ArmedOrder> {
  return provenOwn(StateEntryType.ARMED_ENTRY, own, (catalogue, entry) => {
    if (entry?.type !== "ARMED_ENTRY") throw other();
    return { account: entry.value.account, id: entry.value.order, view: armedView(catalogue, entry.value) };
  });
}

/** A proven unsettled withdrawal of an account. */
export function provenWithdrawal(...own: OwnProof): Proven<OpenWithdrawal> {
  return provenOwn(StateEntryType.WITHDRAWAL_ENTRY, own, (catalogue, entry) => {
    if (entry?.type !== "WITHDRAWAL_ENTRY") throw other();
    return { account: entry.value.account, id: entry.value.withdrawal, view: withdrawalView(catalogue, entry.value) };
  });
}

type OwnProof = [catalogue: Catalogue, terms: Terms, account: Uint8Array, id: bigint, proof: StateProof];
type Own<T> = { readonly account: Uint8Array; readonly id: bigint; readonly view: T };

/** What an account has opened; `read` throws where the entry is of another kind. */
function provenOwn<T>(
  kind: StateEntryType,
  [catalogue, terms, account, id, proof]: OwnProof,
  read: (catalogue: Catalogue, entry: StateEntry | null) => Own<T>,
): Proven<T> {
  const key = entryKey(kind, numberIdentity(id));
  const found = checkState(terms, key, proof);
  const own = read(catalogue, found.entry);
  if (own.id !== id || !equal(own.account, account)) throw other();
  return provenOf(key, proof, found, own.view);
}

/** What all accounts together own of each asset: compare it with the vault on the ledger. */
export function provenTotals(
  catalogue: Catalogue,
  terms: Terms,
  proof: StateProof,
): Proven<Readonly<Record<string, string>>> {
  const key = entryKey(StateEntryType.COUNTERS_ENTRY, new Uint8Array(0));
  const found = checkState(terms, key, proof);
  if (found.entry?.type !== "COUNTERS_ENTRY") throw other();
  const totals = found.entry.value.totals.map(({ asset, held }) => [catalogue.assetName(asset), amountText(held)]);
  return provenOf(key, proof, found, Object.fromEntries(totals) as Record<string, string>);
}

function provenOf<T>(key: Uint8Array, proof: StateProof, { header, digest }: ProvenEntry, value: T): Proven<T> {
  return {
    value,
    batch: header.number,
    apex: header.lastApex,
    timestampUs: header.timestamp,
    headerHash: digest,
    auditors: proof.finality.certificate.signatures.map(({ auditor }) => encodePublicKey(auditor)),
    key,
    proof,
  };
}

function other(): VerificationFailed {
  return new VerificationFailed("state proof", "alpha shows another entry than the one that was asked for");
}
