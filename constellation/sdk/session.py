"""The client's side of the protocol, without I/O; it outlives its connections.

::

    IDLE ──connect()──▶ SHAKING ──HelloReply──▶ PROVEN ──Welcome──▶ OPEN
      ▲                    │                      │                  │
      └────────────────────┴────receive_eof()─────┴──────────────────┘

On every new connection all requests without an answer are sent again, as the same bytes, and so are the
executed ones whose batch is not final: alpha answers with the first answer and sends the certificate here.
The account is read: it tells the last nonce. Where alpha tells of settings that are not proven, the connection opens
when their proof has come, or a refusal; see :mod:`constellation.sdk.settings_keeper`. And what happened in between is
asked for, page by page, from the last effect's number on; see :mod:`constellation.sdk.catch_up`.

Alpha's clock is this program's monotonic one and an offset, which Welcome sets. Every header that is acknowledged is a
lower bound. It may not be far ahead of this computer's clock: alpha would collect requests that are good for longer
than their signer thinks. Where alpha's clock has moved otherwise, requests are refused whose time is good by this one:
then the connection asks to be replaced, for another Welcome.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.leaves import Submission, leaf_bodies
from constellation.protocol.messages import (
    AccountEvent,
    AccountSnapshot,
    Acknowledgement,
    BookSnapshot,
    Closing,
    Code,
    Finality,
    HelloReply,
    HistoryPage,
    ModeInForce,
    Operation,
    OrdersPage,
    Proposals,
    Propose,
    QueryAccount,
    QueryBook,
    QueryHistory,
    QueryOrders,
    QueryProof,
    QueryProposals,
    Rejected,
    Resumed,
    Role,
    Settings,
    SignedProposal,
    SignedRequest,
    SignedRequestBatch,
    StateEntryType,
    StateProof,
    Submit,
    SubmitBatch,
    Welcome,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.signing import KeyPair, settings_constellation_id
from constellation.protocol.signing import Signer as KeySigner
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.sdk.catch_up import CatchUp
from constellation.sdk.errors import ClocksDiffer, ConnectionClosed, OutcomeUnknown, SdkError, VerificationFailed
from constellation.sdk.keys import used_nonce
from constellation.sdk.outputs import Answered, BatchAnswer, Certified, ModeTold, Opened, Output, SettingsProven, Shown
from constellation.sdk.refusals import InvalidNonce
from constellation.sdk.requests import Pending, Signer
from constellation.sdk.settings_keeper import SettingsKeeper
from constellation.sdk.sub_accounts import account_meant
from constellation.sdk.verifier import VerifiedEvent, Verifier, drop_oldest

_PLENTY = 1_000_000  # of room, where nobody says how much there is
_RESYNCHRONISE_US = 5_000_000  # a connection that is younger has a clock that is as good as another one's
_BROUGHT_MAX = 20_000  # for other accounts; what is older is answered long since
_UNFINAL_MAX = 20_000  # alpha takes no more requests when that many are not final


class ClientState(Enum):
    """Where the current connection stands; see the module."""

    IDLE = auto()
    SHAKING = auto()
    PROVEN = auto()
    OPEN = auto()


class ClientSession:
    """The state machine of one account's client.

    Args:
        settings: those of genesis, which the program trusts.
        key_pair: the account's.
        clock_us: any clock that only moves forward, in microseconds.
        wall_us: this computer's clock, in microseconds since 1970.
        validity_us: how long a request may be executed; at most what the settings allow.
        clock_ahead_max_us: how far alpha's clock may be ahead of this computer's.
        after: number of the last effect that the program knows; None starts with the present.
        room: how many events the program can take now.
        account: that the key signs for, which is then named in requests; None: its own.

    Attributes:
        state: of the current connection.
        keeper: of the settings in force.
        mode: how much alpha lets clients do, as it said last; None before the first connection.
        must_resynchronise: alpha's clock is not where this session has it: only a new connection tells.
    """

    def __init__(
        self,
        settings: Settings,
        key_pair: KeySigner,
        clock_us: Callable[[], int],
        wall_us: Callable[[], int],
        validity_us: int,
        clock_ahead_max_us: int,
        after: int | None = None,
        room: Callable[[], int] = lambda: _PLENTY,
        account: bytes | None = None,
    ) -> None:
        self.state = ClientState.IDLE
        self.keeper = SettingsKeeper(settings)
        self._constellation = settings_constellation_id(settings)
        self._key_pair = key_pair
        self._clock_us = clock_us
        self._wall_us = wall_us
        self._clock_ahead_max_us = clock_ahead_max_us
        self._clock_offset_us = 0
        self._welcomed_us = 0
        self.mode: ModeInForce | None = None
        self._epoch = 0
        self.must_resynchronise = False
        self._named_account = account
        self._account = key_pair.public if account is None else account
        self._verifier = Verifier(settings, self._account)
        limit_us = settings.limits.validity_us
        self._signer = Signer(key_pair, self._constellation, validity_us, limit_us, account)
        self._catch_up = CatchUp(after, room)
        self._bodies: dict[bytes, int] = {}
        self._brought: dict[bytes, bytes] = {}
        self._doubtful: dict[int, Rejected] = {}
        self._handshake: InitiatorHandshake | None = None
        self._last_request_id = 0
        self._pending: dict[int, Pending] = {}
        self._unfinal: dict[int, dict[bytes, list[Submission]]] = {}
        self._outgoing: list[bytes] = []
        self._reading = 0
        self._is_opening = False
        self._repeats: dict[int, Pending] = {}
        self._outputs: list[Output] = []

    # The connection.

    def connect(self, challenge: bytes) -> None:
        """A connection has opened.

        Args:
            challenge: 32 fresh random bytes.
        """
        self._handshake = InitiatorHandshake(
            self._key_pair, Role.CLIENT, self._constellation, self._verifier.terms, challenge, self._named_account
        )
        self._outgoing = [encode_client_message(self._handshake.hello)]
        self._repeats = {}
        self._doubtful = {}
        self.must_resynchronise = False
        self.state = ClientState.SHAKING

    @property
    def terms(self) -> Terms:
        """Who is alpha, as far as it is known and proven."""
        return self._verifier.terms

    def follow(self, terms: Terms) -> None:
        """A quorum of auditors has appointed another alpha."""
        self._verifier.terms = terms

    def receive_eof(self) -> None:
        """The connection has ended."""
        self.state = ClientState.IDLE
        self._outgoing = []
        self.keeper.disconnected()

    def data_to_send(self) -> list[bytes]:
        """Frames to send, in order; each is returned once."""
        data, self._outgoing = self._outgoing, []
        return data

    def receive_data(self, data: bytes) -> list[Output]:
        """Take one frame; what it means.

        Raises:
            VerificationFailed: alpha sent what does not hold.
            ExchangeError: AHEAD: alpha does not have what it, or the program, has shown before.
            ConnectionClosed: alpha closed, with its reason, or cannot answer now.
            ClocksDiffer: alpha's clock is too far ahead of this computer's.
        """
        try:
            message = decode_client_message(data)
        except MalformedMessage as error:
            raise VerificationFailed("message", f"malformed: {error}") from None
        action = _ACTIONS[self.state].get(type(message))
        if action is None:
            raise VerificationFailed("message", f"{type(message).__name__} in state {self.state.name}")
        action(self, message)
        return self.take_events()

    def take_events(self) -> list[Output]:
        """What it means that the program has room again: more events, perhaps."""
        self._outputs += self._catch_up.tell(self._outputs)
        if self.state is ClientState.OPEN:
            self._ask_for_events()
        if self._doubtful and not self._catch_up.is_asking:
            self._end_doubts()
        outputs, self._outputs = self._outputs, []
        return outputs

    # Requests.

    @property
    def alpha_clock_us(self) -> int:
        """Alpha's clock, behind by no more than the way of one message."""
        return self._clock_us() + self._clock_offset_us

    def submit(self, operation: Operation) -> int:
        """Sign and send a request; its id.

        Raises:
            InvalidRequest: it cannot be signed.
            VerificationFailed: alpha claims that an impossible nonce was used.
        """
        return self._send_new(self._signer.sign(operation, self.alpha_clock_us))

    def submit_rotation(self, new_key: KeyPair) -> int:
        """Sign and send the rotation of the owner's key to ``new_key``, which signs it, too; the request's id."""
        return self._send_new(self._signer.sign_rotation(new_key, self.alpha_clock_us))

    def bring(self, signed: SignedRequest) -> int:
        """Send what an owner has signed: of this account, or of another one that appoints this client's key; its id."""
        return self._send_signed(signed, copies=0)

    def submit_batch(self, operations: Sequence[Operation], *, all_or_nothing: bool) -> int:
        """Sign and send a batch of requests; its id.

        Raises:
            InvalidRequest: it cannot be signed.
            VerificationFailed: alpha claims that an impossible nonce was used.
        """
        return self._send_new(self._signer.sign_batch(operations, self.alpha_clock_us, all_or_nothing=all_or_nothing))

    def _send_new(self, signed: Submission) -> int:
        request_id = self._send_signed(signed, copies=0)
        self._catch_up.signed(self._pending[request_id].bodies[0])
        return request_id

    def resend(self, signed: Submission) -> int:
        """Send a request, or a batch, again that may have been executed; its new id."""
        return self._send_signed(signed, copies=1)

    def query_account(self, sub_account: int | None = None) -> int:
        """Ask for the own account, or a sub-account of it; the request's id."""
        return self._send(Pending(QueryAccount(self._next_request_id(), sub_account)))

    def query_book(self, market: int, levels: int) -> int:
        """Ask for a market's best levels; the request's id."""
        return self._send(Pending(QueryBook(self._next_request_id(), market, levels)))

    def query_proof(self, kind: StateEntryType, identity: bytes) -> int:
        """Ask for an entry of the state and its proof; the request's id."""
        return self._send(Pending(QueryProof(self._next_request_id(), kind, identity)))

    def query_past(self, query: QueryHistory | QueryOrders) -> int:
        """Ask for a page of what has happened; the request's id, which ``query`` is given."""
        query.request_id = self._next_request_id()
        return self._send(Pending(query))

    def propose(self, signed: SignedProposal) -> int:
        """Send an auditor's signed proposal; the request's id."""
        return self._send(Pending(Propose(self._next_request_id(), signed)))

    def query_proposals(self) -> int:
        """Ask what is proposed and not decided; the request's id."""
        return self._send(Pending(QueryProposals(self._next_request_id())))

    def ask_settings(self) -> None:
        """Ask for the settings in force and their proof, unless that is on its way."""
        if self.state is ClientState.OPEN:
            questions = self.keeper.questions(self._next_request_id)
            self._outgoing += [encode_client_message(question) for question in questions]

    def pending(self, request_id: int) -> Pending:
        """A request without an answer.

        Raises:
            KeyError: there is none with this id.
        """
        return self._pending[request_id]

    def abandon(self, request_id: int) -> None:
        """Nobody waits for the answer any more."""
        self._forget(request_id)

    def _forget(self, request_id: int) -> Pending | None:
        pending = self._pending.pop(request_id, None)
        if pending is None:
            return None
        for body in pending.bodies:
            if self._bodies.get(body) == request_id:
                del self._bodies[body]
        self._catch_up.release(pending.parts.values(), told=False)
        return pending

    def _send_signed(self, signed: Submission, copies: int) -> int:
        pending = self._pending_of(signed, copies)
        self._bodies.update(dict.fromkeys(pending.bodies, pending.message.request_id))
        if signed.request.account != self._account:
            self._brought.update(dict.fromkeys(pending.bodies, signed.request.account))
            drop_oldest(self._brought, _BROUGHT_MAX)
        return self._send(pending)

    def _pending_of(self, signed: Submission, copies: int) -> Pending:
        request_id = self._next_request_id()
        if isinstance(signed, SignedRequestBatch):
            return Pending(SubmitBatch(request_id, signed), copies, copies, copies, leaf_bodies(signed))
        return Pending(Submit(request_id, signed), copies, copies, copies, leaf_bodies(signed))

    def _next_request_id(self) -> int:
        self._last_request_id += 1
        return self._last_request_id

    def _send(self, pending: Pending) -> int:
        self._pending[pending.message.request_id] = pending
        if self.state is ClientState.OPEN:
            self._transmit(pending)
        return pending.message.request_id

    def _transmit(self, pending: Pending) -> None:
        pending.copies += 1
        pending.fresh += 1
        self._outgoing.append(encode_client_message(pending.message))

    # The table's actions.

    def _on_reply(self, reply: HelloReply) -> None:
        assert self._handshake is not None
        try:
            proof = self._handshake.receive(reply)
        except ProtocolViolation as error:
            raise VerificationFailed("handshake", error.message) from None
        self._verifier.terms = self._handshake.terms
        self._outgoing.append(encode_client_message(proof))
        self.state = ClientState.PROVEN

    def _on_welcome(self, welcome: Welcome) -> None:
        self.keeper.claim(welcome.settings, welcome.settings_version)
        self._take_words(welcome)
        self.state = ClientState.OPEN
        self._is_opening = True
        if self.keeper.is_behind:
            self.ask_settings()
        for pending in self._pending.values():
            if welcome.epoch > self._epoch:
                pending.fresh = pending.foreign
            self._transmit(pending)
        self._epoch = max(self._epoch, welcome.epoch)
        now_us = self.alpha_clock_us
        for headers in self._unfinal.values():
            for signed in [signed for requests in headers.values() for signed in requests[:1]]:
                if signed.request.valid_until > now_us:
                    self._repeat(signed)
        self._catch_up.connected()
        self._ask_for_events()
        self._reading = self._next_request_id()
        self._outgoing.append(encode_client_message(QueryAccount(self._reading, None)))

    def _take_words(self, welcome: Welcome) -> None:
        """What alpha alone says: the time, and how much it lets clients do."""
        self._welcomed_us = self._clock_us()
        self._set_clock(welcome.timestamp)
        if self.mode not in (None, welcome.mode):
            self._outputs.append(ModeTold(welcome.mode))
        self.mode = welcome.mode

    def _set_clock(self, alpha_us: int) -> None:
        local_us = self._wall_us()
        if alpha_us > local_us + self._clock_ahead_max_us:
            raise ClocksDiffer(alpha_us, local_us, self._clock_ahead_max_us)
        self._clock_offset_us = alpha_us - self._clock_us()

    def _on_other_settings(self, welcome: Welcome) -> None:
        """Settings, or the mode, were changed while this client is connected."""
        self.keeper.claim(welcome.settings, welcome.settings_version)
        self._take_words(welcome)
        if self.keeper.is_behind:
            self.ask_settings()

    def _on_settings_proof(self, proof: StateProof) -> None:
        if not self.keeper.receive(self._verifier.terms, proof):
            return
        if self.keeper.must_ask_again:
            self.ask_settings()
            return
        self._signer.limit_us = self.keeper.settings.limits.validity_us
        self._outputs.append(SettingsProven(self.keeper.settings, self.keeper.apex))
        self._open_when_ready()

    def _open_when_ready(self) -> None:
        """Open when the account was read and it is known which settings can be proven."""
        if self._is_opening and not self._reading and not self.keeper.is_asking:
            self._is_opening = False
            self._outputs.append(Opened())

    def _ask_for_events(self) -> None:
        question = self._catch_up.question(self._next_request_id)
        if question is not None:
            self._outgoing.append(encode_client_message(question))

    def _repeat(self, signed: Submission) -> None:
        """Ask for a known answer once more, for the certificate that follows it."""
        repeat = self._pending_of(signed, copies=1)
        self._repeats[repeat.message.request_id] = repeat
        self._outgoing.append(encode_client_message(repeat.message))

    def _on_acknowledgement(self, message: Acknowledgement) -> None:
        for verified in self._verifier.acknowledgement(message, self._is_brought):
            # The answer to a request that was abandoned is told like what others did.
            # What alpha replays has no request's id, but the hash of what was signed.
            request_id = verified.event.request_id or self._bodies.get(verified.event.leaf.body)
            pending = None if request_id is None else self._pending.get(request_id)
            is_own = verified.event.group.account == self._account
            if pending is None and not is_own:  # it was given up, and perhaps sent again
                pending = self._pending.get(self._bodies.get(verified.event.leaf.body, 0))
            asked = pending or (None if request_id is None else self._repeats.get(request_id))
            if asked is None or asked.signed is None:
                if is_own and self._catch_up.show(verified, is_answer=False):
                    self._await_finality(verified, [])
                continue
            place = self._verifier.answer(verified, asked.signed, asked.bodies)
            self._await_finality(verified, [asked.signed] if place == 0 else [])
            if is_own:
                self._catch_up.show(verified, is_answer=True, waits=asked is pending and len(asked.bodies) > 1)
            if asked is pending:
                self._take_answer(asked, place, verified)
            elif place == len(asked.bodies) - 1:
                del self._repeats[asked.message.request_id]
        reached_us = message.signed_header.header.timestamp
        if reached_us > self.alpha_clock_us:
            self._set_clock(reached_us)

    def _is_brought(self, event: AccountEvent) -> bool:
        """Whether it answers what was brought for another account, even if nobody waits for that any more."""
        return self._brought.get(event.leaf.body) == event.group.account

    def _take_answer(self, pending: Pending, place: int, verified: VerifiedEvent) -> None:
        """The answer to a request, or to one operation of a batch, which is told when all have come."""
        signed = pending.signed
        assert signed is not None
        if not isinstance(signed, SignedRequestBatch):
            answered = Answered(pending.message.request_id, (verified, signed))
        elif pending.add_part(place, verified):
            parts = tuple(pending.parts[number] for number in range(len(pending.bodies)))
            self._catch_up.release(parts, told=True)
            answered = Answered(pending.message.request_id, BatchAnswer(parts, signed))
        else:
            return
        self._forget(pending.message.request_id)
        self._outputs.append(answered)

    def _await_finality(self, verified: VerifiedEvent, signed: list[Submission]) -> None:
        headers = self._unfinal.setdefault(verified.header.number, {})
        headers.setdefault(verified.digest, []).extend(signed)
        drop_oldest(self._unfinal, _UNFINAL_MAX)

    def _on_rejected(self, rejected: Rejected) -> None:
        self._repeats.pop(rejected.request_id, None)
        self._catch_up.refused(rejected)
        if rejected.request_id == self._reading:
            self._reading = 0
        self.keeper.refused(rejected.request_id)
        self._open_when_ready()
        pending = self._pending.get(rejected.request_id)
        if pending is None:
            return
        error = self._refusal(pending, rejected)
        if pending.signed is not None and isinstance(error, InvalidNonce):
            self._doubt_clock(pending.signed, error.code)
        if isinstance(error, OutcomeUnknown) and self._catch_up.is_asking:
            self._doubtful[rejected.request_id] = rejected  # the replay will show whether the first copy was executed
        else:
            self._forget(rejected.request_id)
            self._outputs.append(Answered(rejected.request_id, error))

    def _doubt_clock(self, signed: Submission, code: Code) -> None:
        """A request was refused for certain: ask for alpha's clock where its time is good by this one.

        At most once in ``_RESYNCHRONISE_US``, so that an alpha whose refusals make no sense costs no more than that.
        """
        now_us, limit_us = self.alpha_clock_us, self._signer.limit_us
        is_good = now_us <= signed.request.valid_until <= now_us + limit_us
        if code in _OF_TIME and is_good and self._clock_us() - self._welcomed_us >= _RESYNCHRONISE_US:
            self.must_resynchronise = True

    def _refusal(self, pending: Pending, rejected: Rejected) -> SdkError:
        return pending.refused(rejected, self.alpha_clock_us, is_excluded=self._excludes(pending))

    def _excludes(self, pending: Pending) -> bool:
        """Whether the account's effects show that it was not executed; a batch is whole, or not at all."""
        signed = pending.signed
        if signed is None or signed.request.account != self._account:
            return False
        return bool(pending.bodies) and self._catch_up.excludes(pending.bodies[0])

    def _end_doubts(self) -> None:
        """The replay is over: what it has not answered was not executed, or stays unknown."""
        doubtful, self._doubtful = self._doubtful, {}
        for request_id, rejected in doubtful.items():
            pending = self._forget(request_id)
            if pending is not None:
                self._outputs.append(Answered(request_id, self._refusal(pending, rejected)))

    def _on_account(self, snapshot: AccountSnapshot) -> None:
        entry, pending = snapshot.account, self._pending.get(snapshot.request_id)
        message = None if pending is None else pending.message
        sub_account = message.sub_account if isinstance(message, QueryAccount) else None
        if entry is not None and entry.account != account_meant(self._account, sub_account):
            raise VerificationFailed("account", "alpha answered with another account than was asked for")
        if sub_account is not None:
            self._on_answer(snapshot)
            return
        now_us = max(self._wall_us(), self.alpha_clock_us)
        self._signer.raise_nonce(used_nonce(entry, self._signer.named), now_us)
        self._catch_up.account_read(snapshot.request_id, 0 if entry is None else entry.effect_number)
        if snapshot.request_id == self._reading:
            self._reading = 0
            self._open_when_ready()
        self._on_answer(snapshot)

    def _on_proof(self, proof: StateProof) -> None:
        if self.keeper.has_asked(proof.request_id):
            self._on_settings_proof(proof)
        else:
            self._on_answer(proof)

    def _on_answer(self, answer: Shown) -> None:
        pending = self._forget(answer.request_id)
        if pending is None:
            return
        if type(answer) is not _ANSWERS.get(type(pending.message)):
            raise VerificationFailed("message", f"{type(answer).__name__} answers {type(pending.message).__name__}")
        self._outputs.append(Answered(answer.request_id, answer))

    def _on_resumed(self, message: Resumed) -> None:
        self._catch_up.page_ended(message)

    def _on_finality(self, message: Finality) -> None:
        for number, digest in self._verifier.finality(message).items():
            for acknowledged in self._unfinal.pop(number, {}):
                error = None
                if acknowledged != digest:
                    error = VerificationFailed(
                        "certificate", f"batch {number} was certified with another header than the acknowledged one"
                    )
                certified = Certified(acknowledged, message, error)
                self._outputs.append(certified)
                self._catch_up.certified(certified)

    def _on_closing(self, closing: Closing) -> None:
        raise ConnectionClosed(closing.code, closing.message, is_proven=self.state is not ClientState.SHAKING)


_OF_TIME = frozenset({Code.EXPIRED, Code.VALIDITY_TOO_LONG})
"""Refusals of a request's time."""

_ANSWERS: Mapping[type, type] = {
    QueryAccount: AccountSnapshot,
    QueryBook: BookSnapshot,
    QueryProof: StateProof,
    QueryHistory: HistoryPage,
    QueryOrders: OrdersPage,
    Propose: Proposals,
    QueryProposals: Proposals,
}

_ACTIONS: Mapping[ClientState, Mapping[type, Callable[[ClientSession, Any], None]]] = {
    ClientState.IDLE: {},
    ClientState.SHAKING: {HelloReply: ClientSession._on_reply, Closing: ClientSession._on_closing},
    ClientState.PROVEN: {Welcome: ClientSession._on_welcome, Closing: ClientSession._on_closing},
    ClientState.OPEN: {
        Acknowledgement: ClientSession._on_acknowledgement,
        Rejected: ClientSession._on_rejected,
        AccountSnapshot: ClientSession._on_account,
        BookSnapshot: ClientSession._on_answer,
        Finality: ClientSession._on_finality,
        Resumed: ClientSession._on_resumed,
        StateProof: ClientSession._on_proof,
        HistoryPage: ClientSession._on_answer,
        OrdersPage: ClientSession._on_answer,
        Proposals: ClientSession._on_answer,
        Welcome: ClientSession._on_other_settings,
        Closing: ClientSession._on_closing,
    },
}
