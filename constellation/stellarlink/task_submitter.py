"""Brings the transactions of the vault's tasks to the ledger. No I/O.

A task has one transaction, which every node derived, and its signatures are collected once: the bytes that were sent
first are the bytes that are sent again, alone or inside a fee bump, which leaves their hash as it is. Nothing here can
pay twice, because a sequence number can be used once. What a task came to is decided by the ledger alone and arrives
as a ledger commit, upon which its transaction is no longer tracked. What follows from the network's answers meanwhile
is in :mod:`constellation.stellarlink.submission_rules`.

A new alpha looks for the hash of every task that it finds before it submits.
"""

from dataclasses import dataclass
from typing import Any

from constellation.protocol.messages import WithdrawalSignature
from constellation.quanta import State
from constellation.stellarlink.fee_bump import Bid, FeeBumper
from constellation.stellarlink.network import FeeStats, SubmitOutcome
from constellation.stellarlink.signatures import SignatureSet
from constellation.stellarlink.submission_metrics import SubmissionMetrics
from constellation.stellarlink.submission_rules import Sighting, SubmissionRules
from constellation.stellarlink.tracked_task import Step, TaskState, TrackedTask
from constellation.vault import PreparedTask
from constellation.vault.transactions import task_envelope


@dataclass(frozen=True, slots=True)
class DueStep:
    """Something to ask the network.

    Attributes:
        step: what.
        transaction: names the task.
        envelope_xdr: what to submit; empty otherwise.
        channel: whose sequence number to read beside a look for the hash; None when it does not matter.
    """

    step: Step
    transaction: bytes
    envelope_xdr: str = ""
    channel: bytes | None = None


class TaskSubmitter:
    """The prepared tasks of one constellation on their way to the ledger.

    Args:
        bumper: offers more when the ledger asks for it; None waits until the ledger asks for less.
        metrics: counters.
    """

    def __init__(self, bumper: FeeBumper | None = None, metrics: SubmissionMetrics | None = None) -> None:
        self._metrics = metrics or SubmissionMetrics()
        self._rules = SubmissionRules(bumper, self._metrics)
        self._tracked: dict[bytes, TrackedTask] = {}
        self._has_followed = False

    def __len__(self) -> int:
        return len(self._tracked)

    def __contains__(self, transaction_hash: bytes) -> bool:
        return transaction_hash in self._tracked

    def describe(self) -> list[dict[str, Any]]:
        """All tasks that are tracked, for the status page."""
        return [tracked.describe() for tracked in self._tracked.values()]

    # --- what there is to do ------------------------------------------------------------------------------------

    def follow(self, state: State) -> None:
        """Collect signatures for exactly the tasks that are prepared in ``state``.

        The first time, an earlier alpha may have submitted them.
        """
        open_now = {item.transaction: item for item in state.desk.prepared}
        for transaction_hash in [known for known in self._tracked if known not in open_now]:
            self.forget(transaction_hash)
        for item in open_now.values():
            self.track(state, item, may_be_submitted=not self._has_followed)
        self._has_followed = True
        self._metrics.count(state.desk)

    def track(self, state: State, prepared: PreparedTask, *, may_be_submitted: bool = False) -> None:
        """Begin to collect signatures for ``prepared``; a second call changes nothing.

        A channel carries one transaction at a time, so the settings' channels bound how many there are.
        """
        known = self._tracked.get(prepared.transaction)
        if known is not None:
            known.follow(state.signers, state.settings.auditors)
            return
        envelope = task_envelope(state.settings, prepared)
        assert envelope.hash() == prepared.transaction, "the core's transaction was derived differently"
        signatures = SignatureSet(state.signers, state.settings.auditors, prepared.transaction)
        rate = prepared.fee // len(envelope.transaction.operations)
        tracked = TrackedTask(prepared, envelope, signatures, Bid(rate, is_refused=False, may_be_pending=False))
        if may_be_submitted:
            tracked.step, tracked.state = Step.LOOK_UP, TaskState.UNKNOWN
        self._tracked[prepared.transaction] = tracked

    def forget(self, transaction_hash: bytes) -> None:
        """The task is closed; unknown hashes are fine."""
        self._tracked.pop(transaction_hash, None)

    def receive_signature(self, auditor: bytes, signature: WithdrawalSignature) -> bool:
        """Take an auditor's signature.

        Returns: Whether it counts: it is for a tracked transaction, by an auditor that has not signed it yet,
            and fits. What does not count is not kept.
        """
        tracked = self._tracked.get(signature.transaction)
        return tracked is not None and tracked.signatures.add(auditor, signature.signature)

    def signatures(self, transaction_hash: bytes) -> int:
        """How many auditors have signed; 0 for an unknown hash."""
        tracked = self._tracked.get(transaction_hash)
        return 0 if tracked is None else len(tracked.signatures)

    def due(self, now_s: float) -> list[DueStep]:
        """What to ask the network now; each is handed out again only after it was told what came of it."""
        steps = []
        for tracked in self._tracked.values():
            if tracked.is_in_flight or now_s < tracked.not_before_s:
                continue
            if tracked.step in (Step.SUBMIT, Step.BID):
                if not tracked.signatures.is_enough:
                    tracked.state = TaskState.SIGNING
                    continue
                self._rules.check_bounds(tracked, now_s)
            if tracked.step is not Step.NOTHING and now_s >= tracked.not_before_s:
                tracked.is_in_flight = True
                steps.append(self._due(tracked))
        return steps

    def _due(self, tracked: TrackedTask) -> DueStep:
        if tracked.step is Step.SUBMIT:
            tracked.submissions += 1
            if tracked.state is TaskState.SIGNING:
                tracked.state = TaskState.SUBMITTING
            return DueStep(Step.SUBMIT, tracked.hash, self._rules.sealed(tracked))
        channel = tracked.prepared.channel if tracked.must_read_sequence else None
        return DueStep(tracked.step, tracked.hash, channel=channel)

    # --- what came of it ----------------------------------------------------------------------------------------

    def submitted(self, transaction_hash: bytes, outcome: SubmitOutcome, now_s: float) -> None:
        """Take what a submission came to."""
        if (tracked := self._landed(transaction_hash)) is not None:
            self._rules.submitted(tracked, outcome, now_s)

    def looked(self, transaction_hash: bytes, sighting: Sighting | None, now_s: float) -> None:
        """Take what a look for the hash showed; None when nobody answered."""
        if (tracked := self._landed(transaction_hash)) is not None:
            self._rules.looked(tracked, sighting, now_s)

    def fees_asked(self, transaction_hash: bytes, stats: FeeStats | None, now_s: float) -> None:
        """Take what others offer; None when nobody answered."""
        if (tracked := self._landed(transaction_hash)) is not None:
            self._rules.fees_asked(tracked, stats, now_s)

    def _landed(self, transaction_hash: bytes) -> TrackedTask | None:
        """The task, unless it was closed meanwhile."""
        tracked = self._tracked.get(transaction_hash)
        if tracked is not None:
            tracked.is_in_flight = False
        return tracked
