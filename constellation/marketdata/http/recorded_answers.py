"""Answers from the chronicle: trades, candles, settings, batches; and the operator's proof of reserves."""

import json
from pathlib import Path
from typing import Any

from constellation.chronicler.batch_records import find_batch, find_settings
from constellation.chronicler.candle_pages import CandleRange, candle_page
from constellation.chronicler.market_history import TradeId, trades_after, trades_before
from constellation.chronicler.trades import MarketTrade
from constellation.marketdata.http.answers import IMMUTABLE, STEADY, Answer, Sources
from constellation.marketdata.http.errors import HttpCode, HttpError
from constellation.marketdata.http.live_answers import find_market
from constellation.marketdata.http.parameters import Arguments
from constellation.marketdata.http.render import batch_json, candle_row, settings_json
from constellation.marketdata.live_candles import CLOSING_GRACE_S
from constellation.marketdata.wire import Json, trade_json
from constellation.protocol.limits import RESERVE_DOCUMENT_MAX_BYTES

_MS = 1_000
_US = 1_000_000


async def list_trades(sources: Sources, arguments: Arguments) -> Answer:
    """A page of a market's trades."""
    market = find_market(sources.live.listing, arguments["market"])
    before, after, limit = arguments["before"], arguments["after"], arguments["limit"]
    if before is not None and after is not None:
        raise HttpError(HttpCode.CONFLICTING_PARAMETERS, "before and after exclude each other")
    if after is not None:
        trades = await sources.reads.read(trades_after, market.number, limit, after)
        cursors = _cursors(trades, True, after)
    else:
        trades = await sources.reads.read(trades_before, market.number, limit + 1, before)
        has_more = len(trades) > limit
        del trades[limit:]
        cursors = _cursors(trades[::-1], has_more, None)
    return Answer({"market": market.name, "trades": [trade_json(market, trade) for trade in trades], **cursors})


def _cursors(oldest_first: list[MarketTrade], has_more: bool, after: TradeId | None) -> Json:
    """With what to go on in both directions."""
    if not oldest_first:
        return {"before": None, "after": None if after is None else f"{after.apex}-{after.place}"}
    return {"before": oldest_first[0].trade_id if has_more else None, "after": oldest_first[-1].trade_id}


async def list_candles(sources: Sources, arguments: Arguments) -> Answer:
    """A page of a market's candles."""
    market = find_market(sources.live.listing, arguments["market"])
    start_ms, end_ms = arguments["start"], arguments["end"]
    if start_ms is not None and end_ms is not None and start_ms > end_ms:
        raise HttpError(HttpCode.INVALID_TIME, f"start: it is after the end, {end_ms}")
    wanted = CandleRange(market.number, arguments["period"], arguments["limit"], start_ms, end_ms)
    now_us = sources.clock_us() - CLOSING_GRACE_S * _US
    page = await sources.reads.read(candle_page, wanted, now_us)
    document = {
        "period": wanted.period,
        "candles": [candle_row(market, candle) for candle in page.candles],
        "next": None if page.next_s is None else page.next_s * _MS,
    }
    return Answer(document, IMMUTABLE) if page.is_final else Answer(document)


async def get_settings(sources: Sources, arguments: Arguments) -> Answer:
    """The settings in force, or those of a version."""
    version = arguments["version"]
    if version is None:
        return Answer(settings_json((await sources.reads.rules()).current))
    found = await sources.reads.read(find_settings, sources.reads.genesis, version)
    if found is None:
        raise HttpError(HttpCode.UNKNOWN_VERSION, f"the settings have not been changed {version} times yet")
    return Answer(settings_json(found), IMMUTABLE)


async def get_batch(sources: Sources, arguments: Arguments) -> Answer:
    """A certified batch."""
    record = await sources.reads.read(find_batch, arguments["number"])
    if record is None:
        raise HttpError(HttpCode.UNKNOWN_BATCH, f"there is no certified batch {arguments['number']} yet")
    return Answer(batch_json(record), IMMUTABLE)


async def get_proof(sources: Sources, _arguments: Arguments) -> Answer:
    """The operator's newest proof of reserves, as it is in its file."""
    path = sources.proof_file
    document = None if path is None else await sources.reads.run(lambda: _read_proof(path))
    if document is None:
        raise HttpError(HttpCode.NO_PROOF, "the operator has published no proof of reserves")
    return Answer(document, STEADY)


def _read_proof(path: Path) -> Json | None:
    """What is in the file; None when it is not there, is too large, or is no document."""
    try:
        with path.open("rb") as file:
            content = file.read(RESERVE_DOCUMENT_MAX_BYTES + 1)
        document: Any = json.loads(content) if len(content) <= RESERVE_DOCUMENT_MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
