"""How market data is written: one shape of message for all channels, numbers as text with all decimals."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from constellation.chronicler.candles import Candle
from constellation.chronicler.trades import MarketTrade
from constellation.marketdata.ladder import Level
from constellation.marketdata.listing import ListedMarket
from constellation.marketdata.ticker import Ticker
from constellation.marketdata.view import BookContent
from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import Side

Json = dict[str, Any]

SNAPSHOT: Final = "snapshot"
UPDATE: Final = "update"

_US: Final = 1_000_000
_MS_US: Final = 1_000
_SIDES: Final = {Side.BUY: "buy", Side.SELL: "sell"}


def encode(document: Json) -> bytes:
    """A message as it is sent."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def data_message(channel: str, kind: str, market: str | None, data: Json) -> bytes:
    """A message of a channel.

    Args:
        channel: its name.
        kind: ``snapshot`` or ``update``.
        market: its name; None where the data is not of one market.
        data: what there is to say.
    """
    head = {"channel": channel, "type": kind} | ({} if market is None else {"market": market})
    return encode(head | {"data": data})


def moment(timestamp_us: int) -> Json:
    """A time, in milliseconds for programs and to the microsecond as text."""
    seconds, rest = divmod(timestamp_us, _US)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {"timestamp": timestamp_us // _MS_US, "time": f"{text}.{rest:06}Z"}


def book_json(market: ListedMarket, depth: int, group: int, content: BookContent) -> Json:
    """A view of a book, or what has changed in it."""
    previous = {} if content.previous is None else {"previous": content.previous}
    return {
        "depth": depth,
        "group": market.price(group * market.tick),
        "sequence": content.sequence,
        **previous,
        **moment(content.timestamp),
        "checksum": content.checksum,
        "bids": _levels(market, content.bids),
        "asks": _levels(market, content.asks),
    }


def _levels(market: ListedMarket, levels: Iterable[Level]) -> list[list[str]]:
    return [[market.price(price), format_amount(amount)] for price, amount in levels]


def trade_json(market: ListedMarket, trade: MarketTrade) -> Json:
    """One fill, seen from outside; ``side`` is the taker's."""
    return {
        "id": trade.trade_id,
        "side": _SIDES[trade.side],
        "price": market.price(trade.price),
        "amount": format_amount(trade.amount),
        "cost": format_amount(trade.quote_amount),
        "taker_order": trade.taker_order,
        "maker_order": trade.maker_order,
        "apex": trade.apex,
        **moment(trade.timestamp),
    }


def candle_json(market: ListedMarket, candle: Candle, *, closed: bool) -> Json:
    """A candle; its time is its period's beginning."""
    return {
        **moment(candle.start_s * _US),
        "open": market.price(candle.open),
        "high": market.price(candle.high),
        "low": market.price(candle.low),
        "close": market.price(candle.close),
        "volume": format_amount(candle.volume),
        "quote_volume": format_amount(candle.quote_volume),
        "buy_volume": format_amount(candle.buy_volume),
        "trades": candle.trades,
        "closed": closed,
    }


def best_json(market: ListedMarket, bids: list[Level], asks: list[Level]) -> Json:
    """The best bid and the best ask; null where there is none."""
    return {
        "bid": market.price(bids[0][0]) if bids else None,
        "bid_amount": format_amount(bids[0][1]) if bids else None,
        "ask": market.price(asks[0][0]) if asks else None,
        "ask_amount": format_amount(asks[0][1]) if asks else None,
    }


def ticker_json(market: ListedMarket, ticker: Ticker) -> Json:
    """A market's last 24 hours; null where there is nothing to say."""

    def price(units: int | None) -> str | None:
        return None if units is None else market.price(units)

    return {
        "open": price(ticker.open),
        "high": price(ticker.high),
        "low": price(ticker.low),
        "last": price(ticker.last),
        "change": price(ticker.change),
        "change_percent": ticker.change_percent,
        "volume": format_amount(ticker.volume),
        "quote_volume": format_amount(ticker.quote_volume),
        "vwap": price(ticker.vwap),
        "trades": ticker.trades,
    }
