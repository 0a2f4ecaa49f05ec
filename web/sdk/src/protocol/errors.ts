/** The error of everything that does not hold. */

import { Code } from "./messages/index.js";
import { nameOf } from "./xdr.js";

/** A proof, a certificate or a chain of headers does not hold. */
export class VerificationError extends Error {
  override readonly name = "VerificationError";

  constructor(
    readonly code: Code,
    readonly reason: string,
  ) {
    super(`${nameOf(Code, code)} (${code}): ${reason}`);
  }

  /** The same, said of something that it is a part of. */
  of(what: string): VerificationError {
    return new VerificationError(this.code, `${what}: ${this.reason}`);
  }
}

/** What `check` returns; where it does not hold, the error names what it is a part of. */
export function saidOf<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof VerificationError ? error.of(what) : error;
  }
}
