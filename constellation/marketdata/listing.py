"""The listed markets, by name and as the feed writes their numbers."""

from dataclasses import dataclass

from constellation.protocol.amounts import from_units
from constellation.protocol.messages import MarketStatus, Settings
from constellation.protocol.names import Names


@dataclass(slots=True, frozen=True)
class ListedMarket:
    """What the feed needs to know of a market.

    Attributes:
        number: its id.
        name: such as ``XLM/USD``.
        base: id of the asset.
        quote: id of the asset.
        price_decimals: of a price.
        tick: in price units.
        status: as the settings say.
    """

    number: int
    name: str
    base: int
    quote: int
    price_decimals: int
    tick: int
    status: MarketStatus

    @property
    def scale(self) -> int:
        """Price units in one."""
        scale: int = 10**self.price_decimals
        return scale

    def price(self, units: int) -> str:
        """A price with all decimals."""
        return from_units(units, self.price_decimals)


class Listing:
    """All markets of the settings in force.

    Args:
        settings: in force.

    Attributes:
        markets: by id.
    """

    def __init__(self, settings: Settings) -> None:
        self._names = Names(settings)
        self.markets = [
            ListedMarket(
                number, self._names.markets[number], market.base, market.quote, market.price_decimals, market.tick,
                market.status,
            )
            for number, market in enumerate(settings.markets)
        ]  # fmt: skip

    def find(self, name: str) -> ListedMarket | None:
        """A market by its name."""
        number = self._names.market_id(name)
        return None if number is None else self.markets[number]
