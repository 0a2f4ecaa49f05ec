"""What the market data feed shows, as programs use it: numbers are Decimal, times know their zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from constellation.sdk.ccxt_form import Form, Number, figure, microseconds, moment

Json = dict[str, Any]


@dataclass(slots=True, frozen=True)
class MarketTrade:
    """One fill.

    Attributes:
        id: names it for ever.
        market: its name.
        side: of the taker, ``buy`` or ``sell``.
        price: of the resting order.
        amount: of base.
        cost: of quote.
        taker_order: the order that came.
        maker_order: the order that was resting.
        apex: of the quantum.
        time: of the quantum.
    """

    id: str
    market: str
    side: str
    price: Decimal
    amount: Decimal
    cost: Decimal
    taker_order: int
    maker_order: int
    apex: int
    time: datetime

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's public trade."""
        return {
            "id": self.id,
            "order": None,
            **moment(microseconds(self.time)),
            "symbol": self.market,
            "type": None,
            "side": self.side,
            "takerOrMaker": "taker",
            "price": figure(number, self.price),
            "amount": figure(number, self.amount),
            "cost": figure(number, self.cost),
            "fee": None,
            "info": {},
        }


@dataclass(slots=True, frozen=True)
class TradeGap:
    """Trades may be missing here: ask the history for those after ``after`` and up to ``until``.

    Attributes:
        after: apex; nothing is missing up to it.
        until: apex; nothing is missing after it.
    """

    after: int
    until: int


@dataclass(slots=True, frozen=True)
class Candle:
    """A market's trades in one period.

    Attributes:
        market: its name.
        period: such as ``1m``.
        start: when it begins.
        open: price of the first trade.
        high: the highest price.
        low: the lowest price.
        close: price of the last trade.
        volume: of base.
        quote_volume: of quote.
        buy_volume: the part of ``volume`` that takers have bought; None where the history does not say.
        trades: how many.
        closed: whether the period has ended; None where the history does not say.
    """

    market: str
    period: str
    start: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    buy_volume: Decimal | None
    trades: int
    closed: bool | None

    def to_ccxt(self, number: Number = str) -> list[Any]:
        """Ccxt's candle: time, open, high, low, close, volume."""
        figures = self.open, self.high, self.low, self.close, self.volume
        return [microseconds(self.start) // 1_000, *(figure(number, value) for value in figures)]


@dataclass(slots=True, frozen=True)
class BestPrices:
    """The best bid and ask; None where there is none."""

    market: str
    sequence: int
    time: datetime
    bid: Decimal | None
    bid_amount: Decimal | None
    ask: Decimal | None
    ask_amount: Decimal | None


@dataclass(slots=True, frozen=True)
class Ticker:
    """A market's last 24 hours, with its best prices; None where there is nothing to say.

    Attributes:
        market: its name.
        sequence: last apex of the batch that it is as of.
        time: of that batch.
        open: price of the first trade.
        high: the highest price.
        low: the lowest price.
        last: price of the last trade.
        change: from ``open`` to ``last``.
        change_percent: the same as a percentage of ``open``.
        volume: of base.
        quote_volume: of quote.
        vwap: price on the average, weighted by amount.
        trades: how many.
        bid: the highest.
        bid_amount: at that price.
        ask: the lowest.
        ask_amount: at that price.
    """

    market: str
    sequence: int
    time: datetime
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    last: Decimal | None
    change: Decimal | None
    change_percent: Decimal | None
    volume: Decimal
    quote_volume: Decimal
    vwap: Decimal | None
    trades: int
    bid: Decimal | None
    bid_amount: Decimal | None
    ask: Decimal | None
    ask_amount: Decimal | None

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's ticker."""
        figures = {
            "high": self.high, "low": self.low, "bid": self.bid, "bidVolume": self.bid_amount, "ask": self.ask,
            "askVolume": self.ask_amount, "vwap": self.vwap, "open": self.open, "close": self.last, "last": self.last,
            "previousClose": None, "change": self.change, "percentage": self.change_percent, "average": None,
            "baseVolume": self.volume, "quoteVolume": self.quote_volume,
        }  # fmt: skip
        form = {name: figure(number, value) for name, value in figures.items()}
        return {"symbol": self.market, **moment(microseconds(self.time)), **form, "info": {}}


def trade_of(market: str, data: Json) -> MarketTrade:
    """A trade of a message."""
    return MarketTrade(
        str(data["id"]),
        market,
        str(data["side"]),
        Decimal(data["price"]),
        Decimal(data["amount"]),
        Decimal(data["cost"]),
        int(data["taker_order"]),
        int(data["maker_order"]),
        int(data["apex"]),
        datetime.fromisoformat(data["time"]),
    )


def candle_of(market: str, period: str, data: Json) -> Candle:
    """A candle of a message."""
    return Candle(
        market,
        period,
        datetime.fromisoformat(data["time"]),
        Decimal(data["open"]),
        Decimal(data["high"]),
        Decimal(data["low"]),
        Decimal(data["close"]),
        Decimal(data["volume"]),
        Decimal(data["quote_volume"]),
        Decimal(data["buy_volume"]),
        int(data["trades"]),
        bool(data["closed"]),
    )


def past_candle_of(market: str, period: str, data: list[Any]) -> Candle:
    """A candle of the history."""
    start = datetime.fromtimestamp(int(data[0]) // 1_000, UTC)
    first, high, low, last, volume, quote_volume = (Decimal(text) for text in data[1:7])
    return Candle(market, period, start, first, high, low, last, volume, quote_volume, None, int(data[7]), None)


def best_of(market: str, data: Json) -> BestPrices:
    """The best prices of a message."""
    return BestPrices(market, int(data["sequence"]), datetime.fromisoformat(data["time"]), *_best(data))


def ticker_of(market: str, data: Json) -> Ticker:
    """A ticker of a message."""
    return Ticker(
        market,
        int(data["sequence"]),
        datetime.fromisoformat(data["time"]),
        _optional(data["open"]),
        _optional(data["high"]),
        _optional(data["low"]),
        _optional(data["last"]),
        _optional(data["change"]),
        _optional(data["change_percent"]),
        Decimal(data["volume"]),
        Decimal(data["quote_volume"]),
        _optional(data["vwap"]),
        int(data["trades"]),
        *_best(data),
    )


def _best(data: Json) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
    bid, bid_amount, ask, ask_amount = (_optional(data[name]) for name in ("bid", "bid_amount", "ask", "ask_amount"))
    return bid, bid_amount, ask, ask_amount


def _optional(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
