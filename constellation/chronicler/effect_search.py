"""Finds the effects of one account that pass a filter, at a cost that does not grow with how many it has.

Without a filter the numbers of a page are known: they have no gaps. Effects of one asset, one market or some kinds are
found in an index of exactly these. For kinds of an asset or of a market there is no such index: one of the two is
followed for at most :data:`HISTORY_LOOKS_MAX` entries, the one that gets further with that, and what it passes is
compared with the other. Few may be found then, and the page says how far it has looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, select

from constellation.chronicler import tables
from constellation.chronicler.number_range import NumberRange
from constellation.chronicler.plans import among
from constellation.protocol.limits import HISTORY_LOOKS_MAX
from constellation.protocol.messages import EffectType, HistoryFilter

_EFFECTS = tables.effects.c
_ASKED_AT_ONCE = 500


@dataclass(slots=True, frozen=True)
class Found:
    """What a search has found.

    Attributes:
        numbers: in the direction of the search.
        end: the last number that was looked at.
        more: whether there is something behind it to look at.
    """

    numbers: list[int]
    end: int
    more: bool


def find_effects(
    connection: Connection, account: int, wanted: HistoryFilter, numbers: NumberRange, limit: int
) -> Found:
    """The first ``limit`` effects in a range that pass the filter, whose times are in the range already.

    Args:
        connection: to the chronicle.
        account: its number there.
        wanted: which effects.
        numbers: where to look, not empty; all of them exist.
        limit: at least one.
    """
    kinds = [_EFFECTS.kind == kind for kind in _kinds(wanted)]
    of_thing = _of_thing(wanted)
    if not kinds and not of_thing:
        return _consecutive(numbers, limit)
    if kinds and of_thing:
        return _compared(connection, account, wanted, kinds, of_thing, numbers, limit)
    return _ended(_followed(connection, account, kinds or of_thing, numbers, limit + 1), numbers, limit)


def _kinds(wanted: HistoryFilter) -> list[int]:
    """The kinds that are asked for, each once; none when it is all of them."""
    kinds = sorted({int(kind) for kind in wanted.kinds})
    return [] if len(kinds) == len(EffectType) else kinds


def _of_thing(wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    if wanted.asset is not None:
        return [_EFFECTS.asset == wanted.asset]
    return [] if wanted.market is None else [_EFFECTS.market == wanted.market]


def _consecutive(numbers: NumberRange, limit: int) -> Found:
    if numbers.descending:
        found = list(range(numbers.high, max(numbers.low, numbers.high - limit + 1) - 1, -1))
    else:
        found = list(range(numbers.low, min(numbers.high, numbers.low + limit - 1) + 1))
    return Found(found, found[-1], found[-1] != numbers.end)


def _ended(found: list[int], numbers: NumberRange, limit: int) -> Found:
    """What was found, of at most one more than the limit."""
    if len(found) > limit:
        return Found(found[:limit], found[limit - 1], True)
    return Found(found, numbers.end, False)


def _followed(
    connection: Connection, account: int, entries: Sequence[ColumnElement[bool]], numbers: NumberRange, limit: int
) -> list[int]:
    """The first numbers of several indexes together."""
    found: list[int] = []
    for entry in entries:
        found += connection.execute(_index(account, entry, numbers).limit(limit)).scalars()
    return sorted(found, reverse=numbers.descending)[:limit]


def _index(account: int, entry: ColumnElement[bool], numbers: NumberRange) -> Select[int]:
    """The entries of one index in its order."""
    return (
        select(_EFFECTS.number)
        .where(_EFFECTS.account == account, entry, numbers.has(_EFFECTS.number))
        .order_by(numbers.order(_EFFECTS.number))
    )


def _compared(
    connection: Connection,
    account: int,
    wanted: HistoryFilter,
    kinds: Sequence[ColumnElement[bool]],
    of_thing: Sequence[ColumnElement[bool]],
    numbers: NumberRange,
    limit: int,
) -> Found:
    by_kind = _reach(connection, account, kinds, numbers)
    by_thing = _reach(connection, account, of_thing, numbers)
    end = numbers.furthest(by_kind, by_thing)
    window = numbers.up_to(end)
    entries = of_thing if end == by_thing else kinds
    looked_at = _followed(connection, account, entries, window, HISTORY_LOOKS_MAX)
    found: list[int] = []
    while looked_at and len(found) <= limit:
        found += _passing(connection, account, wanted, looked_at[:_ASKED_AT_ONCE])
        del looked_at[:_ASKED_AT_ONCE]
    result = _ended(found, window, limit)
    return Found(result.numbers, result.end, result.more or end != numbers.end)


def _passing(connection: Connection, account: int, wanted: HistoryFilter, numbers: list[int]) -> list[int]:
    """Those of some effects that pass the filter: read by their numbers alone, or databases may take other indexes."""
    columns = (_EFFECTS.number, _EFFECTS.kind, _EFFECTS.asset, _EFFECTS.market)
    query = select(*columns).where(_EFFECTS.account == account, among(_EFFECTS.number, numbers))
    passing = {
        number
        for number, kind, asset, market in connection.execute(query)
        if kind in wanted.kinds and wanted.asset in (None, asset) and wanted.market in (None, market)
    }
    return [number for number in numbers if number in passing]


def _reach(connection: Connection, account: int, entries: Sequence[ColumnElement[bool]], numbers: NumberRange) -> int:
    """How far one comes by following these indexes for so many entries as may be looked at."""
    share = max(1, HISTORY_LOOKS_MAX // len(entries))
    reached = [
        connection.execute(_index(account, entry, numbers).offset(share - 1).limit(1)).scalar() for entry in entries
    ]
    return numbers.nearest(numbers.end, *(number for number in reached if number is not None))
