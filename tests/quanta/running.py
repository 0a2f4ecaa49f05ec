"""Running random quanta, in a test or as a program of its own.

As a program it prints what several checkpoints of a run look like, so that a test can compare processes::

    python -m tests.quanta.running 10000
"""

import sys
from collections.abc import Callable
from hashlib import sha256

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import QuantumBody
from constellation.quanta import Executed, Machine
from constellation.testing import World, random_quanta

CHECKPOINTS = 5


def run(machine: Machine, timestamp: int, body: QuantumBody) -> list[Executed] | Rejection:
    """Execute one body; the rejection is an answer, too."""
    try:
        return machine.execute_all(timestamp, body)
    except Rejection as rejection:
        return rejection


def checkpoints(count: int, watch: Callable[[Machine], None] = lambda machine: None) -> list[str]:
    """Run ``count`` random quanta; apex, state root, and a hash over all effects and rejections, now and then.

    Args:
        count: how many.
        watch: called after each of them.
    """
    world = World(auditors=4, fills=4, maker_fee_ppm=150, taker_fee_ppm=450, channels=3)
    machine = world.machine()
    traders = world.funded(machine, *(f"trader {number}" for number in range(12)))
    story = sha256()
    lines = []
    for number, (timestamp, body) in enumerate(
        random_quanta(world, machine, traders, 2027, count, with_batches=True, with_keys=True, with_modes=True), 1
    ):
        outcome = run(machine, timestamp, body)
        if isinstance(outcome, list):
            story.update(b"".join(item.leaf.to_xdr() for item in outcome))
        else:
            story.update(str(outcome).encode())
        watch(machine)
        if number % (count // CHECKPOINTS) == 0:
            lines.append(f"{machine.state.apex} {machine.state.root().hex()} {story.hexdigest()}")
    return lines


if __name__ == "__main__":
    sys.stdout.write("\n".join(checkpoints(int(sys.argv[1]))))
