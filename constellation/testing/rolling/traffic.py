"""Clients that trade at a steady pace while nodes are restarted, and when each of them got its answers."""

import asyncio
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Final

from constellation.load.flow import Flow, Mix, Walk
from constellation.load.journal import Journal
from constellation.load.pace import OpenLoop
from constellation.load.tally import Tally
from constellation.load.trader import Trader
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair, settings_constellation_id
from constellation.sdk import Client

_MARKET: Final = "XLM/USD"
_PRICE: Final = Decimal("0.25")
_CERTIFICATE_S: Final = 30.0
_MIX: Final = Mix(withdrawals=0.002)


def longest_pause_s(moments_s: Sequence[float], begin_s: float, end_s: float) -> float | None:
    """The longest time without an answer that overlaps a span of time; None when it is not known how long that was.

    Args:
        moments_s: of the answers, in order.
        begin_s: of the span.
        end_s: of the span.
    """
    first, last = bisect_left(moments_s, begin_s) - 1, bisect_right(moments_s, end_s)
    if first < 0 or last == len(moments_s):
        return None
    around = moments_s[first : last + 1]
    return max(after - before for before, after in pairwise(around))


class Traffic:
    """Traders' clients as their programs would run them, with the SDK's own times and bounds.

    Args:
        sandbox: where they trade.
        accounts: one for each client, with money on its way.
        journal: a new file for what the clients are told.
        seed: of what they do.
        interval_s: between two operations of a client.
    """

    def __init__(
        self, sandbox: Sandbox, accounts: Sequence[KeyPair], journal: Path, seed: int, interval_s: float
    ) -> None:
        self._sandbox = sandbox
        self._accounts = accounts
        self._journal = Journal(journal, settings_constellation_id(sandbox.settings))
        self._seed = seed
        self._interval_s = interval_s
        self._stop = asyncio.Event()
        self._clients: list[Client] = []
        self._traders: list[Trader] = []
        self._work: list[asyncio.Task[None]] = []
        self.tally = Tally()
        self.moments_s: list[list[float]] = []

    async def begin(self) -> None:
        """Connect all, and let them work."""
        sandbox, walk = self._sandbox, None
        for number, key in enumerate(self._accounts):
            client = await Client.connect(sandbox.client_url, sandbox.settings, key, after=0)
            self._clients.append(client)
            market = client.market(_MARKET)
            walk = walk or Walk(f"{self._seed}", market, _PRICE)
            others = [other.public for other in self._accounts if other is not key]
            flow = Flow(f"{self._seed}/{number}", _MIX, market, walk, others)
            self._traders.append(Trader(client, flow, _MARKET, self.tally, self._journal, _CERTIFICATE_S))
            self._note_moments(client)
        await asyncio.gather(*(trader.await_money() for trader in self._traders))
        begin_s = time.monotonic()
        for number, trader in enumerate(self._traders):
            offset_s = self._interval_s * number / len(self._traders)
            pace = OpenLoop(begin_s, self._interval_s, offset_s, None, self._stop)
            self._work.append(asyncio.create_task(trader.work(pace, begin_s)))

    def _note_moments(self, client: Client) -> None:
        moments_s: list[float] = []
        self.moments_s.append(moments_s)
        client.observe(lambda _receipt: moments_s.append(time.monotonic()))

    @property
    def reconnects(self) -> int:
        """Connections that were opened again."""
        return sum(client.reconnects for client in self._clients)

    @property
    def told(self) -> Counter[str]:
        """What the clients were told beside acknowledgements: codes, unknown outcomes, errors of the SDK."""
        tally = self.tally
        return tally.rejected + tally.errors + Counter({"outcome unknown": tally.unknown})

    def check(self) -> None:
        """Raise what a client's work has ended with before its time."""
        for task in self._work:
            if task.done():
                task.result()

    async def end(self) -> None:
        """Let them finish what they have begun, and leave."""
        self._stop.set()
        await asyncio.gather(*self._work)
        await asyncio.gather(*(trader.leave() for trader in self._traders))

    async def close(self) -> None:
        """End whatever still runs."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await asyncio.gather(*(client.close() for client in self._clients))
        self._journal.flush()
        self._journal.__exit__(None, None, None)
