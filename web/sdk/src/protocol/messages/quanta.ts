/**
 * Generated from xdr/quanta.x by tools/xdr_generator.py; do not edit.
 *
 * Quanta, the batches they travel in, and the certificates that make them final.
 */
import { codec, type Codec } from "../xdr.js";
import { AssetIdentity, AuditorSignature, MAX_AUDITORS, SignedAppointment, type Amount, type Apex, type Hash, type Key, type LedgerCursor, type Signature, type Timestamp } from "./common.js";
import { SignedRequest, SignedRequestBatch } from "./requests.js";
import { GovernanceCommit } from "./governance.js";
import { ModeCommit } from "./modes.js";

/** The const MAX_LEDGER_EVENTS of quanta.x. */
export const MAX_LEDGER_EVENTS = 256;

/** The const MAX_BATCH_QUANTA of quanta.x. */
export const MAX_BATCH_QUANTA = 1000;

/** The enum LedgerMemoType of quanta.x. */
export const LedgerMemoType = {
  LEDGER_MEMO_NONE: 0,
  LEDGER_MEMO_ID: 1,
  LEDGER_MEMO_OTHER: 2,
} as const;
export type LedgerMemoType = (typeof LedgerMemoType)[keyof typeof LedgerMemoType];

/** A transaction's memo. A text that is a number counts as an id. */
export type LedgerMemo =
  | { readonly type: "LEDGER_MEMO_NONE" }
  | { readonly type: "LEDGER_MEMO_ID"; readonly value: bigint }
  | { readonly type: "LEDGER_MEMO_OTHER"; readonly value: Uint8Array };

export const LedgerMemo: Codec<LedgerMemo> = codec<LedgerMemo>(
  "LedgerMemo",
  (writer, value) => {
    switch (value.type) {
      case "LEDGER_MEMO_NONE":
        writer.int32(LedgerMemoType.LEDGER_MEMO_NONE, "LedgerMemo.type");
        return;
      case "LEDGER_MEMO_ID":
        writer.int32(LedgerMemoType.LEDGER_MEMO_ID, "LedgerMemo.type");
        writer.uint64(value.value, "LedgerMemo.id");
        return;
      case "LEDGER_MEMO_OTHER":
        writer.int32(LedgerMemoType.LEDGER_MEMO_OTHER, "LedgerMemo.type");
        writer.opaque(value.value, 32, "LedgerMemo.content");
        return;
      default:
        writer.unknownArm("LedgerMemo.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(LedgerMemoType, "LedgerMemo.type")) {
      case LedgerMemoType.LEDGER_MEMO_NONE:
        return { type: "LEDGER_MEMO_NONE" };
      case LedgerMemoType.LEDGER_MEMO_ID:
        return { type: "LEDGER_MEMO_ID", value: reader.uint64("LedgerMemo.id") };
      case LedgerMemoType.LEDGER_MEMO_OTHER:
        return { type: "LEDGER_MEMO_OTHER", value: reader.opaque(32, "LedgerMemo.content") };
    }
  },
);

/** The struct LedgerDeposit of quanta.x. */
export interface LedgerDeposit {
  readonly operation: LedgerCursor;
  readonly transaction: Hash;
  readonly asset: AssetIdentity;
  readonly amount: Amount;
  readonly source: Key;
  readonly memo: LedgerMemo;
  readonly muxedId: bigint | null;
}

export const LedgerDeposit: Codec<LedgerDeposit> = codec<LedgerDeposit>(
  "LedgerDeposit",
  (writer, value) => {
    writer.uint64(value.operation, "LedgerDeposit.operation");
    writer.fixedOpaque(value.transaction, 32, "LedgerDeposit.transaction");
    AssetIdentity.write(writer, value.asset);
    writer.int64(value.amount, "LedgerDeposit.amount");
    writer.fixedOpaque(value.source, 32, "LedgerDeposit.source");
    LedgerMemo.write(writer, value.memo);
    writer.optional(value.muxedId, (item) => writer.uint64(item, "LedgerDeposit.muxed_id"));
  },
  (reader) => ({
    operation: reader.uint64("LedgerDeposit.operation"),
    transaction: reader.fixedOpaque(32, "LedgerDeposit.transaction"),
    asset: AssetIdentity.read(reader),
    amount: reader.int64("LedgerDeposit.amount"),
    source: reader.fixedOpaque(32, "LedgerDeposit.source"),
    memo: LedgerMemo.read(reader),
    muxedId: reader.optional(() => reader.uint64("LedgerDeposit.muxed_id"), "LedgerDeposit.muxed_id"),
  }),
);

/** A claimable balance that the vault can claim at any time. */
export interface ClaimableDeposit {
  readonly operation: LedgerCursor;
  readonly transaction: Hash;
  readonly balance: Hash;
  readonly asset: AssetIdentity;
  readonly amount: Amount;
  readonly source: Key;
  readonly memo: LedgerMemo;
}

export const ClaimableDeposit: Codec<ClaimableDeposit> = codec<ClaimableDeposit>(
  "ClaimableDeposit",
  (writer, value) => {
    writer.uint64(value.operation, "ClaimableDeposit.operation");
    writer.fixedOpaque(value.transaction, 32, "ClaimableDeposit.transaction");
    writer.fixedOpaque(value.balance, 32, "ClaimableDeposit.balance");
    AssetIdentity.write(writer, value.asset);
    writer.int64(value.amount, "ClaimableDeposit.amount");
    writer.fixedOpaque(value.source, 32, "ClaimableDeposit.source");
    LedgerMemo.write(writer, value.memo);
  },
  (reader) => ({
    operation: reader.uint64("ClaimableDeposit.operation"),
    transaction: reader.fixedOpaque(32, "ClaimableDeposit.transaction"),
    balance: reader.fixedOpaque(32, "ClaimableDeposit.balance"),
    asset: AssetIdentity.read(reader),
    amount: reader.int64("ClaimableDeposit.amount"),
    source: reader.fixedOpaque(32, "ClaimableDeposit.source"),
    memo: LedgerMemo.read(reader),
  }),
);

/** The issuer took some of its asset back from the vault. */
export interface VaultClawback {
  readonly operation: LedgerCursor;
  readonly transaction: Hash;
  readonly asset: AssetIdentity;
  readonly amount: Amount;
}

export const VaultClawback: Codec<VaultClawback> = codec<VaultClawback>(
  "VaultClawback",
  (writer, value) => {
    writer.uint64(value.operation, "VaultClawback.operation");
    writer.fixedOpaque(value.transaction, 32, "VaultClawback.transaction");
    AssetIdentity.write(writer, value.asset);
    writer.int64(value.amount, "VaultClawback.amount");
  },
  (reader) => ({
    operation: reader.uint64("VaultClawback.operation"),
    transaction: reader.fixedOpaque(32, "VaultClawback.transaction"),
    asset: AssetIdentity.read(reader),
    amount: reader.int64("VaultClawback.amount"),
  }),
);

/** The issuer changed whether the vault may hold and move its asset. */
export interface VaultAuthorization {
  readonly operation: LedgerCursor;
  readonly transaction: Hash;
  readonly asset: AssetIdentity;
  readonly authorized: boolean;
}

export const VaultAuthorization: Codec<VaultAuthorization> = codec<VaultAuthorization>(
  "VaultAuthorization",
  (writer, value) => {
    writer.uint64(value.operation, "VaultAuthorization.operation");
    writer.fixedOpaque(value.transaction, 32, "VaultAuthorization.transaction");
    AssetIdentity.write(writer, value.asset);
    writer.boolean(value.authorized, "VaultAuthorization.authorized");
  },
  (reader) => ({
    operation: reader.uint64("VaultAuthorization.operation"),
    transaction: reader.fixedOpaque(32, "VaultAuthorization.transaction"),
    asset: AssetIdentity.read(reader),
    authorized: reader.boolean("VaultAuthorization.authorized"),
  }),
);

/** A transaction that acts for the vault and is no channel's: the constellation did not ask for it. */
export interface VaultTransaction {
  readonly transactionId: LedgerCursor;
  readonly transaction: Hash;
}

export const VaultTransaction: Codec<VaultTransaction> = codec<VaultTransaction>(
  "VaultTransaction",
  (writer, value) => {
    writer.uint64(value.transactionId, "VaultTransaction.transaction_id");
    writer.fixedOpaque(value.transaction, 32, "VaultTransaction.transaction");
  },
  (reader) => ({
    transactionId: reader.uint64("VaultTransaction.transaction_id"),
    transaction: reader.fixedOpaque(32, "VaultTransaction.transaction"),
  }),
);

/** A transaction whose source is one of the vault's channels: the only way the constellation moves money of the vault. */
export interface ChannelTransaction {
  readonly transactionId: LedgerCursor;
  readonly transaction: Hash;
  readonly channel: Key;
  readonly sequence: bigint;
  readonly successful: boolean;
}

export const ChannelTransaction: Codec<ChannelTransaction> = codec<ChannelTransaction>(
  "ChannelTransaction",
  (writer, value) => {
    writer.uint64(value.transactionId, "ChannelTransaction.transaction_id");
    writer.fixedOpaque(value.transaction, 32, "ChannelTransaction.transaction");
    writer.fixedOpaque(value.channel, 32, "ChannelTransaction.channel");
    writer.int64(value.sequence, "ChannelTransaction.sequence");
    writer.boolean(value.successful, "ChannelTransaction.successful");
  },
  (reader) => ({
    transactionId: reader.uint64("ChannelTransaction.transaction_id"),
    transaction: reader.fixedOpaque(32, "ChannelTransaction.transaction"),
    channel: reader.fixedOpaque(32, "ChannelTransaction.channel"),
    sequence: reader.int64("ChannelTransaction.sequence"),
    successful: reader.boolean("ChannelTransaction.successful"),
  }),
);

/** The enum LedgerEventType of quanta.x. */
export const LedgerEventType = {
  LEDGER_DEPOSIT: 0,
  CHANNEL_TRANSACTION: 1,
  CLAIMABLE_DEPOSIT: 2,
  VAULT_CLAWBACK: 3,
  VAULT_AUTHORIZATION: 4,
  VAULT_TRANSACTION: 5,
} as const;
export type LedgerEventType = (typeof LedgerEventType)[keyof typeof LedgerEventType];

/** The union LedgerEvent of quanta.x. */
export type LedgerEvent =
  | { readonly type: "LEDGER_DEPOSIT"; readonly value: LedgerDeposit }
  | { readonly type: "CHANNEL_TRANSACTION"; readonly value: ChannelTransaction }
  | { readonly type: "CLAIMABLE_DEPOSIT"; readonly value: ClaimableDeposit }
  | { readonly type: "VAULT_CLAWBACK"; readonly value: VaultClawback }
  | { readonly type: "VAULT_AUTHORIZATION"; readonly value: VaultAuthorization }
  | { readonly type: "VAULT_TRANSACTION"; readonly value: VaultTransaction };

export const LedgerEvent: Codec<LedgerEvent> = codec<LedgerEvent>(
  "LedgerEvent",
  (writer, value) => {
    switch (value.type) {
      case "LEDGER_DEPOSIT":
        writer.int32(LedgerEventType.LEDGER_DEPOSIT, "LedgerEvent.type");
        LedgerDeposit.write(writer, value.value);
        return;
      case "CHANNEL_TRANSACTION":
        writer.int32(LedgerEventType.CHANNEL_TRANSACTION, "LedgerEvent.type");
        ChannelTransaction.write(writer, value.value);
        return;
      case "CLAIMABLE_DEPOSIT":
        writer.int32(LedgerEventType.CLAIMABLE_DEPOSIT, "LedgerEvent.type");
        ClaimableDeposit.write(writer, value.value);
        return;
      case "VAULT_CLAWBACK":
        writer.int32(LedgerEventType.VAULT_CLAWBACK, "LedgerEvent.type");
        VaultClawback.write(writer, value.value);
        return;
      case "VAULT_AUTHORIZATION":
        writer.int32(LedgerEventType.VAULT_AUTHORIZATION, "LedgerEvent.type");
        VaultAuthorization.write(writer, value.value);
        return;
      case "VAULT_TRANSACTION":
        writer.int32(LedgerEventType.VAULT_TRANSACTION, "LedgerEvent.type");
        VaultTransaction.write(writer, value.value);
        return;
      default:
        writer.unknownArm("LedgerEvent.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(LedgerEventType, "LedgerEvent.type")) {
      case LedgerEventType.LEDGER_DEPOSIT:
        return { type: "LEDGER_DEPOSIT", value: LedgerDeposit.read(reader) };
      case LedgerEventType.CHANNEL_TRANSACTION:
        return { type: "CHANNEL_TRANSACTION", value: ChannelTransaction.read(reader) };
      case LedgerEventType.CLAIMABLE_DEPOSIT:
        return { type: "CLAIMABLE_DEPOSIT", value: ClaimableDeposit.read(reader) };
      case LedgerEventType.VAULT_CLAWBACK:
        return { type: "VAULT_CLAWBACK", value: VaultClawback.read(reader) };
      case LedgerEventType.VAULT_AUTHORIZATION:
        return { type: "VAULT_AUTHORIZATION", value: VaultAuthorization.read(reader) };
      case LedgerEventType.VAULT_TRANSACTION:
        return { type: "VAULT_TRANSACTION", value: VaultTransaction.read(reader) };
    }
  },
);

/** All that concerns the vault after `previous` up to and including `cursor`. */
export interface LedgerReport {
  readonly previous: LedgerCursor;
  readonly cursor: LedgerCursor;
  readonly closedAtS: bigint;
  readonly events: readonly LedgerEvent[];
}

export const LedgerReport: Codec<LedgerReport> = codec<LedgerReport>(
  "LedgerReport",
  (writer, value) => {
    writer.uint64(value.previous, "LedgerReport.previous");
    writer.uint64(value.cursor, "LedgerReport.cursor");
    writer.int64(value.closedAtS, "LedgerReport.closed_at_s");
    writer.list(value.events, MAX_LEDGER_EVENTS, (item) => LedgerEvent.write(writer, item), "LedgerReport.events");
  },
  (reader) => ({
    previous: reader.uint64("LedgerReport.previous"),
    cursor: reader.uint64("LedgerReport.cursor"),
    closedAtS: reader.int64("LedgerReport.closed_at_s"),
    events: reader.list(MAX_LEDGER_EVENTS, 44, () => LedgerEvent.read(reader), "LedgerReport.events"),
  }),
);

/** The struct LedgerCommit of quanta.x. */
export interface LedgerCommit {
  readonly report: LedgerReport;
  readonly signatures: readonly AuditorSignature[];
}

export const LedgerCommit: Codec<LedgerCommit> = codec<LedgerCommit>(
  "LedgerCommit",
  (writer, value) => {
    LedgerReport.write(writer, value.report);
    writer.list(value.signatures, MAX_AUDITORS, (item) => AuditorSignature.write(writer, item), "LedgerCommit.signatures");
  },
  (reader) => ({
    report: LedgerReport.read(reader),
    signatures: reader.list(MAX_AUDITORS, 96, () => AuditorSignature.read(reader), "LedgerCommit.signatures"),
  }),
);

/** The first quantum of a term says who its members are. */
export interface TermCommit {
  readonly signed: SignedAppointment;
}

export const TermCommit: Codec<TermCommit> = codec<TermCommit>(
  "TermCommit",
  (writer, value) => {
    SignedAppointment.write(writer, value.signed);
  },
  (reader) => ({
    signed: SignedAppointment.read(reader),
  }),
);

/**
 * Sequenced time has come to something: triggered orders that an earlier quantum had no room for, orders whose time is
 * over, cancel-all-after that was not renewed, holds that lapse. Before any request of that time or later.
 */
export interface TimeCommit {
  readonly due: Timestamp;
}

export const TimeCommit: Codec<TimeCommit> = codec<TimeCommit>(
  "TimeCommit",
  (writer, value) => {
    writer.int64(value.due, "TimeCommit.due");
  },
  (reader) => ({
    due: reader.int64("TimeCommit.due"),
  }),
);

/** The enum QuantumType of quanta.x. */
export const QuantumType = {
  REQUEST: 0,
  LEDGER_COMMIT: 1,
  GOVERNANCE_COMMIT: 2,
  TERM_COMMIT: 3,
  REQUEST_BATCH: 4,
  TIME_COMMIT: 5,
  MODE_COMMIT: 6,
} as const;
export type QuantumType = (typeof QuantumType)[keyof typeof QuantumType];

/** The union QuantumBody of quanta.x. */
export type QuantumBody =
  | { readonly type: "REQUEST"; readonly value: SignedRequest }
  | { readonly type: "LEDGER_COMMIT"; readonly value: LedgerCommit }
  | { readonly type: "GOVERNANCE_COMMIT"; readonly value: GovernanceCommit }
  | { readonly type: "TERM_COMMIT"; readonly value: TermCommit }
  | { readonly type: "REQUEST_BATCH"; readonly value: SignedRequestBatch }
  | { readonly type: "TIME_COMMIT"; readonly value: TimeCommit }
  | { readonly type: "MODE_COMMIT"; readonly value: ModeCommit };

export const QuantumBody: Codec<QuantumBody> = codec<QuantumBody>(
  "QuantumBody",
  (writer, value) => {
    switch (value.type) {
      case "REQUEST":
        writer.int32(QuantumType.REQUEST, "QuantumBody.type");
        SignedRequest.write(writer, value.value);
        return;
      case "LEDGER_COMMIT":
        writer.int32(QuantumType.LEDGER_COMMIT, "QuantumBody.type");
        LedgerCommit.write(writer, value.value);
        return;
      case "GOVERNANCE_COMMIT":
        writer.int32(QuantumType.GOVERNANCE_COMMIT, "QuantumBody.type");
        GovernanceCommit.write(writer, value.value);
        return;
      case "TERM_COMMIT":
        writer.int32(QuantumType.TERM_COMMIT, "QuantumBody.type");
        TermCommit.write(writer, value.value);
        return;
      case "REQUEST_BATCH":
        writer.int32(QuantumType.REQUEST_BATCH, "QuantumBody.type");
        SignedRequestBatch.write(writer, value.value);
        return;
      case "TIME_COMMIT":
        writer.int32(QuantumType.TIME_COMMIT, "QuantumBody.type");
        TimeCommit.write(writer, value.value);
        return;
      case "MODE_COMMIT":
        writer.int32(QuantumType.MODE_COMMIT, "QuantumBody.type");
        ModeCommit.write(writer, value.value);
        return;
      default:
        writer.unknownArm("QuantumBody.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(QuantumType, "QuantumBody.type")) {
      case QuantumType.REQUEST:
        return { type: "REQUEST", value: SignedRequest.read(reader) };
      case QuantumType.LEDGER_COMMIT:
        return { type: "LEDGER_COMMIT", value: LedgerCommit.read(reader) };
      case QuantumType.GOVERNANCE_COMMIT:
        return { type: "GOVERNANCE_COMMIT", value: GovernanceCommit.read(reader) };
      case QuantumType.TERM_COMMIT:
        return { type: "TERM_COMMIT", value: TermCommit.read(reader) };
      case QuantumType.REQUEST_BATCH:
        return { type: "REQUEST_BATCH", value: SignedRequestBatch.read(reader) };
      case QuantumType.TIME_COMMIT:
        return { type: "TIME_COMMIT", value: TimeCommit.read(reader) };
      case QuantumType.MODE_COMMIT:
        return { type: "MODE_COMMIT", value: ModeCommit.read(reader) };
    }
  },
);

/** The first quantum's apex is the header's first_apex; there are no gaps. */
export interface Quantum {
  readonly timestamp: Timestamp;
  readonly body: QuantumBody;
}

export const Quantum: Codec<Quantum> = codec<Quantum>(
  "Quantum",
  (writer, value) => {
    writer.int64(value.timestamp, "Quantum.timestamp");
    QuantumBody.write(writer, value.body);
  },
  (reader) => ({
    timestamp: reader.int64("Quantum.timestamp"),
    body: QuantumBody.read(reader),
  }),
);

/** One operation of a request batch, as its leaf names it. */
export interface BatchedOperation {
  readonly batch: Hash;
  readonly place: number;
}

export const BatchedOperation: Codec<BatchedOperation> = codec<BatchedOperation>(
  "BatchedOperation",
  (writer, value) => {
    writer.fixedOpaque(value.batch, 32, "BatchedOperation.batch");
    writer.uint32(value.place, "BatchedOperation.place");
  },
  (reader) => ({
    batch: reader.fixedOpaque(32, "BatchedOperation.batch"),
    place: reader.uint32("BatchedOperation.place"),
  }),
);

/** The leaf of a batch's Merkle tree: binds what was asked to what it did. */
export interface QuantumLeaf {
  readonly apex: Apex;
  readonly timestamp: Timestamp;
  readonly body: Hash;
  readonly effects: Hash;
}

export const QuantumLeaf: Codec<QuantumLeaf> = codec<QuantumLeaf>(
  "QuantumLeaf",
  (writer, value) => {
    writer.uint64(value.apex, "QuantumLeaf.apex");
    writer.int64(value.timestamp, "QuantumLeaf.timestamp");
    writer.fixedOpaque(value.body, 32, "QuantumLeaf.body");
    writer.fixedOpaque(value.effects, 32, "QuantumLeaf.effects");
  },
  (reader) => ({
    apex: reader.uint64("QuantumLeaf.apex"),
    timestamp: reader.int64("QuantumLeaf.timestamp"),
    body: reader.fixedOpaque(32, "QuantumLeaf.body"),
    effects: reader.fixedOpaque(32, "QuantumLeaf.effects"),
  }),
);

/** The struct BatchHeader of quanta.x. */
export interface BatchHeader {
  readonly version: number;
  readonly epoch: bigint;
  readonly number: bigint;
  readonly firstApex: Apex;
  readonly lastApex: Apex;
  readonly timestamp: Timestamp;
  readonly previous: Hash;
  readonly quantaRoot: Hash;
  readonly stateRoot: Hash | null;
}

export const BatchHeader: Codec<BatchHeader> = codec<BatchHeader>(
  "BatchHeader",
  (writer, value) => {
    writer.uint32(value.version, "BatchHeader.version");
    writer.uint64(value.epoch, "BatchHeader.epoch");
    writer.uint64(value.number, "BatchHeader.number");
    writer.uint64(value.firstApex, "BatchHeader.first_apex");
    writer.uint64(value.lastApex, "BatchHeader.last_apex");
    writer.int64(value.timestamp, "BatchHeader.timestamp");
    writer.fixedOpaque(value.previous, 32, "BatchHeader.previous");
    writer.fixedOpaque(value.quantaRoot, 32, "BatchHeader.quanta_root");
    writer.optional(value.stateRoot, (item) => writer.fixedOpaque(item, 32, "BatchHeader.state_root"));
  },
  (reader) => ({
    version: reader.uint32("BatchHeader.version"),
    epoch: reader.uint64("BatchHeader.epoch"),
    number: reader.uint64("BatchHeader.number"),
    firstApex: reader.uint64("BatchHeader.first_apex"),
    lastApex: reader.uint64("BatchHeader.last_apex"),
    timestamp: reader.int64("BatchHeader.timestamp"),
    previous: reader.fixedOpaque(32, "BatchHeader.previous"),
    quantaRoot: reader.fixedOpaque(32, "BatchHeader.quanta_root"),
    stateRoot: reader.optional(() => reader.fixedOpaque(32, "BatchHeader.state_root"), "BatchHeader.state_root"),
  }),
);

/** The struct SignedHeader of quanta.x. */
export interface SignedHeader {
  readonly header: BatchHeader;
  readonly alphaSignature: Signature;
}

export const SignedHeader: Codec<SignedHeader> = codec<SignedHeader>(
  "SignedHeader",
  (writer, value) => {
    BatchHeader.write(writer, value.header);
    writer.fixedOpaque(value.alphaSignature, 64, "SignedHeader.alpha_signature");
  },
  (reader) => ({
    header: BatchHeader.read(reader),
    alphaSignature: reader.fixedOpaque(64, "SignedHeader.alpha_signature"),
  }),
);

/** The struct Batch of quanta.x. */
export interface Batch {
  readonly signedHeader: SignedHeader;
  readonly quanta: readonly Quantum[];
}

export const Batch: Codec<Batch> = codec<Batch>(
  "Batch",
  (writer, value) => {
    SignedHeader.write(writer, value.signedHeader);
    writer.list(value.quanta, MAX_BATCH_QUANTA, (item) => Quantum.write(writer, item), "Batch.quanta");
  },
  (reader) => ({
    signedHeader: SignedHeader.read(reader),
    quanta: reader.list(MAX_BATCH_QUANTA, 20, () => Quantum.read(reader), "Batch.quanta"),
  }),
);

/** A quorum of auditors has replayed, stored and signed the header. */
export interface Certificate {
  readonly header: BatchHeader;
  readonly signatures: readonly AuditorSignature[];
}

export const Certificate: Codec<Certificate> = codec<Certificate>(
  "Certificate",
  (writer, value) => {
    BatchHeader.write(writer, value.header);
    writer.list(value.signatures, MAX_AUDITORS, (item) => AuditorSignature.write(writer, item), "Certificate.signatures");
  },
  (reader) => ({
    header: BatchHeader.read(reader),
    signatures: reader.list(MAX_AUDITORS, 96, () => AuditorSignature.read(reader), "Certificate.signatures"),
  }),
);
