"""Market data over HTTP, of a chain of everything that can happen, on loopback."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import Engine
from yarl import URL

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import open_engine, sqlite_url
from constellation.marketdata import MarketData, MarketStart
from constellation.marketdata.http.metrics import HttpMetrics
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.http.routes import market_routes
from constellation.marketdata.http.stellar_toml import Published
from tests.chronicler.chain import Chain
from tests.chronicler.test_writer import fill


def write_chain(path: Path, chain: Chain) -> Engine:
    """A chronicle of the chain, for reading."""
    engine = open_chronicle(sqlite_url(path), chain.world.settings)
    fill(engine, chain)
    engine.dispose()
    return open_engine(sqlite_url(path), read_only=True)


@cache
def live_of(chain: Chain) -> MarketData:
    """What a feed knows that has followed the chain."""
    live = MarketData(chain.world.settings, MarketStart(), now_of(chain))
    for link in chain.links:
        live.take(link.sealed, link.sealed.header.timestamp)
    return live


def now_of(chain: Chain) -> int:
    """Two seconds after the last batch."""
    return chain.links[-1].sealed.header.timestamp + 2_000_000


@dataclass
class Answered:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


class Asker:
    """A client of one server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def ask(self, target: str, method: str = "GET", **arguments: Any) -> Answered:
        """``target`` goes out as it is written."""
        url = URL(self.url + target, encoded=True)
        async with self.session.request(method, url, **arguments) as answer:
            return Answered(answer.status, answer.headers, await answer.read())


@asynccontextmanager
async def serving(
    chain: Chain,
    engine: Engine,
    proof_file: Path | None = None,
    *,
    metrics: HttpMetrics | None = None,
    per_second: float = 10_000,
    burst: float = 10_000,
    published: Published | None = None,
    **bounds: int,
) -> AsyncIterator[Asker]:
    """A server that answers as long as the context lasts; ``bounds`` are those of the reads."""
    reads = MarketReads(engine, chain.world.settings, **bounds)
    application = web.Application()
    pace = {"per_second": per_second, "burst": burst}
    routes = market_routes(
        reads, live_of(chain), lambda: now_of(chain), proof_file, metrics=metrics, published=published, **pace
    )
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield Asker(session, f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()
        reads.close()
