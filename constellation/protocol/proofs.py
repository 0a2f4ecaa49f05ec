"""What a client needs in order to trust nobody: checks of acknowledgements, inclusion proofs and certificates.

Each check names what does not hold. They need the terms (settings and appointments, which name alpha and the
auditors) and nothing else.
"""

from constellation.protocol.errors import VerificationError
from constellation.protocol.merkle import leaf_hash, root_from_proof
from constellation.protocol.messages import (
    AccountEvent,
    BatchHeader,
    Certificate,
    Code,
    Finality,
    SignedHeader,
)
from constellation.protocol.quorum import check_quorum
from constellation.protocol.signing import header_hash, settings_constellation_id, verify, vote_hash
from constellation.protocol.terms import Terms


def check_signed_header(terms: Terms, signed: SignedHeader) -> bytes:
    """Check the signature of the alpha whose epoch it is; the header's hash.

    Raises:
        VerificationError: BAD_SIGNATURE, or WRONG_EPOCH where it is not known who was alpha.
    """
    number = signed.header.number
    digest = header_hash(settings_constellation_id(terms.settings), signed.header)
    try:
        alpha = terms.alpha_of(signed.header.epoch)
    except VerificationError as error:
        raise VerificationError(error.code, f"the header of batch {number}: {error.message}") from None
    if not verify(alpha, digest, signed.alpha_signature):
        raise VerificationError(Code.BAD_SIGNATURE, f"alpha's signature does not fit the header of batch {number}")
    return digest


def check_certificate(terms: Terms, certificate: Certificate) -> bytes:
    """Check that a quorum of the auditors of its time signed the certificate's header; the header's hash.

    Raises:
        VerificationError: UNAUTHORIZED, BAD_SIGNATURE or NOT_ENOUGH_SIGNATURES, naming the auditor, or WRONG_EPOCH
            where it is not known who was an auditor.
    """
    constellation = settings_constellation_id(terms.settings)
    digest = header_hash(constellation, certificate.header)
    try:
        members = terms.members_of(certificate.header.epoch)
        check_quorum(members, vote_hash(constellation, digest), certificate.signatures)
    except VerificationError as error:
        raise VerificationError(
            error.code, f"certificate of batch {certificate.header.number}: {error.message}"
        ) from None
    return digest


def check_finality(terms: Terms, finality: Finality) -> dict[int, bytes]:
    """Check a certificate and the ancestors that it covers through the hash chain.

    Returns:
        The hashes of the headers that it makes final, by batch number.

    Raises:
        VerificationError: those of :func:`check_certificate`, or BROKEN_CHAIN.
    """
    header = finality.certificate.header
    proven = {header.number: check_certificate(terms, finality.certificate)}
    constellation = settings_constellation_id(terms.settings)
    for ancestor in reversed(finality.ancestors):
        digest = header_hash(constellation, ancestor)
        if ancestor.number != header.number - 1 or digest != header.previous:
            raise VerificationError(Code.BROKEN_CHAIN, f"batch {ancestor.number} is not the parent of {header.number}")
        proven[ancestor.number] = digest
        header = ancestor
    return proven


def check_inclusion(header: BatchHeader, event: AccountEvent) -> None:
    """Check that ``header`` covers ``event``: the account's group lies under its quantum, the quantum under the header.

    Raises:
        VerificationError: QUANTA_ROOT_MISMATCH, naming the broken part.
    """
    leaf, group = event.leaf, event.group
    if group.apex != leaf.apex:
        raise VerificationError(
            Code.QUANTA_ROOT_MISMATCH, f"effects of quantum {group.apex} were shown for quantum {leaf.apex}"
        )
    if root_from_proof(leaf_hash(group.to_xdr()), event.group_proof) != leaf.effects:
        raise VerificationError(
            Code.QUANTA_ROOT_MISMATCH,
            f"the inclusion proof of the effects of quantum {leaf.apex} does not hold",
        )
    place = leaf.apex - header.first_apex
    size = header.last_apex - header.first_apex + 1
    if (event.leaf_proof.index, event.leaf_proof.size) != (place, size):
        raise VerificationError(
            Code.QUANTA_ROOT_MISMATCH, f"the inclusion proof is not for the place of quantum {leaf.apex}"
        )
    if root_from_proof(leaf_hash(leaf.to_xdr()), event.leaf_proof) != header.quanta_root:
        raise VerificationError(
            Code.QUANTA_ROOT_MISMATCH,
            f"the inclusion proof of quantum {leaf.apex} in batch {header.number} does not hold",
        )
