"""The machine against the naive model: the same effects, in the same order, or the same refusal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import APEX_MAX, UINT64_MAX
from constellation.protocol.messages import MAX_EFFECTS, CancelOrder, Code, EffectGroup, LimitOrder, Side
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing import World, random_quanta
from constellation.testing.world import ONE, START_US, key_of
from tests.quanta.stage import Stage
from tests.quanta.twins import STEPS, TRADERS, TURNS, Ask, Close, Step, Twins, orders


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(((0, 0), (150, 450), (100_000, 100_000), (0, 1))), STEPS)
def test_whatever_happens_the_machine_does_what_the_rules_say(fees: tuple[int, int], steps: list[Step]) -> None:
    twins = Twins(fees)
    for step in steps:
        twins.take(step)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TRADERS, orders()), min_size=10, max_size=40))
def test_whatever_is_ordered_books_are_matched_by_the_rules(steps: list[tuple[KeyPair, LimitOrder]]) -> None:
    twins = Twins((20, 30))
    for who, order in steps:
        twins.take(Ask(who, order, 1, 1))


@settings(max_examples=150, deadline=None)
@given(TURNS)
def test_however_auditors_come_and_go_the_ledgers_signers_follow(steps: list[Step]) -> None:
    twins = Twins((0, 0))
    for step in steps:
        twins.take(step)
    for _ in range(3):  # what is on its way arrives, and nothing is left to do
        twins.take(Close([True, True], [], 5, 5))
    state = twins.machine.state
    assert (state.signers.auditors, state.signers.quorum_rule) == (state.settings.auditors, state.settings.quorum_rule)
    assert state.signers_change is None


@pytest.mark.parametrize("seed", range(4))
def test_a_long_random_flow_has_the_effects_that_the_rules_say(seed: int) -> None:
    twins = Twins((150, 450))
    traders = [key_of(name) for name in "abcdefgh"]
    for asset in range(3):
        twins.both(twins.world.deposits(twins.machine, *((trader, asset, 500 * ONE) for trader in traders)))
    quanta = random_quanta(
        twins.world,
        twins.machine,
        traders,
        seed,
        1_500,
        with_terms=True,
        with_batches=True,
        with_keys=seed % 2 == 0,
        with_modes=seed % 3 == 0,
    )
    for timestamp, body in quanta:
        twins.now = timestamp
        twins.both(body)


def test_time_never_goes_back() -> None:
    world = World()
    machine: Machine = world.machine()
    machine.execute(START_US, world.commit(machine, []))
    with pytest.raises(AssertionError, match="time never goes back"):
        machine.execute(START_US - 1, world.commit(machine, []))
    machine.execute(START_US, world.commit(machine, []))


def test_quanta_are_numbered_from_one_without_gaps() -> None:
    world = World()
    machine = world.machine()
    apexes = [machine.execute(START_US, world.commit(machine, [])).leaf.apex for _ in range(3)]
    assert apexes == [1, 2, 3]


def test_the_last_quantum_has_its_numbers_and_none_follows_it() -> None:
    stage = Stage()
    (alice,) = stage.funded("alice")
    stage.machine.state.apex = APEX_MAX - 1
    stage.machine.state.vault.accounts[alice.public].effect_number = (APEX_MAX - 1) * MAX_EFFECTS
    (group,) = stage.places(alice, Side.SELL, ONE, 10_000).groups
    assert EffectGroup.from_xdr(group.to_xdr()) == group
    assert stage.machine.state.engine.orders[APEX_MAX].remaining == ONE
    assert APEX_MAX * MAX_EFFECTS <= UINT64_MAX
    assert stage.refuses(alice, CancelOrder(APEX_MAX)) is Code.HALTED
    assert stage.refuses_commit(stage.world.commit(stage.machine, [])) is Code.HALTED


def test_an_account_numbers_its_effects_without_gaps_over_a_whole_life() -> None:
    world = World(fills=3, maker_fee_ppm=150, taker_fee_ppm=450)
    machine = world.machine()
    told: dict[bytes, int] = {}

    def check(groups: list[EffectGroup]) -> None:
        for group in groups:
            assert group.first_number == told.get(group.account, 0) + 1
            told[group.account] = group.first_number + len(group.effects) - 1

    traders = [key_of(name) for name in "abcd"]
    for asset in range(3):
        check(machine.execute(START_US, world.deposits(machine, *((who, asset, 99 * ONE) for who in traders))).groups)
    for timestamp, body in random_quanta(world, machine, traders, 11, 800, with_terms=True):
        try:
            check(machine.execute(timestamp, body).groups)
        except Rejection:
            continue
    assert told.pop(world.settings.vault) == machine.state.system_effect_number
    numbers = {key: account.effect_number for key, account in machine.state.vault.accounts.items()}
    assert told == {key: number for key, number in numbers.items() if number}
