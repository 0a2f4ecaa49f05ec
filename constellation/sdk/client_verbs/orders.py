"""Placing, replacing and cancelling orders."""

from constellation.sdk import operations
from constellation.sdk.batch import MarketOrder, Order, Replace
from constellation.sdk.client_verbs.requests import RequestVerbs
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SelfTradePreventionName, SideName, TimeInForceName, TriggerName
from constellation.sdk.receipts import Receipt


class OrderVerbs(RequestVerbs):
    """Placing, replacing and cancelling orders."""

    async def create_order(
        self,
        market: str,
        side: SideName,
        price: Number,
        amount: Number,
        time_in_force: TimeInForceName = "GTC",
        *,
        post_only: bool = False,
        self_trade_prevention: SelfTradePreventionName = "cancel_newest",
        client_order_id: str | None = None,
        expires_at_us: int | None = None,
        trigger: TriggerName | None = None,
        trigger_price: Number | None = None,
    ) -> Receipt:
        """Place a limit order, or arm it; the receipt has its id and its first fills.

        Args:
            market: such as ``XLM/USD``.
            side: ``buy`` or ``sell``.
            price: of quote per base, a multiple of the tick.
            amount: of base, a multiple of the lot.
            time_in_force: ``GTC`` rests what is not filled, ``IOC`` cancels it, ``FOK`` refuses the order unless all of
                it can be filled at once.
            post_only: refuse the order if any of it would be filled at once.
            self_trade_prevention: what happens where it meets an order of this account: ``cancel_newest``,
                ``cancel_oldest``, ``cancel_both``, or ``decrement`` both by the smaller of the two.
            client_order_id: an own name of up to 36 characters, unique among the account's open orders.
            expires_at_us: when it is closed, if it is still open, in microseconds since 1970 (good till time).
            trigger: ``stop`` or ``take_profit``: the order waits until the last price gets to ``trigger_price``: from
                below for a stop that buys or a take-profit that sells, else from above.
            trigger_price: what it waits for.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        order = Order(
            market,
            side,
            price,
            amount,
            time_in_force,
            post_only,
            self_trade_prevention,
            client_order_id,
            expires_at_us,
            trigger,
            trigger_price,
        )
        return await self.submit(order)

    async def create_market_order(
        self,
        market: str,
        side: SideName,
        amount: Number | None = None,
        budget: Number | None = None,
        *,
        self_trade_prevention: SelfTradePreventionName = "cancel_newest",
        client_order_id: str | None = None,
        expires_at_us: int | None = None,
        trigger: TriggerName | None = None,
        trigger_price: Number | None = None,
    ) -> Receipt:
        """Buy or sell at once, or when it is triggered, as far as the book and the market's price band go.

        Args:
            market: such as ``XLM/USD``.
            side: ``buy`` or ``sell``.
            amount: of base, a multiple of the lot.
            budget: of quote, in its place: buy for at most so much.
            self_trade_prevention: as for a limit order.
            client_order_id: as for a limit order.
            expires_at_us: until when it waits for its trigger, in microseconds since 1970.
            trigger: as for a limit order; a buy that waits has a budget.
            trigger_price: as for a limit order.

        Raises:
            ExchangeError: WOULD_NOT_FILL: there is nothing to meet.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        facts = self_trade_prevention, client_order_id, expires_at_us, trigger, trigger_price
        order = MarketOrder(market, side, amount, budget, *facts)
        return await self.submit(order)

    async def replace_order(
        self,
        market: str,
        order_id: int | str,
        price: Number,
        amount: Number,
        *,
        if_remaining: Number | None = None,
        post_only: bool | None = None,
        self_trade_prevention: SelfTradePreventionName | None = None,
        client_order_id: str | None = None,
        expires_at_us: int | None = None,
    ) -> Receipt:
        """Change an open order at a stroke: nobody can be filled in between.

        Less of it at the same price, and nothing said beside, keeps its id and its place in the queue. Anything else is
        a new order with an id of its own, behind all others at its price; where nothing is said beside, it keeps its
        client order id and its time.

        Args:
            market: of the order.
            order_id: its id, or its client order id.
            price: from now on.
            amount: that shall remain.
            if_remaining: refuse, ORDER_CHANGED, unless just so much remains now.
            post_only: refuse a new order if any of it would be filled at once.
            self_trade_prevention: as for a limit order.
            client_order_id: of a new order.
            expires_at_us: of a new order.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        said = if_remaining, post_only, self_trade_prevention, client_order_id, expires_at_us
        change = Replace(market, order_id, price, amount, *said)
        return await self.submit(change)

    async def cancel_order(self, order_id: int | str) -> Receipt:
        """Take an open order off the book, by its id or by its client order id.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.cancel_order(order_id))

    async def cancel_all_orders(self, market: str | None = None) -> Receipt:
        """Take all open orders off the books, or those of one market, the oldest first; 1,000 at most in one call.

        Raises:
            ExchangeError: ORDER_NOT_FOUND: there is none.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.cancel_all_orders(self._catalogue, market))

    async def cancel_all_after(self, timeout_s: int) -> Receipt:
        """Have all open orders cancelled after this time unless it is put off before: a dead man's switch.

        Args:
            timeout_s: from the time at which this is ordered; 0 takes it back.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.cancel_all_after(timeout_s))
