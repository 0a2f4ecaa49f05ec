"""How many auditors are a quorum, and whether signatures make one."""

from collections.abc import Sequence

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import AuditorSignature, Code, QuorumRule, Settings
from constellation.protocol.signing import verify
from constellation.protocol.strkey import encode_public_key


def quorum_of(settings: Settings) -> int:
    """The number of auditors whose signatures make something final (design, section 2)."""
    auditors = len(settings.auditors)
    if settings.quorum_rule is QuorumRule.TWO_THIRDS:
        return 2 * auditors // 3 + 1
    return auditors // 2 + 1


def check_quorum(settings: Settings, message: bytes, signatures: Sequence[AuditorSignature]) -> None:
    """Check that ``signatures`` are valid, by distinct auditors, and enough.

    Args:
        settings: name the auditors and the rule.
        message: the 32 bytes that were signed.
        signatures: surplus ones must be valid, too.

    Raises:
        VerificationError: UNAUTHORIZED (not an auditor, or twice), BAD_SIGNATURE or NOT_ENOUGH_SIGNATURES.
    """
    signers: dict[bytes, None] = {}
    for item in signatures:
        name = encode_public_key(item.auditor)
        if item.auditor not in settings.auditors:
            raise VerificationError(Code.UNAUTHORIZED, f"{name} is not an auditor of this constellation")
        if item.auditor in signers:
            raise VerificationError(Code.UNAUTHORIZED, f"auditor {name} is counted twice")
        if not verify(item.auditor, message, item.signature):
            raise VerificationError(Code.BAD_SIGNATURE, f"the signature of auditor {name} does not fit")
        signers[item.auditor] = None
    if len(signers) < quorum_of(settings):
        raise VerificationError(
            Code.NOT_ENOUGH_SIGNATURES, f"{len(signers)} auditors signed, a quorum is {quorum_of(settings)}"
        )
