"""Somebody whose money must be there after each drill."""

import asyncio
from typing import Self

from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, ClientOptions
from tests.node.test_constellation import deposited

_PATIENCE_S = 60.0


class Holder:
    """A trader with 500 XLM, who places orders that stay in the book.

    Args:
        sandbox: that it trades on.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._orders = 0
        self.key_pair: KeyPair
        self.client: Client

    async def __aenter__(self) -> Self:
        self.key_pair = await self._sandbox.new_trader("1000")
        await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    async def reconnect(self, lost: int) -> None:
        """Start anew, with a client that has seen nothing; orders that were lost may have been sent again."""
        await self.client.close()
        await self._connect()
        async with asyncio.timeout(_PATIENCE_S):
            orders = len((await self.client.account()).orders)
        assert self._orders <= orders <= self._orders + lost
        self._orders = orders

    async def _connect(self) -> None:
        auditors = tuple(self._sandbox.status_url(name) for name in self._sandbox.auditors)
        options = ClientOptions(auditor_urls=auditors)
        self.client = Client(self._sandbox.client_url, self._sandbox.settings, self.key_pair, options)
        await self.client.__aenter__()

    async def begin(self) -> None:
        """Deposit, and place the first order."""
        await deposited(self._sandbox, self.key_pair, self.client, {"XLM": "500"})
        await self.trade()

    async def trade(self) -> None:
        """Place an order and wait until it is final."""
        async with asyncio.timeout(_PATIENCE_S):
            receipt = await self.client.create_order("XLM/USD", "sell", "0.3", "1")
            await receipt.final(timeout=_PATIENCE_S)
        self._orders += 1

    async def check(self) -> None:
        """Everything is there, and trading goes on."""
        await self.trade()
        async with asyncio.timeout(_PATIENCE_S):
            account = await self.client.account()
        assert str(account.balances["XLM"].total) in ("500", "500.0000000"), account
        assert len(account.orders) == self._orders
