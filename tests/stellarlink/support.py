"""Keys, settings and transactions as a Stellar ledger would show them, for the tests of this package."""

from collections.abc import Sequence
from functools import lru_cache

from stellar_sdk import Asset as StellarAsset
from stellar_sdk import (
    FeeBumpTransaction,
    FeeBumpTransactionEnvelope,
    Memo,
    MuxedAccount,
    Payment,
    Transaction,
    TransactionEnvelope,
    xdr,
)
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import ONE, format_amount
from constellation.protocol.messages import (
    AssetSettings,
    ChannelSettings,
    CreditAsset,
    QuorumRule,
    RequestLimits,
    Settings,
    Withdrawal,
    WithdrawalSignature,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import State
from constellation.stellarlink import TransactionRecord
from constellation.testing.world import prepared_task, to
from constellation.vault import PreparedTask, WithdrawalTask

PASSPHRASE = "Constellation Sandbox ; 2026"


def key(number: int) -> KeyPair:
    """A key pair of its own for each number."""
    return KeyPair(number.to_bytes(32, "big"))


ALPHA, FEES, VAULT, ISSUER, TRADER, OTHER = (key(number) for number in range(1, 7))
AUDITORS = [key(100 + number) for number in range(5)]
CHANNELS = [key(200 + number) for number in range(2)]
DOLLAR = CreditAsset("USD", ISSUER.public)
STELLAR_DOLLAR = StellarAsset("USD", ISSUER.address)
LUMEN = StellarAsset.native()


def make_settings(auditors: int = 3, channels: int = 2, *, passphrase: str = PASSPHRASE, cursor: int = 0) -> Settings:
    """Settings with one issued asset and no market."""
    return Settings(
        rules=1,
        network_passphrase=passphrase,
        vault=VAULT.public,
        alpha=ALPHA.public,
        auditors=[auditor.public for auditor in AUDITORS[:auditors]],
        quorum_rule=QuorumRule.MAJORITY,
        channels=[ChannelSettings(channel.public, 0) for channel in CHANNELS[:channels]],
        ledger_cursor=cursor,
        vault_reserve=0,
        fee_account=FEES.public,
        minimum_balance=ONE,
        transaction_fee=1000,
        withdrawal_lifetime_s=300,
        approval_lifetime_s=604_800,
        limits=RequestLimits(60_000_000, 10, 10, 10, 2000, 4000),
        assets=[AssetSettings(None, 1, 0), AssetSettings(DOLLAR, 1, 0)],
        markets=[],
    )


def prepared_withdrawal(
    settings: Settings, *, channel: int = 0, sequence: int = 1, max_time_s: int = 1000, amount: int = ONE
) -> PreparedTask:
    """A withdrawal to the trader as the core would prepare it."""
    operation = Withdrawal(0, amount, to(TRADER))
    source = settings.channels[channel].account
    task = WithdrawalTask(1, TRADER.public, operation)
    return prepared_task(settings, task, source, sequence, max_time_s)


# --- results as stellar-core writes them ----------------------------------------------------------------------------


def payment_ok() -> xdr.OperationResultTr:
    result = xdr.PaymentResult(xdr.PaymentResultCode.PAYMENT_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.PAYMENT, payment_result=result)


def create_account_ok() -> xdr.OperationResultTr:
    result = xdr.CreateAccountResult(xdr.CreateAccountResultCode.CREATE_ACCOUNT_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.CREATE_ACCOUNT, create_account_result=result)


def merge_ok(balance: int) -> xdr.OperationResultTr:
    result = xdr.AccountMergeResult(xdr.AccountMergeResultCode.ACCOUNT_MERGE_SUCCESS, xdr.Int64(balance))
    return xdr.OperationResultTr(xdr.OperationType.ACCOUNT_MERGE, account_merge_result=result)


def set_options_ok() -> xdr.OperationResultTr:
    result = xdr.SetOptionsResult(xdr.SetOptionsResultCode.SET_OPTIONS_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.SET_OPTIONS, set_options_result=result)


def _last(destination: KeyPair, asset: StellarAsset, amount: int) -> xdr.SimplePaymentResult:
    account = xdr.AccountID(xdr.PublicKey(xdr.PublicKeyType.PUBLIC_KEY_TYPE_ED25519, xdr.Uint256(destination.public)))
    return xdr.SimplePaymentResult(account, asset.to_xdr_object(), xdr.Int64(amount))


def strict_send_ok(destination: KeyPair, asset: StellarAsset, amount: int) -> xdr.OperationResultTr:
    success = xdr.PathPaymentStrictSendResultSuccess([], _last(destination, asset, amount))
    code = xdr.PathPaymentStrictSendResultCode.PATH_PAYMENT_STRICT_SEND_SUCCESS
    result = xdr.PathPaymentStrictSendResult(code, success)
    return xdr.OperationResultTr(xdr.OperationType.PATH_PAYMENT_STRICT_SEND, path_payment_strict_send_result=result)


def strict_receive_ok(destination: KeyPair, asset: StellarAsset, amount: int) -> xdr.OperationResultTr:
    success = xdr.PathPaymentStrictReceiveResultSuccess([], _last(destination, asset, amount))
    code = xdr.PathPaymentStrictReceiveResultCode.PATH_PAYMENT_STRICT_RECEIVE_SUCCESS
    result = xdr.PathPaymentStrictReceiveResult(code, success)
    return xdr.OperationResultTr(
        xdr.OperationType.PATH_PAYMENT_STRICT_RECEIVE, path_payment_strict_receive_result=result
    )


def claimable_ok(balance: bytes) -> xdr.OperationResultTr:
    identity = xdr.ClaimableBalanceID(xdr.ClaimableBalanceIDType.CLAIMABLE_BALANCE_ID_TYPE_V0, v0=xdr.Hash(balance))
    code = xdr.CreateClaimableBalanceResultCode.CREATE_CLAIMABLE_BALANCE_SUCCESS
    result = xdr.CreateClaimableBalanceResult(code, identity)
    return xdr.OperationResultTr(xdr.OperationType.CREATE_CLAIMABLE_BALANCE, create_claimable_balance_result=result)


def clawback_ok() -> xdr.OperationResultTr:
    result = xdr.ClawbackResult(xdr.ClawbackResultCode.CLAWBACK_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.CLAWBACK, clawback_result=result)


def allow_trust_ok() -> xdr.OperationResultTr:
    result = xdr.AllowTrustResult(xdr.AllowTrustResultCode.ALLOW_TRUST_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.ALLOW_TRUST, allow_trust_result=result)


def flags_ok() -> xdr.OperationResultTr:
    result = xdr.SetTrustLineFlagsResult(xdr.SetTrustLineFlagsResultCode.SET_TRUST_LINE_FLAGS_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.SET_TRUST_LINE_FLAGS, set_trust_line_flags_result=result)


def manage_data_ok() -> xdr.OperationResultTr:
    result = xdr.ManageDataResult(xdr.ManageDataResultCode.MANAGE_DATA_SUCCESS)
    return xdr.OperationResultTr(xdr.OperationType.MANAGE_DATA, manage_data_result=result)


def result_xdr(outcomes: Sequence[xdr.OperationResultTr], *, successful: bool = True) -> str:
    """Base64 of a transaction's result."""
    results = [xdr.OperationResult(xdr.OperationResultCode.opINNER, outcome) for outcome in outcomes]
    code = xdr.TransactionResultCode.txSUCCESS if successful else xdr.TransactionResultCode.txFAILED
    result = xdr.TransactionResultResult(code, results=results)
    return xdr.TransactionResult(xdr.Int64(100), result, xdr.TransactionResultExt(0)).to_xdr()


def bumped_result_xdr(inner_hash: bytes, outcomes: Sequence[xdr.OperationResultTr], *, successful: bool = True) -> str:
    """Base64 of a fee bump's result."""
    results = [xdr.OperationResult(xdr.OperationResultCode.opINNER, outcome) for outcome in outcomes]
    codes = xdr.TransactionResultCode
    inner_code, outer_code = (
        (codes.txSUCCESS, codes.txFEE_BUMP_INNER_SUCCESS)
        if successful
        else (codes.txFAILED, codes.txFEE_BUMP_INNER_FAILED)
    )
    inner = xdr.InnerTransactionResult(
        xdr.Int64(0),
        xdr.InnerTransactionResultResult(inner_code, results=results),
        xdr.InnerTransactionResultExt(0),
    )
    pair = xdr.InnerTransactionResultPair(xdr.Hash(inner_hash), inner)
    result = xdr.TransactionResultResult(outer_code, inner_result_pair=pair)
    return xdr.TransactionResult(xdr.Int64(200), result, xdr.TransactionResultExt(0)).to_xdr()


# --- records ----------------------------------------------------------------------------------------------------------


def envelope_of(
    operations: Sequence[Operation],
    *,
    source: KeyPair | MuxedAccount = TRADER,
    sequence: int = 7,
    passphrase: str = PASSPHRASE,
    memo: Memo | None = None,
) -> TransactionEnvelope:
    account = source if isinstance(source, MuxedAccount) else MuxedAccount(source.address)
    return TransactionEnvelope(
        Transaction(account, sequence, 100 * len(operations), list(operations), memo, v1=True), passphrase
    )


def record(
    operations: Sequence[Operation],
    outcomes: Sequence[xdr.OperationResultTr],
    *,
    source: KeyPair | MuxedAccount = TRADER,
    sequence: int = 7,
    successful: bool = True,
    toid: int = 50 << 32 | 3 << 12,
    passphrase: str = PASSPHRASE,
    memo: Memo | None = None,
) -> TransactionRecord:
    """A transaction in ledger 50 as the third one."""
    envelope = envelope_of(operations, source=source, sequence=sequence, passphrase=passphrase, memo=memo)
    address = source.account_id if isinstance(source, MuxedAccount) else source.address
    return TransactionRecord(
        toid=toid,
        hash=envelope.hash_hex(),
        ledger=toid >> 32,
        successful=successful,
        source=address,
        sequence=sequence,
        envelope_xdr=envelope.to_xdr(),
        result_xdr=result_xdr(outcomes, successful=successful),
    )


def bumped_record(
    operations: Sequence[Operation],
    outcomes: Sequence[xdr.OperationResultTr],
    *,
    source: KeyPair = TRADER,
    fee_source: KeyPair = OTHER,
    successful: bool = True,
    memo: Memo | None = None,
) -> tuple[TransactionRecord, bytes]:
    """A fee bump and the hash of what is inside."""
    inner = envelope_of(operations, source=source, memo=memo)
    bump = FeeBumpTransaction(MuxedAccount(fee_source.address), 1000, inner)
    envelope = FeeBumpTransactionEnvelope(bump, PASSPHRASE)
    toid = 50 << 32 | 3 << 12
    outer = TransactionRecord(
        toid=toid,
        hash=envelope.hash_hex(),
        ledger=50,
        successful=successful,
        source=source.address,
        sequence=7,
        envelope_xdr=envelope.to_xdr(),
        result_xdr=bumped_result_xdr(inner.hash(), outcomes, successful=successful),
    )
    return outer, inner.hash()


@lru_cache(maxsize=512)
def _deposit_bodies(count: int, amount: int, source: int) -> tuple[str, str, str]:
    payments = [Payment(VAULT.address, LUMEN, format_amount(amount + place)) for place in range(count)]
    envelope = envelope_of(payments, source=key(source))
    return envelope.hash_hex(), envelope.to_xdr(), result_xdr([payment_ok()] * count)


def deposits(toid: int, count: int = 1, *, amount: int = ONE, source: int = 5) -> TransactionRecord:
    """A transaction with ``count`` payments to the vault."""
    digest, envelope, result = _deposit_bodies(count, amount, source)
    return TransactionRecord(toid, digest, toid >> 32, True, key(source).address, 7, envelope, result)


@lru_cache(maxsize=64)
def _channel_bodies(channel: int, to_vault: bool) -> tuple[str, str, str]:
    destination, source = (VAULT, CHANNELS[channel]) if to_vault else (TRADER, VAULT)
    payment = Payment(destination.address, LUMEN, "1", source=source.address)
    envelope = envelope_of([payment], source=CHANNELS[channel])
    return envelope.hash_hex(), envelope.to_xdr(), result_xdr([payment_ok()])


def channel_transaction(toid: int, channel: int = 0, *, to_vault: bool = False) -> TransactionRecord:
    """A withdrawal's transaction; with ``to_vault`` an odd one that also deposits."""
    digest, envelope, result = _channel_bodies(channel, to_vault)
    return TransactionRecord(toid, digest, toid >> 32, True, CHANNELS[channel].address, 7, envelope, result)


def auditor_signature(auditor: KeyPair, transaction: bytes) -> WithdrawalSignature:
    """A signature over a transaction's hash."""
    return WithdrawalSignature(transaction, auditor.sign(transaction))


def state_with(settings: Settings, *prepared: PreparedTask) -> State:
    """A state at genesis in which these tasks are prepared."""
    state = State(settings)
    for item in prepared:
        state.desk.channels[item.channel].pending = item
    return state
