import decimal
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.protocol.amounts import ONE, format_amount, from_units, parse_amount, to_units
from constellation.protocol.limits import INT64_MAX

UNITS = st.integers(-INT64_MAX, INT64_MAX)


@given(UNITS, st.integers(0, 12))
def test_text_and_units_are_the_same_amount(units: int, decimals: int) -> None:
    text = from_units(units, decimals)
    assert to_units(text, decimals) == units
    assert Decimal(text) == Decimal(units).scaleb(-decimals)
    assert to_units(Decimal(text), decimals) == units


@given(UNITS)
def test_amounts_have_seven_decimals(units: int) -> None:
    text = format_amount(units)
    assert len(text.partition(".")[2]) == 7
    assert parse_amount(text) == units


@given(st.decimals(allow_nan=True, allow_infinity=True), st.integers(0, 12))
def test_an_amount_is_exact_or_refused(number: Decimal, decimals: int) -> None:
    try:
        units = to_units(number, decimals)
    except ValueError:
        return
    sign, digits, exponent = number.as_tuple()
    coefficient = int("".join(map(str, digits)) or "0") * (-1 if sign else 1)
    shift = exponent + decimals
    assert units * 10 ** max(0, -shift) == coefficient * 10 ** max(0, shift)


@pytest.mark.parametrize(
    ("value", "units"),
    [
        ("1", ONE),
        ("0", 0),
        ("-0.0", 0),
        (".5", ONE // 2),
        ("0.0000001", 1),
        ("1e-7", 1),
        ("1e3", 1000 * ONE),
        ("1.10000000000000000000000000000000000000000000000000000000000000000000000000", 11_000_000),
        (3, 3 * ONE),
        (Decimal("922337203685.4775807"), INT64_MAX),
        ("-922337203685.4775807", -INT64_MAX),
    ],
)
def test_written_in_many_ways(value, units: int) -> None:
    assert parse_amount(value) == units


@pytest.mark.parametrize("value", [1.0, 0.1, float("nan"), True, False, None, b"1", [1], 1j])
def test_what_is_not_exact_is_refused_by_its_type(value) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        parse_amount(value)


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "-NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "inf",
        "1e400",
        "-1e400",
        "1e-400",
        "1e-99999999",
        "1e999999999999999999",
        "1e99999999999999999999999",
        "922337203685.4775808",
        "-922337203685.4775808",
        "0.00000001",
        "1.00000000000000000000000000000000000001",
        "123456789012345678901234567890",
        "",
        " ",
        "one",
        "1,5",
        "0x10",
        "1 2",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("sNaN"),
        2**63,
    ],
)
def test_what_is_no_amount_is_refused(value) -> None:
    with pytest.raises(ValueError, match=r"not a number|out of range|more than 7 decimals"):
        parse_amount(value)


@pytest.mark.parametrize("precision", [1, 5, 28])
def test_the_threads_decimal_context_changes_nothing(precision: int) -> None:
    with decimal.localcontext() as context:
        context.prec = precision
        context.traps[decimal.Inexact] = False
        assert parse_amount("123456.7654321") == 1_234_567_654_321
        with pytest.raises(ValueError, match="decimals"):
            parse_amount("1.00000001")


def test_prices_have_the_decimals_of_their_market() -> None:
    assert to_units("0.25", 4) == 2_500
    assert to_units("7", 0) == 7
    assert from_units(7, 0) == "7"
    assert from_units(-5, 3) == "-0.005"
    with pytest.raises(ValueError, match="more than 0 decimals"):
        to_units("7.5", 0)
