"""What is refused of questions about the past, before anything is read: each says what would be right.

Numbers of the wire are wider than those of SQL: nothing that passes here makes a driver fail.
"""

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import APEX_MAX, INT64_MAX
from constellation.protocol.messages import (
    MAX_ASSETS,
    MAX_HISTORY_ITEMS,
    MAX_HISTORY_PROOFS,
    MAX_MARKETS,
    Code,
    QueryHistory,
    QueryOrders,
)


def check_history_query(query: QueryHistory) -> None:
    """Check a question for effects.

    Raises:
        Rejection: INVALID_QUERY.
    """
    _check_page(query)
    if query.proofs and query.limit > MAX_HISTORY_PROOFS:
        raise _invalid(f"limit {query.limit}: a page with proofs has at most {MAX_HISTORY_PROOFS} items")
    wanted = query.filter
    _check_times(wanted.since, wanted.until)
    if wanted.asset is not None and wanted.market is not None:
        raise _invalid("an effect is of an asset or of a market, never of both: ask for one of them")
    if wanted.asset is not None and wanted.asset >= MAX_ASSETS:
        raise _invalid(f"asset {wanted.asset}: the numbers of assets are below {MAX_ASSETS}")
    _check_market(wanted.market)


def check_orders_query(query: QueryOrders) -> None:
    """Check a question for orders.

    Raises:
        Rejection: INVALID_QUERY.
    """
    _check_page(query)
    _check_times(query.since, query.until)
    _check_market(query.market)


def _check_page(query: QueryHistory | QueryOrders) -> None:
    if not 1 <= query.limit <= MAX_HISTORY_ITEMS:
        raise _invalid(f"limit {query.limit}: a page has from 1 to {MAX_HISTORY_ITEMS} items")
    if query.cursor is not None and query.cursor > INT64_MAX:
        raise _invalid(f"cursor {query.cursor}: the largest is {INT64_MAX}; take the one that a page has")
    if query.min_apex > APEX_MAX:
        raise _invalid(f"min_apex {query.min_apex}: the last quantum that there can be is {APEX_MAX}")


def _check_times(since: int | None, until: int | None) -> None:
    if since is not None and until is not None and since > until:
        raise _invalid(f"since {since} is after until {until}: both are microseconds since 1970, since comes first")


def _check_market(market: int | None) -> None:
    if market is not None and market >= MAX_MARKETS:
        raise _invalid(f"market {market}: the numbers of markets are below {MAX_MARKETS}")


def _invalid(message: str) -> Rejection:
    return Rejection(Code.INVALID_QUERY, message)
