from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AssetSettings, CreditAsset, MarketSettings, MarketStatus
from constellation.protocol.strkey import encode_public_key
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from tests.gateway.harness import ISSUER, key, make_settings

CATALOGUE = Catalogue(make_settings())
MARKET = CATALOGUE.market("XLM/USD")


def test_market_tells_its_rules_in_decimals() -> None:
    assert (MARKET.tick, MARKET.lot, MARKET.minimum_notional) == (Decimal("0.001"), Decimal(1), Decimal("0.1"))
    assert (MARKET.maker_fee, MARKET.taker_fee) == (Decimal(0), Decimal("0.001"))
    assert MARKET.status is MarketStatus.MARKET_OPEN


def test_names_of_assets() -> None:
    twin = key("another issuer")
    settings = make_settings(
        assets=[
            AssetSettings(None, 1, 0),
            AssetSettings(CreditAsset("USD", ISSUER.public), 1, 0),
            AssetSettings(CreditAsset("USD", twin.public), 1, 0),
            AssetSettings(CreditAsset("XLM", twin.public), 1, 0),
            AssetSettings(CreditAsset("EUR", twin.public), 1, 0),
        ],
        markets=[MarketSettings(2, 1, 4, 10, ONE, ONE, 0, 0, MarketStatus.MARKET_OPEN, 0)],
    )
    catalogue = Catalogue(settings)
    first, second = f"USD:{ISSUER.address}", f"USD:{twin.address}"
    assert catalogue.asset_names == ["XLM", first, second, f"XLM:{encode_public_key(twin.public)}", "EUR"]
    assert [catalogue.asset_id(name) for name in ("XLM", "native", first, second, "EUR", f"EUR:{twin.address}")] == [
        0, 0, 1, 2, 4, 4,
    ]  # fmt: skip
    assert catalogue.market(f"{second}/{first}").market_id == 0
    with pytest.raises(InvalidRequest, match="'USD' is not listed, or its code is not unique"):
        catalogue.asset_id("USD")


@pytest.mark.parametrize("name", ["", "XLM", "USD/XLM", "XLM-USD", "XLM/USD/EUR", "BTC/USD", "/"])
def test_unlisted_market_is_refused_with_a_list(name: str) -> None:
    with pytest.raises(InvalidRequest, match="there are XLM"):
        CATALOGUE.market(name)


@pytest.mark.parametrize("price", ["0", "-0.1", "0.0001", "0.1005", "0.10001", "NaN", "Infinity", "1e40", "x", ""])
def test_price_off_the_rules_names_tick_and_lot(price: str) -> None:
    with pytest.raises(InvalidRequest, match=r"XLM/USD: tick 0.0010, lot 1.0000000"):
        MARKET.price_units(price)


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "0.00000001", Decimal("NaN"), 10**30])
def test_amount_off_the_rules_names_tick_and_lot(amount: object) -> None:
    with pytest.raises(InvalidRequest, match=r"XLM/USD: tick 0.0010, lot 1.0000000"):
        MARKET.amount_units(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.1, True, None, b"1"])
def test_floats_and_others_are_refused_with_help(value: object) -> None:
    for convert in (MARKET.price_units, MARKET.amount_units, MARKET.round_price, MARKET.round_amount):
        with pytest.raises(InvalidRequest, match=f"not {type(value).__name__}"):
            convert(value)  # type: ignore[arg-type]


def test_rounding_is_down_and_explicit() -> None:
    assert MARKET.round_price("0.12399") == Decimal("0.123")
    assert MARKET.round_price(Decimal("0.0009")) == 0
    assert MARKET.round_amount("7.9999999") == 7
    assert MARKET.round_amount(7) == 7
    with pytest.raises(InvalidRequest, match="not a number"):
        MARKET.round_price("NaN")


@pytest.mark.parametrize("text", ["1e999999999", "-1e999999999", "1e19", "Infinity"])
def test_numbers_out_of_range_are_refused_before_they_are_worked_out(text: str) -> None:
    for convert in (MARKET.round_price, MARKET.round_amount):
        with pytest.raises(InvalidRequest, match="out of range"):
            convert(text)


def test_tiny_numbers_are_rounded_before_they_are_worked_out() -> None:
    assert MARKET.round_price("1e-999999999") == MARKET.round_amount("1e-999999999") == 0
    assert MARKET.round_amount("-1e-999999999") == -1


@given(st.decimals(min_value=0, max_value=10**9, places=9))
def test_rounded_numbers_are_valid_and_close(value: Decimal) -> None:
    price, amount = MARKET.round_price(value), MARKET.round_amount(value)
    assert value - MARKET.tick < price <= value
    assert value - MARKET.lot < amount <= value
    if price:
        assert MARKET.price(MARKET.price_units(price)) == price
    if amount:
        assert MARKET.amount_units(amount) == int(amount) * ONE


def test_numbers_do_not_depend_on_the_programs_decimal_context() -> None:
    with localcontext() as context:
        context.prec = 3
        assert MARKET.price(12_345_670) == Decimal("1234.5670")
        assert MARKET.round_amount("123456.7") == 123456
