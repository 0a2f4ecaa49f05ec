import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.protocol.messages import CreditAsset, MarketStatus, QuorumRule
from constellation.protocol.settings_json import format_asset, parse_asset, settings_from_json, settings_to_json
from constellation.protocol.signing import settings_hash
from constellation.testing.world import World, key_of

WORLD = World(auditors=5, maker_fee_ppm=10, taker_fee_ppm=20, channels=3)
DOCUMENT = settings_to_json(WORLD.settings)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(st.text(max_size=8), items, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    """The path to every value in a document, containers included."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from places(value[index], (*path, index))


PLACES = [path for path in places(DOCUMENT) if path]


def changed(path, value):
    document = deepcopy(DOCUMENT)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


def value_at(path):
    value = DOCUMENT
    for step in path:
        value = value[step]
    return value


def test_round_trip_through_text() -> None:
    for world in (WORLD, World(auditors=1), World(auditors=19)):
        for rule in QuorumRule:
            world.settings.quorum_rule = rule
            text = json.dumps(settings_to_json(world.settings))
            assert settings_from_json(json.loads(text)) == world.settings
    WORLD.settings.quorum_rule = QuorumRule.MAJORITY


def test_people_can_read_it() -> None:
    assert DOCUMENT["settings_hash"] == settings_hash(WORLD.settings).hex()
    assert DOCUMENT["constellation_id"] == WORLD.constellation.hex()
    assert DOCUMENT["auditors"][0] == WORLD.auditors[0].address
    assert DOCUMENT["minimum_balance"] == "1.0000000"
    assert DOCUMENT["assets"][0]["asset"] == "native"
    assert DOCUMENT["assets"][1]["asset"] == f"USD:{key_of('issuer').address}"
    assert DOCUMENT["markets"][0]["status"] == MarketStatus.MARKET_OPEN.name


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_every_missing_or_misstated_value_is_a_value_error(path) -> None:
    strange = [None, True, [], {}, "", "x", -1, 2**64, 1.5, float("inf"), float("nan"), "NaN", "1e400", [None], b"x"]
    for value in strange:
        if path == ("constellation_id",) or value == value_at(path):  # the id is only there to be read
            continue
        with pytest.raises(ValueError, match=r"."):
            settings_from_json(changed(path, value))
    document = deepcopy(DOCUMENT)
    place = document
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    if path != ("constellation_id",):
        with pytest.raises(ValueError, match=r"."):
            settings_from_json(document)


@given(st.sampled_from(PLACES), JSON)
def test_any_document_is_the_settings_or_a_value_error(path, value) -> None:
    try:
        found = settings_from_json(changed(path, value))
    except ValueError:
        return
    assert found == WORLD.settings


@given(JSON)
def test_any_json_is_a_value_error(document) -> None:
    with pytest.raises(ValueError, match=r"."):
        settings_from_json(document)


def test_a_change_is_told_from_a_mistake() -> None:
    with pytest.raises(ValueError, match="settings were changed: their hash is"):
        settings_from_json(changed(("minimum_balance",), "2.0000000"))
    with pytest.raises(ValueError, match="settings were changed"):
        settings_from_json(changed(("settings_hash",), "00" * 32))
    with pytest.raises(ValueError, match="settings were changed"):
        settings_from_json(changed(("auditors",), DOCUMENT["auditors"][::-1]))
    with pytest.raises(ValueError, match="lack or misstate something: KeyError"):
        settings_from_json({})
    with pytest.raises(ValueError, match="lack or misstate something"):
        settings_from_json(changed(("limits",), {**DOCUMENT["limits"], "more": 1}))


@pytest.mark.parametrize("asset", [None, CreditAsset("USD", bytes(32)), CreditAsset("LONGCODE1234", bytes(32))])
def test_assets_have_one_text_form(asset) -> None:
    assert parse_asset(format_asset(asset)) == asset
    assert parse_asset("XLM") is None


@pytest.mark.parametrize(
    "text",
    ["", "USD", "USD:", ":G", "xlm", f"TOOLONGCODE12:{key_of('x').address}", f"U$D:{key_of('x').address}", "USD:GABC"],
)
def test_what_is_no_asset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_asset(text)
