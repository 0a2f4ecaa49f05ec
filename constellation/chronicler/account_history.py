"""Pages of what has happened to one account, from the chronicle."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from constellation.chronicler import tables
from constellation.chronicler.accounts import account_number
from constellation.chronicler.effect_search import Found, find_effects
from constellation.chronicler.history_proofs import ProofBinder
from constellation.chronicler.number_range import NumberRange
from constellation.chronicler.number_search import first_since
from constellation.chronicler.plans import among, follow_indexes
from constellation.chronicler.question_checks import check_history_query
from constellation.chronicler.writer import read_cursor
from constellation.protocol.messages import HistoryItem, HistoryPage, HistoryProof, QueryHistory, decode_effect
from constellation.protocol.terms import Terms

_EFFECTS = tables.effects.c
_ASKED_AT_ONCE = 500


def answer_history(connection: Connection, terms: Terms, account: bytes, query: QueryHistory) -> HistoryPage:
    """A page of the effects of an account; an empty one where nothing has happened to it.

    Args:
        connection: in a transaction that sees one moment of the chronicle.
        terms: of the constellation.
        account: its key.
        query: what it asks.

    Raises:
        Rejection: INVALID_QUERY; or, of a page with proofs, TOO_LARGE: one item's proof does not fit a message.
        DamagedChronicle: the database has something else than what was written.
    """
    check_history_query(query)
    follow_indexes(connection)
    apex = read_cursor(connection).apex
    number = account_number(connection, account)
    numbers = NumberRange(1, 0, query.descending) if number is None else _range(connection, number, query)
    if number is None or numbers.is_empty:
        return HistoryPage(query.request_id, apex, [], [], query.cursor, False)
    found = find_effects(connection, number, query.filter, numbers, query.limit)
    items = _items(connection, number, found)
    proofs: list[HistoryProof] = []
    if query.proofs and items:
        proofs, proven = ProofBinder(connection, terms, account).prove(items)
        if proven < len(items):
            items = items[:proven]
            found = Found(found.numbers[:proven], items[-1].number, True)
    return HistoryPage(query.request_id, apex, items, proofs, found.end, found.more)


def _range(connection: Connection, account: int, query: QueryHistory) -> NumberRange:
    """The numbers of the effects behind the cursor and within the times."""
    last = connection.execute(select(func.max(_EFFECTS.number)).where(_EFFECTS.account == account)).scalar() or 0

    def times_at(numbers: Sequence[int]) -> Mapping[int, int]:
        rows = select(_EFFECTS.number, _EFFECTS.timestamp).where(
            _EFFECTS.account == account, among(_EFFECTS.number, numbers)
        )
        return {row.number: row.timestamp for row in connection.execute(rows)}

    numbers = NumberRange(1, last, query.descending).behind(query.cursor)
    low, high = numbers.low, numbers.high
    if query.filter.since is not None and not numbers.is_empty:
        low = first_since(times_at, low, high, query.filter.since)
    if query.filter.until is not None and low <= high:
        high = first_since(times_at, low, high, query.filter.until) - 1
    return NumberRange(low, high, query.descending)


def _items(connection: Connection, account: int, found: Found) -> list[HistoryItem]:
    items: dict[int, HistoryItem] = {}
    for first in range(0, len(found.numbers), _ASKED_AT_ONCE):
        some = found.numbers[first : first + _ASKED_AT_ONCE]
        query = select(_EFFECTS.number, _EFFECTS.apex, _EFFECTS.timestamp, _EFFECTS.batch, _EFFECTS.content)
        query = query.where(_EFFECTS.account == account, among(_EFFECTS.number, some))
        for number, apex, timestamp, batch, content in connection.execute(query):
            items[number] = HistoryItem(number, apex, timestamp, batch, decode_effect(content))
    return [items[number] for number in found.numbers]
