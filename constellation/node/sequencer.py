"""Alpha's ordering: executes at once, and seals what was executed into batches for the log, where they are signed.

A checkpoint must not stop the event loop for as long as hashing everything takes that changed since the last one. So
quanta also pay for entries that earlier ones changed, and few are left for the state root. Those wait their turn first,
until there are some dozens: an account that trades all the time is hashed once for many quanta, and what they have in
common in the state tree is hashed once for all.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission, leaf_count
from constellation.protocol.limits import (
    BATCH_MAX_QUANTA,
    SEALED_BATCHES_MAX,
    STATE_FOLD_MAX,
    STATE_UNFOLDED_MAX,
    TIME_COMMITS_AHEAD_MAX,
)
from constellation.protocol.messages import (
    Batch,
    Code,
    GovernanceCommit,
    ModeCommit,
    QuantumBody,
    TermCommit,
    TimeCommit,
)
from constellation.protocol.signing import Purpose, Signer
from constellation.quanta import Executed, Machine, SealedBatch, Tip, seal, signed_batch

_Origin = TypeVar("_Origin")


@dataclass(slots=True)
class SealedWork(Generic[_Origin]):
    """A sealed batch on its way to the log.

    Attributes:
        sealed: header and what was executed.
        origins: who asked for each quantum; None for those that no client asked for.
        signer: alpha's.
        constellation: its id.
        batch: as it is stored and relayed, once it is signed.
    """

    sealed: SealedBatch
    origins: list[_Origin | None]
    signer: Signer
    constellation: bytes
    batch: Batch = field(init=False)

    def sign(self) -> None:
        """Sign the header.

        Raises:
            SignerUnavailable: the key cannot be reached.
            SignerRefused: it breaks a rule of whatever keeps the key.
        """
        header = self.sealed.header.to_xdr()
        self.batch = signed_batch(self.sealed, self.signer.sign_message(Purpose.HEADER, self.constellation, header))


class Sequencer(Generic[_Origin]):
    """The one place where quanta get their apex and their time.

    Args:
        machine: with the state after ``tip``.
        tip: what the first batch follows.
        epoch: that alpha has opened.
        signer: alpha's.
        clock_us: the time now.
        checkpoint_quanta: a header carries the state root when this many quanta have passed since the last one,
        checkpoint_interval_us: or when the last one is this old; after quanta that changed very much it may come later,
            but not after twice as many quanta or twice this time. A decision of the auditors, and a new term, make one
            at once, so that their effect can be proved.
    """

    def __init__(
        self,
        machine: Machine,
        tip: Tip,
        epoch: int,
        signer: Signer,
        clock_us: Callable[[], int],
        checkpoint_quanta: int,
        checkpoint_interval_us: int,
    ) -> None:
        self._machine = machine
        self._tip = tip
        self._epoch = epoch
        self._signer = signer
        self._clock_us = clock_us
        self._checkpoint_quanta = checkpoint_quanta
        self._checkpoint_interval_us = checkpoint_interval_us
        self._checkpoint_us = clock_us()
        self._since_checkpoint = 0
        self._was_decided = False
        self._executed: list[Executed] = []
        self._origins: list[_Origin | None] = []
        self._sealed: deque[SealedWork[_Origin]] = deque()

    def open_epoch(self) -> SealedWork[_Origin]:
        """The empty batch that opens the epoch; its header carries the state root."""
        return self._seal(checkpoint=True)

    def execute(self, body: QuantumBody, origin: _Origin | None) -> None:
        """Execute a body now; its batch is sealed later, with all of its quanta.

        What is due by its time comes before a request, and before another mode.

        Raises:
            Rejection: it breaks a rule, or OVERLOADED; it has changed nothing.
        """
        if len(self._sealed) >= SEALED_BATCHES_MAX:
            raise Rejection(Code.OVERLOADED, "more requests wait for the disk than alpha can promise; try again soon")
        if isinstance(body, Submission | ModeCommit):
            self._commit_time()
        self._execute(body, origin)

    @property
    def apex(self) -> int:
        """Of the last quantum that was executed."""
        return self._machine.state.apex

    def commit_time(self) -> bool:
        """Execute a time commit if something is due now; whether it was."""
        due = self._machine.due_at(self._now)
        if due is None or len(self._sealed) >= SEALED_BATCHES_MAX:
            return False
        self._execute(TimeCommit(due), None)
        return True

    def _commit_time(self) -> None:
        """Do what is due before a request.

        Raises:
            Rejection: OVERLOADED: there is too much of it to be done at once.
        """
        commits = 0
        while self._machine.due_at(self._now) is not None:
            if commits == TIME_COMMITS_AHEAD_MAX or not self.commit_time():
                raise Rejection(Code.OVERLOADED, "very much falls due just now; try again in a moment")
            commits += 1

    @property
    def _now(self) -> int:
        """The time that a quantum would get now."""
        return max(self._clock_us(), self._machine.state.timestamp)

    def _execute(self, body: QuantumBody, origin: _Origin | None) -> None:
        if len(self._executed) + leaf_count(body) > BATCH_MAX_QUANTA:
            self._end_batch()
        executed = self._machine.execute_all(self._now, body)
        self._executed += executed
        self._was_decided = self._was_decided or isinstance(body, GovernanceCommit | TermCommit)
        self._origins += [origin] * len(executed)
        if self._unfolded > 0:
            self._machine.state.fold(min(self._unfolded + STATE_UNFOLDED_MAX // 2, STATE_FOLD_MAX * len(executed)))
        if len(self._executed) == BATCH_MAX_QUANTA:
            self._end_batch()

    def _end_batch(self) -> None:
        """There is no room for more in the batch."""
        self._sealed.append(self._seal(checkpoint=self._is_checkpoint_due()))

    def confirm(self) -> None:
        """Seal a batch even if there is nothing in it: whoever lost its log waits for one that is made now."""
        if not self._executed and not self._sealed:
            self._sealed.append(self._seal(checkpoint=False))

    def take(self) -> SealedWork[_Origin] | None:
        """The next batch for the log: everything that was executed since the last one, or None."""
        if self._sealed:
            return self._sealed.popleft()
        return self._seal(checkpoint=self._is_checkpoint_due()) if self._executed else None

    @property
    def _unfolded(self) -> int:
        """How many changed entries there are beside those that may wait for the state root."""
        return len(self._machine.state.changed) - STATE_UNFOLDED_MAX

    def _is_checkpoint_due(self) -> bool:
        if self._was_decided:
            return True
        patience = 1 if self._unfolded <= 0 else 2
        if self._since_checkpoint + len(self._executed) >= patience * self._checkpoint_quanta:
            return True
        return self._clock_us() - self._checkpoint_us >= patience * self._checkpoint_interval_us

    def _seal(self, *, checkpoint: bool) -> SealedWork[_Origin]:
        sealed = seal(self._machine, self._executed, self._tip, self._epoch, checkpoint=checkpoint)
        self._since_checkpoint += len(self._executed)
        if checkpoint:
            self._since_checkpoint, self._checkpoint_us, self._was_decided = 0, self._clock_us(), False
        work = SealedWork(sealed, self._origins, self._signer, self._machine.state.constellation)
        self._tip = sealed.tip
        self._executed, self._origins = [], []
        return work
