"""XDR's primitive types on xdrlib3, which checks little itself: no padding, no maximum, no range of a hyper.

Each pair packs and unpacks one kind of type. The reference form is made of these and nothing else.
"""

from collections.abc import Callable
from enum import IntEnum
from operator import index
from typing import Any, TypeVar

from xdrlib3 import Packer, Unpacker

from constellation.protocol.xdr import MalformedMessage, UnencodableMessage

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)


def to_bytes(pack: Callable[[Packer, T], None], value: T) -> bytes:
    """Encodes a value with one of the generated functions."""
    packer = Packer()
    pack(packer, value)
    return packer.get_buffer()


def from_bytes(unpack: Callable[[Unpacker], T], data: bytes, where: str) -> T:
    """Decodes bytes that are one value and nothing else."""
    unpacker = Unpacker(data)
    value = unpack(unpacker)
    if _remaining(unpacker) > 0:
        raise MalformedMessage("trailing bytes", where)
    return value


def expect_class(value: object, expected: type) -> None:
    """Refuses a value of another class, also of a derived one."""
    if type(value) is not expected:
        raise UnencodableMessage("wrong type", expected.__name__)


def pack_int32(packer: Packer, value: object, where: str) -> None:
    """Packs an int."""
    packer.pack_int(_integer(value, -(2**31), 2**31 - 1, where))


def pack_uint32(packer: Packer, value: object, where: str) -> None:
    """Packs an unsigned int."""
    packer.pack_uint(_integer(value, 0, 2**32 - 1, where))


def pack_int64(packer: Packer, value: object, where: str) -> None:
    """Packs a hyper."""
    packer.pack_hyper(_integer(value, -(2**63), 2**63 - 1, where))


def pack_uint64(packer: Packer, value: object, where: str) -> None:
    """Packs an unsigned hyper."""
    packer.pack_uhyper(_integer(value, 0, 2**64 - 1, where))


def unpack_int32(unpacker: Unpacker, where: str) -> int:
    """Unpacks an int."""
    _expect_bytes(unpacker, 4, where)
    return unpacker.unpack_int()


def unpack_uint32(unpacker: Unpacker, where: str) -> int:
    """Unpacks an unsigned int."""
    _expect_bytes(unpacker, 4, where)
    return unpacker.unpack_uint()


def unpack_int64(unpacker: Unpacker, where: str) -> int:
    """Unpacks a hyper."""
    _expect_bytes(unpacker, 8, where)
    return unpacker.unpack_hyper()


def unpack_uint64(unpacker: Unpacker, where: str) -> int:
    """Unpacks an unsigned hyper."""
    _expect_bytes(unpacker, 8, where)
    return unpacker.unpack_uhyper()


def pack_bool(packer: Packer, value: object, where: str) -> None:
    """Packs a bool; 0 and 1 are not bools."""
    if not isinstance(value, bool):
        raise UnencodableMessage("wrong type", where)
    packer.pack_bool(value)


def unpack_bool(unpacker: Unpacker, where: str) -> bool:
    """Unpacks a bool."""
    number = unpack_uint32(unpacker, where)
    if number > 1:
        raise MalformedMessage("bool out of range", where)
    return number == 1


def pack_enum(packer: Packer, value: object, enum: type[E], where: str) -> None:
    """Packs a member of an enum, or an integer equal to one."""
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise UnencodableMessage("wrong type", where) from None
    if number not in list(enum):
        raise UnencodableMessage("enum value out of range", where)
    packer.pack_enum(number)


def unpack_enum(unpacker: Unpacker, enum: type[E], where: str) -> E:
    """Unpacks a member of an enum."""
    number = unpack_int32(unpacker, where)
    try:
        return enum(number)
    except ValueError:
        raise MalformedMessage("enum value out of range", where) from None


def pack_fixed_opaque(packer: Packer, value: object, length: int, where: str) -> None:
    """Packs exactly so many bytes."""
    data = _bytes(value, where)
    if len(data) != length:
        raise UnencodableMessage("wrong length", where)
    packer.pack_fopaque(length, data)


def unpack_fixed_opaque(unpacker: Unpacker, length: int, where: str) -> bytes:
    """Unpacks exactly so many bytes; what pads them must be zero."""
    padded = (length + 3) // 4 * 4
    _expect_bytes(unpacker, padded, where)
    data = unpacker.unpack_fopaque(padded)
    if data[length:] != bytes(padded - length):
        raise MalformedMessage("nonzero padding", where)
    return data[:length]


def pack_opaque(packer: Packer, value: object, maximum: int, where: str) -> None:
    """Packs up to so many bytes."""
    data = _bytes(value, where)
    if len(data) > maximum:
        raise UnencodableMessage("length over maximum", where)
    packer.pack_opaque(data)


def unpack_opaque(unpacker: Unpacker, maximum: int, where: str) -> bytes:
    """Unpacks up to so many bytes."""
    length = unpack_uint32(unpacker, where)
    if length > maximum:
        raise MalformedMessage("length over maximum", where)
    return unpack_fixed_opaque(unpacker, length, where)


def pack_string(packer: Packer, value: object, maximum: int, where: str) -> None:
    """Packs a text whose UTF-8 form has up to so many bytes."""
    if not isinstance(value, str):
        raise UnencodableMessage("wrong type", where)
    try:
        data = value.encode("utf-8")
    except UnicodeEncodeError:
        raise UnencodableMessage("invalid utf-8", where) from None
    pack_opaque(packer, data, maximum, where)


def unpack_string(unpacker: Unpacker, maximum: int, where: str) -> str:
    """Unpacks a text whose UTF-8 form has up to so many bytes."""
    data = unpack_opaque(unpacker, maximum, where)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedMessage("invalid utf-8", where) from None


def pack_optional(packer: Packer, value: object, pack: Callable[[Packer, Any], None]) -> None:
    """Packs whether the value is there, and if so the value."""
    packer.pack_bool(value is not None)
    if value is not None:
        pack(packer, value)


def unpack_optional(unpacker: Unpacker, unpack: Callable[[Unpacker], T], where: str) -> T | None:
    """Unpacks a value that may be absent."""
    return unpack(unpacker) if unpack_bool(unpacker, where) else None


def pack_array(packer: Packer, value: list[T], pack: Callable[[Packer, T], None], maximum: int, where: str) -> None:
    """Packs the count of a list and its items."""
    if type(value) is not list:
        raise UnencodableMessage("wrong type", where)
    if len(value) > maximum:
        raise UnencodableMessage("length over maximum", where)
    packer.pack_uint(len(value))
    for item in value:
        pack(packer, item)


def unpack_array(
    unpacker: Unpacker, unpack: Callable[[Unpacker], T], item_size: int, maximum: int, where: str
) -> list[T]:
    """Unpacks a list; `item_size` is the least that an item takes, so that a false count costs nothing."""
    count = unpack_uint32(unpacker, where)
    if count > maximum:
        raise MalformedMessage("length over maximum", where)
    return unpack_fixed_array(unpacker, unpack, item_size, count, where)


def pack_fixed_array(
    packer: Packer, value: list[T], pack: Callable[[Packer, T], None], length: int, where: str
) -> None:
    """Packs a list of exactly so many items."""
    if type(value) is not list:
        raise UnencodableMessage("wrong type", where)
    if len(value) != length:
        raise UnencodableMessage("wrong length", where)
    for item in value:
        pack(packer, item)


def unpack_fixed_array(
    unpacker: Unpacker, unpack: Callable[[Unpacker], T], item_size: int, length: int, where: str
) -> list[T]:
    """Unpacks a list of exactly so many items."""
    _expect_bytes(unpacker, length * item_size, where)
    return [unpack(unpacker) for _ in range(length)]


def _integer(value: Any, low: int, high: int, where: str) -> int:
    try:
        number = index(value)
    except TypeError:
        raise UnencodableMessage("wrong type", where) from None
    if not low <= number <= high:
        raise UnencodableMessage("integer out of range", where)
    return number


def _bytes(value: object, where: str) -> bytes:
    if not isinstance(value, bytes | bytearray):
        raise UnencodableMessage("wrong type", where)
    return bytes(value)


def _expect_bytes(unpacker: Unpacker, size: int, where: str) -> None:
    if _remaining(unpacker) < size:
        raise MalformedMessage("truncated", where)


def _remaining(unpacker: Unpacker) -> int:
    return len(unpacker.get_buffer()) - unpacker.get_position()
