"""Whole nodes over several Stellar servers, of which some are gone, late or wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from stellar_sdk import Asset

from constellation.node.auditor import AuditorNode
from constellation.node.config import load_config, load_settings
from constellation.node.keys import read_key_file
from constellation.sandbox import Ledger, LedgerServer
from constellation.stellarlink import NetworkMismatch, server_health
from tests.faults.inprocess import CLOSE_INTERVAL_S, InProcessSandbox

DEAD = "http://127.0.0.1:9"


class TwoServers(InProcessSandbox):
    """Every node prefers a server that is not there."""

    def _config(self, node: str, http_port: int) -> str:
        config = super()._config(node, http_port)
        listed = f'horizon_urls = ["{self.horizon_url}"]'
        assert listed in config
        return config.replace(listed, f'horizon_urls = ["{DEAD}", "{self.horizon_url}"]\nledger_lag_limit_s = 2.0')

    async def stop_ledger(self) -> None:
        """No Stellar server answers any more."""
        await self._ledger.stop()

    async def start_ledger_again(self) -> None:
        """The same ledger answers again."""
        self._ledger = LedgerServer(self._ledger.ledger, port=self.ports.ledger, close_interval_s=CLOSE_INTERVAL_S)
        await self._ledger.start()


@pytest.fixture
async def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwoServers]:
    monkeypatch.setattr(server_health, "CHECK_INTERVAL_S", 1.0)
    sandbox = TwoServers(tmp_path, monkeypatch)
    try:
        await sandbox.start(lambda _: None)
        yield sandbox
    finally:
        await sandbox.stop()


async def becomes(sandbox: TwoServers, node: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            with suppress(aiohttp.ClientError):  # a node that starts does not listen yet
                status: dict[str, Any] = await sandbox.status(node)
                if wanted(status):
                    return status
            await asyncio.sleep(0.05)


async def page(sandbox: TwoServers, node: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(sandbox.status_url(node) + path) as response:
        return response.status, await response.text()


async def test_nodes_work_with_the_second_server_and_say_so(sandbox: TwoServers) -> None:
    for node in sandbox.nodes:
        status = await becomes(sandbox, node, lambda status: status["stellar_servers"][1]["state"] == "ok")
        first, second = status["stellar_servers"]
        assert (first["url"], first["state"], first["in_use"], first["latest_ledger"]) == (DEAD, "failed", False, None)
        assert "GET /" in first["reason"]
        assert (second["url"], second["reason"]) == (sandbox.horizon_url, None)
        assert second["latest_ledger"] > 1
        assert (status["ready"], status["degraded"], status["reasons"]) == (True, False, [])
    status = await becomes(sandbox, "auditor-1", lambda status: status["ledger_stream"])
    assert status["stellar_servers"][1]["in_use"]
    assert status["ledger_lag_s"] < 2
    _, metrics = await page(sandbox, "auditor-1", "/metrics")
    host = sandbox.horizon_url
    assert f'constellation_stellar_server_up{{server="{host}"}} 1.0' in metrics
    assert f'constellation_stellar_server_up{{server="{DEAD}"}} 0.0' in metrics
    assert 'constellation_stellar_errors_total{kind="unavailable"}' in metrics
    for name in ("constellation_ledger_lag_seconds", "constellation_ledger_latest"):
        [line] = [line for line in metrics.splitlines() if line.startswith(f"{name} ")]
        assert float(line.split()[1]) >= 0
    _, metrics = await page(sandbox, "alpha", "/metrics")
    assert f'constellation_stellar_server_up{{server="{host}"}} 1.0' in metrics
    assert "constellation_ledger_lag_seconds" not in metrics  # alpha reads no ledger


async def test_without_any_server_trading_goes_on_and_deposits_wait(sandbox: TwoServers) -> None:
    trader = await sandbox.new_trader("1000")
    held = (await sandbox.status("alpha"))["held"]
    await sandbox.deposit(trader, Asset.native(), "500")
    await sandbox.stop_ledger()
    status = await becomes(sandbox, "auditor-1", lambda status: any("lag" in text for text in status["reasons"]))
    assert (status["ready"], status["degraded"], status["state"]) == (True, True, "ready")
    assert any(text.startswith("the Stellar ledger cannot be read: ") for text in status["reasons"])
    code, body = await page(sandbox, "auditor-1", "/readyz")
    assert code == 200
    assert '"degraded": true' in body
    alpha = await becomes(sandbox, "alpha", lambda status: status["degraded"])
    assert (alpha["ready"], alpha["state"]) == (True, "ready")
    certified = alpha["batch"]
    await sandbox.kill_node("alpha")  # auditors promise, replay and sign all the same
    await sandbox.start_node("alpha")
    await becomes(sandbox, "alpha", lambda status: status["ready"] and status["batch"] > certified)
    await sandbox.start_ledger_again()
    await becomes(sandbox, "auditor-1", lambda status: status["reasons"] == [] and not status["degraded"])
    await becomes(sandbox, "alpha", lambda status: status["held"] != held and not status["degraded"])


async def test_an_auditor_ends_when_every_server_is_of_another_network(sandbox: TwoServers) -> None:
    other = LedgerServer(Ledger("Another Network ; 2026"), close_interval_s=CLOSE_INTERVAL_S)
    await other.start()
    try:
        await sandbox.stop_node("auditor-1")
        config = load_config(sandbox.directory / "auditor-1.toml", {"horizon_urls": (other.url, f"{other.url}/")})
        settings, key_pair = load_settings(config.settings_file), read_key_file(config.key_file)
        with pytest.raises(NetworkMismatch, match="Another Network"):
            async with asyncio.timeout(20):
                await AuditorNode(config, settings, key_pair).run(asyncio.Event())
    finally:
        await other.stop()
