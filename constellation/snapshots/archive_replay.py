"""Replays the batches of an archive and checks what must hold of each, as ``archive_proof`` lists it."""

import re

from constellation.protocol.errors import ConstellationError
from constellation.protocol.messages import Batch, Certificate, Code
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, SealedBatch, Tip, conservation_errors, replay
from constellation.snapshots.archive import ArchiveRefuted
from constellation.snapshots.archive_report import ArchiveProof

IMPOSSIBLE = (AssertionError, LookupError, ArithmeticError, ValueError)
"""What the core may raise on a state that no quanta lead to: auditors who lie together can certify such a snapshot."""


class Replay:
    """A machine that follows the archive, and what was proved so far.

    Args:
        terms: of the constellation.
        machine: with the state after ``tip``.
        tip: where the archive starts.
        certified: headers that are known to be final, by batch number.
        anchored: whether the caller knew the settings.

    Attributes:
        proof: what holds so far.
        sealed: the last batch with what it did.
    """

    def __init__(
        self, terms: Terms, machine: Machine, tip: Tip, certified: dict[int, bytes], *, anchored: bool
    ) -> None:
        self.terms = terms
        self._machine = machine
        self._tip = tip
        self._certified = certified
        self._covered = tip.number
        self._may_certify = False
        self.sealed: SealedBatch | None = None
        self.proof = ArchiveProof(terms, anchored, tip.number, machine.state.apex)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing but the head was read."""
        return self._tip.number == 0

    def execute(self, batch: Batch) -> None:
        """Replay the next batch."""
        number = batch.signed_header.header.number
        sealed = self._sealed(batch)
        if self._certified.get(number, sealed.digest) != sealed.digest:
            raise ArchiveRefuted(
                Code.EQUIVOCATION, f"batch {number} is not the one that the snapshot's certificate covers", number
            )
        if number in self._certified:
            self._covered = number
        self._tip = sealed.tip
        self.sealed = sealed
        self._may_certify = True
        self.proof.add_batch(sealed.header, batch)
        if sealed.header.state_root is not None:
            self.check_conservation()

    def _sealed(self, batch: Batch) -> SealedBatch:
        number = batch.signed_header.header.number
        try:
            check_signed_header(self.terms, batch.signed_header)
            return replay(self._machine, self._tip, batch)
        except ConstellationError as error:
            raise ArchiveRefuted(error.code, error.message, number, _quantum_in(error.message)) from error
        except IMPOSSIBLE as error:
            apex = self._machine.state.apex + 1
            message = f"quantum {apex} cannot be executed on the state before it: {error!r}"
            raise ArchiveRefuted(Code.INVALID_QUANTUM, message, number, apex) from error

    def certify(self, certificate: Certificate) -> None:
        """Check the certificate of the last batch."""
        number = certificate.header.number
        if not self._may_certify:
            raise ArchiveRefuted(
                Code.UNEXPECTED_MESSAGE, f"a certificate of batch {number} does not come right behind a batch", number
            )
        try:
            digest = check_certificate(self.terms, certificate)
        except ConstellationError as error:
            raise ArchiveRefuted(error.code, error.message, number) from error
        if digest != self._tip.digest:
            raise ArchiveRefuted(
                Code.BROKEN_CHAIN, f"a certificate of batch {number} follows batch {self._tip.number}", number
            )
        self._may_certify = False
        self._covered = number
        self.proof.add_certificate(certificate)

    def check_conservation(self) -> None:
        """Count all money again.

        Raises:
            ArchiveRefuted: it does not add up.
        """
        try:
            problems = conservation_errors(self._machine.state)
        except IMPOSSIBLE as error:
            problems = [f"the state contradicts itself: {error!r}"]
        if problems:
            raise ArchiveRefuted(
                Code.INVALID_QUANTUM,
                f"money is not conserved after batch {self._tip.number}: " + "; ".join(problems[:3]),
                self._tip.number,
            )

    def finish(self) -> ArchiveProof:
        """What was proved, when everything up to the end is certified."""
        if self._tip.number == 0:
            raise ArchiveRefuted(Code.NOT_ENOUGH_SIGNATURES, "the archive has no batch: it proves nothing")
        if self._covered < self._tip.number:
            raise ArchiveRefuted(
                Code.NOT_ENOUGH_SIGNATURES,
                f"the batches from {self._covered + 1} to {self._tip.number} are covered by no certificate",
                self._covered + 1,
            )
        self.check_conservation()
        self.proof.finish(self._machine.state)
        return self.proof


def _quantum_in(message: str) -> int | None:
    """The apex that the core's message is about."""
    found = re.match(r"quantum (\d+) ", message)
    return None if found is None else int(found[1])
