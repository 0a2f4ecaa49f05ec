"""All client sessions of alpha, without I/O: requests in, acknowledgements and finality out."""

from collections.abc import Callable, Sequence

from constellation.gateway.answers import AnswerBook, BatchRecord
from constellation.gateway.config import GatewayConfig
from constellation.gateway.council import Council
from constellation.gateway.desk import Origin, RequestDesk
from constellation.gateway.ledger_queue import LedgerCheck
from constellation.gateway.metrics import GatewayMetrics
from constellation.gateway.outbox import QueuedBytes, Slot
from constellation.gateway.proof_desk import ProofDesk
from constellation.gateway.reading import LogReader, ReadQueue
from constellation.gateway.replay import ReplayDesk
from constellation.gateway.session import Session
from constellation.protocol.errors import ProtocolViolation, Rejection
from constellation.protocol.handshake import ResponderHandshake
from constellation.protocol.limits import FINALITY_KEPT_MAX, UNFINAL_QUANTA_MAX
from constellation.protocol.messages import (
    AccountEvent,
    BatchHeader,
    Certificate,
    Code,
    Finality,
    Propose,
    QueryBook,
    QueryProof,
    Resume,
    Role,
    SignedAppointment,
    SignedHeader,
    SignedRequest,
    Welcome,
    encode_client_message,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine, SealedBatch


class Gateway:
    """Routes between client sessions and the sequencer.

    It is built over a restored state: what that state shows counts as durable.

    Args:
        machine: read for answers, changed by ``submit`` alone.
        key_pair: alpha's.
        submit: executes a request at once; raises :exc:`Rejection` when nothing happened.
        refusal: why requests cannot be executed just now, if so.
        clock_us: microseconds since 1970.
        random_bytes: that many fresh random bytes.
        reader: of the log.
        council: for the auditors' proposals.
        config: bounds.
        metrics: counters.
        check: asks the ledger whether a withdrawal can arrive; None executes withdrawals unasked.

    Attributes:
        epoch: alpha's, shown to clients; set by the node when one opens, and by each batch.
        config: as given.
    """

    def __init__(
        self,
        machine: Machine,
        key_pair: KeyPair,
        submit: Callable[[Origin | None, SignedRequest], None],
        refusal: Callable[[], Rejection | None],
        clock_us: Callable[[], int],
        random_bytes: Callable[[int], bytes],
        reader: LogReader,
        council: Council,
        config: GatewayConfig | None = None,
        metrics: GatewayMetrics | None = None,
        check: LedgerCheck | None = None,
    ) -> None:
        self.config = config or GatewayConfig()
        self.epoch = 0
        self.appointments: Sequence[SignedAppointment] = ()
        self._machine = machine
        self._key_pair = key_pair
        self._clock_us = clock_us
        self._random_bytes = random_bytes
        self._metrics = metrics or GatewayMetrics()
        self._answers = AnswerBook(self.config.answers)
        self._desk = RequestDesk(
            machine, submit, refusal, clock_us, self._answers, council, self.config, self._metrics, check
        )
        self._queued = QueuedBytes(self.config.queues_bytes)
        self._metrics.queued.set_function(lambda: self._queued.total)
        self._sessions: dict[int, Session] = {}
        self._addresses: dict[int, str] = {}
        self._per_address: dict[str, int] = {}
        self._accounts: dict[bytes, dict[int, Session]] = {}
        self._last_session_id = 0
        self._unfinal: dict[int, BatchRecord] = {}
        self._final: dict[int, bytes] = {}
        self._acknowledged = 0
        queue = ReadQueue()
        self._replays = ReplayDesk(machine.state, reader, queue, self._finality, lambda: self._acknowledged)
        self._proofs = ProofDesk(reader, queue)

    # Connections.

    def connect(self, address: str, now_s: float) -> Session:
        """A session for a new connection; closed already when there are too many.

        Args:
            address: network address of the client.
            now_s: by the clock of :meth:`Session.tick`.
        """
        self._last_session_id += 1
        constellation = self._machine.state.constellation
        challenge = self._random_bytes(32)
        handshake = ResponderHandshake(self._key_pair, Role.CLIENT, constellation, self.appointments, challenge)
        deadline_s = now_s + self.config.handshake_timeout_s
        session = Session(self._last_session_id, self, handshake, self.config, deadline_s, self._queued)
        same_address = self._per_address.get(address, 0)
        if len(self._sessions) >= self.config.connections:
            session.close(Code.TOO_MANY_CONNECTIONS, f"{self.config.connections} connections are open, the most")
        elif same_address >= self.config.connections_per_address:
            session.close(Code.TOO_MANY_CONNECTIONS, f"{same_address} connections from this address are open, the most")
        self._sessions[session.session_id] = session
        self._addresses[session.session_id] = address
        self._per_address[address] = same_address + 1
        self._metrics.connections.set(len(self._sessions))
        return session

    def disconnect(self, session: Session) -> None:
        """Forget a session whose connection has ended."""
        if self._sessions.pop(session.session_id, None) is None:
            return
        session.receive_eof()
        self._replays.forget(session)
        if session.closing is not None:
            self._metrics.closings.labels(session.closing.code.name).inc()
        _decrement(self._per_address, self._addresses.pop(session.session_id))
        own = self._accounts.get(session.account, {})
        own.pop(session.session_id, None)
        if not own:
            self._accounts.pop(session.account, None)
        self._metrics.connections.set(len(self._sessions))

    def tick(self, now_s: float) -> None:
        """Tell all sessions the time."""
        for session in self._sessions.values():
            session.tick(now_s)

    def close_all(self, code: Code, message: str) -> None:
        """End all sessions with a reason."""
        for session in self._sessions.values():
            session.close(code, message)

    # What sessions ask (session.Desk).

    def welcome(self, session: Session) -> Welcome:
        """Take a session that has proven its account into the routes.

        Raises:
            ProtocolViolation: TOO_MANY_CONNECTIONS of this account.
        """
        own = self._accounts.get(session.account, {})
        if len(own) >= self.config.connections_per_account:
            raise ProtocolViolation(
                Code.TOO_MANY_CONNECTIONS, f"{len(own)} connections of this account are open, the most"
            )
        self._accounts.setdefault(session.account, {})[session.session_id] = session
        return self._welcome()

    def _welcome(self) -> Welcome:
        state = self._machine.state
        return Welcome(
            state.settings,
            state.settings_version,
            self.epoch,
            state.apex,
            self._clock_us(),
            self.config.requests_per_second,
            self.config.burst,
        )

    def is_auditor(self, account: bytes) -> bool:
        """Whether somebody with this key may send proposals of any size."""
        return account in self._machine.state.settings.auditors

    def submit(self, session: Session, slot: Slot, request: SignedRequest) -> None:
        """See :meth:`RequestDesk.submit`."""
        self._desk.submit(session, slot, request)

    def query_account(self, session: Session, slot: Slot) -> None:
        """See :meth:`RequestDesk.query_account`."""
        self._desk.query_account(session, slot)

    def query_book(self, session: Session, slot: Slot, query: QueryBook) -> None:
        """See :meth:`RequestDesk.query_book`."""
        self._desk.query_book(session, slot, query)

    def propose(self, session: Session, slot: Slot, message: Propose) -> None:
        """See :meth:`RequestDesk.propose`."""
        self._desk.propose(session, slot, message)

    def query_proposals(self, session: Session, slot: Slot) -> None:
        """See :meth:`RequestDesk.query_proposals`."""
        self._desk.query_proposals(session, slot)

    def resume(self, session: Session, request: Resume) -> None:
        """See :meth:`ReplayDesk.resume`."""
        self._replays.resume(session, request)

    def query_proof(self, session: Session, query: QueryProof) -> None:
        """See :meth:`ProofDesk.prove`."""
        self._desk.charge_proof(session)
        self._proofs.prove(session, query)

    # What the node tells.

    def forwarded(self, auditor: bytes, signed: SignedRequest) -> None:
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
        for place, origin in enumerate(origins):
            self._route(record, place, origin)
        for session in self._listeners(record):
            session.flush()
        self._settle(sealed)

    def _settle(self, sealed: SealedBatch) -> None:
        self._answers.forget(sealed.header.timestamp)
        self._metrics.remembered.set(len(self._answers))
        self._desk.durable(sealed.header.last_apex)

    def _listeners(self, record: BatchRecord) -> list[Session]:
        """The open sessions that got an event of the batch."""
        return [self._sessions[number] for number in record.sessions if number in self._sessions]

    def _record(self, sealed: SealedBatch, signed_header: SignedHeader) -> BatchRecord:
        self.epoch = sealed.header.epoch
        record = self._unfinal[sealed.header.number] = BatchRecord(sealed, signed_header)
        self._acknowledged = sealed.header.number
        if len(self._unfinal) > UNFINAL_QUANTA_MAX:
            del self._unfinal[next(iter(self._unfinal))]
        return record

    def _route(self, record: BatchRecord, place: int, origin: Origin | None) -> None:
        executed = record.sealed.executed[place]
        body = executed.quantum.body
        author = body.request.account if isinstance(body, SignedRequest) else None
        for group_place, group in enumerate(executed.groups):
            sessions = self._accounts.get(group.account)
            if sessions is None:
                continue
            event = record.sealed.event(place, group_place)
            for session in sessions.values():
                own = origin is not None and group.account == author and session.session_id == origin.session_id
                self._deliver(record, session, event, origin.request_id if own and origin is not None else None)
        if isinstance(body, SignedRequest):
            answer = self._answers.acknowledge(body.request, executed.leaf.body, record, place)
            for session, slot in answer.waiters:
                session.resolve(slot, record.results(place, answer.account, session, slot.request_id))
            answer.waiters.clear()

    def _deliver(self, record: BatchRecord, session: Session, event: AccountEvent, request_id: int | None) -> None:
        record.sessions[session.session_id] = None
        if request_id is None:
            session.push_event(record.signed_header, event)
            return
        answer = AccountEvent(request_id, event.leaf, event.group, event.group_proof, event.leaf_proof)
        slot = session.find_slot(request_id)
        if slot is not None:
            session.resolve(slot, [(record.signed_header, answer)])

    def finalize(self, certificate: Certificate, ancestors: Sequence[BatchHeader] = ()) -> None:
        """A batch is final: tell everybody who got an event of it.

        Args:
            certificate: of the batch.
            ancestors: headers of the batches before it, oldest first, that have no certificate of their own.
        """
        message = encode_client_message(Finality(certificate, list(ancestors)))
        self._acknowledged = max(self._acknowledged, certificate.header.number)
        for header in (*ancestors, certificate.header):
            self._finalize(header.number, message)

    def _finalize(self, number: int, message: bytes) -> None:
        record = self._unfinal.pop(number, None)
        if record is None:
            return
        record.finality = message
        self._final[number] = message
        if len(self._final) > FINALITY_KEPT_MAX:
            del self._final[next(iter(self._final))]
        for session in self._listeners(record):
            session.push(message)
            session.flush()
        record.sessions = {}
        if record.changes_settings:
            self._tell_settings()

    def _tell_settings(self) -> None:
        """Other settings are final: whoever is connected gets another welcome, and can ask for their proof."""
        message = encode_client_message(self._welcome())
        for session in self._sessions.values():
            if session.is_open:
                session.push(message)
                session.flush()

    def _finality(self, number: int, session: Session) -> bytes | None:
        record = self._unfinal.get(number)
        if record is None:
            return self._final.get(number)
        record.sessions[session.session_id] = None
        return b""

    def remember(self, sealed: SealedBatch, signed_header: SignedHeader) -> None:
        """Take the answers of a replayed batch into the answer book, after a restart.

        Its certificate, when it has one already, comes by :meth:`finalize` as well.
        """
        record = self._record(sealed, signed_header)
        for place, executed in enumerate(sealed.executed):
            body = executed.quantum.body
            if isinstance(body, SignedRequest):
                self._answers.acknowledge(body.request, executed.leaf.body, record, place)
        self._settle(sealed)


def _decrement(counts: dict[str, int], key: str) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
