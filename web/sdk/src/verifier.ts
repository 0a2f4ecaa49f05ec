/** What the client checks of everything that alpha says; see `protocol/proofs.ts` for the proofs. */

import { VerificationFailed } from "./errors.js";
import { equal, toHex } from "./protocol/bytes.js";
import { VerificationError } from "./protocol/errors.js";
import type { Submission } from "./protocol/leaves.js";
import type { AccountEvent, Acknowledgement, BatchHeader, Finality, Settings } from "./protocol/messages/index.js";
import { checkFinality, checkInclusion, checkSignedHeader } from "./protocol/proofs.js";
import { encodePublicKey } from "./protocol/strkey.js";
import { Terms } from "./protocol/terms.js";
import { UINT64_MAX } from "./protocol/amounts.js";

/** Remembered headers: a second one for an old number is noticed as long as it can still become final. */
const HEADERS_MAX = 1024;

/** The account's effects of one quantum, proven to be under a header that alpha signed, whose hash is `digest`. */
export interface VerifiedEvent {
  readonly header: BatchHeader;
  readonly digest: Uint8Array;
  readonly event: AccountEvent;
}

/** Proof that a quantum is final, which anybody can check who knows the settings; see `checkFinal`. */
export interface FinalProof {
  readonly batch: bigint;
  /** What the auditors signed. */
  readonly headerHash: Uint8Array;
  /** The certificate, and the headers in between where it is a later batch's. */
  readonly finality: Finality;
  /** The quantum, its effects on the account and the path to the header. */
  readonly event: AccountEvent;
  /** Addresses of those who signed. */
  readonly auditors: readonly string[];
}

/** Checks from scratch that `finality` makes `event` final; throws a `VerificationFailed` where it does not. */
export function checkFinal(known: Settings | Terms, event: AccountEvent, finality: Finality): FinalProof {
  const terms = known instanceof Terms ? known : new Terms(known);
  const proven = checked("certificate", () => checkFinality(terms, finality));
  const header = finality.ancestors[0] ?? finality.certificate.header;
  checked("inclusion proof", () => checkInclusion(header, event));
  return finalProof({ header, digest: proven.get(header.number)!, event }, finality);
}

/** The proof for an event and what makes its header final, both checked. */
export function finalProof({ header, digest, event }: VerifiedEvent, { certificate, ancestors }: Finality): FinalProof {
  return {
    batch: header.number,
    headerHash: digest,
    finality: { certificate, ancestors: ancestors.filter((ancestor) => ancestor.number >= header.number) },
    event,
    auditors: certificate.signatures.map((item) => encodePublicKey(item.auditor)),
  };
}

/** What `check` returns; where it does not hold, the client's error names `what`. */
export function checked<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof VerificationError ? new VerificationFailed(what, error.reason) : error;
  }
}

/** Checks for one account of one constellation. */
export class Verifier {
  /** Who is alpha, as far as alpha has shown it. */
  terms: Terms;
  readonly #account: Uint8Array;
  readonly #digests = new Map<string, Uint8Array>();

  constructor(settings: Settings, account: Uint8Array) {
    this.terms = new Terms(settings);
    this.#account = account;
  }

  /**
   * Checks alpha's signature and every event.
   *
   * @param isBrought - whether an event of another account answers what this client has brought for it.
   */
  acknowledgement(message: Acknowledgement, isBrought: (event: AccountEvent) => boolean): VerifiedEvent[] {
    const { header } = message.signedHeader;
    const digest = checked("header", () => checkSignedHeader(this.terms, message.signedHeader));
    this.#checkHistory(header, digest);
    for (const event of message.events) {
      if (!equal(event.group.account, this.#account) && !isBrought(event)) {
        throw new VerificationFailed("account", `effects of another account in quantum ${event.leaf.apex}`);
      }
      checked("inclusion proof", () => checkInclusion(header, event));
      checkNumbers(event);
      if (event.leaf.timestamp > header.timestamp) {
        const message = `quantum ${event.leaf.apex} is later than the end of its batch ${header.number}`;
        throw new VerificationFailed("timestamp", message);
      }
    }
    return message.events.map((event) => ({ header, digest, event }));
  }

  /** One epoch has one header per number: a second one is fraud. */
  #checkHistory(header: BatchHeader, digest: Uint8Array): void {
    const key = `${header.epoch}/${header.number}`;
    const known = this.#digests.get(key);
    if (known !== undefined && !equal(known, digest)) {
      const message = `alpha signed two different headers for batch ${header.number} of epoch ${header.epoch}`;
      throw new VerificationFailed("history", message);
    }
    this.#digests.set(key, digest);
    dropOldest(this.#digests, HEADERS_MAX);
  }

  /** Checks that an event is what became of a submission; of which operation, by its place. */
  answer({ event: { leaf } }: VerifiedEvent, submission: Submission, bodies: readonly string[]): number {
    const place = bodies.indexOf(toHex(leaf.body));
    if (place < 0) {
      throw new VerificationFailed("request", `quantum ${leaf.apex} carries another request than the one it answers`);
    }
    if (leaf.timestamp > submission.value.request.validUntil) {
      throw new VerificationFailed("timestamp", `quantum ${leaf.apex} was executed after the request had expired`);
    }
    return place;
  }

  /** Checks the auditors' signatures and the chain; the hashes of the headers that are final by it, by number. */
  finality(message: Finality): Map<bigint, Uint8Array> {
    return checked("certificate", () => checkFinality(this.terms, message));
  }
}

/** An account's effects are numbered from 1, and a quantum that shows none would have no number. */
function checkNumbers({ leaf, group }: AccountEvent): void {
  const last = group.firstNumber + BigInt(group.effects.length) - 1n;
  if (group.firstNumber < 1n || last < group.firstNumber || last > UINT64_MAX) {
    const message = `quantum ${leaf.apex} shows ${group.effects.length} effects from number ${group.firstNumber} on`;
    throw new VerificationFailed("events", message);
  }
}

/** Keeps a map at a size: what was put first goes first. */
export function dropOldest<K>(map: Map<K, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
