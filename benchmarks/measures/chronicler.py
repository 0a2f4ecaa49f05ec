"""Writing history: the certified batches of an exchange, verified and put into SQL, beside what made them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.exchange import Exchange, certificate
from benchmarks.figures import Figure
from benchmarks.measuring import Stopwatch, tell
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import sqlite_url
from constellation.chronicler.intake import FinalBatch, Intake
from constellation.chronicler.writer import ChronicleWriter
from constellation.protocol.limits import CHRONICLE_TRANSACTION_QUANTA
from constellation.protocol.messages import ChronicleBatch
from constellation.protocol.terms import Terms
from constellation.quanta import SealedBatch, Tip

_TRADERS = 500
_BATCH_QUANTA = 100
_SERVER = os.environ.get("CONSTELLATION_TEST_POSTGRES", "postgresql://127.0.0.1:5432/test")


def chronicler(quick: bool) -> Iterator[Figure]:
    """The rates of each step, and of both databases."""
    batches = 5 if quick else 100
    exchange = Exchange(_TRADERS)
    sealed = [exchange.seal(executed) for executed in exchange.fund()]
    tell(f"{batches * _BATCH_QUANTA:,} quanta")
    watch = Stopwatch()
    sealed += [exchange.seal(exchange.trade(_BATCH_QUANTA)) for _ in range(batches)]
    sequencer_s = watch.cpu_s / (batches * _BATCH_QUANTA)
    yield Figure("executing and sealing", 1 / sequencer_s, "quanta/s of CPU")
    items = [_item(exchange, one).to_xdr() for one in sealed]
    quanta = exchange.machine.state.apex
    watch = Stopwatch()
    final = list(_verified(exchange, items))
    verifying_s = watch.cpu_s / quanta
    yield Figure("verifying", 1 / verifying_s, "quanta/s of CPU")
    with TemporaryDirectory() as directory:
        url = sqlite_url(Path(directory) / "chronicle.sqlite")
        yield from _writing(exchange, final, url, "SQLite", verifying_s / sequencer_s, sequencer_s)
    with _postgres() as postgres:
        if postgres is None:
            tell("no PostgreSQL: left out")
        else:
            yield from _writing(exchange, final, postgres, "PostgreSQL", verifying_s / sequencer_s, sequencer_s)


def _item(exchange: Exchange, sealed: SealedBatch) -> ChronicleBatch:
    stored = exchange.stored(sealed)
    assert stored.effects is not None
    return ChronicleBatch(stored.batch, stored.effects, certificate(exchange.world, sealed))


def _verified(exchange: Exchange, items: list[bytes]) -> Iterator[FinalBatch]:
    settings = exchange.world.settings
    intake = Intake(Terms(settings), Tip.genesis(settings), 0)
    for item in items:
        yield from intake.take(ChronicleBatch.from_xdr(item))


def _writing(
    exchange: Exchange, final: list[FinalBatch], url: str, name: str, verifying: float, sequencer_s: float
) -> Iterator[Figure]:
    """Rates into one database; ``verifying`` is in times of the sequencer's work."""
    tell(name)
    engine = open_chronicle(url, exchange.world.settings)
    writer, rows, quanta = ChronicleWriter(engine), 0, final[-1].sealed.header.last_apex
    together = CHRONICLE_TRANSACTION_QUANTA // _BATCH_QUANTA
    watch = Stopwatch()
    for first in range(0, len(final), together):
        rows += writer.write(final[first : first + together])
    cpu_s, wall_s = watch.cpu_s, watch.wall_s
    engine.dispose()
    yield Figure(f"{name}, rows", rows / cpu_s, "rows/s of CPU")
    yield Figure(f"{name}, quanta", quanta / cpu_s, "quanta/s of CPU")
    yield Figure(f"{name}, quanta, wall", quanta / wall_s, "quanta/s")
    yield Figure(f"{name}, a quantum costs a chronicler", verifying + cpu_s / quanta / sequencer_s, "of the sequencer")


@contextmanager
def _postgres() -> Iterator[str | None]:
    """The URL of a database for this measure; None where there is no server."""
    name = f"constellation_benchmark_{uuid4().hex[:12]}"
    try:
        _execute(f"CREATE DATABASE {name}")
    except (SQLAlchemyError, ModuleNotFoundError):
        yield None
        return
    try:
        yield make_url(_SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _execute(statement: str) -> None:
    url = make_url(_SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
