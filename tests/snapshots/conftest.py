from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from constellation.snapshots import QuantumLog
from constellation.testing.world import World
from tests.snapshots.support import History, history


@pytest.fixture(scope="session")
def past() -> History:
    """Forty batches of an exchange at work."""
    return history(World(auditors=3), batches=40)


@pytest.fixture
def open_log() -> Iterator[Callable[..., QuantumLog]]:
    """Opens logs and closes them afterwards."""
    logs: list[QuantumLog] = []

    def open_one(world: World, path: Path | None = None) -> QuantumLog:
        logs.append(QuantumLog(path, world.settings))
        return logs[-1]

    yield open_one
    for log in logs:
        log.close()


@pytest.fixture
def log(open_log, past: History) -> QuantumLog:
    """A log in memory that holds the whole past."""
    log = open_log(past.world)
    log.write(past.stored)
    return log
