"""A chronicler: wires the chronicle's source, the database, and what is served from it."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from constellation import __version__
from constellation.chronicler.chronicle import open_chronicle, read_terms
from constellation.chronicler.chronicle_pages import read_page
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.history_desk import HistoryDesk
from constellation.chronicler.intake import FinalBatch, Intake
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.marketdata import FeedMetrics
from constellation.node.chronicle_follower import Follower, FollowerMetrics
from constellation.node.chronicle_route import ChronicleRoute, ReadChronicle, Unreadable
from constellation.node.chronicle_source import ChronicleSource, HttpChronicle
from constellation.node.chronicler_feed import ChroniclerFeed, read_hub
from constellation.node.clock import clock_us
from constellation.node.config import ConfigurationError, NodeConfig, split_address
from constellation.node.extensions.hooks import Hooks
from constellation.node.extensions.loading import load_extensions
from constellation.node.history_route import history_routes
from constellation.node.http import Status, StatusServer
from constellation.node.lifecycle import CHRONICLER_STATES, Lifecycle, NodeState
from constellation.node.node_metrics import NodeMetrics
from constellation.node.private_http import PrivateServer, read_token
from constellation.node.service_manager import ServiceManager
from constellation.node.stream_service import StreamPublishing, stream_source
from constellation.node.supervision import NodeFailure, background
from constellation.node.tls import server_certificate
from constellation.protocol.history import ChroniclePage
from constellation.protocol.limits import HISTORY_READS_MAX
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms
from constellation.snapshots import DataDirectory
from constellation.transport.metrics import DoorMetrics

log = logging.getLogger(__name__)

_READY_LAG_BATCHES = 1_000


class ChroniclerNode:
    """One running chronicler.

    Args:
        config: of this node.
        settings: of the constellation at genesis.
        feed: whether it follows the NATS stream, instead of the peers of the configuration.
    """

    def __init__(self, config: NodeConfig, settings: Settings, *, feed: bool = False) -> None:
        self._config = config
        self._settings = settings
        self._token = read_token(config.chronicle_token_file, config.chronicler.listen)
        self._registry = CollectorRegistry()
        self._source = stream_source(config, settings, self._token, self._registry) if feed else self._peers()
        self._role = "feed" if feed else "chronicler"
        self._stream = StreamPublishing(config.chronicler, settings, self._registry)
        self._lifecycle = Lifecycle(CHRONICLER_STATES, clock_us, self._registry)
        self._failure = NodeFailure(lambda error: self._lifecycle.fail(NodeState.HALTED, error))
        self._doors = DoorMetrics(self._registry)
        self._tls = server_certificate("chronicler", config.chronicler, self._registry)
        self._hooks = Hooks(load_extensions(config.extensions), config.extensions, self._registry)
        self._observers = self._hooks.observers()
        self._follower: Follower | None = None
        self._feed: ChroniclerFeed | None = None

    def _peers(self) -> ChronicleSource:
        peers = self._config.chronicler.peers
        if not peers:
            raise ConfigurationError("chronicler.peers: there is nobody to follow; name a chronicle_listen of a node")
        return HttpChronicle(peers, self._token)

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until ``stop`` is set.

        Raises:
            UnusableDatabase: it cannot be opened, or is of another constellation.
        """
        with DataDirectory(self._config.data_directory):
            url = database_url(self._config)
            thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chronicler")
            loop = asyncio.get_running_loop()
            writing = await loop.run_in_executor(thread, open_chronicle, url, self._settings)
            reading = open_engine(url, read_only=True)
            try:
                await self._serve(stop, thread, writing, reading)
            finally:
                await self._source.close()
                thread.shutdown()
                reading.dispose()
                writing.dispose()
        self._failure.check()

    async def _serve(self, stop: asyncio.Event, thread: ThreadPoolExecutor, writing: Engine, reading: Engine) -> None:
        section = self._config.chronicler
        intake = await asyncio.get_running_loop().run_in_executor(thread, self._intake, reading)
        metrics = FollowerMetrics(self._registry)
        self._follower = Follower(self._source, intake, ChronicleWriter(writing), thread, metrics, self._told)
        self._route = ChronicleRoute(_reader(reading), self._failure)
        NodeMetrics(self._registry, self._role).watch(self.health)
        status = StatusServer(self.status, self._registry, *split_address(section.http_listen), self._doors)
        readers = ThreadPoolExecutor(HISTORY_READS_MAX, thread_name_prefix="history")
        desk = HistoryDesk(reading, Terms(self._settings), self._follower, readers)
        private = PrivateServer([*self._route.routes, *history_routes(desk)], self._token, section.listen, self._doors)
        await status.start()
        try:
            await private.start()
            await self._open_feed(thread, reading)
            self._observers.start()
            log.info("following", extra={"batch": self._follower.number, "peers": section.peers})
            manager = ServiceManager().follow(self._lifecycle)
            tls = () if self._tls is None else (self._tls.watch(),)
            work = (self._follower.run(), self._watch(), self._stream.run(reading), manager, *tls)
            async with background(self._failure, *work):
                await stop.wait()
                self._lifecycle.stop()
        finally:
            self._observers.end()
            if self._feed is not None:
                await self._feed.stop()
            await private.stop()
            await status.stop()
            self._route.close()
            readers.shutdown()

    async def _open_feed(self, thread: ThreadPoolExecutor, reading: Engine) -> None:
        section, settings = self._config.chronicler, self._settings
        if section.feed_listen is None:
            return
        metrics = FeedMetrics(self._registry)
        hub = await asyncio.get_running_loop().run_in_executor(thread, read_hub, section, reading, settings, metrics)
        published = self._config.organisation.published()
        self._feed = ChroniclerFeed(
            section, hub, reading, settings, self._registry, self._doors, metrics, self._tls, published
        )
        await self._feed.start(self._failure)
        log.info("market data is open to everybody", extra={"feed": section.feed_listen})

    def _intake(self, engine: Engine) -> Intake:
        with moment(engine) as connection:
            cursor = read_cursor(connection)
            return Intake(read_terms(connection, self._settings), cursor.tip, cursor.apex)

    def _told(self, final: Sequence[FinalBatch]) -> None:
        """Batches are in the database."""
        self._route.moved()
        if self._feed is not None:
            self._feed.take(final)
        self._stream.moved()
        self._observers.take(final)

    async def _watch(self) -> None:
        """Keep the state: whether the history is near the present."""
        assert self._follower is not None
        while True:
            near = self._follower.problem is None and self._follower.lag_batches <= _READY_LAG_BATCHES
            self._lifecycle.enter(NodeState.READY if near else NodeState.CATCHING_UP)
            await asyncio.sleep(0.2)

    @property
    def is_following(self) -> bool:
        """Whether its database is open: it says nothing before."""
        return self._follower is not None

    def health(self) -> Status:
        """Whether this chronicler does its work, why not, and what should be looked at."""
        follower = self._follower
        assert follower is not None
        ready = self._lifecycle.state is NodeState.READY
        worries = [*([] if self._stream.problem is None else [self._stream.problem]), *self._hooks.problems]
        return {
            "role": self._role,
            "version": __version__,
            "ready": ready,
            **self._lifecycle.describe(),
            "degraded": ready and bool(worries),
            "reasons": [*([] if ready else [follower.problem or self._lifecycle.reason]), *worries],
        }

    def status(self) -> Status:
        """What this chronicler says of itself."""
        follower = self._follower
        assert follower is not None
        return {
            **self.health(),
            "constellation": settings_constellation_id(self._settings).hex(),
            "apex": follower.apex,
            "batch": follower.number,
            "lag_batches": follower.lag_batches,
            "extensions": self._hooks.describe(),
        }


def _reader(engine: Engine) -> ReadChronicle:
    """Reads pages for others; a database that fails them is no reason to end: it may be back when they ask again."""

    def read(after: int, term: int, most_bytes: int) -> ChroniclePage:
        try:
            return read_page(engine, after, term, most_bytes)
        except SQLAlchemyError as error:
            raise Unreadable(f"the history cannot be read: {getattr(error, 'orig', error)}") from error

    return read


def database_url(config: NodeConfig) -> str:
    """Where the history is."""
    return config.chronicler.database_url or sqlite_url(config.data_directory.absolute() / "chronicle.sqlite")
