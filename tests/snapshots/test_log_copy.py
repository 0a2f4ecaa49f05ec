"""Copies of a log that somebody is writing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from constellation.snapshots import LogMismatch, QuantumLog, Recovered, StorageFailure
from constellation.snapshots.directory import LOG_FILE
from constellation.snapshots.log_copy import copy_database, mark_copy
from constellation.testing.world import World


@pytest.fixture
def source(open_log, past, tmp_path: Path) -> QuantumLog:
    """Open for writing, with the first ten batches, of an auditor that counts."""
    log = open_log(past.world, tmp_path / LOG_FILE)
    log.write([past.promise(1, 0), *past.stored[:10], past.certificate(9), Recovered()])
    return log


def test_a_copy_is_of_one_moment_however_much_is_written_meanwhile(source, open_log, past, tmp_path: Path) -> None:
    rest, steps = list(past.stored[10:]), []

    def write(done: int, total: int) -> None:
        steps.append((done, total))
        if rest:
            source.write([rest.pop(0)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("constellation.snapshots.log_copy._STEP_PAGES", 2)
        copy_database(source.path, tmp_path / "copy", write)
    assert len(steps) > 5
    assert steps[-1][0] == steps[-1][1]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps), "it began again"
    copy = open_log(past.world, tmp_path / "copy")
    assert list(copy.batches(1)) == past.stored[:10]
    assert source.tip().number == 40 - len(rest)


def test_a_marked_copy_recovers_under_a_name_of_its_own_and_the_log_does_not(
    source, open_log, past, tmp_path: Path
) -> None:
    names = {source.identity}
    copy_database(source.path, tmp_path / "copy")
    for _ in range(2):
        mark_copy(tmp_path / "copy", past.world.settings)
        with closing(QuantumLog(tmp_path / "copy", past.world.settings, is_still=True)) as copy:
            assert copy.is_recovering
            names.add(copy.identity)
    assert len(names) == 3
    assert not source.is_recovering
    with closing(QuantumLog(source.path, past.world.settings, read_only=True)) as again:
        assert not again.is_recovering


def test_a_marked_copy_is_one_file_which_nothing_touches(source, past, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    copy_database(source.path, folder / LOG_FILE)
    mark_copy(folder / LOG_FILE, past.world.settings)
    content = (folder / LOG_FILE).read_bytes()
    assert [path.name for path in folder.iterdir()] == [LOG_FILE]
    with closing(QuantumLog(folder / LOG_FILE, past.world.settings, is_still=True)) as copy:
        assert [path.name for path in folder.iterdir()] == [LOG_FILE]
        assert copy.tip().number == 10
        with pytest.raises(Exception, match="attempt to write a readonly database"):
            copy.write([past.stored[10]])
    assert (folder / LOG_FILE).read_bytes() == content


def test_the_write_ahead_log_of_a_killed_node_is_left_as_it_is(source, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    killed.mkdir()
    for part in ("", "-wal"):
        (killed / (LOG_FILE + part)).write_bytes((tmp_path / (LOG_FILE + part)).read_bytes())
    wal = (killed / f"{LOG_FILE}-wal").read_bytes()
    assert wal
    copy_database(killed / LOG_FILE, tmp_path / "copy")
    assert (killed / f"{LOG_FILE}-wal").read_bytes() == wal


def test_a_copy_of_something_else_is_refused(source, tmp_path: Path) -> None:
    copy_database(source.path, tmp_path / "copy")
    with pytest.raises(LogMismatch):
        mark_copy(tmp_path / "copy", World(auditors=5).settings)


def test_what_is_no_database_cannot_be_copied_and_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database" * 1000)
    with pytest.raises(StorageFailure, match="cannot be copied"):
        copy_database(tmp_path / "text", tmp_path / "copy")
    with pytest.raises(StorageFailure, match="cannot be copied"):
        copy_database(tmp_path / "missing", tmp_path / "other")
    with pytest.raises(FileExistsError):
        copy_database(tmp_path / "text", tmp_path / "copy")


def test_any_database_can_be_copied(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a")) as database:
        database.execute("CREATE TABLE t (n INTEGER)")
        database.execute("INSERT INTO t VALUES (7)")
        database.commit()
        copy_database(tmp_path / "a", tmp_path / "b")
    with closing(sqlite3.connect(tmp_path / "b")) as copy:
        assert copy.execute("SELECT n FROM t").fetchall() == [(7,)]
