"""Alpha's side of the cluster, without I/O: rising, relaying, counting votes.

::

    WAITING ──a quorum promised──▶ ADOPTING ──opener stored──▶ RISING ──opener certified──▶ READY

    WAITING    proposes the epoch to every auditor that connects
    ADOPTING   the best tip is chosen; what alpha lacks is fetched, what is not on the chain is dropped
    RISING     the epoch's first batch, empty and with the state root, is on its way to the auditors
    READY      a quorum has signed that state: clients may come in

Every rising is a new epoch; the theory is in :mod:`constellation.herald.promises`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from constellation.herald.link import BatchCache, Link
from constellation.herald.promises import best_tip, check_promise, promised_tip, rank
from constellation.herald.reports import ReportDesk
from constellation.herald.votes import VoteCounter
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import (
    Batch,
    BatchRequest,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    EpochProposal,
    Settings,
    SignedLedgerReport,
    SignedPromise,
    SignedVerdict,
    StreamStart,
    Vote,
    WithdrawalSignature,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import SealedBatch, Tip


class AlphaState(Enum):
    """Where alpha is on its way to serving."""

    WAITING = "waiting"
    ADOPTING = "adopting"
    RISING = "rising"
    READY = "ready"


@dataclass(slots=True, frozen=True)
class Adopt:
    """The best tip is chosen.

    Where ``source`` is set, alpha's log must be cut after ``keep`` and the batches up to ``tip`` are on their way from
    that auditor; otherwise alpha's own log is the best.
    """

    tip: Tip
    keep: int
    source: bytes | None


@dataclass(slots=True, frozen=True)
class Fetched:
    """A batch that alpha lacked; replay and store it."""

    batch: Batch


@dataclass(slots=True, frozen=True)
class StartStream:
    """An auditor needs to know where its stream starts; answer with :meth:`AlphaHerald.start_stream`."""

    auditor: bytes
    tip: Tip
    certified: int


@dataclass(slots=True, frozen=True)
class Certified:
    """A quorum has signed a header."""

    certificate: Certificate


@dataclass(slots=True, frozen=True)
class LedgerReported:
    """An auditor reported something about the ledger."""


@dataclass(slots=True, frozen=True)
class WithdrawalSigned:
    """An auditor signed the transaction of a withdrawal."""

    auditor: bytes
    signature: WithdrawalSignature


@dataclass(slots=True, frozen=True)
class AuditorFaulty:
    """An auditor sent something that an honest one never sends, or refuses a batch."""

    auditor: bytes
    reason: str


AlphaEvent = Adopt | Fetched | StartStream | Certified | LedgerReported | WithdrawalSigned | AuditorFaulty


class AlphaHerald:
    """Alpha's relations with its auditors.

    Args:
        settings: of the constellation.
        tip: the end of alpha's own log.
        certified: number of the highest certified batch in alpha's own log.

    Attributes:
        state: where alpha is on its way to serving.
        epoch: that alpha proposes, or has opened.
        tip: the last batch that is stored.
        reports: the auditors' ledger reports.
    """

    def __init__(self, settings: Settings, tip: Tip, certified: int) -> None:
        self._settings = settings
        self._quorum = quorum_of(settings)
        self.tip = tip
        self._certified = certified
        self._cache = BatchCache()
        self._links: dict[bytes, Link] = {}
        self._promises: dict[bytes, SignedPromise] = {}
        self._votes = VoteCounter(settings)
        self._adoption: Adopt | None = None
        self._opening: EpochOpening | None = None
        self._certificate: Certificate | None = None
        self.reports = ReportDesk(settings)
        self.state = AlphaState.WAITING
        self.epoch = tip.epoch + 1

    @property
    def has_quorum(self) -> bool:
        """Whether enough auditors follow the stream to make batches final."""
        return sum(link.is_streaming for link in self._links.values()) >= self._quorum

    @property
    def auditors(self) -> list[bytes]:
        """Keys of the auditors that are connected."""
        return list(self._links)

    def link_up(self, auditor: bytes, wake: Callable[[], None]) -> Link:
        """A proven auditor has connected; its old link, if any, is forgotten."""
        link = self._links[auditor] = Link(auditor, self._cache, wake)
        link.send(EpochProposal(self.epoch))
        return link

    def link_down(self, link: Link) -> None:
        """A connection has ended."""
        if self._links.get(link.auditor) is link:
            del self._links[link.auditor]

    def receive(self, auditor: bytes, message: ClusterMessage) -> list[AlphaEvent]:
        """Take a message of an authenticated auditor.

        Raises:
            ProtocolViolation: the connection must be closed.
        """
        match message:
            case Vote():
                return self._count(auditor, message)
            case SignedPromise():
                return self._take_promise(auditor, message)
            case SignedLedgerReport():
                self.reports.receive(auditor, message)
                return [LedgerReported()]
            case WithdrawalSignature():
                return [WithdrawalSigned(auditor, message)]
            case Batch():
                return self._take_fetched(auditor, message)
            case SignedVerdict():
                verdict = message.verdict
                return [
                    AuditorFaulty(auditor, f"refuses batch {verdict.number}: {verdict.code.name}: {verdict.reason}")
                ]
            case _:
                raise ProtocolViolation(
                    Code.UNEXPECTED_MESSAGE, f"an auditor does not send {type(message).__name__} here"
                )

    def _count(self, auditor: bytes, vote: Vote) -> list[AlphaEvent]:
        try:
            certificate = self._votes.count(auditor, vote)
        except ValueError as error:
            return [AuditorFaulty(auditor, str(error))]
        return [] if certificate is None else self._certify(certificate)

    def _certify(self, certificate: Certificate) -> list[AlphaEvent]:
        self._certified = certificate.header.number
        self._certificate = certificate
        self.state = AlphaState.READY
        for link in self._links.values():
            link.certify(certificate)
        return [Certified(certificate)]

    def _take_promise(self, auditor: bytes, signed: SignedPromise) -> list[AlphaEvent]:
        check_promise(self._settings, signed)
        if signed.auditor != auditor:
            raise ProtocolViolation(Code.UNAUTHORIZED, "an auditor sent another one's promise")
        if signed.promise.epoch > self.epoch:
            return self._raise_epoch(signed.promise.epoch + 1)
        if signed.promise.epoch < self.epoch:
            return []
        link = self._links[auditor]
        link.promise = signed
        if self.state is AlphaState.WAITING:
            self._promises[auditor] = signed
            return self._adopt() if len(self._promises) >= self._quorum else []
        return [] if self._opening is None else [self._stream_to(link, signed)]

    def _raise_epoch(self, epoch: int) -> list[AlphaEvent]:
        """Somebody has promised a later epoch already."""
        if self.state is not AlphaState.WAITING:
            raise ProtocolViolation(Code.WRONG_EPOCH, f"an auditor has promised an epoch after {self.epoch}")
        self.epoch = epoch
        self._promises = {}
        for link in self._links.values():
            link.send(EpochProposal(epoch))
        return []

    def _adopt(self) -> list[AlphaEvent]:
        """Choose the best tip among the promises and alpha's own."""
        self.state = AlphaState.ADOPTING
        promises = self._promises.values()
        best = best_tip(self._settings, promises)
        if rank(self.tip) >= rank(best):
            self._adoption = Adopt(self.tip, self.tip.number, None)
        else:
            source = next(signed.auditor for signed in promises if promised_tip(self._settings, signed.promise) == best)
            self._adoption = Adopt(best, self._certified, source)
            self._fetch(self._adoption)
        return [self._adoption]

    def _fetch(self, adoption: Adopt) -> None:
        link = self._links.get(adoption.source or b"")
        if link is not None:
            link.send(BatchRequest(adoption.keep + 1, adoption.tip.number))

    def _take_fetched(self, auditor: bytes, batch: Batch) -> list[AlphaEvent]:
        adoption = self._adoption
        if self.state is not AlphaState.ADOPTING or adoption is None or adoption.source != auditor:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "a batch that alpha did not ask for")
        return [Fetched(batch)]

    def opened(self, base: Tip) -> None:
        """The epoch's first batch follows ``base`` and is stored: tell the auditors that promised."""
        self.state = AlphaState.RISING
        self._opening = EpochOpening(self.epoch, base.number, base.digest, list(self._promises.values()))

    def streams(self) -> list[AlphaEvent]:
        """Wishes to start the streams of all connected auditors that have promised."""
        return [self._stream_to(link, link.promise) for link in self._links.values() if link.promise is not None]

    def _stream_to(self, link: Link, signed: SignedPromise) -> StartStream:
        certificate = signed.promise.certificate
        certified = 0 if certificate is None else certificate.header.number
        return StartStream(link.auditor, promised_tip(self._settings, signed.promise), certified)

    def start_stream(self, auditor: bytes, number: int) -> None:
        """Stream to ``auditor`` from batch ``number`` on."""
        link = self._links.get(auditor)
        if link is None or self._opening is None or link.is_streaming:
            return
        link.send(self._opening)
        link.send(StreamStart(number))
        link.start(number)
        if self._certificate is not None:
            link.certify(self._certificate)

    def relay(self, sealed: SealedBatch, batch: Batch) -> None:
        """Send a stored batch to all auditors and count their votes for it."""
        self._votes.open(sealed.header, sealed.digest)
        self.tip = sealed.tip
        self._cache.add(batch)
        for link in self._links.values():
            if link.is_streaming:
                link.wake()

    def describe(self) -> dict[str, object]:
        """For status pages."""
        return {
            "state": self.state.value,
            "epoch": self.epoch,
            "auditors": [encode_public_key(key) for key, link in self._links.items() if link.is_streaming],
            "quorum": self._quorum,
            "open_ballots": len(self._votes),
        }
