"""Whether auditors' signatures make a quorum."""

from hashlib import sha256

from constellation.protocol.messages import AuditorSignature, Code, Settings
from constellation.protocol.signing import verify
from constellation.testing.naive.records import smallest_quorum

LEDGER_REPORT = b"\0\0\0\x08"
APPOINTMENT = b"\0\0\0\x09"
PROPOSAL = b"\0\0\0\x0a"


def why_refuse_signatures(
    settings: Settings, purpose: bytes, message: bytes, signatures: list[AuditorSignature]
) -> Code | None:
    """The code that a message with these signatures is refused with, if it is."""
    constellation = sha256(settings.network_passphrase.encode() + settings.vault).digest()
    digest = sha256(b"Constellation signed message 1\0" + constellation + purpose + message).digest()
    signers = [signature.auditor for signature in signatures]
    for place, signature in enumerate(signatures):
        if signature.auditor not in settings.auditors or signature.auditor in signers[:place]:
            return Code.UNAUTHORIZED
        if not verify(signature.auditor, digest, signature.signature):
            return Code.BAD_SIGNATURE
    is_enough = len(signers) >= smallest_quorum(settings.auditors, settings.quorum_rule)
    return None if is_enough else Code.NOT_ENOUGH_SIGNATURES
