"""What can be subscribed to."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """Kinds of market data."""

    BOOK = "book"
    TRADES = "trades"
    TICKER = "ticker"
    CANDLES = "candles"
    BBO = "bbo"
    STATUS = "status"


HEARTBEAT = "heartbeat"
"""The channel that comes by itself with the first subscription."""


@dataclass(slots=True, frozen=True)
class Subscription:
    """One thing that can be subscribed to.

    Attributes:
        channel: its kind.
        market: id; None for the status of all.
        depth: levels of a view of a book.
        group: its steps of price, in ticks.
        period: of candles.
    """

    channel: Channel
    market: int | None = None
    depth: int = 0
    group: int = 0
    period: str = ""
