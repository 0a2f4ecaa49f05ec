"""The commands that begin a history anew, and look at one, where the database is not what it should be."""

from pathlib import Path

import pytest

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import UnusableDatabase, sqlite_url
from constellation.node.chronicler_commands import run_digest, run_rebuild
from constellation.node.plan import write_settings
from constellation.testing import World

SETTINGS = World().settings


def flags(directory: Path) -> dict[str, Path]:
    write_settings(directory / "constellation.json", SETTINGS)
    return {"settings_file": directory / "constellation.json", "data_directory": directory / "data"}


def test_a_damaged_history_is_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = flags(tmp_path)
    database = tmp_path / "data" / "chronicle.sqlite"
    database.parent.mkdir()
    database.write_bytes(b"what the disk has made of it" * 1000)
    with pytest.raises(UnusableDatabase, match="not a database"):
        run_digest(None, options, as_json=True)
    run_rebuild(None, options, [], keep=False)
    assert "chronicle.sqlite.damaged-1" in capsys.readouterr().out
    assert (tmp_path / "data" / "chronicle.sqlite.damaged-1").read_bytes().startswith(b"what the disk")
    run_digest(None, options, as_json=True)
    assert '"batch": 0' in capsys.readouterr().out
    database.write_bytes(b"again" * 1000)
    run_rebuild(None, options, [], keep=False)
    assert "damaged-2" in capsys.readouterr().out


def test_there_is_no_history(tmp_path: Path) -> None:
    options = flags(tmp_path)
    (tmp_path / "data").mkdir()
    with pytest.raises(UnusableDatabase, match="no history"):
        run_digest(None, options, as_json=True)


def test_a_whole_one_is_begun_anew(tmp_path: Path) -> None:
    options = flags(tmp_path)
    (tmp_path / "data").mkdir()
    open_chronicle(sqlite_url(tmp_path / "data" / "chronicle.sqlite"), SETTINGS).dispose()
    run_rebuild(None, options, [], keep=False)
    assert sorted(path.name for path in (tmp_path / "data").glob("*.damaged*")) == []
