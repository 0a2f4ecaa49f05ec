"""The terminal in a real browser: Chromium without a window, driven by `web/terminal/test/browser.mjs`."""

import asyncio
import fcntl
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from constellation.marketdata.terminal import BUILT
from tests.web import driver

TERMINAL = driver.WEB / "terminal"
_CALL_S = 60
_BUILD_S = 120
_LINE_MAX_BYTES = 16 * 1024 * 1024


def chromium() -> str:
    """Where the browser is; skips the test where there is none."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("chromium is not installed")
    return found


def build_terminal() -> None:
    """Builds the page where its sources are newer; skips the test where that cannot be."""
    chromium()
    driver.build()
    with (TERMINAL / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        index = BUILT / "index.html"
        if not index.exists() or index.stat().st_mtime < _last_change():
            done = driver._run(["npm", "run", "--silent", "build"], TERMINAL, _BUILD_S)
            assert done.returncode == 0, done.stdout + done.stderr
            os.utime(index)


def _last_change() -> float:
    folders = (TERMINAL / "src", TERMINAL / "public", driver.WEB / "sdk" / "src")
    sources = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in (*sources, TERMINAL / "index.html", TERMINAL / "vite.config.js"))


class PageFailed(Exception):
    """What was asked of the page did not come to pass."""


class Page:
    """One page of one browser; one call at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._last = 0

    async def call(self, name: str, *args: Any) -> Any:
        """The result of a call of the driver.

        Raises:
            PageFailed: it threw.
        """
        self._last += 1
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"id": self._last, "call": name, "args": args}).encode() + b"\n")
        async with asyncio.timeout(_CALL_S):
            line = await self._process.stdout.readline()
        assert line, "the browser's driver has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise PageFailed(f"{name}{args}: {answer['error']['message']}")
        return answer["result"]

    async def open(self, url: str) -> None:
        await self.call("page", "goto", url)

    async def click(self, selector: str) -> None:
        await self.call("first", selector, "click")

    async def fill(self, field: str, text: str) -> None:
        await self.call("first", f"[name={field}]", "fill", text)

    async def choose(self, field: str, value: str) -> None:
        await self.call("first", f"select[name={field}]", "selectOption", value)

    async def text(self, selector: str) -> str:
        return str(await self.call("first", selector, "innerText"))

    async def texts(self, selector: str) -> list[str]:
        return list(await self.call("texts", selector))

    async def attribute(self, selector: str, name: str) -> str | None:
        found = await self.call("first", selector, "getAttribute", name)
        return None if found is None else str(found)

    async def appears(self, selector: str, timeout_ms: int = 15_000) -> None:
        await self.call("first", selector, "waitFor", {"timeout": timeout_ms})

    async def until(self, expression: str, timeout_ms: int = 15_000) -> None:
        await self.call("wait", expression, timeout_ms)

    async def leave_dialog(self) -> None:
        await self.call("press", "Escape")
        await self.until("document.querySelector('dialog') === null")

    async def evaluate(self, expression: str) -> Any:
        return await self.call("evaluate", expression)

    async def picture(self, path: Path) -> None:
        await self.call("page", "screenshot", {"path": str(path)})


@asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A page while the block runs."""
    await asyncio.to_thread(build_terminal)
    pipe = asyncio.subprocess.PIPE
    script = str(TERMINAL / "test" / "browser.mjs")
    process = await asyncio.create_subprocess_exec(
        "node", script, chromium(), stdin=pipe, stdout=pipe, limit=_LINE_MAX_BYTES
    )
    try:
        yield Page(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
