/**
 * Generated from xdr/governance.x by tools/xdr_generator.py; do not edit.
 *
 * What a quorum of auditors decides. Each decision names what it follows, so that none can be applied twice.
 */
import { codec, type Codec } from "../xdr.js";
import { AuditorSignature, MAX_AUDITORS, type Apex, type AssetId, type Key, type LedgerCursor, type Signature, type Timestamp } from "./common.js";
import { Settings } from "./settings.js";

/** The enum SuspensionReason of governance.x. */
export const SuspensionReason = {
  SUSPENDED_BY_AUDITORS: 0,
  RESERVES_DIFFER: 1,
  CLAWED_BACK: 2,
  NOT_AUTHORIZED: 3,
  UNKNOWN_VAULT_TRANSACTION: 4,
  NO_TRUST_LINE: 5,
} as const;
export type SuspensionReason = (typeof SuspensionReason)[keyof typeof SuspensionReason];

/** The struct SettingsChange of governance.x. */
export interface SettingsChange {
  readonly version: bigint;
  readonly settings: Settings;
}

export const SettingsChange: Codec<SettingsChange> = codec<SettingsChange>(
  "SettingsChange",
  (writer, value) => {
    writer.uint64(value.version, "SettingsChange.version");
    Settings.write(writer, value.settings);
  },
  (reader) => ({
    version: reader.uint64("SettingsChange.version"),
    settings: Settings.read(reader),
  }),
);

/** Sends a deposit in suspense back to where it came from. */
export interface SuspenseRefund {
  readonly operation: LedgerCursor;
  readonly attempt: number;
}

export const SuspenseRefund: Codec<SuspenseRefund> = codec<SuspenseRefund>(
  "SuspenseRefund",
  (writer, value) => {
    writer.uint64(value.operation, "SuspenseRefund.operation");
    writer.uint32(value.attempt, "SuspenseRefund.attempt");
  },
  (reader) => ({
    operation: reader.uint64("SuspenseRefund.operation"),
    attempt: reader.uint32("SuspenseRefund.attempt"),
  }),
);

/** The struct AssetSuspension of governance.x. */
export interface AssetSuspension {
  readonly asset: AssetId;
  readonly change: number;
  readonly reason: SuspensionReason;
}

export const AssetSuspension: Codec<AssetSuspension> = codec<AssetSuspension>(
  "AssetSuspension",
  (writer, value) => {
    writer.uint32(value.asset, "AssetSuspension.asset");
    writer.uint32(value.change, "AssetSuspension.change");
    writer.enumerated(value.reason, SuspensionReason, "AssetSuspension.reason");
  },
  (reader) => ({
    asset: reader.uint32("AssetSuspension.asset"),
    change: reader.uint32("AssetSuspension.change"),
    reason: reader.enumerated(SuspensionReason, "AssetSuspension.reason"),
  }),
);

/** The struct AssetResumption of governance.x. */
export interface AssetResumption {
  readonly asset: AssetId;
  readonly change: number;
}

export const AssetResumption: Codec<AssetResumption> = codec<AssetResumption>(
  "AssetResumption",
  (writer, value) => {
    writer.uint32(value.asset, "AssetResumption.asset");
    writer.uint32(value.change, "AssetResumption.change");
  },
  (reader) => ({
    asset: reader.uint32("AssetResumption.asset"),
    change: reader.uint32("AssetResumption.change"),
  }),
);

/** About a withdrawal that waits for it. */
export interface WithdrawalDecision {
  readonly withdrawal: Apex;
  readonly isApproved: boolean;
}

export const WithdrawalDecision: Codec<WithdrawalDecision> = codec<WithdrawalDecision>(
  "WithdrawalDecision",
  (writer, value) => {
    writer.uint64(value.withdrawal, "WithdrawalDecision.withdrawal");
    writer.boolean(value.isApproved, "WithdrawalDecision.is_approved");
  },
  (reader) => ({
    withdrawal: reader.uint64("WithdrawalDecision.withdrawal"),
    isApproved: reader.boolean("WithdrawalDecision.is_approved"),
  }),
);

/** The enum DecisionType of governance.x. */
export const DecisionType = {
  SETTINGS_CHANGE: 0,
  SUSPENSE_REFUND: 1,
  ASSET_SUSPENSION: 2,
  ASSET_RESUMPTION: 3,
  WITHDRAWAL_DECISION: 4,
} as const;
export type DecisionType = (typeof DecisionType)[keyof typeof DecisionType];

/** The union Decision of governance.x. */
export type Decision =
  | { readonly type: "SETTINGS_CHANGE"; readonly value: SettingsChange }
  | { readonly type: "SUSPENSE_REFUND"; readonly value: SuspenseRefund }
  | { readonly type: "ASSET_SUSPENSION"; readonly value: AssetSuspension }
  | { readonly type: "ASSET_RESUMPTION"; readonly value: AssetResumption }
  | { readonly type: "WITHDRAWAL_DECISION"; readonly value: WithdrawalDecision };

export const Decision: Codec<Decision> = codec<Decision>(
  "Decision",
  (writer, value) => {
    switch (value.type) {
      case "SETTINGS_CHANGE":
        writer.int32(DecisionType.SETTINGS_CHANGE, "Decision.type");
        SettingsChange.write(writer, value.value);
        return;
      case "SUSPENSE_REFUND":
        writer.int32(DecisionType.SUSPENSE_REFUND, "Decision.type");
        SuspenseRefund.write(writer, value.value);
        return;
      case "ASSET_SUSPENSION":
        writer.int32(DecisionType.ASSET_SUSPENSION, "Decision.type");
        AssetSuspension.write(writer, value.value);
        return;
      case "ASSET_RESUMPTION":
        writer.int32(DecisionType.ASSET_RESUMPTION, "Decision.type");
        AssetResumption.write(writer, value.value);
        return;
      case "WITHDRAWAL_DECISION":
        writer.int32(DecisionType.WITHDRAWAL_DECISION, "Decision.type");
        WithdrawalDecision.write(writer, value.value);
        return;
      default:
        writer.unknownArm("Decision.type");
    }
  },
  (reader) => {
    switch (reader.enumerated(DecisionType, "Decision.type")) {
      case DecisionType.SETTINGS_CHANGE:
        return { type: "SETTINGS_CHANGE", value: SettingsChange.read(reader) };
      case DecisionType.SUSPENSE_REFUND:
        return { type: "SUSPENSE_REFUND", value: SuspenseRefund.read(reader) };
      case DecisionType.ASSET_SUSPENSION:
        return { type: "ASSET_SUSPENSION", value: AssetSuspension.read(reader) };
      case DecisionType.ASSET_RESUMPTION:
        return { type: "ASSET_RESUMPTION", value: AssetResumption.read(reader) };
      case DecisionType.WITHDRAWAL_DECISION:
        return { type: "WITHDRAWAL_DECISION", value: WithdrawalDecision.read(reader) };
    }
  },
);

/** The struct Proposal of governance.x. */
export interface Proposal {
  readonly validUntil: Timestamp;
  readonly decision: Decision;
}

export const Proposal: Codec<Proposal> = codec<Proposal>(
  "Proposal",
  (writer, value) => {
    writer.int64(value.validUntil, "Proposal.valid_until");
    Decision.write(writer, value.decision);
  },
  (reader) => ({
    validUntil: reader.int64("Proposal.valid_until"),
    decision: Decision.read(reader),
  }),
);

/** The struct SignedProposal of governance.x. */
export interface SignedProposal {
  readonly proposal: Proposal;
  readonly auditor: Key;
  readonly signature: Signature;
}

export const SignedProposal: Codec<SignedProposal> = codec<SignedProposal>(
  "SignedProposal",
  (writer, value) => {
    Proposal.write(writer, value.proposal);
    writer.fixedOpaque(value.auditor, 32, "SignedProposal.auditor");
    writer.fixedOpaque(value.signature, 64, "SignedProposal.signature");
  },
  (reader) => ({
    proposal: Proposal.read(reader),
    auditor: reader.fixedOpaque(32, "SignedProposal.auditor"),
    signature: reader.fixedOpaque(64, "SignedProposal.signature"),
  }),
);

/** A proposal that a quorum of auditors has signed. */
export interface GovernanceCommit {
  readonly proposal: Proposal;
  readonly signatures: readonly AuditorSignature[];
}

export const GovernanceCommit: Codec<GovernanceCommit> = codec<GovernanceCommit>(
  "GovernanceCommit",
  (writer, value) => {
    Proposal.write(writer, value.proposal);
    writer.list(value.signatures, MAX_AUDITORS, (item) => AuditorSignature.write(writer, item), "GovernanceCommit.signatures");
  },
  (reader) => ({
    proposal: Proposal.read(reader),
    signatures: reader.list(MAX_AUDITORS, 96, () => AuditorSignature.read(reader), "GovernanceCommit.signatures"),
  }),
);
