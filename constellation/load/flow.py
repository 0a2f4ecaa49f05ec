"""What the accounts do: orders around a walking mid price, moves, triggers, cancels, payments, withdrawals.

Each account draws what it does from a generator of its own, and all share one walk of the mid price, which moves with
time: the same seed gives the same decisions, whatever the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from constellation.sdk import InvalidRequest, Market
from constellation.sdk.operations import SideName

_STEPS_PER_S: Final = 10
_WALK_TICKS: Final = 200  # the farthest that the mid price goes from its start
_RESTING_TICKS: Final = 20  # the farthest from the mid price that an order rests
_SIZES: Final = 20  # an order is worth up to this many times the market's minimum


@dataclass(slots=True, frozen=True)
class Mix:
    """Shares of what an account does, from 0 to 1; the rest are orders.

    Attributes:
        crossing: of the orders, those priced to meet resting ones.
        cancels: of open orders; without any, there is an order instead.
        payments: to another of the accounts.
        withdrawals: to the account's own address on the ledger.
        moves: of open orders to the present price; without any, there is an order instead.
        triggers: orders that wait for a price a little away.
        open_orders: with so many, an account cancels instead of placing another.

    Raises:
        InvalidRequest: a share is outside of 0 to 1, or they are more than everything.
    """

    crossing: float = 0.5
    cancels: float = 0.3
    payments: float = 0.1
    withdrawals: float = 0.0
    moves: float = 0.0
    triggers: float = 0.0
    open_orders: int = 50

    def __post_init__(self) -> None:
        shares = (self.crossing, self.cancels, self.payments, self.withdrawals, self.moves, self.triggers)
        if not all(0 <= share <= 1 for share in shares) or sum(shares[1:]) > 1:
            raise InvalidRequest(f"shares are between 0 and 1, and at most 1 together: {self}")


@dataclass(slots=True, frozen=True)
class Place:
    """Place an order."""

    side: SideName
    price: Decimal
    amount: Decimal


@dataclass(slots=True, frozen=True)
class Arm:
    """Place a stop order, which waits for its trigger."""

    side: SideName
    price: Decimal
    amount: Decimal
    trigger_price: Decimal


@dataclass(slots=True, frozen=True)
class Move:
    """Replace an open order by one at another price."""

    order_id: int
    price: Decimal
    amount: Decimal


@dataclass(slots=True, frozen=True)
class Cancel:
    """Cancel an open order."""

    order_id: int


@dataclass(slots=True, frozen=True)
class Pay:
    """Pay another account."""

    destination: bytes
    asset: str
    amount: Decimal


@dataclass(slots=True, frozen=True)
class Withdraw:
    """Withdraw to the own address on the ledger."""

    asset: str
    amount: Decimal


Step = Place | Arm | Move | Cancel | Pay | Withdraw


def kind_of(step: Step) -> str:
    """What a step is counted as."""
    return type(step).__name__.lower()


class Walk:
    """A mid price that walks by single ticks and stays near its start.

    Args:
        seed: of the walk.
        market: whose ticks it takes.
        start: the first price.

    Raises:
        InvalidRequest: there is no room for resting buy orders below the start.
    """

    def __init__(self, seed: str, market: Market, start: Decimal) -> None:
        self._random = Random(seed)
        self._market = market
        self._start = market.round_price(start)
        self._reach = min(_WALK_TICKS, int(self._start / market.tick) - _RESTING_TICKS - 1)
        if self._reach < 1:
            raise InvalidRequest(f"a price of {start} leaves no room for orders below it: the tick is {market.tick}")
        self._ticks = 0
        self._steps = 0

    @property
    def last(self) -> Decimal:
        """The mid price that was asked for last."""
        return self._start + self._ticks * self._market.tick

    def at(self, elapsed_s: float) -> Decimal:
        """The mid price; time does not go back."""
        while self._steps < int(elapsed_s * _STEPS_PER_S):
            self._steps += 1
            step = self._random.choice((-1, 0, 1))
            self._ticks = max(-self._reach, min(self._reach, self._ticks + step))
        return self.last


class Flow:
    """The decisions of one account.

    Args:
        seed: of this account.
        mix: what it does.
        market: where it trades.
        walk: of the mid price, shared by all.
        others: accounts that it pays.
    """

    def __init__(self, seed: str, mix: Mix, market: Market, walk: Walk, others: Sequence[bytes]) -> None:
        self._random = Random(seed)
        self._mix = mix
        self._market = market
        self._walk = walk
        self._others = others

    def next(self, elapsed_s: float, orders: Sequence[int]) -> Step:
        """What the account does next.

        Args:
            elapsed_s: since the run began.
            orders: of this account, open as far as it knows.
        """
        mix, random = self._mix, self._random
        kind, choice = random.random(), random.random()
        step = self._order(elapsed_s)  # drawn every time, so that what comes later does not depend on the answers
        if orders and (kind < mix.cancels or len(orders) >= mix.open_orders):
            return Cancel(orders[int(choice * len(orders))])
        asset = self._market.base if choice < 0.5 else self._market.quote
        if mix.cancels <= kind < mix.cancels + mix.payments and self._others:
            return Pay(self._others[int(choice * len(self._others))], asset, Decimal("0.01"))
        share = mix.cancels + mix.payments
        if share <= kind < share + mix.withdrawals:
            return Withdraw(asset, Decimal("0.1"))
        share += mix.withdrawals
        if share <= kind < share + mix.moves and orders:
            return Move(orders[int(choice * len(orders))], step.price, step.amount)
        share += mix.moves
        return self._stop(step) if share <= kind < share + mix.triggers else step

    def several(self, elapsed_s: float, orders: Sequence[int], count: int) -> list[Step]:
        """What the account does next, together; no order is cancelled or moved twice."""
        left, steps = list(orders), []
        for _ in range(count):
            step = self.next(elapsed_s, left)
            if isinstance(step, Cancel | Move):
                left.remove(step.order_id)
            steps.append(step)
        return steps

    def _order(self, elapsed_s: float) -> Place:
        random, market = self._random, self._market
        mid = self._walk.at(elapsed_s)
        side: SideName = "buy" if random.random() < 0.5 else "sell"
        away = random.randint(1, _RESTING_TICKS) * (-1 if side == "buy" else 1)
        if random.random() < self._mix.crossing:
            away = -away
        price = mid + away * market.tick
        worth = market.minimum_notional * (1 + random.randrange((_SIZES - 1) * 100) / Decimal(100))
        return Place(side, price, market.round_amount(worth / price) + market.lot)

    def _stop(self, order: Place) -> Arm:
        """A stop order to the same side, as far from the mid price as the order is."""
        away = abs(order.price - self._walk.last)
        price = self._walk.last + (away if order.side == "buy" else -away)
        return Arm(order.side, price, order.amount, price)
