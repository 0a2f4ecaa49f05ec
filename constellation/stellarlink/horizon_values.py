"""Single values in Horizon's documents, checked. What does not fit raises what :func:`guarded` expects."""

import re
from calendar import timegm
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from constellation.protocol.amounts import parse_amount
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.strkey import decode_public_key
from constellation.stellarlink.errors import MalformedAnswer
from constellation.stellarlink.toid import TOID_MAX

Json = dict[str, Any]
Parsed = TypeVar("Parsed")

_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)


def guarded(what: str, parse: Callable[[Any], Parsed], document: object) -> Parsed:
    """``parse(document)`` with every way to be malformed turned into :class:`MalformedAnswer`.

    Args:
        what: names the document in the message.
        parse: one of this module's parsers.
        document: decoded JSON.
    """
    try:
        return parse(document)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise MalformedAnswer(f"Horizon's {what} is not as documented: {error!r:.200}") from None


def records(document: Json) -> list[Json]:
    """The records of a page."""
    found = document["_embedded"]["records"]
    if not isinstance(found, list):
        raise TypeError("records is no list")
    return found


def optional_hash(value: object) -> str | None:
    """A hash that may be missing."""
    return None if value is None else hash_text(value)


def hash_text(value: object) -> str:
    """32 bytes in lower-case hexadecimal."""
    digits = text(value, 64)
    if not _HASH.fullmatch(digits):
        raise ValueError(f"{digits!r} is no hash")
    return digits


def text(value: object, longest: int) -> str:
    """A text of bounded length."""
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"not a text of at most {longest} characters")
    return value


def number(value: object, largest: int) -> int:
    """A whole number that JSON holds as such."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
        raise ValueError(f"{value!r:.40} is no whole number up to {largest}")
    return value


def long(value: object) -> int:
    """A 64-bit number, which Horizon writes as text."""
    if not isinstance(value, str) or not _DIGITS.fullmatch(value) or int(value) > TOID_MAX:
        raise ValueError(f"{value!r:.40} is no 64-bit number")
    return int(value)


def amount(value: object) -> int:
    """An amount that is not negative, in stroops."""
    stroops = parse_amount(text(value, 24))
    if not 0 <= stroops <= INT64_MAX:
        raise ValueError(f"amount {value!r} is negative")
    return stroops


def address(value: object) -> str:
    """An account's address."""
    name = text(value, 56)
    decode_public_key(name)
    return name


def time_s(value: object) -> int:
    """A time in UTC, in seconds since 1970."""
    words = text(value, 40)
    if not _TIME.fullmatch(words):
        raise ValueError(f"{words!r} is no time in UTC")
    return timegm(datetime.fromisoformat(words).utctimetuple())


def boolean(value: object) -> bool:
    """Yes or no, and no other word for it."""
    if not isinstance(value, bool):
        raise TypeError(f"{value!r:.40} is no boolean")
    return value
