"""NATS credentials: a file with a user's token and the seed that signs for it, never shown."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

from constellation.node.secret_files import KeyFileError, check_is_private
from constellation.protocol.signing import KeyPair

_CREDENTIALS_MAX_BYTES = 64 * 1024
_SEED_PREFIX = (18 << 3, 20 << 3)
"""``S`` and ``U``: the seed of a user, in NATS's own alphabet of keys."""

_TOKEN = re.compile(r"-+BEGIN NATS USER JWT-+\s+([A-Za-z0-9_.-]+)\s+-+END NATS USER JWT-+")
_SEED = re.compile(r"-+BEGIN USER NKEY SEED-+\s+([A-Z2-7]+)\s+-+END USER NKEY SEED-+")


class NatsCredentials:
    """Who one is at a NATS server.

    Args:
        path: of the file, as ``nsc generate creds`` writes it; readable by its owner alone.

    Raises:
        KeyFileError: the file is missing, open to others, or holds something else; the seed is never repeated.
    """

    def __init__(self, path: Path) -> None:
        check_is_private(path)
        try:
            with path.open("rb") as file:
                text = file.read(_CREDENTIALS_MAX_BYTES).decode("ascii", "replace")
        except OSError as error:
            raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
        token, seed = _TOKEN.search(text), _SEED.search(text)
        if token is None or seed is None:
            raise KeyFileError(f"{path} holds no NATS credentials: a user's JWT and seed")
        self._token = token[1]
        try:
            self._key = KeyPair(_decode_seed(seed[1]))
        except ValueError:
            raise KeyFileError(f"{path}: the seed in it is damaged, or not a user's") from None

    @property
    def token(self) -> Callable[[], bytes]:
        """Gives the user's JWT, as the client wants it."""
        return self._token.encode

    def sign(self, nonce: str) -> bytes:
        """The answer to a server's challenge."""
        return base64.b64encode(self._key.sign(nonce.encode()))


def _decode_seed(text: str) -> bytes:
    """The 32 bytes of a user's seed: two bytes of prefix before them, a checksum behind."""
    data = base64.b32decode(text + "=" * (-len(text) % 8))
    content, checksum = data[:-2], int.from_bytes(data[-2:], "little")
    kind = (content[0] & 0xF8, (content[0] & 0x07) << 5 | content[1] >> 3) if len(content) == 34 else None
    if kind != _SEED_PREFIX or _crc16(content) != checksum:
        raise ValueError("no seed of a user")
    return content[2:]


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
