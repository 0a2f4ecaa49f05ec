"""What the client checks of pages of history.

Whatever a page says must answer the question that was asked; that costs nothing and is always checked. With proofs,
every item is under a header that alpha and a quorum of auditors have signed. What is left out at the end of a page, or
by a filter, no proof can show; without a filter, numbers that follow each other show that nothing is left out between.
"""

from collections.abc import Sequence
from itertools import pairwise

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import (
    AccountEvent,
    BatchHeader,
    Finality,
    HistoryFilter,
    HistoryItem,
    HistoryPage,
    HistoryProof,
    OrderRecord,
    OrdersPage,
    QueryHistory,
    QueryOrders,
)
from constellation.protocol.proofs import check_finality, check_inclusion, check_signed_header
from constellation.protocol.terms import Terms
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.history_queries import KINDS, kind_name
from constellation.sdk.verifier import FinalProof, VerifiedEvent, final_proof

_LAST_TIME_US = 253_402_300_799_999_999  # 9999-12-31, the last that calendars here have

_Proven = tuple[AccountEvent, BatchHeader, bytes, Finality]


def check_history_page(query: QueryHistory, page: HistoryPage) -> None:
    """Check that a page is one that ``query`` asks for.

    Raises:
        VerificationFailed: it is not.
    """
    numbers = [item.number for item in page.items]
    _check_page(query, page, numbers)
    for item in page.items:
        _check_item(query.filter, item)
    _check_rising(query, [item.timestamp for item in page.items])
    wanted = query.filter
    if not wanted.kinds and wanted.asset is None and wanted.market is None:
        _check_gapless(query, page, numbers)


def check_orders_page(query: QueryOrders, page: OrdersPage) -> None:
    """Check that a page is one that ``query`` asks for.

    Raises:
        VerificationFailed: it is not.
    """
    _check_page(query, page, [order.order for order in page.orders])
    for order in page.orders:
        _check_order(query, order)
    _check_rising(query, [order.placed_at for order in page.orders])


def _check_page(query: QueryHistory | QueryOrders, page: HistoryPage | OrdersPage, numbers: Sequence[int]) -> None:
    if len(numbers) > query.limit:
        raise _wrong(f"{len(numbers)} items were shown, and {query.limit} asked for")
    if page.apex < query.min_apex:
        raise _wrong(f"it goes up to quantum {page.apex}, and was to include {query.min_apex}")
    edges = [number for number in (query.cursor, *numbers) if number is not None]
    if not all(_is_behind(query, later, earlier) for earlier, later in pairwise(edges)):
        raise _wrong("its items are not in order behind the cursor")
    last = edges[-1] if edges else None
    if last is not None and (page.cursor is None or (page.cursor != last and not _is_behind(query, page.cursor, last))):
        raise _wrong("its end is before its last item")
    if page.more and (page.cursor is None or page.cursor == query.cursor):
        raise _wrong("it says that there is more, and not where")


def _is_behind(query: QueryHistory | QueryOrders, later: int, earlier: int) -> bool:
    return later < earlier if query.descending else later > earlier


def _check_rising(query: QueryHistory | QueryOrders, times: Sequence[int]) -> None:
    if sorted(times, reverse=query.descending) != list(times):
        raise _wrong("the times of its items are not in their order")


def _check_item(wanted: HistoryFilter, item: HistoryItem) -> None:
    kind = kind_name(item.effect)
    if wanted.kinds and KINDS[kind][0] not in wanted.kinds:
        raise _wrong(f"effect {item.number} is of the kind {kind}")
    asset, market = getattr(item.effect, "asset", None), getattr(item.effect, "market", None)
    if wanted.asset is not None and asset not in (None, wanted.asset):
        raise _wrong(f"effect {item.number} is of another asset")
    if wanted.market is not None and market not in (None, wanted.market):
        raise _wrong(f"effect {item.number} is of another market")
    _check_time(f"effect {item.number}", item.timestamp, wanted.since, wanted.until)


def _check_order(query: QueryOrders, order: OrderRecord) -> None:
    if query.market not in (None, order.market):
        raise _wrong(f"order {order.order} is of another market")
    if query.open not in (None, order.closed is None):
        raise _wrong(f"order {order.order} is {'open' if order.closed is None else 'closed'}")
    _check_time(f"order {order.order}", order.placed_at, query.since, query.until)
    _check_time(f"order {order.order}", order.updated_at, order.placed_at, None)


def _check_time(what: str, timestamp: int, since: int | None, until: int | None) -> None:
    too_early = since is not None and timestamp < since
    if too_early or (until is not None and timestamp >= until) or not 0 <= timestamp <= _LAST_TIME_US:
        raise _wrong(f"{what} is of another time")


def _check_gapless(query: QueryHistory, page: HistoryPage, numbers: Sequence[int]) -> None:
    step = -1 if query.descending else 1
    known = list(numbers)
    bound = query.filter.until if query.descending else query.filter.since
    if bound is None and (query.cursor is not None or not query.descending):
        known.insert(0, query.cursor or 0)
    if any(later != earlier + step for earlier, later in pairwise(known)):
        raise _wrong("effects are left out: an account's have numbers without gaps")
    if page.more and (not numbers or page.cursor != numbers[-1]):
        raise _wrong("effects are left out at its end")


def check_history_proofs(terms: Terms, account: bytes, page: HistoryPage) -> dict[int, FinalProof]:
    """Check the proof of every item; the proofs by the numbers of the items.

    Args:
        terms: who alpha and the auditors are.
        account: whose history it is: its key.
        page: with proofs.

    Raises:
        VerificationFailed: something does not hold, is missing, or is for something else.
    """
    proven: dict[tuple[int, int], _Proven] = {}
    for proof in page.proofs:
        digest = _check_header(terms, proof)
        header = proof.signed_header.header
        for event in proof.events:
            _check_event(account, header, event)
            proven[header.number, event.leaf.apex] = event, header, digest, proof.finality
    return {item.number: _proof_of(item, proven.get((item.batch, item.apex))) for item in page.items}


def _check_header(terms: Terms, proof: HistoryProof) -> bytes:
    number = proof.signed_header.header.number
    try:
        digest = check_signed_header(terms, proof.signed_header)
    except VerificationError as error:
        raise VerificationFailed("header", error.message) from None
    try:
        final = check_finality(terms, proof.finality)
    except VerificationError as error:
        raise VerificationFailed("certificate", error.message) from None
    if final.get(number) != digest:
        raise VerificationFailed("certificate", f"it does not make batch {number} final")
    return digest


def _check_event(account: bytes, header: BatchHeader, event: AccountEvent) -> None:
    if event.group.account != account:
        raise VerificationFailed("account", f"effects of another account in quantum {event.leaf.apex}")
    try:
        check_inclusion(header, event)
    except VerificationError as error:
        raise VerificationFailed("inclusion proof", error.message) from None


def _proof_of(item: HistoryItem, proven: _Proven | None) -> FinalProof:
    if proven is None:
        raise VerificationFailed("history", f"effect {item.number} has no proof")
    event, header, digest, finality = proven
    place = item.number - event.group.first_number
    if (
        not 0 <= place < len(event.group.effects)
        or event.group.effects[place] != item.effect
        or event.leaf.timestamp != item.timestamp
    ):
        raise VerificationFailed("history", f"effect {item.number} is not what its proof shows")
    return final_proof(VerifiedEvent(header, digest, event), finality)


def _wrong(message: str) -> VerificationFailed:
    return VerificationFailed("history", f"the page is no answer to the question: {message}")
