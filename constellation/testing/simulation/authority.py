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
    MergeSubAccount,
    OpenHold,
    OpenSubAccount,
    Operation,
    OperationRefused,
    Payment,
    ReplaceOrder,
    RequestBatch,
    SubAccountMerged,
    SubAccountOpened,
    Withdrawal,
)
from constellation.protocol.sub_accounts import sub_account_key
from constellation.quanta import Executed

_RIGHTS = {1: ("Order", "CancelAll"), 2: ("Payment", "Hold"), 4: ("Withdrawal",)}
_LOCKS = {
    1: (LimitOrder, MarketOrder, ReplaceOrder),
    2: (Payment, OpenHold, OpenSubAccount, MergeSubAccount),
    4: (Withdrawal,),
}


@dataclass
class _Keys:
    """Of one account: its owner, its agents' rights and expiries, its lock and its open sub-accounts.

    A sub-account has its parent's owner, None while it is not open; whoever signs by name signs after ``since``.
    """

    owner: bytes | None
    is_rotated: bool = False
    agents: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    lock: tuple[int, int | None] = (0, None)
    parent: bytes | None = None
    since: int = 0
    sub_accounts: set[bytes] = field(default_factory=set)

    def give_to(self, owner: bytes | None, now_us: int) -> None:
        """Another key is the owner's, or none; whoever was an agent is none any more."""
        self.owner, self.is_rotated, self.since = owner, True, now_us
        self.agents.clear()

    def take(self, effect: Effect) -> None:
        """Something has changed."""
        match effect:
            case AgentAppointed():
                self.agents[effect.agent] = effect.rights, effect.expires_at
            case AgentDismissed():
                self.agents.pop(effect.agent, None)
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
            self._take(account, effect, executed.quantum.timestamp)

    def _take(self, account: bytes, effect: Effect, now_us: int) -> None:
        keys = self._of(account)
        match effect:
            case KeyRotated() if keys.parent is None:
                for member in (account, *sorted(keys.sub_accounts)):
                    self._of(member).give_to(effect.new_key, now_us)
            case SubAccountOpened() if account == effect.parent:
                keys.sub_accounts.add(effect.account)
                sub = self._of(effect.account)
                sub.parent = account
                sub.give_to(keys.owner, now_us)
            case SubAccountMerged() if account == effect.parent:
                keys.sub_accounts.remove(effect.account)
                self._of(effect.account).give_to(None, now_us)
            case _:
                keys.take(effect)

    def _of(self, account: bytes) -> _Keys:
        return self._keys.setdefault(account, _Keys(account))

    def _error(self, signed: Submission, executed: Executed) -> str | None:
        request, now_us = signed.request, executed.quantum.timestamp
        operation = request.operations[executed.place] if isinstance(request, RequestBatch) else request.operation
        name, keys = type(operation).__name__, self._of(request.account)
        merged = isinstance(operation, MergeSubAccount) and sub_account_key(request.account, operation.number)
        locks, until = self._of(merged or request.account).lock
        if (until is None or now_us <= until) and _is_locked(locks, operation):
            return f"{name} was locked"
        if request.signer is not None and request.signer == keys.owner:
            return f"{name} was signed before the owner owned it" if request.nonce <= keys.since else None
        if request.signer is None and not keys.is_rotated:
            return None
        rights, expires_at = keys.agents.get(request.signer or b"", (0, 0))
        if now_us > expires_at:
            return f"{name} was signed by somebody who is no agent, or none any more"
        if not any(bit & rights and any(word in name for word in words) for bit, words in _RIGHTS.items()):
            return f"{name} was signed by an agent without the right to it"
        return None


def _is_locked(locks: int, operation: Operation) -> bool:
    return any(bit & locks and isinstance(operation, kinds) for bit, kinds in _LOCKS.items())
