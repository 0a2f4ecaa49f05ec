"""The second phase of a run: nothing fails any more; within few ledgers everything must come to rest."""

from random import Random
from typing import Final

from constellation.protocol.messages import Withdrawal
from constellation.testing.money.book import Book, read_book
from constellation.testing.money.checks import final_errors, unrest
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.foes import Foes
from constellation.testing.money.operators import Operators
from constellation.testing.money.world import LEDGER_S, VaultWorld
from constellation.testing.world import ONE, to

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
    _rest(random, world, cluster)
    withdrawals = _withdraw(world, cluster)
    _rest(random, world, cluster)
    book = read_book(cluster.alpha.log, world.machine())
    errors = final_errors(cluster, world, book)
    errors += [f"withdrawal {number} was not paid at rest" for number in withdrawals if not book.is_paid(number)]
    if errors:
        raise WrongAtRest("; ".join(errors))
    return book


def _rest(random: Random, world: VaultWorld, cluster: VaultCluster) -> None:
    operators, issuer = Operators(random, world, cluster), Foes(random, world)
    for _ in range(_patience(cluster)):
        issuer.make_peace()
        cluster.work()
        operators.resume_all()
        cluster.settle()
        if not unrest(cluster, world):
            return
        cluster.close_ledger()
    raise NoRest("; ".join(unrest(cluster, world)))


def _withdraw(world: VaultWorld, cluster: VaultCluster) -> list[int]:
    """Use every channel once more: each must still work. Numbers of the withdrawals."""
    vault, valid_until = cluster.alpha.machine.state.vault, cluster.clock_us + 60_000_000
    rich = [who for who in world.traders if who.public in vault.accounts]
    rich = [who for who in rich if vault.available(vault.accounts[who.public], 0) >= len(world.settings.channels) * ONE]
    numbers = []
    for _ in world.settings.channels if rich else []:
        request = world.request(rich[0], Withdrawal(0, ONE, to(rich[0])), valid_until=valid_until)
        cluster.alpha.execute(request)
        numbers.append(cluster.alpha.machine.state.apex)
    return numbers
