"""Reads the account's past through the client's connection: single pages, and one page after the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from constellation.protocol import messages
from constellation.protocol.messages import MAX_HISTORY_ITEMS, MAX_HISTORY_PROOFS, Code
from constellation.sdk.connection import Connection
from constellation.sdk.errors import ExchangeError
from constellation.sdk.history import HistoryItem, HistoryPage, OrdersPage, PastOrder, history_view, orders_view
from constellation.sdk.history_checks import check_history_page, check_history_proofs, check_orders_page
from constellation.sdk.sub_accounts import account_meant

_T = TypeVar("_T")

_BUSY = frozenset({Code.RATE_LIMITED, Code.OVERLOADED, Code.NOT_READY})
_PAUSE_S = 0.25
_PAUSE_MAX_S = 4.0
_PATIENCE = 12  # pauses in a row: about 40 seconds


class PastReader:
    """One account's reader.

    Args:
        connection: of its client.
        account: its key.
    """

    def __init__(self, connection: Connection, account: bytes) -> None:
        self._connection = connection
        self._account = account

    async def history_page(self, query: messages.QueryHistory) -> Callable[[], HistoryPage]:
        """Ask for a page and check it; what puts it in names, which may need other settings first.

        Raises:
            VerificationFailed: it is no answer to the question, or a proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        page = await self._connection.query(lambda session: session.query_past(query))
        assert isinstance(page, messages.HistoryPage)
        check_history_page(query, page)
        account = account_meant(self._account, query.sub_account)
        proofs = check_history_proofs(self._connection.terms, account, page) if query.proofs else {}
        return lambda: history_view(self._connection.catalogue, page, proofs)

    async def orders_page(self, query: messages.QueryOrders) -> Callable[[], OrdersPage]:
        """The same for orders, which have no proofs."""
        page = await self._connection.query(lambda session: session.query_past(query))
        assert isinstance(page, messages.OrdersPage)
        check_orders_page(query, page)
        return lambda: orders_view(self._connection.catalogue, page)


async def all_items(
    read: Callable[[str | None, int], Awaitable[HistoryPage]], after: str | None, limit: int | None, *, proofs: bool
) -> AsyncIterator[HistoryItem]:
    """The items of one page after the other.

    Args:
        read: a page behind a cursor, of so many items at most.
        after: a cursor.
        limit: of all items together; None: no limit.
        proofs: whether pages have proofs, and so are short.
    """
    most = MAX_HISTORY_PROOFS if proofs else MAX_HISTORY_ITEMS
    while limit is None or limit > 0:
        page = await _patiently(read, after, most if limit is None else min(limit, most))
        for item in page.items:
            yield item
        if not page.more:
            return
        after = page.cursor
        limit = None if limit is None else limit - len(page.items)


async def all_orders(
    read: Callable[[str | None, int], Awaitable[OrdersPage]], after: str | None, limit: int | None
) -> AsyncIterator[PastOrder]:
    """The same of orders."""
    while limit is None or limit > 0:
        page = await _patiently(read, after, MAX_HISTORY_ITEMS if limit is None else min(limit, MAX_HISTORY_ITEMS))
        for order in page.orders:
            yield order
        if not page.more:
            return
        after = page.cursor
        limit = None if limit is None else limit - len(page.orders)


async def _patiently(read: Callable[[str | None, int], Awaitable[_T]], after: str | None, limit: int) -> _T:
    """A page, asked for again after pauses where the account has used up its rate, or the chronicler is busy."""
    pause_s = _PAUSE_S
    for _ in range(_PATIENCE):
        try:
            return await read(after, limit)
        except ExchangeError as error:
            if error.code not in _BUSY:
                raise
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _PAUSE_MAX_S)
    return await read(after, limit)
