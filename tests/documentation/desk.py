"""An operator's desk beside a sandbox: the files have the names that the pages give them, and commands run as typed."""

import asyncio
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from constellation.node.cli import main
from constellation.node.sandbox import CHRONICLER, Sandbox
from tests.documentation.pages import ROOT

_FILES = {
    "auditor.toml": "auditor-1.toml",
    "auditor-2.toml": "auditor-2.toml",
    "chronicler.toml": "chronicler.toml",
    "constellation.json": "constellation.json",
    "auditor.seed": "keys/auditor-1.seed",
    "auditor-2.seed": "keys/auditor-2.seed",
}
_ASKS = {"propose", "sign-proposal", "refund-sign"}
"""Commands that ask before they sign; here they are told not to."""

_WITH_SIGNALS = {"status"}
"""Commands that catch signals, and so must be processes; the others run in a thread, which is quicker."""

_PATIENCE_S = 30


class Desk:
    """The commands of the pages, with the addresses of this sandbox in place of the examples'.

    Args:
        sandbox: that runs.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._places = {
            "wss://alpha.example.org:7001": sandbox.client_url,
            "wss://alpha.example.org": sandbox.client_url,
            "ws://127.0.0.1:7001": sandbox.client_url,
            "https://horizon.example.org": sandbox.horizon_url,
            "http://127.0.0.1:8000": sandbox.horizon_url,
            "http://127.0.0.1:7000": sandbox.status_url("auditor-1"),
            "http://127.0.0.1:7010": sandbox.status_url("alpha"),
            "http://127.0.0.1:7011": sandbox.status_url("auditor-1"),
            "http://127.0.0.1:7006": sandbox.status_url(CHRONICLER),
            "/var/lib/constellation": str(sandbox.data_directory("auditor-1")),
            "EUR:G…": f"EUR:{sandbox.keys['issuer'].address}",
        }

    def words(self, words: list[str]) -> list[str]:
        """A command's words as they are typed here."""
        for shown, here in self._places.items():
            words = [word.replace(shown, here) for word in words]
        return [self.sandbox.horizon_url if word == "URL" else word for word in words]

    async def run(self, words: list[str], *more: str, code: int = 0) -> str:
        """What a command prints; it runs in the working directory, and must end with this exit code."""
        ended, output = await self._run([*words, *more])
        assert ended == code, f"constellation {shlex.join(words)}\n{output}"
        return output

    async def run_again(self, words: list[str]) -> str:
        """The same, again and again until it succeeds: what it is about may not be proven yet."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                ended, output = await self._run(words)
                if ended == 0:
                    return output
                await asyncio.sleep(0.2)

    async def _run(self, words: list[str]) -> tuple[int, str]:
        typed = [*self.words(words), *(["--yes"] if words[0] in _ASKS else [])]
        return await (_process(typed) if words[0] in _WITH_SIGNALS else _thread(typed))

    async def stop_nodes(self) -> None:
        """Everything but the ledger ends."""
        for name in (CHRONICLER, *self.sandbox.nodes):
            assert await self.sandbox.processes[name].stop() == 0


async def _thread(words: list[str]) -> tuple[int, str]:
    result = await asyncio.to_thread(CliRunner().invoke, main, words, prog_name="constellation")
    return result.exit_code, result.output


async def _process(words: list[str]) -> tuple[int, str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "constellation.node.cli", *words,
        env={"PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await child.communicate()
    return child.returncode or 0, output.decode()


def _add_notices(path: Path) -> None:
    with path.open("a") as file:
        file.write(f'[[notices.commands]]\nname = "script"\ncommand = ["{shutil.which("true")}"]\n')


@asynccontextmanager
async def desk(directory: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A sandbox with a chronicler, and the working directory at a desk."""
    sandbox = Sandbox(directory / "sandbox", close_interval_s=0.25, chronicler=True)
    (directory / "desk").mkdir()
    patch.chdir(directory / "desk")
    try:
        await sandbox.start(lambda _text: None)
        for name, source in _FILES.items():
            shutil.copy(sandbox.directory / source, name)
        _add_notices(Path("auditor.toml"))
        yield Desk(sandbox)
    finally:
        await sandbox.stop()
