"""Alpha's side of the cluster, without I/O: rising, relaying, counting votes.

::

    WAITING ──enough promised──▶ ADOPTING ──opener stored──▶ RISING ──opener certified──▶ READY
       ◀────the source is gone────

    WAITING    asks every auditor that connects how far it is, then proposes an epoch that nobody has promised before
    ADOPTING   the best tip is chosen; what alpha lacks is fetched, what is not on the chain is dropped
    RISING     the epoch's first batch, empty and with the state root, is on its way to the auditors
    READY      a quorum has signed that state: clients may come in

Every rising is a new epoch; the theory is in :mod:`constellation.herald.promises`. An alpha that lost its disk does not
know which epochs it has opened, but every quorum has an auditor that does: the first proposal to each is for epoch 0,
which nobody opens, and who has promised a later one answers with that promise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from constellation.herald.link import BatchCache, Link
from constellation.herald.promises import best_tip, check_promise, may_open, promised_tip, rank
from constellation.herald.reports import ReportDesk
from constellation.herald.transfer import ReceivedSnapshot, SnapshotReceiver, SnapshotSender
from constellation.herald.votes import VoteCounter
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import EPOCH_JUMP_MAX
from constellation.protocol.messages import (
    Batch,
    BatchRequest,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    EpochProposal,
    SignedLedgerReport,
    SignedPromise,
    SignedVerdict,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
    Vote,
    WithdrawalSignature,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
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
    that auditor; otherwise alpha's own log ends best. Then it must still lead through ``best``, the best promised tip;
    where it has another batch there, alpha calls :meth:`AlphaHerald.adopt_promised`: it was the only one to store the
    first batch of an epoch that no quorum knows.
    """

    tip: Tip
    keep: int
    source: bytes | None
    best: Tip


@dataclass(slots=True, frozen=True)
class Fetched:
    """A batch that alpha lacked; replay and store it."""

    batch: Batch


@dataclass(slots=True, frozen=True)
class StartStream:
    """An auditor needs to know where its stream starts.

    Answer with :meth:`AlphaHerald.start_stream`, or with :meth:`AlphaHerald.begin_snapshot` if it is too far behind.
    """

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


@dataclass(slots=True, frozen=True)
class SnapshotFetched:
    """The state after a checkpoint, in place of the batches before it, which nobody sends; install it."""

    snapshot: ReceivedSnapshot


AlphaEvent = (
    Adopt | Fetched | SnapshotFetched | StartStream | Certified | LedgerReported | WithdrawalSigned | AuditorFaulty
)


class AlphaHerald:
    """Alpha's relations with its auditors.

    Args:
        terms: of which alpha serves the last.
        tip: the end of alpha's own log.
        certified: number of the highest certified batch in alpha's own log.

    Attributes:
        state: where alpha is on its way to serving.
        epoch: that alpha proposes, or has opened.
        tip: the last batch that is stored; alpha keeps it up to date while it fetches.
        reports: the auditors' ledger reports.
    """

    def __init__(self, terms: Terms, tip: Tip, certified: int) -> None:
        settings = terms.settings
        self._terms = terms
        self._settings = settings
        self._quorum = quorum_of(settings)
        self.tip = tip
        self._certified = certified
        self._cache = BatchCache()
        self._links: dict[bytes, Link] = {}
        self._asked: dict[bytes, None] = {}
        self._promises: dict[bytes, SignedPromise] = {}
        self._votes = VoteCounter(settings)
        self._adoption: Adopt | None = None
        self._source: Link | None = None
        self._fetched = 0
        self._receiver: SnapshotReceiver | None = None
        self._deliveries = 0
        self._seen_deliveries: int | None = None
        self._opening: EpochOpening | None = None
        self._certificate: Certificate | None = None
        self.reports = ReportDesk(settings)
        self.state = AlphaState.WAITING
        self.epoch = max(tip.epoch, terms.last_before) + 1

    @property
    def has_quorum(self) -> bool:
        """Whether enough auditors that may sign follow the stream to make batches final."""
        return sum(link.may_vote for link in self._links.values()) >= self._quorum

    @property
    def auditors(self) -> list[bytes]:
        """Keys of the auditors that are connected."""
        return list(self._links)

    def link_up(self, auditor: bytes, wake: Callable[[], None]) -> Link:
        """A proven auditor has connected; its old link, if any, is forgotten."""
        link = self._links[auditor] = Link(auditor, self._cache, wake)
        if self.state is AlphaState.WAITING and auditor not in self._asked:
            link.send(EpochProposal(0))
        else:
            self._propose(link)
        return link

    def _propose(self, link: Link) -> None:
        self._asked[link.auditor] = None
        link.send(EpochProposal(self.epoch))

    def link_down(self, link: Link) -> None:
        """A connection has ended."""
        link.end()
        if self._links.get(link.auditor) is link:
            del self._links[link.auditor]
        if self.state is AlphaState.ADOPTING and link is self._source:
            self._fetch()

    def _begin_again(self) -> None:
        """Nobody here has what alpha adopted: ask those who are here for promises of the next epoch."""
        self.state = AlphaState.WAITING
        self.epoch += 1
        self._promises = {}
        self._adoption = None
        for link in self._links.values():
            link.promise = None
            self._propose(link)

    def look_at_source(self) -> None:
        """Called now and then: give up an auditor that has delivered nothing since the last call, or is gone."""
        is_fetching = self._adoption is not None and self._adoption.source is not None
        if self.state is AlphaState.ADOPTING and is_fetching and self._deliveries == self._seen_deliveries:
            if self._source is None:
                self._begin_again()
            else:
                self._source.refuse(ProtocolViolation(Code.TIMED_OUT, "what alpha asked for does not come"))
        self._seen_deliveries = self._deliveries

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
            case SnapshotHead():
                return self._take_snapshot_head(auditor, message)
            case SnapshotEntries():
                return self._take_snapshot_entries(auditor, message)
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
        check_promise(self._terms, signed)
        if signed.auditor != auditor:
            raise ProtocolViolation(Code.UNAUTHORIZED, "an auditor sent another one's promise")
        epoch, asked = signed.promise.epoch, auditor in self._asked
        if epoch > self.epoch or (epoch == self.epoch and self.state is AlphaState.WAITING and not asked):
            return self._raise_epoch(auditor, epoch)
        link = self._links[auditor]
        if not asked:
            self._propose(link)
        if not asked or epoch < self.epoch:
            return []
        link.promise = signed
        match self.state:
            case AlphaState.WAITING:
                self._promises[auditor] = signed
                return self._adopt() if may_open(self._settings, self._promises.values()) else []
            case AlphaState.ADOPTING:
                if self._source is None:
                    self._fetch()
                return []
            case AlphaState.RISING | AlphaState.READY:
                return [self._stream_to(link, signed)]

    def _raise_epoch(self, auditor: bytes, promised: int) -> list[AlphaEvent]:
        """An auditor has promised this epoch, or a later one, before: propose the one after it."""
        if self.state is not AlphaState.WAITING or auditor in self._asked or promised > self.epoch + EPOCH_JUMP_MAX:
            raise ProtocolViolation(Code.WRONG_EPOCH, f"an auditor has promised epoch {promised}, not {self.epoch}")
        self.epoch = promised + 1
        self._asked[auditor] = None
        self._promises = {}
        for link in self._links.values():
            link.promise = None
            if link.auditor in self._asked:
                self._propose(link)
        return []

    def _adopt(self) -> list[AlphaEvent]:
        """Choose the best tip among the promises and alpha's own, which must not end before it."""
        self.state = AlphaState.ADOPTING
        best = best_tip(self._settings, self._promises.values())
        if rank(self.tip) < rank(best) or self.tip.number < best.number:
            return [self.adopt_promised()]
        self._adoption = Adopt(self.tip, self.tip.number, None, best)
        return [self._adoption]

    def adopt_promised(self) -> Adopt:
        """Adopt the best promised tip, and fetch what leads to it."""
        promises = self._promises.values()
        best = best_tip(self._settings, promises)
        source = next(signed.auditor for signed in promises if promised_tip(self._settings, signed.promise) == best)
        self._adoption = Adopt(best, self._certified, source, best)
        self._fetched = self._certified
        self._fetch()
        return self._adoption

    def _fetch(self) -> None:
        """Ask an auditor whose tip is the adopted one for what is still missing; without one, wait for one."""
        self._source = self._receiver = self._seen_deliveries = None
        adoption = self._adoption
        if adoption is None or adoption.source is None or self._fetched == adoption.tip.number:
            return
        for link in self._links.values():
            if link.promise is not None and promised_tip(self._settings, link.promise.promise) == adoption.tip:
                self._source = link
                link.send(BatchRequest(self._fetched + 1, adoption.tip.number))
                return

    def _check_source(self, auditor: bytes) -> None:
        self._deliveries += 1
        source = self._source
        if self.state is not AlphaState.ADOPTING or source is None or source.auditor != auditor:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "history that alpha did not ask for")

    def _take_fetched(self, auditor: bytes, batch: Batch) -> list[AlphaEvent]:
        self._check_source(auditor)
        number = batch.signed_header.header.number
        if number != self._fetched + 1:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, f"batch {number} came instead of {self._fetched + 1}")
        self._fetched += 1
        return [Fetched(batch)]

    def _take_snapshot_head(self, auditor: bytes, head: SnapshotHead) -> list[AlphaEvent]:
        """A source whose log begins after what alpha asked for sends a snapshot first.

        It is certified, and after everything that is certified here; and it must lead to the adopted tip.
        """
        self._check_source(auditor)
        adoption = self._adoption
        assert adoption is not None
        if self._receiver is not None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "a snapshot came within another one")
        receiver = SnapshotReceiver(self._terms, head, self._fetched + 1)
        if receiver.tip != adoption.tip and receiver.tip.number >= adoption.tip.number:
            raise ProtocolViolation(
                Code.BROKEN_CHAIN,
                f"a snapshot after batch {receiver.tip.number} cannot lead to the adopted batch {adoption.tip.number}",
            )
        self._receiver = receiver
        return []

    def _take_snapshot_entries(self, auditor: bytes, entries: SnapshotEntries) -> list[AlphaEvent]:
        self._check_source(auditor)
        if self._receiver is None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "entries came without a snapshot")
        snapshot = self._receiver.receive(entries)
        if snapshot is None:
            return []
        self._receiver = None
        self._fetched = self._certified = snapshot.tip.number
        return [SnapshotFetched(snapshot)]

    def fetch_after(self, number: int) -> None:
        """A fetched batch does not hold: whoever is asked next is asked for what follows batch ``number`` again."""
        self._fetched = number

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
        if link is None or self._opening is None or link.is_streaming or link.is_loading:
            return
        link.send(self._opening)
        link.send(StreamStart(number, self.tip.number))
        link.start(number)
        if self._certificate is not None:
            link.certify(self._certificate)

    def begin_snapshot(self, auditor: bytes) -> Link | None:
        """The link that waits for a snapshot from now on; None when there is none that needs one.

        Answer with :meth:`send_snapshot`.
        """
        link = self._links.get(auditor)
        if link is None or self._opening is None or link.is_streaming or link.is_loading:
            return None
        link.is_loading = True
        return link

    def send_snapshot(self, link: Link, snapshot: SnapshotSender) -> None:
        """Send ``snapshot`` to the auditor, and then the batches after it."""
        if self._links.get(link.auditor) is not link:
            snapshot.end()
            return
        assert self._opening is not None
        link.send(self._opening)
        link.load(snapshot)
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
