/**
 * Generated from xdr/client.x by tools/xdr_generator.py; do not edit.
 *
 * Between a trader's client and alpha's gateway.
 */
import { codec, type Codec } from "../xdr.js";
import { AuditorSignature, MAX_AUDITORS, MAX_CLIENT_ORDER_ID, MerkleProof, Side, Trigger, type Amount, type Apex, type AssetId, type Hash, type MarketId, type Price, type Timestamp } from "./common.js";
import { Settings } from "./settings.js";
import { SignedRequest, SignedRequestBatch, TimeInForce } from "./requests.js";
import { Proposal, SignedProposal } from "./governance.js";
import { ModeInForce } from "./modes.js";
import { BatchHeader, Certificate, QuantumLeaf, SignedHeader } from "./quanta.js";
import { Code } from "./codes.js";
import { Effect, EffectGroup, EffectType, OrderCloseReason } from "./effects.js";
import { AccountEntry, ArmedEntry, HoldEntry, OrderEntry, StateEntry, StateEntryType, WithdrawalEntry } from "./state.js";
import { Closing, Hello, HelloProof, HelloReply } from "./session.js";

/** The const MAX_EVENTS_PER_MESSAGE of client.x. */
export const MAX_EVENTS_PER_MESSAGE = 64;

/** The const MAX_ANCESTORS of client.x. */
export const MAX_ANCESTORS = 10000;

/** The const MAX_BOOK_LEVELS of client.x. */
export const MAX_BOOK_LEVELS = 200;

/** The const MAX_OPEN_ORDERS of client.x. */
export const MAX_OPEN_ORDERS = 10000;

/** The const MAX_ACCOUNT_WITHDRAWALS of client.x. */
export const MAX_ACCOUNT_WITHDRAWALS = 1000;

/** The const MAX_ACCOUNT_HOLDS of client.x. */
export const MAX_ACCOUNT_HOLDS = 100;

/** The const MAX_BUCKET_ENTRIES of client.x. */
export const MAX_BUCKET_ENTRIES = 8192;

/** The const MAX_OPEN_PROPOSALS of client.x. */
export const MAX_OPEN_PROPOSALS = 16;

/** The const MAX_HISTORY_KINDS of client.x. */
export const MAX_HISTORY_KINDS = 64;

/** The const MAX_HISTORY_ITEMS of client.x. */
export const MAX_HISTORY_ITEMS = 1000;

/** The const MAX_HISTORY_PROOFS of client.x. */
export const MAX_HISTORY_PROOFS = 64;

/** The struct Submit of client.x. */
export interface Submit {
  readonly requestId: bigint;
  readonly request: SignedRequest;
}

export const Submit: Codec<Submit> = codec<Submit>(
  "Submit",
  (writer, value) => {
    writer.uint64(value.requestId, "Submit.request_id");
    SignedRequest.write(writer, value.request);
  },
  (reader) => ({
    requestId: reader.uint64("Submit.request_id"),
    request: SignedRequest.read(reader),
  }),
);

/** Answered like a request, with one event for each operation. */
export interface SubmitBatch {
  readonly requestId: bigint;
  readonly batch: SignedRequestBatch;
}

export const SubmitBatch: Codec<SubmitBatch> = codec<SubmitBatch>(
  "SubmitBatch",
  (writer, value) => {
    writer.uint64(value.requestId, "SubmitBatch.request_id");
    SignedRequestBatch.write(writer, value.batch);
  },
  (reader) => ({
    requestId: reader.uint64("SubmitBatch.request_id"),
    batch: SignedRequestBatch.read(reader),
  }),
);

/** Questions about an account can be about one of its sub-accounts, if the account's owner asks. */
export interface QueryAccount {
  readonly requestId: bigint;
  readonly subAccount: number | null;
}

export const QueryAccount: Codec<QueryAccount> = codec<QueryAccount>(
  "QueryAccount",
  (writer, value) => {
    writer.uint64(value.requestId, "QueryAccount.request_id");
    writer.optional(value.subAccount, (item) => writer.uint32(item, "QueryAccount.sub_account"));
  },
  (reader) => ({
    requestId: reader.uint64("QueryAccount.request_id"),
    subAccount: reader.optional(() => reader.uint32("QueryAccount.sub_account"), "QueryAccount.sub_account"),
  }),
);

/** The struct QueryBook of client.x. */
export interface QueryBook {
  readonly requestId: bigint;
  readonly market: MarketId;
  readonly levels: number;
}

export const QueryBook: Codec<QueryBook> = codec<QueryBook>(
  "QueryBook",
  (writer, value) => {
    writer.uint64(value.requestId, "QueryBook.request_id");
    writer.uint32(value.market, "QueryBook.market");
    writer.uint32(value.levels, "QueryBook.levels");
  },
  (reader) => ({
    requestId: reader.uint64("QueryBook.request_id"),
    market: reader.uint32("QueryBook.market"),
    levels: reader.uint32("QueryBook.levels"),
  }),
);

/**
 * Asks for what happened to the account after its effect number `after`. The answer is a page of Acknowledgements and
 * Finalities in the order of the numbers, and Resumed; it does not wait for the answers to other requests.
 */
export interface Resume {
  readonly requestId: bigint;
  readonly after: bigint;
}

export const Resume: Codec<Resume> = codec<Resume>(
  "Resume",
  (writer, value) => {
    writer.uint64(value.requestId, "Resume.request_id");
    writer.uint64(value.after, "Resume.after");
  },
  (reader) => ({
    requestId: reader.uint64("Resume.request_id"),
    after: reader.uint64("Resume.after"),
  }),
);

/** Asks for an entry of the state and the proof of it. */
export interface QueryProof {
  readonly requestId: bigint;
  readonly kind: StateEntryType;
  readonly identity: Uint8Array;
}

export const QueryProof: Codec<QueryProof> = codec<QueryProof>(
  "QueryProof",
  (writer, value) => {
    writer.uint64(value.requestId, "QueryProof.request_id");
    writer.enumerated(value.kind, StateEntryType, "QueryProof.kind");
    writer.opaque(value.identity, 32, "QueryProof.identity");
  },
  (reader) => ({
    requestId: reader.uint64("QueryProof.request_id"),
    kind: reader.enumerated(StateEntryType, "QueryProof.kind"),
    identity: reader.opaque(32, "QueryProof.identity"),
  }),
);

/** Which part of an account's history is wanted. What is not set is not looked at. */
export interface HistoryFilter {
  readonly kinds: readonly EffectType[];
  readonly asset: AssetId | null;
  readonly market: MarketId | null;
  readonly since: Timestamp | null;
  readonly until: Timestamp | null;
}

export const HistoryFilter: Codec<HistoryFilter> = codec<HistoryFilter>(
  "HistoryFilter",
  (writer, value) => {
    writer.list(value.kinds, MAX_HISTORY_KINDS, (item) => writer.enumerated(item, EffectType, "HistoryFilter.kinds"), "HistoryFilter.kinds");
    writer.optional(value.asset, (item) => writer.uint32(item, "HistoryFilter.asset"));
    writer.optional(value.market, (item) => writer.uint32(item, "HistoryFilter.market"));
    writer.optional(value.since, (item) => writer.int64(item, "HistoryFilter.since"));
    writer.optional(value.until, (item) => writer.int64(item, "HistoryFilter.until"));
  },
  (reader) => ({
    kinds: reader.list(MAX_HISTORY_KINDS, 4, () => reader.enumerated(EffectType, "HistoryFilter.kinds"), "HistoryFilter.kinds"),
    asset: reader.optional(() => reader.uint32("HistoryFilter.asset"), "HistoryFilter.asset"),
    market: reader.optional(() => reader.uint32("HistoryFilter.market"), "HistoryFilter.market"),
    since: reader.optional(() => reader.int64("HistoryFilter.since"), "HistoryFilter.since"),
    until: reader.optional(() => reader.int64("HistoryFilter.until"), "HistoryFilter.until"),
  }),
);

/** Asks a chronicler for a page of the account's effects, all of them final. */
export interface QueryHistory {
  readonly requestId: bigint;
  readonly filter: HistoryFilter;
  readonly cursor: bigint | null;
  readonly descending: boolean;
  readonly limit: number;
  readonly proofs: boolean;
  readonly minApex: Apex;
  readonly subAccount: number | null;
}

export const QueryHistory: Codec<QueryHistory> = codec<QueryHistory>(
  "QueryHistory",
  (writer, value) => {
    writer.uint64(value.requestId, "QueryHistory.request_id");
    HistoryFilter.write(writer, value.filter);
    writer.optional(value.cursor, (item) => writer.uint64(item, "QueryHistory.cursor"));
    writer.boolean(value.descending, "QueryHistory.descending");
    writer.uint32(value.limit, "QueryHistory.limit");
    writer.boolean(value.proofs, "QueryHistory.proofs");
    writer.uint64(value.minApex, "QueryHistory.min_apex");
    writer.optional(value.subAccount, (item) => writer.uint32(item, "QueryHistory.sub_account"));
  },
  (reader) => ({
    requestId: reader.uint64("QueryHistory.request_id"),
    filter: HistoryFilter.read(reader),
    cursor: reader.optional(() => reader.uint64("QueryHistory.cursor"), "QueryHistory.cursor"),
    descending: reader.boolean("QueryHistory.descending"),
    limit: reader.uint32("QueryHistory.limit"),
    proofs: reader.boolean("QueryHistory.proofs"),
    minApex: reader.uint64("QueryHistory.min_apex"),
    subAccount: reader.optional(() => reader.uint32("QueryHistory.sub_account"), "QueryHistory.sub_account"),
  }),
);

/** Asks a chronicler for a page of the account's orders by their ids, open or not. */
export interface QueryOrders {
  readonly requestId: bigint;
  readonly market: MarketId | null;
  readonly open: boolean | null;
  readonly since: Timestamp | null;
  readonly until: Timestamp | null;
  readonly cursor: Apex | null;
  readonly descending: boolean;
  readonly limit: number;
  readonly minApex: Apex;
  readonly subAccount: number | null;
}

export const QueryOrders: Codec<QueryOrders> = codec<QueryOrders>(
  "QueryOrders",
  (writer, value) => {
    writer.uint64(value.requestId, "QueryOrders.request_id");
    writer.optional(value.market, (item) => writer.uint32(item, "QueryOrders.market"));
    writer.optional(value.open, (item) => writer.boolean(item, "QueryOrders.open"));
    writer.optional(value.since, (item) => writer.int64(item, "QueryOrders.since"));
    writer.optional(value.until, (item) => writer.int64(item, "QueryOrders.until"));
    writer.optional(value.cursor, (item) => writer.uint64(item, "QueryOrders.cursor"));
    writer.boolean(value.descending, "QueryOrders.descending");
    writer.uint32(value.limit, "QueryOrders.limit");
    writer.uint64(value.minApex, "QueryOrders.min_apex");
    writer.optional(value.subAccount, (item) => writer.uint32(item, "QueryOrders.sub_account"));
  },
  (reader) => ({
    requestId: reader.uint64("QueryOrders.request_id"),
    market: reader.optional(() => reader.uint32("QueryOrders.market"), "QueryOrders.market"),
    open: reader.optional(() => reader.boolean("QueryOrders.open"), "QueryOrders.open"),
    since: reader.optional(() => reader.int64("QueryOrders.since"), "QueryOrders.since"),
    until: reader.optional(() => reader.int64("QueryOrders.until"), "QueryOrders.until"),
    cursor: reader.optional(() => reader.uint64("QueryOrders.cursor"), "QueryOrders.cursor"),
    descending: reader.boolean("QueryOrders.descending"),
    limit: reader.uint32("QueryOrders.limit"),
    minApex: reader.uint64("QueryOrders.min_apex"),
    subAccount: reader.optional(() => reader.uint32("QueryOrders.sub_account"), "QueryOrders.sub_account"),
  }),
);

/** An auditor's operator proposes something, or signs what another one proposed. Answered with Proposals. */
export interface Propose {
  readonly requestId: bigint;
  readonly proposal: SignedProposal;
}

export const Propose: Codec<Propose> = codec<Propose>(
  "Propose",
  (writer, value) => {
    writer.uint64(value.requestId, "Propose.request_id");
    SignedProposal.write(writer, value.proposal);
  },
  (reader) => ({
    requestId: reader.uint64("Propose.request_id"),
    proposal: SignedProposal.read(reader),
  }),
);

/** Asks what is proposed and not decided. Answered with Proposals. */
export interface QueryProposals {
  readonly requestId: bigint;
}

export const QueryProposals: Codec<QueryProposals> = codec<QueryProposals>(
  "QueryProposals",
  (writer, value) => {
    writer.uint64(value.requestId, "QueryProposals.request_id");
  },
  (reader) => ({
    requestId: reader.uint64("QueryProposals.request_id"),
  }),
);

/** The struct OpenProposal of client.x. */
export interface OpenProposal {
  readonly proposal: Proposal;
  readonly signatures: readonly AuditorSignature[];
}

export const OpenProposal: Codec<OpenProposal> = codec<OpenProposal>(
  "OpenProposal",
  (writer, value) => {
    Proposal.write(writer, value.proposal);
    writer.list(value.signatures, MAX_AUDITORS, (item) => AuditorSignature.write(writer, item), "OpenProposal.signatures");
  },
  (reader) => ({
    proposal: Proposal.read(reader),
    signatures: reader.list(MAX_AUDITORS, 96, () => AuditorSignature.read(reader), "OpenProposal.signatures"),
  }),
);

/** The struct Proposals of client.x. */
export interface Proposals {
  readonly requestId: bigint;
  readonly settingsVersion: bigint;
  readonly proposals: readonly OpenProposal[];
}

export const Proposals: Codec<Proposals> = codec<Proposals>(
  "Proposals",
  (writer, value) => {
    writer.uint64(value.requestId, "Proposals.request_id");
    writer.uint64(value.settingsVersion, "Proposals.settings_version");
    writer.list(value.proposals, MAX_OPEN_PROPOSALS, (item) => OpenProposal.write(writer, item), "Proposals.proposals");
  },
  (reader) => ({
    requestId: reader.uint64("Proposals.request_id"),
    settingsVersion: reader.uint64("Proposals.settings_version"),
    proposals: reader.list(MAX_OPEN_PROPOSALS, 24, () => OpenProposal.read(reader), "Proposals.proposals"),
  }),
);

/** After the handshake: what the client needs to start; again when the settings or the mode have changed. */
export interface Welcome {
  readonly settings: Settings;
  readonly settingsVersion: bigint;
  readonly epoch: bigint;
  readonly apex: Apex;
  readonly timestamp: Timestamp;
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly mode: ModeInForce;
}

export const Welcome: Codec<Welcome> = codec<Welcome>(
  "Welcome",
  (writer, value) => {
    Settings.write(writer, value.settings);
    writer.uint64(value.settingsVersion, "Welcome.settings_version");
    writer.uint64(value.epoch, "Welcome.epoch");
    writer.uint64(value.apex, "Welcome.apex");
    writer.int64(value.timestamp, "Welcome.timestamp");
    writer.uint32(value.requestsPerSecond, "Welcome.requests_per_second");
    writer.uint32(value.burst, "Welcome.burst");
    ModeInForce.write(writer, value.mode);
  },
  (reader) => ({
    settings: Settings.read(reader),
    settingsVersion: reader.uint64("Welcome.settings_version"),
    epoch: reader.uint64("Welcome.epoch"),
    apex: reader.uint64("Welcome.apex"),
    timestamp: reader.int64("Welcome.timestamp"),
    requestsPerSecond: reader.uint32("Welcome.requests_per_second"),
    burst: reader.uint32("Welcome.burst"),
    mode: ModeInForce.read(reader),
  }),
);

/** The struct Rejected of client.x. */
export interface Rejected {
  readonly requestId: bigint;
  readonly code: Code;
  readonly message: string;
}

export const Rejected: Codec<Rejected> = codec<Rejected>(
  "Rejected",
  (writer, value) => {
    writer.uint64(value.requestId, "Rejected.request_id");
    writer.enumerated(value.code, Code, "Rejected.code");
    writer.string(value.message, 256, "Rejected.message");
  },
  (reader) => ({
    requestId: reader.uint64("Rejected.request_id"),
    code: reader.enumerated(Code, "Rejected.code"),
    message: reader.string(256, "Rejected.message"),
  }),
);

/** An account's effects of one quantum with the proof that the signed header covers them. */
export interface AccountEvent {
  readonly requestId: bigint | null;
  readonly leaf: QuantumLeaf;
  readonly group: EffectGroup;
  readonly groupProof: MerkleProof;
  readonly leafProof: MerkleProof;
}

export const AccountEvent: Codec<AccountEvent> = codec<AccountEvent>(
  "AccountEvent",
  (writer, value) => {
    writer.optional(value.requestId, (item) => writer.uint64(item, "AccountEvent.request_id"));
    QuantumLeaf.write(writer, value.leaf);
    EffectGroup.write(writer, value.group);
    MerkleProof.write(writer, value.groupProof);
    MerkleProof.write(writer, value.leafProof);
  },
  (reader) => ({
    requestId: reader.optional(() => reader.uint64("AccountEvent.request_id"), "AccountEvent.request_id"),
    leaf: QuantumLeaf.read(reader),
    group: EffectGroup.read(reader),
    groupProof: MerkleProof.read(reader),
    leafProof: MerkleProof.read(reader),
  }),
);

/** Executed and durable on alpha. */
export interface Acknowledgement {
  readonly signedHeader: SignedHeader;
  readonly events: readonly AccountEvent[];
}

export const Acknowledgement: Codec<Acknowledgement> = codec<Acknowledgement>(
  "Acknowledgement",
  (writer, value) => {
    SignedHeader.write(writer, value.signedHeader);
    writer.list(value.events, MAX_EVENTS_PER_MESSAGE, (item) => AccountEvent.write(writer, item), "Acknowledgement.events");
  },
  (reader) => ({
    signedHeader: SignedHeader.read(reader),
    events: reader.list(MAX_EVENTS_PER_MESSAGE, 160, () => AccountEvent.read(reader), "Acknowledgement.events"),
  }),
);

/**
 * Replayed, stored and signed by a quorum of auditors. Where the reader's batch was certified only through a later one
 * (after a restart of alpha), `ancestors` are the headers from its own up to the certified one's parent.
 */
export interface Finality {
  readonly certificate: Certificate;
  readonly ancestors: readonly BatchHeader[];
}

export const Finality: Codec<Finality> = codec<Finality>(
  "Finality",
  (writer, value) => {
    Certificate.write(writer, value.certificate);
    writer.list(value.ancestors, MAX_ANCESTORS, (item) => BatchHeader.write(writer, item), "Finality.ancestors");
  },
  (reader) => ({
    certificate: Certificate.read(reader),
    ancestors: reader.list(MAX_ANCESTORS, 112, () => BatchHeader.read(reader), "Finality.ancestors"),
  }),
);

/** The struct AccountSnapshot of client.x. */
export interface AccountSnapshot {
  readonly requestId: bigint;
  readonly apex: Apex;
  readonly account: AccountEntry | null;
  readonly orders: readonly OrderEntry[];
  readonly armed: readonly ArmedEntry[];
  readonly withdrawals: readonly WithdrawalEntry[];
  readonly holds: readonly HoldEntry[];
}

export const AccountSnapshot: Codec<AccountSnapshot> = codec<AccountSnapshot>(
  "AccountSnapshot",
  (writer, value) => {
    writer.uint64(value.requestId, "AccountSnapshot.request_id");
    writer.uint64(value.apex, "AccountSnapshot.apex");
    writer.optional(value.account, (item) => AccountEntry.write(writer, item));
    writer.list(value.orders, MAX_OPEN_ORDERS, (item) => OrderEntry.write(writer, item), "AccountSnapshot.orders");
    writer.list(value.armed, MAX_OPEN_ORDERS, (item) => ArmedEntry.write(writer, item), "AccountSnapshot.armed");
    writer.list(value.withdrawals, MAX_ACCOUNT_WITHDRAWALS, (item) => WithdrawalEntry.write(writer, item), "AccountSnapshot.withdrawals");
    writer.list(value.holds, MAX_ACCOUNT_HOLDS, (item) => HoldEntry.write(writer, item), "AccountSnapshot.holds");
  },
  (reader) => ({
    requestId: reader.uint64("AccountSnapshot.request_id"),
    apex: reader.uint64("AccountSnapshot.apex"),
    account: reader.optional(() => AccountEntry.read(reader), "AccountSnapshot.account"),
    orders: reader.list(MAX_OPEN_ORDERS, 76, () => OrderEntry.read(reader), "AccountSnapshot.orders"),
    armed: reader.list(MAX_OPEN_ORDERS, 68, () => ArmedEntry.read(reader), "AccountSnapshot.armed"),
    withdrawals: reader.list(MAX_ACCOUNT_WITHDRAWALS, 104, () => WithdrawalEntry.read(reader), "AccountSnapshot.withdrawals"),
    holds: reader.list(MAX_ACCOUNT_HOLDS, 92, () => HoldEntry.read(reader), "AccountSnapshot.holds"),
  }),
);

/** The struct BookLevel of client.x. */
export interface BookLevel {
  readonly price: Price;
  readonly amount: Amount;
  readonly orders: number;
}

export const BookLevel: Codec<BookLevel> = codec<BookLevel>(
  "BookLevel",
  (writer, value) => {
    writer.int64(value.price, "BookLevel.price");
    writer.int64(value.amount, "BookLevel.amount");
    writer.uint32(value.orders, "BookLevel.orders");
  },
  (reader) => ({
    price: reader.int64("BookLevel.price"),
    amount: reader.int64("BookLevel.amount"),
    orders: reader.uint32("BookLevel.orders"),
  }),
);

/** The struct BookSnapshot of client.x. */
export interface BookSnapshot {
  readonly requestId: bigint;
  readonly apex: Apex;
  readonly market: MarketId;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export const BookSnapshot: Codec<BookSnapshot> = codec<BookSnapshot>(
  "BookSnapshot",
  (writer, value) => {
    writer.uint64(value.requestId, "BookSnapshot.request_id");
    writer.uint64(value.apex, "BookSnapshot.apex");
    writer.uint32(value.market, "BookSnapshot.market");
    writer.list(value.bids, MAX_BOOK_LEVELS, (item) => BookLevel.write(writer, item), "BookSnapshot.bids");
    writer.list(value.asks, MAX_BOOK_LEVELS, (item) => BookLevel.write(writer, item), "BookSnapshot.asks");
  },
  (reader) => ({
    requestId: reader.uint64("BookSnapshot.request_id"),
    apex: reader.uint64("BookSnapshot.apex"),
    market: reader.uint32("BookSnapshot.market"),
    bids: reader.list(MAX_BOOK_LEVELS, 20, () => BookLevel.read(reader), "BookSnapshot.bids"),
    asks: reader.list(MAX_BOOK_LEVELS, 20, () => BookLevel.read(reader), "BookSnapshot.asks"),
  }),
);

/** The end of a page. */
export interface Resumed {
  readonly requestId: bigint;
  readonly last: bigint;
  readonly more: boolean;
}

export const Resumed: Codec<Resumed> = codec<Resumed>(
  "Resumed",
  (writer, value) => {
    writer.uint64(value.requestId, "Resumed.request_id");
    writer.uint64(value.last, "Resumed.last");
    writer.boolean(value.more, "Resumed.more");
  },
  (reader) => ({
    requestId: reader.uint64("Resumed.request_id"),
    last: reader.uint64("Resumed.last"),
    more: reader.boolean("Resumed.more"),
  }),
);

/** One entry in a bucket of the state tree: SHA-256 of its key, SHA-256 of its content. */
export interface BucketPair {
  readonly path: Hash;
  readonly entry: Hash;
}

export const BucketPair: Codec<BucketPair> = codec<BucketPair>(
  "BucketPair",
  (writer, value) => {
    writer.fixedOpaque(value.path, 32, "BucketPair.path");
    writer.fixedOpaque(value.entry, 32, "BucketPair.entry");
  },
  (reader) => ({
    path: reader.fixedOpaque(32, "BucketPair.path"),
    entry: reader.fixedOpaque(32, "BucketPair.entry"),
  }),
);

/** An entry, or its absence, under the state root of a certified checkpoint. */
export interface StateProof {
  readonly requestId: bigint;
  readonly finality: Finality;
  readonly entry: StateEntry | null;
  readonly others: readonly BucketPair[];
  readonly bucketProof: MerkleProof;
}

export const StateProof: Codec<StateProof> = codec<StateProof>(
  "StateProof",
  (writer, value) => {
    writer.uint64(value.requestId, "StateProof.request_id");
    Finality.write(writer, value.finality);
    writer.optional(value.entry, (item) => StateEntry.write(writer, item));
    writer.list(value.others, MAX_BUCKET_ENTRIES, (item) => BucketPair.write(writer, item), "StateProof.others");
    MerkleProof.write(writer, value.bucketProof);
  },
  (reader) => ({
    requestId: reader.uint64("StateProof.request_id"),
    finality: Finality.read(reader),
    entry: reader.optional(() => StateEntry.read(reader), "StateProof.entry"),
    others: reader.list(MAX_BUCKET_ENTRIES, 64, () => BucketPair.read(reader), "StateProof.others"),
    bucketProof: MerkleProof.read(reader),
  }),
);

/** The struct HistoryItem of client.x. */
export interface HistoryItem {
  readonly number: bigint;
  readonly apex: Apex;
  readonly timestamp: Timestamp;
  readonly batch: bigint;
  readonly effect: Effect;
}

export const HistoryItem: Codec<HistoryItem> = codec<HistoryItem>(
  "HistoryItem",
  (writer, value) => {
    writer.uint64(value.number, "HistoryItem.number");
    writer.uint64(value.apex, "HistoryItem.apex");
    writer.int64(value.timestamp, "HistoryItem.timestamp");
    writer.uint64(value.batch, "HistoryItem.batch");
    Effect.write(writer, value.effect);
  },
  (reader) => ({
    number: reader.uint64("HistoryItem.number"),
    apex: reader.uint64("HistoryItem.apex"),
    timestamp: reader.int64("HistoryItem.timestamp"),
    batch: reader.uint64("HistoryItem.batch"),
    effect: Effect.read(reader),
  }),
);

/** What proves items of a page: the account's effects in those quanta of one batch, and what makes that final. */
export interface HistoryProof {
  readonly signedHeader: SignedHeader;
  readonly events: readonly AccountEvent[];
  readonly finality: Finality;
}

export const HistoryProof: Codec<HistoryProof> = codec<HistoryProof>(
  "HistoryProof",
  (writer, value) => {
    SignedHeader.write(writer, value.signedHeader);
    writer.list(value.events, MAX_EVENTS_PER_MESSAGE, (item) => AccountEvent.write(writer, item), "HistoryProof.events");
    Finality.write(writer, value.finality);
  },
  (reader) => ({
    signedHeader: SignedHeader.read(reader),
    events: reader.list(MAX_EVENTS_PER_MESSAGE, 160, () => AccountEvent.read(reader), "HistoryProof.events"),
    finality: Finality.read(reader),
  }),
);

/** The struct HistoryPage of client.x. */
export interface HistoryPage {
  readonly requestId: bigint;
  readonly apex: Apex;
  readonly items: readonly HistoryItem[];
  readonly proofs: readonly HistoryProof[];
  readonly cursor: bigint | null;
  readonly more: boolean;
}

export const HistoryPage: Codec<HistoryPage> = codec<HistoryPage>(
  "HistoryPage",
  (writer, value) => {
    writer.uint64(value.requestId, "HistoryPage.request_id");
    writer.uint64(value.apex, "HistoryPage.apex");
    writer.list(value.items, MAX_HISTORY_ITEMS, (item) => HistoryItem.write(writer, item), "HistoryPage.items");
    writer.list(value.proofs, MAX_HISTORY_PROOFS, (item) => HistoryProof.write(writer, item), "HistoryPage.proofs");
    writer.optional(value.cursor, (item) => writer.uint64(item, "HistoryPage.cursor"));
    writer.boolean(value.more, "HistoryPage.more");
  },
  (reader) => ({
    requestId: reader.uint64("HistoryPage.request_id"),
    apex: reader.uint64("HistoryPage.apex"),
    items: reader.list(MAX_HISTORY_ITEMS, 40, () => HistoryItem.read(reader), "HistoryPage.items"),
    proofs: reader.list(MAX_HISTORY_PROOFS, 300, () => HistoryProof.read(reader), "HistoryPage.proofs"),
    cursor: reader.optional(() => reader.uint64("HistoryPage.cursor"), "HistoryPage.cursor"),
    more: reader.boolean("HistoryPage.more"),
  }),
);

/** The enum OrderKind of client.x. */
export const OrderKind = {
  LIMIT_KIND: 0,
  MARKET_KIND: 1,
} as const;
export type OrderKind = (typeof OrderKind)[keyof typeof OrderKind];

/** An order and what became of it. */
export interface OrderRecord {
  readonly order: Apex;
  readonly placedAt: Timestamp;
  readonly market: MarketId;
  readonly side: Side;
  readonly kind: OrderKind;
  readonly timeInForce: TimeInForce;
  readonly price: Price;
  readonly amount: Amount;
  readonly budget: Amount;
  readonly trigger: Trigger | null;
  readonly armed: boolean;
  readonly filled: Amount;
  readonly filledQuote: Amount;
  readonly reduced: Amount;
  readonly fee: Amount;
  readonly clientOrderId: string;
  readonly closed: OrderCloseReason | null;
  readonly updatedAt: Timestamp;
}

export const OrderRecord: Codec<OrderRecord> = codec<OrderRecord>(
  "OrderRecord",
  (writer, value) => {
    writer.uint64(value.order, "OrderRecord.order");
    writer.int64(value.placedAt, "OrderRecord.placed_at");
    writer.uint32(value.market, "OrderRecord.market");
    writer.enumerated(value.side, Side, "OrderRecord.side");
    writer.enumerated(value.kind, OrderKind, "OrderRecord.kind");
    writer.enumerated(value.timeInForce, TimeInForce, "OrderRecord.time_in_force");
    writer.int64(value.price, "OrderRecord.price");
    writer.int64(value.amount, "OrderRecord.amount");
    writer.int64(value.budget, "OrderRecord.budget");
    writer.optional(value.trigger, (item) => Trigger.write(writer, item));
    writer.boolean(value.armed, "OrderRecord.armed");
    writer.int64(value.filled, "OrderRecord.filled");
    writer.int64(value.filledQuote, "OrderRecord.filled_quote");
    writer.int64(value.reduced, "OrderRecord.reduced");
    writer.int64(value.fee, "OrderRecord.fee");
    writer.string(value.clientOrderId, MAX_CLIENT_ORDER_ID, "OrderRecord.client_order_id");
    writer.optional(value.closed, (item) => writer.enumerated(item, OrderCloseReason, "OrderRecord.closed"));
    writer.int64(value.updatedAt, "OrderRecord.updated_at");
  },
  (reader) => ({
    order: reader.uint64("OrderRecord.order"),
    placedAt: reader.int64("OrderRecord.placed_at"),
    market: reader.uint32("OrderRecord.market"),
    side: reader.enumerated(Side, "OrderRecord.side"),
    kind: reader.enumerated(OrderKind, "OrderRecord.kind"),
    timeInForce: reader.enumerated(TimeInForce, "OrderRecord.time_in_force"),
    price: reader.int64("OrderRecord.price"),
    amount: reader.int64("OrderRecord.amount"),
    budget: reader.int64("OrderRecord.budget"),
    trigger: reader.optional(() => Trigger.read(reader), "OrderRecord.trigger"),
    armed: reader.boolean("OrderRecord.armed"),
    filled: reader.int64("OrderRecord.filled"),
    filledQuote: reader.int64("OrderRecord.filled_quote"),
    reduced: reader.int64("OrderRecord.reduced"),
    fee: reader.int64("OrderRecord.fee"),
    clientOrderId: reader.string(MAX_CLIENT_ORDER_ID, "OrderRecord.client_order_id"),
    closed: reader.optional(() => reader.enumerated(OrderCloseReason, "OrderRecord.closed"), "OrderRecord.closed"),
    updatedAt: reader.int64("OrderRecord.updated_at"),
  }),
);

/** The struct OrdersPage of client.x. */
export interface OrdersPage {
  readonly requestId: bigint;
  readonly apex: Apex;
  readonly orders: readonly OrderRecord[];
  readonly cursor: Apex | null;
  readonly more: boolean;
}

export const OrdersPage: Codec<OrdersPage> = codec<OrdersPage>(
  "OrdersPage",
  (writer, value) => {
    writer.uint64(value.requestId, "OrdersPage.request_id");
    writer.uint64(value.apex, "OrdersPage.apex");
    writer.list(value.orders, MAX_HISTORY_ITEMS, (item) => OrderRecord.write(writer, item), "OrdersPage.orders");
    writer.optional(value.cursor, (item) => writer.uint64(item, "OrdersPage.cursor"));
    writer.boolean(value.more, "OrdersPage.more");
  },
  (reader) => ({
    requestId: reader.uint64("OrdersPage.request_id"),
    apex: reader.uint64("OrdersPage.apex"),
    orders: reader.list(MAX_HISTORY_ITEMS, 112, () => OrderRecord.read(reader), "OrdersPage.orders"),
    cursor: reader.optional(() => reader.uint64("OrdersPage.cursor"), "OrdersPage.cursor"),
    more: reader.boolean("OrdersPage.more"),
  }),
);

/** The enum ClientMessageType of client.x. */
export const ClientMessageType = {
  CLIENT_HELLO: 0,
  CLIENT_HELLO_REPLY: 1,
  CLIENT_HELLO_PROOF: 2,
  WELCOME: 3,
  SUBMIT: 4,
  QUERY_ACCOUNT: 5,
  QUERY_BOOK: 6,
  REJECTED: 7,
  ACKNOWLEDGEMENT: 8,
  FINALITY: 9,
  ACCOUNT_SNAPSHOT: 10,
  BOOK_SNAPSHOT: 11,
  CLIENT_CLOSING: 12,
  RESUME: 13,
  RESUMED: 14,
  QUERY_PROOF: 15,
  STATE_PROOF: 16,
  PROPOSE: 17,
  QUERY_PROPOSALS: 18,
  PROPOSALS: 19,
  SUBMIT_BATCH: 20,
  QUERY_HISTORY: 21,
  HISTORY_PAGE: 22,
  QUERY_ORDERS: 23,
  ORDERS_PAGE: 24,
} as const;
export type ClientMessageType = (typeof ClientMessageType)[keyof typeof ClientMessageType];

/** The union ClientMessage of client.x. */
export type ClientMessage =
  | { readonly type: "CLIENT_HELLO"; readonly value: Hello }
  | { readonly type: "CLIENT_HELLO_REPLY"; readonly value: HelloReply }
  | { readonly type: "CLIENT_HELLO_PROOF"; readonly value: HelloProof }
  | { readonly type: "WELCOME"; readonly value: Welcome }
  | { readonly type: "SUBMIT"; readonly value: Submit }
  | { readonly type: "QUERY_ACCOUNT"; readonly value: QueryAccount }
  | { readonly type: "QUERY_BOOK"; readonly value: QueryBook }
  | { readonly type: "REJECTED"; readonly value: Rejected }
  | { readonly type: "ACKNOWLEDGEMENT"; readonly value: Acknowledgement }
  | { readonly type: "FINALITY"; readonly value: Finality }
  | { readonly type: "ACCOUNT_SNAPSHOT"; readonly value: AccountSnapshot }
  | { readonly type: "BOOK_SNAPSHOT"; readonly value: BookSnapshot }
  | { readonly type: "CLIENT_CLOSING"; readonly value: Closing }
  | { readonly type: "RESUME"; readonly value: Resume }
  | { readonly type: "RESUMED"; readonly value: Resumed }
  | { readonly type: "QUERY_PROOF"; readonly value: QueryProof }
  | { readonly type: "STATE_PROOF"; readonly value: StateProof }
  | { readonly type: "PROPOSE"; readonly value: Propose }
  | { readonly type: "QUERY_PROPOSALS"; readonly value: QueryProposals }
  | { readonly type: "PROPOSALS"; readonly value: Proposals }
  | { readonly type: "SUBMIT_BATCH"; readonly value: SubmitBatch }
  | { readonly type: "QUERY_HISTORY"; readonly value: QueryHistory }
  | { readonly type: "HISTORY_PAGE"; readonly value: HistoryPage }
  | { readonly type: "QUERY_ORDERS"; readonly value: QueryOrders }
  | { readonly type: "ORDERS_PAGE"; readonly value: OrdersPage };

export const ClientMessage: Codec<ClientMessage> = codec<ClientMessage>(
  "ClientMessage",
  (writer, value) => {
    switch (value.type) {
      case "CLIENT_HELLO":
        writer.int32(ClientMessageType.CLIENT_HELLO, "ClientMessage.type");
        Hello.write(writer, value.value);
        return;
      case "CLIENT_HELLO_REPLY":
        writer.int32(ClientMessageType.CLIENT_HELLO_REPLY, "ClientMessage.type");
        HelloReply.write(writer, value.value);
        return;
      case "CLIENT_HELLO_PROOF":
        writer.int32(ClientMessageType.CLIENT_HELLO_PROOF, "ClientMessage.type");
        HelloProof.write(writer, value.value);
        return;
      case "WELCOME":
        writer.int32(ClientMessageType.WELCOME, "ClientMessage.type");
        Welcome.write(writer, value.value);
        return;
      case "SUBMIT":
        writer.int32(ClientMessageType.SUBMIT, "ClientMessage.type");
        Submit.write(writer, value.value);
        return;
      case "QUERY_ACCOUNT":
        writer.int32(ClientMessageType.QUERY_ACCOUNT, "ClientMessage.type");
        QueryAccount.write(writer, value.value);
        return;
      case "QUERY_BOOK":
        writer.int32(ClientMessageType.QUERY_BOOK, "ClientMessage.type");
        QueryBook.write(writer, value.value);
        return;
      case "REJECTED":
        writer.int32(ClientMessageType.REJECTED, "ClientMessage.type");
        Rejected.write(writer, value.value);
        return;
      case "ACKNOWLEDGEMENT":
        writer.int32(ClientMessageType.ACKNOWLEDGEMENT, "ClientMessage.type");
        Acknowledgement.write(writer, value.value);
        return;
      case "FINALITY":
        writer.int32(ClientMessageType.FINALITY, "ClientMessage.type");
        Finality.write(writer, value.value);
        return;
      case "ACCOUNT_SNAPSHOT":
        writer.int32(ClientMessageType.ACCOUNT_SNAPSHOT, "ClientMessage.type");
        AccountSnapshot.write(writer, value.value);
        return;
      case "BOOK_SNAPSHOT":
        writer.int32(ClientMessageType.BOOK_SNAPSHOT, "ClientMessage.type");
        BookSnapshot.write(writer, value.value);
        return;
      case "CLIENT_CLOSING":
        writer.int32(ClientMessageType.CLIENT_CLOSING, "ClientMessage.type");
        Closing.write(writer, value.value);
        return;
      case "RESUME":
        writer.int32(ClientMessageType.RESUME, "ClientMessage.type");
        Resume.write(writer, value.value);
        return;
      case "RESUMED":
        writer.int32(ClientMessageType.RESUMED, "ClientMessage.type");
        Resumed.write(writer, value.value);
        return;
      case "QUERY_PROOF":
        writer.int32(ClientMessageType.QUERY_PROOF, "ClientMessage.type");
        QueryProof.write(writer, value.value);
        return;
      case "STATE_PROOF":
        writer.int32(ClientMessageType.STATE_PROOF, "ClientMessage.type");
        StateProof.write(writer, value.value);
        return;
      case "PROPOSE":
        writer.int32(ClientMessageType.PROPOSE, "ClientMessage.type");
        Propose.write(writer, value.value);
        return;
      case "QUERY_PROPOSALS":
        writer.int32(ClientMessageType.QUERY_PROPOSALS, "ClientMessage.type");
        QueryProposals.write(writer, value.value);
        return;
      case "PROPOSALS":
        writer.int32(ClientMessageType.PROPOSALS, "ClientMessage.type");
        Proposals.write(writer, value.value);
        return;
      case "SUBMIT_BATCH":
        writer.int32(ClientMessageType.SUBMIT_BATCH, "ClientMessage.type");
        SubmitBatch.write(writer, value.value);
        return;
      case "QUERY_HISTORY":
        writer.int32(ClientMessageType.QUERY_HISTORY, "ClientMessage.type");
        QueryHistory.write(writer, value.value);
        return;
      case "HISTORY_PAGE":
        writer.int32(ClientMessageType.HISTORY_PAGE, "ClientMessage.type");
        HistoryPage.write(writer, value.value);
        return;
      case "QUERY_ORDERS":
        writer.int32(ClientMessageType.QUERY_ORDERS, "ClientMessage.type");
        QueryOrders.write(writer, value.value);
        return;
      case "ORDERS_PAGE":
        writer.int32(ClientMessageType.ORDERS_PAGE, "ClientMessage.type");
        OrdersPage.write(writer, value.value);
        return;
      default:
        writer.unknownArm("ClientMessage.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(ClientMessageType, "ClientMessage.type")) {
      case ClientMessageType.CLIENT_HELLO:
        return { type: "CLIENT_HELLO", value: Hello.read(reader) };
      case ClientMessageType.CLIENT_HELLO_REPLY:
        return { type: "CLIENT_HELLO_REPLY", value: HelloReply.read(reader) };
      case ClientMessageType.CLIENT_HELLO_PROOF:
        return { type: "CLIENT_HELLO_PROOF", value: HelloProof.read(reader) };
      case ClientMessageType.WELCOME:
        return { type: "WELCOME", value: Welcome.read(reader) };
      case ClientMessageType.SUBMIT:
        return { type: "SUBMIT", value: Submit.read(reader) };
      case ClientMessageType.QUERY_ACCOUNT:
        return { type: "QUERY_ACCOUNT", value: QueryAccount.read(reader) };
      case ClientMessageType.QUERY_BOOK:
        return { type: "QUERY_BOOK", value: QueryBook.read(reader) };
      case ClientMessageType.REJECTED:
        return { type: "REJECTED", value: Rejected.read(reader) };
      case ClientMessageType.ACKNOWLEDGEMENT:
        return { type: "ACKNOWLEDGEMENT", value: Acknowledgement.read(reader) };
      case ClientMessageType.FINALITY:
        return { type: "FINALITY", value: Finality.read(reader) };
      case ClientMessageType.ACCOUNT_SNAPSHOT:
        return { type: "ACCOUNT_SNAPSHOT", value: AccountSnapshot.read(reader) };
      case ClientMessageType.BOOK_SNAPSHOT:
        return { type: "BOOK_SNAPSHOT", value: BookSnapshot.read(reader) };
      case ClientMessageType.CLIENT_CLOSING:
        return { type: "CLIENT_CLOSING", value: Closing.read(reader) };
      case ClientMessageType.RESUME:
        return { type: "RESUME", value: Resume.read(reader) };
      case ClientMessageType.RESUMED:
        return { type: "RESUMED", value: Resumed.read(reader) };
      case ClientMessageType.QUERY_PROOF:
        return { type: "QUERY_PROOF", value: QueryProof.read(reader) };
      case ClientMessageType.STATE_PROOF:
        return { type: "STATE_PROOF", value: StateProof.read(reader) };
      case ClientMessageType.PROPOSE:
        return { type: "PROPOSE", value: Propose.read(reader) };
      case ClientMessageType.QUERY_PROPOSALS:
        return { type: "QUERY_PROPOSALS", value: QueryProposals.read(reader) };
      case ClientMessageType.PROPOSALS:
        return { type: "PROPOSALS", value: Proposals.read(reader) };
      case ClientMessageType.SUBMIT_BATCH:
        return { type: "SUBMIT_BATCH", value: SubmitBatch.read(reader) };
      case ClientMessageType.QUERY_HISTORY:
        return { type: "QUERY_HISTORY", value: QueryHistory.read(reader) };
      case ClientMessageType.HISTORY_PAGE:
        return { type: "HISTORY_PAGE", value: HistoryPage.read(reader) };
      case ClientMessageType.QUERY_ORDERS:
        return { type: "QUERY_ORDERS", value: QueryOrders.read(reader) };
      case ClientMessageType.ORDERS_PAGE:
        return { type: "ORDERS_PAGE", value: OrdersPage.read(reader) };
    }
  },
);
