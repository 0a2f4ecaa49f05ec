"""Turns syntax trees into the model: finds what each name means and refuses what cannot be generated.

A name must be declared in the file itself or in a file it includes, directly or through others. Names are
unique over all files, because they all end up in one Python package.
"""

import builtins
import keyword
import re
from dataclasses import replace
from pathlib import Path

from constellation.protocol import xdr
from tools.xdr import model, syntax
from tools.xdr.syntax import SchemaError

INTEGERS = {
    "int": model.IntegerType(name="int32"),
    "unsigned int": model.IntegerType(name="uint32"),
    "hyper": model.IntegerType(name="int64"),
    "unsigned hyper": model.IntegerType(name="uint64"),
}

# What generated modules import.
IMPORTED = frozenset({"Any", "Callable", "IntEnum", "NoneType", "Struct", "dataclass", *xdr.__all__})

# Fields of these names would hide the methods of the generated classes.
METHODS = frozenset({"to_xdr", "from_xdr"})

# How the comment of a string that may be empty begins.
EMPTY = '"": none'

# Snake case: generated functions make names of their own with double, leading and trailing underscores.
FIELD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def load(folder: Path) -> model.Schema:
    """Reads every .x file of a folder.

    Raises:
        SchemaError: a file cannot be read, or something in it cannot be resolved.
    """
    sources = [syntax.parse(path.name, path.read_text()) for path in sorted(folder.glob("*.x"))]
    return resolve(sources)


def resolve(sources: list[syntax.SourceFile]) -> model.Schema:
    """Resolves parsed files that together form a schema.

    Raises:
        SchemaError: names that are unknown or declared twice, recursion, missing bounds, ambiguous unions.
    """
    return _Resolver({source.name: source for source in sources}).schema()


class _Resolver:
    def __init__(self, sources: dict[str, syntax.SourceFile]) -> None:
        self._sources = sources
        self._places: dict[str, tuple[str, syntax.Definition]] = {}
        self._done: dict[str, model.Definition] = {}
        self._under_way: list[str] = []
        self._visible: dict[str, frozenset[str]] = {}
        self._file = ""

    def schema(self) -> model.Schema:
        order: list[str] = []
        for name in self._sources:
            self._order_files(name, (), order)
        for name in order:
            self._register(self._sources[name])
        return model.Schema(tuple(self._module(self._sources[name]) for name in order))

    def _order_files(self, name: str, above: tuple[str, ...], order: list[str]) -> frozenset[str]:
        """Appends the file after those it includes; returns all files whose names it may use."""
        if name in above:
            raise SchemaError(f"{name}: includes itself through {' -> '.join((*above, name))}")
        if name not in self._visible:
            visible = {name}
            for included, line in self._sources[name].includes:
                if included not in self._sources:
                    raise SchemaError(f"{name}:{line}: there is no file {included!r}")
                visible |= self._order_files(included, (*above, name), order)
            self._visible[name] = frozenset(visible)
            order.append(name)
        return self._visible[name]

    def _register(self, source: syntax.SourceFile) -> None:
        for definition in source.definitions:
            self._file = source.name
            names = [definition.name]
            if isinstance(definition, syntax.EnumDefinition):
                names += [name for name, _ in definition.members]
            for name in names:
                self._check_name(name, definition.line)
                if name in self._places:
                    file, other = self._places[name]
                    raise self._error(definition.line, f"{name!r} is already declared at {file}:{other.line}")
                self._places[name] = (source.name, definition)

    def _check_name(self, name: str, line: int) -> None:
        if keyword.iskeyword(name) or hasattr(builtins, name) or name in IMPORTED:
            raise self._error(line, f"{name!r} has a meaning in the generated code")

    def _module(self, source: syntax.SourceFile) -> model.Module:
        definitions = []
        for definition in source.definitions:
            self._file = source.name
            definitions.append(self._definition(definition.name, definition.line))
        return model.Module(source.name.removesuffix(".x"), source.comment, tuple(definitions))

    def _definition(self, name: str, line: int) -> model.Definition:
        """The resolved definition of a name that is used at this line of the current file."""
        if name not in self._places or self._places[name][1].name != name:
            raise self._error(line, f"unknown name {name!r}")
        file, definition = self._places[name]
        if file not in self._visible[self._file]:
            raise self._error(line, f"{name!r} is declared in {file}, which is not included")
        if name in self._under_way:
            raise self._error(line, f"recursion: {' -> '.join((*self._under_way, name))}")
        if name not in self._done:
            used_in, self._file = self._file, file
            self._under_way.append(name)
            self._done[name] = self._resolve(definition)
            self._under_way.pop()
            self._file = used_in
        if file == self._file and definition.line > line:
            raise self._error(line, f"{name!r} is declared below, at line {definition.line}")
        return self._done[name]

    def _resolve(self, item: syntax.Definition) -> model.Definition:
        common = (item.name, self._file.removesuffix(".x"), item.text, item.comment)
        match item:
            case syntax.ConstDefinition():
                return model.Const(*common, self._number(item.value))
            case syntax.EnumDefinition():
                return model.Enum(*common, self._members(item))
            case syntax.TypedefDefinition():
                return model.Typedef(*common, replace(self._type(item.declaration), alias=item.name))
            case syntax.StructDefinition():
                return model.Struct(*common, self._fields(item))
            case syntax.UnionDefinition():
                return self._union(item, common)
        raise AssertionError(item)

    def _members(self, item: syntax.EnumDefinition) -> dict[str, int]:
        members = {name: self._number(value) for name, value in item.members}
        if len(set(members.values())) != len(members):
            raise self._error(item.line, f"two members of {item.name} have the same value")
        for name, value in members.items():
            if not -(2**31) <= value < 2**31:
                raise self._error(item.line, f"{name!r} does not fit in 32 bits")
        return members

    def _fields(self, item: syntax.StructDefinition) -> tuple[model.Field, ...]:
        fields: dict[str, model.Field] = {}
        for declaration in item.fields:
            name = declaration.name
            if name in fields:
                raise self._error(declaration.line, f"{item.name} has two fields {name!r}")
            if name in METHODS | IMPORTED or keyword.iskeyword(name) or not FIELD.fullmatch(name):
                raise self._error(declaration.line, f"{name!r} cannot be the name of a field")
            fields[name] = model.Field(name, self._type(declaration), declaration.comment.startswith(EMPTY))
        return tuple(fields.values())

    def _union(self, item: syntax.UnionDefinition, common: tuple[str, str, str, str]) -> model.Union:
        enum = None
        if item.switch_type not in INTEGERS and item.switch_type != "bool":
            enum = self._definition(item.switch_type, item.line)
        if not isinstance(enum, model.Enum):
            raise self._error(item.line, f"{item.name} must switch on an enum")
        arms: dict[str, model.Arm] = {}
        classes: dict[str, str] = {}
        for arm in item.arms:
            resolved = self._arm(item.name, arm)
            for label in arm.labels:
                if label.text not in enum.members:
                    raise self._error(label.line, f"{label.text!r} is not a member of {enum.name}")
                if label.text in arms:
                    raise self._error(label.line, f"{item.name} has two arms for {label.text}")
                python = _class_of(resolved) if resolved else "None"
                if python in classes:
                    both = f"{classes[python]} and {label.text}"
                    raise self._error(label.line, f"{both} of {item.name} have the same Python type {python}")
                classes[python] = label.text
                name = arm.declaration.name if arm.declaration else ""
                arms[label.text] = model.Arm(label.text, enum.members[label.text], name, resolved)
        return model.Union(*common, enum, item.switch_name, tuple(arms.values()))

    def _arm(self, union: str, arm: syntax.ArmDefinition) -> model.Type | None:
        if arm.declaration is None:
            return None
        resolved = self._type(arm.declaration)
        if isinstance(resolved, model.UnionType | model.OptionalType):
            raise self._error(arm.line, f"an arm of {union} has several Python types; wrap it in a struct")
        return resolved

    def _type(self, item: syntax.Declaration) -> model.Type:
        match item.form:
            case "plain":
                return self._named(item)
            case "optional":
                inner = self._named(item)
                if isinstance(inner, model.OptionalType) or _has_void_arm(inner):
                    raise self._error(item.line, f"{item.name!r}: None would have two meanings")
                return model.OptionalType(item=inner)
            case "fixed array":
                return model.FixedArray(item=self._named(item), length=self._bound(item))
            case "variable array":
                return model.VariableArray(item=self._named(item), maximum=self._bound(item))
            case "fixed opaque":
                return model.FixedOpaque(length=self._bound(item))
            case "variable opaque":
                return model.VariableOpaque(maximum=self._bound(item))
        assert item.form == "string"
        return model.StringType(maximum=self._bound(item))

    def _named(self, item: syntax.Declaration) -> model.Type:
        if item.type in INTEGERS:
            return INTEGERS[item.type]
        if item.type == "bool":
            return model.BooleanType()
        definition = self._definition(item.type, item.line)
        match definition:
            case model.Enum():
                return model.EnumType(enum=definition)
            case model.Struct():
                return model.StructType(struct=definition)
            case model.Union():
                return model.UnionType(union=definition)
            case model.Typedef():
                return definition.type
        raise self._error(item.line, f"{item.type!r} is not a type")

    def _bound(self, item: syntax.Declaration) -> model.Bound:
        if item.size is None:
            raise self._error(item.line, f"{item.name!r} needs a maximum length")
        value = self._number(item.size)
        if not 0 < value < 2**32:
            raise self._error(item.line, f"{item.name!r} has an impossible length {value}")
        return model.Bound(value, item.size.text if item.size.text[0].isalpha() else None)

    def _number(self, value: syntax.Value) -> int:
        text = value.text
        if not text[0].isalpha():
            octal = text[0] == "0" and text.isdigit() and text != "0"
            return int(text, 8 if octal else 0)
        constant = self._definition(text, value.line)
        if not isinstance(constant, model.Const):
            raise self._error(value.line, f"{text!r} is not a constant")
        return constant.value

    def _error(self, line: int, problem: str) -> SchemaError:
        return SchemaError(f"{self._file}:{line}: {problem}")


def _has_void_arm(item: model.Type) -> bool:
    return isinstance(item, model.UnionType) and any(arm.type is None for arm in item.union.arms)


def _class_of(item: model.Type) -> str:
    """The Python class that values of the type have: what unions are dispatched by."""
    match item:
        case model.StructType():
            return item.struct.name
        case model.EnumType():
            return item.enum.name
        case model.BooleanType():
            return "bool"
        case model.IntegerType():
            return "int"
        case model.StringType():
            return "str"
        case model.FixedOpaque() | model.VariableOpaque():
            return "bytes"
    return "list"
