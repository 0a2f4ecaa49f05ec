"""One tree of errors, split by who is to blame, each with a stable code (``xdr/codes.x``).

::

    ConstellationError
    ├── Rejection           the request is refused: nothing was sequenced, nothing changed (REJECT)
    ├── ProtocolViolation   the peer broke the protocol: its connection is closed (CLOSE)
    ├── Divergence          sequenced data is wrong: this node stops signing and serving (HALT)
    ├── UnknownRules        this software is too old for what comes next: this node stops until it is upgraded (HALT)
    └── VerificationError   a proof, certificate or archive does not hold

Decoding and encoding errors (``MalformedMessage``, ``UnencodableMessage``) live in :mod:`constellation.protocol.xdr`.
"""

from typing import Final

from constellation.protocol.messages import Code

MESSAGE_MAX_BYTES: Final = 256
"""Of ``Closing.message``, ``Rejected.message`` and ``Verdict.reason``, as the wire declares."""


class ConstellationError(Exception):
    """Base of all errors that carry a stable code.

    Args:
        code: what went wrong, stable over versions.
        message: one sentence for a person, naming the offending value and the limit.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(f"{code.name} ({code.value}): {message}")
        self.code = code
        self.message = message


class Rejection(ConstellationError):
    """A request is refused before it is sequenced; the state is unchanged."""


class ProtocolViolation(ConstellationError):
    """The peer sent what the protocol does not allow here."""


class Divergence(ConstellationError):
    """Sequenced data contradicts the rules or this node's own result."""


class UnknownRules(ConstellationError):
    """A quorum has decided on rules that this version of the software does not know; nothing is wrong."""


class VerificationError(ConstellationError):
    """A proof, a certificate or a chain of headers does not hold."""


def clip(message: str) -> str:
    """``message`` cut to what the wire allows, between characters."""
    return message.encode(errors="replace")[:MESSAGE_MAX_BYTES].decode(errors="ignore")
