"""Runs the steps of `tests/javascript/stellar.mjs`: the official JavaScript SDK, in a process for each step."""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

DIRECTORY = Path(__file__).parents[1] / "javascript"
_INSTALL_S = 90
_STEP_S = 30
_UNREACHABLE = ("ENOTFOUND", "ECONN", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "E403", "E502", "E503")


def install() -> None:
    """Installs the SDK where it is not yet; skips the test, and says why, where that cannot be."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    path = DIRECTORY / "package-lock.json"
    with path.open() as lock:
        # Several test processes may come here at once: one installs, the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = DIRECTORY / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < path.stat().st_mtime:
            _npm_ci()
            os.utime(installed)


def _npm_ci() -> None:
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=20000"]
    try:
        done = subprocess.run(command, cwd=DIRECTORY, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm ci did not end: no package registry can be reached")
    if done.returncode and any(word in done.stderr for word in _UNREACHABLE):
        pytest.skip("npm ci cannot reach a package registry")
    assert done.returncode == 0, done.stderr


def arguments(step: str, options: dict[str, str]) -> list[str]:
    pairs = [(f"--{name.replace('_', '-')}", value) for name, value in options.items()]
    return ["node", str(DIRECTORY / "stellar.mjs"), step, *(word for pair in pairs for word in pair)]


@asynccontextmanager
async def started(step: str, **options: str):
    """Runs a step that prints several lines; yields a function that reads the next one."""
    process = await asyncio.create_subprocess_exec(*arguments(step, options), stdout=asyncio.subprocess.PIPE)

    async def line():
        async with asyncio.timeout(_STEP_S):
            return json.loads(await process.stdout.readline())

    try:
        yield line
        async with asyncio.timeout(_STEP_S):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(step: str, *, exit_code: int = 0, **options: str):
    """Runs a step and returns its last line."""
    process = await asyncio.create_subprocess_exec(*arguments(step, options), stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(_STEP_S):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == exit_code, output
    return json.loads(output.splitlines()[-1])
