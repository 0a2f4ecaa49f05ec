"""The way back from a checkpoint: the same root, and the same future."""

from collections.abc import Callable
from random import Random

import pytest

from constellation.protocol.messages import (
    OrderEntry,
    Settings,
    Side,
    StateEntry,
    Withdrawal,
    WithdrawalEntry,
    decode_state_entry,
    encode_state_entry,
)
from constellation.quanta import Machine, State, conservation_errors
from constellation.quanta.state_restore import InvalidEntries, restore_state
from constellation.testing import World, random_quanta
from constellation.testing.world import ONE, key_of, to
from tests.quanta.running import run
from tests.quanta.stage import USD, Stage, accounts_of, entries_of

Entries = list[StateEntry]


def copied(state: State, seed: int = 0) -> Entries:
    """The entries as they come from a disk or another member, in any order."""
    entries = [decode_state_entry(encode_state_entry(entry)) for entry in entries_of(state).values()]
    Random(seed).shuffle(entries)
    return entries


def restored(world: World, state: State, seed: int = 0) -> Machine:
    machine = world.machine()
    machine.state = restore_state(world.settings, copied(state, seed))
    return machine


@pytest.mark.parametrize("seed", range(3))
def test_a_restored_machine_goes_on_as_the_other_does(seed: int) -> None:
    world = World(fills=3, maker_fee_ppm=150, taker_fee_ppm=450, channels=2)
    machine = world.machine()
    traders = world.funded(machine, *"abcdef")
    follower = restored(world, machine.state)
    quanta = random_quanta(world, machine, traders, seed, 1_200, with_terms=True, with_batches=True, with_keys=True)
    for number, (timestamp, body) in enumerate(quanta):
        if number % 100 == 50:
            follower = restored(world, machine.state, number)
            assert follower.state.root() == machine.state.root()
            assert conservation_errors(follower.state) == []
        ours, theirs = run(machine, timestamp, body), run(follower, timestamp, body)
        if isinstance(ours, list):
            assert isinstance(theirs, list)
            assert [item.leaf for item in theirs] == [item.leaf for item in ours]
        else:
            assert str(theirs) == str(ours)
    assert follower.state.root() == machine.state.root()
    assert accounts_of(follower) == accounts_of(machine)


def test_genesis_can_be_restored() -> None:
    world = World()
    machine = world.machine()
    assert restored(world, machine.state).state.root() == machine.state.root()


def busy() -> Stage:
    stage = Stage(channels=1)
    alice, bob = stage.funded("alice", "bob")
    stage.places(bob, Side.BUY, 1_000_000, 2_500)
    for _ in range(2):
        stage.runs(alice, Withdrawal(USD, ONE, to(alice)))
    stage.executes(stage.world.deposits(stage.machine, (alice, USD, 1)))
    return stage


def of_kind(entries: Entries, kind: type) -> StateEntry:
    return next(entry for entry in entries if type(entry) is kind)


def without(kind: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries[:] = [entry for entry in entries if type(entry).__name__ != kind]

    return change


def repeated(kind: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries.append(next(entry for entry in entries if type(entry).__name__ == kind))

    return change


def an_order_twice_at_two_prices(entries: Entries) -> None:
    order = of_kind(entries, OrderEntry)
    assert isinstance(order, OrderEntry)
    phantom = OrderEntry(
        order.order, order.account, order.market, order.side, order.price + 1, order.remaining, "", None, None
    )
    entries.insert(0, phantom)


def an_order_of_nobody(entries: Entries) -> None:
    order = of_kind(entries, OrderEntry)
    assert isinstance(order, OrderEntry)
    order.account = key_of("nobody").public


def an_order_in_no_market(entries: Entries) -> None:
    order = of_kind(entries, OrderEntry)
    assert isinstance(order, OrderEntry)
    order.market = 2


def a_withdrawal_of_nobody(entries: Entries) -> None:
    withdrawal = of_kind(entries, WithdrawalEntry)
    assert isinstance(withdrawal, WithdrawalEntry)
    withdrawal.account = key_of("nobody").public


def two_withdrawals_on_one_channel(entries: Entries) -> None:
    first, second = (entry for entry in entries if isinstance(entry, WithdrawalEntry))
    first.prepared = second.prepared = first.prepared or second.prepared


def other_settings(entries: Entries) -> None:
    settings = of_kind(entries, Settings)
    assert isinstance(settings, Settings)
    settings.withdrawal_lifetime_s = 1


def settings_of_another_constellation(entries: Entries) -> None:
    settings = of_kind(entries, Settings)
    assert isinstance(settings, Settings)
    settings.ledger_cursor += 1


@pytest.mark.parametrize(
    "change",
    [
        without("Settings"),
        without("CountersEntry"),
        *(repeated(kind) for kind in ("Settings", "CountersEntry", "AccountEntry", "OrderEntry")),
        *(repeated(kind) for kind in ("WithdrawalEntry", "ChannelEntry", "SuspenseEntry")),
        an_order_twice_at_two_prices,
        an_order_of_nobody,
        an_order_in_no_market,
        a_withdrawal_of_nobody,
        two_withdrawals_on_one_channel,
        other_settings,
        settings_of_another_constellation,
    ],
)
def test_entries_that_contradict_each_other_are_refused(change: Callable[[Entries], None]) -> None:
    stage = busy()
    entries = copied(stage.machine.state)
    change(entries)
    with pytest.raises(InvalidEntries):
        restore_state(stage.world.settings, entries)


def test_a_phantom_order_that_the_root_would_not_show_is_refused() -> None:
    """Its twin would hide it: the root asks each order's id once, the book would fill both."""
    stage = busy()
    entries = copied(stage.machine.state)
    an_order_twice_at_two_prices(entries)
    with pytest.raises(InvalidEntries, match="the ORDER entry 0000000000000004 is there twice"):
        restore_state(stage.world.settings, entries)


@pytest.mark.parametrize("kind", ["AccountEntry", "ChannelEntry", "SuspenseEntry", "OrderEntry", "WithdrawalEntry"])
def test_what_is_left_out_is_missing_in_the_root(kind: str) -> None:
    stage = busy()
    entries = copied(stage.machine.state)
    victim = next(entry for entry in reversed(entries) if type(entry).__name__ == kind)
    entries.remove(victim)
    try:
        state = restore_state(stage.world.settings, entries)
    except InvalidEntries:
        return
    assert state.root() != stage.machine.state.root()
