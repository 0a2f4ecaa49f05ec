"""An auditor's signed refusal of a batch."""

from constellation.protocol.errors import Divergence, clip
from constellation.protocol.messages import Batch, SignedVerdict, Verdict
from constellation.protocol.signing import Purpose, Signer, header_hash


def sign_verdict(constellation: bytes, signer: Signer, error: Divergence, batch: Batch) -> SignedVerdict:
    """Why the auditor with ``signer`` refuses ``batch``."""
    header = batch.signed_header.header
    verdict = Verdict(header.number, header_hash(constellation, header), error.code, clip(error.message))
    return SignedVerdict(verdict, signer.sign_message(Purpose.VERDICT, constellation, verdict.to_xdr()))
