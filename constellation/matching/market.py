"""A market: its rules, exact by construction, and its book."""

from typing import Final

from constellation.matching.market_triggers import MarketTriggers
from constellation.orderbook import OrderBook
from constellation.protocol.market_status import stricter
from constellation.protocol.messages import MarketSettings, MarketStatus, Side

_BUY: Final = Side.BUY
_PPM: Final = 1_000_000


class Market:
    """One market's rules in the form the engine needs, and its order book.

    Because lot x tick is a multiple of 10^price_decimals (checked at genesis), ``quote_amount`` of any multiple of
    a lot at any multiple of a tick is exact: rounding does not exist (design, section 6).

    Args:
        market_id: index in the settings.
        settings: the rules.

    Attributes:
        status: that of the settings, or a stricter one where all markets are limited.
        last_price: of the last trade; 0 before the first one.
        triggers: its armed orders.
    """

    __slots__ = (
        "at_most",
        "base",
        "book",
        "gives",
        "is_open",
        "last_price",
        "lot",
        "maker_fee_ppm",
        "market_id",
        "minimum_notional",
        "price_band_ppm",
        "quote",
        "scale",
        "settings",
        "status",
        "taker_fee_ppm",
        "takes",
        "tick",
        "triggers",
    )

    def __init__(self, market_id: int, settings: MarketSettings) -> None:
        self.market_id = market_id
        self.at_most = MarketStatus.MARKET_OPEN
        self.book = OrderBook()
        self.last_price = 0
        self.triggers = MarketTriggers()
        self.update(settings)

    def update(self, settings: MarketSettings) -> None:
        """Take new rules. Assets, decimals, tick and lot stay: the book's orders are made of them."""
        self.settings = settings
        self.base = settings.base
        self.quote = settings.quote
        self.tick, self.lot = settings.tick, settings.lot
        self.minimum_notional = settings.minimum_notional
        self.price_band_ppm = settings.price_band_ppm
        self.scale: int = 10**settings.price_decimals
        self.maker_fee_ppm = settings.maker_fee_ppm
        self.taker_fee_ppm = settings.taker_fee_ppm
        self.gives = [settings.quote, settings.base]
        self.takes = [settings.base, settings.quote]
        self.limit(self.at_most)

    def limit(self, at_most: MarketStatus) -> None:
        """Be no more open than ``at_most``, whatever the settings say."""
        self.at_most = at_most
        self.status = stricter(at_most, self.settings.status)
        self.is_open = self.status is MarketStatus.MARKET_OPEN

    def limit_of_band(self, side: Side, reference: int | None = None) -> int | None:
        """The worst price that an order of ``side`` may have; None for any.

        A buy may be so much above the last trade, a sell so much below it, as the settings say. Nothing limits orders
        on the other side of it, nor before the first trade.

        Args:
            side: of the order.
            reference: what counts in place of the last trade: the trigger of an order that waits for it.
        """
        price = self.last_price if reference is None else reference
        if not self.price_band_ppm or not price:
            return None
        if side is _BUY:
            return price * (_PPM + self.price_band_ppm) // _PPM
        return -(-price * (_PPM - self.price_band_ppm) // _PPM)

    def quote_amount(self, amount: int, price: int) -> int:
        """Exact quote stroops for ``amount`` of base at ``price``."""
        return amount * price // self.scale

    def commitment(self, side: Side, amount: int, price: int) -> int:
        """What an order locks of the asset it gives: quote at its limit price, or base."""
        return amount * price // self.scale if side is _BUY else amount


def gross_of(net: int, fee_ppm: int) -> int:
    """The smallest received amount that leaves ``net`` after its fee."""
    return -(-net * _PPM // (_PPM - fee_ppm))


def fee_of(amount: int, fee_ppm: int) -> int:
    """The fee on a received amount, rounded up."""
    return -(-amount * fee_ppm // _PPM)
