"""One run by its seed: chaos, then rest."""

from dataclasses import dataclass
from random import Random

from constellation.protocol.strkey import encode_public_key
from constellation.testing.money.chaos import Chaos
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.healing import heal
from constellation.testing.money.world import VaultWorld


@dataclass(frozen=True)
class Outcome:
    """What a run came to; the same for the same seed.

    Attributes:
        ledgers: closed until rest was reached.
        root: of the state at rest.
        tally: how often what happened.
    """

    ledgers: int
    root: str
    tally: dict[str, int]


def run(seed: int, steps: int = 400) -> Outcome:
    """Run one constellation.

    Args:
        seed: decides everything.
        steps: of chaos.

    Raises:
        AssertionError: money was lost, paid twice or is stuck.
    """
    random = Random(seed)
    world = VaultWorld(random.choice((3, 3, 4)), random.choice((1, 2, 3)), random.choice((30, 45, 60)))
    cluster = VaultCluster(world, random, random.choice((None, 100_000, 100_000)))
    try:
        cluster.rise()
        Chaos(random, world, cluster).run(steps)
        book = heal(random, world, cluster)
        channels = [encode_public_key(channel.account) for channel in world.settings.channels]
        records = [item for key in channels for item in world.ledger.history.transactions_of(key).newest()]
        book.tally["fee_bumps"] = sum(item.envelope.fee_bump is not None for item in records)
        return Outcome(world.ledger.latest.sequence, cluster.state_root().hex(), dict(book.tally))
    finally:
        cluster.close()
