"""Every block of a page that somebody could type in is executed by a test, which says so.

The test is marked, `@pytest.mark.executes("docs/coding/holds.md", python=2)`: of that page, and how many blocks of each
language it executes. A new page, and a new block, need a test that is marked for it.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from tests.documentation.pages import ROOT, blocks, pages

NOT_EXECUTED: dict[str, tuple[dict[str, int], str]] = {
    "README.md": ({"console": 2}, "make test is this suite; the outline of a set-up is test-network.md's"),
    "docs/internals/fuzzing.md": ({"console": 2}, "takes minutes; tests/fuzzing runs every target for a moment"),
    "docs/internals/soak.md": ({"console": 1}, "takes minutes; tests/testing/soak runs a short one"),
    "docs/operating/chroniclers.md": ({"console": 2}, "PostgreSQL, and pieces of pruned history"),
    "docs/operating/compiled-core.md": ({"console": 2}, "compiles for minutes; tests/test_compiled_core.py"),
    "docs/operating/backups.md": ({"console": 1}, "changes the machine; tests/node/test_systemd.py checks the units"),
    "docs/operating/docker.md": ({"console": 7}, "needs an engine; tests/node/test_docker.py reads the page"),
    "docs/operating/install-auditor.md": ({"console": 1}, "installs for the machine; systemd.md says how"),
    "docs/operating/stellar-toml.md": ({"console": 1}, "asks a domain; tests/node/test_stellar_toml.py asks servers"),
    "docs/operating/feed-servers.md": ({"console": 2}, "NATS; tests/node/test_feed_processes.py runs feed servers"),
    "docs/operating/seeing.md": ({"console": 1}, "Prometheus; tests/node/test_deploy.py reads its files"),
    "docs/operating/upgrading.md": (
        {"console": 6, "bash": 1},
        "restarts services; tests/testing/rolling does the same, test_upgrading_documentation.py reads the page",
    ),
    "docs/operating/systemd.md": ({"console": 2}, "changes the machine; tests/node/test_systemd.py checks the units"),
}
"""Blocks that no test executes, and why; the `constellation` commands in them are parsed all the same."""


def marked(source: str) -> Iterator[tuple[str, Counter[str]]]:
    """The page and the blocks of each mark in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.executes":
            counts = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
            yield ast.literal_eval(node.args[0]), Counter(counts)


def executed() -> dict[str, Counter[str]]:
    """How many blocks of each page, by language, tests say that they execute."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        for page, counts in marked(path.read_text("utf-8")):
            found[page] += counts
    return found


EXECUTED = executed()


@pytest.mark.parametrize("page", pages())
def test_every_block_is_executed(page: str) -> None:
    there = Counter(block.language for block in blocks(page))
    allowed, _ = NOT_EXECUTED.get(page, ({}, ""))
    assert EXECUTED[page] + Counter(allowed) == there, (
        f'mark the test that executes them: @pytest.mark.executes("{page}", …)'
    )


def test_nothing_else_is_marked() -> None:
    assert [page for page in [*EXECUTED, *NOT_EXECUTED] if page not in pages()] == []


def test_marks_are_found() -> None:
    source = '@pytest.mark.executes("docs/a.md", python=2, sh=1)\nasync def test_a(): ...\n'
    assert list(marked(source)) == [("docs/a.md", Counter(python=2, sh=1))]
