/**
 * Does what Python's tests ask for, line by line: `{"id", "call", "args"}` is answered with `{"id", "result"}` or
 * `{"id", "error"}`.
 */

import { createInterface } from "node:readline";
import {
  type BatchOperation,
  Catalogue,
  checkState,
  Client,
  type ClientOptions,
  Event,
  Gap,
  keyFromSeed,
  type Loop,
  MarketFeed,
  MarketReads,
  Receipt,
  SdkError,
  SeedKey,
  type Submission,
} from "../../dist/index.js";
import { operationsOf } from "../../dist/operations.js";
import { RequestSigner } from "../../dist/requests.js";
import { Verifier } from "../../dist/verifier.js";
import * as protocol from "../../dist/protocol/index.js";
import { codecs } from "./codecs.js";
import { parse, stringify } from "./json.js";

type Arguments = readonly never[];
type Call = (...args: Arguments) => unknown;

const clients = new Map<string, Client>();
const observed = new Map<string, bigint[]>();
let hesitationMs = 0;
const receipts = new Map<string, Event>();
const streams = new Map<string, Loop<unknown>>();
const feeds = new Map<string, MarketFeed>();

function keep(event: Event): object {
  receipts.set(String(event.apex), event);
  const { apex, timestampUs, effects, batch, firstNumber, lastNumber } = event;
  const more =
    event instanceof Receipt ? { place: event.place, refusal: event.refusal, request: encoded(event.request) } : {};
  return { apex, timestampUs, effects, batch, firstNumber, lastNumber, ...more };
}

function encoded(request: Submission): Uint8Array {
  return protocol.QuantumBody.encode(request);
}

function shown(value: unknown): unknown {
  if (value instanceof Event) return keep(value);
  if (Array.isArray(value)) return value.map(shown);
  return value;
}

const calls: Record<string, Call> = {
  /** What a codec makes of bytes: the same bytes again, or why not. */
  decode(name: string, data: Uint8Array) {
    const codec = codecs.get(name)!;
    try {
      return codec.encode(codec.decode(data));
    } catch (error) {
      if (!(error instanceof protocol.MalformedMessage)) throw error;
      return { reason: error.reason, where: error.where };
    }
  },
  codecs: () => [...codecs.keys()],
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => protocol.verify(key, message, signature),
  settings(document: object) {
    const settings = protocol.settingsFromJson(document);
    return {
      hash: protocol.settingsHash(settings),
      id: protocol.constellationId(settings),
      xdr: protocol.Settings.encode(settings),
    };
  },
  names(document: object) {
    const names = new protocol.Names(protocol.settingsFromJson(document));
    return { assets: names.assets, markets: names.markets };
  },
  units: (value: string | bigint | number, decimals: number) => protocol.toUnits(value as string, decimals),
  walletText: (constellation: Uint8Array, request: Uint8Array) =>
    protocol.walletText(constellation, protocol.Request.decode(request)),
  walletDigest: (text: string) => protocol.walletDigest(text),
  decodeAddress: (text: string) => protocol.decodeAddress(text),
  encodeMuxed: (key: Uint8Array, id: bigint) => protocol.encodeMuxed(key, id),
  async sign(seed: string, message: Uint8Array) {
    const keys = [new SeedKey(seed), await keyFromSeed(seed)];
    return Promise.all(keys.map((key) => key.sign(message)));
  },
  subAccountKey: (parent: Uint8Array, number: number) => protocol.subAccountKey(parent, number),
  rootFromProof: (leaf: Uint8Array, proof: Uint8Array) =>
    protocol.rootFromProof(leaf, protocol.MerkleProof.decode(proof)),

  /** What is signed for operations by a key at a time, one by one or as a batch. */
  async signed(
    document: object,
    seed: string,
    account: Uint8Array | null,
    nowUs: bigint,
    items: BatchOperation[],
    isBatch: boolean,
  ) {
    const settings = protocol.settingsFromJson(document);
    const operations = operationsOf(new Catalogue(settings), items);
    const id = protocol.constellationId(settings);
    const signer = new RequestSigner(new SeedKey(seed), id, 30_000_000n, settings.limits.validityUs, account);
    if (isBatch) return [encoded(await signer.signBatch(operations, true, nowUs))];
    const submissions = [];
    for (const operation of operations) submissions.push(await signer.sign(operation, nowUs));
    return submissions.map(encoded);
  },
  /** Whether a frame of alpha's holds for an account; `VerificationFailed` or `MalformedMessage` otherwise. */
  judge(document: object, account: Uint8Array, frame: Uint8Array) {
    const verifier = new Verifier(protocol.settingsFromJson(document), account);
    const message = protocol.ClientMessage.decode(frame);
    if (message.type === "ACKNOWLEDGEMENT")
      return verifier.acknowledgement(message.value, () => false).map(({ digest }) => digest);
    if (message.type === "FINALITY") return [...verifier.finality(message.value).values()];
    throw new TypeError(message.type);
  },
  /** What a state proof proves, which the entry's key names. */
  checkState(document: object, key: Uint8Array, proof: Uint8Array) {
    return checkState(protocol.settingsFromJson(document), key, protocol.StateProof.decode(proof)).digest;
  },

  /** Does nothing at all for so long after alpha was heard, as a page that is hidden. */
  async freeze(name: string, ms: number) {
    await clients.get(name)!.account();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
  /** Begins to keep the numbers of the effects that a client tells. */
  observe(name: string) {
    const numbers: bigint[] = [];
    observed.set(name, numbers);
    clients.get(name)!.observe((update) => {
      if (update.kind === "gap") numbers.push(update.gap.first, update.gap.last);
      if (update.kind === "event") numbers.push(update.event.firstNumber, update.event.lastNumber);
    });
  },
  observed: (name: string) => observed.get(name)!,

  /** From now on keys take up to so many milliseconds for a signature. */
  hesitate(mostMs: number) {
    hesitationMs = mostMs;
  },
  async connect(name: string, options: Omit<ClientOptions, "key">, seed: string) {
    const key = await keyFromSeed(seed);
    const sign = async (message: Uint8Array): Promise<Uint8Array> => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * hesitationMs));
      return key.sign(message);
    };
    const signer = hesitationMs === 0 ? key : { publicKey: key.publicKey, sign };
    clients.set(name, await Client.connect({ ...options, key: signer }));
  },
  async client(name: string, method: string, ...args: unknown[]) {
    const client = clients.get(name)!;
    const member = client[method as keyof Client] as unknown;
    return shown(typeof member === "function" ? await member.apply(client, args) : member);
  },
  async final(apex: bigint, timeoutMs: number) {
    const { batch, headerHash, auditors } = await receipts.get(String(apex))!.final(timeoutMs);
    return { batch, headerHash, auditors };
  },
  async next(name: string, source: string, ...args: unknown[]) {
    const key = `${name} ${source} ${stringify(args)}`;
    const owner = (clients.get(name) ?? feeds.get(name)) as unknown as Record<
      string,
      (...args: unknown[]) => Loop<unknown>
    >;
    const stream = streams.get(key) ?? owner[source]!(...args);
    streams.set(key, stream);
    const { value, done } = await stream.next();
    return done ? null : value instanceof Gap ? { gap: [value.first, value.last] } : shown(value);
  },
  walletAppointment(name: string, account: string, rights: ["trade"], expiresAt: bigint) {
    const wallet = clients.get(name)!.walletAppointment(account, rights, expiresAt);
    wallets.set(wallet.text, wallet);
    return wallet.text;
  },
  walletDismissal(name: string, agent: string, owner?: string) {
    const wallet = clients.get(name)!.walletDismissal(agent, owner);
    wallets.set(wallet.text, wallet);
    return wallet.text;
  },
  walletRouting(name: string, routingId?: bigint, owner?: string) {
    const wallet = clients.get(name)!.walletRouting(routingId, owner);
    wallets.set(wallet.text, wallet);
    return wallet.text;
  },
  async bring(name: string, text: string, signature: string) {
    return shown(await clients.get(name)!.bring(wallets.get(text)!.signed(signature)));
  },
  rotate: async (name: string, seed: string) => shown(await clients.get(name)!.rotateKey(new SeedKey(seed))),
  async resend(name: string, body: Uint8Array) {
    const submission = protocol.QuantumBody.decode(body) as Submission;
    return shown(await clients.get(name)!.resend(submission));
  },
  async feed(name: string, url: string, quietMs?: number) {
    feeds.set(name, await MarketFeed.connect({ url, quietMs }));
  },
  async all(name: string, source: "history" | "orders", options: object) {
    const found: unknown[] = [];
    for await (const item of clients.get(name)![source](options)) found.push(item);
    return found;
  },
  async read(url: string, method: string, ...args: unknown[]) {
    const reads = new MarketReads(url) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    return reads[method]!(...args);
  },
  async leave(name: string, source: string, ...args: unknown[]) {
    await streams.get(`${name} ${source} ${stringify(args)}`)!.return();
  },
  connections: (name: string) => feeds.get(name)!.connections,
  closeFeed: (name: string) => feeds.get(name)!.close(),
};
const wallets = new Map<string, ReturnType<Client["walletAppointment"]>>();

function errorOf(error: unknown): object {
  if (!(error instanceof SdkError))
    return { name: (error as Error).name, message: String(error), stack: (error as Error).stack };
  const { name, message, code, advice, nothingHappened } = error;
  const request = "request" in error ? encoded(error.request as Submission) : null;
  const kind = "kind" in error ? error.kind : null;
  const isProven = "isProven" in error ? error.isProven : null;
  return { name, message, code, advice, nothingHappened, request, kind, isProven };
}

async function answer(line: string): Promise<void> {
  const { id, call, args } = parse(line) as { id: number; call: string; args: Arguments };
  try {
    const result = await calls[call]!(...args);
    console.log(stringify({ id, result: result ?? null }));
  } catch (error) {
    console.log(stringify({ id, error: errorOf(error) }));
  }
}

for await (const line of createInterface({ input: process.stdin })) void answer(line);
await Promise.all([...clients.values()].map((client) => client.close()));
process.exit(0);
