"""``export`` and ``verify`` as an operator and a program see them: output, JSON, exit codes."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.protocol.leaves import leaves_of
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.snapshots import DataDirectory, QuantumLog
from constellation.snapshots.directory import LOG_FILE
from constellation.testing import World
from tests.snapshots.archives import History, write

HISTORY = History()
HASH = settings_hash(HISTORY.settings).hex()
LAST = HISTORY.last_certified


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("constellation.json").write_text(json.dumps(settings_to_json(HISTORY.settings)))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="constellation")


@pytest.fixture
def data() -> Path:
    """A stopped node's data directory."""
    directory = Path("data")
    directory.mkdir()
    HISTORY.log(directory / LOG_FILE).close()
    return directory


@pytest.fixture
def archive() -> Path:
    return write(Path("history.archive"), HISTORY.settings, HISTORY.records())


@pytest.fixture
def forged() -> Path:
    """An archive in which a trader did not sign what is third in batch 3."""
    records = HISTORY.records()
    quantum = records[4].quanta[2]  # type: ignore[union-attr]
    quantum.body = replace(quantum.body, signature=bytes(64))
    return write(Path("forged.archive"), HISTORY.settings, records)


def export(*arguments: str) -> Result:
    return run("export", "--settings-file", "constellation.json", "--output", "out.archive", *arguments)


def verified(*arguments: str, code: ExitCode) -> dict[str, Any]:
    result = run("verify", "--json", *arguments)
    assert result.exit_code == code, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def check_refusal(result: Result, code: ExitCode, *words: str) -> None:
    """One message on standard error, nothing on standard output, no traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.count("Error: ") == 1
    for word in words:
        assert word in result.stderr


class TestExport:
    def test_what_it_writes_is_proved(self, data: Path) -> None:
        result = export("--data-directory", str(data))
        assert result.exit_code == ExitCode.OK, result.output
        assert f"out.archive: batches 1 to {LAST} with {len(HISTORY.certificates)} certificates" in result.stdout
        assert HASH in result.stdout
        found = verified("out.archive", "--settings-file", "constellation.json", code=ExitCode.OK)
        assert found["state_root"] == HISTORY.past[LAST].root.hex()

    def test_a_node_s_configuration_names_both(self, data: Path) -> None:
        data.rename("elsewhere")
        Path("constellation.json").rename("settings.json")
        Path("alpha.toml").write_text('data_directory = "elsewhere"\nsettings_file = "settings.json"\n')
        assert run("export", "--config", "alpha.toml", "--output", "out.archive").exit_code == ExitCode.OK
        assert Path("out.archive").is_file()

    def test_from_the_last_checkpoint(self) -> None:
        Path("data").mkdir()
        HISTORY.log(Path("data", LOG_FILE), checkpoint=4).close()
        result = export("--data-directory", "data", "--from-checkpoint")
        assert result.exit_code == ExitCode.OK, result.output
        assert f"out.archive: the state after batch 4, batches 5 to {LAST} with" in result.stdout
        found = verified("out.archive", "--settings-hash", HASH, code=ExitCode.OK)
        assert (found["starts_from"], found["batches"]["first"]) == ("snapshot", 5)

    def test_a_checkpoint_must_be_there(self, data: Path) -> None:
        check_refusal(export("--data-directory", str(data), "--from-checkpoint"), ExitCode.FAILED, "no checkpoint yet")

    def test_the_log_is_as_it_was(self, data: Path) -> None:
        assert export("--data-directory", str(data)).exit_code == ExitCode.OK
        log = QuantumLog(data / LOG_FILE, HISTORY.settings)
        assert log.tip().number == len(HISTORY.batches)
        log.close()

    def test_a_running_node_is_not_disturbed(self, data: Path) -> None:
        with DataDirectory(data):
            check_refusal(export("--data-directory", str(data)), ExitCode.IN_USE, "in use by another process")
        assert not Path("out.archive").exists()

    def test_nothing_is_overwritten(self, data: Path) -> None:
        Path("out.archive").write_text("precious")
        check_refusal(export("--data-directory", str(data)), ExitCode.CONFIGURATION, "never overwritten")
        assert Path("out.archive").read_text() == "precious"

    def test_there_must_be_a_log(self) -> None:
        check_refusal(export("--data-directory", "none"), ExitCode.CONFIGURATION, "no directory none")
        assert not Path("none").exists()
        Path("empty").mkdir()
        check_refusal(export("--data-directory", "empty"), ExitCode.CONFIGURATION, "no log in empty")
        assert not Path("empty", LOG_FILE).exists()

    def test_something_must_be_certified(self) -> None:
        Path("data").mkdir()
        QuantumLog(Path("data", LOG_FILE), HISTORY.settings).close()
        check_refusal(export("--data-directory", "data"), ExitCode.FAILED, "nothing to prove yet")

    def test_a_log_of_another_constellation(self, data: Path) -> None:
        Path("constellation.json").write_text(json.dumps(settings_to_json(World(auditors=5).settings)))
        check_refusal(export("--data-directory", str(data)), ExitCode.CONFIGURATION, "another settings")

    def test_a_file_that_is_no_log(self, data: Path) -> None:
        (data / LOG_FILE).write_bytes(b"no database" * 1000)
        check_refusal(export("--data-directory", str(data)), ExitCode.STORAGE, "not a database")

    def test_an_output_that_cannot_be_written(self, data: Path) -> None:
        result = run("export", "--data-directory", str(data), "--output", "none/out.archive")
        check_refusal(result, ExitCode.FAILED, "none")


class TestVerify:
    def test_a_table_for_people(self, archive: Path) -> None:
        result = run("verify", str(archive), "--settings-hash", HASH)
        assert result.exit_code == ExitCode.OK
        assert result.stderr == ""
        shown = re.sub(r"\s+", " ", result.stdout)
        for expected in (
            "history.archive is PROVED",
            settings_constellation_id(HISTORY.settings).hex(),
            "given by you",
            f"batches {LAST}: 1 to {LAST}",
            f"quanta {HISTORY.past[LAST].apex}: 1 to {HISTORY.past[LAST].apex}",
            "epochs 2: 1 to 2",
            "times 2027-01-15",
            HISTORY.past[LAST].root.hex(),
            "held = balances + suspense",
        ):
            assert expected in shown
        folded = re.sub(r"[\s│]+", "", result.stdout)
        for key in HISTORY.settings.auditors:
            assert encode_public_key(key) in folded

    def test_json_for_programs(self, archive: Path) -> None:
        found = verified(str(archive), "--settings-file", "constellation.json", code=ExitCode.OK)
        assert list(found) == [
            "result", "archive", "anchored", "constellation_id", "settings_hash", "settings_version",
            "settings_in_force", "starts_from", "batches", "quanta",
            "epochs", "timestamps_us", "certificates", "auditors", "state_root", "assets",
        ]  # fmt: skip
        assert (found["result"], found["anchored"], found["starts_from"]) == ("proved", True, "genesis")
        assert found["settings_hash"] == HASH
        assert found["batches"] == {"count": LAST, "first": 1, "last": LAST}
        assert found["epochs"] == {"count": 2, "first": 1, "last": 2}
        assert found["certificates"] == len(HISTORY.certificates)
        assert [item["auditor"] for item in found["auditors"]] == [
            encode_public_key(key) for key in HISTORY.settings.auditors
        ]
        assert [list(item) for item in found["auditors"]] == [["auditor", "certificates", "quanta"]] * 3
        assert found["assets"][0]["asset"] == "native"
        held = [int(item["held"].replace(".", "")) for item in found["assets"]]
        assert held == HISTORY.past[LAST].held

    def test_a_snapshot_is_named_as_the_start(self) -> None:
        path = write(Path("late.archive"), HISTORY.settings, [], HISTORY.snapshot(4, certified_by=6))
        found = verified(str(path), code=ExitCode.OK)
        assert found["starts_from"] == "snapshot"
        assert found["batches"] == {"count": 0, "first": None, "last": None}
        assert "none" in run("verify", str(path)).stdout

    @pytest.mark.parametrize("flags", [[], ["--json"]])
    def test_settings_on_trust_are_said_loudly(self, archive: Path, flags: list[str]) -> None:
        result = run("verify", str(archive), *flags)
        assert result.exit_code == ExitCode.OK
        assert result.stderr.startswith("NOT ANCHORED: the settings")
        assert ("NOT ANCHORED" in result.stdout) == (not flags)
        if flags:
            assert json.loads(result.stdout)["anchored"] is False

    def test_the_first_wrong_thing_is_named(self, forged: Path) -> None:
        apex = HISTORY.header(3).first_apex + leaves_of(HISTORY.records()[4].quanta[:2])  # type: ignore[union-attr]
        words = ("REFUTED", "record 5", "batch 3", f"quantum {apex})", "BAD_SIGNATURE (105)")
        check_refusal(run("verify", str(forged)), ExitCode.FAILED, *words)
        found = verified(str(forged), code=ExitCode.FAILED)
        assert list(found) == [
            "result", "archive", "anchored", "code", "code_number", "message", "record", "offset", "batch", "quantum",
        ]  # fmt: skip
        assert (found["result"], found["code"], found["code_number"]) == ("refuted", "BAD_SIGNATURE", 105)
        assert (found["record"], found["batch"], found["quantum"]) == (5, 3, apex)

    def test_other_settings_than_expected_refute(self, archive: Path) -> None:
        check_refusal(run("verify", str(archive), "--settings-hash", "0" * 64), ExitCode.FAILED, "WRONG_CONSTELLATION")
        Path("other.json").write_text(json.dumps(settings_to_json(World(auditors=5).settings)))
        found = verified(str(archive), "--settings-file", "other.json", code=ExitCode.FAILED)
        assert (found["code"], found["anchored"]) == ("WRONG_CONSTELLATION", True)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["none.archive"], "No such file"),
            (["."], "directory"),
            (["constellation.json"], "no archive"),
            (["history.archive", "--settings-hash", "abc"], "64 hexadecimal digits"),
            (["history.archive", "--settings-hash", "x" * 64], "64 hexadecimal digits"),
            (["history.archive", "--settings-hash", " " + "0" * 63], "64 hexadecimal digits"),
            (["history.archive", "--settings-file", "none.json"], "none.json"),
            (["history.archive", "--settings-file", "history.archive"], "history.archive"),
            (["history.archive", "--settings-file", "constellation.json", "--settings-hash", HASH], "not both"),
        ],
    )
    def test_input_that_cannot_be_used(self, archive: Path, arguments: list[str], words: str) -> None:
        check_refusal(run("verify", *arguments), ExitCode.CONFIGURATION, words)
        found = verified(*arguments, code=ExitCode.CONFIGURATION)
        assert list(found) == ["result", "archive", "message"]
        assert found["result"] == "unusable"
        assert words in found["message"]

    def test_a_damaged_archive_is_refuted_not_unusable(self, archive: Path) -> None:
        archive.write_bytes(archive.read_bytes()[:-1])
        found = verified(str(archive), code=ExitCode.FAILED)
        assert (found["code"], found["batch"], found["quantum"]) == ("MALFORMED", None, None)
