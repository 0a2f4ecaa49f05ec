"""A NATS server, and a chronicle that is published there."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chronicler.stream_writer import CHAIN
from tests.chronicler.streams import Chronicle, NatsServer, NatsSide


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    made: list[Chronicle] = []

    def make_chronicle() -> Chronicle:
        made.append(Chronicle(tmp_path / f"{len(made)}.sqlite", CHAIN.world.settings))
        return made[-1]

    yield make_chronicle
    for chronicle in made:
        chronicle.close()


@pytest.fixture
async def side(server: NatsServer, make: Any) -> AsyncIterator[NatsSide]:
    """Of a whole chronicle; nothing is published until it is started."""
    await server.ready()
    upstream = make()
    upstream.take(CHAIN)
    side = NatsSide(upstream, server)
    yield side
    async with side.stream() as stream:
        await stream.delete_stream(side.name)
