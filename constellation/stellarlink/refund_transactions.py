"""The Stellar transactions of a refund: every node derives the same bytes, and reads them back from the ledger.

All carry one memo, a hash over the constellation's id. By it a later plan knows what an earlier one has already paid.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from stellar_sdk import (
    Asset,
    Claimant,
    CreateAccount,
    CreateClaimableBalance,
    FeeBumpTransactionEnvelope,
    HashMemo,
    MuxedAccount,
    Payment,
    Preconditions,
    TimeBounds,
    Transaction,
    TransactionEnvelope,
)
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import format_amount, parse_amount
from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import parse_asset
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.refund_model import NATIVE
from constellation.stellarlink.refund_payments import Repayment, Way
from constellation.vault.transactions import stellar_asset

_MEMO_TAG = b"Constellation refund 1\x00"


class Transfer(NamedTuple):
    """Money that an operation takes out of the vault."""

    receiver: str
    asset: str
    amount: int


def refund_memo(settings: Settings) -> bytes:
    """The memo of every transaction of a refund, 32 bytes."""
    return sha256(_MEMO_TAG + settings_constellation_id(settings)).digest()


def refund_envelope(
    settings: Settings,
    repayments: Sequence[Repayment],
    *,
    channel: str,
    sequence: int,
    fee: int,
    max_time_s: int,
) -> TransactionEnvelope:
    """The unsigned envelope of one transaction.

    Args:
        settings: of the constellation: network and vault.
        repayments: its operations, whose source is the vault.
        channel: the source account.
        sequence: the source account's sequence number that it uses.
        fee: offered to the ledger, in stroops.
        max_time_s: the last ledger close time at which it is valid.
    """
    vault = encode_public_key(settings.vault)
    transaction = Transaction(
        source=MuxedAccount(channel),
        sequence=sequence,
        fee=fee,
        operations=[_operation(repayment, vault) for repayment in repayments],
        memo=HashMemo(refund_memo(settings)),
        preconditions=Preconditions(time_bounds=TimeBounds(0, max_time_s)),
        v1=True,
    )
    return TransactionEnvelope(transaction, settings.network_passphrase)


def _operation(repayment: Repayment, vault: str) -> Operation:
    amount = format_amount(repayment.amount)
    asset = stellar_asset(parse_asset(repayment.asset))
    match repayment.way:
        case Way.PAYMENT:
            return Payment(repayment.owner, asset, amount, source=vault)
        case Way.CREATE_ACCOUNT:
            return CreateAccount(repayment.owner, amount, source=vault)
        case Way.CLAIMABLE_BALANCE:
            return CreateClaimableBalance(asset, amount, [Claimant(repayment.owner)], source=vault)


def inner_envelope(envelope_xdr: str, network_passphrase: str) -> TransactionEnvelope:
    """The envelope with the operations; of a fee bump, the inner one.

    Raises:
        Exception: whatever the decoder raises on bytes that are no envelope.
    """
    if FeeBumpTransactionEnvelope.is_fee_bump_transaction_envelope(envelope_xdr):
        bump = FeeBumpTransactionEnvelope.from_xdr(envelope_xdr, network_passphrase)
        return bump.transaction.inner_transaction_envelope
    return TransactionEnvelope.from_xdr(envelope_xdr, network_passphrase)


def transfers(transaction: Transaction, vault: str) -> list[Transfer]:
    """What a successful transaction takes out of ``vault``, by the operations of refunds and withdrawals."""
    found = []
    for operation in transaction.operations:
        source = operation.source or transaction.source
        if source.account_id == vault:
            found += _transfer(operation)
    return found


def _transfer(operation: Operation) -> list[Transfer]:
    match operation:
        case Payment():
            receiver = operation.destination.account_id
            return [Transfer(receiver, _asset_text(operation.asset), parse_amount(operation.amount))]
        case CreateAccount():
            return [Transfer(operation.destination, NATIVE, parse_amount(operation.starting_balance))]
        case CreateClaimableBalance():
            receiver = operation.claimants[0].destination if len(operation.claimants) == 1 else ""
            return [Transfer(receiver, _asset_text(operation.asset), parse_amount(operation.amount))]
        case _:
            return []


def hash_memo(transaction: Transaction) -> bytes | None:
    """The transaction's memo when it is a hash."""
    return transaction.memo.memo_hash if isinstance(transaction.memo, HashMemo) else None


def _asset_text(asset: Asset) -> str:
    return NATIVE if asset.is_native() else f"{asset.code}:{asset.issuer}"
