"""Answers to queries, in names and Decimals: alpha's word, not proven."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from constellation.protocol.messages import (
    AccountSnapshot,
    ArmedEntry,
    BalanceEntry,
    BookLevel,
    BookSnapshot,
    HoldEntry,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    OrderEntry,
    WithdrawalEntry,
)
from constellation.protocol.strkey import encode_public_key
from constellation.sdk.ccxt_form import Form, Number, figure, moment
from constellation.sdk.effects import side_name
from constellation.sdk.keys import AgentKey, Lock, agents_of, lock_of, owner_of
from constellation.sdk.markets import Catalogue, Market
from constellation.sdk.numbers import amount
from constellation.sdk.sub_accounts import parent_of, sub_accounts_of

_RESERVE_ASSET = 0


@dataclass(slots=True, frozen=True)
class Balance:
    """Of one asset: all of it, the part that orders and withdrawals lock, and what can be spent."""

    asset: str
    total: Decimal
    locked: Decimal
    available: Decimal


@dataclass(slots=True, frozen=True)
class OpenOrder:
    """An order on the book; ``expires_at_us`` is when it is closed, in microseconds since 1970, if ever."""

    order_id: int
    market: str
    side: str
    price: Decimal
    remaining: Decimal
    client_order_id: str | None = None
    expires_at_us: int | None = None


@dataclass(slots=True, frozen=True)
class ArmedOrder:
    """An order that waits for its trigger.

    Attributes:
        order_id: its id.
        market: such as ``XLM/USD``.
        side: ``buy`` or ``sell``.
        trigger: ``stop`` or ``take_profit``.
        trigger_price: what the last price must get to.
        price: its limit; None of a market order.
        amount: of base; None where it has a budget.
        budget: of quote, in place of an amount.
        client_order_id: what the account calls it, if it has a name.
        expires_at_us: when it is closed, in microseconds since 1970, if ever.
    """

    order_id: int
    market: str
    side: str
    trigger: str
    trigger_price: Decimal
    price: Decimal | None
    amount: Decimal | None
    budget: Decimal | None
    client_order_id: str | None = None
    expires_at_us: int | None = None


@dataclass(slots=True, frozen=True)
class OpenHold:
    """Money that the account has reserved for another one until then, in microseconds since 1970."""

    hold_id: int
    beneficiary: str
    asset: str
    amount: Decimal
    expires_at_us: int


@dataclass(slots=True, frozen=True)
class OpenWithdrawal:
    """A withdrawal on its way.

    Attributes:
        withdrawal_id: its number.
        asset: its name.
        amount: that is locked.
        destination: ``G…``.
        transaction: its hash; None while it waits for an approval or a free channel.
        approve_until_us: while it waits for the auditors' operators: when it is refused, in microseconds since 1970.
    """

    withdrawal_id: int
    asset: str
    amount: Decimal
    destination: str
    transaction: str | None
    approve_until_us: int | None = None


@dataclass(slots=True, frozen=True)
class Account:
    """The account as of the quantum ``apex``.

    Attributes:
        address: ``G…``.
        exists: whether a deposit or a payment has opened it.
        apex: the last quantum that the view includes.
        nonce: the last one that its owner used.
        effect_number: of the last effect.
        cancel_all_at_us: when all its orders are cancelled, in microseconds since 1970; None for never.
        balances: by asset name.
        orders: on the books, oldest first.
        armed: orders that wait for their trigger, oldest first.
        withdrawals: unsettled ones, oldest first.
        holds: that the account has opened, oldest first.
        owner: address of the key that owns it.
        agents: who else may sign for it.
        lock: what is locked, also where its end has passed.
        sub_accounts: addresses of those that are open, by their numbers.
        parent: address of the account whose sub-account it is.
    """

    address: str
    exists: bool
    apex: int
    nonce: int
    effect_number: int
    cancel_all_at_us: int | None
    balances: Mapping[str, Balance]
    orders: tuple[OpenOrder, ...]
    armed: tuple[ArmedOrder, ...]
    withdrawals: tuple[OpenWithdrawal, ...]
    holds: tuple[OpenHold, ...]
    owner: str
    agents: tuple[AgentKey, ...]
    lock: Lock | None
    sub_accounts: Mapping[int, str]
    parent: str | None


@dataclass(slots=True, frozen=True)
class BookLine:
    """One price level."""

    price: Decimal
    amount: Decimal
    orders: int


@dataclass(slots=True, frozen=True)
class OrderBook:
    """A market's best levels as of the quantum ``apex``, best first."""

    market: str
    apex: int
    bids: tuple[BookLine, ...]
    asks: tuple[BookLine, ...]

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's order book; ``nonce`` is the apex. Alpha does not say of what time it is."""
        return {
            "symbol": self.market,
            **moment(None),
            "nonce": self.apex,
            "bids": [[figure(number, line.price), figure(number, line.amount)] for line in self.bids],
            "asks": [[figure(number, line.price), figure(number, line.amount)] for line in self.asks],
        }


def account_view(catalogue: Catalogue, key: bytes, snapshot: AccountSnapshot) -> Account:
    """The view of an account's snapshot.

    Raises:
        IndexError: an asset or market is not listed.
    """
    entry = snapshot.account
    balances = () if entry is None else (balance_view(catalogue, item) for item in entry.balances)
    return Account(
        encode_public_key(key),
        entry is not None,
        snapshot.apex,
        0 if entry is None else entry.nonce,
        0 if entry is None else entry.effect_number,
        None if entry is None else entry.cancel_all_at,
        {balance.asset: balance for balance in balances},
        tuple(order_view(catalogue, order) for order in snapshot.orders),
        tuple(armed_view(catalogue, order) for order in snapshot.armed),
        tuple(withdrawal_view(catalogue, item) for item in snapshot.withdrawals),
        tuple(hold_view(catalogue, item) for item in snapshot.holds),
        owner_of(entry, key),
        agents_of(entry),
        lock_of(entry),
        sub_accounts_of(entry),
        parent_of(entry),
    )


def balance_view(catalogue: Catalogue, entry: BalanceEntry) -> Balance:
    """The view of a balance.

    Raises:
        IndexError: the asset is not listed.
    """
    free = entry.balance - entry.liabilities
    if entry.asset == _RESERVE_ASSET:
        free = max(0, free - catalogue.settings.minimum_balance)
    return Balance(catalogue.asset_names[entry.asset], amount(entry.balance), amount(entry.liabilities), amount(free))


def order_view(catalogue: Catalogue, entry: OrderEntry) -> OpenOrder:
    """The view of an order.

    Raises:
        IndexError: the market is not listed.
    """
    market = catalogue.markets[entry.market]
    return OpenOrder(
        entry.order,
        market.name,
        side_name(entry.side),
        market.price(entry.price),
        amount(entry.remaining),
        entry.client_order_id or None,
        entry.expires_at,
    )


def armed_view(catalogue: Catalogue, entry: ArmedEntry) -> ArmedOrder:
    """The view of an armed order.

    Raises:
        IndexError: the market is not listed.
        ValueError: it waits for nothing.
    """
    operation, instructions = entry.operation, entry.operation.instructions
    if instructions is None or instructions.trigger is None:
        raise ValueError("an armed order without a trigger")
    market, trigger = catalogue.markets[operation.market], instructions.trigger
    price = market.price(operation.price) if isinstance(operation, LimitOrder) else None
    has_budget = isinstance(operation, MarketOrder) and operation.unit is MarketAmountUnit.QUOTE_BUDGET
    return ArmedOrder(
        entry.order,
        market.name,
        side_name(operation.side),
        trigger.kind.name.lower(),
        market.price(trigger.price),
        price,
        None if has_budget else amount(operation.amount),
        amount(operation.amount) if has_budget else None,
        instructions.client_order_id or None,
        instructions.expires_at,
    )


def hold_view(catalogue: Catalogue, entry: HoldEntry) -> OpenHold:
    """The view of a hold.

    Raises:
        IndexError: the asset is not listed.
    """
    beneficiary = encode_public_key(entry.beneficiary)
    return OpenHold(entry.hold, beneficiary, catalogue.asset_names[entry.asset], amount(entry.amount), entry.expires_at)


def withdrawal_view(catalogue: Catalogue, entry: WithdrawalEntry) -> OpenWithdrawal:
    """The view of a withdrawal.

    Raises:
        IndexError: the asset is not listed.
    """
    operation = entry.operation
    return OpenWithdrawal(
        entry.withdrawal,
        catalogue.asset_names[operation.asset],
        amount(operation.amount),
        encode_public_key(operation.destination.account),
        None if entry.prepared is None else entry.prepared.transaction.hex(),
        entry.approve_until,
    )


def book_view(market: Market, snapshot: BookSnapshot) -> OrderBook:
    """The view of a book's snapshot."""

    def lines(levels: list[BookLevel]) -> tuple[BookLine, ...]:
        return tuple(BookLine(market.price(level.price), amount(level.amount), level.orders) for level in levels)

    return OrderBook(market.name, snapshot.apex, lines(snapshot.bids), lines(snapshot.asks))
