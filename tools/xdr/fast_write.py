"""Emits the encoding half of the fast form: functions `_write_name(value) -> bytes`."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from tools.xdr import model
from tools.xdr.fast_checks import RUNTIME, Checks
from tools.xdr.layout import (
    Item,
    Run,
    format_of,
    fuses,
    has_function,
    helped_by,
    helper_name,
    inlines,
    is_plain_opaque,
    keeps,
    local,
    runs_of,
    runs_of_value,
)
from tools.xdr.python import Text, snake


@dataclass(frozen=True)
class Function:
    """A function under way.

    Attributes:
        name: without its `_write_`.
        tables: whose tables of fields explain its failures: a function's name, or a struct.
        prefix: an integer that is written before all else, to say which arm or that an optional is there.
    """

    name: str
    tables: str | model.Struct
    prefix: int | None = None

    @property
    def arm(self) -> model.Struct | None:
        """The struct that its value is because a union's arm was chosen by its class."""
        return self.tables if self.prefix is not None and isinstance(self.tables, model.Struct) else None

    @property
    def keeps(self) -> str | None:
        """The struct whose values keep what the function returns, if it is one of those."""
        return self.tables.name if isinstance(self.tables, model.Struct) and keeps(self.tables) else None


class Writer:
    """Emits writing functions.

    Args:
        text: the module under way.
        package: where the generated modules are.
    """

    def __init__(self, text: Text, package: str) -> None:
        self._text = text
        self._package = package
        self._checks = Checks(text, package)

    def struct(self, item: model.Struct) -> None:
        """Emits the function of a struct."""
        self._function(Function(snake(item.name), item), runs_of(item))

    def union(self, item: model.Union) -> None:
        """Emits a function per arm, and the table that finds it by the class of a value."""
        rows = []
        for arm in item.arms:
            name = f"{arm.name or arm.member.lower()}_as_{snake(item.name)}"
            self._arm(name, f"{item.name}.{arm.name}", arm)
            rows.append(f"{self._class_of(arm.type)}: _write_{name}")
        call = self._text.use("collections.abc", "Callable")
        anything = self._text.use("typing", "Any")
        kind = f"dict[type, {call}[[{anything}], bytes]]"
        self._text.add(f"_{snake(item.name).upper()}_WRITERS: {self._text.final(kind)} = {{{', '.join(rows)}}}", "")

    def choose(self, item: model.Union, value: str) -> None:
        """Emits the choice of `write` for a value of the union."""
        with self._text.block("try:"):
            self._text.add(f"write = {self._writers_of(item)}[type({value})]")
        self._refuse_class(item)

    def _arm(self, name: str, where: str, arm: model.Arm) -> None:
        if arm.type is None:
            with self._block(name):
                self._text.add(f"return {_constant(arm.value)}")
        elif not isinstance(arm.type, model.StructType):
            self._value(name, where, arm.type, arm.value)
        elif inlines(arm.type):
            struct = arm.type.struct
            self._function(Function(name, struct, arm.value), runs_of(struct))
        else:
            with self._block(name):
                self._text.add(f"return {_constant(arm.value)} + {self._function_for(arm.type, '')}(value)")

    def _value(self, name: str, where: str, item: model.Type, prefix: int | None) -> None:
        """Emits the function of a value that is not a struct."""
        runs = runs_of_value(where, item)
        self._checks.tables(name, runs)
        self._function(Function(name, name, prefix), runs)

    def _block(self, name: str, struct: model.Struct | None = None) -> AbstractContextManager[None]:
        module, kind = (f"{self._package}.{struct.module}", struct.name) if struct else ("typing", "Any")
        return self._text.block(f"def _write_{name}(value: {self._text.use(module, kind)}) -> bytes:")

    def _function(self, function: Function, runs: list[Run]) -> None:
        self._helpers(function.name, runs)
        with self._block(function.name, function.arm):
            if function.keeps is not None:
                with self._text.block(f"if type(value) is {function.keeps} and value._encoded:"):
                    self._text.add("return value._encoded")
            parts: list[str] = []
            for number, run in enumerate(runs):
                prefix = function.prefix if number == 0 else None
                parts += self._run(function, number, run, prefix)
                if run.tail:
                    parts.append(self._tail(function, run.tail, number))
            joined = " + ".join(parts) if len(parts) < 4 else f'b"".join(({", ".join(parts)}))'
            if function.keeps is not None:
                self._text.add(f"encoded: bytes = {joined}", "value._encoded = encoded", "return encoded")
            else:
                self._text.add(f"return {joined}")
        self._text.add("")

    def _helpers(self, name: str, runs: list[Run]) -> None:
        """Emits the functions of what is inside lists and optionals, where it has none of its own."""
        for item in (run.tail for run in runs):
            inner = helped_by(item)
            if item and inner:
                prefix = 1 if isinstance(item.type, model.OptionalType) else None
                self._value(helper_name(name, item), item.where, inner, prefix)

    def _run(self, function: Function, number: int, run: Run, prefix: int | None) -> list[str]:
        """Emits the packing of a run's fixed part; returns the expressions of the results."""
        # The class comes first: after it, mypy knows what the value is, and mypyc reads its fields without Python.
        whole = [item for item in run.fixed if not item.path and isinstance(item.type, model.StructType)]
        lines = [] if function.arm else self._refusal(whole)
        lines += [line for item in run.items for line in self._fetch(item)]
        lines += self._refusal([item for item in run.items if item not in whole])
        packs = bool(run.leaves) or _counts(run.tail)
        if packs:
            lines.append(f"part_{number} = {self._packing(function, number, run, prefix)}")
        if lines:
            with self._text.block("try:"):
                self._text.add(*lines)
            with self._text.block("except Exception:"):
                explain = self._text.use(RUNTIME, "explain_unencodable")
                self._text.add(f"{explain}(value, {self._checks.table(function.tables, number)})", "raise")
        if packs:
            return [f"part_{number}"]
        return [] if prefix is None else [_constant(prefix)]

    def _packing(self, function: Function, number: int, run: Run, prefix: int | None) -> str:
        """The call that packs a run's fixed part; its packer is inserted above the function."""
        format_, arguments = _packed(run, prefix)
        packer = f"_pack_{function.name}_{number}"
        self._text.above(f'{packer}: {self._text.final()} = {self._text.use("struct", "Struct")}(">{format_}").pack')
        return f"{packer}({', '.join(arguments)})"

    def _fetch(self, item: Item) -> list[str]:
        """The line that puts an item into its local variable, for items that are used more than once."""
        if isinstance(item.type, model.IntegerType) or not item.path:
            return []
        # What is in a list is checked by whoever writes it: a compiled loop must not do so, with another error.
        is_list = isinstance(item.type, model.VariableArray | model.FixedArray)
        kind = f": list[{self._text.use('typing', 'Any')}]" if is_list else ""
        return [f"{item.local}{kind} = {_holder(item)}.{item.path[-1]}"]

    def _refusal(self, items: list[Item]) -> list[str]:
        """The lines that refuse values that packing would let pass."""
        faults = [fault for item in items if (fault := self._fault(item))]
        return [f"if {' or '.join(faults)}:", "    raise ValueError"] if faults else []

    def _fault(self, item: Item) -> str | None:
        """The condition on which a value is refused that packing would let pass."""
        match item.type:
            case model.StructType() if item.inlined or not item.path:
                name = self._text.use(f"{self._package}.{item.type.struct.module}", item.type.struct.name)
                return f"type({item.local}) is not {name}"
            case model.FixedOpaque() if fuses(item.type):
                return f"len({item.local}) != {self._checks.bound(item.type.length)}"
            case model.EnumType():
                return f"{item.local} not in {self._checks.members(item.type.enum)}"
            case model.BooleanType():
                return f"({item.local} is not True and {item.local} is not False)"
            case model.VariableArray():
                over = f"len({item.local}) > {self._checks.bound(item.type.maximum)}"
                return f"type({item.local}) is not list or {over}"
            case model.FixedArray():
                other = f"len({item.local}) != {self._checks.bound(item.type.length)}"
                return f"type({item.local}) is not list or {other}"
        return None

    def _tail(self, function: Function, item: Item, number: int) -> str:
        """Emits what follows a run; returns the name of the result."""
        part = f"tail_{number}"
        match item.type:
            case model.StringType() | model.VariableOpaque():
                kind = "write_string" if isinstance(item.type, model.StringType) else "write_opaque"
                write = self._text.use(RUNTIME, kind)
                bound = self._checks.bound(item.type.maximum)
                self._text.add(f'{part} = {write}({item.local}, {bound}, "{item.where}")')
            case model.FixedOpaque():
                write = self._text.use(RUNTIME, "write_fixed_opaque")
                bound = self._checks.bound(item.type.length)
                self._text.add(f'{part} = {write}({item.local}, {bound}, "{item.where}")')
            case model.UnionType():
                self.choose(item.type.union, item.local)
                self._text.add(f"{part} = write({item.local})")
            case model.StructType():
                self._text.add(f"{part} = {self._function_for(item.type, '')}({item.local})")
            case model.OptionalType():
                self._optional(function, item, item.type, part)
            case model.VariableArray() | model.FixedArray():
                self._items(function, item, item.type, part)
        return part

    def _optional(self, function: Function, item: Item, kind: model.OptionalType, part: str) -> None:
        write = self._function_for(kind.item, helper_name(function.name, item))
        present = f"{self._text.use(RUNTIME, 'PRESENT')} + " if has_function(kind.item) else ""
        absent = self._text.use(RUNTIME, "ABSENT")
        self._text.add(f"{part} = {absent} if {item.local} is None else {present}{write}({item.local})")

    def _items(self, function: Function, item: Item, kind: model.VariableArray | model.FixedArray, part: str) -> None:
        inner = kind.item
        if is_plain_opaque(inner):
            write = self._text.use(RUNTIME, "write_opaques")
            bound = self._checks.bound(inner.length)
            self._text.add(f'{part} = {write}({item.local}, {bound}, "{item.where}")')
        elif isinstance(inner, model.UnionType):
            with self._text.block("try:"):
                write = f"{self._writers_of(inner.union)}[type(item)](item)"
                self._text.add(f'{part} = b"".join([{write} for item in {item.local}])')
            self._refuse_class(inner.union)
        else:
            write = self._function_for(inner, helper_name(function.name, item))
            self._text.add(f'{part} = b"".join([{write}(item) for item in {item.local}])')

    def _refuse_class(self, union: model.Union) -> None:
        with self._text.block("except KeyError:"):
            error = self._text.use(RUNTIME, "UnencodableMessage")
            self._text.add(f'raise {error}("wrong type", "{union.name}.{union.switch_name}") from None')

    def _function_for(self, item: model.Type, helper: str) -> str:
        match item:
            case model.StructType():
                name = f"_write_{snake(item.struct.name)}"
                return self._text.use(f"{self._package}.{item.struct.module}", name)
            case model.UnionType():
                name = f"encode_{snake(item.union.name)}"
                return self._text.use(f"{self._package}.{item.union.module}", name)
        return f"_write_{helper}"

    def _writers_of(self, union: model.Union) -> str:
        return self._text.use(f"{self._package}.{union.module}", f"_{snake(union.name).upper()}_WRITERS")

    def _class_of(self, item: model.Type | None) -> str:
        if item is None:
            return self._text.use("types", "NoneType")
        if isinstance(item, model.FixedArray | model.VariableArray):
            return "list"
        return self._text.annotation(item, self._package)


def _counts(item: Item | None) -> bool:
    return item is not None and isinstance(item.type, model.VariableArray)


def _constant(value: int) -> str:
    return repr(value.to_bytes(4, signed=True))


def _holder(item: Item) -> str:
    return local(item.path[:-1]) if len(item.path) > 1 else "value"


def _packed(run: Run, prefix: int | None) -> tuple[str, list[str]]:
    """The format of a run's fixed part and the expressions that go into it."""
    format_ = "" if prefix is None else "i"
    arguments = [] if prefix is None else [str(prefix)]
    for item in run.leaves:
        format_ += format_of(item.type)
        plain = isinstance(item.type, model.IntegerType) and item.path
        arguments.append(f"{_holder(item)}.{item.path[-1]}" if plain else item.local)
    if run.tail and _counts(run.tail):
        format_ += "I"
        arguments.append(f"len({run.tail.local})")
    return format_, arguments
