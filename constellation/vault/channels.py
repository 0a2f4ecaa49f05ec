"""Withdrawals on their way to the ledger, and the channel accounts whose transactions pay them.

A channel carries one transaction at a time, because stellar-core accepts one per source account and ledger and a
later sequence number is dead when an earlier one lapses. Withdrawals without a free channel wait in order. Which
channel, which sequence number and which time bound a withdrawal gets follows from the state alone: alpha has
nothing to choose.
"""

from dataclasses import dataclass

from constellation.protocol.messages import Settings, Withdrawal
from constellation.vault.transactions import withdrawal_envelope


@dataclass(slots=True)
class WaitingWithdrawal:
    """A withdrawal whose money is locked.

    Attributes:
        withdrawal_id: the apex that asked for it.
        account: whose money it is.
        operation: what was asked.
    """

    withdrawal_id: int
    account: bytes
    operation: Withdrawal


@dataclass(slots=True)
class PreparedWithdrawal:
    """A withdrawal with the transaction that pays it.

    Attributes:
        waiting: the withdrawal.
        channel: key of the source account.
        sequence: the transaction's sequence number.
        max_time_s: the last ledger close time at which it is valid.
        transaction: the hash that auditors sign.
    """

    waiting: WaitingWithdrawal
    channel: bytes
    sequence: int
    max_time_s: int
    transaction: bytes


@dataclass(slots=True)
class Channel:
    """A source account of withdrawal transactions.

    Attributes:
        key: the account.
        sequence: the last sequence number used on the ledger.
        pending: the transaction it carries, if any.
    """

    key: bytes
    sequence: int
    pending: PreparedWithdrawal | None = None


class WithdrawalDesk:
    """Waiting and prepared withdrawals, and the channels.

    Args:
        settings: of the constellation.
    """

    __slots__ = ("_settings", "channels", "waiting")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.channels = {entry.account: Channel(entry.account, entry.sequence) for entry in settings.channels}
        self.waiting: dict[int, WaitingWithdrawal] = {}

    def accept(self, withdrawal: WaitingWithdrawal) -> None:
        """Queue ``withdrawal`` for the next free channel."""
        self.waiting[withdrawal.withdrawal_id] = withdrawal

    def prepare(self, now_s: int) -> list[PreparedWithdrawal]:
        """Give waiting withdrawals to free channels, oldest first, in the order of the settings' channels."""
        prepared = []
        for channel in self.channels.values():
            if not self.waiting:
                break
            if channel.pending is None:
                withdrawal = self.waiting.pop(next(iter(self.waiting)))
                channel.pending = self._derive(withdrawal, channel, now_s)
                prepared.append(channel.pending)
        return prepared

    def _derive(self, waiting: WaitingWithdrawal, channel: Channel, now_s: int) -> PreparedWithdrawal:
        sequence = channel.sequence + 1
        max_time_s = now_s + self._settings.withdrawal_lifetime_s
        envelope = withdrawal_envelope(self._settings, waiting.operation, channel.key, sequence, max_time_s)
        return PreparedWithdrawal(waiting, channel.key, sequence, max_time_s, envelope.hash())

    def paid_by(self, channel: bytes, transaction: bytes) -> PreparedWithdrawal | None:
        """The withdrawal that ``transaction`` of ``channel`` pays, if any."""
        pending = self.channels[channel].pending
        return pending if pending is not None and pending.transaction == transaction else None

    def settle(self, channel: bytes, sequence: int, transaction: bytes) -> PreparedWithdrawal | None:
        """Note that the ledger included a transaction of ``channel``; the withdrawal that it pays, if any."""
        pending = self.paid_by(channel, transaction)
        source = self.channels[channel]
        source.sequence = sequence
        if pending is not None:
            source.pending = None
        return pending

    def lapse(self, closed_at_s: int) -> list[PreparedWithdrawal]:
        """Take off their channels the withdrawals whose transactions no ledger can include any more."""
        lapsed = []
        for channel in self.channels.values():
            if channel.pending is not None and channel.pending.max_time_s < closed_at_s:
                lapsed.append(channel.pending)
                channel.pending = None
        return lapsed

    @property
    def prepared(self) -> list[PreparedWithdrawal]:
        """Withdrawals with a transaction whose outcome is open."""
        return [channel.pending for channel in self.channels.values() if channel.pending is not None]
