"""Rules by their version: they begin with a quorum's decision, and who does not know them stops unharmed."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from constellation.protocol.errors import Divergence, UnknownRules
from constellation.protocol.messages import Code, OpenHold, Settings, SettingsChange
from constellation.quanta import (
    InvalidEntries,
    Tip,
    replay,
    restore_state,
    rules,
    seal,
    signed_batch,
    validate_settings,
)
from constellation.quanta.rules import Rules, newest_rules
from constellation.testing.world import key_of
from tests.quanta.stage import USD, Stage, entries_of

ALICE, BOB = key_of("alice"), key_of("bob")
BOTH: Mapping[int, Rules] = {1: rules.RULES[1], 2: replace(rules.RULES[1], holds_max=2)}


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


@pytest.fixture
def knows_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version of the software."""
    for version, known in BOTH.items():
        monkeypatch.setitem(rules.RULES, version, known)  # type: ignore[arg-type]


def newer(settings: Settings) -> SettingsChange:
    return SettingsChange(1, replace(settings, rules=2))


def hold(stage: Stage) -> OpenHold:
    return OpenHold(BOB.public, USD, 1, stage.now + 1_000_000)


def test_a_new_constellation_begins_with_the_newest_rules() -> None:
    assert newest_rules() == max(rules.RULES) == 1


@pytest.mark.usefixtures("knows_both")
def test_new_rules_begin_with_the_decision_and_never_end(stage: Stage) -> None:
    for _ in range(3):
        stage.runs(ALICE, hold(stage))
    stage.decides(newer(stage.machine.state.settings))
    assert stage.refuses(ALICE, hold(stage)) is Code.TOO_MANY_HOLDS
    assert stage.machine.state.rules.holds_max == 2
    older = replace(stage.machine.state.settings, rules=1)
    assert stage.refuses_decision(SettingsChange(2, older)) is Code.INVALID_PROPOSAL


def test_who_does_not_know_the_rules_does_not_decide_for_them(stage: Stage) -> None:
    assert stage.refuses_decision(newer(stage.machine.state.settings)) is Code.UNKNOWN_RULES
    settings = replace(stage.world.settings, rules=7)
    assert "rules 7 are not known to this version of Constellation, which knows 1" in validate_settings(settings)


def test_who_does_not_know_the_rules_that_begin_stops_unharmed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is wrong with such a batch: it is no divergence, and there is no evidence of one."""
    world, leader, old = stage.world, stage.machine, Stage()
    old.funded("alice", "bob")
    tip = Tip.genesis(world.settings)
    decision = world.decide(newer(leader.state.settings), valid_until=stage.now)
    with monkeypatch.context() as patch:
        for version, known in BOTH.items():
            patch.setitem(rules.RULES, version, known)  # type: ignore[arg-type]
        executed = leader.execute_all(stage.now, decision)
        sealed = seal(leader, executed, tip, 1, checkpoint=True)
        entries = entries_of(leader.state).values()
    batch = signed_batch(sealed, bytes(64))
    with pytest.raises(UnknownRules, match=r"quantum \d+ begins other rules: rules 2 are asked for, .* knows 1"):
        replay(old.machine, tip, batch)
    with pytest.raises(InvalidEntries, match="they follow rules 2, this version knows 1: install a newer one"):
        restore_state(world.settings, entries)


def test_rules_that_no_quorum_has_decided_are_a_contradiction(stage: Stage) -> None:
    world, old = stage.world, stage.machine
    decision = world.decide(newer(old.state.settings), valid_until=stage.now)
    decision.signatures = decision.signatures[:1]
    other = Stage()
    other.funded("alice", "bob")
    other.machine.state.settings = replace(other.machine.state.settings)
    executed = other.machine.execute_all(stage.now, world.decide(SettingsChange(1, other.machine.state.settings)))
    sealed = seal(other.machine, executed, Tip.genesis(world.settings), 1, checkpoint=False)
    batch = signed_batch(sealed, bytes(64))
    batch.quanta[0].body = decision
    with pytest.raises(Divergence, match="NOT_ENOUGH_SIGNATURES"):
        replay(old, Tip.genesis(world.settings), batch)
