"""The second phase of a run: nothing fails any more; within few ledgers everything must come to rest."""

from random import Random
from typing import Final

from constellation.testing.money.book import Book, read_book
from constellation.testing.money.checks import final_errors, unrest
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.foes import Foes
from constellation.testing.money.operators import Operators
from constellation.testing.money.world import LEDGER_S, VaultWorld

SPARE_LEDGERS: Final = 30
"""Beyond the lifetimes of all tasks, one after the other: what the vault cannot pay after a loss holds its channel as
long as its transaction lives."""


class NoRest(AssertionError):
    """Something is stuck."""


class WrongAtRest(AssertionError):
    """Everything is done, and it is not what it must be."""


def _patience(cluster: VaultCluster) -> int:
    """Ledgers until everything must have come to rest."""
    state = cluster.alpha.machine.state
    lifetime = state.settings.withdrawal_lifetime_s // LEDGER_S + 3
    return SPARE_LEDGERS + lifetime * (2 + len(state.desk.tasks))


def heal(random: Random, world: VaultWorld, cluster: VaultCluster) -> Book:
    """Let everything come to rest, and look at it; all movements of money.

    Raises:
        NoRest: something is still open.
        WrongAtRest: money is not where it must be.
    """
    cluster.heal()
    operators, issuer = Operators(random, world, cluster), Foes(random, world)
    for _ in range(_patience(cluster)):
        issuer.make_peace()
        cluster.work()
        operators.resume_all()
        cluster.settle()
        if not unrest(cluster, world):
            book = read_book(cluster.alpha.log, world.machine())
            errors = final_errors(cluster, world, book)
            if errors:
                raise WrongAtRest("; ".join(errors))
            return book
        cluster.close_ledger()
    raise NoRest("; ".join(unrest(cluster, world)))
