"""The naive exchange as a whole."""

from constellation.protocol.messages import (
    Code,
    EffectGroup,
    GovernanceCommit,
    LedgerCommit,
    ModeCommit,
    QuantumBody,
    Settings,
    SignedRequest,
    SignedRequestBatch,
    TermCommit,
    TimeCommit,
)
from constellation.testing.naive import batches, governance, keys, modes, reports, requests, terms, times
from constellation.testing.naive.model import NaiveModel


class NaiveExchange:
    """Executes quanta by the book of rules.

    Args:
        settings: valid ones.

    Attributes:
        model: everything it knows.
    """

    def __init__(self, settings: Settings) -> None:
        self.model = NaiveModel(settings)

    def execute_all(self, timestamp: int, body: QuantumBody) -> list[list[EffectGroup]] | Code:
        """Execute a body: one quantum, or those of a request batch; the effects of each, or as :meth:`execute`."""
        if isinstance(body, SignedRequestBatch):
            self.model.now_us = timestamp
            return batches.execute(self.model, body.request)
        effects = self.execute(timestamp, body)
        return effects if isinstance(effects, Code) else [effects]

    def execute(self, timestamp: int, body: QuantumBody) -> list[EffectGroup] | Code:
        """Execute a body that is one quantum.

        Args:
            timestamp: in microseconds.
            body: a request whose signature was checked, a ledger commit, a decision of the auditors, a new term, a
                time commit, or another mode.

        Returns:
            the effects by account, or the code it is refused with; then nothing has changed.
        """
        model = self.model
        model.now_us = timestamp
        model.met = model.cancelled = 0
        refusal = self._why_refuse(body)
        if refusal is not None:
            return refusal
        model.begin()
        match body:
            case SignedRequest(request=request):
                keys.note_nonce(model, request)
                requests.do(model, request.account, request.operation)
            case LedgerCommit(report=report):
                reports.apply(model, report)
            case GovernanceCommit(proposal=proposal):
                governance.decide(model, proposal.decision)
            case TermCommit(signed=signed):
                terms.begin(model, signed.appointment)
            case TimeCommit():
                times.come(model)
            case ModeCommit():
                modes.begin(model, body)
        return model.end()

    def _why_refuse(self, body: QuantumBody) -> Code | None:
        match body:
            case SignedRequest(request=request):
                return requests.why_refuse(self.model, request)
            case LedgerCommit():
                return reports.why_refuse(self.model, body)
            case GovernanceCommit():
                return governance.why_refuse(self.model, body)
            case TermCommit():
                return terms.why_refuse(self.model, body)
            case TimeCommit():
                return times.why_refuse(self.model, body)
            case ModeCommit():
                return modes.why_refuse(self.model, body)
            case SignedRequestBatch():
                raise TypeError("a request batch is as many quanta as it has operations")

    def locked(self, owner: bytes, asset: int) -> int:
        """What the account's orders and withdrawals lock of ``asset``."""
        return self.model.locked(owner, asset)

    def accounts(self) -> dict[bytes, dict[int, tuple[int, int]]]:
        """Balance and what is locked of it, by account key and asset id."""
        return {
            owner: {asset: (amount, self.locked(owner, asset)) for asset, amount in balances.items()}
            for owner, balances in self.model.balances.items()
        }
