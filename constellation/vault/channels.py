"""The channel accounts whose transactions move the vault, and what waits for a free one.

A channel carries one transaction at a time, because stellar-core accepts one per source account and ledger and a
later sequence number is dead when an earlier one lapses. Tasks without a free channel wait in order. Which channel,
which sequence number and which time bound a task gets follows from the state alone: alpha has nothing to choose.
Tasks that move a suspended asset are parked until it is resumed, and withdrawals that need an approval are withheld
until they have it. Claims wait until nothing else does, and leave one channel free where there are more: anybody can
make claimable balances for the vault, also such as the ledger does not let it claim, and no withdrawal shall wait for
them until they lapse.
"""

from dataclasses import dataclass

from constellation.protocol.limits import UINT32_MAX
from constellation.protocol.messages import Settings
from constellation.vault.assets import AssetRegistry
from constellation.vault.tasks import ClaimTask, PreparedTask, TaskKey, VaultTask, WithdrawalTask, queue_order
from constellation.vault.transactions import operation_count, task_envelope


@dataclass(slots=True)
class Channel:
    """A source account of the vault's transactions.

    Attributes:
        key: the account.
        sequence: the last sequence number used on the ledger.
        pending: the transaction it carries, if any.
    """

    key: bytes
    sequence: int
    pending: PreparedTask | None = None


class TaskDesk:
    """Waiting and prepared tasks, and the channels.

    Args:
        settings: of the constellation.
        assets: knows which assets are suspended.

    Attributes:
        settings: in force: fee and lifetime of the next transaction.
        channels: by key, in the order of the settings.
        waiting: tasks without a channel, by key, in their order; claims are not among them.
        waiting_claims: claims without a channel, by key, in their order.
        parked: tasks that wait for their asset to be resumed, by key.
        withheld: withdrawals that wait for an approval, by key.
    """

    __slots__ = ("_assets", "channels", "parked", "settings", "waiting", "waiting_claims", "withheld")

    def __init__(self, settings: Settings, assets: AssetRegistry) -> None:
        self.settings = settings
        self._assets = assets
        self.channels = {entry.account: Channel(entry.account, entry.sequence) for entry in settings.channels}
        self.waiting: dict[TaskKey, VaultTask] = {}
        self.waiting_claims: dict[TaskKey, VaultTask] = {}
        self.parked: dict[TaskKey, VaultTask] = {}
        self.withheld: dict[TaskKey, WithdrawalTask] = {}

    def accept(self, task: VaultTask) -> None:
        """Queue ``task`` for a free channel, where its order puts it."""
        if isinstance(task, WithdrawalTask) and task.approve_until is not None:
            self.withheld[task.key] = task
        elif task.asset is not None and self._assets.is_suspended(task.asset):
            self.parked[task.key] = task
        else:
            _insert(self.waiting_claims if isinstance(task, ClaimTask) else self.waiting, task)

    def sort(self) -> None:
        """Bring the queues in order after an asset was suspended or resumed, or entries were restored."""
        tasks = sorted(self._without_channel(), key=queue_order)
        self.waiting, self.waiting_claims, self.parked, self.withheld = {}, {}, {}, {}
        for task in tasks:
            self.accept(task)

    def prepare(self, now_s: int) -> list[PreparedTask]:
        """Give waiting tasks to free channels, oldest first, in the order of the settings' channels."""
        prepared = []
        for channel in self.channels.values():
            if channel.pending is not None:
                continue
            queue = self.waiting or (self.waiting_claims if self._has_channel_for_claim else None)
            if not queue:
                break
            task = queue.pop(next(iter(queue)))
            channel.pending = self._derive(task, channel, now_s)
            prepared.append(channel.pending)
        return prepared

    @property
    def _has_channel_for_claim(self) -> bool:
        claims = sum(isinstance(prepared.task, ClaimTask) for prepared in self.prepared)
        return claims < max(1, len(self.channels) - 1)

    def _derive(self, task: VaultTask, channel: Channel, now_s: int) -> PreparedTask:
        # The ledger compares what is offered for each operation, and a change of signers has many.
        fee = min(self.settings.transaction_fee * operation_count(self.settings, task), UINT32_MAX)
        max_time_s = now_s + self.settings.withdrawal_lifetime_s
        prepared = PreparedTask(task, channel.key, channel.sequence + 1, fee, max_time_s, bytes(32))
        prepared.transaction = task_envelope(self.settings, prepared).hash()
        return prepared

    def settle(self, channel: bytes, sequence: int, transaction: bytes) -> PreparedTask | None:
        """Note that the ledger included a transaction of ``channel``; the task that it does, if any."""
        source = self.channels[channel]
        source.sequence, pending = sequence, source.pending
        if pending is None or pending.transaction != transaction:
            return None
        source.pending = None
        return pending

    def lapse(self, closed_at_s: int) -> list[PreparedTask]:
        """Take off their channels the tasks whose transactions no ledger can include any more."""
        lapsed = []
        for channel in self.channels.values():
            if channel.pending is not None and channel.pending.max_time_s < closed_at_s:
                lapsed.append(channel.pending)
                channel.pending = None
        return lapsed

    @property
    def prepared(self) -> list[PreparedTask]:
        """Tasks with a transaction whose outcome is open."""
        return [channel.pending for channel in self.channels.values() if channel.pending is not None]

    @property
    def tasks(self) -> list[VaultTask]:
        """All that is not done, in no particular order of time."""
        return [*self._without_channel(), *(prepared.task for prepared in self.prepared)]

    def _without_channel(self) -> list[VaultTask]:
        queues = self.waiting, self.waiting_claims, self.parked, self.withheld
        return [task for queue in queues for task in queue.values()]

    def find(self, key: TaskKey) -> tuple[VaultTask, PreparedTask | None] | None:
        """A task that is not done, with its transaction if it has one."""
        for queue in (self.waiting, self.waiting_claims, self.parked, self.withheld):
            if key in queue:
                return queue[key], None
        for prepared in self.prepared:
            if prepared.task.key == key:
                return prepared.task, prepared
        return None


def _insert(queue: dict[TaskKey, VaultTask], task: VaultTask) -> None:
    """Put ``task`` in its place, which is at the end or close to it."""
    order, later = queue_order(task), []
    while queue and queue_order(last := next(reversed(queue.values()))) > order:
        later.append(last)
        del queue[last.key]
    queue[task.key] = task
    for other in reversed(later):
        queue[other.key] = other
