"""Emits `constellation/protocol/messages`: the classes, and the form of the codec that is used."""

from dataclasses import replace
from itertools import takewhile

from tools.xdr import model
from tools.xdr.fast_checks import RUNTIME, Checks
from tools.xdr.fast_read import Reader
from tools.xdr.fast_write import Writer
from tools.xdr.layout import keeps
from tools.xdr.python import Text, docstring, heading, snake

PACKAGE = "constellation.protocol.messages"


def emit_module(schema: model.Schema, module: model.Module) -> str:
    """The text of the Python module of one .x file."""
    return _Module(schema, module).render()


def emit_package(schema: model.Schema) -> str:
    """The text of the package's `__init__`, which re-exports every public name."""
    lines = ['"""Every message of the wire protocol, as Python classes.', ""]
    lines += ["Generated from xdr/*.x by tools/xdr_generator.py; do not edit.", '"""', ""]
    exported: list[str] = []
    for module in schema.modules:
        names = public_names(module)
        exported += names
        lines.append(f"from {PACKAGE}.{module.name} import {', '.join(names)}")
    lines += ["", f"__all__ = {exported!r}", ""]
    return "\n".join(lines)


def public_names(module: model.Module) -> list[str]:
    """What a generated module offers."""
    names = []
    for item in module.definitions:
        names.append(item.name)
        if isinstance(item, model.Union):
            names += [f"encode_{snake(item.name)}", f"decode_{snake(item.name)}"]
    return names


class _Module:
    def __init__(self, schema: model.Schema, module: model.Module) -> None:
        self._module = module
        self._text = Text(schema, f"{PACKAGE}.{module.name}")
        self._checks = Checks(self._text, PACKAGE)
        self._writer = Writer(self._text, PACKAGE)
        self._reader = Reader(self._text, PACKAGE)

    def render(self) -> str:
        for item in self._module.definitions:
            match item:
                case model.Const():
                    self._const(item)
                case model.Typedef():
                    self._typedef(item)
                case model.Enum():
                    self._enum(item)
                case model.Struct():
                    self._struct(item)
                case model.Union():
                    self._union(item)
        return self._text.render(heading(self._module, f"Messages of {self._module.name}.x."))

    def _comment(self, item: model.Definition) -> None:
        self._text.add(*(f"# {line}" for line in item.comment.splitlines()))

    def _const(self, item: model.Const) -> None:
        self._comment(item)
        self._text.add(f"{item.name}: {self._text.final()} = {item.value}", "")

    def _typedef(self, item: model.Typedef) -> None:
        self._comment(item)
        plain = self._text.annotation(_without_alias(item.type), PACKAGE)
        self._text.add(f"{item.name} = {plain}", "")

    def _enum(self, item: model.Enum) -> None:
        with self._text.block(f"class {item.name}({self._text.use('enum', 'IntEnum')}):"):
            self._text.add(*docstring(item), "")
            self._text.add(*(f"{name} = {value}" for name, value in item.members.items()))
        members = f"_{snake(item.name).upper()}_MEMBERS"
        mapping = f"{{member.value: member for member in {item.name}}}"
        self._text.add("", f"{members}: {self._text.final(f'dict[int, {item.name}]')} = {mapping}", "")

    def _struct(self, item: model.Struct) -> None:
        name = snake(item.name)
        # With an __init__ in the source instead of one that is made at run time, mypyc builds values without Python;
        # but then what copies and pickles must be told to use it.
        self._text.add(f"@{self._text.use('dataclasses', 'dataclass')}(slots=True, init=False)")
        with self._text.block(f"class {item.name}:"):
            self._text.add(*docstring(item), "")
            annotations = {member.name: self._text.annotation(member.type, PACKAGE) for member in item.fields}
            for member_name, annotation in annotations.items():
                if keeps(item):
                    annotation = self._text.final(annotation)
                self._text.add(f"{member_name}: {annotation}")
            if keeps(item):
                field = self._text.use("dataclasses", "field")
                self._text.add(f"_encoded: bytes = {field}(init=False, repr=False, compare=False)")
            self._text.add("")
            arguments = ", ".join(
                f"{member.name}: {annotations[member.name]}" + (' = ""' if member in omissible(item) else "")
                for member in item.fields
            )
            with self._text.block(f"def __init__(self, {arguments}) -> None:"):
                self._text.add(*(f"self.{member_name} = {member_name}" for member_name in annotations))
                self._text.add(*(['self._encoded = b""'] if keeps(item) else []), "")
            with self._text.block("def __reduce__(self) -> tuple[type, tuple[object, ...]]:"):
                values = "".join(f"self.{member_name}, " for member_name in annotations)
                self._text.add(f"return {item.name}, ({values})", "")
            with self._text.block("def to_xdr(self) -> bytes:"):
                self._text.add('"""Encodes the message."""', f"return _write_{name}(self)", "")
            self._text.add("@classmethod")
            with self._text.block(f'def from_xdr(cls, data: bytes) -> "{item.name}":'):
                self._text.add('"""Decodes bytes that are one message and nothing else."""')
                self._decode_all(f"_read_{name}", item.name)
        self._text.add("")
        self._checks.struct(item)
        self._writer.struct(item)
        self._reader.struct(item)

    def _union(self, item: model.Union) -> None:
        name = snake(item.name)
        self._text.add("", *(f"# {line}" for line in item.comment.splitlines()))
        arms = [self._text.annotation(arm.type, PACKAGE) if arm.type else "None" for arm in item.arms]
        self._text.add(f"{item.name} = {' | '.join(arms)}", "")
        self._writer.union(item)
        self._reader.union(item)
        with self._text.block(f"def encode_{name}(value: {item.name}) -> bytes:"):
            self._text.add(f'"""Encodes a value of the union {item.name} by its class."""')
            self._writer.choose(item, "value")
            self._text.add("return write(value)", "")
        with self._text.block(f"def decode_{name}(data: bytes) -> {item.name}:"):
            self._text.add(f'"""Decodes bytes that are one {item.name} and nothing else."""')
            self._decode_all(f"_read_{name}", item.name)

    def _decode_all(self, read: str, where: str) -> None:
        self._text.add(f"value, offset = {read}(data, 0)")
        with self._text.block("if offset != len(data):"):
            error = self._text.use(RUNTIME, "MalformedMessage")
            self._text.add(f'raise {error}("trailing bytes", "{where}")')
        self._text.add("return value", "")


def omissible(item: model.Struct) -> list[model.Field]:
    """The fields at a struct's end that a caller may leave out: strings that may be empty."""
    return list(takewhile(lambda field: field.may_be_empty, reversed(item.fields)))


def _without_alias(item: model.Type) -> model.Type:
    return replace(item, alias=None)
