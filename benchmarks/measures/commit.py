"""Sealing a batch and storing it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.exchange import Exchange
from benchmarks.figures import Figure, median, per_item_us
from benchmarks.measuring import Stopwatch, tell
from constellation.snapshots import QuantumLog, StoredBatch

_SIZES = {1: 200, 100: 100, 1000: 30}
"""Batch sizes, and how many batches of each are stored."""


def commit(quick: bool) -> Iterator[Figure]:
    """Sealing at the largest size, one commit at each size."""
    exchange = Exchange(500)
    for executed in exchange.fund():
        exchange.seal(executed)
    with TemporaryDirectory() as directory:
        log = QuantumLog(Path(directory) / "log.sqlite", exchange.world.settings)
        for size, batches in _SIZES.items():
            tell(f"batches of {size}")
            yield from _measure(exchange, log, size, 3 if quick else batches)
        log.close()


def _measure(exchange: Exchange, log: QuantumLog, size: int, batches: int) -> Iterator[Figure]:
    sealing, storing, waiting = [], [], []
    for _ in range(batches):
        executed = exchange.trade(size)
        watch = Stopwatch()
        stored: StoredBatch = exchange.stored(exchange.seal(executed))
        sealing.append(watch.cpu_s)
        watch = Stopwatch()
        log.write([stored])
        storing.append(watch.cpu_s)
        waiting.append(watch.wall_s)
    yield Figure(f"sealing and signing, per quantum in batches of {size:,}", per_item_us(median(sealing), size), "µs")
    yield Figure(f"log commit, per quantum in batches of {size:,}", per_item_us(median(storing), size), "µs")
    yield Figure(f"log commit of {size:,}, wall", median(waiting) * 1e3, "ms")
