"""Messages of workers.x.

Generated from xdr/workers.x by tools/xdr_generator.py; do not edit.

Between alpha's sequencer and its gateway workers: processes of one program on one machine, over a socket pair.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.client import (
    _CLIENT_MESSAGE_DISCRIMINANT,
    _CLIENT_MESSAGE_READERS,
    _CLIENT_MESSAGE_WRITERS,
    ClientMessage,
)
from constellation.protocol.messages.codes import _CODE_MEMBERS, Code
from constellation.protocol.messages.common import Apex, Hash, Key, MerkleProof
from constellation.protocol.messages.effects import EffectGroup, _read_effect_group, _write_effect_group
from constellation.protocol.messages.quanta import (
    MAX_BATCH_QUANTA,
    QuantumLeaf,
    SignedHeader,
    _read_quantum_leaf,
    _read_signed_header,
    _write_quantum_leaf,
    _write_signed_header,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEAN,
    BOOLEANS,
    ELSEWHERE,
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

MAX_ANSWER_FRAMES: Final = 8192

MAX_ADDRESS_BYTES: Final = 64

MAX_FIGURES_BYTES: Final = 1048576

MAX_FRAME_BYTES: Final = 8388608

MAX_WORKER_EVENTS: Final = 10000

# an encoded ClientMessage
Frame = bytes


@dataclass(slots=True, init=False)
class SessionProven:
    """A client has proven its key and waits for its welcome.

    XDR::

        struct SessionProven {
            unsigned hyper session;           // never used twice by a worker
            Key account;
            Key *signer;                      // as in a request
            string address<MAX_ADDRESS_BYTES>;
        };
    """

    session: int
    account: Key
    signer: Key | None
    address: str

    def __init__(self, session: int, account: Key, signer: Key | None, address: str) -> None:
        self.session = session
        self.account = account
        self.signer = signer
        self.address = address

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionProven, (
            self.session,
            self.account,
            self.signer,
            self.address,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_session_proven(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionProven":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_session_proven(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionProven")
        return value


_SESSION_PROVEN_0: Fields = (
    ("SessionProven", "", Instance(SessionProven)),
    ("SessionProven.session", "session", UINT64),
    ("SessionProven.account", "account", Opaque(32)),
    ("SessionProven.signer", "signer", PRESENCE),
)
_SESSION_PROVEN_1: Fields = (("SessionProven.address", "address", LENGTH),)
_SIGNER_IN_SESSION_PROVEN_0: Fields = (("SessionProven.signer", "", Opaque(32)),)
_pack_signer_in_session_proven_0: Final = Struct(">i32s").pack


def _write_signer_in_session_proven(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_signer_in_session_proven_0(1, value)
    except Exception:
        explain_unencodable(value, _SIGNER_IN_SESSION_PROVEN_0)
        raise
    return part_0


_pack_session_proven_0: Final = Struct(">Q32s").pack


def _write_session_proven(value: Any) -> bytes:
    try:
        if type(value) is not SessionProven:
            raise ValueError
        account = value.account
        signer = value.signer
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_session_proven_0(value.session, account)
    except Exception:
        explain_unencodable(value, _SESSION_PROVEN_0)
        raise
    tail_0 = ABSENT if signer is None else _write_signer_in_session_proven(signer)
    try:
        address = value.address
    except Exception:
        explain_unencodable(value, _SESSION_PROVEN_1)
        raise
    tail_1 = write_string(address, MAX_ADDRESS_BYTES, "SessionProven.address")
    return part_0 + tail_0 + tail_1


_unpack_signer_in_session_proven_0: Final = Struct(">32s").unpack_from


def _read_signer_in_session_proven(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_signer_in_session_proven_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNER_IN_SESSION_PROVEN_0)
        raise
    return value, offset + 32


_unpack_session_proven_0: Final = Struct(">Q32sI").unpack_from
_unpack_session_proven_1: Final = Struct(">I").unpack_from


def _read_session_proven(data: bytes, offset: int) -> tuple[SessionProven, int]:
    try:
        session, account, signer__present = _unpack_session_proven_0(data, offset)
        signer__present = BOOLEANS[signer__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SESSION_PROVEN_0)
        raise
    offset += 44
    signer: Key | None = None
    if signer__present:
        signer, offset = _read_signer_in_session_proven(data, offset)
    try:
        (address__length,) = _unpack_session_proven_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSION_PROVEN_1)
        raise
    offset += 4
    address, offset = read_string(data, offset, address__length, MAX_ADDRESS_BYTES, "SessionProven.address")
    return SessionProven(session, account, signer, address), offset


@dataclass(slots=True, init=False)
class SessionEnded:
    """The struct SessionEnded of workers.x.

    XDR::

        struct SessionEnded {
            unsigned hyper session;
        };
    """

    session: int

    def __init__(self, session: int) -> None:
        self.session = session

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionEnded, (self.session,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_session_ended(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionEnded":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_session_ended(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionEnded")
        return value


_SESSION_ENDED_0: Fields = (
    ("SessionEnded", "", Instance(SessionEnded)),
    ("SessionEnded.session", "session", UINT64),
)
_pack_session_ended_0: Final = Struct(">Q").pack


def _write_session_ended(value: Any) -> bytes:
    try:
        if type(value) is not SessionEnded:
            raise ValueError
        part_0 = _pack_session_ended_0(value.session)
    except Exception:
        explain_unencodable(value, _SESSION_ENDED_0)
        raise
    return part_0


_unpack_session_ended_0: Final = Struct(">Q").unpack_from


def _read_session_ended(data: bytes, offset: int) -> tuple[SessionEnded, int]:
    try:
        (session,) = _unpack_session_ended_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSION_ENDED_0)
        raise
    return SessionEnded(session), offset + 8


@dataclass(slots=True, init=False)
class SessionAsked:
    """A message of an open session, of a kind that is answered. The signature of a request fits, and it is for the
    session's account, or appoints the session's key.

    XDR::

        struct SessionAsked {
            unsigned hyper session;
            unsigned hyper slot;              // the place of its answer among those of the session
            ClientMessage message;
        };
    """

    session: int
    slot: int
    message: ClientMessage

    def __init__(self, session: int, slot: int, message: ClientMessage) -> None:
        self.session = session
        self.slot = slot
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionAsked, (
            self.session,
            self.slot,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_session_asked(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionAsked":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_session_asked(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionAsked")
        return value


_SESSION_ASKED_0: Fields = (
    ("SessionAsked", "", Instance(SessionAsked)),
    ("SessionAsked.session", "session", UINT64),
    ("SessionAsked.slot", "slot", UINT64),
    ("ClientMessage.type", "message", _CLIENT_MESSAGE_DISCRIMINANT),
)
_pack_session_asked_0: Final = Struct(">QQ").pack


def _write_session_asked(value: Any) -> bytes:
    try:
        if type(value) is not SessionAsked:
            raise ValueError
        message = value.message
        part_0 = _pack_session_asked_0(value.session, value.slot)
    except Exception:
        explain_unencodable(value, _SESSION_ASKED_0)
        raise
    try:
        write = _CLIENT_MESSAGE_WRITERS[type(message)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ClientMessage.type") from None
    tail_0 = write(message)
    return part_0 + tail_0


_unpack_session_asked_0: Final = Struct(">QQ4s").unpack_from


def _read_session_asked(data: bytes, offset: int) -> tuple[SessionAsked, int]:
    try:
        session, slot, message__read = _unpack_session_asked_0(data, offset)
        message__read = _CLIENT_MESSAGE_READERS[message__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SESSION_ASKED_0)
        raise
    offset += 20
    message, offset = message__read(data, offset)
    return SessionAsked(session, slot, message), offset


@dataclass(slots=True, init=False)
class WorkerFigures:
    """What the worker's counters and gauges show: said when it is ready, and again and again.

    XDR::

        struct WorkerFigures {
            opaque samples<MAX_FIGURES_BYTES>;    // JSON
        };
    """

    samples: bytes

    def __init__(self, samples: bytes) -> None:
        self.samples = samples

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WorkerFigures, (self.samples,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_worker_figures(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WorkerFigures":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_worker_figures(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WorkerFigures")
        return value


_WORKER_FIGURES_0: Fields = (
    ("WorkerFigures", "", Instance(WorkerFigures)),
    ("WorkerFigures.samples", "samples", LENGTH),
)


def _write_worker_figures(value: Any) -> bytes:
    try:
        if type(value) is not WorkerFigures:
            raise ValueError
        samples = value.samples
    except Exception:
        explain_unencodable(value, _WORKER_FIGURES_0)
        raise
    tail_0 = write_opaque(samples, MAX_FIGURES_BYTES, "WorkerFigures.samples")
    return tail_0


_unpack_worker_figures_0: Final = Struct(">I").unpack_from


def _read_worker_figures(data: bytes, offset: int) -> tuple[WorkerFigures, int]:
    try:
        (samples__length,) = _unpack_worker_figures_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WORKER_FIGURES_0)
        raise
    offset += 4
    samples, offset = read_opaque(data, offset, samples__length, MAX_FIGURES_BYTES, "WorkerFigures.samples")
    return WorkerFigures(samples), offset


class WorkerMessageType(IntEnum):
    """The enum WorkerMessageType of workers.x.

    XDR::

        enum WorkerMessageType {
            SESSION_PROVEN = 0,
            SESSION_ENDED = 1,
            SESSION_ASKED = 2,
            WORKER_FIGURES = 3
        };
    """

    SESSION_PROVEN = 0
    SESSION_ENDED = 1
    SESSION_ASKED = 2
    WORKER_FIGURES = 3


_WORKER_MESSAGE_TYPE_MEMBERS: Final[dict[int, WorkerMessageType]] = {
    member.value: member for member in WorkerMessageType
}


WorkerMessage = SessionProven | SessionEnded | SessionAsked | WorkerFigures

_SIGNER_IN_PROVEN_AS_WORKER_MESSAGE_0: Fields = (("SessionProven.signer", "", Opaque(32)),)
_pack_signer_in_proven_as_worker_message_0: Final = Struct(">i32s").pack


def _write_signer_in_proven_as_worker_message(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_signer_in_proven_as_worker_message_0(1, value)
    except Exception:
        explain_unencodable(value, _SIGNER_IN_PROVEN_AS_WORKER_MESSAGE_0)
        raise
    return part_0


_pack_proven_as_worker_message_0: Final = Struct(">iQ32s").pack


def _write_proven_as_worker_message(value: SessionProven) -> bytes:
    try:
        account = value.account
        signer = value.signer
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_proven_as_worker_message_0(0, value.session, account)
    except Exception:
        explain_unencodable(value, _SESSION_PROVEN_0)
        raise
    tail_0 = ABSENT if signer is None else _write_signer_in_proven_as_worker_message(signer)
    try:
        address = value.address
    except Exception:
        explain_unencodable(value, _SESSION_PROVEN_1)
        raise
    tail_1 = write_string(address, MAX_ADDRESS_BYTES, "SessionProven.address")
    return part_0 + tail_0 + tail_1


_pack_ended_as_worker_message_0: Final = Struct(">iQ").pack


def _write_ended_as_worker_message(value: SessionEnded) -> bytes:
    try:
        part_0 = _pack_ended_as_worker_message_0(1, value.session)
    except Exception:
        explain_unencodable(value, _SESSION_ENDED_0)
        raise
    return part_0


_pack_asked_as_worker_message_0: Final = Struct(">iQQ").pack


def _write_asked_as_worker_message(value: SessionAsked) -> bytes:
    try:
        message = value.message
        part_0 = _pack_asked_as_worker_message_0(2, value.session, value.slot)
    except Exception:
        explain_unencodable(value, _SESSION_ASKED_0)
        raise
    try:
        write = _CLIENT_MESSAGE_WRITERS[type(message)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ClientMessage.type") from None
    tail_0 = write(message)
    return part_0 + tail_0


def _write_figures_as_worker_message(value: WorkerFigures) -> bytes:
    try:
        samples = value.samples
    except Exception:
        explain_unencodable(value, _WORKER_FIGURES_0)
        raise
    tail_0 = write_opaque(samples, MAX_FIGURES_BYTES, "WorkerFigures.samples")
    return b"\x00\x00\x00\x03" + tail_0


_WORKER_MESSAGE_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    SessionProven: _write_proven_as_worker_message,
    SessionEnded: _write_ended_as_worker_message,
    SessionAsked: _write_asked_as_worker_message,
    WorkerFigures: _write_figures_as_worker_message,
}

_WORKER_MESSAGE_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[WorkerMessage, int]]]] = {
    b"\x00\x00\x00\x00": _read_session_proven,
    b"\x00\x00\x00\x01": _read_session_ended,
    b"\x00\x00\x00\x02": _read_session_asked,
    b"\x00\x00\x00\x03": _read_worker_figures,
}
_WORKER_MESSAGE_DISCRIMINANT = Discriminant(_WORKER_MESSAGE_TYPE_MEMBERS, _WORKER_MESSAGE_READERS)
_WORKER_MESSAGE_0: Fields = (("WorkerMessage.type", "", _WORKER_MESSAGE_DISCRIMINANT),)


def _read_worker_message(data: bytes, offset: int) -> tuple[WorkerMessage, int]:
    try:
        read = _WORKER_MESSAGE_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _WORKER_MESSAGE_0)
        raise
    return read(data, offset + 4)


def encode_worker_message(value: WorkerMessage) -> bytes:
    """Encodes a value of the union WorkerMessage by its class."""
    try:
        write = _WORKER_MESSAGE_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "WorkerMessage.type") from None
    return write(value)


def decode_worker_message(data: bytes) -> WorkerMessage:
    """Decodes bytes that are one WorkerMessage and nothing else."""
    value, offset = _read_worker_message(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "WorkerMessage")
    return value


@dataclass(slots=True, init=False)
class RequestRate:
    """How many requests an account may send, by the settings in force.

    XDR::

        struct RequestRate {
            unsigned int requests_per_second;
            unsigned int burst;
        };
    """

    requests_per_second: int
    burst: int

    def __init__(self, requests_per_second: int, burst: int) -> None:
        self.requests_per_second = requests_per_second
        self.burst = burst

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RequestRate, (
            self.requests_per_second,
            self.burst,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_request_rate(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RequestRate":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_request_rate(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RequestRate")
        return value


_REQUEST_RATE_0: Fields = (
    ("RequestRate", "", Instance(RequestRate)),
    ("RequestRate.requests_per_second", "requests_per_second", UINT32),
    ("RequestRate.burst", "burst", UINT32),
)
_pack_request_rate_0: Final = Struct(">II").pack


def _write_request_rate(value: Any) -> bytes:
    try:
        if type(value) is not RequestRate:
            raise ValueError
        part_0 = _pack_request_rate_0(value.requests_per_second, value.burst)
    except Exception:
        explain_unencodable(value, _REQUEST_RATE_0)
        raise
    return part_0


_unpack_request_rate_0: Final = Struct(">II").unpack_from


def _read_request_rate(data: bytes, offset: int) -> tuple[RequestRate, int]:
    try:
        requests_per_second, burst = _unpack_request_rate_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _REQUEST_RATE_0)
        raise
    return RequestRate(requests_per_second, burst), offset + 8


@dataclass(slots=True, init=False)
class SessionAdmitted:
    """The struct SessionAdmitted of workers.x.

    XDR::

        struct SessionAdmitted {
            unsigned hyper session;
            bool is_auditor;                  // somebody with this key may send proposals of any size
            Frame welcome;
            Apex durable;                     // everything up to this quantum is
            RequestRate rate;
        };
    """

    session: int
    is_auditor: bool
    welcome: Frame
    durable: Apex
    rate: RequestRate

    def __init__(self, session: int, is_auditor: bool, welcome: Frame, durable: Apex, rate: RequestRate) -> None:
        self.session = session
        self.is_auditor = is_auditor
        self.welcome = welcome
        self.durable = durable
        self.rate = rate

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionAdmitted, (
            self.session,
            self.is_auditor,
            self.welcome,
            self.durable,
            self.rate,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_session_admitted(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionAdmitted":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_session_admitted(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionAdmitted")
        return value


_SESSION_ADMITTED_0: Fields = (
    ("SessionAdmitted", "", Instance(SessionAdmitted)),
    ("SessionAdmitted.session", "session", UINT64),
    ("SessionAdmitted.is_auditor", "is_auditor", BOOLEAN),
    ("SessionAdmitted.welcome", "welcome", LENGTH),
)
_SESSION_ADMITTED_1: Fields = (
    ("SessionAdmitted.durable", "durable", UINT64),
    ("RequestRate", "rate", Instance(RequestRate)),
    ("RequestRate.requests_per_second", "rate.requests_per_second", UINT32),
    ("RequestRate.burst", "rate.burst", UINT32),
)
_pack_session_admitted_0: Final = Struct(">QI").pack
_pack_session_admitted_1: Final = Struct(">QII").pack


def _write_session_admitted(value: Any) -> bytes:
    try:
        if type(value) is not SessionAdmitted:
            raise ValueError
        is_auditor = value.is_auditor
        welcome = value.welcome
        if is_auditor is not True and is_auditor is not False:
            raise ValueError
        part_0 = _pack_session_admitted_0(value.session, is_auditor)
    except Exception:
        explain_unencodable(value, _SESSION_ADMITTED_0)
        raise
    tail_0 = write_opaque(welcome, MAX_FRAME_BYTES, "SessionAdmitted.welcome")
    try:
        rate = value.rate
        if type(rate) is not RequestRate:
            raise ValueError
        part_1 = _pack_session_admitted_1(value.durable, rate.requests_per_second, rate.burst)
    except Exception:
        explain_unencodable(value, _SESSION_ADMITTED_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_session_admitted_0: Final = Struct(">QII").unpack_from
_unpack_session_admitted_1: Final = Struct(">QII").unpack_from


def _read_session_admitted(data: bytes, offset: int) -> tuple[SessionAdmitted, int]:
    try:
        session, is_auditor, welcome__length = _unpack_session_admitted_0(data, offset)
        is_auditor = BOOLEANS[is_auditor]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SESSION_ADMITTED_0)
        raise
    offset += 16
    welcome, offset = read_opaque(data, offset, welcome__length, MAX_FRAME_BYTES, "SessionAdmitted.welcome")
    try:
        durable, rate__requests_per_second, rate__burst = _unpack_session_admitted_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSION_ADMITTED_1)
        raise
    return SessionAdmitted(
        session, is_auditor, welcome, durable, RequestRate(rate__requests_per_second, rate__burst)
    ), offset + 16


@dataclass(slots=True, init=False)
class SessionRefused:
    """The struct SessionRefused of workers.x.

    XDR::

        struct SessionRefused {
            unsigned hyper session;
            Code code;
            string message<256>;
        };
    """

    session: int
    code: Code
    message: str

    def __init__(self, session: int, code: Code, message: str) -> None:
        self.session = session
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionRefused, (
            self.session,
            self.code,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_session_refused(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionRefused":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_session_refused(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionRefused")
        return value


_SESSION_REFUSED_0: Fields = (
    ("SessionRefused", "", Instance(SessionRefused)),
    ("SessionRefused.session", "session", UINT64),
    ("SessionRefused.code", "code", Enumerated(_CODE_MEMBERS)),
    ("SessionRefused.message", "message", LENGTH),
)
_pack_session_refused_0: Final = Struct(">Qi").pack


def _write_session_refused(value: Any) -> bytes:
    try:
        if type(value) is not SessionRefused:
            raise ValueError
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_session_refused_0(value.session, code)
    except Exception:
        explain_unencodable(value, _SESSION_REFUSED_0)
        raise
    tail_0 = write_string(message, 256, "SessionRefused.message")
    return part_0 + tail_0


_unpack_session_refused_0: Final = Struct(">QiI").unpack_from


def _read_session_refused(data: bytes, offset: int) -> tuple[SessionRefused, int]:
    try:
        session, code, message__length = _unpack_session_refused_0(data, offset)
        code = _CODE_MEMBERS[code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SESSION_REFUSED_0)
        raise
    offset += 16
    message, offset = read_string(data, offset, message__length, 256, "SessionRefused.message")
    return SessionRefused(session, code, message), offset


@dataclass(slots=True, init=False)
class SessionAnswer:
    """The struct SessionAnswer of workers.x.

    XDR::

        struct SessionAnswer {
            unsigned hyper session;
            unsigned hyper *slot;             // none: it keeps no order with other answers
            Frame frames<MAX_ANSWER_FRAMES>;
            Apex apex;                        // of the last quantum that it shows: held back until that is durable
            unsigned hyper awaited<MAX_ANSWER_FRAMES>;  // batches whose finality the session must get, too
            unsigned int cost;                // to the client, in frames
        };
    """

    session: int
    slot: int | None
    frames: list[Frame]
    apex: Apex
    awaited: list[int]
    cost: int

    def __init__(
        self, session: int, slot: int | None, frames: list[Frame], apex: Apex, awaited: list[int], cost: int
    ) -> None:
        self.session = session
        self.slot = slot
        self.frames = frames
        self.apex = apex
        self.awaited = awaited
        self.cost = cost

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionAnswer, (
            self.session,
            self.slot,
            self.frames,
            self.apex,
            self.awaited,
            self.cost,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_session_answer(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionAnswer":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_session_answer(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionAnswer")
        return value


_SESSION_ANSWER_0: Fields = (
    ("SessionAnswer", "", Instance(SessionAnswer)),
    ("SessionAnswer.session", "session", UINT64),
    ("SessionAnswer.slot", "slot", PRESENCE),
)
_SESSION_ANSWER_1: Fields = (("SessionAnswer.frames", "frames", Items(MAX_ANSWER_FRAMES)),)
_SESSION_ANSWER_2: Fields = (
    ("SessionAnswer.apex", "apex", UINT64),
    ("SessionAnswer.awaited", "awaited", Items(MAX_ANSWER_FRAMES)),
)
_SESSION_ANSWER_3: Fields = (("SessionAnswer.cost", "cost", UINT32),)
_SLOT_IN_SESSION_ANSWER_0: Fields = (("SessionAnswer.slot", "", UINT64),)
_pack_slot_in_session_answer_0: Final = Struct(">iQ").pack


def _write_slot_in_session_answer(value: Any) -> bytes:
    try:
        part_0 = _pack_slot_in_session_answer_0(1, value)
    except Exception:
        explain_unencodable(value, _SLOT_IN_SESSION_ANSWER_0)
        raise
    return part_0


_FRAMES_IN_SESSION_ANSWER_0: Fields = (("SessionAnswer.frames", "", LENGTH),)


def _write_frames_in_session_answer(value: Any) -> bytes:
    tail_0 = write_opaque(value, MAX_FRAME_BYTES, "SessionAnswer.frames")
    return tail_0


_AWAITED_IN_SESSION_ANSWER_0: Fields = (("SessionAnswer.awaited", "", UINT64),)
_pack_awaited_in_session_answer_0: Final = Struct(">Q").pack


def _write_awaited_in_session_answer(value: Any) -> bytes:
    try:
        part_0 = _pack_awaited_in_session_answer_0(value)
    except Exception:
        explain_unencodable(value, _AWAITED_IN_SESSION_ANSWER_0)
        raise
    return part_0


_pack_session_answer_0: Final = Struct(">Q").pack
_pack_session_answer_1: Final = Struct(">I").pack
_pack_session_answer_2: Final = Struct(">QI").pack
_pack_session_answer_3: Final = Struct(">I").pack


def _write_session_answer(value: Any) -> bytes:
    try:
        if type(value) is not SessionAnswer:
            raise ValueError
        slot = value.slot
        part_0 = _pack_session_answer_0(value.session)
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_0)
        raise
    tail_0 = ABSENT if slot is None else _write_slot_in_session_answer(slot)
    try:
        frames: list[Any] = value.frames
        if type(frames) is not list or len(frames) > MAX_ANSWER_FRAMES:
            raise ValueError
        part_1 = _pack_session_answer_1(len(frames))
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_1)
        raise
    tail_1 = b"".join([_write_frames_in_session_answer(item) for item in frames])
    try:
        awaited: list[Any] = value.awaited
        if type(awaited) is not list or len(awaited) > MAX_ANSWER_FRAMES:
            raise ValueError
        part_2 = _pack_session_answer_2(value.apex, len(awaited))
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_2)
        raise
    tail_2 = b"".join([_write_awaited_in_session_answer(item) for item in awaited])
    try:
        part_3 = _pack_session_answer_3(value.cost)
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_3)
        raise
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, part_3))


_unpack_slot_in_session_answer_0: Final = Struct(">Q").unpack_from


def _read_slot_in_session_answer(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_slot_in_session_answer_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SLOT_IN_SESSION_ANSWER_0)
        raise
    return value, offset + 8


_unpack_frames_in_session_answer_0: Final = Struct(">I").unpack_from


def _read_frames_in_session_answer(data: bytes, offset: int) -> tuple[Frame, int]:
    try:
        (value__length,) = _unpack_frames_in_session_answer_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FRAMES_IN_SESSION_ANSWER_0)
        raise
    offset += 4
    value, offset = read_opaque(data, offset, value__length, MAX_FRAME_BYTES, "SessionAnswer.frames")
    return value, offset


_unpack_awaited_in_session_answer_0: Final = Struct(">Q").unpack_from


def _read_awaited_in_session_answer(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_awaited_in_session_answer_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _AWAITED_IN_SESSION_ANSWER_0)
        raise
    return value, offset + 8


_unpack_session_answer_0: Final = Struct(">QI").unpack_from
_unpack_session_answer_1: Final = Struct(">I").unpack_from
_unpack_session_answer_2: Final = Struct(">QI").unpack_from
_unpack_session_answer_3: Final = Struct(">I").unpack_from


def _read_session_answer(data: bytes, offset: int) -> tuple[SessionAnswer, int]:
    try:
        session, slot__present = _unpack_session_answer_0(data, offset)
        slot__present = BOOLEANS[slot__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SESSION_ANSWER_0)
        raise
    offset += 12
    slot: int | None = None
    if slot__present:
        slot, offset = _read_slot_in_session_answer(data, offset)
    try:
        (frames__count,) = _unpack_session_answer_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSION_ANSWER_1)
        raise
    offset += 4
    if frames__count > MAX_ANSWER_FRAMES or frames__count * 4 > len(data) - offset:
        refuse_count(frames__count, MAX_ANSWER_FRAMES, "SessionAnswer.frames")
    frames = []
    for _ in range(frames__count):
        frames__item, offset = _read_frames_in_session_answer(data, offset)
        frames.append(frames__item)
    try:
        apex, awaited__count = _unpack_session_answer_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSION_ANSWER_2)
        raise
    offset += 12
    if awaited__count > MAX_ANSWER_FRAMES or awaited__count * 8 > len(data) - offset:
        refuse_count(awaited__count, MAX_ANSWER_FRAMES, "SessionAnswer.awaited")
    awaited = []
    for _ in range(awaited__count):
        awaited__item, offset = _read_awaited_in_session_answer(data, offset)
        awaited.append(awaited__item)
    try:
        (cost,) = _unpack_session_answer_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSION_ANSWER_3)
        raise
    return SessionAnswer(session, slot, frames, apex, awaited, cost), offset + 4


@dataclass(slots=True, init=False)
class RequestOrigin:
    """Who asked for a quantum.

    XDR::

        struct RequestOrigin {
            unsigned hyper session;
            unsigned hyper slot;
            bool is_last;                     // of the quanta that the request became
        };
    """

    session: int
    slot: int
    is_last: bool

    def __init__(self, session: int, slot: int, is_last: bool) -> None:
        self.session = session
        self.slot = slot
        self.is_last = is_last

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RequestOrigin, (
            self.session,
            self.slot,
            self.is_last,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_request_origin(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RequestOrigin":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_request_origin(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RequestOrigin")
        return value


_REQUEST_ORIGIN_0: Fields = (
    ("RequestOrigin", "", Instance(RequestOrigin)),
    ("RequestOrigin.session", "session", UINT64),
    ("RequestOrigin.slot", "slot", UINT64),
    ("RequestOrigin.is_last", "is_last", BOOLEAN),
)
_pack_request_origin_0: Final = Struct(">QQI").pack


def _write_request_origin(value: Any) -> bytes:
    try:
        if type(value) is not RequestOrigin:
            raise ValueError
        is_last = value.is_last
        if is_last is not True and is_last is not False:
            raise ValueError
        part_0 = _pack_request_origin_0(value.session, value.slot, is_last)
    except Exception:
        explain_unencodable(value, _REQUEST_ORIGIN_0)
        raise
    return part_0


_unpack_request_origin_0: Final = Struct(">QQI").unpack_from


def _read_request_origin(data: bytes, offset: int) -> tuple[RequestOrigin, int]:
    try:
        session, slot, is_last = _unpack_request_origin_0(data, offset)
        is_last = BOOLEANS[is_last]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REQUEST_ORIGIN_0)
        raise
    return RequestOrigin(session, slot, is_last), offset + 20


@dataclass(slots=True, init=False)
class WorkerEvent:
    """An account's effects of one quantum.

    XDR::

        struct WorkerEvent {
            unsigned int place;               // of the quantum in its batch
            QuantumLeaf leaf;
            EffectGroup group;
            MerkleProof group_proof;
            RequestOrigin *origin;            // set where the account asked for the quantum in a session of this worker
        };
    """

    place: int
    leaf: QuantumLeaf
    group: EffectGroup
    group_proof: MerkleProof
    origin: RequestOrigin | None

    def __init__(
        self, place: int, leaf: QuantumLeaf, group: EffectGroup, group_proof: MerkleProof, origin: RequestOrigin | None
    ) -> None:
        self.place = place
        self.leaf = leaf
        self.group = group
        self.group_proof = group_proof
        self.origin = origin

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WorkerEvent, (
            self.place,
            self.leaf,
            self.group,
            self.group_proof,
            self.origin,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_worker_event(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WorkerEvent":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_worker_event(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WorkerEvent")
        return value


_WORKER_EVENT_0: Fields = (
    ("WorkerEvent", "", Instance(WorkerEvent)),
    ("WorkerEvent.place", "place", UINT32),
    ("QuantumLeaf", "leaf", ELSEWHERE),
)
_WORKER_EVENT_1: Fields = (("EffectGroup", "group", ELSEWHERE),)
_WORKER_EVENT_2: Fields = (
    ("MerkleProof", "group_proof", Instance(MerkleProof)),
    ("MerkleProof.index", "group_proof.index", UINT32),
    ("MerkleProof.size", "group_proof.size", UINT32),
    ("MerkleProof.path", "group_proof.path", Items(32)),
)
_WORKER_EVENT_3: Fields = (("WorkerEvent.origin", "origin", PRESENCE),)
_pack_worker_event_0: Final = Struct(">I").pack
_pack_worker_event_2: Final = Struct(">III").pack


def _write_worker_event(value: Any) -> bytes:
    try:
        if type(value) is not WorkerEvent:
            raise ValueError
        leaf = value.leaf
        part_0 = _pack_worker_event_0(value.place)
    except Exception:
        explain_unencodable(value, _WORKER_EVENT_0)
        raise
    tail_0 = _write_quantum_leaf(leaf)
    try:
        group = value.group
    except Exception:
        explain_unencodable(value, _WORKER_EVENT_1)
        raise
    tail_1 = _write_effect_group(group)
    try:
        group_proof = value.group_proof
        group_proof__path: list[Any] = group_proof.path
        if type(group_proof) is not MerkleProof or type(group_proof__path) is not list or len(group_proof__path) > 32:
            raise ValueError
        part_2 = _pack_worker_event_2(group_proof.index, group_proof.size, len(group_proof__path))
    except Exception:
        explain_unencodable(value, _WORKER_EVENT_2)
        raise
    tail_2 = write_opaques(group_proof__path, 32, "MerkleProof.path")
    try:
        origin = value.origin
    except Exception:
        explain_unencodable(value, _WORKER_EVENT_3)
        raise
    tail_3 = ABSENT if origin is None else PRESENT + _write_request_origin(origin)
    return b"".join((part_0, tail_0, tail_1, part_2, tail_2, tail_3))


_unpack_worker_event_0: Final = Struct(">I").unpack_from
_unpack_worker_event_2: Final = Struct(">III").unpack_from
_unpack_worker_event_3: Final = Struct(">I").unpack_from


def _read_worker_event(data: bytes, offset: int) -> tuple[WorkerEvent, int]:
    try:
        (place,) = _unpack_worker_event_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WORKER_EVENT_0)
        raise
    offset += 4
    leaf, offset = _read_quantum_leaf(data, offset)
    group, offset = _read_effect_group(data, offset)
    try:
        group_proof__index, group_proof__size, group_proof__path__count = _unpack_worker_event_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _WORKER_EVENT_2)
        raise
    offset += 12
    if group_proof__path__count > 32 or group_proof__path__count * 32 > len(data) - offset:
        refuse_count(group_proof__path__count, 32, "MerkleProof.path")
    group_proof__path, offset = read_opaques(data, offset, group_proof__path__count, 32)
    try:
        (origin__present,) = _unpack_worker_event_3(data, offset)
        origin__present = BOOLEANS[origin__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WORKER_EVENT_3)
        raise
    offset += 4
    origin: RequestOrigin | None = None
    if origin__present:
        origin, offset = _read_request_origin(data, offset)
    return WorkerEvent(
        place, leaf, group, MerkleProof(group_proof__index, group_proof__size, group_proof__path), origin
    ), offset


@dataclass(slots=True, init=False)
class BatchAcknowledged:
    """A batch is durable. One with very many events comes in several pieces.

    XDR::

        struct BatchAcknowledged {
            SignedHeader signed_header;
            Hash leaves<MAX_BATCH_QUANTA>;    // none where there is no event
            bool is_whole;                    // this is the last piece
            WorkerEvent events<MAX_WORKER_EVENTS>;             // of accounts with sessions of this worker
        };
    """

    signed_header: SignedHeader
    leaves: list[Hash]
    is_whole: bool
    events: list[WorkerEvent]

    def __init__(
        self, signed_header: SignedHeader, leaves: list[Hash], is_whole: bool, events: list[WorkerEvent]
    ) -> None:
        self.signed_header = signed_header
        self.leaves = leaves
        self.is_whole = is_whole
        self.events = events

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BatchAcknowledged, (
            self.signed_header,
            self.leaves,
            self.is_whole,
            self.events,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batch_acknowledged(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BatchAcknowledged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batch_acknowledged(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BatchAcknowledged")
        return value


_BATCH_ACKNOWLEDGED_0: Fields = (
    ("BatchAcknowledged", "", Instance(BatchAcknowledged)),
    ("SignedHeader", "signed_header", ELSEWHERE),
)
_BATCH_ACKNOWLEDGED_1: Fields = (("BatchAcknowledged.leaves", "leaves", Items(MAX_BATCH_QUANTA)),)
_BATCH_ACKNOWLEDGED_2: Fields = (
    ("BatchAcknowledged.is_whole", "is_whole", BOOLEAN),
    ("BatchAcknowledged.events", "events", Items(MAX_WORKER_EVENTS)),
)
_pack_batch_acknowledged_1: Final = Struct(">I").pack
_pack_batch_acknowledged_2: Final = Struct(">II").pack


def _write_batch_acknowledged(value: Any) -> bytes:
    try:
        if type(value) is not BatchAcknowledged:
            raise ValueError
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _BATCH_ACKNOWLEDGED_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        leaves: list[Any] = value.leaves
        if type(leaves) is not list or len(leaves) > MAX_BATCH_QUANTA:
            raise ValueError
        part_1 = _pack_batch_acknowledged_1(len(leaves))
    except Exception:
        explain_unencodable(value, _BATCH_ACKNOWLEDGED_1)
        raise
    tail_1 = write_opaques(leaves, 32, "BatchAcknowledged.leaves")
    try:
        is_whole = value.is_whole
        events: list[Any] = value.events
        if (
            (is_whole is not True and is_whole is not False)
            or type(events) is not list
            or len(events) > MAX_WORKER_EVENTS
        ):
            raise ValueError
        part_2 = _pack_batch_acknowledged_2(is_whole, len(events))
    except Exception:
        explain_unencodable(value, _BATCH_ACKNOWLEDGED_2)
        raise
    tail_2 = b"".join([_write_worker_event(item) for item in events])
    return b"".join((tail_0, part_1, tail_1, part_2, tail_2))


_unpack_batch_acknowledged_1: Final = Struct(">I").unpack_from
_unpack_batch_acknowledged_2: Final = Struct(">II").unpack_from


def _read_batch_acknowledged(data: bytes, offset: int) -> tuple[BatchAcknowledged, int]:
    signed_header, offset = _read_signed_header(data, offset)
    try:
        (leaves__count,) = _unpack_batch_acknowledged_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _BATCH_ACKNOWLEDGED_1)
        raise
    offset += 4
    if leaves__count > MAX_BATCH_QUANTA or leaves__count * 32 > len(data) - offset:
        refuse_count(leaves__count, MAX_BATCH_QUANTA, "BatchAcknowledged.leaves")
    leaves, offset = read_opaques(data, offset, leaves__count, 32)
    try:
        is_whole, events__count = _unpack_batch_acknowledged_2(data, offset)
        is_whole = BOOLEANS[is_whole]
    except (StructError, KeyError):
        explain_malformed(data, offset, _BATCH_ACKNOWLEDGED_2)
        raise
    offset += 8
    if events__count > MAX_WORKER_EVENTS or events__count * 152 > len(data) - offset:
        refuse_count(events__count, MAX_WORKER_EVENTS, "BatchAcknowledged.events")
    events = []
    for _ in range(events__count):
        events__item, offset = _read_worker_event(data, offset)
        events.append(events__item)
    return BatchAcknowledged(signed_header, leaves, is_whole, events), offset


@dataclass(slots=True, init=False)
class BatchesCertified:
    """Batches are final.

    XDR::

        struct BatchesCertified {
            unsigned hyper first;
            unsigned hyper last;
            Frame finality;
        };
    """

    first: int
    last: int
    finality: Frame

    def __init__(self, first: int, last: int, finality: Frame) -> None:
        self.first = first
        self.last = last
        self.finality = finality

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BatchesCertified, (
            self.first,
            self.last,
            self.finality,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batches_certified(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BatchesCertified":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batches_certified(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BatchesCertified")
        return value


_BATCHES_CERTIFIED_0: Fields = (
    ("BatchesCertified", "", Instance(BatchesCertified)),
    ("BatchesCertified.first", "first", UINT64),
    ("BatchesCertified.last", "last", UINT64),
    ("BatchesCertified.finality", "finality", LENGTH),
)
_pack_batches_certified_0: Final = Struct(">QQ").pack


def _write_batches_certified(value: Any) -> bytes:
    try:
        if type(value) is not BatchesCertified:
            raise ValueError
        finality = value.finality
        part_0 = _pack_batches_certified_0(value.first, value.last)
    except Exception:
        explain_unencodable(value, _BATCHES_CERTIFIED_0)
        raise
    tail_0 = write_opaque(finality, MAX_FRAME_BYTES, "BatchesCertified.finality")
    return part_0 + tail_0


_unpack_batches_certified_0: Final = Struct(">QQI").unpack_from


def _read_batches_certified(data: bytes, offset: int) -> tuple[BatchesCertified, int]:
    try:
        first, last, finality__length = _unpack_batches_certified_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BATCHES_CERTIFIED_0)
        raise
    offset += 20
    finality, offset = read_opaque(data, offset, finality__length, MAX_FRAME_BYTES, "BatchesCertified.finality")
    return BatchesCertified(first, last, finality), offset


@dataclass(slots=True, init=False)
class SessionsTold:
    """Other settings, or another mode, are in force: a welcome for all open sessions.

    XDR::

        struct SessionsTold {
            Frame frame;
            RequestRate rate;
        };
    """

    frame: Frame
    rate: RequestRate

    def __init__(self, frame: Frame, rate: RequestRate) -> None:
        self.frame = frame
        self.rate = rate

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionsTold, (
            self.frame,
            self.rate,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_sessions_told(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionsTold":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_sessions_told(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionsTold")
        return value


_SESSIONS_TOLD_0: Fields = (
    ("SessionsTold", "", Instance(SessionsTold)),
    ("SessionsTold.frame", "frame", LENGTH),
)
_SESSIONS_TOLD_1: Fields = (
    ("RequestRate", "rate", Instance(RequestRate)),
    ("RequestRate.requests_per_second", "rate.requests_per_second", UINT32),
    ("RequestRate.burst", "rate.burst", UINT32),
)
_pack_sessions_told_1: Final = Struct(">II").pack


def _write_sessions_told(value: Any) -> bytes:
    try:
        if type(value) is not SessionsTold:
            raise ValueError
        frame = value.frame
    except Exception:
        explain_unencodable(value, _SESSIONS_TOLD_0)
        raise
    tail_0 = write_opaque(frame, MAX_FRAME_BYTES, "SessionsTold.frame")
    try:
        rate = value.rate
        if type(rate) is not RequestRate:
            raise ValueError
        part_1 = _pack_sessions_told_1(rate.requests_per_second, rate.burst)
    except Exception:
        explain_unencodable(value, _SESSIONS_TOLD_1)
        raise
    return tail_0 + part_1


_unpack_sessions_told_0: Final = Struct(">I").unpack_from
_unpack_sessions_told_1: Final = Struct(">II").unpack_from


def _read_sessions_told(data: bytes, offset: int) -> tuple[SessionsTold, int]:
    try:
        (frame__length,) = _unpack_sessions_told_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSIONS_TOLD_0)
        raise
    offset += 4
    frame, offset = read_opaque(data, offset, frame__length, MAX_FRAME_BYTES, "SessionsTold.frame")
    try:
        rate__requests_per_second, rate__burst = _unpack_sessions_told_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SESSIONS_TOLD_1)
        raise
    return SessionsTold(frame, RequestRate(rate__requests_per_second, rate__burst)), offset + 8


@dataclass(slots=True, init=False)
class SessionsClosed:
    """All sessions end, and so does the worker.

    XDR::

        struct SessionsClosed {
            Code code;
            string message<256>;
        };
    """

    code: Code
    message: str

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SessionsClosed, (
            self.code,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_sessions_closed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SessionsClosed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_sessions_closed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SessionsClosed")
        return value


_SESSIONS_CLOSED_0: Fields = (
    ("SessionsClosed", "", Instance(SessionsClosed)),
    ("SessionsClosed.code", "code", Enumerated(_CODE_MEMBERS)),
    ("SessionsClosed.message", "message", LENGTH),
)
_pack_sessions_closed_0: Final = Struct(">i").pack


def _write_sessions_closed(value: Any) -> bytes:
    try:
        if type(value) is not SessionsClosed:
            raise ValueError
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_sessions_closed_0(code)
    except Exception:
        explain_unencodable(value, _SESSIONS_CLOSED_0)
        raise
    tail_0 = write_string(message, 256, "SessionsClosed.message")
    return part_0 + tail_0


_unpack_sessions_closed_0: Final = Struct(">iI").unpack_from


def _read_sessions_closed(data: bytes, offset: int) -> tuple[SessionsClosed, int]:
    try:
        code, message__length = _unpack_sessions_closed_0(data, offset)
        code = _CODE_MEMBERS[code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SESSIONS_CLOSED_0)
        raise
    offset += 8
    message, offset = read_string(data, offset, message__length, 256, "SessionsClosed.message")
    return SessionsClosed(code, message), offset


@dataclass(slots=True, init=False)
class LogLevelChanged:
    """Alpha's log level has changed, and so does the worker's.

    XDR::

        struct LogLevelChanged {
            string level<16>;
        };
    """

    level: str

    def __init__(self, level: str) -> None:
        self.level = level

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LogLevelChanged, (self.level,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_log_level_changed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LogLevelChanged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_log_level_changed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LogLevelChanged")
        return value


_LOG_LEVEL_CHANGED_0: Fields = (
    ("LogLevelChanged", "", Instance(LogLevelChanged)),
    ("LogLevelChanged.level", "level", LENGTH),
)


def _write_log_level_changed(value: Any) -> bytes:
    try:
        if type(value) is not LogLevelChanged:
            raise ValueError
        level = value.level
    except Exception:
        explain_unencodable(value, _LOG_LEVEL_CHANGED_0)
        raise
    tail_0 = write_string(level, 16, "LogLevelChanged.level")
    return tail_0


_unpack_log_level_changed_0: Final = Struct(">I").unpack_from


def _read_log_level_changed(data: bytes, offset: int) -> tuple[LogLevelChanged, int]:
    try:
        (level__length,) = _unpack_log_level_changed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _LOG_LEVEL_CHANGED_0)
        raise
    offset += 4
    level, offset = read_string(data, offset, level__length, 16, "LogLevelChanged.level")
    return LogLevelChanged(level), offset


class HubMessageType(IntEnum):
    """The enum HubMessageType of workers.x.

    XDR::

        enum HubMessageType {
            SESSION_ADMITTED = 0,
            SESSION_REFUSED = 1,
            SESSION_ANSWER = 2,
            BATCH_ACKNOWLEDGED = 3,
            BATCHES_CERTIFIED = 4,
            SESSIONS_TOLD = 5,
            SESSIONS_CLOSED = 6,
            LOG_LEVEL_CHANGED = 7
        };
    """

    SESSION_ADMITTED = 0
    SESSION_REFUSED = 1
    SESSION_ANSWER = 2
    BATCH_ACKNOWLEDGED = 3
    BATCHES_CERTIFIED = 4
    SESSIONS_TOLD = 5
    SESSIONS_CLOSED = 6
    LOG_LEVEL_CHANGED = 7


_HUB_MESSAGE_TYPE_MEMBERS: Final[dict[int, HubMessageType]] = {member.value: member for member in HubMessageType}


HubMessage = (
    SessionAdmitted
    | SessionRefused
    | SessionAnswer
    | BatchAcknowledged
    | BatchesCertified
    | SessionsTold
    | SessionsClosed
    | LogLevelChanged
)

_pack_admitted_as_hub_message_0: Final = Struct(">iQI").pack
_pack_admitted_as_hub_message_1: Final = Struct(">QII").pack


def _write_admitted_as_hub_message(value: SessionAdmitted) -> bytes:
    try:
        is_auditor = value.is_auditor
        welcome = value.welcome
        if is_auditor is not True and is_auditor is not False:
            raise ValueError
        part_0 = _pack_admitted_as_hub_message_0(0, value.session, is_auditor)
    except Exception:
        explain_unencodable(value, _SESSION_ADMITTED_0)
        raise
    tail_0 = write_opaque(welcome, MAX_FRAME_BYTES, "SessionAdmitted.welcome")
    try:
        rate = value.rate
        if type(rate) is not RequestRate:
            raise ValueError
        part_1 = _pack_admitted_as_hub_message_1(value.durable, rate.requests_per_second, rate.burst)
    except Exception:
        explain_unencodable(value, _SESSION_ADMITTED_1)
        raise
    return part_0 + tail_0 + part_1


_pack_refused_as_hub_message_0: Final = Struct(">iQi").pack


def _write_refused_as_hub_message(value: SessionRefused) -> bytes:
    try:
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_refused_as_hub_message_0(1, value.session, code)
    except Exception:
        explain_unencodable(value, _SESSION_REFUSED_0)
        raise
    tail_0 = write_string(message, 256, "SessionRefused.message")
    return part_0 + tail_0


_SLOT_IN_ANSWER_AS_HUB_MESSAGE_0: Fields = (("SessionAnswer.slot", "", UINT64),)
_pack_slot_in_answer_as_hub_message_0: Final = Struct(">iQ").pack


def _write_slot_in_answer_as_hub_message(value: Any) -> bytes:
    try:
        part_0 = _pack_slot_in_answer_as_hub_message_0(1, value)
    except Exception:
        explain_unencodable(value, _SLOT_IN_ANSWER_AS_HUB_MESSAGE_0)
        raise
    return part_0


_FRAMES_IN_ANSWER_AS_HUB_MESSAGE_0: Fields = (("SessionAnswer.frames", "", LENGTH),)


def _write_frames_in_answer_as_hub_message(value: Any) -> bytes:
    tail_0 = write_opaque(value, MAX_FRAME_BYTES, "SessionAnswer.frames")
    return tail_0


_AWAITED_IN_ANSWER_AS_HUB_MESSAGE_0: Fields = (("SessionAnswer.awaited", "", UINT64),)
_pack_awaited_in_answer_as_hub_message_0: Final = Struct(">Q").pack


def _write_awaited_in_answer_as_hub_message(value: Any) -> bytes:
    try:
        part_0 = _pack_awaited_in_answer_as_hub_message_0(value)
    except Exception:
        explain_unencodable(value, _AWAITED_IN_ANSWER_AS_HUB_MESSAGE_0)
        raise
    return part_0


_pack_answer_as_hub_message_0: Final = Struct(">iQ").pack
_pack_answer_as_hub_message_1: Final = Struct(">I").pack
_pack_answer_as_hub_message_2: Final = Struct(">QI").pack
_pack_answer_as_hub_message_3: Final = Struct(">I").pack


def _write_answer_as_hub_message(value: SessionAnswer) -> bytes:
    try:
        slot = value.slot
        part_0 = _pack_answer_as_hub_message_0(2, value.session)
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_0)
        raise
    tail_0 = ABSENT if slot is None else _write_slot_in_answer_as_hub_message(slot)
    try:
        frames: list[Any] = value.frames
        if type(frames) is not list or len(frames) > MAX_ANSWER_FRAMES:
            raise ValueError
        part_1 = _pack_answer_as_hub_message_1(len(frames))
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_1)
        raise
    tail_1 = b"".join([_write_frames_in_answer_as_hub_message(item) for item in frames])
    try:
        awaited: list[Any] = value.awaited
        if type(awaited) is not list or len(awaited) > MAX_ANSWER_FRAMES:
            raise ValueError
        part_2 = _pack_answer_as_hub_message_2(value.apex, len(awaited))
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_2)
        raise
    tail_2 = b"".join([_write_awaited_in_answer_as_hub_message(item) for item in awaited])
    try:
        part_3 = _pack_answer_as_hub_message_3(value.cost)
    except Exception:
        explain_unencodable(value, _SESSION_ANSWER_3)
        raise
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, part_3))


def _write_acknowledged_as_hub_message(value: Any) -> bytes:
    return b"\x00\x00\x00\x03" + _write_batch_acknowledged(value)


_pack_certified_as_hub_message_0: Final = Struct(">iQQ").pack


def _write_certified_as_hub_message(value: BatchesCertified) -> bytes:
    try:
        finality = value.finality
        part_0 = _pack_certified_as_hub_message_0(4, value.first, value.last)
    except Exception:
        explain_unencodable(value, _BATCHES_CERTIFIED_0)
        raise
    tail_0 = write_opaque(finality, MAX_FRAME_BYTES, "BatchesCertified.finality")
    return part_0 + tail_0


_pack_told_as_hub_message_1: Final = Struct(">II").pack


def _write_told_as_hub_message(value: SessionsTold) -> bytes:
    try:
        frame = value.frame
    except Exception:
        explain_unencodable(value, _SESSIONS_TOLD_0)
        raise
    tail_0 = write_opaque(frame, MAX_FRAME_BYTES, "SessionsTold.frame")
    try:
        rate = value.rate
        if type(rate) is not RequestRate:
            raise ValueError
        part_1 = _pack_told_as_hub_message_1(rate.requests_per_second, rate.burst)
    except Exception:
        explain_unencodable(value, _SESSIONS_TOLD_1)
        raise
    return b"\x00\x00\x00\x05" + tail_0 + part_1


_pack_closed_as_hub_message_0: Final = Struct(">ii").pack


def _write_closed_as_hub_message(value: SessionsClosed) -> bytes:
    try:
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_closed_as_hub_message_0(6, code)
    except Exception:
        explain_unencodable(value, _SESSIONS_CLOSED_0)
        raise
    tail_0 = write_string(message, 256, "SessionsClosed.message")
    return part_0 + tail_0


def _write_log_level_as_hub_message(value: LogLevelChanged) -> bytes:
    try:
        level = value.level
    except Exception:
        explain_unencodable(value, _LOG_LEVEL_CHANGED_0)
        raise
    tail_0 = write_string(level, 16, "LogLevelChanged.level")
    return b"\x00\x00\x00\x07" + tail_0


_HUB_MESSAGE_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    SessionAdmitted: _write_admitted_as_hub_message,
    SessionRefused: _write_refused_as_hub_message,
    SessionAnswer: _write_answer_as_hub_message,
    BatchAcknowledged: _write_acknowledged_as_hub_message,
    BatchesCertified: _write_certified_as_hub_message,
    SessionsTold: _write_told_as_hub_message,
    SessionsClosed: _write_closed_as_hub_message,
    LogLevelChanged: _write_log_level_as_hub_message,
}

_HUB_MESSAGE_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[HubMessage, int]]]] = {
    b"\x00\x00\x00\x00": _read_session_admitted,
    b"\x00\x00\x00\x01": _read_session_refused,
    b"\x00\x00\x00\x02": _read_session_answer,
    b"\x00\x00\x00\x03": _read_batch_acknowledged,
    b"\x00\x00\x00\x04": _read_batches_certified,
    b"\x00\x00\x00\x05": _read_sessions_told,
    b"\x00\x00\x00\x06": _read_sessions_closed,
    b"\x00\x00\x00\x07": _read_log_level_changed,
}
_HUB_MESSAGE_DISCRIMINANT = Discriminant(_HUB_MESSAGE_TYPE_MEMBERS, _HUB_MESSAGE_READERS)
_HUB_MESSAGE_0: Fields = (("HubMessage.type", "", _HUB_MESSAGE_DISCRIMINANT),)


def _read_hub_message(data: bytes, offset: int) -> tuple[HubMessage, int]:
    try:
        read = _HUB_MESSAGE_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _HUB_MESSAGE_0)
        raise
    return read(data, offset + 4)


def encode_hub_message(value: HubMessage) -> bytes:
    """Encodes a value of the union HubMessage by its class."""
    try:
        write = _HUB_MESSAGE_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "HubMessage.type") from None
    return write(value)


def decode_hub_message(data: bytes) -> HubMessage:
    """Decodes bytes that are one HubMessage and nothing else."""
    value, offset = _read_hub_message(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "HubMessage")
    return value
