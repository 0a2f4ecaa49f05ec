"""The first phase of a run: everybody acts, and everything goes wrong, as the seed says."""

from collections.abc import Callable
from random import Random

from constellation.testing.money.checks import state_errors
from constellation.testing.money.clients import Clients
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.foes import Foes
from constellation.testing.money.operators import Operators
from constellation.testing.money.street import Street
from constellation.testing.money.weather import Weather
from constellation.testing.money.world import LEDGER_S, VaultWorld


class MoneyLost(AssertionError):
    """Something about money is not as it must be."""


class Chaos:
    """Acts at random.

    Args:
        random: decides everything.
        world: with the ledger.
        cluster: with the members.
    """

    def __init__(self, random: Random, world: VaultWorld, cluster: VaultCluster) -> None:
        self._random = random
        self._world = world
        self._cluster = cluster
        self._street = Street(random, world)
        self._clients = Clients(random, world, cluster)
        weather, foes = Weather(random, world, cluster), Foes(random, world)
        operators = Operators(random, world, cluster)
        self._next_close_us = 0
        self._cursor = 0
        self._deeds: list[tuple[Callable[[], None], float]] = [
            (self._street.act, 12),
            (self._clients.ask, 18),
            (self._clients.proceed, 20),
            (self._read, 30),
            (self._sign, 15),
            (self._submit, 20),
            (self._stall, 0.5),
            (self._brink, 1.5),
            (self._crowd, 0.4),
            (weather.disturb_server, 3),
            (weather.cut, 2),
            (weather.reconnect, 4),
            (weather.back_up, 0.3),
            (weather.crash_alpha, 0.7),
            (weather.crash_auditor, 0.7),
            (weather.change_auditors, random.choice((0, 0, 0.5))),
            (foes.claw_back, random.choice((0, 0.5))),
            (foes.authorize, random.choice((0, 0.5))),
            (foes.conspire, random.choice((0, 0, 0.7))),
            (foes.upgrade, random.choice((0, 1, 2))),
            (operators.propose, 4),
            (operators.sign, 14),
        ]

    def run(self, steps: int) -> None:
        """Take so many steps."""
        self._street.open_accounts()
        deeds, weights = zip(*self._deeds, strict=True)
        for _ in range(steps):
            self._random.choices(deeds, weights)[0]()
            self._deliver()
            self._cluster.advance(self._random.choice((0, 50, 200, 700)))
            if self._cluster.clock_us >= self._next_close_us:
                self._close_ledger()
            self._check()

    def _check(self) -> None:
        state = self._cluster.alpha.machine.state
        if state.ledger_cursor != self._cursor:
            self._cursor = state.ledger_cursor
            errors = state_errors(self._world, state)
            if errors:
                raise MoneyLost("; ".join(errors))

    # --- time ---------------------------------------------------------------------------------------------------

    def _close_ledger(self) -> None:
        self._cluster.close_ledger()
        seconds = self._random.choice((2, 3, LEDGER_S, LEDGER_S, LEDGER_S, 7))
        self._next_close_us = self._cluster.clock_us + seconds * 1_000_000

    def _stall(self) -> None:
        """No ledger closes for a while."""
        self._cluster.advance(1000 * self._random.choice((10, 30, 60)))

    def _brink(self) -> None:
        """A ledger closes in the last moments of a task that was not handed in yet; then it is, and another closes."""
        cluster = self._cluster
        for number in cluster.members:
            cluster.auditors[number].sign()
        cluster.settle()
        deadlines = [item["max_time"] for item in cluster.alpha.submitter.describe() if not item["submissions"]]
        if deadlines:
            left_s = self._random.choice(deadlines) - cluster.skew_s - cluster.clock_us // 1_000_000
            cluster.advance(1000 * max(0, left_s + self._random.randint(-6, 1)))
            cluster.close_ledger()
            cluster.alpha.submit()
            self._next_close_us = cluster.clock_us + 2_000_000

    def _crowd(self) -> None:
        """Many want into the next ledger."""
        for _ in range(10):
            self._street.act()

    # --- members ------------------------------------------------------------------------------------------------

    def _deliver(self) -> None:
        cluster = self._cluster
        for _ in range(self._random.randint(0, 12)):
            number = self._random.randrange(len(cluster.auditors))
            (cluster.deliver_to_auditor if self._random.random() < 0.6 else cluster.deliver_to_alpha)(number)
        cluster.alpha.confirm()

    def _submit(self) -> None:
        self._cluster.alpha.submit()

    def _read(self) -> None:
        self._cluster.auditors[self._some_auditor()].look()

    def _sign(self) -> None:
        self._cluster.auditors[self._some_auditor()].sign()

    def _some_auditor(self) -> int:
        return self._random.choice(self._cluster.members)
