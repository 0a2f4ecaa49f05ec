"""Texts that people and Horizon write: keys, assets, amounts, prices, addresses of hosts."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from constellation.node.config import ConfigurationError, check_horizon_urls, check_websocket_url, split_address
from constellation.protocol.amounts import from_units, to_units
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.settings_json import format_asset, parse_asset
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import (
    decode_address,
    decode_public_key,
    decode_seed,
    encode_muxed,
    encode_public_key,
    encode_seed,
)
from constellation.sandbox.problems import Problem
from constellation.sandbox.queries import (
    parse_account_id,
    parse_effect_cursor,
    parse_number,
    parse_page,
    parse_toid,
    parse_transaction_hash,
)
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import round_units
from constellation.sdk.operations import ledger_destination, limit_order, payment, withdrawal
from fuzzing.choices import Choices
from fuzzing.past import TRADERS, world

_MUXED = encode_muxed(TRADERS[0].public, 7)
_TEXTS = [
    _MUXED[:-1] + chr(ord(_MUXED[-1]) + 1), TRADERS[0].address + "=",
    TRADERS[0].address, encode_seed(bytes(32)), encode_muxed(TRADERS[0].public, 7), "native", "XLM", "USD",
    f"USD:{TRADERS[0].address}", "1", "12.5", "-0.0000001", "922337203685.4775807", "922337203685.4775808", "1e5",
    "1E-7", "NaN", "sNaN", "-Infinity", "1_000", "٣", "1e999999999", "1e-999999999", "0x10", "  1 ", "+1", "00", "",
    "127.0.0.1:7001", "[::1]:80", "host:65536", "http://h:1/p", "ws://a:0", "wss://[::1", "http://h:²", "XLM/USD",
    "123-4", "ab" * 32, "\0", "\ud800",
]  # fmt: skip


def fuzz(data: bytes) -> None:
    """Raises when a parser lets another error out, or two texts mean one key."""
    choices = Choices(data)
    text = _text(choices)
    choices.of(_PARSERS)(choices, text)


def _text(choices: Choices) -> str:
    text = choices.of(_TEXTS)
    for _ in range(choices.below(4)):
        place, added = choices.below(len(text) + 1), choices.piece().decode("utf-8", "surrogateescape")
        text = text[:place] + added + text[place + choices.below(4) :]
    return text


def _keys(_: Choices, text: str) -> None:
    pairs: list[tuple[Callable[[str], bytes], Callable[[bytes], str]]] = [
        (decode_public_key, encode_public_key),
        (decode_seed, encode_seed),
    ]
    for decode, encode in pairs:
        found = _unless(ValueError, partial(decode, text))
        assert found is None or encode(found) == text
    address = _unless(ValueError, lambda: decode_address(text))
    if address is not None:
        key, number = address
        assert text == (encode_public_key(key) if number is None else encode_muxed(key, number))
    _unless(ValueError, lambda: KeyPair.from_text(text))


def _amounts(choices: Choices, text: str) -> None:
    decimals = choices.below(13)
    for value in (text, _unless(ArithmeticError, lambda: Decimal(text))):
        if value is None:
            continue
        units = _unless(ValueError, partial(to_units, value, decimals))
        if units is not None:
            assert abs(units) <= INT64_MAX
            assert to_units(from_units(units, decimals), decimals) == units
            assert Decimal(text) == Decimal(units).scaleb(-decimals)


def _floors(choices: Choices, text: str) -> None:
    decimals, step = choices.below(13), 1 + choices.number(2)
    units = _unless(InvalidRequest, lambda: round_units(text, decimals, step))
    if units is not None:
        assert units % step == 0
        assert Decimal(units).scaleb(-decimals) <= Decimal(text) < Decimal(units + step).scaleb(-decimals)


def _assets(_: Choices, text: str) -> None:
    found = _unless(ValueError, lambda: parse_asset(text))
    assert found is None or format_asset(found) == text


def _hosts(_: Choices, text: str) -> None:
    address = _unless(ValueError, lambda: split_address(text))
    assert address is None or 0 <= address[1] <= 65535
    _unless(ConfigurationError, lambda: check_horizon_urls(text))
    _unless(ConfigurationError, lambda: check_websocket_url("url", text))


def _operations(choices: Choices, text: str) -> None:
    """What a trader's program passes on, as somebody has typed it."""
    catalogue, other = Catalogue(world().settings), _text(choices)
    attempts: list[Callable[[], Any]] = [
        lambda: payment(catalogue, text, "XLM", other),
        lambda: payment(catalogue, TRADERS[0].address, other, text),
        lambda: limit_order(catalogue, "XLM/USD", "buy", text, other, "GTC"),
        lambda: limit_order(catalogue, text, "sell", "1", other, "IOC"),
        lambda: withdrawal(catalogue, "XLM", text, ledger_destination(TRADERS[0].address, other, create=False)),
        lambda: ledger_destination(text, None, create=True),
        lambda: catalogue.market("XLM/USD").round_price(text),
        lambda: catalogue.market("XLM/USD").round_amount(text),
    ]
    found = _unless(InvalidRequest, choices.of(attempts))
    if hasattr(found, "to_xdr"):
        found.to_xdr()


def _queries(_: Choices, text: str) -> None:
    parsers: list[Callable[[str], object]] = [parse_toid, parse_effect_cursor, parse_account_id, parse_transaction_hash]
    for parse in parsers:
        _unless(Problem, partial(parse, text))
    number = parse_number(text)
    assert number is None or 0 <= number <= INT64_MAX
    _unless(Problem, lambda: parse_page({"cursor": text, "limit": text, "order": "asc"}, parse_toid))
    _unless(Problem, lambda: parse_page({"order": text}, parse_toid))


_PARSERS = [_keys, _amounts, _floors, _assets, _hosts, _operations, _queries]


def _unless(documented: type[Exception], attempt: Callable[[], Any]) -> Any:
    """What ``attempt`` gives; None when it raises the error that is documented."""
    try:
        return attempt()
    except documented:
        return None
