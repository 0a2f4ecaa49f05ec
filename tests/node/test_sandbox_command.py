"""`constellation sandbox` as people start it, on ports of its own."""

import asyncio
import os
import signal
import sys
from typing import Any

import aiohttp
import pytest

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]

PROGRAM = """
import asyncio
from functools import partial
from constellation.node import sandbox_command
sandbox_command.Sandbox = partial(sandbox_command.Sandbox, close_interval_s=0.2)
sandbox_command.Ports.fixed = sandbox_command.Ports.free
asyncio.run(sandbox_command.run_sandbox(None, 1, bots=True))
"""


async def page_address(process: asyncio.subprocess.Process) -> str:
    """What the command says."""
    assert process.stdout is not None
    async for line in process.stdout:
        if b"the page to trade on" in line:
            return line.decode().split("│")[2].strip()
    raise AssertionError("it has ended")


async def ask(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        return await answer.json()


async def test_it_says_where_the_page_is_and_has_bots_trade() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE, env={**os.environ, "COLUMNS": "200"}
    )
    try:
        async with asyncio.timeout(90):
            address = await page_address(process)
            assert process.stdout is not None
            reading = asyncio.create_task(process.stdout.read())  # its logs
            if not address.startswith("http://"):
                assert address == "not built: make web, with Node.js"
                return
            async with aiohttp.ClientSession(address) as session:
                config = await ask(session, "/v1/terminal")
                assert config["sandbox"] is True
                while (ticker := await ask(session, "/v1/markets/XLM-USD/ticker"))["trades"] == 0:
                    await asyncio.sleep(0.3)
                assert ticker["bid"] < ticker["ask"]
            process.send_signal(signal.SIGINT)
            assert b"the bots have stopped" not in await reading
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.wait()
