"""The Stellar transaction of a task, built with stellar-sdk's own builder."""

from stellar_sdk import (
    Account,
    Asset,
    IdMemo,
    Keypair,
    MuxedAccount,
    ReturnHashMemo,
    TextMemo,
    TransactionBuilder,
)

from constellation.protocol.messages import AssetIdentity, ClaimableDeposit, Settings, VaultTaskType, Withdrawal
from constellation.testing.naive.records import LUMENS, NaiveSuspense

Subject = Withdrawal | NaiveSuspense | ClaimableDeposit | AssetIdentity


def transaction_hash(
    settings: Settings, subject: Subject, kind: VaultTaskType, channel: bytes, sequence: int, max_time_s: int
) -> bytes:
    """What auditors sign.

    Args:
        settings: in force.
        subject: what the task is about.
        kind: of task.
        channel: the source account.
        sequence: the last one that the channel has used.
        max_time_s: the last close time at which the transaction is valid.
    """
    builder = TransactionBuilder(
        Account(_address(channel), sequence), settings.network_passphrase, settings.transaction_fee
    )
    vault = _address(settings.vault)
    match subject:
        case Withdrawal():
            _add_payment(settings, builder, subject)
        case NaiveSuspense():
            source, amount = _address(subject.source), _units(subject.amount)
            builder.append_payment_op(source, _asset(subject.asset), amount, vault)
            builder.add_memo(ReturnHashMemo(subject.transaction))
        case ClaimableDeposit():
            builder.append_claim_claimable_balance_op("0" * 8 + subject.balance.hex(), vault)
        case _:
            assert kind is VaultTaskType.TRUST_TASK
            builder.append_change_trust_op(_asset(subject), source=vault)
    return builder.add_time_bounds(0, max_time_s).build().hash()


def _add_payment(settings: Settings, builder: TransactionBuilder, withdrawal: Withdrawal) -> None:
    destination, amount, vault = withdrawal.destination, _units(withdrawal.amount), _address(settings.vault)
    address = _address(destination.account)
    if destination.creates:
        assert withdrawal.asset == LUMENS
        builder.append_create_account_op(address, amount, vault)
    else:
        asset = _asset(settings.assets[withdrawal.asset].identity)
        builder.append_payment_op(MuxedAccount(address, destination.muxed_id), asset, amount, vault)
    if isinstance(destination.memo, str):
        builder.add_memo(TextMemo(destination.memo))
    elif destination.memo is not None:
        builder.add_memo(IdMemo(destination.memo))


def _asset(identity: AssetIdentity) -> Asset:
    return Asset.native() if identity is None else Asset(identity.code, _address(identity.issuer))


def _address(key: bytes) -> str:
    return Keypair.from_raw_ed25519_public_key(key).public_key


def _units(stroops: int) -> str:
    whole, rest = divmod(stroops, 10**7)
    return f"{whole}.{rest:07}"
