"""Whether a quantum costs more when there are many accounts and orders."""

from collections.abc import Iterator
from random import Random

from benchmarks.exchange import NO_SIGNATURE, account_key, open_accounts
from benchmarks.figures import Figure, median, per_item_us
from benchmarks.measuring import Stopwatch, tell
from constellation.node.interpreter import short_pauses, take_for_permanent, without_collections
from constellation.node.sequencer import Sequencer
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
from constellation.quanta import Tip
from constellation.testing import World
from constellation.testing.world import ONE, START_US

_SIZES = (1_000, 100_000, 1_000_000)
_QUICK_SIZES = (1_000, 1_500, 2_000)
_BATCH = 100
_CHECKPOINT_QUANTA = 1_000
_NEVER = 1 << 60
_PRICES = 1_000
_LOT = ONE // 1000
_FOLD = 1_000


class _Crowd:
    """Accounts with three balances and an order each; one quantum after another from accounts drawn at random."""

    def __init__(self, size: int) -> None:
        world = World()
        self.machine = world.machine()
        self._size = size
        self._random = Random(1)
        self._nonces = [0] * size
        for first in range(0, size, _FOLD):
            open_accounts(self.machine.state, range(first, min(first + _FOLD, size)))
            self._take_in()
        for number in range(size):
            self.machine.execute(START_US, self._signed(number, self._sell()))
            if number % _FOLD == 0:
                self._take_in()
        self._take_in()
        self._sequencer: Sequencer[None] = Sequencer(
            self.machine, Tip.genesis(world.settings), 1, world.alpha, lambda: START_US, _CHECKPOINT_QUANTA, _NEVER
        )

    def _take_in(self) -> None:
        self.machine.state.root()
        self.machine.state.take_unsaved()

    def _signed(self, number: int, operation: Operation) -> SignedRequest:
        self._nonces[number] += 1
        request = Request(account_key(number), None, self._nonces[number], START_US + 100_000_000, operation)
        return SignedRequest(request, NO_SIGNATURE)

    def _sell(self) -> LimitOrder:
        price = 2_500 + self._random.randrange(_PRICES)
        return LimitOrder(0, Side.SELL, price, 1_000 * _LOT, TimeInForce.GOOD_TILL_CANCELLED, None)

    def requests(self) -> Iterator[SignedRequest]:
        """An order that rests, its cancel, one that takes a whole other order, one in its place, and a payment."""
        accounts = self.machine.state.vault.accounts
        while True:
            first, second, third = self._random.sample(range(self._size), 3)
            yield self._signed(first, self._sell())
            yield self._signed(first, CancelOrder(list(accounts[account_key(first)].orders)[-1]))
            taking = LimitOrder(0, Side.BUY, 5_000, 1_000 * _LOT, TimeInForce.IMMEDIATE_OR_CANCEL, None)
            yield self._signed(second, taking)
            yield self._signed(second, self._sell())
            yield self._signed(third, Payment(account_key(first), 1, ONE))

    def run(self, quanta: int) -> float:
        """Execute and seal so many; microseconds of CPU for each."""
        spent_s = 0.0
        feed = self.requests()
        for number in range(quanta):
            signed = next(feed)
            watch = Stopwatch()
            self._sequencer.execute(signed, None)
            if number % _BATCH == _BATCH - 1:
                work = self._sequencer.take()
                assert work is not None
                work.sign()
            spent_s += watch.cpu_s
        return per_item_us(spent_s, quanta)


def growth(quick: bool) -> Iterator[Figure]:
    """The same in constellations of several sizes, in turn."""
    sizes, rounds, quanta = (_QUICK_SIZES, 1, 200) if quick else (_SIZES, 5, 3_000)
    crowds = []
    for size in sizes:
        tell(f"{size:,} accounts and orders")
        with without_collections():
            crowds.append(_Crowd(size))
    with short_pauses():
        take_for_permanent()
        found: list[list[float]] = [[] for _ in crowds]
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}")
            for crowd, values in zip(crowds, found, strict=True):
                values.append(crowd.run(quanta))
    middles = [median(values) for values in found]
    for size, middle in zip(sizes, middles, strict=True):
        yield Figure(f"one quantum with {size:,} accounts and orders", middle, "µs")
    yield Figure("growth", middles[-1] / middles[0], "times")
