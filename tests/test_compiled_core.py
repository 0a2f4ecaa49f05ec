"""What of the core is compiled, and that somebody has decided it for every module."""

import ast
from pathlib import Path

import pytest

import constellation
from constellation.build import core_is_compiled, version_text
from tools import compiled_core
from tools.compiled_core import CORE, LEFT_OUT, modules, reason_to_leave_out

ROOT = Path(constellation.__file__).parent
COMPILED = [path.as_posix() for path in modules(ROOT)]


@pytest.mark.parametrize("name", [name for name in LEFT_OUT if name != "__init__.py"])
def test_what_is_left_out_exists(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize(
    "name",
    ["quanta/machine.py", "quanta/limit_order.py", "matching/engine.py", "orderbook/book.py", "vault/vault.py",
     "protocol/xdr.py", "protocol/merkle.py", "protocol/messages/effects.py"],
)  # fmt: skip
def test_the_hot_path_is_compiled(name: str) -> None:
    assert name in COMPILED


def test_only_the_core_is_compiled() -> None:
    assert dict.fromkeys(name.split("/")[0] for name in COMPILED) == dict.fromkeys(CORE)
    assert not [name for name in COMPILED if name.endswith("__init__.py") or "/reference/" in name]


def test_reasons_are_found_by_file_name_by_path_and_by_folder() -> None:
    assert reason_to_leave_out(Path("vault/__init__.py"))
    assert reason_to_leave_out(Path("vault/transactions.py"))
    assert reason_to_leave_out(Path("protocol/reference/client.py"))
    assert reason_to_leave_out(Path("vault/vault.py")) is None


def test_all_of_the_core_is_compiled_or_nothing() -> None:
    """A module that was compiled beside one that was not would be slow, and hide it."""
    files = [getattr(__import__(_dotted(name), fromlist=["x"]), "__file__", "") for name in COMPILED]
    assert {file.endswith(".py") for file in files} == {not core_is_compiled()}


@pytest.mark.parametrize("name", COMPILED)
def test_no_name_is_given_to_two_kinds_of_errors_in_one_function(name: str) -> None:
    """mypyc gives the name the type of the first: the second would end in a TypeError of its own."""
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            caught = [node for node in ast.walk(function) if isinstance(node, ast.ExceptHandler) and node.name]
            kinds = {(node.name, ast.unparse(node.type)) for node in caught if node.type}
            assert len(kinds) == len({name for name, _ in kinds}), f"{function.name}: {kinds}"


@pytest.mark.parametrize("package", CORE)
def test_no_package_hands_out_a_name_of_one_of_its_modules(package: str) -> None:
    """A compiled module that imports it gets the module."""
    tree = ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
    assert not names & {path.stem for path in (ROOT / package).iterdir()}


def test_the_version_tells() -> None:
    assert ("(compiled core)" in version_text()) is core_is_compiled()


def test_a_changed_source_makes_a_build_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    source = root / "constellation" / "vault" / "vault.py"
    source.parent.mkdir(parents=True)
    source.write_text("AMOUNT = 1\n")
    monkeypatch.setattr(compiled_core, "ROOT", root)
    compiled: list[list[Path]] = []
    monkeypatch.setattr(compiled_core, "_compile", lambda _, paths: compiled.append(paths))
    output = tmp_path / "compiled"
    assert not compiled_core.is_current(output)
    for _ in range(2):
        compiled_core.build(output)
        assert compiled_core.is_current(output)
    assert compiled == [[Path("constellation/vault/vault.py")]]
    (root / "constellation" / "node.py").write_text("PORT = 1\n")
    compiled_core.build(output)
    assert len(compiled) == 1, "it is copied only"
    assert (output / "constellation" / "node.py").read_text() == "PORT = 1\n"
    (root / "constellation" / "node.py").unlink()
    source.write_text("AMOUNT = 2\n")
    assert not compiled_core.is_current(output)
    compiled_core.build(output)
    assert len(compiled) == 2
    assert not (output / "constellation" / "node.py").exists()


def _dotted(name: str) -> str:
    return f"constellation.{name.removesuffix('.py').replace('/', '.')}"
