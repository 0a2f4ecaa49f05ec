"""Reads the documentation's commands, so that tests can run them as they are written."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"

_BLOCK = re.compile(
    r"(?:^[ ]*<!-- (?P<name>[^\n]*?) -->\n)?^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```", re.M | re.S
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code on a page.

    Attributes:
        name: what a comment right before it says; empty where there is none.
        language: behind the three backquotes.
        text: in it, without the page's indentation.
    """

    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed behind a prompt, and what the page shows that it prints.

    Attributes:
        text: with the lines that a backslash continues.
        output: lines; `…` stands for anything.
    """

    text: str
    output: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """As a shell splits them."""
        return shlex.split(self.text.replace("\\\n", " "))


def blocks(page: str) -> list[Block]:
    """All blocks of code in the text of a page, in their order."""
    found = []
    for match in _BLOCK.finditer(page):
        lines = [line.removeprefix(match["indent"]) for line in match["body"].splitlines()]
        found.append(Block(match["name"] or "", match["language"], "\n".join(lines)))
    return found


def named(page: str, name: str) -> Block:
    """The one block that a comment before it names."""
    (found,) = [block for block in blocks(page) if block.name == name]
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands in a block with prompts."""
    before, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not before.strip(), f"not behind a prompt: {before}"
    for part in parts:
        lines = part.rstrip("\n").splitlines()
        count = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield Command("\n".join(lines[:count]), tuple(lines[count:]))
