"""Readable codec of session.x.

Generated from xdr/session.x by tools/xdr_generator.py; do not edit.

The mutual handshake that opens every connection: each side signs the other's challenge.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.codes import Code
from constellation.protocol.messages.common import MAX_APPOINTMENTS
from constellation.protocol.messages.session import Closing, HandshakeTranscript, Hello, HelloProof, HelloReply, Role
from constellation.protocol.reference.common import pack_signed_appointment, unpack_signed_appointment
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_enum,
    pack_fixed_opaque,
    pack_optional,
    pack_string,
    pack_uint32,
    unpack_array,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_optional,
    unpack_string,
    unpack_uint32,
)


def pack_hello(packer: Packer, value: Hello) -> None:
    """Packs Hello."""
    expect_class(value, Hello)
    pack_uint32(packer, value.version, "Hello.version")
    pack_uint32(packer, value.oldest_version, "Hello.oldest_version")
    pack_fixed_opaque(packer, value.constellation, 32, "Hello.constellation")
    pack_enum(packer, value.role, Role, "Hello.role")
    pack_fixed_opaque(packer, value.key, 32, "Hello.key")
    pack_optional(packer, value.account, lambda packer, item: pack_fixed_opaque(packer, item, 32, "Hello.account"))
    pack_fixed_opaque(packer, value.challenge, 32, "Hello.challenge")


def unpack_hello(unpacker: Unpacker) -> Hello:
    """Unpacks Hello."""
    return Hello(
        version=unpack_uint32(unpacker, "Hello.version"),
        oldest_version=unpack_uint32(unpacker, "Hello.oldest_version"),
        constellation=unpack_fixed_opaque(unpacker, 32, "Hello.constellation"),
        role=unpack_enum(unpacker, Role, "Hello.role"),
        key=unpack_fixed_opaque(unpacker, 32, "Hello.key"),
        account=unpack_optional(
            unpacker, lambda unpacker: unpack_fixed_opaque(unpacker, 32, "Hello.account"), "Hello.account"
        ),
        challenge=unpack_fixed_opaque(unpacker, 32, "Hello.challenge"),
    )


def pack_hello_reply(packer: Packer, value: HelloReply) -> None:
    """Packs HelloReply."""
    expect_class(value, HelloReply)
    pack_uint32(packer, value.version, "HelloReply.version")
    pack_fixed_opaque(packer, value.key, 32, "HelloReply.key")
    pack_fixed_opaque(packer, value.challenge, 32, "HelloReply.challenge")
    pack_array(packer, value.appointments, pack_signed_appointment, MAX_APPOINTMENTS, "HelloReply.appointments")
    pack_fixed_opaque(packer, value.signature, 64, "HelloReply.signature")


def unpack_hello_reply(unpacker: Unpacker) -> HelloReply:
    """Unpacks HelloReply."""
    return HelloReply(
        version=unpack_uint32(unpacker, "HelloReply.version"),
        key=unpack_fixed_opaque(unpacker, 32, "HelloReply.key"),
        challenge=unpack_fixed_opaque(unpacker, 32, "HelloReply.challenge"),
        appointments=unpack_array(unpacker, unpack_signed_appointment, 56, MAX_APPOINTMENTS, "HelloReply.appointments"),
        signature=unpack_fixed_opaque(unpacker, 64, "HelloReply.signature"),
    )


def pack_hello_proof(packer: Packer, value: HelloProof) -> None:
    """Packs HelloProof."""
    expect_class(value, HelloProof)
    pack_fixed_opaque(packer, value.signature, 64, "HelloProof.signature")


def unpack_hello_proof(unpacker: Unpacker) -> HelloProof:
    """Unpacks HelloProof."""
    return HelloProof(
        signature=unpack_fixed_opaque(unpacker, 64, "HelloProof.signature"),
    )


def pack_handshake_transcript(packer: Packer, value: HandshakeTranscript) -> None:
    """Packs HandshakeTranscript."""
    expect_class(value, HandshakeTranscript)
    pack_enum(packer, value.signer, Role, "HandshakeTranscript.signer")
    pack_hello(packer, value.hello)
    pack_uint32(packer, value.version, "HandshakeTranscript.version")
    pack_fixed_opaque(packer, value.key, 32, "HandshakeTranscript.key")
    pack_fixed_opaque(packer, value.challenge, 32, "HandshakeTranscript.challenge")


def unpack_handshake_transcript(unpacker: Unpacker) -> HandshakeTranscript:
    """Unpacks HandshakeTranscript."""
    return HandshakeTranscript(
        signer=unpack_enum(unpacker, Role, "HandshakeTranscript.signer"),
        hello=unpack_hello(unpacker),
        version=unpack_uint32(unpacker, "HandshakeTranscript.version"),
        key=unpack_fixed_opaque(unpacker, 32, "HandshakeTranscript.key"),
        challenge=unpack_fixed_opaque(unpacker, 32, "HandshakeTranscript.challenge"),
    )


def pack_closing(packer: Packer, value: Closing) -> None:
    """Packs Closing."""
    expect_class(value, Closing)
    pack_enum(packer, value.code, Code, "Closing.code")
    pack_string(packer, value.message, 256, "Closing.message")


def unpack_closing(unpacker: Unpacker) -> Closing:
    """Unpacks Closing."""
    return Closing(
        code=unpack_enum(unpacker, Code, "Closing.code"),
        message=unpack_string(unpacker, 256, "Closing.message"),
    )
