"""Backup and restore as an operator sees them, without a running node."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from constellation.node.backups import put_back
from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import write_key_file
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import settings_hash
from constellation.snapshots import DataDirectory, QuantumLog, Recovered
from constellation.snapshots.directory import DAMAGE_FILE, LOCK_FILE, LOG_FILE
from constellation.testing.world import World
from tests.snapshots.support import history

PAST = history(World(auditors=3), batches=12)
SETTINGS = PAST.world.settings
AUDITOR = PAST.world.auditors[0]
TIMED = Path(__file__).parents[2] / "deploy" / "systemd" / "constellation-backup@.service"
SMALL = {
    "evidence-batch-17.json": b'{"code": "BAD_SIGNATURE"}',
    "refund-signed.json": b"{}",
    "proposals.xdr": b"\x00" * 16,
}


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the settings, an auditor's key and witness, and its data, as it has left it."""
    monkeypatch.chdir(tmp_path)
    Path("constellation.json").write_text(json.dumps(settings_to_json(SETTINGS)))
    write_key_file(Path("node.seed"), AUDITOR)
    Path("node.seed.witness").write_text("{}")
    with DataDirectory(Path("data")) as directory, closing(QuantumLog(directory.log_path, SETTINGS)) as log:
        log.write([PAST.promise(2, 0), *PAST.stored[:10], PAST.certificate(9), Recovered()])
    for name, content in SMALL.items():
        Path("data", name).write_bytes(content)
    with closing(sqlite3.connect("data/cosigned.sqlite")) as database:
        database.execute("CREATE TABLE cosigned (amount INTEGER)")
    Path("data", "damaged-20260101.sqlite").write_bytes(b"set aside")
    Path("data", "chronicler").mkdir()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="constellation")


def passes(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == ExitCode.OK, result.output
    return dict(json.loads(result.stdout))


def fails(code: ExitCode, words: str, *arguments: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert words in " ".join(result.stderr.split()), result.stderr


def create(output: str = "backup") -> dict[str, Any]:
    return passes("backup", "create", "--output", output)


def files(directory: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(directory).iterdir() if path.is_file()}


def marks(directory: str) -> tuple[bool, bytes]:
    with closing(QuantumLog(Path(directory, LOG_FILE), SETTINGS, is_still=True)) as log:
        return log.is_recovering, log.identity


def test_a_backup_has_what_a_node_must_keep_and_says_what_it_lacks() -> None:
    found = create()
    assert found == {"result": "backed up", "path": "backup", **json.loads(Path("backup/manifest.json").read_text())}
    assert {item["name"] for item in found["files"]} == {*SMALL, LOG_FILE, "cosigned.sqlite", "constellation.json"}
    assert files("backup").keys() - {"manifest.json"} == {item["name"] for item in found["files"]}
    assert found["left_out"] == ["chronicler", "damaged-20260101.sqlite", LOCK_FILE]
    assert (found["role"], found["node"]) == ("auditor", AUDITOR.address)
    assert found["settings_hash"] == settings_hash(SETTINGS).hex()
    assert found["constellation_id"] == PAST.world.constellation.hex()
    assert found["log"] == {
        "first_batch": 1,
        "last_batch": 10,
        "last_header_hash": PAST.stored[9].digest.hex(),
        "epoch": 1,
        "certified_batch": 9,
        "promised_epoch": 2,
    }
    assert Path("backup").stat().st_mode & 0o777 == 0o700
    assert not list(Path().glob(".backup*"))


def test_no_secret_is_in_a_backup() -> None:
    create()
    seed = Path("node.seed").read_text().strip().encode()
    assert not [name for name, content in files("backup").items() if seed in content or "seed" in name]
    assert not [name for name in files("backup") if "witness" in name or "record" in name]


def test_making_one_changes_nothing_in_the_data() -> None:
    before, mark = files("data"), marks("data")
    create()
    after = files("data")
    assert after.pop(f"{LOG_FILE}-wal", b"") == b""
    after.pop(f"{LOG_FILE}-shm", None)
    assert after == before
    assert marks("data") == mark
    assert not mark[0]


def test_the_log_of_a_backup_recovers_even_when_it_is_put_in_place_by_hand() -> None:
    create()
    is_recovering, name = marks("backup")
    assert is_recovering
    assert name != marks("data")[1]


def test_a_backup_is_whole_or_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "no space left on device")

    for step in ("synchronise", "describe_file", "copy_database", "mark_copy"):
        with monkeypatch.context() as patch:
            patch.setattr(f"constellation.node.backups.create.{step}", fail)
            fails(ExitCode.FAILED, "no space left", "backup", "create", "--output", "backup")
        assert not Path("backup").exists()
        assert not list(Path().glob(".backup*"))


def test_alphas_backup_is_known_by_its_log() -> None:
    Path("data", LOG_FILE).unlink()
    with closing(QuantumLog(Path("data", LOG_FILE), SETTINGS)) as log:
        log.write(PAST.stored[:3])
    assert (create()["role"], create("again")["node"]) == ("alpha", PAST.world.alpha.address)


def test_no_backup_is_overwritten_and_none_is_made_inside_the_data() -> None:
    create()
    fails(ExitCode.CONFIGURATION, "backup exists already", "backup", "create", "--output", "backup")
    fails(ExitCode.CONFIGURATION, "is in the data directory", "backup", "create", "--output", "data/chronicler/backup")
    fails(ExitCode.CONFIGURATION, "there is no directory", "backup", "create", "--output", "nowhere/backup")
    fails(ExitCode.CONFIGURATION, "there is no log", "backup", "create", "--output", "b", "--data-directory", "nowhere")


def test_a_backup_does_not_fill_the_nodes_own_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELLATION_MINIMUM_FREE_BYTES", str(2**60))
    fails(ExitCode.CONFIGURATION, "are free beyond minimum_free_bytes", "backup", "create", "--output", "backup")


def test_a_log_that_is_known_to_be_damaged_is_not_backed_up() -> None:
    Path("data", DAMAGE_FILE).write_text("batch 3 in the log is damaged\n")
    fails(ExitCode.STORAGE, "known to be damaged", "backup", "create", "--output", "backup")


def test_damage_is_found_while_the_backup_is_made() -> None:
    content = bytearray(Path("data", LOG_FILE).read_bytes())
    content[8192:8200] = b"\xff" * 8
    Path("data", LOG_FILE).write_bytes(content)
    fails(ExitCode.STORAGE, "damaged", "backup", "create", "--output", "backup")
    assert not Path("backup").exists()


def test_a_node_that_was_killed_is_started_before_it_is_backed_up() -> None:
    """Only its start can tell a torn end of the write-ahead log from damage, which a backup would hide."""
    shutil.copytree("data", "killed")
    with closing(QuantumLog(Path("killed", LOG_FILE), SETTINGS)) as log:
        log.write(PAST.stored[10:11])
        shutil.copytree("killed", "copy")
    fails(ExitCode.CONFIGURATION, "did not end well", "backup", "create", "--output", "b", "--data-directory", "copy")


def test_settings_of_another_constellation_are_refused() -> None:
    Path("constellation.json").write_text(json.dumps(settings_to_json(World(auditors=5).settings)))
    fails(ExitCode.CONFIGURATION, "the log has another", "backup", "create", "--output", "backup")
    assert not Path("backup").exists()


# --- verify


def test_a_backup_is_proved_and_not_touched() -> None:
    create()
    before = files("backup")
    found = passes("backup", "verify", "backup", "--settings-file", "constellation.json")
    assert (found["result"], found["anchored"]) == ("proved", True)
    assert found["state_root"] == PAST.roots[10].hex()
    assert files("backup") == before
    assert passes("backup", "verify", "backup", "--files-only")["result"] == "whole"
    shown = run("backup", "verify", "backup")
    assert "backup is PROVED" in shown.stdout
    assert "compared with its own settings alone" in shown.stderr


def test_a_backup_can_be_verified_where_nothing_can_be_written() -> None:
    create()
    Path("backup").chmod(0o500)
    for path in Path("backup").iterdir():
        path.chmod(0o400)
    assert passes("backup", "verify", "backup")["result"] == "proved"


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def in_manifest(change: Callable[[dict[str, Any]], object]) -> None:
    path = Path("backup/manifest.json")
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def link() -> None:
    shutil.move("backup/log.sqlite", "elsewhere")
    Path("backup/log.sqlite").symlink_to(Path("elsewhere").absolute())


def other_log() -> None:
    """Another honest log, whose hash the manifest has: that of the manifest was swapped, too."""
    Path("backup/log.sqlite").unlink()
    with closing(QuantumLog(Path("backup/log.sqlite"), SETTINGS)) as log:
        log.write(PAST.stored[:5])
    rehash()


def rehash() -> None:
    from constellation.node.backups.manifest import describe_file

    def change(found: dict[str, Any]) -> None:
        found["files"] = [
            describe_file(path).model_dump() for path in Path("backup").iterdir() if path.name != "manifest.json"
        ]

    in_manifest(change)


def forged_batch() -> None:
    """Somebody changes a batch and everything that could tell but the signatures."""
    path = Path("backup/log.sqlite")
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE batches SET batch = (SELECT batch FROM batches WHERE number = 4) WHERE number = 5")
        database.commit()
    rehash()


TAMPERED: dict[str, tuple[Callable[[], object], str]] = {
    "a log": (lambda: flip(Path("backup/log.sqlite")), "not what was written"),
    "a small file": (lambda: flip(Path("backup/evidence-batch-17.json")), "not what was written"),
    "settings": (lambda: flip(Path("backup/constellation.json")), "not what was written"),
    "a file too few": (lambda: Path("backup/proposals.xdr").unlink(), "proposals.xdr is missing"),
    "a file too much": (lambda: Path("backup/extra").write_text(""), "extra is not in the manifest"),
    "a link": (link, "log.sqlite is no file"),
    "another log": (other_log, "ends elsewhere"),
    "a path in the manifest": (
        lambda: in_manifest(lambda found: found["files"][0].update(name="../node.seed")),
        "files.0.name",
    ),
    "a name twice": (lambda: in_manifest(lambda found: found["files"].append(found["files"][0])), "a file twice"),
    "no log named": (lambda: in_manifest(lambda found: found.update(files=[])), "names no constellation.json"),
    "another version": (lambda: in_manifest(lambda found: found.update(backup_version=2)), "backup_version"),
    "something else": (lambda: in_manifest(lambda found: found.update(more=1)), "more"),
    "a text": (lambda: Path("backup/manifest.json").write_text("{"), "manifest.json"),
    "bytes": (lambda: Path("backup/manifest.json").write_bytes(b"\xff\x00" * 40), "manifest.json"),
    "a deep text": (lambda: Path("backup/manifest.json").write_text('{"files":' * 50_000), "manifest.json"),
    "numbers": (lambda: in_manifest(lambda found: found["log"].update(epoch=-1)), "log.epoch"),
    "a long text": (lambda: Path("backup/manifest.json").write_text(" " * 5_000_000), "too long"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_neither_verified_nor_restored(name: str) -> None:
    create()
    tamper, words = TAMPERED[name]
    tamper()
    fails(ExitCode.FAILED, words, "backup", "verify", "backup", "--settings-file", "constellation.json")
    fails(ExitCode.FAILED, words, "restore", "backup", "--data-directory", "new")
    assert not Path("new", LOG_FILE).exists()


def test_a_forged_batch_under_a_forged_manifest_is_refuted_by_what_was_signed() -> None:
    create()
    forged_batch()
    fails(ExitCode.FAILED, "batch 5", "backup", "verify", "backup")


def test_what_is_no_backup_is_said_to_be_none() -> None:
    Path("empty").mkdir()
    for name in ("empty", "nowhere", "node.seed"):
        fails(ExitCode.CONFIGURATION, f"{name} is no backup", "restore", name, "--data-directory", "new")
        result = run("backup", "verify", name, "--json")
        assert (result.exit_code, json.loads(result.stdout)["result"]) == (ExitCode.CONFIGURATION, "unusable")


# --- restore


def test_a_restored_log_says_that_it_is_a_copy_each_time_under_another_name() -> None:
    create()
    names = {marks("data")[1], marks("backup")[1]}
    for place in ("new", "newer"):
        found = passes("restore", "backup", "--data-directory", place)
        assert (found["result"], found["path"]) == ("restored", place)
        is_recovering, name = marks(place)
        assert is_recovering
        names.add(name)
        with closing(QuantumLog(Path(place, LOG_FILE), SETTINGS, is_still=True)) as log:
            assert list(log.batches(1)) == PAST.stored[:10]
            assert log.promise() == PAST.promise(2, 0)
            assert log.certificate() == PAST.certificate(9)
    assert len(names) == 4


def test_everything_is_restored_but_what_has_its_own_place() -> None:
    create()
    passes("restore", "backup", "--data-directory", "new")
    found = files("new")
    assert found.keys() == {*SMALL, LOG_FILE, LOCK_FILE, "cosigned.sqlite"}
    assert {name: found[name] for name in SMALL} == SMALL
    assert {path.stat().st_mode & 0o777 for path in Path("new").iterdir()} == {0o600}
    assert Path("new").stat().st_mode & 0o777 == 0o700
    assert Path("node.seed.witness").read_text() == "{}"
    assert "it is a copy" in run("restore", "backup", "--data-directory", "another").stdout


def test_a_restored_auditor_that_has_signed_the_return_of_all_funds_does_not_run() -> None:
    create()
    passes("restore", "backup", "--data-directory", "new")
    fails(ExitCode.CONFIGURATION, "must not run", "auditor", "--data-directory", "new")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_root_restores_as_the_owner_of_the_directory() -> None:
    create()
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        shutil.copytree("backup", f"{place}/backup")
        Path(place, "data").mkdir(mode=0o700)
        for path in (Path(place, "data"), *Path(place, "backup").rglob("*"), Path(place, "backup")):
            os.chown(path, 10001, 10001)
        passes("restore", f"{place}/backup", "--data-directory", f"{place}/data")
        found = [path.stat() for path in Path(place, "data").rglob("*")]
        assert len(found) == len(SMALL) + 3
        assert {(item.st_uid, item.st_gid) for item in found} == {(10001, 10001)}
    assert (os.geteuid(), os.getegid()) == (0, 0)


@pytest.mark.parametrize("name", [LOG_FILE, "anything", "lost+found", ".hidden", "restoring"])
def test_nothing_is_restored_over_something(name: str) -> None:
    create()
    Path("new").mkdir()
    Path("new", name).write_text("")
    fails(ExitCode.CONFIGURATION, "is not empty", "restore", "backup", "--data-directory", "new")
    assert [path.name for path in Path("new").iterdir()] == [name]


def test_nothing_is_restored_under_a_running_node() -> None:
    create()
    with DataDirectory(Path("new")):
        fails(ExitCode.IN_USE, "in use by another process", "restore", "backup", "--data-directory", "new")


def test_a_backup_of_another_constellation_or_node_is_not_restored() -> None:
    create()
    Path("other.json").write_text(json.dumps(settings_to_json(World(auditors=5).settings)))
    other = ("--settings-file", "other.json")
    fails(ExitCode.CONFIGURATION, "is of a constellation whose", "restore", "backup", "--data-directory", "new", *other)
    fails(ExitCode.CONFIGURATION, "is of a constellation whose", "backup", "verify", "backup", *other)
    write_key_file(Path("other.seed"), PAST.world.auditors[1])
    other = ("--key-file", "other.seed")
    fails(ExitCode.CONFIGURATION, "key_file is of", "restore", "backup", "--data-directory", "new", *other)
    fails(
        ExitCode.CONFIGURATION,
        "nobody.seed",
        "restore",
        "backup",
        "--data-directory",
        "new",
        "--key-file",
        "nobody.seed",
    )
    assert not Path("new").exists()


def test_a_restore_that_ends_half_way_leaves_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts the node then has one that lost its disk; and it still does not run after a refund."""
    create()
    rename = Path.rename

    def rename_all_but_the_log(path: Path, target: Path) -> None:
        if path.name == LOG_FILE:
            raise OSError(5, "input/output error")
        rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_all_but_the_log)
    fails(ExitCode.FAILED, "input/output error", "restore", "backup", "--data-directory", "new")
    assert not Path("new", LOG_FILE).exists()
    assert Path("new", "refund-signed.json").exists()


def test_what_changes_while_it_is_read_is_not_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    create()
    checked = put_back.check_files

    def check_then_change(backup: Path) -> object:
        manifest = checked(backup)
        flip(backup / LOG_FILE)
        return manifest

    monkeypatch.setattr(put_back, "check_files", check_then_change)
    fails(ExitCode.FAILED, "was changed while it was read", "restore", "backup", "--data-directory", "new")
    assert not Path("new", LOG_FILE).exists()


# --- the timer


def test_what_the_timer_does_makes_a_backup_and_removes_what_is_old(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for name in ("20200101T000000Z", "20300101T000000Z", "mine"):
        (folder / name / "inner").mkdir(parents=True)
    for name in ("20200101T000000Z", "mine"):
        os.utime(folder / name, (0, 0))
    Path("auditor.toml").write_text('settings_file = "constellation.json"\n')
    text = TIMED.read_text("utf-8")
    for place, here in {
        "/var/backups/constellation/%i": str(folder),
        "/etc/constellation/%i.toml": "auditor.toml",
        "/opt/constellation/bin/constellation": f"{sys.executable} -m constellation.node.cli",
        "%%": "%",
        "$$": "$",
    }.items():
        text = text.replace(place, here)
    for name in ("ExecStart", "ExecStartPost"):
        [line] = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
        subprocess.run(shlex.split(line), check=True, timeout=60, env={**os.environ, "TZ": "Asia/Tokyo"})
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert re.fullmatch(r"\d{8}T\d{6}Z", names[0])
    assert names[1:] == ["20300101T000000Z", "mine"]
    assert passes("backup", "verify", str(folder / names[0]), "--files-only")["result"] == "whole"
