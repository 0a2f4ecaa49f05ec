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
    r"^(?: *<!-- (?P<name>[\w -]+) -->\n)?(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)
_PROMPT = "$ "
_ENDS = ("||", "&&", "|")
"""What a shell takes for the end of a command's words."""


class Block(NamedTuple):
    """A block of code; its name is in an HTML comment on the line before, if it has one."""

    name: str | None
    language: str
    text: str


class Typed(NamedTuple):
    """What is typed behind a prompt, with the lines that a backslash continues, and the lines that it prints."""

    text: str
    output: list[str]


def pages() -> list[str]:
    """Every page with instructions, as its path in the repository."""
    return ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))]


def blocks(page: str, *languages: str) -> list[Block]:
    """The blocks of a page in these languages, or in all that could be typed in."""
    return blocks_in((ROOT / page).read_text("utf-8"), *languages)


def blocks_in(text: str, *languages: str) -> list[Block]:
    """The same of a part of a page."""
    return [
        Block(match["name"], match["language"], match["text"].replace("\n" + match["indent"], "\n").lstrip(" "))
        for match in _BLOCK.finditer(text)
        if match["language"] in (languages or LANGUAGES)
    ]


def dialogue(block: Block) -> Iterator[Typed]:
    """The commands of a block with prompts, each with what the page shows that it prints."""
    before, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not before.strip(), f"not behind a prompt: {before}"
    for part in parts:
        lines = part.rstrip("\n").splitlines()
        count = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield Typed("\n".join(lines[:count]), lines[count:])


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
                end = next((number for number, word in enumerate(words) if word in _ENDS), len(words))
                yield words[len(program) : end]
