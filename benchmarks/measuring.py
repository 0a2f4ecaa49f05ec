"""Clocks and memory, as the operating system accounts them to this process."""

import gc
import os
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from benchmarks.figures import median, per_item_us
from constellation.protocol.signing import verify
from constellation.testing.world import key_of

_STATM = Path("/proc/self/statm")


class Stopwatch:
    """CPU time of all threads of this process, and time on the wall, since it was made."""

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = time.process_time()

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU."""
        return time.process_time() - self._cpu

    @property
    def wall_s(self) -> float:
        """Seconds on the wall: the disk and other processes are in it."""
        return time.perf_counter() - self._wall


def check_cost_us(rounds: int = 9, checks: int = 250) -> float:
    """CPU time of one Ed25519 signature check as every node does it: what all times are compared with."""
    key_pair, message = key_of("benchmark"), bytes(32)
    signature = key_pair.sign(message)

    def one_round() -> float:
        watch = Stopwatch()
        for _ in range(checks):
            assert verify(key_pair.public, message, signature)
        return per_item_us(watch.cpu_s, checks)

    return median(one_round() for _ in range(rounds))


def disk_sync_s(rounds: int = 50) -> float:
    """Time on the wall of one small write that is forced to the disk, as every commit of a log is."""

    def one_round(file: IO[bytes]) -> float:
        watch = Stopwatch()
        file.write(bytes(4096))
        os.fsync(file.fileno())
        return watch.wall_s

    with TemporaryFile(buffering=0) as file:
        return median(one_round(file) for _ in range(rounds))


def resident_bytes() -> int:
    """Memory that this process holds now; where that cannot be asked, the most it ever held."""
    gc.collect()
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def tell(text: str) -> None:
    """Show progress."""
    print(f"    {text}", file=sys.stderr, flush=True)
