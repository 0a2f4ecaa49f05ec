"""The generator: what it refuses, what it writes, and that both forms hold for all of the language."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from tests.protocol.xdr_values import Codec, broken_bytes, broken_values, codecs, outcome
from tools import xdr_generator
from tools.xdr import fast, layout, model, reference, typescript
from tools.xdr.resolver import resolve
from tools.xdr.syntax import SchemaError, parse

# Everything that the language has and the real schema may not use at the moment.
BASE = """\
/* Parts of the kitchen.
 * Two lines. */
const THREE = 0x3;
const EIGHT = 010;   // octal
typedef opaque Odd[5];
typedef unsigned int Numbers<EIGHT>;
typedef string Name<THREE>;
enum Colour { RED = -1, GREEN = 0, BLUE = 7 };
"""
KITCHEN = """\
// A kitchen sink.
%#include "sink_base.x"

struct Tap { int flow; bool open; };

// One of many.
// Or none.
union Content switch (Colour colour) {
case RED:
    Tap taps<2>;
case GREEN:
    Colour paint;
};

union Loose switch (Colour colour) {
case RED:
    void;
case BLUE:
    opaque juice<EIGHT>;
case GREEN:
    bool dry;
};

struct Drawer {
    opaque label[3];
    unsigned hyper numbers[2];
    Odd odds<2>;
    Odd *odd;
    Name names[2];
    Numbers lists<3>;
};

struct Sink {
    Odd plug;
    bool wet;
    Tap *tap;
    Content content;
    Content *spare;
    Loose loose;
    Loose many<3>;
    Drawer drawer;
    Drawer drawers<2>;
    opaque key[4];
    opaque keys[8]; /* fixed */
    Colour colours<4>;
    hyper part_0;
    int value;
    unsigned int offset;
    string data<7>;
    Tap taps[2];
};
"""


def schema_of(**files: str) -> model.Schema:
    return resolve([parse(f"{name}.x", text) for name, text in files.items()])


SCHEMA = schema_of(sink_base=BASE, sink=KITCHEN)
few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def load(package: str, texts: dict[str, str]) -> ModuleType:
    """Runs generated modules as parts of a package; returns all their names in one module."""
    together = ModuleType(package)
    for name, text in texts.items():
        module = ModuleType(f"{package}.{name}")
        sys.modules[module.__name__] = module
        exec(compile(text, f"{name}.py", "exec"), module.__dict__)
        vars(together).update({key: item for key, item in vars(module).items() if not key.startswith("__")})
    return together


@pytest.fixture(scope="module", params=[(), ("Tap", "Drawer", "Sink")], ids=["nothing kept", "kept"])
def sinks(request: pytest.FixtureRequest) -> Iterator[dict[str, Codec]]:
    """The codecs of the whole language; some of the structs may keep their encoding."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "KEPT", frozenset(request.param))
        fast_texts = {module.name: fast.emit_module(SCHEMA, module) for module in SCHEMA.modules}
    slow_texts = {module.name: reference.emit_module(SCHEMA, module) for module in SCHEMA.modules}
    messages = load(fast.PACKAGE, fast_texts)
    yield codecs(SCHEMA, messages, load(reference.PACKAGE, slow_texts))
    for name in set(sys.modules) - before:
        del sys.modules[name]


class TestWholeLanguage:
    names = ("Tap", "Content", "Loose", "Drawer", "Sink")

    @pytest.mark.parametrize("name", names)
    @few
    @given(data=st.data())
    def test_round_trip(self, sinks: dict[str, Codec], name: str, data: st.DataObject) -> None:
        codec = sinks[name]
        value = data.draw(codec.values)
        encoded = codec.encode(value)
        assert codec.reference_encode(value) == encoded
        assert codec.decode(encoded) == value
        assert codec.reference_decode(encoded) == value

    @pytest.mark.parametrize("name", names)
    @few
    @given(data=st.data())
    def test_broken_bytes(self, sinks: dict[str, Codec], name: str, data: st.DataObject) -> None:
        codec = sinks[name]
        broken = data.draw(broken_bytes(codec.encode(data.draw(codec.values))))
        assert outcome(codec.decode, broken) == outcome(codec.reference_decode, broken)

    @pytest.mark.parametrize("name", names)
    @few
    @given(data=st.data())
    def test_broken_values(self, sinks: dict[str, Codec], name: str, data: st.DataObject) -> None:
        codec = sinks[name]
        value = data.draw(broken_values(codec.values))
        assert outcome(codec.encode, value) == outcome(codec.reference_encode, value)

    def test_member_without_an_arm(self, sinks: dict[str, Codec]) -> None:
        for decode in (sinks["Content"].decode, sinks["Content"].reference_decode):
            assert outcome(decode, b"\0\0\0\7") == ("MalformedMessage", ("unknown union arm", "Content.colour"))

    def test_padding_of_a_fixed_opaque(self, sinks: dict[str, Codec]) -> None:
        for decode in (sinks["Drawer"].decode, sinks["Drawer"].reference_decode):
            with pytest.raises(MalformedMessage, match=r"Drawer.label: nonzero padding"):
                decode(b"abc\1" + bytes(100))

    def test_length_of_a_fixed_array(self, sinks: dict[str, Codec]) -> None:
        codec = sinks["Drawer"]
        drawer = codec.messages.Drawer(b"abc", [1], [], None, ["", ""], [])
        for encode in (codec.encode, codec.reference_encode):
            with pytest.raises(UnencodableMessage, match=r"Drawer.numbers: wrong length"):
                encode(drawer)

    def test_numbers(self) -> None:
        constants = {name: item.value for name, item in SCHEMA.definitions.items() if isinstance(item, model.Const)}
        assert constants == {"THREE": 3, "EIGHT": 8}


ENUM = "enum E { A = 0, B = 1 };\n"
REFUSED = {
    "not the language": ("struct S { int 3; };", r"sink.x:1: cannot read this"),
    "empty struct": ("struct S { };", r"cannot read this"),
    "default arm": (ENUM + "union U switch (E e) { default: void; };", r"cannot read this"),
    "unknown type": ("struct S { T t; };", r"sink.x:1: unknown name 'T'"),
    "floating point": ("struct S { double d; };", r"cannot read this|unknown name 'double'"),
    "unknown constant": ("typedef opaque T[N];", r"unknown name 'N'"),
    "member as a type": (ENUM + "struct S { A a; };", r"sink.x:2: unknown name 'A'"),
    "constant as a type": ("const N = 1; struct S { N n; };", r"'N' is not a type"),
    "type as a constant": (ENUM + "typedef opaque T[E];", r"'E' is not a constant"),
    "used before declared": ("struct S { T t; };\nstruct T { int i; };", r"sink.x:1: 'T' is declared below"),
    "recursion": ("struct S { S s<3>; };", r"recursion: S -> S"),
    "recursion by optional": ("struct S { S *next; };", r"recursion: S -> S"),
    "recursion of two": ("struct S { T t; }; struct T { S *s; };", r"recursion: S -> T -> S"),
    "recursion of a constant": ("const N = 1; typedef T T<N>;", r"recursion: T -> T"),
    "type twice": ("const S = 1;\nstruct S { int i; };", r"sink.x:2: 'S' is already declared at sink.x:1"),
    "member twice": (ENUM + "enum F { A = 3 };", r"'A' is already declared"),
    "member twice in one enum": ("enum F { A = 3, A = 4 };", r"'A' is already declared"),
    "value twice": ("enum F { A = 3, B = 3 };", r"two members of F have the same value"),
    "large value": ("enum F { A = 2147483648 };", r"'A' does not fit in 32 bits"),
    "field twice": ("struct S { int i; hyper i; };", r"S has two fields 'i'"),
    "field hides a method": ("struct S { int to_xdr; };", r"'to_xdr' cannot be the name of a field"),
    "not snake case": ("struct S { int to_; };", r"'to_' cannot be the name of a field"),
    "keyword": ("struct S { int from; };", r"'from' cannot be the name of a field"),
    "builtin": ("struct object { int i; };", r"'object' has a meaning"),
    "name of the runtime": ("struct Items { int i; };", r"'Items' has a meaning"),
    "no maximum of a string": ("struct S { string s<>; };", r"'s' needs a maximum length"),
    "no maximum of a list": ("struct S { int s<>; };", r"'s' needs a maximum length"),
    "no maximum of an opaque": ("struct S { opaque s<>; };", r"'s' needs a maximum length"),
    "nothing": ("struct S { opaque s[0]; };", r"'s' has an impossible length 0"),
    "negative": ("const N = -1; struct S { int s<N>; };", r"'s' has an impossible length -1"),
    "two meanings of none": ("typedef int *T; struct S { T *t; };", r"None would have two meanings"),
    "optional of void": (ENUM + "union U switch (E e) { case A: void; }; struct S { U *u; };", r"two meanings"),
    "switch on int": ("union U switch (int i) { case 1: void; };", r"U must switch on an enum"),
    "switch on a struct": ("struct S { int i; }; union U switch (S s) { case A: void; };", r"must switch on an enum"),
    "foreign label": (ENUM + "union U switch (E e) { case C: void; };", r"'C' is not a member of E"),
    "label twice": (ENUM + "union U switch (E e) { case A: void; case A: int i; };", r"two arms for A"),
    "same class": (
        ENUM + "union U switch (E e) { case A: int i; case B: hyper h; };",
        r"A and B .* same Python type int",
    ),
    "two labels": (ENUM + "union U switch (E e) { case A: case B: void; };", r"same Python type None"),
    "arm of several classes": (ENUM + "union U switch (E e) { case A: int *i; };", r"several Python types"),
    "missing include": ('%#include "other.x"\n', r"sink.x:1: there is no file 'other.x'"),
    "include of itself": ('%#include "sink.x"\n', r"includes itself"),
}


class TestRefused:
    @pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
    def test_problem(self, text: str, problem: str) -> None:
        with pytest.raises(SchemaError, match=problem):
            schema_of(sink=text)

    def test_not_included(self) -> None:
        with pytest.raises(SchemaError, match=r"b.x:1: 'S' is declared in a.x, which is not included"):
            schema_of(a="struct S { int i; };", b="struct T { S s; };")

    def test_circle_of_includes(self) -> None:
        with pytest.raises(SchemaError, match=r"a.x -> b.x -> a.x"):
            schema_of(a='%#include "b.x"\n', b='%#include "a.x"\n')

    def test_twice_in_two_files(self) -> None:
        with pytest.raises(SchemaError, match=r"b.x:1: 'S' is already declared at a.x:1"):
            schema_of(a="struct S { int i; };", b="struct S { int i; };")

    def test_included_through_another(self) -> None:
        c = '%#include "b.x"\nstruct T { S s; };'
        schema = schema_of(c=c, b='%#include "a.x"\n', a="struct S { int i; };")
        assert [module.name for module in schema.modules] == ["a", "b", "c"]


class TestText:
    text = fast.emit_module(SCHEMA, SCHEMA.modules[1])

    def test_heading(self) -> None:
        assert "Generated from xdr/sink.x by tools/xdr_generator.py; do not edit." in self.text
        assert self.text.splitlines()[4] == "A kitchen sink."
        assert "Parts of the kitchen.\nTwo lines." in fast.emit_module(SCHEMA, SCHEMA.modules[0])

    def test_docstring_holds_the_declaration(self) -> None:
        assert "        struct Tap { int flow; bool open; };" in self.text

    def test_comment_above_belongs_to_the_declaration(self) -> None:
        union = SCHEMA.definitions["Content"]
        assert union.comment == "One of many.\nOr none."
        assert "# One of many.\n# Or none.\nContent = list[Tap] | Colour" in self.text

    def test_comment_behind_belongs_to_a_constant(self) -> None:
        assert SCHEMA.definitions["EIGHT"].comment == "octal"

    def test_strings_at_the_end_that_may_be_empty_can_be_left_out(self) -> None:
        fields = 'string a<2>; // "": none\nint b;\nstring c<2>; // "": none\nstring d<2>; // "": none, too\n'
        text = fast.emit_module(schema := schema_of(sink=f"struct S {{ {fields} }};"), schema.modules[-1])
        assert 'def __init__(self, a: str, b: int, c: str = "", d: str = "") -> None:' in text

    def test_fixed_fields_are_fused(self) -> None:
        assert '_pack_tap_0: Final = Struct(">iI").pack' in self.text

    def test_names_in_python(self) -> None:
        found = fast.public_names(SCHEMA.modules[1])
        assert found[:4] == ["Tap", "Content", "encode_content", "decode_content"]


TALK = """\
%#include "sink.x"
enum Kind { ONE = 0, TWO = 1 };
// What is said.
union ClientMessage switch (Kind kind) {
case ONE:
    S some_things<3>;
};
"""
SPOKEN = """\
/** What is said. */
export type ClientMessage =
  | { readonly type: "ONE"; readonly value: readonly S[] };

export const ClientMessage: Codec<ClientMessage> = codec<ClientMessage>(
  "ClientMessage",
  (writer, value) => {
    switch (value.type) {
      case "ONE":
        writer.int32(Kind.ONE, "ClientMessage.kind");
        writer.list(value.value, 3, (item) => S.write(writer, item), "ClientMessage.some_things");
        return;
      default:
        writer.unknownArm("ClientMessage.kind");
    }
  },
  (reader) => {
    switch (reader.enumerated(Kind, "ClientMessage.kind")) {
      case Kind.ONE:
        return { type: "ONE", value: reader.list(3, 4, () => S.read(reader), "ClientMessage.some_things") };
      default:
        return reader.unknownArm("ClientMessage.kind");
    }
  },
);
"""


class TestTypescript:
    """Its codecs are held against Python's, byte by byte, in tests/web."""

    def test_what_clients_do_not_speak_of_is_left_out(self) -> None:
        names = xdr_generator.generate_typescript(xdr_generator.load(xdr_generator.SCHEMA)).keys()
        found = {Path(name).stem for name in names}
        assert {"client", "codes", "state", "index"} <= found
        assert not {"cluster", "signer", "workers", "archive"} & found
        assert typescript.emit(SCHEMA) == {}

    def test_a_union_that_does_not_use_all_of_its_enum(self) -> None:
        files = typescript.emit(schema_of(sink="struct S { int i; };", talk=TALK))
        assert files["talk.ts"].endswith(SPOKEN)
        assert 'import { S } from "./sink.js";' in files["talk.ts"]

    def test_names(self) -> None:
        assert [typescript.camel(name) for name in ("a", "first_number", "validity_us")] == [
            "a",
            "firstNumber",
            "validityUs",
        ]


class TestCommand:
    @pytest.fixture
    def folders(self, tmp_path: Path) -> tuple[Path, Path, Path]:
        folders = tmp_path / "xdr", tmp_path / "protocol", tmp_path / "web"
        folders[0].mkdir()
        (folders[0] / "sink.x").write_text("struct S { int i; };")
        assert xdr_generator.main([], *folders) == 0
        return folders

    def test_what_is_committed_is_what_is_generated(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert xdr_generator.main(["--check"]) == 0, capsys.readouterr().err

    def test_generates_both_forms(self, folders: tuple[Path, Path, Path]) -> None:
        found = sorted(str(path.relative_to(folders[1])) for path in folders[1].rglob("*.py"))
        names = ("__init__.py", "sink.py")
        assert found == [f"{form}/{name}" for form in ("messages", "reference") for name in names]

    def test_check_is_content_with_its_own(self, folders: tuple[Path, Path, Path]) -> None:
        assert xdr_generator.main(["--check"], *folders) == 0

    def test_check_lists_stale_files(
        self, folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        schema, output, _ = folders
        (output / "messages" / "sink.py").unlink()
        (output / "reference" / "old.py").write_text((output / "reference" / "sink.py").read_text())
        (schema / "sink.x").write_text("struct S { hyper i; };")
        assert xdr_generator.main(["--check"], *folders) == 1
        assert capsys.readouterr().err.splitlines() == [
            "Generated files are stale; run `make xdr`:",
            "  messages/sink.py is missing",
            "  reference/sink.py differs",
            "  reference/old.py has no source any more",
        ]

    def test_regenerating_heals_and_keeps_what_is_written_by_hand(self, folders: tuple[Path, Path, Path]) -> None:
        output = folders[1]
        (output / "reference" / "old.py").write_text((output / "reference" / "sink.py").read_text())
        (output / "reference" / "primitives.py").write_text('"""By hand."""\n')
        assert xdr_generator.main([], *folders) == 0
        assert xdr_generator.main(["--check"], *folders) == 0
        assert not (output / "reference" / "old.py").exists()
        assert (output / "reference" / "primitives.py").exists()

    def test_typescript_is_generated_checked_and_healed(
        self, folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        schema, _, web = folders
        (schema / "talk.x").write_text(TALK)
        (schema / "other.x").write_text("struct Unspoken { int i; };")
        assert xdr_generator.main([], *folders) == 0
        package = web / "sdk" / "src" / "protocol" / "messages"
        assert sorted(path.name for path in package.iterdir()) == ["index.ts", "sink.ts", "talk.ts"]
        (package / "old.ts").write_text((package / "talk.ts").read_text())
        (package / "talk.ts").unlink()
        assert xdr_generator.main(["--check"], *folders) == 1
        assert capsys.readouterr().err.splitlines()[1:] == [
            "  sdk/src/protocol/messages/talk.ts is missing",
            "  sdk/src/protocol/messages/old.ts has no source any more",
        ]
        assert xdr_generator.main([], *folders) == 0
        assert xdr_generator.main(["--check"], *folders) == 0

    def test_wrong_schema(self, folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
        (folders[0] / "sink.x").write_text("struct S { T t; };")
        assert xdr_generator.main([], *folders) == 1
        assert "sink.x:1: unknown name 'T'" in capsys.readouterr().err


def test_sink_values_are_of_the_declared_types(sinks: dict[str, Codec]) -> None:
    """Guards the tests above: a loose value of each kind is chosen by its class."""
    encode: Any = sinks["Loose"].encode
    assert encode(None) == b"\xff\xff\xff\xff"
    assert encode(b"ab") == b"\0\0\0\7\0\0\0\2ab\0\0"
    assert encode(False) == bytes(8)
