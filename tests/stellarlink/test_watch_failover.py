"""The polling loop with several servers in memory: nothing is skipped, whatever one of them lacks."""

import asyncio
import time
from dataclasses import replace

import pytest

from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import (
    HistoryGap,
    LedgerContradiction,
    LedgerRecord,
    LedgerReset,
    MalformedAnswer,
    NetworkMismatch,
    NetworkUnavailable,
    ServerBehind,
    ServerState,
    TransactionPage,
    UndecodableTransaction,
)
from constellation.stellarlink import watch as watch_module
from constellation.stellarlink.toid import ledger_end
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.horizon_documents import ledger_hash
from tests.stellarlink.observer import START, Observer
from tests.stellarlink.support import VAULT, deposits

VAULT_ADDRESS = encode_public_key(VAULT.public)


def server_at(latest, *, first=90, deposit_in=(), oldest=None, **options):
    network = Server(first, **options)
    for ledger in range(first, latest + 1):
        if ledger in deposit_in:
            network.close((VAULT_ADDRESS, deposits(ledger << 32 | 1 << 12)))
        else:
            network.close()
    network.oldest = oldest or first
    return network


class Server(FakeNetwork):
    """A network whose history can be pruned, which is told by hashes."""

    oldest = 0
    chain = ""

    async def network(self):
        return replace(await super().network(), oldest_ledger=self.oldest)

    async def ledgers(self, after_sequence, limit):
        records = await super().ledgers(max(after_sequence, self.oldest - 1), limit)
        return [
            LedgerRecord(
                record.sequence,
                record.closed_at_s,
                ledger_hash(record.sequence, self.chain),
                ledger_hash(record.sequence - 1, self.chain),
            )
            for record in records
        ]

    async def transactions(self, address, cursor, limit):
        return await super().transactions(address, max(cursor, self.oldest << 32), limit)


async def polls(observer, count):
    """Errors of the next polls; None for one that went well."""
    found = []
    for _ in range(count):
        try:
            await observer.watch.poll()
            found.append(None)
        except (NetworkUnavailable, HistoryGap, LedgerContradiction, UndecodableTransaction) as error:
            found.append(error)
    return found


def states(observer):
    return [server.health.state for server in observer.pool.servers]


async def test_a_server_that_fails_half_way_is_replaced_and_what_it_told_is_kept():
    servers = [server_at(110, deposit_in=[105]) for _ in range(2)]
    observer = Observer(*servers)
    servers[0].trouble.extend([None, None, NetworkUnavailable("down")])  # after the ledgers
    first, second = await polls(observer, 2)
    assert (first.message, second) == ("down", None)
    assert servers[1].calls[:2] == ["network", "ledgers"]
    assert observer.watcher.complete_ledger == 110
    assert observer.watcher.next_report(START, None).cursor == ledger_end(105)


async def test_the_loop_does_not_call_it_an_error_while_another_server_answers(caplog):
    servers = [server_at(110) for _ in range(2)]
    observer = Observer(*servers)
    servers[0].trouble.extend([None, NetworkUnavailable("down")])
    await observer.run_until(lambda: observer.watcher.complete_ledger == 110)
    assert observer.watch.last_error is None
    assert "cannot be read" not in caplog.text


async def test_a_server_that_lags_is_not_believed_to_be_complete():
    """Ledgers from one server, transactions from another that is behind: what it does not show is no proof."""
    servers = [server_at(110), server_at(103, deposit_in=[])]
    servers[0].listed = {VAULT_ADDRESS: [deposits(106 << 32 | 1 << 12)]}
    observer = Observer(*servers)
    servers[0].trouble.extend([None, None, *[NetworkUnavailable("down")] * 100])
    await polls(observer, 2)
    assert observer.watcher.last_ledger == 110
    assert observer.watcher.complete_ledger == 103


async def test_pages_that_do_not_say_how_far_they_reach_are_believed_only_after_a_while(monkeypatch):
    now_s = 0.0
    server = server_at(100)
    server.tells_position = False
    observer = Observer(server, monotonic=lambda: now_s)
    await polls(observer, 2)
    assert observer.watcher.last_ledger == 100
    assert observer.watcher.complete_ledger == 99
    server.close((VAULT_ADDRESS, deposits(101 << 32 | 1 << 12)))
    now_s += watch_module.SETTLE_S
    await polls(observer, 1)
    assert observer.watcher.complete_ledger == 100
    server.calls.clear()
    await polls(observer, 5)
    assert "transactions" not in server.calls  # nothing can be learnt before the next ledger has settled
    now_s += watch_module.SETTLE_S
    await polls(observer, 1)
    assert observer.watcher.complete_ledger == 101
    assert observer.watcher.next_report(START, None).cursor == ledger_end(101)


async def test_a_server_that_has_gone_back_is_not_believed_to_show_what_it_showed_before():
    """As when a name leads to another server, which lags by minutes, and no page says so."""
    now_s = 0.0
    server = server_at(110, oldest=1)
    server.tells_position = False
    observer = Observer(server, monotonic=lambda: now_s)
    await polls(observer, 1)
    now_s += watch_module.SETTLE_S
    server.closed_at_s = server.closed_at_s[:-8]
    assert await polls(observer, 1) == [None]
    assert observer.watcher.last_ledger == 110
    assert observer.watcher.complete_ledger == 102


@pytest.mark.parametrize("oldest", [101, 150])
async def test_a_pruned_server_is_not_used_while_another_has_the_history(oldest):
    servers = [server_at(160, oldest=oldest, deposit_in=[100]), server_at(160, deposit_in=[100])]
    observer = Observer(*servers)
    assert await polls(observer, 1) == [None]
    assert states(observer) == [ServerState.SECOND_CHOICE, ServerState.OK]
    assert observer.watcher.next_report(START, None).cursor == ledger_end(100)


async def test_when_every_server_is_pruned_the_reading_stops_there_and_says_so():
    observer = Observer(server_at(160, oldest=150), server_at(160, oldest=120))
    await observer.run_until(lambda: observer.watch.last_error is not None)
    assert isinstance(observer.watch.last_error, HistoryGap)
    assert observer.watch.last_error.expected == 100
    assert observer.watcher.complete_ledger == 99


async def test_history_that_is_pruned_while_it_is_read_is_not_taken():
    """The server said that it has everything, prunes, and silently shows only what is left."""

    class Pruning(Server):
        async def ledgers(self, after_sequence, limit):
            records = await super().ledgers(after_sequence, limit)
            self.oldest = 104
            return records

    pruning = Pruning(90)
    for ledger in range(90, 111):
        pruning.close(*[(VAULT_ADDRESS, deposits(ledger << 32 | 1 << 12))] * (ledger in (101, 105)))
    pruning.oldest = 95
    observer = Observer(pruning)
    [error] = await polls(observer, 1)
    assert isinstance(error, HistoryGap)
    assert observer.watcher.complete_ledger == 99


async def test_the_earliest_account_decides_what_history_is_needed():
    """Ledgers were read far ahead, but one account's transactions were not: a server pruned in between is of no use."""

    class Deaf(Server):
        async def transactions(self, address, cursor, limit):
            raise MalformedAnswer("garbage")

    deaf, pruned = Deaf(90), server_at(160, oldest=150, deposit_in=[120])
    for _ in range(90, 161):
        deaf.close()
    deaf.oldest = 90
    observer = Observer(deaf, pruned)
    errors = await polls(observer, 2)
    assert observer.watcher.last_ledger == 160
    assert isinstance(errors[1], HistoryGap)
    assert observer.watcher.complete_ledger == 99


async def test_a_server_behind_the_committed_cursor_waits_until_it_has_caught_up():
    server = server_at(95)
    observer = Observer(server)
    await observer.run_until(lambda: observer.watch.last_error is not None)
    assert isinstance(observer.watch.last_error, ServerBehind)
    assert "99 is accounted for" in observer.watch.last_error.message
    for _ in range(10):
        server.close()
    await observer.run_until(lambda: observer.watcher.complete_ledger == 105)
    assert observer.watch.last_error is None


async def test_a_commit_beyond_what_was_read_needs_no_new_server():
    server = server_at(100)
    observer = Observer(server)
    assert await polls(observer, 1) == [None]
    for _ in range(5):
        server.close()
    observer.watcher.advance(ledger_end(104))
    assert await polls(observer, 1) == [None]
    assert observer.watcher.complete_ledger == 105


async def test_a_network_that_was_reset_is_told_from_one_that_lags():
    reset = server_at(95)
    observer = Observer(reset)
    observer.watcher.advance(ledger_end(99), closed_at_s=95 * 5 - 1)  # the younger ledger 95 closed after ledger 99
    [error] = await polls(observer, 1)
    assert isinstance(error, LedgerReset)
    assert "the network was reset" in error.message


async def test_a_ledger_that_does_not_follow_is_a_visible_stop():
    server = server_at(105)
    observer = Observer(server)
    await polls(observer, 1)
    server.chain = "after a reset"
    server.close()
    await observer.run_until(lambda: observer.watch.last_error is not None)
    assert isinstance(observer.watch.last_error, LedgerReset)
    assert "ledger 106 does not follow ledger 105" in observer.watch.last_error.message
    assert observer.watcher.complete_ledger == 105


async def test_a_server_with_another_chain_is_left_for_one_with_the_same():
    servers = [server_at(105), server_at(106)]
    observer = Observer(*servers)
    await polls(observer, 1)
    servers[0].chain = "odd"
    servers[0].close()
    first, second = await polls(observer, 2)
    assert isinstance(first, LedgerReset)
    assert (second, observer.watcher.complete_ledger) == (None, 106)


async def test_a_record_that_one_server_garbles_is_read_from_another():
    servers = [server_at(102, deposit_in=[101]) for _ in range(2)]
    servers[0].listed[VAULT_ADDRESS] = [replace(deposits(101 << 32 | 1 << 12), envelope_xdr="AAAA")]
    observer = Observer(*servers)
    first, second = await polls(observer, 2)
    assert isinstance(first, UndecodableTransaction)
    assert (second, observer.watcher.complete_ledger) == (None, 102)
    assert observer.watcher.next_report(START, None).cursor == ledger_end(101)


async def test_a_record_that_no_server_can_show_readably_stops_the_reports_by_name():
    unreadable = replace(deposits(101 << 32 | 1 << 12), envelope_xdr="AAAA")
    servers = [server_at(102) for _ in range(2)]
    for server in servers:
        server.listed[VAULT_ADDRESS] = [unreadable, deposits(102 << 32 | 1 << 12)]
    observer = Observer(*servers)
    await observer.run_until(lambda: observer.watch.last_error is not None)
    assert isinstance(observer.watch.last_error, UndecodableTransaction)
    assert unreadable.hash in observer.watch.last_error.message
    await observer.run_until(lambda: all(server.calls.count("ledgers") > 3 for server in servers))
    assert observer.watcher.complete_ledger == 100
    assert observer.watcher.next_report(START, None) is None


async def test_ledgers_that_are_told_twice_are_passed_over_and_not_asked_for_in_a_loop():
    class Stuttering(Server):
        async def ledgers(self, after_sequence, limit):
            records = await super().ledgers(after_sequence, limit)
            return [record for record in records for _ in range(2)][:limit]

    server = Stuttering(90)
    for _ in range(90, 106):
        server.close()
    server.oldest = 90
    observer = Observer(server)
    assert await polls(observer, 1) == [None]
    assert observer.watcher.complete_ledger == 105


async def test_a_server_that_always_gives_the_same_page_is_not_polled_without_pause(monkeypatch):
    monkeypatch.setattr(watch_module, "PAGE_LIMIT", 5)

    class Stuck(Server):
        async def ledgers(self, after_sequence, limit):
            return await super().ledgers(90, limit)

    stuck = Stuck(90)
    for _ in range(90, 106):
        stuck.close()
    stuck.oldest = 90
    assert await Observer(stuck).watch.poll() is False


async def test_a_page_that_is_cut_is_followed_to_its_end():
    class Cutting(Server):
        async def transactions(self, address, cursor, limit):
            page = await super().transactions(address, cursor, limit)
            return TransactionPage(page.records[:1], page.latest_ledger, is_cut=bool(page.records))

    cutting = Cutting(90)
    for ledger in range(90, 111):
        cutting.close(*[(VAULT_ADDRESS, deposits(ledger << 32 | 1 << 12))] * (ledger > 100))
    cutting.oldest = 90
    observer = Observer(cutting, interval_s=1000)
    await observer.run_until(lambda: observer.watcher.complete_ledger == 110)
    assert observer.watcher.complete_ledger == 110


async def test_all_servers_of_another_network_end_the_loop_and_one_right_server_does_not():
    wrong = FakeNetwork(passphrase="Public Global Stellar Network ; September 2015")
    wrong.close()
    observer = Observer(wrong, server_at(101))
    await observer.run_until(lambda: observer.watcher.complete_ledger == 101)
    assert states(observer)[0] is ServerState.WRONG_NETWORK
    with pytest.raises(NetworkMismatch, match="Public Global"):
        await Observer(wrong, wrong).watch.run()


async def test_a_network_that_stands_still_is_waited_for():
    server = server_at(101)
    observer = Observer(server, lag_limit_s=60)  # the ledger is 95 seconds old
    await observer.run_until(lambda: observer.watcher.complete_ledger == 101)
    assert observer.watch.last_error is None
    assert observer.watch.lag_s == 600 - 505
    server.close()
    await observer.run_until(lambda: observer.watcher.complete_ledger == 102)


async def test_the_lag_is_that_of_what_was_read_completely():
    class Deaf(Server):
        async def transactions(self, address, cursor, limit):
            page = await super().transactions(address, cursor, limit)
            return replace(page, latest_ledger=min(page.latest_ledger, 101))

    deaf = Deaf(90)
    for _ in range(90, 111):
        deaf.close()
    deaf.oldest = 90
    observer = Observer(deaf)
    await polls(observer, 1)
    assert observer.watcher.last_ledger == 110
    assert observer.watch.lag_s == 600 - 505


async def test_a_hint_polls_at_once_and_a_flood_of_hints_does_not():
    server = server_at(100)
    observer = Observer(server, interval_s=1000)
    task = asyncio.create_task(observer.watch.run())
    try:
        async with asyncio.timeout(5):
            while observer.watcher.complete_ledger < 100:
                await asyncio.sleep(0.001)
            server.close()
            observer.watch.wake()
            while observer.watcher.complete_ledger < 101:
                await asyncio.sleep(0.001)
            before, start_s = server.calls.count("ledgers"), time.monotonic()
            for _ in range(300):
                observer.watch.wake()
                await asyncio.sleep(0.001)
        assert server.calls.count("ledgers") - before <= 10 * (time.monotonic() - start_s) + 2
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_hint_does_not_shorten_the_pause_after_an_error():
    server = server_at(100)
    observer = Observer(server, interval_s=1000, back_off_s=1000)
    server.trouble.extend([None, *[NetworkUnavailable("down")] * 100])
    task = asyncio.create_task(observer.watch.run())
    try:
        for _ in range(200):
            observer.watch.wake()
            await asyncio.sleep(0.001)
        assert len(server.calls) <= 3
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
