"""The table of faults is complete, and every test that the documentation names exists.

Names are read from the source: nothing is imported or run.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAP = ROOT / "docs" / "internals" / "testing.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

FAULTS = {"N": 15, "D": 18, "P": 16, "B": 22, "C": 26, "T": 30, "M": 10}
"""How many there are of each kind; they are numbered from 1."""

NOT_COVERED: set[str] = set()
"""Whose expected behaviour is missing, in whole or in part; the row says so and why."""

NAMED = re.compile(r"`(tests/[^`\s]+\.py)::([^`\s]+)`")


def rows() -> list[list[str]]:
    """The cells of each row of the table."""
    lines = MAP.read_text().splitlines()
    table = lines[lines.index("| id | fault | what happens | tests |") + 2 :]
    assert all(line.startswith("| ") and line.endswith(" |") for line in table), "the table ends the page"
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in table]


@cache
def named_in(path: Path) -> frozenset[str]:
    """Everything in a module that can be named as a test."""
    return frozenset(names_of(ast.parse(path.read_text())))


def names_of(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_story = [argument.arg for argument in node.args.args] == ["simulation"]
            yield from [node.name] if is_story or node.name.startswith("test_") else []
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield node.name
            methods = [item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield from (f"{node.name}::{name}" for name in methods if name.startswith("test_"))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == "TestCase":
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_every_fault_is_there_once_and_in_order() -> None:
    expected = [f"{kind}{number}" for kind, count in FAULTS.items() for number in range(1, count + 1)]
    assert [row[0] for row in rows()] == expected


def test_every_row_is_whole() -> None:
    for number, fault, happens, tests in rows():
        assert all((fault, happens)), number
        names = tests.split("<br>")
        assert [name for name in names if not NAMED.fullmatch(name)] == [], number
        assert len(dict.fromkeys(names)) == len(names), number


def test_what_is_not_covered_says_so() -> None:
    assert {row[0] for row in rows() if row[2].startswith("not covered: ")} == NOT_COVERED
    assert not any("not covered" in cell for row in rows() if row[0] not in NOT_COVERED for cell in row)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    named = NAMED.findall(text)
    missing = [f"{path}::{name}" for path, name in named if not _exists(path, name)]
    assert missing == []
    assert len(named) == text.count(".py::"), "a test is named in another form"


def _exists(path: str, name: str) -> bool:
    file = ROOT / path
    return file.is_file() and name in named_in(file)


def test_all_forms_of_tests_are_found() -> None:
    source = (
        "def test_a(): ...\nasync def test_b(): ...\ndef helper(): ...\nTestC = Rules.TestCase\nOther = 1\n"
        "class TestD:\n    def test_e(self): ...\n    def helper(self): ...\nclass Other:\n    def test_f(self): ...\n"
    )
    assert list(names_of(ast.parse(source))) == ["test_a", "test_b", "TestC", "TestD", "TestD::test_e"]
