"""What the two roles do when their log is damaged: an auditor begins anew, alpha waits for its operator."""

from collections.abc import Callable
from pathlib import Path

import pytest

from constellation.node.damage import run_alpha, run_auditor
from constellation.node.exit_codes import ExitCode
from constellation.node.failures import explain
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Code
from constellation.snapshots import DamagedLog, DataDirectory, StorageFailure
from constellation.snapshots.directory import LOG_FILE

DAMAGE = DamagedLog("batch 7 in the log is damaged")
Raises = Exception | None


class Node:
    """Ends in turn as a test says; None ends well. Holds its directory meanwhile, as nodes do."""

    def __init__(self, directory: Path, *ends: Raises) -> None:
        self.directory = directory
        self.ends = list(ends)
        self.logs: list[bool] = []

    async def run(self) -> None:
        with DataDirectory(self.directory) as directory:
            self.logs.append(directory.log_path.exists())
            directory.log_path.touch()
            end = self.ends.pop(0)
            if end is not None:
                raise end


@pytest.fixture
def node(tmp_path: Path) -> Callable[..., Node]:
    (tmp_path / LOG_FILE).touch()
    return lambda *ends: Node(tmp_path, *ends)


def noted(path: Path) -> str | None:
    with DataDirectory(path) as directory:
        return directory.damage


def asides(path: Path) -> int:
    return len(list(path.glob("damaged-*.sqlite")))


async def test_what_is_not_damaged_runs_once(node, tmp_path: Path) -> None:
    for run in (run_auditor, lambda path, run: run_alpha(path, run, set_damaged_log_aside=True)):
        one = node(None)
        await run(tmp_path, one.run)
        assert one.logs == [True]
    assert (noted(tmp_path), asides(tmp_path)) == (None, 0)


@pytest.mark.parametrize("grouped", [False, True])
async def test_an_auditor_begins_a_new_log_and_goes_on(node, tmp_path: Path, caplog, grouped: bool) -> None:
    one = node(ExceptionGroup("tasks", [ExceptionGroup("more", [DAMAGE])]) if grouped else DAMAGE, None)
    await run_auditor(tmp_path, one.run)
    assert one.logs == [True, False]
    assert (noted(tmp_path), asides(tmp_path)) == (None, 1)
    [record] = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert record.message == "the log is damaged and was set aside"
    assert record.reason == str(DAMAGE)


async def test_an_auditor_whose_new_log_is_damaged_too_stops(node, tmp_path: Path) -> None:
    one = node(DAMAGE, DAMAGE, None)
    with pytest.raises(DamagedLog) as error:
        await run_auditor(tmp_path, one.run)
    assert explain(error.value) == (ExitCode.STORAGE, str(DAMAGE))
    assert (noted(tmp_path), asides(tmp_path)) == (str(DAMAGE), 1)
    await run_auditor(tmp_path, one.run)
    assert (noted(tmp_path), asides(tmp_path)) == (None, 2)


async def test_an_auditor_that_is_told_of_damage_begins_a_new_log_at_once(node, tmp_path: Path) -> None:
    with DataDirectory(tmp_path) as directory:
        directory.note_damage("found by a check")
    one = node(None)
    await run_auditor(tmp_path, one.run)
    assert one.logs == [False]
    assert asides(tmp_path) == 1


@pytest.mark.parametrize("error", [Divergence(Code.BROKEN_CHAIN, "alpha's fault"), StorageFailure("full"), OSError()])
async def test_other_failures_leave_the_log_where_it_is(node, tmp_path: Path, error: Exception) -> None:
    for run in (run_auditor, lambda path, run: run_alpha(path, run, set_damaged_log_aside=True)):
        with pytest.raises(type(error)):
            await run(tmp_path, node(error).run)
    assert (noted(tmp_path), asides(tmp_path)) == (None, 0)


async def test_alpha_halts_again_and_again_until_its_operator_decides(node, tmp_path: Path) -> None:
    one = node(ExceptionGroup("tasks", [DAMAGE]), None)
    for _ in range(3):
        with pytest.raises(DamagedLog) as error:
            await run_alpha(tmp_path, one.run, set_damaged_log_aside=False)
        expected = explain(error.value)
        assert expected is not None
        assert expected[0] is ExitCode.STORAGE
        for words in ("batch 7", "--set-damaged-log-aside", "may be lost"):
            assert words in expected[1]
        assert asides(tmp_path) == 0
    assert one.logs == [True]  # a log that is known to be damaged is not even opened
    await run_alpha(tmp_path, one.run, set_damaged_log_aside=True)
    assert one.logs == [True, False]
    assert (noted(tmp_path), asides(tmp_path)) == (None, 1)


async def test_the_flag_is_about_damage_that_was_known_before(node, tmp_path: Path) -> None:
    """Its operator has not seen this one."""
    with pytest.raises(DamagedLog):
        await run_alpha(tmp_path, node(DAMAGE).run, set_damaged_log_aside=True)
    assert asides(tmp_path) == 0
    assert noted(tmp_path) == str(DAMAGE)
