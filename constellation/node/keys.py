"""Seed files: readable by their owner alone, never shown."""

import os
import secrets
from pathlib import Path

from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import decode_seed, encode_seed


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
    _check_is_path(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{path} exists already; a seed is never overwritten") from None
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(encode_seed(key_pair.seed) + "\n")
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
    _check_is_path(path)
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii", errors="replace")
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise KeyFileError(f"{path} can be read by others (mode {mode & 0o777:04o}); run: chmod 600 {path}")
    try:
        return KeyPair.from_text(text)
    except ValueError as error:
        raise KeyFileError(f"{path}: {error}") from None


def _check_is_path(path: Path) -> None:
    """Refuse a seed that was given instead of its file, without repeating it."""
    try:
        decode_seed(path.name)
    except ValueError:
        return
    raise KeyFileError("the path of a seed file is needed here, not the seed; that one may be in a shell's history now")
