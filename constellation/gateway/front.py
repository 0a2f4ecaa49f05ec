"""The clients of one process, without I/O: connections, sessions, and the checks that need no state of the exchange.

A front stands before the hub, in alpha's own process or in a gateway worker. They tell each other messages of
``xdr/workers.x``, in order, and each knows the other's side by numbers only::

    client ──frames──▶ Session ──▶ Front ──WorkerMessage──▶ Hub ──▶ sequencer
    client ◀──frames── Session ◀── Front ◀───HubMessage──── Hub ◀── log, certificates

A submitted request is checked here in this order: is it the session's own account, is it within the account's rate,
does the signature fit. So a stranger costs the sequencer nothing.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from constellation.gateway.config import GatewayConfig
from constellation.gateway.desk import check_signature
from constellation.gateway.hub import Hub
from constellation.gateway.metrics import GatewayMetrics
from constellation.gateway.outbox import QueuedBytes, Slot
from constellation.gateway.rate import RateLimiter
from constellation.gateway.session import Session
from constellation.protocol.errors import Rejection
from constellation.protocol.handshake import ResponderHandshake
from constellation.protocol.leaves import Submission, leaf_count
from constellation.protocol.limits import UNFINAL_QUANTA_MAX
from constellation.protocol.merkle import MerkleTree
from constellation.protocol.messages import (
    AccountEvent,
    AppointAgent,
    BatchAcknowledged,
    BatchesCertified,
    ClientMessage,
    Code,
    HubMessage,
    MerkleProof,
    RequestRate,
    Role,
    SessionAdmitted,
    SessionAnswer,
    SessionAsked,
    SessionEnded,
    SessionProven,
    SessionRefused,
    SessionsClosed,
    SessionsTold,
    SignedAppointment,
    SignedHeader,
    SignedRequestBatch,
    WorkerEvent,
    WorkerMessage,
)
from constellation.protocol.signing import Signer
from constellation.transport.addresses import count_off


class Front:
    """All client sessions of one process.

    Args:
        signer: alpha's, for handshakes.
        constellation: its id.
        send: takes a message for the hub; never raises.
        clock_us: microseconds since 1970.
        random_bytes: that many fresh random bytes.
        config: bounds.
        metrics: counters.
        rate: of an account's requests, until the hub tells another one.

    Attributes:
        appointments: shown to clients in handshakes.
        config: as given.
        rate: as the hub has told it last.
    """

    def __init__(
        self,
        signer: Signer,
        constellation: bytes,
        send: Callable[[WorkerMessage], None],
        clock_us: Callable[[], int],
        random_bytes: Callable[[int], bytes],
        config: GatewayConfig,
        metrics: GatewayMetrics,
        rate: RequestRate,
    ) -> None:
        self.appointments: Sequence[SignedAppointment] = ()
        self.config = config
        self._signer = signer
        self._constellation = constellation
        self._send = send
        self._clock_us = clock_us
        self._random_bytes = random_bytes
        self._metrics = metrics
        self.rate = rate
        self._limiter = RateLimiter(rate.requests_per_second, rate.burst)
        self._queued = QueuedBytes(config.queues_bytes)
        metrics.queued.set_function(lambda: self._queued.total)
        self._sessions: dict[int, Session] = {}
        self._addresses: dict[int, str] = {}
        self._per_address: Counter[str] = Counter()
        self._accounts: dict[bytes, dict[int, Session]] = {}
        self._last_session_id = 0
        self._awaiting: dict[int, dict[int, None]] = {}
        self._durable_apex = 0
        self._held: deque[tuple[int, Session, Slot]] = deque()

    # Connections.

    def connect(self, address: str, now_s: float) -> Session:
        """A session for a new connection; closed already when there are too many.

        Args:
            address: network address of the client.
            now_s: by the clock of :meth:`Session.tick`.
        """
        self._last_session_id += 1
        challenge = self._random_bytes(32)
        handshake = ResponderHandshake(self._signer, Role.CLIENT, self._constellation, self.appointments, challenge)
        deadline_s = now_s + self.config.handshake_timeout_s
        session = Session(self._last_session_id, self, handshake, self.config, deadline_s, self._queued)
        same_address = self._per_address[address]
        if len(self._sessions) >= self.config.connections:
            session.close(Code.TOO_MANY_CONNECTIONS, f"{self.config.connections} connections are open, the most")
        elif same_address >= self.config.connections_per_address:
            session.close(Code.TOO_MANY_CONNECTIONS, f"{same_address} connections from this address are open, the most")
        self._sessions[session.session_id] = session
        self._addresses[session.session_id] = address
        self._per_address[address] += 1
        self._metrics.connections.set(len(self._sessions))
        return session

    def disconnect(self, session: Session) -> None:
        """Forget a session whose connection has ended."""
        if self._sessions.pop(session.session_id, None) is None:
            return
        session.receive_eof()
        if session.account:
            self._send(SessionEnded(session.session_id))
        if session.closing is not None:
            self._metrics.closings.labels(session.closing.code.name).inc()
        count_off(self._per_address, self._addresses.pop(session.session_id))
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

    # What sessions want (session.Desk).

    def enter(self, session: Session) -> None:
        """Ask for the welcome of a session that has proven its key."""
        address = self._addresses[session.session_id]
        self._send(SessionProven(session.session_id, session.account, session.signer, address))

    def check(self, session: Session, signed: Submission) -> None:
        """Check a request before it goes to the hub.

        Raises:
            Rejection: FOREIGN_ACCOUNT, RATE_LIMITED or BAD_SIGNATURE.
        """
        try:
            if signed.request.account != session.account and not _brings_its_appointment(session, signed):
                raise Rejection(Code.FOREIGN_ACCOUNT, "the request is for another account than the one that connected")
            self._limiter.charge_request(session.account, self._clock_us(), leaf_count(signed))
            check_signature(self._constellation, signed)
        except Rejection as error:
            self._metrics.requests.labels(error.code.name).inc()
            raise

    def ask(self, session: Session, slot: int, message: ClientMessage) -> None:
        """Let the hub answer."""
        self._send(SessionAsked(session.session_id, slot, message))

    # What the hub says.

    def receive(self, message: HubMessage) -> None:
        """Take what the hub says."""
        _ACTIONS[type(message)](self, message)

    def _follow(self, rate: RequestRate) -> None:
        self.rate = rate
        self._limiter.change(rate.requests_per_second, rate.burst)

    def _on_admitted(self, message: SessionAdmitted) -> None:
        self._follow(message.rate)
        self._release(message.durable)
        session = self._sessions.get(message.session)
        if session is not None and session.is_entering:
            self._accounts.setdefault(session.account, {})[session.session_id] = session
            session.admit(message.welcome, is_auditor=message.is_auditor)

    def _on_refused(self, message: SessionRefused) -> None:
        session = self._sessions.get(message.session)
        if session is not None:
            session.close(message.code, message.message)

    def _on_answer(self, answer: SessionAnswer) -> None:
        session = self._sessions.get(answer.session)
        if session is None or not session.is_open:
            return
        session.cost += answer.cost
        for number in answer.awaited:
            self._await(number)[session.session_id] = None
        if answer.slot is None:
            for frame in answer.frames:
                session.push(frame)
        else:
            self._resolve(session, answer.slot, answer)
        session.flush()

    def _resolve(self, session: Session, number: int, answer: SessionAnswer) -> None:
        slot = session.find_slot(number)
        if slot is None:
            return
        if answer.apex <= self._durable_apex:
            session.resolve(slot, answer.frames)
        else:
            session.hold(slot, answer.frames[0])
            self._held.append((answer.apex, session, slot))

    def _await(self, number: int) -> dict[int, None]:
        """The ids of the sessions that wait for a batch's finality (the values are not used)."""
        waiting = self._awaiting.setdefault(number, {})
        if len(self._awaiting) > UNFINAL_QUANTA_MAX:
            del self._awaiting[next(iter(self._awaiting))]
        return waiting

    def _on_acknowledged(self, message: BatchAcknowledged) -> None:
        header = message.signed_header.header
        if message.events:
            tree = MerkleTree(message.leaves)
            told = self._await(header.number)
            for event in message.events:
                self._tell(message.signed_header, event, tree.prove(event.place), told)
            for session in self._listeners(told):
                session.flush()
        if message.is_whole:
            self._release(header.last_apex)

    def _tell(self, signed_header: SignedHeader, event: WorkerEvent, proof: MerkleProof, told: dict[int, None]) -> None:
        origin = event.origin
        shared: AccountEvent | None = None
        for session in self._accounts.get(event.group.account, {}).values():
            told[session.session_id] = None
            if origin is None or session.session_id != origin.session:
                shared = shared or AccountEvent(None, event.leaf, event.group, event.group_proof, proof)
                session.push_event(signed_header, shared)
                continue
            slot = session.find_slot(origin.slot)
            if slot is not None:
                own = AccountEvent(slot.request_id, event.leaf, event.group, event.group_proof, proof)
                slot.collected.append((signed_header, own))
                if origin.is_last:
                    session.resolve(slot, slot.collected)

    def _listeners(self, told: dict[int, None]) -> list[Session]:
        return [self._sessions[number] for number in told if number in self._sessions]

    def _release(self, apex: int) -> None:
        """Send the answers that show nothing after ``apex``."""
        self._durable_apex = max(self._durable_apex, apex)
        while self._held and self._held[0][0] <= self._durable_apex:
            _, session, slot = self._held.popleft()
            session.release(slot)
            session.flush()

    def _on_certified(self, message: BatchesCertified) -> None:
        batches = [self._awaiting.pop(number, {}) for number in range(message.first, message.last + 1)]
        for session in dict.fromkeys(session for waiting in batches for session in self._listeners(waiting)):
            session.push(message.finality)
            session.flush()

    def _on_told(self, message: SessionsTold) -> None:
        self._follow(message.rate)
        for session in self._sessions.values():
            if session.is_open:
                session.push(message.frame)
                session.flush()

    def _on_closed(self, message: SessionsClosed) -> None:
        self.close_all(message.code, message.message)


def _brings_its_appointment(session: Session, signed: Submission) -> bool:
    """An owner who signs with a wallet has no session: whom he appoints brings it."""
    if isinstance(signed, SignedRequestBatch) or session.signer is not None:
        return False
    operation = signed.request.operation
    return isinstance(operation, AppointAgent) and operation.agent == session.account


_ACTIONS: Mapping[type, Callable[[Front, Any], None]] = {
    SessionAdmitted: Front._on_admitted,
    SessionRefused: Front._on_refused,
    SessionAnswer: Front._on_answer,
    BatchAcknowledged: Front._on_acknowledged,
    BatchesCertified: Front._on_certified,
    SessionsTold: Front._on_told,
    SessionsClosed: Front._on_closed,
}


def attached_front(
    hub: Hub,
    signer: Signer,
    constellation: bytes,
    clock_us: Callable[[], int],
    random_bytes: Callable[[int], bytes],
    config: GatewayConfig,
    metrics: GatewayMetrics,
) -> Front:
    """A front in the hub's own process: they call each other."""
    link = hub.attach(lambda message: front.receive(message))
    rate = RequestRate(hub.limits.requests_per_second, hub.limits.burst)
    front = Front(signer, constellation, link.receive, clock_us, random_bytes, config, metrics, rate)
    return front
