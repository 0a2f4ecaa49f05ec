"""Whether a transaction may enter a ledger: the checks of stellar-core, in its order; the first failure decides.

The same checks run three times: when a transaction is submitted, when the next ledger is about to take it, and when
it is applied. At application the fee has already been paid, and a failure no longer keeps the transaction out: it is
in the ledger, as a failed one.
"""

from dataclasses import dataclass

from stellar_sdk import xdr

from constellation.sandbox.accounts import Account, starting_sequence
from constellation.sandbox.limits import INT64_MAX
from constellation.sandbox.operations import Operation, OperationFailed
from constellation.sandbox.results import Code, fee_bump_result, operation_result, transaction_result
from constellation.sandbox.settings import LedgerSettings
from constellation.sandbox.signatures import SignatureChecker, account_signers
from constellation.sandbox.state import State
from constellation.sandbox.transactions import Envelope, FeeBump, Preconditions, Transaction


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger for which a transaction is judged.

    Attributes:
        ledger_sequence: Its number.
        close_time: The time against which bounds are held.
        settings: The network's settings.
    """

    ledger_sequence: int
    close_time: int
    settings: LedgerSettings


class TransactionRejected(Exception):
    """A transaction does not meet the rules.

    Attributes:
        code: Which rule.
        operations: The operations' results, when one of them is the reason.
        consumes_sequence: Whether a transaction that is already in a ledger uses up its sequence number all the same.
    """

    def __init__(
        self,
        code: Code,
        operations: list[xdr.OperationResult] | None = None,
        *,
        consumes_sequence: bool = True,
    ) -> None:
        super().__init__(code.name)
        self.code = code
        self.operations = operations
        self.consumes_sequence = consumes_sequence


def admission_failure(state: State, moment: Moment, envelope: Envelope) -> xdr.TransactionResult | None:
    """Returns None when the transaction may enter the ledger, otherwise the result that says why not."""
    transaction, fee_bump = envelope.transaction, envelope.fee_bump
    try:
        if not envelope.is_supported:
            raise TransactionRejected(Code.txNOT_SUPPORTED)
        if fee_bump is not None:
            _check_fee_bump(state, moment.settings, envelope, fee_bump)
    except TransactionRejected as rejection:
        return transaction_result(0, rejection.code)
    try:
        checker = check_transaction(state, moment, transaction, pays_fee=fee_bump is None)
        _check_operations(state, transaction, checker)
        if not checker.all_used:
            raise TransactionRejected(Code.txBAD_AUTH_EXTRA)
    except TransactionRejected as rejection:
        result = transaction_result(0, rejection.code, rejection.operations)
        return result if fee_bump is None else fee_bump_result(0, transaction.hash, result)
    return None


def _check_fee_bump(state: State, settings: LedgerSettings, envelope: Envelope, fee_bump: FeeBump) -> None:
    inner, units = envelope.transaction, envelope.fee_units
    if fee_bump.fee < settings.base_fee_stroops * units:
        raise TransactionRejected(Code.txINSUFFICIENT_FEE)
    # The fee rates are compared by cross multiplication: the outer one must not be lower.
    if fee_bump.fee * (units - 1) < inner.fee * units:
        raise TransactionRejected(Code.txINSUFFICIENT_FEE)
    account = state.peek(fee_bump.source.account_id)
    if account is None:
        raise TransactionRejected(Code.txNO_ACCOUNT)
    checker = SignatureChecker(fee_bump.hash, fee_bump.signatures)
    if not checker.check(account_signers(account), account.low_threshold):
        raise TransactionRejected(Code.txBAD_AUTH)
    if account.available(settings.base_reserve_stroops) < fee_bump.fee:
        raise TransactionRejected(Code.txINSUFFICIENT_BALANCE)
    if not checker.all_used:
        raise TransactionRejected(Code.txBAD_AUTH_EXTRA)


def check_transaction(
    state: State, moment: Moment, transaction: Transaction, *, pays_fee: bool, is_applying: bool = False
) -> SignatureChecker:
    """Checks everything but the operations.

    Args:
        state: The ledger's state.
        moment: The ledger in question.
        transaction: The transaction.
        pays_fee: False inside a fee bump.
        is_applying: Whether the fee has already been taken.

    Returns:
        The checker, which knows the signatures used so far.

    Raises:
        TransactionRejected: when a rule is not met.
    """
    _check_preconditions(transaction, moment)
    if pays_fee and transaction.fee < moment.settings.base_fee_stroops * len(transaction.operations):
        raise TransactionRejected(Code.txINSUFFICIENT_FEE, consumes_sequence=False)
    account = state.peek(transaction.source.account_id)
    if account is None:
        raise TransactionRejected(Code.txNO_ACCOUNT, consumes_sequence=False)
    _check_sequence(transaction, account, moment)
    checker = SignatureChecker(transaction.hash, transaction.signatures)
    if not checker.check(account_signers(account), account.low_threshold):
        raise TransactionRejected(Code.txBAD_AUTH)
    extra = dict.fromkeys(transaction.preconditions.extra_signers, 1)
    if extra and not checker.check(extra, len(extra)):
        raise TransactionRejected(Code.txBAD_AUTH)
    available = account.available(moment.settings.base_reserve_stroops)
    if pays_fee and available < (0 if is_applying else transaction.fee):
        raise TransactionRejected(Code.txINSUFFICIENT_BALANCE)
    return checker


def _check_preconditions(transaction: Transaction, moment: Moment) -> None:
    conditions = transaction.preconditions
    extra = conditions.extra_signers
    if len(set(extra)) < len(extra) or (conditions.min_sequence or 0) < 0:
        raise TransactionRejected(Code.txMALFORMED, consumes_sequence=False)
    if not transaction.operations:
        raise TransactionRejected(Code.txMISSING_OPERATION, consumes_sequence=False)
    if conditions.min_time > moment.close_time or conditions.min_ledger > moment.ledger_sequence:
        raise TransactionRejected(Code.txTOO_EARLY, consumes_sequence=False)
    if _is_too_late(conditions, moment):
        raise TransactionRejected(Code.txTOO_LATE, consumes_sequence=False)


def _is_too_late(conditions: Preconditions, moment: Moment) -> bool:
    is_after = bool(conditions.max_time) and moment.close_time > conditions.max_time
    return is_after or (bool(conditions.max_ledger) and moment.ledger_sequence >= conditions.max_ledger)


def _check_sequence(transaction: Transaction, account: Account, moment: Moment) -> None:
    conditions, sequence = transaction.preconditions, transaction.sequence
    if conditions.min_sequence is None:
        is_next = account.sequence < INT64_MAX and sequence == account.sequence + 1
    else:
        is_next = conditions.min_sequence <= account.sequence < sequence
    if not is_next or sequence == starting_sequence(moment.ledger_sequence):
        raise TransactionRejected(Code.txBAD_SEQ, consumes_sequence=False)
    is_young = moment.close_time - conditions.min_sequence_age < account.sequence_time
    is_near = moment.ledger_sequence - conditions.min_sequence_ledger_gap < account.sequence_ledger
    if (conditions.min_sequence_age and is_young) or (conditions.min_sequence_ledger_gap and is_near):
        raise TransactionRejected(Code.txBAD_MIN_SEQ_AGE_OR_GAP)


def _check_operations(state: State, transaction: Transaction, checker: SignatureChecker) -> None:
    """Checks each operation's signatures and form; the first that fails ends it, as on the network."""
    results = [operation.unreached_result() for operation in transaction.operations]
    for index, operation in enumerate(transaction.operations):
        try:
            if not operation.is_supported:
                raise OperationFailed("opNOT_SUPPORTED")
            check_operation_signatures(state, transaction, operation, checker)
            operation.check()
        except OperationFailed as failure:
            results[index] = operation_result(operation.kind, failure.suffix, **failure.details)
            raise TransactionRejected(Code.txFAILED, results) from failure


def check_operation_signatures(
    state: State, transaction: Transaction, operation: Operation, checker: SignatureChecker
) -> None:
    """Checks that the operation's source has signed with the weight the operation takes.

    Raises:
        OperationFailed: when it has not.
    """
    account_id = operation.source.account_id
    account = state.peek(account_id)
    if account is not None:
        is_signed = checker.check(account_signers(account), operation.level.threshold(account))
    elif account_id == transaction.source.account_id:
        raise OperationFailed("opNO_ACCOUNT")
    else:
        # The account may come into being earlier in this very transaction: then its master key must have signed.
        is_signed = checker.check({account_id: 1}, 0)
    if not is_signed:
        raise OperationFailed("opBAD_AUTH")
