"""An auditor's signed refusal of a batch."""

from constellation.protocol.errors import Divergence, clip
from constellation.protocol.messages import Batch, SignedVerdict, Verdict
from constellation.protocol.signing import KeyPair, Purpose, header_hash, signing_hash


def sign_verdict(constellation: bytes, key_pair: KeyPair, error: Divergence, batch: Batch) -> SignedVerdict:
    """Why the auditor with ``key_pair`` refuses ``batch``."""
    header = batch.signed_header.header
    verdict = Verdict(header.number, header_hash(constellation, header), error.code, clip(error.message))
    return SignedVerdict(verdict, key_pair.sign(signing_hash(Purpose.VERDICT, constellation, verdict.to_xdr())))
