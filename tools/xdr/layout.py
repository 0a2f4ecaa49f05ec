"""Cuts a struct into runs: stretches of fixed-size fields that one `struct.Struct` packs and unpacks.

Small nested structs become part of the struct that holds them. A field of variable size ends a run; what is
fixed about it (a count, a discriminant, whether it is there) is the run's last item, its head.
"""

import re
from dataclasses import dataclass, field
from typing import TypeGuard

from tools.xdr import model

FORMATS = {"int32": "i", "uint32": "I", "int64": "q", "uint64": "Q"}

# A nested struct of more fields keeps its own functions: the code would grow and a call saved matter less.
INLINED_FIELDS = 12

# Structs that are hashed, stored and sent: they keep their encoding, so that it is made once, and are not changed.
KEPT = frozenset({"EffectGroup", "QuantumLeaf", "SignedHeader", "SignedRequest", "SignedRequestBatch"})

# What generated functions call their own variables.
RESERVED = frozenset({"data", "offset", "start", "value", "item", "read", "write", "len", "type", "range", "list"})
PARTS = re.compile(r"(part|tail)_\d+")


@dataclass(frozen=True)
class Item:
    """One field on its way through a function.

    Attributes:
        where: its name for people, `Type.field`.
        path: the attributes that lead to it from the function's value.
        local: the local variable that holds it.
        type: its type.
    """

    where: str
    path: tuple[str, ...]
    local: str
    type: model.Type

    @property
    def inlined(self) -> bool:
        """Whether it is a struct whose fields follow as items of their own."""
        return isinstance(self.type, model.StructType) and inlines(self.type)


@dataclass
class Run:
    """Fixed items in a row, then at most one of variable size."""

    fixed: list[Item] = field(default_factory=list)
    tail: Item | None = None

    @property
    def items(self) -> list[Item]:
        """All items in order."""
        return [*self.fixed, self.tail] if self.tail else self.fixed

    @property
    def leaves(self) -> list[Item]:
        """The items that take bytes: all but the structs whose fields follow."""
        return [item for item in self.fixed if not isinstance(item.type, model.StructType)]

    @property
    def size(self) -> int:
        """The bytes of the run, its tail's head included."""
        size = sum(model.min_size(item.type) for item in self.leaves)
        return size + (head_size(self.tail.type) if self.tail else 0)


def fuses(item: model.Type) -> bool:
    """Whether one item of a `struct` format encodes the type."""
    if isinstance(item, model.FixedOpaque):
        return item.length.value % 4 == 0
    return isinstance(item, model.IntegerType | model.BooleanType | model.EnumType)


def head_size(item: model.Type) -> int:
    """The bytes of what is fixed about a variable type: nothing, or a count, flag or discriminant."""
    headless = isinstance(item, model.FixedOpaque | model.FixedArray | model.StructType)
    return 0 if headless else 4


def inlines(item: model.StructType) -> bool:
    """Whether the struct becomes part of the struct that holds it."""
    return _width(item) <= INLINED_FIELDS and not keeps(item.struct)


def keeps(struct: model.Struct) -> bool:
    """Whether values of the struct keep their encoding."""
    return struct.name in KEPT


def format_of(item: model.Type) -> str:
    """The item of a `struct` format that encodes a type which fuses."""
    if isinstance(item, model.IntegerType):
        return FORMATS[item.name]
    if isinstance(item, model.FixedOpaque):
        return f"{item.length.value}s"
    return "I" if isinstance(item, model.BooleanType) else "i"


def helper_name(function: str, item: Item) -> str:
    """The name of the function for what is inside an item, if it has none of its own."""
    return f"{'__'.join(item.path) or 'item'}_in_{function}"


def helped_by(item: Item | None) -> model.Type | None:
    """The type inside a list or an optional that needs a function: all but structs, unions and keys in lists."""
    if item is None or not isinstance(item.type, model.OptionalType | model.VariableArray | model.FixedArray):
        return None
    inner = item.type.item
    in_one_go = not isinstance(item.type, model.OptionalType) and is_plain_opaque(inner)
    return None if in_one_go or has_function(inner) else inner


def has_function(item: model.Type) -> bool:
    """Whether functions for the type are generated anyway."""
    return isinstance(item, model.StructType | model.UnionType)


def is_plain_opaque(item: model.Type) -> TypeGuard[model.FixedOpaque]:
    """Whether the type is bytes of a fixed size without padding."""
    return isinstance(item, model.FixedOpaque) and fuses(item)


def runs_of(struct: model.Struct) -> list[Run]:
    """The struct's runs; the struct itself is the first item, for its class is checked first."""
    runs = [Run()]
    for item in _flatten(Item(struct.name, (), "value", model.StructType(struct=struct)), force=True):
        if item.inlined or not item.path or fuses(item.type):
            runs[-1].fixed.append(item)
        else:
            runs[-1].tail = item
            runs.append(Run())
    if not runs[-1].fixed:
        runs.pop()
    return runs


def runs_of_value(where: str, item: model.Type) -> list[Run]:
    """The runs of a function whose value is not a struct: an item of a list, an optional, a union's arm."""
    value = Item(where, (), "value", item)
    return [Run([value])] if fuses(item) else [Run(tail=value)]


def _flatten(holder: Item, force: bool = False) -> list[Item]:
    items = [holder]
    if isinstance(holder.type, model.StructType) and (force or holder.inlined):
        for member in holder.type.struct.fields:
            path = (*holder.path, member.name)
            where = f"{holder.type.struct.name}.{member.name}"
            items += _flatten(Item(where, path, local(path), member.type))
    return items


def local(path: tuple[str, ...]) -> str:
    """A local variable's name; two underscores between the parts keep different paths apart."""
    name = "__".join(path)
    return f"{name}_" if name in RESERVED or PARTS.fullmatch(name) else name


def _width(item: model.Type) -> int:
    if isinstance(item, model.StructType):
        return sum(_width(member.type) for member in item.struct.fields)
    return 1
