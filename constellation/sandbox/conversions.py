"""Configured rates that stand in for the ledger's order book when path payments convert assets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from constellation.sandbox.addresses import decode_public_key
from constellation.sandbox.assets import Asset
from constellation.sandbox.limits import CONVERSIONS_MAX, INT64_MAX


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

    @classmethod
    def parse(cls, given: object) -> "Conversion":
        """Reads a conversion from JSON.

        Raises:
            ValueError: when it is none.
        """
        names = ("bought", "sold", "numerator", "denominator", "maker")
        if not isinstance(given, Mapping) or set(given) != set(names):
            raise ValueError(f"a conversion has exactly {', '.join(names)}")
        bought, sold, numerator, denominator, maker = (given[name] for name in names)
        for rate in (numerator, denominator):
            if type(rate) is not int or rate > INT64_MAX:
                raise ValueError("numerator and denominator are whole numbers")
        decode_public_key(str(maker))
        return cls(Asset.parse(str(bought)), Asset.parse(str(sold)), numerator, denominator, str(maker))

    def describe(self) -> dict[str, object]:
        """Returns the conversion as JSON."""
        return {
            "bought": str(self.bought),
            "sold": str(self.sold),
            "numerator": self.numerator,
            "denominator": self.denominator,
            "maker": self.maker,
        }

    def output(self, amount_in: int) -> int:
        """Returns what goes out for an amount; rounding favours the maker."""
        return amount_in * self.numerator // self.denominator

    def input(self, amount_out: int) -> int:
        """Returns what must come in for an amount; rounding favours the maker."""
        return -(-amount_out * self.denominator // self.numerator)


class Conversions:
    """The configured conversions, one for each ordered pair of assets.

    Raises:
        ValueError: when there are too many.
    """

    def __init__(self, conversions: Iterable[Conversion] = ()) -> None:
        self._by_pair = {(each.bought, each.sold): each for each in islice(conversions, CONVERSIONS_MAX + 1)}
        if len(self._by_pair) > CONVERSIONS_MAX:
            raise ValueError(f"there are more than {CONVERSIONS_MAX} conversions")

    def __iter__(self) -> Iterator[Conversion]:
        return iter(self._by_pair.values())

    def find(self, bought: Asset, sold: Asset) -> Conversion | None:
        """Returns the conversion from one asset to the other, or None."""
        return self._by_pair.get((bought, sold))
