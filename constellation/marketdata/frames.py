"""The WebSocket frame around a message: a server does not mask, so one frame is the same for all who are told."""

from struct import pack
from typing import Final

_FINAL_TEXT: Final = 0x81
_LENGTH_16: Final = 126
_LENGTH_64: Final = 127


def text_frame(payload: bytes) -> bytes:
    """An unfragmented text frame from a server (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < _LENGTH_16:
        return pack("!BB", _FINAL_TEXT, length) + payload
    if length < 1 << 16:
        return pack("!BBH", _FINAL_TEXT, _LENGTH_16, length) + payload
    return pack("!BBQ", _FINAL_TEXT, _LENGTH_64, length) + payload
