import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from constellation.node.config import ConfigurationError
from constellation.node.plan import Plan, create_from_plan, load_plan, to_vault_plan, write_settings
from constellation.node.setup import example_plan
from constellation.protocol.messages import AssetSettings, CreditAsset, MarketSettings, MarketStatus, QuorumRule
from constellation.protocol.settings_json import settings_from_json
from constellation.testing import World
from constellation.testing.world import ONE, key_of

PASSPHRASE = "Constellation Test Network"
KEYS = {name: key_of(name) for name in ("alpha", "auditor-1", "auditor-2", "auditor-3", "fees", "issuer")}
DOLLAR = f"USD:{KEYS['issuer'].address}"


def document() -> dict[str, Any]:
    return tomllib.loads(example_plan(PASSPHRASE, KEYS, 3))


def changed(path: str, value: object) -> Plan:
    """The example plan with another value at ``path``; None removes it."""
    plan = document()
    place: Any = plan
    *way, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    for part in way:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return Plan.model_validate(plan)


def test_the_example_is_what_the_protocol_needs() -> None:
    plan = to_vault_plan(Plan.model_validate(document()))
    assert plan.network_passphrase == PASSPHRASE
    assert plan.alpha == KEYS["alpha"].public
    assert plan.auditors == [KEYS[f"auditor-{number}"].public for number in (1, 2, 3)]
    assert plan.fee_account == KEYS["fees"].public
    assert plan.quorum_rule is QuorumRule.MAJORITY
    assert plan.minimum_balance == ONE
    assert plan.limits.validity_us == 300_000_000
    dollar = CreditAsset("USD", KEYS["issuer"].public)
    assert plan.assets == [AssetSettings(None, ONE // 10, 0), AssetSettings(dollar, ONE // 100, 0)]
    assert plan.markets == [
        MarketSettings(0, 1, 4, 1, ONE // 1000, ONE // 10, 0, 1000, MarketStatus.MARKET_OPEN, 0),
    ]


def test_the_other_quorum_is_a_setting() -> None:
    assert to_vault_plan(changed("two_thirds_quorum", True)).quorum_rule is QuorumRule.TWO_THIRDS


ACCOUNT = key_of("somebody").address


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("alpha", "nobody", "plan: alpha: not a public key"),
        ("alpha", ACCOUNT[:-1] + "A", "plan: alpha: not a public key"),
        ("auditors.1", "G", "plan: auditors.1: not a public key"),
        ("fee_account", "", "plan: fee_account: not a public key"),
        ("minimum_balance", "much", "plan: minimum_balance: 'much' is not a number"),
        ("minimum_balance", "NaN", "plan: minimum_balance: 'NaN' is out of range"),
        ("minimum_balance", "0.00000001", "plan: minimum_balance: '0.00000001' has more than 7 decimals"),
        ("minimum_balance", "1e30", "plan: minimum_balance: '1e30' is out of range"),
        ("minimum_balance", "0", "plan: minimum_balance must be positive"),
        ("minimum_balance", "-1", "plan: minimum_balance must be positive"),
        ("assets.0.asset", DOLLAR, "plan: asset 0 must be native lumens"),
        ("assets.1.asset", "native", "plan: an asset is listed twice"),
        ("assets.1.asset", "USD", "plan: assets.1.asset: 'USD' is not an asset: write native or CODE:ISSUER"),
        ("assets.1.asset", "USD:G", "plan: assets.1.asset: not a public key"),
        ("assets.1.minimum_deposit", "x", "plan: assets.1.minimum_deposit: 'x' is not a number"),
        ("assets.1.minimum_deposit", "0", "plan: asset 1: minimum_deposit must be at least one stroop"),
        ("markets.0.base", "EUR:G", "plan: markets.0.base: 'EUR:G' is not among the assets: native, USD:G"),
        ("markets.0.quote", "XLM", "plan: markets.0.quote: 'XLM' is not among the assets: native, USD:G"),
        ("markets.0.quote", "native", "plan: market 0: base and quote must be two listed assets"),
        ("markets.0.lot", "half", "plan: markets.0.lot: 'half' is not a number"),
        ("markets.0.lot", "-1", "plan: market 0: tick, lot and minimum_notional must be positive"),
        ("markets.0.lot", "0.0000001", "plan: market 0: lot x tick = 1 is no multiple of 10^4"),
        ("markets.0.price_decimals", 12, "is no multiple of 10^12, so fills would need rounding"),
        ("markets.0.minimum_notional", "", "plan: markets.0.minimum_notional: '' is not a number"),
    ],
)
def test_a_malformed_value_is_named(path: str, value: object, message: str) -> None:
    plan = changed(path, value)
    if path.startswith("assets") and plan.markets:
        plan.markets = []
    with pytest.raises(ConfigurationError) as caught:
        to_vault_plan(plan)
    assert message in str(caught.value)


def test_two_members_with_one_key_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="must all have different keys"):
        to_vault_plan(changed("alpha", KEYS["auditor-2"].address))


def test_a_market_is_listed_once() -> None:
    plan = Plan.model_validate(document())
    plan.markets *= 2
    with pytest.raises(ConfigurationError, match="a market is listed twice"):
        to_vault_plan(plan)


def in_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(text, "utf-8")
    return path


# Each line stands in front of the rest of the example, or replaces the line that begins like it.
@pytest.mark.parametrize(
    ("begins", "line", "field"),
    [
        ("alpha", "", "alpha: Field required"),
        ("alpha", "alpha = 7", "alpha: Input should be a valid string"),
        ("network_passphrase", "", "network_passphrase: Field required"),
        ("fee_account", "", "fee_account: Field required"),
        ("colour", 'colour = "blue"', "colour: Extra inputs are not permitted"),
        ("channels", "channels = 0", "channels: "),
        ("channels", "channels = 1000", "channels: "),
        ("channels", 'channels = "x"', "channels: "),
        ("transaction_fee_stroops", "transaction_fee_stroops = 99", "transaction_fee_stroops: "),
        ("withdrawal_lifetime_s", "withdrawal_lifetime_s = 29", "withdrawal_lifetime_s: "),
        ("withdrawal_lifetime_s", "withdrawal_lifetime_s = 3601", "withdrawal_lifetime_s: "),
        ("two_thirds_quorum", 'two_thirds_quorum = "perhaps"', "two_thirds_quorum: "),
        ("limits", "limits = {fills = 1001}", "limits.fills: "),
        ("limits", "limits = {open_orders = 0}", "limits.open_orders: "),
        ("limits", "limits = {withdrawals = -1}", "limits.withdrawals: "),
        ("limits", "limits = {requests_per_second = 0}", "limits.requests_per_second: "),
        ("limits", "limits = {burst = 1000001}", "limits.burst: "),
        ("limits", "limits = {validity_s = 0}", "limits.validity_s: "),
        ("limits", "limits = {speed = 1}", "limits.speed: Extra inputs are not permitted"),
        ("price_decimals", "price_decimals = -1", "markets.0.price_decimals: "),
        ("price_decimals", "price_decimals = 13", "markets.0.price_decimals: "),
        ("price_decimals", "", "markets.0.price_decimals: Field required"),
        ("taker_fee_ppm", "taker_fee_ppm = 100001", "markets.0.taker_fee_ppm: "),
        ("taker_fee_ppm", "maker_fee_ppm = -1", "markets.0.maker_fee_ppm: "),
        ("taker_fee_ppm", "tick = 0", "markets.0.tick: "),
        ("lot", "lot = 0.5", "markets.0.lot: Input should be a valid string"),
        ("base", "", "markets.0.base: Field required"),
        ("lot", "lot = ", "(at line "),
    ],
)
def test_a_malformed_file_names_its_field(tmp_path: Path, begins: str, line: str, field: str) -> None:
    lines = example_plan(PASSPHRASE, KEYS, 3).splitlines()
    places = [place for place, text in enumerate(lines) if text.startswith(begins + " ")]
    if places:
        lines[places[0]] = line
    else:
        lines.insert(0, line)
    with pytest.raises(ConfigurationError) as caught:
        load_plan(in_file(tmp_path, "\n".join(lines)))
    assert str(caught.value).startswith(str(tmp_path / "plan.toml"))
    assert field in str(caught.value)


@pytest.mark.parametrize("count", [0, 20])
def test_there_are_1_to_19_auditors(tmp_path: Path, count: int) -> None:
    keys = KEYS | {f"auditor-{number}": key_of(str(number)) for number in range(1, count + 1)}
    with pytest.raises(ConfigurationError, match=r"plan\.toml: auditors: List should have at"):
        load_plan(in_file(tmp_path, example_plan(PASSPHRASE, keys, count)))


def test_a_missing_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml: No such file or directory"):
        load_plan(tmp_path / "none.toml")


async def test_a_plan_is_checked_before_the_network_is_asked(tmp_path: Path) -> None:
    path = in_file(tmp_path, example_plan(PASSPHRASE, KEYS, 3).replace('lot = "0.001"', 'lot = "0.0000001"'))
    with pytest.raises(ConfigurationError, match="lot x tick"):
        await create_from_plan(path, "http://127.0.0.1:9", key_of("funder"), False, tmp_path / "out.json", print)
    path = in_file(tmp_path, example_plan(PASSPHRASE, KEYS, 3))
    with pytest.raises(ConfigurationError, match="--horizon-url: 'nowhere' is no http:// or https:// address"):
        await create_from_plan(path, "nowhere", key_of("funder"), False, tmp_path / "out.json", print)


def test_settings_are_written_whole(tmp_path: Path) -> None:
    settings = World().settings
    for name in ("constellation.json", "constellation"):
        write_settings(tmp_path / name, settings)
        assert settings_from_json(json.loads((tmp_path / name).read_text())) == settings
    assert sorted(path.name for path in tmp_path.iterdir()) == ["constellation", "constellation.json"]
