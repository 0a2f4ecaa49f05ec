"""The lists that are read in pages or followed as streams: what they hold, and how their cursors are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from constellation.sandbox.accounts import Account, ClaimableBalance
from constellation.sandbox.assets import Asset
from constellation.sandbox.history import OperationRecord, toid
from constellation.sandbox.ledger import Ledger
from constellation.sandbox.problems import bad_request, before_history, not_found
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
from constellation.sandbox.render.accounts import (
    account_resource,
    asset_resource,
    asset_totals,
    claimable_balance_resource,
    claimable_balance_token,
)
from constellation.sandbox.render.ledgers import ledger_resource
from constellation.sandbox.render.links import Json, Links, format_time
from constellation.sandbox.render.operations import effect_resource, operation_resource
from constellation.sandbox.render.transactions import transaction_resource
from constellation.sandbox.tape import Page, Tape

K = TypeVar("K", int, tuple[int, int], str)

_TRANSACTION_INDEX_MAX = 2**20 - 1
_OPERATION_INDEX_MAX = 2**12 - 1


@dataclass(frozen=True, slots=True)
class Listing(Generic[K]):
    """One list as one client asked for it.

    Attributes:
        parse_cursor: Reads a cursor, also `now`.
        read: Returns a page of resources; each has a `paging_token`.
        is_streamed: Whether it can be followed.
    """

    parse_cursor: Callable[[str], K]
    read: Callable[[Page[K]], list[Json]]
    is_streamed: bool = True

    def page(self, query: Query) -> Page[K]:
        """Reads which page the client wants."""
        return parse_page(query, self.parse_cursor)


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of history below one path: an account's, a ledger's, a transaction's, an operation's, or all."""

    account_id: str | None = None
    low: int | None = None
    high: int | None = None
    is_transaction: bool = False


class Listings:
    """Makes the lists of a ledger for a client."""

    def __init__(self, ledger: Ledger, links: Links) -> None:
        self._ledger = ledger
        self._history = ledger.history
        self._links = links

    def scope(self, path: Mapping[str, str]) -> Scope:
        """Finds the part of history that the path's variables name.

        Raises:
            Problem: when there is no such thing.
        """
        if "account_id" in path:
            return self._account_scope(parse_account_id(path["account_id"]))
        if "ledger_id" in path:
            sequence = self.ledger_sequence(path["ledger_id"])
            return Scope(low=toid(sequence), high=toid(sequence + 1))
        if "tx_id" in path:
            record = self._history.transaction(parse_transaction_hash(path["tx_id"]))
            if record is None:
                raise not_found()
            return Scope(low=record.toid, high=record.toid + _OPERATION_INDEX_MAX, is_transaction=True)
        if "op_id" in path:
            operation_id = parse_operation_id(path["op_id"])
            if self._history.operation(operation_id) is None:
                raise not_found()
            return Scope(low=operation_id, high=operation_id + 1)
        return Scope()

    def _account_scope(self, account_id: str) -> Scope:
        is_known = self._ledger.state.peek(account_id) is not None
        if not is_known and not self._history.account_transactions(account_id):
            raise not_found()
        return Scope(account_id=account_id)

    def ledger_sequence(self, text: str) -> int:
        """Reads the number of a ledger that is still remembered."""
        sequence = parse_ledger_sequence(text)
        if 0 < sequence < self._history.ledgers.first.sequence:
            raise before_history()
        if self._history.ledger(sequence) is None:
            raise not_found()
        return sequence

    def transactions(self, scope: Scope, query: Query) -> Listing[int]:
        """Transactions; failed ones only with `include_failed`."""
        with_failed = parse_flag(query, "include_failed")
        account_id = scope.account_id
        tape = self._history.account_transactions(account_id) if account_id else self._history.transactions

        def read(page: Page[int]) -> list[Json]:
            records = tape.read(
                page,
                low=scope.low,
                high=scope.high,
                keep=lambda record: with_failed or record.is_successful,
            )
            return [transaction_resource(self._links, record) for record in records]

        return Listing(self._parse_toid, read)

    def operations(self, scope: Scope, query: Query, *, only_payments: bool = False) -> Listing[int]:
        """Operations; those of failed transactions only with `include_failed`, or below the transaction itself."""
        with_failed = parse_flag(query, "include_failed") or scope.is_transaction
        with_transaction = parse_join(query)
        account_id = scope.account_id
        tape = self._history.account_operations(account_id) if account_id else self._history.operations

        def keep(record: OperationRecord) -> bool:
            is_wanted = record.operation.is_payment or not only_payments
            return is_wanted and (with_failed or record.transaction.is_successful)

        def read(page: Page[int]) -> list[Json]:
            records = tape.read(page, low=scope.low, high=scope.high, keep=keep)
            return [operation_resource(self._links, record, with_transaction=with_transaction) for record in records]

        return Listing(self._parse_toid, read)

    def payments(self, scope: Scope, query: Query) -> Listing[int]:
        """Operations that move money from account to account."""
        return self.operations(scope, query, only_payments=True)

    def effects(self, scope: Scope, query: Query) -> Listing[tuple[int, int]]:
        """Effects."""
        account_id = scope.account_id
        tape = self._history.account_effects(account_id) if account_id else self._history.effects
        low = None if scope.low is None else (scope.low, 0)
        high = None if scope.high is None else (scope.high, 0)

        def read(page: Page[tuple[int, int]]) -> list[Json]:
            records = tape.read(page, low=low, high=high)
            return [effect_resource(self._links, record) for record in records]

        def parse_cursor(text: str) -> tuple[int, int]:
            return (self._now(), 0) if text == "now" else parse_effect_cursor(text)

        return Listing(parse_cursor, read)

    def ledgers(self) -> Listing[int]:
        """Closed ledgers."""

        def read(page: Page[int]) -> list[Json]:
            return [ledger_resource(self._links, record) for record in self._history.ledgers.read(page)]

        return Listing(self._parse_toid, read)

    def accounts(self, query: Query) -> Listing[str]:
        """Accounts with a given signer, or with a trust line to a given asset."""
        signer, asset = query.get("signer"), query.get("asset")
        if signer is not None:
            parse_account_id(signer, "signer")

            def is_wanted(account: Account) -> bool:
                return signer == account.account_id or signer in account.signers
        elif asset is not None:
            key = _parse_asset(asset)

            def is_wanted(account: Account) -> bool:
                return key in account.trust_lines
        else:
            raise bad_request("filters", "Use at least one of: signer, asset")

        def read(page: Page[str]) -> list[Json]:
            tape: Tape[str, Account] = Tape()
            for account in filter(is_wanted, self._ledger.state.accounts()):
                tape.append(account.account_id, account)
            return [self.account(account) for account in tape.read(page)]

        return Listing(lambda text: parse_account_id(text, "cursor"), read, is_streamed=False)

    def account(self, account: Account) -> Json:
        """Returns one account."""
        return account_resource(self._links, account, self._modified_at(account.last_modified_ledger))

    def assets(self, query: Query) -> Listing[str]:
        """Issued assets with their totals."""
        code, issuer = query.get("asset_code"), query.get("asset_issuer")
        if issuer is not None:
            parse_account_id(issuer, "asset_issuer")
        state = self._ledger.state

        def read(page: Page[str]) -> list[Json]:
            tape = Tape[str, Json]()
            for totals in asset_totals(state.accounts(), state.claimable_balances()):
                if code in {None, totals.asset.code} and issuer in {None, totals.asset.issuer}:
                    tape.append(totals.token, asset_resource(totals, state.peek(totals.asset.issuer)))
            return tape.read(page)

        return Listing(str, read, is_streamed=False)

    def claimable_balances(self, query: Query) -> Listing[str]:
        """Claimable balances, by claimant, sponsor or asset if asked for."""
        claimant, sponsor = query.get("claimant"), query.get("sponsor")
        asset = _parse_asset(query["asset"]) if "asset" in query else None

        def is_wanted(balance: ClaimableBalance) -> bool:
            claimants = {each.account_id for each in balance.claimants}
            is_party = (claimant is None or claimant in claimants) and sponsor in {None, balance.sponsor}
            return is_party and asset in {None, balance.asset}

        def read(page: Page[str]) -> list[Json]:
            wanted = filter(is_wanted, self._ledger.state.claimable_balances())
            found = {_sortable(claimable_balance_token(balance)): balance for balance in wanted}
            tape = Tape[str, ClaimableBalance]()
            for token, balance in sorted(found.items()):
                tape.append(token, balance)
            return [self.claimable_balance(balance) for balance in tape.read(page)]

        return Listing(_sortable, read, is_streamed=False)

    def claimable_balance(self, balance: ClaimableBalance) -> Json:
        """Returns one claimable balance."""
        modified_at = self._modified_at(balance.last_modified_ledger)
        return claimable_balance_resource(self._links, balance, modified_at)

    def _modified_at(self, sequence: int) -> str | None:
        record = self._history.ledger(sequence)
        return None if record is None else format_time(record.closed_at)

    def _now(self) -> int:
        """Returns the last position that the latest ledger can have."""
        return toid(self._history.ledgers.last.sequence, _TRANSACTION_INDEX_MAX, _OPERATION_INDEX_MAX)

    def _parse_toid(self, text: str) -> int:
        return self._now() if text == "now" else parse_toid(text)


def _parse_asset(text: str) -> Asset:
    try:
        return Asset.parse(text)
    except ValueError:
        raise bad_request("asset", "Asset must be the string `native` or of the form `code:issuer`") from None


def _sortable(token: str) -> str:
    """Returns a claimable balance's token with its ledger padded, so that text sorts like numbers."""
    ledger, _, balance_id = token.partition("-")
    return f"{parse_toid(ledger):019d}-{balance_id}"
