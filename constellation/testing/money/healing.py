"""The second phase of a run: nothing fails any more; within few ledgers everything must come to rest."""

from typing import Final

from constellation.testing.money.checks import final_errors, unrest
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.world import VaultWorld

LEDGERS_MAX: Final = 60
"""Until rest: several lifetimes of a task, one after the other."""


class NoRest(AssertionError):
    """Something is stuck."""


class WrongAtRest(AssertionError):
    """Everything is done, and it is not what it must be."""


def heal(world: VaultWorld, cluster: VaultCluster) -> int:
    """Let everything come to rest, and look at it; how many ledgers that took.

    Raises:
        NoRest: something is still open.
        WrongAtRest: money is not where it must be.
    """
    cluster.heal()
    for ledgers in range(LEDGERS_MAX):
        cluster.work()
        if not unrest(cluster, world):
            errors = final_errors(cluster, world)
            if errors:
                raise WrongAtRest("; ".join(errors))
            return ledgers
        cluster.close_ledger()
    raise NoRest("; ".join(unrest(cluster, world)))
