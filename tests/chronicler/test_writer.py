"""What the writer makes of a chain."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from constellation.chronicler import statistics, tables
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import sqlite_url
from constellation.chronicler.intake import Intake
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.protocol.messages import MergeSubAccount, OpenSubAccount, Payment
from constellation.protocol.sub_accounts import sub_account_key
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from constellation.testing.world import ONE, START_US
from tests.chronicler.chain import Chain
from tests.chronicler.databases import postgres_database
from tests.chronicler.naive_tables import NaiveTables, differences


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


def test_a_merge_pays_several_assets_at_once(tmp_path: Path) -> None:
    chain = Chain(batches=0)
    parent, sub = chain.traders[0], sub_account_key(chain.traders[0].public, 1)
    paid = [Payment(sub, asset, ONE * (asset + 1)) for asset in range(3)]
    operations = [OpenSubAccount(1, 5 * ONE), *paid, MergeSubAccount(1)]
    merged = [
        chain.machine.execute(START_US + 1, chain.world.request(parent, operation, nonce=nonce))
        for nonce, operation in enumerate(operations, 1)
    ]
    chain.seal(merged)
    engine = open_chronicle(sqlite_url(tmp_path / "c.sqlite"), chain.world.settings)
    fill(engine, chain)
    with engine.connect() as connection:
        assert differences(connection, NaiveTables(link.sealed for link in chain.links)) == []
        query = select(tables.payments.c.amount).where(tables.payments.c.apex == merged[-1].leaf.apex)
        assert sorted(connection.execute(query).scalars()) == [2 * ONE, 3 * ONE, 6 * ONE]
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
