"""Seed files: readable by their owner alone, never shown."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import decode_seed, encode_seed

_TOKEN_MIN_CHARACTERS = 16


class KeyFileError(Exception):
    """A seed file cannot be used; the message says what to do."""


def new_key_pair() -> KeyPair:
    """A fresh key pair from the system's random numbers."""
    return KeyPair(secrets.token_bytes(32))


def write_key_file(path: Path, key_pair: KeyPair) -> None:
    """Write the seed to a new file with mode 0600.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    write_keys_file(path, [key_pair])


def write_keys_file(path: Path, key_pairs: Sequence[KeyPair]) -> None:
    """Write several seeds to a new file with mode 0600, one a line.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    write_secret_file(path, *(encode_seed(key_pair.seed) for key_pair in key_pairs))


def write_secret_file(path: Path, *lines: str) -> None:
    """Write secrets to a new file with mode 0600.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    _check_is_path(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{path} exists already; a seed is never overwritten") from None
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink()
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from None


def read_key_file(path: Path) -> KeyPair:
    """The key pair whose seed (``S…``) is in a file.

    Raises:
        KeyFileError: the file is missing, open to others, or holds no seed; the seed is never repeated.
    """
    text = _private_text(path)
    try:
        return KeyPair.from_text(text)
    except ValueError as error:
        raise KeyFileError(f"{path}: {error}") from None


def read_keys_file(path: Path) -> list[KeyPair]:
    """The key pairs whose seeds are in a file, one a line.

    Raises:
        KeyFileError: the file is missing, open to others, empty, or a line holds no seed; seeds are never repeated.
    """
    key_pairs = []
    for number, line in enumerate(_private_text(path).splitlines(), 1):
        try:
            key_pairs.append(KeyPair.from_text(line))
        except ValueError as error:
            raise KeyFileError(f"{path}, line {number}: {error}") from None
    if not key_pairs:
        raise KeyFileError(f"{path} holds no seed")
    return key_pairs


def read_token_file(path: Path) -> str:
    """The secret in a file that members of one operator have in common.

    Raises:
        KeyFileError: the file is missing, open to others, or holds no usable secret; it is never repeated.
    """
    token = _private_text(path).strip()
    if len(token) < _TOKEN_MIN_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        raise KeyFileError(f"{path}: a secret is one word of at least {_TOKEN_MIN_CHARACTERS} printable characters")
    return token


def read_secret_file(path: Path) -> str:
    """The secret in a file that somebody else has chosen: its only line.

    Raises:
        KeyFileError: the file is missing, open to others, or holds no usable secret; it is never repeated.
    """
    secret = _private_text(path).strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise KeyFileError(f"{path}: a secret is one line of printable characters")
    return secret


def _private_text(path: Path) -> str:
    _check_is_path(path)
    check_is_private(path)
    try:
        text = path.read_text("ascii", errors="replace")
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
    return text


def check_is_private(path: Path) -> None:
    """Check that only the owner of a file with a secret can read it.

    Raises:
        KeyFileError: the file is missing, or open to others.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise KeyFileError(f"{path} can be read by others (mode {mode & 0o777:04o}); run: chmod 600 {path}")


def _check_is_path(path: Path) -> None:
    """Refuse a seed that was given instead of its file, without repeating it."""
    try:
        decode_seed(path.name)
    except ValueError:
        return
    raise KeyFileError("the path of a seed file is needed here, not the seed; that one may be in a shell's history now")
