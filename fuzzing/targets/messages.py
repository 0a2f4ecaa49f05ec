"""Every decoder of the wire protocol, against the reference codec."""

from typing import Any

from constellation.protocol.xdr import MalformedMessage
from fuzzing.choices import Choices
from fuzzing.codecs import choose
from fuzzing.edits import edited


def fuzz(data: bytes) -> None:
    """Raises when a decoder lets another error out, accepts two encodings of one value, or differs from its twin."""
    choices = Choices(data)
    codec = choose(choices)
    message = edited(choices, codec.samples, codec.decode, codec.encode) if choices.flag() else choices.rest()
    found = _outcome(codec.decode, message)
    assert found == _outcome(codec.reference_decode, message), codec.name
    if not isinstance(found, tuple):
        assert codec.encode(found) == message, codec.name


def _outcome(decode: Any, message: bytes) -> Any:
    try:
        return decode(message)
    except MalformedMessage as error:
        return error.reason, error.where
