"""A whole constellation whose extensions hang: who was admitted trades on, nothing is signed, every node ends."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from constellation.node.keys import new_key_pair
from constellation.node.sandbox import Sandbox
from constellation.protocol.messages import Code
from constellation.sdk import Client, ClientOptions, ConnectionClosed
from tests.node.extensions.installing import install
from tests.node.test_constellation import deposited

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("processes")]

_WAIT_S = 30.0
WILD = """
import time
from pathlib import Path
from constellation.extensions import Admission, Extension, Right

class Wild:
    def __init__(self, options):
        self.mode = Path(options["mode"])
    def act(self):
        if self.mode.read_text() == "hang":
            time.sleep(3600)
    def admit(self, account, signer):
        self.act()
        return Admission() if self.mode.read_text() == "yes" else Admission(Right.NONE, "not today")
    def refusals(self, withdrawals):
        self.act()
        return {}
    def certified(self, batch):
        with self.mode.with_name("seen").open("a") as seen:
            seen.write(f"{batch.number}\\n")

def make(options):
    wild = Wild(options)
    return Extension(api_version=1, admission=wild, cosigning=wild, observer=wild)
"""


class WildSandbox(Sandbox):
    """All members have the same extension, which does what a file says."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / "sandbox", close_interval_s=0.25, chronicler=True)
        self.mode = directory / "mode"
        self.mode.write_text("yes")

    def _config(self, node: str, http_port: int) -> str:
        return super()._config(node, http_port) + self._extensions

    def _chronicler_config(self) -> str:
        return super()._chronicler_config() + self._extensions

    @property
    def _extensions(self) -> str:
        return (
            '[extensions]\non = ["wild"]\nadmission_timeout_s = 0.5\nadmission_refresh_s = 1\n'
            f'admission_keep_s = 300\ncosigning_timeout_s = 0.5\noptions.wild.mode = "{self.mode}"\n'
        )

    async def until_shown(self, node: str, **shown: Any) -> None:
        async with asyncio.timeout(_WAIT_S):
            while True:
                (extension,) = (await self.status(node))["extensions"]
                if shown.items() <= extension.items():
                    return
                await asyncio.sleep(0.1)

    async def until_seen(self, batch: object) -> None:
        """The chronicler has told its observer of every batch so far."""
        seen: list[int] = []
        async with asyncio.timeout(_WAIT_S):
            while batch not in seen:
                await asyncio.sleep(0.1)
                seen = list(map(int, self.mode.with_name("seen").read_text().split()))
        assert seen == list(range(1, len(seen) + 1))

    async def refused(self) -> Code | None:
        """Why a stranger may not connect."""
        with pytest.raises(ConnectionClosed) as closed:
            await Client.connect(self.client_url, self.settings, new_key_pair(), ClientOptions(reconnect_s=1))
        return closed.value.code


@pytest.fixture
async def wild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WildSandbox]:
    install(tmp_path / "packages", monkeypatch, "wild", WILD)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path / "packages"), os.environ.get("PYTHONPATH", ""))))
    sandbox = WildSandbox(tmp_path)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


async def test_extensions_that_hang_change_nothing_for_who_was_admitted(wild: WildSandbox) -> None:
    wild.mode.write_text("no")
    assert await wild.refused() is Code.NOT_ADMITTED
    wild.mode.write_text("yes")
    trader = await wild.new_trader("1000")
    async with await Client.connect(wild.client_url, wild.settings, trader) as client:
        await deposited(wild, trader, client, {"XLM": "500"})
        wild.mode.write_text("hang")
        await wild.until_shown("alpha", state="failing", last_failure="no answer in 0.5 s")
        slowest_s = 0.0
        for _ in range(100):
            begun_s = time.monotonic()
            order = await client.create_order("XLM/USD", "sell", "0.3", "1", "IOC")
            slowest_s = max(slowest_s, time.monotonic() - begun_s)
        await order.final(timeout=20)
        assert slowest_s < 2
        await wild.until_seen((await wild.status("alpha"))["batch"])
        assert await wild.refused() is Code.NOT_READY
        await client.withdraw("XLM", "1", trader.address)
        for node in wild.auditors:
            await wild.until_shown(node, state="failing", hook="cosigning")
    for node in ("alpha", *wild.auditors):
        os.kill(wild.processes[node].process_id, signal.SIGTERM)
        async with asyncio.timeout(_WAIT_S):
            assert await wild.processes[node].wait() == 0
