"""What is signed in JavaScript and in Python for the same wishes: the same bytes."""

from typing import Any

import pytest

from constellation.protocol.messages import encode_quantum_body
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.strkey import encode_muxed, encode_seed
from constellation.sdk import batch
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.sdk.requests import Signer
from tests.gateway.harness import ANNA, BERT, START_US, make_settings
from tests.web.driver import Big, SdkFailed, driver

pytestmark = pytest.mark.timeout(240)

SETTINGS = make_settings()
LATER = START_US + 3_600_000_000
TO = {"destination": BERT.address}
LIMIT = {"type": "limit", "market": "XLM/USD", "side": "buy", "price": "0.25", "amount": "3"}
MARKET = {"type": "market", "market": "XLM/USD", "side": "sell", "amount": "3"}
REPLACE = {"type": "replace", "market": "XLM/USD", "order": Big(7), "price": "0.25", "amount": "2"}
PROFIT = {"trigger": "take_profit", "triggerPrice": "0.2"}
PATH = {"type": "pay_on_path", **TO, "sendAsset": "XLM", "receiveAsset": "USD"}

WISHES: list[tuple[dict[str, Any], batch.BatchOperation]] = [
    ({"type": "pay", **TO, "asset": "XLM", "amount": "0.0000001"}, batch.Pay(BERT.address, "XLM", "0.0000001")),
    ({"type": "pay", **TO, "asset": "USD", "amount": Big(5), "memo": "añb"}, batch.Pay(BERT.address, "USD", 5, "añb")),
    (LIMIT, batch.Order("XLM/USD", "buy", "0.25", "3")),
    (
        LIMIT | {"timeInForce": "FOK", "selfTradePrevention": "decrement", "clientOrderId": "a-1"},
        batch.Order("XLM/USD", "buy", "0.25", "3", "FOK", False, "decrement", "a-1"),
    ),
    (
        LIMIT | {"postOnly": True, "expiresAt": Big(LATER)},
        batch.Order("XLM/USD", "buy", "0.25", "3", post_only=True, expires_at_us=LATER),
    ),
    (
        LIMIT | {"trigger": "stop", "triggerPrice": "0.3"},
        batch.Order("XLM/USD", "buy", "0.25", "3", trigger="stop", trigger_price="0.3"),
    ),
    (MARKET, batch.MarketOrder("XLM/USD", "sell", "3")),
    (
        {"type": "market", "market": "XLM/USD", "side": "buy", "budget": "7.5"} | PROFIT,
        batch.MarketOrder("XLM/USD", "buy", None, "7.5", trigger="take_profit", trigger_price="0.2"),
    ),
    (REPLACE, batch.Replace("XLM/USD", 7, "0.25", "2")),
    (
        REPLACE | {"order": "mine", "ifRemaining": "3", "postOnly": False},
        batch.Replace("XLM/USD", "mine", "0.25", "2", "3", False),
    ),
    ({"type": "cancel", "order": Big(9)}, batch.Cancel(9)),
    ({"type": "cancel", "order": "mine"}, batch.Cancel("mine")),
    ({"type": "cancel_all"}, batch.CancelAll()),
    ({"type": "cancel_all", "market": "XLM/EUR"}, batch.CancelAll("XLM/EUR")),
    ({"type": "cancel_all_after", "timeoutS": 60}, batch.CancelAllAfter(60)),
    (
        {"type": "open_hold", "beneficiary": BERT.address, "asset": "USD", "amount": "1", "expiresAt": Big(LATER)},
        batch.Hold(BERT.address, "USD", "1", LATER),
    ),
    ({"type": "capture_hold", "hold": Big(3), "amount": "0.5"}, batch.Capture(3, "0.5")),
    ({"type": "release_hold", "hold": Big(3)}, batch.Release(3)),
    (
        PATH | {"sendAmount": "3", "receiveMin": "0.7"},
        batch.PayOnPath(BERT.address, "XLM", "USD", send_amount="3", receive_min="0.7"),
    ),
    (
        PATH | {"receiveAmount": "1", "sendMax": "5", "path": ["XLM/EUR", "EUR/USD"], "memo": "x"},
        batch.PayOnPath(
            BERT.address, "XLM", "USD", receive_amount="1", send_max="5", path=["XLM/EUR", "EUR/USD"], memo="x"
        ),
    ),
]  # fmt: skip

REFUSED: dict[str, dict[str, Any]] = {
    "float": {"type": "pay", **TO, "asset": "XLM", "amount": 1},
    "nothing": {"type": "pay", **TO, "asset": "XLM", "amount": "0"},
    "unlisted": {"type": "pay", **TO, "asset": "ABC", "amount": "1"},
    "muxed": {"type": "pay", "destination": encode_muxed(BERT.public, 1), "asset": "XLM", "amount": "1"},
    "long memo": {"type": "pay", **TO, "asset": "XLM", "amount": "1", "memo": "ñ" * 33},
    "control memo": {"type": "pay", **TO, "asset": "XLM", "amount": "1", "memo": "a\x85"},
    "side": LIMIT | {"side": "long"},
    "tick": LIMIT | {"price": "0.2501"},
    "lot": LIMIT | {"amount": "0.5"},
    "name": LIMIT | {"clientOrderId": "a b"},
    "long name": LIMIT | {"clientOrderId": "a" * 37},
    "time": LIMIT | {"expiresAt": 5},
    "half a trigger": LIMIT | {"trigger": "stop"},
    "both": MARKET | {"budget": "1"},
    "budget to sell": {"type": "market", "market": "XLM/USD", "side": "sell", "budget": "1"},
    "id": {"type": "cancel", "order": 7},
    "id 0": {"type": "cancel", "order": Big(0)},
    "half a path": PATH | {"sendAmount": "1"},
    "empty path": PATH | {"sendAmount": "1", "receiveMin": "1", "path": []},
    "market": LIMIT | {"market": "USD/XLM"},
    "prototype": LIMIT | {"side": "constructor"},
    "kind": {"type": "withdraw"},
}


@pytest.mark.parametrize("account", [None, BERT.public], ids=["own", "named"])
async def test_single_requests(account: bytes | None) -> None:
    catalogue = Catalogue(SETTINGS)
    limit_us = SETTINGS.limits.validity_us
    signer = Signer(ANNA, settings_constellation_id(SETTINGS), 30_000_000, limit_us, account)
    operations = [batch.translate(catalogue, item) for _, item in WISHES]
    expected = [encode_quantum_body(signer.sign(operation, START_US)) for operation in operations]
    wishes = [wish for wish, _ in WISHES]
    async with driver() as node:
        arguments = settings_to_json(SETTINGS), encode_seed(ANNA.seed), account, Big(START_US), wishes
        assert await node.call("signed", *arguments, False) == expected


async def test_batches() -> None:
    operations = batch.translate_batch(Catalogue(SETTINGS), [item for _, item in WISHES])
    signer = Signer(ANNA, settings_constellation_id(SETTINGS), 30_000_000, SETTINGS.limits.validity_us)
    signed = signer.sign_batch(operations, START_US, all_or_nothing=True)
    wishes = [wish for wish, _ in WISHES]
    async with driver() as node:
        arguments = settings_to_json(SETTINGS), encode_seed(ANNA.seed), None, Big(START_US), wishes
        assert await node.call("signed", *arguments, True) == [encode_quantum_body(signed)]


async def test_wishes_that_make_no_sense_are_refused_before_they_are_signed() -> None:
    async with driver() as node:
        for name, wish in REFUSED.items():
            with pytest.raises(SdkFailed) as caught:
                await node.call(
                    "signed", settings_to_json(SETTINGS), encode_seed(ANNA.seed), None, Big(START_US), [wish], False
                )
            assert caught.value.name == InvalidRequest.__name__, name
            assert caught.value.error["nothingHappened"] is True
            assert caught.value.error["message"].startswith("operation 1 of 1: "), name
        with pytest.raises(SdkFailed, match="0 operations; a batch has from 1 to 100"):
            await node.call("signed", settings_to_json(SETTINGS), encode_seed(ANNA.seed), None, Big(START_US), [], True)
