"""The rules of docs/reference/orders.md and payments.md: every example is executed, and is what comes of it."""

import re
from pathlib import Path

import pytest

from constellation.protocol import limits
from tests.quanta.transcript import Transcript

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "orders.md").read_text("utf-8")
BLOCK = re.compile(r"```exchange\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(PAGE) + BLOCK.findall((REFERENCE / "payments.md").read_text("utf-8"))


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_is_what_happens(block: str) -> None:
    assert Transcript().run(block) == block


def test_there_are_examples() -> None:
    assert len(BLOCKS) > 15


@pytest.mark.parametrize("name", re.findall(r"`(\w+_MAX)` = ([\d,]+)", PAGE))
def test_a_limit_is_what_the_code_says(name: tuple[str, str]) -> None:
    assert f"{getattr(limits, name[0]):,}" == name[1]
