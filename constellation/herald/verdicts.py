"""An auditor's signed refusal of a batch."""

from constellation.protocol.errors import Divergence, ProtocolViolation, clip
from constellation.protocol.messages import Batch, Code, SignedVerdict, Verdict
from constellation.protocol.signing import Purpose, Signer, header_hash, signing_hash, verify


def sign_verdict(constellation: bytes, signer: Signer, error: Divergence, batch: Batch) -> SignedVerdict:
    """Why the auditor with ``signer`` refuses ``batch``."""
    header = batch.signed_header.header
    verdict = Verdict(header.number, header_hash(constellation, header), error.code, clip(error.message))
    return SignedVerdict(verdict, signer.sign_message(Purpose.VERDICT, constellation, verdict.to_xdr()))


def check_verdict(constellation: bytes, auditor: bytes, signed: SignedVerdict) -> None:
    """Check that the refusal is this auditor's word.

    Raises:
        ProtocolViolation: BAD_SIGNATURE.
    """
    if not verify(auditor, signing_hash(Purpose.VERDICT, constellation, signed.verdict.to_xdr()), signed.signature):
        raise ProtocolViolation(Code.BAD_SIGNATURE, "the signature of a verdict does not fit")
