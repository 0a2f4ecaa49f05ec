"""Emits `constellation/protocol/reference`: the same codec once more, readable and obviously right."""

from typing import TypeGuard

from tools.xdr import model
from tools.xdr.python import Text, heading, snake

MESSAGES = "constellation.protocol.messages"
PACKAGE = "constellation.protocol.reference"
PRIMITIVES = f"{PACKAGE}.primitives"

# The types that are a primitive, by its name in the primitives' functions.
KINDS = {
    model.BooleanType: "bool",
    model.EnumType: "enum",
    model.FixedOpaque: "fixed_opaque",
    model.VariableOpaque: "opaque",
    model.StringType: "string",
    model.FixedArray: "fixed_array",
    model.VariableArray: "array",
}


def emit_module(schema: model.Schema, module: model.Module) -> str:
    """The text of the Python module of one .x file."""
    return _Module(schema, module).render()


def emit_package(schema: model.Schema) -> str:
    """The text of the package's `__init__`, which re-exports every function."""
    lines = ['"""A second, slow form of the messages\' codec, to hold the first one against.', ""]
    lines += ["Generated from xdr/*.x by tools/xdr_generator.py; do not edit.", '"""', ""]
    exported: list[str] = []
    for module in schema.modules:
        declared = [item for item in module.definitions if isinstance(item, model.Struct | model.Union)]
        names = [f"{verb}_{snake(item.name)}" for item in declared for verb in ("pack", "unpack")]
        exported += names
        if names:
            lines.append(f"from {PACKAGE}.{module.name} import {', '.join(names)}")
    lines += ["", f"__all__ = {exported!r}", ""]
    return "\n".join(lines)


class _Module:
    def __init__(self, schema: model.Schema, module: model.Module) -> None:
        self._module = module
        self._text = Text(schema, f"{PACKAGE}.{module.name}")

    def render(self) -> str:
        for item in self._module.definitions:
            if isinstance(item, model.Struct):
                self._pack_struct(item)
                self._unpack_struct(item)
            elif isinstance(item, model.Union):
                self._pack_union(item)
                self._unpack_union(item)
        return self._text.render(heading(self._module, f"Readable codec of {self._module.name}.x."))

    def _name(self, item: model.Definition) -> str:
        return self._text.use(f"{MESSAGES}.{item.module}", item.name)

    def _primitive(self, name: str) -> str:
        return self._text.use(PRIMITIVES, name)

    def _bound(self, bound: model.Bound) -> str:
        return str(bound.value) if bound.name is None else self._text.constant(bound.name, MESSAGES)

    def _pack_struct(self, item: model.Struct) -> None:
        arguments = f"packer: {self._text.use('xdrlib3', 'Packer')}, value: {self._name(item)}"
        with self._text.block(f"def pack_{snake(item.name)}({arguments}) -> None:"):
            self._text.add(f'"""Packs {item.name}."""')
            self._text.add(f"{self._primitive('expect_class')}(value, {item.name})")
            for field in item.fields:
                self._text.add(self._pack(field.type, f"value.{field.name}", f"{item.name}.{field.name}"))
        self._text.add("")

    def _unpack_struct(self, item: model.Struct) -> None:
        unpacker = self._text.use("xdrlib3", "Unpacker")
        name = self._name(item)
        with self._text.block(f"def unpack_{snake(item.name)}(unpacker: {unpacker}) -> {name}:"):
            self._text.add(f'"""Unpacks {item.name}."""')
            fields = [f"{f.name}={self._unpack(f.type, f'{item.name}.{f.name}')}," for f in item.fields]
            self._text.add(f"return {name}({' '.join(fields)})")
        self._text.add("")

    def _pack_union(self, item: model.Union) -> None:
        arguments = f"packer: {self._text.use('xdrlib3', 'Packer')}, value: {self._name(item)}"
        with self._text.block(f"def pack_{snake(item.name)}({arguments}) -> None:"):
            self._text.add(f'"""Packs {item.name}."""')
            for place, arm in enumerate(item.arms):
                with self._text.block(f"{'elif' if place else 'if'} {self._is_of(arm.type)}:"):
                    member = f"{self._name(item.enum)}.{arm.member}"
                    self._text.add(f"packer.pack_enum({member})")
                    if arm.type:
                        self._text.add(self._pack(arm.type, "value", f"{item.name}.{arm.name}"))
            with self._text.block("else:"):
                error = self._text.use("constellation.protocol.xdr", "UnencodableMessage")
                self._text.add(f'raise {error}("wrong type", "{item.name}.{item.switch_name}")')
        self._text.add("")

    def _unpack_union(self, item: model.Union) -> None:
        unpacker = self._text.use("xdrlib3", "Unpacker")
        name = self._name(item)
        where = f"{item.name}.{item.switch_name}"
        with self._text.block(f"def unpack_{snake(item.name)}(unpacker: {unpacker}) -> {name}:"):
            self._text.add(f'"""Unpacks {item.name}."""')
            unpack = self._primitive("unpack_enum")
            enum = self._name(item.enum)
            self._text.add(f'{item.switch_name} = {unpack}(unpacker, {enum}, "{where}")')
            for arm in item.arms:
                with self._text.block(f"if {item.switch_name} is {enum}.{arm.member}:"):
                    value = self._unpack(arm.type, f"{item.name}.{arm.name}") if arm.type else "None"
                    self._text.add(f"return {value}")
            error = self._text.use("constellation.protocol.xdr", "MalformedMessage")
            self._text.add(f'raise {error}("unknown union arm", "{where}")')
        self._text.add("")

    def _is_of(self, item: model.Type | None) -> str:
        if item is None:
            return "value is None"
        if isinstance(item, model.FixedArray | model.VariableArray):
            return "type(value) is list"
        return f"type(value) is {self._text.annotation(item, MESSAGES)}"

    def _pack(self, item: model.Type, value: str, where: str) -> str:
        """The statement that packs a value."""
        match item:
            case model.StructType():
                return f"{self._function('pack', item.struct)}(packer, {value})"
            case model.UnionType():
                return f"{self._function('pack', item.union)}(packer, {value})"
            case model.OptionalType():
                return f"{self._primitive('pack_optional')}(packer, {value}, {self._packing(item.item, where)})"
        inner = f"{self._packing(item.item, where)}, " if _is_array(item) else ""
        call = self._primitive(f"pack_{_kind(item)}")
        return f'{call}(packer, {value}, {inner}{self._limit(item)}"{where}")'

    def _packing(self, item: model.Type, where: str) -> str:
        """A function that packs what is inside a list or an optional."""
        if isinstance(item, model.StructType):
            return self._function("pack", item.struct)
        if isinstance(item, model.UnionType):
            return self._function("pack", item.union)
        return f"lambda packer, item: {self._pack(item, 'item', where)}"

    def _unpack(self, item: model.Type, where: str) -> str:
        """The expression that unpacks a value."""
        match item:
            case model.StructType():
                return f"{self._function('unpack', item.struct)}(unpacker)"
            case model.UnionType():
                return f"{self._function('unpack', item.union)}(unpacker)"
            case model.OptionalType():
                call = self._primitive("unpack_optional")
                return f'{call}(unpacker, {self._unpacking(item.item, where)}, "{where}")'
        inner = f"{self._unpacking(item.item, where)}, {model.min_size(item.item)}, " if _is_array(item) else ""
        call = self._primitive(f"unpack_{_kind(item)}")
        return f'{call}(unpacker, {inner}{self._limit(item)}"{where}")'

    def _unpacking(self, item: model.Type, where: str) -> str:
        """A function that unpacks what is inside a list or an optional."""
        if isinstance(item, model.StructType):
            return self._function("unpack", item.struct)
        if isinstance(item, model.UnionType):
            return self._function("unpack", item.union)
        return f"lambda unpacker: {self._unpack(item, where)}"

    def _limit(self, item: model.Type) -> str:
        """The argument that bounds a type, if something does."""
        match item:
            case model.EnumType():
                return f"{self._name(item.enum)}, "
            case model.FixedOpaque() | model.FixedArray():
                return f"{self._bound(item.length)}, "
            case model.VariableOpaque() | model.StringType() | model.VariableArray():
                return f"{self._bound(item.maximum)}, "
        return ""

    def _function(self, verb: str, item: model.Definition) -> str:
        return self._text.use(f"{PACKAGE}.{item.module}", f"{verb}_{snake(item.name)}")


def _is_array(item: model.Type) -> TypeGuard[model.FixedArray | model.VariableArray]:
    return isinstance(item, model.FixedArray | model.VariableArray)


def _kind(item: model.Type) -> str:
    """The name of the primitive that packs or unpacks a type."""
    return item.name if isinstance(item, model.IntegerType) else KINDS[type(item)]
