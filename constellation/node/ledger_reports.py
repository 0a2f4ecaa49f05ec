"""What an auditor says about the ledger, and what it thinks of what others say. No I/O."""

import logging

from constellation.herald.replica import Replica
from constellation.herald.reports import sign_report
from constellation.protocol.messages import (
    LedgerCommit,
    LedgerReport,
    Settings,
    SignedLedgerReport,
    VaultAuthorization,
    VaultClawback,
    VaultTaskClosed,
    VaultTaskType,
    VaultTransaction,
)
from constellation.protocol.signing import Signer
from constellation.quanta import Executed, SealedBatch
from constellation.stellarlink import LedgerWatcher

log = logging.getLogger(__name__)

_TOUCHES_VAULT = VaultTransaction | VaultClawback | VaultAuthorization
_TASKS_THAT_TOUCH_IT = (VaultTaskType.TRUST_TASK, VaultTaskType.SIGNERS_TASK)


class LedgerReports:
    """Makes an auditor's reports, each once per connection.

    Args:
        settings: of the constellation.
        signer: the auditor's.
        replica: shows the replayed state.
        watcher: what was read of the ledger.

    Attributes:
        contradiction: where a quorum's report says otherwise than this auditor's servers.
    """

    def __init__(self, settings: Settings, signer: Signer, replica: Replica, watcher: LedgerWatcher) -> None:
        self._settings = settings
        self._signer = signer
        self._replica = replica
        self._watcher = watcher
        self._reported: LedgerReport | None = None
        self._connected = False
        self.contradiction: str | None = None

    def link_up(self) -> None:
        """A new connection: alpha may have missed everything."""
        self._connected = True
        self._reported = None

    def link_down(self) -> None:
        """The connection has ended."""
        self._connected = False

    def news(self) -> SignedLedgerReport | None:
        """What comes next on the ledger, signed; None when it was said already, or too little is known.

        Raises:
            SignerUnavailable: it cannot be signed now.
        """
        state = self._replica.machine.state
        self._watcher.advance(state.ledger_cursor, state.ledger_closed_at_s or None)
        deadlines = [prepared.max_time_s for prepared in state.desk.prepared]
        report = self._watcher.next_report(state.ledger_cursor, min(deadlines, default=None))
        if report is None or report == self._reported or not self._connected:
            return None
        signed = sign_report(self._settings, self._signer, report)
        self._reported = report
        return signed

    def compare(self, sealed: SealedBatch) -> bool:
        """Ring the alarm when a quorum saw something else than this auditor; whether the vault has changed."""
        has_changed = False
        for executed in sealed.executed:
            body = executed.quantum.body
            if not isinstance(body, LedgerCommit):
                continue
            touches = any(isinstance(event, _TOUCHES_VAULT) for event in body.report.events)
            has_changed = has_changed or touches or _has_changed_vault(executed)
            if self._watcher.confirms(body.report) is False:
                self.contradiction = f"quantum {executed.leaf.apex} says otherwise than this auditor's Stellar server"
                log.error("ledger contradiction", extra={"reason": self.contradiction})
        return has_changed


def _has_changed_vault(executed: Executed) -> bool:
    """Whether a task gave the vault a trust line, or other signers."""
    return any(
        isinstance(effect, VaultTaskClosed) and effect.task in _TASKS_THAT_TOUCH_IT
        for group in executed.groups
        for effect in group.effects
    )
