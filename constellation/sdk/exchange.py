"""The exchange with the verbs that users of ccxt know; every answer is verified, and amounts are never floats.

::

    async with Exchange("wss://alpha.example.org", "settings.json", key_pair) as exchange:
        order = await exchange.create_order("XLM/USD", "limit", "buy", "100", "0.25")
        print(order.status, order.filled, order.average)

It stands on :class:`constellation.sdk.Client` and :class:`constellation.sdk.MarketFeed`, which remain within reach as
``exchange.client`` and ``exchange.feed`` for what has no verb here: proofs, routing ids, the closing of an account.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from ssl import SSLContext
from typing import Any, Final, Literal, Self, TypeVar

from constellation.protocol.messages import Code, Memo, Settings
from constellation.protocol.signing import KeyPair
from constellation.sdk.batch import Cancel, Pay, PayOnPath
from constellation.sdk.ccxt_form import microseconds
from constellation.sdk.certificates import trusting
from constellation.sdk.client import Client
from constellation.sdk.conversions import conversion_of
from constellation.sdk.effects import (
    CancelAllScheduled,
    DepositCredited,
    OrderClosed,
    OrderReduced,
    OrderReplaced,
    PaymentReceived,
    PaymentSent,
    WithdrawalAccepted,
)
from constellation.sdk.errors import ConnectionClosed, InvalidRequest, NotFinal, PartlyDone, SdkError
from constellation.sdk.feed_streams import BookStream, CandleStream, NewestStream, Stream, TradeStream
from constellation.sdk.feed_views import Candle, MarketTrade, Ticker, TradeGap, ticker_of
from constellation.sdk.held import (
    AgentState,
    HoldState,
    appointed_agent,
    changed_lock,
    closed_hold,
    expiry,
    open_hold,
    opened_hold,
)
from constellation.sdk.held import agent as agent_of
from constellation.sdk.history_queries import Moment
from constellation.sdk.keys import Lock, LockName, RightName
from constellation.sdk.local_book import FeedBook
from constellation.sdk.market_feed import MarketFeed
from constellation.sdk.market_reads import PAGE_MAX, MarketReads
from constellation.sdk.markets import Catalogue, Market
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SideName
from constellation.sdk.options import ClientOptions, load_settings
from constellation.sdk.order_params import (
    OrderRequest,
    OrderType,
    change_of,
    hold_number,
    named,
    order_number,
    order_of,
    whole_seconds,
)
from constellation.sdk.orders_of import armed_order, open_order, past_order, placed_order
from constellation.sdk.own_state import OwnState
from constellation.sdk.past_of import (
    LEDGER_KINDS,
    accepted_withdrawal,
    deposit,
    follow_withdrawal,
    ledger_entries,
    ledger_entries_back,
)
from constellation.sdk.past_of import past_trade as trade_of_item
from constellation.sdk.receipts import Receipt
from constellation.sdk.refusals import OrderNotFound
from constellation.sdk.tracker import Gap
from constellation.sdk.unified import (
    Balances,
    Conversion,
    LedgerEntry,
    OrderState,
    OwnAccount,
    OwnTrade,
    Status,
    Transaction,
    Transfer,
)
from constellation.sdk.views import OrderBook

Wait = Literal["acknowledged", "final"]
"""Until what a method that changes something waits: alpha's verified word, or the auditors' certificate."""

PERIODS: Final = ("1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M")
"""The periods of candles."""

_BOOK_LEVELS_MAX: Final = 200  # that alpha shows
_FEED_DEPTHS: Final = (10, 25, 100, 500, 1000)
_CANCELLED_AT_ONCE: Final = 1_000
_NAMES_OF_ORDER: Final = ("clientOrderId", "client_order_id")
_LIMIT: Final = 100  # of what is fetched, where the program does not say
_LIMIT_MAX: Final = 10_000
_T = TypeVar("_T")


class Exchange:
    """One account at one constellation, or without a key its markets alone; used with ``async with``.

    A method that changes something returns when alpha's answer is verified, or with ``wait="final"`` when a quorum of
    auditors has signed it. Nonces and deadlines are set by themselves, from alpha's clock: this computer's may be
    wrong. A lost connection is opened again; requests without an answer are sent again as the same bytes, which are
    executed at most once; whatever is watched goes on.

    A symbol is ``BASE/QUOTE``. An asset is named by its code where only one listed asset has it, and always by
    ``CODE:ISSUER``; lumens are ``XLM``. Where a code is listed twice, the code alone is refused, and names that are
    handed out have the issuer.

    ``since`` is in milliseconds since 1970, as in ccxt. Without it, ``fetch_`` methods return the newest ``limit``
    items, with it the first ones from there on; always the oldest first.

    Args:
        url: of alpha's gateway, ``wss://…`` or ``ws://…``.
        settings: of the constellation at genesis, or the path of their JSON document.
        key_pair: the account's; None for market data alone.
        feed_url: of the market data, ``wss://data.example.org/v1/ws``: for ``watch_order_book``, ``watch_trades``,
            ``fetch_trades``, ``fetch_ticker``, ``fetch_ohlcv`` and the like.
        options: times and bounds.
        ssl: for encrypted addresses, with an own certificate authority.
        wait: what the methods wait for; ``params={"wait": …}`` of each call may say otherwise.
        after: number of the last effect that an earlier run has seen: ``watch_my_trades`` goes on there.
        account: ``G…`` or 32 bytes of the account that ``key_pair`` signs for, as in :class:`Client`.
        sub_account: the number of its sub-account that this exchange is for.

    Attributes:
        own: what is known of the account's orders, trades and balances.
    """

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
        self._wait = _checked_wait(wait)
        self._streams: dict[tuple[object, ...], Stream[Any]] = {}
        self._opening = asyncio.Lock()
        self._feed_is_open = False
        self._follower: asyncio.Task[None] | None = None
        self.own = OwnState(self._catalogue)

    # The connection.

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

    # Markets.

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

    # Orders.

    async def create_order(
        self,
        symbol: str,
        type: OrderType,
        side: SideName,
        amount: Number | None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> OrderState:
        """Place an order; the result has its id and what was filled at once.

        Args:
            symbol: such as ``XLM/USD``.
            type: ``limit`` or ``market``.
            side: ``buy`` or ``sell``.
            amount: of base, a multiple of the lot; text, int or Decimal; None of a market order with a ``cost``.
            price: of quote per base, a multiple of the tick; text, int or Decimal; None of a market order.
            params: ``timeInForce`` (``GTC``, ``IOC``, ``FOK`` or ``PO``), ``postOnly``, ``clientOrderId``,
                ``selfTradePrevention`` (see :meth:`Client.create_order`), ``expires_at_us`` (good till time), ``cost``
                (the budget of a market order that buys), ``wait``. An order waits for a price, armed and off the book,
                with one of ``stopLossPrice``, ``takeProfitPrice``, or ``triggerPrice`` with a ``triggerDirection``,
                ``above`` or ``below``; a market order that buys needs a ``cost`` then. Others are refused.

        Raises:
            InvalidRequest: an argument makes no sense; nothing was sent.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        order = order_of(OrderRequest(symbol, type, side, amount, price, others))
        receipt = await self.client.submit(order)
        await _settle([receipt], wait)
        return placed_order(self._catalogue, receipt)

    async def create_orders(
        self, orders: Sequence[OrderRequest | Mapping[str, Any]], params: Mapping[str, Any] | None = None
    ) -> tuple[OrderState, ...]:
        """Place up to 100 orders under one signature, one after the other, with nobody else's in between.

        Args:
            orders: as :class:`OrderRequest`, or as ccxt's dictionaries with the arguments of :meth:`create_order`.
            params: ``allOrNothing`` (the first order that breaks a rule has all of them refused), ``wait``.

        Returns:
            an order for each, in their order; the ``status`` of one that broke a rule is ``rejected``, and
            ``refusal`` says why.

        Raises:
            InvalidRequest: an argument makes no sense; nothing was sent.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        given = named(others, {"allOrNothing": "all_or_nothing", "all_or_nothing": "all_or_nothing"})
        requests = [order_of(_request(order)) for order in orders]
        receipts = await self.client.submit_batch(requests, all_or_nothing=bool(given.get("all_or_nothing")))
        await _settle(receipts, wait)
        return tuple(placed_order(self._catalogue, receipt) for receipt in receipts)

    async def edit_order(
        self,
        id: str | int | None,
        symbol: str,
        type: OrderType,
        side: SideName,
        amount: Number | None = None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> OrderState:
        """Change an open limit order at a stroke: nobody can be filled in between.

        Less of it at the same price, with no ``params`` of the new order, keeps its id and its place in the queue.
        Anything else is a new order: the result has another id, and it stands behind all others at its price; the old
        one is ``canceled``. It keeps the client order id and the time of the old one where ``params`` say nothing of
        the new order; where they say anything, it has what they say and nothing else.

        An order that waits for its trigger cannot be changed: cancel it, and create another one.

        Args:
            id: the order's.
            symbol: of its market.
            type: ``limit``.
            side: its side, which stays.
            amount: of base, that shall remain from now on, whatever was filled before.
            price: from now on.
            params: ``clientOrderId`` instead of the id; ``ifRemaining`` (refuse, ORDER_CHANGED, unless just so much
                remains); of the new order ``postOnly``, ``selfTradePrevention``, ``newClientOrderId`` and
                ``expires_at_us``; ``wait``.

        Raises:
            OrderNotFound: no such order is open.
            InvalidRequest: an argument makes no sense, or is not this order's; nothing was sent.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        names: dict[str, Any] = {name: others.pop(name) for name in _NAMES_OF_ORDER if name in others}
        reference = _reference(id, names)
        change = change_of(OrderRequest(symbol, type, side, amount, price, others), reference)
        known = self.own.open_order(reference) if isinstance(reference, str) else self.own.order(reference)
        if known is not None and (self.market(symbol).name, side) != (known.symbol, known.side):
            raise InvalidRequest(f"order {known.id} is to {known.side} {known.symbol}, which cannot be changed")
        receipt = await self.client.submit(change)
        await _settle([receipt], wait)
        return self._edited(receipt)

    def _edited(self, receipt: Receipt) -> OrderState:
        """The order that a receipt has put into another one's place, or the one that it has made smaller."""
        if any(isinstance(effect, OrderReplaced) for effect in receipt.effects):
            return placed_order(self._catalogue, receipt)
        (reduced,) = [effect for effect in receipt.effects if isinstance(effect, OrderReduced)]
        return self.own.order(reduced.order_id) or OrderState(str(reduced.order_id), remaining=reduced.remaining)

    async def cancel_order(
        self, id: str | int | None = None, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderState:
        """Take an open order off the book.

        Args:
            id: the order's.
            symbol: not needed.
            params: ``clientOrderId`` instead of the id; ``wait``.

        Raises:
            OrderNotFound: no such order is open.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        receipt = await self.client.cancel_order(_reference(id, others))
        await _settle([receipt], wait)
        (cancelled,) = self._cancelled(receipt)
        return cancelled

    async def cancel_orders(
        self, ids: Sequence[str | int], symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> tuple[OrderState, ...]:
        """Take up to 100 open orders off the books under one signature; those that are not open are ``rejected``.

        Raises:
            InvalidRequest: there are none, or more than 100; nothing was sent.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        named(others, {})
        numbers = [order_number(order_id) for order_id in ids]
        receipts = await self.client.submit_batch([Cancel(number) for number in numbers])
        await _settle(receipts, wait)
        found = []
        for number, receipt in zip(numbers, receipts, strict=True):
            if receipt.refusal is None:
                found += self._cancelled(receipt)
            else:
                found.append(OrderState(str(number), status="rejected", refusal=receipt.refusal))
        return tuple(found)

    async def cancel_all_orders(
        self, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> tuple[OrderState, ...]:
        """Take all open orders off the books, or those of one market; there may be none.

        Alpha cancels 1,000 in one request; more are asked for until there are no more.

        Raises:
            PartlyDone: some were cancelled, and then something went wrong.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        named(others, {})
        receipts: list[Receipt] = []
        while not receipts or len(_closings(receipts[-1])) == _CANCELLED_AT_ONCE:
            try:
                receipts.append(await self.client.cancel_all_orders(symbol))
            except OrderNotFound:
                break
            except SdkError as error:
                if not receipts:
                    raise
                raise PartlyDone(f"not all orders were cancelled: {error}", receipts) from error
        await _settle(receipts, wait)
        return tuple(order for receipt in receipts for order in self._cancelled(receipt))

    async def cancel_all_orders_after(self, timeout_ms: int, params: Mapping[str, Any] | None = None) -> int | None:
        """Have all open orders cancelled after this time unless it is called again before: a dead man's switch.

        Args:
            timeout_ms: in milliseconds, as in ccxt, from the time at which this is ordered; 0 takes it back. The
                exchange counts in seconds: what is not a whole number of them is refused, never rounded.
            params: ``wait``.

        Returns:
            when that will be, in milliseconds since 1970; None where it was taken back.

        Raises:
            InvalidRequest: it is no whole number of seconds; nothing was sent.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        receipt = await self._settled(params, lambda: self.client.cancel_all_after(whole_seconds(timeout_ms)))
        (scheduled,) = [effect for effect in receipt.effects if isinstance(effect, CancelAllScheduled)]
        return None if scheduled.due_us is None else scheduled.due_us // 1_000

    def _cancelled(self, receipt: Receipt) -> list[OrderState]:
        """The orders that a receipt closes, as far as they are known."""
        return [
            self.own.order(effect.order_id)
            or OrderState(str(effect.order_id), remaining=effect.remaining, status="canceled", reason=effect.reason)
            for effect in _closings(receipt)
        ]

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
        reference = _reference(id, dict(params or {}))
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
        return tuple(found[: _limit(limit, _LIMIT_MAX)])

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
            since=_since(since),
            newest_first=since is None,
            limit=_limit(limit),
            sub_account=sub_account,
        )
        found = [past_order(self._catalogue, order) async for order in past]
        return tuple(found if since is not None else reversed(found))

    async def iter_orders(
        self, symbol: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> AsyncIterator[OrderState]:
        """All orders of the history, the oldest first, page by page."""
        async for order in self.client.orders(market=symbol, since=_since(since), sub_account=sub_account):
            yield past_order(self._catalogue, order)

    # The account.

    async def fetch_accounts(self) -> tuple[OwnAccount, ...]:
        """The account and its open sub-accounts, by number; what ``sub_account=`` of reading methods takes.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        account = await self.client.account()
        subs = [OwnAccount(address, "subaccount", number) for number, address in account.sub_accounts.items()]
        return (OwnAccount(self.address, "main"), *subs)

    async def fetch_balance(self, *, sub_account: int | None = None) -> Balances:
        """What the account owns now, by asset; alpha's word, which ``exchange.client.prove_account`` has proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return Balances((await self.client.account(sub_account)).balances, self.client.clock_us)

    async def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[OwnTrade, ...]:
        """The fills of the account's orders, from the chronicler: final, not proven (``Client.history`` proves them).

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        past = self.client.history(
            kinds=("trade",),
            market=symbol,
            since=_since(since),
            newest_first=since is None,
            limit=_limit(limit),
            sub_account=sub_account,
        )
        found = [trade_of_item(self._catalogue, item) async for item in past]
        return tuple(found if since is not None else reversed(found))

    async def iter_my_trades(
        self, symbol: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> AsyncIterator[OwnTrade]:
        """All of them, the oldest first, page by page."""
        past = self.client.history(kinds=("trade",), market=symbol, since=_since(since), sub_account=sub_account)
        async for item in past:
            yield trade_of_item(self._catalogue, item)

    async def fetch_ledger(
        self,
        code: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[LedgerEntry, ...]:
        """The newest changes of what the account owns, or the first ones from ``since`` on; the oldest first.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        most = _limit(limit)
        if since is not None:
            return await _first(self.iter_ledger(code, since, sub_account=sub_account), most)
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        back = self.client.history(kinds=LEDGER_KINDS, newest_first=True, sub_account=sub_account)
        withdrawals = self.client.history(kinds=("withdrawal",), newest_first=True, sub_account=sub_account)
        newest = ledger_entries_back(self._catalogue, back, withdrawals)
        wanted = (entry async for entry in newest if name in (None, entry.currency))
        return (await _first(wanted, most))[::-1]

    async def iter_ledger(
        self, code: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> AsyncIterator[LedgerEntry]:
        """All changes of what the account owns, or of one asset of it, the oldest first, page by page."""
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        items = self.client.history(kinds=LEDGER_KINDS, since=_since(since), sub_account=sub_account)
        async for entry in ledger_entries(self._catalogue, items):
            if name in (None, entry.currency):
                yield entry

    async def fetch_deposits(
        self,
        code: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[Transaction, ...]:
        """What came from the Stellar ledger.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        past = self.client.history(
            kinds=("deposit",),
            asset=code,
            since=_since(since),
            newest_first=since is None,
            limit=_limit(limit),
            sub_account=sub_account,
        )
        address = self.address if sub_account is None else self.client.sub_account_address(sub_account)
        found = [deposit(address, item) async for item in past if isinstance(item.effect, DepositCredited)]
        return tuple(found if since is not None else reversed(found))

    async def fetch_withdrawals(
        self,
        code: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[Transaction, ...]:
        """What was asked to go to the Stellar ledger, and what became of it.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        most = _limit(limit)
        found: dict[int, Transaction] = {}
        past = self.client.history(kinds=("withdrawal",), since=_since(since), sub_account=sub_account)
        async for item in past:
            follow_withdrawal(found, item.effect, item.timestamp)
            if since is None and len(found) > _LIMIT_MAX:
                del found[next(iter(found))]
        known = [withdrawal for withdrawal in found.values() if name in (None, withdrawal.currency)]
        return tuple(known[:most] if since is not None else known[-most:])

    async def withdraw(
        self,
        code: str,
        amount: Number,
        address: str,
        tag: Memo = None,
        params: Mapping[str, Any] | None = None,
    ) -> Transaction:
        """Withdraw to a Stellar account; :meth:`fetch_withdrawals` says what became of it.

        Args:
            code: the asset.
            amount: text, int or Decimal.
            address: ``G…`` or ``M…``.
            tag: the memo: text of up to 28 bytes, or a number.
            params: ``create`` (the lumens create the destination), ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        create = bool(named(others, {"create": "create"}).get("create"))
        receipt = await self.client.withdraw(code, amount, address, tag, create=create)
        await _settle([receipt], wait)
        (effect,) = [effect for effect in receipt.effects if isinstance(effect, WithdrawalAccepted)]
        return replace(accepted_withdrawal(effect, receipt.timestamp), receipt=receipt)

    async def transfer(
        self, code: str, amount: Number, to_account: str | int, params: Mapping[str, Any] | None = None
    ) -> Transfer:
        """Pay another account of the constellation; with lumens, this can open it.

        ccxt's ``fromAccount`` is missing: it is always this account.

        Args:
            code: the asset.
            amount: text, int or Decimal.
            to_account: ``G…``, or the number of a sub-account of this account.
            params: ``memo`` (what the other one is told), ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        memo = named(others, {"memo": "memo"}).get("memo")
        address = self.client.sub_account_address(to_account) if isinstance(to_account, int) else to_account
        receipt = await self.client.pay(address, code, amount, memo)
        await _settle([receipt], wait)
        return self._transfers(receipt)[0]

    async def open_sub_account(self, number: int, amount: Number, params: Mapping[str, Any] | None = None) -> Transfer:
        """Open a sub-account with lumens of this account; with ``sub_account`` an exchange of its own acts for it.

        Args:
            number: from 1 to 16.
            amount: of lumens, at least the minimum balance.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        receipt = await self._settled(params, lambda: self.client.open_sub_account(number, amount))
        return self._transfers(receipt)[0]

    async def merge_sub_account(self, number: int, params: Mapping[str, Any] | None = None) -> tuple[Transfer, ...]:
        """Take all that a sub-account has back to this account, one transfer for each asset; it can be opened again.

        Args:
            number: of an open one, without open orders, withdrawals and holds.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._transfers(await self._settled(params, lambda: self.client.merge_sub_account(number)))

    async def pay_many(self, payments: Sequence[Pay], params: Mapping[str, Any] | None = None) -> tuple[Transfer, ...]:
        """Make up to 100 payments under one signature: all of them, or, where one breaks a rule, none.

        Args:
            payments: each to an account, of an asset, perhaps with a memo.
            params: ``wait``.

        Raises:
            ExchangeError: which one is refused, and why; nothing happened.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        named(others, {})
        for payment in payments:
            if not isinstance(payment, Pay):
                raise InvalidRequest(f"a {type(payment).__name__} is no payment")
        receipts = await self.client.pay_many(payments)
        await _settle(receipts, wait)
        return tuple(transfer for receipt in receipts for transfer in self._transfers(receipt))

    async def convert(
        self,
        from_code: str,
        to_code: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Conversion:
        """Change money of one asset into another one, at once, on one market or two.

        Args:
            from_code: the asset that is given.
            to_code: the asset that is bought.
            send_amount: up to so much is given, in whole lots; with ``receive_min``. Text, int or Decimal, as all.
            receive_min: it is refused when it would bring less.
            receive_amount: at least so much is bought, with as few lots as bring it; with ``send_max``.
            send_max: it is refused when it would cost more.
            params: ``path`` (the markets, where no market trades both assets), ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        path = named(others, {"path": "path"}).get("path")
        amounts = send_amount, receive_min, receive_amount, send_max
        return await self._convert(PayOnPath(self.client.address, from_code, to_code, *amounts, path), wait)

    async def pay_on_path(
        self,
        to_account: str,
        from_code: str,
        to_code: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Conversion:
        """Pay another account with one asset what arrives as another one; what is left over stays here.

        Args:
            to_account: ``G…``, of an open account.
            from_code: the asset that is given.
            to_code: the asset that arrives.
            send_amount: up to so much is given, in whole lots; with ``receive_min``. Text, int or Decimal, as all.
            receive_min: it is refused when less would arrive.
            receive_amount: just so much arrives; with ``send_max``.
            send_max: it is refused when it would cost more.
            params: ``path`` (the markets, where no market trades both assets), ``memo``, ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        given = named(others, {"path": "path", "memo": "memo"})
        amounts = send_amount, receive_min, receive_amount, send_max
        facts = to_account, from_code, to_code, *amounts, given.get("path"), given.get("memo")
        return await self._convert(PayOnPath(*facts), wait)

    async def _convert(self, payment: PayOnPath, wait: Wait) -> Conversion:
        receipt = await self.client.submit(payment)
        await _settle([receipt], wait)
        return conversion_of(self._catalogue, receipt)

    def _transfers(self, receipt: Receipt) -> tuple[Transfer, ...]:
        found, number = [], str(receipt.apex)
        for effect in receipt.effects:
            match effect:
                case PaymentSent():
                    ends = self.address, effect.destination
                case PaymentReceived():
                    ends = effect.source, self.address
                case _:
                    continue
            facts = effect.asset, effect.amount, ends[1], receipt.timestamp, effect.memo
            found.append(Transfer(number, *facts, receipt, ends[0]))
        return tuple(found)

    # Holds: money that is reserved for another account.

    async def open_hold(
        self,
        code: str,
        amount: Number,
        beneficiary: str,
        expires_at: Moment,
        params: Mapping[str, Any] | None = None,
    ) -> HoldState:
        """Reserve money for another account, which may take it, all or a part, until the hold lapses.

        Args:
            code: the asset.
            amount: text, int or Decimal.
            beneficiary: ``G…``; only it can end the hold before its time.
            expires_at: a datetime with its zone, or microseconds since 1970.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        expires_at_us = expiry(expires_at)
        receipt = await self._settled(params, lambda: self.client.open_hold(beneficiary, code, amount, expires_at_us))
        return opened_hold(receipt)

    async def capture_hold(self, id: str | int, amount: Number, params: Mapping[str, Any] | None = None) -> HoldState:
        """Take money of a hold for this account; what is left of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        number = hold_number(id)
        receipt = await self._settled(params, lambda: self.client.capture_hold(number, amount))
        return closed_hold(self.address, receipt)

    async def release_hold(self, id: str | int, params: Mapping[str, Any] | None = None) -> HoldState:
        """Give up a hold for this account: all of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        number = hold_number(id)
        return closed_hold(self.address, await self._settled(params, lambda: self.client.release_hold(number)))

    async def fetch_holds(self, code: str | None = None) -> tuple[HoldState, ...]:
        """The open holds of this account's money, the oldest first; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        holds = (await self.client.account()).holds
        return tuple(open_hold(self.address, hold) for hold in holds if name in (None, hold.asset))

    # Keys: agents, rotation, locks.

    async def appoint_agent(
        self,
        agent: str,
        rights: Sequence[RightName],
        expires_at: Moment,
        params: Mapping[str, Any] | None = None,
    ) -> AgentState:
        """Let another key sign for this account; again for the same key: with other rights and another expiry.

        Args:
            agent: ``G…``; it trades with ``Exchange(…, agent_key, account=exchange.address)``.
            rights: among ``trade`` (orders and cancels), ``pay`` and ``withdraw``.
            expires_at: a datetime with its zone, or microseconds since 1970: the last moment at which it may.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        receipt = await self._settled(params, lambda: self.client.appoint_agent(agent, rights, expires_at))
        return appointed_agent(receipt)

    async def dismiss_agent(self, agent: str, params: Mapping[str, Any] | None = None) -> Receipt:
        """Take all rights from an agent; its connections end.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._settled(params, lambda: self.client.dismiss_agent(agent))

    async def fetch_agents(self) -> tuple[AgentState, ...]:
        """Who else may sign for the account, by address, also who is known and has expired; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return tuple(agent_of(key) for key in (await self.client.account()).agents)

    async def rotate_key(self, new_key: KeyPair, params: Mapping[str, Any] | None = None) -> Receipt:
        """Make another key the owner's, and dismiss all agents; see :meth:`Client.rotate_key`.

        This exchange's key is worth nothing then: go on with ``Exchange(…, new_key, account=exchange.address)``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._settled(params, lambda: self.client.rotate_key(new_key))

    async def lock(
        self, locks: Sequence[LockName], until: Moment | None = None, params: Mapping[str, Any] | None = None
    ) -> Lock | None:
        """Lock what nobody can ask for then; it replaces the lock before, and cancels always work.

        Args:
            locks: among ``trading``, ``payments`` and ``withdrawals`` (and closing the account); none: unlock.
            until: a datetime with its zone, or microseconds since 1970. Before that the lock can only be made longer
                and wider, whoever has the key. Without it, the owner unlocks.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return changed_lock(await self._settled(params, lambda: self.client.lock(locks, until)))

    async def unlock(self, params: Mapping[str, Any] | None = None) -> None:
        """Unlock everything; refused, TIME_LOCKED, before the end of a lock that has one.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        await self._settled(params, lambda: self.client.lock([]))

    async def fetch_lock(self) -> Lock | None:
        """The account's lock, also where its end has passed; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return (await self.client.account()).lock

    async def _settled(self, params: Mapping[str, Any] | None, ask: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """The receipt of a request that takes no parameters but ``wait``, when what is waited for has come."""
        wait, others = self._wait_of(params)
        named(others, {})
        receipt = await ask()
        await _settle([receipt], wait)
        return receipt

    # Market data.

    async def fetch_order_book(self, symbol: str, limit: int = 20) -> OrderBook | FeedBook:
        """The best levels: with an account, alpha's at this moment (200 at most); else those of the last final batch.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        if self._client is not None and limit <= _BOOK_LEVELS_MAX:
            return await self._client.order_book(name, limit)
        return await self._market_reads.book(name, limit)

    async def fetch_trades(
        self, symbol: str, since: int | None = None, limit: int | None = None
    ) -> tuple[MarketTrade, ...]:
        """The fills of a market, the oldest first.

        With ``since`` it goes back to that time, page by page: of 10,000 trades at most, :meth:`iter_trades` has more.

        Raises:
            InvalidRequest: there are more trades since then.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name, most = self.market(symbol).name, _limit(limit)
        if since is None:
            return await self._market_reads.last_trades(name, min(most, PAGE_MAX))
        found: list[MarketTrade] = []
        async for trade in self.iter_trades(name):
            if microseconds(trade.time) < since * 1_000:
                break
            if len(found) == _LIMIT_MAX:
                raise InvalidRequest(f"{name} has more than {_LIMIT_MAX} trades since then: iter_trades() has them")
            found.append(trade)
        return tuple(found[::-1][:most])

    async def iter_trades(self, symbol: str) -> AsyncIterator[MarketTrade]:
        """All fills of a market, the newest first, page by page."""
        async for trade in self._market_reads.trades_back(self.market(symbol).name):
            yield trade

    async def fetch_ticker(self, symbol: str) -> Ticker:
        """A market's last 24 hours.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._market_reads.ticker(self.market(symbol).name)

    async def fetch_tickers(self, symbols: Sequence[str] | None = None) -> dict[str, Ticker]:
        """The same of several markets, or of all, by symbol.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        names = None if symbols is None else {self.market(symbol).name for symbol in symbols}
        tickers = await self._market_reads.tickers()
        return {ticker.market: ticker for ticker in tickers if names is None or ticker.market in names}

    async def fetch_ohlcv(
        self, symbol: str, timeframe: str = "1m", since: int | None = None, limit: int | None = None
    ) -> tuple[Candle, ...]:
        """A market's candles: from ``since`` on, or the last ones; the oldest first, 1,000 at most.

        Args:
            symbol: such as ``XLM/USD``.
            timeframe: one of ``PERIODS``.
            since: in milliseconds since 1970.
            limit: 100 by default.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        most = min(_limit(limit), PAGE_MAX)
        return await self._market_reads.candles(self.market(symbol).name, _checked_period(timeframe), since, most)

    async def fetch_time(self) -> int:
        """The exchange's clock in milliseconds since 1970: alpha's, or without an account that of the market data.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if self._client is not None:
            return self._client.clock_us // 1_000
        return await self._market_reads.timestamp_us() // 1_000

    async def fetch_status(self) -> Status:
        """Whether there is a connection to alpha now, or without an account, whether the market data answers.

        It says, too, how much alpha's operator lets clients do.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if self._client is None:
            return await self._market_reads.status()
        if not self._client.is_connected:
            return Status("error", self._client.clock_us)
        mode = self._client.mode
        if mode is None:
            return Status("ok", self._client.clock_us)
        return Status.of(mode.mode.name.lower(), mode.reason, self._client.clock_us)

    # Streams: each call waits for the next news; call them in loops.

    async def watch_order_book(self, symbol: str, limit: int = 25) -> FeedBook:
        """The book when it is different; who is slow gets the newest.

        Args:
            symbol: such as ``XLM/USD``.
            limit: levels of each side: 10, 25, 100, 500 or 1000.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if limit not in _FEED_DEPTHS:
            raise InvalidRequest(f"limit is one of {', '.join(map(str, _FEED_DEPTHS))}, not {limit!r}")
        name = self.market(symbol).name
        stream = BookStream({"channel": "book", "market": name, "depth": limit})
        return await (await self._stream(("book", name, limit), stream)).next()

    async def watch_status(self) -> Status:
        """The status when alpha's operator lets clients do more or less than before.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        await self.client.mode_changed()
        return await self.fetch_status()

    async def watch_trades(self, symbol: str) -> tuple[MarketTrade | TradeGap, ...]:
        """The fills since the last call, at least one, each once; a gap where some may be missing.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        stream = await self._stream(("trades", name), TradeStream({"channel": "trades", "market": name}))
        return await stream.all()

    async def watch_ticker(self, symbol: str) -> Ticker:
        """A market's last 24 hours when they are different.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        stream = NewestStream({"channel": "ticker", "market": name}, ticker_of)
        return await (await self._stream(("ticker", name), stream)).next()

    async def watch_ohlcv(self, symbol: str, timeframe: str = "1m") -> tuple[Candle, ...]:
        """The candles that are different since the last call: each closed one, and the open one as it is.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        stream = CandleStream({"channel": "candles", "market": name, "period": _checked_period(timeframe)})
        return await (await self._stream(("candles", name, timeframe), stream)).all()

    async def watch_orders(self, symbol: str | None = None) -> tuple[OrderState, ...]:
        """The own orders that have changed since the last call, each as it is now.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.changed_orders(None if symbol is None else self.market(symbol).name)

    async def watch_my_trades(self, symbol: str | None = None) -> tuple[OwnTrade, ...]:
        """The own fills since the last call, or since the exchange was opened, each once.

        Raises:
            EventsMissed: too many had been waiting, or alpha does not keep them any more; told once.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.new_trades(None if symbol is None else self.market(symbol).name)

    async def watch_withdrawals(self) -> tuple[Transaction, ...]:
        """The withdrawals that have changed since the last call, each as it is now.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.changed_withdrawals()

    async def watch_balance(self) -> Balances:
        """What the account owns, when it is different.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.new_balances()

    def _check_followed(self) -> None:
        if self._follower is None:
            raise ConnectionClosed(None, f"{self.address} is not followed yet: use async with, or open()")

    async def _stream(self, key: tuple[object, ...], new: Stream[_T]) -> Stream[_T]:
        """The stream that is followed under this key; a new one where there is none yet."""
        async with self._opening:
            if not self._feed_is_open:
                await self.feed.open()
                self._feed_is_open = True
        known = self._streams.get(key)
        if known is not None and known.error is None:
            return known
        self.feed.follow(new)
        self._streams[key] = new
        return new

    def _wait_of(self, params: Mapping[str, Any] | None) -> tuple[Wait, dict[str, Any]]:
        """What to wait for, and the other parameters."""
        if params is not None and not isinstance(params, Mapping):
            raise InvalidRequest(f"params is a dictionary, not {type(params).__name__}")
        others = dict(params or {})
        return _checked_wait(others.pop("wait", self._wait)), others


async def _settle(receipts: Sequence[Receipt], wait: Wait) -> None:
    """Wait for the certificates, if that is wanted.

    Raises:
        NotFinal: acknowledged, but not certified in time, or the client was closed before.
        VerificationFailed: something else was certified.
    """
    if wait == "acknowledged":
        return
    for receipt in receipts:
        try:
            await receipt.final()
        except (NotFinal, ConnectionClosed) as error:
            pending = NotFinal(f"quantum {receipt.apex} is acknowledged, but not final: {error}")
            pending.receipt = receipt
            raise pending from error


def _checked_wait(wait: Any) -> Wait:
    if wait not in ("acknowledged", "final"):
        raise InvalidRequest(f"wait is acknowledged or final, not {wait!r}")
    return wait  # type: ignore[no-any-return]


def _checked_period(timeframe: str) -> str:
    if timeframe not in PERIODS:
        raise InvalidRequest(f"timeframe is one of {', '.join(PERIODS)}, not {timeframe!r}")
    return timeframe


def _limit(limit: int | None, default: int = _LIMIT) -> int:
    if limit is None:
        return default
    if isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= _LIMIT_MAX:
        raise InvalidRequest(f"limit is from 1 to {_LIMIT_MAX}, not {limit!r}: the iter_ methods have everything")
    return limit


def _since(since: int | None) -> int | None:
    if since is None:
        return None
    if isinstance(since, bool) or not isinstance(since, int):
        raise InvalidRequest(f"since is in milliseconds since 1970, a whole number, not {since!r}")
    return since * 1_000


def _request(order: OrderRequest | Mapping[str, Any]) -> OrderRequest:
    if isinstance(order, OrderRequest):
        return order
    try:
        return OrderRequest(**order)
    except TypeError as error:
        raise InvalidRequest(f"an order has symbol, type, side, amount, price and params: {error}") from None


def _reference(order_id: str | int | None, params: dict[str, Any]) -> str | int:
    """The order's number, or the name that ``clientOrderId`` gives."""
    given = named(params, {"clientOrderId": "name", "client_order_id": "name"})
    if "name" in given:
        return str(given["name"])
    if order_id is None:
        raise InvalidRequest("which order? Give its id, or params={'clientOrderId': …}")
    return order_number(order_id)


def _is_same(known: OrderState, now: OrderState) -> bool:
    """Whether an order that is followed here is as alpha has it now, and more is known of it here."""
    return known.type is not None and (known.remaining, known.armed) == (now.remaining, now.armed)


def _closings(receipt: Receipt) -> list[OrderClosed]:
    return [effect for effect in receipt.effects if isinstance(effect, OrderClosed)]


async def _first(items: AsyncIterator[_T], most: int) -> tuple[_T, ...]:
    found: list[_T] = []
    async for item in items:
        found.append(item)
        if len(found) == most:
            break
    return tuple(found)
