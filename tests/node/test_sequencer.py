from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest

from constellation.node.sequencer import SealedWork, Sequencer
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import (
    BATCH_MAX_QUANTA,
    SEALED_BATCHES_MAX,
    STATE_FOLD_MAX,
    STATE_UNFOLDED_MAX,
    TIME_COMMITS_AHEAD_MAX,
)
from constellation.protocol.messages import (
    Appointment,
    AssetSuspension,
    CancelOrder,
    Code,
    LimitOrder,
    OrderInstructions,
    Payment,
    SelfTradePrevention,
    Side,
    SignedAppointment,
    SignedRequest,
    SignedRequestBatch,
    SuspensionReason,
    TermCommit,
    TimeCommit,
    TimeInForce,
)
from constellation.protocol.proofs import check_signed_header
from constellation.protocol.terms import sign_appointment
from constellation.quanta import RULES, EntryKind, Tip, replay
from constellation.quanta.state import number_key
from constellation.testing import World
from constellation.testing.world import ONE, START_US, key_of


class Alpha:
    """A sequencer over two accounts with money, an auditor's machine to replay what it seals, and a clock."""

    def __init__(self, checkpoint_quanta: int = 10_000, checkpoint_interval_us: int = 10**12) -> None:
        self.world = World()
        self.machine = self.world.machine()
        self.alice, self.bob = self.world.funded(self.machine, "alice", "bob")
        self.auditor = self.world.machine()
        for asset in range(len(self.world.settings.assets)):
            traders = ((trader, asset, 1_000_000 * ONE) for trader in (self.alice, self.bob))
            self.auditor.execute(START_US, self.world.deposits(self.auditor, *traders))
        self.now_us = START_US
        self.base = Tip(1, 7, bytes(32))
        self.auditor_tip = self.base
        self.sequencer: Sequencer[str] = Sequencer(
            self.machine,
            self.base,
            2,
            self.world.alpha,
            lambda: self.now_us,
            checkpoint_quanta,
            checkpoint_interval_us,
        )

    def payment(self, amount: int = 1) -> SignedRequest:
        return self.world.request(self.alice, Payment(self.bob.public, 0, amount))

    def execute(self, count: int = 1, origin: str | None = "alice") -> None:
        for _ in range(count):
            self.sequencer.execute(self.payment(), origin)

    def take(self) -> SealedWork[str]:
        """The next batch, replayed by the auditor on the way."""
        work = self.sequencer.take()
        assert work is not None
        return self.checked(work)

    def checked(self, work: SealedWork[str]) -> SealedWork[str]:
        work.sign()
        check_signed_header(self.world.terms, work.batch.signed_header)
        self.auditor_tip = replay(self.auditor, self.auditor_tip, work.batch).tip
        assert self.auditor_tip == work.sealed.tip
        return work


def test_nothing_executed_is_no_batch() -> None:
    assert Alpha().sequencer.take() is None


def test_the_opener_is_empty_and_carries_the_state_root() -> None:
    alpha = Alpha()
    opener = alpha.checked(alpha.sequencer.open_epoch())
    header = opener.sealed.header
    assert (header.epoch, header.number, header.previous) == (2, 8, alpha.base.digest)
    assert header.state_root == alpha.machine.state.root()
    assert (opener.batch.quanta, opener.origins) == ([], [])
    assert alpha.sequencer.take() is None


def test_what_was_executed_is_one_batch() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    apex = alpha.machine.state.apex
    alpha.execute(3)
    header = alpha.take().sealed.header
    assert (header.number, header.first_apex, header.last_apex) == (9, apex + 1, apex + 3)
    assert alpha.sequencer.take() is None


def test_batches_follow_one_another() -> None:
    alpha = Alpha()
    tips = [alpha.checked(alpha.sequencer.open_epoch()).sealed.tip]
    for _ in range(3):
        alpha.execute()
        work = alpha.take()
        assert work.sealed.header.previous == tips[-1].digest
        tips.append(work.sealed.tip)
    assert [tip.number for tip in tips] == [8, 9, 10, 11]


def test_a_quantum_is_executed_at_once() -> None:
    alpha = Alpha()
    before = alpha.machine.state.vault.accounts[alpha.bob.public].balances[0].amount
    alpha.execute()
    assert alpha.machine.state.vault.accounts[alpha.bob.public].balances[0].amount == before + 1


def test_a_full_batch_is_sealed_and_the_next_begins() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    alpha.execute(BATCH_MAX_QUANTA + 1)
    assert [len(alpha.take().batch.quanta) for _ in range(2)] == [BATCH_MAX_QUANTA, 1]
    assert alpha.sequencer.take() is None
    alpha.execute(BATCH_MAX_QUANTA)
    assert len(alpha.take().batch.quanta) == BATCH_MAX_QUANTA
    assert alpha.sequencer.take() is None


def test_origins_are_parallel_to_quanta() -> None:
    alpha = Alpha()
    origins = ["alice", None, "bob", "alice"]
    requests = [alpha.payment(amount) for amount in (1, 2, 3, 4)]
    for request, origin in zip(requests, origins, strict=True):
        alpha.sequencer.execute(request, origin)
    work = alpha.take()
    assert work.origins == origins
    assert [quantum.body for quantum in work.batch.quanta] == requests
    assert [executed.quantum for executed in work.sealed.executed] == work.batch.quanta
    alpha.execute(1, "later")
    assert alpha.take().origins == ["later"]
    assert work.origins == origins


def test_a_refused_quantum_leaves_no_trace() -> None:
    alpha = Alpha()
    alpha.execute(2)
    root, apex = alpha.machine.state.root(), alpha.machine.state.apex
    with pytest.raises(Rejection) as caught:
        alpha.sequencer.execute(alpha.payment(10**15), "alice")
    assert caught.value.code is Code.INSUFFICIENT_FUNDS
    assert (alpha.machine.state.root(), alpha.machine.state.apex) == (root, apex)
    work = alpha.take()
    assert (len(work.batch.quanta), work.origins) == (2, ["alice", "alice"])


def test_a_disk_that_lags_is_answered_with_overloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.sequencer.BATCH_MAX_QUANTA", 2)
    alpha = Alpha()
    alpha.execute(2 * SEALED_BATCHES_MAX)
    state = alpha.machine.state
    before = (state.root(), state.apex, state.timestamp)
    refused = alpha.payment()
    alpha.now_us += 1_000_000
    with pytest.raises(Rejection) as caught:
        alpha.sequencer.execute(refused, "alice")
    assert caught.value.code is Code.OVERLOADED
    assert (state.root(), state.apex, state.timestamp) == before

    assert len(alpha.take().batch.quanta) == 2
    alpha.sequencer.execute(refused, "again")
    batches = [alpha.take() for _ in range(SEALED_BATCHES_MAX)]
    assert batches[-1].origins == ["again"]
    assert alpha.sequencer.take() is None


@pytest.mark.parametrize("size", [1, 3, 4, 5, 9])
def test_a_checkpoint_comes_when_so_many_quanta_have_passed(size: int) -> None:
    alpha = Alpha(checkpoint_quanta=4)
    alpha.checked(alpha.sequencer.open_epoch())
    since = 0
    for _ in range(8):
        alpha.execute(size)
        since += size
        has_root = alpha.take().sealed.header.state_root is not None
        assert has_root == (since >= 4)
        since = 0 if has_root else since


def test_a_checkpoint_comes_when_the_last_one_is_old() -> None:
    alpha = Alpha(checkpoint_interval_us=100)
    alpha.checked(alpha.sequencer.open_epoch())
    has_root = []
    for step_us in (99, 1, 50, 49, 1, 1000, -500, 599, 1):
        alpha.now_us += step_us
        alpha.execute()
        has_root.append(alpha.take().sealed.header.state_root is not None)
    assert has_root == [False, True, False, False, True, True, False, False, True]


def touch(alpha: Alpha, count: int, first: int = 0) -> None:
    """Let entries be out of date that no quantum of this test has changed."""
    for number in range(first, first + count):
        alpha.machine.state.changed[number_key(EntryKind.ORDER, number)] = None


def test_every_quantum_pays_for_what_earlier_ones_changed() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    changed = alpha.machine.state.changed
    touch(alpha, STATE_UNFOLDED_MAX + 3 * STATE_FOLD_MAX - 10)
    left = []
    for _ in range(5):
        alpha.execute()
        left.append(len(alpha.machine.state.changed) - STATE_UNFOLDED_MAX)
    assert alpha.machine.state.changed is changed
    assert left[:2] == [2 * STATE_FOLD_MAX - 8, STATE_FOLD_MAX - 8]
    assert left[2:] == [-8, -8, -8]
    alpha.take()


def test_entries_are_folded_in_by_the_dozen_and_never_more_than_the_most_wait() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    waiting = [len(alpha.machine.state.changed)]
    for number in range(400):
        touch(alpha, 3, 10 * number)
        alpha.execute()
        waiting.append(len(alpha.machine.state.changed))
    assert max(waiting) == STATE_UNFOLDED_MAX
    folds = [before - after for before, after in pairwise(waiting) if after < before]
    assert len(folds) >= 5
    assert min(folds) > STATE_FOLD_MAX - 5


def test_few_entries_are_left_for_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.sequencer.STATE_UNFOLDED_MAX", 1)
    alpha = Alpha(checkpoint_quanta=4)
    alpha.checked(alpha.sequencer.open_epoch())
    for number in range(1, 9):
        alpha.execute()
        assert len(alpha.machine.state.changed) == 1
        header = alpha.take().sealed.header
        assert (header.state_root is not None) == (number % 4 == 0)


@pytest.mark.parametrize(("great", "due"), [((), 4), ((1,), 4), ((4,), 5), ((4, 5), 6), (range(1, 10), 8)])
def test_a_checkpoint_waits_for_great_changes_to_be_folded_in_but_not_for_ever(great: Iterable[int], due: int) -> None:
    """A great change takes two quanta to be folded in; by quanta, the checkpoint is due at 4 and overdue at 8."""
    alpha = Alpha(checkpoint_quanta=4)
    alpha.checked(alpha.sequencer.open_epoch())
    has_root = []
    for number in range(1, 10):
        if number in great:
            unfolded = len(alpha.machine.state.changed)
            touch(alpha, STATE_UNFOLDED_MAX + 2 * STATE_FOLD_MAX - unfolded - 10, number * 10_000)
        alpha.execute()
        has_root.append(alpha.take().sealed.header.state_root is not None)
    assert has_root.index(True) + 1 == due


def test_an_old_checkpoint_waits_no_longer_than_twice_its_time() -> None:
    alpha = Alpha(checkpoint_interval_us=100)
    alpha.checked(alpha.sequencer.open_epoch())
    has_root = []
    for step_us in (100, 99, 1, 99, 1):
        touch(alpha, STATE_UNFOLDED_MAX + 2 * STATE_FOLD_MAX, alpha.now_us)
        alpha.now_us += step_us
        alpha.execute()
        has_root.append(alpha.take().sealed.header.state_root is not None)
    assert has_root == [False, False, True, False, False]


def test_full_batches_count_towards_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.sequencer.BATCH_MAX_QUANTA", 2)
    alpha = Alpha(checkpoint_quanta=4)
    alpha.execute(8)
    assert [alpha.sequencer.take() is not None for _ in range(5)] == [True] * 4 + [False]
    alpha = Alpha(checkpoint_quanta=4)
    alpha.execute(8)
    assert [alpha.take().sealed.header.state_root is not None for _ in range(4)] == [False, True, False, True]


def test_time_does_not_go_back_when_the_clock_does() -> None:
    alpha = Alpha()
    for step_us in (0, 5, -1_000_000, 1, 1_000_000, -3):
        alpha.now_us += step_us
        alpha.execute()
    times = [quantum.timestamp for quantum in alpha.take().batch.quanta]
    assert [time - START_US for time in times] == [0, 5, 5, 5, 6, 6]
    alpha.now_us = 0
    alpha.execute()
    header = alpha.take().sealed.header
    assert header.timestamp == START_US + 6


def test_the_opener_s_time_is_the_state_s() -> None:
    alpha = Alpha()
    alpha.now_us = 0
    assert alpha.checked(alpha.sequencer.open_epoch()).sealed.header.timestamp == START_US


def test_what_the_auditors_decide_can_be_proved_at_once() -> None:
    alpha = Alpha()
    world, settings = alpha.world, alpha.world.settings
    appointment = Appointment(1, settings.alpha, settings.auditors, settings.quorum_rule, "", "")
    signatures = [sign_appointment(settings, auditor, appointment) for auditor in world.auditors[:2]]
    suspension = AssetSuspension(1, 1, SuspensionReason.SUSPENDED_BY_AUDITORS)
    for body in (world.decide(suspension), TermCommit(SignedAppointment(appointment, signatures))):
        alpha.execute()
        quiet = alpha.sequencer.take()
        assert quiet is not None
        assert quiet.sealed.header.state_root is None
        alpha.sequencer.execute(body, None)
        decided = alpha.sequencer.take()
        assert decided is not None
        assert decided.sealed.header.state_root == alpha.machine.state.root()


def batch_of(alpha: Alpha, count: int, *, all_or_nothing: bool = False) -> SignedRequestBatch:
    payments = [Payment(alpha.bob.public, 0, 1)] * count
    return alpha.world.batch(alpha.alice, payments, all_or_nothing=all_or_nothing)


def test_every_operation_of_a_request_batch_has_its_origin() -> None:
    alpha = Alpha()
    alpha.execute(origin="single")
    alpha.sequencer.execute(batch_of(alpha, 3), "batch")
    alpha.execute(origin=None)
    work = alpha.take()
    assert work.origins == ["single", "batch", "batch", "batch", None]
    assert len(work.batch.quanta) == 3
    assert [item.place for item in work.sealed.executed] == [0, 0, 1, 2, 0]


def test_a_request_batch_is_not_cut() -> None:
    alpha = Alpha()
    alpha.execute(BATCH_MAX_QUANTA - 99)
    alpha.sequencer.execute(batch_of(alpha, 100), "batch")
    first, second = alpha.take(), alpha.take()
    assert len(first.sealed.executed) == BATCH_MAX_QUANTA - 99
    assert len(second.sealed.executed) == 100
    assert alpha.sequencer.take() is None


def test_a_request_batch_that_just_fits_fills_the_batch() -> None:
    alpha = Alpha()
    alpha.execute(BATCH_MAX_QUANTA - 100)
    alpha.sequencer.execute(batch_of(alpha, 100), "batch")
    alpha.execute()
    assert [len(alpha.take().sealed.executed) for _ in range(2)] == [BATCH_MAX_QUANTA, 1]


def test_a_refused_request_batch_leaves_nothing_behind() -> None:
    alpha = Alpha()
    alpha.execute()
    apex = alpha.machine.state.apex
    refused = alpha.world.batch(
        alpha.alice, [Payment(alpha.bob.public, 0, 1), Payment(alpha.bob.public, 0, 0)], all_or_nothing=True
    )
    with pytest.raises(Rejection) as caught:
        alpha.sequencer.execute(refused, "batch")
    assert caught.value.code is Code.INVALID_AMOUNT
    assert alpha.machine.state.apex == apex
    assert alpha.take().origins == ["alice"]


def test_a_request_batch_pays_for_the_entries_that_all_of_it_changed() -> None:
    """However many operations come together, few changed entries are left for the state root."""
    alpha = Alpha()
    for number in range(8):
        orders = [
            LimitOrder(0, Side.BUY, 2_000 + place, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
            for place in range(50 if number % 2 == 0 else 0)
        ]
        cancels = [CancelOrder(order) for order in alpha.machine.state.vault.accounts[alpha.alice.public].orders]
        newcomers = [Payment(key_of(f"{number}/{place}").public, 0, ONE) for place in range(50)]
        alpha.sequencer.execute(alpha.world.batch(alpha.alice, [*orders, *cancels][:50] + newcomers), None)
        assert len(alpha.machine.state.changed) <= STATE_UNFOLDED_MAX
    alpha.take()


# What falls due


def expiring(alpha: Alpha, after_us: int) -> SignedRequest:
    said = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", alpha.now_us + after_us, None)
    return alpha.world.request(alpha.alice, LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, said))


def test_what_is_due_comes_before_a_request_and_has_no_origin() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    due = alpha.now_us + 1_000
    alpha.sequencer.execute(expiring(alpha, 1_000), "alice")
    alpha.now_us += 5_000
    alpha.execute()
    work = alpha.take()
    assert [quantum.body for quantum in work.batch.quanta][1] == TimeCommit(due)
    assert work.origins == ["alice", None, "alice"]
    assert [quantum.timestamp for quantum in work.batch.quanta][1:] == [due + 4_000] * 2
    assert not alpha.machine.state.engine.orders


def test_what_is_due_also_comes_when_nobody_asks() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    alpha.sequencer.execute(expiring(alpha, 1_000), "alice")
    assert not alpha.sequencer.commit_time()
    alpha.now_us += 1_000
    assert alpha.sequencer.commit_time()
    assert not alpha.sequencer.commit_time()
    assert alpha.take().origins == ["alice", None]


def test_more_than_can_be_done_at_once_is_done_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, 1, replace(RULES[1], cancels_max=1))  # type: ignore[arg-type]
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    for number in range(TIME_COMMITS_AHEAD_MAX + 2):
        alpha.sequencer.execute(expiring(alpha, 1_000 + number), "alice")
    alpha.now_us += 10_000
    with pytest.raises(Rejection) as caught:
        alpha.execute()
    assert caught.value.code is Code.OVERLOADED
    assert len(alpha.machine.state.engine.orders) == 2
    assert alpha.sequencer.commit_time()
    alpha.execute()
    alpha.take()


def test_a_ledger_commit_does_not_wait() -> None:
    alpha = Alpha()
    alpha.checked(alpha.sequencer.open_epoch())
    alpha.sequencer.execute(expiring(alpha, 1_000), "alice")
    alpha.now_us += 1_000
    alpha.sequencer.execute(alpha.world.commit(alpha.machine, []), None)
    assert len(alpha.machine.state.engine.orders) == 1
    alpha.take()
