"""Stellar's text form of keys: ``G…`` for public keys, ``M…`` with a number, ``S…`` for seeds (SEP-23).

stellar-sdk has the same, but importing it takes a second; traders' programs and the command line start without it.
"""

from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from binascii import crc_hqx

_PUBLIC_KEY_VERSION = 6 << 3
_SEED_VERSION = 18 << 3
_MUXED_VERSION = 12 << 3
_KEY_BYTES = 32
_MUXED_BYTES = 40


def _encode(version: int, payload: bytes, length: int = _KEY_BYTES) -> str:
    if len(payload) != length:
        raise ValueError(f"a key has {length} bytes, not {len(payload)}")
    body = bytes([version]) + payload
    return b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).decode().rstrip("=")


def _decode(version: int, text: str, kind: str, length: int = _KEY_BYTES) -> bytes:
    try:
        raw = b32decode(text.encode("ascii") + b"=" * (-len(text) % 8))
    except (Base32Error, UnicodeEncodeError):
        raise ValueError(f"not {kind}: it is not base32") from None
    if len(raw) != length + 3 or raw[0] != version:
        raise ValueError(f"not {kind}: wrong length or first letter")
    if crc_hqx(raw[:-2], 0) != int.from_bytes(raw[-2:], "little"):
        raise ValueError(f"not {kind}: the checksum is wrong, look for a typing error")
    # Padding, and unused bits that are not zero, would give one payload several texts.
    if _encode(version, raw[1:-2], length) != text:
        raise ValueError(f"not {kind}: wrong length or first letter")
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


def encode_muxed(key: bytes, muxed_id: int) -> str:
    """``M…`` of a public key and the 64-bit number of somebody behind it."""
    return _encode(_MUXED_VERSION, key + muxed_id.to_bytes(8, "big"), _MUXED_BYTES)


def decode_address(text: str) -> tuple[bytes, int | None]:
    """The public key behind ``G…`` or ``M…``, and the number in ``M…``.

    Raises:
        ValueError: it is neither.
    """
    if not text.startswith("M"):
        return decode_public_key(text), None
    payload = _decode(_MUXED_VERSION, text, "a muxed address (M…)", _MUXED_BYTES)
    return payload[:_KEY_BYTES], int.from_bytes(payload[_KEY_BYTES:], "big")


def encode_seed(seed: bytes) -> str:
    """``S…`` of a 32-byte Ed25519 seed."""
    return _encode(_SEED_VERSION, seed)


def decode_seed(text: str) -> bytes:
    """The 32 bytes behind ``S…``; errors never repeat the text.

    Raises:
        ValueError: it is not a seed in Stellar's text form.
    """
    return _decode(_SEED_VERSION, text, "a secret seed (S…)")
