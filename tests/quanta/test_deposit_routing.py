"""Whose money it is that arrives in the vault: every kind of memo and muxed address."""

import pytest

from constellation.protocol.messages import (
    AssetIdentity,
    ClaimableDeposit,
    Code,
    LedgerDeposit,
    LedgerMemo,
    RegisterRouting,
    RoutingRegistered,
    SuspenseReason,
)
from constellation.testing.world import ONE, World, key_of
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage, effects_for

ALICE, CAROL, ISSUER = (key_of(name) for name in ("alice", "carol", "issuer"))
DOLLARS = World().usd
LARGEST_ID = 2**64 - 1

UNKNOWN, NOT_OPEN = SuspenseReason.UNKNOWN_ROUTING, SuspenseReason.ACCOUNT_NOT_OPEN
FROM_ISSUER = SuspenseReason.SENDER_IS_ISSUER


@pytest.fixture
def stage() -> Stage:
    """Alice has routing id 7, Bob the largest one, Carol none; the issuer has an account and routing id 9."""
    stage = Stage()
    alice, bob, _ = stage.funded("alice", "bob", "carol")
    stage.executes(stage.world.deposits(stage.machine, (ISSUER, LUMENS, 5 * ONE)))
    stage.runs(alice, RegisterRouting(7))
    stage.runs(bob, RegisterRouting(LARGEST_ID))
    stage.runs(ISSUER, RegisterRouting(9))
    return stage


ROUTES: list[tuple[str, LedgerMemo, int | None, AssetIdentity, str | SuspenseReason]] = [
    # without any, it is the sender's
    ("carol", None, None, DOLLARS, "carol"),
    ("newcomer", None, None, None, "newcomer"),
    ("newcomer", None, None, DOLLARS, NOT_OPEN),
    # the memo names the account, whoever sends
    ("carol", 7, None, DOLLARS, "alice"),
    ("newcomer", 7, None, DOLLARS, "alice"),
    ("alice", 7, None, DOLLARS, "alice"),
    ("alice", LARGEST_ID, None, DOLLARS, "bob"),
    ("newcomer", LARGEST_ID, None, None, "bob"),
    # so does the muxed id
    ("carol", None, 7, DOLLARS, "alice"),
    ("alice", None, LARGEST_ID, None, "bob"),
    # both, when they are the same
    ("carol", 7, 7, DOLLARS, "alice"),
    ("carol", 7, LARGEST_ID, DOLLARS, UNKNOWN),
    ("carol", LARGEST_ID, 7, DOLLARS, UNKNOWN),
    ("carol", 7, 8, DOLLARS, UNKNOWN),
    ("carol", 8, 7, DOLLARS, UNKNOWN),
    # what names nobody is nobody's, never the sender's
    ("carol", 8, None, DOLLARS, UNKNOWN),
    ("carol", 0, None, DOLLARS, UNKNOWN),
    ("carol", None, 0, DOLLARS, UNKNOWN),
    ("carol", None, 8, None, UNKNOWN),
    ("carol", b"7", None, DOLLARS, UNKNOWN),
    ("carol", b"thanks", None, DOLLARS, UNKNOWN),
    ("carol", b"\x07" * 32, None, DOLLARS, UNKNOWN),
    ("carol", b"7", 7, DOLLARS, UNKNOWN),
    # the asset's issuer must say for whom it makes new money
    ("issuer", None, None, DOLLARS, FROM_ISSUER),
    ("issuer", 7, None, DOLLARS, "alice"),
    ("issuer", None, 7, DOLLARS, "alice"),
    ("issuer", 9, None, DOLLARS, "issuer"),
    ("issuer", None, None, None, "issuer"),
    ("issuer", 8, None, DOLLARS, UNKNOWN),
]


@pytest.mark.parametrize(("sender", "memo", "muxed_id", "asset", "owner"), ROUTES)
def test_whose_a_payment_is(
    stage: Stage, sender: str, memo: LedgerMemo, muxed_id: int | None, asset: AssetIdentity, owner: str | SuspenseReason
) -> None:
    before = amounts(stage, asset)
    stage.commits(LedgerDeposit(stage.place | 1, bytes(32), asset, 2 * ONE, key_of(sender).public, memo, muxed_id))
    check_owner(stage, asset, before, owner)


@pytest.mark.parametrize(
    ("sender", "memo", "asset", "owner"),
    [(sender, memo, asset, owner) for sender, memo, muxed_id, asset, owner in ROUTES if muxed_id is None],
)
def test_whose_a_claimed_balance_is(
    stage: Stage, sender: str, memo: LedgerMemo, asset: AssetIdentity, owner: str | SuspenseReason
) -> None:
    before = amounts(stage, asset)
    source = key_of(sender).public
    stage.commits(ClaimableDeposit(stage.place | 1, bytes(32), b"\x01" * 32, asset, 2 * ONE, source, memo))
    assert amounts(stage, asset) == before
    stage.answers(True)
    check_owner(stage, asset, before, owner)


def check_owner(stage: Stage, asset: AssetIdentity, before: dict[bytes, int], owner: str | SuspenseReason) -> None:
    """The whole amount went to one account, or to suspense."""
    gained = {key: amount - before.get(key, 0) for key, amount in amounts(stage, asset).items()}
    gained = {key: amount for key, amount in gained.items() if amount}
    reasons = [entry.reason for entry in stage.machine.state.suspense.entries]
    if isinstance(owner, str):
        assert (gained, reasons) == ({key_of(owner).public: 2 * ONE}, [])
    else:
        assert (gained, reasons) == ({}, [owner])


def amounts(stage: Stage, asset: AssetIdentity) -> dict[bytes, int]:
    number = LUMENS if asset is None else USD
    return {
        key: account.balances[number].amount
        for key, account in stage.machine.state.vault.accounts.items()
        if number in account.balances
    }


def test_a_registration_is_told_and_kept_for_ever(stage: Stage) -> None:
    executed = stage.runs(CAROL, RegisterRouting(1))
    assert effects_for(executed, CAROL) == [RoutingRegistered(1)]
    assert stage.refuses(CAROL, RegisterRouting(2)) is Code.ROUTING_ID_TAKEN
    assert stage.refuses(CAROL, RegisterRouting(1)) is Code.ROUTING_ID_TAKEN
    account = stage.machine.state.account_entry(CAROL.public)
    assert account is not None
    assert account.routing_id == 1


@pytest.mark.parametrize(
    ("routing_id", "code"),
    [(0, Code.INVALID_ROUTING_ID), (7, Code.ROUTING_ID_TAKEN), (LARGEST_ID, Code.ROUTING_ID_TAKEN)],
)
def test_registrations_that_are_refused(stage: Stage, routing_id: int, code: Code) -> None:
    assert stage.refuses(CAROL, RegisterRouting(routing_id)) is code


def test_the_minimum_deposit_counts_before_the_name(stage: Stage) -> None:
    stage.commits(LedgerDeposit(stage.place | 1, bytes(32), DOLLARS, 1, ALICE.public, 8, None))
    [entry] = stage.machine.state.suspense.entries
    assert entry.reason is SuspenseReason.BELOW_MINIMUM_DEPOSIT
    assert stage.balance(ALICE, USD) == (PLENTY, 0)
