/**
 * What the sandbox's one click does on the ledger: the friendbot's lumens, and one transaction that trusts an asset, buys some and
 * pays both into the vault. Encoded by hand (XDR, as Stellar's `Stellar-transaction.x` has it): three operations need no library.
 */

import type { Signer } from "@constellation/sdk";
import { type AssetIdentity, concat, decodePublicKey, INT64_MAX, sha256, utf8 } from "@constellation/sdk/protocol";

export interface CreditAsset {
  readonly code: string;
  readonly issuer: Uint8Array;
}

export type Payment =
  | { readonly type: "pay"; readonly destination: Uint8Array; readonly asset: CreditAsset | null; readonly amount: bigint }
  | { readonly type: "buy"; readonly destination: Uint8Array; readonly asset: CreditAsset; readonly amount: bigint; readonly sendMax: bigint }
  | { readonly type: "trust"; readonly asset: CreditAsset };

/** The issued asset that an identity names; null for lumens. */
export function creditOf(identity: AssetIdentity): CreditAsset | null {
  return identity.type === "NATIVE" ? null : identity.value;
}

export class TransactionRefused extends Error {
  override readonly name = "TransactionRefused";
}

const ENVELOPE_TYPE_TX = 2;
const FEE_PER_OPERATION = 1_000;
const VALID_S = 120n;

/** Gives a new account the friendbot's lumens. */
export async function askFriendbot(horizonUrl: string, address: string): Promise<void> {
  const response = await fetch(`${horizonUrl}/friendbot?addr=${address}`);
  if (!response.ok) throw new Error(`the friendbot refuses (${response.status})`);
}

/** Signs one transaction of the key's own account, and waits until a ledger has it. */
export async function submit(horizonUrl: string, passphrase: string, key: Signer & { readonly address: string }, payments: readonly Payment[]): Promise<void> {
  const sequence = BigInt(((await ledgerAccount(horizonUrl, key.address)) as { sequence: string }).sequence) + 1n;
  const transaction = encodeTransaction(key.publicKey, sequence, payments);
  const hash = sha256(concat(sha256(utf8(passphrase)), int32(ENVELOPE_TYPE_TX), transaction));
  const signature = await key.sign(hash);
  const envelope = concat(int32(ENVELOPE_TYPE_TX), transaction, int32(1), key.publicKey.slice(-4), opaque(signature));
  const body = new URLSearchParams({ tx: btoa(String.fromCharCode(...envelope)) });
  const response = await fetch(`${horizonUrl}/transactions`, { method: "POST", body });
  if (!response.ok) throw new TransactionRefused(`the ledger refuses the transaction (${response.status})`);
}

/** What Horizon says of an account. */
export async function ledgerAccount(horizonUrl: string, address: string): Promise<unknown> {
  decodePublicKey(address);
  const response = await fetch(`${horizonUrl}/accounts/${address}`);
  if (!response.ok) throw new Error(`Horizon answers ${response.status} for ${address}`);
  return response.json();
}

function encodeTransaction(source: Uint8Array, sequence: bigint, payments: readonly Payment[]): Uint8Array {
  const until = BigInt(Math.floor(Date.now() / 1000)) + VALID_S;
  return concat(
    ed25519Key(source),
    int32(FEE_PER_OPERATION * payments.length),
    int64(sequence),
    int32(1), // time bounds
    int64(0n),
    int64(until),
    int32(0), // no memo
    int32(payments.length),
    ...payments.map(encodeOperation),
    int32(0),
  );
}

function encodeOperation(payment: Payment): Uint8Array {
  const ownSource = int32(0);
  switch (payment.type) {
    case "pay":
      return concat(ownSource, int32(1), ed25519Key(payment.destination), asset(payment.asset), int64(payment.amount));
    case "buy":
      return concat(
        ownSource,
        int32(2),
        asset(null),
        int64(payment.sendMax),
        ed25519Key(payment.destination),
        asset(payment.asset),
        int64(payment.amount),
        int32(0), // no path
      );
    case "trust":
      return concat(ownSource, int32(6), asset(payment.asset), int64(INT64_MAX));
  }
}

function asset(credit: CreditAsset | null): Uint8Array {
  if (credit === null) return int32(0);
  const size = credit.code.length <= 4 ? 4 : 12;
  const code = new Uint8Array(size);
  code.set(utf8(credit.code));
  return concat(int32(size === 4 ? 1 : 2), code, ed25519Key(credit.issuer));
}

function ed25519Key(key: Uint8Array): Uint8Array {
  return concat(int32(0), key);
}

function opaque(data: Uint8Array): Uint8Array {
  return concat(int32(data.length), data);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes;
}
