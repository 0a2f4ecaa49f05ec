"""What follows from the network's answers about one task. No I/O.

What an answer means is in :mod:`constellation.stellarlink.submission_verdict`; what follows from it::

    included            ──▶ SETTLED
    failed              ──▶ look for the hash ──found──▶ SETTLED
                                              └─no────▶ STOPPED, alarm: it was refused before a ledger
    unknown             ──▶ look for the hash ──found──▶ SETTLED
                                              └─no────▶ the same bytes again; a higher fee when others offer more
    bad sequence        ──▶ look for the hash and the channel's number
                              found ──▶ SETTLED;  used by another ──▶ STOPPED, alarm;  not its turn ──▶ HELD
    fee too low         ──▶ bump, up to the cap; without a bump, FEE_TOO_LOW, alarm: the same bytes again, seldom
    too late            ──▶ STOPPED
    bad signatures      ──▶ STOPPED, alarm
    not understood      ──▶ as unknown, alarm

Pauses are bounded from below, the number of submissions from above, and none comes after the time bound. What is
STOPPED is still looked for now and then.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final

from constellation.stellarlink.fee_bump import Bid, FeeBumper
from constellation.stellarlink.network import FeeStats, SubmitOutcome
from constellation.stellarlink.submission_metrics import SubmissionMetrics
from constellation.stellarlink.submission_verdict import Verdict, verdict_of
from constellation.stellarlink.tracked_task import Step, TaskState, TrackedTask, task_names

UNKNOWN_RETRY_S: Final = 1
"""First pause after an unknown outcome; it doubles."""

UNKNOWN_RETRY_MAX_S: Final = 30
"""Longest pause after an unknown outcome: several tries fit the shortest lifetime of a task."""

REJECTED_RETRY_S: Final = 10
"""Pause after a rejection that may pass: about two ledgers."""

HELD_RETRY_S: Final = 3
"""Pause while an earlier transaction of the channel is missing: most often the server is a ledger behind."""

STOPPED_LOOK_S: Final = 30
"""Between two looks for what is handed in no more."""

SURGE_OUTCOMES: Final = 2
"""Unknown outcomes in a row after which others may simply have offered more."""

SUBMISSIONS_MAX: Final = 200
"""Of one transaction; with the pauses above the longest lifetime, an hour, needs fewer."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look for a transaction showed.

    Attributes:
        is_in_ledger: a ledger has it, successful or not.
        channel_sequence: the last number that the channel has used, if it was asked for and there is such an account.
    """

    is_in_ledger: bool
    channel_sequence: int | None = None


class SubmissionRules:
    """Moves a task on.

    Args:
        bumper: offers more when the ledger asks for it; None waits until the ledger asks for less.
        metrics: counters.
    """

    def __init__(self, bumper: FeeBumper | None, metrics: SubmissionMetrics) -> None:
        self._bumper = bumper
        self._metrics = metrics

    def check_bounds(self, tracked: TrackedTask, now_s: float) -> None:
        """Stop what must not be handed in any more."""
        if now_s > tracked.prepared.max_time_s:
            self._stop(tracked, now_s, "its time bound has passed", is_alarm=False)
        elif tracked.submissions >= SUBMISSIONS_MAX:
            self._stop(tracked, now_s, f"it was handed in {SUBMISSIONS_MAX} times", is_alarm=True)

    def sealed(self, tracked: TrackedTask) -> str:
        """What to hand in, signed by a quorum: made once, and again for other signers or to offer more."""
        if tracked.sent_xdr is None:
            envelope = tracked.envelope
            envelope.signatures = tracked.signatures.exactly_enough()
            if tracked.is_bump:
                assert self._bumper is not None
                tracked.sent_xdr = self._bumper.wrap(envelope, tracked.bid.rate)
            else:
                tracked.sent_xdr = envelope.to_xdr()
        return tracked.sent_xdr

    def submitted(self, tracked: TrackedTask, outcome: SubmitOutcome, now_s: float) -> None:
        """Take what a submission came to."""
        verdict = verdict_of(outcome)
        self._metrics.submissions.labels(verdict.value).inc()
        tracked.last_outcome = outcome
        level = logging.INFO if verdict is Verdict.INCLUDED else logging.WARNING
        logger.log(level, "task submitted", extra={**task_names(tracked.prepared), "outcome": str(outcome)})
        self._judge(tracked, verdict, outcome, now_s)
        tracked.not_before_s = max(tracked.not_before_s, now_s + (outcome.retry_after_s or 0))

    def _judge(self, tracked: TrackedTask, verdict: Verdict, outcome: SubmitOutcome, now_s: float) -> None:
        if verdict not in (Verdict.UNKNOWN, Verdict.NOT_UNDERSTOOD):
            tracked.unknown_outcomes = 0
        match verdict:
            case Verdict.INCLUDED:
                self._settle(tracked)
            case Verdict.FAILED:
                tracked.doubt = f"the network refused it: {outcome}"
                self._next(tracked, TaskState.UNKNOWN, Step.LOOK_UP, now_s)
            case Verdict.UNKNOWN:
                tracked.bid = replace(tracked.bid, may_be_pending=True)
                self._look_later(tracked, now_s)
            case Verdict.BAD_SEQUENCE:
                tracked.must_read_sequence = True
                self._next(tracked, TaskState.UNKNOWN, Step.LOOK_UP, now_s)
            case Verdict.FEE_TOO_LOW:
                self._fee_too_low(tracked, outcome, now_s)
            case Verdict.TOO_LATE:
                self._stop(tracked, now_s, "its time bound has passed", is_alarm=False)
            case Verdict.BAD_SIGNATURES:
                self._bad_signatures(tracked, outcome, now_s)
            case Verdict.NOT_UNDERSTOOD:
                self._alarm(tracked, f"the network's answer is not understood: {outcome}")
                self._look_later(tracked, now_s)

    def looked(self, tracked: TrackedTask, sighting: Sighting | None, now_s: float) -> None:
        """Take what a look for the hash showed; None when nobody answered."""
        if sighting is None:
            self._look_later(tracked, now_s)
        elif sighting.is_in_ledger:
            self._settle(tracked)
        elif tracked.state is TaskState.STOPPED:
            tracked.not_before_s = now_s + STOPPED_LOOK_S
        elif tracked.doubt is not None:
            self._stop(tracked, now_s, tracked.doubt, is_alarm=True)
        elif tracked.must_read_sequence:
            self._compare_sequence(tracked, sighting.channel_sequence, now_s)
        elif self._bumper is not None and tracked.unknown_outcomes >= SURGE_OUTCOMES:
            self._next(tracked, TaskState.UNKNOWN, Step.BID, now_s)
        else:
            self._next(tracked, TaskState.UNKNOWN, Step.SUBMIT, now_s)

    def _compare_sequence(self, tracked: TrackedTask, used: int | None, now_s: float) -> None:
        tracked.must_read_sequence = False
        own = tracked.prepared.sequence
        if used is not None and used >= own:
            self._stop(tracked, now_s, f"another transaction has used sequence number {own}", is_alarm=True)
        else:
            self._next(tracked, TaskState.HELD, Step.SUBMIT, now_s, HELD_RETRY_S)

    def fees_asked(self, tracked: TrackedTask, stats: FeeStats | None, now_s: float) -> None:
        """Take what others offer; None when nobody answered."""
        assert self._bumper is not None
        bid, operations = tracked.bid, len(tracked.envelope.transaction.operations)
        if stats is None or (not bid.is_refused and max(stats.base_fee, stats.max_fee_p95) <= bid.rate):
            # Nobody says that more would help.
            state = TaskState.FEE_TOO_LOW if bid.is_refused else TaskState.UNKNOWN
            self._next(tracked, state, Step.SUBMIT, now_s, REJECTED_RETRY_S if bid.is_refused else 0)
            return
        rate = self._bumper.raise_bid(bid, operations, stats)
        if rate is None:
            self._alarm(tracked, f"the cap for fee bumps does not allow more than {bid.rate} stroops per operation")
            self._next(tracked, TaskState.FEE_TOO_LOW, Step.SUBMIT, now_s, REJECTED_RETRY_S)
            return
        tracked.sent_xdr, tracked.is_bump = None, True
        tracked.bid = Bid(rate, is_refused=False, may_be_pending=False)
        tracked.unknown_outcomes, tracked.problem = 0, None
        self._metrics.fee_bumps.inc()
        logger.warning("fee bump", extra={**task_names(tracked.prepared), "rate_stroops": rate})
        self._next(tracked, TaskState.SUBMITTING, Step.SUBMIT, now_s)

    # --- what follows -------------------------------------------------------------------------------------------

    def _next(self, tracked: TrackedTask, state: TaskState, step: Step, now_s: float, pause_s: float = 0) -> None:
        tracked.state, tracked.step, tracked.not_before_s = state, step, now_s + pause_s

    def _settle(self, tracked: TrackedTask) -> None:
        tracked.state, tracked.step, tracked.problem = TaskState.SETTLED, Step.NOTHING, None

    def _look_later(self, tracked: TrackedTask, now_s: float) -> None:
        tracked.unknown_outcomes += 1
        doublings = min(tracked.unknown_outcomes, 16) - 1
        state = tracked.state if tracked.state is TaskState.STOPPED else TaskState.UNKNOWN
        self._next(tracked, state, Step.LOOK_UP, now_s, min(UNKNOWN_RETRY_MAX_S, UNKNOWN_RETRY_S << doublings))

    def _fee_too_low(self, tracked: TrackedTask, outcome: SubmitOutcome, now_s: float) -> None:
        tracked.bid = replace(tracked.bid, is_refused=True, may_be_pending=False)
        if self._bumper is None:
            self._alarm(tracked, f"{outcome.transaction_code}, and there is no account for fee bumps")
        elif tracked.is_bump and outcome.transaction_code == "tx_insufficient_balance":
            self._alarm(tracked, f"the account for fee bumps, {self._bumper.address}, cannot pay: send it lumens")
        else:
            self._next(tracked, TaskState.FEE_TOO_LOW, Step.BID, now_s)
            return
        self._next(tracked, TaskState.FEE_TOO_LOW, Step.SUBMIT, now_s, REJECTED_RETRY_S)

    def _bad_signatures(self, tracked: TrackedTask, outcome: SubmitOutcome, now_s: float) -> None:
        if tracked.sent_xdr is None:
            # The signers have changed since these bytes were handed in.
            self._next(tracked, TaskState.UNKNOWN, Step.LOOK_UP, now_s)
            return
        if not tracked.is_bump:
            self._stop(tracked, now_s, f"the signatures are not what the accounts ask for: {outcome}", is_alarm=True)
            return
        # It may be the bump's own signature: the inner transaction by itself tells.
        tracked.sent_xdr, tracked.is_bump = None, False
        self._alarm(tracked, f"the fee bump's signatures were refused: {outcome}")
        self._next(tracked, TaskState.FEE_TOO_LOW, Step.SUBMIT, now_s, REJECTED_RETRY_S)

    def _stop(self, tracked: TrackedTask, now_s: float, reason: str, *, is_alarm: bool) -> None:
        self._metrics.stopped.inc()
        tracked.problem = reason
        self._next(tracked, TaskState.STOPPED, Step.LOOK_UP, now_s, STOPPED_LOOK_S)
        logger.log(
            logging.ERROR if is_alarm else logging.WARNING,
            "task stopped",
            extra={**task_names(tracked.prepared), "reason": reason},
        )

    def _alarm(self, tracked: TrackedTask, problem: str) -> None:
        if problem != tracked.problem:
            logger.error("task needs a look", extra={**task_names(tracked.prepared), "reason": problem})
        tracked.problem = problem
