"""Placing, changing, cancelling and looking up orders."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from constellation.sdk.batch import Cancel
from constellation.sdk.effects import CancelAllScheduled, OrderClosed, OrderReduced, OrderReplaced
from constellation.sdk.errors import InvalidRequest, PartlyDone, SdkError
from constellation.sdk.exchange_verbs.arguments import reference_of, request_of, settle
from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SideName
from constellation.sdk.order_params import (
    OrderRequest,
    OrderType,
    change_of,
    named,
    order_number,
    order_of,
    whole_seconds,
)
from constellation.sdk.orders_of import placed_order
from constellation.sdk.receipts import Receipt
from constellation.sdk.refusals import OrderNotFound
from constellation.sdk.unified import OrderState

_CANCELLED_AT_ONCE: Final = 1_000
_NAMES_OF_ORDER: Final = ("clientOrderId", "client_order_id")


class OrderVerbs(ExchangeBase):
    """Placing, changing, cancelling and looking up orders."""

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
        await settle([receipt], wait)
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
        requests = [order_of(request_of(order)) for order in orders]
        receipts = await self.client.submit_batch(requests, all_or_nothing=bool(given.get("all_or_nothing")))
        await settle(receipts, wait)
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
        reference = reference_of(id, names)
        change = change_of(OrderRequest(symbol, type, side, amount, price, others), reference)
        known = self.own.open_order(reference) if isinstance(reference, str) else self.own.order(reference)
        if known is not None and (self.market(symbol).name, side) != (known.symbol, known.side):
            raise InvalidRequest(f"order {known.id} is to {known.side} {known.symbol}, which cannot be changed")
        receipt = await self.client.submit(change)
        await settle([receipt], wait)
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
        receipt = await self.client.cancel_order(reference_of(id, others))
        await settle([receipt], wait)
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
        await settle(receipts, wait)
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
        await settle(receipts, wait)
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


def _closings(receipt: Receipt) -> list[OrderClosed]:
    return [effect for effect in receipt.effects if isinstance(effect, OrderClosed)]
