"""How results are written in ccxt's unified structures.

ccxt keeps numbers as floats unless it is told otherwise (``exchange.number``). Here it is the other way round: numbers
are exact texts, and whoever wants floats says so, ``to_ccxt(float)``, and accepts that digits may be lost. ``Decimal``
works as well.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Number = Callable[[str], Any]
"""What is made of a number's exact text: ``str``, ``Decimal`` or ``float``."""

Form = dict[str, Any]
"""One of ccxt's structures."""

_US_PER_MS = 1_000


def figure(number: Number, value: Decimal | None) -> Any:
    """A number; None where there is none."""
    return None if value is None else number(format(value, "f"))


def moment(timestamp: int | None) -> Form:
    """``timestamp`` in milliseconds and ``datetime``, of microseconds since 1970."""
    if timestamp is None:
        return {"timestamp": None, "datetime": None}
    milliseconds = timestamp // _US_PER_MS
    seconds, rest = divmod(milliseconds, 1_000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {"timestamp": milliseconds, "datetime": f"{text}.{rest:03}Z"}


def microseconds(time: datetime) -> int:
    """Microseconds since 1970."""
    whole = int(time.replace(microsecond=0).timestamp())
    return whole * 1_000_000 + time.microsecond


def fee(number: Number, currency: str | None, cost: Decimal | None) -> Form | None:
    """A fee; None where nothing is known of it."""
    return None if cost is None else {"currency": currency, "cost": figure(number, cost)}
