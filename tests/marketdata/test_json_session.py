import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.marketdata import FeedCode, FeedError
from constellation.marketdata.json_session import JsonSession
from constellation.marketdata.strict_json import parse_object
from constellation.protocol import limits
from constellation.testing import World
from tests.marketdata.listeners import House, Listener

SETTINGS = World().settings


@pytest.fixture
def house() -> House:
    return House(SETTINGS)


def answer(house: House, text: str) -> dict[str, Any]:
    """What somebody new is told who says this."""
    listener, session = house.enter()
    session.receive(text)
    message: dict[str, Any] = listener.take()[0]
    return message


def subscribe(**params: Any) -> str:
    return json.dumps({"method": "subscribe", "params": params, "id": 1})


def test_a_subscription_is_confirmed_with_all_its_values(house: House) -> None:
    assert answer(house, subscribe(channel="book", market="XLM/USD")) == {
        "id": 1,
        "method": "subscribe",
        "success": True,
        "result": {"channel": "book", "market": "XLM/USD", "depth": 25, "group": "0.0001"},
    }
    result = answer(house, subscribe(channel="candles", market="EUR/USD", period="1M"))["result"]
    assert result == {"channel": "candles", "market": "EUR/USD", "period": "1M"}
    pong = answer(house, '{"method":"ping"}')
    assert (pong["id"], pong["success"], pong["result"]["time"]) == (None, True, "2027-01-15T08:00:00.000000Z")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", FeedCode.MALFORMED),
        ("{", FeedCode.MALFORMED),
        ("[]", FeedCode.MALFORMED),
        ("null", FeedCode.MALFORMED),
        ('"subscribe"', FeedCode.MALFORMED),
        ("{}", FeedCode.MALFORMED),
        ('{"method":1}', FeedCode.MALFORMED),
        ('{"method":"ping","method":"ping"}', FeedCode.MALFORMED),
        ('{"method":"ping","params":{"a":1,"a":1}}', FeedCode.MALFORMED),
        ('{"method":"ping","params":[]}', FeedCode.MALFORMED),
        ('{"method":"ping","params":{"a":1}}', FeedCode.MALFORMED),
        ('{"method":"ping","id":NaN}', FeedCode.MALFORMED),
        ('{"method":"ping","id":-Infinity}', FeedCode.MALFORMED),
        ('{"method":"ping","id":1.5}', FeedCode.MALFORMED),
        ('{"method":"ping","id":1e3}', FeedCode.MALFORMED),
        ('{"method":"ping","id":true}', FeedCode.MALFORMED),
        ('{"method":"ping","id":{}}', FeedCode.MALFORMED),
        ('{"method":"ping","id":' + "9" * 100 + "}", FeedCode.MALFORMED),
        ('{"method":"ping","id":"\\ud800"}', FeedCode.MALFORMED),
        ('{"method":"ping","id":"\\u0000"}', FeedCode.MALFORMED),
        ('{"method":"ping","id":"' + "x" * 300 + '"}', FeedCode.MALFORMED),
        ('{"method":"ping","more":1}', FeedCode.MALFORMED),
        ("[" * 100 + "]" * 100, FeedCode.MALFORMED),
        ('{"params":' * 100 + "1" + "}" * 100, FeedCode.MALFORMED),
        ('["]]]]]]]]]]]]]]]]]]]]",' + "[" * 2_000, FeedCode.MALFORMED),
        ('{"method":"ping"}' + " " * limits.FEED_MESSAGE_MAX_BYTES, FeedCode.TOO_LARGE),
        ("é" * (limits.FEED_MESSAGE_MAX_BYTES - 1), FeedCode.TOO_LARGE),
        ('{"method":"login"}', FeedCode.UNKNOWN_METHOD),
        (subscribe(), FeedCode.MALFORMED),
        (subscribe(channel="orders"), FeedCode.UNKNOWN_CHANNEL),
        (subscribe(channel="BOOK", market="XLM/USD"), FeedCode.UNKNOWN_CHANNEL),
        (subscribe(channel=["book"], market="XLM/USD"), FeedCode.MALFORMED),
        (subscribe(channel="book"), FeedCode.MALFORMED),
        (subscribe(channel="book", market=7), FeedCode.MALFORMED),
        (subscribe(channel="book", market="XLM"), FeedCode.UNKNOWN_MARKET),
        (subscribe(channel="book", market="USD/XLM"), FeedCode.UNKNOWN_MARKET),
        (subscribe(channel="book", market="'; DROP TABLE trades; --"), FeedCode.UNKNOWN_MARKET),
        (subscribe(channel="book", market="XLM/USD", depth=11), FeedCode.INVALID_DEPTH),
        (subscribe(channel="book", market="XLM/USD", depth="25"), FeedCode.INVALID_DEPTH),
        (subscribe(channel="book", market="XLM/USD", depth=True), FeedCode.INVALID_DEPTH),
        (subscribe(channel="book", market="XLM/USD", group="0.0003"), FeedCode.INVALID_GROUP),
        (subscribe(channel="book", market="XLM/USD", group="0.00001"), FeedCode.INVALID_GROUP),
        (subscribe(channel="book", market="XLM/USD", group="-0.0001"), FeedCode.INVALID_GROUP),
        (subscribe(channel="book", market="XLM/USD", group="NaN"), FeedCode.INVALID_GROUP),
        (subscribe(channel="book", market="XLM/USD", group="1e999999"), FeedCode.INVALID_GROUP),
        (subscribe(channel="book", market="XLM/USD", group=1), FeedCode.MALFORMED),
        (subscribe(channel="book", market="XLM/USD", period="1m"), FeedCode.MALFORMED),
        (subscribe(channel="candles", market="XLM/USD"), FeedCode.MALFORMED),
        (subscribe(channel="candles", market="XLM/USD", period="2m"), FeedCode.INVALID_PERIOD),
        (subscribe(channel="candles", market="XLM/USD", period="1' OR '1'='1"), FeedCode.INVALID_PERIOD),
        (subscribe(channel="status", market="XLM/USD"), FeedCode.MALFORMED),
        (json.dumps({"method": "unsubscribe", "params": {"channel": "status"}}), FeedCode.NOT_SUBSCRIBED),
    ],
)
def test_bad_input_has_a_coded_answer(house: House, text: str, code: FeedCode) -> None:
    refusal = answer(house, text)
    assert refusal["success"] is False
    assert refusal["error"]["code"] == code
    assert 0 < len(refusal["error"]["message"]) < 400


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "0.5", "1e2", "9" * 17])
def test_numbers_are_integers_wherever_they_stand(value: str) -> None:
    with pytest.raises(FeedError):
        parse_object('{"a":[' + value + "]}")
    assert parse_object('{"a":[-12]}') == {"a": [-12]}


def test_a_refusal_carries_the_id_where_there_is_one(house: House) -> None:
    assert answer(house, '{"id":"mine","method":"ping","more":1}')["id"] == "mine"


NAMES = st.sampled_from(["method", "params", "id", "channel", "market", "depth", "group", "period"])
Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["book", "XLM/USD", "1m", "subscribe", "ping", "unsubscribe", "candles"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=40) | Json.map(json.dumps), max_size=8))
def test_whatever_is_sent_has_one_answer_or_ends_the_connection(texts: list[str]) -> None:
    house = House(SETTINGS)
    listener, session = house.enter()
    for text in texts:
        session.receive(text)
        assert len([item for item in listener.take() if "success" in item]) == 1
        house.passes(100_000)
    assert listener.ended is None


def flood(session: JsonSession, listener: Listener, text: str, most: int = 1_000) -> int:
    """Send until the connection is cut; how often."""
    for number in range(most):
        if listener.ended is not None:
            return number
        session.receive(text)
    return most


def test_repeated_nonsense_ends_the_connection(house: House) -> None:
    listener, session = house.enter()
    assert flood(session, listener, "nonsense") == limits.FEED_FAULTS_MAX
    assert listener.ended is FeedCode.MALFORMED


def test_a_flood_is_answered_and_then_ended(house: House) -> None:
    listener, session = house.enter()
    sent = flood(session, listener, '{"method":"ping"}')
    assert sent == limits.FEED_MESSAGES_BURST + limits.FEED_FAULTS_MAX
    assert listener.ended is FeedCode.RATE_LIMITED


def test_a_thousand_subscriptions_are_a_hundred(house: House) -> None:
    listener, session = house.enter()
    codes = []
    for number in range(1_000):
        house.now_us += 100_000
        depth, group = (10, 25, 100, 500, 1000)[number % 5], ("0.001", "0.002", "0.005")[number // 5 % 3]
        market, price = (("EUR/USD", group), ("XLM/USD", f"0.0{group[2:]}"))[number // 15 % 2]
        channel = ("book", "candles")[number % 2]
        period = ("1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M")[number // 2 % 9]
        more = {"depth": depth, "group": price} if channel == "book" else {"period": period}
        house.subscribe(session, channel=channel, market=market, **more)
        codes += [item["error"]["code"] for item in listener.take() if item.get("success") is False]
    assert set(codes) <= {"TOO_MANY_SUBSCRIPTIONS"}
    assert len(house.hub._topics) <= limits.FEED_SUBSCRIPTIONS_MAX


def test_the_bound_of_subscriptions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.marketdata.hub.FEED_SUBSCRIPTIONS_MAX", 2)
    listener, session = house.enter()
    for channel in ("bbo", "trades", "ticker", "bbo"):
        house.subscribe(session, channel=channel, market="XLM/USD")
    answers = [item for item in listener.take() if "success" in item]
    assert [item["success"] for item in answers] == [True, True, False, True]
    assert answers[2]["error"]["code"] == "TOO_MANY_SUBSCRIPTIONS"


def test_who_reads_no_answers_is_cut(house: House) -> None:
    listener, session = house.enter()
    listener.unread = limits.FEED_BUFFER_MAX_BYTES + 1
    house.subscribe(session, channel="trades", market="XLM/USD")
    assert listener.ended is FeedCode.SLOW_READER
    assert not house.hub._topics
