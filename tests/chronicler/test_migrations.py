"""Opening databases: tables as they are written down, and what cannot be used says why."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from constellation.chronicler import tables
from constellation.chronicler.chronicle import drop_chronicle, is_chronicle, open_chronicle
from constellation.chronicler.connections import UnusableDatabase, moment, open_engine, sqlite_url
from constellation.chronicler.digests import table_digests
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.quanta import Tip
from constellation.testing import World
from tests.chronicler.chain import Chain
from tests.chronicler.databases import database_url
from tests.chronicler.filling import final_batches

__all__ = ["database_url"]

SETTINGS = World().settings


def test_tables_are_those_that_the_code_knows(database_url: str) -> None:
    engine = open_chronicle(database_url, SETTINGS)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_conditions_of_indexes_are_those_that_the_code_knows(tmp_path: Path) -> None:
    """Alembic does not compare them."""
    migrated = open_chronicle(sqlite_url(tmp_path / "migrated"), SETTINGS)
    created = open_engine(sqlite_url(tmp_path / "created"))
    query = text("SELECT name, sql FROM sqlite_master WHERE name != 'alembic_version' AND sql IS NOT NULL")
    found = []
    with created.begin() as connection:
        tables.metadata.create_all(connection)
    for engine in (migrated, created):
        with moment(engine) as connection:
            found.append({name: " ".join(sql.split()) for name, sql in connection.execute(query)})
        engine.dispose()
    assert found[0] == found[1]


def test_opening_again_changes_nothing(database_url: str) -> None:
    for _ in range(3):
        engine = open_chronicle(database_url, SETTINGS)
        with moment(engine) as connection:
            assert read_cursor(connection).tip == Tip.genesis(SETTINGS)
        engine.dispose()


def test_another_constellation(database_url: str) -> None:
    open_chronicle(database_url, SETTINGS).dispose()
    with pytest.raises(UnusableDatabase, match="another constellation"):
        open_chronicle(database_url, World(auditors=5).settings)


def test_a_later_version(database_url: str) -> None:
    engine = open_chronicle(database_url, SETTINGS)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(UnusableDatabase, match=r"later.*9999"):
        open_chronicle(database_url, SETTINGS)


def test_dropping_leaves_nothing_and_nothing_else_is_dropped(database_url: str) -> None:
    engine = open_chronicle(database_url, SETTINGS)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (a INTEGER)"))
    drop_chronicle(engine)
    assert not is_chronicle(engine)
    with moment(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM somebody_elses")).scalar() == 0
    engine.dispose()
    open_chronicle(database_url, SETTINGS).dispose()


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, and long enough to have the header of one " * 50)
    (tmp_path / "directory").mkdir()
    for path, words in (
        (tmp_path / "text", "not a database"),
        (tmp_path / "directory", "unable to open"),
        (tmp_path / "nowhere" / "chronicle", "unable to open"),
    ):
        with pytest.raises(UnusableDatabase, match=words):
            open_chronicle(sqlite_url(path), SETTINGS)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "chronicle"
    open_chronicle(sqlite_url(path), SETTINGS).dispose()
    path.chmod(0o400)
    with pytest.raises(UnusableDatabase, match="readonly"):
        open_chronicle(sqlite_url(path), SETTINGS)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://127.0.0.1/x", "mysql cannot be used"),
        ("nonsense", "cannot be read"),
        ("postgresql://127.0.0.1:1/x?connect_timeout=2", "cannot be used"),
    ],
)
def test_urls_that_lead_nowhere(url: str, words: str) -> None:
    with pytest.raises(UnusableDatabase, match=words):
        open_chronicle(url, SETTINGS)


def test_many_start_at_the_same_time(database_url: str) -> None:
    chain = Chain(batches=5)
    batches = final_batches(chain)

    def start(_: int) -> dict[str, bytes]:
        engine = open_chronicle(database_url, chain.world.settings)
        ChronicleWriter(engine).write(batches)
        with moment(engine) as connection:
            digests = table_digests(connection)
        engine.dispose()
        return digests

    with ThreadPoolExecutor(6) as pool:
        first, *others = pool.map(start, range(6))
    assert all(other == first for other in others)
