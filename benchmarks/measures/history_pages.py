"""Reading history: pages of one account with a million effects."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, insert

from benchmarks.figures import Figure
from benchmarks.measuring import Stopwatch, tell
from constellation.chronicler import tables
from constellation.chronicler.account_history import answer_history
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.writer import Cursor, put_cursor
from constellation.protocol.messages import (
    BalanceChanged,
    EffectType,
    HistoryFilter,
    QueryHistory,
    encode_effect,
)
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from constellation.testing import World

_EFFECTS, _QUICK_EFFECTS = 1_000_000, 10_000
_CHUNK = 10_000
_PAGES, _QUICK_PAGES = 400, 20
_LIMIT = 100
_KEY = bytes(32)
_RARE = 5_000  # one effect in so many is a deposit
_CONTENT = encode_effect(BalanceChanged(1, 1, 0))


def history_pages(quick: bool) -> Iterator[Figure]:
    """What a page costs, by filter: the median, and the slowest of a hundred."""
    effects, pages = (_QUICK_EFFECTS, _QUICK_PAGES) if quick else (_EFFECTS, _PAGES)
    world = World()
    with TemporaryDirectory() as directory:
        url = sqlite_url(Path(directory) / "chronicle.sqlite")
        tell(f"writing {effects:,} effects of one account")
        engine = open_chronicle(url, world.settings)
        _fill(engine, effects)
        engine.dispose()
        reading = open_engine(url, read_only=True)
        for name, wanted in _filters(effects).items():
            tell(f"{pages} pages: {name}")
            costs = sorted(_costs_ms(reading, Terms(world.settings), wanted, effects, pages))
            yield Figure(f"{name}, p50", costs[len(costs) // 2], "ms")
            yield Figure(f"{name}, p99", costs[-1 - len(costs) // 100], "ms")
        reading.dispose()


def _fill(engine: Engine, effects: int) -> None:
    with engine.begin() as connection:
        connection.execute(insert(tables.accounts), [{"id": 1, "key": _KEY}])
        for first in range(1, effects + 1, _CHUNK):
            _write(connection, range(first, first + _CHUNK))
        put_cursor(connection, Cursor(Tip(1, effects // _CHUNK, bytes(32)), effects))


def _write(connection: Connection, numbers: range) -> None:
    """One batch, in which every effect has a quantum and a microsecond of its own."""
    batch = {"number": numbers[-1] // _CHUNK, "epoch": 1, "first_apex": numbers[0], "last_apex": numbers[-1]}
    proof = {"timestamp": numbers[-1], "digest": bytes(32), "certified_by": batch["number"], "record": b""}
    connection.execute(insert(tables.batches), [batch | proof])
    rows: list[dict[str, Any]] = []
    for number in numbers:
        place = {"account": 1, "number": number, "apex": number, "batch": batch["number"], "timestamp": number}
        rows.append({**place, **_kind(number), "content": _CONTENT})
    connection.execute(insert(tables.effects), rows)


def _kind(number: int) -> dict[str, int | None]:
    """Trades, what closes orders, balances in equal parts; a deposit now and then."""
    if number % _RARE == 0:
        return {"kind": int(EffectType.DEPOSIT_CREDITED), "asset": 2, "market": None}
    if number % 3 == 0:
        return {"kind": int(EffectType.TRADE), "asset": None, "market": number % 2}
    if number % 3 == 1:
        return {"kind": int(EffectType.ORDER_CLOSED), "asset": None, "market": number % 2}
    return {"kind": int(EffectType.BALANCE_CHANGED), "asset": number % 2, "market": None}


def _filters(effects: int) -> dict[str, HistoryFilter]:
    trade, deposit, balance = EffectType.TRADE, EffectType.DEPOSIT_CREDITED, EffectType.BALANCE_CHANGED
    return {
        "everything": HistoryFilter([], None, None, None, None),
        "trades": HistoryFilter([trade], None, None, None, None),
        "deposits, which are rare": HistoryFilter([deposit], None, None, None, None),
        "trades of one market": HistoryFilter([trade], None, 1, None, None),
        "balances of an asset that has few": HistoryFilter([balance], 2, None, None, None),
        "within some time": HistoryFilter([], None, None, effects // 4, effects // 2),
    }


def _costs_ms(engine: Engine, terms: Terms, wanted: HistoryFilter, effects: int, pages: int) -> Iterator[float]:
    """CPU of pages that begin anywhere, in either direction."""
    random = Random(1)
    for _ in range(pages):
        query = QueryHistory(1, wanted, random.randrange(effects), random.random() < 0.5, _LIMIT, False, 0, None)
        watch = Stopwatch()
        with moment(engine) as connection:
            answer_history(connection, terms, _KEY, query)
        yield watch.cpu_s * 1000
