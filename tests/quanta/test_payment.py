import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AccountOpened,
    BalanceChanged,
    Code,
    Payment,
    PaymentReceived,
    PaymentSent,
    Side,
    SuspenseReason,
)
from constellation.protocol.signing import KeyPair
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import EUR, LUMENS, PLENTY, USD, Stage, effects_for


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def alice(stage: Stage) -> KeyPair:
    return stage.funded("alice", "bob")[0]


BOB, NEWCOMER = key_of("bob"), key_of("newcomer")


def test_a_payment_tells_both_sides(stage: Stage, alice: KeyPair) -> None:
    executed = stage.runs(alice, Payment(BOB.public, USD, 7))
    assert [group.account for group in executed.groups] == [alice.public, BOB.public]
    assert effects_for(executed, alice) == [PaymentSent(BOB.public, USD, 7), BalanceChanged(USD, PLENTY - 7, 0)]
    assert effects_for(executed, BOB) == [PaymentReceived(alice.public, USD, 7), BalanceChanged(USD, PLENTY + 7, 0)]


@pytest.mark.parametrize("memo", ["", " ", "rent", "Zürich €5 \u202e", "x" * 64, "€" * 21, "\U0001f680", "\xa0"])
def test_both_sides_are_told_the_memo(stage: Stage, alice: KeyPair, memo: str) -> None:
    executed = stage.runs(alice, Payment(BOB.public, USD, 7, memo))
    assert effects_for(executed, alice)[0] == PaymentSent(BOB.public, USD, 7, memo)
    assert effects_for(executed, BOB)[0] == PaymentReceived(alice.public, USD, 7, memo)


@pytest.mark.parametrize("memo", ["\0", "\n", "a\tb", "\x1f", "\x7f", "\x80", "\x9f", "last\x85"])
def test_a_memo_has_no_control_characters(stage: Stage, alice: KeyPair, memo: str) -> None:
    assert stage.refuses(alice, Payment(BOB.public, USD, 7, memo)) is Code.INVALID_MEMO


def test_effects_are_numbered_without_gaps(stage: Stage, alice: KeyPair) -> None:
    before = stage.machine.state.vault.accounts[alice.public].effect_number
    numbers = [(stage.runs(alice, Payment(BOB.public, USD, 1)).groups[0].first_number, 2) for _ in range(3)]
    assert numbers == [(before + 1, 2), (before + 3, 2), (before + 5, 2)]


@pytest.mark.parametrize("amount", [0, -1, -(2**63)])
def test_an_amount_is_positive(stage: Stage, alice: KeyPair, amount: int) -> None:
    assert stage.refuses(alice, Payment(BOB.public, USD, amount)) is Code.INVALID_AMOUNT


@pytest.mark.parametrize("amount", [PLENTY + 1, INT64_MAX])
def test_nobody_pays_more_than_is_there(stage: Stage, alice: KeyPair, amount: int) -> None:
    assert stage.refuses(alice, Payment(BOB.public, USD, amount)) is Code.INSUFFICIENT_FUNDS


def test_the_last_stroop_can_be_paid(stage: Stage, alice: KeyPair) -> None:
    stage.runs(alice, Payment(BOB.public, USD, PLENTY))
    assert stage.balance(alice, USD) == (0, 0)
    assert stage.refuses(alice, Payment(BOB.public, USD, 1)) is Code.INSUFFICIENT_FUNDS


def test_locked_money_cannot_be_paid(stage: Stage, alice: KeyPair) -> None:
    stage.places(alice, Side.BUY, 1_000_000, 2_500)
    assert stage.refuses(alice, Payment(BOB.public, USD, PLENTY - 249_999)) is Code.INSUFFICIENT_FUNDS
    stage.runs(alice, Payment(BOB.public, USD, PLENTY - 250_000))


@pytest.mark.parametrize("asset", [3, 2**32 - 1])
def test_assets_that_are_not_listed_are_unknown(stage: Stage, alice: KeyPair, asset: int) -> None:
    assert stage.refuses(alice, Payment(BOB.public, asset, 1)) is Code.UNKNOWN_ASSET


def test_nobody_pays_themselves(stage: Stage, alice: KeyPair) -> None:
    assert stage.refuses(alice, Payment(alice.public, USD, 1)) is Code.SELF_PAYMENT


def test_the_vault_can_have_no_account(stage: Stage, alice: KeyPair) -> None:
    vault = stage.world.settings.vault
    assert stage.refuses(alice, Payment(vault, LUMENS, 10 * ONE)) is Code.FORBIDDEN_DESTINATION


def test_a_payment_of_the_minimum_balance_opens_an_account(stage: Stage, alice: KeyPair) -> None:
    assert stage.refuses(alice, Payment(NEWCOMER.public, LUMENS, ONE - 1)) is Code.UNKNOWN_DESTINATION
    executed = stage.runs(alice, Payment(NEWCOMER.public, LUMENS, ONE))
    assert effects_for(executed, NEWCOMER) == [
        AccountOpened(NEWCOMER.public),
        PaymentReceived(alice.public, LUMENS, ONE),
        BalanceChanged(LUMENS, ONE, 0),
    ]
    assert executed.groups[0].account == NEWCOMER.public


def test_nothing_but_lumens_opens_an_account(stage: Stage, alice: KeyPair) -> None:
    assert stage.refuses(alice, Payment(NEWCOMER.public, EUR, 10 * ONE)) is Code.UNKNOWN_DESTINATION


def test_an_opened_account_can_ask_at_once(stage: Stage, alice: KeyPair) -> None:
    stage.runs(alice, Payment(NEWCOMER.public, LUMENS, 2 * ONE))
    stage.runs(NEWCOMER, Payment(BOB.public, LUMENS, ONE))


def test_there_and_back_is_where_it_was(stage: Stage, alice: KeyPair) -> None:
    stage.runs(alice, Payment(BOB.public, USD, 99))
    stage.runs(BOB, Payment(alice.public, USD, 99))
    assert stage.balance(alice, USD) == stage.balance(BOB, USD) == (PLENTY, 0)


def test_two_times_the_largest_amount_cannot_come_together(stage: Stage) -> None:
    [rich] = stage.funded("rich", amount=INT64_MAX)
    other = key_of("other")
    stage.runs(rich, Payment(other.public, LUMENS, ONE))
    stage.runs(rich, Payment(other.public, USD, INT64_MAX))
    assert stage.balance(other, USD) == (INT64_MAX, 0)
    again = stage.world.deposits(stage.machine, (rich, USD, ONE))
    stage.executes(again)
    assert stage.machine.state.suspense.entries[-1].reason is SuspenseReason.TOTAL_TOO_LARGE
