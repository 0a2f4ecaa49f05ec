"""Asks the chronicle on a few threads: a database may be slow, and nobody else must wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from constellation.chronicler.batch_records import SettingsVersion, find_settings, last_settings_version
from constellation.chronicler.connections import moment
from constellation.marketdata.http.errors import HttpCode, HttpError
from constellation.marketdata.listing import Listing
from constellation.protocol.limits import MARKET_READ_THREADS, MARKET_READS_WAITING_MAX
from constellation.protocol.messages import Settings
from constellation.protocol.names import Names

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class Rules:
    """The settings in force.

    Attributes:
        current: themselves.
        listing: their markets.
        names: of their assets.
    """

    current: SettingsVersion
    listing: Listing
    names: Names

    @classmethod
    def of(cls, current: SettingsVersion) -> "Rules":
        """With what is found by name."""
        return cls(current, Listing(current.settings), Names(current.settings))


class MarketReads:
    """Reads of one chronicle.

    Args:
        engine: of its database, for reading; the caller disposes of it after :meth:`close`.
        genesis: the settings of genesis.
        threads: how many questions are answered at once.
        waiting_max: how many may be there, those being answered included.
    """

    def __init__(
        self,
        engine: Engine,
        genesis: Settings,
        *,
        threads: int = MARKET_READ_THREADS,
        waiting_max: int = MARKET_READS_WAITING_MAX,
    ) -> None:
        self.genesis = genesis
        self._engine = engine
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="market-reads")
        self._waiting_max = waiting_max
        self._waiting = 0
        self._rules = Rules.of(SettingsVersion(0, None, None, genesis))

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``query`` finds, in a transaction that sees one moment.

        Raises:
            HttpError: too many questions are waiting, or the database cannot be read.
        """
        return await self.run(lambda: self._read(query, *args, **kwargs))

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns, done on one of the threads.

        Raises:
            HttpError: too many questions are waiting.
        """
        if self._waiting >= self._waiting_max:
            raise HttpError(HttpCode.OVERLOADED, f"{self._waiting} questions are waiting; ask again in a second")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def _read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with moment(self._engine) as connection:
                return query(connection, *args, **kwargs)
        except SQLAlchemyError:
            raise HttpError(HttpCode.UNAVAILABLE, "the history cannot be read just now") from None

    async def rules(self) -> Rules:
        """The settings in force; they are only decoded when there are others.

        Raises:
            HttpError: as of :meth:`read`.
        """
        self._rules = await self.read(self._refreshed)
        return self._rules

    def _refreshed(self, connection: Connection) -> Rules:
        known, version = self._rules, last_settings_version(connection)
        if known.current.version == version:
            return known
        found = find_settings(connection, self.genesis, version)
        assert found is not None, f"the settings of version {version} are gone"
        return Rules.of(found)

    def close(self) -> None:
        """Take no more questions, and wait for those that are being answered."""
        self._pool.shutdown(cancel_futures=True)
