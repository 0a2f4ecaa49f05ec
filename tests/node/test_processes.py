import asyncio
import os
import signal
import sys
import textwrap
from pathlib import Path

import pytest

from constellation.node import processes
from constellation.node.processes import ChildFailed, ChildProcess
from constellation.node.sandbox import Sandbox

pytestmark = pytest.mark.timeout(30)

PYTHON = sys.executable

SERVE = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("serving", flush=True)
signal.sigwait({signal.SIGTERM})
print("stopping")
"""

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("serving", flush=True)
while True:
    time.sleep(1)
"""


class Log:
    """What a child's callback was shown."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._more = asyncio.Event()

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        self._more.set()

    async def until(self, text: str) -> None:
        async with asyncio.timeout(20):
            while not any(text in line for _, line in self.lines):
                self._more.clear()
                await self._more.wait()


class Place:
    """A directory, and children in it that run a program in place of a node's."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = directory / "child.log"
        self.log = Log()
        self._program = directory / "program"
        self._monkeypatch = monkeypatch

    async def start(self, program: str, *arguments: str, wait_for: str | None = "serving") -> ChildProcess:
        self._program.write_text(f"#!{PYTHON}\n{textwrap.dedent(program)}")
        self._program.chmod(0o700)
        self._monkeypatch.setattr(sys, "executable", str(self._program))
        child = ChildProcess("auditor-1", list(arguments), self.path, self.log)
        await child.start()
        if wait_for is not None:
            await self.log.until(wait_for)
        return child


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


async def test_a_child_stops_when_asked(place: Place) -> None:
    child = await place.start(SERVE)
    assert child.exit_code is None
    child.check()
    assert await child.stop() == 0
    assert child.exit_code == 0
    assert place.log.lines == [("auditor-1", "serving"), ("auditor-1", "stopping")]


async def test_a_child_that_does_not_stop_is_killed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_STOP_TIMEOUT_S", 0.1)
    child = await place.start(STUBBORN)
    assert await child.stop() == -signal.SIGKILL


async def test_a_killed_child_is_gone_at_once(place: Place) -> None:
    child = await place.start(SERVE)
    child.kill()
    assert await child.wait() == -signal.SIGKILL
    child.kill()
    assert await child.stop() == -signal.SIGKILL


async def test_the_command_is_the_node_s(place: Place) -> None:
    child = await place.start("import sys; print('serving', sys.argv[1:])", "alpha", "--config", "a b.toml")
    await child.wait()
    assert place.log.lines[0][1] == (
        "serving ['-m', 'constellation.node.cli', 'alpha', '--config', 'a b.toml', '--stop-on-eof']"
    )


async def test_the_log_file_is_appended(place: Place) -> None:
    for _ in range(2):
        place.log = Log()
        child = await place.start(SERVE)
        await child.stop()
    assert place.path.read_text() == "serving\nstopping\n" * 2


async def test_errors_are_logged_like_everything(place: Place) -> None:
    child = await place.start("import sys; sys.stderr.write('serving\\n'); sys.exit('no good')")
    assert await child.wait() == 1
    assert place.path.read_text() == "serving\nno good\n"


async def test_a_child_that_ended_is_reported_with_the_end_of_its_log(place: Place) -> None:
    child = await place.start(
        "import sys\nfor n in range(20): print('line', n)\nprint('serving')\nsys.exit('the disk is full')"
    )
    await child.wait()
    with pytest.raises(ChildFailed) as caught:
        child.check()
    first, *tail = str(caught.value).splitlines()
    assert first == "auditor-1 ended with exit code 1:"
    assert tail == [*(f"line {number}" for number in range(14, 20)), "serving", "the disk is full"]


async def test_a_report_waits_for_the_whole_log(place: Place) -> None:
    child = await place.start("import sys; print('x' * 1_000_000); sys.exit('the reason')", wait_for=None)
    with pytest.raises(ChildFailed, match="the reason"):  # noqa: PT012
        async with asyncio.timeout(20):
            while True:
                child.check()
                await asyncio.sleep(0)


async def test_a_line_without_end_does_not_stop_the_log(place: Place) -> None:
    child = await place.start("print('x' * 1_000_000); print('serving'); print('no newline', end='')")
    assert await child.wait() == 0
    assert place.path.read_text() == "x" * 1_000_000 + "\nserving\nno newline"
    assert place.log.lines[-1] == ("auditor-1", "no newline")


async def test_bytes_that_are_no_text_are_kept(place: Place) -> None:
    child = await place.start("import sys; sys.stdout.buffer.write(b'serving \\xff\\n')")
    await child.wait()
    assert place.path.read_bytes() == b"serving \xff\n"
    assert place.log.lines == [("auditor-1", "serving \ufffd")]


async def test_the_operator_s_own_settings_are_not_inherited(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELLATION_KEY_FILE", "mine.seed")
    monkeypatch.setenv("constellation_log_level", "DEBUG")
    monkeypatch.setenv("OTHER", "kept")
    child = await place.start("import os; print('serving', sorted(os.environ))")
    await child.wait()
    (_, line), *_ = place.log.lines
    assert "constellation_" not in line.lower()
    assert "'OTHER'" in line


async def test_a_signal_to_the_terminal_does_not_reach_a_child(place: Place) -> None:
    child = await place.start(SERVE)
    assert os.getsid(child.process_id) == child.process_id
    await child.stop()


UNTIL_EOF = """
import sys
from pathlib import Path
print("serving", flush=True)
sys.stdin.read()
Path(sys.argv[3]).touch()
"""

PARENT = """
import asyncio, sys
from pathlib import Path
from constellation.node.processes import ChildProcess

program, log_path, noticed = sys.argv[1:]

async def main():
    child = ChildProcess("child", [noticed], Path(log_path), lambda name, line: print(line, flush=True))
    sys.executable = program
    await child.start()
    await child.wait()

asyncio.run(main())
"""


async def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed cannot stop its child; the child notices the end of its input."""
    program, noticed = tmp_path / "program", tmp_path / "noticed"
    program.write_text(f"#!{PYTHON}\n{UNTIL_EOF}")
    program.chmod(0o700)
    parent = await asyncio.create_subprocess_exec(
        PYTHON, "-c", PARENT, program, tmp_path / "child.log", noticed, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"serving\n"
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(20):
        while not noticed.exists():
            await asyncio.sleep(0.02)


async def test_a_real_node_ends_with_its_parent_s_pipe(tmp_path: Path) -> None:
    log = Log()
    child = ChildProcess("ledger", ["ledger", "--listen", "127.0.0.1:0"], tmp_path / "ledger.log", log)
    await child.start()
    await log.until("sandbox ledger is open")
    assert child._process is not None
    assert child._process.stdin is not None
    child._process.stdin.close()
    assert await child.wait() == 0


async def test_a_real_node_stops_cleanly(tmp_path: Path) -> None:
    log = Log()
    child = ChildProcess("ledger", ["ledger", "--listen", "127.0.0.1:0"], tmp_path / "ledger.log", log)
    await child.start()
    await log.until("sandbox ledger is open")
    assert await child.stop() == 0


async def test_a_child_runs_from_its_start_to_its_end(place: Place, tmp_path: Path) -> None:
    assert not ChildProcess("auditor-1", [], tmp_path / "other.log").is_running
    child = await place.start(SERVE)
    assert child.is_running
    await child.stop()
    assert not child.is_running


async def test_a_sandbox_that_is_stopped_while_it_starts_a_node_stops(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.processes["alpha"] = ChildProcess("alpha", [], tmp_path / "alpha.log")
    assert await sandbox.stop() == {}
