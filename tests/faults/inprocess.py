"""The sandbox with all its nodes in this process: real nodes, real sockets, a real ledger, one event loop."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from constellation.herald import client as client_module
from constellation.node.alpha import AlphaNode
from constellation.node.auditor import AuditorNode
from constellation.node.config import load_config, load_settings
from constellation.node.keys import read_key_file
from constellation.node.sandbox import PASSPHRASE, Sandbox
from constellation.sandbox import Ledger, LedgerServer
from constellation.sandbox.faults import Faults
from tests.faults.lives import Life, Registry

CLOSE_INTERVAL_S = 0.15
POLL_INTERVAL_S = 0.1


class InProcessSandbox(Sandbox):
    """A sandbox whose nodes can die at any point.

    Args:
        directory: as of a sandbox.
        patch: undoes what is wrapped.

    Attributes:
        lives: of the nodes that were started last, by name.
        running: the nodes themselves.
        ledger_ahead_s: how far the ledger's clock is ahead.
    """

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(directory)
        patch.setattr(client_module, "_BACKOFF_FIRST_S", 0.02)
        patch.setattr(client_module, "_BACKOFF_MAX_S", 0.4)
        self.registry = Registry(patch)
        self.lives: dict[str, Life] = {}
        self.running: dict[str, AlphaNode | AuditorNode] = {}
        self.ledger_ahead_s = 0.0
        self._stops: dict[str, asyncio.Event] = {}

    def _config(self, node: str, http_port: int) -> str:
        return super()._config(node, http_port).replace("poll_interval_s = 0.3", f"poll_interval_s = {POLL_INTERVAL_S}")

    async def start_ledger(self) -> None:
        """Start the sandbox ledger."""
        ledger = Ledger(network_passphrase=PASSPHRASE)
        self._ledger = LedgerServer(
            ledger,
            port=self.ports.ledger,
            close_interval_s=CLOSE_INTERVAL_S,
            clock=lambda: time.time() + self.ledger_ahead_s,
        )
        await self._ledger.start()

    @property
    def ledger(self) -> Ledger:
        """The ledger itself."""
        return self._ledger.ledger

    def set_patience(self, seconds: float) -> None:
        """How long the ledger's server waits for a ledger before it answers that it does not know."""
        self._ledger._submissions._seconds_max = seconds

    def stop_the_clock(self) -> None:
        """From now on ledgers close by hand alone."""
        self.faults.add("stall")

    async def close_ledger(self, pending: int) -> None:
        """Close a ledger by hand, when so many transactions wait for it."""
        await self._ledger.close_ledger(pending=pending)

    @property
    def faults(self) -> Faults:
        """What goes wrong with the ledger's server."""
        return self._ledger.faults

    async def start_node(self, node: str) -> None:
        """Start, or start again, alpha or an auditor."""
        config = load_config(self.directory / f"{node}.toml", {})
        settings, key_pair = load_settings(config.settings_file), read_key_file(config.key_file)
        kind = AlphaNode if node == "alpha" else AuditorNode
        stop = self._stops[node] = asyncio.Event()
        running = self.running[node] = kind(config, settings, key_pair)
        life = self.lives[node] = self.registry.new(node)
        life.begin(running.run(stop))

    async def kill_node(self, node: str) -> int:
        """End a node at once, as a power failure would."""
        self.lives[node].kill()
        await self.lives[node].reap()
        return -1

    async def stop_node(self, node: str) -> None:
        """Stop a node in an orderly way."""
        self._stops[node].set()
        await self.lives[node].finish()

    async def bring_back(self) -> None:
        """Start every node that has died, and wait until all do their work."""
        for node, life in self.lives.items():
            if life.is_dead:
                await life.reap()
                await self.start_node(node)
        for node in self.nodes:
            await self.ready(node)

    async def ready(self, node: str) -> None:
        """Wait until a node does its work."""
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                self.lives[node].check()
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{self.status_url(node)}/readyz") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.05)

    async def stop(self) -> dict[str, int]:
        """Stop everything in an orderly way."""
        await self.network.close()
        for node, life in self.lives.items():
            if not life.has_failed:
                await self.stop_node(node)
        await self._ledger.stop()
        await self.registry.cut()
        self.registry.close()
        return {}
