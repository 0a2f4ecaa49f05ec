"""The Stellar transactions that move the vault: every node derives the same bytes.

The source is a channel (its sequence number and its fee), the operation acts for the vault, so that tasks on different
channels do not wait for each other (design, section 8). Only a change of signers has operations for every channel, too.
"""

from stellar_sdk import (
    Asset,
    ChangeTrust,
    ClaimClaimableBalance,
    CreateAccount,
    IdMemo,
    MuxedAccount,
    Payment,
    Preconditions,
    ReturnHashMemo,
    SetOptions,
    Signer,
    TextMemo,
    TimeBounds,
    Transaction,
    TransactionEnvelope,
)
from stellar_sdk.memo import Memo as StellarMemo
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import (
    AssetIdentity,
    LedgerDestination,
    Memo,
    Settings,
    Withdrawal,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.strkey import encode_public_key
from constellation.vault.tasks import (
    ClaimTask,
    PreparedTask,
    RefundTask,
    SignersTask,
    TrustTask,
    VaultTask,
    WithdrawalTask,
)

__all__ = ["operation_count", "stellar_asset", "task_envelope"]

_CLAIMABLE_BALANCE_V0 = "00000000"


def stellar_asset(identity: AssetIdentity) -> Asset:
    """The asset as stellar-sdk names it."""
    return Asset.native() if identity is None else Asset(identity.code, encode_public_key(identity.issuer))


def task_envelope(settings: Settings, prepared: PreparedTask) -> TransactionEnvelope:
    """The unsigned envelope of a task.

    Args:
        settings: of the constellation: network, vault, assets.
        prepared: the task, its channel and its bounds; the hash in it is not used.
    """
    operations, memo = _operations(settings, prepared.task)
    transaction = Transaction(
        source=MuxedAccount(encode_public_key(prepared.channel)),
        sequence=prepared.sequence,
        fee=prepared.fee,
        operations=operations,
        memo=memo,
        preconditions=Preconditions(time_bounds=TimeBounds(0, prepared.max_time_s)),
        v1=True,
    )
    return TransactionEnvelope(transaction, settings.network_passphrase)


def operation_count(settings: Settings, task: VaultTask) -> int:
    """How many operations the transaction of ``task`` has."""
    return len(_operations(settings, task)[0]) if isinstance(task, SignersTask) else 1


def _operations(settings: Settings, task: VaultTask) -> tuple[list[Operation], StellarMemo | None]:
    vault = encode_public_key(settings.vault)
    match task:
        case WithdrawalTask():
            return [_payment(settings, task.operation, vault)], _memo(task.operation.destination.memo)
        case RefundTask(entry=entry):
            asset, amount = stellar_asset(entry.asset), format_amount(entry.amount)
            # The memo says what is returned: that is what this kind of memo is for.
            payment = Payment(encode_public_key(entry.source), asset, amount, vault)
            return [payment], ReturnHashMemo(entry.transaction)
        case ClaimTask(deposit=deposit):
            return [ClaimClaimableBalance(_CLAIMABLE_BALANCE_V0 + deposit.balance.hex(), vault)], None
        case TrustTask():
            return [ChangeTrust(stellar_asset(task.identity), source=vault)], None
        case SignersTask():
            accounts = [settings.vault, *(channel.account for channel in settings.channels)]
            return [step for account in accounts for step in _signer_steps(account, task)], None


def _signer_steps(account: bytes, task: SignersTask) -> list[Operation]:
    """Old signers go first, so that there are never more than 20; the ledger looks at who signed before all of it."""
    source, before, after = encode_public_key(account), task.before.auditors, task.after.auditors
    quorum = quorum_of(task.after)
    return [
        *(_signer(key, 0, source) for key in before if key not in after),
        *(_signer(key, 1, source) for key in after if key not in before),
        SetOptions(low_threshold=quorum, med_threshold=quorum, high_threshold=quorum, source=source),
    ]


def _signer(key: bytes, weight: int, source: str) -> SetOptions:
    return SetOptions(signer=Signer.ed25519_public_key(encode_public_key(key), weight), source=source)


def _payment(settings: Settings, withdrawal: Withdrawal, vault: str) -> Operation:
    destination, amount = withdrawal.destination, format_amount(withdrawal.amount)
    if destination.creates:
        return CreateAccount(encode_public_key(destination.account), amount, vault)
    asset = stellar_asset(settings.assets[withdrawal.asset].identity)
    return Payment(_address(destination), asset, amount, vault)


def _address(destination: LedgerDestination) -> MuxedAccount:
    return MuxedAccount(encode_public_key(destination.account), destination.muxed_id)


def _memo(memo: Memo) -> StellarMemo | None:
    match memo:
        case str():
            return TextMemo(memo)
        case int():
            return IdMemo(memo)
        case None:
            return None
