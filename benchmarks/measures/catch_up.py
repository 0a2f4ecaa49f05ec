"""A new auditor that catches up while alpha works."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.exchange import Exchange
from benchmarks.figures import Figure, per_item_us
from benchmarks.measuring import Stopwatch, tell
from constellation.protocol.messages import QuantumBody
from constellation.snapshots import QuantumLog
from constellation.testing import Cluster, World

_BATCH = 100
_SERVED_PER_OWN = 2
_OLD, _NEWCOMER = (0, 1), 2


class _DiskCluster(Cluster):
    """A cluster with its logs on the disk, where serving the newcomer is timed apart from what it does itself.

    Attributes:
        own_s: CPU of alpha for batches of its own.
        serving_s: CPU of alpha for the newcomer.
        taking_s: CPU of the newcomer.
    """

    def __init__(self, world: World, directory: Path) -> None:
        self._directory = directory
        super().__init__(world)
        self.own_s = self.serving_s = self.taking_s = 0.0
        self._feed = self._accepted()

    def empty_log(self) -> QuantumLog:
        log = QuantumLog(self._directory / f"log-{len(self._logs)}.sqlite", self.world.settings)
        self._logs.append(log)
        return log

    def _accepted(self) -> Iterator[list[QuantumBody]]:
        """What another machine in the same state has accepted, a batch at a time."""
        source = Exchange(500, signed=True, interval_us=10)
        for executed in source.fund():
            yield [item.quantum.body for item in executed]
        while True:
            yield [item.quantum.body for item in source.trade(_BATCH)]

    def work(self, batches: int) -> None:
        """Let alpha execute batches of its own, and the old auditors follow."""
        for _ in range(batches):
            bodies = next(self._feed)
            watch = Stopwatch()
            self.execute(*bodies)
            self.own_s += watch.cpu_s
            for number in _OLD:
                while self.deliver_to_auditor(number) or self.deliver_to_alpha(number):
                    pass

    def serve(self) -> None:
        """Deliver one message to the newcomer, and its answers to alpha."""
        watch = Stopwatch()
        handed_s = 0.0

        def hand_over(_: int, data: bytes) -> bytes:
            nonlocal handed_s
            handed_s = watch.cpu_s
            return data

        self.tamper = hand_over
        assert self.deliver_to_auditor(_NEWCOMER), "alpha has more to say until the newcomer has caught up"
        self.taking_s += watch.cpu_s - handed_s
        self.serving_s += handed_s
        self.tamper = lambda _, data: data
        watch = Stopwatch()
        while self.deliver_to_alpha(_NEWCOMER):
            pass
        self.serving_s += watch.cpu_s

    @property
    def served(self) -> int:
        """Number of the newcomer's last batch."""
        return self.auditors[_NEWCOMER].replica.tip.number


def catch_up(quick: bool) -> Iterator[Figure]:
    """Alpha alone first, then beside a newcomer that starts with an empty log."""
    with TemporaryDirectory() as directory:
        cluster = _DiskCluster(World(auditors=3), Path(directory))
        cluster.connect(*_OLD)
        cluster.settle()
        assert cluster.is_ready
        yield from _measure(cluster, quick=quick)
        cluster.close()


def _measure(cluster: _DiskCluster, *, quick: bool) -> Iterator[Figure]:
    deposits, batches = 15, 10 if quick else 150
    tell(f"{batches} batches of {_BATCH} quanta")
    cluster.work(deposits)
    cluster.own_s = 0.0
    cluster.work(batches)
    alone_us = per_item_us(cluster.own_s, batches * _BATCH)
    tell("a new auditor connects")
    cluster.own_s, first = 0.0, cluster.alpha.tip.number
    _follow(cluster)
    caught_up, own = cluster.alpha.machine.state.apex, (cluster.alpha.tip.number - first) * _BATCH
    beside_us, serving_us = per_item_us(cluster.own_s, own), per_item_us(cluster.serving_s, caught_up)
    taking_us = per_item_us(cluster.taking_s, caught_up)
    yield Figure("alpha alone, per second of its CPU", 1e6 / alone_us, "quanta/s")
    yield Figure("alpha's own quanta beside, per second of its CPU for them", 1e6 / beside_us, "quanta/s")
    yield Figure("new auditor, per second of its CPU", 1e6 / taking_us, "quanta/s")
    yield Figure("new auditor, per second of its CPU, batches of 100", 1e6 / taking_us / _BATCH, "batches/s")
    yield Figure("serving it, per quantum", serving_us, "µs")
    yield Figure("alpha's loss while a new auditor works at full speed", serving_us / taking_us * 100, "%")


def _follow(cluster: _DiskCluster) -> None:
    """Serve the newcomer until it has everything; it is faster than alpha, so this ends."""
    cluster.connect(_NEWCOMER)
    while cluster.alpha.tip.number != cluster.served:
        target = min(cluster.served + _SERVED_PER_OWN, cluster.alpha.tip.number)
        while cluster.served < target:
            cluster.serve()
        if cluster.alpha.tip.number != cluster.served:
            cluster.work(1)
    assert cluster.state_root() == cluster.state_root(_NEWCOMER)
