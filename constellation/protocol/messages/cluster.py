"""Messages of cluster.x.

Generated from xdr/cluster.x by tools/xdr_generator.py; do not edit.

Between alpha and an auditor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.client import MAX_ANCESTORS, Finality
from constellation.protocol.messages.codes import _CODE_MEMBERS, Code
from constellation.protocol.messages.common import (
    MAX_APPOINTMENTS,
    MAX_AUDITORS,
    Hash,
    Key,
    Signature,
    _read_auditor_signature,
    _write_auditor_signature,
    _write_signed_appointment,
)
from constellation.protocol.messages.governance import (
    _DECISION_WRITERS,
    _SIGNED_PROPOSAL_0,
    _SIGNED_PROPOSAL_1,
    Proposal,
    SignedProposal,
    _read_signed_proposal,
)
from constellation.protocol.messages.quanta import (
    _BATCH_0,
    _BATCH_1,
    _CERTIFICATE_0,
    _CERTIFICATE_1,
    _LEDGER_EVENT_0,
    _LEDGER_EVENT_READERS,
    _LEDGER_EVENT_WRITERS,
    MAX_BATCH_QUANTA,
    MAX_LEDGER_EVENTS,
    Batch,
    BatchHeader,
    Certificate,
    LedgerReport,
    SignedHeader,
    _read_batch,
    _read_batch_header,
    _read_certificate,
    _read_signed_header,
    _write_batch_header,
    _write_certificate,
    _write_quantum,
    _write_signed_header,
)
from constellation.protocol.messages.requests import SignedRequest, _read_signed_request, _write_signed_request
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
from constellation.protocol.messages.state import _STATE_ENTRY_0, _STATE_ENTRY_READERS, _STATE_ENTRY_WRITERS, StateEntry
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
    read_opaques,
    read_string,
    refuse_count,
    write_opaques,
    write_string,
)

# of the state tree
SNAPSHOT_BUCKETS: Final = 16384

# in one message
MAX_SNAPSHOT_ENTRIES: Final = 256


@dataclass(slots=True, init=False)
class Promise:
    """An auditor's word for a new epoch; after it, it signs nothing of a lower one.

    XDR::

        struct Promise {
            unsigned hyper epoch;
            Key alpha;
            Hash appointments;                // of all up to the epoch's term: who its members are
            Hash log;                         // names the auditor's log: drawn at random when the log was created
            bool recovering;                  // the log is new, or an old copy: what the auditor signed before may be forgotten
            SignedHeader *tip;                // the last header it stored; none at genesis
            Certificate *certificate;         // the highest it knows
        };
    """

    epoch: int
    alpha: Key
    appointments: Hash
    log: Hash
    recovering: bool
    tip: SignedHeader | None
    certificate: Certificate | None

    def __init__(
        self,
        epoch: int,
        alpha: Key,
        appointments: Hash,
        log: Hash,
        recovering: bool,
        tip: SignedHeader | None,
        certificate: Certificate | None,
    ) -> None:
        self.epoch = epoch
        self.alpha = alpha
        self.appointments = appointments
        self.log = log
        self.recovering = recovering
        self.tip = tip
        self.certificate = certificate

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Promise, (
            self.epoch,
            self.alpha,
            self.appointments,
            self.log,
            self.recovering,
            self.tip,
            self.certificate,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_promise(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Promise":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_promise(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Promise")
        return value


_PROMISE_0: Fields = (
    ("Promise", "", Instance(Promise)),
    ("Promise.epoch", "epoch", UINT64),
    ("Promise.alpha", "alpha", Opaque(32)),
    ("Promise.appointments", "appointments", Opaque(32)),
    ("Promise.log", "log", Opaque(32)),
    ("Promise.recovering", "recovering", BOOLEAN),
    ("Promise.tip", "tip", PRESENCE),
)
_PROMISE_1: Fields = (("Promise.certificate", "certificate", PRESENCE),)
_pack_promise_0: Final = Struct(">Q32s32s32sI").pack


def _write_promise(value: Any) -> bytes:
    try:
        if type(value) is not Promise:
            raise ValueError
        alpha = value.alpha
        appointments = value.appointments
        log = value.log
        recovering = value.recovering
        tip = value.tip
        if (
            len(alpha) != 32
            or len(appointments) != 32
            or len(log) != 32
            or (recovering is not True and recovering is not False)
        ):
            raise ValueError
        part_0 = _pack_promise_0(value.epoch, alpha, appointments, log, recovering)
    except Exception:
        explain_unencodable(value, _PROMISE_0)
        raise
    tail_0 = ABSENT if tip is None else PRESENT + _write_signed_header(tip)
    try:
        certificate = value.certificate
    except Exception:
        explain_unencodable(value, _PROMISE_1)
        raise
    tail_1 = ABSENT if certificate is None else PRESENT + _write_certificate(certificate)
    return part_0 + tail_0 + tail_1


_unpack_promise_0: Final = Struct(">Q32s32s32sII").unpack_from
_unpack_promise_1: Final = Struct(">I").unpack_from


def _read_promise(data: bytes, offset: int) -> tuple[Promise, int]:
    try:
        epoch, alpha, appointments, log, recovering, tip__present = _unpack_promise_0(data, offset)
        recovering = BOOLEANS[recovering]
        tip__present = BOOLEANS[tip__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _PROMISE_0)
        raise
    offset += 112
    tip: SignedHeader | None = None
    if tip__present:
        tip, offset = _read_signed_header(data, offset)
    try:
        (certificate__present,) = _unpack_promise_1(data, offset)
        certificate__present = BOOLEANS[certificate__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _PROMISE_1)
        raise
    offset += 4
    certificate: Certificate | None = None
    if certificate__present:
        certificate, offset = _read_certificate(data, offset)
    return Promise(epoch, alpha, appointments, log, recovering, tip, certificate), offset


@dataclass(slots=True, init=False)
class SignedPromise:
    """The struct SignedPromise of cluster.x.

    XDR::

        struct SignedPromise {
            Promise promise;
            Key auditor;
            Signature signature;
        };
    """

    promise: Promise
    auditor: Key
    signature: Signature

    def __init__(self, promise: Promise, auditor: Key, signature: Signature) -> None:
        self.promise = promise
        self.auditor = auditor
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedPromise, (
            self.promise,
            self.auditor,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_promise(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedPromise":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_promise(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedPromise")
        return value


_SIGNED_PROMISE_0: Fields = (
    ("SignedPromise", "", Instance(SignedPromise)),
    ("Promise", "promise", Instance(Promise)),
    ("Promise.epoch", "promise.epoch", UINT64),
    ("Promise.alpha", "promise.alpha", Opaque(32)),
    ("Promise.appointments", "promise.appointments", Opaque(32)),
    ("Promise.log", "promise.log", Opaque(32)),
    ("Promise.recovering", "promise.recovering", BOOLEAN),
    ("Promise.tip", "promise.tip", PRESENCE),
)
_SIGNED_PROMISE_1: Fields = (("Promise.certificate", "promise.certificate", PRESENCE),)
_SIGNED_PROMISE_2: Fields = (
    ("SignedPromise.auditor", "auditor", Opaque(32)),
    ("SignedPromise.signature", "signature", Opaque(64)),
)
_pack_signed_promise_0: Final = Struct(">Q32s32s32sI").pack
_pack_signed_promise_2: Final = Struct(">32s64s").pack


def _write_signed_promise(value: Any) -> bytes:
    try:
        if type(value) is not SignedPromise:
            raise ValueError
        promise = value.promise
        promise__alpha = promise.alpha
        promise__appointments = promise.appointments
        promise__log = promise.log
        promise__recovering = promise.recovering
        promise__tip = promise.tip
        if (
            type(promise) is not Promise
            or len(promise__alpha) != 32
            or len(promise__appointments) != 32
            or len(promise__log) != 32
            or (promise__recovering is not True and promise__recovering is not False)
        ):
            raise ValueError
        part_0 = _pack_signed_promise_0(
            promise.epoch, promise__alpha, promise__appointments, promise__log, promise__recovering
        )
    except Exception:
        explain_unencodable(value, _SIGNED_PROMISE_0)
        raise
    tail_0 = ABSENT if promise__tip is None else PRESENT + _write_signed_header(promise__tip)
    try:
        promise__certificate = promise.certificate
    except Exception:
        explain_unencodable(value, _SIGNED_PROMISE_1)
        raise
    tail_1 = ABSENT if promise__certificate is None else PRESENT + _write_certificate(promise__certificate)
    try:
        auditor = value.auditor
        signature = value.signature
        if len(auditor) != 32 or len(signature) != 64:
            raise ValueError
        part_2 = _pack_signed_promise_2(auditor, signature)
    except Exception:
        explain_unencodable(value, _SIGNED_PROMISE_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_unpack_signed_promise_0: Final = Struct(">Q32s32s32sII").unpack_from
_unpack_signed_promise_1: Final = Struct(">I").unpack_from
_unpack_signed_promise_2: Final = Struct(">32s64s").unpack_from


def _read_signed_promise(data: bytes, offset: int) -> tuple[SignedPromise, int]:
    try:
        (
            promise__epoch,
            promise__alpha,
            promise__appointments,
            promise__log,
            promise__recovering,
            promise__tip__present,
        ) = _unpack_signed_promise_0(data, offset)
        promise__recovering = BOOLEANS[promise__recovering]
        promise__tip__present = BOOLEANS[promise__tip__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_PROMISE_0)
        raise
    offset += 112
    promise__tip: SignedHeader | None = None
    if promise__tip__present:
        promise__tip, offset = _read_signed_header(data, offset)
    try:
        (promise__certificate__present,) = _unpack_signed_promise_1(data, offset)
        promise__certificate__present = BOOLEANS[promise__certificate__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_PROMISE_1)
        raise
    offset += 4
    promise__certificate: Certificate | None = None
    if promise__certificate__present:
        promise__certificate, offset = _read_certificate(data, offset)
    try:
        auditor, signature = _unpack_signed_promise_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_PROMISE_2)
        raise
    return SignedPromise(
        Promise(
            promise__epoch,
            promise__alpha,
            promise__appointments,
            promise__log,
            promise__recovering,
            promise__tip,
            promise__certificate,
        ),
        auditor,
        signature,
    ), offset + 96


@dataclass(slots=True, init=False)
class EpochProposal:
    """Alpha asks for promises; the auditor answers with a SignedPromise.

    XDR::

        struct EpochProposal {
            unsigned hyper epoch;
        };
    """

    epoch: int

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return EpochProposal, (self.epoch,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_epoch_proposal(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "EpochProposal":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_epoch_proposal(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "EpochProposal")
        return value


_EPOCH_PROPOSAL_0: Fields = (
    ("EpochProposal", "", Instance(EpochProposal)),
    ("EpochProposal.epoch", "epoch", UINT64),
)
_pack_epoch_proposal_0: Final = Struct(">Q").pack


def _write_epoch_proposal(value: Any) -> bytes:
    try:
        if type(value) is not EpochProposal:
            raise ValueError
        part_0 = _pack_epoch_proposal_0(value.epoch)
    except Exception:
        explain_unencodable(value, _EPOCH_PROPOSAL_0)
        raise
    return part_0


_unpack_epoch_proposal_0: Final = Struct(">Q").unpack_from


def _read_epoch_proposal(data: bytes, offset: int) -> tuple[EpochProposal, int]:
    try:
        (epoch,) = _unpack_epoch_proposal_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _EPOCH_PROPOSAL_0)
        raise
    return EpochProposal(epoch), offset + 8


@dataclass(slots=True, init=False)
class BatchRequest:
    """Alpha asks an auditor for batches it lacks, before it opens an epoch.

    XDR::

        struct BatchRequest {
            unsigned hyper first;
            unsigned hyper last;
        };
    """

    first: int
    last: int

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BatchRequest, (
            self.first,
            self.last,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batch_request(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BatchRequest":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batch_request(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BatchRequest")
        return value


_BATCH_REQUEST_0: Fields = (
    ("BatchRequest", "", Instance(BatchRequest)),
    ("BatchRequest.first", "first", UINT64),
    ("BatchRequest.last", "last", UINT64),
)
_pack_batch_request_0: Final = Struct(">QQ").pack


def _write_batch_request(value: Any) -> bytes:
    try:
        if type(value) is not BatchRequest:
            raise ValueError
        part_0 = _pack_batch_request_0(value.first, value.last)
    except Exception:
        explain_unencodable(value, _BATCH_REQUEST_0)
        raise
    return part_0


_unpack_batch_request_0: Final = Struct(">QQ").unpack_from


def _read_batch_request(data: bytes, offset: int) -> tuple[BatchRequest, int]:
    try:
        first, last = _unpack_batch_request_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BATCH_REQUEST_0)
        raise
    return BatchRequest(first, last), offset + 16


@dataclass(slots=True, init=False)
class EpochOpening:
    """The epoch is open: its first batch follows the header named by `base`.

    XDR::

        struct EpochOpening {
            unsigned hyper epoch;
            unsigned hyper base_number;
            Hash base;                        // of the header, or of the settings when base_number is 0
            SignedPromise promises<MAX_AUDITORS>;
        };
    """

    epoch: int
    base_number: int
    base: Hash
    promises: list[SignedPromise]

    def __init__(self, epoch: int, base_number: int, base: Hash, promises: list[SignedPromise]) -> None:
        self.epoch = epoch
        self.base_number = base_number
        self.base = base
        self.promises = promises

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return EpochOpening, (
            self.epoch,
            self.base_number,
            self.base,
            self.promises,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_epoch_opening(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "EpochOpening":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_epoch_opening(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "EpochOpening")
        return value


_EPOCH_OPENING_0: Fields = (
    ("EpochOpening", "", Instance(EpochOpening)),
    ("EpochOpening.epoch", "epoch", UINT64),
    ("EpochOpening.base_number", "base_number", UINT64),
    ("EpochOpening.base", "base", Opaque(32)),
    ("EpochOpening.promises", "promises", Items(MAX_AUDITORS)),
)
_pack_epoch_opening_0: Final = Struct(">QQ32sI").pack


def _write_epoch_opening(value: Any) -> bytes:
    try:
        if type(value) is not EpochOpening:
            raise ValueError
        base = value.base
        promises: list[Any] = value.promises
        if len(base) != 32 or type(promises) is not list or len(promises) > MAX_AUDITORS:
            raise ValueError
        part_0 = _pack_epoch_opening_0(value.epoch, value.base_number, base, len(promises))
    except Exception:
        explain_unencodable(value, _EPOCH_OPENING_0)
        raise
    tail_0 = b"".join([_write_signed_promise(item) for item in promises])
    return part_0 + tail_0


_unpack_epoch_opening_0: Final = Struct(">QQ32sI").unpack_from


def _read_epoch_opening(data: bytes, offset: int) -> tuple[EpochOpening, int]:
    try:
        epoch, base_number, base, promises__count = _unpack_epoch_opening_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _EPOCH_OPENING_0)
        raise
    offset += 52
    if promises__count > MAX_AUDITORS or promises__count * 212 > len(data) - offset:
        refuse_count(promises__count, MAX_AUDITORS, "EpochOpening.promises")
    promises = []
    for _ in range(promises__count):
        promises__item, offset = _read_signed_promise(data, offset)
        promises.append(promises__item)
    return EpochOpening(epoch, base_number, base, promises), offset


@dataclass(slots=True, init=False)
class StreamStart:
    """Tells an auditor where alpha's stream of batches will start for it.

    XDR::

        struct StreamStart {
            unsigned hyper number;            // the first batch that follows; what the auditor has from here on is dropped
            unsigned hyper tip;               // the last batch that alpha has relayed to anybody
        };
    """

    number: int
    tip: int

    def __init__(self, number: int, tip: int) -> None:
        self.number = number
        self.tip = tip

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return StreamStart, (
            self.number,
            self.tip,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_stream_start(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "StreamStart":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_stream_start(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "StreamStart")
        return value


_STREAM_START_0: Fields = (
    ("StreamStart", "", Instance(StreamStart)),
    ("StreamStart.number", "number", UINT64),
    ("StreamStart.tip", "tip", UINT64),
)
_pack_stream_start_0: Final = Struct(">QQ").pack


def _write_stream_start(value: Any) -> bytes:
    try:
        if type(value) is not StreamStart:
            raise ValueError
        part_0 = _pack_stream_start_0(value.number, value.tip)
    except Exception:
        explain_unencodable(value, _STREAM_START_0)
        raise
    return part_0


_unpack_stream_start_0: Final = Struct(">QQ").unpack_from


def _read_stream_start(data: bytes, offset: int) -> tuple[StreamStart, int]:
    try:
        number, tip = _unpack_stream_start_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _STREAM_START_0)
        raise
    return StreamStart(number, tip), offset + 16


@dataclass(slots=True, init=False)
class SnapshotHead:
    """To a member that is far behind: the state after a checkpoint. `finality` covers the checkpoint's own header.

    XDR::

        struct SnapshotHead {
            SignedHeader checkpoint;
            Finality finality;
            unsigned hyper entries;           // how many follow, in the next messages
            Hash buckets<SNAPSHOT_BUCKETS>;   // the leaves of the state tree: their root is in the checkpoint's header
        };
    """

    checkpoint: SignedHeader
    finality: Finality
    entries: int
    buckets: list[Hash]

    def __init__(self, checkpoint: SignedHeader, finality: Finality, entries: int, buckets: list[Hash]) -> None:
        self.checkpoint = checkpoint
        self.finality = finality
        self.entries = entries
        self.buckets = buckets

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SnapshotHead, (
            self.checkpoint,
            self.finality,
            self.entries,
            self.buckets,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_snapshot_head(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SnapshotHead":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_snapshot_head(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SnapshotHead")
        return value


_SNAPSHOT_HEAD_0: Fields = (
    ("SnapshotHead", "", Instance(SnapshotHead)),
    ("SignedHeader", "checkpoint", ELSEWHERE),
)
_SNAPSHOT_HEAD_1: Fields = (
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
_SNAPSHOT_HEAD_2: Fields = (("Certificate.signatures", "finality.certificate.signatures", Items(MAX_AUDITORS)),)
_SNAPSHOT_HEAD_3: Fields = (("Finality.ancestors", "finality.ancestors", Items(MAX_ANCESTORS)),)
_SNAPSHOT_HEAD_4: Fields = (
    ("SnapshotHead.entries", "entries", UINT64),
    ("SnapshotHead.buckets", "buckets", Items(SNAPSHOT_BUCKETS)),
)
_FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_SNAPSHOT_HEAD_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_finality__certificate__header__state_root_in_snapshot_head_0: Final = Struct(">i32s").pack


def _write_finality__certificate__header__state_root_in_snapshot_head(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_finality__certificate__header__state_root_in_snapshot_head_0(1, value)
    except Exception:
        explain_unencodable(value, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_SNAPSHOT_HEAD_0)
        raise
    return part_0


_pack_snapshot_head_1: Final = Struct(">IQQQQq32s32s").pack
_pack_snapshot_head_2: Final = Struct(">I").pack
_pack_snapshot_head_3: Final = Struct(">I").pack
_pack_snapshot_head_4: Final = Struct(">QI").pack


def _write_snapshot_head(value: Any) -> bytes:
    try:
        if type(value) is not SnapshotHead:
            raise ValueError
        checkpoint = value.checkpoint
    except Exception:
        explain_unencodable(value, _SNAPSHOT_HEAD_0)
        raise
    tail_0 = _write_signed_header(checkpoint)
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
        part_1 = _pack_snapshot_head_1(
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
        explain_unencodable(value, _SNAPSHOT_HEAD_1)
        raise
    tail_1 = (
        ABSENT
        if finality__certificate__header__state_root is None
        else _write_finality__certificate__header__state_root_in_snapshot_head(
            finality__certificate__header__state_root
        )
    )
    try:
        finality__certificate__signatures: list[Any] = finality__certificate.signatures
        if type(finality__certificate__signatures) is not list or len(finality__certificate__signatures) > MAX_AUDITORS:
            raise ValueError
        part_2 = _pack_snapshot_head_2(len(finality__certificate__signatures))
    except Exception:
        explain_unencodable(value, _SNAPSHOT_HEAD_2)
        raise
    tail_2 = b"".join([_write_auditor_signature(item) for item in finality__certificate__signatures])
    try:
        finality__ancestors: list[Any] = finality.ancestors
        if type(finality__ancestors) is not list or len(finality__ancestors) > MAX_ANCESTORS:
            raise ValueError
        part_3 = _pack_snapshot_head_3(len(finality__ancestors))
    except Exception:
        explain_unencodable(value, _SNAPSHOT_HEAD_3)
        raise
    tail_3 = b"".join([_write_batch_header(item) for item in finality__ancestors])
    try:
        buckets: list[Any] = value.buckets
        if type(buckets) is not list or len(buckets) > SNAPSHOT_BUCKETS:
            raise ValueError
        part_4 = _pack_snapshot_head_4(value.entries, len(buckets))
    except Exception:
        explain_unencodable(value, _SNAPSHOT_HEAD_4)
        raise
    tail_4 = write_opaques(buckets, 32, "SnapshotHead.buckets")
    return b"".join((tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3, part_4, tail_4))


_unpack_finality__certificate__header__state_root_in_snapshot_head_0: Final = Struct(">32s").unpack_from


def _read_finality__certificate__header__state_root_in_snapshot_head(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_finality__certificate__header__state_root_in_snapshot_head_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_SNAPSHOT_HEAD_0)
        raise
    return value, offset + 32


_unpack_snapshot_head_1: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_snapshot_head_2: Final = Struct(">I").unpack_from
_unpack_snapshot_head_3: Final = Struct(">I").unpack_from
_unpack_snapshot_head_4: Final = Struct(">QI").unpack_from


def _read_snapshot_head(data: bytes, offset: int) -> tuple[SnapshotHead, int]:
    checkpoint, offset = _read_signed_header(data, offset)
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
        ) = _unpack_snapshot_head_1(data, offset)
        finality__certificate__header__state_root__present = BOOLEANS[
            finality__certificate__header__state_root__present
        ]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SNAPSHOT_HEAD_1)
        raise
    offset += 112
    finality__certificate__header__state_root: Hash | None = None
    if finality__certificate__header__state_root__present:
        finality__certificate__header__state_root, offset = (
            _read_finality__certificate__header__state_root_in_snapshot_head(data, offset)
        )
    try:
        (finality__certificate__signatures__count,) = _unpack_snapshot_head_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _SNAPSHOT_HEAD_2)
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
        (finality__ancestors__count,) = _unpack_snapshot_head_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _SNAPSHOT_HEAD_3)
        raise
    offset += 4
    if finality__ancestors__count > MAX_ANCESTORS or finality__ancestors__count * 112 > len(data) - offset:
        refuse_count(finality__ancestors__count, MAX_ANCESTORS, "Finality.ancestors")
    finality__ancestors = []
    for _ in range(finality__ancestors__count):
        finality__ancestors__item, offset = _read_batch_header(data, offset)
        finality__ancestors.append(finality__ancestors__item)
    try:
        entries, buckets__count = _unpack_snapshot_head_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _SNAPSHOT_HEAD_4)
        raise
    offset += 12
    if buckets__count > SNAPSHOT_BUCKETS or buckets__count * 32 > len(data) - offset:
        refuse_count(buckets__count, SNAPSHOT_BUCKETS, "SnapshotHead.buckets")
    buckets, offset = read_opaques(data, offset, buckets__count, 32)
    return SnapshotHead(
        checkpoint,
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
        entries,
        buckets,
    ), offset


@dataclass(slots=True, init=False)
class SnapshotEntries:
    """The next entries in the order of the state tree.

    XDR::

        struct SnapshotEntries {
            StateEntry entries<MAX_SNAPSHOT_ENTRIES>;
        };
    """

    entries: list[StateEntry]

    def __init__(self, entries: list[StateEntry]) -> None:
        self.entries = entries

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SnapshotEntries, (self.entries,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_snapshot_entries(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SnapshotEntries":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_snapshot_entries(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SnapshotEntries")
        return value


_SNAPSHOT_ENTRIES_0: Fields = (
    ("SnapshotEntries", "", Instance(SnapshotEntries)),
    ("SnapshotEntries.entries", "entries", Items(MAX_SNAPSHOT_ENTRIES)),
)
_pack_snapshot_entries_0: Final = Struct(">I").pack


def _write_snapshot_entries(value: Any) -> bytes:
    try:
        if type(value) is not SnapshotEntries:
            raise ValueError
        entries: list[Any] = value.entries
        if type(entries) is not list or len(entries) > MAX_SNAPSHOT_ENTRIES:
            raise ValueError
        part_0 = _pack_snapshot_entries_0(len(entries))
    except Exception:
        explain_unencodable(value, _SNAPSHOT_ENTRIES_0)
        raise
    try:
        tail_0 = b"".join([_STATE_ENTRY_WRITERS[type(item)](item) for item in entries])
    except KeyError:
        raise UnencodableMessage("wrong type", "StateEntry.type") from None
    return part_0 + tail_0


_unpack_snapshot_entries_0: Final = Struct(">I").unpack_from


def _read_snapshot_entries(data: bytes, offset: int) -> tuple[SnapshotEntries, int]:
    try:
        (entries__count,) = _unpack_snapshot_entries_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SNAPSHOT_ENTRIES_0)
        raise
    offset += 4
    if entries__count > MAX_SNAPSHOT_ENTRIES or entries__count * 40 > len(data) - offset:
        refuse_count(entries__count, MAX_SNAPSHOT_ENTRIES, "SnapshotEntries.entries")
    entries = []
    for _ in range(entries__count):
        try:
            entries__read = _STATE_ENTRY_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _STATE_ENTRY_0)
            raise
        entries__item, offset = entries__read(data, offset + 4)
        entries.append(entries__item)
    return SnapshotEntries(entries), offset


@dataclass(slots=True, init=False)
class Vote:
    """The struct Vote of cluster.x.

    XDR::

        struct Vote {
            unsigned hyper number;
            Hash header;
            Signature signature;
        };
    """

    number: int
    header: Hash
    signature: Signature

    def __init__(self, number: int, header: Hash, signature: Signature) -> None:
        self.number = number
        self.header = header
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Vote, (
            self.number,
            self.header,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_vote(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Vote":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_vote(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Vote")
        return value


_VOTE_0: Fields = (
    ("Vote", "", Instance(Vote)),
    ("Vote.number", "number", UINT64),
    ("Vote.header", "header", Opaque(32)),
    ("Vote.signature", "signature", Opaque(64)),
)
_pack_vote_0: Final = Struct(">Q32s64s").pack


def _write_vote(value: Any) -> bytes:
    try:
        if type(value) is not Vote:
            raise ValueError
        header = value.header
        signature = value.signature
        if len(header) != 32 or len(signature) != 64:
            raise ValueError
        part_0 = _pack_vote_0(value.number, header, signature)
    except Exception:
        explain_unencodable(value, _VOTE_0)
        raise
    return part_0


_unpack_vote_0: Final = Struct(">Q32s64s").unpack_from


def _read_vote(data: bytes, offset: int) -> tuple[Vote, int]:
    try:
        number, header, signature = _unpack_vote_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _VOTE_0)
        raise
    return Vote(number, header, signature), offset + 104


@dataclass(slots=True, init=False)
class ForgottenVote:
    """Alpha shows an auditor a vote of its own that its log does not know of: the log is an old copy.

    XDR::

        struct ForgottenVote {
            BatchHeader header;               // beyond the tip that the auditor has just promised
            Signature signature;              // the auditor's own
        };
    """

    header: BatchHeader
    signature: Signature

    def __init__(self, header: BatchHeader, signature: Signature) -> None:
        self.header = header
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ForgottenVote, (
            self.header,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_forgotten_vote(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ForgottenVote":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_forgotten_vote(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ForgottenVote")
        return value


_FORGOTTEN_VOTE_0: Fields = (
    ("ForgottenVote", "", Instance(ForgottenVote)),
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
_FORGOTTEN_VOTE_1: Fields = (("ForgottenVote.signature", "signature", Opaque(64)),)
_HEADER__STATE_ROOT_IN_FORGOTTEN_VOTE_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_header__state_root_in_forgotten_vote_0: Final = Struct(">i32s").pack


def _write_header__state_root_in_forgotten_vote(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_header__state_root_in_forgotten_vote_0(1, value)
    except Exception:
        explain_unencodable(value, _HEADER__STATE_ROOT_IN_FORGOTTEN_VOTE_0)
        raise
    return part_0


_pack_forgotten_vote_0: Final = Struct(">IQQQQq32s32s").pack
_pack_forgotten_vote_1: Final = Struct(">64s").pack


def _write_forgotten_vote(value: Any) -> bytes:
    try:
        if type(value) is not ForgottenVote:
            raise ValueError
        header = value.header
        header__previous = header.previous
        header__quanta_root = header.quanta_root
        header__state_root = header.state_root
        if type(header) is not BatchHeader or len(header__previous) != 32 or len(header__quanta_root) != 32:
            raise ValueError
        part_0 = _pack_forgotten_vote_0(
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
        explain_unencodable(value, _FORGOTTEN_VOTE_0)
        raise
    tail_0 = ABSENT if header__state_root is None else _write_header__state_root_in_forgotten_vote(header__state_root)
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_forgotten_vote_1(signature)
    except Exception:
        explain_unencodable(value, _FORGOTTEN_VOTE_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_header__state_root_in_forgotten_vote_0: Final = Struct(">32s").unpack_from


def _read_header__state_root_in_forgotten_vote(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_header__state_root_in_forgotten_vote_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HEADER__STATE_ROOT_IN_FORGOTTEN_VOTE_0)
        raise
    return value, offset + 32


_unpack_forgotten_vote_0: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_forgotten_vote_1: Final = Struct(">64s").unpack_from


def _read_forgotten_vote(data: bytes, offset: int) -> tuple[ForgottenVote, int]:
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
        ) = _unpack_forgotten_vote_0(data, offset)
        header__state_root__present = BOOLEANS[header__state_root__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _FORGOTTEN_VOTE_0)
        raise
    offset += 112
    header__state_root: Hash | None = None
    if header__state_root__present:
        header__state_root, offset = _read_header__state_root_in_forgotten_vote(data, offset)
    try:
        (signature,) = _unpack_forgotten_vote_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _FORGOTTEN_VOTE_1)
        raise
    return ForgottenVote(
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
        signature,
    ), offset + 64


@dataclass(slots=True, init=False)
class Verdict:
    """The struct Verdict of cluster.x.

    XDR::

        struct Verdict {
            unsigned hyper number;
            Hash header;
            Code code;
            string reason<256>;
        };
    """

    number: int
    header: Hash
    code: Code
    reason: str

    def __init__(self, number: int, header: Hash, code: Code, reason: str) -> None:
        self.number = number
        self.header = header
        self.code = code
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Verdict, (
            self.number,
            self.header,
            self.code,
            self.reason,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_verdict(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Verdict":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_verdict(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Verdict")
        return value


_VERDICT_0: Fields = (
    ("Verdict", "", Instance(Verdict)),
    ("Verdict.number", "number", UINT64),
    ("Verdict.header", "header", Opaque(32)),
    ("Verdict.code", "code", Enumerated(_CODE_MEMBERS)),
    ("Verdict.reason", "reason", LENGTH),
)
_pack_verdict_0: Final = Struct(">Q32si").pack


def _write_verdict(value: Any) -> bytes:
    try:
        if type(value) is not Verdict:
            raise ValueError
        header = value.header
        code = value.code
        reason = value.reason
        if len(header) != 32 or code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_verdict_0(value.number, header, code)
    except Exception:
        explain_unencodable(value, _VERDICT_0)
        raise
    tail_0 = write_string(reason, 256, "Verdict.reason")
    return part_0 + tail_0


_unpack_verdict_0: Final = Struct(">Q32siI").unpack_from


def _read_verdict(data: bytes, offset: int) -> tuple[Verdict, int]:
    try:
        number, header, code, reason__length = _unpack_verdict_0(data, offset)
        code = _CODE_MEMBERS[code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _VERDICT_0)
        raise
    offset += 48
    reason, offset = read_string(data, offset, reason__length, 256, "Verdict.reason")
    return Verdict(number, header, code, reason), offset


@dataclass(slots=True, init=False)
class SignedVerdict:
    """The auditor refuses a batch and says why, signed.

    XDR::

        struct SignedVerdict {
            Verdict verdict;
            Signature signature;
        };
    """

    verdict: Verdict
    signature: Signature

    def __init__(self, verdict: Verdict, signature: Signature) -> None:
        self.verdict = verdict
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedVerdict, (
            self.verdict,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_verdict(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedVerdict":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_verdict(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedVerdict")
        return value


_SIGNED_VERDICT_0: Fields = (
    ("SignedVerdict", "", Instance(SignedVerdict)),
    ("Verdict", "verdict", Instance(Verdict)),
    ("Verdict.number", "verdict.number", UINT64),
    ("Verdict.header", "verdict.header", Opaque(32)),
    ("Verdict.code", "verdict.code", Enumerated(_CODE_MEMBERS)),
    ("Verdict.reason", "verdict.reason", LENGTH),
)
_SIGNED_VERDICT_1: Fields = (("SignedVerdict.signature", "signature", Opaque(64)),)
_pack_signed_verdict_0: Final = Struct(">Q32si").pack
_pack_signed_verdict_1: Final = Struct(">64s").pack


def _write_signed_verdict(value: Any) -> bytes:
    try:
        if type(value) is not SignedVerdict:
            raise ValueError
        verdict = value.verdict
        verdict__header = verdict.header
        verdict__code = verdict.code
        verdict__reason = verdict.reason
        if type(verdict) is not Verdict or len(verdict__header) != 32 or verdict__code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_signed_verdict_0(verdict.number, verdict__header, verdict__code)
    except Exception:
        explain_unencodable(value, _SIGNED_VERDICT_0)
        raise
    tail_0 = write_string(verdict__reason, 256, "Verdict.reason")
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_signed_verdict_1(signature)
    except Exception:
        explain_unencodable(value, _SIGNED_VERDICT_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_signed_verdict_0: Final = Struct(">Q32siI").unpack_from
_unpack_signed_verdict_1: Final = Struct(">64s").unpack_from


def _read_signed_verdict(data: bytes, offset: int) -> tuple[SignedVerdict, int]:
    try:
        verdict__number, verdict__header, verdict__code, verdict__reason__length = _unpack_signed_verdict_0(
            data, offset
        )
        verdict__code = _CODE_MEMBERS[verdict__code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_VERDICT_0)
        raise
    offset += 48
    verdict__reason, offset = read_string(data, offset, verdict__reason__length, 256, "Verdict.reason")
    try:
        (signature,) = _unpack_signed_verdict_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_VERDICT_1)
        raise
    return SignedVerdict(
        Verdict(verdict__number, verdict__header, verdict__code, verdict__reason), signature
    ), offset + 64


@dataclass(slots=True, init=False)
class SignedLedgerReport:
    """The struct SignedLedgerReport of cluster.x.

    XDR::

        struct SignedLedgerReport {
            LedgerReport report;
            Signature signature;
        };
    """

    report: LedgerReport
    signature: Signature

    def __init__(self, report: LedgerReport, signature: Signature) -> None:
        self.report = report
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedLedgerReport, (
            self.report,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_ledger_report(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedLedgerReport":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_ledger_report(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedLedgerReport")
        return value


_SIGNED_LEDGER_REPORT_0: Fields = (
    ("SignedLedgerReport", "", Instance(SignedLedgerReport)),
    ("LedgerReport", "report", Instance(LedgerReport)),
    ("LedgerReport.previous", "report.previous", UINT64),
    ("LedgerReport.cursor", "report.cursor", UINT64),
    ("LedgerReport.closed_at_s", "report.closed_at_s", INT64),
    ("LedgerReport.events", "report.events", Items(MAX_LEDGER_EVENTS)),
)
_SIGNED_LEDGER_REPORT_1: Fields = (("SignedLedgerReport.signature", "signature", Opaque(64)),)
_pack_signed_ledger_report_0: Final = Struct(">QQqI").pack
_pack_signed_ledger_report_1: Final = Struct(">64s").pack


def _write_signed_ledger_report(value: Any) -> bytes:
    try:
        if type(value) is not SignedLedgerReport:
            raise ValueError
        report = value.report
        report__events: list[Any] = report.events
        if (
            type(report) is not LedgerReport
            or type(report__events) is not list
            or len(report__events) > MAX_LEDGER_EVENTS
        ):
            raise ValueError
        part_0 = _pack_signed_ledger_report_0(report.previous, report.cursor, report.closed_at_s, len(report__events))
    except Exception:
        explain_unencodable(value, _SIGNED_LEDGER_REPORT_0)
        raise
    try:
        tail_0 = b"".join([_LEDGER_EVENT_WRITERS[type(item)](item) for item in report__events])
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerEvent.type") from None
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_signed_ledger_report_1(signature)
    except Exception:
        explain_unencodable(value, _SIGNED_LEDGER_REPORT_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_signed_ledger_report_0: Final = Struct(">QQqI").unpack_from
_unpack_signed_ledger_report_1: Final = Struct(">64s").unpack_from


def _read_signed_ledger_report(data: bytes, offset: int) -> tuple[SignedLedgerReport, int]:
    try:
        report__previous, report__cursor, report__closed_at_s, report__events__count = _unpack_signed_ledger_report_0(
            data, offset
        )
    except StructError:
        explain_malformed(data, offset, _SIGNED_LEDGER_REPORT_0)
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
        (signature,) = _unpack_signed_ledger_report_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_LEDGER_REPORT_1)
        raise
    return SignedLedgerReport(
        LedgerReport(report__previous, report__cursor, report__closed_at_s, report__events), signature
    ), offset + 64


@dataclass(slots=True, init=False)
class WithdrawalSignature:
    """A signature over the Stellar transaction that pays a withdrawal.

    XDR::

        struct WithdrawalSignature {
            Hash transaction;
            Signature signature;
        };
    """

    transaction: Hash
    signature: Signature

    def __init__(self, transaction: Hash, signature: Signature) -> None:
        self.transaction = transaction
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalSignature, (
            self.transaction,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_signature(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalSignature":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_signature(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalSignature")
        return value


_WITHDRAWAL_SIGNATURE_0: Fields = (
    ("WithdrawalSignature", "", Instance(WithdrawalSignature)),
    ("WithdrawalSignature.transaction", "transaction", Opaque(32)),
    ("WithdrawalSignature.signature", "signature", Opaque(64)),
)
_pack_withdrawal_signature_0: Final = Struct(">32s64s").pack


def _write_withdrawal_signature(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalSignature:
            raise ValueError
        transaction = value.transaction
        signature = value.signature
        if len(transaction) != 32 or len(signature) != 64:
            raise ValueError
        part_0 = _pack_withdrawal_signature_0(transaction, signature)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_SIGNATURE_0)
        raise
    return part_0


_unpack_withdrawal_signature_0: Final = Struct(">32s64s").unpack_from


def _read_withdrawal_signature(data: bytes, offset: int) -> tuple[WithdrawalSignature, int]:
    try:
        transaction, signature = _unpack_withdrawal_signature_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WITHDRAWAL_SIGNATURE_0)
        raise
    return WithdrawalSignature(transaction, signature), offset + 96


class ClusterMessageType(IntEnum):
    """The enum ClusterMessageType of cluster.x.

    XDR::

        enum ClusterMessageType {
            CLUSTER_HELLO = 0,
            CLUSTER_HELLO_REPLY = 1,
            CLUSTER_HELLO_PROOF = 2,
            EPOCH_PROPOSAL = 3,
            EPOCH_PROMISE = 4,
            EPOCH_OPENING = 5,
            BATCH_REQUEST = 6,
            BATCH = 7,
            VOTE = 8,
            VERDICT = 9,
            CERTIFICATE = 10,
            LEDGER_REPORT = 11,
            WITHDRAWAL_SIGNATURE = 12,
            CLUSTER_CLOSING = 13,
            STREAM_START = 14,
            SNAPSHOT_HEAD = 15,
            SNAPSHOT_ENTRIES = 16,
            PROPOSAL = 17,
            FORGOTTEN_VOTE = 18,
            FORWARDED_REQUEST = 19            // from an auditor: an account has asked it to pass its request on
        };
    """

    CLUSTER_HELLO = 0
    CLUSTER_HELLO_REPLY = 1
    CLUSTER_HELLO_PROOF = 2
    EPOCH_PROPOSAL = 3
    EPOCH_PROMISE = 4
    EPOCH_OPENING = 5
    BATCH_REQUEST = 6
    BATCH = 7
    VOTE = 8
    VERDICT = 9
    CERTIFICATE = 10
    LEDGER_REPORT = 11
    WITHDRAWAL_SIGNATURE = 12
    CLUSTER_CLOSING = 13
    STREAM_START = 14
    SNAPSHOT_HEAD = 15
    SNAPSHOT_ENTRIES = 16
    PROPOSAL = 17
    FORGOTTEN_VOTE = 18
    FORWARDED_REQUEST = 19


_CLUSTER_MESSAGE_TYPE_MEMBERS: Final[dict[int, ClusterMessageType]] = {
    member.value: member for member in ClusterMessageType
}


ClusterMessage = (
    Hello
    | HelloReply
    | HelloProof
    | EpochProposal
    | SignedPromise
    | EpochOpening
    | BatchRequest
    | Batch
    | Vote
    | SignedVerdict
    | Certificate
    | SignedLedgerReport
    | WithdrawalSignature
    | Closing
    | StreamStart
    | SnapshotHead
    | SnapshotEntries
    | SignedProposal
    | ForgottenVote
    | SignedRequest
)

_ACCOUNT_IN_HELLO_AS_CLUSTER_MESSAGE_0: Fields = (("Hello.account", "", Opaque(32)),)
_pack_account_in_hello_as_cluster_message_0: Final = Struct(">i32s").pack


def _write_account_in_hello_as_cluster_message(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_account_in_hello_as_cluster_message_0(1, value)
    except Exception:
        explain_unencodable(value, _ACCOUNT_IN_HELLO_AS_CLUSTER_MESSAGE_0)
        raise
    return part_0


_pack_hello_as_cluster_message_0: Final = Struct(">iII32si32s").pack
_pack_hello_as_cluster_message_1: Final = Struct(">32s").pack


def _write_hello_as_cluster_message(value: Hello) -> bytes:
    try:
        constellation = value.constellation
        role = value.role
        key = value.key
        account = value.account
        if len(constellation) != 32 or role not in _ROLE_MEMBERS or len(key) != 32:
            raise ValueError
        part_0 = _pack_hello_as_cluster_message_0(0, value.version, value.oldest_version, constellation, role, key)
    except Exception:
        explain_unencodable(value, _HELLO_0)
        raise
    tail_0 = ABSENT if account is None else _write_account_in_hello_as_cluster_message(account)
    try:
        challenge = value.challenge
        if len(challenge) != 32:
            raise ValueError
        part_1 = _pack_hello_as_cluster_message_1(challenge)
    except Exception:
        explain_unencodable(value, _HELLO_1)
        raise
    return part_0 + tail_0 + part_1


_pack_hello_reply_as_cluster_message_0: Final = Struct(">iI32s32sI").pack
_pack_hello_reply_as_cluster_message_1: Final = Struct(">64s").pack


def _write_hello_reply_as_cluster_message(value: HelloReply) -> bytes:
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
        part_0 = _pack_hello_reply_as_cluster_message_0(1, value.version, key, challenge, len(appointments))
    except Exception:
        explain_unencodable(value, _HELLO_REPLY_0)
        raise
    tail_0 = b"".join([_write_signed_appointment(item) for item in appointments])
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_hello_reply_as_cluster_message_1(signature)
    except Exception:
        explain_unencodable(value, _HELLO_REPLY_1)
        raise
    return part_0 + tail_0 + part_1


_pack_hello_proof_as_cluster_message_0: Final = Struct(">i64s").pack


def _write_hello_proof_as_cluster_message(value: HelloProof) -> bytes:
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_0 = _pack_hello_proof_as_cluster_message_0(2, signature)
    except Exception:
        explain_unencodable(value, _HELLO_PROOF_0)
        raise
    return part_0


_pack_epoch_proposal_as_cluster_message_0: Final = Struct(">iQ").pack


def _write_epoch_proposal_as_cluster_message(value: EpochProposal) -> bytes:
    try:
        part_0 = _pack_epoch_proposal_as_cluster_message_0(3, value.epoch)
    except Exception:
        explain_unencodable(value, _EPOCH_PROPOSAL_0)
        raise
    return part_0


_pack_epoch_promise_as_cluster_message_0: Final = Struct(">iQ32s32s32sI").pack
_pack_epoch_promise_as_cluster_message_2: Final = Struct(">32s64s").pack


def _write_epoch_promise_as_cluster_message(value: SignedPromise) -> bytes:
    try:
        promise = value.promise
        promise__alpha = promise.alpha
        promise__appointments = promise.appointments
        promise__log = promise.log
        promise__recovering = promise.recovering
        promise__tip = promise.tip
        if (
            type(promise) is not Promise
            or len(promise__alpha) != 32
            or len(promise__appointments) != 32
            or len(promise__log) != 32
            or (promise__recovering is not True and promise__recovering is not False)
        ):
            raise ValueError
        part_0 = _pack_epoch_promise_as_cluster_message_0(
            4, promise.epoch, promise__alpha, promise__appointments, promise__log, promise__recovering
        )
    except Exception:
        explain_unencodable(value, _SIGNED_PROMISE_0)
        raise
    tail_0 = ABSENT if promise__tip is None else PRESENT + _write_signed_header(promise__tip)
    try:
        promise__certificate = promise.certificate
    except Exception:
        explain_unencodable(value, _SIGNED_PROMISE_1)
        raise
    tail_1 = ABSENT if promise__certificate is None else PRESENT + _write_certificate(promise__certificate)
    try:
        auditor = value.auditor
        signature = value.signature
        if len(auditor) != 32 or len(signature) != 64:
            raise ValueError
        part_2 = _pack_epoch_promise_as_cluster_message_2(auditor, signature)
    except Exception:
        explain_unencodable(value, _SIGNED_PROMISE_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_pack_epoch_opening_as_cluster_message_0: Final = Struct(">iQQ32sI").pack


def _write_epoch_opening_as_cluster_message(value: EpochOpening) -> bytes:
    try:
        base = value.base
        promises: list[Any] = value.promises
        if len(base) != 32 or type(promises) is not list or len(promises) > MAX_AUDITORS:
            raise ValueError
        part_0 = _pack_epoch_opening_as_cluster_message_0(5, value.epoch, value.base_number, base, len(promises))
    except Exception:
        explain_unencodable(value, _EPOCH_OPENING_0)
        raise
    tail_0 = b"".join([_write_signed_promise(item) for item in promises])
    return part_0 + tail_0


_pack_batch_request_as_cluster_message_0: Final = Struct(">iQQ").pack


def _write_batch_request_as_cluster_message(value: BatchRequest) -> bytes:
    try:
        part_0 = _pack_batch_request_as_cluster_message_0(6, value.first, value.last)
    except Exception:
        explain_unencodable(value, _BATCH_REQUEST_0)
        raise
    return part_0


_pack_batch_as_cluster_message_1: Final = Struct(">I").pack


def _write_batch_as_cluster_message(value: Batch) -> bytes:
    try:
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _BATCH_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        quanta: list[Any] = value.quanta
        if type(quanta) is not list or len(quanta) > MAX_BATCH_QUANTA:
            raise ValueError
        part_1 = _pack_batch_as_cluster_message_1(len(quanta))
    except Exception:
        explain_unencodable(value, _BATCH_1)
        raise
    tail_1 = b"".join([_write_quantum(item) for item in quanta])
    return b"".join((b"\x00\x00\x00\x07", tail_0, part_1, tail_1))


_pack_vote_as_cluster_message_0: Final = Struct(">iQ32s64s").pack


def _write_vote_as_cluster_message(value: Vote) -> bytes:
    try:
        header = value.header
        signature = value.signature
        if len(header) != 32 or len(signature) != 64:
            raise ValueError
        part_0 = _pack_vote_as_cluster_message_0(8, value.number, header, signature)
    except Exception:
        explain_unencodable(value, _VOTE_0)
        raise
    return part_0


_pack_verdict_as_cluster_message_0: Final = Struct(">iQ32si").pack
_pack_verdict_as_cluster_message_1: Final = Struct(">64s").pack


def _write_verdict_as_cluster_message(value: SignedVerdict) -> bytes:
    try:
        verdict = value.verdict
        verdict__header = verdict.header
        verdict__code = verdict.code
        verdict__reason = verdict.reason
        if type(verdict) is not Verdict or len(verdict__header) != 32 or verdict__code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_verdict_as_cluster_message_0(9, verdict.number, verdict__header, verdict__code)
    except Exception:
        explain_unencodable(value, _SIGNED_VERDICT_0)
        raise
    tail_0 = write_string(verdict__reason, 256, "Verdict.reason")
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_verdict_as_cluster_message_1(signature)
    except Exception:
        explain_unencodable(value, _SIGNED_VERDICT_1)
        raise
    return part_0 + tail_0 + part_1


_HEADER__STATE_ROOT_IN_CERTIFICATE_AS_CLUSTER_MESSAGE_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_header__state_root_in_certificate_as_cluster_message_0: Final = Struct(">i32s").pack


def _write_header__state_root_in_certificate_as_cluster_message(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_header__state_root_in_certificate_as_cluster_message_0(1, value)
    except Exception:
        explain_unencodable(value, _HEADER__STATE_ROOT_IN_CERTIFICATE_AS_CLUSTER_MESSAGE_0)
        raise
    return part_0


_pack_certificate_as_cluster_message_0: Final = Struct(">iIQQQQq32s32s").pack
_pack_certificate_as_cluster_message_1: Final = Struct(">I").pack


def _write_certificate_as_cluster_message(value: Certificate) -> bytes:
    try:
        header = value.header
        header__previous = header.previous
        header__quanta_root = header.quanta_root
        header__state_root = header.state_root
        if type(header) is not BatchHeader or len(header__previous) != 32 or len(header__quanta_root) != 32:
            raise ValueError
        part_0 = _pack_certificate_as_cluster_message_0(
            10,
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
    tail_0 = (
        ABSENT
        if header__state_root is None
        else _write_header__state_root_in_certificate_as_cluster_message(header__state_root)
    )
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_certificate_as_cluster_message_1(len(signatures))
    except Exception:
        explain_unencodable(value, _CERTIFICATE_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_ledger_report_as_cluster_message_0: Final = Struct(">iQQqI").pack
_pack_ledger_report_as_cluster_message_1: Final = Struct(">64s").pack


def _write_ledger_report_as_cluster_message(value: SignedLedgerReport) -> bytes:
    try:
        report = value.report
        report__events: list[Any] = report.events
        if (
            type(report) is not LedgerReport
            or type(report__events) is not list
            or len(report__events) > MAX_LEDGER_EVENTS
        ):
            raise ValueError
        part_0 = _pack_ledger_report_as_cluster_message_0(
            11, report.previous, report.cursor, report.closed_at_s, len(report__events)
        )
    except Exception:
        explain_unencodable(value, _SIGNED_LEDGER_REPORT_0)
        raise
    try:
        tail_0 = b"".join([_LEDGER_EVENT_WRITERS[type(item)](item) for item in report__events])
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerEvent.type") from None
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_ledger_report_as_cluster_message_1(signature)
    except Exception:
        explain_unencodable(value, _SIGNED_LEDGER_REPORT_1)
        raise
    return part_0 + tail_0 + part_1


_pack_withdrawal_signature_as_cluster_message_0: Final = Struct(">i32s64s").pack


def _write_withdrawal_signature_as_cluster_message(value: WithdrawalSignature) -> bytes:
    try:
        transaction = value.transaction
        signature = value.signature
        if len(transaction) != 32 or len(signature) != 64:
            raise ValueError
        part_0 = _pack_withdrawal_signature_as_cluster_message_0(12, transaction, signature)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_SIGNATURE_0)
        raise
    return part_0


_pack_closing_as_cluster_message_0: Final = Struct(">ii").pack


def _write_closing_as_cluster_message(value: Closing) -> bytes:
    try:
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_closing_as_cluster_message_0(13, code)
    except Exception:
        explain_unencodable(value, _CLOSING_0)
        raise
    tail_0 = write_string(message, 256, "Closing.message")
    return part_0 + tail_0


_pack_stream_start_as_cluster_message_0: Final = Struct(">iQQ").pack


def _write_stream_start_as_cluster_message(value: StreamStart) -> bytes:
    try:
        part_0 = _pack_stream_start_as_cluster_message_0(14, value.number, value.tip)
    except Exception:
        explain_unencodable(value, _STREAM_START_0)
        raise
    return part_0


def _write_snapshot_head_as_cluster_message(value: Any) -> bytes:
    return b"\x00\x00\x00\x0f" + _write_snapshot_head(value)


_pack_snapshot_entries_as_cluster_message_0: Final = Struct(">iI").pack


def _write_snapshot_entries_as_cluster_message(value: SnapshotEntries) -> bytes:
    try:
        entries: list[Any] = value.entries
        if type(entries) is not list or len(entries) > MAX_SNAPSHOT_ENTRIES:
            raise ValueError
        part_0 = _pack_snapshot_entries_as_cluster_message_0(16, len(entries))
    except Exception:
        explain_unencodable(value, _SNAPSHOT_ENTRIES_0)
        raise
    try:
        tail_0 = b"".join([_STATE_ENTRY_WRITERS[type(item)](item) for item in entries])
    except KeyError:
        raise UnencodableMessage("wrong type", "StateEntry.type") from None
    return part_0 + tail_0


_pack_proposal_as_cluster_message_0: Final = Struct(">iq").pack
_pack_proposal_as_cluster_message_1: Final = Struct(">32s64s").pack


def _write_proposal_as_cluster_message(value: SignedProposal) -> bytes:
    try:
        proposal = value.proposal
        proposal__decision = proposal.decision
        if type(proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_proposal_as_cluster_message_0(17, proposal.valid_until)
    except Exception:
        explain_unencodable(value, _SIGNED_PROPOSAL_0)
        raise
    try:
        write = _DECISION_WRITERS[type(proposal__decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(proposal__decision)
    try:
        auditor = value.auditor
        signature = value.signature
        if len(auditor) != 32 or len(signature) != 64:
            raise ValueError
        part_1 = _pack_proposal_as_cluster_message_1(auditor, signature)
    except Exception:
        explain_unencodable(value, _SIGNED_PROPOSAL_1)
        raise
    return part_0 + tail_0 + part_1


_HEADER__STATE_ROOT_IN_FORGOTTEN_VOTE_AS_CLUSTER_MESSAGE_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_header__state_root_in_forgotten_vote_as_cluster_message_0: Final = Struct(">i32s").pack


def _write_header__state_root_in_forgotten_vote_as_cluster_message(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_header__state_root_in_forgotten_vote_as_cluster_message_0(1, value)
    except Exception:
        explain_unencodable(value, _HEADER__STATE_ROOT_IN_FORGOTTEN_VOTE_AS_CLUSTER_MESSAGE_0)
        raise
    return part_0


_pack_forgotten_vote_as_cluster_message_0: Final = Struct(">iIQQQQq32s32s").pack
_pack_forgotten_vote_as_cluster_message_1: Final = Struct(">64s").pack


def _write_forgotten_vote_as_cluster_message(value: ForgottenVote) -> bytes:
    try:
        header = value.header
        header__previous = header.previous
        header__quanta_root = header.quanta_root
        header__state_root = header.state_root
        if type(header) is not BatchHeader or len(header__previous) != 32 or len(header__quanta_root) != 32:
            raise ValueError
        part_0 = _pack_forgotten_vote_as_cluster_message_0(
            18,
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
        explain_unencodable(value, _FORGOTTEN_VOTE_0)
        raise
    tail_0 = (
        ABSENT
        if header__state_root is None
        else _write_header__state_root_in_forgotten_vote_as_cluster_message(header__state_root)
    )
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_forgotten_vote_as_cluster_message_1(signature)
    except Exception:
        explain_unencodable(value, _FORGOTTEN_VOTE_1)
        raise
    return part_0 + tail_0 + part_1


def _write_forwarded_request_as_cluster_message(value: Any) -> bytes:
    return b"\x00\x00\x00\x13" + _write_signed_request(value)


_CLUSTER_MESSAGE_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Hello: _write_hello_as_cluster_message,
    HelloReply: _write_hello_reply_as_cluster_message,
    HelloProof: _write_hello_proof_as_cluster_message,
    EpochProposal: _write_epoch_proposal_as_cluster_message,
    SignedPromise: _write_epoch_promise_as_cluster_message,
    EpochOpening: _write_epoch_opening_as_cluster_message,
    BatchRequest: _write_batch_request_as_cluster_message,
    Batch: _write_batch_as_cluster_message,
    Vote: _write_vote_as_cluster_message,
    SignedVerdict: _write_verdict_as_cluster_message,
    Certificate: _write_certificate_as_cluster_message,
    SignedLedgerReport: _write_ledger_report_as_cluster_message,
    WithdrawalSignature: _write_withdrawal_signature_as_cluster_message,
    Closing: _write_closing_as_cluster_message,
    StreamStart: _write_stream_start_as_cluster_message,
    SnapshotHead: _write_snapshot_head_as_cluster_message,
    SnapshotEntries: _write_snapshot_entries_as_cluster_message,
    SignedProposal: _write_proposal_as_cluster_message,
    ForgottenVote: _write_forgotten_vote_as_cluster_message,
    SignedRequest: _write_forwarded_request_as_cluster_message,
}

_CLUSTER_MESSAGE_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[ClusterMessage, int]]]] = {
    b"\x00\x00\x00\x00": _read_hello,
    b"\x00\x00\x00\x01": _read_hello_reply,
    b"\x00\x00\x00\x02": _read_hello_proof,
    b"\x00\x00\x00\x03": _read_epoch_proposal,
    b"\x00\x00\x00\x04": _read_signed_promise,
    b"\x00\x00\x00\x05": _read_epoch_opening,
    b"\x00\x00\x00\x06": _read_batch_request,
    b"\x00\x00\x00\x07": _read_batch,
    b"\x00\x00\x00\x08": _read_vote,
    b"\x00\x00\x00\t": _read_signed_verdict,
    b"\x00\x00\x00\n": _read_certificate,
    b"\x00\x00\x00\x0b": _read_signed_ledger_report,
    b"\x00\x00\x00\x0c": _read_withdrawal_signature,
    b"\x00\x00\x00\r": _read_closing,
    b"\x00\x00\x00\x0e": _read_stream_start,
    b"\x00\x00\x00\x0f": _read_snapshot_head,
    b"\x00\x00\x00\x10": _read_snapshot_entries,
    b"\x00\x00\x00\x11": _read_signed_proposal,
    b"\x00\x00\x00\x12": _read_forgotten_vote,
    b"\x00\x00\x00\x13": _read_signed_request,
}
_CLUSTER_MESSAGE_DISCRIMINANT = Discriminant(_CLUSTER_MESSAGE_TYPE_MEMBERS, _CLUSTER_MESSAGE_READERS)
_CLUSTER_MESSAGE_0: Fields = (("ClusterMessage.type", "", _CLUSTER_MESSAGE_DISCRIMINANT),)


def _read_cluster_message(data: bytes, offset: int) -> tuple[ClusterMessage, int]:
    try:
        read = _CLUSTER_MESSAGE_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _CLUSTER_MESSAGE_0)
        raise
    return read(data, offset + 4)


def encode_cluster_message(value: ClusterMessage) -> bytes:
    """Encodes a value of the union ClusterMessage by its class."""
    try:
        write = _CLUSTER_MESSAGE_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ClusterMessage.type") from None
    return write(value)


def decode_cluster_message(data: bytes) -> ClusterMessage:
    """Decodes bytes that are one ClusterMessage and nothing else."""
    value, offset = _read_cluster_message(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "ClusterMessage")
    return value
