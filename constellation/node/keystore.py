"""A keystore: a seed that a pass phrase encrypts, in a JSON document that says how.

The key is derived from the pass phrase by Argon2id and used with XSalsa20-Poly1305 (libsodium's secret box). The
document names both, their parameters and its own version, so that later versions can do otherwise and still read it. A
checksum tells a damaged file from a wrong pass phrase. The public key is in clear: it can be shown without the phrase.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from unicodedata import normalize

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from constellation.node.documents import MALFORMED
from constellation.protocol.signing import KeyPair

VERSION: Final = 1

_KDF = "argon2id13"
_CIPHER = "xsalsa20poly1305"
_OPERATIONS_MAX = 16
_MEMORY_MAX_BYTES = 1024**3
"""What a document may ask for: whoever can change it must not be able to use up the machine."""


class KeystoreError(ValueError):
    """A keystore cannot be opened; the message says why, and repeats nothing secret."""


class WrongPassphrase(KeystoreError):
    """The document is whole, and the pass phrase is another one."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How hard it is to try a pass phrase.

    Attributes:
        operations: passes over the memory.
        memory_bytes: that one try needs.
    """

    operations: int = argon2id.OPSLIMIT_MODERATE
    memory_bytes: int = argon2id.MEMLIMIT_MODERATE


def is_keystore(text: str) -> bool:
    """Whether the content of a key file is meant to be a keystore, whole or not."""
    return text.lstrip().startswith("{")


def lock_keystore(key_pair: KeyPair, passphrase: str, cost: Cost | None = None) -> str:
    """The document that keeps a seed, encrypted with a fresh salt."""
    cost = cost or Cost()
    salt = random(argon2id.SALTBYTES)
    box = SecretBox(_derive(passphrase, salt, cost))
    document: dict[str, Any] = {
        "constellation_keystore": VERSION,
        "public_key": key_pair.address,
        "kdf": {
            "name": _KDF,
            "salt": salt.hex(),
            "operations": cost.operations,
            "memory_bytes": cost.memory_bytes,
        },
        "cipher": {"name": _CIPHER, "nonce_and_text": bytes(box.encrypt(key_pair.seed)).hex()},
    }
    return json.dumps({**document, "checksum": _checksum(document)}, indent=1) + "\n"


def keystore_address(text: str) -> str:
    """The public key that a keystore names.

    Raises:
        KeystoreError: it is damaged, or of a version that is not known here.
    """
    return str(_read(text)["public_key"])


def unlock_keystore(text: str, passphrase: str) -> KeyPair:
    """The key pair in a keystore.

    Raises:
        WrongPassphrase: it is whole, and has another pass phrase.
        KeystoreError: it is damaged, or of a version that is not known here.
    """
    document = _read(text)
    try:
        kdf, cipher = document["kdf"], document["cipher"]
        if (kdf["name"], cipher["name"]) != (_KDF, _CIPHER):
            raise KeystoreError(f"this keystore uses {kdf['name']} and {cipher['name']}, which are not known here")
        cost = Cost(int(kdf["operations"]), int(kdf["memory_bytes"]))
        if cost.operations > _OPERATIONS_MAX or cost.memory_bytes > _MEMORY_MAX_BYTES:
            raise KeystoreError("this keystore asks for more time or memory than one may cost")
        box = SecretBox(_derive(passphrase, bytes.fromhex(kdf["salt"]), cost))
        sealed = bytes.fromhex(cipher["nonce_and_text"])
    except KeystoreError:
        raise
    except (*MALFORMED, CryptoError):
        raise KeystoreError("this keystore is damaged: something in it cannot be read") from None
    return _open(box, sealed, str(document["public_key"]))


def _open(box: SecretBox, sealed: bytes, address: str) -> KeyPair:
    try:
        key_pair = KeyPair(box.decrypt(sealed))
    except CryptoError:
        raise WrongPassphrase("wrong pass phrase for this keystore") from None
    except ValueError:
        raise KeystoreError("this keystore is damaged: there is no seed in it") from None
    if key_pair.address != address:
        raise KeystoreError("this keystore is damaged: its seed is not that of the public key that it names")
    return key_pair


def _read(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
        version, checksum = document["constellation_keystore"], document.pop("checksum", None)
        own = _checksum(document)
    except MALFORMED:
        raise KeystoreError("this keystore is damaged: it is no JSON document, or was cut off") from None
    if version != VERSION:
        raise KeystoreError(f"this keystore has version {version!r:.20}; version {VERSION} is known here")
    if checksum != own:
        raise KeystoreError("this keystore is damaged: its checksum does not fit")
    if not isinstance(document.get("public_key"), str):
        raise KeystoreError("this keystore is damaged: it names no public key")
    return dict(document)


def _checksum(document: dict[str, Any]) -> str:
    return sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    typed = normalize("NFC", passphrase).encode()  # keyboards write one letter in several ways
    return argon2id.kdf(SecretBox.KEY_SIZE, typed, salt, cost.operations, cost.memory_bytes)
