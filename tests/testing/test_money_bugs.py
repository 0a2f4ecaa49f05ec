"""The runs of :mod:`constellation.testing.money` find what they are for: bugs, planted one at a time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.build import core_is_compiled
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, WithdrawalOutcome
from constellation.quanta import deposits as deposits_module
from constellation.quanta import governance as governance_module
from constellation.quanta import ledger_commit as commit_module
from constellation.quanta import signers as signers_module
from constellation.quanta import tasks as tasks_module
from constellation.stellarlink import LedgerWatcher, TransactionReader
from constellation.testing.money import run
from constellation.vault import TaskDesk
from constellation.vault.transactions import task_envelope

RUNS_MAX = 60

Plant = Callable[[pytest.MonkeyPatch], None]


def a_transaction_is_built_anew_while_the_first_is_open(patch: pytest.MonkeyPatch) -> None:
    lapse = TaskDesk.lapse

    def renew(desk: TaskDesk, closed_at_s: int):
        lapsed = lapse(desk, closed_at_s)
        for pending in desk.prepared:
            if pending.max_time_s - closed_at_s < 20:
                pending.max_time_s += 30
                pending.transaction = task_envelope(desk.settings, pending).hash()
        return lapsed

    patch.setattr(TaskDesk, "lapse", renew)


def a_task_lapses_a_ledger_too_early(patch: pytest.MonkeyPatch) -> None:
    lapse = TaskDesk.lapse
    patch.setattr(TaskDesk, "lapse", lambda desk, closed_at_s: lapse(desk, closed_at_s + 6))


def a_restarted_watcher_tells_the_last_ledger_again(patch: pytest.MonkeyPatch) -> None:
    begin, report = LedgerWatcher._restart, LedgerWatcher._report

    def restart(watcher: LedgerWatcher, cursor: int, closed_at_s: int | None) -> None:
        begin(watcher, cursor - (1 << 32), None)

    def tell(watcher: LedgerWatcher, ledger: int):
        events = [
            event for known in sorted(watcher._events) if known <= ledger for event in watcher._events[known].values()
        ]
        return replace(report(watcher, ledger), previous=watcher.cursor, events=events)

    patch.setattr(LedgerWatcher, "_restart", restart)
    patch.setattr(
        LedgerWatcher, "advance", lambda watcher, cursor, closed_at_s=None: setattr(watcher, "cursor", cursor)
    )
    patch.setattr(LedgerWatcher, "_report", tell)
    patch.setattr(commit_module, "check_report", lambda *_: None)


def a_refund_may_be_decided_again_while_it_is_on_its_way(patch: pytest.MonkeyPatch) -> None:
    """The money in suspense is not locked by its first refund; each decision counts, as attempts do."""
    refund = governance_module._refund

    def check(state, decision) -> None:
        entry = state.suspense.get(decision.operation)
        if entry is None or decision.attempt != entry.refunds + 1:
            raise Rejection(Code.STALE_PROPOSAL, "no such refund")

    def count(context, operation: int) -> None:
        context.state.suspense.get(operation).refunds += 1
        refund(context, operation)

    patch.setattr(governance_module, "_check_refund", check)
    patch.setattr(governance_module, "_refund", count)


def a_claim_is_credited_when_it_is_seen(patch: pytest.MonkeyPatch) -> None:
    claim = commit_module._claim

    def early(context, event) -> None:
        claim(context, event)
        if event.operation in context.state.claims:
            deposits_module.credit(
                context, tasks_module.deposit_of_claim(event), context.state.assets.find(event.asset)
            )

    patch.setattr(commit_module, "_claim", early)
    patch.setattr(tasks_module, "credit", lambda *_: None)


def the_state_does_not_learn_of_new_signers(patch: pytest.MonkeyPatch) -> None:
    def close(context, task, *, is_done: bool) -> None:
        context.state.signers_change = None

    patch.setattr(signers_module, "close_signers", close)
    patch.setattr(tasks_module, "close_signers", close)


def a_failed_payment_counts_as_paid(patch: pytest.MonkeyPatch) -> None:
    close = commit_module.close_task

    def paid(context, prepared, outcome: WithdrawalOutcome) -> None:
        close(context, prepared, WithdrawalOutcome.PAID if outcome is WithdrawalOutcome.FAILED else outcome)

    patch.setattr(commit_module, "close_task", paid)


def a_lagging_server_is_taken_for_complete(patch: pytest.MonkeyPatch) -> None:
    receive = LedgerWatcher.receive_transactions

    def trusting(watcher: LedgerWatcher, address: str, after: int, page, **options) -> None:
        receive(watcher, address, after, replace(page, latest_ledger=None), **options)

    patch.setattr(LedgerWatcher, "receive_transactions", trusting)


def a_fee_bump_hides_the_transaction_in_it(patch: pytest.MonkeyPatch) -> None:
    unwrap = TransactionReader._unwrap

    def outer(reader: TransactionReader, envelope):
        found = unwrap(reader, envelope)
        return found._replace(digest=found.shown)

    patch.setattr(TransactionReader, "_unwrap", outer)


def a_failed_transaction_does_not_use_its_number(patch: pytest.MonkeyPatch) -> None:
    settle = TaskDesk.settle

    def forget(desk: TaskDesk, channel: bytes, sequence: int, transaction: bytes):
        before = desk.channels[channel].sequence
        pending = settle(desk, channel, sequence, transaction)
        if pending is None:
            desk.channels[channel].sequence = before
        return pending

    patch.setattr(TaskDesk, "settle", forget)


def a_page_is_taken_for_the_last(patch: pytest.MonkeyPatch) -> None:
    receive = LedgerWatcher.receive_transactions

    def hasty(watcher: LedgerWatcher, address: str, after: int, page, *, limit: int, known_ledger: int) -> None:
        receive(watcher, address, after, page, limit=limit + 1, known_ledger=known_ledger)

    patch.setattr(LedgerWatcher, "receive_transactions", hasty)


PLANTED: list[Plant] = [
    a_transaction_is_built_anew_while_the_first_is_open,
    a_task_lapses_a_ledger_too_early,
    a_restarted_watcher_tells_the_last_ledger_again,
    a_refund_may_be_decided_again_while_it_is_on_its_way,
    a_claim_is_credited_when_it_is_seen,
    the_state_does_not_learn_of_new_signers,
    a_failed_payment_counts_as_paid,
    a_lagging_server_is_taken_for_complete,
    a_fee_bump_hides_the_transaction_in_it,
    a_failed_transaction_does_not_use_its_number,
    a_page_is_taken_for_the_last,
]

IN_THE_CORE = [
    a_transaction_is_built_anew_while_the_first_is_open,
    a_task_lapses_a_ledger_too_early,
    a_restarted_watcher_tells_the_last_ledger_again,
    a_refund_may_be_decided_again_while_it_is_on_its_way,
    a_claim_is_credited_when_it_is_seen,
    the_state_does_not_learn_of_new_signers,
    a_failed_payment_counts_as_paid,
    a_failed_transaction_does_not_use_its_number,
]

EVERYDAY = [a_claim_is_credited_when_it_is_seen, a_failed_payment_counts_as_paid]


def runs_until_found(plant: Plant, patch: pytest.MonkeyPatch) -> int:
    """How many runs it takes."""
    if plant in IN_THE_CORE and core_is_compiled():
        pytest.skip("a compiled core cannot be patched")
    plant(patch)
    for seed in range(RUNS_MAX):
        try:
            run(seed)
        except Exception:  # whatever it is that goes wrong
            return seed + 1
    pytest.fail(f"{RUNS_MAX} runs do not find it")


@pytest.mark.parametrize("plant", EVERYDAY)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    runs_until_found(plant, monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("plant", [plant for plant in PLANTED if plant not in EVERYDAY])
def test_every_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    runs_until_found(plant, monkeypatch)
