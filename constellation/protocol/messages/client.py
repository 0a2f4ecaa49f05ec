"""Messages of client.x.

Generated from xdr/client.x by tools/xdr_generator.py; do not edit.

Between a trader's client and alpha's gateway.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.codes import _CODE_MEMBERS, Code
from constellation.protocol.messages.common import (
    _SIDE_MEMBERS,
    MAX_APPOINTMENTS,
    MAX_AUDITORS,
    MAX_CLIENT_ORDER_ID,
    Amount,
    Apex,
    AssetId,
    AuditorSignature,
    Hash,
    MarketId,
    MerkleProof,
    Price,
    Side,
    Timestamp,
    Trigger,
    _read_auditor_signature,
    _read_trigger,
    _write_auditor_signature,
    _write_signed_appointment,
    _write_trigger,
)
from constellation.protocol.messages.effects import (
    _EFFECT_DISCRIMINANT,
    _EFFECT_READERS,
    _EFFECT_TYPE_MEMBERS,
    _EFFECT_WRITERS,
    _ORDER_CLOSE_REASON_MEMBERS,
    Effect,
    EffectGroup,
    EffectType,
    OrderCloseReason,
    _read_effect_group,
    _write_effect_group,
)
from constellation.protocol.messages.governance import (
    _DECISION_DISCRIMINANT,
    _DECISION_READERS,
    _DECISION_WRITERS,
    Proposal,
    SignedProposal,
)
from constellation.protocol.messages.modes import _MODE_MEMBERS, MAX_MODE_REASON, ModeInForce
from constellation.protocol.messages.quanta import (
    BatchHeader,
    Certificate,
    QuantumLeaf,
    SignedHeader,
    _read_batch_header,
    _read_quantum_leaf,
    _read_signed_header,
    _write_batch_header,
    _write_quantum_leaf,
    _write_signed_header,
)
from constellation.protocol.messages.requests import (
    _TIME_IN_FORCE_MEMBERS,
    SignedRequest,
    SignedRequestBatch,
    TimeInForce,
    _read_signed_request,
    _read_signed_request_batch,
    _write_signed_request,
    _write_signed_request_batch,
)
from constellation.protocol.messages.session import (
    _CLOSING_0,
    _HELLO_0,
    _HELLO_1,
    _HELLO_PROOF_0,
    _HELLO_REPLY_0,
    _HELLO_REPLY_1,
    _ROLE_MEMBERS,
    Closing,
    Hello,
    HelloProof,
    HelloReply,
    _read_closing,
    _read_hello,
    _read_hello_proof,
    _read_hello_reply,
)
from constellation.protocol.messages.settings import Settings, _read_settings, _write_settings
from constellation.protocol.messages.state import (
    _STATE_ENTRY_TYPE_MEMBERS,
    AccountEntry,
    ArmedEntry,
    HoldEntry,
    OrderEntry,
    StateEntry,
    StateEntryType,
    WithdrawalEntry,
    _read_account_entry,
    _read_armed_entry,
    _read_hold_entry,
    _read_order_entry,
    _read_state_entry,
    _read_withdrawal_entry,
    _write_account_entry,
    _write_armed_entry,
    _write_hold_entry,
    _write_order_entry,
    _write_withdrawal_entry,
    encode_state_entry,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEAN,
    BOOLEANS,
    ELSEWHERE,
    INT64,
    LENGTH,
    PRESENCE,
    PRESENT,
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
    refuse_count,
    write_opaque,
    write_opaques,
    write_string,
)

MAX_EVENTS_PER_MESSAGE: Final = 64

MAX_ANCESTORS: Final = 10000

MAX_BOOK_LEVELS: Final = 200

MAX_OPEN_ORDERS: Final = 10000

MAX_ACCOUNT_WITHDRAWALS: Final = 1000

MAX_ACCOUNT_HOLDS: Final = 100

MAX_BUCKET_ENTRIES: Final = 8192

MAX_OPEN_PROPOSALS: Final = 16

MAX_HISTORY_KINDS: Final = 64

MAX_HISTORY_ITEMS: Final = 1000

MAX_HISTORY_PROOFS: Final = 64


@dataclass(slots=True, init=False)
class Submit:
    """The struct Submit of client.x.

    XDR::

        struct Submit {
            unsigned hyper request_id;        // chosen by the client, echoed in the answer
            SignedRequest request;
        };
    """

    request_id: int
    request: SignedRequest

    def __init__(self, request_id: int, request: SignedRequest) -> None:
        self.request_id = request_id
        self.request = request

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Submit, (
            self.request_id,
            self.request,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_submit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Submit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_submit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Submit")
        return value


_SUBMIT_0: Fields = (
    ("Submit", "", Instance(Submit)),
    ("Submit.request_id", "request_id", UINT64),
    ("SignedRequest", "request", ELSEWHERE),
)
_pack_submit_0: Final = Struct(">Q").pack


def _write_submit(value: Any) -> bytes:
    try:
        if type(value) is not Submit:
            raise ValueError
        request = value.request
        part_0 = _pack_submit_0(value.request_id)
    except Exception:
        explain_unencodable(value, _SUBMIT_0)
        raise
    tail_0 = _write_signed_request(request)
    return part_0 + tail_0


_unpack_submit_0: Final = Struct(">Q").unpack_from


def _read_submit(data: bytes, offset: int) -> tuple[Submit, int]:
    try:
        (request_id,) = _unpack_submit_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUBMIT_0)
        raise
    offset += 8
    request, offset = _read_signed_request(data, offset)
    return Submit(request_id, request), offset


@dataclass(slots=True, init=False)
class SubmitBatch:
    """Answered like a request, with one event for each operation.

    XDR::

        struct SubmitBatch {
            unsigned hyper request_id;
            SignedRequestBatch batch;
        };
    """

    request_id: int
    batch: SignedRequestBatch

    def __init__(self, request_id: int, batch: SignedRequestBatch) -> None:
        self.request_id = request_id
        self.batch = batch

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SubmitBatch, (
            self.request_id,
            self.batch,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_submit_batch(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SubmitBatch":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_submit_batch(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SubmitBatch")
        return value


_SUBMIT_BATCH_0: Fields = (
    ("SubmitBatch", "", Instance(SubmitBatch)),
    ("SubmitBatch.request_id", "request_id", UINT64),
    ("SignedRequestBatch", "batch", ELSEWHERE),
)
_pack_submit_batch_0: Final = Struct(">Q").pack


def _write_submit_batch(value: Any) -> bytes:
    try:
        if type(value) is not SubmitBatch:
            raise ValueError
        batch = value.batch
        part_0 = _pack_submit_batch_0(value.request_id)
    except Exception:
        explain_unencodable(value, _SUBMIT_BATCH_0)
        raise
    tail_0 = _write_signed_request_batch(batch)
    return part_0 + tail_0


_unpack_submit_batch_0: Final = Struct(">Q").unpack_from


def _read_submit_batch(data: bytes, offset: int) -> tuple[SubmitBatch, int]:
    try:
        (request_id,) = _unpack_submit_batch_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUBMIT_BATCH_0)
        raise
    offset += 8
    batch, offset = _read_signed_request_batch(data, offset)
    return SubmitBatch(request_id, batch), offset


@dataclass(slots=True, init=False)
class QueryAccount:
    """Questions about an account can be about one of its sub-accounts, if the account's owner asks.

    XDR::

        struct QueryAccount {
            unsigned hyper request_id;
            unsigned int *sub_account;        // its number
        };
    """

    request_id: int
    sub_account: int | None

    def __init__(self, request_id: int, sub_account: int | None) -> None:
        self.request_id = request_id
        self.sub_account = sub_account

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QueryAccount, (
            self.request_id,
            self.sub_account,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_query_account(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QueryAccount":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_query_account(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QueryAccount")
        return value


_QUERY_ACCOUNT_0: Fields = (
    ("QueryAccount", "", Instance(QueryAccount)),
    ("QueryAccount.request_id", "request_id", UINT64),
    ("QueryAccount.sub_account", "sub_account", PRESENCE),
)
_SUB_ACCOUNT_IN_QUERY_ACCOUNT_0: Fields = (("QueryAccount.sub_account", "", UINT32),)
_pack_sub_account_in_query_account_0: Final = Struct(">iI").pack


def _write_sub_account_in_query_account(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_account_in_query_account_0(1, value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_IN_QUERY_ACCOUNT_0)
        raise
    return part_0


_pack_query_account_0: Final = Struct(">Q").pack


def _write_query_account(value: Any) -> bytes:
    try:
        if type(value) is not QueryAccount:
            raise ValueError
        sub_account = value.sub_account
        part_0 = _pack_query_account_0(value.request_id)
    except Exception:
        explain_unencodable(value, _QUERY_ACCOUNT_0)
        raise
    tail_0 = ABSENT if sub_account is None else _write_sub_account_in_query_account(sub_account)
    return part_0 + tail_0


_unpack_sub_account_in_query_account_0: Final = Struct(">I").unpack_from


def _read_sub_account_in_query_account(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_sub_account_in_query_account_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNT_IN_QUERY_ACCOUNT_0)
        raise
    return value, offset + 4


_unpack_query_account_0: Final = Struct(">QI").unpack_from


def _read_query_account(data: bytes, offset: int) -> tuple[QueryAccount, int]:
    try:
        request_id, sub_account__present = _unpack_query_account_0(data, offset)
        sub_account__present = BOOLEANS[sub_account__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ACCOUNT_0)
        raise
    offset += 12
    sub_account: int | None = None
    if sub_account__present:
        sub_account, offset = _read_sub_account_in_query_account(data, offset)
    return QueryAccount(request_id, sub_account), offset


@dataclass(slots=True, init=False)
class QueryBook:
    """The struct QueryBook of client.x.

    XDR::

        struct QueryBook {
            unsigned hyper request_id;
            MarketId market;
            unsigned int levels;
        };
    """

    request_id: int
    market: MarketId
    levels: int

    def __init__(self, request_id: int, market: MarketId, levels: int) -> None:
        self.request_id = request_id
        self.market = market
        self.levels = levels

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QueryBook, (
            self.request_id,
            self.market,
            self.levels,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_query_book(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QueryBook":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_query_book(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QueryBook")
        return value


_QUERY_BOOK_0: Fields = (
    ("QueryBook", "", Instance(QueryBook)),
    ("QueryBook.request_id", "request_id", UINT64),
    ("QueryBook.market", "market", UINT32),
    ("QueryBook.levels", "levels", UINT32),
)
_pack_query_book_0: Final = Struct(">QII").pack


def _write_query_book(value: Any) -> bytes:
    try:
        if type(value) is not QueryBook:
            raise ValueError
        part_0 = _pack_query_book_0(value.request_id, value.market, value.levels)
    except Exception:
        explain_unencodable(value, _QUERY_BOOK_0)
        raise
    return part_0


_unpack_query_book_0: Final = Struct(">QII").unpack_from


def _read_query_book(data: bytes, offset: int) -> tuple[QueryBook, int]:
    try:
        request_id, market, levels = _unpack_query_book_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _QUERY_BOOK_0)
        raise
    return QueryBook(request_id, market, levels), offset + 16


@dataclass(slots=True, init=False)
class Resume:
    """Asks for what happened to the account after its effect number `after`. The answer is a page of Acknowledgements and
    Finalities in the order of the numbers, and Resumed; it does not wait for the answers to other requests.

    XDR::

        struct Resume {
            unsigned hyper request_id;
            unsigned hyper after;             // the last number that the client has; 0: it has none
        };
    """

    request_id: int
    after: int

    def __init__(self, request_id: int, after: int) -> None:
        self.request_id = request_id
        self.after = after

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Resume, (
            self.request_id,
            self.after,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_resume(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Resume":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_resume(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Resume")
        return value


_RESUME_0: Fields = (
    ("Resume", "", Instance(Resume)),
    ("Resume.request_id", "request_id", UINT64),
    ("Resume.after", "after", UINT64),
)
_pack_resume_0: Final = Struct(">QQ").pack


def _write_resume(value: Any) -> bytes:
    try:
        if type(value) is not Resume:
            raise ValueError
        part_0 = _pack_resume_0(value.request_id, value.after)
    except Exception:
        explain_unencodable(value, _RESUME_0)
        raise
    return part_0


_unpack_resume_0: Final = Struct(">QQ").unpack_from


def _read_resume(data: bytes, offset: int) -> tuple[Resume, int]:
    try:
        request_id, after = _unpack_resume_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _RESUME_0)
        raise
    return Resume(request_id, after), offset + 16


@dataclass(slots=True, init=False)
class QueryProof:
    """Asks for an entry of the state and the proof of it.

    XDR::

        struct QueryProof {
            unsigned hyper request_id;
            StateEntryType kind;
            opaque identity<32>;              // an account's key; 8 bytes of an order's or withdrawal's number; else empty
        };
    """

    request_id: int
    kind: StateEntryType
    identity: bytes

    def __init__(self, request_id: int, kind: StateEntryType, identity: bytes) -> None:
        self.request_id = request_id
        self.kind = kind
        self.identity = identity

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QueryProof, (
            self.request_id,
            self.kind,
            self.identity,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_query_proof(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QueryProof":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_query_proof(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QueryProof")
        return value


_QUERY_PROOF_0: Fields = (
    ("QueryProof", "", Instance(QueryProof)),
    ("QueryProof.request_id", "request_id", UINT64),
    ("QueryProof.kind", "kind", Enumerated(_STATE_ENTRY_TYPE_MEMBERS)),
    ("QueryProof.identity", "identity", LENGTH),
)
_pack_query_proof_0: Final = Struct(">Qi").pack


def _write_query_proof(value: Any) -> bytes:
    try:
        if type(value) is not QueryProof:
            raise ValueError
        kind = value.kind
        identity = value.identity
        if kind not in _STATE_ENTRY_TYPE_MEMBERS:
            raise ValueError
        part_0 = _pack_query_proof_0(value.request_id, kind)
    except Exception:
        explain_unencodable(value, _QUERY_PROOF_0)
        raise
    tail_0 = write_opaque(identity, 32, "QueryProof.identity")
    return part_0 + tail_0


_unpack_query_proof_0: Final = Struct(">QiI").unpack_from


def _read_query_proof(data: bytes, offset: int) -> tuple[QueryProof, int]:
    try:
        request_id, kind, identity__length = _unpack_query_proof_0(data, offset)
        kind = _STATE_ENTRY_TYPE_MEMBERS[kind]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_PROOF_0)
        raise
    offset += 16
    identity, offset = read_opaque(data, offset, identity__length, 32, "QueryProof.identity")
    return QueryProof(request_id, kind, identity), offset


@dataclass(slots=True, init=False)
class HistoryFilter:
    """Which part of an account's history is wanted. What is not set is not looked at.

    XDR::

        struct HistoryFilter {
            EffectType kinds<MAX_HISTORY_KINDS>;  // none: all
            AssetId *asset;
            MarketId *market;
            Timestamp *since;                 // inclusive
            Timestamp *until;                 // exclusive
        };
    """

    kinds: list[EffectType]
    asset: AssetId | None
    market: MarketId | None
    since: Timestamp | None
    until: Timestamp | None

    def __init__(
        self,
        kinds: list[EffectType],
        asset: AssetId | None,
        market: MarketId | None,
        since: Timestamp | None,
        until: Timestamp | None,
    ) -> None:
        self.kinds = kinds
        self.asset = asset
        self.market = market
        self.since = since
        self.until = until

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HistoryFilter, (
            self.kinds,
            self.asset,
            self.market,
            self.since,
            self.until,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_history_filter(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HistoryFilter":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_history_filter(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HistoryFilter")
        return value


_HISTORY_FILTER_0: Fields = (
    ("HistoryFilter", "", Instance(HistoryFilter)),
    ("HistoryFilter.kinds", "kinds", Items(MAX_HISTORY_KINDS)),
)
_HISTORY_FILTER_1: Fields = (("HistoryFilter.asset", "asset", PRESENCE),)
_HISTORY_FILTER_2: Fields = (("HistoryFilter.market", "market", PRESENCE),)
_HISTORY_FILTER_3: Fields = (("HistoryFilter.since", "since", PRESENCE),)
_HISTORY_FILTER_4: Fields = (("HistoryFilter.until", "until", PRESENCE),)
_KINDS_IN_HISTORY_FILTER_0: Fields = (("HistoryFilter.kinds", "", Enumerated(_EFFECT_TYPE_MEMBERS)),)
_pack_kinds_in_history_filter_0: Final = Struct(">i").pack


def _write_kinds_in_history_filter(value: Any) -> bytes:
    try:
        if value not in _EFFECT_TYPE_MEMBERS:
            raise ValueError
        part_0 = _pack_kinds_in_history_filter_0(value)
    except Exception:
        explain_unencodable(value, _KINDS_IN_HISTORY_FILTER_0)
        raise
    return part_0


_ASSET_IN_HISTORY_FILTER_0: Fields = (("HistoryFilter.asset", "", UINT32),)
_pack_asset_in_history_filter_0: Final = Struct(">iI").pack


def _write_asset_in_history_filter(value: Any) -> bytes:
    try:
        part_0 = _pack_asset_in_history_filter_0(1, value)
    except Exception:
        explain_unencodable(value, _ASSET_IN_HISTORY_FILTER_0)
        raise
    return part_0


_MARKET_IN_HISTORY_FILTER_0: Fields = (("HistoryFilter.market", "", UINT32),)
_pack_market_in_history_filter_0: Final = Struct(">iI").pack


def _write_market_in_history_filter(value: Any) -> bytes:
    try:
        part_0 = _pack_market_in_history_filter_0(1, value)
    except Exception:
        explain_unencodable(value, _MARKET_IN_HISTORY_FILTER_0)
        raise
    return part_0


_SINCE_IN_HISTORY_FILTER_0: Fields = (("HistoryFilter.since", "", INT64),)
_pack_since_in_history_filter_0: Final = Struct(">iq").pack


def _write_since_in_history_filter(value: Any) -> bytes:
    try:
        part_0 = _pack_since_in_history_filter_0(1, value)
    except Exception:
        explain_unencodable(value, _SINCE_IN_HISTORY_FILTER_0)
        raise
    return part_0


_UNTIL_IN_HISTORY_FILTER_0: Fields = (("HistoryFilter.until", "", INT64),)
_pack_until_in_history_filter_0: Final = Struct(">iq").pack


def _write_until_in_history_filter(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_history_filter_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_HISTORY_FILTER_0)
        raise
    return part_0


_pack_history_filter_0: Final = Struct(">I").pack


def _write_history_filter(value: Any) -> bytes:
    try:
        if type(value) is not HistoryFilter:
            raise ValueError
        kinds: list[Any] = value.kinds
        if type(kinds) is not list or len(kinds) > MAX_HISTORY_KINDS:
            raise ValueError
        part_0 = _pack_history_filter_0(len(kinds))
    except Exception:
        explain_unencodable(value, _HISTORY_FILTER_0)
        raise
    tail_0 = b"".join([_write_kinds_in_history_filter(item) for item in kinds])
    try:
        asset = value.asset
    except Exception:
        explain_unencodable(value, _HISTORY_FILTER_1)
        raise
    tail_1 = ABSENT if asset is None else _write_asset_in_history_filter(asset)
    try:
        market = value.market
    except Exception:
        explain_unencodable(value, _HISTORY_FILTER_2)
        raise
    tail_2 = ABSENT if market is None else _write_market_in_history_filter(market)
    try:
        since = value.since
    except Exception:
        explain_unencodable(value, _HISTORY_FILTER_3)
        raise
    tail_3 = ABSENT if since is None else _write_since_in_history_filter(since)
    try:
        until = value.until
    except Exception:
        explain_unencodable(value, _HISTORY_FILTER_4)
        raise
    tail_4 = ABSENT if until is None else _write_until_in_history_filter(until)
    return b"".join((part_0, tail_0, tail_1, tail_2, tail_3, tail_4))


_unpack_kinds_in_history_filter_0: Final = Struct(">i").unpack_from


def _read_kinds_in_history_filter(data: bytes, offset: int) -> tuple[EffectType, int]:
    try:
        (value,) = _unpack_kinds_in_history_filter_0(data, offset)
        value = _EFFECT_TYPE_MEMBERS[value]
    except (StructError, KeyError):
        explain_malformed(data, offset, _KINDS_IN_HISTORY_FILTER_0)
        raise
    return value, offset + 4


_unpack_asset_in_history_filter_0: Final = Struct(">I").unpack_from


def _read_asset_in_history_filter(data: bytes, offset: int) -> tuple[AssetId, int]:
    try:
        (value,) = _unpack_asset_in_history_filter_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ASSET_IN_HISTORY_FILTER_0)
        raise
    return value, offset + 4


_unpack_market_in_history_filter_0: Final = Struct(">I").unpack_from


def _read_market_in_history_filter(data: bytes, offset: int) -> tuple[MarketId, int]:
    try:
        (value,) = _unpack_market_in_history_filter_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MARKET_IN_HISTORY_FILTER_0)
        raise
    return value, offset + 4


_unpack_since_in_history_filter_0: Final = Struct(">q").unpack_from


def _read_since_in_history_filter(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_since_in_history_filter_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SINCE_IN_HISTORY_FILTER_0)
        raise
    return value, offset + 8


_unpack_until_in_history_filter_0: Final = Struct(">q").unpack_from


def _read_until_in_history_filter(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_until_in_history_filter_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNTIL_IN_HISTORY_FILTER_0)
        raise
    return value, offset + 8


_unpack_history_filter_0: Final = Struct(">I").unpack_from
_unpack_history_filter_1: Final = Struct(">I").unpack_from
_unpack_history_filter_2: Final = Struct(">I").unpack_from
_unpack_history_filter_3: Final = Struct(">I").unpack_from
_unpack_history_filter_4: Final = Struct(">I").unpack_from


def _read_history_filter(data: bytes, offset: int) -> tuple[HistoryFilter, int]:
    try:
        (kinds__count,) = _unpack_history_filter_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HISTORY_FILTER_0)
        raise
    offset += 4
    if kinds__count > MAX_HISTORY_KINDS or kinds__count * 4 > len(data) - offset:
        refuse_count(kinds__count, MAX_HISTORY_KINDS, "HistoryFilter.kinds")
    kinds = []
    for _ in range(kinds__count):
        kinds__item, offset = _read_kinds_in_history_filter(data, offset)
        kinds.append(kinds__item)
    try:
        (asset__present,) = _unpack_history_filter_1(data, offset)
        asset__present = BOOLEANS[asset__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_FILTER_1)
        raise
    offset += 4
    asset: AssetId | None = None
    if asset__present:
        asset, offset = _read_asset_in_history_filter(data, offset)
    try:
        (market__present,) = _unpack_history_filter_2(data, offset)
        market__present = BOOLEANS[market__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_FILTER_2)
        raise
    offset += 4
    market: MarketId | None = None
    if market__present:
        market, offset = _read_market_in_history_filter(data, offset)
    try:
        (since__present,) = _unpack_history_filter_3(data, offset)
        since__present = BOOLEANS[since__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_FILTER_3)
        raise
    offset += 4
    since: Timestamp | None = None
    if since__present:
        since, offset = _read_since_in_history_filter(data, offset)
    try:
        (until__present,) = _unpack_history_filter_4(data, offset)
        until__present = BOOLEANS[until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_FILTER_4)
        raise
    offset += 4
    until: Timestamp | None = None
    if until__present:
        until, offset = _read_until_in_history_filter(data, offset)
    return HistoryFilter(kinds, asset, market, since, until), offset


@dataclass(slots=True, init=False)
class QueryHistory:
    """Asks a chronicler for a page of the account's effects, all of them final.

    XDR::

        struct QueryHistory {
            unsigned hyper request_id;
            HistoryFilter filter;
            unsigned hyper *cursor;           // effect number: the page begins behind it; none: at the first or the last effect
            bool descending;
            unsigned int limit;
            bool proofs;
            Apex min_apex;                    // wait a moment until everything up to this quantum is in the history
            unsigned int *sub_account;        // its number
        };
    """

    request_id: int
    filter: HistoryFilter
    cursor: int | None
    descending: bool
    limit: int
    proofs: bool
    min_apex: Apex
    sub_account: int | None

    def __init__(
        self,
        request_id: int,
        filter: HistoryFilter,
        cursor: int | None,
        descending: bool,
        limit: int,
        proofs: bool,
        min_apex: Apex,
        sub_account: int | None,
    ) -> None:
        self.request_id = request_id
        self.filter = filter
        self.cursor = cursor
        self.descending = descending
        self.limit = limit
        self.proofs = proofs
        self.min_apex = min_apex
        self.sub_account = sub_account

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QueryHistory, (
            self.request_id,
            self.filter,
            self.cursor,
            self.descending,
            self.limit,
            self.proofs,
            self.min_apex,
            self.sub_account,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_query_history(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QueryHistory":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_query_history(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QueryHistory")
        return value


_QUERY_HISTORY_0: Fields = (
    ("QueryHistory", "", Instance(QueryHistory)),
    ("QueryHistory.request_id", "request_id", UINT64),
    ("HistoryFilter", "filter", Instance(HistoryFilter)),
    ("HistoryFilter.kinds", "filter.kinds", Items(MAX_HISTORY_KINDS)),
)
_QUERY_HISTORY_1: Fields = (("HistoryFilter.asset", "filter.asset", PRESENCE),)
_QUERY_HISTORY_2: Fields = (("HistoryFilter.market", "filter.market", PRESENCE),)
_QUERY_HISTORY_3: Fields = (("HistoryFilter.since", "filter.since", PRESENCE),)
_QUERY_HISTORY_4: Fields = (("HistoryFilter.until", "filter.until", PRESENCE),)
_QUERY_HISTORY_5: Fields = (("QueryHistory.cursor", "cursor", PRESENCE),)
_QUERY_HISTORY_6: Fields = (
    ("QueryHistory.descending", "descending", BOOLEAN),
    ("QueryHistory.limit", "limit", UINT32),
    ("QueryHistory.proofs", "proofs", BOOLEAN),
    ("QueryHistory.min_apex", "min_apex", UINT64),
    ("QueryHistory.sub_account", "sub_account", PRESENCE),
)
_FILTER__KINDS_IN_QUERY_HISTORY_0: Fields = (("HistoryFilter.kinds", "", Enumerated(_EFFECT_TYPE_MEMBERS)),)
_pack_filter__kinds_in_query_history_0: Final = Struct(">i").pack


def _write_filter__kinds_in_query_history(value: Any) -> bytes:
    try:
        if value not in _EFFECT_TYPE_MEMBERS:
            raise ValueError
        part_0 = _pack_filter__kinds_in_query_history_0(value)
    except Exception:
        explain_unencodable(value, _FILTER__KINDS_IN_QUERY_HISTORY_0)
        raise
    return part_0


_FILTER__ASSET_IN_QUERY_HISTORY_0: Fields = (("HistoryFilter.asset", "", UINT32),)
_pack_filter__asset_in_query_history_0: Final = Struct(">iI").pack


def _write_filter__asset_in_query_history(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__asset_in_query_history_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__ASSET_IN_QUERY_HISTORY_0)
        raise
    return part_0


_FILTER__MARKET_IN_QUERY_HISTORY_0: Fields = (("HistoryFilter.market", "", UINT32),)
_pack_filter__market_in_query_history_0: Final = Struct(">iI").pack


def _write_filter__market_in_query_history(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__market_in_query_history_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__MARKET_IN_QUERY_HISTORY_0)
        raise
    return part_0


_FILTER__SINCE_IN_QUERY_HISTORY_0: Fields = (("HistoryFilter.since", "", INT64),)
_pack_filter__since_in_query_history_0: Final = Struct(">iq").pack


def _write_filter__since_in_query_history(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__since_in_query_history_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__SINCE_IN_QUERY_HISTORY_0)
        raise
    return part_0


_FILTER__UNTIL_IN_QUERY_HISTORY_0: Fields = (("HistoryFilter.until", "", INT64),)
_pack_filter__until_in_query_history_0: Final = Struct(">iq").pack


def _write_filter__until_in_query_history(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__until_in_query_history_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__UNTIL_IN_QUERY_HISTORY_0)
        raise
    return part_0


_CURSOR_IN_QUERY_HISTORY_0: Fields = (("QueryHistory.cursor", "", UINT64),)
_pack_cursor_in_query_history_0: Final = Struct(">iQ").pack


def _write_cursor_in_query_history(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_query_history_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_QUERY_HISTORY_0)
        raise
    return part_0


_SUB_ACCOUNT_IN_QUERY_HISTORY_0: Fields = (("QueryHistory.sub_account", "", UINT32),)
_pack_sub_account_in_query_history_0: Final = Struct(">iI").pack


def _write_sub_account_in_query_history(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_account_in_query_history_0(1, value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_IN_QUERY_HISTORY_0)
        raise
    return part_0


_pack_query_history_0: Final = Struct(">QI").pack
_pack_query_history_6: Final = Struct(">IIIQ").pack


def _write_query_history(value: Any) -> bytes:
    try:
        if type(value) is not QueryHistory:
            raise ValueError
        filter = value.filter
        filter__kinds: list[Any] = filter.kinds
        if (
            type(filter) is not HistoryFilter
            or type(filter__kinds) is not list
            or len(filter__kinds) > MAX_HISTORY_KINDS
        ):
            raise ValueError
        part_0 = _pack_query_history_0(value.request_id, len(filter__kinds))
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_0)
        raise
    tail_0 = b"".join([_write_filter__kinds_in_query_history(item) for item in filter__kinds])
    try:
        filter__asset = filter.asset
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_1)
        raise
    tail_1 = ABSENT if filter__asset is None else _write_filter__asset_in_query_history(filter__asset)
    try:
        filter__market = filter.market
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_2)
        raise
    tail_2 = ABSENT if filter__market is None else _write_filter__market_in_query_history(filter__market)
    try:
        filter__since = filter.since
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_3)
        raise
    tail_3 = ABSENT if filter__since is None else _write_filter__since_in_query_history(filter__since)
    try:
        filter__until = filter.until
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_4)
        raise
    tail_4 = ABSENT if filter__until is None else _write_filter__until_in_query_history(filter__until)
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_5)
        raise
    tail_5 = ABSENT if cursor is None else _write_cursor_in_query_history(cursor)
    try:
        descending = value.descending
        proofs = value.proofs
        sub_account = value.sub_account
        if (descending is not True and descending is not False) or (proofs is not True and proofs is not False):
            raise ValueError
        part_6 = _pack_query_history_6(descending, value.limit, proofs, value.min_apex)
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_6)
        raise
    tail_6 = ABSENT if sub_account is None else _write_sub_account_in_query_history(sub_account)
    return b"".join((part_0, tail_0, tail_1, tail_2, tail_3, tail_4, tail_5, part_6, tail_6))


_unpack_filter__kinds_in_query_history_0: Final = Struct(">i").unpack_from


def _read_filter__kinds_in_query_history(data: bytes, offset: int) -> tuple[EffectType, int]:
    try:
        (value,) = _unpack_filter__kinds_in_query_history_0(data, offset)
        value = _EFFECT_TYPE_MEMBERS[value]
    except (StructError, KeyError):
        explain_malformed(data, offset, _FILTER__KINDS_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 4


_unpack_filter__asset_in_query_history_0: Final = Struct(">I").unpack_from


def _read_filter__asset_in_query_history(data: bytes, offset: int) -> tuple[AssetId, int]:
    try:
        (value,) = _unpack_filter__asset_in_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FILTER__ASSET_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 4


_unpack_filter__market_in_query_history_0: Final = Struct(">I").unpack_from


def _read_filter__market_in_query_history(data: bytes, offset: int) -> tuple[MarketId, int]:
    try:
        (value,) = _unpack_filter__market_in_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FILTER__MARKET_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 4


_unpack_filter__since_in_query_history_0: Final = Struct(">q").unpack_from


def _read_filter__since_in_query_history(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_filter__since_in_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FILTER__SINCE_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 8


_unpack_filter__until_in_query_history_0: Final = Struct(">q").unpack_from


def _read_filter__until_in_query_history(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_filter__until_in_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FILTER__UNTIL_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 8


_unpack_cursor_in_query_history_0: Final = Struct(">Q").unpack_from


def _read_cursor_in_query_history(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_cursor_in_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CURSOR_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 8


_unpack_sub_account_in_query_history_0: Final = Struct(">I").unpack_from


def _read_sub_account_in_query_history(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_sub_account_in_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNT_IN_QUERY_HISTORY_0)
        raise
    return value, offset + 4


_unpack_query_history_0: Final = Struct(">QI").unpack_from
_unpack_query_history_1: Final = Struct(">I").unpack_from
_unpack_query_history_2: Final = Struct(">I").unpack_from
_unpack_query_history_3: Final = Struct(">I").unpack_from
_unpack_query_history_4: Final = Struct(">I").unpack_from
_unpack_query_history_5: Final = Struct(">I").unpack_from
_unpack_query_history_6: Final = Struct(">IIIQI").unpack_from


def _read_query_history(data: bytes, offset: int) -> tuple[QueryHistory, int]:
    try:
        request_id, filter__kinds__count = _unpack_query_history_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _QUERY_HISTORY_0)
        raise
    offset += 12
    if filter__kinds__count > MAX_HISTORY_KINDS or filter__kinds__count * 4 > len(data) - offset:
        refuse_count(filter__kinds__count, MAX_HISTORY_KINDS, "HistoryFilter.kinds")
    filter__kinds = []
    for _ in range(filter__kinds__count):
        filter__kinds__item, offset = _read_filter__kinds_in_query_history(data, offset)
        filter__kinds.append(filter__kinds__item)
    try:
        (filter__asset__present,) = _unpack_query_history_1(data, offset)
        filter__asset__present = BOOLEANS[filter__asset__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_HISTORY_1)
        raise
    offset += 4
    filter__asset: AssetId | None = None
    if filter__asset__present:
        filter__asset, offset = _read_filter__asset_in_query_history(data, offset)
    try:
        (filter__market__present,) = _unpack_query_history_2(data, offset)
        filter__market__present = BOOLEANS[filter__market__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_HISTORY_2)
        raise
    offset += 4
    filter__market: MarketId | None = None
    if filter__market__present:
        filter__market, offset = _read_filter__market_in_query_history(data, offset)
    try:
        (filter__since__present,) = _unpack_query_history_3(data, offset)
        filter__since__present = BOOLEANS[filter__since__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_HISTORY_3)
        raise
    offset += 4
    filter__since: Timestamp | None = None
    if filter__since__present:
        filter__since, offset = _read_filter__since_in_query_history(data, offset)
    try:
        (filter__until__present,) = _unpack_query_history_4(data, offset)
        filter__until__present = BOOLEANS[filter__until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_HISTORY_4)
        raise
    offset += 4
    filter__until: Timestamp | None = None
    if filter__until__present:
        filter__until, offset = _read_filter__until_in_query_history(data, offset)
    try:
        (cursor__present,) = _unpack_query_history_5(data, offset)
        cursor__present = BOOLEANS[cursor__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_HISTORY_5)
        raise
    offset += 4
    cursor: int | None = None
    if cursor__present:
        cursor, offset = _read_cursor_in_query_history(data, offset)
    try:
        descending, limit, proofs, min_apex, sub_account__present = _unpack_query_history_6(data, offset)
        descending = BOOLEANS[descending]
        proofs = BOOLEANS[proofs]
        sub_account__present = BOOLEANS[sub_account__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_HISTORY_6)
        raise
    offset += 24
    sub_account: int | None = None
    if sub_account__present:
        sub_account, offset = _read_sub_account_in_query_history(data, offset)
    return QueryHistory(
        request_id,
        HistoryFilter(filter__kinds, filter__asset, filter__market, filter__since, filter__until),
        cursor,
        descending,
        limit,
        proofs,
        min_apex,
        sub_account,
    ), offset


@dataclass(slots=True, init=False)
class QueryOrders:
    """Asks a chronicler for a page of the account's orders by their ids, open or not.

    XDR::

        struct QueryOrders {
            unsigned hyper request_id;
            MarketId *market;
            bool *open;                       // only those that are open, or only those that are not
            Timestamp *since;                 // placed at this time or later
            Timestamp *until;                 // placed before this time
            Apex *cursor;                     // order id: the page begins behind it
            bool descending;
            unsigned int limit;
            Apex min_apex;
            unsigned int *sub_account;        // its number
        };
    """

    request_id: int
    market: MarketId | None
    open: bool | None
    since: Timestamp | None
    until: Timestamp | None
    cursor: Apex | None
    descending: bool
    limit: int
    min_apex: Apex
    sub_account: int | None

    def __init__(
        self,
        request_id: int,
        market: MarketId | None,
        open: bool | None,
        since: Timestamp | None,
        until: Timestamp | None,
        cursor: Apex | None,
        descending: bool,
        limit: int,
        min_apex: Apex,
        sub_account: int | None,
    ) -> None:
        self.request_id = request_id
        self.market = market
        self.open = open
        self.since = since
        self.until = until
        self.cursor = cursor
        self.descending = descending
        self.limit = limit
        self.min_apex = min_apex
        self.sub_account = sub_account

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QueryOrders, (
            self.request_id,
            self.market,
            self.open,
            self.since,
            self.until,
            self.cursor,
            self.descending,
            self.limit,
            self.min_apex,
            self.sub_account,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_query_orders(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QueryOrders":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_query_orders(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QueryOrders")
        return value


_QUERY_ORDERS_0: Fields = (
    ("QueryOrders", "", Instance(QueryOrders)),
    ("QueryOrders.request_id", "request_id", UINT64),
    ("QueryOrders.market", "market", PRESENCE),
)
_QUERY_ORDERS_1: Fields = (("QueryOrders.open", "open", PRESENCE),)
_QUERY_ORDERS_2: Fields = (("QueryOrders.since", "since", PRESENCE),)
_QUERY_ORDERS_3: Fields = (("QueryOrders.until", "until", PRESENCE),)
_QUERY_ORDERS_4: Fields = (("QueryOrders.cursor", "cursor", PRESENCE),)
_QUERY_ORDERS_5: Fields = (
    ("QueryOrders.descending", "descending", BOOLEAN),
    ("QueryOrders.limit", "limit", UINT32),
    ("QueryOrders.min_apex", "min_apex", UINT64),
    ("QueryOrders.sub_account", "sub_account", PRESENCE),
)
_MARKET_IN_QUERY_ORDERS_0: Fields = (("QueryOrders.market", "", UINT32),)
_pack_market_in_query_orders_0: Final = Struct(">iI").pack


def _write_market_in_query_orders(value: Any) -> bytes:
    try:
        part_0 = _pack_market_in_query_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _MARKET_IN_QUERY_ORDERS_0)
        raise
    return part_0


_OPEN_IN_QUERY_ORDERS_0: Fields = (("QueryOrders.open", "", BOOLEAN),)
_pack_open_in_query_orders_0: Final = Struct(">iI").pack


def _write_open_in_query_orders(value: Any) -> bytes:
    try:
        if value is not True and value is not False:
            raise ValueError
        part_0 = _pack_open_in_query_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _OPEN_IN_QUERY_ORDERS_0)
        raise
    return part_0


_SINCE_IN_QUERY_ORDERS_0: Fields = (("QueryOrders.since", "", INT64),)
_pack_since_in_query_orders_0: Final = Struct(">iq").pack


def _write_since_in_query_orders(value: Any) -> bytes:
    try:
        part_0 = _pack_since_in_query_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _SINCE_IN_QUERY_ORDERS_0)
        raise
    return part_0


_UNTIL_IN_QUERY_ORDERS_0: Fields = (("QueryOrders.until", "", INT64),)
_pack_until_in_query_orders_0: Final = Struct(">iq").pack


def _write_until_in_query_orders(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_query_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_QUERY_ORDERS_0)
        raise
    return part_0


_CURSOR_IN_QUERY_ORDERS_0: Fields = (("QueryOrders.cursor", "", UINT64),)
_pack_cursor_in_query_orders_0: Final = Struct(">iQ").pack


def _write_cursor_in_query_orders(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_query_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_QUERY_ORDERS_0)
        raise
    return part_0


_SUB_ACCOUNT_IN_QUERY_ORDERS_0: Fields = (("QueryOrders.sub_account", "", UINT32),)
_pack_sub_account_in_query_orders_0: Final = Struct(">iI").pack


def _write_sub_account_in_query_orders(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_account_in_query_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_IN_QUERY_ORDERS_0)
        raise
    return part_0


_pack_query_orders_0: Final = Struct(">Q").pack
_pack_query_orders_5: Final = Struct(">IIQ").pack


def _write_query_orders(value: Any) -> bytes:
    try:
        if type(value) is not QueryOrders:
            raise ValueError
        market = value.market
        part_0 = _pack_query_orders_0(value.request_id)
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_0)
        raise
    tail_0 = ABSENT if market is None else _write_market_in_query_orders(market)
    try:
        open = value.open
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_1)
        raise
    tail_1 = ABSENT if open is None else _write_open_in_query_orders(open)
    try:
        since = value.since
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_2)
        raise
    tail_2 = ABSENT if since is None else _write_since_in_query_orders(since)
    try:
        until = value.until
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_3)
        raise
    tail_3 = ABSENT if until is None else _write_until_in_query_orders(until)
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_4)
        raise
    tail_4 = ABSENT if cursor is None else _write_cursor_in_query_orders(cursor)
    try:
        descending = value.descending
        sub_account = value.sub_account
        if descending is not True and descending is not False:
            raise ValueError
        part_5 = _pack_query_orders_5(descending, value.limit, value.min_apex)
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_5)
        raise
    tail_5 = ABSENT if sub_account is None else _write_sub_account_in_query_orders(sub_account)
    return b"".join((part_0, tail_0, tail_1, tail_2, tail_3, tail_4, part_5, tail_5))


_unpack_market_in_query_orders_0: Final = Struct(">I").unpack_from


def _read_market_in_query_orders(data: bytes, offset: int) -> tuple[MarketId, int]:
    try:
        (value,) = _unpack_market_in_query_orders_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MARKET_IN_QUERY_ORDERS_0)
        raise
    return value, offset + 4


_unpack_open_in_query_orders_0: Final = Struct(">I").unpack_from


def _read_open_in_query_orders(data: bytes, offset: int) -> tuple[bool, int]:
    try:
        (value,) = _unpack_open_in_query_orders_0(data, offset)
        value = BOOLEANS[value]
    except (StructError, KeyError):
        explain_malformed(data, offset, _OPEN_IN_QUERY_ORDERS_0)
        raise
    return value, offset + 4


_unpack_since_in_query_orders_0: Final = Struct(">q").unpack_from


def _read_since_in_query_orders(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_since_in_query_orders_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SINCE_IN_QUERY_ORDERS_0)
        raise
    return value, offset + 8


_unpack_until_in_query_orders_0: Final = Struct(">q").unpack_from


def _read_until_in_query_orders(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_until_in_query_orders_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNTIL_IN_QUERY_ORDERS_0)
        raise
    return value, offset + 8


_unpack_cursor_in_query_orders_0: Final = Struct(">Q").unpack_from


def _read_cursor_in_query_orders(data: bytes, offset: int) -> tuple[Apex, int]:
    try:
        (value,) = _unpack_cursor_in_query_orders_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CURSOR_IN_QUERY_ORDERS_0)
        raise
    return value, offset + 8


_unpack_sub_account_in_query_orders_0: Final = Struct(">I").unpack_from


def _read_sub_account_in_query_orders(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_sub_account_in_query_orders_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNT_IN_QUERY_ORDERS_0)
        raise
    return value, offset + 4


_unpack_query_orders_0: Final = Struct(">QI").unpack_from
_unpack_query_orders_1: Final = Struct(">I").unpack_from
_unpack_query_orders_2: Final = Struct(">I").unpack_from
_unpack_query_orders_3: Final = Struct(">I").unpack_from
_unpack_query_orders_4: Final = Struct(">I").unpack_from
_unpack_query_orders_5: Final = Struct(">IIQI").unpack_from


def _read_query_orders(data: bytes, offset: int) -> tuple[QueryOrders, int]:
    try:
        request_id, market__present = _unpack_query_orders_0(data, offset)
        market__present = BOOLEANS[market__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ORDERS_0)
        raise
    offset += 12
    market: MarketId | None = None
    if market__present:
        market, offset = _read_market_in_query_orders(data, offset)
    try:
        (open__present,) = _unpack_query_orders_1(data, offset)
        open__present = BOOLEANS[open__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ORDERS_1)
        raise
    offset += 4
    open: bool | None = None
    if open__present:
        open, offset = _read_open_in_query_orders(data, offset)
    try:
        (since__present,) = _unpack_query_orders_2(data, offset)
        since__present = BOOLEANS[since__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ORDERS_2)
        raise
    offset += 4
    since: Timestamp | None = None
    if since__present:
        since, offset = _read_since_in_query_orders(data, offset)
    try:
        (until__present,) = _unpack_query_orders_3(data, offset)
        until__present = BOOLEANS[until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ORDERS_3)
        raise
    offset += 4
    until: Timestamp | None = None
    if until__present:
        until, offset = _read_until_in_query_orders(data, offset)
    try:
        (cursor__present,) = _unpack_query_orders_4(data, offset)
        cursor__present = BOOLEANS[cursor__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ORDERS_4)
        raise
    offset += 4
    cursor: Apex | None = None
    if cursor__present:
        cursor, offset = _read_cursor_in_query_orders(data, offset)
    try:
        descending, limit, min_apex, sub_account__present = _unpack_query_orders_5(data, offset)
        descending = BOOLEANS[descending]
        sub_account__present = BOOLEANS[sub_account__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _QUERY_ORDERS_5)
        raise
    offset += 20
    sub_account: int | None = None
    if sub_account__present:
        sub_account, offset = _read_sub_account_in_query_orders(data, offset)
    return QueryOrders(request_id, market, open, since, until, cursor, descending, limit, min_apex, sub_account), offset


@dataclass(slots=True, init=False)
class Propose:
    """An auditor's operator proposes something, or signs what another one proposed. Answered with Proposals.

    XDR::

        struct Propose {
            unsigned hyper request_id;
            SignedProposal proposal;
        };
    """

    request_id: int
    proposal: SignedProposal

    def __init__(self, request_id: int, proposal: SignedProposal) -> None:
        self.request_id = request_id
        self.proposal = proposal

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Propose, (
            self.request_id,
            self.proposal,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_propose(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Propose":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_propose(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Propose")
        return value


_PROPOSE_0: Fields = (
    ("Propose", "", Instance(Propose)),
    ("Propose.request_id", "request_id", UINT64),
    ("SignedProposal", "proposal", Instance(SignedProposal)),
    ("Proposal", "proposal.proposal", Instance(Proposal)),
    ("Proposal.valid_until", "proposal.proposal.valid_until", INT64),
    ("Decision.type", "proposal.proposal.decision", _DECISION_DISCRIMINANT),
)
_PROPOSE_1: Fields = (
    ("SignedProposal.auditor", "proposal.auditor", Opaque(32)),
    ("SignedProposal.signature", "proposal.signature", Opaque(64)),
)
_pack_propose_0: Final = Struct(">Qq").pack
_pack_propose_1: Final = Struct(">32s64s").pack


def _write_propose(value: Any) -> bytes:
    try:
        if type(value) is not Propose:
            raise ValueError
        proposal = value.proposal
        proposal__proposal = proposal.proposal
        proposal__proposal__decision = proposal__proposal.decision
        if type(proposal) is not SignedProposal or type(proposal__proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_propose_0(value.request_id, proposal__proposal.valid_until)
    except Exception:
        explain_unencodable(value, _PROPOSE_0)
        raise
    try:
        write = _DECISION_WRITERS[type(proposal__proposal__decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(proposal__proposal__decision)
    try:
        proposal__auditor = proposal.auditor
        proposal__signature = proposal.signature
        if len(proposal__auditor) != 32 or len(proposal__signature) != 64:
            raise ValueError
        part_1 = _pack_propose_1(proposal__auditor, proposal__signature)
    except Exception:
        explain_unencodable(value, _PROPOSE_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_propose_0: Final = Struct(">Qq4s").unpack_from
_unpack_propose_1: Final = Struct(">32s64s").unpack_from


def _read_propose(data: bytes, offset: int) -> tuple[Propose, int]:
    try:
        request_id, proposal__proposal__valid_until, proposal__proposal__decision__read = _unpack_propose_0(
            data, offset
        )
        proposal__proposal__decision__read = _DECISION_READERS[proposal__proposal__decision__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _PROPOSE_0)
        raise
    offset += 20
    proposal__proposal__decision, offset = proposal__proposal__decision__read(data, offset)
    try:
        proposal__auditor, proposal__signature = _unpack_propose_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _PROPOSE_1)
        raise
    return Propose(
        request_id,
        SignedProposal(
            Proposal(proposal__proposal__valid_until, proposal__proposal__decision),
            proposal__auditor,
            proposal__signature,
        ),
    ), offset + 96


@dataclass(slots=True, init=False)
class QueryProposals:
    """Asks what is proposed and not decided. Answered with Proposals.

    XDR::

        struct QueryProposals {
            unsigned hyper request_id;
        };
    """

    request_id: int

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QueryProposals, (self.request_id,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_query_proposals(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QueryProposals":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_query_proposals(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QueryProposals")
        return value


_QUERY_PROPOSALS_0: Fields = (
    ("QueryProposals", "", Instance(QueryProposals)),
    ("QueryProposals.request_id", "request_id", UINT64),
)
_pack_query_proposals_0: Final = Struct(">Q").pack


def _write_query_proposals(value: Any) -> bytes:
    try:
        if type(value) is not QueryProposals:
            raise ValueError
        part_0 = _pack_query_proposals_0(value.request_id)
    except Exception:
        explain_unencodable(value, _QUERY_PROPOSALS_0)
        raise
    return part_0


_unpack_query_proposals_0: Final = Struct(">Q").unpack_from


def _read_query_proposals(data: bytes, offset: int) -> tuple[QueryProposals, int]:
    try:
        (request_id,) = _unpack_query_proposals_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _QUERY_PROPOSALS_0)
        raise
    return QueryProposals(request_id), offset + 8


@dataclass(slots=True, init=False)
class OpenProposal:
    """The struct OpenProposal of client.x.

    XDR::

        struct OpenProposal {
            Proposal proposal;
            AuditorSignature signatures<MAX_AUDITORS>;
        };
    """

    proposal: Proposal
    signatures: list[AuditorSignature]

    def __init__(self, proposal: Proposal, signatures: list[AuditorSignature]) -> None:
        self.proposal = proposal
        self.signatures = signatures

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OpenProposal, (
            self.proposal,
            self.signatures,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_open_proposal(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OpenProposal":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_open_proposal(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OpenProposal")
        return value


_OPEN_PROPOSAL_0: Fields = (
    ("OpenProposal", "", Instance(OpenProposal)),
    ("Proposal", "proposal", Instance(Proposal)),
    ("Proposal.valid_until", "proposal.valid_until", INT64),
    ("Decision.type", "proposal.decision", _DECISION_DISCRIMINANT),
)
_OPEN_PROPOSAL_1: Fields = (("OpenProposal.signatures", "signatures", Items(MAX_AUDITORS)),)
_pack_open_proposal_0: Final = Struct(">q").pack
_pack_open_proposal_1: Final = Struct(">I").pack


def _write_open_proposal(value: Any) -> bytes:
    try:
        if type(value) is not OpenProposal:
            raise ValueError
        proposal = value.proposal
        proposal__decision = proposal.decision
        if type(proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_open_proposal_0(proposal.valid_until)
    except Exception:
        explain_unencodable(value, _OPEN_PROPOSAL_0)
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
        part_1 = _pack_open_proposal_1(len(signatures))
    except Exception:
        explain_unencodable(value, _OPEN_PROPOSAL_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_open_proposal_0: Final = Struct(">q4s").unpack_from
_unpack_open_proposal_1: Final = Struct(">I").unpack_from


def _read_open_proposal(data: bytes, offset: int) -> tuple[OpenProposal, int]:
    try:
        proposal__valid_until, proposal__decision__read = _unpack_open_proposal_0(data, offset)
        proposal__decision__read = _DECISION_READERS[proposal__decision__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _OPEN_PROPOSAL_0)
        raise
    offset += 12
    proposal__decision, offset = proposal__decision__read(data, offset)
    try:
        (signatures__count,) = _unpack_open_proposal_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _OPEN_PROPOSAL_1)
        raise
    offset += 4
    if signatures__count > MAX_AUDITORS or signatures__count * 96 > len(data) - offset:
        refuse_count(signatures__count, MAX_AUDITORS, "OpenProposal.signatures")
    signatures = []
    for _ in range(signatures__count):
        signatures__item, offset = _read_auditor_signature(data, offset)
        signatures.append(signatures__item)
    return OpenProposal(Proposal(proposal__valid_until, proposal__decision), signatures), offset


@dataclass(slots=True, init=False)
class Proposals:
    """The struct Proposals of client.x.

    XDR::

        struct Proposals {
            unsigned hyper request_id;
            unsigned hyper settings_version;
            OpenProposal proposals<MAX_OPEN_PROPOSALS>;
        };
    """

    request_id: int
    settings_version: int
    proposals: list[OpenProposal]

    def __init__(self, request_id: int, settings_version: int, proposals: list[OpenProposal]) -> None:
        self.request_id = request_id
        self.settings_version = settings_version
        self.proposals = proposals

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Proposals, (
            self.request_id,
            self.settings_version,
            self.proposals,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_proposals(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Proposals":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_proposals(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Proposals")
        return value


_PROPOSALS_0: Fields = (
    ("Proposals", "", Instance(Proposals)),
    ("Proposals.request_id", "request_id", UINT64),
    ("Proposals.settings_version", "settings_version", UINT64),
    ("Proposals.proposals", "proposals", Items(MAX_OPEN_PROPOSALS)),
)
_pack_proposals_0: Final = Struct(">QQI").pack


def _write_proposals(value: Any) -> bytes:
    try:
        if type(value) is not Proposals:
            raise ValueError
        proposals: list[Any] = value.proposals
        if type(proposals) is not list or len(proposals) > MAX_OPEN_PROPOSALS:
            raise ValueError
        part_0 = _pack_proposals_0(value.request_id, value.settings_version, len(proposals))
    except Exception:
        explain_unencodable(value, _PROPOSALS_0)
        raise
    tail_0 = b"".join([_write_open_proposal(item) for item in proposals])
    return part_0 + tail_0


_unpack_proposals_0: Final = Struct(">QQI").unpack_from


def _read_proposals(data: bytes, offset: int) -> tuple[Proposals, int]:
    try:
        request_id, settings_version, proposals__count = _unpack_proposals_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PROPOSALS_0)
        raise
    offset += 20
    if proposals__count > MAX_OPEN_PROPOSALS or proposals__count * 24 > len(data) - offset:
        refuse_count(proposals__count, MAX_OPEN_PROPOSALS, "Proposals.proposals")
    proposals = []
    for _ in range(proposals__count):
        proposals__item, offset = _read_open_proposal(data, offset)
        proposals.append(proposals__item)
    return Proposals(request_id, settings_version, proposals), offset


@dataclass(slots=True, init=False)
class Welcome:
    """After the handshake: what the client needs to start; again when the settings or the mode have changed.

    XDR::

        struct Welcome {
            Settings settings;                // in force
            unsigned hyper settings_version;
            unsigned hyper epoch;
            Apex apex;
            Timestamp timestamp;              // alpha's clock
            unsigned int requests_per_second;
            unsigned int burst;
            ModeInForce mode;
        };
    """

    settings: Settings
    settings_version: int
    epoch: int
    apex: Apex
    timestamp: Timestamp
    requests_per_second: int
    burst: int
    mode: ModeInForce

    def __init__(
        self,
        settings: Settings,
        settings_version: int,
        epoch: int,
        apex: Apex,
        timestamp: Timestamp,
        requests_per_second: int,
        burst: int,
        mode: ModeInForce,
    ) -> None:
        self.settings = settings
        self.settings_version = settings_version
        self.epoch = epoch
        self.apex = apex
        self.timestamp = timestamp
        self.requests_per_second = requests_per_second
        self.burst = burst
        self.mode = mode

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Welcome, (
            self.settings,
            self.settings_version,
            self.epoch,
            self.apex,
            self.timestamp,
            self.requests_per_second,
            self.burst,
            self.mode,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_welcome(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Welcome":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_welcome(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Welcome")
        return value


_WELCOME_0: Fields = (
    ("Welcome", "", Instance(Welcome)),
    ("Settings", "settings", ELSEWHERE),
)
_WELCOME_1: Fields = (
    ("Welcome.settings_version", "settings_version", UINT64),
    ("Welcome.epoch", "epoch", UINT64),
    ("Welcome.apex", "apex", UINT64),
    ("Welcome.timestamp", "timestamp", INT64),
    ("Welcome.requests_per_second", "requests_per_second", UINT32),
    ("Welcome.burst", "burst", UINT32),
    ("ModeInForce", "mode", Instance(ModeInForce)),
    ("ModeInForce.mode", "mode.mode", Enumerated(_MODE_MEMBERS)),
    ("ModeInForce.reason", "mode.reason", LENGTH),
)
_WELCOME_2: Fields = (("ModeInForce.since", "mode.since", UINT64),)
_pack_welcome_1: Final = Struct(">QQQqIIi").pack
_pack_welcome_2: Final = Struct(">Q").pack


def _write_welcome(value: Any) -> bytes:
    try:
        if type(value) is not Welcome:
            raise ValueError
        settings = value.settings
    except Exception:
        explain_unencodable(value, _WELCOME_0)
        raise
    tail_0 = _write_settings(settings)
    try:
        mode = value.mode
        mode__mode = mode.mode
        mode__reason = mode.reason
        if type(mode) is not ModeInForce or mode__mode not in _MODE_MEMBERS:
            raise ValueError
        part_1 = _pack_welcome_1(
            value.settings_version,
            value.epoch,
            value.apex,
            value.timestamp,
            value.requests_per_second,
            value.burst,
            mode__mode,
        )
    except Exception:
        explain_unencodable(value, _WELCOME_1)
        raise
    tail_1 = write_string(mode__reason, MAX_MODE_REASON, "ModeInForce.reason")
    try:
        part_2 = _pack_welcome_2(mode.since)
    except Exception:
        explain_unencodable(value, _WELCOME_2)
        raise
    return b"".join((tail_0, part_1, tail_1, part_2))


_unpack_welcome_1: Final = Struct(">QQQqIIiI").unpack_from
_unpack_welcome_2: Final = Struct(">Q").unpack_from


def _read_welcome(data: bytes, offset: int) -> tuple[Welcome, int]:
    settings, offset = _read_settings(data, offset)
    try:
        settings_version, epoch, apex, timestamp, requests_per_second, burst, mode__mode, mode__reason__length = (
            _unpack_welcome_1(data, offset)
        )
        mode__mode = _MODE_MEMBERS[mode__mode]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WELCOME_1)
        raise
    offset += 48
    mode__reason, offset = read_string(data, offset, mode__reason__length, MAX_MODE_REASON, "ModeInForce.reason")
    try:
        (mode__since,) = _unpack_welcome_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _WELCOME_2)
        raise
    return Welcome(
        settings,
        settings_version,
        epoch,
        apex,
        timestamp,
        requests_per_second,
        burst,
        ModeInForce(mode__mode, mode__reason, mode__since),
    ), offset + 8


@dataclass(slots=True, init=False)
class Rejected:
    """The struct Rejected of client.x.

    XDR::

        struct Rejected {
            unsigned hyper request_id;
            Code code;
            string message<256>;
        };
    """

    request_id: int
    code: Code
    message: str

    def __init__(self, request_id: int, code: Code, message: str) -> None:
        self.request_id = request_id
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Rejected, (
            self.request_id,
            self.code,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_rejected(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Rejected":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_rejected(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Rejected")
        return value


_REJECTED_0: Fields = (
    ("Rejected", "", Instance(Rejected)),
    ("Rejected.request_id", "request_id", UINT64),
    ("Rejected.code", "code", Enumerated(_CODE_MEMBERS)),
    ("Rejected.message", "message", LENGTH),
)
_pack_rejected_0: Final = Struct(">Qi").pack


def _write_rejected(value: Any) -> bytes:
    try:
        if type(value) is not Rejected:
            raise ValueError
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_rejected_0(value.request_id, code)
    except Exception:
        explain_unencodable(value, _REJECTED_0)
        raise
    tail_0 = write_string(message, 256, "Rejected.message")
    return part_0 + tail_0


_unpack_rejected_0: Final = Struct(">QiI").unpack_from


def _read_rejected(data: bytes, offset: int) -> tuple[Rejected, int]:
    try:
        request_id, code, message__length = _unpack_rejected_0(data, offset)
        code = _CODE_MEMBERS[code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REJECTED_0)
        raise
    offset += 16
    message, offset = read_string(data, offset, message__length, 256, "Rejected.message")
    return Rejected(request_id, code, message), offset


@dataclass(slots=True, init=False)
class AccountEvent:
    """An account's effects of one quantum with the proof that the signed header covers them.

    XDR::

        struct AccountEvent {
            unsigned hyper *request_id;       // set when this answers the reader's own request
            QuantumLeaf leaf;
            EffectGroup group;
            MerkleProof group_proof;          // to leaf.effects
            MerkleProof leaf_proof;           // to the header's quanta_root
        };
    """

    request_id: int | None
    leaf: QuantumLeaf
    group: EffectGroup
    group_proof: MerkleProof
    leaf_proof: MerkleProof

    def __init__(
        self,
        request_id: int | None,
        leaf: QuantumLeaf,
        group: EffectGroup,
        group_proof: MerkleProof,
        leaf_proof: MerkleProof,
    ) -> None:
        self.request_id = request_id
        self.leaf = leaf
        self.group = group
        self.group_proof = group_proof
        self.leaf_proof = leaf_proof

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AccountEvent, (
            self.request_id,
            self.leaf,
            self.group,
            self.group_proof,
            self.leaf_proof,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_account_event(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AccountEvent":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_account_event(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AccountEvent")
        return value


_ACCOUNT_EVENT_0: Fields = (
    ("AccountEvent", "", Instance(AccountEvent)),
    ("AccountEvent.request_id", "request_id", PRESENCE),
)
_ACCOUNT_EVENT_1: Fields = (("QuantumLeaf", "leaf", ELSEWHERE),)
_ACCOUNT_EVENT_2: Fields = (("EffectGroup", "group", ELSEWHERE),)
_ACCOUNT_EVENT_3: Fields = (
    ("MerkleProof", "group_proof", Instance(MerkleProof)),
    ("MerkleProof.index", "group_proof.index", UINT32),
    ("MerkleProof.size", "group_proof.size", UINT32),
    ("MerkleProof.path", "group_proof.path", Items(32)),
)
_ACCOUNT_EVENT_4: Fields = (
    ("MerkleProof", "leaf_proof", Instance(MerkleProof)),
    ("MerkleProof.index", "leaf_proof.index", UINT32),
    ("MerkleProof.size", "leaf_proof.size", UINT32),
    ("MerkleProof.path", "leaf_proof.path", Items(32)),
)
_REQUEST_ID_IN_ACCOUNT_EVENT_0: Fields = (("AccountEvent.request_id", "", UINT64),)
_pack_request_id_in_account_event_0: Final = Struct(">iQ").pack


def _write_request_id_in_account_event(value: Any) -> bytes:
    try:
        part_0 = _pack_request_id_in_account_event_0(1, value)
    except Exception:
        explain_unencodable(value, _REQUEST_ID_IN_ACCOUNT_EVENT_0)
        raise
    return part_0


_pack_account_event_3: Final = Struct(">III").pack
_pack_account_event_4: Final = Struct(">III").pack


def _write_account_event(value: Any) -> bytes:
    try:
        if type(value) is not AccountEvent:
            raise ValueError
        request_id = value.request_id
    except Exception:
        explain_unencodable(value, _ACCOUNT_EVENT_0)
        raise
    tail_0 = ABSENT if request_id is None else _write_request_id_in_account_event(request_id)
    try:
        leaf = value.leaf
    except Exception:
        explain_unencodable(value, _ACCOUNT_EVENT_1)
        raise
    tail_1 = _write_quantum_leaf(leaf)
    try:
        group = value.group
    except Exception:
        explain_unencodable(value, _ACCOUNT_EVENT_2)
        raise
    tail_2 = _write_effect_group(group)
    try:
        group_proof = value.group_proof
        group_proof__path: list[Any] = group_proof.path
        if type(group_proof) is not MerkleProof or type(group_proof__path) is not list or len(group_proof__path) > 32:
            raise ValueError
        part_3 = _pack_account_event_3(group_proof.index, group_proof.size, len(group_proof__path))
    except Exception:
        explain_unencodable(value, _ACCOUNT_EVENT_3)
        raise
    tail_3 = write_opaques(group_proof__path, 32, "MerkleProof.path")
    try:
        leaf_proof = value.leaf_proof
        leaf_proof__path: list[Any] = leaf_proof.path
        if type(leaf_proof) is not MerkleProof or type(leaf_proof__path) is not list or len(leaf_proof__path) > 32:
            raise ValueError
        part_4 = _pack_account_event_4(leaf_proof.index, leaf_proof.size, len(leaf_proof__path))
    except Exception:
        explain_unencodable(value, _ACCOUNT_EVENT_4)
        raise
    tail_4 = write_opaques(leaf_proof__path, 32, "MerkleProof.path")
    return b"".join((tail_0, tail_1, tail_2, part_3, tail_3, part_4, tail_4))


_unpack_request_id_in_account_event_0: Final = Struct(">Q").unpack_from


def _read_request_id_in_account_event(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_request_id_in_account_event_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _REQUEST_ID_IN_ACCOUNT_EVENT_0)
        raise
    return value, offset + 8


_unpack_account_event_0: Final = Struct(">I").unpack_from
_unpack_account_event_3: Final = Struct(">III").unpack_from
_unpack_account_event_4: Final = Struct(">III").unpack_from


def _read_account_event(data: bytes, offset: int) -> tuple[AccountEvent, int]:
    try:
        (request_id__present,) = _unpack_account_event_0(data, offset)
        request_id__present = BOOLEANS[request_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_EVENT_0)
        raise
    offset += 4
    request_id: int | None = None
    if request_id__present:
        request_id, offset = _read_request_id_in_account_event(data, offset)
    leaf, offset = _read_quantum_leaf(data, offset)
    group, offset = _read_effect_group(data, offset)
    try:
        group_proof__index, group_proof__size, group_proof__path__count = _unpack_account_event_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_EVENT_3)
        raise
    offset += 12
    if group_proof__path__count > 32 or group_proof__path__count * 32 > len(data) - offset:
        refuse_count(group_proof__path__count, 32, "MerkleProof.path")
    group_proof__path, offset = read_opaques(data, offset, group_proof__path__count, 32)
    try:
        leaf_proof__index, leaf_proof__size, leaf_proof__path__count = _unpack_account_event_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_EVENT_4)
        raise
    offset += 12
    if leaf_proof__path__count > 32 or leaf_proof__path__count * 32 > len(data) - offset:
        refuse_count(leaf_proof__path__count, 32, "MerkleProof.path")
    leaf_proof__path, offset = read_opaques(data, offset, leaf_proof__path__count, 32)
    return AccountEvent(
        request_id,
        leaf,
        group,
        MerkleProof(group_proof__index, group_proof__size, group_proof__path),
        MerkleProof(leaf_proof__index, leaf_proof__size, leaf_proof__path),
    ), offset


@dataclass(slots=True, init=False)
class Acknowledgement:
    """Executed and durable on alpha.

    XDR::

        struct Acknowledgement {
            SignedHeader signed_header;
            AccountEvent events<MAX_EVENTS_PER_MESSAGE>;
        };
    """

    signed_header: SignedHeader
    events: list[AccountEvent]

    def __init__(self, signed_header: SignedHeader, events: list[AccountEvent]) -> None:
        self.signed_header = signed_header
        self.events = events

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Acknowledgement, (
            self.signed_header,
            self.events,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_acknowledgement(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Acknowledgement":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_acknowledgement(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Acknowledgement")
        return value


_ACKNOWLEDGEMENT_0: Fields = (
    ("Acknowledgement", "", Instance(Acknowledgement)),
    ("SignedHeader", "signed_header", ELSEWHERE),
)
_ACKNOWLEDGEMENT_1: Fields = (("Acknowledgement.events", "events", Items(MAX_EVENTS_PER_MESSAGE)),)
_pack_acknowledgement_1: Final = Struct(">I").pack


def _write_acknowledgement(value: Any) -> bytes:
    try:
        if type(value) is not Acknowledgement:
            raise ValueError
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _ACKNOWLEDGEMENT_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        events: list[Any] = value.events
        if type(events) is not list or len(events) > MAX_EVENTS_PER_MESSAGE:
            raise ValueError
        part_1 = _pack_acknowledgement_1(len(events))
    except Exception:
        explain_unencodable(value, _ACKNOWLEDGEMENT_1)
        raise
    tail_1 = b"".join([_write_account_event(item) for item in events])
    return tail_0 + part_1 + tail_1


_unpack_acknowledgement_1: Final = Struct(">I").unpack_from


def _read_acknowledgement(data: bytes, offset: int) -> tuple[Acknowledgement, int]:
    signed_header, offset = _read_signed_header(data, offset)
    try:
        (events__count,) = _unpack_acknowledgement_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACKNOWLEDGEMENT_1)
        raise
    offset += 4
    if events__count > MAX_EVENTS_PER_MESSAGE or events__count * 160 > len(data) - offset:
        refuse_count(events__count, MAX_EVENTS_PER_MESSAGE, "Acknowledgement.events")
    events = []
    for _ in range(events__count):
        events__item, offset = _read_account_event(data, offset)
        events.append(events__item)
    return Acknowledgement(signed_header, events), offset


@dataclass(slots=True, init=False)
class Finality:
    """Replayed, stored and signed by a quorum of auditors. Where the reader's batch was certified only through a later one
    (after a restart of alpha), `ancestors` are the headers from its own up to the certified one's parent.

    XDR::

        struct Finality {
            Certificate certificate;
            BatchHeader ancestors<MAX_ANCESTORS>;
        };
    """

    certificate: Certificate
    ancestors: list[BatchHeader]

    def __init__(self, certificate: Certificate, ancestors: list[BatchHeader]) -> None:
        self.certificate = certificate
        self.ancestors = ancestors

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Finality, (
            self.certificate,
            self.ancestors,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_finality(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Finality":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_finality(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Finality")
        return value


_FINALITY_0: Fields = (
    ("Finality", "", Instance(Finality)),
    ("Certificate", "certificate", Instance(Certificate)),
    ("BatchHeader", "certificate.header", Instance(BatchHeader)),
    ("BatchHeader.version", "certificate.header.version", UINT32),
    ("BatchHeader.epoch", "certificate.header.epoch", UINT64),
    ("BatchHeader.number", "certificate.header.number", UINT64),
    ("BatchHeader.first_apex", "certificate.header.first_apex", UINT64),
    ("BatchHeader.last_apex", "certificate.header.last_apex", UINT64),
    ("BatchHeader.timestamp", "certificate.header.timestamp", INT64),
    ("BatchHeader.previous", "certificate.header.previous", Opaque(32)),
    ("BatchHeader.quanta_root", "certificate.header.quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "certificate.header.state_root", PRESENCE),
)
_FINALITY_1: Fields = (("Certificate.signatures", "certificate.signatures", Items(MAX_AUDITORS)),)
_FINALITY_2: Fields = (("Finality.ancestors", "ancestors", Items(MAX_ANCESTORS)),)
_CERTIFICATE__HEADER__STATE_ROOT_IN_FINALITY_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_certificate__header__state_root_in_finality_0: Final = Struct(">i32s").pack


def _write_certificate__header__state_root_in_finality(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_certificate__header__state_root_in_finality_0(1, value)
    except Exception:
        explain_unencodable(value, _CERTIFICATE__HEADER__STATE_ROOT_IN_FINALITY_0)
        raise
    return part_0


_pack_finality_0: Final = Struct(">IQQQQq32s32s").pack
_pack_finality_1: Final = Struct(">I").pack
_pack_finality_2: Final = Struct(">I").pack


def _write_finality(value: Any) -> bytes:
    try:
        if type(value) is not Finality:
            raise ValueError
        certificate = value.certificate
        certificate__header = certificate.header
        certificate__header__previous = certificate__header.previous
        certificate__header__quanta_root = certificate__header.quanta_root
        certificate__header__state_root = certificate__header.state_root
        if (
            type(certificate) is not Certificate
            or type(certificate__header) is not BatchHeader
            or len(certificate__header__previous) != 32
            or len(certificate__header__quanta_root) != 32
        ):
            raise ValueError
        part_0 = _pack_finality_0(
            certificate__header.version,
            certificate__header.epoch,
            certificate__header.number,
            certificate__header.first_apex,
            certificate__header.last_apex,
            certificate__header.timestamp,
            certificate__header__previous,
            certificate__header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _FINALITY_0)
        raise
    tail_0 = (
        ABSENT
        if certificate__header__state_root is None
        else _write_certificate__header__state_root_in_finality(certificate__header__state_root)
    )
    try:
        certificate__signatures: list[Any] = certificate.signatures
        if type(certificate__signatures) is not list or len(certificate__signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_finality_1(len(certificate__signatures))
    except Exception:
        explain_unencodable(value, _FINALITY_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in certificate__signatures])
    try:
        ancestors: list[Any] = value.ancestors
        if type(ancestors) is not list or len(ancestors) > MAX_ANCESTORS:
            raise ValueError
        part_2 = _pack_finality_2(len(ancestors))
    except Exception:
        explain_unencodable(value, _FINALITY_2)
        raise
    tail_2 = b"".join([_write_batch_header(item) for item in ancestors])
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2))


_unpack_certificate__header__state_root_in_finality_0: Final = Struct(">32s").unpack_from


def _read_certificate__header__state_root_in_finality(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_certificate__header__state_root_in_finality_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CERTIFICATE__HEADER__STATE_ROOT_IN_FINALITY_0)
        raise
    return value, offset + 32


_unpack_finality_0: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_finality_1: Final = Struct(">I").unpack_from
_unpack_finality_2: Final = Struct(">I").unpack_from


def _read_finality(data: bytes, offset: int) -> tuple[Finality, int]:
    try:
        (
            certificate__header__version,
            certificate__header__epoch,
            certificate__header__number,
            certificate__header__first_apex,
            certificate__header__last_apex,
            certificate__header__timestamp,
            certificate__header__previous,
            certificate__header__quanta_root,
            certificate__header__state_root__present,
        ) = _unpack_finality_0(data, offset)
        certificate__header__state_root__present = BOOLEANS[certificate__header__state_root__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _FINALITY_0)
        raise
    offset += 112
    certificate__header__state_root: Hash | None = None
    if certificate__header__state_root__present:
        certificate__header__state_root, offset = _read_certificate__header__state_root_in_finality(data, offset)
    try:
        (certificate__signatures__count,) = _unpack_finality_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _FINALITY_1)
        raise
    offset += 4
    if certificate__signatures__count > MAX_AUDITORS or certificate__signatures__count * 96 > len(data) - offset:
        refuse_count(certificate__signatures__count, MAX_AUDITORS, "Certificate.signatures")
    certificate__signatures = []
    for _ in range(certificate__signatures__count):
        certificate__signatures__item, offset = _read_auditor_signature(data, offset)
        certificate__signatures.append(certificate__signatures__item)
    try:
        (ancestors__count,) = _unpack_finality_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _FINALITY_2)
        raise
    offset += 4
    if ancestors__count > MAX_ANCESTORS or ancestors__count * 112 > len(data) - offset:
        refuse_count(ancestors__count, MAX_ANCESTORS, "Finality.ancestors")
    ancestors = []
    for _ in range(ancestors__count):
        ancestors__item, offset = _read_batch_header(data, offset)
        ancestors.append(ancestors__item)
    return Finality(
        Certificate(
            BatchHeader(
                certificate__header__version,
                certificate__header__epoch,
                certificate__header__number,
                certificate__header__first_apex,
                certificate__header__last_apex,
                certificate__header__timestamp,
                certificate__header__previous,
                certificate__header__quanta_root,
                certificate__header__state_root,
            ),
            certificate__signatures,
        ),
        ancestors,
    ), offset


@dataclass(slots=True, init=False)
class AccountSnapshot:
    """The struct AccountSnapshot of client.x.

    XDR::

        struct AccountSnapshot {
            unsigned hyper request_id;
            Apex apex;
            AccountEntry *account;            // none when it does not exist
            OrderEntry orders<MAX_OPEN_ORDERS>;
            ArmedEntry armed<MAX_OPEN_ORDERS>;
            WithdrawalEntry withdrawals<MAX_ACCOUNT_WITHDRAWALS>;
            HoldEntry holds<MAX_ACCOUNT_HOLDS>;  // that the account has opened
        };
    """

    request_id: int
    apex: Apex
    account: AccountEntry | None
    orders: list[OrderEntry]
    armed: list[ArmedEntry]
    withdrawals: list[WithdrawalEntry]
    holds: list[HoldEntry]

    def __init__(
        self,
        request_id: int,
        apex: Apex,
        account: AccountEntry | None,
        orders: list[OrderEntry],
        armed: list[ArmedEntry],
        withdrawals: list[WithdrawalEntry],
        holds: list[HoldEntry],
    ) -> None:
        self.request_id = request_id
        self.apex = apex
        self.account = account
        self.orders = orders
        self.armed = armed
        self.withdrawals = withdrawals
        self.holds = holds

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AccountSnapshot, (
            self.request_id,
            self.apex,
            self.account,
            self.orders,
            self.armed,
            self.withdrawals,
            self.holds,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_account_snapshot(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AccountSnapshot":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_account_snapshot(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AccountSnapshot")
        return value


_ACCOUNT_SNAPSHOT_0: Fields = (
    ("AccountSnapshot", "", Instance(AccountSnapshot)),
    ("AccountSnapshot.request_id", "request_id", UINT64),
    ("AccountSnapshot.apex", "apex", UINT64),
    ("AccountSnapshot.account", "account", PRESENCE),
)
_ACCOUNT_SNAPSHOT_1: Fields = (("AccountSnapshot.orders", "orders", Items(MAX_OPEN_ORDERS)),)
_ACCOUNT_SNAPSHOT_2: Fields = (("AccountSnapshot.armed", "armed", Items(MAX_OPEN_ORDERS)),)
_ACCOUNT_SNAPSHOT_3: Fields = (("AccountSnapshot.withdrawals", "withdrawals", Items(MAX_ACCOUNT_WITHDRAWALS)),)
_ACCOUNT_SNAPSHOT_4: Fields = (("AccountSnapshot.holds", "holds", Items(MAX_ACCOUNT_HOLDS)),)
_pack_account_snapshot_0: Final = Struct(">QQ").pack
_pack_account_snapshot_1: Final = Struct(">I").pack
_pack_account_snapshot_2: Final = Struct(">I").pack
_pack_account_snapshot_3: Final = Struct(">I").pack
_pack_account_snapshot_4: Final = Struct(">I").pack


def _write_account_snapshot(value: Any) -> bytes:
    try:
        if type(value) is not AccountSnapshot:
            raise ValueError
        account = value.account
        part_0 = _pack_account_snapshot_0(value.request_id, value.apex)
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_0)
        raise
    tail_0 = ABSENT if account is None else PRESENT + _write_account_entry(account)
    try:
        orders: list[Any] = value.orders
        if type(orders) is not list or len(orders) > MAX_OPEN_ORDERS:
            raise ValueError
        part_1 = _pack_account_snapshot_1(len(orders))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_1)
        raise
    tail_1 = b"".join([_write_order_entry(item) for item in orders])
    try:
        armed: list[Any] = value.armed
        if type(armed) is not list or len(armed) > MAX_OPEN_ORDERS:
            raise ValueError
        part_2 = _pack_account_snapshot_2(len(armed))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_2)
        raise
    tail_2 = b"".join([_write_armed_entry(item) for item in armed])
    try:
        withdrawals: list[Any] = value.withdrawals
        if type(withdrawals) is not list or len(withdrawals) > MAX_ACCOUNT_WITHDRAWALS:
            raise ValueError
        part_3 = _pack_account_snapshot_3(len(withdrawals))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_3)
        raise
    tail_3 = b"".join([_write_withdrawal_entry(item) for item in withdrawals])
    try:
        holds: list[Any] = value.holds
        if type(holds) is not list or len(holds) > MAX_ACCOUNT_HOLDS:
            raise ValueError
        part_4 = _pack_account_snapshot_4(len(holds))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_4)
        raise
    tail_4 = b"".join([_write_hold_entry(item) for item in holds])
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3, part_4, tail_4))


_unpack_account_snapshot_0: Final = Struct(">QQI").unpack_from
_unpack_account_snapshot_1: Final = Struct(">I").unpack_from
_unpack_account_snapshot_2: Final = Struct(">I").unpack_from
_unpack_account_snapshot_3: Final = Struct(">I").unpack_from
_unpack_account_snapshot_4: Final = Struct(">I").unpack_from


def _read_account_snapshot(data: bytes, offset: int) -> tuple[AccountSnapshot, int]:
    try:
        request_id, apex, account__present = _unpack_account_snapshot_0(data, offset)
        account__present = BOOLEANS[account__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_SNAPSHOT_0)
        raise
    offset += 20
    account: AccountEntry | None = None
    if account__present:
        account, offset = _read_account_entry(data, offset)
    try:
        (orders__count,) = _unpack_account_snapshot_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_SNAPSHOT_1)
        raise
    offset += 4
    if orders__count > MAX_OPEN_ORDERS or orders__count * 76 > len(data) - offset:
        refuse_count(orders__count, MAX_OPEN_ORDERS, "AccountSnapshot.orders")
    orders = []
    for _ in range(orders__count):
        orders__item, offset = _read_order_entry(data, offset)
        orders.append(orders__item)
    try:
        (armed__count,) = _unpack_account_snapshot_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_SNAPSHOT_2)
        raise
    offset += 4
    if armed__count > MAX_OPEN_ORDERS or armed__count * 68 > len(data) - offset:
        refuse_count(armed__count, MAX_OPEN_ORDERS, "AccountSnapshot.armed")
    armed = []
    for _ in range(armed__count):
        armed__item, offset = _read_armed_entry(data, offset)
        armed.append(armed__item)
    try:
        (withdrawals__count,) = _unpack_account_snapshot_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_SNAPSHOT_3)
        raise
    offset += 4
    if withdrawals__count > MAX_ACCOUNT_WITHDRAWALS or withdrawals__count * 104 > len(data) - offset:
        refuse_count(withdrawals__count, MAX_ACCOUNT_WITHDRAWALS, "AccountSnapshot.withdrawals")
    withdrawals = []
    for _ in range(withdrawals__count):
        withdrawals__item, offset = _read_withdrawal_entry(data, offset)
        withdrawals.append(withdrawals__item)
    try:
        (holds__count,) = _unpack_account_snapshot_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_SNAPSHOT_4)
        raise
    offset += 4
    if holds__count > MAX_ACCOUNT_HOLDS or holds__count * 92 > len(data) - offset:
        refuse_count(holds__count, MAX_ACCOUNT_HOLDS, "AccountSnapshot.holds")
    holds = []
    for _ in range(holds__count):
        holds__item, offset = _read_hold_entry(data, offset)
        holds.append(holds__item)
    return AccountSnapshot(request_id, apex, account, orders, armed, withdrawals, holds), offset


@dataclass(slots=True, init=False)
class BookLevel:
    """The struct BookLevel of client.x.

    XDR::

        struct BookLevel {
            Price price;
            Amount amount;
            unsigned int orders;
        };
    """

    price: Price
    amount: Amount
    orders: int

    def __init__(self, price: Price, amount: Amount, orders: int) -> None:
        self.price = price
        self.amount = amount
        self.orders = orders

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BookLevel, (
            self.price,
            self.amount,
            self.orders,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_book_level(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BookLevel":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_book_level(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BookLevel")
        return value


_BOOK_LEVEL_0: Fields = (
    ("BookLevel", "", Instance(BookLevel)),
    ("BookLevel.price", "price", INT64),
    ("BookLevel.amount", "amount", INT64),
    ("BookLevel.orders", "orders", UINT32),
)
_pack_book_level_0: Final = Struct(">qqI").pack


def _write_book_level(value: Any) -> bytes:
    try:
        if type(value) is not BookLevel:
            raise ValueError
        part_0 = _pack_book_level_0(value.price, value.amount, value.orders)
    except Exception:
        explain_unencodable(value, _BOOK_LEVEL_0)
        raise
    return part_0


_unpack_book_level_0: Final = Struct(">qqI").unpack_from


def _read_book_level(data: bytes, offset: int) -> tuple[BookLevel, int]:
    try:
        price, amount, orders = _unpack_book_level_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BOOK_LEVEL_0)
        raise
    return BookLevel(price, amount, orders), offset + 20


@dataclass(slots=True, init=False)
class BookSnapshot:
    """The struct BookSnapshot of client.x.

    XDR::

        struct BookSnapshot {
            unsigned hyper request_id;
            Apex apex;
            MarketId market;
            BookLevel bids<MAX_BOOK_LEVELS>;  // best first
            BookLevel asks<MAX_BOOK_LEVELS>;
        };
    """

    request_id: int
    apex: Apex
    market: MarketId
    bids: list[BookLevel]
    asks: list[BookLevel]

    def __init__(
        self, request_id: int, apex: Apex, market: MarketId, bids: list[BookLevel], asks: list[BookLevel]
    ) -> None:
        self.request_id = request_id
        self.apex = apex
        self.market = market
        self.bids = bids
        self.asks = asks

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BookSnapshot, (
            self.request_id,
            self.apex,
            self.market,
            self.bids,
            self.asks,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_book_snapshot(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BookSnapshot":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_book_snapshot(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BookSnapshot")
        return value


_BOOK_SNAPSHOT_0: Fields = (
    ("BookSnapshot", "", Instance(BookSnapshot)),
    ("BookSnapshot.request_id", "request_id", UINT64),
    ("BookSnapshot.apex", "apex", UINT64),
    ("BookSnapshot.market", "market", UINT32),
    ("BookSnapshot.bids", "bids", Items(MAX_BOOK_LEVELS)),
)
_BOOK_SNAPSHOT_1: Fields = (("BookSnapshot.asks", "asks", Items(MAX_BOOK_LEVELS)),)
_pack_book_snapshot_0: Final = Struct(">QQII").pack
_pack_book_snapshot_1: Final = Struct(">I").pack


def _write_book_snapshot(value: Any) -> bytes:
    try:
        if type(value) is not BookSnapshot:
            raise ValueError
        bids: list[Any] = value.bids
        if type(bids) is not list or len(bids) > MAX_BOOK_LEVELS:
            raise ValueError
        part_0 = _pack_book_snapshot_0(value.request_id, value.apex, value.market, len(bids))
    except Exception:
        explain_unencodable(value, _BOOK_SNAPSHOT_0)
        raise
    tail_0 = b"".join([_write_book_level(item) for item in bids])
    try:
        asks: list[Any] = value.asks
        if type(asks) is not list or len(asks) > MAX_BOOK_LEVELS:
            raise ValueError
        part_1 = _pack_book_snapshot_1(len(asks))
    except Exception:
        explain_unencodable(value, _BOOK_SNAPSHOT_1)
        raise
    tail_1 = b"".join([_write_book_level(item) for item in asks])
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_book_snapshot_0: Final = Struct(">QQII").unpack_from
_unpack_book_snapshot_1: Final = Struct(">I").unpack_from


def _read_book_snapshot(data: bytes, offset: int) -> tuple[BookSnapshot, int]:
    try:
        request_id, apex, market, bids__count = _unpack_book_snapshot_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BOOK_SNAPSHOT_0)
        raise
    offset += 24
    if bids__count > MAX_BOOK_LEVELS or bids__count * 20 > len(data) - offset:
        refuse_count(bids__count, MAX_BOOK_LEVELS, "BookSnapshot.bids")
    bids = []
    for _ in range(bids__count):
        bids__item, offset = _read_book_level(data, offset)
        bids.append(bids__item)
    try:
        (asks__count,) = _unpack_book_snapshot_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _BOOK_SNAPSHOT_1)
        raise
    offset += 4
    if asks__count > MAX_BOOK_LEVELS or asks__count * 20 > len(data) - offset:
        refuse_count(asks__count, MAX_BOOK_LEVELS, "BookSnapshot.asks")
    asks = []
    for _ in range(asks__count):
        asks__item, offset = _read_book_level(data, offset)
        asks.append(asks__item)
    return BookSnapshot(request_id, apex, market, bids, asks), offset


@dataclass(slots=True, init=False)
class Resumed:
    """The end of a page.

    XDR::

        struct Resumed {
            unsigned hyper request_id;
            unsigned hyper last;              // number of the last effect of the page; `after` when it is empty
            bool more;                        // there is more to ask for
        };
    """

    request_id: int
    last: int
    more: bool

    def __init__(self, request_id: int, last: int, more: bool) -> None:
        self.request_id = request_id
        self.last = last
        self.more = more

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Resumed, (
            self.request_id,
            self.last,
            self.more,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_resumed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Resumed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_resumed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Resumed")
        return value


_RESUMED_0: Fields = (
    ("Resumed", "", Instance(Resumed)),
    ("Resumed.request_id", "request_id", UINT64),
    ("Resumed.last", "last", UINT64),
    ("Resumed.more", "more", BOOLEAN),
)
_pack_resumed_0: Final = Struct(">QQI").pack


def _write_resumed(value: Any) -> bytes:
    try:
        if type(value) is not Resumed:
            raise ValueError
        more = value.more
        if more is not True and more is not False:
            raise ValueError
        part_0 = _pack_resumed_0(value.request_id, value.last, more)
    except Exception:
        explain_unencodable(value, _RESUMED_0)
        raise
    return part_0


_unpack_resumed_0: Final = Struct(">QQI").unpack_from


def _read_resumed(data: bytes, offset: int) -> tuple[Resumed, int]:
    try:
        request_id, last, more = _unpack_resumed_0(data, offset)
        more = BOOLEANS[more]
    except (StructError, KeyError):
        explain_malformed(data, offset, _RESUMED_0)
        raise
    return Resumed(request_id, last, more), offset + 20


@dataclass(slots=True, init=False)
class BucketPair:
    """One entry in a bucket of the state tree: SHA-256 of its key, SHA-256 of its content.

    XDR::

        struct BucketPair {
            Hash path;
            Hash entry;
        };
    """

    path: Hash
    entry: Hash

    def __init__(self, path: Hash, entry: Hash) -> None:
        self.path = path
        self.entry = entry

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BucketPair, (
            self.path,
            self.entry,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_bucket_pair(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BucketPair":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_bucket_pair(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BucketPair")
        return value


_BUCKET_PAIR_0: Fields = (
    ("BucketPair", "", Instance(BucketPair)),
    ("BucketPair.path", "path", Opaque(32)),
    ("BucketPair.entry", "entry", Opaque(32)),
)
_pack_bucket_pair_0: Final = Struct(">32s32s").pack


def _write_bucket_pair(value: Any) -> bytes:
    try:
        if type(value) is not BucketPair:
            raise ValueError
        path = value.path
        entry = value.entry
        if len(path) != 32 or len(entry) != 32:
            raise ValueError
        part_0 = _pack_bucket_pair_0(path, entry)
    except Exception:
        explain_unencodable(value, _BUCKET_PAIR_0)
        raise
    return part_0


_unpack_bucket_pair_0: Final = Struct(">32s32s").unpack_from


def _read_bucket_pair(data: bytes, offset: int) -> tuple[BucketPair, int]:
    try:
        path, entry = _unpack_bucket_pair_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BUCKET_PAIR_0)
        raise
    return BucketPair(path, entry), offset + 64


@dataclass(slots=True, init=False)
class StateProof:
    """An entry, or its absence, under the state root of a certified checkpoint.

    XDR::

        struct StateProof {
            unsigned hyper request_id;
            Finality finality;                // the checkpoint's header is the first ancestor or, without any, the certified one
            StateEntry *entry;                // none: there is no such entry
            BucketPair others<MAX_BUCKET_ENTRIES>;  // what else is in the entry's bucket, by path
            MerkleProof bucket_proof;         // from the bucket to the state root
        };
    """

    request_id: int
    finality: Finality
    entry: StateEntry | None
    others: list[BucketPair]
    bucket_proof: MerkleProof

    def __init__(
        self,
        request_id: int,
        finality: Finality,
        entry: StateEntry | None,
        others: list[BucketPair],
        bucket_proof: MerkleProof,
    ) -> None:
        self.request_id = request_id
        self.finality = finality
        self.entry = entry
        self.others = others
        self.bucket_proof = bucket_proof

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return StateProof, (
            self.request_id,
            self.finality,
            self.entry,
            self.others,
            self.bucket_proof,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_state_proof(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "StateProof":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_state_proof(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "StateProof")
        return value


_STATE_PROOF_0: Fields = (
    ("StateProof", "", Instance(StateProof)),
    ("StateProof.request_id", "request_id", UINT64),
    ("Finality", "finality", Instance(Finality)),
    ("Certificate", "finality.certificate", Instance(Certificate)),
    ("BatchHeader", "finality.certificate.header", Instance(BatchHeader)),
    ("BatchHeader.version", "finality.certificate.header.version", UINT32),
    ("BatchHeader.epoch", "finality.certificate.header.epoch", UINT64),
    ("BatchHeader.number", "finality.certificate.header.number", UINT64),
    ("BatchHeader.first_apex", "finality.certificate.header.first_apex", UINT64),
    ("BatchHeader.last_apex", "finality.certificate.header.last_apex", UINT64),
    ("BatchHeader.timestamp", "finality.certificate.header.timestamp", INT64),
    ("BatchHeader.previous", "finality.certificate.header.previous", Opaque(32)),
    ("BatchHeader.quanta_root", "finality.certificate.header.quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "finality.certificate.header.state_root", PRESENCE),
)
_STATE_PROOF_1: Fields = (("Certificate.signatures", "finality.certificate.signatures", Items(MAX_AUDITORS)),)
_STATE_PROOF_2: Fields = (("Finality.ancestors", "finality.ancestors", Items(MAX_ANCESTORS)),)
_STATE_PROOF_3: Fields = (("StateProof.entry", "entry", PRESENCE),)
_STATE_PROOF_4: Fields = (("StateProof.others", "others", Items(MAX_BUCKET_ENTRIES)),)
_STATE_PROOF_5: Fields = (
    ("MerkleProof", "bucket_proof", Instance(MerkleProof)),
    ("MerkleProof.index", "bucket_proof.index", UINT32),
    ("MerkleProof.size", "bucket_proof.size", UINT32),
    ("MerkleProof.path", "bucket_proof.path", Items(32)),
)
_FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_STATE_PROOF_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_finality__certificate__header__state_root_in_state_proof_0: Final = Struct(">i32s").pack


def _write_finality__certificate__header__state_root_in_state_proof(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_finality__certificate__header__state_root_in_state_proof_0(1, value)
    except Exception:
        explain_unencodable(value, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_STATE_PROOF_0)
        raise
    return part_0


_pack_state_proof_0: Final = Struct(">QIQQQQq32s32s").pack
_pack_state_proof_1: Final = Struct(">I").pack
_pack_state_proof_2: Final = Struct(">I").pack
_pack_state_proof_4: Final = Struct(">I").pack
_pack_state_proof_5: Final = Struct(">III").pack


def _write_state_proof(value: Any) -> bytes:
    try:
        if type(value) is not StateProof:
            raise ValueError
        finality = value.finality
        finality__certificate = finality.certificate
        finality__certificate__header = finality__certificate.header
        finality__certificate__header__previous = finality__certificate__header.previous
        finality__certificate__header__quanta_root = finality__certificate__header.quanta_root
        finality__certificate__header__state_root = finality__certificate__header.state_root
        if (
            type(finality) is not Finality
            or type(finality__certificate) is not Certificate
            or type(finality__certificate__header) is not BatchHeader
            or len(finality__certificate__header__previous) != 32
            or len(finality__certificate__header__quanta_root) != 32
        ):
            raise ValueError
        part_0 = _pack_state_proof_0(
            value.request_id,
            finality__certificate__header.version,
            finality__certificate__header.epoch,
            finality__certificate__header.number,
            finality__certificate__header.first_apex,
            finality__certificate__header.last_apex,
            finality__certificate__header.timestamp,
            finality__certificate__header__previous,
            finality__certificate__header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _STATE_PROOF_0)
        raise
    tail_0 = (
        ABSENT
        if finality__certificate__header__state_root is None
        else _write_finality__certificate__header__state_root_in_state_proof(finality__certificate__header__state_root)
    )
    try:
        finality__certificate__signatures: list[Any] = finality__certificate.signatures
        if type(finality__certificate__signatures) is not list or len(finality__certificate__signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_state_proof_1(len(finality__certificate__signatures))
    except Exception:
        explain_unencodable(value, _STATE_PROOF_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in finality__certificate__signatures])
    try:
        finality__ancestors: list[Any] = finality.ancestors
        if type(finality__ancestors) is not list or len(finality__ancestors) > MAX_ANCESTORS:
            raise ValueError
        part_2 = _pack_state_proof_2(len(finality__ancestors))
    except Exception:
        explain_unencodable(value, _STATE_PROOF_2)
        raise
    tail_2 = b"".join([_write_batch_header(item) for item in finality__ancestors])
    try:
        entry = value.entry
    except Exception:
        explain_unencodable(value, _STATE_PROOF_3)
        raise
    tail_3 = ABSENT if entry is None else PRESENT + encode_state_entry(entry)
    try:
        others: list[Any] = value.others
        if type(others) is not list or len(others) > MAX_BUCKET_ENTRIES:
            raise ValueError
        part_4 = _pack_state_proof_4(len(others))
    except Exception:
        explain_unencodable(value, _STATE_PROOF_4)
        raise
    tail_4 = b"".join([_write_bucket_pair(item) for item in others])
    try:
        bucket_proof = value.bucket_proof
        bucket_proof__path: list[Any] = bucket_proof.path
        if (
            type(bucket_proof) is not MerkleProof
            or type(bucket_proof__path) is not list
            or len(bucket_proof__path) > 32
        ):
            raise ValueError
        part_5 = _pack_state_proof_5(bucket_proof.index, bucket_proof.size, len(bucket_proof__path))
    except Exception:
        explain_unencodable(value, _STATE_PROOF_5)
        raise
    tail_5 = write_opaques(bucket_proof__path, 32, "MerkleProof.path")
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, tail_3, part_4, tail_4, part_5, tail_5))


_unpack_finality__certificate__header__state_root_in_state_proof_0: Final = Struct(">32s").unpack_from


def _read_finality__certificate__header__state_root_in_state_proof(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_finality__certificate__header__state_root_in_state_proof_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_STATE_PROOF_0)
        raise
    return value, offset + 32


_unpack_state_proof_0: Final = Struct(">QIQQQQq32s32sI").unpack_from
_unpack_state_proof_1: Final = Struct(">I").unpack_from
_unpack_state_proof_2: Final = Struct(">I").unpack_from
_unpack_state_proof_3: Final = Struct(">I").unpack_from
_unpack_state_proof_4: Final = Struct(">I").unpack_from
_unpack_state_proof_5: Final = Struct(">III").unpack_from


def _read_state_proof(data: bytes, offset: int) -> tuple[StateProof, int]:
    try:
        (
            request_id,
            finality__certificate__header__version,
            finality__certificate__header__epoch,
            finality__certificate__header__number,
            finality__certificate__header__first_apex,
            finality__certificate__header__last_apex,
            finality__certificate__header__timestamp,
            finality__certificate__header__previous,
            finality__certificate__header__quanta_root,
            finality__certificate__header__state_root__present,
        ) = _unpack_state_proof_0(data, offset)
        finality__certificate__header__state_root__present = BOOLEANS[
            finality__certificate__header__state_root__present
        ]
    except (StructError, KeyError):
        explain_malformed(data, offset, _STATE_PROOF_0)
        raise
    offset += 120
    finality__certificate__header__state_root: Hash | None = None
    if finality__certificate__header__state_root__present:
        finality__certificate__header__state_root, offset = (
            _read_finality__certificate__header__state_root_in_state_proof(data, offset)
        )
    try:
        (finality__certificate__signatures__count,) = _unpack_state_proof_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _STATE_PROOF_1)
        raise
    offset += 4
    if (
        finality__certificate__signatures__count > MAX_AUDITORS
        or finality__certificate__signatures__count * 96 > len(data) - offset
    ):
        refuse_count(finality__certificate__signatures__count, MAX_AUDITORS, "Certificate.signatures")
    finality__certificate__signatures = []
    for _ in range(finality__certificate__signatures__count):
        finality__certificate__signatures__item, offset = _read_auditor_signature(data, offset)
        finality__certificate__signatures.append(finality__certificate__signatures__item)
    try:
        (finality__ancestors__count,) = _unpack_state_proof_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _STATE_PROOF_2)
        raise
    offset += 4
    if finality__ancestors__count > MAX_ANCESTORS or finality__ancestors__count * 112 > len(data) - offset:
        refuse_count(finality__ancestors__count, MAX_ANCESTORS, "Finality.ancestors")
    finality__ancestors = []
    for _ in range(finality__ancestors__count):
        finality__ancestors__item, offset = _read_batch_header(data, offset)
        finality__ancestors.append(finality__ancestors__item)
    try:
        (entry__present,) = _unpack_state_proof_3(data, offset)
        entry__present = BOOLEANS[entry__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _STATE_PROOF_3)
        raise
    offset += 4
    entry: StateEntry | None = None
    if entry__present:
        entry, offset = _read_state_entry(data, offset)
    try:
        (others__count,) = _unpack_state_proof_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _STATE_PROOF_4)
        raise
    offset += 4
    if others__count > MAX_BUCKET_ENTRIES or others__count * 64 > len(data) - offset:
        refuse_count(others__count, MAX_BUCKET_ENTRIES, "StateProof.others")
    others = []
    for _ in range(others__count):
        others__item, offset = _read_bucket_pair(data, offset)
        others.append(others__item)
    try:
        bucket_proof__index, bucket_proof__size, bucket_proof__path__count = _unpack_state_proof_5(data, offset)
    except StructError:
        explain_malformed(data, offset, _STATE_PROOF_5)
        raise
    offset += 12
    if bucket_proof__path__count > 32 or bucket_proof__path__count * 32 > len(data) - offset:
        refuse_count(bucket_proof__path__count, 32, "MerkleProof.path")
    bucket_proof__path, offset = read_opaques(data, offset, bucket_proof__path__count, 32)
    return StateProof(
        request_id,
        Finality(
            Certificate(
                BatchHeader(
                    finality__certificate__header__version,
                    finality__certificate__header__epoch,
                    finality__certificate__header__number,
                    finality__certificate__header__first_apex,
                    finality__certificate__header__last_apex,
                    finality__certificate__header__timestamp,
                    finality__certificate__header__previous,
                    finality__certificate__header__quanta_root,
                    finality__certificate__header__state_root,
                ),
                finality__certificate__signatures,
            ),
            finality__ancestors,
        ),
        entry,
        others,
        MerkleProof(bucket_proof__index, bucket_proof__size, bucket_proof__path),
    ), offset


@dataclass(slots=True, init=False)
class HistoryItem:
    """The struct HistoryItem of client.x.

    XDR::

        struct HistoryItem {
            unsigned hyper number;            // of the effect
            Apex apex;
            Timestamp timestamp;
            unsigned hyper batch;
            Effect effect;
        };
    """

    number: int
    apex: Apex
    timestamp: Timestamp
    batch: int
    effect: Effect

    def __init__(self, number: int, apex: Apex, timestamp: Timestamp, batch: int, effect: Effect) -> None:
        self.number = number
        self.apex = apex
        self.timestamp = timestamp
        self.batch = batch
        self.effect = effect

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HistoryItem, (
            self.number,
            self.apex,
            self.timestamp,
            self.batch,
            self.effect,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_history_item(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HistoryItem":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_history_item(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HistoryItem")
        return value


_HISTORY_ITEM_0: Fields = (
    ("HistoryItem", "", Instance(HistoryItem)),
    ("HistoryItem.number", "number", UINT64),
    ("HistoryItem.apex", "apex", UINT64),
    ("HistoryItem.timestamp", "timestamp", INT64),
    ("HistoryItem.batch", "batch", UINT64),
    ("Effect.type", "effect", _EFFECT_DISCRIMINANT),
)
_pack_history_item_0: Final = Struct(">QQqQ").pack


def _write_history_item(value: Any) -> bytes:
    try:
        if type(value) is not HistoryItem:
            raise ValueError
        effect = value.effect
        part_0 = _pack_history_item_0(value.number, value.apex, value.timestamp, value.batch)
    except Exception:
        explain_unencodable(value, _HISTORY_ITEM_0)
        raise
    try:
        write = _EFFECT_WRITERS[type(effect)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Effect.type") from None
    tail_0 = write(effect)
    return part_0 + tail_0


_unpack_history_item_0: Final = Struct(">QQqQ4s").unpack_from


def _read_history_item(data: bytes, offset: int) -> tuple[HistoryItem, int]:
    try:
        number, apex, timestamp, batch, effect__read = _unpack_history_item_0(data, offset)
        effect__read = _EFFECT_READERS[effect__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_ITEM_0)
        raise
    offset += 36
    effect, offset = effect__read(data, offset)
    return HistoryItem(number, apex, timestamp, batch, effect), offset


@dataclass(slots=True, init=False)
class HistoryProof:
    """What proves items of a page: the account's effects in those quanta of one batch, and what makes that final.

    XDR::

        struct HistoryProof {
            SignedHeader signed_header;
            AccountEvent events<MAX_EVENTS_PER_MESSAGE>;
            Finality finality;
        };
    """

    signed_header: SignedHeader
    events: list[AccountEvent]
    finality: Finality

    def __init__(self, signed_header: SignedHeader, events: list[AccountEvent], finality: Finality) -> None:
        self.signed_header = signed_header
        self.events = events
        self.finality = finality

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HistoryProof, (
            self.signed_header,
            self.events,
            self.finality,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_history_proof(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HistoryProof":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_history_proof(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HistoryProof")
        return value


_HISTORY_PROOF_0: Fields = (
    ("HistoryProof", "", Instance(HistoryProof)),
    ("SignedHeader", "signed_header", ELSEWHERE),
)
_HISTORY_PROOF_1: Fields = (("HistoryProof.events", "events", Items(MAX_EVENTS_PER_MESSAGE)),)
_HISTORY_PROOF_2: Fields = (
    ("Finality", "finality", Instance(Finality)),
    ("Certificate", "finality.certificate", Instance(Certificate)),
    ("BatchHeader", "finality.certificate.header", Instance(BatchHeader)),
    ("BatchHeader.version", "finality.certificate.header.version", UINT32),
    ("BatchHeader.epoch", "finality.certificate.header.epoch", UINT64),
    ("BatchHeader.number", "finality.certificate.header.number", UINT64),
    ("BatchHeader.first_apex", "finality.certificate.header.first_apex", UINT64),
    ("BatchHeader.last_apex", "finality.certificate.header.last_apex", UINT64),
    ("BatchHeader.timestamp", "finality.certificate.header.timestamp", INT64),
    ("BatchHeader.previous", "finality.certificate.header.previous", Opaque(32)),
    ("BatchHeader.quanta_root", "finality.certificate.header.quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "finality.certificate.header.state_root", PRESENCE),
)
_HISTORY_PROOF_3: Fields = (("Certificate.signatures", "finality.certificate.signatures", Items(MAX_AUDITORS)),)
_HISTORY_PROOF_4: Fields = (("Finality.ancestors", "finality.ancestors", Items(MAX_ANCESTORS)),)
_FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_HISTORY_PROOF_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_finality__certificate__header__state_root_in_history_proof_0: Final = Struct(">i32s").pack


def _write_finality__certificate__header__state_root_in_history_proof(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_finality__certificate__header__state_root_in_history_proof_0(1, value)
    except Exception:
        explain_unencodable(value, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_HISTORY_PROOF_0)
        raise
    return part_0


_pack_history_proof_1: Final = Struct(">I").pack
_pack_history_proof_2: Final = Struct(">IQQQQq32s32s").pack
_pack_history_proof_3: Final = Struct(">I").pack
_pack_history_proof_4: Final = Struct(">I").pack


def _write_history_proof(value: Any) -> bytes:
    try:
        if type(value) is not HistoryProof:
            raise ValueError
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _HISTORY_PROOF_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        events: list[Any] = value.events
        if type(events) is not list or len(events) > MAX_EVENTS_PER_MESSAGE:
            raise ValueError
        part_1 = _pack_history_proof_1(len(events))
    except Exception:
        explain_unencodable(value, _HISTORY_PROOF_1)
        raise
    tail_1 = b"".join([_write_account_event(item) for item in events])
    try:
        finality = value.finality
        finality__certificate = finality.certificate
        finality__certificate__header = finality__certificate.header
        finality__certificate__header__previous = finality__certificate__header.previous
        finality__certificate__header__quanta_root = finality__certificate__header.quanta_root
        finality__certificate__header__state_root = finality__certificate__header.state_root
        if (
            type(finality) is not Finality
            or type(finality__certificate) is not Certificate
            or type(finality__certificate__header) is not BatchHeader
            or len(finality__certificate__header__previous) != 32
            or len(finality__certificate__header__quanta_root) != 32
        ):
            raise ValueError
        part_2 = _pack_history_proof_2(
            finality__certificate__header.version,
            finality__certificate__header.epoch,
            finality__certificate__header.number,
            finality__certificate__header.first_apex,
            finality__certificate__header.last_apex,
            finality__certificate__header.timestamp,
            finality__certificate__header__previous,
            finality__certificate__header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _HISTORY_PROOF_2)
        raise
    tail_2 = (
        ABSENT
        if finality__certificate__header__state_root is None
        else _write_finality__certificate__header__state_root_in_history_proof(
            finality__certificate__header__state_root
        )
    )
    try:
        finality__certificate__signatures: list[Any] = finality__certificate.signatures
        if type(finality__certificate__signatures) is not list or len(finality__certificate__signatures) > MAX_AUDITORS:
            raise ValueError
        part_3 = _pack_history_proof_3(len(finality__certificate__signatures))
    except Exception:
        explain_unencodable(value, _HISTORY_PROOF_3)
        raise
    tail_3 = b"".join([_write_auditor_signature(item) for item in finality__certificate__signatures])
    try:
        finality__ancestors: list[Any] = finality.ancestors
        if type(finality__ancestors) is not list or len(finality__ancestors) > MAX_ANCESTORS:
            raise ValueError
        part_4 = _pack_history_proof_4(len(finality__ancestors))
    except Exception:
        explain_unencodable(value, _HISTORY_PROOF_4)
        raise
    tail_4 = b"".join([_write_batch_header(item) for item in finality__ancestors])
    return b"".join((tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3, part_4, tail_4))


_unpack_finality__certificate__header__state_root_in_history_proof_0: Final = Struct(">32s").unpack_from


def _read_finality__certificate__header__state_root_in_history_proof(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_finality__certificate__header__state_root_in_history_proof_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_HISTORY_PROOF_0)
        raise
    return value, offset + 32


_unpack_history_proof_1: Final = Struct(">I").unpack_from
_unpack_history_proof_2: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_history_proof_3: Final = Struct(">I").unpack_from
_unpack_history_proof_4: Final = Struct(">I").unpack_from


def _read_history_proof(data: bytes, offset: int) -> tuple[HistoryProof, int]:
    signed_header, offset = _read_signed_header(data, offset)
    try:
        (events__count,) = _unpack_history_proof_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _HISTORY_PROOF_1)
        raise
    offset += 4
    if events__count > MAX_EVENTS_PER_MESSAGE or events__count * 160 > len(data) - offset:
        refuse_count(events__count, MAX_EVENTS_PER_MESSAGE, "HistoryProof.events")
    events = []
    for _ in range(events__count):
        events__item, offset = _read_account_event(data, offset)
        events.append(events__item)
    try:
        (
            finality__certificate__header__version,
            finality__certificate__header__epoch,
            finality__certificate__header__number,
            finality__certificate__header__first_apex,
            finality__certificate__header__last_apex,
            finality__certificate__header__timestamp,
            finality__certificate__header__previous,
            finality__certificate__header__quanta_root,
            finality__certificate__header__state_root__present,
        ) = _unpack_history_proof_2(data, offset)
        finality__certificate__header__state_root__present = BOOLEANS[
            finality__certificate__header__state_root__present
        ]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_PROOF_2)
        raise
    offset += 112
    finality__certificate__header__state_root: Hash | None = None
    if finality__certificate__header__state_root__present:
        finality__certificate__header__state_root, offset = (
            _read_finality__certificate__header__state_root_in_history_proof(data, offset)
        )
    try:
        (finality__certificate__signatures__count,) = _unpack_history_proof_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _HISTORY_PROOF_3)
        raise
    offset += 4
    if (
        finality__certificate__signatures__count > MAX_AUDITORS
        or finality__certificate__signatures__count * 96 > len(data) - offset
    ):
        refuse_count(finality__certificate__signatures__count, MAX_AUDITORS, "Certificate.signatures")
    finality__certificate__signatures = []
    for _ in range(finality__certificate__signatures__count):
        finality__certificate__signatures__item, offset = _read_auditor_signature(data, offset)
        finality__certificate__signatures.append(finality__certificate__signatures__item)
    try:
        (finality__ancestors__count,) = _unpack_history_proof_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _HISTORY_PROOF_4)
        raise
    offset += 4
    if finality__ancestors__count > MAX_ANCESTORS or finality__ancestors__count * 112 > len(data) - offset:
        refuse_count(finality__ancestors__count, MAX_ANCESTORS, "Finality.ancestors")
    finality__ancestors = []
    for _ in range(finality__ancestors__count):
        finality__ancestors__item, offset = _read_batch_header(data, offset)
        finality__ancestors.append(finality__ancestors__item)
    return HistoryProof(
        signed_header,
        events,
        Finality(
            Certificate(
                BatchHeader(
                    finality__certificate__header__version,
                    finality__certificate__header__epoch,
                    finality__certificate__header__number,
                    finality__certificate__header__first_apex,
                    finality__certificate__header__last_apex,
                    finality__certificate__header__timestamp,
                    finality__certificate__header__previous,
                    finality__certificate__header__quanta_root,
                    finality__certificate__header__state_root,
                ),
                finality__certificate__signatures,
            ),
            finality__ancestors,
        ),
    ), offset


@dataclass(slots=True, init=False)
class HistoryPage:
    """The struct HistoryPage of client.x.

    XDR::

        struct HistoryPage {
            unsigned hyper request_id;
            Apex apex;                        // everything up to this quantum was looked at
            HistoryItem items<MAX_HISTORY_ITEMS>;
            HistoryProof proofs<MAX_HISTORY_PROOFS>;  // by batch, in the order of the items
            unsigned hyper *cursor;           // where the page ended: the next one begins behind it; none: nothing was there
            bool more;                        // in the direction that was asked for; a page may end before its limit is reached
        };
    """

    request_id: int
    apex: Apex
    items: list[HistoryItem]
    proofs: list[HistoryProof]
    cursor: int | None
    more: bool

    def __init__(
        self,
        request_id: int,
        apex: Apex,
        items: list[HistoryItem],
        proofs: list[HistoryProof],
        cursor: int | None,
        more: bool,
    ) -> None:
        self.request_id = request_id
        self.apex = apex
        self.items = items
        self.proofs = proofs
        self.cursor = cursor
        self.more = more

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HistoryPage, (
            self.request_id,
            self.apex,
            self.items,
            self.proofs,
            self.cursor,
            self.more,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_history_page(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HistoryPage":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_history_page(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HistoryPage")
        return value


_HISTORY_PAGE_0: Fields = (
    ("HistoryPage", "", Instance(HistoryPage)),
    ("HistoryPage.request_id", "request_id", UINT64),
    ("HistoryPage.apex", "apex", UINT64),
    ("HistoryPage.items", "items", Items(MAX_HISTORY_ITEMS)),
)
_HISTORY_PAGE_1: Fields = (("HistoryPage.proofs", "proofs", Items(MAX_HISTORY_PROOFS)),)
_HISTORY_PAGE_2: Fields = (("HistoryPage.cursor", "cursor", PRESENCE),)
_HISTORY_PAGE_3: Fields = (("HistoryPage.more", "more", BOOLEAN),)
_CURSOR_IN_HISTORY_PAGE_0: Fields = (("HistoryPage.cursor", "", UINT64),)
_pack_cursor_in_history_page_0: Final = Struct(">iQ").pack


def _write_cursor_in_history_page(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_history_page_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_HISTORY_PAGE_0)
        raise
    return part_0


_pack_history_page_0: Final = Struct(">QQI").pack
_pack_history_page_1: Final = Struct(">I").pack
_pack_history_page_3: Final = Struct(">I").pack


def _write_history_page(value: Any) -> bytes:
    try:
        if type(value) is not HistoryPage:
            raise ValueError
        items: list[Any] = value.items
        if type(items) is not list or len(items) > MAX_HISTORY_ITEMS:
            raise ValueError
        part_0 = _pack_history_page_0(value.request_id, value.apex, len(items))
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_0)
        raise
    tail_0 = b"".join([_write_history_item(item) for item in items])
    try:
        proofs: list[Any] = value.proofs
        if type(proofs) is not list or len(proofs) > MAX_HISTORY_PROOFS:
            raise ValueError
        part_1 = _pack_history_page_1(len(proofs))
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_1)
        raise
    tail_1 = b"".join([_write_history_proof(item) for item in proofs])
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_2)
        raise
    tail_2 = ABSENT if cursor is None else _write_cursor_in_history_page(cursor)
    try:
        more = value.more
        if more is not True and more is not False:
            raise ValueError
        part_3 = _pack_history_page_3(more)
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_3)
        raise
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2, part_3))


_unpack_cursor_in_history_page_0: Final = Struct(">Q").unpack_from


def _read_cursor_in_history_page(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_cursor_in_history_page_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CURSOR_IN_HISTORY_PAGE_0)
        raise
    return value, offset + 8


_unpack_history_page_0: Final = Struct(">QQI").unpack_from
_unpack_history_page_1: Final = Struct(">I").unpack_from
_unpack_history_page_2: Final = Struct(">I").unpack_from
_unpack_history_page_3: Final = Struct(">I").unpack_from


def _read_history_page(data: bytes, offset: int) -> tuple[HistoryPage, int]:
    try:
        request_id, apex, items__count = _unpack_history_page_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HISTORY_PAGE_0)
        raise
    offset += 20
    if items__count > MAX_HISTORY_ITEMS or items__count * 40 > len(data) - offset:
        refuse_count(items__count, MAX_HISTORY_ITEMS, "HistoryPage.items")
    items = []
    for _ in range(items__count):
        items__item, offset = _read_history_item(data, offset)
        items.append(items__item)
    try:
        (proofs__count,) = _unpack_history_page_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _HISTORY_PAGE_1)
        raise
    offset += 4
    if proofs__count > MAX_HISTORY_PROOFS or proofs__count * 300 > len(data) - offset:
        refuse_count(proofs__count, MAX_HISTORY_PROOFS, "HistoryPage.proofs")
    proofs = []
    for _ in range(proofs__count):
        proofs__item, offset = _read_history_proof(data, offset)
        proofs.append(proofs__item)
    try:
        (cursor__present,) = _unpack_history_page_2(data, offset)
        cursor__present = BOOLEANS[cursor__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_PAGE_2)
        raise
    offset += 4
    cursor: int | None = None
    if cursor__present:
        cursor, offset = _read_cursor_in_history_page(data, offset)
    try:
        (more,) = _unpack_history_page_3(data, offset)
        more = BOOLEANS[more]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_PAGE_3)
        raise
    return HistoryPage(request_id, apex, items, proofs, cursor, more), offset + 4


class OrderKind(IntEnum):
    """The enum OrderKind of client.x.

    XDR::

        enum OrderKind {
            LIMIT_KIND = 0,
            MARKET_KIND = 1
        };
    """

    LIMIT_KIND = 0
    MARKET_KIND = 1


_ORDER_KIND_MEMBERS: Final[dict[int, OrderKind]] = {member.value: member for member in OrderKind}


@dataclass(slots=True, init=False)
class OrderRecord:
    """An order and what became of it.

    XDR::

        struct OrderRecord {
            Apex order;
            Timestamp placed_at;
            MarketId market;
            Side side;
            OrderKind kind;
            TimeInForce time_in_force;
            Price price;                      // 0: a market order
            Amount amount;                    // of base, as it was placed; 0: it had a budget
            Amount budget;                    // of quote; 0: none
            Trigger *trigger;
            bool armed;                       // it waits for its trigger
            Amount filled;                    // of base
            Amount filled_quote;
            Amount reduced;                   // of base, by self-trade prevention or by its owner
            Amount fee;                       // of what it received
            string client_order_id<MAX_CLIENT_ORDER_ID>;  // "": none
            OrderCloseReason *closed;         // none: it is open
            Timestamp updated_at;
        };
    """

    order: Apex
    placed_at: Timestamp
    market: MarketId
    side: Side
    kind: OrderKind
    time_in_force: TimeInForce
    price: Price
    amount: Amount
    budget: Amount
    trigger: Trigger | None
    armed: bool
    filled: Amount
    filled_quote: Amount
    reduced: Amount
    fee: Amount
    client_order_id: str
    closed: OrderCloseReason | None
    updated_at: Timestamp

    def __init__(
        self,
        order: Apex,
        placed_at: Timestamp,
        market: MarketId,
        side: Side,
        kind: OrderKind,
        time_in_force: TimeInForce,
        price: Price,
        amount: Amount,
        budget: Amount,
        trigger: Trigger | None,
        armed: bool,
        filled: Amount,
        filled_quote: Amount,
        reduced: Amount,
        fee: Amount,
        client_order_id: str,
        closed: OrderCloseReason | None,
        updated_at: Timestamp,
    ) -> None:
        self.order = order
        self.placed_at = placed_at
        self.market = market
        self.side = side
        self.kind = kind
        self.time_in_force = time_in_force
        self.price = price
        self.amount = amount
        self.budget = budget
        self.trigger = trigger
        self.armed = armed
        self.filled = filled
        self.filled_quote = filled_quote
        self.reduced = reduced
        self.fee = fee
        self.client_order_id = client_order_id
        self.closed = closed
        self.updated_at = updated_at

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderRecord, (
            self.order,
            self.placed_at,
            self.market,
            self.side,
            self.kind,
            self.time_in_force,
            self.price,
            self.amount,
            self.budget,
            self.trigger,
            self.armed,
            self.filled,
            self.filled_quote,
            self.reduced,
            self.fee,
            self.client_order_id,
            self.closed,
            self.updated_at,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_record(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderRecord":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_record(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderRecord")
        return value


_ORDER_RECORD_0: Fields = (
    ("OrderRecord", "", Instance(OrderRecord)),
    ("OrderRecord.order", "order", UINT64),
    ("OrderRecord.placed_at", "placed_at", INT64),
    ("OrderRecord.market", "market", UINT32),
    ("OrderRecord.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("OrderRecord.kind", "kind", Enumerated(_ORDER_KIND_MEMBERS)),
    ("OrderRecord.time_in_force", "time_in_force", Enumerated(_TIME_IN_FORCE_MEMBERS)),
    ("OrderRecord.price", "price", INT64),
    ("OrderRecord.amount", "amount", INT64),
    ("OrderRecord.budget", "budget", INT64),
    ("OrderRecord.trigger", "trigger", PRESENCE),
)
_ORDER_RECORD_1: Fields = (
    ("OrderRecord.armed", "armed", BOOLEAN),
    ("OrderRecord.filled", "filled", INT64),
    ("OrderRecord.filled_quote", "filled_quote", INT64),
    ("OrderRecord.reduced", "reduced", INT64),
    ("OrderRecord.fee", "fee", INT64),
    ("OrderRecord.client_order_id", "client_order_id", LENGTH),
)
_ORDER_RECORD_2: Fields = (("OrderRecord.closed", "closed", PRESENCE),)
_ORDER_RECORD_3: Fields = (("OrderRecord.updated_at", "updated_at", INT64),)
_CLOSED_IN_ORDER_RECORD_0: Fields = (("OrderRecord.closed", "", Enumerated(_ORDER_CLOSE_REASON_MEMBERS)),)
_pack_closed_in_order_record_0: Final = Struct(">ii").pack


def _write_closed_in_order_record(value: Any) -> bytes:
    try:
        if value not in _ORDER_CLOSE_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_closed_in_order_record_0(1, value)
    except Exception:
        explain_unencodable(value, _CLOSED_IN_ORDER_RECORD_0)
        raise
    return part_0


_pack_order_record_0: Final = Struct(">QqIiiiqqq").pack
_pack_order_record_1: Final = Struct(">Iqqqq").pack
_pack_order_record_3: Final = Struct(">q").pack


def _write_order_record(value: Any) -> bytes:
    try:
        if type(value) is not OrderRecord:
            raise ValueError
        side = value.side
        kind = value.kind
        time_in_force = value.time_in_force
        trigger = value.trigger
        if side not in _SIDE_MEMBERS or kind not in _ORDER_KIND_MEMBERS or time_in_force not in _TIME_IN_FORCE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_record_0(
            value.order,
            value.placed_at,
            value.market,
            side,
            kind,
            time_in_force,
            value.price,
            value.amount,
            value.budget,
        )
    except Exception:
        explain_unencodable(value, _ORDER_RECORD_0)
        raise
    tail_0 = ABSENT if trigger is None else PRESENT + _write_trigger(trigger)
    try:
        armed = value.armed
        client_order_id = value.client_order_id
        if armed is not True and armed is not False:
            raise ValueError
        part_1 = _pack_order_record_1(armed, value.filled, value.filled_quote, value.reduced, value.fee)
    except Exception:
        explain_unencodable(value, _ORDER_RECORD_1)
        raise
    tail_1 = write_string(client_order_id, MAX_CLIENT_ORDER_ID, "OrderRecord.client_order_id")
    try:
        closed = value.closed
    except Exception:
        explain_unencodable(value, _ORDER_RECORD_2)
        raise
    tail_2 = ABSENT if closed is None else _write_closed_in_order_record(closed)
    try:
        part_3 = _pack_order_record_3(value.updated_at)
    except Exception:
        explain_unencodable(value, _ORDER_RECORD_3)
        raise
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2, part_3))


_unpack_closed_in_order_record_0: Final = Struct(">i").unpack_from


def _read_closed_in_order_record(data: bytes, offset: int) -> tuple[OrderCloseReason, int]:
    try:
        (value,) = _unpack_closed_in_order_record_0(data, offset)
        value = _ORDER_CLOSE_REASON_MEMBERS[value]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLOSED_IN_ORDER_RECORD_0)
        raise
    return value, offset + 4


_unpack_order_record_0: Final = Struct(">QqIiiiqqqI").unpack_from
_unpack_order_record_1: Final = Struct(">IqqqqI").unpack_from
_unpack_order_record_2: Final = Struct(">I").unpack_from
_unpack_order_record_3: Final = Struct(">q").unpack_from


def _read_order_record(data: bytes, offset: int) -> tuple[OrderRecord, int]:
    try:
        order, placed_at, market, side, kind, time_in_force, price, amount, budget, trigger__present = (
            _unpack_order_record_0(data, offset)
        )
        side = _SIDE_MEMBERS[side]
        kind = _ORDER_KIND_MEMBERS[kind]
        time_in_force = _TIME_IN_FORCE_MEMBERS[time_in_force]
        trigger__present = BOOLEANS[trigger__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_RECORD_0)
        raise
    offset += 60
    trigger: Trigger | None = None
    if trigger__present:
        trigger, offset = _read_trigger(data, offset)
    try:
        armed, filled, filled_quote, reduced, fee, client_order_id__length = _unpack_order_record_1(data, offset)
        armed = BOOLEANS[armed]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_RECORD_1)
        raise
    offset += 40
    client_order_id, offset = read_string(
        data, offset, client_order_id__length, MAX_CLIENT_ORDER_ID, "OrderRecord.client_order_id"
    )
    try:
        (closed__present,) = _unpack_order_record_2(data, offset)
        closed__present = BOOLEANS[closed__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_RECORD_2)
        raise
    offset += 4
    closed: OrderCloseReason | None = None
    if closed__present:
        closed, offset = _read_closed_in_order_record(data, offset)
    try:
        (updated_at,) = _unpack_order_record_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _ORDER_RECORD_3)
        raise
    return OrderRecord(
        order,
        placed_at,
        market,
        side,
        kind,
        time_in_force,
        price,
        amount,
        budget,
        trigger,
        armed,
        filled,
        filled_quote,
        reduced,
        fee,
        client_order_id,
        closed,
        updated_at,
    ), offset + 8


@dataclass(slots=True, init=False)
class OrdersPage:
    """The struct OrdersPage of client.x.

    XDR::

        struct OrdersPage {
            unsigned hyper request_id;
            Apex apex;
            OrderRecord orders<MAX_HISTORY_ITEMS>;
            Apex *cursor;                     // where the page ended, as in HistoryPage
            bool more;
        };
    """

    request_id: int
    apex: Apex
    orders: list[OrderRecord]
    cursor: Apex | None
    more: bool

    def __init__(self, request_id: int, apex: Apex, orders: list[OrderRecord], cursor: Apex | None, more: bool) -> None:
        self.request_id = request_id
        self.apex = apex
        self.orders = orders
        self.cursor = cursor
        self.more = more

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrdersPage, (
            self.request_id,
            self.apex,
            self.orders,
            self.cursor,
            self.more,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_orders_page(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrdersPage":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_orders_page(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrdersPage")
        return value


_ORDERS_PAGE_0: Fields = (
    ("OrdersPage", "", Instance(OrdersPage)),
    ("OrdersPage.request_id", "request_id", UINT64),
    ("OrdersPage.apex", "apex", UINT64),
    ("OrdersPage.orders", "orders", Items(MAX_HISTORY_ITEMS)),
)
_ORDERS_PAGE_1: Fields = (("OrdersPage.cursor", "cursor", PRESENCE),)
_ORDERS_PAGE_2: Fields = (("OrdersPage.more", "more", BOOLEAN),)
_CURSOR_IN_ORDERS_PAGE_0: Fields = (("OrdersPage.cursor", "", UINT64),)
_pack_cursor_in_orders_page_0: Final = Struct(">iQ").pack


def _write_cursor_in_orders_page(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_orders_page_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_ORDERS_PAGE_0)
        raise
    return part_0


_pack_orders_page_0: Final = Struct(">QQI").pack
_pack_orders_page_2: Final = Struct(">I").pack


def _write_orders_page(value: Any) -> bytes:
    try:
        if type(value) is not OrdersPage:
            raise ValueError
        orders: list[Any] = value.orders
        if type(orders) is not list or len(orders) > MAX_HISTORY_ITEMS:
            raise ValueError
        part_0 = _pack_orders_page_0(value.request_id, value.apex, len(orders))
    except Exception:
        explain_unencodable(value, _ORDERS_PAGE_0)
        raise
    tail_0 = b"".join([_write_order_record(item) for item in orders])
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _ORDERS_PAGE_1)
        raise
    tail_1 = ABSENT if cursor is None else _write_cursor_in_orders_page(cursor)
    try:
        more = value.more
        if more is not True and more is not False:
            raise ValueError
        part_2 = _pack_orders_page_2(more)
    except Exception:
        explain_unencodable(value, _ORDERS_PAGE_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_unpack_cursor_in_orders_page_0: Final = Struct(">Q").unpack_from


def _read_cursor_in_orders_page(data: bytes, offset: int) -> tuple[Apex, int]:
    try:
        (value,) = _unpack_cursor_in_orders_page_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CURSOR_IN_ORDERS_PAGE_0)
        raise
    return value, offset + 8


_unpack_orders_page_0: Final = Struct(">QQI").unpack_from
_unpack_orders_page_1: Final = Struct(">I").unpack_from
_unpack_orders_page_2: Final = Struct(">I").unpack_from


def _read_orders_page(data: bytes, offset: int) -> tuple[OrdersPage, int]:
    try:
        request_id, apex, orders__count = _unpack_orders_page_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ORDERS_PAGE_0)
        raise
    offset += 20
    if orders__count > MAX_HISTORY_ITEMS or orders__count * 112 > len(data) - offset:
        refuse_count(orders__count, MAX_HISTORY_ITEMS, "OrdersPage.orders")
    orders = []
    for _ in range(orders__count):
        orders__item, offset = _read_order_record(data, offset)
        orders.append(orders__item)
    try:
        (cursor__present,) = _unpack_orders_page_1(data, offset)
        cursor__present = BOOLEANS[cursor__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDERS_PAGE_1)
        raise
    offset += 4
    cursor: Apex | None = None
    if cursor__present:
        cursor, offset = _read_cursor_in_orders_page(data, offset)
    try:
        (more,) = _unpack_orders_page_2(data, offset)
        more = BOOLEANS[more]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDERS_PAGE_2)
        raise
    return OrdersPage(request_id, apex, orders, cursor, more), offset + 4


class ClientMessageType(IntEnum):
    """The enum ClientMessageType of client.x.

    XDR::

        enum ClientMessageType {
            CLIENT_HELLO = 0,
            CLIENT_HELLO_REPLY = 1,
            CLIENT_HELLO_PROOF = 2,
            WELCOME = 3,
            SUBMIT = 4,
            QUERY_ACCOUNT = 5,
            QUERY_BOOK = 6,
            REJECTED = 7,
            ACKNOWLEDGEMENT = 8,
            FINALITY = 9,
            ACCOUNT_SNAPSHOT = 10,
            BOOK_SNAPSHOT = 11,
            CLIENT_CLOSING = 12,
            RESUME = 13,
            RESUMED = 14,
            QUERY_PROOF = 15,
            STATE_PROOF = 16,
            PROPOSE = 17,
            QUERY_PROPOSALS = 18,
            PROPOSALS = 19,
            SUBMIT_BATCH = 20,
            QUERY_HISTORY = 21,
            HISTORY_PAGE = 22,
            QUERY_ORDERS = 23,
            ORDERS_PAGE = 24
        };
    """

    CLIENT_HELLO = 0
    CLIENT_HELLO_REPLY = 1
    CLIENT_HELLO_PROOF = 2
    WELCOME = 3
    SUBMIT = 4
    QUERY_ACCOUNT = 5
    QUERY_BOOK = 6
    REJECTED = 7
    ACKNOWLEDGEMENT = 8
    FINALITY = 9
    ACCOUNT_SNAPSHOT = 10
    BOOK_SNAPSHOT = 11
    CLIENT_CLOSING = 12
    RESUME = 13
    RESUMED = 14
    QUERY_PROOF = 15
    STATE_PROOF = 16
    PROPOSE = 17
    QUERY_PROPOSALS = 18
    PROPOSALS = 19
    SUBMIT_BATCH = 20
    QUERY_HISTORY = 21
    HISTORY_PAGE = 22
    QUERY_ORDERS = 23
    ORDERS_PAGE = 24


_CLIENT_MESSAGE_TYPE_MEMBERS: Final[dict[int, ClientMessageType]] = {
    member.value: member for member in ClientMessageType
}


ClientMessage = (
    Hello
    | HelloReply
    | HelloProof
    | Welcome
    | Submit
    | QueryAccount
    | QueryBook
    | Rejected
    | Acknowledgement
    | Finality
    | AccountSnapshot
    | BookSnapshot
    | Closing
    | Resume
    | Resumed
    | QueryProof
    | StateProof
    | Propose
    | QueryProposals
    | Proposals
    | SubmitBatch
    | QueryHistory
    | HistoryPage
    | QueryOrders
    | OrdersPage
)

_ACCOUNT_IN_HELLO_AS_CLIENT_MESSAGE_0: Fields = (("Hello.account", "", Opaque(32)),)
_pack_account_in_hello_as_client_message_0: Final = Struct(">i32s").pack


def _write_account_in_hello_as_client_message(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_account_in_hello_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _ACCOUNT_IN_HELLO_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_hello_as_client_message_0: Final = Struct(">iII32si32s").pack
_pack_hello_as_client_message_1: Final = Struct(">32s").pack


def _write_hello_as_client_message(value: Hello) -> bytes:
    try:
        constellation = value.constellation
        role = value.role
        key = value.key
        account = value.account
        if len(constellation) != 32 or role not in _ROLE_MEMBERS or len(key) != 32:
            raise ValueError
        part_0 = _pack_hello_as_client_message_0(0, value.version, value.oldest_version, constellation, role, key)
    except Exception:
        explain_unencodable(value, _HELLO_0)
        raise
    tail_0 = ABSENT if account is None else _write_account_in_hello_as_client_message(account)
    try:
        challenge = value.challenge
        if len(challenge) != 32:
            raise ValueError
        part_1 = _pack_hello_as_client_message_1(challenge)
    except Exception:
        explain_unencodable(value, _HELLO_1)
        raise
    return part_0 + tail_0 + part_1


_pack_hello_reply_as_client_message_0: Final = Struct(">iI32s32sI").pack
_pack_hello_reply_as_client_message_1: Final = Struct(">64s").pack


def _write_hello_reply_as_client_message(value: HelloReply) -> bytes:
    try:
        key = value.key
        challenge = value.challenge
        appointments: list[Any] = value.appointments
        if (
            len(key) != 32
            or len(challenge) != 32
            or type(appointments) is not list
            or len(appointments) > MAX_APPOINTMENTS
        ):
            raise ValueError
        part_0 = _pack_hello_reply_as_client_message_0(1, value.version, key, challenge, len(appointments))
    except Exception:
        explain_unencodable(value, _HELLO_REPLY_0)
        raise
    tail_0 = b"".join([_write_signed_appointment(item) for item in appointments])
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_hello_reply_as_client_message_1(signature)
    except Exception:
        explain_unencodable(value, _HELLO_REPLY_1)
        raise
    return part_0 + tail_0 + part_1


_pack_hello_proof_as_client_message_0: Final = Struct(">i64s").pack


def _write_hello_proof_as_client_message(value: HelloProof) -> bytes:
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_0 = _pack_hello_proof_as_client_message_0(2, signature)
    except Exception:
        explain_unencodable(value, _HELLO_PROOF_0)
        raise
    return part_0


def _write_welcome_as_client_message(value: Any) -> bytes:
    return b"\x00\x00\x00\x03" + _write_welcome(value)


_pack_submit_as_client_message_0: Final = Struct(">iQ").pack


def _write_submit_as_client_message(value: Submit) -> bytes:
    try:
        request = value.request
        part_0 = _pack_submit_as_client_message_0(4, value.request_id)
    except Exception:
        explain_unencodable(value, _SUBMIT_0)
        raise
    tail_0 = _write_signed_request(request)
    return part_0 + tail_0


_SUB_ACCOUNT_IN_QUERY_ACCOUNT_AS_CLIENT_MESSAGE_0: Fields = (("QueryAccount.sub_account", "", UINT32),)
_pack_sub_account_in_query_account_as_client_message_0: Final = Struct(">iI").pack


def _write_sub_account_in_query_account_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_account_in_query_account_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_IN_QUERY_ACCOUNT_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_query_account_as_client_message_0: Final = Struct(">iQ").pack


def _write_query_account_as_client_message(value: QueryAccount) -> bytes:
    try:
        sub_account = value.sub_account
        part_0 = _pack_query_account_as_client_message_0(5, value.request_id)
    except Exception:
        explain_unencodable(value, _QUERY_ACCOUNT_0)
        raise
    tail_0 = ABSENT if sub_account is None else _write_sub_account_in_query_account_as_client_message(sub_account)
    return part_0 + tail_0


_pack_query_book_as_client_message_0: Final = Struct(">iQII").pack


def _write_query_book_as_client_message(value: QueryBook) -> bytes:
    try:
        part_0 = _pack_query_book_as_client_message_0(6, value.request_id, value.market, value.levels)
    except Exception:
        explain_unencodable(value, _QUERY_BOOK_0)
        raise
    return part_0


_pack_rejected_as_client_message_0: Final = Struct(">iQi").pack


def _write_rejected_as_client_message(value: Rejected) -> bytes:
    try:
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_rejected_as_client_message_0(7, value.request_id, code)
    except Exception:
        explain_unencodable(value, _REJECTED_0)
        raise
    tail_0 = write_string(message, 256, "Rejected.message")
    return part_0 + tail_0


_pack_acknowledgement_as_client_message_1: Final = Struct(">I").pack


def _write_acknowledgement_as_client_message(value: Acknowledgement) -> bytes:
    try:
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _ACKNOWLEDGEMENT_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        events: list[Any] = value.events
        if type(events) is not list or len(events) > MAX_EVENTS_PER_MESSAGE:
            raise ValueError
        part_1 = _pack_acknowledgement_as_client_message_1(len(events))
    except Exception:
        explain_unencodable(value, _ACKNOWLEDGEMENT_1)
        raise
    tail_1 = b"".join([_write_account_event(item) for item in events])
    return b"".join((b"\x00\x00\x00\x08", tail_0, part_1, tail_1))


_CERTIFICATE__HEADER__STATE_ROOT_IN_FINALITY_AS_CLIENT_MESSAGE_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_certificate__header__state_root_in_finality_as_client_message_0: Final = Struct(">i32s").pack


def _write_certificate__header__state_root_in_finality_as_client_message(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_certificate__header__state_root_in_finality_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _CERTIFICATE__HEADER__STATE_ROOT_IN_FINALITY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_finality_as_client_message_0: Final = Struct(">iIQQQQq32s32s").pack
_pack_finality_as_client_message_1: Final = Struct(">I").pack
_pack_finality_as_client_message_2: Final = Struct(">I").pack


def _write_finality_as_client_message(value: Finality) -> bytes:
    try:
        certificate = value.certificate
        certificate__header = certificate.header
        certificate__header__previous = certificate__header.previous
        certificate__header__quanta_root = certificate__header.quanta_root
        certificate__header__state_root = certificate__header.state_root
        if (
            type(certificate) is not Certificate
            or type(certificate__header) is not BatchHeader
            or len(certificate__header__previous) != 32
            or len(certificate__header__quanta_root) != 32
        ):
            raise ValueError
        part_0 = _pack_finality_as_client_message_0(
            9,
            certificate__header.version,
            certificate__header.epoch,
            certificate__header.number,
            certificate__header.first_apex,
            certificate__header.last_apex,
            certificate__header.timestamp,
            certificate__header__previous,
            certificate__header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _FINALITY_0)
        raise
    tail_0 = (
        ABSENT
        if certificate__header__state_root is None
        else _write_certificate__header__state_root_in_finality_as_client_message(certificate__header__state_root)
    )
    try:
        certificate__signatures: list[Any] = certificate.signatures
        if type(certificate__signatures) is not list or len(certificate__signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_finality_as_client_message_1(len(certificate__signatures))
    except Exception:
        explain_unencodable(value, _FINALITY_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in certificate__signatures])
    try:
        ancestors: list[Any] = value.ancestors
        if type(ancestors) is not list or len(ancestors) > MAX_ANCESTORS:
            raise ValueError
        part_2 = _pack_finality_as_client_message_2(len(ancestors))
    except Exception:
        explain_unencodable(value, _FINALITY_2)
        raise
    tail_2 = b"".join([_write_batch_header(item) for item in ancestors])
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2))


_pack_account_snapshot_as_client_message_0: Final = Struct(">iQQ").pack
_pack_account_snapshot_as_client_message_1: Final = Struct(">I").pack
_pack_account_snapshot_as_client_message_2: Final = Struct(">I").pack
_pack_account_snapshot_as_client_message_3: Final = Struct(">I").pack
_pack_account_snapshot_as_client_message_4: Final = Struct(">I").pack


def _write_account_snapshot_as_client_message(value: AccountSnapshot) -> bytes:
    try:
        account = value.account
        part_0 = _pack_account_snapshot_as_client_message_0(10, value.request_id, value.apex)
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_0)
        raise
    tail_0 = ABSENT if account is None else PRESENT + _write_account_entry(account)
    try:
        orders: list[Any] = value.orders
        if type(orders) is not list or len(orders) > MAX_OPEN_ORDERS:
            raise ValueError
        part_1 = _pack_account_snapshot_as_client_message_1(len(orders))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_1)
        raise
    tail_1 = b"".join([_write_order_entry(item) for item in orders])
    try:
        armed: list[Any] = value.armed
        if type(armed) is not list or len(armed) > MAX_OPEN_ORDERS:
            raise ValueError
        part_2 = _pack_account_snapshot_as_client_message_2(len(armed))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_2)
        raise
    tail_2 = b"".join([_write_armed_entry(item) for item in armed])
    try:
        withdrawals: list[Any] = value.withdrawals
        if type(withdrawals) is not list or len(withdrawals) > MAX_ACCOUNT_WITHDRAWALS:
            raise ValueError
        part_3 = _pack_account_snapshot_as_client_message_3(len(withdrawals))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_3)
        raise
    tail_3 = b"".join([_write_withdrawal_entry(item) for item in withdrawals])
    try:
        holds: list[Any] = value.holds
        if type(holds) is not list or len(holds) > MAX_ACCOUNT_HOLDS:
            raise ValueError
        part_4 = _pack_account_snapshot_as_client_message_4(len(holds))
    except Exception:
        explain_unencodable(value, _ACCOUNT_SNAPSHOT_4)
        raise
    tail_4 = b"".join([_write_hold_entry(item) for item in holds])
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3, part_4, tail_4))


_pack_book_snapshot_as_client_message_0: Final = Struct(">iQQII").pack
_pack_book_snapshot_as_client_message_1: Final = Struct(">I").pack


def _write_book_snapshot_as_client_message(value: BookSnapshot) -> bytes:
    try:
        bids: list[Any] = value.bids
        if type(bids) is not list or len(bids) > MAX_BOOK_LEVELS:
            raise ValueError
        part_0 = _pack_book_snapshot_as_client_message_0(11, value.request_id, value.apex, value.market, len(bids))
    except Exception:
        explain_unencodable(value, _BOOK_SNAPSHOT_0)
        raise
    tail_0 = b"".join([_write_book_level(item) for item in bids])
    try:
        asks: list[Any] = value.asks
        if type(asks) is not list or len(asks) > MAX_BOOK_LEVELS:
            raise ValueError
        part_1 = _pack_book_snapshot_as_client_message_1(len(asks))
    except Exception:
        explain_unencodable(value, _BOOK_SNAPSHOT_1)
        raise
    tail_1 = b"".join([_write_book_level(item) for item in asks])
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_closing_as_client_message_0: Final = Struct(">ii").pack


def _write_closing_as_client_message(value: Closing) -> bytes:
    try:
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_closing_as_client_message_0(12, code)
    except Exception:
        explain_unencodable(value, _CLOSING_0)
        raise
    tail_0 = write_string(message, 256, "Closing.message")
    return part_0 + tail_0


_pack_resume_as_client_message_0: Final = Struct(">iQQ").pack


def _write_resume_as_client_message(value: Resume) -> bytes:
    try:
        part_0 = _pack_resume_as_client_message_0(13, value.request_id, value.after)
    except Exception:
        explain_unencodable(value, _RESUME_0)
        raise
    return part_0


_pack_resumed_as_client_message_0: Final = Struct(">iQQI").pack


def _write_resumed_as_client_message(value: Resumed) -> bytes:
    try:
        more = value.more
        if more is not True and more is not False:
            raise ValueError
        part_0 = _pack_resumed_as_client_message_0(14, value.request_id, value.last, more)
    except Exception:
        explain_unencodable(value, _RESUMED_0)
        raise
    return part_0


_pack_query_proof_as_client_message_0: Final = Struct(">iQi").pack


def _write_query_proof_as_client_message(value: QueryProof) -> bytes:
    try:
        kind = value.kind
        identity = value.identity
        if kind not in _STATE_ENTRY_TYPE_MEMBERS:
            raise ValueError
        part_0 = _pack_query_proof_as_client_message_0(15, value.request_id, kind)
    except Exception:
        explain_unencodable(value, _QUERY_PROOF_0)
        raise
    tail_0 = write_opaque(identity, 32, "QueryProof.identity")
    return part_0 + tail_0


def _write_state_proof_as_client_message(value: Any) -> bytes:
    return b"\x00\x00\x00\x10" + _write_state_proof(value)


_pack_propose_as_client_message_0: Final = Struct(">iQq").pack
_pack_propose_as_client_message_1: Final = Struct(">32s64s").pack


def _write_propose_as_client_message(value: Propose) -> bytes:
    try:
        proposal = value.proposal
        proposal__proposal = proposal.proposal
        proposal__proposal__decision = proposal__proposal.decision
        if type(proposal) is not SignedProposal or type(proposal__proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_propose_as_client_message_0(17, value.request_id, proposal__proposal.valid_until)
    except Exception:
        explain_unencodable(value, _PROPOSE_0)
        raise
    try:
        write = _DECISION_WRITERS[type(proposal__proposal__decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(proposal__proposal__decision)
    try:
        proposal__auditor = proposal.auditor
        proposal__signature = proposal.signature
        if len(proposal__auditor) != 32 or len(proposal__signature) != 64:
            raise ValueError
        part_1 = _pack_propose_as_client_message_1(proposal__auditor, proposal__signature)
    except Exception:
        explain_unencodable(value, _PROPOSE_1)
        raise
    return part_0 + tail_0 + part_1


_pack_query_proposals_as_client_message_0: Final = Struct(">iQ").pack


def _write_query_proposals_as_client_message(value: QueryProposals) -> bytes:
    try:
        part_0 = _pack_query_proposals_as_client_message_0(18, value.request_id)
    except Exception:
        explain_unencodable(value, _QUERY_PROPOSALS_0)
        raise
    return part_0


_pack_proposals_as_client_message_0: Final = Struct(">iQQI").pack


def _write_proposals_as_client_message(value: Proposals) -> bytes:
    try:
        proposals: list[Any] = value.proposals
        if type(proposals) is not list or len(proposals) > MAX_OPEN_PROPOSALS:
            raise ValueError
        part_0 = _pack_proposals_as_client_message_0(19, value.request_id, value.settings_version, len(proposals))
    except Exception:
        explain_unencodable(value, _PROPOSALS_0)
        raise
    tail_0 = b"".join([_write_open_proposal(item) for item in proposals])
    return part_0 + tail_0


_pack_submit_batch_as_client_message_0: Final = Struct(">iQ").pack


def _write_submit_batch_as_client_message(value: SubmitBatch) -> bytes:
    try:
        batch = value.batch
        part_0 = _pack_submit_batch_as_client_message_0(20, value.request_id)
    except Exception:
        explain_unencodable(value, _SUBMIT_BATCH_0)
        raise
    tail_0 = _write_signed_request_batch(batch)
    return part_0 + tail_0


_FILTER__KINDS_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (
    ("HistoryFilter.kinds", "", Enumerated(_EFFECT_TYPE_MEMBERS)),
)
_pack_filter__kinds_in_query_history_as_client_message_0: Final = Struct(">i").pack


def _write_filter__kinds_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        if value not in _EFFECT_TYPE_MEMBERS:
            raise ValueError
        part_0 = _pack_filter__kinds_in_query_history_as_client_message_0(value)
    except Exception:
        explain_unencodable(value, _FILTER__KINDS_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_FILTER__ASSET_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (("HistoryFilter.asset", "", UINT32),)
_pack_filter__asset_in_query_history_as_client_message_0: Final = Struct(">iI").pack


def _write_filter__asset_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__asset_in_query_history_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__ASSET_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_FILTER__MARKET_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (("HistoryFilter.market", "", UINT32),)
_pack_filter__market_in_query_history_as_client_message_0: Final = Struct(">iI").pack


def _write_filter__market_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__market_in_query_history_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__MARKET_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_FILTER__SINCE_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (("HistoryFilter.since", "", INT64),)
_pack_filter__since_in_query_history_as_client_message_0: Final = Struct(">iq").pack


def _write_filter__since_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__since_in_query_history_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__SINCE_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_FILTER__UNTIL_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (("HistoryFilter.until", "", INT64),)
_pack_filter__until_in_query_history_as_client_message_0: Final = Struct(">iq").pack


def _write_filter__until_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_filter__until_in_query_history_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _FILTER__UNTIL_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_CURSOR_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (("QueryHistory.cursor", "", UINT64),)
_pack_cursor_in_query_history_as_client_message_0: Final = Struct(">iQ").pack


def _write_cursor_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_query_history_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_SUB_ACCOUNT_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0: Fields = (("QueryHistory.sub_account", "", UINT32),)
_pack_sub_account_in_query_history_as_client_message_0: Final = Struct(">iI").pack


def _write_sub_account_in_query_history_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_account_in_query_history_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_IN_QUERY_HISTORY_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_query_history_as_client_message_0: Final = Struct(">iQI").pack
_pack_query_history_as_client_message_6: Final = Struct(">IIIQ").pack


def _write_query_history_as_client_message(value: QueryHistory) -> bytes:
    try:
        filter = value.filter
        filter__kinds: list[Any] = filter.kinds
        if (
            type(filter) is not HistoryFilter
            or type(filter__kinds) is not list
            or len(filter__kinds) > MAX_HISTORY_KINDS
        ):
            raise ValueError
        part_0 = _pack_query_history_as_client_message_0(21, value.request_id, len(filter__kinds))
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_0)
        raise
    tail_0 = b"".join([_write_filter__kinds_in_query_history_as_client_message(item) for item in filter__kinds])
    try:
        filter__asset = filter.asset
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_1)
        raise
    tail_1 = ABSENT if filter__asset is None else _write_filter__asset_in_query_history_as_client_message(filter__asset)
    try:
        filter__market = filter.market
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_2)
        raise
    tail_2 = (
        ABSENT if filter__market is None else _write_filter__market_in_query_history_as_client_message(filter__market)
    )
    try:
        filter__since = filter.since
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_3)
        raise
    tail_3 = ABSENT if filter__since is None else _write_filter__since_in_query_history_as_client_message(filter__since)
    try:
        filter__until = filter.until
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_4)
        raise
    tail_4 = ABSENT if filter__until is None else _write_filter__until_in_query_history_as_client_message(filter__until)
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_5)
        raise
    tail_5 = ABSENT if cursor is None else _write_cursor_in_query_history_as_client_message(cursor)
    try:
        descending = value.descending
        proofs = value.proofs
        sub_account = value.sub_account
        if (descending is not True and descending is not False) or (proofs is not True and proofs is not False):
            raise ValueError
        part_6 = _pack_query_history_as_client_message_6(descending, value.limit, proofs, value.min_apex)
    except Exception:
        explain_unencodable(value, _QUERY_HISTORY_6)
        raise
    tail_6 = ABSENT if sub_account is None else _write_sub_account_in_query_history_as_client_message(sub_account)
    return b"".join((part_0, tail_0, tail_1, tail_2, tail_3, tail_4, tail_5, part_6, tail_6))


_CURSOR_IN_HISTORY_PAGE_AS_CLIENT_MESSAGE_0: Fields = (("HistoryPage.cursor", "", UINT64),)
_pack_cursor_in_history_page_as_client_message_0: Final = Struct(">iQ").pack


def _write_cursor_in_history_page_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_history_page_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_HISTORY_PAGE_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_history_page_as_client_message_0: Final = Struct(">iQQI").pack
_pack_history_page_as_client_message_1: Final = Struct(">I").pack
_pack_history_page_as_client_message_3: Final = Struct(">I").pack


def _write_history_page_as_client_message(value: HistoryPage) -> bytes:
    try:
        items: list[Any] = value.items
        if type(items) is not list or len(items) > MAX_HISTORY_ITEMS:
            raise ValueError
        part_0 = _pack_history_page_as_client_message_0(22, value.request_id, value.apex, len(items))
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_0)
        raise
    tail_0 = b"".join([_write_history_item(item) for item in items])
    try:
        proofs: list[Any] = value.proofs
        if type(proofs) is not list or len(proofs) > MAX_HISTORY_PROOFS:
            raise ValueError
        part_1 = _pack_history_page_as_client_message_1(len(proofs))
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_1)
        raise
    tail_1 = b"".join([_write_history_proof(item) for item in proofs])
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_2)
        raise
    tail_2 = ABSENT if cursor is None else _write_cursor_in_history_page_as_client_message(cursor)
    try:
        more = value.more
        if more is not True and more is not False:
            raise ValueError
        part_3 = _pack_history_page_as_client_message_3(more)
    except Exception:
        explain_unencodable(value, _HISTORY_PAGE_3)
        raise
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2, part_3))


_MARKET_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0: Fields = (("QueryOrders.market", "", UINT32),)
_pack_market_in_query_orders_as_client_message_0: Final = Struct(">iI").pack


def _write_market_in_query_orders_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_market_in_query_orders_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _MARKET_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_OPEN_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0: Fields = (("QueryOrders.open", "", BOOLEAN),)
_pack_open_in_query_orders_as_client_message_0: Final = Struct(">iI").pack


def _write_open_in_query_orders_as_client_message(value: Any) -> bytes:
    try:
        if value is not True and value is not False:
            raise ValueError
        part_0 = _pack_open_in_query_orders_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _OPEN_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_SINCE_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0: Fields = (("QueryOrders.since", "", INT64),)
_pack_since_in_query_orders_as_client_message_0: Final = Struct(">iq").pack


def _write_since_in_query_orders_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_since_in_query_orders_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _SINCE_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_UNTIL_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0: Fields = (("QueryOrders.until", "", INT64),)
_pack_until_in_query_orders_as_client_message_0: Final = Struct(">iq").pack


def _write_until_in_query_orders_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_query_orders_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_CURSOR_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0: Fields = (("QueryOrders.cursor", "", UINT64),)
_pack_cursor_in_query_orders_as_client_message_0: Final = Struct(">iQ").pack


def _write_cursor_in_query_orders_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_query_orders_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_SUB_ACCOUNT_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0: Fields = (("QueryOrders.sub_account", "", UINT32),)
_pack_sub_account_in_query_orders_as_client_message_0: Final = Struct(">iI").pack


def _write_sub_account_in_query_orders_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_account_in_query_orders_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_IN_QUERY_ORDERS_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_query_orders_as_client_message_0: Final = Struct(">iQ").pack
_pack_query_orders_as_client_message_5: Final = Struct(">IIQ").pack


def _write_query_orders_as_client_message(value: QueryOrders) -> bytes:
    try:
        market = value.market
        part_0 = _pack_query_orders_as_client_message_0(23, value.request_id)
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_0)
        raise
    tail_0 = ABSENT if market is None else _write_market_in_query_orders_as_client_message(market)
    try:
        open = value.open
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_1)
        raise
    tail_1 = ABSENT if open is None else _write_open_in_query_orders_as_client_message(open)
    try:
        since = value.since
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_2)
        raise
    tail_2 = ABSENT if since is None else _write_since_in_query_orders_as_client_message(since)
    try:
        until = value.until
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_3)
        raise
    tail_3 = ABSENT if until is None else _write_until_in_query_orders_as_client_message(until)
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_4)
        raise
    tail_4 = ABSENT if cursor is None else _write_cursor_in_query_orders_as_client_message(cursor)
    try:
        descending = value.descending
        sub_account = value.sub_account
        if descending is not True and descending is not False:
            raise ValueError
        part_5 = _pack_query_orders_as_client_message_5(descending, value.limit, value.min_apex)
    except Exception:
        explain_unencodable(value, _QUERY_ORDERS_5)
        raise
    tail_5 = ABSENT if sub_account is None else _write_sub_account_in_query_orders_as_client_message(sub_account)
    return b"".join((part_0, tail_0, tail_1, tail_2, tail_3, tail_4, part_5, tail_5))


_CURSOR_IN_ORDERS_PAGE_AS_CLIENT_MESSAGE_0: Fields = (("OrdersPage.cursor", "", UINT64),)
_pack_cursor_in_orders_page_as_client_message_0: Final = Struct(">iQ").pack


def _write_cursor_in_orders_page_as_client_message(value: Any) -> bytes:
    try:
        part_0 = _pack_cursor_in_orders_page_as_client_message_0(1, value)
    except Exception:
        explain_unencodable(value, _CURSOR_IN_ORDERS_PAGE_AS_CLIENT_MESSAGE_0)
        raise
    return part_0


_pack_orders_page_as_client_message_0: Final = Struct(">iQQI").pack
_pack_orders_page_as_client_message_2: Final = Struct(">I").pack


def _write_orders_page_as_client_message(value: OrdersPage) -> bytes:
    try:
        orders: list[Any] = value.orders
        if type(orders) is not list or len(orders) > MAX_HISTORY_ITEMS:
            raise ValueError
        part_0 = _pack_orders_page_as_client_message_0(24, value.request_id, value.apex, len(orders))
    except Exception:
        explain_unencodable(value, _ORDERS_PAGE_0)
        raise
    tail_0 = b"".join([_write_order_record(item) for item in orders])
    try:
        cursor = value.cursor
    except Exception:
        explain_unencodable(value, _ORDERS_PAGE_1)
        raise
    tail_1 = ABSENT if cursor is None else _write_cursor_in_orders_page_as_client_message(cursor)
    try:
        more = value.more
        if more is not True and more is not False:
            raise ValueError
        part_2 = _pack_orders_page_as_client_message_2(more)
    except Exception:
        explain_unencodable(value, _ORDERS_PAGE_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_CLIENT_MESSAGE_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Hello: _write_hello_as_client_message,
    HelloReply: _write_hello_reply_as_client_message,
    HelloProof: _write_hello_proof_as_client_message,
    Welcome: _write_welcome_as_client_message,
    Submit: _write_submit_as_client_message,
    QueryAccount: _write_query_account_as_client_message,
    QueryBook: _write_query_book_as_client_message,
    Rejected: _write_rejected_as_client_message,
    Acknowledgement: _write_acknowledgement_as_client_message,
    Finality: _write_finality_as_client_message,
    AccountSnapshot: _write_account_snapshot_as_client_message,
    BookSnapshot: _write_book_snapshot_as_client_message,
    Closing: _write_closing_as_client_message,
    Resume: _write_resume_as_client_message,
    Resumed: _write_resumed_as_client_message,
    QueryProof: _write_query_proof_as_client_message,
    StateProof: _write_state_proof_as_client_message,
    Propose: _write_propose_as_client_message,
    QueryProposals: _write_query_proposals_as_client_message,
    Proposals: _write_proposals_as_client_message,
    SubmitBatch: _write_submit_batch_as_client_message,
    QueryHistory: _write_query_history_as_client_message,
    HistoryPage: _write_history_page_as_client_message,
    QueryOrders: _write_query_orders_as_client_message,
    OrdersPage: _write_orders_page_as_client_message,
}

_CLIENT_MESSAGE_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[ClientMessage, int]]]] = {
    b"\x00\x00\x00\x00": _read_hello,
    b"\x00\x00\x00\x01": _read_hello_reply,
    b"\x00\x00\x00\x02": _read_hello_proof,
    b"\x00\x00\x00\x03": _read_welcome,
    b"\x00\x00\x00\x04": _read_submit,
    b"\x00\x00\x00\x05": _read_query_account,
    b"\x00\x00\x00\x06": _read_query_book,
    b"\x00\x00\x00\x07": _read_rejected,
    b"\x00\x00\x00\x08": _read_acknowledgement,
    b"\x00\x00\x00\t": _read_finality,
    b"\x00\x00\x00\n": _read_account_snapshot,
    b"\x00\x00\x00\x0b": _read_book_snapshot,
    b"\x00\x00\x00\x0c": _read_closing,
    b"\x00\x00\x00\r": _read_resume,
    b"\x00\x00\x00\x0e": _read_resumed,
    b"\x00\x00\x00\x0f": _read_query_proof,
    b"\x00\x00\x00\x10": _read_state_proof,
    b"\x00\x00\x00\x11": _read_propose,
    b"\x00\x00\x00\x12": _read_query_proposals,
    b"\x00\x00\x00\x13": _read_proposals,
    b"\x00\x00\x00\x14": _read_submit_batch,
    b"\x00\x00\x00\x15": _read_query_history,
    b"\x00\x00\x00\x16": _read_history_page,
    b"\x00\x00\x00\x17": _read_query_orders,
    b"\x00\x00\x00\x18": _read_orders_page,
}
_CLIENT_MESSAGE_DISCRIMINANT = Discriminant(_CLIENT_MESSAGE_TYPE_MEMBERS, _CLIENT_MESSAGE_READERS)
_CLIENT_MESSAGE_0: Fields = (("ClientMessage.type", "", _CLIENT_MESSAGE_DISCRIMINANT),)


def _read_client_message(data: bytes, offset: int) -> tuple[ClientMessage, int]:
    try:
        read = _CLIENT_MESSAGE_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _CLIENT_MESSAGE_0)
        raise
    return read(data, offset + 4)


def encode_client_message(value: ClientMessage) -> bytes:
    """Encodes a value of the union ClientMessage by its class."""
    try:
        write = _CLIENT_MESSAGE_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ClientMessage.type") from None
    return write(value)


def decode_client_message(data: bytes) -> ClientMessage:
    """Decodes bytes that are one ClientMessage and nothing else."""
    value, offset = _read_client_message(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "ClientMessage")
    return value
