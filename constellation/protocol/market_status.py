"""How open a market is: by its settings and by the constellation's mode, of which the stricter one counts."""

from collections.abc import Mapping
from typing import Final

from constellation.protocol.messages import MarketStatus, Mode

_FROM_OPEN: Final = (
    MarketStatus.MARKET_OPEN,
    MarketStatus.MARKET_POST_ONLY,
    MarketStatus.MARKET_CANCEL_ONLY,
    MarketStatus.MARKET_HALTED,
)

OPEN_AT_MOST: Final[Mapping[Mode, MarketStatus]] = {
    Mode.ONLINE: MarketStatus.MARKET_OPEN,
    Mode.POST_ONLY: MarketStatus.MARKET_POST_ONLY,
    Mode.CANCEL_ONLY: MarketStatus.MARKET_CANCEL_ONLY,
    Mode.MAINTENANCE: MarketStatus.MARKET_HALTED,
}
"""What markets can be in each mode."""


def stricter(one: MarketStatus, other: MarketStatus) -> MarketStatus:
    """The one of two that lets less be done."""
    return max(one, other, key=_FROM_OPEN.index)
