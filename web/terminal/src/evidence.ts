/** What anybody can check of a constellation: its last batches, who signed them, and whether the vault holds what is owed. */

import { type Client, encodePublicKey, type Proven, type ProvenAccount, SeedKey, newSeed, Terms, VerificationFailed } from "@constellation/sdk";
import { type BatchHeader, Certificate, checkCertificate, equal, fromHex, headerHash } from "@constellation/sdk/protocol";
import { connectAs, theClient, clientState } from "./account.js";
import type { TerminalConfig } from "./config.js";
import { amountOrNull, text } from "./numbers.js";
import { creditOf, ledgerAccount } from "./stellar.js";

const BATCHES = 20;

interface BatchDocument {
  readonly number: number;
  readonly epoch: number;
  readonly version: number;
  readonly first_apex: number;
  readonly last_apex: number;
  /** ISO 8601, to the microsecond. */
  readonly time: string;
  readonly previous: string;
  readonly quanta_root: string;
  readonly state_root: string | null;
  readonly certificate: string;
}

export interface CheckedBatch {
  readonly number: bigint;
  /** What was signed; null where something does not hold. */
  readonly header: BatchHeader | null;
  /** Number of the batch whose certificate covers it. */
  readonly coveredBy: bigint;
  /** Addresses of those whose signatures hold. */
  readonly auditors: readonly string[];
  /** Null: a quorum has signed it, or a later header on it; else why that does not hold. */
  readonly problem: string | null;
}

/** The last batches of the history, each with its certificate checked here. The newest first. */
export async function lastBatches(config: TerminalConfig): Promise<readonly CheckedBatch[]> {
  const { history } = (await ask("/v1/status")) as { history: { batch: number } };
  const first = Math.max(1, history.batch - BATCHES + 1);
  const numbers = Array.from({ length: history.batch - first + 1 }, (_, place) => history.batch - place);
  const documents = (await Promise.all(numbers.map((number) => ask(`/v1/batches/${number}`)))) as BatchDocument[];
  const checkAll = (terms: Terms): CheckedBatch[] => {
    let later: CheckedBatch | null = null;
    return documents.map((document, place) => (later = check(terms, document, BigInt(numbers[place]!), later)));
  };
  const checked = checkAll(known ?? (await learnTerms(config)));
  return checked.every(({ problem }) => problem === null) ? checked : checkAll(await learnTerms(config));
}

let known: Terms | null = null;

/** Who the auditors are: as alpha proves it, also to who has no account, or, where none answers, as they were at genesis. */
async function learnTerms(config: TerminalConfig): Promise<Terms> {
  try {
    known = await withClient(({ terms }) => terms);
  } catch (error) {
    if (error instanceof VerificationFailed) throw error;
  }
  return known ?? new Terms(config.genesis);
}

/** Asks by the visitor's own connection, or for a moment as a stranger. */
async function withClient<T>(ask: (client: Client, isOwn: boolean) => T | Promise<T>): Promise<T> {
  if (clientState.value === "open") return ask(theClient(), true);
  const client = await connectAs(new SeedKey(newSeed()));
  try {
    return await ask(client, false);
  } finally {
    await client.close();
  }
}

function headerOf(document: BatchDocument): BatchHeader {
  return {
    version: document.version,
    epoch: BigInt(document.epoch),
    number: BigInt(document.number),
    firstApex: BigInt(document.first_apex),
    lastApex: BigInt(document.last_apex),
    timestamp: microsecondsOf(document.time),
    previous: fromHex(document.previous),
    quantaRoot: fromHex(document.quanta_root),
    stateRoot: document.state_root === null ? null : fromHex(document.state_root),
  };
}

/** The certificate is for the header that the figures make, or for a later one that leads back to it. */
function check(terms: Terms, document: BatchDocument, number: bigint, later: CheckedBatch | null): CheckedBatch {
  try {
    const header = headerOf(document);
    if (header.number !== number) throw new Error("another batch is shown in its place");
    const certificate = Certificate.decode(fromHex(document.certificate));
    const signed = checkCertificate(terms, certificate);
    const digest = headerHash(terms.constellation, header);
    const isParentOf = (child: BatchHeader | null | undefined): boolean => child?.number === number + 1n && equal(child.previous, digest);
    const isSigned = certificate.header.number === number && equal(signed, digest);
    if (isSigned || isParentOf(certificate.header)) {
      const auditors = certificate.signatures.map(({ auditor }) => encodePublicKey(auditor));
      return { number, header, coveredBy: certificate.header.number, auditors, problem: null };
    }
    if (!isParentOf(later?.header)) throw new Error("the certificate is for another header");
    return { ...later!, number, header };
  } catch (error) {
    return { number, header: null, coveredBy: number, auditors: [], problem: (error as Error).message };
  }
}

function microsecondsOf(time: string): bigint {
  const [seconds = "", fraction = ""] = time.replace("Z", "").split(".");
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
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
  const { members } = known ?? new Terms(config.genesis);
  const own = checked.filter(({ number, coveredBy, problem }) => number === coveredBy && problem === null);
  return members.auditors.map((key) => {
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
export function reserves(config: TerminalConfig): Promise<Reserves> {
  return withClient(async (client, isOwn) => {
    const totals = await client.proveTotals();
    const account = isOwn ? await client.proveAccount() : null;
    return { totals, account, vault: await vaultBalances(config).catch(() => null) };
  });
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
