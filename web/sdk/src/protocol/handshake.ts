/**
 * The client's side of the mutual handshake: each side signs the same transcript, which holds both challenges, both
 * keys and the signer's role.
 */

import { VerificationError } from "./errors.js";
import {
  Code,
  HandshakeTranscript,
  type Hello,
  type HelloReply,
  PROTOCOL_VERSION,
  PROTOCOL_VERSION_OLDEST,
  Role,
} from "./messages/index.js";
import { equal } from "./bytes.js";
import { Purpose, signingHash, verify } from "./signing.js";
import { checkAppointments, type Terms } from "./terms.js";

/** The first message on a connection. `account` is null where the key signs for its own. */
export function helloOf(terms: Terms, key: Uint8Array, account: Uint8Array | null, challenge: Uint8Array): Hello {
  const versions = { version: PROTOCOL_VERSION, oldestVersion: PROTOCOL_VERSION_OLDEST };
  return { ...versions, constellation: terms.constellation, role: Role.CLIENT, key, account, challenge };
}

/**
 * Checks that the one who replies is alpha.
 *
 * @returns what proves the client's own key when it is signed, and the terms with what alpha has shown.
 * @throws VerificationError: UNSUPPORTED_VERSION, UNAUTHORIZED or BAD_SIGNATURE.
 */
export function checkReply(terms: Terms, hello: Hello, reply: HelloReply): { digest: Uint8Array; terms: Terms } {
  if (reply.version < PROTOCOL_VERSION_OLDEST || reply.version > PROTOCOL_VERSION) {
    const spoken = `versions ${PROTOCOL_VERSION_OLDEST} to ${PROTOCOL_VERSION} of the protocol are spoken here`;
    const message = `${spoken}, ${reply.version} by alpha: this SDK must be upgraded`;
    throw new VerificationError(Code.UNSUPPORTED_VERSION, message);
  }
  const shown = withAppointments(terms, reply);
  if (!equal(reply.key, shown.alpha)) {
    throw new VerificationError(Code.UNAUTHORIZED, "the other side is not this constellation's alpha");
  }
  if (!verify(reply.key, transcriptHash(Role.ALPHA, hello, reply), reply.signature)) {
    throw new VerificationError(Code.BAD_SIGNATURE, "alpha's signature in the handshake does not fit");
  }
  return { digest: transcriptHash(hello.role, hello, reply), terms: shown };
}

function transcriptHash(signer: Role, hello: Hello, reply: HelloReply): Uint8Array {
  const { version, key, challenge } = reply;
  const transcript = HandshakeTranscript.encode({ signer, hello, version, key, challenge });
  return signingHash(Purpose.HANDSHAKE, hello.constellation, transcript);
}

/** An alpha that was appointed since shows it; one that shows less than is known here was replaced. */
function withAppointments(known: Terms, reply: HelloReply): Terms {
  if (reply.appointments.length <= known.term) return known;
  const shown = checkAppointments(known.settings, reply.appointments);
  if (shown.continues(known)) return shown;
  throw new VerificationError(Code.UNAUTHORIZED, "the other side shows another appointment than the known one");
}
