"""What one operation of a successful transaction means to the constellation."""

from collections.abc import Callable
from typing import NamedTuple

from stellar_sdk import xdr

from constellation.protocol.messages import (
    AssetIdentity,
    ClaimableDeposit,
    CreditAsset,
    LedgerDeposit,
    LedgerEvent,
    LedgerMemo,
    VaultAuthorization,
    VaultClawback,
)
from constellation.stellarlink.decoding import account_of, asset_of, code_of, key_of, some

_Operations = xdr.OperationType


class Place(NamedTuple):
    """Where an operation is, and what its transaction says for all of them.

    Attributes:
        operation: its place on the ledger; in the transaction's own, the first has the next one.
        transaction: the hash that the ledger shows.
        source: who acts.
        memo: of the transaction.
    """

    operation: int
    transaction: bytes
    source: bytes
    memo: LedgerMemo


class _Transfer(NamedTuple):
    """Money that an operation moved to an account."""

    destination: bytes
    muxed_id: int | None
    asset: AssetIdentity
    amount: int


def operation_event(
    vault: bytes, place: Place, body: xdr.OperationBody, outcome: xdr.OperationResultTr
) -> LedgerEvent | None:
    """The event of an operation, if it is one to ``vault``.

    Raises:
        ValueError: operation and outcome do not fit together.
    """
    read = _TRANSFERS.get(body.type)
    if read is not None:
        return _deposit(vault, place, read(body, outcome))
    match body.type:
        case _Operations.CREATE_CLAIMABLE_BALANCE:
            return _claimable(vault, place, some(body.create_claimable_balance_op), outcome)
        case _Operations.CLAWBACK:
            return _clawback(vault, place, some(body.clawback_op))
        case _Operations.ALLOW_TRUST:
            return _allowed(vault, place, some(body.allow_trust_op))
        case _Operations.SET_TRUST_LINE_FLAGS:
            return _flags_set(vault, place, some(body.set_trust_line_flags_op))
    return None


def _deposit(vault: bytes, place: Place, transfer: _Transfer) -> LedgerDeposit | None:
    if transfer.destination != vault or place.source == vault:
        return None
    if transfer.amount < 0:
        raise ValueError("an operation moves a negative amount")
    if transfer.amount == 0:
        return None
    return LedgerDeposit(
        place.operation,
        place.transaction,
        transfer.asset,
        transfer.amount,
        place.source,
        place.memo,
        transfer.muxed_id,
    )


def _claimable(
    vault: bytes, place: Place, operation: xdr.CreateClaimableBalanceOp, outcome: xdr.OperationResultTr
) -> ClaimableDeposit | None:
    claimants = [some(claimant.v0) for claimant in operation.claimants]
    is_ours = any(
        key_of(claimant.destination) == vault
        and claimant.predicate.type is xdr.ClaimPredicateType.CLAIM_PREDICATE_UNCONDITIONAL
        for claimant in claimants
    )
    if not is_ours or place.source == vault:
        return None
    balance = some(some(outcome.create_claimable_balance_result).balance_id)
    return ClaimableDeposit(
        place.operation,
        place.transaction,
        some(balance.v0).hash,
        asset_of(operation.asset),
        operation.amount.int64,
        place.source,
        place.memo,
    )


def _clawback(vault: bytes, place: Place, operation: xdr.ClawbackOp) -> VaultClawback | None:
    if account_of(operation.from_) != vault:
        return None
    return VaultClawback(place.operation, place.transaction, asset_of(operation.asset), operation.amount.int64)


def _allowed(vault: bytes, place: Place, operation: xdr.AllowTrustOp) -> VaultAuthorization | None:
    if key_of(operation.trustor) != vault:
        return None
    code = operation.asset.asset_code4 or some(operation.asset.asset_code12)
    padded = code.asset_code4 if isinstance(code, xdr.AssetCode4) else code.asset_code12
    asset = CreditAsset(code_of(padded), place.source)
    is_full = bool(operation.authorize.uint32 & xdr.TrustLineFlags.AUTHORIZED_FLAG)
    return VaultAuthorization(place.operation, place.transaction, asset, is_full)


def _flags_set(vault: bytes, place: Place, operation: xdr.SetTrustLineFlagsOp) -> VaultAuthorization | None:
    if key_of(operation.trustor) != vault:
        return None
    flag = xdr.TrustLineFlags.AUTHORIZED_FLAG
    is_set, is_cleared = operation.set_flags.uint32 & flag, operation.clear_flags.uint32 & flag
    if not is_set and not is_cleared:
        return None
    return VaultAuthorization(place.operation, place.transaction, asset_of(operation.asset), bool(is_set))


def _payment(body: xdr.OperationBody, _: xdr.OperationResultTr) -> _Transfer:
    operation = some(body.payment_op)
    return _to(operation.destination, asset_of(operation.asset), operation.amount.int64)


def _create_account(body: xdr.OperationBody, _: xdr.OperationResultTr) -> _Transfer:
    operation = some(body.create_account_op)
    return _Transfer(key_of(operation.destination), None, None, operation.starting_balance.int64)


def _account_merge(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    merged = some(some(outcome.account_merge_result).source_account_balance)
    return _to(some(body.destination), None, merged.int64)


def _strict_receive(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    last = some(some(outcome.path_payment_strict_receive_result).success).last
    return _arrived(some(body.path_payment_strict_receive_op).destination, last)


def _strict_send(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    last = some(some(outcome.path_payment_strict_send_result).success).last
    return _arrived(some(body.path_payment_strict_send_op).destination, last)


def _arrived(destination: xdr.MuxedAccount, last: xdr.SimplePaymentResult) -> _Transfer:
    if key_of(last.destination) != account_of(destination):
        raise ValueError("a path payment arrived somewhere else")
    return _to(destination, asset_of(last.asset), last.amount.int64)


def _to(destination: xdr.MuxedAccount, asset: AssetIdentity, amount: int) -> _Transfer:
    muxed = destination.med25519
    return _Transfer(account_of(destination), None if muxed is None else muxed.id.uint64, asset, amount)


_TRANSFERS: dict[xdr.OperationType, Callable[[xdr.OperationBody, xdr.OperationResultTr], _Transfer]] = {
    _Operations.CREATE_ACCOUNT: _create_account,
    _Operations.PAYMENT: _payment,
    _Operations.PATH_PAYMENT_STRICT_RECEIVE: _strict_receive,
    _Operations.PATH_PAYMENT_STRICT_SEND: _strict_send,
    _Operations.ACCOUNT_MERGE: _account_merge,
}
