/** How a browser gets an account to trade for: its own key becomes an agent of it. */

import {
  type Client,
  ConnectionClosed,
  ExchangeError,
  keyFromSeed,
  newSeed,
  OutcomeUnknown,
  type RightName,
  SeedKey,
  type WalletRequest,
} from "@constellation/sdk";
import { parseAmount } from "@constellation/sdk/protocol";
import { connect, connectAs, constellationOf } from "./account.js";
import type { TerminalConfig } from "./config.js";
import { type KeptAgent, keepAgent, keyStays, newAgent } from "./keyStore.js";
import { notify } from "./notices.js";
import { askFriendbot, creditOf, type Payment, submit, TransactionRefused } from "./stellar.js";
import type { Work } from "./ui/Work.js";

const APPOINTED_DAYS = 30;
const POLL_MS = 300;
const PATIENCE_MS = 60_000;
const RETRIES = 3;
const LUMENS = parseAmount("4000");
const OTHERS = parseAmount("1000");
const OTHERS_COST_MAX = parseAmount("5000");

export interface NewOwner {
  readonly seed: string;
  readonly key: SeedKey;
}

/** A new account's owner; whoever has the seed has the account. */
export function newOwner(): NewOwner {
  const seed = newSeed();
  return { seed, key: new SeedKey(seed) };
}

/** Play money for a new account: lumens of the friendbot, other assets for them, all of it into the vault. */
export async function fund(config: TerminalConfig, { key }: NewOwner, { step, left }: Work): Promise<void> {
  const { horizonUrl, networkPassphrase, catalogue } = config;
  if (horizonUrl === null) throw new Error("there is no friendbot here");
  const { vault, assets } = catalogue.settings;
  step("Asking the friendbot for lumens");
  await askFriendbot(horizonUrl, key.address);
  left.throwIfAborted();
  step("Paying into the vault on the ledger");
  const lumens: Payment = { type: "pay", destination: vault, asset: null, amount: LUMENS };
  const payments: Payment[] = [lumens];
  for (const { identity } of assets) {
    const asset = creditOf(identity);
    if (asset === null) continue;
    payments.push({ type: "trust", asset });
    payments.push({ type: "buy", destination: vault, asset, amount: OTHERS, sendMax: OTHERS_COST_MAX });
  }
  const pay = (all: readonly Payment[]): Promise<void> => submit(horizonUrl, networkPassphrase, key, all);
  try {
    await pay(payments);
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error;
    left.throwIfAborted();
    step("Nobody sells the other assets there: paying lumens alone");
    await pay([lumens]);
  }
  step("Waiting until a quorum of auditors has seen the deposit");
}

/** Waits until an account is open, that is, a deposit of lumens was credited. */
async function whenOpen(client: Client, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs;
  while (!(await client.account()).exists) {
    if (Date.now() > until) throw new Error("no deposit was credited yet");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * The owner appoints a key of this browser, whose own is not needed any more; the page trades with it.
 *
 * @param of - the account, where its key was rotated.
 */
export async function appointByOwner(
  config: TerminalConfig,
  seed: string,
  rights: readonly RightName[],
  { step, left }: Work,
  patienceMs = PATIENCE_MS,
  of?: string,
): Promise<void> {
  const owner = await keyFromSeed(seed);
  const { client, finish } = await connectUntil(left, owner, of === owner.address ? undefined : of);
  try {
    await whenOpen(client, patienceMs);
    step("Registering a number for deposits");
    await registerNumber(client);
    step("Appointing this browser's key");
    const key = await newAgent();
    await finish(async () => {
      await answered(client.appointAgent(key.publicKey, rights, expiry()));
      await client.close(); // the page may have to try for long until it is connected
      await begin(config, { account: of ?? owner.address, key });
    });
  } finally {
    await client.close();
  }
}

/** Waits for an answer, and asks for it again where there is none: the key of an appointment that nobody knows of is lost. */
async function answered(act: Promise<unknown>): Promise<void> {
  let unknown: OutcomeUnknown | null = null;
  for (let left = RETRIES; ; left -= 1) {
    try {
      await act;
      return;
    } catch (error) {
      if (error instanceof OutcomeUnknown) unknown = error;
      else throw error instanceof ConnectionClosed && unknown !== null ? unknown : error;
      if (left === 0) throw unknown;
      act = unknown.retry();
    }
  }
}

interface Leashed {
  readonly client: Client;
  /** Does an act to its end, once begun: an appointment must not be left behind without the key that it is for. */
  readonly finish: (act: () => Promise<unknown>) => Promise<void>;
}

/** A client that is closed when the dialog is left, unless it is finishing something: it can neither ask nor sign then. */
async function connectUntil(left: AbortSignal, key: KeptAgent["key"], of?: string): Promise<Leashed> {
  left.throwIfAborted();
  const client = await connectAs(key, of);
  let isFinishing = false;
  const leave = (): void => {
    if (left.aborted && !isFinishing) void client.close();
  };
  left.addEventListener("abort", leave);
  leave();
  left.throwIfAborted();
  const finish = async (act: () => Promise<unknown>): Promise<void> => {
    left.throwIfAborted();
    isFinishing = true;
    try {
      await act();
    } finally {
      isFinishing = false;
      leave();
    }
  };
  return { client, finish };
}

/** The owner alone can have a number registered by which others deposit for the account; it has at most one. */
async function registerNumber(client: Client): Promise<void> {
  try {
    await client.registerRouting();
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error; // it has one already
  }
}

export interface Appointment extends Leashed {
  readonly request: WalletRequest;
  /** The key that is appointed, and whose client brings it. */
  readonly kept: KeptAgent;
}

/**
 * What the owner signs in a Stellar wallet (SEP-53) to appoint a key of this browser.
 *
 * @param owner - the key that owns the account, where it was rotated.
 */
export async function walletAppointment(
  of: string,
  owner: string | undefined,
  rights: readonly RightName[],
  left: AbortSignal,
): Promise<Appointment> {
  const key = await newAgent();
  const leashed = await connectUntil(left, key);
  try {
    const request = leashed.client.walletAppointment(of, rights, expiry(), owner === of ? undefined : owner);
    return { ...leashed, request, kept: { account: of, key } };
  } catch (error) {
    await leashed.client.close();
    throw error;
  }
}

/** Brings the appointment that the wallet has signed. */
export async function bringAppointment(config: TerminalConfig, { request, kept, client, finish }: Appointment, signature: string): Promise<void> {
  const signed = request.signed(signature);
  await finish(async () => {
    await answered(client.bring(signed));
    await client.close();
    await begin(config, kept);
  });
}

async function begin(config: TerminalConfig, kept: KeptAgent): Promise<void> {
  await keepAgent(constellationOf(config), kept);
  if (!keyStays.value) notify("plain", "This browser cannot keep the key: a reload forgets it.");
  await connect(kept);
}

function expiry(): Date {
  return new Date(Date.now() + APPOINTED_DAYS * 86_400_000);
}
