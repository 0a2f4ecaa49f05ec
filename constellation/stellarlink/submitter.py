"""Brings the transactions of prepared withdrawals to the ledger. No I/O.

========================  =============================================================================
after a submission        what happens next
========================  =============================================================================
included, failed          nothing: the auditors learn from the ledger what became of it
unknown                   the same bytes again, soon at first and then less often
rejected                  logged; the same bytes again, seldom: a full queue or a raised fee may pass
========================  =============================================================================

No envelope is sent after its time bound, and none is ever built anew: a withdrawal has one transaction, which
every node derived, and the bytes that were sent first are the bytes that are sent again. What a withdrawal came to
is decided by the ledger alone and arrives as a ledger commit, upon which its transaction is no longer tracked.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from stellar_sdk import TransactionEnvelope

from constellation.protocol.messages import Settings, WithdrawalSignature
from constellation.stellarlink.network import SubmitOutcome, SubmitStatus
from constellation.stellarlink.signatures import SignatureSet
from constellation.vault import PreparedTask
from constellation.vault.transactions import task_envelope

UNKNOWN_RETRY_S: Final = 1
"""First pause after an unknown outcome; it doubles."""

UNKNOWN_RETRY_MAX_S: Final = 30
"""Longest pause after an unknown outcome: several tries fit the shortest lifetime of a withdrawal."""

REJECTED_RETRY_S: Final = 10
"""Pause after a rejection: about two ledgers."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tracked:
    envelope: TransactionEnvelope
    max_time_s: int
    signatures: SignatureSet
    envelope_xdr: str | None = None
    is_in_flight: bool = False
    is_settled: bool = False
    unknown_outcomes: int = 0
    not_before_s: float = 0


class WithdrawalSubmitter:
    """The prepared withdrawals of one constellation on their way to the ledger.

    Args:
        settings: of the constellation.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tracked: dict[bytes, _Tracked] = {}

    def __len__(self) -> int:
        return len(self._tracked)

    def __contains__(self, transaction_hash: bytes) -> bool:
        return transaction_hash in self._tracked

    def follow(self, settings: Settings, prepared: Iterable[PreparedTask]) -> None:
        """Collect signatures for exactly these, which are all that are open; ``settings`` are those in force."""
        open_now = {item.transaction: item for item in prepared}
        for transaction_hash in [known for known in self._tracked if known not in open_now]:
            self.forget(transaction_hash)
        for item in open_now.values():
            self.track(settings, item)

    def track(self, settings: Settings, prepared: PreparedTask) -> None:
        """Begin to collect signatures for ``prepared``; a second call changes nothing.

        A channel carries one transaction at a time, so the settings' channels bound how many there are.
        """
        if prepared.transaction in self._tracked:
            return
        envelope = task_envelope(settings, prepared)
        assert envelope.hash() == prepared.transaction, "the core's transaction was derived differently"
        signatures = SignatureSet(self._settings, prepared.transaction)
        self._tracked[prepared.transaction] = _Tracked(envelope, prepared.max_time_s, signatures)

    def forget(self, transaction_hash: bytes) -> None:
        """The withdrawal is closed; unknown hashes are fine."""
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

    def ready(self, now_s: float) -> list[tuple[bytes, str]]:
        """Hashes and base64 envelopes to submit now, each with exactly a quorum of signatures.

        Each is handed out again only after :meth:`record` told what became of it.
        """
        due = []
        for transaction_hash, tracked in self._tracked.items():
            if tracked.is_in_flight or tracked.is_settled or not tracked.signatures.is_enough:
                continue
            if tracked.not_before_s <= now_s <= tracked.max_time_s:
                tracked.is_in_flight = True
                due.append((transaction_hash, _final_xdr(tracked)))
        return due

    def record(self, transaction_hash: bytes, outcome: SubmitOutcome, now_s: float) -> None:
        """Note what a submission came to."""
        tracked = self._tracked.get(transaction_hash)
        if tracked is None:
            return
        tracked.is_in_flight = False
        match outcome.status:
            case SubmitStatus.INCLUDED | SubmitStatus.FAILED:
                tracked.is_settled = True
                pause_s: float = 0
            case SubmitStatus.UNKNOWN:
                tracked.unknown_outcomes += 1
                pause_s = min(UNKNOWN_RETRY_MAX_S, UNKNOWN_RETRY_S << (min(tracked.unknown_outcomes, 16) - 1))
            case SubmitStatus.REJECTED:
                pause_s = REJECTED_RETRY_S
        tracked.not_before_s = now_s + max(pause_s, outcome.retry_after_s or 0)
        level = logging.INFO if outcome.status is SubmitStatus.INCLUDED else logging.WARNING
        logger.log(level, "withdrawal transaction %s: %s", transaction_hash.hex(), outcome)


def _final_xdr(tracked: _Tracked) -> str:
    """The signed envelope, made once: later signatures must not change what was sent."""
    if tracked.envelope_xdr is None:
        tracked.envelope.signatures = tracked.signatures.exactly_enough()
        tracked.envelope_xdr = tracked.envelope.to_xdr()
    return tracked.envelope_xdr
