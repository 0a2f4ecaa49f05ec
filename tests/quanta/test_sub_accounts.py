"""Sub-accounts; every step is compared with the naive machine."""

from hashlib import sha256

import pytest

from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    LOCK_TRADING,
    MAX_SUB_ACCOUNTS,
    RIGHT_TRADE,
    AccountOpened,
    AgentDismissed,
    AppointAgent,
    BalanceChanged,
    CancelAllAfter,
    CancelAllOrders,
    CancelAllScheduled,
    CloseAccount,
    Code,
    Effect,
    KeyRotated,
    LimitOrder,
    LockAccount,
    MergeSubAccount,
    OpenHold,
    OpenSubAccount,
    Operation,
    Payment,
    PaymentReceived,
    PaymentSent,
    RegisterRouting,
    ReleaseHold,
    RotateKey,
    Side,
    SignedRequest,
    SubAccountMerged,
    SubAccountOf,
    SubAccountOpened,
    Suspension,
    SuspensionReason,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.sub_accounts import sub_account_key
from constellation.quanta import request_signature_fits
from constellation.testing.world import ONE, START_US, key_of, to
from constellation.vault import Account
from tests.quanta.stage import picture
from tests.quanta.test_state_restore import restored
from tests.quanta.twins import Twins

ALICE, BOB, BOT, NEW = (key_of(name) for name in ("alice", "bob", "bot", "new key"))
SUB, OTHER = (sub_account_key(ALICE.public, number) for number in (3, 2))
ORDER = LimitOrder(0, Side.SELL, 2_000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
FAR_US = START_US + 3_600_000_000
SOON_US = START_US + 60_000_000

Told = dict[bytes, list[Effect]]


class Family(Twins):
    """Alice's account, and her sub-accounts."""

    def __init__(self) -> None:
        super().__init__((0, 0))
        self.owner, self.is_rotated = ALICE, False

    def asks(self, operation: Operation) -> Told | Code:
        """Of Alice's account, by its owner."""
        self.now += 1
        nonce = self.account(ALICE.public).nonce + 1
        if isinstance(operation, RotateKey):
            operation = self.world.rotation(ALICE, NEW, nonce)
        named = self.owner if self.is_rotated else None
        return self.sends(
            self.world.request(ALICE, operation, nonce=nonce, valid_until=self.now + 60_000_000, signer=named)
        )

    def does(self, operation: Operation, key: bytes = SUB, signer: KeyPair | None = None) -> Told | Code:
        """Of a sub-account, by its owner or another signer."""
        return self.sends(self.signed(operation, key, signer))

    def signed(self, operation: Operation, key: bytes = SUB, signer: KeyPair | None = None) -> SignedRequest:
        self.now += 1
        limits = {"nonce": self.now, "valid_until": self.now + 60_000_000}
        return self.world.request(key, operation, signer=signer or self.owner, **limits)

    def sends(self, signed: SignedRequest) -> Told | Code:
        assert request_signature_fits(self.world.constellation, signed)
        done = self.both(signed)
        return done if isinstance(done, Code) else {group.account: group.effects for group in done[0]}

    def opens(self, number: int = 3, amount: int = 2 * ONE) -> Told:
        told = self.asks(OpenSubAccount(number, amount))
        assert isinstance(told, dict)
        return told

    def rotates(self) -> Told:
        told = self.asks(RotateKey(NEW.public, bytes(64)))
        assert isinstance(told, dict)
        self.owner, self.is_rotated = NEW, True
        return told

    def account(self, key: bytes = SUB) -> Account:
        return self.machine.state.vault.accounts[key]


@pytest.fixture
def family() -> Family:
    return Family()


def test_the_key_is_a_hash_of_the_parents_and_the_number() -> None:
    assert sha256(b"Constellation sub-account 1\0" + ALICE.public + b"\0\0\0\3").digest() == SUB
    assert len({sub_account_key(ALICE.public, number) for number in range(1, MAX_SUB_ACCOUNTS + 1)}) == 16
    for number in (0, MAX_SUB_ACCOUNTS + 1, -1):
        with pytest.raises(ValueError, match="from 1 to 16"):
            sub_account_key(ALICE.public, number)


class TestOpening:
    def test_both_accounts_are_told(self, family: Family) -> None:
        opened = SubAccountOpened(ALICE.public, 3, SUB)
        assert family.opens() == {
            SUB: [
                AccountOpened(SUB),
                PaymentReceived(ALICE.public, 0, 2 * ONE),
                opened,
                BalanceChanged(0, 2 * ONE, 0),
            ],
            ALICE.public: [PaymentSent(SUB, 0, 2 * ONE), opened, BalanceChanged(0, 18 * ONE, 0)],
        }
        state = family.machine.state
        entry, parent = state.account_entry(SUB).keys, state.account_entry(ALICE.public).keys
        assert (entry.owner, entry.parent, entry.sub_accounts) == (ALICE.public, SubAccountOf(ALICE.public, 3), [])
        assert (parent.owner, parent.parent, parent.sub_accounts) == (None, None, [3])

    def test_all_numbers_in_any_order(self, family: Family) -> None:
        numbers = [9, 16, 1, *range(2, 9), *range(10, 16)]
        for number in numbers:
            family.opens(number, ONE)
        assert family.machine.state.account_entry(ALICE.public).keys.sub_accounts == sorted(numbers)
        for number in (0, 17, 2**32 - 1):
            assert family.asks(OpenSubAccount(number, ONE)) is Code.INVALID_SUB_ACCOUNT
        assert family.asks(OpenSubAccount(16, ONE)) is Code.SUB_ACCOUNT_OPEN

    def test_it_needs_the_minimum_balance_and_leaves_it_to_the_parent(self, family: Family) -> None:
        for amount, code in (
            (-1, Code.INVALID_AMOUNT),
            (0, Code.INVALID_AMOUNT),
            (ONE - 1, Code.INVALID_AMOUNT),
            (20 * ONE, Code.BELOW_MINIMUM_BALANCE),
            (20 * ONE + 1, Code.INSUFFICIENT_FUNDS),
        ):
            assert family.asks(OpenSubAccount(3, amount)) is code
        family.opens(3, 19 * ONE)

    def test_what_somebody_has_paid_before_becomes_the_owners(self, family: Family) -> None:
        family.asks(Payment(SUB, 0, ONE))
        family.asks(Payment(SUB, 1, ONE))
        assert family.does(Payment(BOB.public, 1, ONE)) is Code.UNKNOWN_SIGNER
        told = family.opens()
        assert not any(isinstance(effect, AccountOpened) for effect in told[SUB])
        assert family.account().balances[0].amount == 3 * ONE
        assert isinstance(family.does(Payment(BOB.public, 1, ONE)), dict)

    def test_sub_accounts_have_none(self, family: Family) -> None:
        family.opens()
        assert family.does(OpenSubAccount(1, ONE)) is Code.IS_SUB_ACCOUNT
        assert family.does(MergeSubAccount(1)) is Code.NO_SUB_ACCOUNT

    def test_lumens_that_are_suspended(self, family: Family) -> None:
        suspend(family, 0)
        assert family.asks(OpenSubAccount(3, ONE)) is Code.SUSPENDED_ASSET


def suspend(family: Family, asset: int) -> None:
    family.machine.state.assets.suspensions[asset] = Suspension(SuspensionReason.SUSPENDED_BY_AUDITORS, 1)
    family.naive.model.suspensions[asset] = SuspensionReason.SUSPENDED_BY_AUDITORS


class TestOwner:
    def test_nobody_signs_without_naming_the_owner(self, family: Family) -> None:
        family.opens()
        signed = family.signed(ORDER)
        signed.request.signer = None
        assert not request_signature_fits(family.world.constellation, signed)
        assert family.both(signed) is Code.UNKNOWN_SIGNER
        assert family.does(ORDER, signer=BOB) is Code.UNKNOWN_SIGNER
        assert isinstance(family.does(ORDER), dict)

    def test_it_has_nonces_of_its_own(self, family: Family) -> None:
        family.opens()
        family.opens(2)
        signed = family.signed(ORDER)
        assert isinstance(family.sends(signed), dict)
        assert family.sends(signed) is Code.NONCE_TOO_LOW
        family.now -= 1  # the same number, of another account
        assert isinstance(family.does(ORDER, OTHER), dict)
        assert isinstance(family.asks(ORDER), dict)

    def test_internal_transfers(self, family: Family) -> None:
        family.opens()
        family.opens(2)
        for source, destination in ((ALICE.public, SUB), (SUB, OTHER), (OTHER, ALICE.public)):
            payment = Payment(destination, 0, ONE // 2)
            told = family.asks(payment) if source == ALICE.public else family.does(payment, source)
            assert told[destination][0] == PaymentReceived(source, 0, ONE // 2)  # type: ignore[index]
        family.asks(LockAccount(LOCK_PAYMENTS, None))
        assert family.asks(Payment(SUB, 0, 1)) is Code.ACCOUNT_LOCKED
        assert isinstance(family.does(Payment(ALICE.public, 0, 1)), dict), "the lock is of one account"

    def test_an_agent_is_of_one_account(self, family: Family) -> None:
        family.opens()
        family.opens(2)
        assert family.does(AppointAgent(ALICE.public, RIGHT_TRADE, FAR_US)) is Code.INVALID_AGENT
        assert isinstance(family.does(AppointAgent(BOT.public, RIGHT_TRADE, FAR_US)), dict)
        assert isinstance(family.does(ORDER, signer=BOT), dict)
        assert family.does(Payment(BOB.public, 0, 1), signer=BOT) is Code.NO_RIGHT
        for key in (OTHER, ALICE.public):
            assert family.does(ORDER, key, signer=BOT) is Code.UNKNOWN_SIGNER

    def test_agents_of_the_parent_have_no_rights_here(self, family: Family) -> None:
        family.opens()
        family.asks(AppointAgent(BOT.public, 7, FAR_US))
        assert family.does(ORDER, signer=BOT) is Code.UNKNOWN_SIGNER
        assert family.does(OpenSubAccount(1, ONE), ALICE.public, signer=BOT) is Code.OWNER_ONLY
        assert family.does(MergeSubAccount(3), ALICE.public, signer=BOT) is Code.OWNER_ONLY


class TestRotation:
    def test_the_parents_moves_all_that_are_open(self, family: Family) -> None:
        for number in (3, 2):
            family.opens(number, 5 * ONE)
        family.does(AppointAgent(BOT.public, RIGHT_TRADE, FAR_US))
        used = family.signed(ORDER)
        assert isinstance(family.sends(used), dict)
        assert family.rotates() == {
            ALICE.public: [KeyRotated(NEW.public)],
            OTHER: [KeyRotated(NEW.public)],
            SUB: [AgentDismissed(BOT.public), KeyRotated(NEW.public)],
        }
        assert {family.account(key).nonce for key in (SUB, OTHER)} == {family.now}
        for key in (SUB, OTHER):
            assert family.does(ORDER, key, signer=ALICE) is Code.UNKNOWN_SIGNER
            assert isinstance(family.does(ORDER, key), dict)
        assert family.does(ORDER, signer=BOT) is Code.UNKNOWN_SIGNER
        assert family.sends(used) is Code.UNKNOWN_SIGNER

    def test_what_an_agent_did_is_not_done_again_when_it_is_the_owner(self, family: Family) -> None:
        family.opens()
        family.does(AppointAgent(NEW.public, 7, FAR_US))
        used = family.signed(ORDER, signer=NEW)
        assert isinstance(family.sends(used), dict)
        family.rotates()
        assert family.sends(used) is Code.NONCE_TOO_LOW

    def test_later_ones_are_the_new_owners(self, family: Family) -> None:
        family.rotates()
        family.opens()
        assert family.does(ORDER, signer=ALICE) is Code.UNKNOWN_SIGNER
        assert isinstance(family.does(ORDER), dict)

    def test_a_sub_account_has_none_of_its_own(self, family: Family) -> None:
        family.opens()
        family.now += 1
        operation = family.world.rotation(SUB, NEW, family.now)
        signed = family.world.request(SUB, operation, nonce=family.now, valid_until=SOON_US, signer=ALICE)
        assert family.sends(signed) is Code.IS_SUB_ACCOUNT
        assert family.account().keys.owner == ALICE.public


class TestMerging:
    def test_everything_comes_back(self, family: Family) -> None:
        family.opens()
        family.asks(Payment(SUB, 2, 5 * ONE))
        family.asks(Payment(SUB, 1, 4 * ONE))
        family.does(Payment(ALICE.public, 1, 4 * ONE))
        family.does(CancelAllAfter(60))
        family.does(AppointAgent(BOT.public, RIGHT_TRADE, FAR_US))
        merged = SubAccountMerged(ALICE.public, 3, SUB)
        assert family.asks(MergeSubAccount(3)) == {
            SUB: [
                PaymentSent(ALICE.public, 0, 2 * ONE),
                PaymentSent(ALICE.public, 2, 5 * ONE),
                CancelAllScheduled(None),
                AgentDismissed(BOT.public),
                merged,
                BalanceChanged(0, 0, 0),
                BalanceChanged(2, 0, 0),
            ],
            ALICE.public: [
                PaymentReceived(SUB, 0, 2 * ONE),
                PaymentReceived(SUB, 2, 5 * ONE),
                merged,
                BalanceChanged(0, 20 * ONE, 0),
                BalanceChanged(2, 20 * ONE, 0),
            ],
        }
        state = family.machine.state
        assert state.account_entry(SUB).keys is None
        assert state.account_entry(ALICE.public).keys is None, "as if there had never been any"
        assert family.does(ORDER) is Code.UNKNOWN_SIGNER
        assert family.asks(MergeSubAccount(3)) is Code.NO_SUB_ACCOUNT

    def test_not_while_something_of_it_is_locked(self, family: Family) -> None:
        family.opens(3, 10 * ONE)
        family.does(ORDER)
        assert family.asks(MergeSubAccount(3)) is Code.ACCOUNT_NOT_EMPTY
        family.does(CancelAllOrders(None))
        family.does(OpenHold(BOB.public, 0, ONE, FAR_US))
        assert family.asks(MergeSubAccount(3)) is Code.ACCOUNT_NOT_EMPTY
        family.does(ReleaseHold(family.machine.state.apex), BOB.public, signer=BOB)
        family.does(Withdrawal(0, ONE, to(ALICE)))
        assert family.asks(MergeSubAccount(3)) is Code.ACCOUNT_NOT_EMPTY

    def test_nor_while_its_payments_are_locked_or_its_assets_suspended(self, family: Family) -> None:
        family.opens()
        family.asks(Payment(SUB, 1, ONE))
        suspend(family, 2)
        family.does(LockAccount(LOCK_PAYMENTS, None))
        assert family.asks(MergeSubAccount(3)) is Code.ACCOUNT_LOCKED
        family.does(LockAccount(0, None))
        suspend(family, 1)
        assert family.asks(MergeSubAccount(3)) is Code.SUSPENDED_ASSET
        family.machine.state.assets.suspensions.pop(1)
        family.naive.model.suspensions.pop(1)
        family.asks(LockAccount(LOCK_PAYMENTS, None))
        assert isinstance(family.asks(MergeSubAccount(3)), dict), "the parent's lock does not keep money away"

    def test_nothing_signed_before_is_executed_after_it_is_opened_again(self, family: Family) -> None:
        family.opens()
        family.does(LockAccount(LOCK_TRADING, None))
        family.does(RegisterRouting(7))
        used, unused = family.signed(Payment(BOB.public, 0, ONE // 2)), family.signed(Payment(BOB.public, 0, 1))
        assert isinstance(family.sends(used), dict)
        family.asks(MergeSubAccount(3))
        assert family.sends(used) is Code.UNKNOWN_SIGNER
        family.opens()
        assert family.sends(used) is Code.NONCE_TOO_LOW
        assert family.sends(unused) is Code.NONCE_TOO_LOW
        assert family.does(ORDER) is Code.ACCOUNT_LOCKED, "the lock has outlived it"
        assert family.machine.state.vault.routes[7] is family.account()
        assert isinstance(family.does(Payment(BOB.public, 0, ONE // 2)), dict)

    def test_a_rotation_meanwhile(self, family: Family) -> None:
        family.opens()
        family.asks(MergeSubAccount(3))
        assert SUB not in family.rotates()
        family.opens()
        assert family.does(ORDER, signer=ALICE) is Code.UNKNOWN_SIGNER
        assert isinstance(family.does(ORDER), dict)


class TestClosing:
    def test_a_closed_sub_account_can_be_filled_again_or_merged(self, family: Family) -> None:
        family.opens()
        family.does(CloseAccount(to(ALICE)))
        assert family.asks(MergeSubAccount(3)) is Code.ACCOUNT_NOT_EMPTY, "its withdrawal is on its way"
        family.asks(Payment(SUB, 0, ONE))
        assert isinstance(family.does(LockAccount(0, None)), dict)

    def test_a_parent_that_is_closed_still_owns_them(self, family: Family) -> None:
        family.opens()
        for asset in (1, 2):
            family.asks(Payment(BOB.public, asset, 20 * ONE))
        assert isinstance(family.asks(CloseAccount(to(ALICE))), dict)
        family.machine.state.vault.minimum_balance = family.world.settings.minimum_balance = 19 * ONE
        assert family.asks(OpenSubAccount(2, 19 * ONE)) is Code.ACCOUNT_CLOSED
        family.rotates()
        assert isinstance(family.asks(MergeSubAccount(3)), dict)
        assert family.account(ALICE.public).balances[0].amount == 20 * ONE


def test_a_batch_of_a_sub_account_is_undone_as_others_are(family: Family) -> None:
    family.opens()
    family.now += 1
    before = picture(family.machine)
    limits = {"nonce": family.now, "valid_until": SOON_US, "signer": ALICE, "all_or_nothing": True}
    payments = [Payment(ALICE.public, 0, 1), Payment(ALICE.public, 0, 50 * ONE)]
    assert family.both(family.world.batch(SUB, payments, **limits)) is Code.INSUFFICIENT_FUNDS
    assert picture(family.machine) == before
    assert isinstance(family.both(family.world.batch(SUB, payments[:1], **limits)), list)
    opening = family.world.batch(ALICE, [OpenSubAccount(1, ONE)], nonce=family.account(ALICE.public).nonce + 1)
    assert family.both(opening) is Code.NOT_IN_BATCH


def test_a_family_is_restored(family: Family) -> None:
    family.opens()
    family.opens(2)
    family.asks(MergeSubAccount(2))
    family.does(AppointAgent(BOT.public, RIGHT_TRADE, FAR_US))
    machine = restored(family.world, family.machine.state)
    assert machine.state.root() == family.machine.state.root()
    for key in (ALICE.public, SUB, OTHER):
        assert machine.state.account_entry(key) == family.machine.state.account_entry(key)
