from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from constellation.gateway import GatewayConfig, SessionState
from constellation.protocol.amounts import ONE
from constellation.protocol.limits import CLIENT_FRAME_MAX_BYTES
from constellation.protocol.messages import (
    CancelOrder,
    Closing,
    Code,
    Finality,
    HelloProof,
    HelloReply,
    Mode,
    ModeInForce,
    Payment,
    QueryAccount,
    QueryBook,
    QueryProof,
    Rejected,
    Resume,
    Resumed,
    Role,
    SignedRequest,
    StateEntryType,
    Submit,
    Welcome,
    encode_client_message,
)
from tests.gateway.harness import ALPHA, ANNA, BERT, Alpha, RawClient, key

FUNDED = Alpha(config=GatewayConfig(connections_per_address=4096, connections_per_account=4096)).fund(ANNA, BERT)
"""Shared by tests that must not change anything: each compares the state root."""


def in_state(state: SessionState, alpha: Alpha = FUNDED) -> RawClient:
    client = RawClient(alpha)
    if state is SessionState.PROOF:
        client.hello()
        client.received()
    elif state is SessionState.OPEN:
        client.open()
    assert client.session.state is state
    return client


def payment(alpha: Alpha = FUNDED, nonce: int = 1) -> SignedRequest:
    return alpha.request(ANNA, Payment(BERT.public, 0, ONE), nonce)


LIVE_STATES = [SessionState.HELLO, SessionState.PROOF, SessionState.OPEN]
MESSAGES = {
    "hello": in_state(SessionState.HELLO).handshake.hello,
    "reply": HelloReply(1, ALPHA.public, bytes(32), [], bytes(64)),
    "proof": HelloProof(bytes(64)),
    "submit": Submit(1, payment()),
    "account": QueryAccount(1, None),
    "book": QueryBook(1, 0, 5),
    "resume": Resume(1, 0),
    "proof of an entry": QueryProof(1, StateEntryType.COUNTERS_ENTRY, b""),
    "resumed": Resumed(1, 0, False),
    "rejected": Rejected(1, Code.EXPIRED, ""),
    "finality": Finality(FUNDED.certificate(FUNDED.sealed[0][0]), []),
    "closing": Closing(Code.MALFORMED, ""),
}
ALLOWED = {
    SessionState.HELLO: {"hello"},
    SessionState.PROOF: {"proof"},
    SessionState.OPEN: {"submit", "account", "book", "resume", "proof of an entry"},
}


def assert_closed(client: RawClient, code: Code) -> None:
    root = client.alpha.root()
    assert client.session.state is SessionState.CLOSED
    assert client.session.closing is not None
    assert client.session.closing.code is code
    assert client.received()[-1] == client.session.closing
    client.send(MESSAGES["account"])
    assert client.received() == [], "nothing is answered after the end"
    assert client.alpha.root() == root


def test_handshake_ends_with_the_welcome() -> None:
    alpha = Alpha().fund(ANNA)
    alpha.hub.epoch = 7
    client = RawClient(alpha).hello()
    (reply,) = client.received()
    assert isinstance(reply, HelloReply)
    client.send(client.handshake.receive(reply))
    assert client.session.account == ANNA.public
    (welcome,) = client.received()
    assert welcome == Welcome(alpha.settings, 0, 7, 3, alpha.now_us, 2000, 4000, ModeInForce(Mode.ONLINE, "", 0))


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("state", LIVE_STATES)
def test_only_the_tables_messages_are_allowed(state: SessionState, name: str) -> None:
    if name in ALLOWED[state]:
        return
    client = in_state(state)
    client.send(MESSAGES[name])
    assert_closed(client, Code.UNEXPECTED_MESSAGE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 0}, Code.UNSUPPORTED_VERSION),
        ({"oldest_version": 2, "version": 2}, Code.UNSUPPORTED_VERSION),
        ({"constellation": bytes(32)}, Code.WRONG_CONSTELLATION),
        ({"role": Role.AUDITOR}, Code.UNAUTHORIZED),
        ({"role": Role.ALPHA}, Code.UNAUTHORIZED),
    ],
)
def test_hello_of_somebody_else_is_refused(change: dict[str, object], code: Code) -> None:
    client = in_state(SessionState.HELLO)
    client.send(replace(client.handshake.hello, **change))
    assert_closed(client, code)


def test_proof_by_another_key_is_refused() -> None:
    client = in_state(SessionState.HELLO)
    client.send(replace(client.handshake.hello, key=BERT.public))
    (reply,) = client.received()
    assert isinstance(reply, HelloReply)
    client.handshake.hello.key = BERT.public
    client.send(client.handshake.receive(reply))
    assert_closed(client, Code.BAD_SIGNATURE)


def test_proof_for_another_connection_is_refused() -> None:
    first, second = in_state(SessionState.HELLO).hello(), in_state(SessionState.HELLO).hello()
    (reply,) = first.received()
    second.received()
    assert isinstance(reply, HelloReply)
    second.send(first.handshake.receive(reply))
    assert_closed(second, Code.BAD_SIGNATURE)


@pytest.mark.parametrize("state", LIVE_STATES)
def test_oversized_frames_close(state: SessionState) -> None:
    client = in_state(state)
    client.session.receive_data(bytes(CLIENT_FRAME_MAX_BYTES + 1))
    assert_closed(client, Code.TOO_LARGE)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("state", LIVE_STATES)
def test_truncated_and_lengthened_messages_close(state: SessionState, name: str) -> None:
    data = encode_client_message(MESSAGES[name])
    for broken in (b"", data[:3], data[:-1], data[: len(data) // 2], data + b"\0\0\0\0"):
        client = in_state(state)
        client.session.receive_data(broken)
        assert_closed(client, Code.MALFORMED)


@pytest.mark.parametrize("state", [SessionState.HELLO, SessionState.PROOF])
def test_slow_handshake_times_out(state: SessionState) -> None:
    client = in_state(state)
    client.session.tick(FUNDED.config.handshake_timeout_s - 0.001)
    assert client.session.closing is None
    client.session.tick(FUNDED.config.handshake_timeout_s)
    assert_closed(client, Code.TIMED_OUT)


def test_open_session_has_no_deadline() -> None:
    client = in_state(SessionState.OPEN)
    client.alpha.front.tick(1e9)
    assert client.session.state is SessionState.OPEN


def test_bad_signatures_are_rejected_and_then_close() -> None:
    client = in_state(SessionState.OPEN)
    root = FUNDED.root()
    signed = payment()
    forged = [
        SignedRequest(signed.request, bytes(64)),
        SignedRequest(signed.request, BERT.sign(b"anything")),
        SignedRequest(replace(signed.request, nonce=2), signed.signature),
    ]
    for number, request in enumerate(forged[:2], start=1):
        client.send(Submit(number, request))
        (rejected,) = client.received()
        assert isinstance(rejected, Rejected)
        assert (rejected.request_id, rejected.code) == (number, Code.BAD_SIGNATURE)
    client.send(Submit(3, forged[2]))
    rejected, closing = client.received()
    assert isinstance(rejected, Rejected)
    assert closing == client.session.closing
    assert client.session.closing is not None
    assert client.session.closing.code is Code.BAD_SIGNATURE
    assert FUNDED.root() == root


def test_closing_message_fits_the_wire_whatever_its_characters() -> None:
    client = in_state(SessionState.OPEN)
    client.session.close(Code.HALTED, "x" + "é" * 300)
    assert client.session.closing is not None
    assert len(client.session.closing.message.encode()) == 255
    assert_closed(client, Code.HALTED)


def test_closing_twice_keeps_the_first_reason() -> None:
    client = in_state(SessionState.OPEN)
    client.session.close(Code.HALTED, "first")
    client.session.close(Code.SHUTTING_DOWN, "second")
    assert_closed(client, Code.HALTED)


@given(state=st.sampled_from(LIVE_STATES), frames=st.lists(st.binary(max_size=400), max_size=4))
def test_random_bytes_never_raise(state: SessionState, frames: list[bytes]) -> None:
    client = in_state(state)
    root = FUNDED.root()
    for frame in frames:
        client.session.receive_data(frame)
    assert FUNDED.root() == root
    client.alpha.front.disconnect(client.session)


MUTATED = {name: encode_client_message(message) for name, message in MESSAGES.items()} | {
    "cancel": encode_client_message(Submit(2, FUNDED.request(ANNA, CancelOrder(5), 3)))
}


@given(
    state=st.sampled_from(LIVE_STATES),
    name=st.sampled_from(sorted(MUTATED)),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_random_mutations_never_raise_or_change_the_state(
    state: SessionState, name: str, changes: list[tuple[int, int]]
) -> None:
    original = MUTATED[name]
    data = bytearray(original)
    for place, difference in changes:
        place %= len(data)
        # Bytes 4 to 11 are the request's id, which no signature covers.
        data[place if not 4 <= place < 12 else 0] ^= difference
    assume(bytes(data) != original)
    client = in_state(state)
    root = FUNDED.root()
    client.session.receive_data(bytes(data))
    assert FUNDED.root() == root
    client.alpha.front.disconnect(client.session)


def test_config_decides_how_many_bad_signatures_close() -> None:
    alpha = Alpha(config=GatewayConfig(bad_signatures=1)).fund(ANNA)
    client = in_state(SessionState.OPEN, alpha)
    client.send(Submit(1, SignedRequest(payment(alpha).request, bytes(64))))
    assert_closed(client, Code.BAD_SIGNATURE)


def test_key_without_account_may_connect() -> None:
    client = RawClient(FUNDED, key("nobody")).open()
    assert client.session.state is SessionState.OPEN
