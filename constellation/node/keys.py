"""Key files: a seed, or a keystore that keeps it encrypted; never shown."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from constellation.node.keystore import KeystoreError, is_keystore, keystore_address, lock_keystore, unlock_keystore
from constellation.node.passphrases import known_passphrase
from constellation.node.secret_files import KeyFileError, private_text, write_secret_file
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed

_TOKEN_MIN_CHARACTERS = 16


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


def write_keystore(path: Path, key_pair: KeyPair, passphrase: str) -> None:
    """Write the seed, encrypted, to a new file with mode 0600.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    write_secret_file(path, lock_keystore(key_pair, passphrase).rstrip("\n"))


def read_key_file(path: Path) -> KeyPair:
    """The key pair whose seed (``S…``) is in a file, or in a keystore, whose pass phrase is asked for.

    Raises:
        KeyFileError: the file is missing, open to others, or holds no seed; or the pass phrase is wrong; the seed is
            never repeated.
    """
    text = private_text(path)
    try:
        if is_keystore(text):
            keystore_address(text)  # what is damaged needs no pass phrase
            return unlock_keystore(text, known_passphrase(str(path)))
        return KeyPair.from_text(text)
    except ValueError as error:
        raise KeyFileError(f"{path}: {error}") from None


def read_address(path: Path) -> str:
    """The public key of a key file; a keystore says it without its pass phrase.

    Raises:
        KeyFileError: the file cannot be used.
    """
    text = private_text(path)
    if not is_keystore(text):
        return read_key_file(path).address
    try:
        return keystore_address(text)
    except KeystoreError as error:
        raise KeyFileError(f"{path}: {error}") from None


def read_keys_file(path: Path) -> list[KeyPair]:
    """The key pairs whose seeds are in a file, one a line, or the one in a keystore.

    Raises:
        KeyFileError: the file is missing, open to others, empty, or a line holds no seed; seeds are never repeated.
    """
    text = private_text(path)
    if is_keystore(text):
        return [read_key_file(path)]
    key_pairs = []
    for number, line in enumerate(text.splitlines(), 1):
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
    token = private_text(path).strip()
    if len(token) < _TOKEN_MIN_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        raise KeyFileError(f"{path}: a secret is one word of at least {_TOKEN_MIN_CHARACTERS} printable characters")
    return token


def read_secret_file(path: Path) -> str:
    """The secret in a file that somebody else has chosen: its only line.

    Raises:
        KeyFileError: the file is missing, open to others, or holds no usable secret; it is never repeated.
    """
    secret = private_text(path).strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise KeyFileError(f"{path}: a secret is one line of printable characters")
    return secret
