"""A whole place to trade at: alpha behind sockets, its chronicle, and market data by WebSocket and HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constellation.chronicler.connections import open_engine, sqlite_url
from constellation.marketdata import FeedMetrics, FeedServer, MarketHub, text_frame
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.http.routes import market_routes
from constellation.marketdata.terminal import TerminalConfig, read_page, terminal_routes
from constellation.protocol.messages import (
    AuditorSignature,
    ChannelTransaction,
    LedgerCommit,
    LedgerReport,
    RequestLimits,
)
from constellation.protocol.signing import Purpose, signing_hash
from constellation.sdk import ClientOptions, Exchange, KeyPair
from tests.gateway.harness import AUDITORS, LEDGER_END, START_US, Alpha, make_settings
from tests.gateway.live import LiveAlpha
from tests.sdk.chronicle import Chronicle

FAST = ClientOptions(backoff_s=0.005, backoff_max_s=0.02, reconnect_s=5)


@dataclass
class Stage:
    server: LiveAlpha
    chronicle: Chronicle
    feed: FeedServer
    feed_url: str
    metrics: FeedMetrics

    @property
    def alpha(self) -> Alpha:
        return self.server.alpha

    def exchange(self, key_pair: KeyPair | None, **options: Any) -> Exchange:
        arguments = {"options": FAST, "feed_url": self.feed_url} | options
        return Exchange(self.server.url, self.alpha.settings, key_pair, **arguments)

    def followers(self, channel: str) -> int:
        """How many subscriptions there are of a channel of market data."""
        return int(self.metrics.subscriptions.labels(channel=channel)._value.get())

    def settle(self, *, checkpoint: bool = False) -> None:
        """Acknowledge and certify what was executed, and tell the chronicle and the feed."""
        told = len(self.alpha.sealed)
        self.alpha.settle(checkpoint=checkpoint)
        for sealed, _ in self.alpha.sealed[told:]:
            self.feed.hub.take(sealed)
        self.chronicle.follow()


@asynccontextmanager
async def staged(
    directory: Path, *traders: KeyPair, open_orders: int = 100, terminal: bool = False, **settings: Any
) -> AsyncIterator[Stage]:
    """All of it, with funded traders, while the block runs.

    Args:
        directory: for the chronicle.
        traders: who has money.
        open_orders: as many are allowed.
        terminal: whether the page, which must be built, is served with the market data.
        settings: others than the harness's.
    """
    limits = RequestLimits(60_000_000, open_orders, 10, 2, 2000, burst=100_000)
    chosen = make_settings(limits=limits, **settings)
    chronicle = Chronicle(directory, chosen)
    alpha = Alpha(settings=chosen, asker=chronicle)
    chronicle.alpha = alpha
    server = LiveAlpha(alpha)
    await server.start()
    engine = open_engine(sqlite_url(directory / "chronicle.sqlite"), read_only=True)
    reads = MarketReads(engine, chosen)
    metrics = FeedMetrics()
    hub = MarketHub(chosen, lambda: alpha.now_us, None, interval_us=0, frame=text_frame, metrics=metrics)
    page = TerminalConfig(server.url) if terminal else None
    routes = market_routes(reads, hub.data, lambda: alpha.now_us, None, terminal=page)
    routes += [] if page is None else terminal_routes(read_page(), page)
    feed = FeedServer(hub, lambda: alpha.now_us, "127.0.0.1", 0, metrics=metrics, routes=routes)
    stage = Stage(server, chronicle, feed, f"ws://127.0.0.1:{await feed.start()}/v1/ws", metrics)

    def soon() -> None:
        if server.automatic:
            asyncio.get_running_loop().call_soon(stage.settle)

    alpha.on_submit = soon
    for trader in traders:
        for asset in range(len(chosen.assets)):
            alpha.deposit(trader, asset, 10_000_000_000)
    stage.settle()
    try:
        yield stage
    finally:
        await server.stop()
        await feed.stop()
        reads.close()
        engine.dispose()
        chronicle.close()


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def ledger_takes_withdrawals(alpha: Alpha) -> None:
    """A ledger closes with the transactions of the channels in it."""
    previous = alpha.machine.state.ledger_cursor
    ledger = (previous >> 32) + 1
    pending = [channel.pending for channel in alpha.machine.state.desk.channels.values()]
    events = [
        ChannelTransaction((ledger << 32) + number, item.transaction, item.channel, item.sequence, True)
        for number, item in enumerate(pending, 1)
        if item is not None
    ]
    report = LedgerReport(previous, (ledger << 32) + LEDGER_END, START_US // 1_000_000, list(events))
    digest = signing_hash(Purpose.LEDGER_REPORT, alpha.constellation, report.to_xdr())
    alpha.execute(LedgerCommit(report, [AuditorSignature(one.public, one.sign(digest)) for one in AUDITORS]))
