"""The state machine on a seeded flow: each kind of quantum among the others, as they come in an exchange."""

import time
from collections import defaultdict
from collections.abc import Iterator
from random import Random

from benchmarks.exchange import NO_SIGNATURE, account_key, machine_with_accounts
from benchmarks.figures import Figure, median
from benchmarks.measuring import tell
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CancelOrder,
    LimitOrder,
    Operation,
    Payment,
    Request,
    Side,
    SignedRequest,
    TimeInForce,
    Trade,
)
from constellation.quanta import Executed
from constellation.testing import World
from constellation.testing.world import ONE, START_US

_ACCOUNTS = 1_000
_CROSSING, _CANCELS, _PAYMENTS = 0.5, 0.3, 0.1
_AWAY_TICKS = 20
_LOTS = 2_000
_TAKE_IN_QUANTA = 1_000
_EMPTY_LOOKS = 1_000


class _Floor:
    """Accounts with money in one market whose mid price walks."""

    def __init__(self) -> None:
        self.machine = machine_with_accounts(World(), _ACCOUNTS)
        self._random = Random(1)
        self._nonces = [0] * _ACCOUNTS
        self._mid = 2_500
        self.spent_ns: dict[str, list[int]] = defaultdict(list)

    def run(self, quanta: int) -> None:
        """Execute so many, and note the time of each by its kind."""
        done = 0
        while done < quanta:
            number, operation = self._next()
            signed = self._from_the_wire(number, operation)
            begin_ns = time.thread_time_ns()
            try:
                executed = self.machine.execute(START_US, signed)
            except Rejection:
                continue  # an order that would meet one of its own account
            self.spent_ns[_kind(operation, executed)].append(time.thread_time_ns() - begin_ns)
            self._nonces[number] += 1
            done += 1
            if done % _TAKE_IN_QUANTA == 0:
                self.machine.state.root()
                self.machine.state.take_unsaved()

    def _from_the_wire(self, number: int, operation: Operation) -> SignedRequest:
        request = Request(account_key(number), None, self._nonces[number] + 1, START_US + 100_000_000, operation)
        return SignedRequest.from_xdr(SignedRequest(request, NO_SIGNATURE).to_xdr())

    def _next(self) -> tuple[int, Operation]:
        random, kind = self._random, self._random.random()
        number = random.randrange(_ACCOUNTS)
        if kind < _CANCELS:
            for _ in range(_ACCOUNTS):
                orders = self.machine.state.vault.accounts[account_key(number)].orders
                if orders:
                    return number, CancelOrder(random.choice(list(orders)))
                number = (number + 1) % _ACCOUNTS
        if _CANCELS <= kind < _CANCELS + _PAYMENTS:
            payee = (number + random.randrange(1, _ACCOUNTS)) % _ACCOUNTS
            return number, Payment(account_key(payee), 1, ONE // 100)
        return number, self._order()

    def _order(self) -> LimitOrder:
        random = self._random
        self._mid = max(1_000, self._mid + random.choice((-1, 0, 1)))
        side = random.choice((Side.BUY, Side.SELL))
        away = random.randint(1, _AWAY_TICKS) * (-1 if random.random() < _CROSSING else 1)
        price = self._mid + (away if side is Side.SELL else -away)
        lots = random.randint(1, _LOTS) * (ONE // 1_000)
        return LimitOrder(0, side, price, lots, TimeInForce.GOOD_TILL_CANCELLED, None)


def _kind(operation: Operation, executed: Executed) -> str:
    if isinstance(operation, CancelOrder):
        return "cancel"
    if isinstance(operation, Payment):
        return "payment"
    trades = any(isinstance(effect, Trade) for group in executed.groups for effect in group.effects)
    return "order that is filled, in part or whole" if trades else "order that rests"


def seeded_flow(quick: bool) -> Iterator[Figure]:
    """The mean of each kind, which has every number of fills in it, and their mean."""
    warm_up, quanta = (200, 400) if quick else (10_000, 50_000)
    floor = _Floor()
    tell(f"{quanta:,} quanta")
    floor.run(warm_up)
    floor.spent_ns.clear()
    floor.run(quanta)
    look_us = _look_us()
    for kind, spent in sorted(floor.spent_ns.items()):
        yield Figure(kind, sum(spent) / len(spent) / 1e3 - look_us, "µs")
        yield Figure(f"{kind}, share of all", len(spent) / quanta * 100, "%")
    together = [value for spent in floor.spent_ns.values() for value in spent]
    yield Figure("one quantum of the flow", sum(together) / len(together) / 1e3 - look_us, "µs")


def _look_us() -> float:
    """What looking at the clock twice adds to a time."""

    def one_look() -> int:
        begin_ns = time.thread_time_ns()
        return time.thread_time_ns() - begin_ns

    return median(one_look() for _ in range(_EMPTY_LOOKS)) / 1e3
