/**
 * Where a client looks for alpha, without I/O.
 *
 * A quorum's appointment says where alpha is. An alpha that was replaced can say it, too, but that is a hint only:
 * whoever is there must prove to be alpha, and until then the client comes back to where alpha last did.
 */

import { ConnectionClosed, type SdkError, VerificationFailed } from "./errors.js";

const HINTS_MAX = 8; // in one term

export class Route {
  /** The next place. */
  url: string;
  #home: string;
  #hint: string | null = null;
  #term = 0;
  readonly #left = new Set<string>();

  constructor(url: string) {
    this.url = this.#home = url;
  }

  /** Whether nothing but a hint speaks for the present place. */
  get followsHint(): boolean {
    return this.url !== this.#home;
  }

  /** Alpha of this term has proven itself at the present place. */
  proven(term: number): void {
    this.#home = this.url;
    this.#hint = null;
    if (term > this.#term) {
      this.#term = term;
      this.#left.clear();
    }
  }

  /** A quorum of auditors says that alpha of a later term is at `url`. */
  appointed(url: string, term: number): void {
    this.url = url;
    this.proven(term);
  }

  /** The connection has ended: chooses the next place; whether that is a new hint. */
  ended(reason: SdkError, wasProven: boolean): boolean {
    if (wasProven) return this.#takeHint(reason);
    if (this.followsHint) {
      // Somebody else is there; alpha may not have started yet where nobody is.
      if (reason instanceof VerificationFailed) this.#hint = null;
      this.url = this.#home;
    } else if (this.#hint !== null) {
      this.url = this.#hint;
    }
    return false;
  }

  #takeHint(reason: SdkError): boolean {
    if (!(reason instanceof ConnectionClosed) || reason.code !== "MOVED") return false;
    this.#left.add(this.url);
    const url = reason.reason;
    if (this.#left.has(url) || this.#left.size > HINTS_MAX || !isLike(this.url, url)) return false;
    this.url = this.#hint = url;
    return true;
  }
}

/** Whether `url` is a WebSocket's address, encrypted where the known one is. */
function isLike(known: string, url: string): boolean {
  try {
    const { protocol, hostname, hash, username, password } = new URL(url);
    const isPlain = hostname !== "" && hash === "" && username === "" && password === "";
    return isPlain && (protocol === "ws:" || protocol === "wss:") && protocol === new URL(known).protocol;
  } catch {
    return false;
  }
}
