"""Orders, open and past."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from constellation.protocol.messages import Code
from constellation.sdk.errors import SdkError
from constellation.sdk.exchange_verbs.arguments import LIMIT_MAX, checked_limit, reference_of, since_us
from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.orders_of import armed_order, open_order, past_order
from constellation.sdk.refusals import OrderNotFound
from constellation.sdk.unified import OrderState


class OrderReadVerbs(ExchangeBase):
    """Orders, open and past."""

    async def fetch_order(
        self, id: str | int, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderState:
        """An order of the account, open or closed, by its id, or with ``clientOrderId`` among the open ones by name.

        What happened in this client's life is known here; earlier orders come from alpha's chronicler, when they are
        final.

        Raises:
            OrderNotFound: the account has no such order, or nobody here knows of it.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        reference = reference_of(id, dict(params or {}))
        if isinstance(reference, str):
            found = [order for order in await self.fetch_open_orders() if order.client_order_id == reference]
            if not found:
                raise OrderNotFound(Code.ORDER_NOT_FOUND, f"no open order of the account is called {reference!r}")
            return found[0]
        known = self.own.order(reference)
        if known is not None and known.timestamp is not None and known.type is not None:
            return known
        past = await self._past_order(reference)
        if past is not None:
            return past
        if known is None:
            raise OrderNotFound(Code.ORDER_NOT_FOUND, f"the account has no order {reference}")
        return next((order for order in await self.fetch_open_orders() if order.id == known.id), known)

    async def _past_order(self, number: int) -> OrderState | None:
        """An order of the history; None where there is no such order, or no history."""
        if number < 1:
            return None
        try:
            page = await self.client.orders_page(after=f"o{number - 1:x}", limit=1)
        except SdkError as error:
            if error.code is Code.NO_HISTORY:
                return None
            raise
        found = next((order for order in page.orders if order.order_id == number), None)
        return None if found is None else past_order(self._catalogue, found)

    async def fetch_open_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[OrderState, ...]:
        """The open orders, also those that wait for a trigger, as alpha has them now; its word, not proven.

        The oldest come first. An order whose placing is not known here has no ``timestamp``, and is left out with
        ``since``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = None if symbol is None else self.market(symbol).name
        account = await self.client.account(sub_account)
        waiting = (armed_order(self._catalogue, order) for order in account.armed)
        found = []
        for state in sorted([*map(open_order, account.orders), *waiting], key=lambda order: int(order.id)):
            known = self.own.order(int(state.id))
            if known is not None and _is_same(known, state):
                state = known
            if name in (None, state.symbol) and (since is None or (state.timestamp or 0) >= since * 1_000):
                found.append(state)
        return tuple(found[: checked_limit(limit, LIMIT_MAX)])

    async def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[OrderState, ...]:
        """Orders that are filled or cancelled, from the chronicler: final, not proven.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        return await self._fetch_orders(symbol, since, limit, sub_account, is_open=False)

    async def fetch_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[OrderState, ...]:
        """The same of all orders, open ones too."""
        return await self._fetch_orders(symbol, since, limit, sub_account, is_open=None)

    async def _fetch_orders(
        self, symbol: str | None, since: int | None, limit: int | None, sub_account: int | None, *, is_open: bool | None
    ) -> tuple[OrderState, ...]:
        past = self.client.orders(
            market=symbol,
            open=is_open,
            since=since_us(since),
            newest_first=since is None,
            limit=checked_limit(limit),
            sub_account=sub_account,
        )
        found = [past_order(self._catalogue, order) async for order in past]
        return tuple(found if since is not None else reversed(found))

    async def iter_orders(
        self, symbol: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> AsyncIterator[OrderState]:
        """All orders of the history, the oldest first, page by page."""
        async for order in self.client.orders(market=symbol, since=since_us(since), sub_account=sub_account):
            yield past_order(self._catalogue, order)


def _is_same(known: OrderState, now: OrderState) -> bool:
    """Whether an order that is followed here is as alpha has it now, and more is known of it here."""
    return known.type is not None and (known.remaining, known.armed) == (now.remaining, now.armed)
