"""The lists of history, read in pages or followed as streams: what they hold, and how their cursors are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from constellation.sandbox.history import OperationRecord, toid
from constellation.sandbox.problems import before_history, not_found
from constellation.sandbox.queries import (
    Query,
    parse_account_id,
    parse_effect_cursor,
    parse_flag,
    parse_join,
    parse_ledger_sequence,
    parse_operation_id,
    parse_page,
    parse_toid,
    parse_transaction_hash,
)
from constellation.sandbox.render.ledgers import ledger_resource
from constellation.sandbox.render.links import Json, Links
from constellation.sandbox.render.operations import effect_resource, operation_resource
from constellation.sandbox.render.transactions import transaction_resource
from constellation.sandbox.tape import Order, Page
from constellation.sandbox.views import View

K = TypeVar("K", int, tuple[int, int], str)

_OPERATION_INDEX_MAX = 2**12 - 1


@dataclass(frozen=True, slots=True)
class Listing(Generic[K]):
    """One list as one client asked for it.

    Attributes:
        parse_cursor: Reads a cursor, also `now`.
        read: Returns a page of resources; each has a `paging_token`.
        check: Raises a Problem if there can be no such page.
        is_streamed: Whether it can be followed.
    """

    parse_cursor: Callable[[str], K]
    read: Callable[[Page[K]], list[Json]]
    check: Callable[[Page[K]], None] = lambda _page: None
    is_streamed: bool = True

    def page(self, query: Query) -> Page[K]:
        """Reads which page the client wants."""
        page = parse_page(query, self.parse_cursor)
        self.check(page)
        return page


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of history below one path: that of an account, a balance, a ledger and so on; or all of it."""

    account_id: str | None = None
    balance_id: str | None = None
    low: int | None = None
    high: int | None = None
    is_transaction: bool = False


class Listings:
    """Makes the lists of a ledger's history for a client.

    Args:
        look: Returns what the client gets to see of the ledger; called again whenever a stream looks for more.
        links: Makes the links.
    """

    def __init__(self, look: Callable[[], View], links: Links) -> None:
        self._look = look
        self._links = links

    def scope(self, path: Mapping[str, str]) -> Scope:
        """Finds the part of history that the path's variables name.

        Raises:
            Problem: when there is no such thing.
        """
        view = self._look()
        if "account_id" in path:
            return _account_scope(view, parse_account_id(path["account_id"]))
        if "balance_id" in path:
            return _balance_scope(view, path["balance_id"])
        if "ledger_id" in path:
            sequence = ledger_sequence(view, path["ledger_id"])
            return Scope(low=toid(sequence), high=toid(sequence + 1))
        if "tx_id" in path:
            record = view.transaction(parse_transaction_hash(path["tx_id"]))
            if record is None:
                raise not_found()
            return Scope(low=record.toid, high=record.toid + _OPERATION_INDEX_MAX, is_transaction=True)
        if "op_id" in path:
            operation = find_operation(view, path["op_id"])
            return Scope(low=operation.toid, high=operation.toid + 1)
        return Scope()

    def transactions(self, scope: Scope, query: Query) -> Listing[int]:
        """Transactions; failed ones only with `include_failed`."""
        with_failed = parse_flag(query, "include_failed")

        def read(page: Page[int]) -> list[Json]:
            view = self._look()
            records = view.read(
                view.history.transactions_of(scope.account_id or scope.balance_id),
                page,
                low=scope.low,
                high=scope.high,
                keep=lambda record: with_failed or record.is_successful,
            )
            return [transaction_resource(self._links, record) for record in records]

        return Listing(self._parse_toid, read, self._check)

    def operations(self, scope: Scope, query: Query, *, only_payments: bool = False) -> Listing[int]:
        """Operations; those of failed transactions only with `include_failed`, or below the transaction itself."""
        with_failed = parse_flag(query, "include_failed") or scope.is_transaction
        with_transaction = parse_join(query)

        def keep(record: OperationRecord) -> bool:
            is_wanted = record.operation.is_payment or not only_payments
            return is_wanted and (with_failed or record.transaction.is_successful)

        def read(page: Page[int]) -> list[Json]:
            view = self._look()
            tape = view.history.operations_of(scope.account_id or scope.balance_id)
            records = view.read(tape, page, low=scope.low, high=scope.high, keep=keep)
            return [operation_resource(self._links, record, with_transaction=with_transaction) for record in records]

        return Listing(self._parse_toid, read, self._check)

    def payments(self, scope: Scope, query: Query) -> Listing[int]:
        """Operations that move money from account to account."""
        return self.operations(scope, query, only_payments=True)

    def effects(self, scope: Scope, _query: Query) -> Listing[tuple[int, int]]:
        """Effects."""

        def read(page: Page[tuple[int, int]]) -> list[Json]:
            view = self._look()
            tape = view.history.effects_of(scope.account_id)
            records = view.read_effects(tape, page, low=scope.low, high=scope.high)
            return [effect_resource(self._links, record) for record in records]

        def parse_cursor(text: str) -> tuple[int, int]:
            return (self._look().now, 0) if text == "now" else parse_effect_cursor(text)

        return Listing(parse_cursor, read, self._check)

    def ledgers(self) -> Listing[int]:
        """Closed ledgers."""

        def read(page: Page[int]) -> list[Json]:
            view = self._look()
            return [ledger_resource(self._links, record) for record in view.read(view.history.ledgers, page)]

        return Listing(self._parse_toid, read, self._check)

    def _parse_toid(self, text: str) -> int:
        return self._look().now if text == "now" else parse_toid(text)

    def _check(self, page: Page[int] | Page[tuple[int, int]]) -> None:
        """Like Horizon: what lies before history is gone for those who read backwards; others just start later."""
        position = page.cursor[0] if isinstance(page.cursor, tuple) else page.cursor
        if page.order is Order.DESCENDING and position is not None and position <= self._look().low:
            raise before_history()


def ledger_sequence(view: View, text: str) -> int:
    """Reads the number of a ledger that is shown."""
    sequence = parse_ledger_sequence(text)
    if sequence < view.elder.sequence:
        raise before_history()
    if view.ledger(sequence) is None:
        raise not_found()
    return sequence


def find_operation(view: View, text: str) -> OperationRecord:
    """Finds an operation that is shown by its id."""
    operation_id = parse_operation_id(text)
    if operation_id < view.low:
        raise before_history()
    record = view.operation(operation_id)
    if record is None:
        raise not_found()
    return record


def _account_scope(view: View, account_id: str) -> Scope:
    is_known = view.state.peek(account_id) is not None
    if not is_known and not view.read(view.history.transactions_of(account_id), Page(limit=1)):
        raise not_found()
    return Scope(account_id=account_id)


def _balance_scope(view: View, balance_id: str) -> Scope:
    # One that has been claimed is no longer there, but its history is.
    if not view.read(view.history.operations_of(balance_id), Page(limit=1)):
        raise not_found()
    return Scope(balance_id=balance_id)
