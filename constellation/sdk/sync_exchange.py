"""The exchange for programs without an event loop: the same verbs, each waiting for its answer.

Generated from constellation/sdk/exchange_verbs by tools/sync_face.py; do not edit.
"""

import weakref
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from os import PathLike
from ssl import SSLContext
from typing import Any, Self, TypeVar

from constellation.protocol.messages import Memo, Settings
from constellation.protocol.signing import KeyPair
from constellation.sdk.background import Background
from constellation.sdk.batch import Pay
from constellation.sdk.client import Client
from constellation.sdk.exchange import Exchange
from constellation.sdk.exchange_verbs.arguments import Wait
from constellation.sdk.feed_views import Candle, MarketTrade, Ticker, TradeGap
from constellation.sdk.held import AgentState, HoldState
from constellation.sdk.history_queries import Moment
from constellation.sdk.keys import Lock, LockName, RightName
from constellation.sdk.local_book import FeedBook
from constellation.sdk.market_feed import MarketFeed
from constellation.sdk.markets import Market
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SideName
from constellation.sdk.options import ClientOptions
from constellation.sdk.order_params import OrderRequest, OrderType
from constellation.sdk.receipts import Receipt
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

_T = TypeVar("_T")


class SyncExchange:
    """What :class:`constellation.sdk.Exchange` is, for scripts, notebooks and threads; the arguments are the same.

    ::

        with SyncExchange("wss://alpha.example.org", "settings.json", key_pair) as exchange:
            order = exchange.create_order("XLM/USD", "limit", "buy", "100", "0.25")

    One background thread runs the connection. It ends with :meth:`close`, with the ``with`` block, and at the end of
    the program. Methods may be called from several threads at once, and from within a running event loop.
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
        self._exchange = Exchange(
            url,
            settings,
            key_pair,
            feed_url=feed_url,
            options=options,
            ssl=ssl,
            wait=wait,
            after=after,
            account=account,
            sub_account=sub_account,
        )
        self._background = Background()
        self._finalizer = weakref.finalize(self, _end, self._exchange, self._background)

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections and the thread; may be called again."""
        self._finalizer()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Wait for a coroutine of :attr:`client`, of :attr:`feed` or of a receipt, such as ``receipt.final()``.

        Raises:
            ConnectionClosed: the exchange was closed.
        """
        return self._background.run(coroutine)

    def open(self) -> None:
        """Connect to alpha, if there is an account; market data connects when it is first watched.

        Raises:
            ConnectionClosed: it cannot be reached, or closed with a reason.
            VerificationFailed: it is not this constellation's alpha.
        """
        self._background.run(self._exchange.open())

    @property
    def client(self) -> Client:
        """The client underneath, for what has no verb here.

        Raises:
            InvalidRequest: there is no account.
        """
        return self._exchange.client

    @property
    def feed(self) -> MarketFeed:
        """The market data underneath.

        Raises:
            InvalidRequest: there is none.
        """
        return self._exchange.feed

    @property
    def address(self) -> str:
        """The account, ``G…``.

        Raises:
            InvalidRequest: there is no account.
        """
        return self._exchange.address

    def load_markets(self, reload: bool = False) -> dict[str, Market]:
        """The listed markets by symbol.

        Args:
            reload: ask alpha for the settings in force and their proof; it tells of changes by itself, too.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.load_markets(reload))

    @property
    def markets(self) -> dict[str, Market]:
        """The same, as far as it is known."""
        return self._exchange.markets

    def market(self, symbol: str) -> Market:
        """The rules of a market, with ``round_price`` and ``round_amount``.

        Raises:
            InvalidRequest: it is not listed.
        """
        return self._exchange.market(symbol)

    def create_order(
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
        return self._background.run(self._exchange.create_order(symbol, type, side, amount, price, params))

    def create_orders(
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
        return self._background.run(self._exchange.create_orders(orders, params))

    def edit_order(
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
        return self._background.run(self._exchange.edit_order(id, symbol, type, side, amount, price, params))

    def cancel_order(
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
        return self._background.run(self._exchange.cancel_order(id, symbol, params))

    def cancel_orders(
        self, ids: Sequence[str | int], symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> tuple[OrderState, ...]:
        """Take up to 100 open orders off the books under one signature; those that are not open are ``rejected``.

        Raises:
            InvalidRequest: there are none, or more than 100; nothing was sent.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.cancel_orders(ids, symbol, params))

    def cancel_all_orders(
        self, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> tuple[OrderState, ...]:
        """Take all open orders off the books, or those of one market; there may be none.

        Alpha cancels 1,000 in one request; more are asked for until there are no more.

        Raises:
            PartlyDone: some were cancelled, and then something went wrong.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.cancel_all_orders(symbol, params))

    def cancel_all_orders_after(self, timeout_ms: int, params: Mapping[str, Any] | None = None) -> int | None:
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
        return self._background.run(self._exchange.cancel_all_orders_after(timeout_ms, params))

    def fetch_order(
        self, id: str | int, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderState:
        """An order of the account, open or closed, by its id, or with ``clientOrderId`` among the open ones by name.

        What happened in this client's life is known here; earlier orders come from alpha's chronicler, when they are
        final.

        Raises:
            OrderNotFound: the account has no such order, or nobody here knows of it.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_order(id, symbol, params))

    def fetch_open_orders(
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
        return self._background.run(self._exchange.fetch_open_orders(symbol, since, limit, sub_account=sub_account))

    def fetch_closed_orders(
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
        return self._background.run(self._exchange.fetch_closed_orders(symbol, since, limit, sub_account=sub_account))

    def fetch_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[OrderState, ...]:
        """The same of all orders, open ones too."""
        return self._background.run(self._exchange.fetch_orders(symbol, since, limit, sub_account=sub_account))

    def iter_orders(
        self, symbol: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> Iterator[OrderState]:
        """All orders of the history, the oldest first, page by page."""
        return self._background.iterate(self._exchange.iter_orders(symbol, since, sub_account=sub_account))

    def fetch_accounts(self) -> tuple[OwnAccount, ...]:
        """The account and its open sub-accounts, by number; what ``sub_account=`` of reading methods takes.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_accounts())

    def fetch_balance(self, *, sub_account: int | None = None) -> Balances:
        """What the account owns now, by asset; alpha's word, which ``exchange.client.prove_account`` has proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_balance(sub_account=sub_account))

    def fetch_my_trades(
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
        return self._background.run(self._exchange.fetch_my_trades(symbol, since, limit, sub_account=sub_account))

    def iter_my_trades(
        self, symbol: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> Iterator[OwnTrade]:
        """All of them, the oldest first, page by page."""
        return self._background.iterate(self._exchange.iter_my_trades(symbol, since, sub_account=sub_account))

    def fetch_ledger(
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
        return self._background.run(self._exchange.fetch_ledger(code, since, limit, sub_account=sub_account))

    def iter_ledger(
        self, code: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> Iterator[LedgerEntry]:
        """All changes of what the account owns, or of one asset of it, the oldest first, page by page."""
        return self._background.iterate(self._exchange.iter_ledger(code, since, sub_account=sub_account))

    def fetch_deposits(
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
        return self._background.run(self._exchange.fetch_deposits(code, since, limit, sub_account=sub_account))

    def fetch_withdrawals(
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
        return self._background.run(self._exchange.fetch_withdrawals(code, since, limit, sub_account=sub_account))

    def withdraw(
        self, code: str, amount: Number, address: str, tag: Memo = None, params: Mapping[str, Any] | None = None
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
        return self._background.run(self._exchange.withdraw(code, amount, address, tag, params))

    def transfer(
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
        return self._background.run(self._exchange.transfer(code, amount, to_account, params))

    def open_sub_account(self, number: int, amount: Number, params: Mapping[str, Any] | None = None) -> Transfer:
        """Open a sub-account with lumens of this account; with ``sub_account`` an exchange of its own acts for it.

        Args:
            number: from 1 to 16.
            amount: of lumens, at least the minimum balance.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.open_sub_account(number, amount, params))

    def merge_sub_account(self, number: int, params: Mapping[str, Any] | None = None) -> tuple[Transfer, ...]:
        """Take all that a sub-account has back to this account, one transfer for each asset; it can be opened again.

        Args:
            number: of an open one, without open orders, withdrawals and holds.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.merge_sub_account(number, params))

    def pay_many(self, payments: Sequence[Pay], params: Mapping[str, Any] | None = None) -> tuple[Transfer, ...]:
        """Make up to 100 payments under one signature: all of them, or, where one breaks a rule, none.

        Args:
            payments: each to an account, of an asset, perhaps with a memo.
            params: ``wait``.

        Raises:
            ExchangeError: which one is refused, and why; nothing happened.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.pay_many(payments, params))

    def convert(
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
        return self._background.run(
            self._exchange.convert(
                from_code,
                to_code,
                send_amount=send_amount,
                receive_min=receive_min,
                receive_amount=receive_amount,
                send_max=send_max,
                params=params,
            )
        )

    def pay_on_path(
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
        return self._background.run(
            self._exchange.pay_on_path(
                to_account,
                from_code,
                to_code,
                send_amount=send_amount,
                receive_min=receive_min,
                receive_amount=receive_amount,
                send_max=send_max,
                params=params,
            )
        )

    def open_hold(
        self, code: str, amount: Number, beneficiary: str, expires_at: Moment, params: Mapping[str, Any] | None = None
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
        return self._background.run(self._exchange.open_hold(code, amount, beneficiary, expires_at, params))

    def capture_hold(self, id: str | int, amount: Number, params: Mapping[str, Any] | None = None) -> HoldState:
        """Take money of a hold for this account; what is left of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.capture_hold(id, amount, params))

    def release_hold(self, id: str | int, params: Mapping[str, Any] | None = None) -> HoldState:
        """Give up a hold for this account: all of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.release_hold(id, params))

    def fetch_holds(self, code: str | None = None) -> tuple[HoldState, ...]:
        """The open holds of this account's money, the oldest first; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_holds(code))

    def appoint_agent(
        self, agent: str, rights: Sequence[RightName], expires_at: Moment, params: Mapping[str, Any] | None = None
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
        return self._background.run(self._exchange.appoint_agent(agent, rights, expires_at, params))

    def dismiss_agent(self, agent: str, params: Mapping[str, Any] | None = None) -> Receipt:
        """Take all rights from an agent; its connections end.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.dismiss_agent(agent, params))

    def fetch_agents(self) -> tuple[AgentState, ...]:
        """Who else may sign for the account, by address, also who is known and has expired; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_agents())

    def rotate_key(self, new_key: KeyPair, params: Mapping[str, Any] | None = None) -> Receipt:
        """Make another key the owner's, and dismiss all agents; see :meth:`Client.rotate_key`.

        This exchange's key is worth nothing then: go on with ``Exchange(…, new_key, account=exchange.address)``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.rotate_key(new_key, params))

    def lock(
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
        return self._background.run(self._exchange.lock(locks, until, params))

    def unlock(self, params: Mapping[str, Any] | None = None) -> None:
        """Unlock everything; refused, TIME_LOCKED, before the end of a lock that has one.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._background.run(self._exchange.unlock(params))

    def fetch_lock(self) -> Lock | None:
        """The account's lock, also where its end has passed; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_lock())

    def fetch_order_book(self, symbol: str, limit: int = 20) -> OrderBook | FeedBook:
        """The best levels: with an account, alpha's at this moment (200 at most); else those of the last final batch.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_order_book(symbol, limit))

    def fetch_trades(self, symbol: str, since: int | None = None, limit: int | None = None) -> tuple[MarketTrade, ...]:
        """The fills of a market, the oldest first.

        With ``since`` it goes back to that time, page by page: of 10,000 trades at most, :meth:`iter_trades` has more.

        Raises:
            InvalidRequest: there are more trades since then.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_trades(symbol, since, limit))

    def iter_trades(self, symbol: str) -> Iterator[MarketTrade]:
        """All fills of a market, the newest first, page by page."""
        return self._background.iterate(self._exchange.iter_trades(symbol))

    def fetch_ticker(self, symbol: str) -> Ticker:
        """A market's last 24 hours.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_ticker(symbol))

    def fetch_tickers(self, symbols: Sequence[str] | None = None) -> dict[str, Ticker]:
        """The same of several markets, or of all, by symbol.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_tickers(symbols))

    def fetch_ohlcv(
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
        return self._background.run(self._exchange.fetch_ohlcv(symbol, timeframe, since, limit))

    def fetch_time(self) -> int:
        """The exchange's clock in milliseconds since 1970: alpha's, or without an account that of the market data.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_time())

    def fetch_status(self) -> Status:
        """Whether there is a connection to alpha now, or without an account, whether the market data answers.

        It says, too, how much alpha's operator lets clients do.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.fetch_status())

    def watch_order_book(self, symbol: str, limit: int = 25) -> FeedBook:
        """The book when it is different; who is slow gets the newest.

        Args:
            symbol: such as ``XLM/USD``.
            limit: levels of each side: 10, 25, 100, 500 or 1000.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_order_book(symbol, limit))

    def watch_status(self) -> Status:
        """The status when alpha's operator lets clients do more or less than before.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_status())

    def watch_trades(self, symbol: str) -> tuple[MarketTrade | TradeGap, ...]:
        """The fills since the last call, at least one, each once; a gap where some may be missing.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_trades(symbol))

    def watch_ticker(self, symbol: str) -> Ticker:
        """A market's last 24 hours when they are different.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_ticker(symbol))

    def watch_ohlcv(self, symbol: str, timeframe: str = "1m") -> tuple[Candle, ...]:
        """The candles that are different since the last call: each closed one, and the open one as it is.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_ohlcv(symbol, timeframe))

    def watch_orders(self, symbol: str | None = None) -> tuple[OrderState, ...]:
        """The own orders that have changed since the last call, each as it is now.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_orders(symbol))

    def watch_my_trades(self, symbol: str | None = None) -> tuple[OwnTrade, ...]:
        """The own fills since the last call, or since the exchange was opened, each once.

        Raises:
            EventsMissed: too many had been waiting, or alpha does not keep them any more; told once.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_my_trades(symbol))

    def watch_withdrawals(self) -> tuple[Transaction, ...]:
        """The withdrawals that have changed since the last call, each as it is now.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_withdrawals())

    def watch_balance(self) -> Balances:
        """What the account owns, when it is different.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._background.run(self._exchange.watch_balance())


def _end(exchange: Exchange, background: Background) -> None:
    background.stop(exchange.close())
