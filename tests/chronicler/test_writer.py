"""What the writer makes of a chain."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from constellation.chronicler import statistics, tables
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import sqlite_url
from constellation.chronicler.intake import Intake
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from tests.chronicler.chain import Chain
from tests.chronicler.databases import postgres_database


def fill(engine: Engine, chain: Chain) -> None:
    intake = Intake(Terms(chain.world.settings), Tip.genesis(chain.world.settings), 0)
    writer = ChronicleWriter(engine)
    for item in chain.items():
        if final := intake.take(item):
            writer.write(final)


def test_everything_is_written(tmp_path: Path) -> None:
    chain = Chain(batches=40, quanta=30)
    engine = open_chronicle(sqlite_url(tmp_path / "c.sqlite"), chain.world.settings)
    fill(engine, chain)
    with engine.connect() as connection:
        assert read_cursor(connection).apex == chain.machine.state.apex
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }
    assert all(counts.values()), counts
    engine.dispose()


def test_the_database_knows_how_large_its_tables_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_ROWS_MIN", 100)
    chain = Chain(batches=5)
    with postgres_database() as url:
        engine = open_chronicle(url, chain.world.settings)
        fill(engine, chain)
        with engine.connect() as connection:
            query = "SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NOT NULL"
            assert "effects" in connection.exec_driver_sql(query).scalars().all()
        engine.dispose()
