"""The pages of the documentation, their blocks of code, and the commands in them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LANGUAGES = ("console", "python", "sh", "bash")
"""What somebody could type in; other blocks (toml, json, text, …) are shown."""

_BLOCK = re.compile(
    r"^(?:<!-- (?P<name>[\w -]+) -->\n)? *```(?P<language>\w+)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE
)
_PROMPT = "$ "


class Block(NamedTuple):
    """A block of code; its name is in an HTML comment on the line before, if it has one."""

    name: str | None
    language: str
    text: str


def pages() -> list[str]:
    """Every page with instructions, as its path in the repository."""
    return ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))]


def blocks(page: str, *languages: str) -> list[Block]:
    """The blocks of a page in these languages, or in all that could be typed in."""
    found = _BLOCK.finditer((ROOT / page).read_text("utf-8"))
    return [
        Block(**block)
        for block in (match.groupdict() for match in found)
        if block["language"] in (languages or LANGUAGES)
    ]


def commands(block: Block) -> Iterator[list[str]]:
    """The commands of a block, each as its words: without prompts, comments, and what they print."""
    text = block.text.replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    if any(line.startswith(_PROMPT) for line in lines):
        lines = [line.removeprefix(_PROMPT) for line in lines if line.startswith(_PROMPT)]
    for line in lines:
        yield shlex.split(line, comments=True)


def of_constellation(page: str, name: str | None = None) -> Iterator[list[str]]:
    """The arguments of each `constellation …` on a page, or in the blocks of this name."""
    for block in blocks(page, "console", "sh", "bash"):
        for words in commands(block) if name in (None, block.name) else ():
            if "constellation" in (program := words[:2] if words[:1] == ["sudo"] else words[:1]):
                yield words[len(program) :]
