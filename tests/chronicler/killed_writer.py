"""A program that writes a chain into a database and kills itself again and again; what it prints is how often.

Arguments: the database's URL, the seed of the chain and of the kills, how many kills.
"""

import os
import signal
import sys
import time
from random import Random

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.writer import ChronicleWriter
from tests.chronicler.chain import Chain
from tests.chronicler.filling import intake_of


def kill_often(url: str, seed: int, kills: int) -> tuple[int, int]:
    """How many of the processes were killed before they were done, and how many there were."""
    random, chain = Random(seed), Chain(seed, batches=40)
    killed = 0
    for life in range(kills + 1):
        child = os.fork()
        if not child:
            _write(url, chain, random)
            os._exit(0)
        if life < kills:
            time.sleep(random.expovariate(1 / 0.03))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or not os.WEXITSTATUS(status)
        random.random()
    return killed, kills + 1


def _write(url: str, chain: Chain, random: Random) -> None:
    engine = open_chronicle(url, chain.world.settings)
    writer, intake = ChronicleWriter(engine), intake_of(engine, chain.world.settings)
    final = []
    for item in chain.items():
        if item.batch.signed_header.header.number > intake.number:
            final += intake.take(item)
        if final and random.random() < 0.5:
            writer.write(final)
            final = []
    writer.write(final)


if __name__ == "__main__":
    found = kill_often(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(" ".join(map(str, found)))
