from dataclasses import replace

import pytest

from constellation.protocol.messages import AssetSettings, CreditAsset, SuspenseEntry, SuspenseReason
from constellation.vault import AssetRegistry, Suspense, counted_asset


def entry(operation: int, amount: int) -> SuspenseEntry:
    return SuspenseEntry(
        operation,
        CreditAsset("USD", bytes(32)),
        amount,
        b"\x01" * 32,
        b"\x02" * 32,
        SuspenseReason.ACCOUNT_NOT_OPEN,
        0,
        None,
    )


def test_deposits_in_suspense_are_kept_and_summed_up() -> None:
    suspense = Suspense()
    suspense.add(entry(1, 10), 1)
    suspense.add(entry(2, 5), 1)
    suspense.add(entry(3, 7), 2)
    assert (suspense.sum(0), suspense.sum(1), suspense.sum(2)) == (0, 15, 7)
    assert suspense.entries == [entry(1, 10), entry(2, 5), entry(3, 7)]


def test_what_is_not_listed_is_kept_and_in_no_sum() -> None:
    suspense = Suspense()
    suspense.add(entry(1, 10), None)
    assert suspense.get(1) == entry(1, 10)
    assert suspense.sum(0) == 0


def test_what_the_total_has_no_room_for_is_counted_nowhere() -> None:
    assets = AssetRegistry([AssetSettings(None, 1, 0), AssetSettings(CreditAsset("USD", bytes(32)), 1, 0)])
    normal, too_much = entry(1, 10), entry(2, 20)
    too_much.reason = SuspenseReason.TOTAL_TOO_LARGE
    unlisted = replace(normal, operation=3, asset=CreditAsset("EUR", bytes(32)))
    assert [counted_asset(item, assets) for item in (normal, too_much, unlisted)] == [1, None, None]
    suspense = Suspense()
    for item in (normal, too_much, unlisted):
        suspense.add(item, counted_asset(item, assets))
    assert suspense.sum(1) == 10
    suspense.remove(2, counted_asset(too_much, assets))
    assert suspense.sum(1) == 10
    suspense.remove(1, counted_asset(normal, assets))
    assert (suspense.sum(1), suspense.entries) == (0, [unlisted])


def test_a_newly_listed_asset_counts_what_is_there_already() -> None:
    suspense = Suspense()
    suspense.add(entry(1, 10), None)
    suspense.add(entry(2, 5), None)
    assert suspense.unlisted_sum(CreditAsset("USD", bytes(32))) == 15
    assert suspense.unlisted_sum(CreditAsset("USD", b"\x01" * 32)) == 0
    assert suspense.list_asset(4, CreditAsset("USD", bytes(32))) == 15 == suspense.sum(4)


def test_an_unknown_operation_is_not_in_suspense() -> None:
    assert Suspense().get(1) is None


def test_one_operation_is_counted_once() -> None:
    suspense = Suspense()
    suspense.add(entry(1, 10), 1)
    with pytest.raises(AssertionError, match="twice"):
        suspense.add(entry(1, 10), 1)
    assert suspense.sum(1) == 10
