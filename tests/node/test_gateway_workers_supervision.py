"""Workers as real processes, before a hub in this one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from websockets.asyncio.client import connect

from constellation.gateway import GatewayMetrics
from constellation.node import gateway_workers
from constellation.node.gateway_workers import GatewayWorkers
from constellation.node.summed_metrics import SummedRegistry
from constellation.node.worker_plan import WorkerPlan
from constellation.node.worker_seats import Seat, seats
from constellation.protocol.messages import Closing, Code, decode_client_message
from constellation.sdk import Client
from tests.gateway.harness import ALPHA, ANNA, BERT, CARL, Alpha

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]


class House:
    """An alpha whose clients are behind workers."""

    def __init__(self, count: int = 1, taken: list[Seat] | None = None) -> None:
        self.alpha = Alpha().fund(ANNA, BERT, CARL)
        self.alpha.on_submit = lambda: asyncio.get_running_loop().call_soon(self.alpha.settle)
        self.registry = SummedRegistry()
        GatewayMetrics(self.registry)
        self.workers = GatewayWorkers(
            self.alpha.hub, count, "127.0.0.1", 0, self._plan, self.alpha.config, self.registry, taken
        )
        self.port = 0

    def _plan(self, name: str, limits: object) -> WorkerPlan:
        return WorkerPlan(
            name=name,
            seed=ALPHA.seed,  # type: ignore[arg-type]
            constellation=self.alpha.constellation,
            appointments=[],
            limits=limits,  # type: ignore[arg-type]
            requests_per_second=self.alpha.settings.limits.requests_per_second,
            burst=self.alpha.settings.limits.burst,
            tls_certificate_file=None,
            tls_key_file=None,
            log_level="INFO",
            log_format="text",
        )

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def client(self) -> Client:
        return Client(self.url, self.alpha.settings, ANNA)

    def metric(self, name: str) -> float:
        lines = generate_latest(self.registry).decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition("{")[0].partition(" ")[0] == name)


def own_workers() -> list[int]:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"gateway_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@asynccontextmanager
async def running(house: House) -> AsyncIterator[House]:
    house.port = await house.workers.start()
    try:
        yield house
    finally:
        await house.workers.stop()
        assert own_workers() == []


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.05)


async def test_clients_are_spread_over_workers_and_counted() -> None:
    async with running(House(3)) as house:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(house.client()) for _ in range(8)]
            await until(lambda: house.metric("constellation_gateway_connections") == 8)
            assert house.metric("constellation_gateway_workers") == 3
            assert (await clients[0].account()).balances["XLM"].total == 1000
            assert sum(len(link.guests) for link in house.alpha.hub._links) == 8
        await until(lambda: house.metric("constellation_gateway_connections") == 0)


async def test_a_dead_worker_is_replaced_and_its_port_stays_open() -> None:
    async with running(House()) as house:
        async with house.client() as client:
            await client.pay(BERT.address, "XLM", "1")
            (worker,) = own_workers()
            os.kill(worker, signal.SIGKILL)
            await client.pay(BERT.address, "XLM", "1")
            assert own_workers() != [worker]
        assert house.metric("constellation_gateway_workers_lost_total") == 1
        assert house.metric("constellation_gateway_requests_total") == 0  # the hub here counts on its own
    assert house.alpha.machine.state.vault.accounts[BERT.public].balances[0].amount == 1002_0000000


async def test_a_log_level_is_that_of_later_lives_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(House(2)) as house:
        monkeypatch.setattr(gateway_workers, "log_level", lambda: "ERROR")
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: all(worker._plan.log_level == "ERROR" for worker in house.workers._workers))
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


async def test_a_worker_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_workers, "_SILENCE_S", 1.5)
    async with running(House()) as house:
        (worker,) = own_workers()
        os.kill(worker, signal.SIGSTOP)
        await until(lambda: own_workers() not in ([], [worker]))
        async with house.client() as client:
            await client.pay(BERT.address, "XLM", "1")


async def test_everybody_is_told_why_alpha_stops() -> None:
    house = House(2)
    house.port = await house.workers.start()
    async with connect(house.url) as stranger:
        await house.workers.stop(Code.MOVED, "wss://elsewhere.example")
        frame = await stranger.recv()
        assert isinstance(frame, bytes)
        assert decode_client_message(frame) == Closing(Code.MOVED, "wss://elsewhere.example")
    assert own_workers() == []


async def test_a_worker_that_hangs_does_not_hold_the_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_workers, "_END_TIMEOUT_S", 0.5)
    house = House(2)
    await house.workers.start()
    os.kill(own_workers()[0], signal.SIGSTOP)
    async with asyncio.timeout(5):
        await house.workers.stop()
    assert own_workers() == []


async def test_alpha_can_stop_while_a_worker_starts() -> None:
    house = House(2)
    starting = asyncio.create_task(house.workers.start())
    await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        await house.workers.stop()
        await starting
    assert own_workers() == []


async def test_a_replacement_has_as_long_to_start_as_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_workers, "_SILENCE_S", 0.1)
    monkeypatch.setattr(gateway_workers, "_SILENCES", 20)
    async with running(House()) as house:
        (worker,) = own_workers()
        monkeypatch.setattr(gateway_workers, "_SILENCES", 1)  # less than a start takes
        os.kill(worker, signal.SIGKILL)
        await until(lambda: own_workers() not in ([], [worker]))
        monkeypatch.setattr(gateway_workers, "_SILENCES", 100)
        async with house.client() as client:
            await client.pay(BERT.address, "XLM", "1")
        assert house.metric("constellation_gateway_workers_lost_total") <= 2


async def test_a_port_in_use_is_said() -> None:
    async with running(House()) as house:
        other = House()
        other.workers._port = house.port
        with pytest.raises(OSError, match="cannot listen on 127"):
            await other.workers.start()


async def test_a_worker_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_workers, "_START_TIMEOUT_S", 0.05)
    house = House()
    with pytest.raises(TimeoutError, match="has not started"):
        await house.workers.start()
    assert own_workers() == []


async def test_workers_that_have_their_seats_begin_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats("127.0.0.1", 2) as taken:
        for seat in taken:
            await seat.loaded()
        waiting = own_workers()
        assert sorted(waiting) == sorted(seat.process.pid for seat in taken)
        monkeypatch.setattr(gateway_workers, "start_worker", None)  # nobody starts another one
        async with running(House(2, taken)) as house, house.client() as client:
            assert taken == []
            assert sorted(own_workers()) == sorted(waiting)
            await client.pay(BERT.address, "XLM", "1")


async def test_a_seat_whose_worker_has_died_is_filled_again() -> None:
    async with seats("127.0.0.1", 1) as taken:
        os.kill(taken[0].process.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            await taken[0].loaded()
        async with running(House(1, taken)) as house, house.client() as client:
            await client.pay(BERT.address, "XLM", "1")
            assert house.metric("constellation_gateway_workers_lost_total") == 1


async def test_workers_with_nothing_to_do_end_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    async with seats("127.0.0.1", 1) as taken:
        [seat] = taken
        await seat.loaded()
        await asyncio.sleep(0.3)
    assert own_workers() == []
    assert seat.process.returncode == 0
    assert capfd.readouterr().err == ""
