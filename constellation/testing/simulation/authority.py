"""Who was allowed to do what, by all that accounts were told of their keys: every executed request is judged by it."""

from dataclasses import dataclass, field

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import (
    AgentAppointed,
    AgentDismissed,
    Effect,
    KeyRotated,
    LimitOrder,
    LockChanged,
    MarketOrder,
    OpenHold,
    Operation,
    OperationRefused,
    Payment,
    ReplaceOrder,
    RequestBatch,
    Withdrawal,
)
from constellation.quanta import Executed

_RIGHTS = {1: ("Order", "CancelAll"), 2: ("Payment", "Hold"), 4: ("Withdrawal",)}
_LOCKS = {1: (LimitOrder, MarketOrder, ReplaceOrder), 2: (Payment, OpenHold), 4: (Withdrawal,)}


@dataclass
class _Keys:
    """Of one account: its owner, its agents' rights and expiries, and its lock."""

    owner: bytes
    is_rotated: bool = False
    agents: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    lock: tuple[int, int | None] = (0, None)

    def take(self, effect: Effect) -> None:
        """Something has changed."""
        match effect:
            case AgentAppointed():
                self.agents[effect.agent] = effect.rights, effect.expires_at
            case AgentDismissed():
                self.agents.pop(effect.agent)
            case KeyRotated():
                self.owner, self.is_rotated = effect.new_key, True
            case LockChanged():
                self.lock = effect.locks, effect.until
            case _:
                pass


class Authority:
    """The keys of all accounts.

    Attributes:
        errors: what nobody was allowed to do, and was done.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._keys: dict[bytes, _Keys] = {}

    def enter(self, executed: Executed) -> None:
        """Judge what was executed, then take what it has changed."""
        body, effects = executed.quantum.body, [(group.account, e) for group in executed.groups for e in group.effects]
        if isinstance(body, Submission) and not any(isinstance(effect, OperationRefused) for _, effect in effects):
            error = self._error(body, executed)
            if error is not None:
                self.errors.append(f"apex {executed.leaf.apex}: {error}")
        for account, effect in effects:
            self._of(account).take(effect)

    def _of(self, account: bytes) -> _Keys:
        return self._keys.setdefault(account, _Keys(account))

    def _error(self, signed: Submission, executed: Executed) -> str | None:
        request, now_us = signed.request, executed.quantum.timestamp
        operation = request.operations[executed.place] if isinstance(request, RequestBatch) else request.operation
        name, keys = type(operation).__name__, self._of(request.account)
        locks, until = keys.lock
        if (until is None or now_us <= until) and _is_locked(locks, operation):
            return f"{name} was locked"
        if request.signer == keys.owner or (request.signer is None and not keys.is_rotated):
            return None
        rights, expires_at = keys.agents.get(request.signer or b"", (0, 0))
        if now_us > expires_at:
            return f"{name} was signed by somebody who is no agent, or none any more"
        if not any(bit & rights and any(word in name for word in words) for bit, words in _RIGHTS.items()):
            return f"{name} was signed by an agent without the right to it"
        return None


def _is_locked(locks: int, operation: Operation) -> bool:
    return any(bit & locks and isinstance(operation, kinds) for bit, kinds in _LOCKS.items())
