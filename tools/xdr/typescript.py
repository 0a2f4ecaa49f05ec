"""Emits `web/sdk/src/protocol/messages`: types and codecs in TypeScript, for what clients send and are sent.

A struct or union `X` becomes a type `X` and a constant `X` that reads and writes it; an enum, a constant with its
members and the type of their values. Whole numbers of 64 bits are `bigint`, those of 32 bits `number`.
"""

import re
from collections.abc import Iterator

from tools.xdr import model
from tools.xdr.python import MARK

PACKAGE = "sdk/src/protocol/messages"
ROOTS = ("ClientMessage",)
"""What clients speak of; all modules that it refers to are emitted."""

PLAIN = {
    model.BooleanType: "boolean",
    model.StringType: "string",
    model.FixedOpaque: "Uint8Array",
    model.VariableOpaque: "Uint8Array",
}


def emit(schema: model.Schema) -> dict[str, str]:
    """The text of each file by its name; none where the schema has nothing that clients speak of."""
    roots = [schema.definitions[name] for name in ROOTS if name in schema.definitions]
    wanted = {module for root in roots for module in _modules(schema, root.module, set())}
    modules = [module for module in schema.modules if module.name in wanted]
    files = {f"{module.name}.ts": _Module(schema, module).render() for module in modules}
    if files:
        files["index.ts"] = _index(modules)
    return files


def camel(name: str) -> str:
    """`first_number` -> `firstNumber`."""
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name)


def _index(modules: list[model.Module]) -> str:
    lines = ["/**", " * Every message that clients send or are sent.", " *"]
    lines += [f" * Generated from xdr/*.x by tools/xdr_generator.py; {MARK}.", " */"]
    lines += [f'export * from "./{module.name}.js";' for module in modules]
    return "\n".join([*lines, ""])


def _modules(schema: model.Schema, name: str, found: set[str]) -> set[str]:
    """The module and all others that its definitions refer to."""
    if name not in found:
        found.add(name)
        module = next(item for item in schema.modules if item.name == name)
        for definition in module.definitions:
            for used in _used(definition):
                _modules(schema, used.module, found)
    return found


def _used(definition: model.Definition) -> Iterator[model.Definition]:
    match definition:
        case model.Struct():
            types = [field.type for field in definition.fields]
        case model.Union():
            yield definition.enum
            types = [arm.type for arm in definition.arms if arm.type]
        case model.Typedef():
            types = [definition.type]
        case _:
            types = []
    for item in types:
        yield from _named(item)


def _named(item: model.Type) -> Iterator[model.Definition]:
    match item:
        case model.EnumType():
            yield item.enum
        case model.StructType():
            yield item.struct
        case model.UnionType():
            yield item.union
        case model.OptionalType() | model.VariableArray() | model.FixedArray():
            yield from _named(item.item)


class _Module:
    def __init__(self, schema: model.Schema, module: model.Module) -> None:
        self._schema = schema
        self._module = module
        self._lines: list[str] = []
        self._types: dict[str, set[str]] = {}
        self._values: dict[str, set[str]] = {}

    def render(self) -> str:
        for item in self._module.definitions:
            match item:
                case model.Const():
                    self._comment(item)
                    self._lines += [f"export const {item.name} = {item.value};", ""]
                case model.Typedef():
                    self._comment(item)
                    self._lines += [f"export type {item.name} = {self._type(item.type, named=False)};", ""]
                case model.Enum():
                    self._enum(item)
                case model.Struct():
                    self._struct(item)
                case model.Union():
                    self._union(item)
        return "\n".join([*self._heading(), *self._imports(), *self._lines])

    def _heading(self) -> list[str]:
        lines = [f"Generated from xdr/{self._module.name}.x by tools/xdr_generator.py; {MARK}."]
        if self._module.comment:
            lines += ["", *self._module.comment.splitlines()]
        return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]

    def _imports(self) -> list[str]:
        lines = ['import { codec, type Codec } from "../xdr.js";']
        for module in self._schema.modules:
            values = self._values.get(module.name, set())
            types = self._types.get(module.name, set()) - values
            names = sorted(values) + [f"type {name}" for name in sorted(types)]
            if names and module.name != self._module.name:
                lines.append(f'import {{ {", ".join(names)} }} from "./{module.name}.js";')
        text = "\n".join(self._lines)
        return [*lines, ""] if "codec<" in text else [*lines[1:], *([""] if lines[1:] else [])]

    def _comment(self, item: model.Definition, indent: str = "") -> None:
        lines = (item.comment or f"The {type(item).__name__.lower()} {item.name} of {item.module}.x.").splitlines()
        if len(lines) == 1:
            self._lines.append(f"{indent}/** {lines[0]} */")
        else:
            self._lines += [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]

    def _enum(self, item: model.Enum) -> None:
        self._comment(item)
        self._lines.append(f"export const {item.name} = {{")
        self._lines += [f"  {name}: {value}," for name, value in item.members.items()]
        self._lines += ["} as const;", f"export type {item.name} = (typeof {item.name})[keyof typeof {item.name}];", ""]

    def _struct(self, item: model.Struct) -> None:
        self._comment(item)
        self._lines.append(f"export interface {item.name} {{")
        self._lines += [f"  readonly {camel(field.name)}: {self._type(field.type)};" for field in item.fields]
        self._lines += ["}", "", f"export const {item.name}: Codec<{item.name}> = codec<{item.name}>("]
        self._lines += [f'  "{item.name}",', "  (writer, value) => {"]
        for field in item.fields:
            where = f"{item.name}.{field.name}"
            self._lines.append(f"    {self._write(field.type, f'value.{camel(field.name)}', where)};")
        self._lines += ["  },", "  (reader) => ({"]
        for field in item.fields:
            self._lines.append(f"    {camel(field.name)}: {self._read(field.type, f'{item.name}.{field.name}')},")
        self._lines += ["  }),", ");", ""]

    def _union(self, item: model.Union) -> None:
        enum = self._value(item.enum)
        self._comment(item)
        self._lines.append(f"export type {item.name} =")
        for arm in item.arms:
            value = f"; readonly value: {self._type(arm.type)}" if arm.type else ""
            self._lines.append(f'  | {{ readonly type: "{arm.member}"{value} }}')
        self._lines[-1] += ";"
        where = f'"{item.name}.{item.switch_name}"'
        self._lines += ["", f"export const {item.name}: Codec<{item.name}> = codec<{item.name}>("]
        self._lines += [f'  "{item.name}",', "  (writer, value) => {", "    switch (value.type) {"]
        for arm in item.arms:
            self._lines.append(f'      case "{arm.member}":')
            self._lines.append(f"        writer.int32({enum}.{arm.member}, {where});")
            if arm.type:
                self._lines.append(f"        {self._write(arm.type, 'value.value', f'{item.name}.{arm.name}')};")
            self._lines.append("        return;")
        self._lines += ["      default:", f"        writer.unknownArm({where});", "    }", "  },"]
        self._lines += ["  (reader) => {", f"    switch (reader.enumerated({enum}, {where})) {{"]
        for arm in item.arms:
            self._lines.append(f"      case {enum}.{arm.member}:")
            value = f", value: {self._read(arm.type, f'{item.name}.{arm.name}')}" if arm.type else ""
            self._lines.append(f'        return {{ type: "{arm.member}"{value} }};')
        if len(item.arms) < len(item.enum.members):
            self._lines += ["      default:", f"        return reader.unknownArm({where});"]
        self._lines += ["    }", "  },", ");", ""]

    def _value(self, definition: model.Definition) -> str:
        """The name of what is used at run time, and so is imported as a value."""
        self._values.setdefault(definition.module, set()).add(definition.name)
        return definition.name

    def _type(self, item: model.Type, *, named: bool = True) -> str:
        if named and item.alias is not None:
            definition = self._schema.definitions[item.alias]
            self._types.setdefault(definition.module, set()).add(definition.name)
            return definition.name
        match item:
            case model.IntegerType():
                return "bigint" if item.name.endswith("64") else "number"
            case model.EnumType() | model.StructType() | model.UnionType():
                (definition,) = _named(item)
                self._types.setdefault(definition.module, set()).add(definition.name)
                return definition.name
            case model.OptionalType():
                return f"{self._type(item.item)} | null"
            case model.FixedArray() | model.VariableArray():
                return f"readonly {self._type(item.item)}[]"
        return PLAIN[type(item)]

    def _bound(self, bound: model.Bound) -> str:
        return str(bound.value) if bound.name is None else self._value(self._schema.definitions[bound.name])

    def _write(self, item: model.Type, value: str, where: str) -> str:
        match item:
            case model.StructType() | model.UnionType():
                (definition,) = _named(item)
                return f"{self._value(definition)}.write(writer, {value})"
            case model.OptionalType():
                inner = self._write(item.item, "item", where)
                return f"writer.optional({value}, (item) => {inner})"
            case model.FixedArray() | model.VariableArray():
                inner = self._write(item.item, "item", where)
                return f'writer.{self._method(item)}({value}, {self._limit(item)}, (item) => {inner}, "{where}")'
        return f'writer.{self._method(item)}({value}, {self._limit(item, comma=True)}"{where}")'

    def _read(self, item: model.Type, where: str) -> str:
        match item:
            case model.StructType() | model.UnionType():
                (definition,) = _named(item)
                return f"{self._value(definition)}.read(reader)"
            case model.OptionalType():
                return f'reader.optional(() => {self._read(item.item, where)}, "{where}")'
            case model.FixedArray() | model.VariableArray():
                size, inner = model.min_size(item.item), self._read(item.item, where)
                return f'reader.{self._method(item)}({self._limit(item)}, {size}, () => {inner}, "{where}")'
        return f'reader.{self._method(item)}({self._limit(item, comma=True)}"{where}")'

    def _method(self, item: model.Type) -> str:
        if isinstance(item, model.IntegerType):
            return item.name
        return {
            model.BooleanType: "boolean",
            model.EnumType: "enumerated",
            model.FixedOpaque: "fixedOpaque",
            model.VariableOpaque: "opaque",
            model.StringType: "string",
            model.FixedArray: "fixedList",
            model.VariableArray: "list",
        }[type(item)]

    def _limit(self, item: model.Type, *, comma: bool = False) -> str:
        """What bounds a value: a length or maximum, or an enum's members."""
        match item:
            case model.EnumType():
                limit = self._value(item.enum)
            case model.FixedOpaque() | model.FixedArray():
                limit = self._bound(item.length)
            case model.VariableOpaque() | model.StringType() | model.VariableArray():
                limit = self._bound(item.maximum)
            case _:
                return ""
        return f"{limit}, " if comma else limit
