"""One resting order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constellation.protocol.messages import Side

if TYPE_CHECKING:
    from constellation.orderbook.level import Level


class Order:
    """An order, linked into its price level so that any order leaves in constant time.

    Args:
        order_id: the apex that placed it.
        owner: account key, 32 bytes.
        market: market id.
        side: buy or sell.
        price: limit price in the market's price units.
        remaining: amount of base that is not filled, in stroops.
        client_order_id: what its owner calls it; empty where it has no other name.
        expires_at: when it is closed, in microseconds; None for never.
        triggered: apex and place at which it got onto the book, where that was not at its own apex.
    """

    __slots__ = (
        "after", "before", "client_order_id", "expires_at", "level", "market", "order_id", "owner", "price",
        "remaining", "side", "triggered",
    )  # fmt: skip

    def __init__(
        self,
        order_id: int,
        owner: bytes,
        market: int,
        side: Side,
        price: int,
        remaining: int,
        client_order_id: str = "",
        expires_at: int | None = None,
        triggered: tuple[int, int] | None = None,
    ) -> None:
        self.order_id = order_id
        self.owner = owner
        self.market = market
        self.side = side
        self.price = price
        self.remaining = remaining
        self.client_order_id = client_order_id
        self.expires_at = expires_at
        self.triggered = triggered
        self.level: Level | None = None
        self.before: Order | None = None
        self.after: Order | None = None

    def __repr__(self) -> str:
        return f"Order({self.order_id}, {self.side.name}, {self.remaining} at {self.price})"
