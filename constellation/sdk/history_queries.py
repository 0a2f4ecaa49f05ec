"""Questions about the past as programs ask them: kinds, assets and markets by name, times, and opaque cursors."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from constellation.protocol.limits import APEX_MAX, INT64_MAX
from constellation.protocol.messages import (
    MAX_HISTORY_ITEMS,
    MAX_HISTORY_PROOFS,
    Effect,
    EffectType,
    HistoryFilter,
    QueryHistory,
    QueryOrders,
    encode_effect,
)
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.sdk.sub_accounts import checked_number

Moment = datetime | int
"""A time with its zone, or microseconds since 1970."""

HISTORY: Final = "h"
ORDERS: Final = "o"
"""What a cursor is of."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_GROUPS: Final = {
    "account": [EffectType.ACCOUNT_OPENED, EffectType.SUB_ACCOUNT_OPENED, EffectType.SUB_ACCOUNT_MERGED],
    "balance": [EffectType.BALANCE_CHANGED],
    "deposit": [EffectType.DEPOSIT_CREDITED],
    "fee": [EffectType.FEE_COLLECTED],
    "keys": [EffectType.AGENT_APPOINTED, EffectType.AGENT_DISMISSED, EffectType.KEY_ROTATED, EffectType.LOCK_CHANGED],
    "order": [EffectType.ORDER_PLACED, EffectType.ORDER_CLOSED],
    "payment": [EffectType.PAYMENT_SENT, EffectType.PAYMENT_RECEIVED],
    "refusal": [EffectType.OPERATION_REFUSED],
    "withdrawal": [
        EffectType.WITHDRAWAL_ACCEPTED,
        EffectType.WITHDRAWAL_PREPARED,
        EffectType.WITHDRAWAL_CLOSED,
    ],
}

KINDS: Final[Mapping[str, Sequence[EffectType]]] = {kind.name.lower(): [kind] for kind in EffectType} | _GROUPS
"""What ``kinds`` takes: every kind of effect by its name, such as ``trade``, and groups such as ``payment``."""


def kind_name(effect: Effect) -> str:
    """The name of an effect's kind."""
    return EffectType(int.from_bytes(encode_effect(effect)[:4], "big")).name.lower()


def history_query(
    catalogue: Catalogue,
    *,
    kinds: Sequence[str],
    asset: str | None,
    market: str | None,
    since: Moment | None,
    until: Moment | None,
    newest_first: bool,
    after: str | None,
    limit: int,
    proofs: bool,
    min_apex: int,
    sub_account: int | None,
) -> QueryHistory:
    """A question for effects; the session gives it its id.

    Raises:
        InvalidRequest: an argument makes no sense.
    """
    if asset is not None and market is not None:
        raise InvalidRequest("an effect is of an asset or of a market, never of both: ask for one of them")
    most = MAX_HISTORY_PROOFS if proofs else MAX_HISTORY_ITEMS
    return QueryHistory(
        0,
        HistoryFilter(
            _kinds(kinds),
            None if asset is None else catalogue.asset_id(asset),
            None if market is None else catalogue.market(market).market_id,
            *_times(since, until),
        ),
        _cursor(HISTORY, after),
        newest_first,
        _limit(limit, most, " with proofs" if proofs else ""),
        proofs,
        _apex(min_apex),
        None if sub_account is None else checked_number(sub_account),
    )


def orders_query(
    catalogue: Catalogue,
    *,
    market: str | None,
    is_open: bool | None,
    since: Moment | None,
    until: Moment | None,
    newest_first: bool,
    after: str | None,
    limit: int,
    min_apex: int,
    sub_account: int | None,
) -> QueryOrders:
    """A question for orders; the session gives it its id.

    Raises:
        InvalidRequest: an argument makes no sense.
    """
    return QueryOrders(
        0,
        None if market is None else catalogue.market(market).market_id,
        is_open,
        *_times(since, until),
        _cursor(ORDERS, after),
        newest_first,
        _limit(limit, MAX_HISTORY_ITEMS, ""),
        _apex(min_apex),
        None if sub_account is None else checked_number(sub_account),
    )


def cursor_text(of: str, cursor: int | None) -> str | None:
    """A cursor as programs keep it."""
    return None if cursor is None else f"{of}{cursor:x}"


def _cursor(of: str, text: str | None) -> int | None:
    if text is None:
        return None
    digits = text[1:] if isinstance(text, str) and text.isascii() and text.startswith(of) else ""
    if digits.isalnum() and len(digits) <= 16:
        try:
            cursor = int(digits, 16)
        except ValueError:
            cursor = -1
        if 0 <= cursor <= INT64_MAX:
            return cursor
    raise InvalidRequest(f"after={text!r} is no cursor of these pages; take the one that a page has")


def _kinds(names: Sequence[str]) -> list[EffectType]:
    if isinstance(names, str):
        raise InvalidRequest(f"kinds are several names, such as kinds=({names!r},)")
    for name in names:
        if name not in KINDS:
            raise InvalidRequest(f"kind {name!r} is not known; there are {', '.join(sorted(KINDS))}")
    return list(dict.fromkeys(kind for name in names for kind in KINDS[name]))


def _times(since: Moment | None, until: Moment | None) -> tuple[int | None, int | None]:
    first, last = microseconds("since", since), microseconds("until", until)
    if first is not None and last is not None and first > last:
        raise InvalidRequest(f"since {since} is after until {until}")
    return first, last


def microseconds(name: str, moment: Moment | None) -> int | None:
    """The microseconds since 1970 of ``moment``.

    Raises:
        InvalidRequest: it is no time; the message says so of ``name``.
    """
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise InvalidRequest(f"{name}: a time needs its zone, such as datetime(2026, 1, 31, tzinfo=UTC)")
        return (moment - _EPOCH) // _MICROSECOND
    if moment is not None and (
        isinstance(moment, bool) or not isinstance(moment, int) or not -INT64_MAX <= moment <= INT64_MAX
    ):
        raise InvalidRequest(f"{name} is a datetime, or microseconds since 1970, not {moment!r}")
    return moment


def _limit(limit: int, most: int, what: str) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= most:
        raise InvalidRequest(f"limit {limit!r}: a page{what} has from 1 to {most} items")
    return limit


def _apex(min_apex: int) -> int:
    if not 0 <= min_apex <= APEX_MAX:
        raise InvalidRequest(f"min_apex {min_apex}: quanta have numbers from 1 to {APEX_MAX}")
    return min_apex
