"""What only a transaction of the vault can do, and the transaction that does it."""

from dataclasses import dataclass

from constellation.protocol.messages import (
    AssetIdentity,
    ClaimableDeposit,
    LedgerSigners,
    SuspenseEntry,
    VaultTaskType,
    Withdrawal,
)

TaskKey = tuple[VaultTaskType, int]
"""Kind and number; no two tasks have the same."""


@dataclass(slots=True)
class WithdrawalTask:
    """A withdrawal whose money is locked.

    Attributes:
        queued: the apex that asked for it, which is its number.
        account: whose money it is.
        operation: what was asked.
        approve_until: when it is refused unless it is approved before, in microseconds; None when it needs no approval.
    """

    queued: int
    account: bytes
    operation: Withdrawal
    approve_until: int | None = None

    @property
    def key(self) -> TaskKey:
        """Names the task."""
        return VaultTaskType.WITHDRAWAL_TASK, self.queued

    @property
    def asset(self) -> int | None:
        """What it moves."""
        return self.operation.asset


@dataclass(slots=True)
class RefundTask:
    """A deposit in suspense on its way back.

    Attributes:
        queued: the apex that decided it.
        entry: the deposit.
        asset: its id; None when it is not listed.
    """

    queued: int
    entry: SuspenseEntry
    asset: int | None

    @property
    def key(self) -> TaskKey:
        """Names the task."""
        return VaultTaskType.REFUND_TASK, self.entry.operation


@dataclass(slots=True)
class ClaimTask:
    """A claimable balance that the vault wants.

    Attributes:
        queued: the apex that saw it, or saw the last try lapse.
        deposit: what was seen.
        asset: its id.
    """

    queued: int
    deposit: ClaimableDeposit
    asset: int | None

    @property
    def key(self) -> TaskKey:
        """Names the task."""
        return VaultTaskType.CLAIM_TASK, self.deposit.operation


@dataclass(slots=True)
class TrustTask:
    """The vault's trust line for a newly listed asset.

    Attributes:
        queued: the apex that listed it.
        number: the asset's id.
        identity: the asset.
    """

    queued: int
    number: int
    identity: AssetIdentity

    @property
    def key(self) -> TaskKey:
        """Names the task."""
        return VaultTaskType.TRUST_TASK, self.number

    @property
    def asset(self) -> int | None:
        """It moves nothing."""
        return None


@dataclass(slots=True)
class SignersTask:
    """Other auditors as signers of the vault and its channels.

    Attributes:
        queued: the apex that asked for it.
        term: whose auditors they are.
        before: who signs for them on the ledger until then.
        after: who signs for them afterwards.
    """

    queued: int
    term: int
    before: LedgerSigners
    after: LedgerSigners

    @property
    def key(self) -> TaskKey:
        """Names the task."""
        return VaultTaskType.SIGNERS_TASK, self.term

    @property
    def asset(self) -> int | None:
        """It moves nothing."""
        return None


VaultTask = WithdrawalTask | RefundTask | ClaimTask | TrustTask | SignersTask


def queue_order(task: VaultTask) -> tuple[int, TaskKey]:
    """First come, first served; within one quantum by kind and number."""
    return task.queued, task.key


@dataclass(slots=True)
class PreparedTask:
    """A task with its transaction.

    Attributes:
        task: what it does.
        channel: key of the source account.
        sequence: the transaction's sequence number.
        fee: what it offers the ledger, in stroops.
        max_time_s: the last ledger close time at which it is valid.
        transaction: the hash that auditors sign.
    """

    task: VaultTask
    channel: bytes
    sequence: int
    fee: int
    max_time_s: int
    transaction: bytes
