"""The sequencer's side of the gateway, without I/O: requests in, answers, acknowledgements and finality out.

The clients are behind one or many fronts (:mod:`constellation.gateway.front`), in this process or in others.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from constellation.gateway.admission import Gate
from constellation.gateway.answers import AnswerBook, BatchRecord
from constellation.gateway.config import GatewayConfig
from constellation.gateway.council import Council
from constellation.gateway.desk import RequestDesk
from constellation.gateway.guests import Guest, Origin, SendToWorker
from constellation.gateway.history_questions import HistoryAsker, HistoryQuestions
from constellation.gateway.ledger_queue import LedgerCheck
from constellation.gateway.metrics import GatewayMetrics
from constellation.gateway.proof_desk import ProofDesk
from constellation.gateway.queries import account_asked
from constellation.gateway.reading import LogReader, ReadQueue
from constellation.gateway.replay import ReplayDesk
from constellation.protocol.errors import ProtocolViolation, Rejection, clip
from constellation.protocol.leaves import Submission
from constellation.protocol.limits import FINALITY_KEPT_MAX, UNFINAL_QUANTA_MAX
from constellation.protocol.messages import (
    MAX_ANCESTORS,
    MAX_WORKER_EVENTS,
    BatchAcknowledged,
    BatchesCertified,
    BatchHeader,
    Certificate,
    Code,
    Finality,
    ModeCommit,
    Propose,
    QueryAccount,
    QueryBook,
    QueryHistory,
    QueryOrders,
    QueryProof,
    QueryProposals,
    RequestLimits,
    RequestOrigin,
    RequestRate,
    Resume,
    SessionAdmitted,
    SessionAsked,
    SessionEnded,
    SessionProven,
    SessionRefused,
    SessionsClosed,
    SessionsTold,
    SignedHeader,
    Submit,
    SubmitBatch,
    Welcome,
    WorkerEvent,
    WorkerMessage,
    encode_client_message,
)
from constellation.quanta import Machine, SealedBatch
from constellation.transport.addresses import count_off


class WorkerLink:
    """One front, as the hub sees it.

    Args:
        hub: what it stands before.
        send: takes a message for it; never raises.

    Attributes:
        send: as given.
        guests: its sessions with a proven account, by their id.
        waiting: those of them that are not admitted yet.
    """

    def __init__(self, hub: "Hub", send: SendToWorker) -> None:
        self.send = send
        self.guests: dict[int, Guest] = {}
        self.waiting: dict[int, Guest] = {}
        self._hub = hub

    def receive(self, message: WorkerMessage) -> None:
        """Take what the front says.

        Raises:
            ProtocolViolation: it says what fronts do not say.
        """
        match message:
            case SessionAsked():
                guest = self.guests.get(message.session)
                if guest is not None:
                    self._hub.ask(guest, message)
            case SessionProven():
                proven = message.session, message.account, message.signer, message.address
                self._hub.enter(self, Guest(self.send, *proven))
            case SessionEnded():
                self._hub.leave(self, message.session)

    def end(self) -> None:
        """The front is gone, with all its sessions."""
        for number in list(self.guests):
            self._hub.leave(self, number)
        self.waiting.clear()
        self._hub.detach(self)


class Hub:
    """Routes between the fronts and the sequencer.

    It is built over a restored state: what that state shows counts as durable.

    Args:
        machine: read for answers, changed by ``submit`` alone.
        submit: executes a request at once; raises :exc:`Rejection` when nothing happened.
        refusal: why requests cannot be executed just now, if so.
        clock_us: microseconds since 1970.
        reader: of the log.
        council: for the auditors' proposals.
        config: bounds.
        metrics: counters.
        check: asks the ledger whether a withdrawal can arrive; None executes withdrawals unasked.
        asker: asks a chronicler; None: there is none.
        gate: whom the operator admits; None: everybody.

    Attributes:
        epoch: alpha's, shown to clients; set by the node when one opens, and by each batch.
    """

    def __init__(
        self,
        machine: Machine,
        submit: Callable[[Origin | None, Submission], None],
        refusal: Callable[[], Rejection | None],
        clock_us: Callable[[], int],
        reader: LogReader,
        council: Council,
        config: GatewayConfig,
        metrics: GatewayMetrics,
        check: LedgerCheck | None = None,
        asker: HistoryAsker | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.epoch = 0
        self._config = config
        self._machine = machine
        self._clock_us = clock_us
        self._metrics = metrics
        self._answers = AnswerBook(config.answers)
        self._gate = gate
        self._desk = RequestDesk(machine, submit, refusal, clock_us, self._answers, council, metrics, check, gate)
        self._links: dict[WorkerLink, None] = {}
        self._guests = 0
        self._per_address: Counter[str] = Counter()
        self._accounts: dict[bytes, dict[Guest, WorkerLink]] = {}
        self._unfinal: dict[int, BatchRecord] = {}
        self._final: dict[int, bytes] = {}
        self._acknowledged = 0
        self._durable_apex = machine.state.apex
        queue = ReadQueue()
        self._replays = ReplayDesk(machine.state, reader, queue, self._finality, lambda: self._acknowledged)
        self._proofs = ProofDesk(reader, queue)
        self._questions = HistoryQuestions(asker)

    # Fronts and their sessions.

    def attach(self, send: SendToWorker) -> WorkerLink:
        """A new front."""
        link = WorkerLink(self, send)
        self._links[link] = None
        return link

    def detach(self, link: WorkerLink) -> None:
        """A front is gone."""
        del self._links[link]

    def enter(self, link: WorkerLink, guest: Guest) -> None:
        """Take a session into the routes, or refuse it: there are too many, or its key may not sign for the account.

        The operator's gate may take a while. Auditors need not be admitted: they govern.
        """
        if self._gate is None or self._is_auditor(guest):
            self._seat(link, guest)
        elif self._desk.admits(guest):
            link.waiting[guest.session_id] = guest
            self._gate.ask(guest.account, guest.signer, lambda refusal: self._told(link, guest, refusal))

    def _told(self, link: WorkerLink, guest: Guest, refusal: Rejection | None) -> None:
        """The gate has decided about a session, which may be gone."""
        if link.waiting.pop(guest.session_id, None) is None:
            return
        if refusal is None:
            self._seat(link, guest)
        else:
            guest.send(SessionRefused(guest.session_id, refusal.code, clip(refusal.message)))

    def _seat(self, link: WorkerLink, guest: Guest) -> None:
        if not self._desk.admits(guest):
            return
        refusal = self._overcrowded(guest)
        if refusal is not None:
            guest.send(SessionRefused(guest.session_id, Code.TOO_MANY_CONNECTIONS, clip(refusal)))
            return
        link.guests[guest.session_id] = guest
        self._guests += 1
        self._per_address[guest.address] += 1
        self._accounts.setdefault(guest.account, {})[guest] = link
        is_auditor = self._is_auditor(guest)
        guest.send(SessionAdmitted(guest.session_id, is_auditor, self._welcome(), self._durable_apex, self._rate()))

    def _is_auditor(self, guest: Guest) -> bool:
        return guest.signer is None and guest.account in self._machine.state.settings.auditors

    def _overcrowded(self, guest: Guest) -> str | None:
        """The bounds over all fronts; each keeps its own before a session has an account."""
        config = self._config
        same_account, same_address = len(self._accounts.get(guest.account, ())), self._per_address[guest.address]
        if same_account >= config.connections_per_account:
            return f"{same_account} connections of this account are open, the most"
        if same_address >= config.connections_per_address:
            return f"{same_address} connections from this address are open, the most"
        return f"{self._guests} connections are open, the most" if self._guests >= config.connections else None

    def leave(self, link: WorkerLink, session_id: int) -> None:
        """Forget a session that has ended."""
        link.waiting.pop(session_id, None)
        guest = link.guests.pop(session_id, None)
        if guest is None:
            return
        guest.is_open = False
        self._guests -= 1
        count_off(self._per_address, guest.address)
        self._replays.forget(guest)
        own = self._accounts[guest.account]
        del own[guest]
        if not own:
            del self._accounts[guest.account]

    @property
    def guests(self) -> list[Guest]:
        """The sessions that the gate decides about."""
        return [guest for link in self._links for guest in link.guests.values() if not self._is_auditor(guest)]

    def close_all(self, code: Code, message: str) -> None:
        """End all sessions with a reason."""
        for link in self._links:
            link.send(SessionsClosed(code, clip(message)))

    def _welcome(self) -> bytes:
        state = self._machine.state
        return encode_client_message(
            Welcome(
                state.settings,
                state.settings_version,
                self.epoch,
                state.apex,
                max(self._clock_us(), state.timestamp),  # what the next quantum can have at the earliest
                state.settings.limits.requests_per_second,
                state.settings.limits.burst,
                state.mode,
            )
        )

    @property
    def limits(self) -> RequestLimits:
        """Of the settings in force."""
        return self._machine.state.settings.limits

    def _rate(self) -> RequestRate:
        return RequestRate(self.limits.requests_per_second, self.limits.burst)

    # What clients ask.

    def ask(self, guest: Guest, asked: SessionAsked) -> None:
        """Answer a client's message, now or later.

        Raises:
            ProtocolViolation: messages of this kind are not answered.
        """
        if not self._desk.admits(guest):
            return
        action = _ACTIONS.get(type(asked.message))
        if action is None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, f"{type(asked.message).__name__} is not answered")
        message: Any = asked.message
        slot = None if isinstance(message, _UNORDERED) else asked.slot
        origin = Origin(guest, slot, message.request_id)
        try:
            action(self, origin, message)
        except Rejection as error:
            origin.refuse(error)

    def _on_submit(self, origin: Origin, message: Submit) -> None:
        self._desk.submit(origin, message.request)

    def _on_submit_batch(self, origin: Origin, message: SubmitBatch) -> None:
        self._desk.submit(origin, message.batch)

    def _on_query_account(self, origin: Origin, message: QueryAccount) -> None:
        self._desk.query_account(origin, message)

    def _on_query_book(self, origin: Origin, message: QueryBook) -> None:
        self._desk.query_book(origin, message)

    def _on_propose(self, origin: Origin, message: Propose) -> None:
        self._desk.propose(origin, message)

    def _on_query_proposals(self, origin: Origin, _message: QueryProposals) -> None:
        self._desk.query_proposals(origin)

    def _on_resume(self, origin: Origin, message: Resume) -> None:
        self._replays.resume(origin, message)

    def _on_query_proof(self, origin: Origin, message: QueryProof) -> None:
        self._desk.charge_proof(origin.guest)
        self._proofs.prove(origin, message, is_auditor=self._is_auditor(origin.guest))

    def _on_query_history(self, origin: Origin, message: QueryHistory | QueryOrders) -> None:
        self._desk.charge_proof(origin.guest)
        apex = self._machine.state.apex
        if message.min_apex > apex:  # or somebody could have chroniclers wait for what does not come
            raise Rejection(Code.INVALID_QUERY, f"min_apex {message.min_apex}: the last quantum so far is {apex}")
        account = account_asked(self._machine.state, origin.guest, message.sub_account)
        self._questions.ask(origin, account, message)

    # What the node tells.

    def forwarded(self, auditor: bytes, signed: Submission) -> None:
        """See :meth:`RequestDesk.forwarded`."""
        self._desk.forwarded(auditor, signed)

    def acknowledge(self, sealed: SealedBatch, signed_header: SignedHeader, origins: Sequence[Origin | None]) -> None:
        """A batch is durable: tell everybody whom it concerns.

        Args:
            sealed: the batch.
            signed_header: signed by alpha.
            origins: where each quantum came from; None for what no session asked for.
        """
        record = self._record(sealed, signed_header)
        events: dict[WorkerLink, list[WorkerEvent]] = {link: [] for link in self._links}
        for place, origin in enumerate(origins):
            self._collect(sealed, place, origin, events)
        for link, own in events.items():
            for first in range(0, max(len(own), 1), MAX_WORKER_EVENTS):
                piece, is_last = own[first : first + MAX_WORKER_EVENTS], first + MAX_WORKER_EVENTS >= len(own)
                link.send(BatchAcknowledged(signed_header, sealed.leaves if piece else [], is_last, piece))
        for place in range(len(origins)):
            self._answer(record, place)
        self._settle(sealed)
        if any(isinstance(item.quantum.body, ModeCommit) for item in sealed.executed):
            self._tell_all()

    def _expel(self, sealed: SealedBatch) -> None:
        """End sessions of keys that may not sign any more for an account that a final batch concerns.

        Before that they are not answered either, but whoever has rotated a key sees it become final.
        """
        accounts = self._machine.state.vault.accounts
        touched = dict.fromkeys(group.account for item in sealed.executed for group in item.groups)
        for key in touched:
            if key in self._accounts and accounts[key].keys is not None:
                for guest in list(self._accounts[key]):
                    self._desk.admits(guest)

    def _collect(
        self, sealed: SealedBatch, place: int, origin: Origin | None, events: dict[WorkerLink, list[WorkerEvent]]
    ) -> None:
        """Note the effects of a quantum for every front that has a session of an account."""
        executed = sealed.executed[place]
        body = executed.quantum.body
        author = body.request.account if isinstance(body, Submission) else None
        for group_place, group in enumerate(executed.groups):
            guests = self._accounts.get(group.account)
            if guests is None:
                continue
            proof = sealed.group_proof(place, group_place)
            own = guests.get(origin.guest) if origin is not None and group.account == author else None
            for link in dict.fromkeys(guests.values()):
                asked = None
                if origin is not None and origin.slot is not None and link is own:
                    asked = RequestOrigin(origin.guest.session_id, origin.slot, executed.is_last)
                events[link].append(WorkerEvent(place, executed.leaf, group, proof, asked))

    def _answer(self, record: BatchRecord, place: int) -> None:
        """Remember the answer to a request, and give it to those who have repeated it meanwhile."""
        answer = self._answers.acknowledge(record, place)
        if answer is not None:
            for origin in answer.waiters:
                answer.repeat(origin)
            answer.waiters.clear()

    def _settle(self, sealed: SealedBatch) -> None:
        self._answers.forget(sealed.header.timestamp)
        self._metrics.remembered.set(len(self._answers))
        self._durable_apex = max(self._durable_apex, sealed.header.last_apex)

    def _record(self, sealed: SealedBatch, signed_header: SignedHeader) -> BatchRecord:
        self.epoch = max(self.epoch, sealed.header.epoch)  # what is remembered is of earlier ones
        record = self._unfinal[sealed.header.number] = BatchRecord(sealed, signed_header)
        self._acknowledged = sealed.header.number
        if len(self._unfinal) > UNFINAL_QUANTA_MAX:
            del self._unfinal[next(iter(self._unfinal))]
        return record

    def finalize(self, certificate: Certificate, ancestors: Sequence[BatchHeader] = ()) -> None:
        """A batch is final, and with it every batch before it: tell everybody who got an event of one.

        Args:
            certificate: of the batch.
            ancestors: headers of the batches before it, oldest first, that have no certificate of their own; by default
                those that are not final yet. Votes can be lost, and then a later batch is certified first.
        """
        ancestors = ancestors or self._left_behind(certificate.header.number)
        message = encode_client_message(Finality(certificate, list(ancestors)))
        headers = [*ancestors, certificate.header]
        self._acknowledged = max(self._acknowledged, certificate.header.number)
        for link in self._links:
            link.send(BatchesCertified(headers[0].number, headers[-1].number, message))
        records = [self._finalize(header.number, message) for header in headers]
        for record in records:
            if record is not None:
                self._expel(record.sealed)
        if any(record is not None and record.changes_settings for record in records):
            self._tell_all()

    def _left_behind(self, number: int) -> list[BatchHeader]:
        """Headers of the batches right before ``number`` that are not final yet, oldest first."""
        headers: list[BatchHeader] = []
        while len(headers) < MAX_ANCESTORS and (record := self._unfinal.get(number - 1 - len(headers))) is not None:
            headers.append(record.sealed.header)
        return headers[::-1]

    def _finalize(self, number: int, message: bytes) -> BatchRecord | None:
        record = self._unfinal.pop(number, None)
        if record is not None:
            record.finality = message
            self._final[number] = message
            if len(self._final) > FINALITY_KEPT_MAX:
                del self._final[next(iter(self._final))]
        return record

    def _tell_all(self) -> None:
        """Other settings are final, or another mode is durable: whoever is connected gets another welcome."""
        for link in self._links:
            link.send(SessionsTold(self._welcome(), self._rate()))

    def _finality(self, number: int) -> bytes | None:
        return b"" if number in self._unfinal else self._final.get(number)

    def remember(self, sealed: SealedBatch, signed_header: SignedHeader) -> None:
        """Take the answers of a replayed batch into the answer book, after a restart.

        Its certificate, when it has one already, comes by :meth:`finalize` as well.
        """
        record = self._record(sealed, signed_header)
        for place in range(len(sealed.executed)):
            self._answer(record, place)
        self._settle(sealed)


_UNORDERED = (Resume, QueryProof, QueryHistory, QueryOrders)  # read from the log, or elsewhere, in no order

_ACTIONS: Mapping[type, Callable[[Hub, Origin, Any], None]] = {
    Submit: Hub._on_submit,
    SubmitBatch: Hub._on_submit_batch,
    QueryAccount: Hub._on_query_account,
    QueryBook: Hub._on_query_book,
    Resume: Hub._on_resume,
    QueryProof: Hub._on_query_proof,
    QueryHistory: Hub._on_query_history,
    QueryOrders: Hub._on_query_history,
    Propose: Hub._on_propose,
    QueryProposals: Hub._on_query_proposals,
}
