"""When the vault can be compared with the state, what is found then, and when that is sure enough to be told."""

from dataclasses import replace
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Suspension, SuspensionReason
from constellation.protocol.quorum import quorum_of
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State
from constellation.stellarlink import LedgerAccount, LedgerBalance, LedgerRecord
from constellation.stellarlink.reserves import ReservesWatch, VaultReading, is_comparable
from constellation.stellarlink.toid import ledger_end
from constellation.vault import TrustTask
from tests.stellarlink.support import DOLLAR, VAULT, deposits, make_settings
from tests.stellarlink.test_watcher import closed, place, read, watcher_at

SETTINGS = make_settings()
RESERVE = SETTINGS.vault_reserve
DIFFER, UNAUTHORIZED = SuspensionReason.RESERVES_DIFFER, SuspensionReason.NOT_AUTHORIZED


def state_at(ledger: int = 99, lumens: int = 0, dollars: int = 0) -> State:
    state = State(SETTINGS)
    state.ledger_cursor = ledger_end(ledger)
    state.vault.held = [lumens, dollars]
    return state


def vault(lumens: int = 0, dollars: int | None = 0, **changes: Any) -> LedgerAccount:
    address = encode_public_key(VAULT.public)
    balances = [LedgerBalance(None, lumens + RESERVE, None, is_authorized=True)]
    if dollars is not None:
        balances.append(LedgerBalance(DOLLAR, dollars, 2**63 - 1, is_authorized=True))
    signers = {encode_public_key(auditor): 1 for auditor in SETTINGS.auditors} | {address: 0}
    quorum = quorum_of(SETTINGS)
    account = LedgerAccount(address, 1, tuple(balances), signers, (quorum, quorum, quorum), {})
    return replace(account, **changes)


def reading(found: LedgerAccount | None, first: int, last: int | None = None) -> VaultReading:
    return VaultReading(found, first, closed(first if last is None else last))


class TestComparable:
    def test_the_committed_ledger_itself(self) -> None:
        assert is_comparable(ledger_end(99), watcher_at(), reading(vault(), 99)) is True

    def test_uneventful_ledgers_after_it(self) -> None:
        watcher = watcher_at()
        read(watcher, 110)
        assert is_comparable(ledger_end(99), watcher, reading(vault(), 105, 107)) is True

    def test_not_before_everything_was_read(self) -> None:
        watcher = watcher_at()
        read(watcher, 104)
        assert is_comparable(ledger_end(99), watcher, reading(vault(), 103, 105)) is None

    @pytest.mark.parametrize(("at", "expected"), [(100, False), (105, False), (106, False), (107, True)])
    def test_an_event_that_the_state_does_not_know_yet(self, at: int, expected: bool) -> None:
        watcher = watcher_at()
        read(watcher, 110, deposits(place(at), 1))
        assert is_comparable(ledger_end(99), watcher, reading(vault(), 105, 106)) is expected

    def test_a_vault_that_is_older_than_the_state(self) -> None:
        watcher = watcher_at()
        read(watcher, 110, deposits(place(105), 1))
        assert is_comparable(ledger_end(105), watcher, reading(vault(), 104, 106)) is False

    def test_a_part_of_a_ledger(self) -> None:
        watcher = watcher_at()
        read(watcher, 110)
        assert is_comparable(place(100) | 0xFFF, watcher, reading(vault(), 105)) is False

    def test_a_ledger_that_closed_at_another_time(self) -> None:
        watcher = watcher_at()
        read(watcher, 110)
        other = VaultReading(vault(), 105, LedgerRecord(105, 1))
        assert is_comparable(ledger_end(99), watcher, other) is False


def look(watch: ReservesWatch, state: State, found: LedgerAccount | None, ledger: int) -> bool:
    watch.receive(reading(found, ledger))
    return watch.compare(state)


def watched(last: int = 140) -> ReservesWatch:
    watcher = watcher_at()
    read(watcher, last)
    return ReservesWatch(watcher)


def alarms(watch: ReservesWatch, state: State) -> list[tuple[int, int, SuspensionReason]]:
    return [(item.asset, change, reason) for item, change, reason in watch.alarms(state)]


def test_a_difference_must_be_seen_at_three_ledgers_in_a_row() -> None:
    watch, state = watched(), state_at(lumens=5 * ONE, dollars=7)
    short = vault(5 * ONE, 6)
    for ledger, found, expected in [
        (101, short, []),
        (102, short, []),
        (103, vault(5 * ONE, 7), []),
        (104, short, []),
        (105, short, []),
        (106, short, [(1, 1, DIFFER)]),
        (107, short, [(1, 1, DIFFER)]),
        (108, vault(5 * ONE, 7), []),
    ]:
        assert look(watch, state, found, ledger)
        assert alarms(watch, state) == expected, ledger


def test_one_ledger_counts_once() -> None:
    watch, state = watched(), state_at(dollars=7)
    for _ in range(5):
        look(watch, state, vault(0, 6), 101)
    assert alarms(watch, state) == []


def test_a_suspended_asset_is_shown_and_not_proposed_and_the_next_change_has_its_number() -> None:
    watch, state = watched(), state_at(dollars=7)
    state.assets.suspend(1, Suspension(DIFFER, 1))
    for ledger in (101, 102, 103):
        look(watch, state, vault(0, 6), ledger)
    assert watch.reserves[1].problem == "0.0000001 less in the vault than owed"
    assert watch.reserves[1].difference == -1
    assert alarms(watch, state) == []
    state.assets.resume(1)
    assert alarms(watch, state) == [(1, 3, DIFFER)]


def test_more_than_owed_is_told_and_no_reason_to_suspend() -> None:
    watch, state = watched(), state_at(lumens=1)
    for ledger in (101, 102, 103):
        look(watch, state, vault(3, 0), ledger)
    assert watch.reserves[0].problem == "0.0000002 more in the vault than owed"
    assert alarms(watch, state) == []


def test_the_reserve_of_genesis_is_owed_to_nobody_and_pays_for_nothing() -> None:
    watch, state = watched(), state_at(lumens=1)
    look(watch, state, vault(0, 0), 101)
    assert watch.reserves[0].reason is DIFFER


@pytest.mark.parametrize(
    ("found", "text", "reasons"),
    [
        (None, "not on the ledger", [DIFFER, DIFFER]),
        (vault(dollars=None), "no trust line", [None, UNAUTHORIZED]),
        (
            vault(balances=(vault().balances[0], replace(vault().balances[1], is_authorized=False))),
            "not authorized",
            [None, UNAUTHORIZED],
        ),
        (vault(thresholds=(1, 1, 1)), "has thresholds", [DIFFER, DIFFER]),
        (vault(signers={encode_public_key(VAULT.public): 1}), "master key", [DIFFER, DIFFER]),
    ],
    ids=["gone", "no trust line", "frozen", "thresholds", "master key"],
)
def test_whatever_keeps_the_vault_from_paying(
    found: LedgerAccount | None, text: str, reasons: list[SuspensionReason | None]
) -> None:
    watch, state = watched(), state_at()
    assert look(watch, state, found, 101)
    assert [item.reason for item in watch.reserves] == reasons
    assert text in str(watch.reserves[1].problem)


@pytest.mark.parametrize("is_on_its_way", [True, False])
def test_a_newly_listed_asset_may_wait_for_its_trust_line(is_on_its_way: bool) -> None:
    watch, state = watched(), state_at()
    state.assets.suspend(1, Suspension(SuspensionReason.NO_TRUST_LINE, 1))
    if is_on_its_way:
        state.trusts[1] = TrustTask(1, 1, DOLLAR)
        state.desk.accept(state.trusts[1])
    for ledger in (101, 102, 103):
        look(watch, state, vault(dollars=None), ledger)
    assert watch.reserves[1].problem is None
    assert alarms(watch, state) == []


def test_it_asks_for_the_vault_once_per_ledger() -> None:
    watch, state = watched(last=101), state_at()
    assert watch.next_ledger == 101
    watch.receive(reading(vault(), 101))
    assert watch.next_ledger is None, "one reading waits"
    assert watch.compare(state)
    assert watch.next_ledger is None, "this ledger was compared"
