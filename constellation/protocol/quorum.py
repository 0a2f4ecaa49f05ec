"""Who the auditors are, how many of them are a quorum, and whether signatures make one."""

from collections.abc import Sequence
from typing import Protocol

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import AuditorSignature, Code, QuorumRule
from constellation.protocol.signing import verify
from constellation.protocol.strkey import encode_public_key


class Members(Protocol):
    """The auditors of a term: the settings', or those of an appointment.

    Attributes:
        auditors: their public keys.
        quorum_rule: how many are a quorum.
    """

    auditors: list[bytes]
    quorum_rule: QuorumRule


def quorum_of(members: Members) -> int:
    """The number of auditors whose signatures make something final (design, section 2)."""
    auditors = len(members.auditors)
    if members.quorum_rule is QuorumRule.TWO_THIRDS:
        return 2 * auditors // 3 + 1
    return auditors // 2 + 1


def check_quorum(members: Members, message: bytes, signatures: Sequence[AuditorSignature]) -> None:
    """Check that ``signatures`` are valid, by distinct auditors, and enough.

    Args:
        members: name the auditors and the rule.
        message: the 32 bytes that were signed.
        signatures: surplus ones must be valid, too.

    Raises:
        VerificationError: UNAUTHORIZED (not an auditor, or twice), BAD_SIGNATURE or NOT_ENOUGH_SIGNATURES.
    """
    signers: dict[bytes, None] = {}
    for item in signatures:
        name = encode_public_key(item.auditor)
        if item.auditor not in members.auditors:
            raise VerificationError(Code.UNAUTHORIZED, f"{name} is not an auditor of this constellation")
        if item.auditor in signers:
            raise VerificationError(Code.UNAUTHORIZED, f"auditor {name} is counted twice")
        if not verify(item.auditor, message, item.signature):
            raise VerificationError(Code.BAD_SIGNATURE, f"the signature of auditor {name} does not fit")
        signers[item.auditor] = None
    if len(signers) < quorum_of(members):
        raise VerificationError(
            Code.NOT_ENOUGH_SIGNATURES, f"{len(signers)} auditors signed, a quorum is {quorum_of(members)}"
        )
