"""The state machine, by kind of quantum."""

from collections.abc import Iterator

from benchmarks.exchange import NO_SIGNATURE, account_key, machine_with_accounts
from benchmarks.figures import Figure, median, per_item_us
from benchmarks.measuring import Stopwatch, tell
from constellation.node.interpreter import short_pauses
from constellation.protocol.messages import (
    CancelOrder,
    LimitOrder,
    Operation,
    Payment,
    Request,
    Side,
    SignedRequest,
    TimeInForce,
)
from constellation.quanta import Machine
from constellation.testing import World
from constellation.testing.world import ONE, START_US

_ACCOUNTS = 2_000
_ORDERS_EACH = 20
_PRICES = 200
_LOT = ONE // 1000


class _Floor:
    """A machine with accounts that never sign; makers and takers are different ones."""

    def __init__(self, accounts: int) -> None:
        self.machine: Machine = machine_with_accounts(World(), accounts)
        self._accounts = accounts
        self._nonces = [0] * accounts

    def run(self, operations: list[tuple[int, Operation]]) -> float:
        """Execute the operations of accounts by number, as they come from the wire; microseconds of CPU for each."""
        requests = []
        for number, operation in operations:
            self._nonces[number] += 1
            request = Request(account_key(number), None, self._nonces[number], START_US + 100_000_000, operation)
            requests.append(SignedRequest.from_xdr(SignedRequest(request, NO_SIGNATURE).to_xdr()))
        machine = self.machine
        watch = Stopwatch()
        for signed in requests:
            machine.execute(START_US, signed)
        return per_item_us(watch.cpu_s, len(requests))

    def rest(self, count: int) -> float:
        return self.run([(number // _ORDERS_EACH, _order(number, Side.SELL)) for number in range(count)])

    def cross(self, count: int) -> float:
        return self.run([(self._accounts - 1 - number % 500, _order(number, Side.BUY)) for number in range(count)])

    def cancel(self, count: int) -> float:
        orders = list(self.machine.state.engine.orders)
        return self.run([(number // _ORDERS_EACH, CancelOrder(orders[number])) for number in range(count)])

    def pay(self, count: int) -> float:
        accounts = self._accounts
        pairs = ((number % accounts, (number * 7 + 1) % accounts) for number in range(count))
        return self.run([(a, Payment(account_key(b if b != a else b - 1), 1, ONE)) for a, b in pairs])


def _order(number: int, side: Side) -> LimitOrder:
    """Sells rest at many prices; a buy takes the best of them and fits it exactly."""
    price = 2_500 + number % _PRICES if side is Side.SELL else 2_500 + _PRICES
    return LimitOrder(0, side, price, 1_000 * _LOT, TimeInForce.GOOD_TILL_CANCELLED, None)


def machine(quick: bool) -> Iterator[Figure]:
    """Each kind several times; the middle one counts."""
    rounds, count = (1, 400) if quick else (7, 10_000)
    floor = _Floor(_ACCOUNTS)
    found: dict[str, list[float]] = {}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        with short_pauses():
            found.setdefault("limit order, resting", []).append(floor.rest(count))
            found.setdefault("limit order, one fill", []).append(floor.cross(count))
            floor.rest(count)
            found.setdefault("cancel", []).append(floor.cancel(count))
            found.setdefault("payment", []).append(floor.pay(count))
        assert not floor.machine.state.engine.orders, "every order was filled or cancelled"
    yield from (Figure(name, median(values), "µs") for name, values in found.items())
