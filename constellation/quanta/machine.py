"""The deterministic state machine: the same quanta give the same bytes on every node."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import APEX_MAX
from constellation.protocol.merkle import leaf_hash, merkle_root
from constellation.protocol.messages import (
    BalanceChanged,
    CancelOrder,
    CloseAccount,
    Code,
    EffectGroup,
    GovernanceCommit,
    LedgerCommit,
    LimitOrder,
    Payment,
    Quantum,
    QuantumBody,
    QuantumLeaf,
    RegisterRouting,
    Settings,
    SignedRequest,
    TermCommit,
    Withdrawal,
    encode_quantum_body,
)
from constellation.protocol.state_proofs import NUMBER_BYTES
from constellation.quanta.cancel_order import execute_cancel_order
from constellation.quanta.context import Context
from constellation.quanta.governance import execute_governance_commit
from constellation.quanta.ledger_commit import execute_ledger_commit
from constellation.quanta.limit_order import execute_limit_order
from constellation.quanta.payment import execute_payment
from constellation.quanta.register_routing import execute_register_routing
from constellation.quanta.request import check_request
from constellation.quanta.state import EntryKind, State, identity_key
from constellation.quanta.term_commit import execute_term_commit
from constellation.quanta.withdrawal import execute_close_account, execute_withdrawal
from constellation.vault import Account

_COUNT_BYTES: Final = 4  # of a list, before its items
_ACCOUNT: Final = identity_key(EntryKind.ACCOUNT, b"")
_ORDER: Final = identity_key(EntryKind.ORDER, b"")


@dataclass(slots=True)
class Executed:
    """A quantum and what it did.

    Attributes:
        quantum: as it is stored and relayed.
        leaf: what the batch's Merkle tree commits to.
        groups: its effects by account, in the order of their first effect.
        group_hashes: leaf hashes of the groups.
    """

    quantum: Quantum
    leaf: QuantumLeaf
    groups: list[EffectGroup]
    group_hashes: list[bytes]

    @property
    def effects_bytes(self) -> int:
        """Length of the groups as they are stored."""
        return _COUNT_BYTES + sum([len(group.to_xdr()) for group in self.groups])


def describe(apex: int, quantum: Quantum, groups: list[EffectGroup]) -> Executed:
    """A quantum and its effects with what the batch's Merkle tree commits to."""
    group_hashes = [leaf_hash(group.to_xdr()) for group in groups]
    body = sha256(encode_quantum_body(quantum.body)).digest()
    leaf = QuantumLeaf(apex, quantum.timestamp, body, merkle_root(group_hashes))
    return Executed(quantum, leaf, groups, group_hashes)


class Machine:
    """Executes quanta on a state.

    :meth:`execute` changes the state whole or not at all: every handler checks everything before its first change.

    Args:
        settings: of the constellation.

    Attributes:
        state: readable by all, changed by :meth:`execute` alone.
    """

    __slots__ = ("state",)

    def __init__(self, settings: Settings) -> None:
        self.state = State(settings)

    @classmethod
    def from_state(cls, state: State) -> "Machine":
        """A machine that continues from a restored state."""
        machine = cls.__new__(cls)
        machine.state = state
        return machine

    def execute(self, timestamp: int, body: QuantumBody) -> Executed:
        """Execute one quantum.

        Args:
            timestamp: its time in microseconds, not before the last quantum's.
            body: a request whose signature was checked, a ledger commit, a decision of the auditors, or a new term.

        Raises:
            Rejection: it breaks a rule, or HALTED: there are no numbers left; the state is unchanged.
        """
        state = self.state
        assert timestamp >= state.timestamp, "time never goes back"
        if state.apex >= APEX_MAX:
            raise Rejection(Code.HALTED, f"there is no quantum after {APEX_MAX}")
        context = Context(state, state.apex + 1, timestamp, defaultdict(list))
        _EXECUTE[type(body)](context, body)
        state.apex = context.apex
        state.timestamp = timestamp
        return describe(context.apex, Quantum(timestamp, body), _effect_groups(context))


def _execute_request(context: Context, signed: SignedRequest) -> None:
    request = signed.request
    account = check_request(context.state, request, context.timestamp)
    operation = request.operation
    _EXECUTE_OPERATION[type(operation)](context, account, operation)
    account.nonce = request.nonce


_EXECUTE: Final[Mapping[type, Callable[[Context, Any], None]]] = {
    SignedRequest: _execute_request,
    LedgerCommit: execute_ledger_commit,
    GovernanceCommit: execute_governance_commit,
    TermCommit: execute_term_commit,
}

_EXECUTE_OPERATION: Final[Mapping[type, Callable[[Context, Account, Any], None]]] = {
    LimitOrder: execute_limit_order,
    CancelOrder: execute_cancel_order,
    Payment: execute_payment,
    Withdrawal: execute_withdrawal,
    CloseAccount: execute_close_account,
    RegisterRouting: execute_register_routing,
}


def _effect_groups(context: Context) -> list[EffectGroup]:
    """The effects of the quantum by account, numbered; each group ends with the balances that changed."""
    state, effects, apex = context.state, context.effects, context.apex
    accounts, changed = state.vault.accounts, state.changed
    for balance, (key, asset) in state.vault.take_touched().items():
        effects[key].append(BalanceChanged(asset, balance.amount, balance.liabilities))
    groups = []
    for key, own in effects.items():
        account = accounts.get(key)
        if account is None:  # the constellation's own group, which has the vault's key
            first = state.system_effect_number + 1
            state.system_effect_number += len(own)
        else:
            first = account.effect_number + 1
            account.effect_number += len(own)
            changed[_ACCOUNT + key] = None
        groups.append(EffectGroup(key, apex, first, own))
    for order_id in state.engine.take_changed():
        changed[_ORDER + order_id.to_bytes(NUMBER_BYTES, "big")] = None
    return groups
