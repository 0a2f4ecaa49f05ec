"""The Stellar transaction of a task, built with stellar-sdk's own builder."""

from stellar_sdk import (
    Account,
    Asset,
    IdMemo,
    Keypair,
    MuxedAccount,
    ReturnHashMemo,
    Signer,
    TextMemo,
    TransactionBuilder,
)

from constellation.protocol.messages import AssetIdentity, ClaimableDeposit, Settings, VaultTaskType, Withdrawal
from constellation.testing.naive.records import LUMENS, NaiveSigners, NaiveSuspense, smallest_quorum

Subject = Withdrawal | NaiveSuspense | ClaimableDeposit | NaiveSigners | AssetIdentity


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
        case NaiveSigners():
            for account in (settings.vault, *(item.account for item in settings.channels)):
                _add_signers(builder, subject, _address(account))
        case _:
            assert kind is VaultTaskType.TRUST_TASK
            builder.append_change_trust_op(_asset(subject), source=vault)
    return builder.add_time_bounds(0, max_time_s).build().hash()


def _add_signers(builder: TransactionBuilder, change: NaiveSigners, account: str) -> None:
    (old, _), (new, rule) = change.before, change.after
    leaving, coming = [key for key in old if key not in new], [key for key in new if key not in old]
    for key, weight in [(key, 0) for key in leaving] + [(key, 1) for key in coming]:
        signer = Signer.ed25519_public_key(_address(key), weight)
        builder.append_set_options_op(signer=signer, source=account)
    quorum = smallest_quorum(new, rule)
    builder.append_set_options_op(low_threshold=quorum, med_threshold=quorum, high_threshold=quorum, source=account)


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
