"""A constellation with a past, made once, and a hand that signs what its members would never sign."""

from dataclasses import replace
from functools import cache
from typing import Any

from constellation.protocol.messages import (
    Appointment,
    AuditorSignature,
    Certificate,
    EpochOpening,
    ForgottenVote,
    GovernanceCommit,
    KeyRotation,
    LedgerCommit,
    Promise,
    Request,
    RotateKey,
    SignedAppointment,
    SignedHeader,
    SignedLedgerReport,
    SignedPromise,
    SignedProposal,
    SignedRequest,
    SignedRequestBatch,
    SignedVerdict,
    Vote,
)
from constellation.protocol.signing import KeyPair, Purpose, header_hash, settings_hash, signing_hash, vote_hash
from constellation.protocol.terms import Terms, sign_appointment
from constellation.testing.flow.keys import KEYS
from constellation.testing.world import World, key_of
from fuzzing.edits import forget_encodings, places
from tests.snapshots.archives import History

TRADERS = [key_of(f"trader {number}") for number in range(4)]
OTHER_ALPHA = key_of("other alpha")


@cache
def past() -> History:
    """Eight batches or so, in two epochs: deposits and random requests, with checkpoints and certificates."""
    return History(count=4, quanta=5)


def world() -> World:
    """That the past is of; never changed."""
    made: World = past().world
    return made


@cache
def appointed() -> Terms:
    """The terms of that world with another alpha."""
    auditors = world().settings.auditors
    appointment = Appointment(1, OTHER_ALPHA.public, auditors, world().settings.quorum_rule, "ws://a:1", "ws://a:2")
    signatures = [sign_appointment(world().settings, key, appointment) for key in world().auditors[:2]]
    return Terms(world().settings, (SignedAppointment(appointment, signatures),))


@cache
def keys() -> dict[bytes, KeyPair]:
    """Everybody who signs, by public key."""
    names = ("alpha", "fees", "vault", "issuer", "other alpha", "channel 0", "channel 1")
    known = [*TRADERS, *KEYS, *world().auditors, *map(key_of, names)]
    return {key.public: key for key in known}


def promise(auditor: int, epoch: int, at: int, certified: int) -> SignedPromise:
    """An auditor's promise with batch ``at`` as its tip and batch ``certified`` as its highest certificate."""
    tip = past().batches[at - 1].signed_header if at else None
    certificate = past().certificates.get(certified)
    word = Promise(epoch, world().alpha.public, world().terms.appointments_hash(0), bytes(32), False, tip, certificate)
    key = world().auditors[auditor]
    return SignedPromise(word, key.public, key.sign(_hash(Purpose.PROMISE, word.to_xdr())))


def resign(message: Any, auditor: KeyPair) -> Any:
    """Make every signature in ``message`` fit, as far as the signer's key is known: all members lie together.

    Args:
        message: changed in place, where it can be.
        auditor: who signs where no key is named.

    Returns:
        ``message``, or a signed copy of what cannot be changed in place.

    Raises:
        UnencodableMessage: what is to be signed has no encoding.
    """
    forget_encodings(message)
    for place in reversed(list(places(message))):
        signed = _sign(place.content, auditor)
        if signed is not place.content:
            place.put(signed)
    return _sign(message, auditor)


def _hash(purpose: Purpose, xdr: bytes) -> bytes:
    return signing_hash(purpose, world().constellation, xdr)


def _sign(item: Any, auditor: KeyPair) -> Any:
    match item:
        case SignedHeader():
            return replace(item, alpha_signature=world().alpha.sign(header_hash(world().constellation, item.header)))
        case Certificate():
            digest = header_hash(world().constellation, item.header)
            _sign_all(item.signatures, vote_hash(world().constellation, digest))
        case LedgerCommit():
            _sign_all(item.signatures, _hash(Purpose.LEDGER_REPORT, item.report.to_xdr()))
        case GovernanceCommit():
            _sign_all(item.signatures, _hash(Purpose.PROPOSAL, item.proposal.to_xdr()))
        case SignedAppointment():
            _sign_all(item.signatures, _hash(Purpose.APPOINTMENT, item.appointment.to_xdr()))
        case SignedRequest() | SignedRequestBatch():
            purpose = Purpose.REQUEST if isinstance(item, SignedRequest) else Purpose.REQUEST_BATCH
            signer = keys().get(item.request.signer or item.request.account)
            _agree(item)
            digest = _hash(purpose, item.request.to_xdr())
            return item if signer is None else replace(item, signature=signer.sign(digest))
        case SignedPromise():
            _sign_one(item, item.auditor, _hash(Purpose.PROMISE, item.promise.to_xdr()))
        case SignedProposal():
            _sign_one(item, item.auditor, _hash(Purpose.PROPOSAL, item.proposal.to_xdr()))
        case SignedLedgerReport():
            _sign_one(item, auditor.public, _hash(Purpose.LEDGER_REPORT, item.report.to_xdr()))
        case SignedVerdict():
            _sign_one(item, auditor.public, _hash(Purpose.VERDICT, item.verdict.to_xdr()))
        case Vote():
            _sign_one(item, auditor.public, vote_hash(world().constellation, item.header))
        case ForgottenVote():
            digest = header_hash(world().constellation, item.header)
            _sign_one(item, auditor.public, vote_hash(world().constellation, digest))
    return item


def _agree(signed: SignedRequest | SignedRequestBatch) -> None:
    """Where a key is rotated, the new one must agree."""
    request = signed.request
    operation = request.operation if isinstance(request, Request) else None
    if isinstance(operation, RotateKey) and (new := keys().get(operation.new_key)) is not None:
        agreed = KeyRotation(request.account, request.nonce, operation.new_key)
        operation.proof = new.sign(_hash(Purpose.KEY_ROTATION, agreed.to_xdr()))


def _sign_one(item: Any, key: bytes, digest: bytes) -> None:
    signer = keys().get(key)
    if signer is not None:
        item.signature = signer.sign(digest)


def _sign_all(signatures: list[AuditorSignature], digest: bytes) -> None:
    for item in signatures:
        _sign_one(item, item.auditor, digest)


def opening(epoch: int, base: int, *promises: SignedPromise) -> EpochOpening:
    """Of ``epoch`` on batch ``base`` of the past, or on genesis."""
    digest = header_hash(world().constellation, past().header(base)) if base else settings_hash(world().settings)
    return EpochOpening(epoch, base, digest, list(promises))
