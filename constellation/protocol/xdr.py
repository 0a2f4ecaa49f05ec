"""What the generated message classes stand on: two errors, and the checks that say what exactly was wrong.

Only ``MalformedMessage`` leaves a decoder, whatever the bytes; only ``UnencodableMessage`` leaves an encoder,
whatever the fields hold. The reasons are stable:

=========================  ======  ======  ===================================================================
reason                     decode  encode  meaning
=========================  ======  ======  ===================================================================
truncated                  yes             the bytes end before the value does
trailing bytes             yes             the value ends before the bytes do
length over maximum        yes     yes     a string, opaque or list is longer than its declared maximum
nonzero padding            yes             a byte that only fills up to a multiple of four is not zero
enum value out of range    yes     yes     no member of the enum has this value
bool out of range          yes             neither 0 nor 1, also for whether an optional is there
unknown union arm          yes             a member of the enum that the union has no arm for
invalid utf-8              yes     yes     a string's bytes are not UTF-8, or a str has no UTF-8 form
integer out of range               yes     the number does not fit the field
wrong length                       yes     a fixed opaque or array has another length
wrong type                         yes     the field holds something else than its annotation says
=========================  ======  ======  ===================================================================

The fast path checks as little as it can: a run of fixed-size fields is packed or unpacked by one precompiled
``struct.Struct``, and whatever that does not refuse by itself is one comparison. Only when something failed
are the run's fields walked one by one, in order, to find the first fault and its name.
"""

import struct
from collections.abc import Container
from operator import index
from typing import Any, Final, NoReturn

__all__ = [
    "ABSENT",
    "BOOLEAN",
    "BOOLEANS",
    "ELSEWHERE",
    "INT32",
    "INT64",
    "LENGTH",
    "PRESENCE",
    "PRESENT",
    "UINT32",
    "UINT64",
    "Array",
    "Check",
    "Discriminant",
    "Enumerated",
    "Fields",
    "Instance",
    "Items",
    "MalformedMessage",
    "Opaque",
    "StructError",
    "UnencodableMessage",
    "explain_malformed",
    "explain_unencodable",
    "read_fixed_opaque",
    "read_opaque",
    "read_opaques",
    "read_string",
    "read_void",
    "refuse_count",
    "write_fixed_opaque",
    "write_opaque",
    "write_opaques",
    "write_string",
]

StructError: Final = struct.error

ABSENT: Final = b"\0\0\0\0"
PRESENT: Final = b"\0\0\0\1"
BOOLEANS: Final = {0: False, 1: True}


class MalformedMessage(ValueError):
    """The bytes are not the encoding of a message.

    Args:
        reason: one of the module's reasons.
        where: the type and field, as ``Type.field``.
    """

    def __init__(self, reason: str, where: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.reason = reason
        self.where = where


class UnencodableMessage(ValueError):
    """A message's fields hold something that has no encoding.

    Args:
        reason: one of the module's reasons.
        where: the type and field, as ``Type.field``.
    """

    def __init__(self, reason: str, where: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.reason = reason
        self.where = where


class Check:
    """What one field of a run demands.

    Attributes:
        size: how many bytes it takes in the run.
    """

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size

    def fault_of(self, value: Any) -> str | None:
        """The reason why the value has no encoding."""
        return None

    def fault_in(self, data: bytes) -> str | None:
        """The reason why the `size` bytes are not the encoding of a value."""
        return None


class Integer(Check):
    """An integer of four or eight bytes. Whatever Python takes for an index is an integer."""

    __slots__ = ("high", "low")

    def __init__(self, size: int, *, signed: bool) -> None:
        super().__init__(size)
        self.low = -(1 << 8 * size - 1) if signed else 0
        self.high = (1 << 8 * size - signed) - 1

    def fault_of(self, value: Any) -> str | None:
        """Refuses what is no number, or one out of range."""
        try:
            number = index(value)
        except Exception:
            return "wrong type"
        return None if self.low <= number <= self.high else "integer out of range"


class Presence(Check):
    """Whether an optional is there."""

    __slots__ = ()

    def fault_in(self, data: bytes) -> str | None:
        """Refuses all but 0 and 1."""
        return None if data in (ABSENT, PRESENT) else "bool out of range"


class Boolean(Presence):
    """A bool, and nothing that merely counts as one."""

    __slots__ = ()

    def fault_of(self, value: Any) -> str | None:
        """Refuses all but True and False."""
        return None if value is True or value is False else "wrong type"


class Enumerated(Check):
    """A member of an enum, or an integer equal to one."""

    __slots__ = ("members",)

    def __init__(self, members: Container[int]) -> None:
        super().__init__(4)
        self.members = members

    def fault_of(self, value: Any) -> str | None:
        """Refuses what no member is equal to."""
        if fault := INT32.fault_of(value):
            return "wrong type" if fault == "wrong type" else "enum value out of range"
        return None if value in self.members else "enum value out of range"

    def fault_in(self, data: bytes) -> str | None:
        """Refuses numbers that no member has."""
        return None if int.from_bytes(data, signed=True) in self.members else "enum value out of range"


class Discriminant(Enumerated):
    """What selects a union's arm. The value is checked by its class, where the arm is chosen."""

    __slots__ = ("arms",)

    def __init__(self, members: Container[int], arms: Container[bytes]) -> None:
        super().__init__(members)
        self.arms = arms

    def fault_of(self, value: Any) -> str | None:
        """Refuses nothing: the class decides."""
        return None

    def fault_in(self, data: bytes) -> str | None:
        """Refuses numbers that select no arm."""
        return super().fault_in(data) or (None if data in self.arms else "unknown union arm")


class Opaque(Check):
    """Exactly so many bytes."""

    __slots__ = ()

    def fault_of(self, value: Any) -> str | None:
        """Refuses what is not bytes, or another length."""
        if not isinstance(value, bytes | bytearray):
            return "wrong type"
        return None if len(value) == self.size else "wrong length"


class Instance(Check):
    """An instance of exactly this class: it takes no bytes of its own."""

    __slots__ = ("expected",)

    def __init__(self, expected: type) -> None:
        super().__init__(0)
        self.expected = expected

    def fault_of(self, value: Any) -> str | None:
        """Refuses any other class."""
        return None if type(value) is self.expected else "wrong type"


class Items(Check):
    """The count of a list. A decoder checks it against what is left of the data, right after the run."""

    __slots__ = ("maximum",)

    def __init__(self, maximum: int) -> None:
        super().__init__(4)
        self.maximum = maximum

    def fault_of(self, value: Any) -> str | None:
        """Refuses what is no list, or a longer one."""
        if type(value) is not list:
            return "wrong type"
        return None if len(value) <= self.maximum else "length over maximum"


class Array(Check):
    """A list of a length that the schema fixes: its count is not sent."""

    __slots__ = ("length",)

    def __init__(self, length: int) -> None:
        super().__init__(0)
        self.length = length

    def fault_of(self, value: Any) -> str | None:
        """Refuses what is no list, or another length."""
        if type(value) is not list:
            return "wrong type"
        return None if len(value) == self.length else "wrong length"


INT32 = Integer(4, signed=True)
UINT32 = Integer(4, signed=False)
INT64 = Integer(8, signed=True)
UINT64 = Integer(8, signed=False)
BOOLEAN = Boolean(4)
PRESENCE = Presence(4)
# The length of a string or opaque, and what is wholly left to a function of its own.
LENGTH = Check(4)
ELSEWHERE = Check(0)

# The fields of one run: their names for people, the way to them from the value that is encoded, the check.
Fields = tuple[tuple[str, str, Check], ...]


def explain_unencodable(value: Any, fields: Fields) -> None:
    """Raises the first fault of a run that could not be packed.

    Raises:
        UnencodableMessage: always, unless the failure had nothing to do with the fields.
    """
    for where, path, check in fields:
        found = value
        for name in path.split(".") if path else ():
            try:
                found = getattr(found, name)
            except AttributeError:
                raise UnencodableMessage("wrong type", where) from None
        if fault := check.fault_of(found):
            raise UnencodableMessage(fault, where) from None


def explain_malformed(data: bytes, offset: int, fields: Fields) -> None:
    """Raises the first fault of a run that could not be unpacked.

    Raises:
        MalformedMessage: always, unless the failure had nothing to do with the bytes.
    """
    for where, _, check in fields:
        end = offset + check.size
        if end > len(data):
            raise MalformedMessage("truncated", where) from None
        if fault := check.fault_in(data[offset:end]):
            raise MalformedMessage(fault, where) from None
        offset = end


def refuse_count(count: int, maximum: int, where: str) -> NoReturn:
    """Refuses a count that is over its maximum or promises more than the data can hold."""
    raise MalformedMessage("length over maximum" if count > maximum else "truncated", where)


def write_string(value: Any, maximum: int, where: str) -> bytes:
    """Encodes a str: the length of its UTF-8 form, the form, zeros up to a multiple of four."""
    if not isinstance(value, str):
        raise UnencodableMessage("wrong type", where)
    try:
        text = value.encode()
    except UnicodeEncodeError:
        raise UnencodableMessage("invalid utf-8", where) from None
    return write_opaque(text, maximum, where)


def write_opaque(value: Any, maximum: int, where: str) -> bytes:
    """Encodes bytes of any length up to the maximum."""
    if not isinstance(value, bytes | bytearray):
        raise UnencodableMessage("wrong type", where)
    length = len(value)
    if length > maximum:
        raise UnencodableMessage("length over maximum", where)
    return length.to_bytes(4) + value + bytes(-length % 4)


def write_fixed_opaque(value: Any, length: int, where: str) -> bytes:
    """Encodes exactly so many bytes and their padding."""
    if not isinstance(value, bytes | bytearray):
        raise UnencodableMessage("wrong type", where)
    if len(value) != length:
        raise UnencodableMessage("wrong length", where)
    return bytes(value) + bytes(-length % 4)


def write_opaques(values: list[Any], length: int, where: str) -> bytes:
    """Encodes the items of a list of fixed opaques that need no padding."""
    if {bytes}.issuperset(map(type, values)) and {length}.issuperset(map(len, values)):
        return b"".join(values)
    return b"".join([write_fixed_opaque(value, length, where) for value in values])


def read_string(data: bytes, offset: int, length: int, maximum: int, where: str) -> tuple[str, int]:
    """Decodes a str whose length has been read; returns it and the offset behind it."""
    text, offset = read_opaque(data, offset, length, maximum, where)
    try:
        return text.decode(), offset
    except UnicodeDecodeError:
        raise MalformedMessage("invalid utf-8", where) from None


def read_opaque(data: bytes, offset: int, length: int, maximum: int, where: str) -> tuple[bytes, int]:
    """Decodes bytes whose length has been read; returns them and the offset behind them."""
    if length > maximum:
        raise MalformedMessage("length over maximum", where)
    return read_fixed_opaque(data, offset, length, where)


def read_fixed_opaque(data: bytes, offset: int, length: int, where: str) -> tuple[bytes, int]:
    """Decodes exactly so many bytes and their padding."""
    end = offset + length
    after = end + -length % 4
    if after > len(data):
        raise MalformedMessage("truncated", where)
    if any(data[end:after]):
        raise MalformedMessage("nonzero padding", where)
    return data[offset:end], after


def read_opaques(data: bytes, offset: int, count: int, length: int) -> tuple[list[bytes], int]:
    """Decodes so many fixed opaques without padding; the caller has checked that the data holds them."""
    end = offset + count * length
    return [data[start : start + length] for start in range(offset, end, length)], end


def read_void(data: bytes, offset: int) -> tuple[None, int]:
    """Decodes nothing."""
    return None, offset
