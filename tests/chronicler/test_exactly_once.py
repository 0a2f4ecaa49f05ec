"""Whatever ends a transaction, every batch is written once."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.digests import table_digests
from constellation.chronicler.writer import ChronicleWriter, Gap, read_cursor
from tests.chronicler.chain import Chain
from tests.chronicler.databases import database_url
from tests.chronicler.faults import inject
from tests.chronicler.filling import fill, final_batches, pieces

__all__ = ["database_url"]


def digests_of(engine: Engine) -> dict[str, bytes]:
    with moment(engine) as connection:
        return table_digests(connection)


def digests_in(url: str) -> dict[str, bytes]:
    engine = open_engine(url, read_only=True)
    try:
        return digests_of(engine)
    finally:
        engine.dispose()


def expected(chain: Chain) -> dict[str, bytes]:
    engine = open_chronicle("sqlite://", chain.world.settings)
    fill(engine, chain)
    digests = digests_of(engine)
    engine.dispose()
    return digests


def test_a_writer_that_ends_at_any_moment(tmp_path: Path) -> None:
    """Before and after each statement and commit, as its files are then, another one goes on."""
    chain = Chain(batches=4, quanta=10)
    batches, wanted = final_batches(chain), expected(chain)
    path = tmp_path / "chronicle"
    open_chronicle(sqlite_url(path), chain.world.settings).dispose()
    engine, moments = open_engine(sqlite_url(path)), 0

    def keep() -> None:
        nonlocal moments
        copy = tmp_path / f"moment {moments}"
        moments += 1
        for suffix in ("", "-wal"):
            if path.with_name(path.name + suffix).exists():
                shutil.copy(path.with_name(path.name + suffix), copy.with_name(copy.name + suffix))

    inject(engine, keep)
    writer = ChronicleWriter(engine)
    for piece in pieces(batches, Random(1), longest=3):
        writer.write(piece)
    engine.dispose()
    assert moments > 50
    for number in range(moments):
        engine = open_engine(sqlite_url(tmp_path / f"moment {number}"))
        with moment(engine) as connection:
            done = read_cursor(connection).tip.number
        ChronicleWriter(engine).write(batches[max(0, done - 1) :])
        assert digests_of(engine) == wanted, f"after moment {number}"
        engine.dispose()


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_a_process_that_is_killed(database_url: str, kills: int) -> None:
    """With SIGKILL, at any moment of its life."""
    chain = Chain(3, batches=40)
    command = [sys.executable, "-m", "tests.chronicler.killed_writer", database_url, "3", str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    killed, lives = map(int, done.stdout.split())
    assert lives == kills + 1
    assert killed > 2
    assert digests_in(database_url) == expected(chain)


def test_two_writers(database_url: str) -> None:
    """Each writes everything, in other pieces: what one has done the other passes over."""
    chain = Chain(5, batches=40)
    batches = final_batches(chain)
    engine = open_chronicle(database_url, chain.world.settings)

    def write(seed: int) -> int:
        own = open_engine(database_url)
        writer = ChronicleWriter(own)
        count = sum(writer.write(piece) for piece in pieces(batches, Random(seed)))
        own.dispose()
        return count

    with ThreadPoolExecutor(2) as pool:
        count = sum(pool.map(write, (1, 2)))
    assert digests_of(engine) == expected(chain)
    assert ChronicleWriter(engine).write(batches) == 0
    engine.dispose()
    alone = open_chronicle("sqlite://", chain.world.settings)
    assert count == ChronicleWriter(alone).write(batches)
    alone.dispose()


def test_a_gap_is_refused(database_url: str) -> None:
    chain, other = Chain(6), Chain(7)
    batches, others = final_batches(chain), final_batches(other)
    engine = open_chronicle(database_url, chain.world.settings)
    writer = ChronicleWriter(engine)
    with pytest.raises(Gap, match="batch 3 does not follow batch 0"):
        writer.write(batches[2:])
    writer.write(batches[:6])
    before = digests_of(engine)
    with pytest.raises(Gap):
        writer.write(batches[7:])
    with pytest.raises(Gap):
        writer.write(others[6:])
    assert digests_of(engine) == before
    writer.write(batches)
    assert digests_of(engine) == expected(chain)
    engine.dispose()
