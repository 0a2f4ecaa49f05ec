"""Files with secrets: readable by their owner alone, or handed over in a credentials directory.

A service manager or a container hands secrets over in a directory that it makes for one service: systemd in
``$CREDENTIALS_DIRECTORY``, containers in ``/run/secrets``. Whom such files belong to and which modes they have is not
the service's choice, so there only nobody else may be able to change them. ``credential:NAME`` in place of a path means
the file NAME there.
"""

import os
from pathlib import Path
from typing import Final

from constellation.protocol.strkey import decode_seed

CREDENTIAL_PREFIX: Final = "credential:"

_CONTAINER_SECRETS = Path("/run/secrets")


class KeyFileError(Exception):
    """A file with a secret cannot be used; the message says what to do."""


def write_secret_file(path: Path, *lines: str) -> None:
    """Write secrets to a new file with mode 0600.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    check_is_path(path)
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


def private_text(path: Path, encoding: str = "ascii") -> str:
    """The text of a file that only its owner can read.

    Raises:
        KeyFileError: the file is missing, or open to others.
    """
    check_is_path(path)
    path = secret_path(path)
    check_is_private(path)
    try:
        return path.read_text(encoding, errors="replace")
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None


def secret_path(path: Path) -> Path:
    """The file that a path or ``credential:NAME`` means.

    Raises:
        KeyFileError: no credentials directory has it.
    """
    name = str(path).removeprefix(CREDENTIAL_PREFIX)
    if name == str(path):
        return path
    directories = _credentials_directories()
    found = [directory / name for directory in directories if (directory / name).exists()]
    if not found or Path(name).name != name:
        places = " or ".join(map(str, directories))
        raise KeyFileError(f"there is no credential {name!r} in {places}")
    return found[0]


def check_is_private(path: Path) -> None:
    """Check that only the owner of a file with a secret can read it.

    Raises:
        KeyFileError: the file is missing, or open to others.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
    if path.absolute().parent in _credentials_directories():
        if mode & 0o022:
            raise KeyFileError(f"{path} can be changed by others (mode {mode & 0o777:04o})")
    elif mode & 0o077:
        raise KeyFileError(f"{path} can be read by others (mode {mode & 0o777:04o}); run: chmod 600 {path}")


def check_is_path(path: Path) -> None:
    """Refuse a seed that was given instead of its file, without repeating it.

    Raises:
        KeyFileError: it is a seed.
    """
    try:
        decode_seed(path.name.removeprefix(CREDENTIAL_PREFIX))
    except ValueError:
        return
    raise KeyFileError("the path of a seed file is needed here, not the seed; that one may be in a shell's history now")


def _credentials_directories() -> list[Path]:
    """Where secrets are handed over; the service manager's is one that nobody else can enter."""
    named = os.environ.get("CREDENTIALS_DIRECTORY", "")
    directories = [Path(named)] if named and Path(named).is_dir() and not Path(named).stat().st_mode & 0o007 else []
    return [*directories, _CONTAINER_SECRETS]
