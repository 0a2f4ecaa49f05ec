"""An order that waits for its trigger."""

from constellation.protocol.messages import LimitOrder, MarketAmountUnit, MarketOrder, Side, Trigger, TriggerKind


class ArmedOrder:
    """An order that waits for its trigger.

    Args:
        order_id: the apex that armed it.
        owner: account key.
        operation: that is executed then.
        trigger: what it waits for.
        client_order_id: what its owner calls it.
        expires_at: when it is closed, in microseconds; None for never.
        locked: of the asset that it gives, in stroops.

    Attributes:
        market: market id.
        rises: whether it waits for a higher price.
    """

    __slots__ = (
        "client_order_id", "expires_at", "locked", "market", "operation", "order_id", "owner", "price", "rises",
    )  # fmt: skip

    def __init__(
        self,
        order_id: int,
        owner: bytes,
        operation: LimitOrder | MarketOrder,
        trigger: Trigger,
        client_order_id: str,
        expires_at: int | None,
        locked: int,
    ) -> None:
        self.order_id = order_id
        self.owner = owner
        self.operation = operation
        self.market: int = operation.market
        self.client_order_id = client_order_id
        self.expires_at = expires_at
        self.locked = locked
        self.price: int = trigger.price
        self.rises = rises(operation.side, trigger.kind)

    @property
    def remaining(self) -> int:
        """Stroops of base that are not filled; 0 of an order that has a budget."""
        operation = self.operation
        has_budget = isinstance(operation, MarketOrder) and operation.unit is MarketAmountUnit.QUOTE_BUDGET
        return 0 if has_budget else operation.amount


def rises(side: Side, kind: TriggerKind) -> bool:
    """Whether an order with such a trigger waits for a higher price."""
    return (side is Side.BUY) is (kind is TriggerKind.STOP)
