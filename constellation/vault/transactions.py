"""The Stellar transaction that pays a withdrawal: every node derives the same bytes.

The source is a channel (its sequence number and its fee), the one operation pays from the vault, so that withdrawals on
different channels do not wait for each other (design, section 8).
"""

from stellar_sdk import (
    Asset,
    IdMemo,
    MuxedAccount,
    Payment,
    Preconditions,
    TextMemo,
    TimeBounds,
    Transaction,
    TransactionEnvelope,
)
from stellar_sdk.memo import Memo as StellarMemo

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import AssetIdentity, Memo, Settings, Withdrawal
from constellation.protocol.strkey import encode_public_key

__all__ = ["stellar_asset", "withdrawal_envelope"]


def stellar_asset(identity: AssetIdentity) -> Asset:
    """The asset as stellar-sdk names it."""
    return Asset.native() if identity is None else Asset(identity.code, encode_public_key(identity.issuer))


def _stellar_memo(memo: Memo) -> StellarMemo | None:
    match memo:
        case str():
            return TextMemo(memo)
        case int():
            return IdMemo(memo)
        case None:
            return None


def withdrawal_envelope(
    settings: Settings, withdrawal: Withdrawal, channel: bytes, sequence: int, max_time_s: int
) -> TransactionEnvelope:
    """The unsigned envelope that pays ``withdrawal``.

    Args:
        settings: of the constellation: network, vault, assets, fee.
        withdrawal: the operation that asked for it.
        channel: the source account's key.
        sequence: the source account's sequence number that the transaction uses.
        max_time_s: the last ledger close time at which it is valid, seconds since 1970.
    """
    payment = Payment(
        destination=encode_public_key(withdrawal.destination),
        asset=stellar_asset(settings.assets[withdrawal.asset].identity),
        amount=format_amount(withdrawal.amount),
        source=encode_public_key(settings.vault),
    )
    transaction = Transaction(
        source=MuxedAccount(encode_public_key(channel)),
        sequence=sequence,
        fee=settings.transaction_fee,
        operations=[payment],
        memo=_stellar_memo(withdrawal.memo),
        preconditions=Preconditions(time_bounds=TimeBounds(0, max_time_s)),
        v1=True,
    )
    return TransactionEnvelope(transaction, settings.network_passphrase)
