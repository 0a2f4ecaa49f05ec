"""What a transaction on the ledger means to the constellation, without I/O.

======================================  =====================================================================
on the ledger, in a successful          effect
transaction
======================================  =====================================================================
payment to the vault                    deposit of its asset and amount
path payment (strict receive, strict    deposit of the destination asset; the amount is what arrived, from the
send) to the vault                      result
create account of the vault             deposit of the starting balance in lumens
account merge into the vault            deposit of the merged balance in lumens, from the result; none when it
                                        is zero
any of these by the vault itself        none: the vault cannot deposit to itself
payment from the vault                  none of its own: the channel's transaction that carries it settles
                                        the withdrawal
claim of a claimable balance, offers,   none: they need the vault's own signatures, and no withdrawal asks for
trust lines, options of the vault       them
clawback from the vault                 none: it shows as less money in the vault than the constellation owes
transfer to the vault by a smart        none: it is not in the transaction's own bytes. It shows as more money
contract                                in the vault than the constellation owes
everything else                         none
======================================  =====================================================================

A transaction whose source is a channel is an event of its own, **successful or not**, because it uses the
channel's sequence number; of a fee bump, the inner transaction counts, and its hash is the one that auditors
signed. A failed transaction deposits nothing. The depositor is the operation's source account; of a muxed
address, the account behind it. Memos and muxed ids name nobody here: they would be the depositor's word about
somebody else's account.

A transaction that cannot be read raises :class:`UndecodableTransaction`; it is never skipped.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple, TypeVar

from stellar_sdk import xdr

from constellation.protocol.messages import (
    AssetIdentity,
    ChannelTransaction,
    CreditAsset,
    LedgerDeposit,
    LedgerEvent,
    Settings,
)
from constellation.stellarlink.errors import UndecodableTransaction
from constellation.stellarlink.network import TransactionRecord

Arm = TypeVar("Arm")
_Operations = xdr.OperationType
_Codes = xdr.TransactionResultCode
_SUCCESS = (_Codes.txSUCCESS, _Codes.txFEE_BUMP_INNER_SUCCESS)


class _Transfer(NamedTuple):
    """Money that an operation moved to an account."""

    destination: bytes
    asset: AssetIdentity
    amount: int


class TransactionReader:
    """Reads the events of one constellation out of transactions.

    Args:
        settings: name the network, the vault and the channels.
    """

    def __init__(self, settings: Settings) -> None:
        self._network_id = sha256(settings.network_passphrase.encode()).digest()
        self._vault = settings.vault
        self._channels = frozenset(channel.account for channel in settings.channels)

    def events(self, record: TransactionRecord) -> list[LedgerEvent]:
        """The events of one transaction, in the order of their places on the ledger.

        Raises:
            UndecodableTransaction: the record's envelope, result, hash and outcome do not fit together, or
                are of a kind that this version does not know.
        """
        try:
            return self._read(record)
        except Exception as error:  # the generated decoders raise whatever their input provokes
            raise UndecodableTransaction(record.hash, f"{error!r:.300}") from error

    def _read(self, record: TransactionRecord) -> list[LedgerEvent]:
        envelope = xdr.TransactionEnvelope.from_xdr(record.envelope_xdr)
        inner, inner_hash, outer_hash = self._unwrap(envelope)
        if outer_hash.hex() != record.hash:
            raise ValueError(f"its envelope has hash {outer_hash.hex()}")
        result = xdr.TransactionResult.from_xdr(record.result_xdr).result
        if (result.code in _SUCCESS) is not record.successful:
            raise ValueError(f"its result is {result.code.name}, the record says successful={record.successful}")
        events: list[LedgerEvent] = []
        source = _account(inner.source_account)
        if source in self._channels:
            sequence = inner.seq_num.sequence_number.int64
            events.append(ChannelTransaction(record.toid, inner_hash, source, sequence, record.successful))
        if record.successful:
            events += self._deposits(record.toid, outer_hash, source, inner.operations, _results(result))
        return events

    def _unwrap(self, envelope: xdr.TransactionEnvelope) -> tuple[xdr.Transaction, bytes, bytes]:
        """The transaction with the operations, its hash, and the hash of what the ledger included."""
        if envelope.type is xdr.EnvelopeType.ENVELOPE_TYPE_TX:
            transaction = _some(envelope.v1).tx
            digest = self._hash(envelope.type, transaction.to_xdr_bytes())
            return transaction, digest, digest
        if envelope.type is xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP:
            bump = _some(envelope.fee_bump).tx
            inner = _some(bump.inner_tx.v1).tx
            inner_hash = self._hash(xdr.EnvelopeType.ENVELOPE_TYPE_TX, inner.to_xdr_bytes())
            return inner, inner_hash, self._hash(envelope.type, bump.to_xdr_bytes())
        raise ValueError(f"no ledger includes an envelope of type {envelope.type.name}")

    def _hash(self, kind: xdr.EnvelopeType, body: bytes) -> bytes:
        return sha256(self._network_id + kind.value.to_bytes(4, "big") + body).digest()

    def _deposits(
        self,
        toid: int,
        transaction_hash: bytes,
        source: bytes,
        operations: list[xdr.Operation],
        results: list[xdr.OperationResult],
    ) -> list[LedgerEvent]:
        if len(operations) != len(results):
            raise ValueError(f"{len(operations)} operations have {len(results)} results")
        deposits: list[LedgerEvent] = []
        for place, (operation, result) in enumerate(zip(operations, results, strict=True), start=1):
            read = _TRANSFERS.get(operation.body.type)
            if read is None:
                continue
            outcome = _some(result.tr)
            if outcome.type is not operation.body.type:
                raise ValueError(f"operation {place} has the result of another kind")
            transfer = read(operation.body, outcome)
            depositor = source if operation.source_account is None else _account(operation.source_account)
            if transfer.destination != self._vault or depositor == self._vault:
                continue
            if transfer.amount < 0:
                raise ValueError(f"operation {place} moves a negative amount")
            if transfer.amount > 0:
                deposits.append(
                    LedgerDeposit(toid + place, transaction_hash, transfer.asset, transfer.amount, depositor)
                )
        return deposits


def _payment(body: xdr.OperationBody, _: xdr.OperationResultTr) -> _Transfer:
    operation = _some(body.payment_op)
    return _Transfer(_account(operation.destination), _asset(operation.asset), operation.amount.int64)


def _create_account(body: xdr.OperationBody, _: xdr.OperationResultTr) -> _Transfer:
    operation = _some(body.create_account_op)
    return _Transfer(_account_id(operation.destination), None, operation.starting_balance.int64)


def _account_merge(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    merged = _some(_some(outcome.account_merge_result).source_account_balance)
    return _Transfer(_account(_some(body.destination)), None, merged.int64)


def _strict_receive(_: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    return _arrived(_some(_some(outcome.path_payment_strict_receive_result).success).last)


def _strict_send(_: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    return _arrived(_some(_some(outcome.path_payment_strict_send_result).success).last)


def _arrived(last: xdr.SimplePaymentResult) -> _Transfer:
    return _Transfer(_account_id(last.destination), _asset(last.asset), last.amount.int64)


_TRANSFERS: dict[xdr.OperationType, Callable[[xdr.OperationBody, xdr.OperationResultTr], _Transfer]] = {
    _Operations.CREATE_ACCOUNT: _create_account,
    _Operations.PAYMENT: _payment,
    _Operations.PATH_PAYMENT_STRICT_RECEIVE: _strict_receive,
    _Operations.PATH_PAYMENT_STRICT_SEND: _strict_send,
    _Operations.ACCOUNT_MERGE: _account_merge,
}


def _results(result: xdr.TransactionResultResult) -> list[xdr.OperationResult]:
    if result.code is _Codes.txFEE_BUMP_INNER_SUCCESS:
        return _some(_some(result.inner_result_pair).result.result.results)
    return _some(result.results)


def _some(arm: Arm | None) -> Arm:
    """The arm of a union that must be the chosen one."""
    if arm is None:
        raise ValueError("a part that must be there is missing")
    return arm


def _account(account: xdr.MuxedAccount) -> bytes:
    muxed = account.med25519
    return _some(account.ed25519).uint256 if muxed is None else muxed.ed25519.uint256


def _account_id(account: xdr.AccountID) -> bytes:
    return _some(account.account_id.ed25519).uint256


def _asset(asset: xdr.Asset) -> AssetIdentity:
    if asset.type is xdr.AssetType.ASSET_TYPE_NATIVE:
        return None
    if asset.alpha_num4 is not None:
        return CreditAsset(_code(asset.alpha_num4.asset_code.asset_code4), _account_id(asset.alpha_num4.issuer))
    long = _some(asset.alpha_num12)
    return CreditAsset(_code(long.asset_code.asset_code12), _account_id(long.issuer))


def _code(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode("ascii")
