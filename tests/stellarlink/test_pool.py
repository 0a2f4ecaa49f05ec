"""Several servers as one network: who is asked, who is not, and what a submission comes to."""

import asyncio
from contextlib import asynccontextmanager
from random import Random

import pytest

from constellation.stellarlink import (
    NetworkMismatch,
    NetworkPool,
    NetworkUnavailable,
    RateLimited,
    ServerState,
    SubmitOutcome,
    SubmitStatus,
    UndecodableTransaction,
)
from constellation.stellarlink import pool as pool_module
from constellation.stellarlink.server_health import Need
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import OTHER, PASSPHRASE

UNKNOWN = SubmitOutcome(SubmitStatus.UNKNOWN, detail="time-out")
BAD_SEQUENCE = SubmitOutcome(SubmitStatus.REJECTED, "tx_bad_seq")
DISABLED = SubmitOutcome(SubmitStatus.REJECTED, detail="HTTP 403")
INCLUDED = SubmitOutcome(SubmitStatus.INCLUDED)


class Servers:
    """A pool of servers in memory, at a time that the test sets."""

    def __init__(self, count: int = 2, **options) -> None:
        self.now_s = 0.0
        self.networks = [FakeNetwork(first=100) for _ in range(count)]
        for network in self.networks:
            network.close()
        self.pool = NetworkPool(
            [(f"server {number}", network) for number, network in enumerate(self.networks)],
            PASSPHRASE,
            clock=lambda: 500 + self.now_s,
            monotonic=lambda: self.now_s,
            random=Random(1),
            **options,
        )

    @property
    def states(self):
        return [server.health.state for server in self.pool.servers]

    async def asked(self):
        """Which server answers now."""
        before = [network.calls.count("account") for network in self.networks]
        await self.pool.account(OTHER.address)
        after = [network.calls.count("account") for network in self.networks]
        [number] = [at for at, count in enumerate(after) if count > before[at]]
        return number

    def close_everywhere(self):
        for network in self.networks:
            network.close()


def down(network, times=1):
    network.trouble.extend(NetworkUnavailable("down") for _ in range(times))


@asynccontextmanager
async def running(pool):
    task = asyncio.create_task(pool.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await pool.close()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def test_the_first_server_is_asked_while_it_is_well():
    servers = Servers()
    assert [await servers.asked() for _ in range(3)] == [0, 0, 0]
    assert servers.pool.problem is None
    assert servers.networks[0].calls.count("network") == 1


async def test_a_question_goes_on_to_the_next_server_at_once():
    servers = Servers(3)
    await servers.pool.network()
    down(servers.networks[0])
    down(servers.networks[1])
    assert await servers.pool.account(OTHER.address) is None
    assert servers.states == [ServerState.FAILED, ServerState.FAILED, ServerState.OK]
    assert servers.pool.current is servers.pool.servers[2]


async def test_a_preferred_server_is_used_again_when_it_is_well(monkeypatch):
    monkeypatch.setattr(pool_module, "_TICK_S", 0.001)
    servers = Servers()
    await servers.pool.network()
    down(servers.networks[0], 2)
    await servers.pool.account(OTHER.address)
    assert await servers.asked() == 1
    async with running(servers.pool):
        servers.now_s += 1
        await until(lambda: servers.pool.errors["unavailable"] == 2)  # not well yet
        assert await servers.asked() == 1
        servers.now_s += 2
        await until(lambda: servers.pool.servers[0].health.state is ServerState.OK)
    assert await servers.asked() == 0


async def test_a_server_that_is_down_is_asked_seldom(monkeypatch):
    monkeypatch.setattr(pool_module, "_TICK_S", 0.001)
    servers = Servers()
    down(servers.networks[0], 10_000)
    async with running(servers.pool):
        for _ in range(600):
            servers.now_s += 1
            servers.close_everywhere()
            await asyncio.sleep(0.002)
            await servers.pool.account(OTHER.address)
    assert len(servers.networks[0].calls) <= 8 + 600 / 30


async def test_a_wish_to_wait_is_honoured():
    servers = Servers(1)
    await servers.pool.network()
    servers.networks[0].trouble.append(RateLimited("slow down", 120))
    with pytest.raises(RateLimited):
        await servers.pool.account(OTHER.address)
    servers.networks[0].calls.clear()
    servers.now_s += 119
    with pytest.raises(NetworkUnavailable) as caught:
        await servers.pool.account(OTHER.address)
    assert caught.value.retry_after_s == 1
    assert servers.networks[0].calls == []
    servers.now_s += 1
    assert await servers.asked() == 0


async def test_a_server_of_another_network_is_never_used(caplog):
    servers = Servers()
    servers.networks[0].passphrase = "another one"
    assert await servers.asked() == 1
    assert servers.networks[0].calls == ["network"]
    assert servers.states[0] is ServerState.WRONG_NETWORK
    assert next(entry.levelname for entry in caplog.records if entry.message == "Stellar server") == "ERROR"
    down(servers.networks[1], 5)
    with pytest.raises(NetworkUnavailable, match="down"):
        await servers.pool.account(OTHER.address)
    assert (await servers.pool.submit("AAAA")).status is SubmitStatus.UNKNOWN
    assert servers.networks[0].submitted == []


async def test_when_all_are_of_another_network_that_is_the_answer():
    servers = Servers()
    for network in servers.networks:
        network.passphrase = "another one"
    with pytest.raises(NetworkMismatch, match="another one"):
        await servers.pool.account(OTHER.address)
    outcome = await servers.pool.submit("AAAA")
    assert (outcome.status, [network.submitted for network in servers.networks]) == (SubmitStatus.UNKNOWN, [[], []])


async def test_a_server_that_does_not_move_is_left_for_one_that_does():
    servers = Servers(lag_limit_s=60)
    for _ in range(20):
        servers.now_s += 5
        servers.networks[1].close()
        server = await servers.pool.pick()
        await server.ledgers(server.health.latest_ledger or 0, 200)
        for other in servers.pool.servers:
            if other.health.wait_s == 0:
                await other.check(PASSPHRASE, servers.pool.need)
    assert servers.states == [ServerState.SECOND_CHOICE, ServerState.OK]
    assert await servers.asked() == 1
    assert "its newest ledger" in servers.pool.servers[0].health.error.message


async def test_when_all_stand_still_the_one_that_is_ahead_is_asked():
    servers = Servers(lag_limit_s=60)
    servers.now_s = 1000
    assert await servers.asked() == 0
    assert servers.states == [ServerState.SECOND_CHOICE] * 2
    servers.networks[1].close()
    servers.now_s += 100
    assert await servers.asked() == 1
    servers.networks[0].close()
    servers.now_s += 100
    assert await servers.asked() == 1  # no change without a reason
    servers.networks[0].close()
    servers.now_s += 100
    assert await servers.asked() == 0


@pytest.mark.parametrize("fault", ["gone back", "pruned"])
async def test_when_all_stand_still_one_that_lacks_something_is_left(fault):
    servers = Servers(lag_limit_s=60)
    servers.close_everywhere()
    servers.now_s = 1000
    assert await servers.asked() == 0
    servers.pool.need = Need(history_after=100)
    preferred = servers.networks[0]
    if fault == "gone back":
        preferred.closed_at_s.pop()
    else:
        preferred.first, preferred.closed_at_s = 102, preferred.closed_at_s[:1]
    servers.now_s += 100
    assert await servers.asked() == 1
    assert servers.states == [ServerState.SECOND_CHOICE] * 2


async def test_what_cannot_be_read_at_one_server_is_asked_of_the_next():
    servers = Servers()
    server = await servers.pool.pick()
    server.distrust(UndecodableTransaction("ab", "odd"))
    assert await servers.pool.pick() is servers.pool.servers[1]
    assert servers.pool.errors == {"undecodable": 1}


async def test_the_first_check_waits_for_the_preferred_server_and_starts_them_all():
    servers = Servers()
    gate = asyncio.Event()

    class Slow(FakeNetwork):
        async def network(self):
            await gate.wait()
            return await super().network()

    slow = Slow(first=100)
    slow.close()
    servers.pool.servers[0]._network = slow
    picked = asyncio.create_task(servers.pool.pick())
    await until(lambda: servers.pool.servers[1].health.state is ServerState.OK)
    assert not picked.done()
    gate.set()
    assert await picked is servers.pool.servers[0]


@pytest.mark.parametrize(
    ("outcomes", "expected", "asked"),
    [
        ([[INCLUDED], []], SubmitStatus.INCLUDED, [1, 0]),
        ([[BAD_SEQUENCE], []], SubmitStatus.REJECTED, [1, 0]),
        ([[UNKNOWN], [INCLUDED]], SubmitStatus.INCLUDED, [1, 1]),
        ([[UNKNOWN], [SubmitOutcome(SubmitStatus.FAILED)]], SubmitStatus.FAILED, [1, 1]),
        ([[UNKNOWN], [UNKNOWN]], SubmitStatus.UNKNOWN, [1, 1]),
        ([[UNKNOWN], [BAD_SEQUENCE]], SubmitStatus.UNKNOWN, [1, 1]),  # the first copy may have used the number
        ([[UNKNOWN], [DISABLED]], SubmitStatus.UNKNOWN, [1, 1]),
        ([[DISABLED], [INCLUDED]], SubmitStatus.INCLUDED, [1, 1]),
        ([[DISABLED], [DISABLED]], SubmitStatus.REJECTED, [1, 1]),
    ],
)
async def test_a_submission_goes_on_until_there_is_a_verdict(monkeypatch, outcomes, expected, asked):
    monkeypatch.setattr(pool_module, "_TICK_S", 0.001)
    servers = Servers()
    for network, mine in zip(servers.networks, outcomes, strict=True):
        network.outcomes.extend(mine)
    async with running(servers.pool):
        await until(lambda: servers.states == [ServerState.OK] * 2)
        outcome = await servers.pool.submit("AAAA")
    assert outcome.status is expected
    assert [len(network.submitted) for network in servers.networks] == asked
    assert {envelope for network in servers.networks for envelope in network.submitted} == {"AAAA"}


async def test_before_a_submission_the_network_is_checked():
    servers = Servers(1)
    servers.networks[0].passphrase = "another one"
    assert (await servers.pool.submit("AAAA")).status is SubmitStatus.UNKNOWN
    assert servers.networks[0].submitted == []


async def test_states_have_reasons():
    servers = Servers(lag_limit_s=60)
    assert servers.pool.problem is None
    down(servers.networks[0], 1)
    servers.networks[1].passphrase = "another one"
    with pytest.raises(NetworkUnavailable):
        await servers.pool.network()
    assert servers.pool.problem.startswith("server 0: down; server 1: the constellation lives on network")
