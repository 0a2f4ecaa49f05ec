"""Emits the decoding half of the fast form: functions `_read_name(data, offset) -> (value, next offset)`."""

from tools.xdr import model
from tools.xdr.fast_checks import RUNTIME, Checks
from tools.xdr.layout import (
    Item,
    Run,
    format_of,
    has_function,
    helped_by,
    helper_name,
    is_plain_opaque,
    keeps,
    local,
    runs_of,
    runs_of_value,
)
from tools.xdr.python import Text, snake


class Reader:
    """Emits reading functions. The tables of fields are the writer's.

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
        self._function(snake(item.name), item, item.name, runs_of(item), self._construct(item, ()))

    def union(self, item: model.Union) -> None:
        """Emits a function per arm that has none, the table of all arms, and the function of the union."""
        name = snake(item.name)
        rows = []
        for arm in item.arms:
            read = self._arm(item, arm)
            rows.append(f"{arm.value.to_bytes(4, signed=True)!r}: {read}")
        call = self._text.use("collections.abc", "Callable")
        kind = f"dict[bytes, {call}[[bytes, int], tuple[{item.name}, int]]]"
        readers = f"_{name.upper()}_READERS"
        self._text.add(f"{readers}: {self._text.final(kind)} = {{{', '.join(rows)}}}")
        check = f"{self._text.use(RUNTIME, 'Discriminant')}({self._checks.members(item.enum)}, {readers})"
        self._text.add(f"{self._checks.discriminant(item)} = {check}")
        row = f'("{item.name}.{item.switch_name}", "", {self._checks.discriminant(item)})'
        self._text.add(f"{self._checks.table(name, 0)}: {self._text.use(RUNTIME, 'Fields')} = ({row},)", "")
        with self._text.block(f"def _read_{name}(data: bytes, offset: int) -> tuple[{item.name}, int]:"):
            self._choose(item, "read")
            self._text.add("return read(data, offset + 4)", "")

    def _arm(self, union: model.Union, arm: model.Arm) -> str:
        if arm.type is None:
            return self._text.use(RUNTIME, "read_void")
        name = f"{arm.name}_as_{snake(union.name)}"
        if not has_function(arm.type):
            self._value(name, f"{union.name}.{arm.name}", arm.type)
        return self._function_for(arm.type, name)

    def _choose(self, item: model.Union, read: str) -> None:
        """Emits the choice of the function `read` by the discriminant at the offset."""
        name = snake(item.name)
        module = f"{self._package}.{item.module}"
        with self._text.block("try:"):
            readers = self._text.use(module, f"_{name.upper()}_READERS")
            self._text.add(f"{read} = {readers}[data[offset : offset + 4]]")
        with self._text.block("except KeyError:"):
            table = self._text.use(module, self._checks.table(name, 0))
            explain = self._text.use(RUNTIME, "explain_malformed")
            self._text.add(f"{explain}(data, offset, {table})", "raise")

    def _value(self, name: str, where: str, item: model.Type) -> None:
        """Emits the function of a value that is not a struct."""
        result = self._text.annotation(item, self._package)
        self._function(name, name, result, runs_of_value(where, item), "value")

    def _function(self, name: str, tables: str | model.Struct, result: str, runs: list[Run], value: str) -> None:
        self._helpers(name, runs)
        with self._text.block(f"def _read_{name}(data: bytes, offset: int) -> tuple[{result}, int]:"):
            is_kept = isinstance(tables, model.Struct) and keeps(tables)
            if is_kept:
                self._text.add("start = offset")
            for number, run in enumerate(runs):
                self._run(name, number, run, self._checks.table(tables, number))
                if run.tail:
                    self._text.add(*([f"offset += {run.size}"] if run.size else []))
                    self._tail(name, run.tail)
            behind = "offset" if runs[-1].tail else f"offset + {runs[-1].size}"
            if is_kept:
                self._text.add(f"value = {value}", f"value._encoded = data[start:{behind}]")
            self._text.add(f"return {'value' if is_kept else value}, {behind}")
        self._text.add("")

    def _helpers(self, name: str, runs: list[Run]) -> None:
        """Emits the functions of what is inside lists and optionals, where it has none of its own."""
        for item in (run.tail for run in runs):
            inner = helped_by(item)
            if item and inner:
                self._value(helper_name(name, item), item.where, inner)

    def _run(self, name: str, number: int, run: Run, table: str) -> None:
        format_, targets, conversions = self._unpacked(run)
        if not format_:
            return
        unpack = f"_unpack_{name}_{number}"
        struct = f'{self._text.use("struct", "Struct")}(">{format_}")'
        self._text.above(f"{unpack}: {self._text.final()} = {struct}.unpack_from")
        errors = self._text.use(RUNTIME, "StructError")
        if conversions:
            errors = f"({errors}, KeyError)"
        with self._text.block("try:"):
            left = ", ".join(targets) if len(targets) > 1 else f"({targets[0]},)"
            self._text.add(f"{left} = {unpack}(data, offset)", *conversions)
        with self._text.block(f"except {errors}:"):
            self._text.add(f"{self._text.use(RUNTIME, 'explain_malformed')}(data, offset, {table})", "raise")

    def _unpacked(self, run: Run) -> tuple[str, list[str], list[str]]:
        """A run's format, the variables that it fills, and what makes values of them."""
        format_, targets, conversions = "", [], []
        for item in run.leaves:
            format_ += format_of(item.type)
            targets.append(item.local)
            if isinstance(item.type, model.EnumType):
                conversions.append(f"{item.local} = {self._checks.members(item.type.enum)}[{item.local}]")
            elif isinstance(item.type, model.BooleanType):
                conversions.append(f"{item.local} = {self._text.use(RUNTIME, 'BOOLEANS')}[{item.local}]")
        if run.tail and (head := _head_of(run.tail)):
            format_ += "4s" if isinstance(run.tail.type, model.UnionType) else "I"
            targets.append(head)
            if isinstance(run.tail.type, model.UnionType):
                union = run.tail.type.union
                readers = f"_{snake(union.name).upper()}_READERS"
                readers = self._text.use(f"{self._package}.{union.module}", readers)
                conversions.append(f"{head} = {readers}[{head}]")
            elif isinstance(run.tail.type, model.OptionalType):
                conversions.append(f"{head} = {self._text.use(RUNTIME, 'BOOLEANS')}[{head}]")
        return format_, targets, conversions

    def _tail(self, name: str, item: Item) -> None:
        """Emits the reading of what follows a run."""
        head = _head_of(item)
        match item.type:
            case model.StringType() | model.VariableOpaque():
                kind = "read_string" if isinstance(item.type, model.StringType) else "read_opaque"
                read = self._text.use(RUNTIME, kind)
                bound = self._checks.bound(item.type.maximum)
                call = f'{read}(data, offset, {head}, {bound}, "{item.where}")'
                self._text.add(f"{item.local}, offset = {call}")
            case model.FixedOpaque():
                read = self._text.use(RUNTIME, "read_fixed_opaque")
                bound = self._checks.bound(item.type.length)
                self._text.add(f'{item.local}, offset = {read}(data, offset, {bound}, "{item.where}")')
            case model.UnionType():
                self._text.add(f"{item.local}, offset = {head}(data, offset)")
            case model.StructType():
                self._text.add(f"{item.local}, offset = {self._function_for(item.type, '')}(data, offset)")
            case model.OptionalType():
                kind = self._text.annotation(item.type, self._package)
                self._text.add(f"{item.local}: {kind} = None")
                with self._text.block(f"if {head}:"):
                    read = self._function_for(item.type.item, helper_name(name, item))
                    self._text.add(f"{item.local}, offset = {read}(data, offset)")
            case model.VariableArray():
                self._check_count(item, item.type)
                self._items(name, item, item.type.item, head)
            case model.FixedArray():
                self._check_length(item, item.type)
                self._items(name, item, item.type.item, self._checks.bound(item.type.length))

    def _check_count(self, item: Item, kind: model.VariableArray) -> None:
        head = _head_of(item)
        bound = self._checks.bound(kind.maximum)
        short = f"{head} * {model.min_size(kind.item)} > len(data) - offset"
        with self._text.block(f"if {head} > {bound} or {short}:"):
            self._text.add(f'{self._text.use(RUNTIME, "refuse_count")}({head}, {bound}, "{item.where}")')

    def _check_length(self, item: Item, kind: model.FixedArray) -> None:
        with self._text.block(f"if {model.min_size(kind)} > len(data) - offset:"):
            error = self._text.use(RUNTIME, "MalformedMessage")
            self._text.add(f'raise {error}("truncated", "{item.where}")')

    def _items(self, name: str, item: Item, inner: model.Type, count: str) -> None:
        if is_plain_opaque(inner):
            read = self._text.use(RUNTIME, "read_opaques")
            bound = self._checks.bound(inner.length)
            self._text.add(f"{item.local}, offset = {read}(data, offset, {count}, {bound})")
            return
        one, read = f"{item.local}__item", f"{item.local}__read"
        self._text.add(f"{item.local} = []")
        with self._text.block(f"for _ in range({count}):"):
            if isinstance(inner, model.UnionType):
                self._choose(inner.union, read)
                self._text.add(f"{one}, offset = {read}(data, offset + 4)")
            else:
                read = self._function_for(inner, helper_name(name, item))
                self._text.add(f"{one}, offset = {read}(data, offset)")
            self._text.add(f"{item.local}.append({one})")

    def _function_for(self, item: model.Type, helper: str) -> str:
        match item:
            case model.StructType():
                name = f"_read_{snake(item.struct.name)}"
                return self._text.use(f"{self._package}.{item.struct.module}", name)
            case model.UnionType():
                name = f"_read_{snake(item.union.name)}"
                return self._text.use(f"{self._package}.{item.union.module}", name)
        return f"_read_{helper}"

    def _construct(self, struct: model.Struct, path: tuple[str, ...]) -> str:
        """The expression that builds a struct from the local variables."""
        arguments = []
        for member in struct.fields:
            item = Item("", (*path, member.name), local((*path, member.name)), member.type)
            if isinstance(member.type, model.StructType) and item.inlined:
                arguments.append(self._construct(member.type.struct, item.path))
            else:
                arguments.append(item.local)
        name = self._text.use(f"{self._package}.{struct.module}", struct.name)
        return f"{name}({', '.join(arguments)})"


def _head_of(item: Item) -> str:
    """The variable of what is fixed about a variable type; empty if nothing is."""
    match item.type:
        case model.VariableArray():
            return f"{item.local}__count"
        case model.StringType() | model.VariableOpaque():
            return f"{item.local}__length"
        case model.OptionalType():
            return f"{item.local}__present"
        case model.UnionType():
            return f"{item.local}__read"
    return ""
