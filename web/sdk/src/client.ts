/** The trader's client: methods in front of a connection that repairs itself. */

import { type AuditorAnswer, handToAuditors } from "./auditors.js";
import { type Catalogue, type Market, NotListed } from "./catalogue.js";
import {
  Connection,
  type ConnectionOptions,
  type ConnectionState,
  DEFAULT_OPTIONS,
  type Observer,
} from "./connection.js";
import { type CodeName, ExchangeError, InvalidRequest, OutcomeUnknown, VerificationFailed } from "./errors.js";
import {
  type HistoryItem,
  type HistoryOptions,
  type HistoryPage,
  historyQuery,
  historyView,
  type OrdersOptions,
  type OrdersPage,
  ordersQuery,
  ordersView,
  type PastOrder,
} from "./history.js";
import { checkHistoryPage, checkHistoryProofs, checkOrdersPage } from "./historyChecks.js";
import type { Signer } from "./keys.js";
import type { Loop } from "./loop.js";
import type { Decimal } from "./numbers.js";
import { positive } from "./numbers.js";
import type { ModeNow } from "./mode.js";
import * as operations from "./operations.js";
import type { Address, BatchOperation, DestinationOptions, LockName, Moment, RightName } from "./operations.js";
import type { Submission } from "./protocol/leaves.js";
import {
  MAX_HISTORY_ITEMS,
  MAX_HISTORY_PROOFS,
  type Operation,
  type Settings,
  StateEntryType,
  type StateProof,
} from "./protocol/messages/index.js";
import { settingsFromJson } from "./protocol/settingsJson.js";
import { numberIdentity } from "./protocol/stateProofs.js";
import { encodePublicKey } from "./protocol/strkey.js";
import { subAccountKey } from "./protocol/subAccounts.js";
import type { Terms } from "./protocol/terms.js";
import {
  type Proven,
  type ProvenAccount,
  provenAccount,
  provenArmedOrder,
  provenOrder,
  provenTotals,
  provenWithdrawal,
} from "./proven.js";
import type { Event, Receipt } from "./receipts.js";
import type { Gap } from "./tracker.js";
import { type Account, accountView, bookView, type ArmedOrder, type OpenOrder, type OpenWithdrawal, type OrderBook } from "./views.js";
import { type WalletRequest, walletRequest } from "./walletRequest.js";

const BUSY: readonly CodeName[] = ["RATE_LIMITED", "OVERLOADED", "NOT_READY"];

export interface ClientOptions extends Partial<ConnectionOptions> {
  /** Of alpha's gateway, `wss://…` or `ws://…`. */
  readonly url: string;
  /**
   * Of the constellation at genesis: the text of their JSON document, or what `JSON.parse` makes of it, or `Settings`.
   * They are what is trusted: bring them with the program, or from where alpha's operator cannot change them.
   */
  readonly settings: Settings | string | object;
  /** The account's, or of an agent of another `account`. */
  readonly key: Signer;
  /** That `key` signs for: as an agent, or as its owner after the key was rotated. By default the key's own. */
  readonly account?: Address | undefined;
  /** The number of that account's sub-account that this client is for. */
  readonly subAccount?: number | undefined;
  /**
   * Number of the last effect that an earlier run has seen (`Event.lastNumber`, and that of receipts); events then
   * start with what happened since. Without it, they start with the present.
   */
  readonly after?: bigint | undefined;
}

/**
 * One account's client of one constellation.
 *
 * Every answer is verified before a method returns: alpha's signature, the inclusion of exactly the signed request and
 * its effects. When the connection breaks it is opened again, and requests without an answer are sent again as the same
 * signed bytes, which are executed at most once. Methods throw an `SdkError`, whose `nothingHappened` says what is
 * certain.
 */
export class Client {
  readonly #connection: Connection;
  readonly #options: ConnectionOptions;
  readonly #key: Signer;
  readonly #account: Uint8Array;

  private constructor(options: ClientOptions) {
    const named = accountOf(options);
    this.#key = options.key;
    this.#account = named ?? options.key.publicKey;
    this.#options = { ...DEFAULT_OPTIONS, ...given(options) };
    const settings = settingsOf(options.settings);
    this.#connection = new Connection(options.url, settings, options.key, this.#options, options.after ?? null, named);
  }

  /**
   * A connected client.
   *
   * @throws ConnectionClosed: it cannot be reached, or closed with a reason. VerificationFailed: it is not this
   * constellation's alpha. ExchangeError: AHEAD: the account has no effect number `after`.
   */
  static async connect(options: ClientOptions): Promise<Client> {
    const client = new Client(options);
    await client.#connection.open();
    return client;
  }

  /** Closes the connection; methods that still wait throw `OutcomeUnknown` or `ConnectionClosed`. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  // What it is.

  /** The account, `G…`. */
  get address(): string {
    return encodePublicKey(this.#account);
  }

  /** The key that signs for it, `G…`. */
  get signer(): string {
    return encodePublicKey(this.#key.publicKey);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** How often the connection was opened again after it broke. */
  get reconnects(): number {
    return Math.max(0, this.#connection.openings - 1);
  }

  /** Alpha's clock in microseconds since 1970; nonces and deadlines follow it, never this computer's clock. */
  get clockUs(): bigint {
    return this.#connection.clockUs;
  }

  /** Number of the account's last effect that is known; give it as `after` to go on from there later. */
  get lastNumber(): bigint | null {
    return this.#connection.lastNumber;
  }

  /** Assets and markets by name. */
  get catalogue(): Catalogue {
    return this.#connection.catalogue;
  }

  /** Names of the listed assets. */
  get assets(): readonly string[] {
    return this.catalogue.assetNames;
  }

  get markets(): readonly Market[] {
    return this.catalogue.markets;
  }

  /** The rules of a market such as `XLM/USD`, with `roundPrice` and `roundAmount`. */
  market(name: string): Market {
    return this.catalogue.market(name);
  }

  /** In force, as far as it is proven. */
  get settings(): Settings {
    return this.catalogue.settings;
  }

  /** How much alpha lets clients do: its word, not proven. Null before the first connection. */
  get mode(): ModeNow | null {
    return this.#connection.mode;
  }

  /** How often the settings were changed until then. */
  get settingsVersion(): bigint {
    return this.#connection.settingsVersion;
  }

  /** The settings of genesis and the appointments since: who alpha and the auditors are, as far as it is shown. */
  get terms(): Terms {
    return this.#connection.terms;
  }

  // What happens.

  /**
   * Has `observer` told every receipt, event and change of the connection from now on; what takes it off again. The
   * first one is told at once which events have come before: those that follow `after`.
   */
  observe(observer: Observer): () => void {
    return this.#connection.observe(observer);
  }

  /**
   * Everything that happens to the account without this client's asking: fills, deposits, payments. Each event comes
   * once and in order, also over lost connections. Only what alpha does not keep any more is told as a `Gap`. Where
   * somebody observes, the stream begins when it is asked for.
   */
  events(): Loop<Event | Gap> {
    return this.#connection.inbox.stream();
  }

  // Payments and holds.

  /** Pays another account of the constellation; with lumens, this can open it. */
  pay(options: operations.PayOptions): Promise<Receipt> {
    return this.submit({ type: "pay", ...options });
  }

  /** Pays with one asset what arrives as another one, bought at once on one market or two. */
  payOnPath(options: operations.PathPayOptions): Promise<Receipt> {
    return this.submit({ type: "pay_on_path", ...options });
  }

  /** Changes money of one asset into another one. */
  convert(options: Omit<operations.PathPayOptions, "destination" | "memo">): Promise<Receipt> {
    return this.submit({ type: "pay_on_path", ...options, destination: this.#account });
  }

  /** Reserves money for another account until the hold lapses; the receipt's apex is the hold's id. */
  openHold(options: operations.HoldOptions): Promise<Receipt> {
    return this.submit({ type: "open_hold", ...options });
  }

  /** Takes money of a hold for this account; what is left of it is its owner's again. */
  captureHold(hold: bigint, amount: Decimal): Promise<Receipt> {
    return this.submit({ type: "capture_hold", hold, amount });
  }

  /** Gives up a hold for this account. */
  releaseHold(hold: bigint): Promise<Receipt> {
    return this.submit({ type: "release_hold", hold });
  }

  // Orders.

  /** Places a limit order, or arms it; the receipt has its id and its first fills. */
  createOrder(options: operations.LimitOrderOptions): Promise<Receipt> {
    return this.submit({ type: "limit", ...options });
  }

  /** Buys or sells at once, or when it is triggered, as far as the book and the market's price band go. */
  createMarketOrder(options: operations.MarketOrderOptions): Promise<Receipt> {
    return this.submit({ type: "market", ...options });
  }

  /**
   * Changes an open order at a stroke. Less of it at the same price, and nothing said beside, keeps its id and its
   * place in the queue; anything else is a new order with an id of its own.
   */
  replaceOrder(options: operations.ReplaceOptions): Promise<Receipt> {
    return this.submit({ type: "replace", ...options });
  }

  /** Takes an open order off the book, by its id or by its client order id. */
  cancelOrder(order: bigint | string): Promise<Receipt> {
    return this.submit({ type: "cancel", order });
  }

  /** Takes all open orders off the books, or those of one market, the oldest first; 1,000 at most in one call. */
  cancelAllOrders(market?: string): Promise<Receipt> {
    return this.submit({ type: "cancel_all", market });
  }

  /** Has all open orders cancelled after this time unless it is put off before; 0 takes it back. */
  cancelAllAfter(timeoutS: number): Promise<Receipt> {
    return this.submit({ type: "cancel_all_after", timeoutS });
  }

  /** Signs one payment, order or cancel, given as for a batch, as a request of its own. */
  submit(operation: BatchOperation): Promise<Receipt> {
    return this.#submit(() => operations.operationOf(this.catalogue, operation));
  }

  /**
   * Signs once for up to 100 payments, orders and cancels, which are executed one after the other, at once; a receipt
   * for each. One that breaks a rule has a receipt with a `refusal`; or, with `allOrNothing`, none is executed and the
   * refusal is thrown.
   */
  async submitBatch(items: readonly BatchOperation[], { allOrNothing = false } = {}): Promise<readonly Receipt[]> {
    const list = operations.operationsOf(this.catalogue, items);
    return this.#connection.submit((signer, nowUs) => signer.signBatch(list, allOrNothing, nowUs));
  }

  // Deposits and withdrawals.

  /** Withdraws to a Stellar account; `withdrawal_closed` among the events says how it ended. */
  withdraw(options: operations.WithdrawOptions): Promise<Receipt> {
    return this.#submit(() => operations.withdrawal(this.catalogue, options));
  }

  /** Withdraws all lumens, the minimum balance with them; everything else must be withdrawn before. */
  closeAccount(options: DestinationOptions): Promise<Receipt> {
    return this.#submit(() => ({
      type: "CLOSE_ACCOUNT",
      value: { destination: operations.ledgerDestination(options) },
    }));
  }

  /** Registers a number that names this account in deposits, for ever; without one, draws a long one at random. */
  async registerRouting(routingId?: bigint): Promise<bigint> {
    const number = routingId ?? operations.randomRoutingId();
    await this.#submit(() => operations.registerRouting(number));
    return number;
  }

  // Keys, agents, sub-accounts.

  /** Lets another key sign for this account, for as long and as far as it says; again for the same key: otherwise. */
  appointAgent(agent: Address, rights: readonly RightName[], expiresAt: Moment): Promise<Receipt> {
    return this.#submit(() => ({
      type: "APPOINT_AGENT",
      value: operations.appointment(agent, rights, expiresAt),
    }));
  }

  /** Takes all rights from an agent; its connections end. */
  dismissAgent(agent: Address): Promise<Receipt> {
    return this.#submit(() => ({ type: "DISMISS_AGENT", value: { agent: operations.keyOf(agent) } }));
  }

  /** Opens a sub-account, numbered from 1 to 16, with lumens of this account. */
  openSubAccount(number: number, amount: Decimal): Promise<Receipt> {
    return this.#submit(() => ({
      type: "OPEN_SUB_ACCOUNT",
      value: { number: operations.subAccountNumber(number), amount: positive(amount) },
    }));
  }

  /** Takes all that a sub-account has back to this account. */
  mergeSubAccount(number: number): Promise<Receipt> {
    return this.#submit(() => ({
      type: "MERGE_SUB_ACCOUNT",
      value: { number: operations.subAccountNumber(number) },
    }));
  }

  /** The address of this account's sub-account with a number, whether it is open or not. */
  subAccountAddress(number: number): string {
    return encodePublicKey(subAccountKey(this.#account, operations.subAccountNumber(number)));
  }

  /** Makes another key the owner's, of sub-accounts too, and dismisses all agents; the account's address stays. */
  async rotateKey(newKey: Signer): Promise<Receipt> {
    const [receipt] = await this.#connection.submit((signer, nowUs) => signer.signRotation(newKey, nowUs));
    return receipt!;
  }

  /** Locks what nobody can ask for then; it replaces the lock before, and none unlocks. Cancels always work. */
  lock(locks: readonly LockName[], until: Moment | null = null): Promise<Receipt> {
    return this.#submit(() => operations.accountLock(locks, until));
  }

  /**
   * The text by which the owner of another account appoints this client's key, signed with a Stellar wallet (SEP-53);
   * bring it then, signed.
   *
   * @param owner - the key that owns the account, where it was rotated.
   */
  walletAppointment(account: Address, rights: readonly RightName[], expiresAt: Moment, owner?: Address): WalletRequest {
    const value = operations.appointment(this.#key.publicKey, rights, expiresAt);
    const operation = { type: "APPOINT_AGENT", value } as const;
    return walletRequest(this.settings, this.clockUs, operations.keyOf(account), owner, operation);
  }

  /**
   * The text by which this account's owner registers a number for deposits, signed with a Stellar wallet (SEP-53): so an
   * agent can get its account one. Bring it then, signed.
   *
   * @param routingId - as in `registerRouting`.
   * @param owner - the key that owns the account, where that is not its own.
   */
  walletRouting(routingId?: bigint, owner?: Address): WalletRequest {
    const operation = operations.registerRouting(routingId ?? operations.randomRoutingId());
    return walletRequest(this.settings, this.clockUs, this.#account, owner, operation);
  }

  /**
   * The text by which this account's owner takes all rights from an agent, be it this client's own key, signed with a
   * Stellar wallet (SEP-53). Bring it then, signed.
   *
   * @param owner - the key that owns the account, where that is not its own.
   */
  walletDismissal(agent: Address, owner?: Address): WalletRequest {
    const operation = { type: "DISMISS_AGENT", value: { agent: operations.keyOf(agent) } } as const;
    return walletRequest(this.settings, this.clockUs, this.#account, owner, operation);
  }

  /** Brings what an owner has signed: for this account, or the appointment of this client's key by another one. */
  async bring(request: Submission): Promise<Receipt> {
    const [receipt] = await this.#connection.bring(request);
    return receipt!;
  }

  // When there was no answer.

  /** Sends signed bytes again whose outcome is unknown, also an earlier process's; a receipt for each operation. */
  async resend(request: Submission | OutcomeUnknown): Promise<readonly Receipt[]> {
    return this.#connection.resend(request instanceof OutcomeUnknown ? request.request : request);
  }

  /** Hands a request to the auditors of `auditorUrls`, who pass it on to alpha; it needs no connection to alpha. */
  async askAuditors(request: Submission | OutcomeUnknown): Promise<readonly AuditorAnswer[]> {
    const submission = request instanceof OutcomeUnknown ? request.request : request;
    if (this.#options.auditorUrls.length === 0)
      throw new InvalidRequest("auditorUrls says where auditors are; there are none");
    if (submission.type !== "REQUEST") throw new InvalidRequest("auditors pass on single requests alone, no batches");
    return handToAuditors(submission.value, this.#options.auditorUrls);
  }

  // Questions.

  /** The own account, or a sub-account: balances, open orders, withdrawals. Alpha's word, not proven. */
  async account(subAccount?: number): Promise<Account> {
    const number = subAccount === undefined ? null : operations.subAccountNumber(subAccount);
    const key = number === null ? this.#account : subAccountKey(this.#account, number);
    const snapshot = await this.#connection.query("ACCOUNT_SNAPSHOT", (requestId) => ({
      type: "QUERY_ACCOUNT",
      value: { requestId, subAccount: number },
    }));
    return this.#named(() => accountView(this.catalogue, key, snapshot));
  }

  /** The best levels of a market, at most 200 of each side. Alpha's word, not proven. */
  async orderBook(market: string, levels = 20): Promise<OrderBook> {
    const rules = this.catalogue.market(market);
    const snapshot = await this.#connection.query("BOOK_SNAPSHOT", (requestId) => ({
      type: "QUERY_BOOK",
      value: { requestId, market: rules.id, levels },
    }));
    if (snapshot.market !== rules.id) throw new VerificationFailed("book", "alpha shows another market's");
    return bookView(rules, snapshot);
  }

  /** The own balances with a proof that a quorum of auditors has signed them, as of the last checkpoint. */
  async proveAccount(): Promise<Proven<ProvenAccount | null>> {
    const proof = await this.proveEntry(StateEntryType.ACCOUNT_ENTRY, this.#account);
    return this.#named(() => provenAccount(this.catalogue, this.terms, this.#account, proof));
  }

  /** An own open order with its proof, as of the last checkpoint. */
  async proveOrder(orderId: bigint): Promise<Proven<OpenOrder>> {
    const identity = numberIdentity(operations.idOf(orderId, "an order's"));
    const proof = await this.proveEntry(StateEntryType.ORDER_ENTRY, identity);
    return this.#named(() => provenOrder(this.catalogue, this.terms, this.#account, orderId, proof));
  }

  /** An own order that waits for its trigger, with its proof, as of the last checkpoint. */
  async proveArmedOrder(orderId: bigint): Promise<Proven<ArmedOrder>> {
    const identity = numberIdentity(operations.idOf(orderId, "an order's"));
    const proof = await this.proveEntry(StateEntryType.ARMED_ENTRY, identity);
    return this.#named(() => provenArmedOrder(this.catalogue, this.terms, this.#account, orderId, proof));
  }

  /** An own unsettled withdrawal with its proof, as of the last checkpoint. */
  async proveWithdrawal(withdrawalId: bigint): Promise<Proven<OpenWithdrawal>> {
    const identity = numberIdentity(operations.idOf(withdrawalId, "a withdrawal's"));
    const proof = await this.proveEntry(StateEntryType.WITHDRAWAL_ENTRY, identity);
    return this.#named(() => provenWithdrawal(this.catalogue, this.terms, this.#account, withdrawalId, proof));
  }

  /** What all accounts together own of each asset, with its proof: compare it with the vault on the ledger. */
  async proveTotals(): Promise<Proven<Readonly<Record<string, string>>>> {
    const proof = await this.proveEntry(StateEntryType.COUNTERS_ENTRY, new Uint8Array(0));
    return this.#named(() => provenTotals(this.catalogue, this.terms, proof));
  }

  /** The entry of a kind and its proof as alpha sent it, not checked; see `checkState`. */
  proveEntry(kind: StateEntryType, identity: Uint8Array): Promise<StateProof> {
    return this.#connection.query("STATE_PROOF", (requestId) => ({
      type: "QUERY_PROOF",
      value: { requestId, kind, identity },
    }));
  }

  // The past.

  /** A page of what has happened to the account and is final, for ever; a chronicler's word unless proven. */
  async historyPage(options: HistoryOptions = {}): Promise<HistoryPage> {
    const query = historyQuery(this.catalogue, options, this.#connection.receiptApex);
    const page = await this.#connection.query("HISTORY_PAGE", (requestId) => ({
      type: "QUERY_HISTORY",
      value: { requestId, ...query },
    }));
    checkHistoryPage(query, page);
    const account = query.subAccount === null ? this.#account : subAccountKey(this.#account, query.subAccount);
    const proofs = query.proofs ? checkHistoryProofs(this.terms, account, page) : new Map<bigint, never>();
    return this.#named(() => historyView(this.catalogue, page, proofs));
  }

  /** Everything that has happened to the account, page by page; it waits where the account's rate is used up. */
  async *history(options: Omit<HistoryOptions, "limit"> = {}): AsyncGenerator<HistoryItem, void> {
    const limit = options.proofs === true ? MAX_HISTORY_PROOFS : MAX_HISTORY_ITEMS;
    for (let after = options.after; ;) {
      const page = await patiently(() => this.historyPage({ ...options, after, limit }));
      yield* page.items;
      if (!page.more) return;
      after = page.cursor ?? undefined;
    }
  }

  /** A page of the account's orders and what became of them; a chronicler's word, not proven. */
  async ordersPage(options: OrdersOptions = {}): Promise<OrdersPage> {
    const query = ordersQuery(this.catalogue, options, this.#connection.receiptApex);
    const page = await this.#connection.query("ORDERS_PAGE", (requestId) => ({
      type: "QUERY_ORDERS",
      value: { requestId, ...query },
    }));
    checkOrdersPage(query, page);
    return this.#named(() => ordersView(this.catalogue, page));
  }

  /** All orders of the account, page by page. */
  async *orders(options: Omit<OrdersOptions, "limit"> = {}): AsyncGenerator<PastOrder, void> {
    for (let after = options.after; ;) {
      const page = await patiently(() => this.ordersPage({ ...options, after, limit: MAX_HISTORY_ITEMS }));
      yield* page.orders;
      if (!page.more) return;
      after = page.cursor ?? undefined;
    }
  }

  /** Asks for the settings in force and their proof; alpha tells of changes by itself, so this is seldom needed. */
  async learnSettings(): Promise<Settings> {
    await this.#connection.learnSettings();
    return this.settings;
  }

  async #submit(make: () => Operation): Promise<Receipt> {
    const operation = make();
    const [receipt] = await this.#connection.submit((signer, nowUs) => signer.sign(operation, nowUs));
    return receipt!;
  }

  /** What `view` gives; where it names something that is not known, the settings are asked for first. */
  async #named<T>(view: () => T): Promise<T> {
    try {
      return view();
    } catch (error) {
      if (!(error instanceof NotListed)) throw error;
    }
    await this.learnSettings();
    try {
      return view();
    } catch (error) {
      if (!(error instanceof NotListed)) throw error;
      throw new VerificationFailed("names", "alpha names an asset or a market that is not listed");
    }
  }
}

/** A page, asked for again after pauses where the account has used up its rate, or the chronicler is busy. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let pauseMs = 250, patience = 12; patience > 0; patience -= 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ExchangeError) || !BUSY.includes(error.code)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(2 * pauseMs, 4_000);
  }
  return read();
}

function accountOf({ key, account, subAccount }: ClientOptions): Uint8Array | null {
  const named = account === undefined ? null : operations.keyOf(account);
  if (subAccount === undefined) return named;
  return subAccountKey(named ?? key.publicKey, operations.subAccountNumber(subAccount));
}

function settingsOf(settings: Settings | string | object): Settings {
  return typeof settings === "object" && "networkPassphrase" in settings ? settings : settingsFromJson(settings);
}

/** The options that are given: an undefined one is not. */
function given(options: ClientOptions): Partial<ConnectionOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
