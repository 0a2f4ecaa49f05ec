"""The mutual handshake that opens every connection, without I/O.

::

    who connects                          who accepts
      Hello(role, key, challenge)  ──────▶
                                   ◀──────  HelloReply(key, challenge, signature over the transcript)
      HelloProof(signature)        ──────▶

Each side signs the same transcript, which holds both challenges, both keys and the signer's role, so that neither
an old answer nor the other side's own signature can be played back. Challenges come from the caller: the protocol
draws no random numbers.
"""

from collections.abc import Sequence

from constellation.protocol.errors import ProtocolViolation, VerificationError
from constellation.protocol.messages import (
    PROTOCOL_VERSION,
    PROTOCOL_VERSION_OLDEST,
    Code,
    HandshakeTranscript,
    Hello,
    HelloProof,
    HelloReply,
    Role,
    SignedAppointment,
)
from constellation.protocol.signing import Purpose, Signer, SignerUnavailable, signing_hash, verify
from constellation.protocol.terms import Terms, check_appointments


def _transcript_hash(signer: Role, hello: Hello, version: int, key: bytes, challenge: bytes) -> bytes:
    transcript = HandshakeTranscript(signer, hello, version, key, challenge)
    return signing_hash(Purpose.HANDSHAKE, hello.constellation, transcript.to_xdr())


def _sign(signer: Signer, transcript: HandshakeTranscript) -> bytes:
    try:
        return signer.sign_message(Purpose.HANDSHAKE, transcript.hello.constellation, transcript.to_xdr())
    except SignerUnavailable as error:
        raise ProtocolViolation(Code.NOT_READY, f"this side cannot prove its key now: {error}") from None


def common_version(oldest: int, newest: int) -> int:
    """The newest version of the protocol that is spoken here and by somebody who speaks ``oldest`` to ``newest``.

    Raises:
        ProtocolViolation: UNSUPPORTED_VERSION: there is none.
    """
    version = min(newest, PROTOCOL_VERSION)
    if version < max(oldest, PROTOCOL_VERSION_OLDEST):
        raise ProtocolViolation(
            Code.UNSUPPORTED_VERSION,
            f"versions {PROTOCOL_VERSION_OLDEST} to {PROTOCOL_VERSION} of the protocol are spoken here, "
            f"{oldest} to {newest} by the other side: the older of the two must be upgraded",
        )
    return version


class InitiatorHandshake:
    """The side that connects.

    Args:
        signer: own identity.
        role: CLIENT or AUDITOR.
        constellation: the constellation's id.
        terms: as far as they are known here: an answer by anybody but their alpha, or one appointed since, is refused.
        challenge: 32 fresh random bytes.
        account: that a client signs for; None: that of its own key.

    Attributes:
        terms: with what the other side has shown.
    """

    def __init__(
        self,
        signer: Signer,
        role: Role,
        constellation: bytes,
        terms: Terms,
        challenge: bytes,
        account: bytes | None = None,
    ) -> None:
        self._signer = signer
        self.terms = terms
        self.hello = Hello(
            PROTOCOL_VERSION, PROTOCOL_VERSION_OLDEST, constellation, role, signer.public, account, challenge
        )

    def receive(self, reply: HelloReply) -> HelloProof:
        """The proof that answers a valid reply.

        Raises:
            ProtocolViolation: UNSUPPORTED_VERSION, UNAUTHORIZED (another key), BAD_SIGNATURE, or NOT_READY (this side
                cannot sign).
        """
        common_version(reply.version, reply.version)
        self._take_appointments(reply)
        if reply.key != self.terms.alpha:
            raise ProtocolViolation(Code.UNAUTHORIZED, "the other side is not this constellation's alpha")
        digest = _transcript_hash(Role.ALPHA, self.hello, reply.version, reply.key, reply.challenge)
        if not verify(reply.key, digest, reply.signature):
            raise ProtocolViolation(Code.BAD_SIGNATURE, "alpha's signature in the handshake does not fit")
        own = HandshakeTranscript(self.hello.role, self.hello, reply.version, reply.key, reply.challenge)
        return HelloProof(_sign(self._signer, own))

    def _take_appointments(self, reply: HelloReply) -> None:
        """An alpha that was appointed since shows it; one that shows less than is known here was replaced."""
        if len(reply.appointments) <= self.terms.term:
            return
        try:
            shown = check_appointments(self.terms.settings, reply.appointments)
        except VerificationError as error:
            raise ProtocolViolation(error.code, error.message) from None
        if not shown.continues(self.terms):
            raise ProtocolViolation(Code.UNAUTHORIZED, "the other side shows another appointment than the known one")
        self.terms = shown


class ResponderHandshake:
    """The side that accepts: alpha.

    Args:
        signer: alpha's identity.
        role: the role that may connect here.
        constellation: the constellation's id.
        appointments: all of them: why this key is alpha's.
        challenge: 32 fresh random bytes.

    Attributes:
        version: that is spoken, once the hello was received.
    """

    def __init__(
        self,
        signer: Signer,
        role: Role,
        constellation: bytes,
        appointments: Sequence[SignedAppointment],
        challenge: bytes,
    ) -> None:
        self._signer = signer
        self._appointments = list(appointments)
        self._role = role
        self._constellation = constellation
        self._challenge = challenge
        self._hello: Hello | None = None
        self.version = PROTOCOL_VERSION

    def receive_hello(self, hello: Hello) -> HelloReply:
        """The reply to a hello for this constellation and role.

        Raises:
            ProtocolViolation: UNSUPPORTED_VERSION, WRONG_CONSTELLATION, UNAUTHORIZED (role), UNEXPECTED_MESSAGE, or
                NOT_READY (alpha cannot sign).
        """
        if self._hello is not None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "a second hello on one connection")
        self.version = common_version(hello.oldest_version, hello.version)
        if hello.constellation != self._constellation:
            raise ProtocolViolation(
                Code.WRONG_CONSTELLATION,
                f"this is constellation {self._constellation.hex()}, not {hello.constellation.hex()}",
            )
        if hello.role is not self._role:
            raise ProtocolViolation(Code.UNAUTHORIZED, f"only the role {self._role.name} may connect here")
        if hello.account is not None and hello.role is not Role.CLIENT:
            raise ProtocolViolation(Code.UNAUTHORIZED, "only a client can sign for an account")
        self._hello = hello
        key = self._signer.public
        signature = _sign(self._signer, HandshakeTranscript(Role.ALPHA, hello, self.version, key, self._challenge))
        return HelloReply(self.version, key, self._challenge, self._appointments, signature)

    @property
    def account(self) -> bytes | None:
        """What a client says it signs for, if not for the account of its own key; alpha looks whether it may."""
        return None if self._hello is None else self._hello.account

    def receive_proof(self, proof: HelloProof) -> bytes:
        """The proven key of the other side.

        Raises:
            ProtocolViolation: UNEXPECTED_MESSAGE or BAD_SIGNATURE.
        """
        hello = self._hello
        if hello is None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "a proof before the hello")
        digest = _transcript_hash(hello.role, hello, self.version, self._signer.public, self._challenge)
        if not verify(hello.key, digest, proof.signature):
            raise ProtocolViolation(Code.BAD_SIGNATURE, "the signature in the handshake does not fit the key")
        return hello.key
