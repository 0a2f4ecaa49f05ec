"""What an extension says, before it is shown to anybody."""

from typing import Final

_MOST: Final = 160


def clean(text: str) -> str:
    """A text in one line that steers no terminal, cut to what fits a message."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:_MOST])
    return shown.encode(errors="replace").decode()


def words_of(error: BaseException) -> str:
    """What an error says; that may fail as well."""
    kind = type(error).__name__
    try:
        return clean(f"{kind}: {error}")
    except BaseException:  # its own __str__ is foreign code
        return clean(kind)
