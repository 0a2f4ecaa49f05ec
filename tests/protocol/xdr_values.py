"""Values and bytes for any message, built from the schema's model: samples, random ones, and broken ones."""

import dataclasses
import decimal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType, SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from constellation.build import core_is_compiled
from constellation.protocol.reference.primitives import from_bytes, to_bytes
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.testing.spoiling import set_field
from tools.xdr import model
from tools.xdr.python import snake

RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}


@dataclass(frozen=True)
class Codec:
    """One struct or union with both forms of its codec."""

    name: str
    type: model.Type
    messages: ModuleType
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    pack: Callable[[Any, Any], None]
    unpack: Callable[[Any], Any]

    @cached_property
    def values(self) -> st.SearchStrategy[Any]:
        """Random values of the type."""
        return values(self.type, self.messages)

    def reference_encode(self, value: Any) -> bytes:
        return to_bytes(self.pack, value)

    def reference_decode(self, data: bytes) -> Any:
        return from_bytes(self.unpack, data, self.name)


def codecs(schema: model.Schema, messages: ModuleType, reference: ModuleType) -> dict[str, Codec]:
    found = {}
    for name, item in schema.definitions.items():
        if isinstance(item, model.Struct):
            python = getattr(messages, name)
            kind: model.Type = model.StructType(struct=item)
            encode, decode = python.to_xdr, python.from_xdr
        elif isinstance(item, model.Union):
            kind = model.UnionType(union=item)
            encode = getattr(messages, f"encode_{snake(name)}")
            decode = getattr(messages, f"decode_{snake(name)}")
        else:
            continue
        pack, unpack = (getattr(reference, f"{verb}_{snake(name)}") for verb in ("pack", "unpack"))
        found[name] = Codec(name, kind, messages, encode, decode, pack, unpack)
    return found


def outcome(call: Callable[[Any], Any], argument: Any) -> tuple[str, Any]:
    """What came of a call: a value, or the reason and place of one of the two errors that may leave."""
    try:
        return "value", call(argument)
    except (MalformedMessage, UnencodableMessage) as error:
        return type(error).__name__, (error.reason, error.where)


def values(item: model.Type | None, messages: ModuleType) -> st.SearchStrategy[Any]:
    """Random values of a type."""
    match item:
        case None:
            return st.none()
        case model.IntegerType():
            low, high = RANGES[item.name]
            return st.integers(low, high) | st.sampled_from([low, 0, high])
        case model.BooleanType():
            return st.booleans()
        case model.EnumType():
            return st.sampled_from(list(getattr(messages, item.enum.name)))
        case model.FixedOpaque():
            return st.binary(min_size=item.length.value, max_size=item.length.value)
        case model.VariableOpaque():
            return st.binary(max_size=min(item.maximum.value, 9))
        case model.StringType():
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=item.maximum.value // 4)
        case model.FixedArray():
            length = item.length.value
            return st.lists(values(item.item, messages), min_size=length, max_size=length)
        case model.VariableArray():
            return st.lists(values(item.item, messages), max_size=min(item.maximum.value, 2))
        case model.OptionalType():
            return st.none() | values(item.item, messages)
        case model.StructType():
            fields = {field.name: values(field.type, messages) for field in item.struct.fields}
            return st.builds(getattr(messages, item.struct.name), **fields)
        case model.UnionType():
            return st.one_of([values(arm.type, messages) for arm in item.union.arms])
    raise AssertionError(item)


class Samples:
    """Deterministic values: every field differs from its neighbours, every optional and list holds something."""

    def __init__(self, messages: ModuleType) -> None:
        self._messages = messages
        self._number = 0

    def of(self, item: model.Type | None) -> Any:
        self._number += 1
        number = self._number
        match item:
            case None:
                return None
            case model.IntegerType():
                return -number if item.name.startswith("int") else 2**31 + number
            case model.BooleanType():
                return True
            case model.EnumType():
                members = list(getattr(self._messages, item.enum.name))
                return members[number % len(members)]
            case model.FixedOpaque():
                return bytes((number + place) % 256 for place in range(item.length.value))
            case model.VariableOpaque():
                return bytes(range(min(item.maximum.value, 5)))
            case model.StringType():
                return "Größe"[: item.maximum.value // 2]
            case model.FixedArray():
                return [self.of(item.item) for _ in range(item.length.value)]
            case model.VariableArray():
                return [self.of(item.item) for _ in range(min(2, item.maximum.value))]
            case model.OptionalType():
                return self.of(item.item)
            case model.StructType():
                fields = {field.name: self.of(field.type) for field in item.struct.fields}
                return getattr(self._messages, item.struct.name)(**fields)
            case model.UnionType():
                return self.of(item.union.arms[-1].type)
        raise AssertionError(item)


GARBAGE: list[Any] = [
    None, True, -1, 2**63, 2**64, 7, 1.0, float("nan"), float("inf"), decimal.Decimal(1), 1j,
    "", "text", "x" * 300, "\ud800", b"", b"x" * 31, b"x" * 33, bytearray(32), memoryview(bytes(32)),
    [], [None], [b"x" * 32] * 33, [1.5] * 5000, (), (1,), {}, {1}, object(), int, len,
]  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A field of a struct or an item of a list."""

    holder: Any
    key: str | int

    @property
    def content(self) -> Any:
        return self.holder[self.key] if isinstance(self.key, int) else getattr(self.holder, self.key)

    def put(self, content: Any) -> bool:
        """Whether the holder takes it: a compiled class refuses what is of another type by itself."""
        if isinstance(self.key, int):
            self.holder[self.key] = content
            return True
        try:
            set_field(self.holder, self.key, content)
        except TypeError:
            assert core_is_compiled()
            return False
        return True


def places(value: Any) -> Iterator[Place]:
    """Every place inside a value, at any depth."""
    found: list[Place] = []
    if dataclasses.is_dataclass(value):
        found = [Place(value, field.name) for field in dataclasses.fields(value) if field.init]
    elif isinstance(value, list):
        found = [Place(value, number) for number in range(len(value))]
    for place in found:
        yield place
        yield from places(place.content)


def look_alike(value: Any) -> Any:
    """What has the same attributes as a struct but is none."""
    names = [field.name for field in dataclasses.fields(value) if field.init]
    return SimpleNamespace(**{name: getattr(value, name) for name in names})


def keepers(value: Any) -> list[Any]:
    """The parts of a value, itself included, that keep their encoding."""
    return [part for part in (value, *(place.content for place in places(value))) if hasattr(part, "_encoded")]


def forget_encodings(keepers: list[Any]) -> None:
    """Let a test change values as nobody else does."""
    for keeper in keepers:
        keeper._encoded = b""


def encoded_anew(value: Any) -> Any:
    """A message that a test has changed, without the encodings that it kept from before."""
    forget_encodings(keepers(value))
    return value


@st.composite
def broken_values(draw: st.DrawFn, valid: st.SearchStrategy[Any]) -> Any:
    """A valid value in which up to three places hold garbage."""
    value = draw(valid)
    found = list(places(value))
    if not found:
        return draw(st.sampled_from(GARBAGE))
    for _ in range(draw(st.integers(1, 3))):
        draw(st.sampled_from(found)).put(draw(st.sampled_from(GARBAGE)))
    return value


@st.composite
def broken_bytes(draw: st.DrawFn, valid: bytes) -> bytes:
    """Valid bytes with some words replaced, cut off, or with something added."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, max(len(data) // 4 - 1, 0))) * 4
        words = [0, 1, 2, 3, 20, 2**32 - 1, 2**31, 2**24, 0x80000000, 0xC3280000]
        word = draw(st.sampled_from(words) | st.integers(0, 2**32 - 1))
        data[start : start + 4] = word.to_bytes(4)
    kept = draw(st.sampled_from([len(data)] * 3 + [draw(st.integers(0, len(data)))]))
    return bytes(data[:kept]) + draw(st.sampled_from([b""] * 4 + [b"\0", b"\0\0\0\0", b"\0\0\0\1" * 3]))
