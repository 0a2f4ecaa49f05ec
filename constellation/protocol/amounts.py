"""Amounts between their text form and int64 units of 10^-7 (Stellar's stroops). No floats."""

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from constellation.protocol.limits import INT64_MAX

DECIMALS = 7
ONE = 10**DECIMALS
"""One whole unit of an asset in stroops."""

_EXACT = Context(prec=64, traps=[Inexact, InvalidOperation, Overflow])
"""Refuses what it would have to round; the thread's own context may round as it likes."""


def to_units(value: str | int | Decimal, decimals: int) -> int:
    """The exact number of units of 10^-decimals in ``value``.

    Args:
        value: text such as ``"12.5"``, a whole number, or a Decimal; a float is refused because it is not exact.
        decimals: how many decimals a unit has.

    Raises:
        TypeError: ``value`` is a float or no number at all.
        ValueError: not finite, more decimals than the unit has, or out of the range of int64.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise TypeError(f"write the amount as text, int or Decimal, not {type(value).__name__}: it must be exact")
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite() or not -INT64_MAX <= number <= INT64_MAX:
        raise ValueError(f"{value!r} is out of range")
    try:
        units = _EXACT.to_integral_exact(_EXACT.scaleb(number, decimals))
    except ArithmeticError:
        raise ValueError(f"{value!r} has more than {decimals} decimals") from None
    if not -INT64_MAX <= units <= INT64_MAX:
        raise ValueError(f"{value!r} is out of range")
    return int(units)


def from_units(units: int, decimals: int) -> str:
    """Text of ``units`` of 10^-decimals with all decimals, such as ``"12.5000000"``."""
    sign, digits = ("-" if units < 0 else ""), str(abs(units)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def parse_amount(value: str | int | Decimal) -> int:
    """Stroops of an amount; see :func:`to_units` for the errors."""
    return to_units(value, DECIMALS)


def format_amount(amount_stroops: int) -> str:
    """Text of an amount with all seven decimals, as Horizon writes it."""
    return from_units(amount_stroops, DECIMALS)
