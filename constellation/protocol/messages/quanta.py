"""Messages of quanta.x.

Generated from xdr/quanta.x by tools/xdr_generator.py; do not edit.

Quanta, the batches they travel in, and the certificates that make them final.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct
from types import NoneType
from typing import Any, Final

from constellation.protocol.messages.common import (
    _ASSET_IDENTITY_DISCRIMINANT,
    _ASSET_IDENTITY_READERS,
    _ASSET_IDENTITY_WRITERS,
    _QUORUM_RULE_MEMBERS,
    MAX_AUDITORS,
    Amount,
    Apex,
    Appointment,
    AssetIdentity,
    AuditorSignature,
    Hash,
    Key,
    LedgerCursor,
    Signature,
    SignedAppointment,
    Timestamp,
    _read_auditor_signature,
    _write_auditor_signature,
)
from constellation.protocol.messages.governance import (
    _DECISION_WRITERS,
    _GOVERNANCE_COMMIT_0,
    _GOVERNANCE_COMMIT_1,
    GovernanceCommit,
    Proposal,
    _read_governance_commit,
)
from constellation.protocol.messages.modes import (
    _MODE_COMMIT_0,
    _MODE_MEMBERS,
    MAX_MODE_REASON,
    ModeCommit,
    _read_mode_commit,
)
from constellation.protocol.messages.requests import (
    SignedRequest,
    SignedRequestBatch,
    _read_signed_request,
    _read_signed_request_batch,
    _write_signed_request,
    _write_signed_request_batch,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEAN,
    BOOLEANS,
    ELSEWHERE,
    INT64,
    LENGTH,
    PRESENCE,
    UINT32,
    UINT64,
    Discriminant,
    Enumerated,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    UnencodableMessage,
    explain_malformed,
    explain_unencodable,
    read_opaque,
    read_opaques,
    read_string,
    read_void,
    refuse_count,
    write_opaque,
    write_opaques,
    write_string,
)

MAX_LEDGER_EVENTS: Final = 256

MAX_BATCH_QUANTA: Final = 1000


class LedgerMemoType(IntEnum):
    """The enum LedgerMemoType of quanta.x.

    XDR::

        enum LedgerMemoType {
            LEDGER_MEMO_NONE = 0,
            LEDGER_MEMO_ID = 1,
            LEDGER_MEMO_OTHER = 2
        };
    """

    LEDGER_MEMO_NONE = 0
    LEDGER_MEMO_ID = 1
    LEDGER_MEMO_OTHER = 2


_LEDGER_MEMO_TYPE_MEMBERS: Final[dict[int, LedgerMemoType]] = {member.value: member for member in LedgerMemoType}


# A transaction's memo. A text that is a number counts as an id.
LedgerMemo = None | int | bytes


def _write_ledger_memo_none_as_ledger_memo(value: Any) -> bytes:
    return b"\x00\x00\x00\x00"


_ID_AS_LEDGER_MEMO_0: Fields = (("LedgerMemo.id", "", UINT64),)
_pack_id_as_ledger_memo_0: Final = Struct(">iQ").pack


def _write_id_as_ledger_memo(value: Any) -> bytes:
    try:
        part_0 = _pack_id_as_ledger_memo_0(1, value)
    except Exception:
        explain_unencodable(value, _ID_AS_LEDGER_MEMO_0)
        raise
    return part_0


_CONTENT_AS_LEDGER_MEMO_0: Fields = (("LedgerMemo.content", "", LENGTH),)


def _write_content_as_ledger_memo(value: Any) -> bytes:
    tail_0 = write_opaque(value, 32, "LedgerMemo.content")
    return b"\x00\x00\x00\x02" + tail_0


_LEDGER_MEMO_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    NoneType: _write_ledger_memo_none_as_ledger_memo,
    int: _write_id_as_ledger_memo,
    bytes: _write_content_as_ledger_memo,
}

_unpack_id_as_ledger_memo_0: Final = Struct(">Q").unpack_from


def _read_id_as_ledger_memo(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_id_as_ledger_memo_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ID_AS_LEDGER_MEMO_0)
        raise
    return value, offset + 8


_unpack_content_as_ledger_memo_0: Final = Struct(">I").unpack_from


def _read_content_as_ledger_memo(data: bytes, offset: int) -> tuple[bytes, int]:
    try:
        (value__length,) = _unpack_content_as_ledger_memo_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CONTENT_AS_LEDGER_MEMO_0)
        raise
    offset += 4
    value, offset = read_opaque(data, offset, value__length, 32, "LedgerMemo.content")
    return value, offset


_LEDGER_MEMO_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[LedgerMemo, int]]]] = {
    b"\x00\x00\x00\x00": read_void,
    b"\x00\x00\x00\x01": _read_id_as_ledger_memo,
    b"\x00\x00\x00\x02": _read_content_as_ledger_memo,
}
_LEDGER_MEMO_DISCRIMINANT = Discriminant(_LEDGER_MEMO_TYPE_MEMBERS, _LEDGER_MEMO_READERS)
_LEDGER_MEMO_0: Fields = (("LedgerMemo.type", "", _LEDGER_MEMO_DISCRIMINANT),)


def _read_ledger_memo(data: bytes, offset: int) -> tuple[LedgerMemo, int]:
    try:
        read = _LEDGER_MEMO_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _LEDGER_MEMO_0)
        raise
    return read(data, offset + 4)


def encode_ledger_memo(value: LedgerMemo) -> bytes:
    """Encodes a value of the union LedgerMemo by its class."""
    try:
        write = _LEDGER_MEMO_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    return write(value)


def decode_ledger_memo(data: bytes) -> LedgerMemo:
    """Decodes bytes that are one LedgerMemo and nothing else."""
    value, offset = _read_ledger_memo(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "LedgerMemo")
    return value


@dataclass(slots=True, init=False)
class LedgerDeposit:
    """The struct LedgerDeposit of quanta.x.

    XDR::

        struct LedgerDeposit {
            LedgerCursor operation;
            Hash transaction;
            AssetIdentity asset;
            Amount amount;
            Key source;
            LedgerMemo memo;
            unsigned hyper *muxed_id;         // of the vault's address, as the payment named it
        };
    """

    operation: LedgerCursor
    transaction: Hash
    asset: AssetIdentity
    amount: Amount
    source: Key
    memo: LedgerMemo
    muxed_id: int | None

    def __init__(
        self,
        operation: LedgerCursor,
        transaction: Hash,
        asset: AssetIdentity,
        amount: Amount,
        source: Key,
        memo: LedgerMemo,
        muxed_id: int | None,
    ) -> None:
        self.operation = operation
        self.transaction = transaction
        self.asset = asset
        self.amount = amount
        self.source = source
        self.memo = memo
        self.muxed_id = muxed_id

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LedgerDeposit, (
            self.operation,
            self.transaction,
            self.asset,
            self.amount,
            self.source,
            self.memo,
            self.muxed_id,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_ledger_deposit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LedgerDeposit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_ledger_deposit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LedgerDeposit")
        return value


_LEDGER_DEPOSIT_0: Fields = (
    ("LedgerDeposit", "", Instance(LedgerDeposit)),
    ("LedgerDeposit.operation", "operation", UINT64),
    ("LedgerDeposit.transaction", "transaction", Opaque(32)),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_LEDGER_DEPOSIT_1: Fields = (
    ("LedgerDeposit.amount", "amount", INT64),
    ("LedgerDeposit.source", "source", Opaque(32)),
    ("LedgerMemo.type", "memo", _LEDGER_MEMO_DISCRIMINANT),
)
_LEDGER_DEPOSIT_2: Fields = (("LedgerDeposit.muxed_id", "muxed_id", PRESENCE),)
_MUXED_ID_IN_LEDGER_DEPOSIT_0: Fields = (("LedgerDeposit.muxed_id", "", UINT64),)
_pack_muxed_id_in_ledger_deposit_0: Final = Struct(">iQ").pack


def _write_muxed_id_in_ledger_deposit(value: Any) -> bytes:
    try:
        part_0 = _pack_muxed_id_in_ledger_deposit_0(1, value)
    except Exception:
        explain_unencodable(value, _MUXED_ID_IN_LEDGER_DEPOSIT_0)
        raise
    return part_0


_pack_ledger_deposit_0: Final = Struct(">Q32s").pack
_pack_ledger_deposit_1: Final = Struct(">q32s").pack


def _write_ledger_deposit(value: Any) -> bytes:
    try:
        if type(value) is not LedgerDeposit:
            raise ValueError
        transaction = value.transaction
        asset = value.asset
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_ledger_deposit_0(value.operation, transaction)
    except Exception:
        explain_unencodable(value, _LEDGER_DEPOSIT_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        memo = value.memo
        if len(source) != 32:
            raise ValueError
        part_1 = _pack_ledger_deposit_1(value.amount, source)
    except Exception:
        explain_unencodable(value, _LEDGER_DEPOSIT_1)
        raise
    try:
        write = _LEDGER_MEMO_WRITERS[type(memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    tail_1 = write(memo)
    try:
        muxed_id = value.muxed_id
    except Exception:
        explain_unencodable(value, _LEDGER_DEPOSIT_2)
        raise
    tail_2 = ABSENT if muxed_id is None else _write_muxed_id_in_ledger_deposit(muxed_id)
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2))


_unpack_muxed_id_in_ledger_deposit_0: Final = Struct(">Q").unpack_from


def _read_muxed_id_in_ledger_deposit(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_muxed_id_in_ledger_deposit_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MUXED_ID_IN_LEDGER_DEPOSIT_0)
        raise
    return value, offset + 8


_unpack_ledger_deposit_0: Final = Struct(">Q32s4s").unpack_from
_unpack_ledger_deposit_1: Final = Struct(">q32s4s").unpack_from
_unpack_ledger_deposit_2: Final = Struct(">I").unpack_from


def _read_ledger_deposit(data: bytes, offset: int) -> tuple[LedgerDeposit, int]:
    try:
        operation, transaction, asset__read = _unpack_ledger_deposit_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_DEPOSIT_0)
        raise
    offset += 44
    asset, offset = asset__read(data, offset)
    try:
        amount, source, memo__read = _unpack_ledger_deposit_1(data, offset)
        memo__read = _LEDGER_MEMO_READERS[memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_DEPOSIT_1)
        raise
    offset += 44
    memo, offset = memo__read(data, offset)
    try:
        (muxed_id__present,) = _unpack_ledger_deposit_2(data, offset)
        muxed_id__present = BOOLEANS[muxed_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_DEPOSIT_2)
        raise
    offset += 4
    muxed_id: int | None = None
    if muxed_id__present:
        muxed_id, offset = _read_muxed_id_in_ledger_deposit(data, offset)
    return LedgerDeposit(operation, transaction, asset, amount, source, memo, muxed_id), offset


@dataclass(slots=True, init=False)
class ClaimableDeposit:
    """A claimable balance that the vault can claim at any time.

    XDR::

        struct ClaimableDeposit {
            LedgerCursor operation;
            Hash transaction;
            Hash balance;                     // the id of the claimable balance
            AssetIdentity asset;
            Amount amount;
            Key source;
            LedgerMemo memo;
        };
    """

    operation: LedgerCursor
    transaction: Hash
    balance: Hash
    asset: AssetIdentity
    amount: Amount
    source: Key
    memo: LedgerMemo

    def __init__(
        self,
        operation: LedgerCursor,
        transaction: Hash,
        balance: Hash,
        asset: AssetIdentity,
        amount: Amount,
        source: Key,
        memo: LedgerMemo,
    ) -> None:
        self.operation = operation
        self.transaction = transaction
        self.balance = balance
        self.asset = asset
        self.amount = amount
        self.source = source
        self.memo = memo

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ClaimableDeposit, (
            self.operation,
            self.transaction,
            self.balance,
            self.asset,
            self.amount,
            self.source,
            self.memo,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_claimable_deposit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ClaimableDeposit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_claimable_deposit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ClaimableDeposit")
        return value


_CLAIMABLE_DEPOSIT_0: Fields = (
    ("ClaimableDeposit", "", Instance(ClaimableDeposit)),
    ("ClaimableDeposit.operation", "operation", UINT64),
    ("ClaimableDeposit.transaction", "transaction", Opaque(32)),
    ("ClaimableDeposit.balance", "balance", Opaque(32)),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_CLAIMABLE_DEPOSIT_1: Fields = (
    ("ClaimableDeposit.amount", "amount", INT64),
    ("ClaimableDeposit.source", "source", Opaque(32)),
    ("LedgerMemo.type", "memo", _LEDGER_MEMO_DISCRIMINANT),
)
_pack_claimable_deposit_0: Final = Struct(">Q32s32s").pack
_pack_claimable_deposit_1: Final = Struct(">q32s").pack


def _write_claimable_deposit(value: Any) -> bytes:
    try:
        if type(value) is not ClaimableDeposit:
            raise ValueError
        transaction = value.transaction
        balance = value.balance
        asset = value.asset
        if len(transaction) != 32 or len(balance) != 32:
            raise ValueError
        part_0 = _pack_claimable_deposit_0(value.operation, transaction, balance)
    except Exception:
        explain_unencodable(value, _CLAIMABLE_DEPOSIT_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        memo = value.memo
        if len(source) != 32:
            raise ValueError
        part_1 = _pack_claimable_deposit_1(value.amount, source)
    except Exception:
        explain_unencodable(value, _CLAIMABLE_DEPOSIT_1)
        raise
    try:
        write = _LEDGER_MEMO_WRITERS[type(memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    tail_1 = write(memo)
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_claimable_deposit_0: Final = Struct(">Q32s32s4s").unpack_from
_unpack_claimable_deposit_1: Final = Struct(">q32s4s").unpack_from


def _read_claimable_deposit(data: bytes, offset: int) -> tuple[ClaimableDeposit, int]:
    try:
        operation, transaction, balance, asset__read = _unpack_claimable_deposit_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLAIMABLE_DEPOSIT_0)
        raise
    offset += 76
    asset, offset = asset__read(data, offset)
    try:
        amount, source, memo__read = _unpack_claimable_deposit_1(data, offset)
        memo__read = _LEDGER_MEMO_READERS[memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLAIMABLE_DEPOSIT_1)
        raise
    offset += 44
    memo, offset = memo__read(data, offset)
    return ClaimableDeposit(operation, transaction, balance, asset, amount, source, memo), offset


@dataclass(slots=True, init=False)
class VaultClawback:
    """The issuer took some of its asset back from the vault.

    XDR::

        struct VaultClawback {
            LedgerCursor operation;
            Hash transaction;
            AssetIdentity asset;
            Amount amount;
        };
    """

    operation: LedgerCursor
    transaction: Hash
    asset: AssetIdentity
    amount: Amount

    def __init__(self, operation: LedgerCursor, transaction: Hash, asset: AssetIdentity, amount: Amount) -> None:
        self.operation = operation
        self.transaction = transaction
        self.asset = asset
        self.amount = amount

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return VaultClawback, (
            self.operation,
            self.transaction,
            self.asset,
            self.amount,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_vault_clawback(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "VaultClawback":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_vault_clawback(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "VaultClawback")
        return value


_VAULT_CLAWBACK_0: Fields = (
    ("VaultClawback", "", Instance(VaultClawback)),
    ("VaultClawback.operation", "operation", UINT64),
    ("VaultClawback.transaction", "transaction", Opaque(32)),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_VAULT_CLAWBACK_1: Fields = (("VaultClawback.amount", "amount", INT64),)
_pack_vault_clawback_0: Final = Struct(">Q32s").pack
_pack_vault_clawback_1: Final = Struct(">q").pack


def _write_vault_clawback(value: Any) -> bytes:
    try:
        if type(value) is not VaultClawback:
            raise ValueError
        transaction = value.transaction
        asset = value.asset
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_clawback_0(value.operation, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_CLAWBACK_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        part_1 = _pack_vault_clawback_1(value.amount)
    except Exception:
        explain_unencodable(value, _VAULT_CLAWBACK_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_vault_clawback_0: Final = Struct(">Q32s4s").unpack_from
_unpack_vault_clawback_1: Final = Struct(">q").unpack_from


def _read_vault_clawback(data: bytes, offset: int) -> tuple[VaultClawback, int]:
    try:
        operation, transaction, asset__read = _unpack_vault_clawback_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _VAULT_CLAWBACK_0)
        raise
    offset += 44
    asset, offset = asset__read(data, offset)
    try:
        (amount,) = _unpack_vault_clawback_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _VAULT_CLAWBACK_1)
        raise
    return VaultClawback(operation, transaction, asset, amount), offset + 8


@dataclass(slots=True, init=False)
class VaultAuthorization:
    """The issuer changed whether the vault may hold and move its asset.

    XDR::

        struct VaultAuthorization {
            LedgerCursor operation;
            Hash transaction;
            AssetIdentity asset;
            bool authorized;
        };
    """

    operation: LedgerCursor
    transaction: Hash
    asset: AssetIdentity
    authorized: bool

    def __init__(self, operation: LedgerCursor, transaction: Hash, asset: AssetIdentity, authorized: bool) -> None:
        self.operation = operation
        self.transaction = transaction
        self.asset = asset
        self.authorized = authorized

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return VaultAuthorization, (
            self.operation,
            self.transaction,
            self.asset,
            self.authorized,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_vault_authorization(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "VaultAuthorization":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_vault_authorization(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "VaultAuthorization")
        return value


_VAULT_AUTHORIZATION_0: Fields = (
    ("VaultAuthorization", "", Instance(VaultAuthorization)),
    ("VaultAuthorization.operation", "operation", UINT64),
    ("VaultAuthorization.transaction", "transaction", Opaque(32)),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_VAULT_AUTHORIZATION_1: Fields = (("VaultAuthorization.authorized", "authorized", BOOLEAN),)
_pack_vault_authorization_0: Final = Struct(">Q32s").pack
_pack_vault_authorization_1: Final = Struct(">I").pack


def _write_vault_authorization(value: Any) -> bytes:
    try:
        if type(value) is not VaultAuthorization:
            raise ValueError
        transaction = value.transaction
        asset = value.asset
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_authorization_0(value.operation, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_AUTHORIZATION_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        authorized = value.authorized
        if authorized is not True and authorized is not False:
            raise ValueError
        part_1 = _pack_vault_authorization_1(authorized)
    except Exception:
        explain_unencodable(value, _VAULT_AUTHORIZATION_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_vault_authorization_0: Final = Struct(">Q32s4s").unpack_from
_unpack_vault_authorization_1: Final = Struct(">I").unpack_from


def _read_vault_authorization(data: bytes, offset: int) -> tuple[VaultAuthorization, int]:
    try:
        operation, transaction, asset__read = _unpack_vault_authorization_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _VAULT_AUTHORIZATION_0)
        raise
    offset += 44
    asset, offset = asset__read(data, offset)
    try:
        (authorized,) = _unpack_vault_authorization_1(data, offset)
        authorized = BOOLEANS[authorized]
    except (StructError, KeyError):
        explain_malformed(data, offset, _VAULT_AUTHORIZATION_1)
        raise
    return VaultAuthorization(operation, transaction, asset, authorized), offset + 4


@dataclass(slots=True, init=False)
class VaultTransaction:
    """A transaction that acts for the vault and is no channel's: the constellation did not ask for it.

    XDR::

        struct VaultTransaction {
            LedgerCursor transaction_id;
            Hash transaction;
        };
    """

    transaction_id: LedgerCursor
    transaction: Hash

    def __init__(self, transaction_id: LedgerCursor, transaction: Hash) -> None:
        self.transaction_id = transaction_id
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return VaultTransaction, (
            self.transaction_id,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_vault_transaction(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "VaultTransaction":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_vault_transaction(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "VaultTransaction")
        return value


_VAULT_TRANSACTION_0: Fields = (
    ("VaultTransaction", "", Instance(VaultTransaction)),
    ("VaultTransaction.transaction_id", "transaction_id", UINT64),
    ("VaultTransaction.transaction", "transaction", Opaque(32)),
)
_pack_vault_transaction_0: Final = Struct(">Q32s").pack


def _write_vault_transaction(value: Any) -> bytes:
    try:
        if type(value) is not VaultTransaction:
            raise ValueError
        transaction = value.transaction
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_transaction_0(value.transaction_id, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_TRANSACTION_0)
        raise
    return part_0


_unpack_vault_transaction_0: Final = Struct(">Q32s").unpack_from


def _read_vault_transaction(data: bytes, offset: int) -> tuple[VaultTransaction, int]:
    try:
        transaction_id, transaction = _unpack_vault_transaction_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _VAULT_TRANSACTION_0)
        raise
    return VaultTransaction(transaction_id, transaction), offset + 40


@dataclass(slots=True, init=False)
class ChannelTransaction:
    """A transaction whose source is one of the vault's channels: the only way the constellation moves money of the vault.

    XDR::

        struct ChannelTransaction {
            LedgerCursor transaction_id;
            Hash transaction;
            Key channel;
            hyper sequence;
            bool successful;
        };
    """

    transaction_id: LedgerCursor
    transaction: Hash
    channel: Key
    sequence: int
    successful: bool

    def __init__(
        self, transaction_id: LedgerCursor, transaction: Hash, channel: Key, sequence: int, successful: bool
    ) -> None:
        self.transaction_id = transaction_id
        self.transaction = transaction
        self.channel = channel
        self.sequence = sequence
        self.successful = successful

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ChannelTransaction, (
            self.transaction_id,
            self.transaction,
            self.channel,
            self.sequence,
            self.successful,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_channel_transaction(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ChannelTransaction":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_channel_transaction(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ChannelTransaction")
        return value


_CHANNEL_TRANSACTION_0: Fields = (
    ("ChannelTransaction", "", Instance(ChannelTransaction)),
    ("ChannelTransaction.transaction_id", "transaction_id", UINT64),
    ("ChannelTransaction.transaction", "transaction", Opaque(32)),
    ("ChannelTransaction.channel", "channel", Opaque(32)),
    ("ChannelTransaction.sequence", "sequence", INT64),
    ("ChannelTransaction.successful", "successful", BOOLEAN),
)
_pack_channel_transaction_0: Final = Struct(">Q32s32sqI").pack


def _write_channel_transaction(value: Any) -> bytes:
    try:
        if type(value) is not ChannelTransaction:
            raise ValueError
        transaction = value.transaction
        channel = value.channel
        successful = value.successful
        if len(transaction) != 32 or len(channel) != 32 or (successful is not True and successful is not False):
            raise ValueError
        part_0 = _pack_channel_transaction_0(value.transaction_id, transaction, channel, value.sequence, successful)
    except Exception:
        explain_unencodable(value, _CHANNEL_TRANSACTION_0)
        raise
    return part_0


_unpack_channel_transaction_0: Final = Struct(">Q32s32sqI").unpack_from


def _read_channel_transaction(data: bytes, offset: int) -> tuple[ChannelTransaction, int]:
    try:
        transaction_id, transaction, channel, sequence, successful = _unpack_channel_transaction_0(data, offset)
        successful = BOOLEANS[successful]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CHANNEL_TRANSACTION_0)
        raise
    return ChannelTransaction(transaction_id, transaction, channel, sequence, successful), offset + 84


class LedgerEventType(IntEnum):
    """The enum LedgerEventType of quanta.x.

    XDR::

        enum LedgerEventType {
            LEDGER_DEPOSIT = 0,
            CHANNEL_TRANSACTION = 1,
            CLAIMABLE_DEPOSIT = 2,
            VAULT_CLAWBACK = 3,
            VAULT_AUTHORIZATION = 4,
            VAULT_TRANSACTION = 5
        };
    """

    LEDGER_DEPOSIT = 0
    CHANNEL_TRANSACTION = 1
    CLAIMABLE_DEPOSIT = 2
    VAULT_CLAWBACK = 3
    VAULT_AUTHORIZATION = 4
    VAULT_TRANSACTION = 5


_LEDGER_EVENT_TYPE_MEMBERS: Final[dict[int, LedgerEventType]] = {member.value: member for member in LedgerEventType}


LedgerEvent = (
    LedgerDeposit | ChannelTransaction | ClaimableDeposit | VaultClawback | VaultAuthorization | VaultTransaction
)

_MUXED_ID_IN_DEPOSIT_AS_LEDGER_EVENT_0: Fields = (("LedgerDeposit.muxed_id", "", UINT64),)
_pack_muxed_id_in_deposit_as_ledger_event_0: Final = Struct(">iQ").pack


def _write_muxed_id_in_deposit_as_ledger_event(value: Any) -> bytes:
    try:
        part_0 = _pack_muxed_id_in_deposit_as_ledger_event_0(1, value)
    except Exception:
        explain_unencodable(value, _MUXED_ID_IN_DEPOSIT_AS_LEDGER_EVENT_0)
        raise
    return part_0


_pack_deposit_as_ledger_event_0: Final = Struct(">iQ32s").pack
_pack_deposit_as_ledger_event_1: Final = Struct(">q32s").pack


def _write_deposit_as_ledger_event(value: LedgerDeposit) -> bytes:
    try:
        transaction = value.transaction
        asset = value.asset
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_deposit_as_ledger_event_0(0, value.operation, transaction)
    except Exception:
        explain_unencodable(value, _LEDGER_DEPOSIT_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        memo = value.memo
        if len(source) != 32:
            raise ValueError
        part_1 = _pack_deposit_as_ledger_event_1(value.amount, source)
    except Exception:
        explain_unencodable(value, _LEDGER_DEPOSIT_1)
        raise
    try:
        write = _LEDGER_MEMO_WRITERS[type(memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    tail_1 = write(memo)
    try:
        muxed_id = value.muxed_id
    except Exception:
        explain_unencodable(value, _LEDGER_DEPOSIT_2)
        raise
    tail_2 = ABSENT if muxed_id is None else _write_muxed_id_in_deposit_as_ledger_event(muxed_id)
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2))


_pack_channel_transaction_as_ledger_event_0: Final = Struct(">iQ32s32sqI").pack


def _write_channel_transaction_as_ledger_event(value: ChannelTransaction) -> bytes:
    try:
        transaction = value.transaction
        channel = value.channel
        successful = value.successful
        if len(transaction) != 32 or len(channel) != 32 or (successful is not True and successful is not False):
            raise ValueError
        part_0 = _pack_channel_transaction_as_ledger_event_0(
            1, value.transaction_id, transaction, channel, value.sequence, successful
        )
    except Exception:
        explain_unencodable(value, _CHANNEL_TRANSACTION_0)
        raise
    return part_0


_pack_claimable_deposit_as_ledger_event_0: Final = Struct(">iQ32s32s").pack
_pack_claimable_deposit_as_ledger_event_1: Final = Struct(">q32s").pack


def _write_claimable_deposit_as_ledger_event(value: ClaimableDeposit) -> bytes:
    try:
        transaction = value.transaction
        balance = value.balance
        asset = value.asset
        if len(transaction) != 32 or len(balance) != 32:
            raise ValueError
        part_0 = _pack_claimable_deposit_as_ledger_event_0(2, value.operation, transaction, balance)
    except Exception:
        explain_unencodable(value, _CLAIMABLE_DEPOSIT_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        memo = value.memo
        if len(source) != 32:
            raise ValueError
        part_1 = _pack_claimable_deposit_as_ledger_event_1(value.amount, source)
    except Exception:
        explain_unencodable(value, _CLAIMABLE_DEPOSIT_1)
        raise
    try:
        write = _LEDGER_MEMO_WRITERS[type(memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    tail_1 = write(memo)
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_vault_clawback_as_ledger_event_0: Final = Struct(">iQ32s").pack
_pack_vault_clawback_as_ledger_event_1: Final = Struct(">q").pack


def _write_vault_clawback_as_ledger_event(value: VaultClawback) -> bytes:
    try:
        transaction = value.transaction
        asset = value.asset
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_clawback_as_ledger_event_0(3, value.operation, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_CLAWBACK_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        part_1 = _pack_vault_clawback_as_ledger_event_1(value.amount)
    except Exception:
        explain_unencodable(value, _VAULT_CLAWBACK_1)
        raise
    return part_0 + tail_0 + part_1


_pack_vault_authorization_as_ledger_event_0: Final = Struct(">iQ32s").pack
_pack_vault_authorization_as_ledger_event_1: Final = Struct(">I").pack


def _write_vault_authorization_as_ledger_event(value: VaultAuthorization) -> bytes:
    try:
        transaction = value.transaction
        asset = value.asset
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_authorization_as_ledger_event_0(4, value.operation, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_AUTHORIZATION_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        authorized = value.authorized
        if authorized is not True and authorized is not False:
            raise ValueError
        part_1 = _pack_vault_authorization_as_ledger_event_1(authorized)
    except Exception:
        explain_unencodable(value, _VAULT_AUTHORIZATION_1)
        raise
    return part_0 + tail_0 + part_1


_pack_vault_transaction_as_ledger_event_0: Final = Struct(">iQ32s").pack


def _write_vault_transaction_as_ledger_event(value: VaultTransaction) -> bytes:
    try:
        transaction = value.transaction
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_transaction_as_ledger_event_0(5, value.transaction_id, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_TRANSACTION_0)
        raise
    return part_0


_LEDGER_EVENT_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    LedgerDeposit: _write_deposit_as_ledger_event,
    ChannelTransaction: _write_channel_transaction_as_ledger_event,
    ClaimableDeposit: _write_claimable_deposit_as_ledger_event,
    VaultClawback: _write_vault_clawback_as_ledger_event,
    VaultAuthorization: _write_vault_authorization_as_ledger_event,
    VaultTransaction: _write_vault_transaction_as_ledger_event,
}

_LEDGER_EVENT_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[LedgerEvent, int]]]] = {
    b"\x00\x00\x00\x00": _read_ledger_deposit,
    b"\x00\x00\x00\x01": _read_channel_transaction,
    b"\x00\x00\x00\x02": _read_claimable_deposit,
    b"\x00\x00\x00\x03": _read_vault_clawback,
    b"\x00\x00\x00\x04": _read_vault_authorization,
    b"\x00\x00\x00\x05": _read_vault_transaction,
}
_LEDGER_EVENT_DISCRIMINANT = Discriminant(_LEDGER_EVENT_TYPE_MEMBERS, _LEDGER_EVENT_READERS)
_LEDGER_EVENT_0: Fields = (("LedgerEvent.type", "", _LEDGER_EVENT_DISCRIMINANT),)


def _read_ledger_event(data: bytes, offset: int) -> tuple[LedgerEvent, int]:
    try:
        read = _LEDGER_EVENT_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _LEDGER_EVENT_0)
        raise
    return read(data, offset + 4)


def encode_ledger_event(value: LedgerEvent) -> bytes:
    """Encodes a value of the union LedgerEvent by its class."""
    try:
        write = _LEDGER_EVENT_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerEvent.type") from None
    return write(value)


def decode_ledger_event(data: bytes) -> LedgerEvent:
    """Decodes bytes that are one LedgerEvent and nothing else."""
    value, offset = _read_ledger_event(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "LedgerEvent")
    return value


@dataclass(slots=True, init=False)
class LedgerReport:
    """All that concerns the vault after `previous` up to and including `cursor`.

    XDR::

        struct LedgerReport {
            LedgerCursor previous;
            LedgerCursor cursor;
            hyper closed_at_s;                // close time of the cursor's ledger
            LedgerEvent events<MAX_LEDGER_EVENTS>;
        };
    """

    previous: LedgerCursor
    cursor: LedgerCursor
    closed_at_s: int
    events: list[LedgerEvent]

    def __init__(
        self, previous: LedgerCursor, cursor: LedgerCursor, closed_at_s: int, events: list[LedgerEvent]
    ) -> None:
        self.previous = previous
        self.cursor = cursor
        self.closed_at_s = closed_at_s
        self.events = events

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LedgerReport, (
            self.previous,
            self.cursor,
            self.closed_at_s,
            self.events,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_ledger_report(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LedgerReport":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_ledger_report(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LedgerReport")
        return value


_LEDGER_REPORT_0: Fields = (
    ("LedgerReport", "", Instance(LedgerReport)),
    ("LedgerReport.previous", "previous", UINT64),
    ("LedgerReport.cursor", "cursor", UINT64),
    ("LedgerReport.closed_at_s", "closed_at_s", INT64),
    ("LedgerReport.events", "events", Items(MAX_LEDGER_EVENTS)),
)
_pack_ledger_report_0: Final = Struct(">QQqI").pack


def _write_ledger_report(value: Any) -> bytes:
    try:
        if type(value) is not LedgerReport:
            raise ValueError
        events: list[Any] = value.events
        if type(events) is not list or len(events) > MAX_LEDGER_EVENTS:
            raise ValueError
        part_0 = _pack_ledger_report_0(value.previous, value.cursor, value.closed_at_s, len(events))
    except Exception:
        explain_unencodable(value, _LEDGER_REPORT_0)
        raise
    try:
        tail_0 = b"".join([_LEDGER_EVENT_WRITERS[type(item)](item) for item in events])
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerEvent.type") from None
    return part_0 + tail_0


_unpack_ledger_report_0: Final = Struct(">QQqI").unpack_from


def _read_ledger_report(data: bytes, offset: int) -> tuple[LedgerReport, int]:
    try:
        previous, cursor, closed_at_s, events__count = _unpack_ledger_report_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _LEDGER_REPORT_0)
        raise
    offset += 28
    if events__count > MAX_LEDGER_EVENTS or events__count * 44 > len(data) - offset:
        refuse_count(events__count, MAX_LEDGER_EVENTS, "LedgerReport.events")
    events = []
    for _ in range(events__count):
        try:
            events__read = _LEDGER_EVENT_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _LEDGER_EVENT_0)
            raise
        events__item, offset = events__read(data, offset + 4)
        events.append(events__item)
    return LedgerReport(previous, cursor, closed_at_s, events), offset


@dataclass(slots=True, init=False)
class LedgerCommit:
    """The struct LedgerCommit of quanta.x.

    XDR::

        struct LedgerCommit {
            LedgerReport report;
            AuditorSignature signatures<MAX_AUDITORS>;
        };
    """

    report: LedgerReport
    signatures: list[AuditorSignature]

    def __init__(self, report: LedgerReport, signatures: list[AuditorSignature]) -> None:
        self.report = report
        self.signatures = signatures

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LedgerCommit, (
            self.report,
            self.signatures,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_ledger_commit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LedgerCommit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_ledger_commit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LedgerCommit")
        return value


_LEDGER_COMMIT_0: Fields = (
    ("LedgerCommit", "", Instance(LedgerCommit)),
    ("LedgerReport", "report", Instance(LedgerReport)),
    ("LedgerReport.previous", "report.previous", UINT64),
    ("LedgerReport.cursor", "report.cursor", UINT64),
    ("LedgerReport.closed_at_s", "report.closed_at_s", INT64),
    ("LedgerReport.events", "report.events", Items(MAX_LEDGER_EVENTS)),
)
_LEDGER_COMMIT_1: Fields = (("LedgerCommit.signatures", "signatures", Items(MAX_AUDITORS)),)
_pack_ledger_commit_0: Final = Struct(">QQqI").pack
_pack_ledger_commit_1: Final = Struct(">I").pack


def _write_ledger_commit(value: Any) -> bytes:
    try:
        if type(value) is not LedgerCommit:
            raise ValueError
        report = value.report
        report__events: list[Any] = report.events
        if (
            type(report) is not LedgerReport
            or type(report__events) is not list
            or len(report__events) > MAX_LEDGER_EVENTS
        ):
            raise ValueError
        part_0 = _pack_ledger_commit_0(report.previous, report.cursor, report.closed_at_s, len(report__events))
    except Exception:
        explain_unencodable(value, _LEDGER_COMMIT_0)
        raise
    try:
        tail_0 = b"".join([_LEDGER_EVENT_WRITERS[type(item)](item) for item in report__events])
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerEvent.type") from None
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_ledger_commit_1(len(signatures))
    except Exception:
        explain_unencodable(value, _LEDGER_COMMIT_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_ledger_commit_0: Final = Struct(">QQqI").unpack_from
_unpack_ledger_commit_1: Final = Struct(">I").unpack_from


def _read_ledger_commit(data: bytes, offset: int) -> tuple[LedgerCommit, int]:
    try:
        report__previous, report__cursor, report__closed_at_s, report__events__count = _unpack_ledger_commit_0(
            data, offset
        )
    except StructError:
        explain_malformed(data, offset, _LEDGER_COMMIT_0)
        raise
    offset += 28
    if report__events__count > MAX_LEDGER_EVENTS or report__events__count * 44 > len(data) - offset:
        refuse_count(report__events__count, MAX_LEDGER_EVENTS, "LedgerReport.events")
    report__events = []
    for _ in range(report__events__count):
        try:
            report__events__read = _LEDGER_EVENT_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _LEDGER_EVENT_0)
            raise
        report__events__item, offset = report__events__read(data, offset + 4)
        report__events.append(report__events__item)
    try:
        (signatures__count,) = _unpack_ledger_commit_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _LEDGER_COMMIT_1)
        raise
    offset += 4
    if signatures__count > MAX_AUDITORS or signatures__count * 96 > len(data) - offset:
        refuse_count(signatures__count, MAX_AUDITORS, "LedgerCommit.signatures")
    signatures = []
    for _ in range(signatures__count):
        signatures__item, offset = _read_auditor_signature(data, offset)
        signatures.append(signatures__item)
    return LedgerCommit(
        LedgerReport(report__previous, report__cursor, report__closed_at_s, report__events), signatures
    ), offset


@dataclass(slots=True, init=False)
class TermCommit:
    """The first quantum of a term says who its members are.

    XDR::

        struct TermCommit {
            SignedAppointment signed;
        };
    """

    signed: SignedAppointment

    def __init__(self, signed: SignedAppointment) -> None:
        self.signed = signed

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TermCommit, (self.signed,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_term_commit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TermCommit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_term_commit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TermCommit")
        return value


_TERM_COMMIT_0: Fields = (
    ("TermCommit", "", Instance(TermCommit)),
    ("SignedAppointment", "signed", Instance(SignedAppointment)),
    ("Appointment", "signed.appointment", Instance(Appointment)),
    ("Appointment.term", "signed.appointment.term", UINT32),
    ("Appointment.alpha", "signed.appointment.alpha", Opaque(32)),
    ("Appointment.auditors", "signed.appointment.auditors", Items(MAX_AUDITORS)),
)
_TERM_COMMIT_1: Fields = (
    ("Appointment.quorum_rule", "signed.appointment.quorum_rule", Enumerated(_QUORUM_RULE_MEMBERS)),
    ("Appointment.client_url", "signed.appointment.client_url", LENGTH),
)
_TERM_COMMIT_2: Fields = (("Appointment.cluster_url", "signed.appointment.cluster_url", LENGTH),)
_TERM_COMMIT_3: Fields = (("SignedAppointment.signatures", "signed.signatures", Items(MAX_AUDITORS)),)
_pack_term_commit_0: Final = Struct(">I32sI").pack
_pack_term_commit_1: Final = Struct(">i").pack
_pack_term_commit_3: Final = Struct(">I").pack


def _write_term_commit(value: Any) -> bytes:
    try:
        if type(value) is not TermCommit:
            raise ValueError
        signed = value.signed
        signed__appointment = signed.appointment
        signed__appointment__alpha = signed__appointment.alpha
        signed__appointment__auditors: list[Any] = signed__appointment.auditors
        if (
            type(signed) is not SignedAppointment
            or type(signed__appointment) is not Appointment
            or len(signed__appointment__alpha) != 32
            or type(signed__appointment__auditors) is not list
            or len(signed__appointment__auditors) > MAX_AUDITORS
        ):
            raise ValueError
        part_0 = _pack_term_commit_0(
            signed__appointment.term, signed__appointment__alpha, len(signed__appointment__auditors)
        )
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_0)
        raise
    tail_0 = write_opaques(signed__appointment__auditors, 32, "Appointment.auditors")
    try:
        signed__appointment__quorum_rule = signed__appointment.quorum_rule
        signed__appointment__client_url = signed__appointment.client_url
        if signed__appointment__quorum_rule not in _QUORUM_RULE_MEMBERS:
            raise ValueError
        part_1 = _pack_term_commit_1(signed__appointment__quorum_rule)
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_1)
        raise
    tail_1 = write_string(signed__appointment__client_url, 256, "Appointment.client_url")
    try:
        signed__appointment__cluster_url = signed__appointment.cluster_url
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_2)
        raise
    tail_2 = write_string(signed__appointment__cluster_url, 256, "Appointment.cluster_url")
    try:
        signed__signatures: list[Any] = signed.signatures
        if type(signed__signatures) is not list or len(signed__signatures) > MAX_AUDITORS:
            raise ValueError
        part_3 = _pack_term_commit_3(len(signed__signatures))
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_3)
        raise
    tail_3 = b"".join([_write_auditor_signature(item) for item in signed__signatures])
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2, part_3, tail_3))


_unpack_term_commit_0: Final = Struct(">I32sI").unpack_from
_unpack_term_commit_1: Final = Struct(">iI").unpack_from
_unpack_term_commit_2: Final = Struct(">I").unpack_from
_unpack_term_commit_3: Final = Struct(">I").unpack_from


def _read_term_commit(data: bytes, offset: int) -> tuple[TermCommit, int]:
    try:
        signed__appointment__term, signed__appointment__alpha, signed__appointment__auditors__count = (
            _unpack_term_commit_0(data, offset)
        )
    except StructError:
        explain_malformed(data, offset, _TERM_COMMIT_0)
        raise
    offset += 40
    if (
        signed__appointment__auditors__count > MAX_AUDITORS
        or signed__appointment__auditors__count * 32 > len(data) - offset
    ):
        refuse_count(signed__appointment__auditors__count, MAX_AUDITORS, "Appointment.auditors")
    signed__appointment__auditors, offset = read_opaques(data, offset, signed__appointment__auditors__count, 32)
    try:
        signed__appointment__quorum_rule, signed__appointment__client_url__length = _unpack_term_commit_1(data, offset)
        signed__appointment__quorum_rule = _QUORUM_RULE_MEMBERS[signed__appointment__quorum_rule]
    except (StructError, KeyError):
        explain_malformed(data, offset, _TERM_COMMIT_1)
        raise
    offset += 8
    signed__appointment__client_url, offset = read_string(
        data, offset, signed__appointment__client_url__length, 256, "Appointment.client_url"
    )
    try:
        (signed__appointment__cluster_url__length,) = _unpack_term_commit_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _TERM_COMMIT_2)
        raise
    offset += 4
    signed__appointment__cluster_url, offset = read_string(
        data, offset, signed__appointment__cluster_url__length, 256, "Appointment.cluster_url"
    )
    try:
        (signed__signatures__count,) = _unpack_term_commit_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _TERM_COMMIT_3)
        raise
    offset += 4
    if signed__signatures__count > MAX_AUDITORS or signed__signatures__count * 96 > len(data) - offset:
        refuse_count(signed__signatures__count, MAX_AUDITORS, "SignedAppointment.signatures")
    signed__signatures = []
    for _ in range(signed__signatures__count):
        signed__signatures__item, offset = _read_auditor_signature(data, offset)
        signed__signatures.append(signed__signatures__item)
    return TermCommit(
        SignedAppointment(
            Appointment(
                signed__appointment__term,
                signed__appointment__alpha,
                signed__appointment__auditors,
                signed__appointment__quorum_rule,
                signed__appointment__client_url,
                signed__appointment__cluster_url,
            ),
            signed__signatures,
        )
    ), offset


@dataclass(slots=True, init=False)
class TimeCommit:
    """Sequenced time has come to something: triggered orders that an earlier quantum had no room for, orders whose time is
    over, cancel-all-after that was not renewed, holds that lapse. Before any request of that time or later.

    XDR::

        struct TimeCommit {
            Timestamp due;                    // of what is due first
        };
    """

    due: Timestamp

    def __init__(self, due: Timestamp) -> None:
        self.due = due

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TimeCommit, (self.due,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_time_commit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TimeCommit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_time_commit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TimeCommit")
        return value


_TIME_COMMIT_0: Fields = (
    ("TimeCommit", "", Instance(TimeCommit)),
    ("TimeCommit.due", "due", INT64),
)
_pack_time_commit_0: Final = Struct(">q").pack


def _write_time_commit(value: Any) -> bytes:
    try:
        if type(value) is not TimeCommit:
            raise ValueError
        part_0 = _pack_time_commit_0(value.due)
    except Exception:
        explain_unencodable(value, _TIME_COMMIT_0)
        raise
    return part_0


_unpack_time_commit_0: Final = Struct(">q").unpack_from


def _read_time_commit(data: bytes, offset: int) -> tuple[TimeCommit, int]:
    try:
        (due,) = _unpack_time_commit_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _TIME_COMMIT_0)
        raise
    return TimeCommit(due), offset + 8


class QuantumType(IntEnum):
    """The enum QuantumType of quanta.x.

    XDR::

        enum QuantumType {
            REQUEST = 0,
            LEDGER_COMMIT = 1,
            GOVERNANCE_COMMIT = 2,
            TERM_COMMIT = 3,
            REQUEST_BATCH = 4,                // as many quanta as it has operations: each has its apex, leaf and effects
            TIME_COMMIT = 5,
            MODE_COMMIT = 6
        };
    """

    REQUEST = 0
    LEDGER_COMMIT = 1
    GOVERNANCE_COMMIT = 2
    TERM_COMMIT = 3
    REQUEST_BATCH = 4
    TIME_COMMIT = 5
    MODE_COMMIT = 6


_QUANTUM_TYPE_MEMBERS: Final[dict[int, QuantumType]] = {member.value: member for member in QuantumType}


QuantumBody = (
    SignedRequest | LedgerCommit | GovernanceCommit | TermCommit | SignedRequestBatch | TimeCommit | ModeCommit
)


def _write_request_as_quantum_body(value: Any) -> bytes:
    return b"\x00\x00\x00\x00" + _write_signed_request(value)


_pack_ledger_commit_as_quantum_body_0: Final = Struct(">iQQqI").pack
_pack_ledger_commit_as_quantum_body_1: Final = Struct(">I").pack


def _write_ledger_commit_as_quantum_body(value: LedgerCommit) -> bytes:
    try:
        report = value.report
        report__events: list[Any] = report.events
        if (
            type(report) is not LedgerReport
            or type(report__events) is not list
            or len(report__events) > MAX_LEDGER_EVENTS
        ):
            raise ValueError
        part_0 = _pack_ledger_commit_as_quantum_body_0(
            1, report.previous, report.cursor, report.closed_at_s, len(report__events)
        )
    except Exception:
        explain_unencodable(value, _LEDGER_COMMIT_0)
        raise
    try:
        tail_0 = b"".join([_LEDGER_EVENT_WRITERS[type(item)](item) for item in report__events])
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerEvent.type") from None
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_ledger_commit_as_quantum_body_1(len(signatures))
    except Exception:
        explain_unencodable(value, _LEDGER_COMMIT_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_governance_commit_as_quantum_body_0: Final = Struct(">iq").pack
_pack_governance_commit_as_quantum_body_1: Final = Struct(">I").pack


def _write_governance_commit_as_quantum_body(value: GovernanceCommit) -> bytes:
    try:
        proposal = value.proposal
        proposal__decision = proposal.decision
        if type(proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_governance_commit_as_quantum_body_0(2, proposal.valid_until)
    except Exception:
        explain_unencodable(value, _GOVERNANCE_COMMIT_0)
        raise
    try:
        write = _DECISION_WRITERS[type(proposal__decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(proposal__decision)
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_governance_commit_as_quantum_body_1(len(signatures))
    except Exception:
        explain_unencodable(value, _GOVERNANCE_COMMIT_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_term_commit_as_quantum_body_0: Final = Struct(">iI32sI").pack
_pack_term_commit_as_quantum_body_1: Final = Struct(">i").pack
_pack_term_commit_as_quantum_body_3: Final = Struct(">I").pack


def _write_term_commit_as_quantum_body(value: TermCommit) -> bytes:
    try:
        signed = value.signed
        signed__appointment = signed.appointment
        signed__appointment__alpha = signed__appointment.alpha
        signed__appointment__auditors: list[Any] = signed__appointment.auditors
        if (
            type(signed) is not SignedAppointment
            or type(signed__appointment) is not Appointment
            or len(signed__appointment__alpha) != 32
            or type(signed__appointment__auditors) is not list
            or len(signed__appointment__auditors) > MAX_AUDITORS
        ):
            raise ValueError
        part_0 = _pack_term_commit_as_quantum_body_0(
            3, signed__appointment.term, signed__appointment__alpha, len(signed__appointment__auditors)
        )
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_0)
        raise
    tail_0 = write_opaques(signed__appointment__auditors, 32, "Appointment.auditors")
    try:
        signed__appointment__quorum_rule = signed__appointment.quorum_rule
        signed__appointment__client_url = signed__appointment.client_url
        if signed__appointment__quorum_rule not in _QUORUM_RULE_MEMBERS:
            raise ValueError
        part_1 = _pack_term_commit_as_quantum_body_1(signed__appointment__quorum_rule)
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_1)
        raise
    tail_1 = write_string(signed__appointment__client_url, 256, "Appointment.client_url")
    try:
        signed__appointment__cluster_url = signed__appointment.cluster_url
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_2)
        raise
    tail_2 = write_string(signed__appointment__cluster_url, 256, "Appointment.cluster_url")
    try:
        signed__signatures: list[Any] = signed.signatures
        if type(signed__signatures) is not list or len(signed__signatures) > MAX_AUDITORS:
            raise ValueError
        part_3 = _pack_term_commit_as_quantum_body_3(len(signed__signatures))
    except Exception:
        explain_unencodable(value, _TERM_COMMIT_3)
        raise
    tail_3 = b"".join([_write_auditor_signature(item) for item in signed__signatures])
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2, part_3, tail_3))


def _write_request_batch_as_quantum_body(value: Any) -> bytes:
    return b"\x00\x00\x00\x04" + _write_signed_request_batch(value)


_pack_time_commit_as_quantum_body_0: Final = Struct(">iq").pack


def _write_time_commit_as_quantum_body(value: TimeCommit) -> bytes:
    try:
        part_0 = _pack_time_commit_as_quantum_body_0(5, value.due)
    except Exception:
        explain_unencodable(value, _TIME_COMMIT_0)
        raise
    return part_0


_pack_mode_commit_as_quantum_body_0: Final = Struct(">ii").pack


def _write_mode_commit_as_quantum_body(value: ModeCommit) -> bytes:
    try:
        mode = value.mode
        reason = value.reason
        if mode not in _MODE_MEMBERS:
            raise ValueError
        part_0 = _pack_mode_commit_as_quantum_body_0(6, mode)
    except Exception:
        explain_unencodable(value, _MODE_COMMIT_0)
        raise
    tail_0 = write_string(reason, MAX_MODE_REASON, "ModeCommit.reason")
    return part_0 + tail_0


_QUANTUM_BODY_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    SignedRequest: _write_request_as_quantum_body,
    LedgerCommit: _write_ledger_commit_as_quantum_body,
    GovernanceCommit: _write_governance_commit_as_quantum_body,
    TermCommit: _write_term_commit_as_quantum_body,
    SignedRequestBatch: _write_request_batch_as_quantum_body,
    TimeCommit: _write_time_commit_as_quantum_body,
    ModeCommit: _write_mode_commit_as_quantum_body,
}

_QUANTUM_BODY_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[QuantumBody, int]]]] = {
    b"\x00\x00\x00\x00": _read_signed_request,
    b"\x00\x00\x00\x01": _read_ledger_commit,
    b"\x00\x00\x00\x02": _read_governance_commit,
    b"\x00\x00\x00\x03": _read_term_commit,
    b"\x00\x00\x00\x04": _read_signed_request_batch,
    b"\x00\x00\x00\x05": _read_time_commit,
    b"\x00\x00\x00\x06": _read_mode_commit,
}
_QUANTUM_BODY_DISCRIMINANT = Discriminant(_QUANTUM_TYPE_MEMBERS, _QUANTUM_BODY_READERS)
_QUANTUM_BODY_0: Fields = (("QuantumBody.type", "", _QUANTUM_BODY_DISCRIMINANT),)


def _read_quantum_body(data: bytes, offset: int) -> tuple[QuantumBody, int]:
    try:
        read = _QUANTUM_BODY_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _QUANTUM_BODY_0)
        raise
    return read(data, offset + 4)


def encode_quantum_body(value: QuantumBody) -> bytes:
    """Encodes a value of the union QuantumBody by its class."""
    try:
        write = _QUANTUM_BODY_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "QuantumBody.type") from None
    return write(value)


def decode_quantum_body(data: bytes) -> QuantumBody:
    """Decodes bytes that are one QuantumBody and nothing else."""
    value, offset = _read_quantum_body(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "QuantumBody")
    return value


@dataclass(slots=True, init=False)
class Quantum:
    """The first quantum's apex is the header's first_apex; there are no gaps.

    XDR::

        struct Quantum {
            Timestamp timestamp;
            QuantumBody body;
        };
    """

    timestamp: Timestamp
    body: QuantumBody

    def __init__(self, timestamp: Timestamp, body: QuantumBody) -> None:
        self.timestamp = timestamp
        self.body = body

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Quantum, (
            self.timestamp,
            self.body,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_quantum(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Quantum":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_quantum(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Quantum")
        return value


_QUANTUM_0: Fields = (
    ("Quantum", "", Instance(Quantum)),
    ("Quantum.timestamp", "timestamp", INT64),
    ("QuantumBody.type", "body", _QUANTUM_BODY_DISCRIMINANT),
)
_pack_quantum_0: Final = Struct(">q").pack


def _write_quantum(value: Any) -> bytes:
    try:
        if type(value) is not Quantum:
            raise ValueError
        body = value.body
        part_0 = _pack_quantum_0(value.timestamp)
    except Exception:
        explain_unencodable(value, _QUANTUM_0)
        raise
    try:
        write = _QUANTUM_BODY_WRITERS[type(body)]
    except KeyError:
        raise UnencodableMessage("wrong type", "QuantumBody.type") from None
    tail_0 = write(body)
    return part_0 + tail_0


_unpack_quantum_0: Final = Struct(">q4s").unpack_from


def _read_quantum(data: bytes, offset: int) -> tuple[Quantum, int]:
    try:
        timestamp, body__read = _unpack_quantum_0(data, offset)
        body__read = _QUANTUM_BODY_READERS[body__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUANTUM_0)
        raise
    offset += 12
    body, offset = body__read(data, offset)
    return Quantum(timestamp, body), offset


@dataclass(slots=True, init=False)
class BatchedOperation:
    """One operation of a request batch, as its leaf names it.

    XDR::

        struct BatchedOperation {
            Hash batch;                       // SHA-256 of the QuantumBody
            unsigned int place;               // among its operations, from 0
        };
    """

    batch: Hash
    place: int

    def __init__(self, batch: Hash, place: int) -> None:
        self.batch = batch
        self.place = place

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BatchedOperation, (
            self.batch,
            self.place,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batched_operation(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BatchedOperation":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batched_operation(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BatchedOperation")
        return value


_BATCHED_OPERATION_0: Fields = (
    ("BatchedOperation", "", Instance(BatchedOperation)),
    ("BatchedOperation.batch", "batch", Opaque(32)),
    ("BatchedOperation.place", "place", UINT32),
)
_pack_batched_operation_0: Final = Struct(">32sI").pack


def _write_batched_operation(value: Any) -> bytes:
    try:
        if type(value) is not BatchedOperation:
            raise ValueError
        batch = value.batch
        if len(batch) != 32:
            raise ValueError
        part_0 = _pack_batched_operation_0(batch, value.place)
    except Exception:
        explain_unencodable(value, _BATCHED_OPERATION_0)
        raise
    return part_0


_unpack_batched_operation_0: Final = Struct(">32sI").unpack_from


def _read_batched_operation(data: bytes, offset: int) -> tuple[BatchedOperation, int]:
    try:
        batch, place = _unpack_batched_operation_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BATCHED_OPERATION_0)
        raise
    return BatchedOperation(batch, place), offset + 36


@dataclass(slots=True, init=False)
class QuantumLeaf:
    """The leaf of a batch's Merkle tree: binds what was asked to what it did.

    XDR::

        struct QuantumLeaf {
            Apex apex;
            Timestamp timestamp;
            Hash body;                        // SHA-256 of the QuantumBody; of the BatchedOperation where that is a batch
            Hash effects;                     // Merkle root over the quantum's effect groups
        };
    """

    apex: Final[Apex]
    timestamp: Final[Timestamp]
    body: Final[Hash]
    effects: Final[Hash]
    _encoded: bytes = field(init=False, repr=False, compare=False)

    def __init__(self, apex: Apex, timestamp: Timestamp, body: Hash, effects: Hash) -> None:
        self.apex = apex
        self.timestamp = timestamp
        self.body = body
        self.effects = effects
        self._encoded = b""

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QuantumLeaf, (
            self.apex,
            self.timestamp,
            self.body,
            self.effects,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_quantum_leaf(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QuantumLeaf":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_quantum_leaf(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QuantumLeaf")
        return value


_QUANTUM_LEAF_0: Fields = (
    ("QuantumLeaf", "", Instance(QuantumLeaf)),
    ("QuantumLeaf.apex", "apex", UINT64),
    ("QuantumLeaf.timestamp", "timestamp", INT64),
    ("QuantumLeaf.body", "body", Opaque(32)),
    ("QuantumLeaf.effects", "effects", Opaque(32)),
)
_pack_quantum_leaf_0: Final = Struct(">Qq32s32s").pack


def _write_quantum_leaf(value: Any) -> bytes:
    if type(value) is QuantumLeaf and value._encoded:
        return value._encoded
    try:
        if type(value) is not QuantumLeaf:
            raise ValueError
        body = value.body
        effects = value.effects
        if len(body) != 32 or len(effects) != 32:
            raise ValueError
        part_0 = _pack_quantum_leaf_0(value.apex, value.timestamp, body, effects)
    except Exception:
        explain_unencodable(value, _QUANTUM_LEAF_0)
        raise
    encoded: bytes = part_0
    value._encoded = encoded
    return encoded


_unpack_quantum_leaf_0: Final = Struct(">Qq32s32s").unpack_from


def _read_quantum_leaf(data: bytes, offset: int) -> tuple[QuantumLeaf, int]:
    start = offset
    try:
        apex, timestamp, body, effects = _unpack_quantum_leaf_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _QUANTUM_LEAF_0)
        raise
    value = QuantumLeaf(apex, timestamp, body, effects)
    value._encoded = data[start : offset + 80]
    return value, offset + 80


@dataclass(slots=True, init=False)
class BatchHeader:
    """The struct BatchHeader of quanta.x.

    XDR::

        struct BatchHeader {
            unsigned int version;
            unsigned hyper epoch;
            unsigned hyper number;            // first is 1, no gaps
            Apex first_apex;
            Apex last_apex;                   // first_apex - 1 in the empty batch that opens an epoch
            Timestamp timestamp;              // of the last quantum so far
            Hash previous;                    // hash of the previous header; of the settings for the first
            Hash quanta_root;
            Hash *state_root;                 // at a checkpoint
        };
    """

    version: int
    epoch: int
    number: int
    first_apex: Apex
    last_apex: Apex
    timestamp: Timestamp
    previous: Hash
    quanta_root: Hash
    state_root: Hash | None

    def __init__(
        self,
        version: int,
        epoch: int,
        number: int,
        first_apex: Apex,
        last_apex: Apex,
        timestamp: Timestamp,
        previous: Hash,
        quanta_root: Hash,
        state_root: Hash | None,
    ) -> None:
        self.version = version
        self.epoch = epoch
        self.number = number
        self.first_apex = first_apex
        self.last_apex = last_apex
        self.timestamp = timestamp
        self.previous = previous
        self.quanta_root = quanta_root
        self.state_root = state_root

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BatchHeader, (
            self.version,
            self.epoch,
            self.number,
            self.first_apex,
            self.last_apex,
            self.timestamp,
            self.previous,
            self.quanta_root,
            self.state_root,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batch_header(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BatchHeader":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batch_header(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BatchHeader")
        return value


_BATCH_HEADER_0: Fields = (
    ("BatchHeader", "", Instance(BatchHeader)),
    ("BatchHeader.version", "version", UINT32),
    ("BatchHeader.epoch", "epoch", UINT64),
    ("BatchHeader.number", "number", UINT64),
    ("BatchHeader.first_apex", "first_apex", UINT64),
    ("BatchHeader.last_apex", "last_apex", UINT64),
    ("BatchHeader.timestamp", "timestamp", INT64),
    ("BatchHeader.previous", "previous", Opaque(32)),
    ("BatchHeader.quanta_root", "quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "state_root", PRESENCE),
)
_STATE_ROOT_IN_BATCH_HEADER_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_state_root_in_batch_header_0: Final = Struct(">i32s").pack


def _write_state_root_in_batch_header(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_state_root_in_batch_header_0(1, value)
    except Exception:
        explain_unencodable(value, _STATE_ROOT_IN_BATCH_HEADER_0)
        raise
    return part_0


_pack_batch_header_0: Final = Struct(">IQQQQq32s32s").pack


def _write_batch_header(value: Any) -> bytes:
    try:
        if type(value) is not BatchHeader:
            raise ValueError
        previous = value.previous
        quanta_root = value.quanta_root
        state_root = value.state_root
        if len(previous) != 32 or len(quanta_root) != 32:
            raise ValueError
        part_0 = _pack_batch_header_0(
            value.version,
            value.epoch,
            value.number,
            value.first_apex,
            value.last_apex,
            value.timestamp,
            previous,
            quanta_root,
        )
    except Exception:
        explain_unencodable(value, _BATCH_HEADER_0)
        raise
    tail_0 = ABSENT if state_root is None else _write_state_root_in_batch_header(state_root)
    return part_0 + tail_0


_unpack_state_root_in_batch_header_0: Final = Struct(">32s").unpack_from


def _read_state_root_in_batch_header(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_state_root_in_batch_header_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _STATE_ROOT_IN_BATCH_HEADER_0)
        raise
    return value, offset + 32


_unpack_batch_header_0: Final = Struct(">IQQQQq32s32sI").unpack_from


def _read_batch_header(data: bytes, offset: int) -> tuple[BatchHeader, int]:
    try:
        version, epoch, number, first_apex, last_apex, timestamp, previous, quanta_root, state_root__present = (
            _unpack_batch_header_0(data, offset)
        )
        state_root__present = BOOLEANS[state_root__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _BATCH_HEADER_0)
        raise
    offset += 112
    state_root: Hash | None = None
    if state_root__present:
        state_root, offset = _read_state_root_in_batch_header(data, offset)
    return BatchHeader(
        version, epoch, number, first_apex, last_apex, timestamp, previous, quanta_root, state_root
    ), offset


@dataclass(slots=True, init=False)
class SignedHeader:
    """The struct SignedHeader of quanta.x.

    XDR::

        struct SignedHeader {
            BatchHeader header;
            Signature alpha_signature;
        };
    """

    header: Final[BatchHeader]
    alpha_signature: Final[Signature]
    _encoded: bytes = field(init=False, repr=False, compare=False)

    def __init__(self, header: BatchHeader, alpha_signature: Signature) -> None:
        self.header = header
        self.alpha_signature = alpha_signature
        self._encoded = b""

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedHeader, (
            self.header,
            self.alpha_signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_header(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedHeader":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_header(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedHeader")
        return value


_SIGNED_HEADER_0: Fields = (
    ("SignedHeader", "", Instance(SignedHeader)),
    ("BatchHeader", "header", Instance(BatchHeader)),
    ("BatchHeader.version", "header.version", UINT32),
    ("BatchHeader.epoch", "header.epoch", UINT64),
    ("BatchHeader.number", "header.number", UINT64),
    ("BatchHeader.first_apex", "header.first_apex", UINT64),
    ("BatchHeader.last_apex", "header.last_apex", UINT64),
    ("BatchHeader.timestamp", "header.timestamp", INT64),
    ("BatchHeader.previous", "header.previous", Opaque(32)),
    ("BatchHeader.quanta_root", "header.quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "header.state_root", PRESENCE),
)
_SIGNED_HEADER_1: Fields = (("SignedHeader.alpha_signature", "alpha_signature", Opaque(64)),)
_HEADER__STATE_ROOT_IN_SIGNED_HEADER_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_header__state_root_in_signed_header_0: Final = Struct(">i32s").pack


def _write_header__state_root_in_signed_header(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_header__state_root_in_signed_header_0(1, value)
    except Exception:
        explain_unencodable(value, _HEADER__STATE_ROOT_IN_SIGNED_HEADER_0)
        raise
    return part_0


_pack_signed_header_0: Final = Struct(">IQQQQq32s32s").pack
_pack_signed_header_1: Final = Struct(">64s").pack


def _write_signed_header(value: Any) -> bytes:
    if type(value) is SignedHeader and value._encoded:
        return value._encoded
    try:
        if type(value) is not SignedHeader:
            raise ValueError
        header = value.header
        header__previous = header.previous
        header__quanta_root = header.quanta_root
        header__state_root = header.state_root
        if type(header) is not BatchHeader or len(header__previous) != 32 or len(header__quanta_root) != 32:
            raise ValueError
        part_0 = _pack_signed_header_0(
            header.version,
            header.epoch,
            header.number,
            header.first_apex,
            header.last_apex,
            header.timestamp,
            header__previous,
            header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _SIGNED_HEADER_0)
        raise
    tail_0 = ABSENT if header__state_root is None else _write_header__state_root_in_signed_header(header__state_root)
    try:
        alpha_signature = value.alpha_signature
        if len(alpha_signature) != 64:
            raise ValueError
        part_1 = _pack_signed_header_1(alpha_signature)
    except Exception:
        explain_unencodable(value, _SIGNED_HEADER_1)
        raise
    encoded: bytes = part_0 + tail_0 + part_1
    value._encoded = encoded
    return encoded


_unpack_header__state_root_in_signed_header_0: Final = Struct(">32s").unpack_from


def _read_header__state_root_in_signed_header(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_header__state_root_in_signed_header_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HEADER__STATE_ROOT_IN_SIGNED_HEADER_0)
        raise
    return value, offset + 32


_unpack_signed_header_0: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_signed_header_1: Final = Struct(">64s").unpack_from


def _read_signed_header(data: bytes, offset: int) -> tuple[SignedHeader, int]:
    start = offset
    try:
        (
            header__version,
            header__epoch,
            header__number,
            header__first_apex,
            header__last_apex,
            header__timestamp,
            header__previous,
            header__quanta_root,
            header__state_root__present,
        ) = _unpack_signed_header_0(data, offset)
        header__state_root__present = BOOLEANS[header__state_root__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_HEADER_0)
        raise
    offset += 112
    header__state_root: Hash | None = None
    if header__state_root__present:
        header__state_root, offset = _read_header__state_root_in_signed_header(data, offset)
    try:
        (alpha_signature,) = _unpack_signed_header_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_HEADER_1)
        raise
    value = SignedHeader(
        BatchHeader(
            header__version,
            header__epoch,
            header__number,
            header__first_apex,
            header__last_apex,
            header__timestamp,
            header__previous,
            header__quanta_root,
            header__state_root,
        ),
        alpha_signature,
    )
    value._encoded = data[start : offset + 64]
    return value, offset + 64


@dataclass(slots=True, init=False)
class Batch:
    """The struct Batch of quanta.x.

    XDR::

        struct Batch {
            SignedHeader signed_header;
            Quantum quanta<MAX_BATCH_QUANTA>;
        };
    """

    signed_header: SignedHeader
    quanta: list[Quantum]

    def __init__(self, signed_header: SignedHeader, quanta: list[Quantum]) -> None:
        self.signed_header = signed_header
        self.quanta = quanta

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Batch, (
            self.signed_header,
            self.quanta,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batch(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Batch":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batch(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Batch")
        return value


_BATCH_0: Fields = (
    ("Batch", "", Instance(Batch)),
    ("SignedHeader", "signed_header", ELSEWHERE),
)
_BATCH_1: Fields = (("Batch.quanta", "quanta", Items(MAX_BATCH_QUANTA)),)
_pack_batch_1: Final = Struct(">I").pack


def _write_batch(value: Any) -> bytes:
    try:
        if type(value) is not Batch:
            raise ValueError
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _BATCH_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        quanta: list[Any] = value.quanta
        if type(quanta) is not list or len(quanta) > MAX_BATCH_QUANTA:
            raise ValueError
        part_1 = _pack_batch_1(len(quanta))
    except Exception:
        explain_unencodable(value, _BATCH_1)
        raise
    tail_1 = b"".join([_write_quantum(item) for item in quanta])
    return tail_0 + part_1 + tail_1


_unpack_batch_1: Final = Struct(">I").unpack_from


def _read_batch(data: bytes, offset: int) -> tuple[Batch, int]:
    signed_header, offset = _read_signed_header(data, offset)
    try:
        (quanta__count,) = _unpack_batch_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _BATCH_1)
        raise
    offset += 4
    if quanta__count > MAX_BATCH_QUANTA or quanta__count * 20 > len(data) - offset:
        refuse_count(quanta__count, MAX_BATCH_QUANTA, "Batch.quanta")
    quanta = []
    for _ in range(quanta__count):
        quanta__item, offset = _read_quantum(data, offset)
        quanta.append(quanta__item)
    return Batch(signed_header, quanta), offset


@dataclass(slots=True, init=False)
class Certificate:
    """A quorum of auditors has replayed, stored and signed the header.

    XDR::

        struct Certificate {
            BatchHeader header;
            AuditorSignature signatures<MAX_AUDITORS>;
        };
    """

    header: BatchHeader
    signatures: list[AuditorSignature]

    def __init__(self, header: BatchHeader, signatures: list[AuditorSignature]) -> None:
        self.header = header
        self.signatures = signatures

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Certificate, (
            self.header,
            self.signatures,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_certificate(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Certificate":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_certificate(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Certificate")
        return value


_CERTIFICATE_0: Fields = (
    ("Certificate", "", Instance(Certificate)),
    ("BatchHeader", "header", Instance(BatchHeader)),
    ("BatchHeader.version", "header.version", UINT32),
    ("BatchHeader.epoch", "header.epoch", UINT64),
    ("BatchHeader.number", "header.number", UINT64),
    ("BatchHeader.first_apex", "header.first_apex", UINT64),
    ("BatchHeader.last_apex", "header.last_apex", UINT64),
    ("BatchHeader.timestamp", "header.timestamp", INT64),
    ("BatchHeader.previous", "header.previous", Opaque(32)),
    ("BatchHeader.quanta_root", "header.quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "header.state_root", PRESENCE),
)
_CERTIFICATE_1: Fields = (("Certificate.signatures", "signatures", Items(MAX_AUDITORS)),)
_HEADER__STATE_ROOT_IN_CERTIFICATE_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_header__state_root_in_certificate_0: Final = Struct(">i32s").pack


def _write_header__state_root_in_certificate(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_header__state_root_in_certificate_0(1, value)
    except Exception:
        explain_unencodable(value, _HEADER__STATE_ROOT_IN_CERTIFICATE_0)
        raise
    return part_0


_pack_certificate_0: Final = Struct(">IQQQQq32s32s").pack
_pack_certificate_1: Final = Struct(">I").pack


def _write_certificate(value: Any) -> bytes:
    try:
        if type(value) is not Certificate:
            raise ValueError
        header = value.header
        header__previous = header.previous
        header__quanta_root = header.quanta_root
        header__state_root = header.state_root
        if type(header) is not BatchHeader or len(header__previous) != 32 or len(header__quanta_root) != 32:
            raise ValueError
        part_0 = _pack_certificate_0(
            header.version,
            header.epoch,
            header.number,
            header.first_apex,
            header.last_apex,
            header.timestamp,
            header__previous,
            header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _CERTIFICATE_0)
        raise
    tail_0 = ABSENT if header__state_root is None else _write_header__state_root_in_certificate(header__state_root)
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_certificate_1(len(signatures))
    except Exception:
        explain_unencodable(value, _CERTIFICATE_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_header__state_root_in_certificate_0: Final = Struct(">32s").unpack_from


def _read_header__state_root_in_certificate(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_header__state_root_in_certificate_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HEADER__STATE_ROOT_IN_CERTIFICATE_0)
        raise
    return value, offset + 32


_unpack_certificate_0: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_certificate_1: Final = Struct(">I").unpack_from


def _read_certificate(data: bytes, offset: int) -> tuple[Certificate, int]:
    try:
        (
            header__version,
            header__epoch,
            header__number,
            header__first_apex,
            header__last_apex,
            header__timestamp,
            header__previous,
            header__quanta_root,
            header__state_root__present,
        ) = _unpack_certificate_0(data, offset)
        header__state_root__present = BOOLEANS[header__state_root__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CERTIFICATE_0)
        raise
    offset += 112
    header__state_root: Hash | None = None
    if header__state_root__present:
        header__state_root, offset = _read_header__state_root_in_certificate(data, offset)
    try:
        (signatures__count,) = _unpack_certificate_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _CERTIFICATE_1)
        raise
    offset += 4
    if signatures__count > MAX_AUDITORS or signatures__count * 96 > len(data) - offset:
        refuse_count(signatures__count, MAX_AUDITORS, "Certificate.signatures")
    signatures = []
    for _ in range(signatures__count):
        signatures__item, offset = _read_auditor_signature(data, offset)
        signatures.append(signatures__item)
    return Certificate(
        BatchHeader(
            header__version,
            header__epoch,
            header__number,
            header__first_apex,
            header__last_apex,
            header__timestamp,
            header__previous,
            header__quanta_root,
            header__state_root,
        ),
        signatures,
    ), offset
