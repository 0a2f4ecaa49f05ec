"""One client's connection, without I/O: bytes in, bytes out.

The states, and the messages that each of them allows::

    HELLO ──Hello──▶ PROOF ──HelloProof──▶ ENTERING ──admitted──▶ OPEN ──Submit, SubmitBatch, QueryAccount,
      │                │                      │                    │       QueryBook, Resume, QueryProof,
      │                │                      │                    │       QueryHistory, QueryOrders,
      │                │                      │                    │       Propose, QueryProposals──▶ OPEN
      └────────────────┴──────────────────────┴─┬──────────────────┘
                                                ▼
                                             CLOSED

Whatever is not in the table, is malformed, too large or badly signed ends the connection with a coded
``Closing``, its last message. An open connection survives requests that break rules: they get a ``Rejected``,
in the order of the requests. Answers to ``Resume``, ``QueryProof``, ``QueryHistory`` and ``QueryOrders`` are read
elsewhere and keep no order. A client that keeps sending signatures that do not fit is broken or hostile and is closed
as well. What is received after the end is dropped. No bytes make :meth:`Session.receive_data` raise.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any, Protocol, TypeVarTuple

from constellation.gateway.config import GatewayConfig
from constellation.gateway.outbox import Outbox, QueuedBytes, QueueOverflow, Result, Slot
from constellation.protocol.errors import ProtocolViolation, Rejection, clip
from constellation.protocol.handshake import ResponderHandshake
from constellation.protocol.leaves import Submission
from constellation.protocol.limits import CLIENT_FRAME_MAX_BYTES, PROPOSAL_FRAME_MAX_BYTES
from constellation.protocol.messages import (
    AccountEvent,
    ClientMessage,
    Closing,
    Code,
    Hello,
    HelloProof,
    Propose,
    QueryAccount,
    QueryBook,
    QueryHistory,
    QueryOrders,
    QueryProof,
    QueryProposals,
    Rejected,
    Resume,
    SignedHeader,
    Submit,
    SubmitBatch,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.xdr import MalformedMessage

_Arguments = TypeVarTuple("_Arguments")

_Ordered = Submit | SubmitBatch | QueryAccount | QueryBook | Propose | QueryProposals

FRAMES_PER_REFUSAL = 3
"""What a refusal costs who gets it, beyond what the request did."""

_FRAMES_PER_QUERY = 1
_FRAMES_PER_READ = 20
_OPERATIONS_PER_FRAME = 25  # they are decoded, whatever becomes of them


class SessionState(Enum):
    """Where a connection stands; see the module."""

    HELLO = auto()
    PROOF = auto()
    ENTERING = auto()
    OPEN = auto()
    CLOSED = auto()


class Desk(Protocol):
    """Who stands behind the sessions of one process."""

    def enter(self, session: "Session") -> None:
        """A session has proven its account: have it admitted, or closed."""

    def check(self, session: "Session", signed: Submission) -> None:
        """Check what needs no state of the exchange about a request; may raise :exc:`Rejection`."""

    def ask(self, session: "Session", slot: int, message: ClientMessage) -> None:
        """Have a message answered, in the place of its slot where the answer keeps the order."""


def rejected(request_id: int, error: Rejection) -> bytes:
    """The encoded refusal of a request."""
    return encode_client_message(Rejected(request_id, error.code, clip(error.message)))


def _nothing() -> None:
    """Nobody sleeps, nothing is checked."""


class Session:
    """The state machine of one connection.

    Args:
        session_id: never used twice in this process.
        desk: has requests answered.
        handshake: fresh.
        config: of the gateway.
        deadline_s: when the handshake must be done, by the clock of :meth:`tick`.
        queued: what waits for all clients.

    Attributes:
        session_id: as given.
        account: whose session it is, once the client has proven a key; empty before.
        signer: the proven key, where the client has named an account beside it; as in a request.
        state: where it stands.
        closing: why it ended, once it has.
        deadline_s: as given.
        frame_max_bytes: what may come in one piece; more of those who have proven an auditor's key.
        cost: of what was received, in frames, beyond having received it; the connection's shell takes it.
        wake: called when there is something to send or the session has ended; set by the connection's shell.
    """

    def __init__(
        self,
        session_id: int,
        desk: Desk,
        handshake: ResponderHandshake,
        config: GatewayConfig,
        deadline_s: float,
        queued: QueuedBytes,
    ) -> None:
        self.session_id = session_id
        self.account = b""
        self.signer: bytes | None = None
        self.state = SessionState.HELLO
        self.closing: Closing | None = None
        self.deadline_s = deadline_s
        self.frame_max_bytes = CLIENT_FRAME_MAX_BYTES
        self.cost = 0
        self._desk = desk
        self._handshake = handshake
        self._config = config
        self.wake: Callable[[], None] = _nothing
        self._outbox = Outbox(config.queue_messages, config.queue_bytes, queued)
        self._bad_signatures = 0

    # What the connection's shell calls.

    def receive_data(self, data: bytes) -> None:
        """Take one binary frame; never raises for what ``data`` holds.

        What the desk raises beside :exc:`Rejection` is a fault of alpha's and passes through.
        """
        if self.state is SessionState.CLOSED:
            return
        try:
            self._dispatch(self._decode(data))
            self._outbox.flush()
        except ProtocolViolation as error:
            self.close(error.code, error.message)
        except QueueOverflow:
            self._overflow()
        self.wake()

    def receive_eof(self) -> None:
        """The connection has ended: nothing can be received or sent any more."""
        self.state = SessionState.CLOSED
        self._outbox.clear()
        self.wake = _nothing  # or session and shell would hold each other until a full collection, which is rare

    def data_to_send(self) -> list[bytes]:
        """Frames to send, in order; each is returned once."""
        return self._outbox.take()

    def tick(self, now_s: float) -> None:
        """Tell the time: a handshake that takes too long ends the session."""
        if self.state not in (SessionState.OPEN, SessionState.CLOSED) and now_s >= self.deadline_s:
            self.close(Code.TIMED_OUT, f"the handshake took more than {self._config.handshake_timeout_s} seconds")

    def close(self, code: Code, message: str) -> None:
        """End the session with a reason; what was answered before is still sent, except to a slow reader."""
        if self.state is SessionState.CLOSED:
            return
        self.state = SessionState.CLOSED
        self.closing = Closing(code, clip(message))
        self._outbox.end_with(encode_client_message(self.closing), drop=code is Code.SLOW_READER)
        self.wake()

    # What the desk calls.

    @property
    def is_open(self) -> bool:
        """Whether answers can still reach the client."""
        return self.state is SessionState.OPEN

    @property
    def is_entering(self) -> bool:
        """Whether the client has to wait for its welcome before it says anything."""
        return self.state is SessionState.ENTERING

    def admit(self, welcome: bytes, *, is_auditor: bool) -> None:
        """Let a session that was entering go on."""
        if self.state is not SessionState.ENTERING:
            return
        self.state = SessionState.OPEN
        if is_auditor:
            self.frame_max_bytes = PROPOSAL_FRAME_MAX_BYTES
        self.push(welcome)
        self.flush()

    def find_slot(self, number: int) -> Slot | None:
        """The unanswered slot with this number."""
        slot = self._outbox.find_slot(number)
        return slot if slot is not None and slot.results is None else None

    def resolve(self, slot: Slot, results: Sequence[Result]) -> None:
        """Answer a request; sent when all earlier ones are answered and :meth:`flush` is called."""
        self._guarded(self._outbox.resolve, slot, results)

    def hold(self, slot: Slot, message: bytes) -> None:
        """Keep an answer back until :meth:`release`."""
        self._guarded(self._outbox.hold, slot, message)

    def release(self, slot: Slot) -> None:
        """Send an answer that was kept back."""
        self._guarded(self._outbox.release, slot)

    def push(self, message: bytes) -> None:
        """Send an encoded message."""
        self._guarded(self._outbox.push, message)

    def push_event(self, signed_header: SignedHeader, event: AccountEvent) -> None:
        """Send an event at the next :meth:`flush`, together with others of its batch."""
        self._guarded(self._outbox.push_event, signed_header, event)

    def flush(self) -> None:
        """Let everything that was pushed be sent."""
        self._guarded(self._outbox.flush)
        self.wake()

    def _guarded(self, action: Callable[[*_Arguments], None], *arguments: *_Arguments) -> None:
        if self.state is SessionState.CLOSED:
            return
        try:
            action(*arguments)
        except QueueOverflow:
            self._overflow()

    def _overflow(self) -> None:
        self.close(Code.SLOW_READER, "too many messages wait for this connection to read them; connect again")

    # The table's actions.

    def _decode(self, data: bytes) -> ClientMessage:
        if len(data) > self.frame_max_bytes:
            raise ProtocolViolation(
                Code.TOO_LARGE, f"a message of {len(data)} bytes; the limit is {self.frame_max_bytes}"
            )
        try:
            return decode_client_message(data)
        except MalformedMessage as error:
            raise ProtocolViolation(Code.MALFORMED, str(error)) from None

    def _dispatch(self, message: ClientMessage) -> None:
        action = _ACTIONS[self.state].get(type(message))
        if action is None:
            raise ProtocolViolation(
                Code.UNEXPECTED_MESSAGE, f"{type(message).__name__} is not allowed in state {self.state.name}"
            )
        action(self, message)

    def _on_hello(self, hello: Hello) -> None:
        self._outbox.push(encode_client_message(self._handshake.receive_hello(hello)))
        self.state = SessionState.PROOF

    def _on_proof(self, proof: HelloProof) -> None:
        key, named = self._handshake.receive_proof(proof), self._handshake.account
        self.account, self.signer = (key, None) if named is None else (named, key)
        self.state = SessionState.ENTERING
        self._desk.enter(self)

    def _on_submit(self, message: Submit) -> None:
        self._ask(message, lambda: self._desk.check(self, message.request))

    def _on_submit_batch(self, message: SubmitBatch) -> None:
        self.cost += len(message.batch.request.operations) // _OPERATIONS_PER_FRAME
        self._ask(message, lambda: self._desk.check(self, message.batch))

    def _on_query(self, message: QueryAccount | QueryBook) -> None:
        self.cost += _FRAMES_PER_QUERY
        self._ask(message)

    def _on_proposals(self, message: Propose | QueryProposals) -> None:
        self._ask(message)

    def _on_read(self, message: Resume | QueryProof | QueryHistory | QueryOrders) -> None:
        self.cost += _FRAMES_PER_READ
        self._desk.ask(self, 0, message)

    def _ask(self, message: _Ordered, check: Callable[[], None] = _nothing) -> None:
        slot = self._outbox.open_slot(message.request_id)
        try:
            if self._outbox.unresolved > self._config.unresolved:
                raise Rejection(
                    Code.OVERLOADED, f"{self._config.unresolved} requests of this connection wait for their answers"
                )
            check()
        except Rejection as error:
            self._reject(slot, error)
        else:
            self._desk.ask(self, slot.number, message)

    def _reject(self, slot: Slot, error: Rejection) -> None:
        self.cost += FRAMES_PER_REFUSAL
        self._outbox.resolve(slot, [rejected(slot.request_id, error)])
        if error.code is Code.BAD_SIGNATURE:
            self._bad_signatures += 1
            if self._bad_signatures >= self._config.bad_signatures:
                raise ProtocolViolation(
                    Code.BAD_SIGNATURE, f"{self._bad_signatures} requests with a signature that does not fit"
                )


_ACTIONS: Mapping[SessionState, Mapping[type, Callable[[Session, Any], None]]] = {
    SessionState.HELLO: {Hello: Session._on_hello},
    SessionState.PROOF: {HelloProof: Session._on_proof},
    SessionState.OPEN: {
        Submit: Session._on_submit,
        SubmitBatch: Session._on_submit_batch,
        QueryAccount: Session._on_query,
        QueryBook: Session._on_query,
        Resume: Session._on_read,
        QueryProof: Session._on_read,
        QueryHistory: Session._on_read,
        QueryOrders: Session._on_read,
        Propose: Session._on_proposals,
        QueryProposals: Session._on_proposals,
    },
    SessionState.ENTERING: {},
    SessionState.CLOSED: {},
}
