"""The second phase of a run: nothing fails any more; within few ledgers everything must come to rest."""

from random import Random
from typing import Final

from constellation.testing.money.book import Book, read_book
from constellation.testing.money.checks import final_errors, unrest
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.foes import Foes
from constellation.testing.money.operators import Operators
from constellation.testing.money.world import VaultWorld

LEDGERS_MAX: Final = 60
"""Until rest: several lifetimes of a task, one after the other."""


class NoRest(AssertionError):
    """Something is stuck."""


class WrongAtRest(AssertionError):
    """Everything is done, and it is not what it must be."""


def heal(random: Random, world: VaultWorld, cluster: VaultCluster) -> Book:
    """Let everything come to rest, and look at it; all movements of money.

    Raises:
        NoRest: something is still open.
        WrongAtRest: money is not where it must be.
    """
    cluster.heal()
    operators, issuer = Operators(random, world, cluster), Foes(random, world)
    for _ in range(LEDGERS_MAX):
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
