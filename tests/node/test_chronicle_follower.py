"""The follower: what fails is tried again; nothing is lost, doubled or told twice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import open_engine, sqlite_url
from constellation.chronicler.intake import FinalBatch
from constellation.chronicler.writer import ChronicleWriter
from constellation.node import chronicle_follower
from constellation.node.chronicle_follower import Follower, FollowerMetrics
from constellation.node.chronicle_source import Received, SourceFailed
from constellation.protocol.messages import Appointment, QuorumRule, SignedAppointment, encode_chronicle_item
from tests.chronicler.chain import Chain
from tests.chronicler.databases import database_url, postgres_database
from tests.chronicler.faults import inject
from tests.chronicler.filling import intake_of
from tests.chronicler.test_exactly_once import digests_of, expected

__all__ = ["database_url"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chronicle_follower, "_PAUSE_MIN_S", 0.001)
    monkeypatch.setattr(chronicle_follower, "_PAUSE_MAX_S", 0.002)


class Source:
    """Gives a chain piece by piece; fails, and gives something else, as often as it is told to."""

    def __init__(self, chain: Chain, seed: int = 1, fault: Callable[[Random, list[bytes]], list[bytes]] | None = None):
        self.chain = chain
        self.turns = 0
        self._random = Random(seed)
        self._fault = fault
        self._last = len(chain.links)

    async def read(self, after: int, term: int) -> Received:
        await asyncio.sleep(0)
        if after >= self._last:
            await asyncio.sleep(0.01)
            return Received([], self._last)
        links = self.chain.links[after : after + self._random.randint(1, 8)]
        known = [signed for link in self.chain.links for signed in link.appointments]
        items: list[SignedAppointment | object] = [one for one in known if one.appointment.term > term]
        data = [encode_chronicle_item(item) for item in (*items, *(link.item for link in links))]  # type: ignore[arg-type]
        return Received(data if self._fault is None else self._fault(self._random, data), self._last)

    def turn(self) -> None:
        self.turns += 1

    async def close(self) -> None:
        pass


class Told(list[int]):
    """The numbers of the batches that were told."""

    def __call__(self, batches: Sequence[FinalBatch]) -> None:
        self += [final.number for final in batches]


@asynccontextmanager
async def following(engine: Engine, source: Source, told: Told) -> AsyncIterator[Follower]:
    with ThreadPoolExecutor(1) as thread:
        intake = intake_of(engine, source.chain.world.settings)
        metrics = FollowerMetrics(CollectorRegistry())
        follower = Follower(source, intake, ChronicleWriter(engine), thread, metrics, told)
        task = asyncio.create_task(follower.run())
        try:
            yield follower
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def arrive(follower: Follower, chain: Chain, told: Told, engine: Engine) -> None:
    """Wait until everything is written, and compare it."""
    async with asyncio.timeout(60):
        await follower.reached(chain.machine.state.apex)
    while follower.number < len(chain.links):
        await asyncio.sleep(0.01)
    assert told == list(range(1, len(chain.links) + 1))
    assert digests_of(engine) == expected(chain)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_database_that_fails_at_any_moment(database_url: str, seed: int) -> None:
    """Before or after a statement or a commit: what was committed after all is not written again."""
    chain, random, told = Chain(seed, batches=15, with_terms=True), Random(seed), Told()
    engine = open_chronicle(database_url, chain.world.settings)
    failures = 0

    def fail() -> None:
        nonlocal failures
        if random.random() < 0.04:
            failures += 1
            raise OperationalError("statement", {}, Exception("the database is gone"))

    async with following(engine, Source(chain, seed), told) as follower:
        inject(engine, fail)
        async with asyncio.timeout(60):
            await follower.reached(chain.machine.state.apex)
        random.random = lambda: 1.0  # type: ignore[method-assign]
        await arrive(follower, chain, told, engine)
    assert failures > 5
    engine.dispose()


async def test_a_full_disk(tmp_path: Path) -> None:
    chain, told = Chain(batches=60), Told()
    url = sqlite_url(tmp_path / "chronicle")
    open_chronicle(url, chain.world.settings).dispose()
    engine = open_engine(url)
    pages = 60
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
    async with following(engine, Source(chain), told) as follower:
        async with asyncio.timeout(30):
            while "full" not in (follower.problem or ""):
                await asyncio.sleep(0.01)
        assert follower.apex < chain.machine.state.apex
        pages = 1_000_000
        await arrive(follower, chain, told, engine)
        assert follower.problem is None
    engine.dispose()


async def test_postgresql_drops_connections() -> None:
    chain, told = Chain(batches=60), Told()
    with postgres_database() as url:
        engine, other = open_chronicle(url, chain.world.settings), open_engine(url)
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid()"
                   " AND datname = current_database()")  # fmt: skip
        drops = 0
        async with following(engine, Source(chain), told) as follower:
            while follower.apex < chain.machine.state.apex and drops < 10:
                with other.connect() as connection:
                    drops += len(connection.execute(cut).all())
                await asyncio.sleep(0.05)
            await arrive(follower, chain, told, engine)
        assert drops > 2
        engine.dispose()
        other.dispose()


async def test_sources_that_fail_and_lie(database_url: str) -> None:
    chain, told = Chain(8, batches=60, with_terms=True), Told()

    def fault(random: Random, items: list[bytes]) -> list[bytes]:
        kind, place = random.randrange(12), random.randrange(len(items))
        if kind == 0:
            raise SourceFailed("not now")
        if kind == 1:
            return [*items[:place], *items[place + 1 :]]
        if kind == 2:
            return [*items, items[place]]
        if kind == 3:
            return random.sample(items, len(items))
        if kind == 4:
            at = random.randrange(len(items[place]))
            changed = items[place][:at] + bytes([items[place][at] ^ 1 << random.randrange(8)]) + items[place][at + 1 :]
            return [*items[:place], changed, *items[place + 1 :]]
        return [*items[:place], random.randbytes(50), *items[place:]] if kind == 5 else items

    engine = open_chronicle(database_url, chain.world.settings)
    source = Source(chain, 3, fault)
    async with following(engine, source, told) as follower:
        await arrive(follower, chain, told, engine)
    assert source.turns > 2, "whoever lied was not asked again at once"
    engine.dispose()


async def test_a_source_that_boasts_does_so_alone(tmp_path: Path) -> None:
    """The lag is what the present source says: one that lied about it is forgotten with its next answer."""
    chain, told = Chain(), Told()
    engine = open_chronicle(sqlite_url(tmp_path / "chronicle"), chain.world.settings)
    source = Source(chain)
    source._last = 1 << 60
    async with following(engine, source, told) as follower:
        while follower.number < len(chain.links):
            await asyncio.sleep(0.01)
        assert follower.lag_batches > 1_000
        source._last = len(chain.links)
        async with asyncio.timeout(10):
            while follower.lag_batches:
                await asyncio.sleep(0.01)
    engine.dispose()


@pytest.mark.parametrize("forged", [True, False], ids=["known appointments", "nothing"])
async def test_a_source_that_brings_nothing_is_left_for_another_and_not_asked_all_the_time(
    tmp_path: Path, forged: bool
) -> None:
    chain = Chain(batches=3)
    known = SignedAppointment(Appointment(0, bytes(32), [bytes(32)], QuorumRule.MAJORITY, "wss://x", "wss://y"), [])

    class Idle(Source):
        async def read(self, after: int, term: int) -> Received:
            if self.turns >= 3:
                return await super().read(after, term)
            return Received([encode_chronicle_item(known)] if forged else [], 10**9)

    source, told = Idle(chain), Told()
    engine = open_chronicle(sqlite_url(tmp_path / "c.sqlite"), chain.world.settings)
    begin_s = asyncio.get_running_loop().time()
    async with following(engine, source, told) as follower:
        await arrive(follower, chain, told, engine)
        assert asyncio.get_running_loop().time() - begin_s >= 3 * chronicle_follower._PAUSE_MIN_S
    engine.dispose()
