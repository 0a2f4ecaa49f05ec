"""The deterministic state machine: the same quanta give the same bytes on every node."""

from dataclasses import dataclass
from hashlib import sha256

from constellation.matching.engine import Emit, emit
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import APEX_MAX
from constellation.protocol.merkle import leaf_hash, merkle_root
from constellation.protocol.messages import (
    BalanceChanged,
    CancelOrder,
    CloseAccount,
    Code,
    Effect,
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
from constellation.quanta.cancel_order import execute_cancel_order
from constellation.quanta.context import Context
from constellation.quanta.governance import execute_governance_commit
from constellation.quanta.ledger_commit import execute_ledger_commit
from constellation.quanta.limit_order import execute_limit_order
from constellation.quanta.payment import execute_payment
from constellation.quanta.register_routing import execute_register_routing
from constellation.quanta.request import check_request
from constellation.quanta.state import EntryKind, State, number_key
from constellation.quanta.term_commit import execute_term_commit
from constellation.quanta.withdrawal import execute_close_account, execute_withdrawal

_COUNT_BYTES = 4  # of a list, before its items


@dataclass(slots=True)
class Executed:
    """A quantum and what it did.

    Attributes:
        quantum: as it is stored and relayed.
        leaf: what the batch's Merkle tree commits to.
        groups: its effects by account, in the order of their first effect.
        group_hashes: leaf hashes of the groups.
        effects_bytes: length of the groups as they are stored.
    """

    quantum: Quantum
    leaf: QuantumLeaf
    groups: list[EffectGroup]
    group_hashes: list[bytes]
    effects_bytes: int


def describe(apex: int, quantum: Quantum, groups: list[EffectGroup]) -> Executed:
    """A quantum and its effects with what the batch's Merkle tree commits to."""
    encoded = [group.to_xdr() for group in groups]
    group_hashes = [leaf_hash(xdr) for xdr in encoded]
    body = sha256(encode_quantum_body(quantum.body)).digest()
    leaf = QuantumLeaf(apex, quantum.timestamp, body, merkle_root(group_hashes))
    return Executed(quantum, leaf, groups, group_hashes, _COUNT_BYTES + sum(map(len, encoded)))


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
        context = Context(state, state.apex + 1, timestamp, {})
        match body:
            case SignedRequest():
                self._execute_request(context, body)
            case LedgerCommit():
                execute_ledger_commit(context, body)
            case GovernanceCommit():
                execute_governance_commit(context, body)
            case TermCommit():
                execute_term_commit(context, body)
        state.apex = context.apex
        state.timestamp = timestamp
        return self._finish(context, body)

    def _execute_request(self, context: Context, signed: SignedRequest) -> None:
        request = signed.request
        account = check_request(context.state, request, context.timestamp)
        match request.operation:
            case LimitOrder() as operation:
                execute_limit_order(context, account, operation)
            case CancelOrder() as operation:
                execute_cancel_order(context, account, operation)
            case Payment() as operation:
                execute_payment(context, account, operation)
            case Withdrawal() as operation:
                execute_withdrawal(context, account, operation)
            case CloseAccount() as operation:
                execute_close_account(context, account, operation)
            case RegisterRouting() as operation:
                execute_register_routing(context, account, operation)
        account.nonce = request.nonce

    def _finish(self, context: Context, body: QuantumBody) -> Executed:
        self._report_balances(context.effects)
        groups = [self._number(context.apex, key, effects) for key, effects in context.effects.items()]
        changed = self.state.changed
        for order_id in self.state.engine.take_changed():
            changed[number_key(EntryKind.ORDER, order_id)] = None
        return describe(context.apex, Quantum(context.timestamp, body), groups)

    def _report_balances(self, effects: Emit) -> None:
        """End each group with the balances that the quantum changed."""
        for account, balances in self.state.vault.take_touched().items():
            for asset, balance in balances.items():
                emit(effects, account.key, BalanceChanged(asset, balance.amount, balance.liabilities))

    def _number(self, apex: int, key: bytes, effects: list[Effect]) -> EffectGroup:
        state = self.state
        if key == state.settings.vault:
            first = state.system_effect_number + 1
            state.system_effect_number += len(effects)
        else:
            account = state.vault.accounts[key]
            first = account.effect_number + 1
            account.effect_number += len(effects)
            state.changed[(EntryKind.ACCOUNT, key)] = None
        return EffectGroup(key, apex, first, effects)
