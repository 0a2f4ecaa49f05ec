"""Alpha's side of the cluster, without I/O: rising, relaying, counting votes.

::

    WAITING ──enough promised──▶ ADOPTING ──opener stored──▶ RISING ──opener certified──▶ READY
       ◀────the source is gone────

    WAITING    asks every auditor that connects how far it is, then proposes an epoch that nobody has promised before
    ADOPTING   the best tip is chosen; what alpha lacks is fetched, what is not on the chain is dropped
    RISING     the epoch's first batch, empty and with the state root, is on its way to the auditors
    READY      a quorum has signed that state: clients may come in

How an epoch is chosen that nobody has promised: :mod:`constellation.herald.proposals`. How what is lacking is fetched:
:mod:`constellation.herald.fetch`. Why nothing is lost: :mod:`constellation.herald.promises`. How an auditor is found
whose log is an old copy: :mod:`constellation.herald.rollback`.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from constellation.herald.events import (
    Adopt,
    AlphaEvent,
    AuditorFaulty,
    AuditorForgetful,
    Certified,
    LedgerReported,
    Proposed,
    RequestForwarded,
    SnapshotFetched,
    StartStream,
    WithdrawalSigned,
)
from constellation.herald.fetch import Fetch
from constellation.herald.link import Link
from constellation.herald.promises import best_tip, promised_tip, rank
from constellation.herald.proposal_desk import is_alarm
from constellation.herald.proposals import Proposals
from constellation.herald.relay import Relay
from constellation.herald.reports import ReportDesk
from constellation.herald.rollback import KnownVotes
from constellation.herald.transfer import SnapshotSender
from constellation.herald.verdicts import check_verdict
from constellation.herald.votes import VoteCounter
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import (
    Batch,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    SignedLedgerReport,
    SignedPromise,
    SignedProposal,
    SignedRequest,
    SignedVerdict,
    SnapshotEntries,
    SnapshotHead,
    Vote,
    WithdrawalSignature,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
from constellation.quanta import SealedBatch, Tip


class AlphaState(Enum):
    """Where alpha is on its way to serving."""

    WAITING = "waiting"
    ADOPTING = "adopting"
    RISING = "rising"
    READY = "ready"


class AlphaHerald:
    """Alpha's relations with its auditors.

    Args:
        terms: of which alpha serves the last.
        tip: the end of alpha's own log.
        certified: number of the highest certified batch in alpha's own log.
        certificates: the last ones in it, which tell what auditors have signed.

    Attributes:
        state: where alpha is on its way to serving.
        tip: the last batch that is stored; alpha keeps it up to date while it fetches.
        reports: the auditors' ledger reports.
    """

    def __init__(self, terms: Terms, tip: Tip, certified: int, certificates: Iterable[Certificate] = ()) -> None:
        self._terms = terms
        self._settings = terms.settings
        self._members = terms.members
        self._quorum = quorum_of(terms.members)
        self._certified = certified
        self._links: dict[bytes, Link] = {}
        self._reached: dict[bytes, int] = {}
        self._proposals = Proposals(terms, tip.epoch, self._links)
        self._fetch: Fetch | None = None
        self._relay = Relay(self._links)
        self._known = KnownVotes(certificates)
        self._votes = VoteCounter(terms, self._known)
        self.reports = ReportDesk(terms)
        self.state = AlphaState.WAITING
        self.tip = tip

    @property
    def epoch(self) -> int:
        """The epoch that alpha proposes, or has opened."""
        return self._proposals.epoch

    @property
    def certified(self) -> int:
        """Number of the last batch that a certificate covers."""
        return self._certified

    @property
    def has_quorum(self) -> bool:
        """Whether enough auditors that may sign follow the stream to make batches final.

        Where everybody does, those count who recover and opened the epoch with their promise, too: they vote with all.
        """
        streaming = [link for link in self._voting_links if link.is_streaming]
        if sum(link.may_vote for link in streaming) >= self._quorum:
            return True
        everybody = len(streaming) == len(self._members.auditors)
        return everybody and all(link.remembers or self._has_opened_with(link) for link in streaming)

    @property
    def _voting_links(self) -> list[Link]:
        """Of the term's auditors; those of an earlier one only promise."""
        return [link for key, link in self._links.items() if key in self._members.auditors]

    def _has_opened_with(self, link: Link) -> bool:
        """Whether the epoch was opened with a promise of the log that the auditor still has."""
        own = link.promise
        return own is not None and any(item.promise.log == own.promise.log for item in self._proposals.promises)

    @property
    def must_rise_again(self) -> bool:
        """Whether only another epoch can bring the quorum back.

        Either everybody is here and some recover, whom fewer than a quorum of others could confirm; or somebody has
        promised a later epoch than the open one, and fewer than a quorum of others follow or will when they have
        their snapshots: whoever lies about epochs must not stop these.
        """
        if self.has_quorum or self.state not in (AlphaState.RISING, AlphaState.READY):
            return False
        promised = [link for link in self._voting_links if link.promise is not None]
        recovering = any(not link.remembers for link in promised)
        everybody = len(promised) == len(self._members.auditors)
        is_stuck = self.state is AlphaState.READY and recovering and everybody
        others = sum(link.remembers and (link.is_streaming or link.is_loading) for link in promised)
        return is_stuck or (bool(self._proposals.ahead) and others < self._quorum)

    @property
    def awaits_confirmation(self) -> bool:
        """Whether an auditor recovers that needs a batch made after it came back, and there is none yet.

        Those whose promise opened the epoch need none: its first batch is one.
        """
        if self.state is not AlphaState.READY:
            return False
        return any(
            link.start_tip is not None and link.start_tip >= self.tip.number
            for link in self._links.values()
            if not link.remembers and not self._has_opened_with(link)
        )

    @property
    def auditors(self) -> list[bytes]:
        """Keys of the auditors that are connected."""
        return list(self._links)

    @property
    def away(self) -> list[bytes]:
        """Keys of the term's auditors that are not connected."""
        return [key for key in self._members.auditors if key not in self._links]

    @property
    def recovering(self) -> list[bytes]:
        """Keys of the term's auditors that are connected and may have forgotten what they signed."""
        return [link.auditor for link in self._voting_links if link.promise is not None and not link.remembers]

    @property
    def _is_waiting(self) -> bool:
        return self.state is AlphaState.WAITING

    def follows(self, auditor: bytes) -> bool:
        """Whether an auditor is connected and follows the stream."""
        link = self._links.get(auditor)
        return link is not None and link.is_streaming

    def lag(self, auditor: bytes) -> int:
        """Batches that an auditor lacks, as far as alpha has heard; all since its last word while it is away."""
        link = self._links.get(auditor)
        reached = link.reached if link is not None and link.is_streaming else self._reached.get(auditor, 0)
        return max(0, self.tip.number - reached)

    def link_up(self, auditor: bytes, wake: Callable[[], None]) -> Link:
        """A proven auditor has connected; its old link, if any, is forgotten."""
        link = self._links[auditor] = Link(auditor, self._relay.cache, wake)
        self._proposals.greet(link, is_waiting=self._is_waiting)
        return link

    def link_down(self, link: Link) -> None:
        """A connection has ended."""
        link.end()
        if link.is_streaming:
            self._reached[link.auditor] = link.reached
        if self._links.get(link.auditor) is link:
            del self._links[link.auditor]
        if self._fetch is not None:
            self._fetch.link_down(link)

    def look_at_source(self) -> None:
        """Called now and then: give up an auditor that has delivered nothing since the last call, or is gone."""
        if self._fetch is not None and not self._fetch.look():
            self._fetch = None
            self.state = AlphaState.WAITING
            self._proposals.begin_again()

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
            case SignedProposal():
                return [_alarm_of(auditor, message)]
            case SignedRequest():
                return [RequestForwarded(auditor, message)]
            case Batch() | SnapshotHead() | SnapshotEntries():
                return self._take_history(auditor, message)
            case SignedVerdict():
                return [self._refused(auditor, message)]
            case _:
                raise ProtocolViolation(
                    Code.UNEXPECTED_MESSAGE, f"an auditor does not send {type(message).__name__} here"
                )

    def _count(self, auditor: bytes, vote: Vote) -> list[AlphaEvent]:
        link = self._links[auditor]
        try:
            certificate = self._votes.count(auditor, vote, remembers=link.remembers)
        except ValueError as error:
            return [AuditorFaulty(auditor, str(error))]
        link.reached = max(link.reached, min(vote.number, self.tip.number))
        if certificate is None:
            return []
        self._certified = certificate.header.number
        self.state = AlphaState.READY
        self._relay.certify(certificate)
        return [Certified(certificate)]

    def _refused(self, auditor: bytes, signed: SignedVerdict) -> AuditorFaulty:
        check_verdict(settings_constellation_id(self._settings), auditor, signed)
        verdict = signed.verdict
        return AuditorFaulty(auditor, f"refuses batch {verdict.number}: {verdict.code.name}: {verdict.reason}")

    def _take_promise(self, auditor: bytes, signed: SignedPromise) -> list[AlphaEvent]:
        if not self._proposals.take(auditor, signed, is_waiting=self._is_waiting):
            return []
        forgetful = self._find_forgetful(self._links[auditor], signed)
        if self._links[auditor].promise is None:
            return forgetful
        match self.state:
            case AlphaState.WAITING:
                return [*forgetful, self._adopt()] if self._proposals.are_enough else forgetful
            case AlphaState.ADOPTING:
                if self._fetch is not None:
                    self._fetch.promised()
                return []
            case AlphaState.RISING | AlphaState.READY:
                return [self._stream_to(auditor, signed)] if auditor in self._members.auditors else []

    def _find_forgetful(self, link: Link, signed: SignedPromise) -> list[AlphaEvent]:
        """Refuse promises of those who have forgotten what they signed.

        While promises are gathered, the certificate in the newest one may tell it of those that came before. Who has a
        stream promises again when it has recovered: there it has everything.
        """
        if signed.promise.certificate is not None:
            self._known.note_certificate(signed.promise.certificate)
        found: list[AlphaEvent] = []
        for suspect in list(self._links.values()) if self._is_waiting else [link]:
            forgotten = None
            if suspect.promise is not None and not suspect.is_streaming:
                forgotten = self._known.forgotten_by(suspect.promise)
            if forgotten is not None:
                self._proposals.refuse(suspect, forgotten, is_waiting=self._is_waiting)
                found.append(AuditorForgetful(suspect.auditor, forgotten.header.number))
        return found

    def _adopt(self) -> Adopt:
        """Choose the best tip among the promises and alpha's own, which must not end before it."""
        self.state = AlphaState.ADOPTING
        best = best_tip(self._settings, self._proposals.promises)
        if rank(self.tip) < rank(best) or self.tip.number < best.number:
            return self.adopt_promised()
        return Adopt(self.tip, self.tip.number, None, best)

    def adopt_promised(self) -> Adopt:
        """Adopt the best promised tip, and fetch what leads to it."""
        promises = self._proposals.promises
        best = best_tip(self._settings, promises)
        source = next(signed.auditor for signed in promises if promised_tip(self._settings, signed.promise) == best)
        self._fetch = Fetch(self._terms, best, self._certified, self._links)
        self._fetch.ask()
        return Adopt(best, self._certified, source, best)

    def _take_history(self, auditor: bytes, message: Batch | SnapshotHead | SnapshotEntries) -> list[AlphaEvent]:
        if self._fetch is None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "history that alpha did not ask for")
        event = self._fetch.receive(auditor, message)
        if isinstance(event, SnapshotFetched):
            self._certified = event.snapshot.tip.number
            self._known.note_certificate(event.snapshot.finality.certificate)
        return [] if event is None else [event]

    def fetch_after(self, number: int) -> None:
        """A fetched batch does not hold: whoever is asked next is asked for what follows batch ``number`` again."""
        if self._fetch is not None:
            self._fetch.go_on_after(number)

    def opened(self, base: Tip) -> None:
        """The epoch's first batch follows ``base`` and is stored: tell the auditors that promised."""
        self.state = AlphaState.RISING
        self._fetch = None
        self._relay.open(EpochOpening(self.epoch, base.number, base.digest, self._proposals.promises))

    def streams(self) -> list[AlphaEvent]:
        """Wishes to start the streams of all connected auditors that have promised."""
        return [self._stream_to(link.auditor, link.promise) for link in self._voting_links if link.promise is not None]

    def _stream_to(self, auditor: bytes, signed: SignedPromise) -> StartStream:
        certificate = signed.promise.certificate
        certified = 0 if certificate is None else certificate.header.number
        return StartStream(auditor, promised_tip(self._settings, signed.promise), certified)

    def start_stream(self, auditor: bytes, number: int) -> None:
        """Stream to ``auditor`` from batch ``number`` on."""
        self._relay.start(auditor, number, self.tip.number)

    def begin_snapshot(self, auditor: bytes) -> Link | None:
        """The link that waits for a snapshot from now on; None when there is none that needs one.

        Answer with :meth:`send_snapshot`.
        """
        return self._relay.begin_snapshot(auditor)

    def send_snapshot(self, link: Link, snapshot: SnapshotSender) -> None:
        """Send ``snapshot`` to the auditor, and then the batches after it."""
        self._relay.send_snapshot(link, snapshot)

    def relay(self, sealed: SealedBatch, batch: Batch) -> None:
        """Send a stored batch to all auditors and count their votes for it."""
        self._votes.open(sealed.header, sealed.digest)
        self.tip = sealed.tip
        self._relay.add(batch)

    def describe(self) -> dict[str, object]:
        """For status pages."""
        return {
            "state": self.state.value,
            "epoch": self.epoch,
            "auditors": [encode_public_key(key) for key, link in self._links.items() if link.is_streaming],
            "away": [encode_public_key(key) for key in self.away],
            "recovering": [encode_public_key(key) for key in self.recovering],
            "quorum": self._quorum,
            "open_ballots": len(self._votes),
        }


def _alarm_of(auditor: bytes, signed: SignedProposal) -> Proposed:
    """What an auditor's node proposes by itself; everything else comes from its operator."""
    if signed.auditor != auditor or not is_alarm(signed.proposal):
        raise ProtocolViolation(Code.INVALID_PROPOSAL, "an auditor's node proposes suspensions of its own alone")
    return Proposed(signed)
