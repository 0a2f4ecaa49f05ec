"""Puts Python text together: names, docstrings, imports, indentation."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tools.xdr import model

MARK = "do not edit"

ANNOTATIONS = {
    model.IntegerType: "int",
    model.BooleanType: "bool",
    model.StringType: "str",
    model.FixedOpaque: "bytes",
    model.VariableOpaque: "bytes",
}


def snake(name: str) -> str:
    """`MerkleProof` -> `merkle_proof`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def heading(module: model.Module, what: str) -> list[str]:
    """The docstring of a generated module."""
    lines = [f'"""{what}', "", f"Generated from xdr/{module.name}.x by tools/xdr_generator.py; {MARK}."]
    if module.comment:
        lines += ["", *_escaped(module.comment).splitlines()]
    return [*lines, '"""', ""]


def docstring(item: model.Definition) -> list[str]:
    """A definition's docstring: its comment and its IDL text."""
    kind = type(item).__name__.lower()
    comment = _escaped(item.comment or f"The {kind} {item.name} of {item.module}.x.").splitlines()
    idl = [f"    {line}".rstrip() for line in _escaped(item.text).splitlines()]
    return [f'"""{comment[0]}', *comment[1:], "", "XDR::", "", *idl, '"""']


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


class Text:
    """Lines of a generated module under way, and what they need to import.

    Args:
        schema: what aliases are looked up in.
        module: the module's dotted name, which needs no import of itself.
    """

    def __init__(self, schema: model.Schema, module: str) -> None:
        self._schema = schema
        self._module = module
        self._lines: list[str] = []
        self._depth = 0
        self._top = 0
        self._imports: dict[str, set[str]] = {}

    def add(self, *lines: str) -> None:
        """Appends lines at the current depth."""
        self._lines += [f"{'    ' * self._depth}{line}" if line else "" for line in lines]

    def above(self, line: str) -> None:
        """Inserts a line above the function under way."""
        self._lines.insert(self._top, line)
        self._top += 1

    @contextmanager
    def block(self, opening: str) -> Iterator[None]:
        """Appends `opening` and indents what follows."""
        if self._depth == 0:
            self._top = len(self._lines)
        self.add(opening)
        self._depth += 1
        yield
        self._depth -= 1

    def use(self, module: str, name: str) -> str:
        """The name, imported from the module if it is another one."""
        if module != self._module:
            self._imports.setdefault(module, set()).add(name)
        return name

    def constant(self, name: str, package: str) -> str:
        """The name of a constant, imported from where the schema declares it."""
        return self.use(f"{package}.{self._schema.definitions[name].module}", name)

    def final(self, annotation: str = "") -> str:
        """The annotation of what is set once; mypyc finds it without a look into the module's dictionary."""
        final = self.use("typing", "Final")
        return f"{final}[{annotation}]" if annotation else final

    def annotation(self, item: model.Type, package: str) -> str:
        """The Python annotation of a type; names come from modules of the package."""
        if item.alias is not None:
            return self.use(f"{package}.{self._schema.definitions[item.alias].module}", item.alias)
        match item:
            case model.EnumType():
                return self.use(f"{package}.{item.enum.module}", item.enum.name)
            case model.StructType():
                return self.use(f"{package}.{item.struct.module}", item.struct.name)
            case model.UnionType():
                return self.use(f"{package}.{item.union.module}", item.union.name)
            case model.OptionalType():
                return f"{self.annotation(item.item, package)} | None"
            case model.FixedArray() | model.VariableArray():
                return f"list[{self.annotation(item.item, package)}]"
        return ANNOTATIONS[type(item)]

    def render(self, heading: list[str]) -> str:
        """The whole module; imports are sorted later, together with those of all modules."""
        found = self._imports.items()
        imports = [f"from {module} import {', '.join(sorted(names))}" for module, names in found]
        return "\n".join([*heading, *imports, "", *self._lines, ""])
