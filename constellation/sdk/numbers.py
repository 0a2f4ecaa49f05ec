"""Numbers between what people write and what is signed: exact, never a float."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Literal

from constellation.protocol.amounts import DECIMALS, from_units, to_units
from constellation.protocol.limits import INT64_MAX
from constellation.sdk.errors import InvalidRequest

Direction = Literal["down", "up"]
"""Which way a number is rounded."""

_DIRECTIONS = {"down": Context(prec=64, rounding=ROUND_FLOOR), "up": Context(prec=64, rounding=ROUND_CEILING)}
"""Exact for what is in range: 19 digits before the point and at most 12 behind it."""

Number = str | int | Decimal
"""How amounts and prices are given."""


def parse_units(value: Number, decimals: int, what: str, hint: str = "") -> int:
    """The exact units of 10^-decimals in ``value``.

    Args:
        value: text, int or Decimal.
        decimals: of a unit.
        what: for the error.
        hint: for the error: what would be accepted.

    Raises:
        InvalidRequest: a float, no number, or not exact.
    """
    try:
        return to_units(value, decimals)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"{what}: {error}{hint}") from None


def parse_amount(value: Number, what: str = "amount") -> int:
    """Stroops of an amount.

    Raises:
        InvalidRequest: a float, no number, or more than seven decimals.
    """
    return parse_units(value, DECIMALS, what)


def amount(stroops: int) -> Decimal:
    """The amount that ``stroops`` are."""
    return Decimal(from_units(stroops, DECIMALS))


def round_units(value: Number, decimals: int, step: int, direction: Direction = "down") -> int:
    """The units of 10^-decimals that are a multiple of ``step`` and next to ``value``.

    Args:
        value: text, int or Decimal.
        decimals: of a unit.
        step: in units.
        direction: ``down``: not above ``value``; ``up``: not below it.

    Raises:
        InvalidRequest: a float, no number, or out of the range of int64.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise InvalidRequest(f"write numbers as text, int or Decimal, not {type(value).__name__}: they must be exact")
    if direction not in _DIRECTIONS:
        raise InvalidRequest(f"direction is down or up, not {direction!r}")
    context = _DIRECTIONS[direction]
    try:
        number = Decimal(value)
        if not -INT64_MAX <= number <= INT64_MAX:  # also what is no number; no power of ten is worked out before
            raise InvalidRequest(f"{value!r} is out of range")
        units = int(number.quantize(Decimal((0, (1,), -decimals)), context=context).scaleb(decimals, context=context))
    except ArithmeticError:
        raise InvalidRequest(f"{value!r} is not a number") from None
    return units - units % step if direction == "down" else units + -units % step
