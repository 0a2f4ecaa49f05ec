/** What anybody can check of a constellation: its last batches, who signed them, and whether the vault holds what is owed. */

import { type Client, encodePublicKey, type Proven, type ProvenAccount, SeedKey, newSeed, Terms } from "@constellation/sdk";
import { Certificate, checkCertificate, fromHex, toHex } from "@constellation/sdk/protocol";
import { connectAs, theClient, clientState } from "./account.js";
import type { TerminalConfig } from "./config.js";
import { amountOrNull, text } from "./numbers.js";
import { creditOf, ledgerAccount } from "./stellar.js";

const BATCHES = 20;

interface BatchDocument {
  readonly number: number;
  readonly first_apex: number;
  readonly last_apex: number;
  readonly timestamp: number;
  readonly quanta: number;
  readonly digest: string;
  readonly certified_by: number;
  readonly certificate: string;
}

export interface CheckedBatch {
  readonly number: bigint;
  readonly timeUs: bigint;
  readonly quanta: number;
  readonly coveredBy: bigint;
  /** Addresses of those whose signatures hold. */
  readonly auditors: readonly string[];
  /** Null: a quorum has signed it, or a later header on it; else why that does not hold. */
  readonly problem: string | null;
}

/** The last batches of the history, each with its certificate checked here. The newest first. */
export async function lastBatches(config: TerminalConfig): Promise<readonly CheckedBatch[]> {
  const terms = termsOf(config);
  const { history } = (await ask("/v1/status")) as { history: { batch: number } };
  const first = Math.max(1, history.batch - BATCHES + 1);
  const numbers = Array.from({ length: history.batch - first + 1 }, (_, place) => history.batch - place);
  const documents = (await Promise.all(numbers.map((number) => ask(`/v1/batches/${number}`)))) as BatchDocument[];
  const checked: CheckedBatch[] = [];
  let after: { number: bigint; previous: string } | null = null;
  for (const document of documents) {
    const { batch, previous }: { batch: CheckedBatch; previous: string | null } = check(terms, document, after);
    checked.push(batch);
    after = previous === null ? null : { number: batch.number, previous };
  }
  return checked;
}

/** Who the auditors are: as alpha has shown it, or as they were at genesis. */
function termsOf(config: TerminalConfig): Terms {
  return clientState.value === "open" ? theClient().terms : new Terms(config.genesis);
}

function check(terms: Terms, document: BatchDocument, after: { number: bigint; previous: string } | null): { batch: CheckedBatch; previous: string | null } {
  const base = {
    number: BigInt(document.number),
    timeUs: BigInt(document.timestamp) * 1000n,
    quanta: document.quanta,
    coveredBy: BigInt(document.certified_by),
  };
  try {
    const certificate = Certificate.decode(fromHex(document.certificate));
    const digest = toHex(checkCertificate(terms, certificate));
    const auditors = certificate.signatures.map(({ auditor }) => encodePublicKey(auditor));
    if (certificate.header.number === base.number) {
      if (digest !== document.digest) throw new Error("the certificate is for another header");
      return { batch: { ...base, auditors, problem: null }, previous: toHex(certificate.header.previous) };
    }
    const isChained = after?.number === base.number + 1n && after.previous === document.digest;
    if (after !== null && !isChained) throw new Error("it is not the parent of the next batch");
    return { batch: { ...base, auditors, problem: null }, previous: null };
  } catch (error) {
    return { batch: { ...base, auditors: [], problem: (error as Error).message }, previous: null };
  }
}

async function ask(path: string): Promise<unknown> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`the server answers ${response.status} for ${path}`);
  return response.json();
}

export interface AuditorHealth {
  readonly address: string;
  /** Of the batches that were looked at. */
  readonly signed: number;
  readonly of: number;
}

/** Who of the auditors has signed how many of the certificates. */
export function auditorsHealth(config: TerminalConfig, checked: readonly CheckedBatch[]): readonly AuditorHealth[] {
  const own = checked.filter(({ number, coveredBy, problem }) => number === coveredBy && problem === null);
  return termsOf(config).members.auditors.map((key) => {
    const address = encodePublicKey(key);
    return { address, signed: own.filter(({ auditors }) => auditors.includes(address)).length, of: own.length };
  });
}

export interface Reserves {
  readonly totals: Proven<Readonly<Record<string, string>>>;
  readonly account: Proven<ProvenAccount | null> | null;
  /** What the ledger's vault holds for accounts, by asset; null where no Horizon could be asked. */
  readonly vault: Readonly<Record<string, string>> | null;
}

/** Proofs of what is owed in all and to the visitor, recomputed here, and what the vault holds on the ledger. */
export async function reserves(config: TerminalConfig): Promise<Reserves> {
  const isOwn = clientState.value === "open";
  const client: Client = isOwn ? theClient() : await connectAs(new SeedKey(newSeed()));
  try {
    const totals = await client.proveTotals();
    const account = isOwn ? await client.proveAccount() : null;
    return { totals, account, vault: await vaultBalances(config).catch(() => null) };
  } finally {
    if (!isOwn) await client.close();
  }
}

async function vaultBalances(config: TerminalConfig): Promise<Readonly<Record<string, string>> | null> {
  if (config.horizonUrl === null) return null;
  const { vault, assets, vaultReserve } = config.catalogue.settings;
  const found = (await ledgerAccount(config.horizonUrl, encodePublicKey(vault))) as {
    balances: { asset_type: string; asset_code?: string; asset_issuer?: string; balance: string }[];
  };
  const held = assets.map(({ identity }, id) => {
    const credit = creditOf(identity);
    const line = found.balances.find((balance) =>
      credit === null ? balance.asset_type === "native" : balance.asset_code === credit.code && balance.asset_issuer === encodePublicKey(credit.issuer),
    );
    const units = amountOrNull(line?.balance ?? "0") ?? 0n;
    return [config.catalogue.assetName(id), text(credit === null ? units - vaultReserve : units)] as const;
  });
  return Object.fromEntries(held);
}
