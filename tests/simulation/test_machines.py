"""The simulator's own laws: time, processes and the network, without any constellation."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any

import pytest

from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.loop import Deadlock, SimulatedLoop
from constellation.testing.simulation.network import Network

Program = Callable[[], Coroutine[Any, Any, None]]


class Place:
    """A loop, a network and two machines."""

    def __init__(self) -> None:
        self.network = Network(Random(1))
        self.loop = SimulatedLoop(self.network)
        self.one, self.two = (Host(name, f"10.0.0.{number}", Path("/")) for number, name in enumerate(("one", "two")))
        self.network.add(self.one)
        self.network.add(self.two)
        self.seen: list[Any] = []

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(work)

    def kill(self, host: Host, *, power: bool = False) -> None:
        assert host.process is not None
        host.is_powered = not power
        host.process.end()

    async def listen(self) -> None:
        """Take down what comes."""
        await self.loop.create_server(lambda: Ear(self.seen), "10.0.0.1", 7)
        await asyncio.sleep(1000)

    async def talk(self) -> None:
        """Say a word a second, until somebody hangs up."""
        try:
            transport, _ = await self.loop.create_connection(lambda: Ear(self.seen), "10.0.0.1", 7)
        except OSError as error:
            self.seen.append(type(error).__name__)
            return
        for number in range(100):
            transport.write(b"%d" % number)
            await asyncio.sleep(1)


class Ear(asyncio.Protocol):
    """Notes what comes, and how it ends."""

    def __init__(self, seen: list[Any]) -> None:
        self._seen = seen

    def data_received(self, data: bytes) -> None:
        self._seen.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._seen.append("end" if exc is None else type(exc).__name__)


@pytest.fixture
def place():
    found = Place()
    yield found
    found.loop.close()


def test_hours_take_no_time(place: Place) -> None:
    place.run(asyncio.sleep(7200))
    assert place.loop.time() == pytest.approx(7200)


def test_who_waits_for_nothing_is_found(place: Place) -> None:
    with pytest.raises(Deadlock):
        place.run(asyncio.Event().wait())  # type: ignore[arg-type]


def test_of_a_killed_process_nothing_runs_any_more(place: Place) -> None:
    async def program() -> None:
        try:
            place.seen.append("begins")
            await asyncio.sleep(5)
            place.seen.append("goes on")
        finally:
            place.seen.append("cleans up")

    async def story() -> None:
        place.one.start(program)
        await asyncio.sleep(1)
        place.kill(place.one)
        await asyncio.sleep(10)

    place.run(story())
    assert place.seen == ["begins"]
    assert not place.one.is_running


def test_a_stopped_process_goes_on_where_it_was(place: Place) -> None:
    async def program() -> None:
        for _ in range(3):
            await asyncio.sleep(1)
            place.seen.append(round(place.loop.time(), 1))

    async def story() -> None:
        process = place.one.start(program)
        await asyncio.sleep(1.5)
        process.stop()
        await asyncio.sleep(10)
        process.resume()
        await asyncio.sleep(10)

    place.run(story())
    assert place.seen == [1.0, 11.5, 12.5]
    assert not place.one.is_running


def _conversation(place: Place, *deeds: tuple[float, Callable[[], object]], until_s: float = 20) -> list[Any]:
    async def story() -> None:
        place.two.start(place.listen)
        await asyncio.sleep(0.1)
        place.one.start(place.talk)
        for at_s, deed in deeds:
            await asyncio.sleep(at_s - place.loop.time())
            deed()
        await asyncio.sleep(until_s - place.loop.time())

    place.run(story())
    return place.seen


def test_words_arrive_in_order(place: Place) -> None:
    assert b"".join(_conversation(place, until_s=4)) == b"0123"


def test_nobody_listens(place: Place) -> None:

    async def story() -> None:
        place.one.start(place.talk)
        await asyncio.sleep(5)

    place.run(story())
    assert place.seen == ["ConnectionRefusedError"]


def test_what_meets_a_cut_waits_behind_it(place: Place) -> None:
    def cut() -> None:
        place.network.cut(place.one, place.two)

    def look() -> None:
        place.seen.append("|")

    seen = _conversation(place, (2.5, cut), (8.5, look), (8.6, place.network.mend_all), until_s=9)
    before, after = seen[: seen.index("|")], seen[seen.index("|") + 1 :]
    assert b"".join(before) == b"012"
    assert b"".join(after) == b"345678"


def test_the_other_direction_of_a_cut_is_open(place: Place) -> None:
    seen = _conversation(place, (2.5, lambda: place.network.cut(place.two, place.one)), until_s=6)
    assert b"".join(seen) == b"012345"


def test_a_killed_listener_is_told(place: Place) -> None:
    assert _conversation(place, (2.5, lambda: place.kill(place.two)))[-1] == "ConnectionResetError"


def test_a_machine_without_power_says_nothing(place: Place) -> None:
    seen = _conversation(place, (2.5, lambda: place.kill(place.two, power=True)))
    assert b"".join(seen) == b"012"


def test_a_machine_that_is_back_knows_nothing_of_old_connections(place: Place) -> None:
    def back() -> None:
        place.seen.clear()
        place.two.start(place.listen)
        place.network.mend_all()

    seen = _conversation(place, (2.5, lambda: place.kill(place.two, power=True)), (10, back))
    assert seen == ["ConnectionResetError"]


def test_a_dead_talker_is_noticed(place: Place) -> None:
    seen = _conversation(place, (2.5, lambda: place.kill(place.one)))
    assert seen[-1] == "ConnectionResetError"
