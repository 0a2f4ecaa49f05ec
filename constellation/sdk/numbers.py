"""Numbers between what people write and what is signed: exact, never a float."""

from decimal import Decimal

from constellation.protocol.amounts import DECIMALS, from_units, to_units
from constellation.sdk.errors import InvalidRequest

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


def floor_units(value: Number, decimals: int, step: int) -> int:
    """The most units of 10^-decimals that are a multiple of ``step`` and not above ``value``.

    Raises:
        InvalidRequest: a float or no number.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise InvalidRequest(f"write numbers as text, int or Decimal, not {type(value).__name__}: they must be exact")
    try:
        numerator, denominator = Decimal(value).as_integer_ratio()
    except (ArithmeticError, ValueError):
        raise InvalidRequest(f"{value!r} is not a number") from None
    units: int = numerator * 10**decimals // denominator
    return units - units % step
