"""Parses one .x file into a syntax tree that still speaks in names and has no opinion on their meaning."""

from dataclasses import dataclass
from pathlib import Path

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.tree import Meta

GRAMMAR = Path(__file__).with_name("grammar.lark")


class SchemaError(Exception):
    """The schema is wrong; the message says where (file:line) and how."""


@dataclass(frozen=True)
class Value:
    """A number as it is written: a literal or the name of a constant."""

    text: str
    line: int


@dataclass(frozen=True)
class Declaration:
    """`type name` with its decoration; `form` is the grammar's name for it, `comment` that of a string's line."""

    form: str
    type: str
    name: str
    size: Value | None
    line: int
    comment: str = ""


@dataclass(frozen=True)
class Definition:
    """What all definitions have: a name, a place, the IDL text and the comment that belongs to it."""

    name: str
    line: int
    text: str
    comment: str


@dataclass(frozen=True)
class ConstDefinition(Definition):
    """`const NAME = 1;`."""

    value: Value


@dataclass(frozen=True)
class EnumDefinition(Definition):
    """`enum Name { A = 0, ... };`."""

    members: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class StructDefinition(Definition):
    """`struct Name { ... };`."""

    fields: tuple[Declaration, ...]


@dataclass(frozen=True)
class ArmDefinition:
    """One or more `case` labels and what they select; None is void."""

    labels: tuple[Value, ...]
    declaration: Declaration | None
    line: int


@dataclass(frozen=True)
class UnionDefinition(Definition):
    """`union Name switch (Enum name) { ... };`."""

    switch_type: str
    switch_name: str
    arms: tuple[ArmDefinition, ...]


@dataclass(frozen=True)
class TypedefDefinition(Definition):
    """`typedef type Name;`."""

    declaration: Declaration


@dataclass(frozen=True)
class SourceFile:
    """A parsed .x file."""

    name: str
    comment: str
    includes: tuple[tuple[str, int], ...]
    definitions: tuple[Definition, ...]


def parse(name: str, text: str) -> SourceFile:
    """Parses the text of one .x file.

    Args:
        name: the file's name, for messages.
        text: its content.

    Raises:
        SchemaError: the text is not in the language.
    """
    comments: list[Token] = []
    parser = Lark(
        GRAMMAR.read_text(),
        parser="lalr",
        propagate_positions=True,
        maybe_placeholders=True,
        lexer_callbacks={"COMMENT": comments.append},
    )
    try:
        tree = parser.parse(text)
    except UnexpectedInput as error:
        raise SchemaError(f"{name}:{error.line}: cannot read this:\n{error.get_context(text)}") from None
    source: SourceFile = _TreeBuilder(name, text, _Comments(text, comments)).transform(tree)
    return source


class _Comments:
    """Finds the comment that belongs to a line: directly above it, or behind it on the same line."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        lines = text.splitlines()
        self._ending_at: dict[int, tuple[int, str]] = {}
        self._behind: dict[int, str] = {}
        for token in tokens:
            first, last, column = token.line or 0, token.end_line or 0, token.column or 0
            if lines[first - 1][: column - 1].strip():
                self._behind[first] = _without_markers(token)
            else:
                self._ending_at[last] = (first, _without_markers(token))

    def above(self, line: int) -> str:
        """The comment lines that end directly above the line."""
        found: list[str] = []
        while (entry := self._ending_at.get(line - 1)) is not None:
            line, words = entry
            found.insert(0, words)
        return "\n".join(found)

    def behind(self, line: int) -> str:
        """The comment at the end of the line."""
        return self._behind.get(line, "")

    def of_file(self) -> str:
        """The comment that starts on the first line."""
        last = next((last for last, (first, _) in self._ending_at.items() if first == 1), 0)
        while last and last + 1 in self._ending_at:
            last += 1
        return self.above(last + 1)


def _without_markers(token: str) -> str:
    if token.startswith("//"):
        return token[2:].strip()
    lines = token[2:-2].strip().splitlines()
    return "\n".join(line.strip().removeprefix("*").strip() for line in lines)


@v_args(meta=True, inline=True)
class _TreeBuilder(Transformer[Token, SourceFile]):
    """Turns lark's tree into the classes above; each method is named after its grammar rule."""

    def __init__(self, name: str, text: str, comments: _Comments) -> None:
        super().__init__()
        self._name = name
        self._text = text
        self._comments = comments

    def start(self, _meta: Meta, *parts: tuple[str, int] | Definition) -> SourceFile:
        includes = tuple(part for part in parts if isinstance(part, tuple))
        definitions = tuple(part for part in parts if isinstance(part, Definition))
        return SourceFile(self._name, self._comments.of_file(), includes, definitions)

    def include(self, meta: Meta, path: Token) -> tuple[str, int]:
        return path[1:-1], meta.line

    def const(self, meta: Meta, name: Token, value: Token) -> Definition:
        return ConstDefinition(*self._common(meta, name, behind=True), Value(str(value), meta.line))

    def enum(self, meta: Meta, name: Token, *members: tuple[str, Value]) -> Definition:
        return EnumDefinition(*self._common(meta, name), members)

    def member(self, _meta: Meta, name: Token, value: Value) -> tuple[str, Value]:
        return str(name), value

    def struct(self, meta: Meta, name: Token, *fields: Declaration) -> Definition:
        return StructDefinition(*self._common(meta, name), fields)

    def union(self, meta: Meta, name: Token, switch_type: str, switch_name: Token, *arms: ArmDefinition) -> Definition:
        return UnionDefinition(*self._common(meta, name), switch_type, str(switch_name), arms)

    def arm(self, meta: Meta, *parts: Value | Declaration | None) -> ArmDefinition:
        labels = tuple(part for part in parts if isinstance(part, Value))
        declaration = parts[-1]
        assert declaration is None or isinstance(declaration, Declaration)
        return ArmDefinition(labels, declaration, meta.line)

    def label(self, _meta: Meta, value: Value) -> Value:
        return value

    def void(self, _meta: Meta) -> None:
        return None

    def typedef(self, meta: Meta, declaration: Declaration) -> Definition:
        return TypedefDefinition(*self._common(meta, declaration.name, behind=True), declaration)

    def value(self, meta: Meta, token: Token) -> Value:
        return Value(str(token), meta.line)

    def plain(self, meta: Meta, type_name: str, name: Token) -> Declaration:
        return Declaration("plain", type_name, str(name), None, meta.line)

    def optional(self, meta: Meta, type_name: str, name: Token) -> Declaration:
        return Declaration("optional", type_name, str(name), None, meta.line)

    def fixed_array(self, meta: Meta, type_name: str, name: Token, size: Value) -> Declaration:
        return Declaration("fixed array", type_name, str(name), size, meta.line)

    def variable_array(self, meta: Meta, type_name: str, name: Token, size: Value | None) -> Declaration:
        return Declaration("variable array", type_name, str(name), size, meta.line)

    def fixed_opaque(self, meta: Meta, name: Token, size: Value) -> Declaration:
        return Declaration("fixed opaque", "opaque", str(name), size, meta.line)

    def variable_opaque(self, meta: Meta, name: Token, size: Value | None) -> Declaration:
        return Declaration("variable opaque", "opaque", str(name), size, meta.line)

    def string(self, meta: Meta, name: Token, size: Value | None) -> Declaration:
        return Declaration("string", "string", str(name), size, meta.line, self._comments.behind(meta.line))

    def int_type(self, _meta: Meta) -> str:
        return "int"

    def unsigned_int_type(self, _meta: Meta) -> str:
        return "unsigned int"

    def hyper_type(self, _meta: Meta) -> str:
        return "hyper"

    def unsigned_hyper_type(self, _meta: Meta) -> str:
        return "unsigned hyper"

    def bool_type(self, _meta: Meta) -> str:
        return "bool"

    def named_type(self, _meta: Meta, name: Token) -> str:
        return str(name)

    def _common(self, meta: Meta, name: str, behind: bool = False) -> tuple[str, int, str, str]:
        text = self._text[meta.start_pos : self._end_of_line(meta.end_pos)]
        comment = self._comments.above(meta.line)
        if behind:
            comment = comment or self._comments.behind(meta.line)
        return str(name), meta.line, text, comment

    def _end_of_line(self, place: int) -> int:
        end = self._text.find("\n", place)
        return len(self._text) if end < 0 else end
