"""Answers to queries, read from the state."""

from constellation.gateway.guests import Guest
from constellation.orderbook import OrderBook
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    MAX_BOOK_LEVELS,
    AccountSnapshot,
    ArmedEntry,
    BookLevel,
    BookSnapshot,
    Code,
    HoldEntry,
    OrderEntry,
    QueryBook,
    Side,
    WithdrawalEntry,
)
from constellation.protocol.sub_accounts import sub_account_key
from constellation.quanta import State, is_owner


def account_asked(state: State, guest: Guest, sub_account: int | None) -> bytes:
    """Key of the account that a question is about: the session's own, or one of its sub-accounts.

    Raises:
        Rejection: OWNER_ONLY or INVALID_SUB_ACCOUNT.
    """
    if sub_account is None:
        return guest.account
    account = state.vault.accounts.get(guest.account)
    if account is not None and not is_owner(account, guest.signer):
        raise Rejection(Code.OWNER_ONLY, "an agent is of one account, and none of its sub-accounts")
    try:
        return sub_account_key(guest.account, sub_account)
    except ValueError as error:
        raise Rejection(Code.INVALID_SUB_ACCOUNT, str(error)) from None


def account_snapshot(state: State, key: bytes, request_id: int) -> AccountSnapshot:
    """An account with its open orders and unsettled withdrawals."""
    entry = state.account_entry(key)
    orders: list[OrderEntry] = []
    armed: list[ArmedEntry] = []
    withdrawals: list[WithdrawalEntry] = []
    holds: list[HoldEntry] = []
    if entry is not None:
        account = state.vault.accounts[key]
        orders = [order for number in account.orders if (order := state.order_entry(number)) is not None]
        armed = [waiting for number in account.orders if (waiting := state.armed_entry(number)) is not None]
        holds = [hold for number in account.holds if (hold := state.hold_entry(number)) is not None]
        withdrawals = [
            withdrawal for number in account.withdrawals if (withdrawal := state.withdrawal_entry(number)) is not None
        ]
    return AccountSnapshot(request_id, state.apex, entry, orders, armed, withdrawals, holds)


def book_snapshot(state: State, query: QueryBook) -> BookSnapshot:
    """The best levels of a market.

    Raises:
        Rejection: UNKNOWN_MARKET.
    """
    markets = state.engine.markets
    if query.market >= len(markets):
        raise Rejection(Code.UNKNOWN_MARKET, f"market {query.market} is not listed; there are {len(markets)}")
    book = markets[query.market].book
    most = min(query.levels, MAX_BOOK_LEVELS)
    return BookSnapshot(
        query.request_id, state.apex, query.market, _levels(book, Side.BUY, most), _levels(book, Side.SELL, most)
    )


def _levels(book: OrderBook, side: Side, most: int) -> list[BookLevel]:
    # Bids lock quote: the base they ask for together can be more than exists, and more than the wire can say.
    return [BookLevel(level.price, min(level.amount, INT64_MAX), level.count) for level in book.levels(side, most)]
