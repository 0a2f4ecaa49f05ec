"""Follows a page of drills: does every command on it, in its order, on the machine that it names."""

import asyncio
import os
import re
import shlex
import stat
import sys

from tests.documentation.pages import ROOT, Block, Typed, blocks_in, dialogue
from tests.drills.machines import Machines, role_of

DRILLS = ROOT / "docs" / "operating" / "drills"

_LANGUAGES = ("console", "text")

_COMMAND_TIMEOUT_S = 90.0
_LOG_TIMEOUT_S = 45.0
_PAUSE_S = 0.05

_CONSTELLATION = '#!/bin/sh\nexec "{python}" -m constellation.node.cli "$@"\n'

_SCP = """\
#!/bin/bash
# What operators send each other goes from one machine's directory to another's.
words=()
for word in "$@"; do
    case $word in *:*) word={machines}/${word%%:*}/${word#*:} ;; esac
    words+=("$word")
done
exec cp -- "${words[@]}"
"""

_NODE_URL = "http://127.0.0.1:7000"
"""Where each node answers: on machines of their own all could have this address, here they have ports."""

_LINES = "\0"
"""Takes the place of a line that is nothing but ``…``."""

_ADDRESS = re.compile(r"G[A-Z2-7]{3}…[A-Z2-7]{4}")
"""A shortened address: an example of one that is shown first, and stands for that one from then on."""


class Drill:
    """One page, followed on a sandbox.

    Args:
        page: its file's name.
        machines: of the sandbox.

    Attributes:
        text: of the page.
        urls: addresses on the page, and where that is here.
    """

    def __init__(self, page: str, machines: Machines) -> None:
        self._machines = machines
        self.text = (DRILLS / page).read_text("utf-8")
        self._left = blocks_in(self.text, *_LANGUAGES)
        self._addresses: dict[str, str] = {}
        self._before: dict[str, int] = {}
        self.urls = {
            "wss://alpha.example.org:7001": machines.client_url,
            "wss://alpha.example.org:7002": f"ws://127.0.0.1:{machines.ports.cluster}",
            "https://horizon.example.org": machines.horizon_url,
        }
        self._tools = machines.directory / "tools"
        self._tools.mkdir(exist_ok=True)
        self._install("constellation", _CONSTELLATION.replace("{python}", sys.executable))
        self._install("scp", _SCP.replace("{machines}", str(machines.directory / "machines")))
        self.begin()

    def _install(self, name: str, text: str) -> None:
        path = self._tools / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def begin(self) -> None:
        """What was logged before is no part of the next disaster."""
        logs = (self._machines.directory / "logs").glob("*.log")
        self._before = {path.stem: len(self._machines.log_of(path.stem)) for path in logs}

    async def follow(self, *headings: str) -> None:
        """Do what these sections say.

        Args:
            headings: of the sections; empty for what stands before the first of them.
        """
        _, *parts = re.split(r"^##? (.*)\n", self.text, flags=re.MULTILINE)
        sections = dict(zip(["", *parts[2::2]], parts[1::2], strict=True))
        for heading in headings:
            for block in blocks_in(sections[heading], *_LANGUAGES):
                self._left.remove(block)
                await self._do(block)

    def finish(self) -> None:
        """Fail when something on the page was not done."""
        assert not self._left, f"not followed: {self._left[0]}"

    async def _do(self, block: Block) -> None:
        match (block.name or "").split():
            case ["on", machine] if block.language == "console":
                for command in dialogue(block):
                    await self._run(machine, command)
            case ["log", "of", machine] if block.language == "text":
                await self._logged(machine, block.text.splitlines(), self._before.get(machine, 0))
            case _:
                raise AssertionError(f"nobody knows where this is done: {block}")

    async def _run(self, machine: str, command: Typed) -> None:
        self.urls[_NODE_URL] = self._machines.status_url(machine)
        text = self._filled(command.text)
        words = shlex.split(text.replace("\\\n", " "))
        if words[:2] == ["constellation", role_of(machine)] and "||" not in words:
            before = len(self._machines.log_of(machine))
            await self._machines.start_in(machine, words[1:])
            await self._logged(machine, [line for line in command.output if line.strip() != "…"], before)
            return
        answers = "".join(line[-1] + "\n" for line in command.output if "[y/N]: " in line)
        code, printed = await self._shell(machine, text, answers)
        assert code == 0, f"on {machine}: {text}\nexit code {code}\n{printed}"
        if command.output:
            self._compare("\n".join(command.output), printed, f"on {machine}: {text}")

    async def _shell(self, machine: str, text: str, answers: str) -> tuple[int, str]:
        """Run a command as a shell on that machine would; exit code, and what it printed."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONSTELLATION_")}
        process = await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", text,
            cwd=self._machines.place(machine),
            env={**inherited, "PATH": f"{self._tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_COMMAND_TIMEOUT_S):
                printed, _ = await process.communicate(answers.encode())
        except TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError(f"on {machine}: {text}\ndid not end") from None
        assert process.returncode is not None
        answered = re.sub(r"(\[y/N\]: )", rf"\1{answers[:1]}\n", printed.decode())
        return process.returncode, answered

    def _filled(self, text: str) -> str:
        """A command with real addresses in place of the page's."""
        for shown, real in self.urls.items():
            text = text.replace(shown, real)
        for shown in _ADDRESS.findall(text):
            assert shown in self._addresses, f"the page has not shown the address {shown} before: {text}"
            text = text.replace(shown, self._addresses[shown])
        assert "…" not in text, f"this cannot be typed: {text}"
        return text

    def _compare(self, shown: str, printed: str, where: str) -> None:
        found = re.fullmatch(self._pattern(shown), _even(printed))
        assert found, f"{where}\nshould print\n{shown}\nprints\n{printed}"
        self._learn(found)

    def _pattern(self, shown: str) -> str:
        """What the page shows as a regular expression; ``…`` stands for anything, on a line of its own for lines.

        An address that is shown for the first time is a group with its name.
        """
        for url, real in self.urls.items():
            shown = shown.replace(url, real)
        pattern, new = "", set(self._addresses)
        lines = re.sub(r"^…$", _LINES, _even(shown), flags=re.MULTILINE)
        for piece in re.split(rf"({_ADDRESS.pattern}| ?… ?|{_LINES})", lines):
            if piece == _LINES:
                pattern += r"[\s\S]*"
            elif piece.strip() == "…":
                pattern += r"[^\n]*"
            elif not _ADDRESS.fullmatch(piece):
                pattern += re.escape(piece)
            elif piece in self._addresses:
                pattern += re.escape(self._addresses[piece])
            elif piece in new:
                pattern += f"(?P={_group(piece)})"
            else:
                new.add(piece)
                pattern += rf"(?P<{_group(piece)}>G[A-Z2-7]{{55}})"
        return pattern

    def _learn(self, found: re.Match[str]) -> None:
        self._addresses |= {name[:4] + "…" + name[4:]: value for name, value in found.groupdict().items()}

    async def _logged(self, machine: str, lines: list[str], before: int) -> None:
        """Wait until a machine has logged these lines, in any order."""
        for line in lines:
            try:
                async with asyncio.timeout(_LOG_TIMEOUT_S):
                    while not (found := re.search(self._pattern(line), _even(self._machines.log_of(machine)[before:]))):
                        await asyncio.sleep(_PAUSE_S)
            except TimeoutError:
                log = self._machines.log_of(machine)[before:]
                raise AssertionError(f"{machine} should log\n{line}\nand logs\n{log}") from None
            self._learn(found)


def _group(shown: str) -> str:
    return shown.replace("…", "")


def _even(text: str) -> str:
    """Without what is laid out for the eye: spaces at ends and runs of them, trailing lines."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
