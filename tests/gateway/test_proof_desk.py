"""Proofs of entries: whose, of what, and that they hold."""

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.limits import READS_PER_SESSION_MAX
from constellation.protocol.messages import (
    AccountEntry,
    Code,
    CountersEntry,
    LimitOrder,
    OrderEntry,
    QueryProof,
    Rejected,
    Side,
    StateEntryType,
    StateProof,
    TimeInForce,
    Withdrawal,
    WithdrawalEntry,
)
from constellation.protocol.state_proofs import check_entry, entry_key, number_identity
from constellation.protocol.terms import Terms
from constellation.testing.world import to
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, RawClient, key

ACCOUNT, ORDER = StateEntryType.ACCOUNT_ENTRY, StateEntryType.ORDER_ENTRY
WITHDRAWAL, COUNTERS = StateEntryType.WITHDRAWAL_ENTRY, StateEntryType.COUNTERS_ENTRY
ORDER_ID, WITHDRAWAL_ID = 7, 8


@pytest.fixture
def alpha() -> Alpha:
    """Anna has an open order and a withdrawal on its way, and that is certified at a checkpoint."""
    alpha = Alpha().fund(ANNA, BERT)
    alpha.execute(
        alpha.request(ANNA, LimitOrder(0, Side.SELL, 1000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None), nonce=1)
    )
    alpha.execute(alpha.request(ANNA, Withdrawal(XLM, ONE, to(key("elsewhere"))), nonce=2))
    alpha.settle(checkpoint=True)
    return alpha


def ask(client: RawClient, kind: StateEntryType, identity: bytes) -> StateProof | Rejected:
    client.received()
    client.send(QueryProof(5, kind, identity))
    (answer,) = client.received()
    assert isinstance(answer, StateProof | Rejected)
    assert answer.request_id == 5
    return answer


def proven(client: RawClient, kind: StateEntryType, identity: bytes) -> object:
    answer = ask(client, kind, identity)
    assert isinstance(answer, StateProof)
    found = check_entry(Terms(client.alpha.settings), entry_key(kind, identity), answer)
    assert found.header == client.alpha.sealed[-1][0].header
    return found.entry


def test_own_and_public_entries_are_proven_under_the_checkpoint(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    state = alpha.machine.state
    account = proven(client, ACCOUNT, ANNA.public)
    assert isinstance(account, AccountEntry)
    assert account == state.account_entry(ANNA.public)
    order = proven(client, ORDER, number_identity(ORDER_ID))
    assert isinstance(order, OrderEntry)
    withdrawal = proven(client, WITHDRAWAL, number_identity(WITHDRAWAL_ID))
    assert isinstance(withdrawal, WithdrawalEntry)
    counters = proven(client, COUNTERS, b"")
    assert isinstance(counters, CountersEntry)
    assert [total.held for total in counters.totals] == state.vault.held
    assert proven(client, StateEntryType.SETTINGS_ENTRY, b"") == alpha.settings


def test_proof_stays_at_the_checkpoint_when_the_state_moves_on(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    before = alpha.machine.state.account_entry(ANNA.public)
    header = alpha.sealed[-1][0].header
    alpha.deposit(ANNA, USD, ONE)
    alpha.settle()
    alpha.machine.state.root()
    answer = ask(client, ACCOUNT, ANNA.public)
    assert isinstance(answer, StateProof)
    found = check_entry(Terms(alpha.settings), entry_key(ACCOUNT, ANNA.public), answer)
    assert (found.entry, found.header) == (before, header)


def test_checkpoint_that_is_not_certified_yet_proves_nothing(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    header = alpha.sealed[-1][0].header
    alpha.deposit(ANNA, USD, ONE)
    alpha.acknowledge(checkpoint=True)
    answer = ask(client, ACCOUNT, ANNA.public)
    assert isinstance(answer, StateProof)
    assert answer.finality.certificate.header == header
    alpha.certify()
    assert proven(client, ACCOUNT, ANNA.public) == alpha.machine.state.account_entry(ANNA.public)


def test_account_that_does_not_exist_is_proven_not_to(alpha: Alpha) -> None:
    nobody = key("nobody")
    assert proven(RawClient(alpha, nobody).open(), ACCOUNT, nobody.public) is None


@pytest.mark.parametrize(
    ("kind", "identity"),
    [
        (ACCOUNT, ANNA.public),
        (ACCOUNT, b""),
        (ACCOUNT, key("nobody").public),
        (ORDER, number_identity(ORDER_ID)),
        (ORDER, number_identity(999)),
        (ORDER, b""),
        (WITHDRAWAL, number_identity(WITHDRAWAL_ID)),
        (WITHDRAWAL, number_identity(ORDER_ID)),
        (COUNTERS, b"x"),
        (StateEntryType.SETTINGS_ENTRY, bytes(32)),
        (StateEntryType.CHANNEL_ENTRY, key("channel").public),
        (StateEntryType.SUSPENSE_ENTRY, b""),
    ],
)
def test_nothing_of_others_is_shown_and_nothing_tells_whether_it_exists(
    alpha: Alpha, kind: StateEntryType, identity: bytes
) -> None:
    answer = ask(RawClient(alpha, BERT).open(), kind, identity)
    foreign = ask(RawClient(alpha, BERT).open(), ORDER, number_identity(12345))
    assert answer == foreign
    assert isinstance(answer, Rejected)
    assert answer.code is Code.UNAUTHORIZED


def test_before_the_first_checkpoint_there_is_nothing_to_prove() -> None:
    alpha = Alpha().fund(ANNA)
    answer = ask(RawClient(alpha).open(), ACCOUNT, ANNA.public)
    assert isinstance(answer, Rejected)
    assert answer.code is Code.NOT_READY


def test_proofs_are_counted_against_the_rate() -> None:
    alpha = Alpha(rate=(1, 45)).fund(ANNA)
    client = RawClient(alpha).open()
    codes = [ask(client, COUNTERS, b"").code for _ in range(3)]  # type: ignore[union-attr]
    assert codes == [Code.NOT_READY, Code.NOT_READY, Code.RATE_LIMITED]


def test_waiting_proofs_of_a_connection_are_bounded(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    alpha.log.waits = True
    for request_id in range(READS_PER_SESSION_MAX + 1):
        client.send(QueryProof(request_id, COUNTERS, b""))
    (rejected,) = client.received()
    assert isinstance(rejected, Rejected)
    assert (rejected.request_id, rejected.code) == (READS_PER_SESSION_MAX, Code.OVERLOADED)
    alpha.log.waits = False
    alpha.log.read_waiting()
    assert [message.request_id for message in client.received()] == list(range(READS_PER_SESSION_MAX))  # type: ignore[union-attr]
    assert alpha.hub._proofs._waiting == {}


def test_damaged_rows_are_not_shown(alpha: Alpha, caplog: pytest.LogCaptureFixture) -> None:
    from sqlalchemy import update

    from constellation.snapshots import tables

    client = RawClient(alpha).open()
    ask(client, ACCOUNT, ANNA.public)
    with alpha.log.log.engine.begin() as connection:
        connection.execute(update(tables.entries).values(entry=b"something else"))
    answer = ask(client, ACCOUNT, ANNA.public)
    assert isinstance(answer, Rejected)
    assert answer.code is Code.NOT_READY
    assert "does not fit" in caplog.text
