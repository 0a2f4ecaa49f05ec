"""One connection's stream of batches and certificates, as an auditor takes it."""

from collections.abc import Iterable, Iterator

from constellation.herald.actions import Finalized, Rewind, StoreBatch
from constellation.herald.opened_epoch import OpenedEpoch
from constellation.herald.own_chain import OwnChain
from constellation.herald.promises import check_settings
from constellation.herald.replacement import Replacement
from constellation.protocol.errors import Divergence, ProtocolViolation, VerificationError
from constellation.protocol.limits import CLOCK_SKEW_MAX_US
from constellation.protocol.messages import Batch, BatchHeader, Certificate, Code
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.terms import Terms


class Stream:
    """Verifies what comes against the own chain and the open epoch, and extends or replaces the chain's end.

    Args:
        terms: who is alpha in which epoch.
        chain: the auditor's.
        opened: what the epoch was opened on.
        first: number of the batch that the stream starts with.

    Raises:
        ProtocolViolation: BROKEN_CHAIN or BROKEN_PROMISE: it cannot start there.
    """

    def __init__(self, terms: Terms, chain: OwnChain, opened: OpenedEpoch, first: int) -> None:
        if first > chain.tip.number + 1:
            raise ProtocolViolation(Code.BROKEN_CHAIN, f"the stream starts at batch {first} after {chain.tip.number}")
        if chain.must_keep(first, opened.epoch):
            raise ProtocolViolation(
                Code.BROKEN_PROMISE,
                f"alpha wants to replace batch {first}, which this auditor must keep",
            )
        self._terms = terms
        self._chain = chain
        self._opened = opened
        self._received = first - 1
        self._replacement: Replacement | None = None
        self._early = chain.awaited

    def take_batch(self, batch: Batch, now_us: int) -> Iterable[StoreBatch | Rewind]:
        """Take the next batch; one that is here already is passed over.

        Args:
            batch: decoded.
            now_us: the auditor's own clock.

        Raises:
            ProtocolViolation: the connection must be closed.
            Divergence: the auditor must stop.
        """
        header = batch.signed_header.header
        try:
            digest = check_signed_header(self._terms, batch.signed_header)
        except VerificationError as error:  # nobody signed it: corrupted on the way, which proves nothing
            raise ProtocolViolation(error.code, error.message) from None
        if header.number > self._received + 1:
            # Whoever is on the way may have dropped one: it comes again when asked for.
            message = f"batch {header.number} came after batch {self._received}: what is between is missing"
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, message)
        self._check_place(header, digest, now_us)
        self._received = max(self._received, header.number)
        if self._replacement is None:
            if header.number > self._chain.tip.number:
                return [self._replay(batch)]
            if self._chain.has(header, digest, self._opened.epoch):
                return []
            self._replacement = Replacement(self._chain.before(header.number), max(self._opened.points))
        if self._replacement.collect(batch, digest):
            return self._replace_tail(self._replacement)
        return []

    def _check_place(self, header: BatchHeader, digest: bytes, now_us: int) -> None:
        """Its epoch and time must be right, and the chain must pass through what the epoch was opened on."""
        number = header.number
        if number == 1:
            check_settings(self._terms.settings, header.previous)
        if not self._opened.fits(header):
            raise Divergence(Code.WRONG_EPOCH, f"batch {number} has epoch {header.epoch}, open is {self._opened.epoch}")
        if header.timestamp > now_us + CLOCK_SKEW_MAX_US:
            ahead_s = (header.timestamp - now_us) / 1e6
            raise ProtocolViolation(Code.CLOCK_SKEW, f"batch {number} is {ahead_s:.1f} s ahead of this clock")
        if not self._opened.passes(number, digest):
            raise Divergence(Code.BROKEN_PROMISE, f"batch {number} is not the one that the epoch was opened on")

    def _replay(self, batch: Batch) -> StoreBatch:
        return StoreBatch(batch, self._chain.replay(batch))

    def _replace_tail(self, replacement: Replacement) -> Iterator[StoreBatch | Rewind]:
        self._replacement = None
        yield Rewind(replacement.kept.number)
        for batch in replacement.batches:
            yield self._replay(batch)

    def take_certificate(self, certificate: Certificate) -> list[Finalized]:
        """Take a certificate of a batch that has come; it waits until that batch is stored.

        Raises:
            ProtocolViolation: the connection must be closed.
            Divergence: the auditor must stop.
        """
        number = certificate.header.number
        try:
            check_certificate(self._terms, certificate)
        except VerificationError as error:
            raise ProtocolViolation(error.code, error.message) from None
        if number > self._received:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, f"the certificate of batch {number} came before the batch")
        if number <= self._chain.certified:
            return []
        if number > self._settled:
            self._early = certificate
            return []
        return self._finalize(certificate)

    @property
    def _settled(self) -> int:
        """Number of the last batch that is stored and will not be replaced by what has come already."""
        return self._chain.stored if self._replacement is None else self._replacement.kept.number

    def stored(self, number: int) -> list[Finalized]:
        """Batch ``number`` is durable: its certificate may have come before.

        Raises:
            Divergence: the auditor must stop.
        """
        early = self._early
        return self._finalize(early) if early is not None and early.header.number == number else []

    def _finalize(self, certificate: Certificate) -> list[Finalized]:
        self._chain.finalize(certificate)
        self._early = None
        return [Finalized(certificate)]
