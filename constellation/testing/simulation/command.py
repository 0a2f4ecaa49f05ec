"""The command line of the simulator: seeds to processes, results to a table or JSON."""

import argparse
import json
import logging
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, TextIO

from constellation.testing.simulation.hosts import PROCESS
from constellation.testing.simulation.planted import PLANTED
from constellation.testing.simulation.run import Outcome, run

_SEED_BITS: Final = 32
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one; each run has a directory of its own


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m constellation.testing.simulation", description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int, metavar="SEED", help="seeds to run")
    parser.add_argument("--count", type=int, default=0, help="run so many seeds that were never run before")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="runs at the same time")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each run")
    parser.add_argument("--log", action="store_true", help="print what the nodes log; for one seed")
    parser.add_argument("--plant", choices=sorted(PLANTED), help="run with a planted bug, which must be found")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run seeds; the exit code is 1 when a promise was broken."""
    options = _arguments(arguments)
    seeds = options.seeds or []
    seeds += [secrets.randbits(_SEED_BITS) for _ in range(options.count)]
    logging.disable(logging.NOTSET if options.log else logging.CRITICAL)
    if options.log:
        log_to(sys.stdout)
    if options.plant:
        PLANTED[options.plant]()
    failed = 0
    for done, outcome in enumerate(in_processes(run, seeds, options.jobs), 1):
        failed += outcome.error is not None
        sys.stdout.write(_line(outcome, done, len(seeds), as_json=options.json) + "\n")
        sys.stdout.flush()
    if not options.json:
        sys.stdout.write(f"{len(seeds)} runs, {failed} failed\n")
    sys.exit(1 if failed else 0)


def _line(outcome: Outcome, done: int, count: int, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(outcome))
    words = f"{done:4}/{count} seed {outcome.seed:10}  {outcome.virtual_s:7.1f} s in {outcome.cpu_s:5.1f} s  "
    words += f"{outcome.tally.get('quanta', 0):5} quanta  "
    if outcome.error is None:
        return f"{words}held"
    return f"{words}BROKEN: {outcome.error}\n          again: python -m constellation.testing.simulation {outcome.seed}"


def log_to(stream: TextIO) -> None:
    """Write what the nodes log, with the simulation's time and the machine's name."""

    class Named(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            process = PROCESS.get(None)
            extra = {key: value for key, value in vars(record).items() if key not in _PLAIN}
            who = process.host.name if process is not None else "-"
            text = f"{record.created % 100_000:9.3f} {who:10} {record.levelname:7} {record.getMessage()} {extra or ''}"
            return text if record.exc_info is None else f"{text}\n{self.formatException(record.exc_info)}"

    handler = logging.StreamHandler(stream)
    handler.setFormatter(Named())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


def in_processes(work: Callable[[int, Path], Outcome], seeds: Sequence[int], jobs: int) -> Iterator[Outcome]:
    """Run ``work`` for each seed in a forked process with an empty directory; outcomes as they come.

    A run leaves programs behind that were killed: the process is ended without asking them.
    """
    waiting = list(seeds)
    running: dict[int, tuple[int, int]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            seed = waiting.pop(0)
            reading, writing = os.pipe()
            child = os.fork()
            if not child:
                os.close(reading)
                _work(work, seed, writing)
            os.close(writing)
            running[child] = seed, reading
        child, _ = os.wait()
        seed, reading = running.pop(child)
        with os.fdopen(reading) as file:
            text = file.read()
        yield Outcome(**json.loads(text)) if text else Outcome(seed, "the process ended", 0, 0, "", {})


def _work(work: Callable[[int, Path], Outcome], seed: int, writing: int) -> None:
    """What a process does: one run."""
    directory = Path(tempfile.mkdtemp(prefix="constellation-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        outcome = work(seed, directory)
        with os.fdopen(writing, "w") as file:
            file.write(json.dumps(asdict(outcome)))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)
