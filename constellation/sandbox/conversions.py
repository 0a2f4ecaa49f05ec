"""Configured rates that stand in for the ledger's order book when path payments convert assets."""

from collections.abc import Iterable
from dataclasses import dataclass

from constellation.sandbox.assets import Asset


@dataclass(frozen=True, slots=True)
class Conversion:
    """An unlimited offer: the maker takes `bought` and gives `numerator / denominator` of `sold` for each unit.

    Attributes:
        bought: The asset that comes in.
        sold: The asset that goes out.
        numerator: Stroops that go out ...
        denominator: ... for so many stroops that come in.
        maker: The account on the other side. It holds (or issues) both assets; what it cannot pay is not converted.
    """

    bought: Asset
    sold: Asset
    numerator: int
    denominator: int
    maker: str

    def __post_init__(self) -> None:
        if self.numerator <= 0 or self.denominator <= 0 or self.bought == self.sold:
            raise ValueError("a conversion takes a positive rate between two different assets")

    def output(self, amount_in: int) -> int:
        """Returns what goes out for an amount; rounding favours the maker."""
        return amount_in * self.numerator // self.denominator

    def input(self, amount_out: int) -> int:
        """Returns what must come in for an amount; rounding favours the maker."""
        return -(-amount_out * self.denominator // self.numerator)


class Conversions:
    """The configured conversions, one for each ordered pair of assets."""

    def __init__(self, conversions: Iterable[Conversion] = ()) -> None:
        self._by_pair = {(each.bought, each.sold): each for each in conversions}

    def find(self, bought: Asset, sold: Asset) -> Conversion | None:
        """Returns the conversion from one asset to the other, or None."""
        return self._by_pair.get((bought, sold))
