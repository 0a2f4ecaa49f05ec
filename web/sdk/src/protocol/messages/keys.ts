/**
 * Generated from xdr/keys.x by tools/xdr_generator.py; do not edit.
 *
 * Who may sign for an account, and what nobody may ask for while it is locked.
 */
import { codec, type Codec } from "../xdr.js";
import { type Amount, type Key, type Signature, type Timestamp } from "./common.js";

/** of one account */
export const MAX_AGENTS = 8;

/** of one account, numbered from 1 */
export const MAX_SUB_ACCOUNTS = 16;

/** bits of an agent's rights: orders and cancels */
export const RIGHT_TRADE = 1;

/** The const RIGHT_PAY of keys.x. */
export const RIGHT_PAY = 2;

/** The const RIGHT_WITHDRAW of keys.x. */
export const RIGHT_WITHDRAW = 4;

/** bits of a lock: new orders; cancels are never locked */
export const LOCK_TRADING = 1;

/** The const LOCK_PAYMENTS of keys.x. */
export const LOCK_PAYMENTS = 2;

/** and closing the account */
export const LOCK_WITHDRAWALS = 4;

/** The key may ask for what its rights say until it expires. Again for the same key: other rights and another expiry. */
export interface AppointAgent {
  readonly agent: Key;
  readonly rights: number;
  readonly expiresAt: Timestamp;
}

export const AppointAgent: Codec<AppointAgent> = codec<AppointAgent>(
  "AppointAgent",
  (writer, value) => {
    writer.fixedOpaque(value.agent, 32, "AppointAgent.agent");
    writer.uint32(value.rights, "AppointAgent.rights");
    writer.int64(value.expiresAt, "AppointAgent.expires_at");
  },
  (reader) => ({
    agent: reader.fixedOpaque(32, "AppointAgent.agent"),
    rights: reader.uint32("AppointAgent.rights"),
    expiresAt: reader.int64("AppointAgent.expires_at"),
  }),
);

/** The struct DismissAgent of keys.x. */
export interface DismissAgent {
  readonly agent: Key;
}

export const DismissAgent: Codec<DismissAgent> = codec<DismissAgent>(
  "DismissAgent",
  (writer, value) => {
    writer.fixedOpaque(value.agent, 32, "DismissAgent.agent");
  },
  (reader) => ({
    agent: reader.fixedOpaque(32, "DismissAgent.agent"),
  }),
);

/** From the next quantum on another key is the owner's; all agents are dismissed. */
export interface RotateKey {
  readonly newKey: Key;
  readonly proof: Signature;
}

export const RotateKey: Codec<RotateKey> = codec<RotateKey>(
  "RotateKey",
  (writer, value) => {
    writer.fixedOpaque(value.newKey, 32, "RotateKey.new_key");
    writer.fixedOpaque(value.proof, 64, "RotateKey.proof");
  },
  (reader) => ({
    newKey: reader.fixedOpaque(32, "RotateKey.new_key"),
    proof: reader.fixedOpaque(64, "RotateKey.proof"),
  }),
);

/** What the new key signs: never sent. */
export interface KeyRotation {
  readonly account: Key;
  readonly nonce: bigint;
  readonly newKey: Key;
}

export const KeyRotation: Codec<KeyRotation> = codec<KeyRotation>(
  "KeyRotation",
  (writer, value) => {
    writer.fixedOpaque(value.account, 32, "KeyRotation.account");
    writer.int64(value.nonce, "KeyRotation.nonce");
    writer.fixedOpaque(value.newKey, 32, "KeyRotation.new_key");
  },
  (reader) => ({
    account: reader.fixedOpaque(32, "KeyRotation.account"),
    nonce: reader.int64("KeyRotation.nonce"),
    newKey: reader.fixedOpaque(32, "KeyRotation.new_key"),
  }),
);

/** Replaces the account's lock. One with an end can be extended before its end, and not be lifted. */
export interface LockAccount {
  readonly locks: number;
  readonly until: Timestamp | null;
}

export const LockAccount: Codec<LockAccount> = codec<LockAccount>(
  "LockAccount",
  (writer, value) => {
    writer.uint32(value.locks, "LockAccount.locks");
    writer.optional(value.until, (item) => writer.int64(item, "LockAccount.until"));
  },
  (reader) => ({
    locks: reader.uint32("LockAccount.locks"),
    until: reader.optional(() => reader.int64("LockAccount.until"), "LockAccount.until"),
  }),
);

/** The account has a sub-account with this number from now on, opened with lumens of its own. */
export interface OpenSubAccount {
  readonly number: number;
  readonly amount: Amount;
}

export const OpenSubAccount: Codec<OpenSubAccount> = codec<OpenSubAccount>(
  "OpenSubAccount",
  (writer, value) => {
    writer.uint32(value.number, "OpenSubAccount.number");
    writer.int64(value.amount, "OpenSubAccount.amount");
  },
  (reader) => ({
    number: reader.uint32("OpenSubAccount.number"),
    amount: reader.int64("OpenSubAccount.amount"),
  }),
);

/** All that the sub-account has is the account's again; it can be opened anew. */
export interface MergeSubAccount {
  readonly number: number;
}

export const MergeSubAccount: Codec<MergeSubAccount> = codec<MergeSubAccount>(
  "MergeSubAccount",
  (writer, value) => {
    writer.uint32(value.number, "MergeSubAccount.number");
  },
  (reader) => ({
    number: reader.uint32("MergeSubAccount.number"),
  }),
);

/** The struct Agent of keys.x. */
export interface Agent {
  readonly key: Key;
  readonly rights: number;
  readonly expiresAt: Timestamp;
  readonly nonce: bigint;
}

export const Agent: Codec<Agent> = codec<Agent>(
  "Agent",
  (writer, value) => {
    writer.fixedOpaque(value.key, 32, "Agent.key");
    writer.uint32(value.rights, "Agent.rights");
    writer.int64(value.expiresAt, "Agent.expires_at");
    writer.int64(value.nonce, "Agent.nonce");
  },
  (reader) => ({
    key: reader.fixedOpaque(32, "Agent.key"),
    rights: reader.uint32("Agent.rights"),
    expiresAt: reader.int64("Agent.expires_at"),
    nonce: reader.int64("Agent.nonce"),
  }),
);

/** The struct AccountLock of keys.x. */
export interface AccountLock {
  readonly locks: number;
  readonly until: Timestamp | null;
}

export const AccountLock: Codec<AccountLock> = codec<AccountLock>(
  "AccountLock",
  (writer, value) => {
    writer.uint32(value.locks, "AccountLock.locks");
    writer.optional(value.until, (item) => writer.int64(item, "AccountLock.until"));
  },
  (reader) => ({
    locks: reader.uint32("AccountLock.locks"),
    until: reader.optional(() => reader.int64("AccountLock.until"), "AccountLock.until"),
  }),
);

/** An account whose key nobody has the seed of: its owner is always its parent's. */
export interface SubAccountOf {
  readonly parent: Key;
  readonly number: number;
}

export const SubAccountOf: Codec<SubAccountOf> = codec<SubAccountOf>(
  "SubAccountOf",
  (writer, value) => {
    writer.fixedOpaque(value.parent, 32, "SubAccountOf.parent");
    writer.uint32(value.number, "SubAccountOf.number");
  },
  (reader) => ({
    parent: reader.fixedOpaque(32, "SubAccountOf.parent"),
    number: reader.uint32("SubAccountOf.number"),
  }),
);

/** What differs from an account whose own key alone signs for it. */
export interface AccountKeys {
  readonly owner: Key | null;
  readonly lock: AccountLock | null;
  readonly agents: readonly Agent[];
  readonly parent: SubAccountOf | null;
  readonly subAccounts: readonly number[];
}

export const AccountKeys: Codec<AccountKeys> = codec<AccountKeys>(
  "AccountKeys",
  (writer, value) => {
    writer.optional(value.owner, (item) => writer.fixedOpaque(item, 32, "AccountKeys.owner"));
    writer.optional(value.lock, (item) => AccountLock.write(writer, item));
    writer.list(value.agents, MAX_AGENTS, (item) => Agent.write(writer, item), "AccountKeys.agents");
    writer.optional(value.parent, (item) => SubAccountOf.write(writer, item));
    writer.list(value.subAccounts, MAX_SUB_ACCOUNTS, (item) => writer.uint32(item, "AccountKeys.sub_accounts"), "AccountKeys.sub_accounts");
  },
  (reader) => ({
    owner: reader.optional(() => reader.fixedOpaque(32, "AccountKeys.owner"), "AccountKeys.owner"),
    lock: reader.optional(() => AccountLock.read(reader), "AccountKeys.lock"),
    agents: reader.list(MAX_AGENTS, 52, () => Agent.read(reader), "AccountKeys.agents"),
    parent: reader.optional(() => SubAccountOf.read(reader), "AccountKeys.parent"),
    subAccounts: reader.list(MAX_SUB_ACCOUNTS, 4, () => reader.uint32("AccountKeys.sub_accounts"), "AccountKeys.sub_accounts"),
  }),
);
