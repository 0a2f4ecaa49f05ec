"""The JavaScript SDK in a process of Node.js that does what tests ask for; see `web/sdk/test/support/driver.ts`."""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

WEB = Path(__file__).parents[2] / "web"
BUILT = WEB / "sdk" / "build"
_INSTALL_S = 90
_BUILD_S = 240
_CALL_S = 30
_ANSWER_MAX_BYTES = 16 * 1024 * 1024
_UNREACHABLE = ("ENOTFOUND", "ECONN", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "E403", "E502", "E503")


def build() -> None:
    """Installs and compiles what is not yet; skips the test, and says why, where that cannot be."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    with (WEB / "package.json").open() as lock:
        # Several test processes may come here at once: one builds, the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = WEB / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < (WEB / "package-lock.json").stat().st_mtime:
            _npm_ci()
            os.utime(installed)
        mark = BUILT / ".mark"
        if not mark.exists() or mark.stat().st_mtime < _last_change():
            done = _run(["npm", "run", "--silent", "build:test"], WEB / "sdk", _BUILD_S)
            assert done.returncode == 0, done.stdout
            mark.touch()


def _npm_ci() -> None:
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=20000"]
    try:
        done = _run(["npm", "ci", *options], WEB, _INSTALL_S)
    except subprocess.TimeoutExpired:
        pytest.skip("npm ci did not end: no package registry can be reached")
    if done.returncode and any(word in done.stderr for word in _UNREACHABLE):
        pytest.skip("npm ci cannot reach a package registry")
    assert done.returncode == 0, done.stderr


def _run(command: list[str], directory: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=timeout_s, check=False)


def _last_change() -> float:
    sources = [path for folder in ("src", "test") for path in (WEB / "sdk" / folder).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in sources)


class SdkFailed(Exception):
    """The SDK threw an error.

    Attributes:
        error: its fields.
    """

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("stack") or error["message"])
        self.error = error

    @property
    def name(self) -> str:
        return str(self.error["name"])


class Driver:
    """Calls of the SDK's driver, as many at a time as one likes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._last = 0
        self._reader = asyncio.create_task(self._read())

    async def call(self, name: str, *args: Any, timeout_s: float = _CALL_S) -> Any:
        """The result of a call.

        Raises:
            SdkFailed: it threw.
        """
        self._last += 1
        number, answer = self._last, asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        assert self._process.stdin is not None
        line = json.dumps({"id": number, "call": name, "args": [_encoded(item) for item in args]})
        self._process.stdin.write(line.encode() + b"\n")
        async with asyncio.timeout(timeout_s):
            return await answer

    async def client(self, method: str, *args: Any, name: str = "anna") -> Any:
        """The result of a client's method, or its property."""
        return await self.call("client", name, method, *args)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            message = json.loads(line, object_hook=_decoded)
            answer = self._answers.pop(message["id"])
            if answer.done():
                continue
            if "error" in message:
                answer.set_exception(SdkFailed(message["error"]))
            else:
                answer.set_result(message["result"])
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(EOFError("the driver has ended"))

    async def stop(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def driver() -> AsyncIterator[Driver]:
    """A process of the SDK while the block runs."""
    await asyncio.to_thread(build)
    script = str(BUILT / "support" / "driver.js")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", script, stdin=pipe, stdout=pipe, limit=_ANSWER_MAX_BYTES)
    found = Driver(process)
    try:
        yield found
    finally:
        await found.stop()


class Big(int):
    """An integer that goes to the SDK as a bigint."""


def _encoded(value: Any) -> Any:
    match value:
        case Big():
            return {"$bigint": str(int(value))}
        case bytes():
            return {"$bytes": value.hex()}
        case Mapping():
            return {name: _encoded(item) for name, item in value.items()}
        case list() | tuple():
            return [_encoded(item) for item in value]
    return value


def _decoded(value: dict[str, Any]) -> Any:
    if "$bigint" in value:
        return int(value["$bigint"])
    if "$bytes" in value:
        return bytes.fromhex(value["$bytes"])
    return value
