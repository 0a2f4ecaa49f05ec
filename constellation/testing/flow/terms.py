"""New terms: members that come and go, and some that must be refused."""

from random import Random

from constellation.protocol.messages import Appointment, QuorumRule, Settings, TermCommit
from constellation.protocol.quorum import quorum_of
from constellation.quanta import Machine
from constellation.testing.world import World, key_of

_AUDITORS_MIN, _AUDITORS_MAX = 3, 6


def random_term(random: Random, world: World, machine: Machine) -> TermCommit:
    """A term that follows, signed; one in ten does not follow, or is not signed by a quorum.

    Auditors who come get a key in the world.
    """
    settings, term = machine.state.settings, machine.state.term + 1
    odd = random.random()
    auditors = settings.auditors[:1] if odd < 0.02 else _auditors(random, world, settings)
    rule = random.choice((settings.quorum_rule, settings.quorum_rule, *QuorumRule))
    alpha = key_of(f"alpha of term {term}").public if random.random() < 0.3 else settings.alpha
    if 0.02 <= odd < 0.04:
        alpha = random.choice((settings.vault, settings.auditors[0]))
    appointment = Appointment(term + (0.04 <= odd < 0.06), alpha, auditors, rule, "", "")
    signers = quorum_of(settings) - (0.06 <= odd < 0.08)
    commit = world.begin_term(appointment, settings, signers)
    if 0.08 <= odd < 0.1:
        commit.signed.signatures[0].signature = bytes(64)
    return commit


def _auditors(random: Random, world: World, settings: Settings) -> list[bytes]:
    """One leaves, one comes, or both; sometimes nobody."""
    auditors = list(settings.auditors)
    if len(auditors) > _AUDITORS_MIN and random.random() < 0.6:
        auditors.remove(random.choice(auditors))
    if len(auditors) < _AUDITORS_MAX and random.random() < 0.6:
        newcomer = key_of(f"auditor {len(world.auditors)}")
        world.auditors.append(newcomer)
        auditors.append(newcomer.public)
    return auditors
