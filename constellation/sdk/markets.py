"""Assets and markets by name."""

from dataclasses import dataclass
from decimal import Decimal

from constellation.protocol.amounts import DECIMALS, from_units
from constellation.protocol.messages import MarketSettings, MarketStatus, Settings
from constellation.protocol.names import Names
from constellation.sdk import ccxt_form as exact
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.numbers import Direction, Number, amount, parse_units, round_units

_PPM_DECIMALS = 6


@dataclass(slots=True, frozen=True)
class Market:
    """A market's rules.

    Attributes:
        market_id: on the wire.
        name: such as ``XLM/USD``.
        base: name of the asset that is bought and sold.
        quote: name of the asset it is paid with.
        price_decimals: of a price.
        tick: prices are multiples of it.
        lot: amounts are multiples of it.
        minimum_notional: price x amount is at least this.
        maker_fee: share of what the resting side receives.
        taker_fee: share of what the other side receives.
        status: whether orders are taken.
        price_band: share of the last price by which an order may go beyond it; None for any.
    """

    market_id: int
    name: str
    base: str
    quote: str
    price_decimals: int
    tick: Decimal
    lot: Decimal
    minimum_notional: Decimal
    maker_fee: Decimal
    taker_fee: Decimal
    status: MarketStatus
    price_band: Decimal | None

    def to_ccxt(self, number: exact.Number = str) -> exact.Form:
        """Ccxt's market; precision is in steps (ccxt's ``TICK_SIZE``)."""
        nothing = {"min": None, "max": None}
        return {
            "id": str(self.market_id),
            "symbol": self.name,
            "base": self.base,
            "quote": self.quote,
            "baseId": self.base,
            "quoteId": self.quote,
            "type": "spot",
            "spot": True,
            "active": self.status is MarketStatus.MARKET_OPEN,
            "maker": exact.figure(number, self.maker_fee),
            "taker": exact.figure(number, self.taker_fee),
            "precision": {"price": exact.figure(number, self.tick), "amount": exact.figure(number, self.lot)},
            "limits": {
                "amount": {"min": exact.figure(number, self.lot), "max": None},
                "price": {"min": exact.figure(number, self.tick), "max": None},
                "cost": {"min": exact.figure(number, self.minimum_notional), "max": None},
                "leverage": nothing,
            },
            "info": {"status": self.status.name},
        }

    @property
    def _rules(self) -> str:
        return f" ({self.name}: tick {self.tick}, lot {self.lot}; round_price and round_amount help)"

    @property
    def _tick_units(self) -> int:
        return parse_units(self.tick, self.price_decimals, "tick")

    @property
    def _lot_units(self) -> int:
        return parse_units(self.lot, DECIMALS, "lot")

    def round_price(self, value: Number, direction: Direction = "down") -> Decimal:
        """The nearest valid price: not above ``value``, or with ``up``, not below it.

        Raises:
            InvalidRequest: a float (write ``str(value)``), no number, or out of range.
        """
        return self.price(round_units(value, self.price_decimals, self._tick_units, direction))

    def round_amount(self, value: Number, direction: Direction = "down") -> Decimal:
        """The nearest valid amount: not above ``value``, or with ``up``, not below it.

        Raises:
            InvalidRequest: a float (write ``str(value)``), no number, or out of range.
        """
        return amount(round_units(value, DECIMALS, self._lot_units, direction))

    def price(self, units: int) -> Decimal:
        """The price that ``units`` are on the wire."""
        return Decimal(from_units(units, self.price_decimals))

    def price_units(self, value: Number) -> int:
        """The price as it is signed.

        Raises:
            InvalidRequest: not positive, or no multiple of the tick.
        """
        units = parse_units(value, self.price_decimals, "price", self._rules)
        if units <= 0 or units % self._tick_units:
            raise InvalidRequest(f"price {value} is no positive multiple of the tick{self._rules}")
        return units

    def amount_units(self, value: Number) -> int:
        """The amount of base as it is signed.

        Raises:
            InvalidRequest: not positive, or no multiple of the lot.
        """
        units = parse_units(value, DECIMALS, "amount", self._rules)
        if units <= 0 or units % self._lot_units:
            raise InvalidRequest(f"amount {value} is no positive multiple of the lot{self._rules}")
        return units


class Catalogue:
    """Everything that the settings list, by name.

    They are named as :class:`Names` says.

    Args:
        settings: in force.

    Attributes:
        settings: as given last.
        asset_names: by asset id.
        markets: by market id.
    """

    def __init__(self, settings: Settings) -> None:
        self.update(settings)

    def update(self, settings: Settings) -> None:
        """Other settings are in force."""
        self.settings = settings
        self._names = Names(settings)
        self.asset_names = self._names.assets
        self.markets = [self._market(number, market) for number, market in enumerate(settings.markets)]

    def _market(self, number: int, market: MarketSettings) -> Market:
        base, quote = self.asset_names[market.base], self.asset_names[market.quote]
        return Market(
            number,
            self._names.markets[number],
            base,
            quote,
            market.price_decimals,
            Decimal(from_units(market.tick, market.price_decimals)),
            amount(market.lot),
            amount(market.minimum_notional),
            Decimal(from_units(market.maker_fee_ppm, _PPM_DECIMALS)),
            Decimal(from_units(market.taker_fee_ppm, _PPM_DECIMALS)),
            market.status,
            Decimal(from_units(market.price_band_ppm, _PPM_DECIMALS)) if market.price_band_ppm else None,
        )

    @property
    def minimum_balance(self) -> Decimal:
        """Of lumens, in every account; it cannot be spent."""
        return amount(self.settings.minimum_balance)

    def asset_id(self, name: str) -> int:
        """The id of a listed asset.

        Raises:
            InvalidRequest: not listed, or the code alone is ambiguous.
        """
        number = self._names.asset_id(name)
        if number is None:
            raise InvalidRequest(f"asset {name!r} is not listed, or its code is not unique; there are {self._listed}")
        return number

    @property
    def _listed(self) -> str:
        return ", ".join(self.asset_names)

    def market_between(self, one: str, other: str) -> Market:
        """The market that trades two assets.

        Raises:
            InvalidRequest: there is none, or two.
        """
        pair = self.asset_names[self.asset_id(one)], self.asset_names[self.asset_id(other)]
        found = [market for market in self.markets if (market.base, market.quote) in (pair, pair[::-1])]
        if len(found) != 1:
            raise InvalidRequest(f"{len(found)} markets trade {one} and {other}: name the path, market by market")
        return found[0]

    def market(self, name: str) -> Market:
        """A listed market, such as ``XLM/USD``.

        Raises:
            InvalidRequest: not listed.
        """
        number = self._names.market_id(name)
        if number is None:
            base, separator, quote = name.partition("/")
            if separator:
                self.asset_id(base), self.asset_id(quote)
            listed = ", ".join(market.name for market in self.markets)
            raise InvalidRequest(f"market {name!r} is not listed; there are {listed}")
        return self.markets[number]
