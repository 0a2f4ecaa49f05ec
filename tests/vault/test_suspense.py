import pytest

from constellation.protocol.messages import CreditAsset, SuspenseEntry, SuspenseReason
from constellation.vault import Suspense


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


def test_an_unknown_operation_is_not_in_suspense() -> None:
    assert Suspense().get(1) is None


def test_one_operation_is_counted_once() -> None:
    suspense = Suspense()
    suspense.add(entry(1, 10), 1)
    with pytest.raises(AssertionError, match="twice"):
        suspense.add(entry(1, 10), 1)
    assert suspense.sum(1) == 10
