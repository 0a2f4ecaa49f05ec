"""JSON from strangers: small, shallow, and without two meanings."""

import json
from typing import Any, Final, NoReturn

from constellation.marketdata.errors import FeedCode, FeedError
from constellation.protocol.limits import FEED_MESSAGE_MAX_BYTES, FEED_NESTING_MAX, FEED_TEXT_MAX_CHARACTERS

_DIGITS_MAX: Final = 16


def parse_object(text: str) -> dict[str, Any]:
    """A JSON object without duplicate names, NaN, infinities, fractions and huge integers.

    Raises:
        FeedError: TOO_LARGE or MALFORMED.
    """
    if len(text) > FEED_MESSAGE_MAX_BYTES or len(text.encode("utf-8", "replace")) > FEED_MESSAGE_MAX_BYTES:
        raise FeedError(FeedCode.TOO_LARGE, f"a message has at most {FEED_MESSAGE_MAX_BYTES} bytes")
    if text.count("{") + text.count("[") > FEED_NESTING_MAX:  # before anything is parsed
        raise FeedError(FeedCode.MALFORMED, f"more than {FEED_NESTING_MAX} objects and lists")
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_float=_refuse,
            parse_int=_integer,
        )
    except ValueError as error:
        raise FeedError(FeedCode.MALFORMED, f"no JSON: {error}"[:FEED_TEXT_MAX_CHARACTERS]) from None
    if not isinstance(document, dict):
        raise FeedError(FeedCode.MALFORMED, "a message is a JSON object")
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise FeedError(FeedCode.MALFORMED, "a name occurs twice in one object")
    return document


def _refuse(text: str) -> NoReturn:
    raise FeedError(FeedCode.MALFORMED, f"{text[:_DIGITS_MAX]} is no number here: numbers are integers")


def _integer(text: str) -> int:
    if len(text) > _DIGITS_MAX:
        raise FeedError(FeedCode.MALFORMED, f"an integer has at most {_DIGITS_MAX} digits")
    return int(text)
