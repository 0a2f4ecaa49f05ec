"""The connections of an exchange, and what it is of."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from os import PathLike
from ssl import SSLContext
from typing import Any, Self

from constellation.protocol.messages import Settings
from constellation.protocol.signing import KeyPair
from constellation.sdk.certificates import trusting
from constellation.sdk.client import Client
from constellation.sdk.errors import ConnectionClosed, InvalidRequest, SdkError
from constellation.sdk.exchange_verbs.arguments import Wait, checked_wait, settle
from constellation.sdk.feed_streams import Stream
from constellation.sdk.market_feed import MarketFeed
from constellation.sdk.market_reads import MarketReads
from constellation.sdk.markets import Catalogue, Market
from constellation.sdk.options import ClientOptions, load_settings
from constellation.sdk.order_params import named
from constellation.sdk.own_state import OwnState
from constellation.sdk.receipts import Receipt
from constellation.sdk.tracker import Gap


class ExchangeBase:
    """The connections of a :class:`constellation.sdk.Exchange`, whose arguments these are."""

    def __init__(
        self,
        url: str,
        settings: Settings | str | PathLike[str],
        key_pair: KeyPair | None = None,
        *,
        feed_url: str | None = None,
        options: ClientOptions | None = None,
        ssl: SSLContext | None = None,
        wait: Wait = "acknowledged",
        after: int | None = None,
        account: str | bytes | None = None,
        sub_account: int | None = None,
    ) -> None:
        options = options or ClientOptions()
        genesis = load_settings(settings)
        if ssl is None and options.ca_file is not None:
            ssl = trusting(options.ca_file)
        self._client = None
        if key_pair is not None:
            self._client = Client(url, genesis, key_pair, options, ssl, after, account, sub_account)
        self._feed = None if feed_url is None else MarketFeed(feed_url, ssl=ssl)
        self._reads = None if feed_url is None else MarketReads(feed_url, ssl)
        self._genesis = Catalogue(genesis)
        self._wait = checked_wait(wait)
        self._streams: dict[tuple[object, ...], Stream[Any]] = {}
        self._opening = asyncio.Lock()
        self._feed_is_open = False
        self._follower: asyncio.Task[None] | None = None
        self.own = OwnState(self._catalogue)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect to alpha, if there is an account; market data connects when it is first watched.

        Raises:
            ConnectionClosed: it cannot be reached, or closed with a reason.
            VerificationFailed: it is not this constellation's alpha.
        """
        if self._client is None or self._follower is not None:
            return
        client = await self._client.__aenter__()
        try:
            client.observe(self.own.take)
            self.own.seed(await client.account())
        except BaseException:
            await client.close()
            raise
        self._follower = asyncio.create_task(self._follow(client))

    async def close(self) -> None:
        """End all connections; may be called again. Who still waits gets an error."""
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.wait([self._follower])
        if self._client is not None:
            await self._client.close()
        if self._feed is not None:
            await self._feed.close()
        self.own.fail(ConnectionClosed(None, "the exchange was closed"))

    async def _follow(self, client: Client) -> None:
        """Take what happens to the account; after a gap, take the account as it is."""
        try:
            async for event in client.events():
                if isinstance(event, Gap):
                    self.own.miss(event)
                    self.own.seed(await client.account())
                else:
                    self.own.take(event)
        except SdkError as error:
            self.own.fail(error)

    @property
    def client(self) -> Client:
        """The client underneath, for what has no verb here.

        Raises:
            InvalidRequest: there is no account.
        """
        if self._client is None:
            raise InvalidRequest("this needs an account: give the exchange a key_pair")
        return self._client

    @property
    def feed(self) -> MarketFeed:
        """The market data underneath.

        Raises:
            InvalidRequest: there is none.
        """
        if self._feed is None:
            raise InvalidRequest("this needs market data: give the exchange a feed_url")
        return self._feed

    @property
    def address(self) -> str:
        """The account, ``G…``.

        Raises:
            InvalidRequest: there is no account.
        """
        return self.client.address

    @property
    def _catalogue(self) -> Catalogue:
        return self._genesis if self._client is None else self._client.catalogue

    @property
    def _market_reads(self) -> MarketReads:
        if self._reads is None:
            raise InvalidRequest("this needs market data: give the exchange a feed_url")
        return self._reads

    async def load_markets(self, reload: bool = False) -> dict[str, Market]:
        """The listed markets by symbol.

        Args:
            reload: ask alpha for the settings in force and their proof; it tells of changes by itself, too.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if reload:
            await self.client.learn_settings()
        return self.markets

    @property
    def markets(self) -> dict[str, Market]:
        """The same, as far as it is known."""
        return {market.name: market for market in self._catalogue.markets}

    def market(self, symbol: str) -> Market:
        """The rules of a market, with ``round_price`` and ``round_amount``.

        Raises:
            InvalidRequest: it is not listed.
        """
        return self._catalogue.market(symbol)

    async def _settled(self, params: Mapping[str, Any] | None, ask: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """The receipt of a request that takes no parameters but ``wait``, when what is waited for has come."""
        wait, others = self._wait_of(params)
        named(others, {})
        receipt = await ask()
        await settle([receipt], wait)
        return receipt

    def _wait_of(self, params: Mapping[str, Any] | None) -> tuple[Wait, dict[str, Any]]:
        """What to wait for, and the other parameters."""
        if params is not None and not isinstance(params, Mapping):
            raise InvalidRequest(f"params is a dictionary, not {type(params).__name__}")
        others = dict(params or {})
        return checked_wait(others.pop("wait", self._wait)), others
