"""Changes of what is valid: encoded messages word by word, decoded ones field by field, JSON value by value."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from enum import Enum
from typing import Any, NamedTuple

from constellation.build import core_is_compiled
from constellation.protocol.xdr import UnencodableMessage
from constellation.testing.spoiling import set_field
from fuzzing.choices import Choices

EDITS_MAX = 4
"""Changes of one message."""

_ITEMS_MAX = 64
"""Of a list, that are looked into: the first ones and the last."""

_LEAVES = (int, bytes, str, bool, type(None))

_WORDS = [number.to_bytes(4, "big") for number in (0, 1, 2, 3, 19, 20, 255, 2**16, 2**24, 2**31 - 1, 2**31, 2**32 - 1)]
_NUMBERS = [0, 1, -1, 2, 255, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**40, 10**7]
_NAMES = ("self", "cls", "", "__class__", "kwargs", "changes", "parts")
_JSON: list[Any] = [
    None, True, False, 0, 1, -1, 2**31, 2**32, 2**63, 2**64, 10**400, 0.5, 1e308, float("nan"), float("inf"), "", "0",
    "-1", "1e400", "1e-400", "NaN", "Infinity", "sNaN", "0x10", "1_0", "²", "\ud800", "a" * 300, "9" * 5000,
    "\0", [], [[]], {}, {"": {}}, {"self": 1}, [0] * 300,
]  # fmt: skip


_KNOWN: dict[type, Sequence[str]] = {}


def _fields(kind: type) -> Sequence[str]:
    """Of a message's class; none of any other."""
    if kind not in _KNOWN:
        is_message = dataclasses.is_dataclass(kind)
        _KNOWN[kind] = tuple(field.name for field in dataclasses.fields(kind)) if is_message else ()
    return _KNOWN[kind]


class Place(NamedTuple):
    """A field of a message, an item of a list, or a value in a dict."""

    holder: Any
    key: Any

    @property
    def content(self) -> Any:
        """What is there."""
        return getattr(self.holder, self.key) if _fields(type(self.holder)) else self.holder[self.key]

    def put(self, content: Any) -> None:
        """Replace it; a compiled class keeps what is final, and what it has when ``content`` is of another type."""
        if not _fields(type(self.holder)):
            self.holder[self.key] = content
            return
        try:
            set_field(self.holder, self.key, content)
        except TypeError:
            assert core_is_compiled()


def places(value: Any) -> Iterator[Place]:
    """Every place in a message or a JSON document, at any depth."""
    keys: Sequence[Any] = _fields(type(value))
    if isinstance(value, list):
        keys = range(len(value)) if len(value) <= _ITEMS_MAX else [*range(_ITEMS_MAX - 1), len(value) - 1]
    elif isinstance(value, dict):
        keys = list(value)
    for key in keys:
        place = Place(value, key)
        yield place
        content = place.content
        if type(content) not in _LEAVES:
            yield from places(content)


def forget_encodings(message: Any) -> None:
    """A message that was changed in place, as nobody else does, must not remember how it was encoded before."""
    for part in (message, *(place.content for place in places(message))):
        if hasattr(part, "_encoded"):
            part._encoded = b""


def edit_bytes(choices: Choices, data: bytes, others: Sequence[bytes]) -> bytes:
    """``data`` with words changed, cut, lengthened, or with a part of another one."""
    changed = bytearray(data)
    for _ in range(choices.below(EDITS_MAX + 1)):
        start = choices.below(len(changed) // 4 + 1) * 4
        match choices.below(8):
            case 0:
                changed[start : start + 4] = choices.of(_WORDS)
            case 1:
                changed[start : start + 4] = choices.take(4)
            case 2:
                del changed[start:]
            case 3:
                changed += choices.piece()
            case 4:
                del changed[start : start + 4 * (1 + choices.number())]
            case 5:
                changed[start:start] = changed[start : start + 4 * (1 + choices.number())]
            case 6:
                other = choices.of(others) if others else b""
                changed[start:] = other[choices.below(len(other) // 4 + 1) * 4 :]
            case _:
                place = start + choices.below(4)
                changed[place : place + 1] = bytes([choices.number()])
    return bytes(changed)


def edit_message(choices: Choices, message: Any, others: Sequence[Any] = (), least: int = 0) -> Any:
    """``message`` with fields changed to others of their types; it is changed in place.

    Args:
        choices: which, and how.
        message: a decoded one that nobody else uses.
        others: whose parts may take the place of its own.
        least: changes.
    """
    for _ in range(least + choices.below(EDITS_MAX + 1)):
        found = list(places(message))
        if not found:
            return message
        place = choices.of(found)
        place.put(_another(choices, place.content, others))
    forget_encodings(message)
    return message


def _another(choices: Choices, content: Any, others: Sequence[Any]) -> Any:
    if isinstance(content, bool):
        return not content
    if isinstance(content, Enum):
        return choices.of(list(type(content)))
    if isinstance(content, int):
        return choices.of([*_NUMBERS, content + 1, content - 1, choices.number(8)])
    if isinstance(content, bytes):
        return _other_bytes(choices, content)
    if isinstance(content, str):
        return choices.of(["", "x", "\0", "ß" * (len(content) // 2), content[::-1], content * 2, "wss://localhost:1"])
    if isinstance(content, list):
        return _other_list(choices, content)
    same = [place.content for other in others for place in places(other) if type(place.content) is type(content)]
    return choices.of([None, *same])


def _other_bytes(choices: Choices, content: bytes) -> bytes:
    if not content or choices.flag():
        return choices.take(len(content)).ljust(len(content), b"\0")
    place = choices.below(len(content))
    return content[:place] + bytes([content[place] ^ (1 + choices.below(255))]) + content[place + 1 :]


def _other_list(choices: Choices, content: list[Any]) -> list[Any]:
    if not content:
        return content
    place = choices.below(len(content))
    match choices.below(4):
        case 0:
            return content[:place] + content[place + 1 :]
        case 1:
            return [*content, content[place]]
        case 2:
            return []
        case _:
            return content[::-1]


def edited(
    choices: Choices,
    pool: Sequence[bytes],
    decode: Callable[[bytes], Any],
    encode: Callable[[Any], bytes],
) -> bytes:
    """One of the valid messages in ``pool``, changed field by field and then word by word, or only one of both."""
    data = choices.of(pool)
    if choices.flag():
        try:
            data = encode(edit_message(choices, decode(data), [decode(choices.of(pool))]))
        except UnencodableMessage:
            return data
    return edit_bytes(choices, data, pool) if choices.flag() else data


def edit_json(choices: Choices, document: Any) -> Any:
    """``document`` with values replaced, removed, doubled or swapped; it is changed in place."""
    for _ in range(choices.below(EDITS_MAX + 1)):
        found = list(places(document))
        if not found:
            return deepcopy(choices.of(_JSON))
        place = choices.of(found)
        match choices.below(6):
            case 0:
                place.put(deepcopy(choices.of(_JSON)))
            case 5 if isinstance(place.holder, dict):
                place.holder[choices.of([*_NAMES, choices.piece().decode("utf-8", "replace")])] = deepcopy(
                    place.content
                )
            case 1:
                place.put(choices.of(found).content if choices.flag() else choices.piece().decode("utf-8", "replace"))
                document = _unknotted(document)
            case 2:
                del place.holder[place.key]
            case 3:
                place.put(_nearby(choices, place.content))
            case _:
                place.put([place.content])
    return document


def _nearby(choices: Choices, content: Any) -> Any:
    if isinstance(content, bool) or not isinstance(content, int | str):
        return content
    if isinstance(content, int):
        return content + choices.of([1, -1, 2**32])
    place = choices.below(len(content) + 1)
    return content[:place] + choices.piece().decode("utf-8", "replace") + content[place + choices.below(3) :]


def _unknotted(document: Any) -> Any:
    """A copy in which nothing is inside itself."""
    try:
        return json.loads(json.dumps(document))
    except (ValueError, RecursionError):
        return None
