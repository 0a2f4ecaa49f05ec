"""Takes the chronicle item by item and lets through what is certain, whoever it comes from.

A batch must follow the one before by its hash, have its alpha's signature, and commit to the effects that come with
it. It is certain once a certificate covers it: its own, or a later one. Nothing is executed: the auditors who signed
the certificate have done that.
"""

from dataclasses import dataclass

from constellation.protocol.errors import ConstellationError, VerificationError
from constellation.protocol.limits import CHRONICLE_PENDING_MAX, CHRONICLE_PENDING_MAX_QUANTA
from constellation.protocol.messages import (
    ChronicleBatch,
    ChronicleItem,
    Code,
    SignedAppointment,
)
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms, check_appointments
from constellation.quanta import SealedBatch, Tip, check_follows, reseal


class ChronicleRefused(ConstellationError):
    """What a source gave is not the chronicle: another source, or the same one again, may do better."""


@dataclass(slots=True)
class FinalBatch:
    """A batch that a quorum of auditors has signed.

    Attributes:
        item: as it came, with its certificate if it has one of its own.
        sealed: the batch with its effects and the tree that proves them.
        certified_by: number of the batch whose certificate covers it.
    """

    item: ChronicleBatch
    sealed: SealedBatch
    certified_by: int

    @property
    def number(self) -> int:
        """Of the batch."""
        return self.sealed.header.number


class Intake:
    """Where a chronicler is in the chronicle.

    Args:
        terms: of the constellation, as far as they are known.
        tip: the last batch that it has.
        apex: the last quantum that it has.

    Attributes:
        terms: with the appointments that came since.
    """

    def __init__(self, terms: Terms, tip: Tip, apex: int) -> None:
        self.terms = terms
        self._constellation = settings_constellation_id(terms.settings)
        self._tip = self._certain = tip
        self._apex = self._certain_apex = apex
        self._pending: list[tuple[ChronicleBatch, SealedBatch]] = []

    @property
    def number(self) -> int:
        """Of the last batch that it has, certain or not: the next item should be the one behind it."""
        return self._tip.number

    @property
    def apex(self) -> int:
        """The last quantum of that batch."""
        return self._apex

    def restart(self) -> None:
        """Forget what is not certain: the next item comes from another source, or from a new beginning."""
        self._pending.clear()
        self._tip, self._apex = self._certain, self._certain_apex

    def take(self, item: ChronicleItem) -> list[FinalBatch]:
        """The batches that have become certain, in order.

        Raises:
            ChronicleRefused: the item does not hold; :meth:`restart` must follow.
        """
        try:
            if isinstance(item, SignedAppointment):
                self._appoint(item)
                return []
            self._follow(item)
            return [] if item.certificate is None else self._certify(item)
        except ChronicleRefused:
            raise
        except ConstellationError as error:
            raise ChronicleRefused(error.code, error.message) from error

    def _appoint(self, signed: SignedAppointment) -> None:
        known = self.terms.appointments
        if signed.appointment.term > len(known):
            self.terms = check_appointments(self.terms.settings, [*known, signed])

    def _follow(self, item: ChronicleBatch) -> None:
        header = item.batch.signed_header.header
        pending = self._apex - self._certain_apex
        if len(self._pending) >= CHRONICLE_PENDING_MAX or pending >= CHRONICLE_PENDING_MAX_QUANTA:
            raise ChronicleRefused(
                Code.NOT_ENOUGH_SIGNATURES,
                f"no certificate covers {len(self._pending)} batches with {pending} quanta before {header.number}",
            )
        check_follows(self._tip, self._apex, item.batch)
        check_signed_header(self.terms, item.batch.signed_header)
        sealed = reseal(self._constellation, item.batch, item.effects)
        self._pending.append((item, sealed))
        self._tip, self._apex = sealed.tip, header.last_apex

    def _certify(self, last: ChronicleBatch) -> list[FinalBatch]:
        assert last.certificate is not None
        digest = check_certificate(self.terms, last.certificate)
        number = self._tip.number
        if digest != self._tip.digest:
            raise VerificationError(Code.BROKEN_CHAIN, f"the certificate of batch {number} is for another header")
        final = [FinalBatch(item, sealed, number) for item, sealed in self._pending]
        self._pending.clear()
        self._certain, self._certain_apex = self._tip, self._apex
        return final
