"""What the naive exchange keeps in its lists."""

from dataclasses import dataclass, field
from fractions import Fraction

from constellation.protocol.messages import (
    AssetIdentity,
    ClaimableDeposit,
    LimitOrder,
    MarketOrder,
    MarketSettings,
    OrderInstructions,
    QuorumRule,
    Side,
    SuspenseReason,
    Trigger,
    TriggerKind,
    VaultTaskType,
    Withdrawal,
)

LUMENS = 0
LARGEST = 9_223_372_036_854_775_807


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
        name: what its owner calls it.
        until_us: when it is closed; None for never.
        queued: apex and place of when it came to the book.
    """

    apex: int
    owner: bytes
    market: int
    side: Side
    price: int
    remaining: int
    name: str = ""
    until_us: int | None = None
    queued: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.queued == (0, 0):
            self.queued = (self.apex, 0)


@dataclass
class NaiveArmed:
    """An order that waits for its trigger.

    Attributes:
        apex: of the quantum that armed it, which is its id.
        owner: account key.
        operation: what it says.
        reached: prices of trades that came past its trigger.
    """

    apex: int
    owner: bytes
    operation: LimitOrder | MarketOrder
    reached: list[int] = field(default_factory=list)

    @property
    def is_triggered(self) -> bool:
        """Whether a trade has come past its trigger."""
        return bool(self.reached)

    @property
    def says(self) -> OrderInstructions:
        """What it says beside."""
        assert self.operation.instructions is not None
        return self.operation.instructions

    @property
    def trigger(self) -> Trigger:
        """What it waits for."""
        assert self.says.trigger is not None
        return self.says.trigger

    @property
    def waits_for_more(self) -> bool:
        """Whether it waits for a higher price."""
        stops = self.trigger.kind is TriggerKind.STOP
        return stops if self.operation.side is Side.BUY else not stops

    def is_reached(self, price: int) -> bool:
        """Whether a trade at ``price`` triggers it."""
        return price >= self.trigger.price if self.waits_for_more else price <= self.trigger.price


@dataclass
class NaiveAgent:
    """A key that may sign for an account.

    Attributes:
        account: whose agent it is.
        key: of the agent.
        rights: words for what it may do.
        expires_at: the last microsecond at which it may.
    """

    account: bytes
    key: bytes
    rights: set[str]
    expires_at: int


@dataclass
class NaiveHold:
    """Money that waits for another account.

    Attributes:
        apex: of the quantum that opened it, which is its id.
        owner: whose money it is.
        beneficiary: who may take it.
        asset: its id.
        amount: in stroops.
        until_us: when it lapses.
    """

    apex: int
    owner: bytes
    beneficiary: bytes
    asset: int
    amount: int
    until_us: int


@dataclass
class NaiveSuspense:
    """A deposit that belongs to nobody.

    Attributes:
        operation: its place on the ledger.
        asset: as the ledger names it.
        amount: in stroops.
        source: who sent it.
        transaction: its hash.
        reason: why it is here.
        refunds: how often sending it back came to an end.
    """

    operation: int
    asset: AssetIdentity
    amount: int
    source: bytes
    transaction: bytes
    reason: SuspenseReason
    refunds: int = 0


@dataclass
class NaiveSigners:
    """Who signs for the vault and its channels on the ledger, before and after a change.

    Attributes:
        before: keys and rule.
        after: keys and rule.
    """

    before: tuple[list[bytes], QuorumRule]
    after: tuple[list[bytes], QuorumRule]


@dataclass
class NaiveTransaction:
    """What does a task.

    Attributes:
        channel: its source account.
        sequence: its sequence number.
        max_time_s: the last close time at which it is valid.
        digest: its hash.
    """

    channel: bytes
    sequence: int
    max_time_s: int
    digest: bytes


@dataclass
class NaiveTask:
    """What only a transaction of the vault can do.

    Attributes:
        kind: of task.
        number: what names it among its kind.
        apex: since when it waits.
        subject: what it is about.
        owner: whose withdrawal it is.
        transaction: that does it, once a channel was free.
        until_us: when it is refused, as long as nobody has approved it; None when nobody need.
    """

    kind: VaultTaskType
    number: int
    apex: int
    subject: "Withdrawal | NaiveSuspense | ClaimableDeposit | NaiveSigners | AssetIdentity"
    owner: bytes = b""
    transaction: NaiveTransaction | None = None
    until_us: int | None = None


def smallest_quorum(auditors: list[bytes], rule: QuorumRule) -> int:
    """The smallest number of auditors that is more than their share."""
    share = Fraction(2, 3) if rule is QuorumRule.TWO_THIRDS else Fraction(1, 2)
    return next(number for number in range(len(auditors) + 2) if number > share * len(auditors))


def worth(market: MarketSettings, amount: int, price: int) -> int:
    """Stroops of quote for ``amount`` of base: exact, or the market's rules are broken."""
    exact = amount * Fraction(price, 10**market.price_decimals)
    assert exact.denominator == 1, "a fill needs rounding"
    return exact.numerator
