"""What a simulated trader asks for: orders, batches, payments, withdrawals and holds."""

import time
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Final

from constellation.protocol.amounts import format_amount
from constellation.protocol.strkey import encode_public_key
from constellation.sdk import (
    BatchOperation,
    Cancel,
    CancelAll,
    CancelAllAfter,
    Client,
    Hold,
    HoldOpened,
    MarketOrder,
    Order,
    Pay,
    PayOnPath,
    Replace,
)
from constellation.sdk.operations import SelfTradePreventionName, SideName, TimeInForceName, TriggerName
from constellation.sdk.receipts import Event, Receipt
from constellation.testing.world import ONE

_HOLDS_KNOWN_MAX: Final = 20
_MARKET: Final = "XLM/USD"
_NAMES: Final = 5  # so few that some are taken
_PREVENTIONS: Final[tuple[SelfTradePreventionName, ...]] = (
    "cancel_newest",
    "cancel_oldest",
    "cancel_both",
    "decrement",
)


class Trading:
    """Draws operations.

    Args:
        account: its key.
        destination: to whom it withdraws.
        others: whom it pays.
        random: decides.
    """

    def __init__(self, account: bytes, destination: bytes, others: Sequence[bytes], random: Random) -> None:
        self._account = account
        self._destination = destination
        self._others = others
        self._random = random
        self._mid = 2500
        self._holds: list[int] = []

    def note(self, event: Event) -> None:
        """Something was told: others may have reserved money for the account."""
        own = encode_public_key(self._account)
        opened = [effect for effect in event.effects if isinstance(effect, HoldOpened) and effect.beneficiary == own]
        self._holds = [*self._holds, *(effect.hold_id for effect in opened)][-_HOLDS_KNOWN_MAX:]

    async def operate(self, client: Client) -> Sequence[Receipt]:
        """Ask for anything."""
        chance = self._random.random()
        if chance < 0.35:
            return [await self.order(client)]
        if chance < 0.45:
            return [await self._rarer(client)]
        if chance < 0.55:
            return await self._batch(client)
        if chance < 0.75:
            cancel = await self._cancel(client)
            return [] if cancel is None else [await client.cancel_order(cancel)]
        return [await (self.pay(client) if chance < 0.95 else self.withdraw(client))]

    async def order(self, client: Client) -> Receipt:
        """Place a limit order, a plain one or with instructions."""
        market, side, price, amount, time_in_force = self._order(client)
        rests = time_in_force == "GTC"
        return await client.create_order(
            market,
            side,
            price,
            amount,
            time_in_force,
            post_only=rests and self._random.random() < 0.1,
            self_trade_prevention=self._random.choice(_PREVENTIONS),
            client_order_id=self._name() if self._random.random() < 0.3 else None,
            expires_at_us=self._expiry() if rests else None,
        )

    async def pay(self, client: Client) -> Receipt:
        """Pay another trader."""
        return await client.pay(*self._pay())

    async def pay_least(self, client: Client) -> Receipt:
        """Show that a payment gets through."""
        return await client.pay(self._others[0], "XLM", "0.0000001")

    def _name(self) -> str:
        return f"order-{self._random.randint(1, _NAMES)}"

    def _expiry(self) -> int | None:
        """A time of its own that an order has now and then."""
        if self._random.random() < 0.7:
            return None
        return time.time_ns() // 1000 + self._random.choice((100_000, 2_000_000, 20_000_000))

    async def _rarer(self, client: Client) -> Receipt:
        """A market order, an order that is changed, or the time at which all are cancelled."""
        market, side, price, amount, _ = self._order(client)
        chance = self._random.random()
        budget = format_amount(self._random.randint(1, ONE))
        if chance < 0.3:
            prevention = self._random.choice(_PREVENTIONS)
            return await client.create_market_order(market, side, amount, self_trade_prevention=prevention)
        if chance < 0.46:
            return await client.create_market_order(market, "buy", budget=budget)
        if chance < 0.5:
            return await client.create_market_order(
                market, "buy", budget=budget, trigger="stop", trigger_price=price, client_order_id=self._name()
            )
        if chance < 0.6:
            return await self._hold(client)
        if chance < 0.64:
            return await client.pay_on_path(*self._path(), send_amount=amount, receive_min="0.0000001")
        if chance < 0.67:
            return await client.pay_on_path(*self._path(), receive_amount="0.5", send_max=amount, memo="on a path")
        if chance < 0.72:
            return await client.cancel_all_after(self._random.choice((0, 1, 5, 30)))
        if chance < 0.75:
            return await client.cancel_all_orders(self._random.choice((None, market)))
        if chance < 0.77:
            return await client.cancel_order(self._name())
        if chance < 0.82:
            trigger: TriggerName = self._random.choice(("stop", "take_profit"))
            return await client.create_order(
                market, side, price, amount, expires_at_us=self._expiry(), trigger=trigger, trigger_price=price
            )
        order = await self._cancel(client)
        if order is None:
            return await client.create_order(market, side, price, amount, post_only=True)
        return await client.replace_order(market, order, price, amount)

    async def _hold(self, client: Client) -> Receipt:
        """Money that is reserved for another one, or what becomes of what others have reserved."""
        asset, amount = self._random.choice(("XLM", "USD")), format_amount(self._random.randint(1, ONE))
        if not self._holds or self._random.random() < 0.5:
            expires_at_us = time.time_ns() // 1000 + self._random.choice((100_000, 5_000_000, 60_000_000))
            return await client.open_hold(self._random.choice(self._others), asset, amount, expires_at_us)
        hold = self._holds.pop()
        if self._random.random() < 0.3:
            return await client.release_hold(hold)
        return await client.capture_hold(hold, "0.0000001")

    async def _batch(self, client: Client) -> Sequence[Receipt]:
        operations: list[BatchOperation] = [
            Order(*self._order(client)) if self._random.random() < 0.7 else Pay(*self._pay())
            for _ in range(self._random.choice((1, 2, 5, 20)))
        ]
        if self._random.random() < 0.3:
            market, side, price, amount, _ = self._order(client)
            operations += [
                self._random.choice(
                    (
                        MarketOrder(market, side, amount),
                        Replace(market, self._name(), price, amount),
                        CancelAll(market),
                        CancelAllAfter(30),
                        PayOnPath(*self._path(), send_amount=amount, receive_min="0.0000001"),
                        Hold(self._random.choice(self._others), "XLM", amount, time.time_ns() // 1000 + 5_000_000),
                    )
                )
            ]
        cancel = await self._cancel(client)
        if cancel is not None:
            operations.insert(0, Cancel(cancel))
        return await client.submit_batch(operations, all_or_nothing=self._random.random() < 0.3)

    def _order(self, client: Client) -> tuple[str, SideName, Decimal, str, TimeInForceName]:
        self._mid = max(2000, min(3000, self._mid + self._random.randint(-5, 5)))
        side: SideName = self._random.choice(("buy", "sell"))
        time_in_force: TimeInForceName = self._random.choice(("GTC", "GTC", "GTC", "GTC", "IOC", "FOK"))
        away = self._random.randint(-20, 20)
        price = client.market(_MARKET).round_price(format_amount((self._mid + away) * ONE // 10_000))
        amount = format_amount(self._random.randint(50, 2000) * (ONE // 1000) * 10)
        return _MARKET, side, price, amount, time_in_force

    async def _cancel(self, client: Client) -> int | None:
        orders = (await client.account()).orders
        return self._random.choice(orders).order_id if orders else None

    def _pay(self) -> tuple[bytes, str, str, str | None]:
        other = self._random.choice(self._others)
        amount = format_amount(self._random.randint(1, 3 * ONE))
        asset, memo = self._random.choice(("XLM", "USD", "EUR")), self._random.choice((None, "rent of März"))
        return other, asset, amount, memo

    def _path(self) -> tuple[bytes, str, str]:
        other = self._random.choice((self._account, *self._others))
        return other, *self._random.choice((("XLM", "USD"), ("USD", "XLM")))

    async def withdraw(self, client: Client) -> Receipt:
        """Withdraw something to the trader's own address."""
        amount = format_amount(self._random.randint(1, ONE))
        return await client.withdraw(self._random.choice(("XLM", "USD")), amount, self._destination)
