"""Pass phrases of keystores: from a file or the terminal, never from an argument or the environment."""

import getpass
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from constellation.node.secret_files import KeyFileError, private_text

PASSPHRASE_MIN_CHARACTERS: Final = 12

PASSPHRASE_FILE: Final[ContextVar[Path | None]] = ContextVar("PASSPHRASE_FILE", default=None)
"""The file that the command line or the configuration names; without one, the terminal is asked."""


def read_passphrase(path: Path) -> str:
    """The pass phrase in a file: its one line.

    Raises:
        KeyFileError: the file is missing, open to others, or holds something else.
    """
    lines = private_text(path, "utf-8").splitlines()
    if len(lines) != 1 or not lines[0]:
        raise KeyFileError(f"{path}: a pass phrase is one line of text")
    return lines[0]


def known_passphrase(what: str) -> str:
    """The pass phrase of something that exists.

    Args:
        what: is asked for, where the terminal is asked.

    Raises:
        KeyFileError: there is neither a file nor a terminal.
    """
    path = PASSPHRASE_FILE.get()
    return _ask(f"Pass phrase of {what}: ") if path is None else read_passphrase(path)


def new_passphrase(what: str, path: Path | None = None) -> str:
    """A pass phrase for something new; on a terminal it has to be typed twice.

    Args:
        what: it is for.
        path: of its file; None asks the terminal.

    Raises:
        KeyFileError: there is neither a file nor a terminal, or it is too short.
    """
    found = _ask(f"New pass phrase for {what}: ") if path is None else read_passphrase(path)
    if len(found) < PASSPHRASE_MIN_CHARACTERS:
        raise KeyFileError(f"a pass phrase has at least {PASSPHRASE_MIN_CHARACTERS} characters")
    if path is None and _ask("The same again: ") != found:
        raise KeyFileError("the two pass phrases are not the same")
    return found


def ask_terminal(prompt: str) -> str:
    """What is typed on the terminal, without echo.

    Raises:
        KeyFileError: there is none.
    """
    if not sys.stdin.isatty():
        raise KeyFileError("there is no terminal to ask on; name a file that holds it")
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise KeyFileError("nothing was typed") from None


def _ask(prompt: str) -> str:
    try:
        return ask_terminal(prompt)
    except KeyFileError as error:
        raise KeyFileError(f"a pass phrase is needed: {error} (--passphrase-file, key_passphrase_file)") from None
