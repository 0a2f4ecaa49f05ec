"""A restored state goes on as the other one: tasks of all kinds in every stage, suspensions, routes, new settings."""

from collections.abc import Callable

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AccountEntry,
    Appointment,
    AssetSettings,
    ChannelTransaction,
    ClaimableDeposit,
    ClaimEntry,
    CountersEntry,
    CreditAsset,
    LedgerDeposit,
    Payment,
    QuantumBody,
    QuorumRule,
    RegisterRouting,
    StateEntry,
    SuspenseEntry,
    SuspenseRefund,
    VaultTaskType,
    Withdrawal,
    WithdrawalEntry,
)
from constellation.quanta import InvalidEntries, restore_state
from constellation.testing import World
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import LUMENS, USD, Stage, picture
from tests.quanta.test_state_restore import copied, restored

ALICE, STRANGER, ISSUER = key_of("alice"), key_of("stranger"), key_of("issuer").public
DOLLARS, EUROS = World().usd, World().eur
KINDS = list(VaultTaskType)


def busy(first: VaultTaskType) -> Stage:
    """One task of the kind ``first`` has the only channel; tasks of all kinds wait, some of them parked."""
    stage = Stage(channels=1)
    stage.funded("alice", "bob")
    stage.runs(ALICE, RegisterRouting(7))
    stage.runs(key_of("bob"), RegisterRouting(9))
    stage.commits(
        *(
            LedgerDeposit(stage.place | n, bytes([n]) * 32, asset, ONE + n, STRANGER.public, None, None)
            for n, asset in enumerate((DOLLARS, EUROS, DOLLARS, CreditAsset("UNLISTED", ISSUER)), 1)
        )
    )
    wishes: dict[VaultTaskType, Callable[[Stage], object]] = {
        VaultTaskType.WITHDRAWAL_TASK: withdraw,
        VaultTaskType.REFUND_TASK: refund,
        VaultTaskType.CLAIM_TASK: claim,
        VaultTaskType.TRUST_TASK: trust,
        VaultTaskType.SIGNERS_TASK: begin_term,
    }
    for kind in (first, *KINDS):
        wishes[kind](stage)
    stage.suspends(USD)
    stage.suspends(USD + 1)
    stage.resumes(USD + 1)
    assert [item.task.key[0] for item in stage.machine.state.desk.prepared] == [first]
    return stage


def withdraw(stage: Stage) -> None:
    has_asked = stage.machine.state.vault.accounts[ALICE.public].withdrawals
    who = key_of("bob") if has_asked else ALICE
    for asset in (LUMENS, USD, USD + 1):
        stage.runs(who, Withdrawal(asset, ONE, to(who, 3)))


def refund(stage: Stage) -> None:
    state = stage.machine.state
    waits = [entry for entry in state.suspense.entries if state.desk.find((KINDS[1], entry.operation)) is None]
    for entry in waits[:2]:
        stage.decides(SuspenseRefund(entry.operation, 1))


def claim(stage: Stage) -> None:
    stage.commits(
        *(
            ClaimableDeposit(stage.place | n, bytes([n]) * 32, bytes([n]) * 32, asset, ONE, ALICE.public, 9)
            for n, asset in enumerate((EUROS, DOLLARS, None, EUROS), 1)
        )
    )


def trust(stage: Stage) -> None:
    number = len(stage.machine.state.assets)
    new = [AssetSettings(CreditAsset(f"NEW{number + n}", ISSUER), 1, 0) for n in range(2)]
    stage.changes_settings(lambda settings: settings.assets.extend(new))


def begin_term(stage: Stage) -> None:
    settings, term = stage.machine.state.settings, stage.machine.state.term + 1
    newcomer = key_of(f"auditor of term {term}").public
    appointment = Appointment(
        term, settings.alpha, [*settings.auditors[:2], newcomer], QuorumRule.MAJORITY, "wss://a", "wss://b"
    )
    stage.executes(stage.world.begin_term(appointment, settings))


def follow(stage: Stage) -> Callable[[QuantumBody], None]:
    """Restore a second machine, which must do the same with the same bytes from now on."""
    follower = restored(stage.world, stage.machine.state)
    assert follower.state.root() == stage.machine.state.root()
    assert picture(follower) == picture(stage.machine)
    for queue in ("waiting", "waiting_claims", "parked"):
        assert list(getattr(follower.state.desk, queue)) == list(getattr(stage.machine.state.desk, queue))

    def both(body: QuantumBody) -> None:
        executed = stage.machine.execute(stage.now, body)
        again = follower.execute(stage.now, body)
        assert again.leaf.to_xdr() == executed.leaf.to_xdr()
        assert follower.state.root() == stage.machine.state.root()
        assert picture(follower) == picture(stage.machine)

    return both


@pytest.mark.parametrize("outcome", [True, False, None], ids=["paid", "failed", "lapsed"])
@pytest.mark.parametrize("first", KINDS)
def test_every_task_in_every_stage_comes_back_in_its_order(first: VaultTaskType, outcome: bool | None) -> None:
    stage = busy(first)
    both = follow(stage)
    stage.executes = both  # type: ignore[method-assign, assignment]
    stage.lapses() if outcome is None else stage.answers(outcome)
    stage.resumes(USD)
    seen = []
    while stage.machine.state.desk.prepared:
        seen += [item.task.key for item in stage.machine.state.desk.prepared]
        stage.answers(True)
    assert {kind for kind, _ in seen} == {*KINDS}
    assert stage.machine.state.desk.tasks == []


@pytest.mark.parametrize("first", KINDS)
def test_a_state_can_be_restored_after_each_step_of_its_tasks(first: VaultTaskType) -> None:
    stage = busy(first)
    stage.resumes(USD)
    while stage.machine.state.desk.prepared:
        follow(stage)
        stage.answers(True)
    follow(stage)


def test_routes_suspensions_and_settings_come_back() -> None:
    stage = busy(VaultTaskType.TRUST_TASK)
    both = follow(stage)
    both(stage.world.commit(stage.machine, [LedgerDeposit(stage.place, bytes(32), None, ONE, ISSUER, 7, None)]))
    both(stage.request(ALICE, Payment(key_of("bob").public, LUMENS, ONE)))
    assert (stage.machine.state.settings_version, stage.machine.state.term) == (3, 1)


def test_what_a_total_has_no_room_for_comes_back_uncounted() -> None:
    stage = Stage(channels=1)
    for _ in range(2):
        stage.commits(LedgerDeposit(stage.place, bytes(32), DOLLARS, INT64_MAX, ISSUER, None, None))
    both = follow(stage)
    for n, entry in enumerate(stage.machine.state.suspense.entries[::-1], 1):
        both(stage.world.decide(SuspenseRefund(entry.operation, 1), valid_until=stage.now))
        [item] = stage.machine.state.desk.prepared
        answer = ChannelTransaction(stage.place, item.transaction, item.channel, item.sequence, True)
        both(stage.world.commit(stage.machine, [answer]))
        assert stage.machine.state.vault.held[USD] == stage.machine.state.suspense.sum(USD) == (INT64_MAX, 0)[n - 1]


Entries = list[StateEntry]


def two_tasks_on_one_channel(entries: Entries) -> None:
    [prepared] = [entry.prepared for entry in entries if isinstance(entry, WithdrawalEntry) and entry.prepared]
    next(entry for entry in entries if isinstance(entry, ClaimEntry)).task.prepared = prepared


def a_refund_on_no_channel(entries: Entries) -> None:
    [prepared] = [entry.prepared for entry in entries if isinstance(entry, WithdrawalEntry) and entry.prepared]
    prepared.channel = key_of("nobody").public


def a_total_of_an_unlisted_asset(entries: Entries) -> None:
    counters = next(entry for entry in entries if isinstance(entry, CountersEntry))
    counters.totals[-1].asset += 1


def one_routing_id_for_two(entries: Entries) -> None:
    for entry in entries:
        if isinstance(entry, AccountEntry) and entry.routing_id == 9:
            entry.routing_id = 7


def a_deposit_twice_in_suspense(entries: Entries) -> None:
    entries.append(next(entry for entry in entries if isinstance(entry, SuspenseEntry)))


def a_claim_twice(entries: Entries) -> None:
    entries.append(next(entry for entry in entries if isinstance(entry, ClaimEntry)))


@pytest.mark.parametrize(
    "change",
    [
        two_tasks_on_one_channel,
        a_refund_on_no_channel,
        a_total_of_an_unlisted_asset,
        one_routing_id_for_two,
        a_deposit_twice_in_suspense,
        a_claim_twice,
    ],
)
def test_entries_that_contradict_each_other_are_refused(change: Callable[[Entries], None]) -> None:
    stage = busy(VaultTaskType.WITHDRAWAL_TASK)
    entries = copied(stage.machine.state)
    change(entries)
    with pytest.raises(InvalidEntries):
        restore_state(stage.world.settings, entries)
