"""Transaction results: building their XDR, and the names Horizon gives to their codes."""

from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.addresses import some

Code = xdr.TransactionResultCode
OperationCode = xdr.OperationResultCode

_CODES_WITH_OPERATIONS = {Code.txSUCCESS, Code.txFAILED}

_TRANSACTION_NAMES = {
    Code.txNO_ACCOUNT: "tx_no_source_account",
    Code.txBAD_MIN_SEQ_AGE_OR_GAP: "tx_bad_minseq_age_or_gap",
}
_OPERATION_NAMES = {
    "opNO_ACCOUNT": "op_no_source_account",
    "CREATE_ACCOUNT_ALREADY_EXIST": "op_already_exists",
    "ACCOUNT_MERGE_SEQNUM_TOO_FAR": "op_seq_num_too_far",
    "CHANGE_TRUST_NOT_AUTH_MAINTAIN_LIABILITIES": "op_not_aut_maintain_liabilities",
    "MANAGE_DATA_NAME_NOT_FOUND": "op_data_name_not_found",
    "MANAGE_DATA_INVALID_NAME": "op_data_invalid_name",
    "PATH_PAYMENT_STRICT_RECEIVE_OFFER_CROSS_SELF": "op_cross_self",
    "PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX": "op_over_source_max",
    "PATH_PAYMENT_STRICT_SEND_OFFER_CROSS_SELF": "op_cross_self",
    "PATH_PAYMENT_STRICT_SEND_UNDER_DESTMIN": "op_under_dest_min",
    "SET_TRUST_LINE_FLAGS_NO_TRUST_LINE": "op_no_trust",
    "ALLOW_TRUST_NO_TRUST_LINE": "op_no_trust",
    "CLAWBACK_CLAIMABLE_BALANCE_NOT_ISSUER": "op_no_issuer",
}
"""Where Horizon's name is not simply the code without its prefix, in lower case."""


def operation_result(kind: xdr.OperationType, suffix: str, **details: Any) -> xdr.OperationResult:
    """Builds the result of one operation.

    Args:
        kind: The operation's type.
        suffix: The code's name without the type's prefix, like `NO_TRUST`; or one of the codes common to all
            operations, like `opBAD_AUTH`.
        details: What the result carries beside the code, by the name of the XDR field.
    """
    if suffix.startswith("op"):
        return xdr.OperationResult(OperationCode.__members__[suffix])
    # The SDK generated one class, one enumeration and one field per operation, named by one scheme.
    name = "".join(word.capitalize() for word in kind.name.split("_")) + "Result"
    code = getattr(xdr, f"{name}Code")[f"{kind.name}_{suffix}"]
    union = xdr.OperationResultTr(kind, **{_field(kind): getattr(xdr, name)(code, **details)})
    return xdr.OperationResult(OperationCode.opINNER, union)


def _field(kind: xdr.OperationType) -> str:
    is_short = kind == xdr.OperationType.BUMP_SEQUENCE
    return "bump_seq_result" if is_short else f"{kind.name.lower()}_result"


def is_success(result: xdr.OperationResult) -> bool:
    """Whether the operation was applied (and stays, if all others of its transaction were)."""
    return result.code == OperationCode.opINNER and operation_value(result).code.value == 0


def operation_value(result: xdr.OperationResult) -> Any:
    """Returns the operation's own result, like a `PaymentResult`."""
    union = some(result.tr)
    return getattr(union, _field(union.type))


def transaction_result(
    fee_charged: int, code: Code, operations: list[xdr.OperationResult] | None = None
) -> xdr.TransactionResult:
    """Builds the result of a transaction that is not a fee bump."""
    results = operations if code in _CODES_WITH_OPERATIONS else None
    union = xdr.TransactionResultResult(code, results=results)
    return xdr.TransactionResult(xdr.Int64(fee_charged), union, xdr.TransactionResultExt(0))


def fee_bump_result(fee_charged: int, inner_hash: bytes, inner: xdr.TransactionResult) -> xdr.TransactionResult:
    """Wraps the result of a fee bump's inner transaction."""
    is_successful = inner.result.code == Code.txSUCCESS
    code = Code.txFEE_BUMP_INNER_SUCCESS if is_successful else Code.txFEE_BUMP_INNER_FAILED
    union = xdr.InnerTransactionResultResult(inner.result.code, inner.result.results)
    # The inner fee is always zero: the outer transaction paid.
    result = xdr.InnerTransactionResult(xdr.Int64(0), union, xdr.InnerTransactionResultExt(0))
    pair = xdr.InnerTransactionResultPair(xdr.Hash(inner_hash), result)
    outer = xdr.TransactionResultResult(code, inner_result_pair=pair)
    return xdr.TransactionResult(xdr.Int64(fee_charged), outer, xdr.TransactionResultExt(0))


def is_successful(result: xdr.TransactionResult) -> bool:
    """Whether all operations of the transaction were applied."""
    return result.result.code in {Code.txSUCCESS, Code.txFEE_BUMP_INNER_SUCCESS}


def operation_results(result: xdr.TransactionResult) -> list[xdr.OperationResult]:
    """Returns the operations' results, of a fee bump the inner ones; empty when there are none."""
    pair = result.result.inner_result_pair
    return (pair.result.result.results if pair else result.result.results) or []


def result_codes(result: xdr.TransactionResult) -> dict[str, object]:
    """Returns Horizon's `result_codes` object."""
    codes: dict[str, object] = {"transaction": _transaction_name(result.result.code)}
    if result.result.inner_result_pair is not None:
        codes["inner_transaction"] = _transaction_name(result.result.inner_result_pair.result.result.code)
    operations = operation_results(result)
    if operations:
        codes["operations"] = [operation_name(each) for each in operations]
    return codes


def _transaction_name(code: Code) -> str:
    return _TRANSACTION_NAMES.get(code, "tx_" + code.name.removeprefix("tx").lower())


def operation_name(result: xdr.OperationResult) -> str:
    """Returns Horizon's name of an operation's result, like `op_no_trust`."""
    if result.code != OperationCode.opINNER:
        code = result.code.name
        return _OPERATION_NAMES.get(code, "op_" + code.removeprefix("op").lower())
    name: str = operation_value(result).code.name
    return _OPERATION_NAMES.get(name, "op_" + name.removeprefix(some(result.tr).type.name + "_").lower())
