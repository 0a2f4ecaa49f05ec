"""All endpoints, in one table: it makes the routes, reads their parameters, and is what the OpenAPI document says."""

from dataclasses import dataclass
from typing import Final

from constellation.chronicler.candles import PERIODS
from constellation.marketdata.http import live_answers, recorded_answers
from constellation.marketdata.http.answers import STEADY, Answer, Handler, Sources
from constellation.marketdata.http.errors import HttpCode
from constellation.marketdata.http.parameters import Arguments, Parameter, choice, named, trade_id, whole
from constellation.marketdata.http.stellar_toml import CONTENT_TYPE, PATH, stellar_toml
from constellation.marketdata.view import GROUPS
from constellation.protocol.limits import BOOK_DEPTH_MAX, CANDLES_PAGE_MAX, TRADES_PAGE_MAX

JSON: Final = "application/json"
_PAGE: Final = 100


@dataclass(slots=True, frozen=True)
class Endpoint:
    """One kind of question.

    Attributes:
        path: with parameters in braces.
        name: of the operation.
        meaning: a sentence.
        handler: answers.
        schema: name of the answer's.
        parameters: all.
        errors: codes that it may answer beside those of its parameters and those that are possible everywhere.
        content_type: of the answer; all but JSON is text.
    """

    path: str
    name: str
    meaning: str
    handler: Handler
    schema: str
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[HttpCode, ...] = ()
    content_type: str = JSON


async def _stellar_toml(sources: Sources, _arguments: Arguments) -> Answer:
    rules = await sources.reads.rules()
    return Answer(stellar_toml(rules.current.settings, sources.published), STEADY)


async def _terminal(sources: Sources, _arguments: Arguments) -> Answer:
    return Answer(sources.terminal, STEADY)


async def _description(sources: Sources, _arguments: Arguments) -> Answer:
    return Answer(sources.description, STEADY)


_MARKET: Final = named(
    "market", "its name with a hyphen (XLM-USD), its name URL-encoded (XLM%2FUSD), or its id", HttpCode.UNKNOWN_MARKET
)
_ASSET: Final = named("asset", "its name (XLM, CODE, or CODE:ISSUER) or its id", HttpCode.UNKNOWN_ASSET)
_DEPTH: Final = whole("depth", "levels of each side, at most", HttpCode.INVALID_DEPTH, 1, BOOK_DEPTH_MAX, _PAGE)
_GROUP: Final = choice("group", "ticks from one level to the next", HttpCode.INVALID_GROUP, GROUPS, 1)
_PERIOD: Final = choice(
    "period", "length of a candle; weeks begin on Monday, all is UTC", HttpCode.INVALID_PERIOD, PERIODS, "1m"
)
_BEFORE: Final = trade_id("before", "only trades before this one, the newest first")
_AFTER: Final = trade_id("after", "only trades after this one, the oldest first")
_START: Final = whole(
    "start", "first candle that begins then or later, milliseconds since 1970", HttpCode.INVALID_TIME, 0
)
_END: Final = whole("end", "last candle that begins before then, milliseconds since 1970", HttpCode.INVALID_TIME, 0)
_VERSION: Final = whole("version", "how many changes led to them; 0 is genesis", HttpCode.INVALID_NUMBER, 0)
_BATCH: Final = whole("number", "of the batch", HttpCode.INVALID_NUMBER, 1, in_path=True)


def _limit(most: int) -> Parameter:
    return whole("limit", "items of a page, at most", HttpCode.INVALID_LIMIT, 1, most, _PAGE)


_OF_MARKET: Final = (HttpCode.UNKNOWN_MARKET,)

ENDPOINTS: Final = (
    Endpoint("/v1/markets", "list_markets", "All markets.", live_answers.list_markets, "Markets"),
    Endpoint(
        "/v1/markets/{market}", "get_market", "One market.", live_answers.get_market, "Market", (_MARKET,), _OF_MARKET
    ),
    Endpoint(
        "/v1/markets/{market}/book",
        "get_book",
        "The best levels of a market's book, certified orders only.",
        live_answers.get_book,
        "Book",
        (_MARKET, _DEPTH, _GROUP),
        _OF_MARKET,
    ),
    Endpoint(
        "/v1/markets/{market}/trades",
        "list_trades",
        "A market's trades: the newest first, or after one of them the oldest first.",
        recorded_answers.list_trades,
        "Trades",
        (_MARKET, _limit(TRADES_PAGE_MAX), _BEFORE, _AFTER),
        (*_OF_MARKET, HttpCode.CONFLICTING_PARAMETERS),
    ),
    Endpoint(
        "/v1/markets/{market}/ticker",
        "get_ticker",
        "A market's last 24 hours.",
        live_answers.get_ticker,
        "Ticker",
        (_MARKET,),
        _OF_MARKET,
    ),
    Endpoint("/v1/tickers", "list_tickers", "The last 24 hours of all markets.", live_answers.list_tickers, "Tickers"),
    Endpoint(
        "/v1/markets/{market}/candles",
        "list_candles",
        "A market's candles, the oldest first: from the start on, or without a start the last ones.",
        recorded_answers.list_candles,
        "Candles",
        (_MARKET, _PERIOD, _START, _END, _limit(CANDLES_PAGE_MAX)),
        _OF_MARKET,
    ),
    Endpoint("/v1/assets", "list_assets", "All assets.", live_answers.list_assets, "Assets"),
    Endpoint(
        "/v1/assets/{asset}",
        "get_asset",
        "One asset.",
        live_answers.get_asset,
        "Asset",
        (_ASSET,),
        (HttpCode.UNKNOWN_ASSET,),
    ),
    Endpoint(
        "/v1/settings",
        "get_settings",
        "The settings in force, or those of a version.",
        recorded_answers.get_settings,
        "Settings",
        (_VERSION,),
        (HttpCode.UNKNOWN_VERSION,),
    ),
    Endpoint(
        "/v1/batches/{number}",
        "get_batch",
        "A certified batch: its header and who has signed for it.",
        recorded_answers.get_batch,
        "Batch",
        (_BATCH,),
        (HttpCode.UNKNOWN_BATCH,),
    ),
    Endpoint(
        "/v1/proof-of-reserves",
        "get_proof_of_reserves",
        "The operator's newest proof of reserves.",
        recorded_answers.get_proof,
        "ProofOfReserves",
        (),
        (HttpCode.NO_PROOF,),
    ),
    Endpoint("/v1/status", "get_status", "How far feed and history are.", live_answers.get_status, "Status"),
    Endpoint(
        PATH,
        "get_stellar_toml",
        "Who runs this, and on which network with which accounts and assets (SEP-1).",
        _stellar_toml,
        "StellarToml",
        content_type=CONTENT_TYPE,
    ),
    Endpoint("/v1/terminal", "get_terminal", "What the page to trade on needs to know.", _terminal, "Terminal"),
    Endpoint("/v1/openapi.json", "get_openapi", "This document.", _description, "OpenApi"),
)
"""Everything that can be asked."""
