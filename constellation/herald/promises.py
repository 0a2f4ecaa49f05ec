"""Promises and adoption: how a new epoch starts without losing anything that may be final.

Theory. A quorum of auditors promises the new epoch, each naming its own tip, and signs nothing of a lower epoch
afterwards. Any certificate of a lower epoch was signed by a quorum, and two quorums share an auditor; that auditor
stored the batch before it signed, so the best tip among the promises is on or after every certified batch. Best
means: highest epoch, then highest batch number; within one epoch alpha signs one chain, so the higher number
extends the lower one. An alpha that opens the epoch on anything that does not extend the best tip is refused by
every auditor, because the opening carries the promises (design, section 7).

A dishonest alpha may have signed two chains in one epoch, so that the best tip is on one and a certified batch on the
other. The auditor that the two quorums share names a tip on the certified one, of the best epoch too; therefore the
opened chain must pass through every promised tip of the best epoch, not only through the highest.

An auditor whose log is new (its first start, or its disk was lost), or an old copy, may have signed what it does not
know any more; it is **recovering**. Its promise does not count towards the quorum, so that two quorums still share an
auditor that remembers. Only with the promises of all auditors an epoch may be opened that fewer remember: then whoever
remembers a certified batch is among them. The first epoch of a constellation is opened so. When a recovering auditor
may sign again is for :mod:`constellation.herald.recovery` to say.

In a new term other auditors may vote. Until it is known that they have certified something in it, its epochs are opened
with the promises of a quorum of the old term's auditors as well: those may have certified batches that the new ones do
not know. A promised certificate of a term shows that one of its epochs was opened so, and everything before it is on
that chain.
"""

from collections.abc import Collection, Iterable

from constellation.protocol.errors import Divergence, ProtocolViolation, VerificationError
from constellation.protocol.messages import Code, EpochOpening, Promise, Settings, SignedPromise
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.signing import (
    Purpose,
    Signer,
    header_hash,
    settings_constellation_id,
    settings_hash,
    signing_hash,
    verify,
)
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms, term_of
from constellation.quanta import Tip


def _digest(settings: Settings, promise: Promise) -> bytes:
    return signing_hash(Purpose.PROMISE, settings_constellation_id(settings), promise.to_xdr())


def sign_promise(settings: Settings, signer: Signer, promise: Promise) -> SignedPromise:
    """An auditor's signed word."""
    xdr = promise.to_xdr()
    signature = signer.sign_message(Purpose.PROMISE, settings_constellation_id(settings), xdr)
    return SignedPromise(promise, signer.public, signature)


def check_promise(terms: Terms, signed: SignedPromise) -> None:
    """Check everything in a promise that can be checked without the log.

    Raises:
        ProtocolViolation: UNAUTHORIZED, BAD_SIGNATURE, WRONG_EPOCH or BROKEN_PROMISE.
    """
    promise, settings = signed.promise, terms.settings
    if not terms.knows(signed.auditor):
        raise ProtocolViolation(Code.UNAUTHORIZED, f"{encode_public_key(signed.auditor)} is not an auditor")
    if not verify(signed.auditor, _digest(settings, promise), signed.signature):
        raise ProtocolViolation(Code.BAD_SIGNATURE, "the signature of a promise does not fit")
    try:
        if promise.alpha != terms.alpha_of(promise.epoch):
            raise VerificationError(Code.BROKEN_PROMISE, "it is for another alpha")
        if promise.appointments != terms.appointments_hash(promise.epoch):
            raise VerificationError(Code.BROKEN_PROMISE, "it is for other members")
        if promise.tip is not None:
            check_signed_header(terms, promise.tip)
        if promise.certificate is not None:
            check_certificate(terms, promise.certificate)
    except VerificationError as error:
        raise ProtocolViolation(error.code, f"in a promise: {error.message}") from None


def promised_tip(settings: Settings, promise: Promise) -> Tip:
    """The tip that a checked promise names."""
    if promise.tip is None:
        return Tip.genesis(settings)
    header = promise.tip.header
    return Tip(header.epoch, header.number, header_hash(settings_constellation_id(settings), header))


def best_tip(settings: Settings, promises: Iterable[SignedPromise]) -> Tip:
    """The best tip among checked promises: highest epoch, then highest batch number."""
    tips = [promised_tip(settings, signed.promise) for signed in promises]
    return max([Tip.genesis(settings), *tips], key=rank)


def may_open(terms: Terms, epoch: int, promises: Collection[SignedPromise]) -> bool:
    """Whether promises of distinct auditors are enough to open their epoch, of a term that is known here.

    They are with a quorum of every term from the last one that has certified something to the epoch's own.
    """
    last = max((_certified_term(signed.promise) for signed in promises), default=0)
    return all(_are_enough(terms.members_in(term), promises) for term in range(last, term_of(epoch) + 1))


def _certified_term(promise: Promise) -> int:
    return 0 if promise.certificate is None else term_of(promise.certificate.header.epoch)


def _are_enough(members: Members, promises: Collection[SignedPromise]) -> bool:
    """With a quorum that has forgotten nothing, and with everybody's: what nobody remembers, nobody has."""
    own = [signed for signed in promises if signed.auditor in members.auditors]
    return remembering(own) >= quorum_of(members) or len(own) == len(members.auditors)


def remembering(promises: Collection[SignedPromise]) -> int:
    """How many of those who promised have forgotten nothing."""
    return sum(not signed.promise.recovering for signed in promises)


def rank(tip: Tip) -> tuple[int, int]:
    """What makes one tip better than another."""
    return tip.epoch, tip.number


def check_settings(settings: Settings, found: bytes) -> None:
    """Alpha's chain begins with the hash of its settings, which must be this node's.

    Args:
        settings: this node's, at genesis.
        found: what alpha's first header names as its parent.

    Raises:
        ProtocolViolation: WRONG_CONSTELLATION, with both hashes.
    """
    own = settings_hash(settings)
    if found != own:
        raise ProtocolViolation(
            Code.WRONG_CONSTELLATION, f"alpha's settings have the hash {found.hex()}, this node's {own.hex()}"
        )


def check_opening(terms: Terms, opening: EpochOpening) -> dict[int, bytes]:
    """What the opened chain must pass through: header hashes by batch number.

    These are the promised tips of the best epoch, the promised certificates, and the base.

    Raises:
        ProtocolViolation: the promises are not of a quorum for this epoch, or the base is behind or beside them.
        Divergence: EQUIVOCATION: alpha has signed two of the promised tips for one place.
    """
    settings = terms.settings
    signers = dict.fromkeys(signed.auditor for signed in opening.promises)
    is_known = term_of(opening.epoch) <= terms.term
    if len(signers) != len(opening.promises) or not is_known or not may_open(terms, opening.epoch, opening.promises):
        raise ProtocolViolation(
            Code.NOT_ENOUGH_SIGNATURES,
            f"epoch {opening.epoch} was opened with promises of {len(signers)} auditors, too few that forgot nothing",
        )
    for signed in opening.promises:
        check_promise(terms, signed)
        if signed.promise.epoch != opening.epoch:
            raise ProtocolViolation(
                Code.BROKEN_PROMISE, f"a promise for epoch {signed.promise.epoch} opened {opening.epoch}"
            )
    points = _best_tips(settings, opening.promises)
    for signed in opening.promises:
        if signed.promise.certificate is not None:
            header = signed.promise.certificate.header
            _add_point(points, header.number, header_hash(settings_constellation_id(settings), header))
    if opening.base_number == 0:
        check_settings(settings, opening.base)
    if opening.base_number < max(points):
        raise ProtocolViolation(
            Code.BROKEN_PROMISE,
            f"epoch {opening.epoch} starts at batch {opening.base_number}, behind {max(points)}",
        )
    _add_point(points, opening.base_number, opening.base)
    return points


def _best_tips(settings: Settings, promises: Iterable[SignedPromise]) -> dict[int, bytes]:
    best = best_tip(settings, promises)
    points = {best.number: best.digest}
    for signed in promises:
        tip = promised_tip(settings, signed.promise)
        if tip.epoch == best.epoch and points.setdefault(tip.number, tip.digest) != tip.digest:
            raise Divergence(
                Code.EQUIVOCATION, f"alpha signed two different headers for batch {tip.number} of epoch {tip.epoch}"
            )
    return points


def _add_point(points: dict[int, bytes], number: int, digest: bytes) -> None:
    if points.setdefault(number, digest) != digest:
        raise ProtocolViolation(
            Code.BROKEN_PROMISE, f"the epoch was opened on another batch {number} than the one that was promised"
        )
