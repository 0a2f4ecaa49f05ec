"""Every encoder of the wire protocol, with anything at all in the fields."""

import math
from dataclasses import is_dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from constellation.build import core_is_compiled
from constellation.protocol.xdr import UnencodableMessage
from fuzzing.choices import Choices
from fuzzing.codecs import choose
from fuzzing.edits import edit_message, forget_encodings, places


def _garbage() -> list[Any]:
    return [
        None, True, False, -1, 2**31, 2**32, 2**63, 2**64, 1.0, math.nan, Decimal(1), "", "text", "x" * 300, "\ud800",
        b"", bytes(31), bytes(32), bytes(33), bytearray(32), memoryview(bytes(32)), [], [None], [b"x"], [1] * 70, (),
        {}, {1}, object(), int, len, SimpleNamespace(), 1j,
    ]  # fmt: skip


def fuzz(data: bytes) -> None:
    """Raises when an encoder lets another error out, or makes what cannot be decoded as the same value."""
    choices = Choices(data)
    codec = choose(choices)
    value = edit_message(choices, codec.decode(choices.of(codec.samples)))
    for _ in range(choices.below(3)):
        if found := list(places(value)):
            choices.of(found).put(choices.of(_garbage()))
        else:
            value = choices.of(_garbage())
    forget_encodings(value)
    before = repr(value)
    try:
        outcome = _outcome(codec.encode, value)
    except TypeError:
        assert core_is_compiled(), "no error of encoders"
        assert not is_dataclass(value), "only what is no message at all is refused before it is looked at"
        return
    assert outcome == _outcome(codec.reference_encode, value), codec.name
    assert repr(value) == before, f"{codec.name} was changed by its encoding"
    if isinstance(outcome, bytes):
        assert codec.encode(codec.decode(outcome)) == outcome, codec.name


def _outcome(encode: Any, value: Any) -> Any:
    try:
        return encode(value)
    except UnencodableMessage as error:
        return error.reason, error.where
