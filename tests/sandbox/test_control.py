"""The control endpoint, as curl would use it."""

import pytest
from stellar_sdk import Asset, ChangeTrust, PathPaymentStrictSend

from constellation.sandbox.limits import FAULT_RULES_MAX
from tests.sandbox.world import NATIVE, key


@pytest.fixture
def control(site):
    async def call(method, path, status=200, **options):
        async with site.session.request(method, f"{site.server.url}/_sandbox{path}", **options) as response:
            assert response.status == status, await response.text()
            return await response.json(content_type=None)

    return call


async def test_a_rule_is_added_listed_and_removed(site, control):
    rule = {"fault": "status", "path": "/ledgers", "status": 500}
    added = await control("POST", "/faults", 201, json=rule)
    assert added | rule == added
    await site.get("/ledgers", 500)
    (listed,) = (await control("GET", "/faults"))["faults"]
    assert listed == added | {"matched": 1, "struck": 1}
    assert await control("DELETE", f"/faults/{added['id']}") == listed
    await control("DELETE", f"/faults/{added['id']}", 404)
    await control("DELETE", "/faults/x", 404)


async def test_everything_is_cleared(control):
    for _ in range(3):
        await control("POST", "/faults", 201, json={"fault": "lag"})
    assert len((await control("DELETE", "/faults"))["faults"]) == 3
    assert (await control("GET", "/faults"))["faults"] == []


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "{}", '{"fault": "lag", "ledgers": "2"}', '{"fault": 1}'])
async def test_bad_rules_are_refused(control, body):
    problem = await control("POST", "/faults", 400, data=body)
    assert problem["type"].endswith("/bad_request")
    assert problem["extras"]["reason"]


async def test_there_is_room_for_so_many(control, site):
    for _ in range(FAULT_RULES_MAX):
        site.server.faults.add("lag")
    assert (await control("POST", "/faults", 409, json={"fault": "lag"}))["title"] == "Too Many Faults"


async def test_the_control_endpoint_never_fails_on_purpose(control, site):
    site.server.faults.add("drop", times=None)
    site.server.faults.add("status", times=None)
    assert (await control("GET", ""))["faults"] == 2


async def test_ledgers_are_closed_by_hand(control, site):
    before = await control("GET", "")
    closed = await control("POST", "/close")
    assert closed["sequence"] == before["latest_ledger"] + 1
    assert closed["prev_hash"] == before["latest_ledger_hash"]
    assert closed["dropped_transactions"] == []
    assert (await control("GET", ""))["latest_ledger"] == site.ledger.latest.sequence == closed["sequence"]


async def test_settings_are_changed(control):
    assert (await control("POST", "/settings", json={"base_fee_stroops": 250}))["base_fee_stroops"] == 250
    assert (await control("GET", ""))["settings"]["base_fee_stroops"] == 100
    assert (await control("POST", "/close"))["base_fee_in_stroops"] == 250
    assert (await control("GET", ""))["settings"]["base_fee_stroops"] == 250
    for change in ({"base_fee_stroops": -1}, {"x": 1}, [1]):
        await control("POST", "/settings", 400, json=change)


async def test_conversions_are_replaced(control, site):
    usd = f"USD:{key('issuer').public_key}"
    rate = {"bought": "native", "sold": usd, "numerator": 1, "denominator": 3, "maker": key("issuer").public_key}
    assert await control("PUT", "/conversions", json={"conversions": [rate]}) == {"conversions": [rate]}
    assert (await control("GET", ""))["conversions"] == [rate]
    await site.do("bob", ChangeTrust(Asset("USD", key("issuer").public_key)))
    send = PathPaymentStrictSend(key("bob").public_key, NATIVE, "3", Asset("USD", key("issuer").public_key), "1", [])
    assert (await site.do("alice", send)).is_successful
    for bad in ([rate | {"numerator": 0}], [rate | {"sold": "native"}], [{}], {}, [rate | {"maker": "G"}], [1]):
        await control("PUT", "/conversions", 400, json={"conversions": bad})


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/faults", '{"fault": "drop", "self": 1}', "self"),
        ("POST", "/faults", "[" * 100_000, "body"),
        ("POST", "/settings", '{"self": 1}', "settings"),
        ("POST", "/settings", "[" * 100_000, "body"),
        ("PUT", "/conversions", "[" * 100_000, "body"),
    ],
)
async def test_commands_that_no_client_sends_are_refused_like_others(control, method, path, body, field):
    problem = await control(method, path, 400, data=body)
    assert problem["extras"]["invalid_field"] == field


async def test_a_command_in_an_unknown_charset_is_refused(control):
    headers = {"Content-Type": "application/json; charset=utf-99"}
    await control("POST", "/faults", 400, data=b'{"fault": "drop"}', headers=headers)
