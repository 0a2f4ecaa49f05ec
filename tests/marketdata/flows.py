"""Random flows through the real machine, cut into batches, for whoever follows them from outside."""

from collections.abc import Iterator
from random import Random

from constellation.marketdata.ladder import Level
from constellation.protocol.messages import LimitOrder, Side, TimeInForce
from constellation.protocol.signing import KeyPair
from constellation.quanta import Executed, Machine, SealedBatch, Tip, seal
from constellation.testing import World, random_quanta
from tests.quanta.running import run


class Flow:
    """A world whose machine runs, and the chain of its batches.

    Attributes:
        world: whose members sign.
        machine: with the present state.
        traders: with money.
    """

    def __init__(self, traders: int = 6, **options: int) -> None:
        self.world = World(**(options or {"fills": 4, "maker_fee_ppm": 150, "taker_fee_ppm": 450}))
        self.machine = self.world.machine()
        self.traders = self.world.funded(self.machine, *(f"trader {number}" for number in range(traders)))
        self.tip = Tip.genesis(self.world.settings)
        self.executed: list[Executed] = []

    def seal(self) -> SealedBatch:
        """What was executed since the last batch."""
        executed, self.executed = self.executed, []
        sealed = seal(self.machine, executed, self.tip, 1, checkpoint=False)
        self.tip = sealed.tip
        return sealed

    def random(self, seed: int, count: int, most: int = 5) -> Iterator[SealedBatch]:
        """Batches of up to ``most`` bodies of every kind; the machine is as after each."""
        random = Random(seed)
        left = random.randint(1, most)
        for timestamp, body in random_quanta(self.world, self.machine, self.traders, seed, count, with_batches=True):
            outcome = run(self.machine, timestamp, body)
            if isinstance(outcome, list):
                self.executed += outcome
            left -= 1
            if left <= 0:
                left = random.randint(1, most)
                yield self.seal()
        yield self.seal()

    def order(self, who: KeyPair, side: Side, price: int, lots: int, *, market: int = 0, timestamp: int = 0) -> None:
        """Execute an order; it is in the next batch."""
        lot = self.machine.state.settings.markets[market].lot
        order = LimitOrder(market, side, price, lots * lot, TimeInForce.GOOD_TILL_CANCELLED, None)
        now = max(timestamp, self.machine.state.timestamp)
        request = self.world.request(who, order, valid_until=now + 100_000_000)
        self.executed += self.machine.execute_all(now, request)


def engine_levels(machine: Machine, market: int) -> tuple[list[Level], list[Level]]:
    """Bids and asks of the engine's own book."""
    book = machine.state.engine.markets[market].book
    bids, asks = ([(level.price, level.amount) for level in book.levels(side)] for side in (Side.BUY, Side.SELL))
    return bids, asks


def naive_view(levels: tuple[list[Level], list[Level]], step: int, depth: int) -> tuple[list[Level], list[Level]]:
    """The best levels in steps, recomputed plainly."""
    bids: dict[int, int] = {}
    asks: dict[int, int] = {}
    for price, amount in levels[0]:
        bids[price // step * step] = bids.get(price // step * step, 0) + amount
    for price, amount in levels[1]:
        key = (price + step - 1) // step * step
        asks[key] = asks.get(key, 0) + amount
    return sorted(bids.items(), reverse=True)[:depth], sorted(asks.items())[:depth]
