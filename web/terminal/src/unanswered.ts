/** Orders and withdrawals whose answer has not come: nothing else of their kind is signed until it has. */

import { signal } from "@preact/signals";
import { type Client, type Event, ExchangeError, OutcomeUnknown, type Receipt } from "@constellation/sdk";
import { leafBodies, toHex } from "@constellation/sdk/protocol";
import { agent, send } from "./account.js";
import { failureOf } from "./notices.js";

export type Kind = "order" | "withdrawal";

export interface Outcome {
  /** What was asked for, such as "order in XLM/USD". */
  readonly name: string;
  /** What is said where nothing happened begins with it, such as "Not placed". */
  readonly failure: string;
  readonly executed: (event: Event) => void;
  readonly failed: (words: string) => void;
}

interface Asked {
  readonly kind: Kind;
  /** For which it was signed. */
  readonly account: string;
  readonly outcome: Outcome;
  /** Null while it is asked for the first time. */
  readonly unknown: OutcomeUnknown | null;
  readonly isAsking: boolean;
  /** Why asking again has brought no answer. */
  readonly words: string | null;
}

const asked = signal<readonly Asked[]>([]);
const watched = new WeakSet<Client>();

/** The request of this kind that has no answer yet, of the account that is connected. */
export function openRequest(kind: Kind): Asked | null {
  return asked.value.find((item) => item.kind === kind && item.account === agent.value?.account) ?? null;
}

/** Signs and sends, unless a request of this kind has no answer. */
export async function ask(kind: Kind, act: (client: Client) => Promise<Receipt>, outcome: Outcome): Promise<void> {
  if (agent.value === null || openRequest(kind) !== null) return;
  const { account } = agent.value;
  await settle({ kind, account, outcome, unknown: null, isAsking: true, words: null }, act);
}

/** Sends the same signed bytes again, which are executed at most once. */
export async function askAgain(kind: Kind): Promise<void> {
  const found = openRequest(kind);
  if (found === null || found.unknown === null || found.isAsking) return;
  const { unknown } = found;
  await settle({ ...found, isAsking: true }, async (client) => (await client.resend(unknown))[0]!);
}

async function settle(request: Asked, act: (client: Client) => Promise<Receipt>): Promise<void> {
  const { outcome, unknown: before } = request;
  keep(request);
  try {
    const receipt = await send((client) => {
      watch(client);
      return act(client);
    });
    if (forget(request)) outcome.executed(receipt);
  } catch (error) {
    const unknown = error instanceof OutcomeUnknown ? error : before;
    if (before !== null && error instanceof ExchangeError) {
      if (forget(request)) outcome.failed(afterDoubt(outcome.failure, error));
    } else if (unknown === null) {
      if (forget(request)) outcome.failed(failureOf(outcome.failure, error));
    } else if (isKept(request)) {
      keep({ ...request, unknown, isAsking: false, words: before === null ? null : stillNone(error) });
    }
  }
}

function stillNone(error: unknown): string {
  return error instanceof OutcomeUnknown ? "Still no answer." : failureOf("Still no answer", error);
}

/** What a refusal says of bytes that were sent before: alpha forgets answers when their time is over. */
function afterDoubt(failure: string, error: ExchangeError): string {
  if (error.code !== "EXPIRED" && error.code !== "NONCE_TOO_LOW") return failureOf(failure, error);
  return "Its time is over: it cannot be executed any more. If it was before, your account shows it.";
}

/** What was executed after all is told as something that happened, as when a connection is there again. */
function watch(client: Client): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.observe((update) => {
    if (update.kind !== "event") return;
    const body = toHex(update.event.verified.event.leaf.body);
    const found = asked.peek().find(({ unknown }) => unknown !== null && leafBodies(unknown.request).some((leaf) => toHex(leaf) === body));
    if (found !== undefined && forget(found)) found.outcome.executed(update.event);
  });
}

function keep(request: Asked): void {
  asked.value = [...asked.peek().filter((item) => !isSame(item, request)), request];
}

/** Whether it was there. */
function forget(request: Asked): boolean {
  const wasKept = isKept(request);
  asked.value = asked.peek().filter((item) => !isSame(item, request));
  return wasKept;
}

function isKept(request: Asked): boolean {
  return asked.peek().some((item) => isSame(item, request));
}

/** There is one at most of each kind and account. */
function isSame(one: Asked, other: Asked): boolean {
  return one.kind === other.kind && one.account === other.account;
}
