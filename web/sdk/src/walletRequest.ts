/** What the owner of an account signs with a Stellar wallet that can sign messages (SEP-53). */

import { InvalidRequest } from "./errors.js";
import { type Address, keyOf } from "./operations.js";
import type { Submission } from "./protocol/leaves.js";
import type { Operation, Request, Settings } from "./protocol/messages/index.js";
import { constellationId, SIGNATURE_BYTES, verify } from "./protocol/signing.js";
import { walletDigest, walletText } from "./protocol/walletMessage.js";

const WAY_US = 5_000_000n; // between our estimate of alpha's clock and its time when it gets the request

export class WalletRequest {
  constructor(
    /** What the text says. */
    readonly request: Request,
    /** For the wallet to show and sign, exactly as it is. */
    readonly text: string,
  ) {}

  /**
   * The request with the wallet's signature, for `Client.bring`.
   *
   * @param signature - 64 bytes, or their base64 text.
   * @throws InvalidRequest: it is no signature of this text by the account's owner.
   */
  signed(signature: Uint8Array | string): Submission {
    const bytes = typeof signature === "string" ? fromBase64(signature) : signature;
    const signer = this.request.signer ?? this.request.account;
    if (bytes.length !== SIGNATURE_BYTES || !verify(signer, walletDigest(this.text), bytes)) {
      throw new InvalidRequest("the wallet's signature does not fit the text, or is by another key");
    }
    return { type: "REQUEST", value: { request: this.request, signature: bytes } };
  }
}

/**
 * A request for a wallet to sign, valid for nearly as long as one may be.
 *
 * @param owner - the key that owns the account, where that is not its own.
 */
export function walletRequest(
  settings: Settings,
  nowUs: bigint,
  account: Uint8Array,
  owner: Address | undefined,
  operation: Extract<Operation, { type: "APPOINT_AGENT" | "DISMISS_AGENT" | "REGISTER_ROUTING" }>,
): WalletRequest {
  const limitUs = settings.limits.validityUs;
  const spare = limitUs / 10n < WAY_US ? limitUs / 10n : WAY_US;
  const signer = owner === undefined ? null : keyOf(owner);
  const request: Request = { account, signer, nonce: nowUs, validUntil: nowUs + limitUs - spare, operation };
  return new WalletRequest(request, walletText(constellationId(settings), request)!);
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new InvalidRequest("the wallet's signature is not base64");
  }
}
