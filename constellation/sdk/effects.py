"""What a quantum changed on the account, in names and Decimals."""

from dataclasses import dataclass
from decimal import Decimal

from constellation.protocol import messages
from constellation.protocol.messages import Code, EffectGroup, HoldOutcome, OrderCloseReason, Side, WithdrawalOutcome
from constellation.protocol.strkey import encode_public_key
from constellation.sdk.keys import lock_names, rights_names
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import amount


@dataclass(slots=True, frozen=True)
class AccountOpened:
    """The account exists from now on."""


@dataclass(slots=True, frozen=True)
class BalanceChanged:
    """A balance after the quantum."""

    asset: str
    total: Decimal
    locked: Decimal


@dataclass(slots=True, frozen=True)
class PaymentSent:
    """Money went to another account."""

    destination: str
    asset: str
    amount: Decimal
    memo: str = ""


@dataclass(slots=True, frozen=True)
class PaymentReceived:
    """Money came from another account."""

    source: str
    asset: str
    amount: Decimal
    memo: str = ""


@dataclass(slots=True, frozen=True)
class HoldOpened:
    """Money of ``owner`` is reserved for ``beneficiary`` until then, in microseconds since 1970."""

    hold_id: int
    owner: str
    beneficiary: str
    asset: str
    amount: Decimal
    expires_at_us: int


@dataclass(slots=True, frozen=True)
class HoldClosed:
    """A hold has ended; what was captured is a payment of its own."""

    hold_id: int
    asset: str
    outcome: HoldOutcome
    captured: Decimal


@dataclass(slots=True, frozen=True)
class DepositCredited:
    """Money came from the Stellar ledger, by this transaction of this account there."""

    asset: str
    amount: Decimal
    transaction: str
    source: str


@dataclass(slots=True, frozen=True)
class RoutingRegistered:
    """Deposits that name this number are the account's from now on."""

    routing_id: int


@dataclass(slots=True, frozen=True)
class OrderPlaced:
    """An order rests on the book with this amount."""

    order_id: int
    market: str
    side: str
    price: Decimal
    amount: Decimal


@dataclass(slots=True, frozen=True)
class Fill:
    """An order of the account was filled, in part or whole; ``fee`` is of what it received."""

    order_id: int
    counter_order_id: int
    market: str
    side: str
    maker: bool
    price: Decimal
    amount: Decimal
    quote_amount: Decimal
    fee: Decimal


@dataclass(slots=True, frozen=True)
class OrderReplaced:
    """An order took the place of another one; what it meets, and whether it rests, comes after this."""

    order_id: int
    replaced: int
    market: str
    side: str
    price: Decimal
    amount: Decimal
    client_order_id: str | None


@dataclass(slots=True, frozen=True)
class OrderArmed:
    """An order waits until the last price gets to its trigger price; what it will give is locked."""

    order_id: int
    market: str
    side: str
    trigger: str
    trigger_price: Decimal


@dataclass(slots=True, frozen=True)
class OrderTriggered:
    """What an order waited for has come; what it meets comes after this, or why it was refused now."""

    order_id: int
    market: str


@dataclass(slots=True, frozen=True)
class CancelAllScheduled:
    """All open orders are cancelled at this time, in microseconds since 1970; None: not any more."""

    due_us: int | None


@dataclass(slots=True, frozen=True)
class OrderReduced:
    """Self-trade prevention, or the account itself, took this amount off an order."""

    order_id: int
    amount: Decimal
    remaining: Decimal


@dataclass(slots=True, frozen=True)
class OrderClosed:
    """An order is done; ``remaining`` was not filled."""

    order_id: int
    reason: OrderCloseReason
    remaining: Decimal


@dataclass(slots=True, frozen=True)
class FeeCollected:
    """The fee account earned."""

    asset: str
    amount: Decimal


@dataclass(slots=True, frozen=True)
class WithdrawalAccepted:
    """The money is locked until the withdrawal is closed."""

    withdrawal_id: int
    asset: str
    amount: Decimal
    destination: str


@dataclass(slots=True, frozen=True)
class WithdrawalWithheld:
    """It is so large that the auditors' operators must approve it until this microsecond since 1970."""

    withdrawal_id: int
    approve_until_us: int


@dataclass(slots=True, frozen=True)
class WithdrawalApproved:
    """The auditors' operators have approved it: it goes on."""

    withdrawal_id: int


@dataclass(slots=True, frozen=True)
class WithdrawalPrepared:
    """The Stellar transaction that will pay it."""

    withdrawal_id: int
    transaction: str
    max_time_s: int


@dataclass(slots=True, frozen=True)
class WithdrawalClosed:
    """The ledger has paid it, refused it or will never include it; or the auditors' operators have not approved it.

    Attributes:
        withdrawal_id: its number.
        outcome: how it ended.
        transaction: its hash; None where there never was one.
    """

    withdrawal_id: int
    outcome: WithdrawalOutcome
    transaction: str | None


@dataclass(slots=True, frozen=True)
class OperationRefused:
    """An operation of a batch broke a rule, and did nothing."""

    code: Code


@dataclass(slots=True, frozen=True)
class AgentAppointed:
    """This key may sign for the account, for these rights, up to this microsecond since 1970."""

    agent: str
    rights: tuple[str, ...]
    expires_at: int


@dataclass(slots=True, frozen=True)
class AgentDismissed:
    """This key may not sign for the account any more."""

    agent: str


@dataclass(slots=True, frozen=True)
class KeyRotated:
    """Another key owns the account from now on."""

    new_key: str


@dataclass(slots=True, frozen=True)
class LockChanged:
    """What is locked from now on; the end in microseconds since 1970, if it has one."""

    locks: tuple[str, ...]
    until: int | None


@dataclass(slots=True, frozen=True)
class SubAccountOpened:
    """The owner of ``parent`` owns ``address``, too: its sub-account with this number."""

    parent: str
    sub_account: int
    address: str


@dataclass(slots=True, frozen=True)
class SubAccountMerged:
    """All that ``address`` had is its parent's again."""

    parent: str
    sub_account: int
    address: str


@dataclass(slots=True, frozen=True)
class OtherEffect:
    """What only the constellation's own account is told."""

    effect: messages.Effect


Effect = (
    AccountOpened
    | BalanceChanged
    | PaymentSent
    | PaymentReceived
    | HoldOpened
    | HoldClosed
    | DepositCredited
    | RoutingRegistered
    | OrderPlaced
    | Fill
    | OrderReplaced
    | OrderArmed
    | OrderTriggered
    | OrderReduced
    | OrderClosed
    | CancelAllScheduled
    | FeeCollected
    | WithdrawalAccepted
    | WithdrawalApproved
    | WithdrawalWithheld
    | WithdrawalPrepared
    | WithdrawalClosed
    | OperationRefused
    | AgentAppointed
    | AgentDismissed
    | KeyRotated
    | LockChanged
    | SubAccountOpened
    | SubAccountMerged
    | OtherEffect
)


def translate(catalogue: Catalogue, group: EffectGroup) -> tuple[Effect, ...]:
    """The effects of ``group`` in names and Decimals.

    Raises:
        IndexError: an asset or market is not listed.
    """
    return tuple(translate_effect(catalogue, effect) for effect in group.effects)


def translate_effect(catalogue: Catalogue, effect: messages.Effect) -> Effect:
    """An effect in names and Decimals.

    Raises:
        IndexError: its asset or market is not listed.
    """
    assets = catalogue.asset_names
    match effect:
        case messages.BalanceChanged():
            return BalanceChanged(assets[effect.asset], amount(effect.balance), amount(effect.liabilities))
        case messages.PaymentSent():
            destination = encode_public_key(effect.destination)
            return PaymentSent(destination, assets[effect.asset], amount(effect.amount), effect.memo)
        case messages.PaymentReceived():
            source = encode_public_key(effect.source)
            return PaymentReceived(source, assets[effect.asset], amount(effect.amount), effect.memo)
        case messages.HoldOpened():
            parties = encode_public_key(effect.owner), encode_public_key(effect.beneficiary)
            return HoldOpened(effect.hold, *parties, assets[effect.asset], amount(effect.amount), effect.expires_at)
        case messages.HoldClosed():
            return HoldClosed(effect.hold, assets[effect.asset], effect.outcome, amount(effect.captured))
        case messages.DepositCredited():
            source = encode_public_key(effect.source)
            return DepositCredited(assets[effect.asset], amount(effect.amount), effect.transaction.hex(), source)
        case messages.RoutingRegistered():
            return RoutingRegistered(effect.routing_id)
        case messages.FeeCollected():
            return FeeCollected(assets[effect.asset], amount(effect.amount))
        case messages.AccountOpened():
            return AccountOpened()
        case messages.OrderPlaced() | messages.OrderReplaced() | messages.Trade() | messages.OrderClosed():
            return _translate_order(catalogue, effect)
        case messages.OrderReduced():
            return OrderReduced(effect.order, amount(effect.amount), amount(effect.remaining))
        case messages.OrderArmed():
            market = catalogue.markets[effect.market]
            kind, price = effect.trigger.kind.name.lower(), market.price(effect.trigger.price)
            return OrderArmed(effect.order, market.name, side_name(effect.side), kind, price)
        case messages.OrderTriggered():
            return OrderTriggered(effect.order, catalogue.markets[effect.market].name)
        case messages.CancelAllScheduled():
            return CancelAllScheduled(effect.due)
        case messages.WithdrawalAccepted():
            destination = encode_public_key(effect.destination)
            return WithdrawalAccepted(effect.withdrawal, assets[effect.asset], amount(effect.amount), destination)
        case messages.WithdrawalPrepared():
            return WithdrawalPrepared(effect.withdrawal, effect.transaction.hex(), effect.max_time_s)
        case messages.WithdrawalClosed():
            transaction = effect.transaction.hex() if any(effect.transaction) else None
            return WithdrawalClosed(effect.withdrawal, effect.outcome, transaction)
        case messages.WithdrawalWithheld():
            return WithdrawalWithheld(effect.withdrawal, effect.approve_until)
        case messages.WithdrawalApproved():
            return WithdrawalApproved(effect.withdrawal)
        case messages.OperationRefused():
            return OperationRefused(effect.code)
        case messages.AgentAppointed():
            return AgentAppointed(encode_public_key(effect.agent), rights_names(effect.rights), effect.expires_at)
        case messages.AgentDismissed():
            return AgentDismissed(encode_public_key(effect.agent))
        case messages.KeyRotated():
            return KeyRotated(encode_public_key(effect.new_key))
        case messages.LockChanged():
            return LockChanged(lock_names(effect.locks), effect.until)
        case messages.SubAccountOpened():
            return SubAccountOpened(encode_public_key(effect.parent), effect.number, encode_public_key(effect.account))
        case messages.SubAccountMerged():
            return SubAccountMerged(encode_public_key(effect.parent), effect.number, encode_public_key(effect.account))
        case _:
            return OtherEffect(effect)


def _translate_order(
    catalogue: Catalogue,
    effect: messages.OrderPlaced | messages.OrderReplaced | messages.Trade | messages.OrderClosed,
) -> Effect:
    if isinstance(effect, messages.OrderClosed):
        return OrderClosed(effect.order, effect.reason, amount(effect.remaining))
    market = catalogue.markets[effect.market]
    side, price = side_name(effect.side), market.price(effect.price)
    if isinstance(effect, messages.OrderPlaced):
        return OrderPlaced(effect.order, market.name, side, price, amount(effect.amount))
    if isinstance(effect, messages.OrderReplaced):
        facts = market.name, side, price, amount(effect.amount), effect.client_order_id or None
        return OrderReplaced(effect.order, effect.replaced, *facts)
    return Fill(
        effect.order,
        effect.counter_order,
        market.name,
        side,
        effect.maker,
        price,
        amount(effect.amount),
        amount(effect.quote_amount),
        amount(effect.fee),
    )


def side_name(side: Side) -> str:
    """``buy`` or ``sell``."""
    return side.name.lower()
