"""A room's list of pages, which is read on GitHub, and its toctrees, which Sphinx follows, have the same pages."""

import re
from pathlib import Path

import pytest

from tests.documentation.pages import ROOT

INDEXES = sorted(ROOT.glob("docs/*/index.md"))


@pytest.mark.parametrize("index", INDEXES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_list_and_the_toctrees_are_equal(index: Path) -> None:
    text = index.read_text("utf-8")
    listed = re.findall(r"^- \[[^]]+\]\((?!\.\.)([^)#]+)\.md\): ", text, re.MULTILINE)
    trees = re.findall(r"^```\{toctree\}\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")] == listed


def test_there_are_five_rooms() -> None:
    assert {path.relative_to(ROOT).parts[1] for path in INDEXES} == {
        "coding", "concepts", "internals", "operating", "reference",
    }  # fmt: skip
