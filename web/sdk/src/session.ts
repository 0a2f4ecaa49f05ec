/**
 * The client's side of the protocol, without I/O; it outlives its connections.
 *
 *     idle ──connect()──▶ shaking ──HelloReply──▶ proven ──Welcome──▶ open
 *       ▲                    │                      │                  │
 *       └────────────────────┴──────closed()────────┴──────────────────┘
 *
 * On every new connection all requests without an answer are sent again, as the same bytes, and so are the executed
 * ones whose batch is not final: alpha answers with the first answer and sends the certificate here. The account is
 * read: it tells the last nonce. Where alpha tells of settings that are not proven, the connection opens when their
 * proof has come, or a refusal. What happened in between is asked for, page by page.
 *
 * Alpha's clock is this program's monotonic one and an offset, which Welcome sets. Every header that is acknowledged is
 * a lower bound. It may not be far ahead of this computer's clock: alpha would collect requests that are good for longer
 * than their signer thinks. Where alpha's clock has moved otherwise, requests are refused whose time is good by this one:
 * then the connection asks to be replaced, for another Welcome.
 */

import { CatchUp } from "./catchUp.js";
import { ClocksDiffer, ConnectionClosed, OutcomeUnknown, type SdkError, VerificationFailed } from "./errors.js";
import type { Executed, Output, Shown } from "./outputs.js";
import { equal, fromHex, toHex } from "./protocol/bytes.js";
import { checkReply, helloOf } from "./protocol/handshake.js";
import type { Submission } from "./protocol/leaves.js";
import {
  type AccountEntry,
  type AccountEvent,
  type AccountSnapshot,
  type Acknowledgement,
  ClientMessage,
  Code,
  type Finality,
  type Hello,
  type HelloReply,
  type Rejected,
  type Settings,
  type StateProof,
  type ModeInForce,
  type Welcome,
} from "./protocol/messages/index.js";
import { subAccountKey } from "./protocol/subAccounts.js";
import type { Terms } from "./protocol/terms.js";
import { MalformedMessage } from "./protocol/xdr.js";
import { Pending, type Question, type RequestSigner } from "./requests.js";
import { SettingsKeeper } from "./settingsKeeper.js";
import { checked, dropOldest, type VerifiedEvent, Verifier } from "./verifier.js";

const RESYNCHRONISE_US = 5_000_000n; // a connection that is younger has a clock that is as good as another one's
const BROUGHT_MAX = 20_000; // for other accounts; what is older is answered long since
const UNFINAL_MAX = 20_000; // alpha takes no more requests when that many are not final
const OF_TIME: readonly Code[] = [Code.EXPIRED, Code.VALIDITY_TOO_LONG];

/** What each question is answered with. */
const ANSWERS: Partial<Record<ClientMessage["type"], ClientMessage["type"]>> = {
  QUERY_ACCOUNT: "ACCOUNT_SNAPSHOT",
  QUERY_BOOK: "BOOK_SNAPSHOT",
  QUERY_PROOF: "STATE_PROOF",
  QUERY_HISTORY: "HISTORY_PAGE",
  QUERY_ORDERS: "ORDERS_PAGE",
};

export type SessionState = "idle" | "shaking" | "proven" | "open";

export interface SessionOptions {
  /** Those of genesis, which the program trusts. */
  readonly settings: Settings;
  readonly signer: RequestSigner;
  readonly key: Uint8Array;
  /** That the key signs for, which is then named in requests; null: its own. */
  readonly account: Uint8Array | null;
  /** Any clock that only moves forward, in microseconds. */
  readonly clockUs: () => bigint;
  /** This computer's clock, in microseconds since 1970. */
  readonly wallUs: () => bigint;
  /** How far alpha's clock may be ahead of this computer's. */
  readonly clockAheadMaxUs: bigint;
  /** Number of the last effect that the program knows; null starts with the present. */
  readonly after: bigint | null;
  /** How many events the program can take now. */
  readonly room: () => number;
}

export class ClientSession {
  state: SessionState = "idle";
  readonly keeper: SettingsKeeper;
  /** Alpha's clock is not where this session has it: only a new connection tells. */
  mustResynchronise = false;
  /** What proves the client's key when it is signed: see `prove`. */
  toProve: Uint8Array | null = null;
  readonly #options: SessionOptions;
  readonly #account: Uint8Array;
  readonly #verifier: Verifier;
  readonly #catchUp: CatchUp;
  readonly #pending = new Map<bigint, Pending>();
  readonly #bodies = new Map<string, bigint>();
  readonly #brought = new Map<string, Uint8Array>();
  readonly #unfinal = new Map<bigint, Map<string, Submission[]>>();
  #doubtful = new Map<bigint, Rejected>();
  #repeats = new Map<bigint, Pending>();
  #outgoing: Uint8Array[] = [];
  #outputs: Output[] = [];
  #hello: Hello | null = null;
  #lastRequestId = 0n;
  #reading = 0n;
  #isOpening = false;
  #clockOffsetUs = 0n;
  #welcomedUs = 0n;
  #epoch = 0n;
  /** How much alpha lets clients do, as it said last; null before the first connection. */
  mode: ModeInForce | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#account = options.account ?? options.key;
    this.keeper = new SettingsKeeper(options.settings);
    this.#verifier = new Verifier(options.settings, this.#account);
    this.#catchUp = new CatchUp(options.after, options.room);
  }

  // The connection.

  /** A connection has opened; `challenge` are 32 fresh random bytes. */
  connect(challenge: Uint8Array): void {
    this.#hello = helloOf(this.terms, this.#options.key, this.#options.account, challenge);
    this.#outgoing = [];
    this.#send({ type: "CLIENT_HELLO", value: this.#hello });
    this.#repeats = new Map();
    this.#doubtful = new Map();
    this.mustResynchronise = false;
    this.state = "shaking";
  }

  /** Who is alpha, as far as it is known and proven. */
  get terms(): Terms {
    return this.#verifier.terms;
  }

  /** A quorum of auditors has appointed another alpha. */
  follow(terms: Terms): void {
    this.#verifier.terms = terms;
  }

  /** Number of the last effect of the account that is known; null before anything is. */
  get lastNumber(): bigint | null {
    return this.#catchUp.seen;
  }

  /** The connection has ended. */
  closed(): void {
    this.state = "idle";
    this.toProve = null;
    this.#outgoing = [];
    this.keeper.disconnected();
  }

  /** Frames to send, in order; each is returned once. */
  dataToSend(): Uint8Array[] {
    const data = this.#outgoing;
    this.#outgoing = [];
    return data;
  }

  /** Takes one frame; what it means. Throws where alpha sent what does not hold, or closed. */
  receive(data: Uint8Array): Output[] {
    let message: ClientMessage;
    try {
      message = ClientMessage.decode(data);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      throw new VerificationFailed("message", `malformed: ${error.message}`);
    }
    if (message.type === "CLIENT_CLOSING" && this.state !== "idle") {
      throw new ConnectionClosed(message.value.code, message.value.message, this.state !== "shaking");
    }
    if (!this.#take(message)) throw new VerificationFailed("message", `${message.type} in state ${this.state}`);
    return this.takeEvents();
  }

  /** Whether the message has a place here. */
  #take(message: ClientMessage): boolean {
    if (this.state === "shaking" && message.type === "CLIENT_HELLO_REPLY") this.#onReply(message.value);
    else if (this.state === "proven" && message.type === "WELCOME") this.#onWelcome(message.value);
    else if (this.state === "open") return this.#takeOpen(message);
    else return false;
    return true;
  }

  #takeOpen(message: ClientMessage): boolean {
    switch (message.type) {
      case "ACKNOWLEDGEMENT":
        this.#onAcknowledgement(message.value);
        return true;
      case "FINALITY":
        this.#onFinality(message.value);
        return true;
      case "REJECTED":
        this.#onRejected(message.value);
        return true;
      case "RESUMED":
        this.#catchUp.pageEnded(message.value);
        return true;
      case "ACCOUNT_SNAPSHOT":
        this.#onAccount(message.value);
        return true;
      case "STATE_PROOF":
        if (this.keeper.hasAsked(message.value.requestId)) this.#onSettingsProof(message.value);
        else this.#onAnswer(message);
        return true;
      case "BOOK_SNAPSHOT":
      case "HISTORY_PAGE":
      case "ORDERS_PAGE":
        this.#onAnswer(message);
        return true;
      case "WELCOME":
        this.#onOtherSettings(message.value);
        return true;
      default:
        return false;
    }
  }

  /** What it means that the program has room again: more events, perhaps. */
  takeEvents(): Output[] {
    this.#outputs.push(...this.#catchUp.tell(this.#outputs));
    if (this.state === "open") this.#askForEvents();
    if (this.#doubtful.size > 0 && !this.#catchUp.isAsking) this.#endDoubts();
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  // Requests.

  /** Alpha's clock, behind by no more than the way of one message. */
  get alphaClockUs(): bigint {
    return this.#options.clockUs() + this.#clockOffsetUs;
  }

  /** Sends what was signed now; the pending request. */
  submit(submission: Submission): Pending {
    const pending = this.#submit(submission, 0);
    this.#catchUp.signed(pending.bodies[0]!);
    return pending;
  }

  /** Sends a submission again that may have been executed. */
  resend(submission: Submission): Pending {
    return this.#submit(submission, 1);
  }

  /** Sends what an owner has signed: of this account, or of another one that appoints this client's key. */
  bring(submission: Submission): Pending {
    return this.#submit(submission, 0);
  }

  /** Asks a question, which is given its id. */
  ask(make: (requestId: bigint) => Question): Pending {
    return this.#dispatch(Pending.question(make(this.#nextId())));
  }

  /** Asks for the settings in force and their proof, unless that is on its way. */
  askSettings(): void {
    if (this.state !== "open") return;
    for (const question of this.keeper.questions(() => this.#nextId())) this.#send(question);
  }

  /** Nobody waits for the answer any more. */
  abandon(requestId: bigint): void {
    this.#forget(requestId);
  }

  #submit(submission: Submission, copies: number): Pending {
    const pending = Pending.submission(this.#nextId(), submission, copies);
    const { account } = submission.value.request;
    for (const body of pending.bodies) {
      this.#bodies.set(body, pending.requestId);
      if (!equal(account, this.#account)) this.#brought.set(body, account);
      dropOldest(this.#brought, BROUGHT_MAX);
    }
    return this.#dispatch(pending);
  }

  #dispatch(pending: Pending): Pending {
    this.#pending.set(pending.requestId, pending);
    if (this.state === "open") this.#transmit(pending);
    return pending;
  }

  #transmit(pending: Pending): void {
    pending.copies += 1;
    pending.fresh += 1;
    this.#send(pending.message);
  }

  #send(message: ClientMessage): void {
    this.#outgoing.push(ClientMessage.encode(message));
  }

  #forget(requestId: bigint): Pending | null {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return null;
    this.#pending.delete(requestId);
    for (const body of pending.bodies) if (this.#bodies.get(body) === requestId) this.#bodies.delete(body);
    this.#catchUp.release(pending.parts.values(), false);
    return pending;
  }

  #nextId(): bigint {
    this.#lastRequestId += 1n;
    return this.#lastRequestId;
  }

  // The handshake.

  #onReply(reply: HelloReply): void {
    const { digest, terms } = checked("handshake", () => checkReply(this.terms, this.#hello!, reply));
    this.#verifier.terms = terms;
    this.toProve = digest;
    this.state = "proven";
  }

  /** The key's signature of `toProve`. */
  prove(signature: Uint8Array): void {
    this.toProve = null;
    this.#send({ type: "CLIENT_HELLO_PROOF", value: { signature } });
  }

  #onWelcome(welcome: Welcome): void {
    this.keeper.claim(welcome.settings, welcome.settingsVersion);
    this.#takeWords(welcome);
    this.state = "open";
    this.#isOpening = true;
    if (this.keeper.isBehind) this.askSettings();
    for (const pending of this.#pending.values()) {
      if (welcome.epoch > this.#epoch) pending.fresh = pending.foreign;
      this.#transmit(pending);
    }
    if (welcome.epoch > this.#epoch) this.#epoch = welcome.epoch;
    this.#repeatUnfinal();
    this.#catchUp.connected();
    this.#askForEvents();
    this.#reading = this.#nextId();
    this.#send({ type: "QUERY_ACCOUNT", value: { requestId: this.#reading, subAccount: null } });
  }

  /** Asks for known answers once more, for the certificates that follow them. */
  #repeatUnfinal(): void {
    const nowUs = this.alphaClockUs;
    for (const headers of this.#unfinal.values()) {
      for (const [submission] of headers.values()) {
        if (submission === undefined || submission.value.request.validUntil <= nowUs) continue;
        const repeat = Pending.submission(this.#nextId(), submission, 1);
        this.#repeats.set(repeat.requestId, repeat);
        this.#send(repeat.message);
      }
    }
  }

  /** What alpha alone says: the time, and how much it lets clients do. */
  #takeWords(welcome: Welcome): void {
    this.#welcomedUs = this.#options.clockUs();
    this.#setClock(welcome.timestamp);
    const { mode, reason, since } = welcome.mode;
    if (mode !== this.mode?.mode || reason !== this.mode.reason || since !== this.mode.since) {
      this.mode = welcome.mode;
      this.#outputs.push({ kind: "mode", mode: welcome.mode });
    }
  }

  #setClock(alphaUs: bigint): void {
    const { clockUs, wallUs, clockAheadMaxUs } = this.#options;
    const localUs = wallUs();
    if (alphaUs > localUs + clockAheadMaxUs) throw new ClocksDiffer(alphaUs, localUs, clockAheadMaxUs);
    this.#clockOffsetUs = alphaUs - clockUs();
  }

  /** Settings, or the mode, were changed while this client is connected. */
  #onOtherSettings(welcome: Welcome): void {
    this.keeper.claim(welcome.settings, welcome.settingsVersion);
    this.#takeWords(welcome);
    if (this.keeper.isBehind) this.askSettings();
  }

  #onSettingsProof(proof: StateProof): void {
    if (!this.keeper.receive(this.terms, proof)) return;
    if (this.keeper.mustAskAgain) {
      this.askSettings();
      return;
    }
    this.#options.signer.limitUs = this.keeper.settings.limits.validityUs;
    this.#outputs.push({ kind: "settings", settings: this.keeper.settings, apex: this.keeper.apex });
    this.#openWhenReady();
  }

  /** Opens when the account was read and it is known which settings can be proven. */
  #openWhenReady(): void {
    if (this.#isOpening && this.#reading === 0n && !this.keeper.isAsking) {
      this.#isOpening = false;
      this.#outputs.push({ kind: "opened" });
    }
  }

  #askForEvents(): void {
    const question = this.#catchUp.question(() => this.#nextId());
    if (question !== null) this.#send(question);
  }

  // What happens.

  #onAcknowledgement(message: Acknowledgement): void {
    for (const verified of this.#verifier.acknowledgement(message, (event) => this.#isBrought(event))) {
      this.#takeEvent(verified);
    }
    const reachedUs = message.signedHeader.header.timestamp;
    if (reachedUs > this.alphaClockUs) this.#setClock(reachedUs);
  }

  #takeEvent(verified: VerifiedEvent): void {
    const { event } = verified;
    // The answer to a request that was abandoned is told like what others did. What alpha replays has no request's id,
    // but the hash of what was signed.
    const requestId = event.requestId ?? this.#bodies.get(toHex(event.leaf.body));
    const isOwn = equal(event.group.account, this.#account);
    let pending = requestId === undefined ? undefined : this.#pending.get(requestId);
    // It was given up, and perhaps sent again.
    if (!isOwn) pending ??= this.#pending.get(this.#bodies.get(toHex(event.leaf.body)) ?? 0n);
    const asked = pending ?? (requestId === undefined ? undefined : this.#repeats.get(requestId));
    if (asked === undefined || asked.submission === null) {
      if (isOwn && this.#catchUp.show(verified, false)) this.#awaitFinality(verified, []);
      return;
    }
    const place = this.#verifier.answer(verified, asked.submission, asked.bodies);
    this.#awaitFinality(verified, place === 0 ? [asked.submission] : []);
    if (isOwn) this.#catchUp.show(verified, true, asked === pending && asked.bodies.length > 1);
    if (asked === pending) this.#takeAnswer(asked, place, verified);
    else if (place === asked.bodies.length - 1) this.#repeats.delete(asked.requestId);
  }

  /** Whether it answers what was brought for another account, even if nobody waits for that any more. */
  #isBrought(event: AccountEvent): boolean {
    const account = this.#brought.get(toHex(event.leaf.body));
    return account !== undefined && equal(account, event.group.account);
  }

  /** The answer to a request, or to one operation of a batch, which is told when all have come. */
  #takeAnswer(pending: Pending, place: number, verified: VerifiedEvent): void {
    const events = pending.addPart(place, verified);
    if (events === null) return;
    this.#catchUp.release(events, true);
    this.#forget(pending.requestId);
    this.#answer(pending.requestId, { type: "EXECUTED", events, submission: pending.submission! });
  }

  #answer(requestId: bigint, answer: Executed | Shown | SdkError): void {
    this.#outputs.push({ kind: "answered", requestId, answer });
  }

  #awaitFinality({ header, digest }: VerifiedEvent, submissions: Submission[]): void {
    const headers = this.#unfinal.get(header.number) ?? new Map<string, Submission[]>();
    this.#unfinal.set(header.number, headers);
    headers.set(toHex(digest), [...(headers.get(toHex(digest)) ?? []), ...submissions]);
    dropOldest(this.#unfinal, UNFINAL_MAX);
  }

  #onFinality(finality: Finality): void {
    for (const [number, digest] of this.#verifier.finality(finality)) {
      for (const acknowledged of this.#unfinal.get(number)?.keys() ?? []) {
        const text = `batch ${number} was certified with another header than the acknowledged one`;
        const error = acknowledged === toHex(digest) ? null : new VerificationFailed("certificate", text);
        const output = { kind: "certified", digest: fromHex(acknowledged), finality, error } as const;
        this.#outputs.push(output);
        this.#catchUp.certified(output);
      }
      this.#unfinal.delete(number);
    }
  }

  #onRejected(rejected: Rejected): void {
    this.#repeats.delete(rejected.requestId);
    this.#catchUp.refused(rejected);
    if (rejected.requestId === this.#reading) this.#reading = 0n;
    this.keeper.refused(rejected.requestId);
    this.#openWhenReady();
    const pending = this.#pending.get(rejected.requestId);
    if (pending === undefined) return;
    const error = this.#refusal(pending, rejected);
    if (pending.submission !== null && !(error instanceof OutcomeUnknown)) {
      this.#doubtClock(pending.submission, rejected.code);
    }
    if (error instanceof OutcomeUnknown && this.#catchUp.isAsking) {
      this.#doubtful.set(rejected.requestId, rejected); // the replay will show whether the first copy was executed
    } else {
      this.#forget(rejected.requestId);
      this.#answer(rejected.requestId, error);
    }
  }

  /** A request was refused for certain: asks for alpha's clock where its time is good by this one, now and then. */
  #doubtClock({ value: { request } }: Submission, code: Code): void {
    const nowUs = this.alphaClockUs;
    const isGood = nowUs <= request.validUntil && request.validUntil <= nowUs + this.#options.signer.limitUs;
    const isOld = this.#options.clockUs() - this.#welcomedUs >= RESYNCHRONISE_US;
    if (OF_TIME.includes(code) && isGood && isOld) this.mustResynchronise = true;
  }

  #refusal(pending: Pending, rejected: Rejected): SdkError {
    return pending.refused(rejected, this.alphaClockUs, this.#excludes(pending));
  }

  /** Whether the account's effects show that it was not executed; a batch is whole, or not at all. */
  #excludes({ submission, bodies }: Pending): boolean {
    if (submission === null || !equal(submission.value.request.account, this.#account)) return false;
    return bodies[0] !== undefined && this.#catchUp.excludes(bodies[0]);
  }

  /** The replay is over: what it has not answered was not executed, or stays unknown. */
  #endDoubts(): void {
    const doubtful = this.#doubtful;
    this.#doubtful = new Map();
    for (const [requestId, rejected] of doubtful) {
      const pending = this.#pending.get(requestId);
      if (pending === undefined) continue;
      const error = this.#refusal(pending, rejected);
      this.#forget(requestId);
      this.#answer(requestId, error);
    }
  }

  #onAccount(snapshot: AccountSnapshot): void {
    const { account: entry, requestId } = snapshot;
    const message = this.#pending.get(requestId)?.message;
    const subAccount = message?.type === "QUERY_ACCOUNT" ? message.value.subAccount : null;
    const meant = subAccount === null ? this.#account : subAccountKey(this.#account, subAccount);
    if (entry !== null && !equal(entry.account, meant)) {
      throw new VerificationFailed("account", "alpha answered with another account than was asked for");
    }
    if (subAccount === null) {
      const [wallUs, alphaUs] = [this.#options.wallUs(), this.alphaClockUs];
      const { signer } = this.#options;
      signer.raiseNonce(usedNonce(entry, signer.named), wallUs > alphaUs ? wallUs : alphaUs);
      this.#catchUp.accountRead(requestId, entry?.effectNumber ?? 0n);
      if (requestId === this.#reading) {
        this.#reading = 0n;
        this.#openWhenReady();
      }
    }
    this.#onAnswer({ type: "ACCOUNT_SNAPSHOT", value: snapshot });
  }

  #onAnswer(answer: Shown): void {
    const pending = this.#forget(answer.value.requestId);
    if (pending === null) return;
    if (ANSWERS[pending.message.type] !== answer.type) {
      throw new VerificationFailed("message", `${answer.type} answers ${pending.message.type}`);
    }
    this.#answer(pending.requestId, answer);
  }
}

/** The last nonce that a signer has used, as requests name it. */
function usedNonce(entry: AccountEntry | null, signer: Uint8Array | null): bigint {
  if (entry === null) return 0n;
  const agent = signer === null ? undefined : entry.keys?.agents.find(({ key }) => equal(key, signer));
  return agent?.nonce ?? entry.nonce;
}
