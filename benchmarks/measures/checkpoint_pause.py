"""How long a checkpoint keeps alpha's event loop from its work: seen from the loop, and piece by piece."""

import asyncio
import gc
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from benchmarks.figures import Figure, median
from benchmarks.measures.loaded_alpha import WINDOW_QUANTA, LoadedAlpha
from benchmarks.measuring import Stopwatch, tell
from constellation.node.interpreter import short_pauses, take_for_permanent, without_collections
from constellation.quanta import seal
from constellation.snapshots import Checkpoint, QuantumLog


def checkpoint_pause(accounts: int, quick: bool) -> Iterator[Figure]:
    """Pauses under load with checkpoints and without, then the pieces of a checkpoint."""
    accounts, windows = (accounts // 100, 2) if quick else (accounts, 10)
    with TemporaryDirectory() as directory:
        log = QuantumLog(Path(directory) / "log.sqlite", LoadedAlpha.world.settings)
        tell(f"a state and a checkpoint of {accounts:,} accounts")
        with without_collections():
            alpha = LoadedAlpha(accounts, log)
        yield from _pieces(alpha, log, windows)
        with short_pauses():
            take_for_permanent()
            yield from asyncio.run(_under_load(alpha, windows))
            watch = Stopwatch()
            gc.collect()
            yield Figure("beside checkpoints: one full garbage collection", watch.cpu_s * 1e3, "ms")


async def _under_load(alpha: LoadedAlpha, windows: int) -> list[Figure]:
    figures = []
    for checkpoints, when in ((True, "with checkpoints"), (False, "without checkpoints")):
        tell(f"{windows} x {WINDOW_QUANTA} quanta {when}")
        pauses = await alpha.run(windows, checkpoints=checkpoints)
        busy_s, late_s = [pause.cpu_s for pause in pauses], [pause.wall_s for pause in pauses]
        figures.append(Figure(f"pause {when}, middle", median(busy_s) * 1e3, "ms"))
        figures.append(Figure(f"pause {when}, longest", max(busy_s) * 1e3, "ms"))
        figures.append(Figure(f"pause {when}, middle, wall", median(late_s) * 1e3, "ms"))
        figures.append(Figure(f"pause {when}, longest, wall", max(late_s) * 1e3, "ms"))
        figures.append(Figure(f"longest garbage collection {when}", alpha.collection_s * 1e3, "ms"))
    await alpha.close()
    return figures


def _pieces(alpha: LoadedAlpha, log: QuantumLog, rounds: int) -> Iterator[Figure]:
    """What a checkpoint is made of, one after another with nothing beside."""
    root, keep, write, longest, entries = [], [], [], [], []
    for _ in range(rounds):
        executed = alpha.execute(WINDOW_QUANTA)
        watch = Stopwatch()
        alpha.machine.state.root()
        root.append(watch.cpu_s)
        sealed = seal(alpha.machine, executed, alpha.tip, 1, checkpoint=True)
        alpha.tip = sealed.tip
        watch = Stopwatch()
        alpha.keeper.note(sealed)
        checkpoint = alpha.keeper.take(sealed.header.number)
        keep.append(watch.cpu_s)
        assert checkpoint is not None
        entries.append(len(checkpoint.entries))
        written_s, waited_s = _write_beside(log, checkpoint)
        write.append(written_s)
        longest.append(waited_s)
    yield Figure(f"entries changed by {WINDOW_QUANTA:,} quanta", median(entries), "entries")
    yield Figure("State.root", median(root) * 1e3, "ms")
    yield Figure("CheckpointKeeper.note and take", median(keep) * 1e6, "µs")
    yield Figure("writing the rows, in the log's thread", median(write) * 1e3, "ms")
    yield Figure("longest wait of a busy event loop for that thread, wall", median(longest) * 1e3, "ms")


def _write_beside(log: QuantumLog, checkpoint: Checkpoint) -> tuple[float, float]:
    """Write in a thread; its CPU, and the longest time for which this thread, always busy, could not run."""
    written_s = 0.0

    def write() -> None:
        nonlocal written_s
        begin = time.thread_time()
        log.write([checkpoint])
        written_s = time.thread_time() - begin

    thread = Thread(target=write)
    longest_s, last = 0.0, time.perf_counter()
    thread.start()
    while thread.is_alive():
        now = time.perf_counter()
        longest_s = max(longest_s, now - last)
        last = now
    thread.join()
    return written_s, longest_s
