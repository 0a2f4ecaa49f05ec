"""``verify --data-directory`` and the note of damage, as an operator and a program see them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Code
from constellation.protocol.settings_json import settings_to_json
from constellation.quanta import replay
from constellation.snapshots import DataDirectory, QuantumLog
from constellation.snapshots.directory import LOG_FILE
from constellation.testing import World
from tests.snapshots.archives import History

HISTORY = History()
LAST = len(HISTORY.batches)
LOG = Path("data", LOG_FILE)


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("constellation.json").write_text(json.dumps(settings_to_json(HISTORY.settings)))
    Path("data").mkdir()
    HISTORY.log(LOG, checkpoint=4).close()


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", "--data-directory", "data", *arguments], prog_name="constellation")


def damage(statement: str) -> None:
    log = QuantumLog(LOG, HISTORY.settings)
    with log.engine.begin() as connection:
        connection.execute(text(statement))
    log.close()


def noted() -> str | None:
    with DataDirectory(Path("data")) as directory:
        return directory.damage


def test_a_whole_log_is_proved() -> None:
    result = verify("--json")
    assert result.exit_code == ExitCode.OK, result.output
    found = json.loads(result.stdout)
    assert (found["result"], found["starts_after_batch"], found["replayed_from"]) == ("proved", 0, 1)
    assert (found["last_batch"], found["certified_batch"]) == (LAST, HISTORY.last_certified)
    assert (found["checkpoint"], found["certificates"]) == (4, len(HISTORY.certificates))
    assert found["state_root"] == HISTORY.past[LAST].root.hex()
    shown = verify().stdout
    assert "is PROVED" in shown
    assert f"last batch: {LAST}" in shown
    assert noted() is None


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE batches SET batch = x'00' WHERE number = 3", "batch 3 in the log is damaged"),
        ("UPDATE batches SET certificate = x'00' WHERE number = 2", "row of batch 2 in the log is damaged"),
        ("UPDATE batches SET timestamp = timestamp - 1 WHERE number = 3", "row of batch 3"),
        ("UPDATE batches SET epoch = 9 WHERE number = 2", "row of batch 2"),
        ("DELETE FROM batches WHERE number = 3", "batch 3 in the log is missing"),
        ("DELETE FROM entries WHERE path = (SELECT max(path) FROM entries)", "checkpoint after batch 4"),
        ("INSERT INTO account_effects (number, accounts, outline) VALUES (99, x'00', x'00')", "index of effects"),
    ],
)
def test_the_first_damage_is_named_and_noted(statement: str, words: str) -> None:
    damage(statement)
    result = verify()
    assert result.exit_code == ExitCode.FAILED, result.output
    assert "is DAMAGED" in result.stderr
    assert words in result.stderr
    found = json.loads(verify("--json").stdout)
    assert found["result"] == "damaged"
    assert words in found["message"]
    assert words in (noted() or "")


def test_what_is_whole_and_cannot_be_replayed_is_refuted_and_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    def other_rules(*arguments: object) -> object:
        sealed = replay(*arguments)  # type: ignore[arg-type]
        raise Divergence(Code.STATE_ROOT_MISMATCH, f"batch {sealed.header.number} gives another state")

    monkeypatch.setattr("constellation.snapshots.damage_check.replay", other_rules)
    result = verify()
    assert result.exit_code == ExitCode.FAILED
    assert "is REFUTED" in result.stderr
    assert "batch 1 in the log" in result.stderr
    assert noted() is None


def test_input_that_cannot_be_used() -> None:
    with DataDirectory(Path("data")):
        assert verify().exit_code == ExitCode.IN_USE
    assert verify("--settings-hash", "00").exit_code == ExitCode.USAGE
    assert verify("some.archive").exit_code == ExitCode.USAGE
    assert CliRunner().invoke(main, ["verify"]).exit_code == ExitCode.USAGE
    Path("constellation.json").write_text(json.dumps(settings_to_json(World(auditors=5).settings)))
    result = verify("--json")
    assert (result.exit_code, json.loads(result.stdout)["result"]) == (ExitCode.CONFIGURATION, "unusable")
    LOG.unlink()
    result = verify()
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "no log" in result.stderr
