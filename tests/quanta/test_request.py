"""What every request must satisfy, at its boundaries."""

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import Code, Payment, Withdrawal
from constellation.protocol.signing import KeyPair
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import LUMENS, USD, Stage

VALIDITY_US = 300_000_000


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def alice(stage: Stage) -> KeyPair:
    return stage.funded("alice", "bob")[0]


PAYMENT = Payment(key_of("bob").public, USD, 1)


@pytest.mark.parametrize("stranger", ["nobody", "vault", "channel 0", "alpha", "auditor 0"])
def test_who_has_no_account_can_ask_for_nothing(stage: Stage, alice: KeyPair, stranger: str) -> None:
    assert stage.refuses(key_of(stranger), PAYMENT) is Code.UNKNOWN_ACCOUNT


@pytest.mark.parametrize("nonce", [0, -1, -(2**63)])
def test_nonces_start_at_one(stage: Stage, alice: KeyPair, nonce: int) -> None:
    assert stage.refuses(alice, PAYMENT, nonce=nonce) is Code.INVALID_NONCE


@pytest.mark.parametrize("nonce", [1, 4, 5])
def test_a_used_or_lower_nonce_is_refused(stage: Stage, alice: KeyPair, nonce: int) -> None:
    stage.runs(alice, PAYMENT, nonce=5)
    assert stage.refuses(alice, PAYMENT, nonce=nonce) is Code.NONCE_TOO_LOW


@pytest.mark.parametrize("nonce", [6, 1_000, 2**63 - 1])
def test_any_higher_nonce_will_do(stage: Stage, alice: KeyPair, nonce: int) -> None:
    stage.runs(alice, PAYMENT, nonce=5)
    stage.runs(alice, PAYMENT, nonce=nonce)
    assert stage.machine.state.vault.accounts[alice.public].nonce == nonce


def test_the_highest_nonce_is_the_last(stage: Stage, alice: KeyPair) -> None:
    stage.runs(alice, PAYMENT, nonce=INT64_MAX)
    assert stage.refuses(alice, PAYMENT, nonce=INT64_MAX) is Code.NONCE_TOO_LOW


def test_nonces_of_two_accounts_have_nothing_to_do_with_each_other(stage: Stage, alice: KeyPair) -> None:
    stage.runs(alice, PAYMENT, nonce=9)
    stage.runs(key_of("bob"), Payment(alice.public, USD, 1), nonce=1)


def test_a_withdrawal_that_a_later_request_overtook_is_never_executed(stage: Stage, alice: KeyPair) -> None:
    """So a client can take back what it has signed and nobody has executed."""
    delayed = stage.request(alice, Withdrawal(USD, ONE, to(alice)), nonce=5, valid_until=stage.now + VALIDITY_US)
    stage.runs(alice, PAYMENT, nonce=6)
    for _ in range(3):
        assert stage.refuses_body(delayed) is Code.NONCE_TOO_LOW
        stage.now += VALIDITY_US
    assert stage.balance(alice, USD)[1] == 0
    assert stage.machine.state.desk.tasks == []


def test_a_refused_request_uses_no_nonce(stage: Stage, alice: KeyPair) -> None:
    assert stage.refuses(alice, Payment(alice.public, USD, 1), nonce=3) is Code.SELF_PAYMENT
    stage.runs(alice, PAYMENT, nonce=3)


def test_a_request_is_valid_up_to_its_last_microsecond(stage: Stage, alice: KeyPair) -> None:
    assert stage.refuses(alice, PAYMENT, valid_until=stage.now - 1) is Code.EXPIRED
    stage.runs(alice, PAYMENT, valid_until=stage.now)


@pytest.mark.parametrize("valid_until", [0, -1, -(2**63)])
def test_times_before_all_times_have_passed(stage: Stage, alice: KeyPair, valid_until: int) -> None:
    assert stage.refuses(alice, PAYMENT, valid_until=valid_until) is Code.EXPIRED


def test_validity_has_a_longest_span(stage: Stage, alice: KeyPair) -> None:
    too_long = stage.now + VALIDITY_US + 1
    assert stage.refuses(alice, PAYMENT, valid_until=too_long) is Code.VALIDITY_TOO_LONG
    assert stage.refuses(alice, PAYMENT, valid_until=INT64_MAX) is Code.VALIDITY_TOO_LONG
    stage.runs(alice, PAYMENT, valid_until=too_long - 1)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"nonce": 0, "valid_until": 0}, Code.INVALID_NONCE),
        ({"nonce": 5, "valid_until": 0}, Code.NONCE_TOO_LOW),
        ({"nonce": 6, "valid_until": 0}, Code.EXPIRED),
    ],
)
def test_the_first_fault_is_the_one_that_is_named(
    stage: Stage, alice: KeyPair, options: dict[str, int], code: Code
) -> None:
    stage.runs(alice, PAYMENT, nonce=5)
    assert stage.refuses(alice, Payment(alice.public, 99, -1), **options) is code


def test_the_quantums_time_decides_and_no_clock(stage: Stage, alice: KeyPair) -> None:
    stage.now += 10**15
    stage.runs(alice, PAYMENT, valid_until=stage.now)


def test_lumens_below_the_minimum_balance_cannot_be_used(stage: Stage) -> None:
    [carol, _] = stage.funded("carol", "bob", amount=10 * ONE)
    bob = key_of("bob").public
    assert stage.refuses(carol, Payment(bob, LUMENS, 9 * ONE + 1)) is Code.BELOW_MINIMUM_BALANCE
    assert stage.refuses(carol, Payment(bob, LUMENS, 10 * ONE)) is Code.BELOW_MINIMUM_BALANCE
    assert stage.refuses(carol, Payment(bob, LUMENS, 10 * ONE + 1)) is Code.INSUFFICIENT_FUNDS
    stage.runs(carol, Payment(bob, LUMENS, 9 * ONE))
    assert stage.refuses(carol, Payment(bob, LUMENS, 1)) is Code.BELOW_MINIMUM_BALANCE
