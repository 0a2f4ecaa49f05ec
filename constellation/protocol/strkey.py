"""Stellar's text form of keys: ``G…`` for public keys, ``S…`` for seeds (SEP-23).

stellar-sdk has the same, but importing it takes a second; traders' programs and the command line start without it.
"""

from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from binascii import crc_hqx

_PUBLIC_KEY_VERSION = 6 << 3
_SEED_VERSION = 18 << 3


def _encode(version: int, payload: bytes) -> str:
    if len(payload) != 32:
        raise ValueError(f"a key has 32 bytes, not {len(payload)}")
    body = bytes([version]) + payload
    return b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).decode()


def _decode(version: int, text: str, kind: str) -> bytes:
    try:
        raw = b32decode(text.encode("ascii"))
    except (Base32Error, UnicodeEncodeError):
        raise ValueError(f"not {kind}: it is not base32") from None
    # 56 characters have no unused bits, so the text form of a payload is unique.
    if len(text) != 56 or len(raw) != 35 or raw[0] != version:
        raise ValueError(f"not {kind}: wrong length or first letter")
    if crc_hqx(raw[:-2], 0) != int.from_bytes(raw[-2:], "little"):
        raise ValueError(f"not {kind}: the checksum is wrong, look for a typing error")
    return raw[1:-2]


def encode_public_key(key: bytes) -> str:
    """``G…`` of a 32-byte Ed25519 public key."""
    return _encode(_PUBLIC_KEY_VERSION, key)


def decode_public_key(text: str) -> bytes:
    """The 32 bytes behind ``G…``.

    Raises:
        ValueError: it is not a public key in Stellar's text form.
    """
    return _decode(_PUBLIC_KEY_VERSION, text, "a public key (G…)")


def encode_seed(seed: bytes) -> str:
    """``S…`` of a 32-byte Ed25519 seed."""
    return _encode(_SEED_VERSION, seed)


def decode_seed(text: str) -> bytes:
    """The 32 bytes behind ``S…``; errors never repeat the text.

    Raises:
        ValueError: it is not a seed in Stellar's text form.
    """
    return _decode(_SEED_VERSION, text, "a secret seed (S…)")
