/**
 * The browser's own key, kept where scripts can use it and nobody can read it: a non-extractable key of WebCrypto in IndexedDB.
 */

import { signal } from "@preact/signals";
import { hasWebCrypto, newSeed, SeedKey, type Signer, WebCryptoKey } from "@constellation/sdk";

export interface KeptAgent {
  readonly account: string;
  readonly key: Signer & { readonly address: string };
}

interface Record {
  readonly account: string;
  readonly pair: CryptoKeyPair;
}

const DATABASE = "constellation";
const STORE = "agents";

/** A key for this browser: where WebCrypto has no Ed25519, one in memory that a reload forgets. */
export async function newAgent(): Promise<Signer & { readonly address: string }> {
  return (await hasWebCrypto()) ? WebCryptoKey.generate() : new SeedKey(newSeed());
}

/** Whether the key will be there after a reload. */
export const keyStays = signal(false);

/** Keeps the agent of an account for this constellation, where this browser can. */
export async function keepAgent(constellation: string, { account, key }: KeptAgent): Promise<void> {
  keyStays.value = false;
  if (!(key instanceof WebCryptoKey)) return;
  const record: Record = { account, pair: key.pair };
  try {
    await inStore("readwrite", (store) => store.put(record, constellation));
    keyStays.value = true;
  } catch {
    // no IndexedDB here, as in some private windows
  }
}

/** The agent that is kept for this constellation. */
export async function keptAgent(constellation: string): Promise<KeptAgent | null> {
  try {
    const kept = await stored(constellation);
    if (kept !== null) keyStays.value = true;
    return kept;
  } catch {
    return null;
  }
}

/** Forgets a kept agent; another one that has its place meanwhile, perhaps by another tab, is left alone. */
export async function forgetAgent(constellation: string, { key }: KeptAgent): Promise<void> {
  if (!keyStays.value) return;
  const kept = await stored(constellation);
  if (kept !== null && kept.key.address !== key.address) return;
  await inStore("readwrite", (store) => store.delete(constellation));
  keyStays.value = false;
}

async function stored(constellation: string): Promise<KeptAgent | null> {
  const record = (await inStore("readonly", (store) => store.get(constellation))) as Record | undefined;
  return record === undefined ? null : { account: record.account, key: await WebCryptoKey.fromPair(record.pair) };
}

async function inStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await done(openDatabase());
  try {
    return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function openDatabase(): IDBOpenDBRequest {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return opening;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}
