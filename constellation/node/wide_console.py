"""A console on which hashes, addresses and paths stay whole, even where the terminal breaks the line."""

from typing import Final

from rich.console import Console

_WIDTH: Final = 140


def wide_console() -> Console:
    """For tables on the standard output."""
    return Console(highlight=False, emoji=False, width=max(Console().width, _WIDTH))
