"""What a subscriber is told when something does not go: a stable code and a sentence."""

from enum import StrEnum


class FeedCode(StrEnum):
    """Codes of the market data feed. Those that the protocol's ``Code`` has, too, mean the same."""

    MALFORMED = "MALFORMED"
    """No JSON object, or no message of this protocol: its shape, its fields, or the type of one."""
    TOO_LARGE = "TOO_LARGE"
    UNKNOWN_METHOD = "UNKNOWN_METHOD"
    UNKNOWN_CHANNEL = "UNKNOWN_CHANNEL"
    UNKNOWN_MARKET = "UNKNOWN_MARKET"
    INVALID_DEPTH = "INVALID_DEPTH"
    INVALID_GROUP = "INVALID_GROUP"
    INVALID_PERIOD = "INVALID_PERIOD"
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED"
    TOO_MANY_SUBSCRIPTIONS = "TOO_MANY_SUBSCRIPTIONS"
    OVERLOADED = "OVERLOADED"
    """There is no room for another view of a book just now."""
    RATE_LIMITED = "RATE_LIMITED"
    SLOW_READER = "SLOW_READER"
    """The connection is closed: it does not read what it must be told."""
    TIMED_OUT = "TIMED_OUT"
    """The connection is closed: it has not subscribed to anything."""
    TOO_MANY_CONNECTIONS = "TOO_MANY_CONNECTIONS"
    SHUTTING_DOWN = "SHUTTING_DOWN"


class FeedError(Exception):
    """A subscriber's message is refused.

    Args:
        code: stable.
        message: one sentence for a person.
    """

    def __init__(self, code: FeedCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
