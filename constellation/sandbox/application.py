"""Applying a transaction that is in a ledger: the sequence number, the signatures, then all operations or none."""

from dataclasses import dataclass

from stellar_sdk import xdr

from constellation.sandbox.addresses import some
from constellation.sandbox.admission import (
    Moment,
    TransactionRejected,
    check_operation_signatures,
    check_transaction,
)
from constellation.sandbox.conversions import Conversions
from constellation.sandbox.operations import Context, Effect, OperationFailed
from constellation.sandbox.results import (
    Code,
    fee_bump_result,
    is_success,
    operation_result,
    transaction_result,
)
from constellation.sandbox.signatures import SignatureChecker, signer_key_from_xdr
from constellation.sandbox.state import State
from constellation.sandbox.transactions import Envelope, Transaction


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a transaction: its result, and the effects of each operation (none if it failed)."""

    result: xdr.TransactionResult
    effects: tuple[tuple[Effect, ...], ...]


def charge_fee(state: State, envelope: Envelope, fee: int) -> None:
    """Takes the fee; all fees of a ledger are taken before its first transaction is applied."""
    account = some(state.account(envelope.fee_account))
    assert account.balance >= fee, "admission made sure of the fee"
    account.balance -= fee


def apply_transaction(state: State, moment: Moment, envelope: Envelope, fee: int, conversions: Conversions) -> Applied:
    """Applies a transaction whose fee has been paid.

    Args:
        state: The layer of the ledger being closed; it is changed.
        moment: The ledger being closed.
        envelope: The transaction.
        fee: What it paid.
        conversions: The rates for path payments.
    """
    transaction = envelope.transaction
    try:
        _consume_sequence(state, moment, transaction, pays_fee=envelope.fee_bump is None)
        results, effects = _apply_operations(state, moment, transaction, conversions)
        is_successful = all(is_success(result) for result in results)
        inner = transaction_result(fee, Code.txSUCCESS if is_successful else Code.txFAILED, results)
    except TransactionRejected as rejection:
        inner = transaction_result(fee, rejection.code, rejection.operations)
        effects = ((),) * len(transaction.operations)
    if envelope.fee_bump is None:
        return Applied(inner, effects)
    return Applied(fee_bump_result(fee, transaction.hash, inner), effects)


def _consume_sequence(state: State, moment: Moment, transaction: Transaction, *, pays_fee: bool) -> None:
    """Consumes the sequence number once it proved right, even if a later check fails; checks the signatures."""
    rejection: TransactionRejected | None = None
    try:
        checker = check_transaction(state, moment, transaction, pays_fee=pays_fee, is_applying=True)
        _check_signatures(state, transaction, checker)
    except TransactionRejected as raised:
        if not raised.consumes_sequence:
            raise
        rejection = raised
    account = some(state.account(transaction.source.account_id))
    account.sequence = transaction.sequence
    account.sequence_ledger, account.sequence_time = moment.ledger_sequence, moment.close_time
    _remove_used_signers(state, transaction)
    if rejection is not None:
        raise rejection


def _check_signatures(state: State, transaction: Transaction, checker: SignatureChecker) -> None:
    results = [operation.unreached_result() for operation in transaction.operations]
    is_valid = True
    for index, operation in enumerate(transaction.operations):
        try:
            check_operation_signatures(state, transaction, operation, checker)
        except OperationFailed as failure:
            is_valid = False
            results[index] = operation_result(operation.kind, failure.suffix)
    if not is_valid:
        raise TransactionRejected(Code.txFAILED, results)
    if not checker.all_used:
        raise TransactionRejected(Code.txBAD_AUTH_EXTRA)


def _remove_used_signers(state: State, transaction: Transaction) -> None:
    """Removes the signers that stood for this one transaction (pre-authorized ones)."""
    key = xdr.SignerKey(xdr.SignerKeyType.SIGNER_KEY_TYPE_PRE_AUTH_TX, pre_auth_tx=xdr.Uint256(transaction.hash))
    name = signer_key_from_xdr(key)
    sources = [transaction.source, *(operation.source for operation in transaction.operations)]
    for account_id in dict.fromkeys(source.account_id for source in sources):
        account = state.peek(account_id)
        if account is not None and name in account.signers:
            del some(state.account(account_id)).signers[name]


def _apply_operations(
    state: State, moment: Moment, transaction: Transaction, conversions: Conversions
) -> tuple[list[xdr.OperationResult], tuple[tuple[Effect, ...], ...]]:
    """Applies every operation, also after a failure, to learn all results; keeps the changes if none failed."""
    layer = State(state)
    results: list[xdr.OperationResult] = []
    effects: list[tuple[Effect, ...]] = []
    for index, operation in enumerate(transaction.operations):
        context = Context(
            state=State(layer),
            ledger_sequence=moment.ledger_sequence,
            close_time=moment.close_time,
            base_reserve=moment.settings.base_reserve_stroops,
            conversions=conversions,
            source=operation.source,
            transaction_source=transaction.source.account_id,
            transaction_sequence=transaction.sequence,
            operation_index=index,
        )
        try:
            if context.state.peek(operation.source.account_id) is None:
                raise OperationFailed("opNO_ACCOUNT")
            details = operation.apply(context)
        except OperationFailed as failure:
            results.append(operation_result(operation.kind, failure.suffix, **failure.details))
            effects.append(())
        else:
            context.state.commit(moment.ledger_sequence)
            results.append(operation_result(operation.kind, "SUCCESS", **details))
            effects.append(tuple(context.effects))
    if all(is_success(result) for result in results):
        layer.commit(moment.ledger_sequence)
        return results, tuple(effects)
    return results, ((),) * len(results)
