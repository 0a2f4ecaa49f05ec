"""The schema with every name resolved: what the emitters and the tests work from."""

from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Bound:
    """A length or a maximum, and the constant that names it, if one does."""

    value: int
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Type:
    """Any type. `alias` is the typedef it was reached by; generated annotations use it."""

    alias: str | None = None


@dataclass(frozen=True, kw_only=True)
class IntegerType(Type):
    """int, unsigned int, hyper or unsigned hyper; `name` is int32, uint32, int64 or uint64."""

    name: str


@dataclass(frozen=True, kw_only=True)
class BooleanType(Type):
    """bool."""


@dataclass(frozen=True, kw_only=True)
class EnumType(Type):
    """A declared enum."""

    enum: "Enum"


@dataclass(frozen=True, kw_only=True)
class FixedOpaque(Type):
    """`opaque x[n]`."""

    length: Bound


@dataclass(frozen=True, kw_only=True)
class VariableOpaque(Type):
    """`opaque x<n>`."""

    maximum: Bound


@dataclass(frozen=True, kw_only=True)
class StringType(Type):
    """`string x<n>`: UTF-8, its maximum counts bytes."""

    maximum: Bound


@dataclass(frozen=True, kw_only=True)
class FixedArray(Type):
    """`T x[n]`."""

    item: Type
    length: Bound


@dataclass(frozen=True, kw_only=True)
class VariableArray(Type):
    """`T x<n>`."""

    item: Type
    maximum: Bound


@dataclass(frozen=True, kw_only=True)
class OptionalType(Type):
    """`T *x`."""

    item: Type


@dataclass(frozen=True, kw_only=True)
class StructType(Type):
    """A declared struct."""

    struct: "Struct"


@dataclass(frozen=True, kw_only=True)
class UnionType(Type):
    """A declared union."""

    union: "Union"


def min_size(item: Type) -> int:
    """The least number of bytes a value takes: what a declared count is checked against."""
    match item:
        case IntegerType():
            return 8 if item.name.endswith("64") else 4
        case FixedOpaque():
            return (item.length.value + 3) // 4 * 4
        case FixedArray():
            return item.length.value * min_size(item.item)
        case StructType():
            return sum(min_size(field.type) for field in item.struct.fields)
        case UnionType():
            return 4 + min(min_size(arm.type) if arm.type else 0 for arm in item.union.arms)
    # A bool, an enum, a count or the flag of an optional.
    return 4


@dataclass(frozen=True)
class Definition:
    """What all definitions have; `text` is the IDL, `module` the .x file's name without its ending."""

    name: str
    module: str
    text: str
    comment: str


@dataclass(frozen=True)
class Const(Definition):
    """A named number."""

    value: int


@dataclass(frozen=True)
class Enum(Definition):
    """Members by name, in order."""

    members: dict[str, int] = field(hash=False)


@dataclass(frozen=True)
class Field:
    """A struct's field; one that `may_be_empty` is a string whose comment begins with `"": none`."""

    name: str
    type: Type
    may_be_empty: bool = False


@dataclass(frozen=True)
class Struct(Definition):
    """Fields in order."""

    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Arm:
    """One case of a union; no type is void."""

    member: str
    value: int
    name: str
    type: Type | None


@dataclass(frozen=True)
class Union(Definition):
    """Arms in order, chosen by a member of `enum`."""

    enum: Enum
    switch_name: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Typedef(Definition):
    """Another name for a type."""

    type: Type


@dataclass(frozen=True)
class Module:
    """One .x file."""

    name: str
    comment: str
    definitions: tuple[Definition, ...]


@dataclass(frozen=True)
class Schema:
    """All .x files, each after those it includes."""

    modules: tuple[Module, ...]

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Every definition by its name; names are unique over the whole schema."""
        return {item.name: item for module in self.modules for item in module.definitions}
