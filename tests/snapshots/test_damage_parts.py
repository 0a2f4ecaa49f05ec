"""The parts that find damage and put a log aside, one by one."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from constellation.snapshots import DamagedLog, DataDirectory, LogWriter, QuantumLog, StorageFailure, restore
from constellation.snapshots.damage import CHECKSUM_BYTES, named, seal, unseal
from constellation.snapshots.directory import LOG_FILE

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_seal_fits_its_value_and_its_place_alone() -> None:
    for value in (b"", b"x", bytes(1000)):
        stored = seal("here", value)
        assert len(stored) == len(value) + CHECKSUM_BYTES
        assert unseal("here", stored) == value
        with pytest.raises(DamagedLog, match="there: a value does not fit"):
            unseal("there", stored)
        for place in range(len(stored)):
            changed = bytearray(stored)
            changed[place] ^= 1
            with pytest.raises(DamagedLog):
                unseal("here", bytes(changed))


@pytest.mark.parametrize("stored", [None, "text", 7, 2**60, 1.5, b"", b"short"])
def test_what_has_no_seal_is_damage(stored: object) -> None:
    with pytest.raises(DamagedLog, match="here: a value"):
        unseal("here", stored)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_CORRUPT, DamagedLog),
        (sqlite3.SQLITE_CORRUPT_INDEX, DamagedLog),
        (sqlite3.SQLITE_NOTADB, DamagedLog),
        (sqlite3.SQLITE_FULL, StorageFailure),
        (sqlite3.SQLITE_IOERR_READ, StorageFailure),
        (sqlite3.SQLITE_IOERR_FSYNC, StorageFailure),
        (sqlite3.SQLITE_READONLY, StorageFailure),
        (sqlite3.SQLITE_BUSY, StorageFailure),
        (sqlite3.SQLITE_ERROR, StorageFailure),
    ],
)
def test_only_damage_is_called_damage(code: int, kind: type[Exception]) -> None:
    error = sqlite3.OperationalError("what happened")
    error.sqlite_errorcode = code
    assert type(named(error)) is kind
    assert "what happened" in str(named(error))


async def test_a_full_disk_halts_and_nothing_stored_is_lost(past, tmp_path: Path) -> None:
    path = tmp_path / LOG_FILE
    log = QuantumLog(path, past.world.settings)
    writer = LogWriter(log)
    await asyncio.gather(*(writer.store(item) for item in past.stored[:5]))
    with log.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 1}"))
    stored = 5
    for item in past.stored[5:]:
        try:
            await writer.store(item)
        except StorageFailure as full:
            assert "full" in str(full)
            assert not isinstance(full, DamagedLog)
            break
        stored += 1
    with pytest.raises(StorageFailure, match="full"):
        await writer.store(past.stored[stored])
    await writer.close()
    again = QuantumLog(path, past.world.settings)
    assert list(again.batches(1)) == past.stored[:stored]
    again.write(past.stored[stored:])
    assert restore(again, past.world.settings).machine.state.root() == past.roots[40]
    again.close()


async def test_damage_that_a_read_finds_has_a_name(past, tmp_path: Path) -> None:
    log = QuantumLog(tmp_path / LOG_FILE, past.world.settings)
    log.write(past.stored[:5])
    with log.engine.begin() as connection:
        connection.execute(text("UPDATE batches SET batch = x'0011' WHERE number = 3"))
    writer = LogWriter(log)
    with pytest.raises(DamagedLog, match="batch 3 in the log is damaged"):
        await writer.read(lambda it: list(it.batches(1)))
    assert len(await writer.read(lambda it: list(it.batches(1, 2)))) == 2
    await writer.close()


@pytest.mark.parametrize("table", ["batches", "promises"])
def test_a_hidden_end_is_missed(past, tmp_path: Path, table: str) -> None:
    """Rows that vanish without a DELETE: the trigger does not see it, as with a damaged page."""
    path = tmp_path / LOG_FILE
    log = QuantumLog(path, past.world.settings)
    log.write([*past.stored[:5], past.certificate(5), past.promise(3, 1)])
    log.close()
    connection = sqlite3.connect(path)
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    for _, statement in triggers:
        connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(DamagedLog, match=f"its {table} end at"):
        QuantumLog(path, past.world.settings)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE batches",
        "DROP TABLE about",
        "DROP TABLE ends",
        "ALTER TABLE batches RENAME COLUMN digest TO digesu",
        "CREATE TABLE surplus (x)",
        "DELETE FROM about WHERE name = 'recovering'",
        "DELETE FROM about",
        "UPDATE about SET value = (SELECT value FROM about WHERE name = 'settings') WHERE name = 'constellation'",
        "UPDATE about SET name = 'recoverinh' WHERE name = 'recovering'",
        "UPDATE ends SET number = 4 WHERE name = 'batches'",
        "DELETE FROM ends WHERE name = 'certificates'",
    ],
)
def test_nothing_that_the_log_says_of_itself_can_be_lost(past, tmp_path: Path, statement: str) -> None:
    path = tmp_path / LOG_FILE
    log = QuantumLog(path, past.world.settings)
    log.write([*past.stored[:5], past.certificate(5)])
    log.close()
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(DamagedLog):
        QuantumLog(path, past.world.settings)


def test_a_log_that_is_set_aside_leaves_room_for_a_new_one(past, tmp_path: Path) -> None:
    with DataDirectory(tmp_path / "data") as directory:
        log = QuantumLog(directory.log_path, past.world.settings)
        log.write(past.stored[:3])
        (directory.path / "log.sqlite-shm").touch()
        wal = (directory.path / "log.sqlite-wal").read_bytes()
        aside = directory.set_log_aside("batch 2 is damaged", NOW)
        assert sorted(path.name for path in directory.path.iterdir()) == [
            "damaged-20260102T030405.678901Z.sqlite",
            "damaged-20260102T030405.678901Z.sqlite-shm",
            "damaged-20260102T030405.678901Z.sqlite-wal",
            "damaged-20260102T030405.678901Z.txt",
            "lock",
        ]
        assert aside.with_name(aside.name + "-wal").read_bytes() == wal
        assert aside.with_suffix(".txt").read_text() == "batch 2 is damaged\n"
        assert directory.damage is None
        log.close()
        fresh = QuantumLog(directory.log_path, past.world.settings)
        assert fresh.is_recovering
        assert fresh.tip().number == 0
        fresh.close()


@pytest.mark.parametrize("steps", range(4))
def test_setting_aside_goes_on_after_a_crash_half_way(tmp_path: Path, monkeypatch, steps: int) -> None:
    """Never is there a log without its write-ahead log, or one with that of another, and no note of it."""
    with DataDirectory(tmp_path) as directory:
        for suffix in ("", "-wal", "-shm"):
            (tmp_path / (LOG_FILE + suffix)).write_text(suffix)
        rename, done = Path.rename, []

        def crash(path: Path, target: Path) -> None:
            if len(done) == steps:
                raise KeyboardInterrupt
            done.append(path)
            rename(path, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", crash)
            with pytest.raises(KeyboardInterrupt):
                directory.set_log_aside("torn", NOW)
        assert directory.damage == "torn"
        directory.set_log_aside("again")
        assert not list(tmp_path.glob("log.sqlite*"))
        assert directory.damage is None
        assert sorted(path.read_text() for path in tmp_path.glob("damaged-*.sqlite*")) == ["", "-shm", "-wal"]
        assert [path.read_text() for path in tmp_path.glob("damaged-*.txt")] == ["torn\n"]
