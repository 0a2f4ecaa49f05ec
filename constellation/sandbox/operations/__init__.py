"""The operations of the sandbox ledger: one file per kind, and the table that finds them."""

from stellar_sdk import xdr

from constellation.sandbox.addresses import Address
from constellation.sandbox.operations.account_merge import AccountMerge
from constellation.sandbox.operations.allow_trust import AllowTrust
from constellation.sandbox.operations.base import Context, Effect, Level, Operation, OperationFailed
from constellation.sandbox.operations.bump_sequence import BumpSequence
from constellation.sandbox.operations.change_trust import ChangeTrust
from constellation.sandbox.operations.claimable_balances import ClaimClaimableBalance, CreateClaimableBalance
from constellation.sandbox.operations.clawback import Clawback, ClawbackClaimableBalance
from constellation.sandbox.operations.create_account import CreateAccount
from constellation.sandbox.operations.manage_data import ManageData
from constellation.sandbox.operations.path_payments import PathPaymentStrictReceive, PathPaymentStrictSend
from constellation.sandbox.operations.payment import Payment
from constellation.sandbox.operations.set_options import SetOptions
from constellation.sandbox.operations.set_trust_line_flags import SetTrustLineFlags
from constellation.sandbox.operations.unsupported import Unsupported

__all__ = ["OPERATIONS", "Context", "Effect", "Level", "Operation", "OperationFailed", "decode_operation"]

OPERATIONS: dict[xdr.OperationType, type[Operation]] = {
    each.kind: each
    for each in (
        AccountMerge,
        AllowTrust,
        BumpSequence,
        ChangeTrust,
        ClaimClaimableBalance,
        Clawback,
        ClawbackClaimableBalance,
        CreateAccount,
        CreateClaimableBalance,
        ManageData,
        PathPaymentStrictReceive,
        PathPaymentStrictSend,
        Payment,
        SetOptions,
        SetTrustLineFlags,
    )
}


def decode_operation(operation: xdr.Operation, transaction_source: Address) -> Operation:
    """Reads one operation of a transaction; kinds that are not in the table become `Unsupported`."""
    account = operation.source_account
    source = transaction_source if account is None else Address.from_xdr(account)
    return OPERATIONS.get(operation.body.type, Unsupported).decode(source, operation.body)
