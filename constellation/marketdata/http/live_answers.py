"""Answers about now: markets, books, tickers, assets, and how far everything is."""

from sqlalchemy import Connection

from constellation.chronicler.batch_records import last_timestamp, suspended_assets
from constellation.chronicler.writer import read_cursor
from constellation.marketdata.http.answers import Answer, Sources
from constellation.marketdata.http.errors import HttpCode, HttpError, shown
from constellation.marketdata.http.parameters import Arguments
from constellation.marketdata.http.reads import Rules
from constellation.marketdata.http.render import asset_json, market_json, maybe_moment
from constellation.marketdata.listing import ListedMarket, Listing
from constellation.marketdata.wire import Json, best_json, book_json, moment, ticker_json
from constellation.protocol.names import Names
from constellation.protocol.signing import settings_constellation_id

_NUMBER_DIGITS_MAX = 6
_MS_US = 1_000


def find_market(listing: Listing, text: str) -> ListedMarket:
    """The market that a path names: ``XLM-USD``, ``XLM/USD``, or its number.

    Raises:
        HttpError: it is not listed, or the codes of its assets are not unique.
    """
    if _is_number(text):
        found = listing.markets[int(text)] if int(text) < len(listing.markets) else None
    else:
        found = listing.find(text.replace("-", "/", 1))
    if found is None:
        raise HttpError(HttpCode.UNKNOWN_MARKET, f"no market is called {shown(text)}; /v1/markets has all")
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS_MAX


async def list_markets(sources: Sources, _arguments: Arguments) -> Answer:
    """All markets."""
    rules = await sources.reads.rules()
    return Answer({"markets": [_market(sources, rules, market) for market in rules.listing.markets]})


async def get_market(sources: Sources, arguments: Arguments) -> Answer:
    """One market."""
    rules = await sources.reads.rules()
    return Answer(_market(sources, rules, find_market(rules.listing, arguments["market"])))


def _market(sources: Sources, rules: Rules, market: ListedMarket) -> Json:
    settings = rules.current.settings.markets[market.number]
    return market_json(market, settings, rules.names, sources.live.status(market))


async def get_book(sources: Sources, arguments: Arguments) -> Answer:
    """A market's book."""
    market = find_market(sources.live.listing, arguments["market"])
    depth, group = arguments["depth"], arguments["group"]
    content = sources.books.look(market, depth, group)
    return Answer({"market": market.name, **book_json(market, depth, group, content)})


async def get_ticker(sources: Sources, arguments: Arguments) -> Answer:
    """A market's last 24 hours."""
    market = find_market(sources.live.listing, arguments["market"])
    return Answer({**_stamp(sources), **_ticker(sources, market)})


async def list_tickers(sources: Sources, _arguments: Arguments) -> Answer:
    """The last 24 hours of all markets."""
    tickers = [_ticker(sources, market) for market in sources.live.listing.markets]
    return Answer({**_stamp(sources), "tickers": tickers})


def _stamp(sources: Sources) -> Json:
    return {"sequence": sources.live.sequence, **moment(sources.live.timestamp)}


def _ticker(sources: Sources, market: ListedMarket) -> Json:
    levels = sources.live.books[market.number].levels
    ticker = sources.live.ticker(market.number, sources.clock_us())
    best = best_json(market, levels.bids(1), levels.asks(1))
    return {"market": market.name, **ticker_json(market, ticker), **best}


async def list_assets(sources: Sources, _arguments: Arguments) -> Answer:
    """All assets."""
    _, assets = await _assets(sources)
    return Answer({"assets": assets})


async def get_asset(sources: Sources, arguments: Arguments) -> Answer:
    """One asset, by its name or number."""
    text = arguments["asset"]
    names, assets = await _assets(sources)
    number = int(text) if _is_number(text) else names.asset_id(text)
    if number is None or number >= len(assets):
        raise HttpError(HttpCode.UNKNOWN_ASSET, f"no asset is called {shown(text)}; /v1/assets has all")
    return Answer(assets[number])


async def _assets(sources: Sources) -> tuple[Names, list[Json]]:
    rules = await sources.reads.rules()
    suspended = await sources.reads.read(suspended_assets)
    return rules.names, [
        asset_json(number, rules.names.assets[number], asset, suspended.get(number))
        for number, asset in enumerate(rules.current.settings.assets)
    ]


async def get_status(sources: Sources, _arguments: Arguments) -> Answer:
    """How far the live data and the history are."""
    live, now_us = sources.live, sources.clock_us()
    rules = await sources.reads.rules()
    age_ms = max(0, now_us - live.timestamp) // _MS_US
    return Answer(
        {
            "constellation": settings_constellation_id(sources.reads.genesis).hex(),
            "settings_version": rules.current.version,
            **moment(now_us),
            "mode": {"name": live.mode.mode.name.lower(), "reason": live.mode.reason, "since": str(live.mode.since)},
            "feed": {"sequence": live.sequence, **moment(live.timestamp), "age_ms": age_ms},
            "history": await sources.reads.read(_history),
            "markets": [{"market": market.name, "status": live.status(market)} for market in live.listing.markets],
        }
    )


def _history(connection: Connection) -> Json:
    cursor = read_cursor(connection)
    tip = cursor.tip
    last = maybe_moment(last_timestamp(connection) or None)
    return {"epoch": tip.epoch, "batch": tip.number, "apex": cursor.apex, "digest": tip.digest.hex(), **last}
