"""A chronicle that others follow, over HTTP or through NATS; and one that follows."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import nats
import pytest
from prometheus_client import CollectorRegistry

from constellation.chronicler.chronicle import open_chronicle, read_terms
from constellation.chronicler.chronicle_pages import read_page
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.digests import table_digests
from constellation.chronicler.intake import Intake
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.node.chronicle_follower import Follower, FollowerMetrics
from constellation.node.chronicle_route import ChronicleRoute
from constellation.node.chronicle_source import ChronicleSource, HttpChronicle
from constellation.node.config import ChroniclerSection
from constellation.node.nats_link import NatsLink
from constellation.node.nats_publisher import NatsPublisher
from constellation.node.nats_source import NatsChronicle
from constellation.node.private_http import PrivateServer
from constellation.node.stream_format import stream_name
from constellation.node.supervision import NodeFailure
from constellation.protocol.messages import ChronicleBatch, Settings
from constellation.protocol.signing import settings_constellation_id
from constellation.transport.metrics import DoorMetrics
from tests.chronicler.chain import Chain


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class NatsServer:
    """A NATS server of a test's own, which can be killed and started again."""

    def __init__(self, directory: Path, options: str = "") -> None:
        program = shutil.which("nats-server")
        if program is None:
            pytest.skip("there is no nats-server here (Debian: nats-server)")
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        directory.mkdir(parents=True, exist_ok=True)
        config = directory / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{directory}/store" }}\n{options}\n'
        )
        self._command = [program, "--config", str(config), "--log", str(directory / "nats.log")]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def ready(self) -> None:
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
                await asyncio.sleep(0.02)

    def section(self, **more: Any) -> ChroniclerSection:
        return ChroniclerSection(nats_url=self.url, **more)


class Chronicle:
    """A chronicle in a file, which can be given items by hand."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.settings = settings
        self.constellation = settings_constellation_id(settings)
        self.url = sqlite_url(path)
        self.writing = open_chronicle(self.url, settings)
        self.reading = open_engine(self.url, read_only=True)

    def intake(self) -> Intake:
        with moment(self.reading) as connection:
            cursor = read_cursor(connection)
            return Intake(read_terms(connection, self.settings), cursor.tip, cursor.apex)

    def take(self, chain: Chain, most: int = 10**9) -> None:
        """What it lacks of a chain, up to a batch."""
        intake, writer = self.intake(), ChronicleWriter(self.writing)
        for link in chain.links[intake.number : most]:
            if final := intake.take(ChronicleBatch.from_xdr(link.item.to_xdr())):
                writer.write(final)

    @property
    def number(self) -> int:
        with moment(self.reading) as connection:
            return read_cursor(connection).tip.number

    def digests(self) -> dict[str, bytes]:
        with moment(self.reading) as connection:
            return table_digests(connection)

    def close(self) -> None:
        self.writing.dispose()
        self.reading.dispose()


@asynccontextmanager
async def following(chronicle: Chronicle, source: ChronicleSource) -> AsyncIterator[Follower]:
    """Let a chronicle follow a source."""
    thread = ThreadPoolExecutor(max_workers=1)
    writer = ChronicleWriter(chronicle.writing)
    metrics = FollowerMetrics(CollectorRegistry())
    follower = Follower(source, chronicle.intake(), writer, thread, metrics, lambda _final: None)
    task = asyncio.create_task(follower.run())
    try:
        yield follower
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await source.close()
        thread.shutdown()


async def reached(follower: Follower, number: int, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while follower.number < number:
            await asyncio.sleep(0.01)


class HttpSide:
    """Serves a chronicle over HTTP."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        failure = NodeFailure(lambda error: None)
        self._route = ChronicleRoute(lambda *question: read_page(self._chronicle.reading, *question), failure)
        metrics = DoorMetrics(CollectorRegistry())
        self._server = PrivateServer(self._route.routes, None, f"127.0.0.1:{self._port}", metrics)
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()
        self._route.close()

    async def die(self) -> None:
        await self.stop()

    async def come_back(self) -> None:
        await self.start()

    def moved(self) -> None:
        self._route.moved()

    def source(self) -> ChronicleSource:
        return HttpChronicle([self.url], None)


class NatsSide:
    """Publishes a chronicle to a NATS server."""

    def __init__(self, chronicle: Chronicle, server: NatsServer, **limits: Any) -> None:
        self._chronicle = chronicle
        self._server = server
        self._limits = limits

    async def start(self) -> None:
        section = self._server.section(nats_publish=True, **self._limits)
        self.registry = CollectorRegistry()
        self.publisher = NatsPublisher(
            NatsLink(section, "test"), section, self._chronicle.constellation, self._chronicle.reading, self.registry
        )
        self._task = asyncio.create_task(self.publisher.run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self.publisher.close()

    async def die(self) -> None:
        self._server.kill()

    async def come_back(self) -> None:
        self._server.start()
        await self._server.ready()

    def moved(self) -> None:
        self.publisher.moved()

    def source(self, peers: ChronicleSource | None = None) -> NatsChronicle:
        link = NatsLink(self._server.section(), "test reader")
        return NatsChronicle(link, self._chronicle.constellation, peers, CollectorRegistry())

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Any]:
        """JetStream, for a test that does to it what it wants; with the stream's name."""
        client = await nats.connect(self._server.url)
        try:
            yield client.jetstream()
        finally:
            await client.close()

    @property
    def name(self) -> str:
        return stream_name(self._chronicle.constellation)

    def sample(self, name: str) -> float:
        return self.registry.get_sample_value(f"constellation_chronicler_stream_{name}") or 0.0


Side = HttpSide | NatsSide
