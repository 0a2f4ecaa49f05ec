"""Market data for everybody, out of a chronicler: the feed's hub, filled from the history, and its port."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from constellation.chronicler.connections import moment
from constellation.chronicler.intake import FinalBatch
from constellation.marketdata import FeedMetrics, FeedServer, MarketHub, text_frame
from constellation.marketdata.http.metrics import HttpMetrics
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.http.routes import market_routes
from constellation.marketdata.http.stellar_toml import Published
from constellation.marketdata.start import read_start
from constellation.marketdata.terminal import TerminalConfig, read_page, terminal_routes
from constellation.node.clock import clock_us
from constellation.node.config import ChroniclerSection, split_address
from constellation.node.supervision import NodeFailure
from constellation.node.tls import ServerCertificate
from constellation.protocol.messages import Settings
from constellation.transport.metrics import DoorMetrics

_BURST_S = 5


class ChroniclerFeed:
    """The feed of one chronicler.

    Args:
        section: of its configuration, with a ``feed_listen``.
        hub: as of some batch of the history.
        reading: the history's engine, for reading.
        settings: of genesis.
        registry: for the metrics.
        doors: metrics of the node's ports.
        metrics: of the feed, those of the hub.
        tls: certificate of the port, if it has one.
        published: by the operator, of itself.
    """

    def __init__(
        self,
        section: ChroniclerSection,
        hub: MarketHub,
        reading: Engine,
        settings: Settings,
        registry: CollectorRegistry,
        doors: DoorMetrics,
        metrics: FeedMetrics,
        tls: ServerCertificate | None,
        published: Published,
    ) -> None:
        assert section.feed_listen is not None
        self._hub = hub
        self._reads = MarketReads(reading, settings)
        terminal = TerminalConfig(section.terminal_client_url, section.terminal_horizon_url, section.terminal_sandbox)
        per_second = section.feed_questions_per_second
        routes = market_routes(
            self._reads,
            hub.data,
            clock_us,
            section.reserves_file,
            terminal=terminal,
            metrics=HttpMetrics(registry),
            per_second=per_second,
            burst=_BURST_S * per_second,
            published=published,
        )
        host, port = split_address(section.feed_listen)
        self._server = FeedServer(
            hub,
            clock_us,
            host,
            port,
            metrics=metrics,
            door_metrics=doors,
            ssl=None if tls is None else tls.context,
            routes=[*routes, *terminal_routes(read_page(), terminal)],
        )

    async def start(self, failure: NodeFailure) -> None:
        """Listen; a fault of the feed ends the node."""
        await self._server.start()
        assert self._server.ticking is not None
        self._server.ticking.add_done_callback(failure.watch)

    def take(self, final: Sequence[FinalBatch]) -> None:
        """Follow batches that are in the history now; those that the hub began with are passed over."""
        for batch in final:
            if batch.sealed.header.last_apex > self._hub.data.sequence:
                self._hub.take(batch.sealed)

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self._server.stop()
        self._reads.close()


def read_hub(section: ChroniclerSection, engine: Engine, settings: Settings, metrics: FeedMetrics) -> MarketHub:
    """A hub as of the end of the history; blocks.

    Args:
        section: says how often it tells.
        engine: of the history, for reading.
        settings: of genesis.
        metrics: of the feed.
    """
    with moment(engine) as connection:
        current, start = read_start(connection, settings)
        interval_us = round(section.feed_interval_s * 1_000_000)
        return MarketHub(current, clock_us, start, interval_us=interval_us, frame=text_frame, metrics=metrics)
