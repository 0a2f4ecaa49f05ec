/**
 * Which settings are in force, as far as it is proven.
 *
 * The client starts with the settings that its program trusts, those of genesis, and takes others only with a proof:
 * the entry of the settings and the counters, which name their version, under one checkpoint that a quorum of auditors
 * has certified. What alpha says in its welcome is only a reason to ask.
 */

import { VerificationFailed } from "./errors.js";
import { equal, toHex } from "./protocol/bytes.js";
import { type ClientMessage, type Settings, StateEntryType, type StateProof } from "./protocol/messages/index.js";
import { constellationId, settingsHash } from "./protocol/signing.js";
import { checkEntry, entryKey, type ProvenEntry } from "./protocol/stateProofs.js";
import type { Terms } from "./protocol/terms.js";
import { checked } from "./verifier.js";

const TRIES = 5; // a checkpoint can come between two answers; seldom twice
const KINDS = [StateEntryType.COUNTERS_ENTRY, StateEntryType.SETTINGS_ENTRY] as const;
const NOTHING = new Uint8Array(0);

export class SettingsKeeper {
  /** In force, as far as it is proven. */
  settings: Settings;
  /** How often they were changed until then. */
  version = 0n;
  /** The last quantum of the newest checkpoint that was looked at. */
  apex = 0n;
  #claimed: { version: bigint; digest: Uint8Array };
  #asked = new Map<bigint, StateEntryType>();
  #found = new Map<StateEntryType, ProvenEntry>();
  #tries = 0;

  /** @param genesis - the settings that the program trusts. */
  constructor(private readonly genesis: Settings) {
    this.settings = genesis;
    this.#claimed = { version: 0n, digest: settingsHash(genesis) };
  }

  /** Whether alpha has told of a later version than the proven one. */
  get isBehind(): boolean {
    return this.#claimed.version > this.version;
  }

  /** Whether a proof is on its way. */
  get isAsking(): boolean {
    return this.#asked.size > 0;
  }

  /** Whether the last answers were under different checkpoints, and not for the umpteenth time. */
  get mustAskAgain(): boolean {
    return this.#tries % TRIES > 0;
  }

  /** Alpha says which settings are in force; throws where it contradicts what is proven. */
  claim(settings: Settings, version: bigint): void {
    const [own, theirs] = [settingsHash(this.settings), settingsHash(settings)];
    if (version < this.version) {
      throw new VerificationFailed("settings", `alpha has settings version ${version}, ${this.version} is proven`);
    }
    if (version === this.version && !equal(own, theirs)) {
      const message = `alpha has settings ${toHex(theirs)}, this client has ${toHex(own)}`;
      throw new VerificationFailed("settings", message);
    }
    this.#claimed = { version, digest: theirs };
  }

  /** No answer will come any more. */
  disconnected(): void {
    this.#asked.clear();
    this.#found.clear();
  }

  /** What to ask alpha; nothing while an answer is on its way. */
  questions(nextId: () => bigint): ClientMessage[] {
    if (this.isAsking) return [];
    this.#found.clear();
    return KINDS.map((kind) => {
      const requestId = nextId();
      this.#asked.set(requestId, kind);
      return { type: "QUERY_PROOF", value: { requestId, kind, identity: NOTHING } };
    });
  }

  /** Whether this is a question of this object. */
  hasAsked(requestId: bigint): boolean {
    return this.#asked.has(requestId);
  }

  /** Alpha has refused something; if it was a question of this object, that is over. */
  refused(requestId: bigint): void {
    if (this.#asked.has(requestId)) this.disconnected();
  }

  /** Takes a proof that was asked for; whether it was the last one. */
  receive(terms: Terms, proof: StateProof): boolean {
    const kind = this.#asked.get(proof.requestId)!;
    this.#asked.delete(proof.requestId);
    this.#found.set(
      kind,
      checked("settings", () => checkEntry(terms, entryKey(kind, NOTHING), proof)),
    );
    if (this.isAsking) return false;
    const [counters, settings] = KINDS.map((one) => this.#found.get(one)!) as [ProvenEntry, ProvenEntry];
    this.#found.clear();
    this.#tries += 1;
    if (equal(counters.digest, settings.digest)) {
      this.#tries = 0;
      this.#adopt(counters, settings);
    }
    return true;
  }

  #adopt(counters: ProvenEntry, settings: ProvenEntry): void {
    if (counters.entry?.type !== "COUNTERS_ENTRY" || settings.entry?.type !== "SETTINGS_ENTRY") {
      throw new VerificationFailed("settings", "alpha shows other entries than those that were asked for");
    }
    const version = counters.entry.value.settingsVersion;
    const found = settings.entry.value;
    if (!equal(constellationId(found), constellationId(this.genesis))) {
      throw new VerificationFailed("settings", "the proven settings are another constellation's");
    }
    if (counters.header.lastApex > this.apex) this.apex = counters.header.lastApex;
    if (version < this.version) return; // an old checkpoint: proven, but not news
    if (version === this.#claimed.version && !equal(settingsHash(found), this.#claimed.digest)) {
      throw new VerificationFailed("settings", `alpha told other settings of version ${version} than are proven`);
    }
    const isSame = version === this.version && equal(settingsHash(found), settingsHash(this.settings));
    if (!isSame) this.settings = found;
    this.version = version;
  }
}
