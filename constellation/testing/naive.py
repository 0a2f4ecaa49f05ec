"""A second model of the exchange that is obviously right, and slow: what the real machine is compared with.

Written from the rules, not from the machine, and sharing nothing with it but the messages: every order of the exchange
is in one list that is searched and sorted again for each fill, what an account has locked is summed up from its orders
and withdrawals whenever somebody asks, prices are fractions. The rules in the order in which they are asked decide
which code a request is refused with.

What it does not model: hashes of the state, batches, client signatures.
"""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import ceil

from stellar_sdk import Account, Asset, IdMemo, Keypair, TextMemo, TransactionBuilder

from constellation.protocol.messages import (
    AccountOpened,
    AssetIdentity,
    BalanceChanged,
    CancelOrder,
    ChannelTransaction,
    Code,
    DepositCredited,
    Effect,
    EffectGroup,
    FeeCollected,
    LedgerAdvanced,
    LedgerCommit,
    LedgerDeposit,
    LedgerReport,
    LimitOrder,
    MarketSettings,
    MarketStatus,
    Operation,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    Payment,
    PaymentReceived,
    PaymentSent,
    QuantumBody,
    QuorumRule,
    Request,
    Settings,
    Side,
    SignedRequest,
    SuspenseAdded,
    SuspenseReason,
    TimeInForce,
    Trade,
    UnknownChannelTransaction,
    VaultTransaction,
    Withdrawal,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
)
from constellation.protocol.signing import verify

_LUMENS = 0
_LARGEST = 9_223_372_036_854_775_807
_END_OF_LEDGER = 2**32 - 1


@dataclass
class NaiveOrder:
    """An order on a book.

    Attributes:
        apex: of the quantum that placed it, which is its id.
        owner: account key.
        market: market id.
        side: buy or sell.
        price: as the order says it.
        remaining: stroops of base, not filled.
    """

    apex: int
    owner: bytes
    market: int
    side: Side
    price: int
    remaining: int


@dataclass
class NaiveWithdrawal:
    """A withdrawal that is not settled.

    Attributes:
        apex: of the quantum that asked for it, which is its id.
        owner: account key.
        operation: what was asked.
        transaction: that pays it, once a channel was free.
    """

    apex: int
    owner: bytes
    operation: Withdrawal
    transaction: WithdrawalPrepared | None = None

    @property
    def max_time_s(self) -> int:
        """The last close time at which the transaction is valid."""
        assert self.transaction is not None
        return self.transaction.max_time_s


class NaiveExchange:
    """Executes quanta by the book of rules.

    Args:
        settings: valid ones.

    Attributes:
        balances: stroops by account key and asset id, locked or not.
        orders: everything that rests on a book.
        withdrawals: everything that is not settled, oldest first.
        suspense: deposits that belong to nobody: asset as the ledger names it, stroops.
        sequences: last sequence number used on the ledger, by channel, in the order of the settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.balances: dict[bytes, dict[int, int]] = {settings.fee_account: {}}
        self.orders: list[NaiveOrder] = []
        self.withdrawals: list[NaiveWithdrawal] = []
        self.suspense: list[tuple[AssetIdentity, int]] = []
        self.sequences = {channel.account: channel.sequence for channel in settings.channels}
        self._nonces: dict[bytes, int] = {}
        self._effects_told: dict[bytes, int] = {}
        self._apex = 0
        self._now_us = 0
        self._cursor = settings.ledger_cursor
        self._closed_at_s = 0
        self._effects: dict[bytes, list[Effect]] = {}
        self._moved: dict[bytes, list[int]] = {}

    def execute(self, timestamp: int, body: QuantumBody) -> list[EffectGroup] | Code:
        """Execute one quantum.

        Args:
            timestamp: in microseconds.
            body: a request whose signature was checked, or a ledger commit.

        Returns:
            the effects by account, or the code it is refused with; then nothing has changed.
        """
        self._now_us = timestamp
        if isinstance(body, SignedRequest):
            refusal = self._why_refuse_request(body.request)
        else:
            assert isinstance(body, LedgerCommit)
            refusal = self._why_refuse_report(body)
        if refusal is not None:
            return refusal
        self._apex += 1
        self._effects = {}
        self._moved = {}
        if isinstance(body, SignedRequest):
            self._nonces[body.request.account] = body.request.nonce
            self._do(body.request.account, body.request.operation)
        elif isinstance(body, LedgerCommit):
            self._apply_report(body.report)
        return self._groups()

    def locked(self, owner: bytes, asset: int) -> int:
        """What the account's orders and withdrawals lock of ``asset``."""
        total = 0
        for order in self.orders:
            if order.owner == owner:
                market = self.settings.markets[order.market]
                if order.side is Side.SELL and market.base == asset:
                    total += order.remaining
                if order.side is Side.BUY and market.quote == asset:
                    total += _worth(market, order.remaining, order.price)
        for withdrawal in self.withdrawals:
            if withdrawal.owner == owner and withdrawal.operation.asset == asset:
                total += withdrawal.operation.amount
        return total

    def accounts(self) -> dict[bytes, dict[int, tuple[int, int]]]:
        """Balance and what is locked of it, by account key and asset id."""
        return {
            owner: {asset: (amount, self.locked(owner, asset)) for asset, amount in balances.items()}
            for owner, balances in self.balances.items()
        }

    # What refuses a request

    def _why_refuse_request(self, request: Request) -> Code | None:
        if request.account not in self.balances:
            return Code.UNKNOWN_ACCOUNT
        if request.nonce < 1:
            return Code.INVALID_NONCE
        if request.nonce <= self._nonces.get(request.account, 0):
            return Code.NONCE_TOO_LOW
        if self._now_us > request.valid_until:
            return Code.EXPIRED
        if request.valid_until > self._now_us + self.settings.limits.validity_us:
            return Code.VALIDITY_TOO_LONG
        match request.operation:
            case Payment() as payment:
                return self._why_refuse_payment(request.account, payment)
            case LimitOrder() as order:
                return self._why_refuse_order(request.account, order)
            case CancelOrder() as cancel:
                found = [order for order in self.orders if order.apex == cancel.order]
                return None if found and found[0].owner == request.account else Code.ORDER_NOT_FOUND
            case Withdrawal() as withdrawal:
                return self._why_refuse_withdrawal(request.account, withdrawal)
        raise NotImplementedError(f"{type(request.operation).__name__} is not modelled")

    def _why_refuse_payment(self, payer: bytes, payment: Payment) -> Code | None:
        if payment.amount <= 0:
            return Code.INVALID_AMOUNT
        if payment.asset >= len(self.settings.assets):
            return Code.UNKNOWN_ASSET
        if payment.destination == payer:
            return Code.SELF_PAYMENT
        if payment.destination == self.settings.vault:
            return Code.FORBIDDEN_DESTINATION
        shortage = self._why_not_enough(payer, payment.asset, payment.amount)
        if shortage is not None:
            return shortage
        opens = payment.asset == _LUMENS and payment.amount >= self.settings.minimum_balance
        if payment.destination not in self.balances and not opens:
            return Code.UNKNOWN_DESTINATION
        return None

    def _why_refuse_order(self, owner: bytes, order: LimitOrder) -> Code | None:
        if order.market >= len(self.settings.markets):
            return Code.UNKNOWN_MARKET
        market = self.settings.markets[order.market]
        if market.status is not MarketStatus.MARKET_OPEN:
            return Code.MARKET_NOT_OPEN
        if order.price <= 0:
            return Code.INVALID_PRICE
        if order.price % market.tick != 0:
            return Code.OFF_TICK
        if order.amount <= 0:
            return Code.INVALID_AMOUNT
        if order.amount % market.lot != 0:
            return Code.OFF_LOT
        worth = _worth(market, order.amount, order.price)
        if worth > _LARGEST:
            return Code.AMOUNT_OVERFLOW
        if worth < market.minimum_notional:
            return Code.BELOW_MINIMUM_NOTIONAL
        own = [other for other in self.orders if other.owner == owner]
        may_rest = order.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
        if may_rest and len(own) >= self.settings.limits.open_orders:
            return Code.TOO_MANY_OPEN_ORDERS
        if order.side is Side.BUY:
            return self._why_not_enough(owner, market.quote, worth)
        return self._why_not_enough(owner, market.base, order.amount)

    def _why_refuse_withdrawal(self, owner: bytes, withdrawal: Withdrawal) -> Code | None:
        if withdrawal.amount <= 0:
            return Code.INVALID_AMOUNT
        if withdrawal.asset >= len(self.settings.assets):
            return Code.UNKNOWN_ASSET
        if withdrawal.destination.account in [self.settings.vault, *self.sequences]:
            return Code.FORBIDDEN_DESTINATION
        if withdrawal.destination.memo == "":
            return Code.INVALID_MEMO
        own = [other for other in self.withdrawals if other.owner == owner]
        if len(own) >= self.settings.limits.withdrawals:
            return Code.TOO_MANY_WITHDRAWALS
        return self._why_not_enough(owner, withdrawal.asset, withdrawal.amount)

    def _why_not_enough(self, owner: bytes, asset: int, amount: int) -> Code | None:
        free = self.balances[owner].get(asset, 0) - self.locked(owner, asset)
        if amount > free:
            return Code.INSUFFICIENT_FUNDS
        if asset == _LUMENS and amount > free - self.settings.minimum_balance:
            return Code.BELOW_MINIMUM_BALANCE
        return None

    # What a request does

    def _do(self, owner: bytes, operation: Operation) -> None:
        match operation:
            case Payment():
                self._pay(owner, operation)
            case LimitOrder():
                self._place(owner, operation)
            case CancelOrder():
                [order] = [order for order in self.orders if order.apex == operation.order]
                self._take_off_book(order, OrderCloseReason.CANCELLED)
            case Withdrawal():
                self._withdraw(owner, operation)

    def _pay(self, payer: bytes, payment: Payment) -> None:
        self._open_if_new(payment.destination)
        self._move(payer, payment.asset, -payment.amount)
        self._move(payment.destination, payment.asset, payment.amount)
        self._tell(payer, PaymentSent(payment.destination, payment.asset, payment.amount))
        self._tell(payment.destination, PaymentReceived(payer, payment.asset, payment.amount))

    def _place(self, owner: bytes, operation: LimitOrder) -> None:
        market = self.settings.markets[operation.market]
        order = NaiveOrder(self._apex, owner, operation.market, operation.side, operation.price, operation.amount)
        self._move(owner, market.quote if order.side is Side.BUY else market.base, 0)
        reason = self._match(order)
        if reason is None and order.remaining == 0:
            reason = OrderCloseReason.FILLED
        if reason is None and operation.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL:
            reason = OrderCloseReason.NOT_FILLED_AT_ONCE
        if reason is not None:
            self._tell(owner, OrderClosed(order.apex, reason, order.remaining))
            return
        self.orders.append(order)
        self._tell(owner, OrderPlaced(order.apex, order.market, order.side, order.price, order.remaining))

    def _match(self, order: NaiveOrder) -> OrderCloseReason | None:
        """Fill ``order`` as far as it goes; why what is left must not rest, if so."""
        fills = 0
        while order.remaining > 0:
            makers = sorted(
                (other for other in self.orders if _meet(order, other)),
                key=lambda other: (other.price if other.side is Side.SELL else -other.price, other.apex),
            )
            if not makers:
                return None
            if makers[0].owner == order.owner:
                return OrderCloseReason.SELF_TRADE
            if fills == self.settings.limits.fills:
                return OrderCloseReason.FILL_LIMIT
            self._trade(order, makers[0])
            fills += 1
        return None

    def _trade(self, taker: NaiveOrder, maker: NaiveOrder) -> None:
        market = self.settings.markets[taker.market]
        amount = min(taker.remaining, maker.remaining)
        worth = _worth(market, amount, maker.price)
        if taker.side is Side.BUY:
            gives, given, takes, taken = market.quote, worth, market.base, amount
        else:
            gives, given, takes, taken = market.base, amount, market.quote, worth
        taker_fee = ceil(taken * Fraction(market.taker_fee_ppm, 1_000_000))
        maker_fee = ceil(given * Fraction(market.maker_fee_ppm, 1_000_000))
        self._move(taker.owner, gives, -given)
        self._move(maker.owner, takes, -taken)
        self._move(taker.owner, takes, taken - taker_fee)
        self._move(maker.owner, gives, given - maker_fee)
        taker.remaining -= amount
        maker.remaining -= amount
        price, place = maker.price, taker.market
        self._tell(
            taker.owner,
            Trade(taker.apex, maker.apex, place, taker.side, False, price, amount, worth, taker_fee),
        )
        self._tell(
            maker.owner,
            Trade(maker.apex, taker.apex, place, maker.side, True, price, amount, worth, maker_fee),
        )
        if maker.remaining == 0:
            self._take_off_book(maker, OrderCloseReason.FILLED)
        for asset, fee in ((takes, taker_fee), (gives, maker_fee)):
            if fee > 0:
                self._move(self.settings.fee_account, asset, fee)
                self._tell(self.settings.fee_account, FeeCollected(asset, fee))

    def _take_off_book(self, order: NaiveOrder, reason: OrderCloseReason) -> None:
        market = self.settings.markets[order.market]
        self.orders.remove(order)
        self._move(order.owner, market.quote if order.side is Side.BUY else market.base, 0)
        self._tell(order.owner, OrderClosed(order.apex, reason, order.remaining))

    def _withdraw(self, owner: bytes, operation: Withdrawal) -> None:
        self.withdrawals.append(NaiveWithdrawal(self._apex, owner, operation))
        self._move(owner, operation.asset, 0)
        self._tell(
            owner,
            WithdrawalAccepted(self._apex, operation.asset, operation.amount, operation.destination.account),
        )
        self._use_free_channels()

    def _use_free_channels(self) -> None:
        for channel, sequence in self.sequences.items():
            waiting = [withdrawal for withdrawal in self.withdrawals if withdrawal.transaction is None]
            if waiting and self._carried_by(channel) is None:
                next_one, max_time_s = waiting[0], self._now_us // 1_000_000 + self.settings.withdrawal_lifetime_s
                next_one.transaction = WithdrawalPrepared(
                    next_one.apex,
                    channel,
                    sequence + 1,
                    max_time_s,
                    self._transaction_hash(next_one.operation, channel, sequence, max_time_s),
                )
                self._tell(next_one.owner, next_one.transaction)

    def _carried_by(self, channel: bytes) -> NaiveWithdrawal | None:
        for withdrawal in self.withdrawals:
            if withdrawal.transaction is not None and withdrawal.transaction.channel == channel:
                return withdrawal
        return None

    def _transaction_hash(self, withdrawal: Withdrawal, channel: bytes, sequence: int, max_time_s: int) -> bytes:
        identity = self.settings.assets[withdrawal.asset].identity
        builder = TransactionBuilder(
            Account(_address(channel), sequence),
            self.settings.network_passphrase,
            self.settings.transaction_fee,
        )
        builder.append_payment_op(
            destination=_address(withdrawal.destination.account),
            asset=Asset.native() if identity is None else Asset(identity.code, _address(identity.issuer)),
            amount=_units_text(withdrawal.amount),
            source=_address(self.settings.vault),
        )
        memo = withdrawal.destination.memo
        if isinstance(memo, str):
            builder.add_memo(TextMemo(memo))
        elif memo is not None:
            builder.add_memo(IdMemo(memo))
        return builder.add_time_bounds(0, max_time_s).build().hash()

    # What a ledger report does

    def _why_refuse_report(self, commit: LedgerCommit) -> Code | None:
        if not self._fits(commit.report):
            return Code.LEDGER_CONTRADICTION
        digest = _report_digest(self.settings, commit.report)
        signers = [signature.auditor for signature in commit.signatures]
        for place, signature in enumerate(commit.signatures):
            if signature.auditor not in self.settings.auditors or signature.auditor in signers[:place]:
                return Code.UNAUTHORIZED
            if not verify(signature.auditor, digest, signature.signature):
                return Code.BAD_SIGNATURE
        members = len(self.settings.auditors)
        share = Fraction(2, 3) if self.settings.quorum_rule is QuorumRule.TWO_THIRDS else Fraction(1, 2)
        return None if len(signers) > share * members else Code.NOT_ENOUGH_SIGNATURES

    def _fits(self, report: LedgerReport) -> bool:
        """Whether ``report`` goes on where the last one ended, in order, with nothing impossible in it."""
        if report.previous != self._cursor or report.closed_at_s < self._closed_at_s:
            return False
        places = [
            event.transaction_id if isinstance(event, ChannelTransaction | VaultTransaction) else event.operation
            for event in report.events
        ]
        if [report.previous, *places] != sorted({report.previous, *places}):
            return False
        if report.cursor < max(report.previous + 1, *places, 0):
            return False
        held = {asset: self._held(asset) for asset in range(len(self.settings.assets))}
        for event in report.events:
            if isinstance(event, ChannelTransaction):
                if event.channel not in self.sequences:
                    return False
                paid = self._paid_by(event.channel, event.transaction)
                if paid is not None and event.successful:
                    held[paid.operation.asset] -= paid.operation.amount
                continue
            assert isinstance(event, LedgerDeposit)
            if event.amount <= 0:
                return False
            asset = self._listed(event.asset)
            if asset is not None:
                held[asset] += event.amount
                if held[asset] > _LARGEST:
                    return False
        return True

    def _apply_report(self, report: LedgerReport) -> None:
        for event in report.events:
            if isinstance(event, LedgerDeposit):
                self._deposit(event)
                continue
            assert isinstance(event, ChannelTransaction)
            self.sequences[event.channel] = event.sequence
            paid = self._paid_by(event.channel, event.transaction)
            if paid is None:
                self._tell(
                    self.settings.vault,
                    UnknownChannelTransaction(event.transaction, event.channel, event.sequence),
                )
            else:
                self._close(paid, WithdrawalOutcome.PAID if event.successful else WithdrawalOutcome.FAILED)
        if report.cursor % 2**32 == _END_OF_LEDGER:
            for channel in self.sequences:
                carried = self._carried_by(channel)
                if carried is not None and carried.max_time_s < report.closed_at_s:
                    self._close(carried, WithdrawalOutcome.LAPSED)
        self._cursor, self._closed_at_s = report.cursor, report.closed_at_s
        self._tell(self.settings.vault, LedgerAdvanced(report.cursor, report.closed_at_s))
        self._use_free_channels()

    def _deposit(self, event: LedgerDeposit) -> None:
        asset = self._listed(event.asset)
        known = event.source in self.balances
        opens = (
            asset == _LUMENS and event.amount >= self.settings.minimum_balance and event.source != self.settings.vault
        )
        reason: SuspenseReason | None = None
        if asset is None:
            reason = SuspenseReason.UNKNOWN_LEDGER_ASSET
        elif event.amount < self.settings.assets[asset].minimum_deposit:
            reason = SuspenseReason.BELOW_MINIMUM_DEPOSIT
        elif not known and not opens:
            reason = SuspenseReason.ACCOUNT_NOT_OPEN
        if reason is not None or asset is None:
            assert reason is not None
            self.suspense.append((event.asset, event.amount))
            self._tell(
                self.settings.vault,
                SuspenseAdded(event.operation, event.asset, event.amount, event.source, event.transaction, reason),
            )
            return
        self._open_if_new(event.source)
        self._move(event.source, asset, event.amount)
        self._tell(event.source, DepositCredited(asset, event.amount, event.transaction, event.operation, event.source))

    def _paid_by(self, channel: bytes, transaction: bytes) -> NaiveWithdrawal | None:
        carried = self._carried_by(channel)
        if carried is None or carried.transaction is None or carried.transaction.transaction != transaction:
            return None
        return carried

    def _close(self, withdrawal: NaiveWithdrawal, outcome: WithdrawalOutcome) -> None:
        assert withdrawal.transaction is not None
        self.withdrawals.remove(withdrawal)
        paid = withdrawal.operation.amount if outcome is WithdrawalOutcome.PAID else 0
        self._move(withdrawal.owner, withdrawal.operation.asset, -paid)
        self._tell(withdrawal.owner, WithdrawalClosed(withdrawal.apex, outcome, withdrawal.transaction.transaction))

    def _listed(self, identity: AssetIdentity) -> int | None:
        for number, asset in enumerate(self.settings.assets):
            if asset.identity == identity:
                return number
        return None

    def _held(self, asset: int) -> int:
        in_suspense = sum(amount for identity, amount in self.suspense if self._listed(identity) == asset)
        return sum(balances.get(asset, 0) for balances in self.balances.values()) + in_suspense

    # Effects

    def _open_if_new(self, key: bytes) -> None:
        if key not in self.balances:
            self.balances[key] = {}
            self._tell(key, AccountOpened(key))
            self._moved[key] = []

    def _move(self, owner: bytes, asset: int, amount: int) -> None:
        """Change a balance, or what is locked of it: its owner will be told, in the order of the first change."""
        self.balances[owner][asset] = self.balances[owner].get(asset, 0) + amount
        moved = self._moved.setdefault(owner, [])
        if asset not in moved:
            moved.append(asset)

    def _tell(self, account: bytes, effect: Effect) -> None:
        self._effects.setdefault(account, []).append(effect)

    def _groups(self) -> list[EffectGroup]:
        """The effects, each account's with its new balances at the end, numbered without gaps."""
        for owner, assets in self._moved.items():
            for asset in assets:
                self._tell(owner, BalanceChanged(asset, self.balances[owner][asset], self.locked(owner, asset)))
        groups = []
        for account, effects in self._effects.items():
            told = self._effects_told.get(account, 0)
            groups.append(EffectGroup(account, self._apex, told + 1, effects))
            self._effects_told[account] = told + len(effects)
        return groups


def _meet(order: NaiveOrder, other: NaiveOrder) -> bool:
    """Whether ``order`` can trade with the resting ``other``."""
    if order.market != other.market or order.side is other.side:
        return False
    buy, sell = (order, other) if order.side is Side.BUY else (other, order)
    return buy.price >= sell.price


def _worth(market: MarketSettings, amount: int, price: int) -> int:
    """Stroops of quote for ``amount`` of base: exact, or the market's rules are broken."""
    worth = amount * Fraction(price, 10**market.price_decimals)
    assert worth.denominator == 1, "a fill needs rounding"
    return worth.numerator


def _report_digest(settings: Settings, report: LedgerReport) -> bytes:
    """What auditors sign for ``report``, put together by hand."""
    constellation = sha256(settings.network_passphrase.encode() + settings.vault).digest()
    ledger_report_purpose = b"\0\0\0\x08"
    tag = b"Constellation signed message 1\0"
    return sha256(tag + constellation + ledger_report_purpose + report.to_xdr()).digest()


def _address(key: bytes) -> str:
    return Keypair.from_raw_ed25519_public_key(key).public_key


def _units_text(stroops: int) -> str:
    whole, rest = divmod(stroops, 10**7)
    return f"{whole}.{rest:07}"
