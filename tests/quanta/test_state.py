"""What the state root commits to."""

import gc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CancelOrder,
    LedgerCommit,
    LedgerDeposit,
    Payment,
    Settings,
    Side,
    Withdrawal,
    encode_state_entry,
)
from constellation.quanta import EntryKind, Machine, State
from constellation.quanta.state import identity_key
from constellation.testing import World, random_quanta
from constellation.testing.world import ONE, key_of, to
from tests.quanta.running import run
from tests.quanta.stage import LUMENS, USD, Stage, entries_of, root_from_scratch


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_root_is_the_root_from_scratch(seed: int) -> None:
    world = World(channels=1, fills=5, maker_fee_ppm=100, taker_fee_ppm=300)
    machine = world.machine()
    assert machine.state.root() == root_from_scratch(machine.state)
    traders = world.funded(machine, *"abcd")
    kinds = {"with_terms": seed % 2 == 0, "with_batches": True, "with_keys": True}
    quanta = random_quanta(world, machine, traders, seed, 600, **kinds)
    most = 0
    for number, (timestamp, body) in enumerate(quanta):
        run(machine, timestamp, body)
        most = max(most, len(machine.state.engine.orders))
        if isinstance(body, LedgerCommit) or number % 20 == 0:
            assert machine.state.root() == root_from_scratch(machine.state)
    assert machine.state.suspense.entries
    assert most


def test_how_often_the_root_is_asked_for_does_not_matter() -> None:
    roots = []
    for rhythm in (1, 7, 1000):
        world = World()
        machine = world.machine()
        traders = world.funded(machine, *"abcd")
        for number, (timestamp, body) in enumerate(random_quanta(world, machine, traders, 5, 200)):
            run(machine, timestamp, body)
            if number % rhythm == 0:
                machine.state.root()
        roots.append(machine.state.root())
    assert roots[0] == roots[1] == roots[2]


FOLDS = st.lists(st.sampled_from([0, 0, 1, 2, 5, 1000, "root", "checkpoint"]), min_size=60, max_size=60)


@settings(max_examples=20, deadline=None)
@given(FOLDS, st.integers(0, 1000))
def test_when_entries_are_folded_in_does_not_matter(folds: list[int | str], seed: int) -> None:
    """One machine folds after each quantum as it is told, the other never: same roots, same rows, both complete."""
    world = World(channels=1, fills=5, maker_fee_ppm=100)
    machine, plain = world.machine(), world.machine()
    traders = world.funded(machine, *"abc")
    world.funded(plain, *"abc")
    rows: dict[bytes, bytes] = {}
    plain_rows: dict[bytes, bytes] = {}
    quanta = random_quanta(world, machine, traders, seed, len(folds), with_terms=True, with_batches=True)
    for (timestamp, body), fold in zip(quanta, [*folds[:-1], "checkpoint"], strict=True):
        assert isinstance(run(machine, timestamp, body), Rejection) == isinstance(
            run(plain, timestamp, body), Rejection
        )
        if isinstance(fold, int):
            left = max(len(machine.state.changed) - fold, 0)
            machine.state.fold(fold)
            assert len(machine.state.changed) == left
        elif fold == "root":
            machine.state.root()
        else:
            assert machine.state.root() == plain.state.root() == root_from_scratch(plain.state)
            take_rows(machine.state, rows)
            take_rows(plain.state, plain_rows)
            assert rows == plain_rows == {key: encode_state_entry(e) for key, e in entries_of(plain.state).items()}


def take_rows(state: State, rows: dict[bytes, bytes]) -> None:
    """Write a checkpoint, as the log would."""
    for key, entry in state.take_unsaved().items():
        if entry is None:
            rows.pop(key, None)
        else:
            rows[key] = entry


def test_what_changed_first_is_folded_first_and_what_changes_again_waits_its_turn() -> None:
    state = World().machine().state
    state.root()
    first, second = identity_key(EntryKind.ACCOUNT, b"a" * 32), identity_key(EntryKind.ACCOUNT, b"b" * 32)
    for key in (first, second, first):
        state.changed[key] = None
    state.fold(1)
    assert list(state.changed) == [second]
    state.changed[first] = None
    assert list(state.changed) == [second, first]
    state.fold(0)
    state.fold(-3)
    assert list(state.changed) == [second, first]


def test_the_root_has_little_left_to_hash_for_what_was_folded_in() -> None:
    state = World().machine().state
    state.root()
    before, *_ = state.tree.nodes()
    for number in range(200):
        account = state.vault.open_account(number.to_bytes(32, "big"))
        state.changed[identity_key(EntryKind.ACCOUNT, account.key)] = None
    while state.changed:
        state.fold(7)
    folded, *_ = state.tree.nodes()
    assert sum(old is not new for old, new in zip(before, folded, strict=True)) >= 199, "two may share a bucket"
    state.root()
    after, *_ = state.tree.nodes()
    assert sum(old is not new for old, new in zip(folded, after, strict=True)) == 1, "the counters alone"


def test_what_leaves_the_state_is_freed_without_the_collector() -> None:
    """Alpha collects rarely: nothing that trading leaves behind may wait for that."""
    world = World(channels=1, fills=5, maker_fee_ppm=100)
    machine = world.machine()
    traders = world.funded(machine, *"abcd")
    executed = 0
    gc.collect()
    gc.disable()
    try:
        for timestamp, body in random_quanta(world, machine, traders, 3, 600, with_batches=True):
            executed += not isinstance(run(machine, timestamp, body), Rejection)
            machine.state.fold(4)
        machine.state.root()
        machine.state.take_unsaved()
        assert gc.collect() == 0
    finally:
        gc.enable()
    assert executed > 300


def test_asking_twice_answers_the_same() -> None:
    machine = World().machine()
    assert machine.state.root() == machine.state.root()


def deposit(stage: Stage, amount: int) -> None:
    stage.executes(stage.world.deposits(stage.machine, (key_of("alice"), USD, amount)))


ACTIONS: list[Callable[[Stage], object]] = [
    lambda stage: stage.runs(key_of("alice"), Payment(key_of("bob").public, USD, 1)),
    lambda stage: stage.runs(key_of("alice"), Payment(key_of("bob").public, USD, 2)),
    lambda stage: stage.runs(key_of("alice"), Payment(key_of("bob").public, LUMENS, 1)),
    lambda stage: stage.runs(key_of("alice"), Payment(key_of("bob").public, USD, 1), nonce=7),
    lambda stage: stage.runs(key_of("bob"), Payment(key_of("alice").public, USD, 1)),
    lambda stage: stage.places(key_of("alice"), Side.BUY, 1_000_000, 2_500),
    lambda stage: stage.places(key_of("alice"), Side.BUY, 1_000_000, 2_504),
    lambda stage: stage.places(key_of("alice"), Side.SELL, 1_000_000, 2_500),
    lambda stage: stage.places(key_of("bob"), Side.SELL, 1_000_000, 2_500),
    lambda stage: stage.runs(key_of("bob"), CancelOrder(4)),
    lambda stage: stage.runs(key_of("alice"), Withdrawal(USD, ONE, to(key_of("alice")))),
    lambda stage: stage.runs(key_of("alice"), Withdrawal(USD, ONE, to(key_of("alice"), 1))),
    lambda stage: stage.runs(key_of("alice"), Withdrawal(USD, ONE, to(key_of("bob")))),
    lambda stage: stage.commits(),
    lambda stage: stage.commits(ledgers=2),
    lambda stage: stage.commits(closed_at_s=1_800_001_000),
    lambda stage: deposit(stage, 1),
    lambda stage: deposit(stage, ONE),
    lambda stage: stage.commits(
        LedgerDeposit(105 << 32, bytes(32), None, 1, key_of("bob").public, None, None), ledgers=2
    ),
    lambda stage: stage.commits(
        LedgerDeposit(105 << 32, b"\1" * 32, None, 1, key_of("bob").public, None, None), ledgers=2
    ),
]


def test_every_difference_between_two_states_is_in_the_root() -> None:
    roots = []
    for action in ACTIONS:
        stage = Stage()
        _, bob = stage.funded("alice", "bob")
        stage.places(bob, Side.BUY, 1_000_000, 2_400)
        roots.append(stage.machine.state.root())
        action(stage)
        roots.append(stage.machine.state.root())
    assert len(dict.fromkeys(roots)) == len(ACTIONS) + 1


def test_the_same_quantum_at_another_time_is_another_state() -> None:
    stage, later = Stage(), Stage()
    later.now += 1
    for each in (stage, later):
        each.commits()
    assert stage.machine.state.root() != later.machine.state.root()


SETTINGS: list[Callable[[Settings], object]] = [
    lambda settings: setattr(settings, "network_passphrase", "another network"),
    lambda settings: setattr(settings, "transaction_fee", 10_001),
    lambda settings: settings.auditors.reverse(),
    lambda settings: setattr(settings.limits, "fills", 99),
    lambda settings: setattr(settings.markets[0], "tick", 2),
    lambda settings: setattr(settings.assets[2], "minimum_deposit", 7),
    lambda settings: setattr(settings.channels[1], "sequence", 7),
]


@pytest.mark.parametrize("change", SETTINGS)
def test_the_settings_are_part_of_the_root(change: Callable[[Settings], object]) -> None:
    world = World()
    before = world.machine().state.root()
    change(world.settings)
    assert Machine(world.settings).state.root() != before


def test_what_does_not_exist_has_no_entry() -> None:
    state = World().machine().state
    number = (9).to_bytes(8, "big")
    for kind in (EntryKind.ORDER, EntryKind.WITHDRAWAL, EntryKind.SUSPENSE):
        assert state.entry(kind, number) is None
    assert state.entry(EntryKind.ACCOUNT, bytes(32)) is None


def test_a_withdrawals_entry_is_found_while_it_waits_and_while_it_is_prepared() -> None:
    stage = Stage(channels=1)
    [alice] = stage.funded("alice")
    for _ in range(2):
        stage.runs(alice, Withdrawal(USD, ONE, to(alice)))
    prepared, waiting = stage.machine.state.withdrawal_entry(4), stage.machine.state.withdrawal_entry(5)
    assert prepared is not None
    assert prepared.prepared is not None
    assert waiting is not None
    assert waiting.prepared is None
