"""What :class:`constellation.sdk.Exchange` returns of an account: typed, exact, and in ccxt's form on demand.

The attributes have ccxt's names; amounts and prices are Decimal, times microseconds since 1970. None says that
something is not known here, never that it is zero.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Context, Decimal
from typing import Literal

from constellation.protocol.messages import Code, OrderCloseReason
from constellation.sdk.ccxt_form import Form, Number, fee, figure, moment
from constellation.sdk.receipts import Receipt
from constellation.sdk.views import Balance

OrderStatus = Literal["open", "closed", "canceled", "expired", "rejected"]
"""``closed`` is filled; ``canceled`` has a rest that was not; ``rejected`` was refused, also when it was triggered."""

_AVERAGE = Context(prec=34, rounding=ROUND_DOWN)


@dataclass(slots=True, frozen=True)
class OwnTrade:
    """A fill of an order of the account.

    Attributes:
        id: names it for ever among the trades of the account.
        order: the order's id.
        symbol: of the market.
        side: of the order.
        taker_or_maker: which the order was.
        price: at which it was filled.
        amount: of base.
        cost: of quote.
        fee: of what was received.
        fee_currency: the asset of it.
        timestamp: of the quantum.
    """

    id: str
    order: str
    symbol: str
    side: str
    taker_or_maker: Literal["taker", "maker"]
    price: Decimal
    amount: Decimal
    cost: Decimal
    fee: Decimal
    fee_currency: str
    timestamp: int

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's trade."""
        return {
            "id": self.id,
            "order": self.order,
            **moment(self.timestamp),
            "symbol": self.symbol,
            "type": None,
            "side": self.side,
            "takerOrMaker": self.taker_or_maker,
            "price": figure(number, self.price),
            "amount": figure(number, self.amount),
            "cost": figure(number, self.cost),
            "fee": fee(number, self.fee_currency, self.fee),
            "info": {},
        }


@dataclass(slots=True, frozen=True)
class OrderState:
    """An order of the account, as far as it is known here.

    Attributes:
        id: the apex that placed it, as text.
        client_order_id: the own name.
        symbol: of the market.
        type: such as ``limit``.
        side: ``buy`` or ``sell``.
        time_in_force: ``GTC``, ``IOC`` or ``FOK``.
        post_only: whether it was never to take.
        price: its limit; None of a market order.
        amount: of base, as it was asked for; None where it has a budget.
        filled: of base.
        remaining: of base: rests or waits, or was not filled when the order was closed.
        cost: of quote, for what was filled.
        fee: of what it received.
        fee_currency: the asset of it.
        status: whether it rests or waits, and how it ended.
        reason: why it was closed.
        refusal: why it was rejected.
        timestamp: when it was placed.
        updated_at: when it has changed last.
        budget: of quote, in place of an amount.
        trigger: ``stop`` or ``take_profit``, where it was armed first.
        trigger_price: what the last price has, or had, to get to.
        armed: it waits for that now.
        trades: the fills that are known here, in their order.
        receipt: of its placing, by this client; ``await receipt.final()`` waits for the auditors.
    """

    id: str
    client_order_id: str | None = None
    symbol: str | None = None
    type: str | None = None
    side: str | None = None
    time_in_force: str | None = None
    post_only: bool | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    filled: Decimal | None = None
    remaining: Decimal | None = None
    cost: Decimal | None = None
    fee: Decimal | None = None
    fee_currency: str | None = None
    status: OrderStatus = "open"
    reason: OrderCloseReason | None = None
    refusal: Code | None = None
    timestamp: int | None = None
    updated_at: int | None = None
    budget: Decimal | None = None
    trigger: str | None = None
    trigger_price: Decimal | None = None
    armed: bool = False
    trades: tuple[OwnTrade, ...] = ()
    receipt: Receipt | None = field(default=None, repr=False, compare=False)

    @property
    def average(self) -> Decimal | None:
        """The price on the average, rounded down after 34 digits: the one figure here that may be inexact."""
        if not self.filled or self.cost is None:
            return None
        return _AVERAGE.divide(self.cost, self.filled)

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's order."""
        return {
            "id": self.id,
            "clientOrderId": self.client_order_id,
            **moment(self.timestamp),
            "lastTradeTimestamp": moment(self.trades[-1].timestamp if self.trades else None)["timestamp"],
            "lastUpdateTimestamp": moment(self.updated_at)["timestamp"],
            "symbol": self.symbol,
            "type": self.type,
            "timeInForce": "PO" if self.post_only else self.time_in_force,
            "postOnly": self.post_only,
            "side": self.side,
            "price": figure(number, self.price),
            "triggerPrice": figure(number, self.trigger_price),
            "stopLossPrice": figure(number, self.trigger_price if self.trigger == "stop" else None),
            "takeProfitPrice": figure(number, self.trigger_price if self.trigger == "take_profit" else None),
            "average": figure(number, self.average),
            "amount": figure(number, self.amount),
            "filled": figure(number, self.filled),
            "remaining": figure(number, self.remaining),
            "cost": figure(number, self.cost),
            "status": self.status,
            "fee": fee(number, self.fee_currency, self.fee),
            "trades": [trade.to_ccxt(number) for trade in self.trades],
            "info": {
                "reason": None if self.reason is None else self.reason.name,
                "refusal": None if self.refusal is None else self.refusal.name,
                "armed": self.armed,
                "budget": figure(number, self.budget),
            },
        }


@dataclass(slots=True, frozen=True)
class Balances(Mapping[str, Balance]):
    """What the account owns, by asset; alpha's word, which ``Client.prove_account`` has proven.

    Attributes:
        balances: by asset.
        timestamp: when the newest change was made, where that is known.
    """

    balances: Mapping[str, Balance]
    timestamp: int | None = None

    def __getitem__(self, asset: str) -> Balance:
        return self.balances[asset]

    def __iter__(self) -> Iterator[str]:
        return iter(self.balances)

    def __len__(self) -> int:
        return len(self.balances)

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's balance; ``used`` is what cannot be spent: what is locked, and of lumens the minimum balance."""
        form: Form = {"info": {}, **moment(self.timestamp), "free": {}, "used": {}, "total": {}}
        for asset, balance in self.balances.items():
            parts = {"free": balance.available, "used": balance.total - balance.available, "total": balance.total}
            form[asset] = {name: figure(number, value) for name, value in parts.items()}
            for name, value in form[asset].items():
                form[name][asset] = value
        return form


@dataclass(slots=True, frozen=True)
class LedgerEntry:
    """One change of what the account owns of one asset.

    Attributes:
        id: names it for ever among the account's.
        type: ``trade``, ``fee``, ``transfer``, ``deposit`` or ``withdrawal``.
        direction: ``in`` or ``out``.
        currency: the asset.
        amount: how much.
        timestamp: of the quantum.
        account: the other side of a transfer.
        reference: the id of the trade's order or of the withdrawal, or the deposit's transaction.
        memo: of a transfer; "" for none.
    """

    id: str
    type: Literal["trade", "fee", "transfer", "deposit", "withdrawal"]
    direction: Literal["in", "out"]
    currency: str
    amount: Decimal
    timestamp: int
    account: str | None = None
    reference: str | None = None
    memo: str = ""

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's ledger entry."""
        return {
            "id": self.id,
            **moment(self.timestamp),
            "direction": self.direction,
            "account": None,
            "referenceAccount": self.account,
            "referenceId": self.reference,
            "type": self.type,
            "currency": self.currency,
            "amount": figure(number, self.amount),
            "before": None,
            "after": None,
            "status": "ok",
            "fee": None,
            "info": {"memo": self.memo} if self.memo else {},
        }


@dataclass(slots=True, frozen=True)
class Transaction:
    """Money between the account and the Stellar ledger.

    Attributes:
        id: of a withdrawal the apex that asked for it; of a deposit, its transaction on the ledger.
        type: ``deposit`` or ``withdrawal``.
        currency: the asset.
        amount: how much.
        status: ``pending``, ``ok``, ``failed`` (the ledger refused it) or ``canceled`` (it lapsed): money is back.
        txid: of the ledger.
        address_from: who sent it.
        address_to: who receives it.
        timestamp: when it was credited, or asked for.
        updated_at: when that changed last.
        receipt: of a withdrawal that this client has just asked for.
    """

    id: str
    type: Literal["deposit", "withdrawal"]
    currency: str
    amount: Decimal
    status: Literal["pending", "ok", "failed", "canceled"]
    txid: str | None
    address_from: str | None
    address_to: str | None
    timestamp: int | None
    updated_at: int | None
    receipt: Receipt | None = field(default=None, repr=False, compare=False)

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's transaction."""
        return {
            "id": self.id,
            "txid": self.txid,
            **moment(self.timestamp),
            "updated": moment(self.updated_at)["timestamp"],
            "network": "XLM",
            "addressFrom": self.address_from,
            "addressTo": self.address_to,
            "address": self.address_to if self.type == "withdrawal" else self.address_from,
            "tag": None,
            "type": self.type,
            "currency": self.currency,
            "amount": figure(number, self.amount),
            "status": self.status,
            "fee": fee(number, self.currency, Decimal(0)),
            "info": {},
        }


@dataclass(slots=True, frozen=True)
class Conversion:
    """Money of one asset that became another one, for this account or on its way to another one.

    Attributes:
        id: the apex that made it, as text.
        from_currency: what was given.
        from_amount: how much.
        to_currency: what was bought.
        to_amount: how much of it has arrived.
        to_account: who has it; None: this account.
        timestamp: of the quantum.
        memo: what the other one is told; "" for nothing.
        receipt: proves it, and has the fills.
    """

    id: str
    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    to_account: str | None
    timestamp: int
    memo: str = ""
    receipt: Receipt | None = field(default=None, repr=False, compare=False)

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's conversion."""
        return {
            "id": self.id,
            **moment(self.timestamp),
            "fromCurrency": self.from_currency,
            "fromAmount": figure(number, self.from_amount),
            "toCurrency": self.to_currency,
            "toAmount": figure(number, self.to_amount),
            "price": None,
            "fee": None,
            "info": {"toAccount": self.to_account, "memo": self.memo},
        }


@dataclass(slots=True, frozen=True)
class Transfer:
    """A payment to another account of the constellation.

    Attributes:
        id: the apex that made it, as text.
        currency: the asset.
        amount: how much.
        to_account: who has it.
        timestamp: of the quantum.
        memo: what the other one is told; "" for nothing.
        receipt: proves it.
        from_account: who had it.
    """

    id: str
    currency: str
    amount: Decimal
    to_account: str
    timestamp: int
    memo: str = ""
    receipt: Receipt | None = field(default=None, repr=False, compare=False)
    from_account: str | None = None

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's transfer."""
        return {
            "id": self.id,
            **moment(self.timestamp),
            "currency": self.currency,
            "amount": figure(number, self.amount),
            "fromAccount": self.from_account,
            "toAccount": self.to_account,
            "status": "ok",
            "info": {"memo": self.memo} if self.memo else {},
        }


@dataclass(slots=True, frozen=True)
class OwnAccount:
    """An account of this owner.

    Attributes:
        id: its address, ``G…``.
        type: ``main``, or ``subaccount``.
        sub_account: its number; None: it is the main one.
    """

    id: str
    type: Literal["main", "subaccount"]
    sub_account: int | None = None

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's account."""
        name = None if self.sub_account is None else str(self.sub_account)
        return {"id": self.id, "type": self.type, "name": name, "code": None, "info": {}}


@dataclass(slots=True, frozen=True)
class Status:
    """Whether the exchange can be used now.

    Attributes:
        status: ``ok``; ``maintenance`` while no requests are taken; ``error`` while there is no connection.
        timestamp: when that was so.
        mode: ``online``, ``post_only``, ``cancel_only`` or ``maintenance``; None while it is not known.
        reason: of the operator, for any mode but ``online``; may be empty.
    """

    status: Literal["ok", "maintenance", "error"]
    timestamp: int
    mode: str | None = None
    reason: str = ""

    @classmethod
    def of(cls, mode: str | None, reason: str, timestamp: int) -> "Status":
        """Of a service that answers."""
        return cls("maintenance" if mode == "maintenance" else "ok", timestamp, mode, reason)

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's status."""
        updated, info = moment(self.timestamp)["timestamp"], {"mode": self.mode, "reason": self.reason}
        return {"status": self.status, "updated": updated, "eta": None, "url": None, "info": info}
