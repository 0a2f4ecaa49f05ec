"""The vault's signers follow the auditors in steps that a transaction can carry, whatever the ledger does meanwhile."""

import pytest

from constellation.protocol.limits import LEDGER_OPERATIONS_MAX
from constellation.protocol.messages import LedgerSigners, QuorumRule
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import KeyPair
from constellation.quanta import State
from constellation.testing import NaiveExchange, World
from constellation.testing.world import key_of
from constellation.vault.transactions import task_envelope
from tests.quanta.twins import Begin, Close, Twins

CHANNELS = 20
KEYS: list[KeyPair] = [key_of(f"auditor {number}") for number in range(9)]


@pytest.fixture
def twins() -> Twins:
    """Five auditors, and so many channels that one transaction changes three of them."""
    twins = Twins((0, 0))
    twins.world.settings.channels = World(channels=CHANNELS).settings.channels
    twins.world.auditors = KEYS
    twins.world.settings.auditors = [key.public for key in KEYS[:5]]
    twins.machine, twins.naive = twins.world.machine(), NaiveExchange(twins.world.settings)
    return twins


def begins(twins: Twins, *auditors: int, rule: QuorumRule = QuorumRule.MAJORITY) -> None:
    term = twins.machine.state.term
    twins.take(Begin(list(auditors), rule, "alpha", 0, 4))
    assert twins.machine.state.term == term + 1


def closes(twins: Twins, *, is_done: bool) -> None:
    """A ledger closes with the change of signers, or after its time."""
    twins.take(Close([is_done or None] * CHANNELS, [], 5 if is_done else 400, len(KEYS)))


def signers(*auditors: int, rule: QuorumRule = QuorumRule.MAJORITY) -> LedgerSigners:
    return LedgerSigners([KEYS[number].public for number in auditors], rule)


def asked(state: State) -> LedgerSigners:
    """What the ledger is asked for, by a transaction that it can take, and that those in force can sign."""
    assert state.signers_change is not None
    [prepared] = state.desk.prepared
    assert prepared.task is state.signers_change
    assert len(task_envelope(state.settings, prepared).transaction.operations) <= LEDGER_OPERATIONS_MAX
    for possible in (state.signers, state.signers_change.after):
        assert sum(key in state.settings.auditors for key in possible.auditors) >= quorum_of(possible)
    return state.signers_change.after


def test_a_change_that_lapses_after_the_next_term_has_begun_is_made_in_two_steps(twins: Twins) -> None:
    begins(twins, 0, 1, 2, 3, 5)
    begins(twins, 0, 1, 2, 5, 6)
    assert asked(twins.machine.state) == signers(0, 1, 2, 3, 5)
    closes(twins, is_done=False)
    assert asked(twins.machine.state) == signers(0, 1, 2, 4, 5, 6)
    closes(twins, is_done=False)
    assert asked(twins.machine.state) == signers(0, 1, 2, 4, 5, 6)
    closes(twins, is_done=True)
    assert asked(twins.machine.state) == signers(0, 1, 2, 5, 6)
    closes(twins, is_done=True)
    assert_followed(twins.machine.state)


def test_the_quorum_rule_comes_with_the_last_step(twins: Twins) -> None:
    begins(twins, 0, 1, 2, 4, 5, 6, 3)
    begins(twins, 0, 1, 2, 4, 5, 6, 7, 8, rule=QuorumRule.TWO_THIRDS)
    closes(twins, is_done=False)
    assert asked(twins.machine.state) == signers(0, 1, 2, 4, 5, 6)
    closes(twins, is_done=True)
    assert asked(twins.machine.state) == signers(0, 1, 2, 4, 5, 6, 7, 8, rule=QuorumRule.TWO_THIRDS)
    closes(twins, is_done=True)
    assert_followed(twins.machine.state)


def assert_followed(state: State) -> None:
    assert state.signers == LedgerSigners(state.settings.auditors, state.settings.quorum_rule)
    assert state.signers_change is None
