"""``constellation stop`` ends what uses a data directory, and nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.snapshots import DataDirectory, DirectoryInUse
from constellation.snapshots.directory import LOCK_FILE, holder

_HOLD = """
import signal, sys, time
from pathlib import Path
from constellation.snapshots import DataDirectory
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with DataDirectory(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def user_of(directory: Path, how: str = "listens") -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the directory."""
    command = [sys.executable, "-c", _HOLD, str(directory), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def stop(directory: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["stop", "--data-directory", str(directory), *more], prog_name="constellation")


def test_it_ends_the_process_and_waits_for_it(tmp_path: Path) -> None:
    with user_of(tmp_path / "data") as process:
        result = stop(tmp_path / "data")
        assert (result.exit_code, result.stdout) == (0, f"stopped: process {process.pid}, which used {tmp_path}/data\n")
        assert process.wait(10) == -signal.SIGTERM


def test_nobody_is_there(tmp_path: Path) -> None:
    DataDirectory(tmp_path / "data").close()
    result = stop(tmp_path / "data")
    assert (result.exit_code, result.stdout) == (0, f"no process uses {tmp_path}/data\n")
    missing = stop(tmp_path / "nothing")
    assert missing.exit_code == ExitCode.CONFIGURATION
    assert not (tmp_path / "nothing").exists()


def test_who_does_not_end_is_named(tmp_path: Path) -> None:
    with user_of(tmp_path / "data", "deaf") as process:
        result = stop(tmp_path / "data", "--timeout-s", "0.3")
        assert result.exit_code == ExitCode.IN_USE
        assert f"process {process.pid} was asked to end and has not, after 0.3 s" in result.stderr
        assert process.poll() is None


@pytest.mark.parametrize("written", ["", "x", "-1", "own", "4194305"])
def test_a_process_that_does_not_use_it_is_left_alone(tmp_path: Path, written: str) -> None:
    """As where the number is that of a process in a container."""
    killed: list[int] = []
    with user_of(tmp_path / "data"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.kill", lambda process, _number: killed.append(process))
        (tmp_path / "data" / LOCK_FILE).write_text(str(os.getpid()) if written == "own" else written)
        assert holder(tmp_path / "data") is None
        result = stop(tmp_path / "data")
    assert result.exit_code == ExitCode.IN_USE
    assert "stop it the way it was started" in result.stderr
    assert killed == []


def test_another_user_s_process_is_not_ours_to_end(tmp_path: Path) -> None:
    def refuse(_process: int, _number: int) -> None:
        raise PermissionError

    with user_of(tmp_path / "data"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.kill", refuse)
        result = stop(tmp_path / "data")
    assert result.exit_code == ExitCode.IN_USE
    assert "another user's" in result.stderr


def test_whoever_finds_it_in_use_is_told_by_whom(tmp_path: Path) -> None:
    with user_of(tmp_path / "data") as process, pytest.raises(DirectoryInUse, match=rf"\(process {process.pid}\)"):
        DataDirectory(tmp_path / "data")
