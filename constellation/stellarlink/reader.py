"""What a transaction on the ledger means to the constellation, without I/O.

======================================  =====================================================================
on the ledger, in a successful          event
transaction
======================================  =====================================================================
payment to the vault                    deposit of its asset and amount
path payment (strict receive, strict    deposit of the destination asset; the amount is what arrived, from the
send) to the vault                      result
create account of the vault             deposit of the starting balance in lumens
account merge into the vault            deposit of the merged balance in lumens, from the result; none when it
                                        is zero
any of these by the vault itself        none of its own: the vault cannot deposit to itself
claimable balance for the vault         claimable deposit, if the vault can claim it without condition
clawback from the vault                 clawback
allow trust, trust line flags of the    authorization of the asset: given, or withdrawn
vault's trust line
anything else by the vault              vault transaction: the constellation asked for none but those of its
                                        channels
transaction, successful or not, whose   vault transaction: it took a fee from the vault
source or fee source the vault is
the vault's handover to the auditors    none: it is how every constellation begins
transfer to the vault by a smart        none: it is not in the transaction's own bytes. It shows as more money
contract                                in the vault than the constellation owes
everything else                         none
======================================  =====================================================================

A transaction whose source is a channel is an event of its own, **successful or not**, because it uses the
channel's sequence number; of a fee bump, the inner transaction counts, and its hash is the one that auditors
signed. A failed transaction deposits nothing. The depositor is the operation's source account; of a muxed
address, the account behind it. Memo and the muxed id of the vault's address are told as they are: whom they name
is decided by the state (:mod:`constellation.quanta.deposits`).

A transaction that cannot be read raises :class:`UndecodableTransaction`; it is never skipped.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple, TypeVar

from stellar_sdk import xdr

from constellation.protocol.limits import UINT64_MAX
from constellation.protocol.messages import (
    AssetIdentity,
    ChannelTransaction,
    ClaimableDeposit,
    CreditAsset,
    LedgerDeposit,
    LedgerEvent,
    LedgerMemo,
    Settings,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
)
from constellation.stellarlink.errors import UndecodableTransaction
from constellation.stellarlink.handover import Handover
from constellation.stellarlink.network import TransactionRecord

Arm = TypeVar("Arm")
_Operations = xdr.OperationType
_Codes = xdr.TransactionResultCode
_SUCCESS = (_Codes.txSUCCESS, _Codes.txFEE_BUMP_INNER_SUCCESS)


class _Transfer(NamedTuple):
    """Money that an operation moved to an account."""

    destination: bytes
    muxed_id: int | None
    asset: AssetIdentity
    amount: int


class _Place(NamedTuple):
    """An operation's place, and what its transaction says for all of them."""

    operation: int
    transaction: bytes
    source: bytes
    memo: LedgerMemo


class TransactionReader:
    """Reads the events of one constellation out of transactions.

    Args:
        settings: of the constellation at genesis.
    """

    def __init__(self, settings: Settings) -> None:
        self._network_id = sha256(settings.network_passphrase.encode()).digest()
        self._vault = settings.vault
        self._channels = frozenset(channel.account for channel in settings.channels)
        self._handover = Handover(settings)

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
        inner, inner_hash, outer_hash, payer = self._unwrap(envelope)
        if outer_hash.hex() != record.hash:
            raise ValueError(f"its envelope has hash {outer_hash.hex()}")
        result = xdr.TransactionResult.from_xdr(record.result_xdr).result
        if (result.code in _SUCCESS) is not record.successful:
            raise ValueError(f"its result is {result.code.name}, the record says successful={record.successful}")
        source = _account(inner.source_account)
        events: list[LedgerEvent] = []
        if source in self._channels:
            sequence = inner.seq_num.sequence_number.int64
            events.append(ChannelTransaction(record.toid, inner_hash, source, sequence, record.successful))
        elif self._vault in (source, payer) or (record.successful and self._acts(inner.operations)):
            events.append(VaultTransaction(record.toid, outer_hash))
        if record.successful:
            start = _Place(record.toid, outer_hash, source, _memo(inner.memo))
            events += self._operations(start, inner.operations, _results(result))
        return events

    def _acts(self, operations: list[xdr.Operation]) -> bool:
        """Whether somebody else's transaction acts for the vault, other than by handing it to the auditors."""
        named = [operation.source_account for operation in operations if operation.source_account is not None]
        acts = any(_account(account) == self._vault for account in named)
        return acts and not self._handover.is_done_by(operations)

    def _unwrap(self, envelope: xdr.TransactionEnvelope) -> tuple[xdr.Transaction, bytes, bytes, bytes]:
        """The transaction with the operations, its hash, the hash of what the ledger included, and who paid the fee."""
        if envelope.type is xdr.EnvelopeType.ENVELOPE_TYPE_TX:
            transaction = _some(envelope.v1).tx
            digest = self._hash(envelope.type, transaction.to_xdr_bytes())
            return transaction, digest, digest, _account(transaction.source_account)
        if envelope.type is xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP:
            bump = _some(envelope.fee_bump).tx
            inner = _some(bump.inner_tx.v1).tx
            inner_hash = self._hash(xdr.EnvelopeType.ENVELOPE_TYPE_TX, inner.to_xdr_bytes())
            outer_hash = self._hash(envelope.type, bump.to_xdr_bytes())
            return inner, inner_hash, outer_hash, _account(bump.fee_source)
        raise ValueError(f"no ledger includes an envelope of type {envelope.type.name}")

    def _hash(self, kind: xdr.EnvelopeType, body: bytes) -> bytes:
        return sha256(self._network_id + kind.value.to_bytes(4, "big") + body).digest()

    def _operations(
        self, start: _Place, operations: list[xdr.Operation], results: list[xdr.OperationResult]
    ) -> list[LedgerEvent]:
        if len(operations) != len(results):
            raise ValueError(f"{len(operations)} operations have {len(results)} results")
        events: list[LedgerEvent] = []
        for number, (operation, result) in enumerate(zip(operations, results, strict=True), start=1):
            outcome = _some(result.tr)
            if outcome.type is not operation.body.type:
                raise ValueError(f"operation {number} has the result of another kind")
            place = start._replace(operation=start.operation + number, source=_source(operation, start.source))
            event = self._event(place, operation.body, outcome)
            if event is not None:
                events.append(event)
        return events

    def _event(self, place: _Place, body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> LedgerEvent | None:
        read = _TRANSFERS.get(body.type)
        if read is not None:
            return self._deposit(place, read(body, outcome))
        match body.type:
            case _Operations.CREATE_CLAIMABLE_BALANCE:
                return self._claimable(place, _some(body.create_claimable_balance_op), outcome)
            case _Operations.CLAWBACK:
                return self._clawback(place, _some(body.clawback_op))
            case _Operations.ALLOW_TRUST:
                return self._allowed(place, _some(body.allow_trust_op))
            case _Operations.SET_TRUST_LINE_FLAGS:
                return self._flags_set(place, _some(body.set_trust_line_flags_op))
        return None

    def _deposit(self, place: _Place, transfer: _Transfer) -> LedgerDeposit | None:
        if transfer.destination != self._vault or place.source == self._vault:
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
        self, place: _Place, operation: xdr.CreateClaimableBalanceOp, outcome: xdr.OperationResultTr
    ) -> ClaimableDeposit | None:
        claimants = [_some(claimant.v0) for claimant in operation.claimants]
        is_ours = any(
            _account_id(claimant.destination) == self._vault
            and claimant.predicate.type is xdr.ClaimPredicateType.CLAIM_PREDICATE_UNCONDITIONAL
            for claimant in claimants
        )
        if not is_ours or place.source == self._vault:
            return None
        balance = _some(_some(outcome.create_claimable_balance_result).balance_id)
        return ClaimableDeposit(
            place.operation,
            place.transaction,
            _some(balance.v0).hash,
            _asset(operation.asset),
            operation.amount.int64,
            place.source,
            place.memo,
        )

    def _clawback(self, place: _Place, operation: xdr.ClawbackOp) -> VaultClawback | None:
        if _account(operation.from_) != self._vault:
            return None
        return VaultClawback(place.operation, place.transaction, _asset(operation.asset), operation.amount.int64)

    def _allowed(self, place: _Place, operation: xdr.AllowTrustOp) -> VaultAuthorization | None:
        if _account_id(operation.trustor) != self._vault:
            return None
        code = operation.asset.asset_code4 or _some(operation.asset.asset_code12)
        padded = code.asset_code4 if isinstance(code, xdr.AssetCode4) else code.asset_code12
        asset = CreditAsset(_code(padded), place.source)
        is_full = bool(operation.authorize.uint32 & xdr.TrustLineFlags.AUTHORIZED_FLAG)
        return VaultAuthorization(place.operation, place.transaction, asset, is_full)

    def _flags_set(self, place: _Place, operation: xdr.SetTrustLineFlagsOp) -> VaultAuthorization | None:
        if _account_id(operation.trustor) != self._vault:
            return None
        flag = xdr.TrustLineFlags.AUTHORIZED_FLAG
        is_set, is_cleared = operation.set_flags.uint32 & flag, operation.clear_flags.uint32 & flag
        if not is_set and not is_cleared:
            return None
        return VaultAuthorization(place.operation, place.transaction, _asset(operation.asset), bool(is_set))


def _payment(body: xdr.OperationBody, _: xdr.OperationResultTr) -> _Transfer:
    operation = _some(body.payment_op)
    return _to(operation.destination, _asset(operation.asset), operation.amount.int64)


def _create_account(body: xdr.OperationBody, _: xdr.OperationResultTr) -> _Transfer:
    operation = _some(body.create_account_op)
    return _Transfer(_account_id(operation.destination), None, None, operation.starting_balance.int64)


def _account_merge(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    merged = _some(_some(outcome.account_merge_result).source_account_balance)
    return _to(_some(body.destination), None, merged.int64)


def _strict_receive(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    last = _some(_some(outcome.path_payment_strict_receive_result).success).last
    return _arrived(_some(body.path_payment_strict_receive_op).destination, last)


def _strict_send(body: xdr.OperationBody, outcome: xdr.OperationResultTr) -> _Transfer:
    last = _some(_some(outcome.path_payment_strict_send_result).success).last
    return _arrived(_some(body.path_payment_strict_send_op).destination, last)


def _arrived(destination: xdr.MuxedAccount, last: xdr.SimplePaymentResult) -> _Transfer:
    if _account_id(last.destination) != _account(destination):
        raise ValueError("a path payment arrived somewhere else")
    return _to(destination, _asset(last.asset), last.amount.int64)


def _to(destination: xdr.MuxedAccount, asset: AssetIdentity, amount: int) -> _Transfer:
    muxed = destination.med25519
    return _Transfer(_account(destination), None if muxed is None else muxed.id.uint64, asset, amount)


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


def _source(operation: xdr.Operation, source: bytes) -> bytes:
    """Who acts: the operation's own source, or its transaction's."""
    return source if operation.source_account is None else _account(operation.source_account)


def _memo(memo: xdr.Memo) -> LedgerMemo:
    """An id, also when it is written as text; other memos as bytes."""
    match memo.type:
        case xdr.MemoType.MEMO_NONE:
            return None
        case xdr.MemoType.MEMO_ID:
            return _some(memo.id).uint64
        case xdr.MemoType.MEMO_TEXT:
            return _number(_some(memo.text))
        case xdr.MemoType.MEMO_HASH:
            return _some(memo.hash).hash
        case xdr.MemoType.MEMO_RETURN:
            return _some(memo.ret_hash).hash


def _number(text: bytes) -> LedgerMemo:
    """The number that ``text`` writes without sign, spaces or leading zeros; otherwise ``text``."""
    if text.isdigit() and text[:1] != b"0" and int(text) <= UINT64_MAX:
        return int(text)
    return text or None


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
