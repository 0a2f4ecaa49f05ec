/**
 * The shell of the SDK: a session on a WebSocket that is opened again when it breaks.
 *
 * It ends with `close`, or when going on makes no sense: alpha lied, refuses this client for good, or cannot be reached
 * for too long.
 */

import { findAlpha } from "./auditors.js";
import { Catalogue, NotListed } from "./catalogue.js";
import { effectOf } from "./effects.js";
import {
  ClocksDiffer,
  type CodeName,
  ConnectionClosed,
  HistoryReplaced,
  InvalidRequest,
  OutcomeUnknown,
  SdkError,
  VerificationFailed,
} from "./errors.js";
import { Inbox } from "./inbox.js";
import type { Signer } from "./keys.js";
import type { Executed, Output, Shown } from "./outputs.js";
import { type ModeNow, modeNow } from "./mode.js";
import { toHex } from "./protocol/bytes.js";
import type { Submission } from "./protocol/leaves.js";
import { Code, type Settings } from "./protocol/messages/index.js";
import { constellationId } from "./protocol/signing.js";
import type { Terms } from "./protocol/terms.js";
import { Event, FinalityOfBatch, Receipt } from "./receipts.js";
import { type Pending, type Question, RequestSigner } from "./requests.js";
import { Route } from "./route.js";
import { ClientSession } from "./session.js";
import { type OpenSocket, platformSocket, type Socket } from "./socket.js";
import { Gap } from "./tracker.js";
import { dropOldest, type VerifiedEvent } from "./verifier.js";

/** Times and bounds of a client; times are in milliseconds. */
export interface ConnectionOptions {
  /** How long a request may be executed after it was signed. */
  readonly validityMs: number;
  /** How long a method waits for an answer before it throws `OutcomeUnknown`. */
  readonly timeoutMs: number;
  /** How far alpha's clock may be ahead of this computer's; beyond it is `ClocksDiffer`. */
  readonly clockAheadMaxMs: number;
  /** How long a lost connection is tried to be opened again. */
  readonly reconnectMs: number;
  /** The pause after the first attempt; it doubles with each. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Nothing heard for so long, although alpha was asked meanwhile, counts as a lost connection. */
  readonly quietMs: number;
  /** Of auditors' HTTP ports: asked whether there is another alpha when it is lost. */
  readonly auditorUrls: readonly string[];
  /** Events that wait for the program. */
  readonly events: number;
  /** How WebSockets are opened; by default the platform's. */
  readonly openSocket: OpenSocket | null;
}

export const DEFAULT_OPTIONS: ConnectionOptions = {
  validityMs: 30_000,
  timeoutMs: 30_000,
  clockAheadMaxMs: 300_000,
  reconnectMs: 60_000,
  backoffMs: 100,
  backoffMaxMs: 5_000,
  quietMs: 35_000,
  auditorUrls: [],
  events: 10_000,
  openSocket: null,
};

export type ConnectionState = "connecting" | "open" | "closed";

/** What a client tells those who observe it. */
export type Update =
  | { readonly kind: "state"; readonly state: ConnectionState; readonly error: SdkError | null }
  | { readonly kind: "receipt"; readonly receipt: Receipt }
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "final"; readonly batch: bigint }
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "mode"; readonly mode: ModeNow };

export type Observer = (update: Update) => void;

type Answer = readonly Receipt[] | Shown | SdkError;

type ShownOf<T> = Extract<Shown, { type: T }>["value"];

interface Waiter {
  readonly pending: Pending;
  readonly take: (answer: Answer) => void;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
const LOOKS = 7; // while a connection is quiet; after half of them alpha is asked something
const SETTINGS_PAUSE_MS = 500;
const SETTINGS_PAUSE_MAX_MS = 30_000;
const FINALITIES_MAX = 20_000;

/** Reasons for which alpha would close the next connection as well. */
const FOR_GOOD: readonly CodeName[] = [
  "MALFORMED",
  "TOO_LARGE",
  "UNSUPPORTED_VERSION",
  "WRONG_CONSTELLATION",
  "UNEXPECTED_MESSAGE",
  "BAD_SIGNATURE",
  "UNAUTHORIZED",
  "REPLACED",
  "HALTED",
  "UNKNOWN_SIGNER",
  "AGENT_EXPIRED",
  "NOT_ADMITTED",
];

/** Those that alpha gives when both have proven who they are; from anybody else they say nothing. */
const OF_THE_KEY: readonly CodeName[] = ["UNKNOWN_SIGNER", "AGENT_EXPIRED", "NOT_ADMITTED"];

export class Connection {
  readonly catalogue: Catalogue;
  readonly inbox: Inbox;
  /** How many connections have opened so far. */
  openings = 0;
  /** The last quantum that a receipt was for. */
  receiptApex = 0n;
  readonly #session: ClientSession;
  readonly #signer: RequestSigner;
  readonly #route: Route;
  readonly #observers = new Set<Observer>();
  readonly #waiters = new Map<bigint, Waiter>();
  readonly #finalities = new Map<string, FinalityOfBatch>();
  #openSocket: OpenSocket | null;
  #socket: Socket | null = null;
  #held: Output[] = [];
  #heldSinceMs = 0;
  #learning: ReturnType<typeof setTimeout> | null = null;
  #settingsWaiters: (() => void)[] = [];
  #signing: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | null = null;
  #settle: () => void = () => {};
  readonly #settled = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });
  #hasSettled = false;
  #interrupt: () => void = () => {};
  #end: SdkError | null = null;
  #isProven = false;
  #isOpen = false;
  #heardMs = 0;
  #askedMs = 0;

  constructor(
    url: string,
    settings: Settings,
    private readonly key: Signer,
    private readonly options: ConnectionOptions,
    after: bigint | null,
    account: Uint8Array | null,
  ) {
    this.#route = new Route(url);
    this.#openSocket = options.openSocket;
    this.catalogue = new Catalogue(settings);
    this.inbox = new Inbox(options.events, () => this.#takeEvents());
    const validityUs = BigInt(Math.round(options.validityMs)) * 1000n;
    this.#signer = new RequestSigner(key, constellationId(settings), validityUs, settings.limits.validityUs, account);
    this.#session = new ClientSession({
      settings,
      signer: this.#signer,
      key: key.publicKey,
      account,
      clockUs,
      wallUs,
      clockAheadMaxUs: BigInt(Math.round(options.clockAheadMaxMs)) * 1000n,
      after,
      room: () => this.inbox.room - this.#held.length,
    });
  }

  get isConnected(): boolean {
    return this.#session.state === "open" && this.#isOpen;
  }

  get state(): ConnectionState {
    if (this.#end !== null) return "closed";
    return this.isConnected ? "open" : "connecting";
  }

  get clockUs(): bigint {
    return this.#session.alphaClockUs;
  }

  get terms(): Terms {
    return this.#session.terms;
  }

  get mode(): ModeNow | null {
    return this.#session.mode === null ? null : modeNow(this.#session.mode);
  }

  get settingsVersion(): bigint {
    return this.#session.keeper.version;
  }

  get lastNumber(): bigint | null {
    return this.#session.lastNumber;
  }

  /** Has `observer` told everything from now on, the first one also what waits already; what takes it off again. */
  observe(observer: Observer): () => void {
    const isFirst = this.#observers.size === 0 && !this.inbox.isRead;
    this.#observers.add(observer);
    if (isFirst) this.#handOver();
    return () => this.#observers.delete(observer);
  }

  /** Connects; the first attempt is not repeated. */
  async open(): Promise<void> {
    this.#openSocket ??= await platformSocket();
    this.#running ??= this.#run(this.#openSocket);
    await this.#settled;
    if (this.#end !== null) throw this.#end;
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#finish(new ConnectionClosed(null, "the client was closed"), true);
    await this.#running;
  }

  // Requests.

  /** Signs, sends, and waits for the verified answers. */
  async submit(sign: (signer: RequestSigner, nowUs: bigint) => Promise<Submission>): Promise<readonly Receipt[]> {
    this.#check();
    // One after the other: nonces must arrive in their order, however long a signature takes.
    const signed = this.#signing.then(async () => {
      this.#check();
      const submission = sign(this.#signer, this.#session.alphaClockUs);
      return this.#session.submit(await inTime(submission, this.options.timeoutMs, "the key did not sign"));
    });
    this.#signing = signed.catch(() => undefined);
    return this.#receipts(await signed);
  }

  /** Sends signed bytes again. */
  async resend(submission: Submission): Promise<readonly Receipt[]> {
    this.#check();
    return this.#receipts(this.#session.resend(submission));
  }

  /** Brings what another account's owner has signed. */
  async bring(submission: Submission): Promise<readonly Receipt[]> {
    this.#check();
    return this.#receipts(this.#session.bring(submission));
  }

  /** Asks a question, and waits for its answer. */
  async query<T extends Shown["type"]>(type: T, make: (requestId: bigint) => Question): Promise<ShownOf<T>> {
    this.#check();
    const answer = (await this.#answerTo(this.#session.ask(make))) as Shown;
    if (answer.type !== type) throw new VerificationFailed("message", `${answer.type} is no ${type}`);
    const value: unknown = answer.value;
    return value as ShownOf<T>;
  }

  async #receipts(pending: Pending): Promise<readonly Receipt[]> {
    const receipts = (await this.#answerTo(pending)) as readonly Receipt[];
    const last = receipts.at(-1)!.apex;
    if (last > this.receiptApex) this.receiptApex = last;
    return receipts;
  }

  async #answerTo(pending: Pending): Promise<readonly Receipt[] | Shown> {
    const { requestId } = pending;
    if (this.#end !== null) {
      this.#session.abandon(requestId);
      throw pending.abandoned(this.#end.message);
    }
    this.#flush();
    const answer = await new Promise<Answer>((resolve) => {
      const reason = `no answer within ${this.options.timeoutMs} milliseconds`;
      const timer = setTimeout(() => take(pending.abandoned(reason)), this.options.timeoutMs);
      const take = (found: Answer): void => {
        clearTimeout(timer);
        this.#waiters.delete(requestId);
        this.#session.abandon(requestId);
        resolve(found);
      };
      this.#waiters.set(requestId, { pending, take });
    });
    if (answer instanceof OutcomeUnknown) throw answer.by((submission) => this.resend(submission));
    if (answer instanceof SdkError) throw answer;
    return answer;
  }

  #check(): void {
    if (this.#end !== null) throw this.#end;
    if (!this.#hasSettled) throw new ConnectionClosed(null, "the client is not connected");
  }

  /** Asks for the settings in force, and waits until they are proven. */
  async learnSettings(): Promise<void> {
    this.#check();
    await new Promise<void>((resolve, reject) => {
      const text = `no settings within ${this.options.timeoutMs} milliseconds`;
      const timer = setTimeout(() => reject(new ConnectionClosed(null, text)), this.options.timeoutMs);
      this.#settingsWaiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#session.askSettings();
      this.#flush();
      this.#keepLearning(SETTINGS_PAUSE_MS);
    });
    if (this.#end !== null) throw this.#end;
  }

  // The connections.

  async #run(openSocket: OpenSocket): Promise<void> {
    try {
      await this.#stayConnected(openSocket);
    } catch (error) {
      this.#finish(
        error instanceof SdkError ? error : new ConnectionClosed(null, `the client failed: ${String(error)}`),
      );
    }
  }

  /** Serves one connection after the other; throws why it makes no sense to go on. */
  async #stayConnected(openSocket: OpenSocket): Promise<void> {
    let [lostMs, leastMs] = [performance.now(), this.options.backoffMs];
    while (this.#end === null) {
      this.#isProven = this.#isOpen = false;
      const reason = await this.#converse(openSocket);
      if (this.#end !== null) return;
      const wasOpen = this.#isOpen;
      this.#isOpen = false;
      if (wasOpen) {
        lostMs = performance.now();
        // Two that were replaced, each by the other, must not send a client to and fro without a pause.
        leastMs = reason.code === "MOVED" ? 2 * leastMs : this.options.backoffMs;
      }
      if (await this.#askAuditors()) [lostMs, leastMs] = [performance.now(), this.options.backoffMs];
      else if (!this.#goesOn(reason)) throw reason;
      const pauseMs = pauseAfter(performance.now() - lostMs, leastMs, this.options.backoffMaxMs);
      if (performance.now() + pauseMs > lostMs + this.options.reconnectMs) {
        const code = reason.code === null ? null : Code[reason.code as CodeName];
        throw new ConnectionClosed(code, `${this.#route.url} cannot be reached any more: ${reason.message}`);
      }
      if (reason instanceof ConnectionClosed) this.#tell({ kind: "state", state: "connecting", error: reason });
      await this.#pause(pauseMs);
    }
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Whether they have appointed another alpha: then it is connected to from now on. */
  async #askAuditors(): Promise<boolean> {
    const terms = await findAlpha(this.#session.terms, this.options.auditorUrls);
    if (terms === null) return false;
    this.#session.follow(terms);
    this.#route.appointed(terms.appointments.at(-1)!.appointment.clientUrl, terms.term);
    return true;
  }

  /** Whether to connect again, while the auditors know of no other alpha; chooses where. */
  #goesOn(reason: SdkError): boolean {
    const followedHint = this.#route.followsHint;
    if (this.#route.ended(reason, this.#isProven)) return true;
    return this.#hasSettled && (followedHint || !isForGood(reason));
  }

  /** Serves one connection; why it ended. Throws where alpha, having proven to be it, said what does not hold. */
  async #converse(openSocket: OpenSocket): Promise<SdkError> {
    const { url } = this.#route;
    const reason = await new Promise<unknown>((end) => {
      let socket: Socket;
      try {
        socket = openSocket(url);
      } catch (error) {
        end(new ConnectionClosed(null, `no connection to ${url}: ${String(error)}`));
        return;
      }
      this.#serve(socket, url, end);
    });
    const known = reason instanceof ConnectionClosed || (reason instanceof VerificationFailed && !this.#isProven);
    if (known) return reason;
    throw reason;
  }

  #serve(socket: Socket, url: string, resolve: (reason: unknown) => void): void {
    let isOver = false;
    this.#heardMs = performance.now();
    const end = (reason: unknown): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(handshake);
      clearInterval(watch);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.onerror = () => undefined; // of the closing itself
      if (this.#socket === socket) this.#socket = null;
      this.#session.closed();
      this.#interrupt = () => {};
      socket.close();
      resolve(reason);
    };
    const late = (): void => end(new ConnectionClosed(null, `no handshake with ${url} in time`));
    const handshake = setTimeout(late, HANDSHAKE_TIMEOUT_MS);
    const watch = setInterval(() => this.#watch(end), this.options.quietMs / LOOKS);
    this.#interrupt = () => end(new ConnectionClosed(null, "the client was closed"));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#socket = socket;
      this.#heardMs = performance.now();
      this.#session.connect(crypto.getRandomValues(new Uint8Array(32)));
      this.#flush();
    };
    socket.onmessage = ({ data }) => {
      try {
        this.#receive(data, end);
        if (this.#isOpen) clearTimeout(handshake);
      } catch (error) {
        end(error);
      }
    };
    socket.onclose = ({ reason }) =>
      end(new ConnectionClosed(null, `the connection to ${url} ended${reason && `: ${reason}`}`));
    socket.onerror = () => end(new ConnectionClosed(null, `no connection to ${url}`));
  }

  /**
   * Asks something when it has been quiet for long, and ends a connection on which nothing comes then either. A browser
   * may look seldom at what is hidden: what was not asked was not left without an answer.
   */
  #watch(end: (reason: unknown) => void): void {
    const quietMs = performance.now() - this.#heardMs;
    const hasAsked = this.#askedMs > this.#heardMs;
    if (quietMs > this.options.quietMs && hasAsked) end(new ConnectionClosed(null, "nothing was heard from alpha"));
    else if (quietMs > this.options.quietMs / 2 && this.#session.state === "open") {
      this.#askedMs = performance.now();
      const asked = this.#session.ask((requestId) => ({
        type: "QUERY_ACCOUNT",
        value: { requestId, subAccount: null },
      }));
      this.#flush();
      this.#session.abandon(asked.requestId);
    }
  }

  #receive(data: unknown, end: (reason: unknown) => void): void {
    if (!(data instanceof ArrayBuffer)) throw new VerificationFailed("message", "a text frame");
    this.#heardMs = performance.now();
    const outputs = this.#session.receive(new Uint8Array(data));
    if (!this.#isProven && this.#session.state !== "shaking") {
      this.#isProven = true;
      this.#route.proven(this.#session.terms.term);
    }
    for (const output of outputs) this.#take(output);
    if (this.#session.keeper.isBehind) this.#keepLearning(SETTINGS_PAUSE_MS);
    const { toProve } = this.#session;
    if (toProve !== null) this.#prove(toProve, end);
    this.#flush();
    if (this.#session.mustResynchronise) {
      throw new ConnectionClosed(null, "alpha's clock has moved: a new connection tells where it is");
    }
  }

  #prove(digest: Uint8Array, end: (reason: unknown) => void): void {
    this.#session.toProve = null;
    const failed = (error: unknown): void => end(new ConnectionClosed(null, `the key does not sign: ${String(error)}`));
    this.key.sign(digest).then((signature) => {
      if (this.#session.state !== "proven") return;
      this.#session.prove(signature);
      this.#flush();
    }, failed);
  }

  #flush(): void {
    if (this.#socket === null) return;
    for (const frame of this.#session.dataToSend()) this.#socket.send(new Uint8Array(frame));
  }

  /** Asks for the proof of other settings again and again: their checkpoint may not be certified yet. */
  #keepLearning(pauseMs: number): void {
    if (this.#learning !== null || this.#end !== null) return;
    this.#learning = setTimeout(() => {
      this.#learning = null;
      const isHeldTooLong = performance.now() > this.#heldSinceMs + this.options.timeoutMs;
      if (this.#held.length > 0 && isHeldTooLong) {
        this.#finish(notListed());
      } else if (this.#held.length > 0 || this.#session.keeper.isBehind || this.#settingsWaiters.length > 0) {
        this.#session.askSettings();
        this.#flush();
        this.#keepLearning(Math.min(2 * pauseMs, SETTINGS_PAUSE_MAX_MS));
      }
    }, pauseMs);
  }

  // Outputs.

  /** The program has room again. */
  #takeEvents(): void {
    try {
      for (const output of this.#session.takeEvents()) this.#take(output);
      this.#flush();
    } catch (error) {
      this.#finish(error instanceof SdkError ? error : new ConnectionClosed(null, String(error)));
    }
  }

  /** Tells the program; what names something that is not known waits, with all that follows, for the settings. */
  #take(output: Output): void {
    if (output.kind === "settings") {
      this.#takeSettings(output.settings, output.apex);
    } else if (this.#held.length > 0) {
      this.#held.push(output);
    } else if (!this.#isTold(output)) {
      this.#held.push(output);
      this.#heldSinceMs = performance.now();
      this.#session.askSettings();
      this.#keepLearning(SETTINGS_PAUSE_MS);
    }
  }

  #takeSettings(settings: Settings, apex: bigint): void {
    if (settings !== this.catalogue.settings) {
      this.catalogue.update(settings);
      this.#tell({ kind: "settings", settings });
    }
    const waiters = this.#settingsWaiters;
    this.#settingsWaiters = [];
    for (const wake of waiters) wake();
    const held = this.#held;
    this.#held = [];
    const [first] = held;
    const isDue = first !== undefined && (apexOf(first) ?? apex + 1n) <= apex;
    if (isDue && !this.#isTold(first)) throw notListed();
    for (const output of isDue ? held.slice(1) : held) this.#take(output);
  }

  /** Whether everything that it names is listed; then it has been told. */
  #isTold(output: Output): boolean {
    try {
      this.#handle(output);
      return true;
    } catch (error) {
      if (error instanceof NotListed) return false;
      throw error;
    }
  }

  #handle(output: Output): void {
    switch (output.kind) {
      case "opened":
        this.#isOpen = true;
        this.openings += 1;
        this.#hasSettled = true;
        this.#settle();
        this.#tell({ kind: "state", state: "open", error: null });
        return;
      case "answered":
        this.#handleAnswer(output.requestId, output.answer);
        return;
      case "mode":
        this.#tell({ kind: "mode", mode: modeNow(output.mode) });
        return;
      case "happened": {
        const event = new Event(...this.#facts(output.verified));
        this.#deliver(event);
        this.#tell({ kind: "event", event });
        return;
      }
      case "gap":
        this.#deliver(output.gap);
        this.#tell({ kind: "gap", gap: output.gap });
        return;
      case "certified": {
        const finality = this.#finalities.get(toHex(output.digest));
        this.#finalities.delete(toHex(output.digest));
        if (output.error === null) finality?.settle(output.finality);
        else finality?.fail(output.error);
        if (finality && output.error === null)
          this.#tell({ kind: "final", batch: output.finality.certificate.header.number });
        return;
      }
      case "settings":
        return; // taken before anything is told
    }
  }

  /** Tells those who observe what waits in the inbox, which makes room for more. */
  #handOver(): void {
    const items = this.inbox.empty();
    for (const item of items) {
      this.#tell(item instanceof Gap ? { kind: "gap", gap: item } : { kind: "event", event: item });
    }
    if (items.length > 0 && this.#end === null) this.#takeEvents();
  }

  /** Events wait for `events()`, unless somebody observes. */
  #deliver(item: Event | Gap): void {
    if (this.#observers.size === 0 || this.inbox.isRead) this.inbox.put(item);
  }

  #handleAnswer(requestId: bigint, answer: Executed | Shown | SdkError): void {
    const waiter = this.#waiters.get(requestId);
    if (waiter === undefined) return;
    if (answer instanceof SdkError || answer.type !== "EXECUTED") {
      waiter.take(answer);
      return;
    }
    const { events, submission } = answer;
    const receipts = events.map((verified, place) => new Receipt(...this.#facts(verified), submission, place));
    waiter.take(receipts);
    for (const receipt of receipts) this.#tell({ kind: "receipt", receipt });
  }

  /** What every event and receipt is made of; throws `NotListed` where it names what the settings do not list. */
  #facts(verified: VerifiedEvent): [VerifiedEvent, Event["effects"], FinalityOfBatch] {
    const effects = verified.event.group.effects.map((effect) => effectOf(this.catalogue, effect));
    const key = toHex(verified.digest);
    const finality = this.#finalities.get(key) ?? new FinalityOfBatch();
    this.#finalities.set(key, finality);
    dropOldest(this.#finalities, FINALITIES_MAX);
    return [verified, effects, finality];
  }

  #tell(update: Update): void {
    for (const observer of [...this.#observers]) {
      try {
        observer(update);
      } catch (error) {
        // The program's own fault must not end the connection, nor be lost.
        setTimeout(() => {
          throw error;
        });
      }
    }
  }

  /** Nothing will come any more: tells everybody who waits. */
  #finish(error: SdkError, isWanted = false): void {
    if (this.#end !== null) return;
    this.#end = error;
    this.#hasSettled = true;
    this.#settle();
    if (this.#learning !== null) clearTimeout(this.#learning);
    for (const wake of this.#settingsWaiters) wake();
    const lied = error instanceof VerificationFailed && !(error instanceof HistoryReplaced);
    for (const { pending, take } of [...this.#waiters.values()]) take(lied ? error : pending.abandoned(error.message));
    for (const finality of this.#finalities.values()) finality.fail(error);
    this.inbox.end(isWanted ? null : error);
    this.#interrupt();
    this.#tell({ kind: "state", state: "closed", error: isWanted ? null : error });
  }
}

function isForGood(reason: SdkError): boolean {
  if (!(reason instanceof ConnectionClosed) || reason instanceof ClocksDiffer) return true;
  const { code, isProven } = reason;
  return code !== null && FOR_GOOD.includes(code) && (isProven || !OF_THE_KEY.includes(code));
}

/** The quantum that an output tells of. */
function apexOf(output: Output): bigint | null {
  if (output.kind === "happened") return output.verified.event.leaf.apex;
  if (output.kind !== "answered" || output.answer instanceof SdkError || output.answer.type !== "EXECUTED") return null;
  return output.answer.events.at(-1)!.event.leaf.apex;
}

/** What a promise gives, unless it takes too long: whoever waits for a key must not keep others waiting for ever. */
async function inTime<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new InvalidRequest(`${what} within ${timeoutMs} milliseconds`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function notListed(): VerificationFailed {
  return new VerificationFailed("effects", "alpha tells of an asset or a market that the proven settings do not list");
}

/** A clock that only moves forward, in microseconds. */
function clockUs(): bigint {
  return BigInt(Math.floor(performance.now() * 1000));
}

/** This computer's clock, in microseconds since 1970. */
function wallUs(): bigint {
  return BigInt(Date.now()) * 1000n;
}

/** A pause that is a quarter of the time for which it was tried in vain, within its bounds. */
function pauseAfter(awayMs: number, leastMs: number, mostMs: number): number {
  return Math.min(Math.max(leastMs, awayMs / 4), mostMs);
}
