"""Messages of session.x.

Generated from xdr/session.x by tools/xdr_generator.py; do not edit.

The mutual handshake that opens every connection: each side signs the other's challenge.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.codes import _CODE_MEMBERS, Code
from constellation.protocol.messages.common import (
    MAX_APPOINTMENTS,
    Challenge,
    Hash,
    Key,
    Signature,
    SignedAppointment,
    _read_signed_appointment,
    _write_signed_appointment,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEANS,
    LENGTH,
    PRESENCE,
    UINT32,
    Enumerated,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    explain_malformed,
    explain_unencodable,
    read_string,
    refuse_count,
    write_string,
)


class Role(IntEnum):
    """The enum Role of session.x.

    XDR::

        enum Role {
            CLIENT = 0,
            AUDITOR = 1,
            ALPHA = 2
        };
    """

    CLIENT = 0
    AUDITOR = 1
    ALPHA = 2


_ROLE_MEMBERS: Final[dict[int, Role]] = {member.value: member for member in Role}


@dataclass(slots=True, init=False)
class Hello:
    """The struct Hello of session.x.

    XDR::

        struct Hello {
            unsigned int version;             // the newest that is spoken
            unsigned int oldest_version;
            Hash constellation;
            Role role;
            Key key;                          // whose proof follows
            Key *account;                     // of a client that signs for another account than its own key's
            Challenge challenge;
        };
    """

    version: int
    oldest_version: int
    constellation: Hash
    role: Role
    key: Key
    account: Key | None
    challenge: Challenge

    def __init__(
        self,
        version: int,
        oldest_version: int,
        constellation: Hash,
        role: Role,
        key: Key,
        account: Key | None,
        challenge: Challenge,
    ) -> None:
        self.version = version
        self.oldest_version = oldest_version
        self.constellation = constellation
        self.role = role
        self.key = key
        self.account = account
        self.challenge = challenge

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Hello, (
            self.version,
            self.oldest_version,
            self.constellation,
            self.role,
            self.key,
            self.account,
            self.challenge,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_hello(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Hello":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_hello(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Hello")
        return value


_HELLO_0: Fields = (
    ("Hello", "", Instance(Hello)),
    ("Hello.version", "version", UINT32),
    ("Hello.oldest_version", "oldest_version", UINT32),
    ("Hello.constellation", "constellation", Opaque(32)),
    ("Hello.role", "role", Enumerated(_ROLE_MEMBERS)),
    ("Hello.key", "key", Opaque(32)),
    ("Hello.account", "account", PRESENCE),
)
_HELLO_1: Fields = (("Hello.challenge", "challenge", Opaque(32)),)
_ACCOUNT_IN_HELLO_0: Fields = (("Hello.account", "", Opaque(32)),)
_pack_account_in_hello_0: Final = Struct(">i32s").pack


def _write_account_in_hello(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_account_in_hello_0(1, value)
    except Exception:
        explain_unencodable(value, _ACCOUNT_IN_HELLO_0)
        raise
    return part_0


_pack_hello_0: Final = Struct(">II32si32s").pack
_pack_hello_1: Final = Struct(">32s").pack


def _write_hello(value: Any) -> bytes:
    try:
        if type(value) is not Hello:
            raise ValueError
        constellation = value.constellation
        role = value.role
        key = value.key
        account = value.account
        if len(constellation) != 32 or role not in _ROLE_MEMBERS or len(key) != 32:
            raise ValueError
        part_0 = _pack_hello_0(value.version, value.oldest_version, constellation, role, key)
    except Exception:
        explain_unencodable(value, _HELLO_0)
        raise
    tail_0 = ABSENT if account is None else _write_account_in_hello(account)
    try:
        challenge = value.challenge
        if len(challenge) != 32:
            raise ValueError
        part_1 = _pack_hello_1(challenge)
    except Exception:
        explain_unencodable(value, _HELLO_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_account_in_hello_0: Final = Struct(">32s").unpack_from


def _read_account_in_hello(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_account_in_hello_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_IN_HELLO_0)
        raise
    return value, offset + 32


_unpack_hello_0: Final = Struct(">II32si32sI").unpack_from
_unpack_hello_1: Final = Struct(">32s").unpack_from


def _read_hello(data: bytes, offset: int) -> tuple[Hello, int]:
    try:
        version, oldest_version, constellation, role, key, account__present = _unpack_hello_0(data, offset)
        role = _ROLE_MEMBERS[role]
        account__present = BOOLEANS[account__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HELLO_0)
        raise
    offset += 80
    account: Key | None = None
    if account__present:
        account, offset = _read_account_in_hello(data, offset)
    try:
        (challenge,) = _unpack_hello_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _HELLO_1)
        raise
    return Hello(version, oldest_version, constellation, role, key, account, challenge), offset + 32


@dataclass(slots=True, init=False)
class HelloReply:
    """The struct HelloReply of session.x.

    XDR::

        struct HelloReply {
            unsigned int version;             // the newest that both speak: from here on it is spoken
            Key key;
            Challenge challenge;
            SignedAppointment appointments<MAX_APPOINTMENTS>;  // every one so far: why this key is alpha's
            Signature signature;              // by alpha over the transcript
        };
    """

    version: int
    key: Key
    challenge: Challenge
    appointments: list[SignedAppointment]
    signature: Signature

    def __init__(
        self, version: int, key: Key, challenge: Challenge, appointments: list[SignedAppointment], signature: Signature
    ) -> None:
        self.version = version
        self.key = key
        self.challenge = challenge
        self.appointments = appointments
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HelloReply, (
            self.version,
            self.key,
            self.challenge,
            self.appointments,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_hello_reply(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HelloReply":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_hello_reply(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HelloReply")
        return value


_HELLO_REPLY_0: Fields = (
    ("HelloReply", "", Instance(HelloReply)),
    ("HelloReply.version", "version", UINT32),
    ("HelloReply.key", "key", Opaque(32)),
    ("HelloReply.challenge", "challenge", Opaque(32)),
    ("HelloReply.appointments", "appointments", Items(MAX_APPOINTMENTS)),
)
_HELLO_REPLY_1: Fields = (("HelloReply.signature", "signature", Opaque(64)),)
_pack_hello_reply_0: Final = Struct(">I32s32sI").pack
_pack_hello_reply_1: Final = Struct(">64s").pack


def _write_hello_reply(value: Any) -> bytes:
    try:
        if type(value) is not HelloReply:
            raise ValueError
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
        part_0 = _pack_hello_reply_0(value.version, key, challenge, len(appointments))
    except Exception:
        explain_unencodable(value, _HELLO_REPLY_0)
        raise
    tail_0 = b"".join([_write_signed_appointment(item) for item in appointments])
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_1 = _pack_hello_reply_1(signature)
    except Exception:
        explain_unencodable(value, _HELLO_REPLY_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_hello_reply_0: Final = Struct(">I32s32sI").unpack_from
_unpack_hello_reply_1: Final = Struct(">64s").unpack_from


def _read_hello_reply(data: bytes, offset: int) -> tuple[HelloReply, int]:
    try:
        version, key, challenge, appointments__count = _unpack_hello_reply_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HELLO_REPLY_0)
        raise
    offset += 72
    if appointments__count > MAX_APPOINTMENTS or appointments__count * 56 > len(data) - offset:
        refuse_count(appointments__count, MAX_APPOINTMENTS, "HelloReply.appointments")
    appointments = []
    for _ in range(appointments__count):
        appointments__item, offset = _read_signed_appointment(data, offset)
        appointments.append(appointments__item)
    try:
        (signature,) = _unpack_hello_reply_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _HELLO_REPLY_1)
        raise
    return HelloReply(version, key, challenge, appointments, signature), offset + 64


@dataclass(slots=True, init=False)
class HelloProof:
    """The struct HelloProof of session.x.

    XDR::

        struct HelloProof {
            Signature signature;              // by the one who connects over the transcript
        };
    """

    signature: Signature

    def __init__(self, signature: Signature) -> None:
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HelloProof, (self.signature,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_hello_proof(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HelloProof":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_hello_proof(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HelloProof")
        return value


_HELLO_PROOF_0: Fields = (
    ("HelloProof", "", Instance(HelloProof)),
    ("HelloProof.signature", "signature", Opaque(64)),
)
_pack_hello_proof_0: Final = Struct(">64s").pack


def _write_hello_proof(value: Any) -> bytes:
    try:
        if type(value) is not HelloProof:
            raise ValueError
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_0 = _pack_hello_proof_0(signature)
    except Exception:
        explain_unencodable(value, _HELLO_PROOF_0)
        raise
    return part_0


_unpack_hello_proof_0: Final = Struct(">64s").unpack_from


def _read_hello_proof(data: bytes, offset: int) -> tuple[HelloProof, int]:
    try:
        (signature,) = _unpack_hello_proof_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HELLO_PROOF_0)
        raise
    return HelloProof(signature), offset + 64


@dataclass(slots=True, init=False)
class HandshakeTranscript:
    """What both sides sign, each with its own role: never sent.

    XDR::

        struct HandshakeTranscript {
            Role signer;
            Hello hello;
            unsigned int version;
            Key key;
            Challenge challenge;
        };
    """

    signer: Role
    hello: Hello
    version: int
    key: Key
    challenge: Challenge

    def __init__(self, signer: Role, hello: Hello, version: int, key: Key, challenge: Challenge) -> None:
        self.signer = signer
        self.hello = hello
        self.version = version
        self.key = key
        self.challenge = challenge

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HandshakeTranscript, (
            self.signer,
            self.hello,
            self.version,
            self.key,
            self.challenge,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_handshake_transcript(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HandshakeTranscript":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_handshake_transcript(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HandshakeTranscript")
        return value


_HANDSHAKE_TRANSCRIPT_0: Fields = (
    ("HandshakeTranscript", "", Instance(HandshakeTranscript)),
    ("HandshakeTranscript.signer", "signer", Enumerated(_ROLE_MEMBERS)),
    ("Hello", "hello", Instance(Hello)),
    ("Hello.version", "hello.version", UINT32),
    ("Hello.oldest_version", "hello.oldest_version", UINT32),
    ("Hello.constellation", "hello.constellation", Opaque(32)),
    ("Hello.role", "hello.role", Enumerated(_ROLE_MEMBERS)),
    ("Hello.key", "hello.key", Opaque(32)),
    ("Hello.account", "hello.account", PRESENCE),
)
_HANDSHAKE_TRANSCRIPT_1: Fields = (
    ("Hello.challenge", "hello.challenge", Opaque(32)),
    ("HandshakeTranscript.version", "version", UINT32),
    ("HandshakeTranscript.key", "key", Opaque(32)),
    ("HandshakeTranscript.challenge", "challenge", Opaque(32)),
)
_HELLO__ACCOUNT_IN_HANDSHAKE_TRANSCRIPT_0: Fields = (("Hello.account", "", Opaque(32)),)
_pack_hello__account_in_handshake_transcript_0: Final = Struct(">i32s").pack


def _write_hello__account_in_handshake_transcript(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_hello__account_in_handshake_transcript_0(1, value)
    except Exception:
        explain_unencodable(value, _HELLO__ACCOUNT_IN_HANDSHAKE_TRANSCRIPT_0)
        raise
    return part_0


_pack_handshake_transcript_0: Final = Struct(">iII32si32s").pack
_pack_handshake_transcript_1: Final = Struct(">32sI32s32s").pack


def _write_handshake_transcript(value: Any) -> bytes:
    try:
        if type(value) is not HandshakeTranscript:
            raise ValueError
        signer = value.signer
        hello = value.hello
        hello__constellation = hello.constellation
        hello__role = hello.role
        hello__key = hello.key
        hello__account = hello.account
        if (
            signer not in _ROLE_MEMBERS
            or type(hello) is not Hello
            or len(hello__constellation) != 32
            or hello__role not in _ROLE_MEMBERS
            or len(hello__key) != 32
        ):
            raise ValueError
        part_0 = _pack_handshake_transcript_0(
            signer, hello.version, hello.oldest_version, hello__constellation, hello__role, hello__key
        )
    except Exception:
        explain_unencodable(value, _HANDSHAKE_TRANSCRIPT_0)
        raise
    tail_0 = ABSENT if hello__account is None else _write_hello__account_in_handshake_transcript(hello__account)
    try:
        hello__challenge = hello.challenge
        key = value.key
        challenge = value.challenge
        if len(hello__challenge) != 32 or len(key) != 32 or len(challenge) != 32:
            raise ValueError
        part_1 = _pack_handshake_transcript_1(hello__challenge, value.version, key, challenge)
    except Exception:
        explain_unencodable(value, _HANDSHAKE_TRANSCRIPT_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_hello__account_in_handshake_transcript_0: Final = Struct(">32s").unpack_from


def _read_hello__account_in_handshake_transcript(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_hello__account_in_handshake_transcript_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HELLO__ACCOUNT_IN_HANDSHAKE_TRANSCRIPT_0)
        raise
    return value, offset + 32


_unpack_handshake_transcript_0: Final = Struct(">iII32si32sI").unpack_from
_unpack_handshake_transcript_1: Final = Struct(">32sI32s32s").unpack_from


def _read_handshake_transcript(data: bytes, offset: int) -> tuple[HandshakeTranscript, int]:
    try:
        (
            signer,
            hello__version,
            hello__oldest_version,
            hello__constellation,
            hello__role,
            hello__key,
            hello__account__present,
        ) = _unpack_handshake_transcript_0(data, offset)
        signer = _ROLE_MEMBERS[signer]
        hello__role = _ROLE_MEMBERS[hello__role]
        hello__account__present = BOOLEANS[hello__account__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HANDSHAKE_TRANSCRIPT_0)
        raise
    offset += 84
    hello__account: Key | None = None
    if hello__account__present:
        hello__account, offset = _read_hello__account_in_handshake_transcript(data, offset)
    try:
        hello__challenge, version, key, challenge = _unpack_handshake_transcript_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _HANDSHAKE_TRANSCRIPT_1)
        raise
    return HandshakeTranscript(
        signer,
        Hello(
            hello__version,
            hello__oldest_version,
            hello__constellation,
            hello__role,
            hello__key,
            hello__account,
            hello__challenge,
        ),
        version,
        key,
        challenge,
    ), offset + 100


@dataclass(slots=True, init=False)
class Closing:
    """The last message on a connection that is closed for a reason.

    XDR::

        struct Closing {
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
        return Closing, (
            self.code,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_closing(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Closing":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_closing(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Closing")
        return value


_CLOSING_0: Fields = (
    ("Closing", "", Instance(Closing)),
    ("Closing.code", "code", Enumerated(_CODE_MEMBERS)),
    ("Closing.message", "message", LENGTH),
)
_pack_closing_0: Final = Struct(">i").pack


def _write_closing(value: Any) -> bytes:
    try:
        if type(value) is not Closing:
            raise ValueError
        code = value.code
        message = value.message
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_closing_0(code)
    except Exception:
        explain_unencodable(value, _CLOSING_0)
        raise
    tail_0 = write_string(message, 256, "Closing.message")
    return part_0 + tail_0


_unpack_closing_0: Final = Struct(">iI").unpack_from


def _read_closing(data: bytes, offset: int) -> tuple[Closing, int]:
    try:
        code, message__length = _unpack_closing_0(data, offset)
        code = _CODE_MEMBERS[code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLOSING_0)
        raise
    offset += 8
    message, offset = read_string(data, offset, message__length, 256, "Closing.message")
    return Closing(code, message), offset
