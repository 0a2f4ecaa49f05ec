"""Whether those sign a request whose word it needs; looks at no state, so that it can be done in parallel.

That the signer may sign for the account is looked at when the request is executed (:mod:`constellation.quanta.keys`).
"""

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import KeyRotation, Request, RotateKey, SignedRequest
from constellation.protocol.signing import SIGNATURE_BYTES, Purpose, signing_hash, verify
from constellation.protocol.wallet_message import wallet_digest, wallet_text


def request_signature_fits(constellation: bytes, signed: Submission) -> bool:
    """Whether the named signer, or the account itself, signed the request, or the batch, for this constellation.

    What :mod:`constellation.protocol.wallet_message` has a text for may be signed as that text by an ordinary wallet. A
    rotation needs the new key's signature, too.
    """
    purpose = Purpose.REQUEST if isinstance(signed, SignedRequest) else Purpose.REQUEST_BATCH
    xdr = signed.to_xdr()[:-SIGNATURE_BYTES]  # the signature stands behind the request
    request = signed.request
    signer = request.account if request.signer is None else request.signer
    if not verify(signer, signing_hash(purpose, constellation, xdr), signed.signature):
        text = wallet_text(constellation, request) if isinstance(request, Request) else None
        return text is not None and verify(signer, wallet_digest(text), signed.signature)
    if isinstance(request, Request) and isinstance(request.operation, RotateKey):
        return _new_key_agrees(constellation, request, request.operation)
    return True


def _new_key_agrees(constellation: bytes, request: Request, rotation: RotateKey) -> bool:
    xdr = KeyRotation(request.account, request.nonce, rotation.new_key).to_xdr()
    return verify(rotation.new_key, signing_hash(Purpose.KEY_ROTATION, constellation, xdr), rotation.proof)
