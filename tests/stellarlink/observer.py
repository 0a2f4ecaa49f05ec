"""A watch on a network with its watcher, for tests."""

import asyncio
from random import Random
from typing import Any

from constellation.protocol.messages import Settings
from constellation.stellarlink import LedgerWatch, LedgerWatcher, NetworkPool, StellarNetwork
from constellation.stellarlink.toid import ledger_end
from tests.stellarlink.support import PASSPHRASE, make_settings

START = ledger_end(99)


class Observer:
    """A watch with its watcher, and what it told."""

    def __init__(
        self,
        *networks: StellarNetwork,
        interval_s: float = 0.001,
        now_s: float = 600.0,
        settings: Settings | None = None,
        **options: Any,
    ):
        settings = settings or make_settings(channels=1, cursor=START)
        self.watcher = LedgerWatcher(settings, settings.ledger_cursor)
        self.changes: list[int] = []
        self.pool = NetworkPool(
            [(f"server {number}", network) for number, network in enumerate(networks)],
            PASSPHRASE,
            **{
                "clock": lambda: now_s,
                "random": Random(1),
                "lag_limit_s": 1000,
                "back_off_s": 2 * interval_s,
                **options,
            },
        )
        self.watch = LedgerWatch(
            self.pool,
            self.watcher,
            poll_interval_s=interval_s,
            on_change=lambda: self.changes.append(self.watcher.complete_ledger),
            random=Random(1),
            clock=lambda: now_s,
        )

    async def run_until(self, condition):
        task = asyncio.create_task(self.watch.run())
        try:
            async with asyncio.timeout(5):
                while not condition() and not task.done():
                    await asyncio.sleep(0)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
