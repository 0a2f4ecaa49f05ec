"""What somebody is told who asks for what there is not, or in a way that cannot be understood."""

from enum import StrEnum
from typing import Final


class HttpCode(StrEnum):
    """Stable codes of errors. Those that the feed has, too, mean the same."""

    UNKNOWN_PATH = "UNKNOWN_PATH"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    BODY_NOT_ALLOWED = "BODY_NOT_ALLOWED"
    UNKNOWN_PARAMETER = "UNKNOWN_PARAMETER"
    DUPLICATE_PARAMETER = "DUPLICATE_PARAMETER"
    CONFLICTING_PARAMETERS = "CONFLICTING_PARAMETERS"
    INVALID_LIMIT = "INVALID_LIMIT"
    INVALID_DEPTH = "INVALID_DEPTH"
    INVALID_GROUP = "INVALID_GROUP"
    INVALID_PERIOD = "INVALID_PERIOD"
    INVALID_TIME = "INVALID_TIME"
    INVALID_CURSOR = "INVALID_CURSOR"
    INVALID_NUMBER = "INVALID_NUMBER"
    UNKNOWN_MARKET = "UNKNOWN_MARKET"
    UNKNOWN_ASSET = "UNKNOWN_ASSET"
    UNKNOWN_BATCH = "UNKNOWN_BATCH"
    UNKNOWN_VERSION = "UNKNOWN_VERSION"
    NO_PROOF = "NO_PROOF"
    """The operator has not published a proof of reserves."""
    RATE_LIMITED = "RATE_LIMITED"
    """Too many questions from one network address; ask again after ``Retry-After``."""
    OVERLOADED = "OVERLOADED"
    """Too many questions are waiting; ask again after ``Retry-After``."""
    UNAVAILABLE = "UNAVAILABLE"
    """The history cannot be read just now; ask again after ``Retry-After``."""


_STATUSES: Final = {
    HttpCode.METHOD_NOT_ALLOWED: 405,
    HttpCode.RATE_LIMITED: 429,
    HttpCode.OVERLOADED: 503,
    HttpCode.UNAVAILABLE: 503,
} | dict.fromkeys(
    (
        HttpCode.UNKNOWN_PATH,
        HttpCode.UNKNOWN_MARKET,
        HttpCode.UNKNOWN_ASSET,
        HttpCode.UNKNOWN_BATCH,
        HttpCode.UNKNOWN_VERSION,
        HttpCode.NO_PROOF,
    ),
    404,
)


def status_of(code: HttpCode) -> int:
    """The HTTP status that goes with a code."""
    return _STATUSES.get(code, 400)


class HttpError(Exception):
    """A question is refused.

    Args:
        code: stable.
        message: one sentence for a person.
    """

    def __init__(self, code: HttpCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


_SHOWN_MAX = 60


def shown(text: str) -> str:
    """What somebody has sent, so that it can be quoted in a message: short, and with nothing that cannot be printed."""
    return ascii(text[:_SHOWN_MAX]) + ("…" if len(text) > _SHOWN_MAX else "")
