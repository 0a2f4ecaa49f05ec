/** The visitor's account as signals: what alpha says, and how far each part of it is proven. */

import { batch, computed, signal } from "@preact/signals";
import {
  type Account,
  type ArmedOrder,
  armedOrderOf,
  Client,
  ConnectionClosed,
  type ConnectionState,
  type Event,
  ExchangeError,
  type Gap,
  type OpenOrder,
  type Proven,
  Receipt,
  type SdkError,
  VerificationFailed,
} from "@constellation/sdk";
import type { TerminalConfig } from "./config.js";
import { forgetAgent, type KeptAgent, keptAgent } from "./keyStore.js";
import { mode } from "./markets.js";
import { balanceMarks, finalMark, forgetMarks, marked, markEvent, markOfBalance, markOfOrder, orderMarks, verified } from "./marks.js";
import { notify, wordsOf } from "./notices.js";
import { trimmed } from "./numbers.js";
import { spare } from "./pace.js";
import { afterEffect, withdrawals } from "./withdrawals.js";

const REFRESH_MS = 120;
const LATENCY_EVERY_MS = 5_000;
const PROOF_EVERY_MS = 3_000;
const PROOFS_AT_ONCE = 8;
const RECONNECT_MS = 3_600_000;
const NO_QUORUM_SHOWN_MS = 15_000;

export const agent = signal<KeptAgent | null>(null);
export const account = signal<Account | null>(null);
export const clientState = signal<ConnectionState | "none">("none");
export const latencyMs = signal<number | null>(null);
const lastTrouble = signal<string | null>(null);
/** Why there is no connection yet, as it was said last. */
export const trouble = computed(() => (clientState.value === "connecting" ? lastTrouble.value : null));
/** Why nothing of this alpha's is believed any more. */
export const broken = signal<string | null>(null);
/** Counts what has happened to the account, for lists that are read anew then. */
export const changes = signal(0);
/** Alpha refuses everything at the moment, because too few auditors are connected. */
export const lacksQuorum = signal(false);
export const canTrade = computed(() => account.value?.exists === true && clientState.value === "open" && broken.value === null);

let config: TerminalConfig;
let client: Client | null = null;
let refreshing: ReturnType<typeof setTimeout> | null = null;
let startedUs = 0n;
let lostUs = 0n;
/** How assets and markets are called by the client, and so in what is verified. */
let names: readonly (readonly string[])[] = [];
/** Events that wait for their certificate, and since when. */
const waiting = new Map<Event, number>();

export function theClient(): Client {
  if (client === null) throw new Error("connect an account first");
  return client;
}

/** Goes on with the key that this browser keeps, if there is one. */
export async function resumeAccount(known: TerminalConfig): Promise<void> {
  config = known;
  void measure();
  void prove();
  const kept = await keptAgent(constellationOf(known));
  if (kept !== null && known.clientUrl !== null) await connect(kept);
}

export function constellationOf({ settings }: TerminalConfig): string {
  return (settings as { constellation_id: string }).constellation_id;
}

function checkTrust(): void {
  if (broken.value !== null) throw new Error(`nothing is signed here any more: ${broken.value}`);
}

/** A client for a moment, as when an owner appoints an agent; the caller closes it. */
export async function connectAs(key: KeptAgent["key"], of?: string): Promise<Client> {
  if (config.clientUrl === null) throw new Error("one can only look here");
  checkTrust();
  return Client.connect({ url: config.clientUrl, settings: config.settings, key, account: of });
}

/** Connects the page as an account's agent. */
export async function connect(next: KeptAgent): Promise<void> {
  await disconnect();
  agent.value = next;
  lastTrouble.value = null;
  startedUs = 0n;
  await reach(next);
}

/** Tries until it succeeds, or the key is not this page's any more. */
async function reach(next: KeptAgent): Promise<void> {
  clientState.value = "connecting";
  for (let pauseMs = 500; agent.value === next; pauseMs = Math.min(2 * pauseMs, 5_000)) {
    try {
      const { clientUrl, settings } = config;
      const { key, account: of } = next;
      const made = await Client.connect({ url: clientUrl!, settings, key, account: of, after: 0n, reconnectMs: RECONNECT_MS });
      if (agent.value !== next) return made.close();
      if (startedUs === 0n) startedUs = made.clockUs; // alpha's, as the times of what happens
      follow(made, next);
      if (made.state === "closed") await made.account(); // throws why
      return;
    } catch (error) {
      if (agent.value !== next) return;
      if (error instanceof VerificationFailed) return breakTrust(error);
      if (isDismissal(error)) return letGo(next);
      lastTrouble.value = wordsOf(error);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function follow(made: Client, of: KeptAgent): void {
  client = made;
  names = namesOf(made);
  made.observe((update) => {
    if (client !== made) return;
    if (update.kind === "state") onState(update.state, update.error, of);
    else if (update.kind === "receipt") onEvent(update.receipt);
    else if (update.kind === "event") onEvent(update.event);
    else if (update.kind === "final") onFinal();
    else if (update.kind === "mode") mode.value = update.mode;
    else if (update.kind === "settings") config.catalogue.update(update.settings);
    else onGap(update.gap);
  });
  if (made.mode !== null) mode.value = made.mode;
  if (made.settingsVersion > 0n) config.catalogue.update(made.settings);
  onState(made.state, null, of);
}

/** Begins anew with the same key; what has been told in passing is not told again. */
async function again(next: KeptAgent): Promise<void> {
  startedUs = lostUs;
  const closing = batch(() => {
    const closing = disconnect();
    agent.value = next;
    return closing;
  });
  await closing;
  await reach(next);
}

/** Alpha, and nobody else, says that this browser's key may not sign for the account any more. */
function isDismissal(error: unknown): boolean {
  return error instanceof ConnectionClosed && error.isProven && (error.code === "UNKNOWN_SIGNER" || error.code === "AGENT_EXPIRED");
}

async function letGo(gone: KeptAgent): Promise<void> {
  if (agent.value !== gone || broken.value !== null) return; // who has lied is not obeyed
  notify("bad", "This browser's key was dismissed, or has expired: connect the account again");
  await disconnect();
  await forgetAgent(constellationOf(config), gone).catch(() => undefined); // a reload would say the same again
}

/** Forgets this browser's key and the account. */
export async function signOut(): Promise<void> {
  if (agent.value !== null) await forgetAgent(constellationOf(config), agent.value);
  await disconnect();
}

async function disconnect(): Promise<void> {
  const before = client;
  client = null;
  agent.value = null;
  account.value = null;
  clientState.value = "none";
  broken.value = null;
  latencyMs.value = null;
  waiting.clear();
  forgetMarks();
  withdrawals.value = new Map();
  await before?.close();
}

/** Signs and sends an operation; the visitor is told when it is refused, and the error is thrown on. */
export async function send(act: (client: Client) => Promise<Receipt>): Promise<Receipt> {
  checkTrust();
  try {
    return await act(theClient());
  } catch (error) {
    if (error instanceof VerificationFailed) breakTrust(error);
    if (error instanceof ExchangeError && error.code === "NO_QUORUM") noteNoQuorum();
    throw error;
  }
}

/** Alpha has refused something because too few auditors are there: that is shown until something is executed, or for a while. */
function noteNoQuorum(): void {
  lacksQuorum.value = true;
  setTimeout(() => (lacksQuorum.value = false), NO_QUORUM_SHOWN_MS);
}

/** Says how the connection is; a client that has ended is followed by another one, unless that makes no sense. */
function onState(state: ConnectionState, error: SdkError | null, of: KeptAgent): void {
  clientState.value = state;
  if (error !== null && lastTrouble.value === null) lostUs = theClient().clockUs;
  lastTrouble.value = error === null ? null : wordsOf(error);
  if (state === "open") refreshSoon();
  if (error instanceof VerificationFailed) breakTrust(error);
  else if (isDismissal(error)) void letGo(of);
  else if (state === "closed" && error !== null) {
    notify("bad", `The connection has ended: ${wordsOf(error)}`);
    if (broken.value === null) void again(of);
  }
}

/** Something that alpha sent does not hold: nothing of it is believed any more, and nothing more is signed. */
export function breakTrust(error: VerificationFailed): void {
  if (broken.value !== null) return;
  broken.value = error.message;
  for (const event of waiting.keys()) markEvent(event, { trust: "broken", batch: event.batch, auditors: [] });
}

/** Some of what has happened cannot be shown any more. */
function onGap(gap: Gap): void {
  verified.miss(gap);
  refreshSoon();
}

function onEvent(event: Event): void {
  lacksQuorum.value = false;
  const trust = event.isFinal ? "final" : "acknowledged";
  markEvent(event, { trust, batch: event.batch, auditors: [] });
  waiting.set(event, performance.now());
  verified.take(event, event instanceof Receipt ? armedOrderOf(config.catalogue, event) : null);
  onFinal();
  withdrawals.value = event.effects.reduce(afterEffect, withdrawals.value);
  if (event.timestampUs >= startedUs) tell(event);
  changes.value += 1;
  refreshSoon();
}

/** Some batch is final: whatever waits for its certificate and has it gets its marks. */
function onFinal(): void {
  for (const event of [...waiting.keys()]) {
    if (!event.isFinal) continue;
    waiting.delete(event);
    event.final(0).then(
      (proof) => markEvent(event, finalMark(proof)),
      (error: unknown) => {
        if (error instanceof VerificationFailed) breakTrust(error);
      },
    );
  }
}

/** For how long the oldest of what has happened here waits for its certificate. */
export function oldestUnfinalMs(): number {
  const [since] = waiting.values();
  return since === undefined ? 0 : performance.now() - since;
}

/** What happens to the account by itself, in a sentence. */
function tell(event: Event): void {
  for (const effect of event.effects) {
    switch (effect.type) {
      case "fill": {
        const did = effect.side === "buy" ? "Bought" : "Sold";
        notify("good", `${did} ${trimmed(effect.amount, 0)} ${effect.market.split("/")[0]} at ${trimmed(effect.price)}`);
        break;
      }
      case "deposit_credited":
        notify("good", `${trimmed(effect.amount)} ${effect.asset} deposited`);
        break;
      case "payment_received":
        notify("good", `${trimmed(effect.amount)} ${effect.asset} received`);
        break;
      case "order_triggered":
        notify("plain", `Order ${effect.orderId} was triggered`);
        break;
      case "withdrawal_closed":
        notify(effect.outcome === "paid" ? "good" : "bad", `Withdrawal ${effect.withdrawalId}: ${effect.outcome}`);
        break;
      default:
    }
  }
}

function refreshSoon(): void {
  refreshing ??= setTimeout(() => {
    refreshing = null;
    void refresh();
  }, REFRESH_MS);
}

async function refresh(): Promise<void> {
  const own = client;
  if (own === null || own.state !== "open") return;
  const asked = verified.last;
  try {
    const next = await own.account();
    if (own !== client || (account.value !== null && next.apex < account.value.apex)) return;
    if (areRenamed(own)) return void again(agent.value!);
    const contradiction = verified.contradiction(next, asked);
    if (contradiction !== null) return breakTrust(new VerificationFailed("account", contradiction));
    account.value = next;
  } catch (error) {
    if (error instanceof VerificationFailed) breakTrust(error);
    else refreshSoon();
  }
}

function namesOf({ assets, markets }: Client): readonly (readonly string[])[] {
  return [assets, markets.map(({ name }) => name)];
}

/** Where another asset with the same code is listed, both are called by their issuers from then on. */
function areRenamed(own: Client): boolean {
  const now = namesOf(own);
  return names.some((known, kind) => known.some((name, id) => now[kind]![id] !== name));
}

async function measure(): Promise<void> {
  for (;;) {
    const own = client;
    if (own !== null && own.state === "open") {
      const before = performance.now();
      try {
        await own.orderBook(own.markets[0]!.name, 1);
        latencyMs.value = Math.round(performance.now() - before);
      } catch {
        latencyMs.value = null;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LATENCY_EVERY_MS));
  }
}

/** What was there before this page was opened is proven from the last checkpoint. */
async function prove(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, PROOF_EVERY_MS));
    const own = client;
    const known = account.value;
    if (own === null || known === null || !known.exists || own.state !== "open" || broken.value !== null) continue;
    try {
      await proveBalances(own, known);
      await proveOrders(own, known);
    } catch (error) {
      if (error instanceof VerificationFailed) breakTrust(error);
    }
  }
}

async function proveBalances(own: Client, known: Account): Promise<void> {
  const open = Object.values(known.balances).filter((balance) => markOfBalance(balance).trust === "stated");
  if (open.length === 0) return;
  const proven = await own.proveAccount();
  if (own !== client) return;
  verified.learnAccount(proven);
  for (const balance of open) {
    if (verified.holdsBalance(balance)) balanceMarks.value = marked(balanceMarks.value, balance.asset, finalMark(proven));
  }
}

async function proveOrders(own: Client, known: Account): Promise<void> {
  const open = [...known.orders, ...known.armed].filter((order) => markOfOrder(order).trust === "stated");
  for (const order of open.slice(0, PROOFS_AT_ONCE)) {
    try {
      const proof = await learnOrder(own, order);
      if (own !== client) return;
      if (verified.holdsOrder(order)) orderMarks.value = marked(orderMarks.value, order.orderId, finalMark(proof));
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error; // no checkpoint has it yet, or it is closed
    }
    await spare(own);
  }
}

async function learnOrder(own: Client, order: OpenOrder | ArmedOrder): Promise<Pick<Proven<unknown>, "batch" | "auditors">> {
  const state = verified;
  if ("trigger" in order) {
    const proven = await own.proveArmedOrder(order.orderId);
    state.learnArmed(proven);
    return proven;
  }
  const proven = await own.proveOrder(order.orderId);
  state.learnOrder(proven);
  return proven;
}
