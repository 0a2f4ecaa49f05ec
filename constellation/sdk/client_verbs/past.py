"""What has happened and is final: a chronicler's word, or proven."""

from collections.abc import AsyncIterator, Sequence

from constellation.sdk.client_verbs.base import ClientBase
from constellation.sdk.history import HistoryItem, HistoryPage, OrdersPage, PastOrder
from constellation.sdk.history_queries import Moment, history_query, orders_query
from constellation.sdk.history_reader import all_items, all_orders


class PastVerbs(ClientBase):
    """What has happened and is final: a chronicler's word, or proven."""

    def history(
        self,
        *,
        kinds: Sequence[str] = (),
        asset: str | None = None,
        market: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int | None = None,
        proofs: bool = False,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> AsyncIterator[HistoryItem]:
        """Everything that has happened to the account, or the first ``limit`` items of it, page by page.

        It waits where the account's rate is used up. The arguments and errors are those of :meth:`history_page`.
        """

        async def read(cursor: str | None, most: int) -> HistoryPage:
            return await self.history_page(
                kinds=kinds,
                asset=asset,
                market=market,
                since=since,
                until=until,
                newest_first=newest_first,
                after=cursor,
                limit=most,
                proofs=proofs,
                min_apex=min_apex,
                sub_account=sub_account,
            )

        return all_items(read, after, limit, proofs=proofs)

    async def history_page(
        self,
        *,
        kinds: Sequence[str] = (),
        asset: str | None = None,
        market: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int = 100,
        proofs: bool = False,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> HistoryPage:
        """A page of what has happened to the account and is final, for ever; a chronicler's word unless proven.

        Args:
            kinds: such as ``trade``, ``deposit``, ``payment``, ``order``, ``withdrawal``, ``balance``; none: all.
            asset: only what is of this asset.
            market: only what is of this market, such as ``XLM/USD``.
            since: a datetime with its zone, or microseconds since 1970; inclusive.
            until: the same; exclusive.
            newest_first: in the order of time otherwise.
            after: the ``cursor`` of the page before.
            limit: from 1 to 1000 items, with proofs to 64; a page may have fewer although there are more.
            proofs: verify with the auditors' signatures that each item has happened, and is final.
            min_apex: the page includes everything up to this quantum; by default, up to this client's last receipt.
            sub_account: the number of the sub-account whose history it is, for the owner alone.

        Raises:
            InvalidRequest: an argument makes no sense; nothing was sent.
            ExchangeError: NO_HISTORY: this alpha has no chronicler; NOT_READY: it is not as far yet, or away.
            VerificationFailed: the page does not answer the question, or a proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        query = history_query(
            self._catalogue,
            kinds=kinds,
            asset=asset,
            market=market,
            since=since,
            until=until,
            newest_first=newest_first,
            after=after,
            limit=limit,
            proofs=proofs,
            min_apex=self._connection.receipt_apex if min_apex is None else min_apex,
            sub_account=sub_account,
        )
        return await self._named(await self._past.history_page(query))

    def orders(
        self,
        *,
        market: str | None = None,
        open: bool | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int | None = None,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> AsyncIterator[PastOrder]:
        """All orders of the account, or the first ``limit`` of them; arguments and errors as in :meth:`orders_page`."""

        async def read(cursor: str | None, most: int) -> OrdersPage:
            return await self.orders_page(
                market=market,
                open=open,
                since=since,
                until=until,
                newest_first=newest_first,
                after=cursor,
                limit=most,
                min_apex=min_apex,
                sub_account=sub_account,
            )

        return all_orders(read, after, limit)

    async def orders_page(
        self,
        *,
        market: str | None = None,
        open: bool | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int = 100,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> OrdersPage:
        """A page of the account's orders and what became of them; a chronicler's word, not proven.

        Args:
            market: only of this market.
            open: only those that are open, or only those that are not.
            since: placed at this time or later.
            until: placed before this time.
            newest_first: in the order of time otherwise.
            after: the ``cursor`` of the page before.
            limit: from 1 to 1000.
            min_apex: as in :meth:`history_page`.
            sub_account: as in :meth:`history_page`.

        Raises:
            SdkError: see :meth:`history_page`.
        """
        query = orders_query(
            self._catalogue,
            market=market,
            is_open=open,
            since=since,
            until=until,
            newest_first=newest_first,
            after=after,
            limit=limit,
            min_apex=self._connection.receipt_apex if min_apex is None else min_apex,
            sub_account=sub_account,
        )
        return await self._named(await self._past.orders_page(query))
