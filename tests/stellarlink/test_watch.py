"""The polling loop against a network in memory."""

from dataclasses import replace

import pytest

from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import (
    HistoryGap,
    NetworkMismatch,
    NetworkUnavailable,
    UndecodableTransaction,
)
from constellation.stellarlink import watch as watch_module
from constellation.stellarlink.server_health import BACK_OFF_MAX_S
from constellation.stellarlink.toid import ledger_end
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.observer import START, Observer
from tests.stellarlink.support import CHANNELS, VAULT, deposits

VAULT_ADDRESS = encode_public_key(VAULT.public)
CHANNEL_ADDRESS = encode_public_key(CHANNELS[0].public)


def network_with(*ledgers):
    network = FakeNetwork(first=90)
    for _ in range(90, 100):
        network.close()
    for records in ledgers:
        network.close(*records)
    return network


def deposit_in(ledger):
    return VAULT_ADDRESS, deposits(ledger << 32 | 1 << 12)


async def test_a_poll_reads_everything_and_tells_once():
    observer = Observer(network_with([], [deposit_in(101)], []))
    assert await observer.watch.poll() is False
    assert observer.changes == [102]
    assert observer.watcher.next_report(START, None).cursor == ledger_end(101)
    assert observer.watch.lag_s == 600 - 102 * 5


async def test_a_quiet_poll_is_one_request():
    network = network_with([])
    observer = Observer(network)
    await observer.watch.poll()
    network.calls.clear()
    assert await observer.watch.poll() is False
    assert network.calls == ["ledgers"]
    assert observer.changes == [100]


async def test_full_pages_are_followed_at_once(monkeypatch):
    monkeypatch.setattr(watch_module, "PAGE_LIMIT", 2)
    network = network_with(*[[deposit_in(ledger)] for ledger in range(100, 111)])
    observer = Observer(network, interval_s=1000)
    await observer.run_until(lambda: observer.watcher.complete_ledger == 110)
    assert observer.watcher.complete_ledger == 110


async def test_a_ledger_that_closes_during_the_poll_is_not_taken_as_complete():
    class Racing(FakeNetwork):
        async def transactions(self, address, cursor, limit):
            page = await super().transactions(address, cursor, limit)
            if address == VAULT_ADDRESS and self.latest == 100:
                self.close(deposit_in(101))  # after the page was made, before it arrives
            return page

    network = Racing(first=90)
    for _ in range(90, 101):
        network.close()
    observer = Observer(network)
    await observer.watch.poll()
    assert observer.watcher.complete_ledger == 100
    await observer.watch.poll()
    assert observer.watcher.next_report(START, None).cursor == ledger_end(101)


async def test_another_network_ends_the_loop():
    observer = Observer(FakeNetwork(passphrase="Public Global Stellar Network ; September 2015"))
    with pytest.raises(NetworkMismatch, match="Public Global"):
        await observer.watch.run()
    assert isinstance(observer.watch.last_error, NetworkMismatch)


async def test_the_network_is_checked_again_after_an_error():
    network = network_with([])
    observer = Observer(network)
    await observer.watch.poll()
    network.trouble.append(NetworkUnavailable("down"))
    await observer.run_until(lambda: network.calls.count("network") == 2)
    network.passphrase = "another one"
    network.trouble.append(NetworkUnavailable("down"))
    with pytest.raises(NetworkMismatch):
        await observer.watch.run()


async def test_errors_are_kept_and_overcome():
    network = network_with([deposit_in(100)])
    network.trouble.extend([NetworkUnavailable("down")] * 3)
    observer = Observer(network)
    await observer.run_until(lambda: len(network.trouble) == 1)
    assert observer.watch.last_error is not None
    await observer.run_until(lambda: observer.changes)
    assert observer.watch.last_error is None
    assert observer.changes == [100]


async def test_repeated_errors_are_logged_once(caplog):
    network = network_with([])
    network.trouble.extend([NetworkUnavailable("down")] * 4)
    observer = Observer(network)
    await observer.run_until(lambda: observer.changes)
    assert [entry.levelname for entry in caplog.records if "cannot be read" in entry.message] == ["WARNING"]


async def test_waits_grow_with_failures_and_respect_the_server():
    network = network_with([])
    now_s = 0.0
    observer = Observer(network, interval_s=1.0, monotonic=lambda: now_s)
    network.trouble.extend([NetworkUnavailable("down") for _ in range(20)])
    waits = []
    for _ in range(20):
        waits.append(await observer.watch._try())
        now_s += waits[-1]
    assert 0.5 <= waits[0] <= 2.0
    assert max(waits) <= BACK_OFF_MAX_S
    assert min(waits[-5:]) >= BACK_OFF_MAX_S / 2
    network.trouble.append(NetworkUnavailable("slow down", retry_after_s=90))
    wait = await observer.watch._try()
    assert wait == 90
    now_s += wait
    assert 0.9 <= await observer.watch._try() <= 1.1


async def test_a_history_that_is_too_short_is_surfaced_and_survived():
    network = FakeNetwork(first=150)
    network.close()
    observer = Observer(network)
    await observer.run_until(lambda: observer.watch.last_error is not None)
    assert isinstance(observer.watch.last_error, HistoryGap)


async def test_a_server_behind_the_committed_cursor_is_unavailable():
    observer = Observer(FakeNetwork(first=1))
    with pytest.raises(NetworkUnavailable, match="99 is accounted for"):
        await observer.watch.poll()


async def test_one_unreadable_transaction_stops_neither_the_loop_nor_the_other_accounts():
    unreadable = replace(deposits(100 << 32 | 1 << 12), result_xdr="AAAA")
    network = network_with([(VAULT_ADDRESS, unreadable)], [])
    observer = Observer(network)
    await observer.run_until(lambda: network.calls.count("ledgers") >= 3)
    assert isinstance(observer.watch.last_error, UndecodableTransaction)
    assert observer.watcher.complete_ledger == 99
    assert CHANNEL_ADDRESS not in observer.watcher.cursors_before(observer.watcher.last_ledger)
    network.listed[VAULT_ADDRESS] = [deposit_in(100)[1]]  # as after an upgrade that can read it
    await observer.run_until(lambda: observer.watcher.complete_ledger == 101)
    assert observer.watch.last_error is None
