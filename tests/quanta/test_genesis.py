"""Settings that a constellation cannot start from, each with what it is told."""

from collections.abc import Callable

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import AssetSettings, ChannelSettings, CreditAsset, MarketSettings, Settings
from constellation.quanta import Machine, validate_settings
from constellation.testing import World
from constellation.testing.world import key_of

ISSUER = key_of("issuer").public
Change = Callable[[Settings], None]


def changed(change: Change) -> Settings:
    settings = World().settings
    change(settings)
    return settings


def setting(name: str, value: object) -> Change:
    """Set ``name``, which may be a path such as ``limits.fills`` or ``markets.0.tick``."""

    def change(settings: Settings) -> None:
        target: object = settings
        *path, last = name.split(".")
        for part in path:
            target = target[int(part)] if isinstance(target, list) else getattr(target, part)
        if isinstance(target, list):
            target[int(last)] = value
        else:
            setattr(target, last, value)

    return change


def appended(name: str, value: object) -> Change:
    return lambda settings: getattr(settings, name).append(value)


def test_a_world_starts() -> None:
    assert validate_settings(World().settings) == []
    assert validate_settings(World(auditors=1, channels=1).settings) == []
    assert validate_settings(World(auditors=19, fills=1000, maker_fee_ppm=100_000, channels=64).settings) == []


SAME_KEYS = "vault, alpha, auditors and channels must all have different keys"
MARKET = World().settings.markets[0]

FAULTS: list[tuple[Change, str]] = [
    (setting("auditors", []), "there must be at least one auditor"),
    (setting("alpha", key_of("vault").public), SAME_KEYS),
    (setting("auditors.1", key_of("auditor 0").public), SAME_KEYS),
    (setting("auditors.1", key_of("alpha").public), SAME_KEYS),
    (setting("channels.1", ChannelSettings(key_of("channel 0").public, 1)), SAME_KEYS),
    (setting("channels.1", ChannelSettings(key_of("vault").public, 1)), SAME_KEYS),
    (setting("fee_account", key_of("vault").public), "the fee account cannot be the vault or a channel"),
    (setting("fee_account", key_of("channel 1").public), "the fee account cannot be the vault or a channel"),
    (setting("channels", []), "there must be at least one channel account: withdrawals need a source"),
    (setting("channels.0.sequence", -1), "a channel's sequence must be its account's on the ledger, at least 0"),
    (setting("channels.0.sequence", INT64_MAX), "a channel's sequence must be its account's on the ledger, at least 0"),
    (setting("minimum_balance", 0), "minimum_balance must be positive"),
    (setting("minimum_balance", -1), "minimum_balance must be positive"),
    (setting("minimum_balance", INT64_MAX + 1), "minimum_balance must be positive"),
    (setting("vault_reserve", -1), "vault_reserve cannot be negative"),
    (setting("transaction_fee", 99), "transaction_fee is below the ledger's minimum of 100 stroops"),
    (setting("withdrawal_lifetime_s", 29), "withdrawal_lifetime_s must be between 30 and 3600"),
    (setting("withdrawal_lifetime_s", 3601), "withdrawal_lifetime_s must be between 30 and 3600"),
    (setting("limits.validity_us", 0), "limits.validity_us must be positive"),
    (setting("limits.fills", 0), "limits.fills must be between 1 and 1000"),
    (setting("limits.fills", 1001), "limits.fills must be between 1 and 1000"),
    (setting("limits.open_orders", 0), "limits.open_orders must be between 1 and 10000"),
    (setting("limits.open_orders", 10_001), "limits.open_orders must be between 1 and 10000"),
    (setting("limits.withdrawals", 0), "limits.withdrawals must be between 1 and 1000"),
    (setting("limits.withdrawals", 1001), "limits.withdrawals must be between 1 and 1000"),
    (setting("assets.0", AssetSettings(CreditAsset("XLM", ISSUER), 1, 0)), "asset 0 must be native lumens"),
    (appended("assets", AssetSettings(None, 1, 0)), "an asset is listed twice"),
    (appended("assets", AssetSettings(CreditAsset("USD", ISSUER), 5, 0)), "an asset is listed twice"),
    (setting("assets.1.minimum_deposit", 0), "asset 1: minimum_deposit must be at least one stroop"),
    (setting("assets.1.identity", CreditAsset("", ISSUER)), "asset 1: '' is not an asset code"),
    (setting("assets.1.identity", CreditAsset("THIRTEENCHARS", ISSUER)), "asset 1: 'THIRTEENCHARS' is not"),
    (setting("assets.1.identity", CreditAsset("US D", ISSUER)), "asset 1: 'US D' is not an asset code"),
    (setting("assets.1.identity", CreditAsset("USÐ", ISSUER)), "asset 1: 'USÐ' is not an asset code"),
    (setting("assets.1.identity", CreditAsset("US\0", ISSUER)), "asset 1: 'US\\x00' is not an asset code"),
    (
        setting("assets.1.identity", CreditAsset("USD", key_of("vault").public)),
        "asset 1: the vault cannot hold what it issues itself",
    ),
    (setting("markets.0.quote", 0), "market 0: base and quote must be two listed assets"),
    (setting("markets.1.base", 3), "market 1: base and quote must be two listed assets"),
    (setting("markets.0.price_decimals", 13), "market 0: price_decimals is over 12"),
    (setting("markets.0.tick", 0), "market 0: tick, lot and minimum_notional must be positive"),
    (setting("markets.0.lot", 0), "market 0: tick, lot and minimum_notional must be positive"),
    (setting("markets.0.minimum_notional", 0), "market 0: tick, lot and minimum_notional must be positive"),
    (setting("markets.0.lot", 9_999), "market 0: lot x tick = 9999 is no multiple of 10^4"),
    (setting("markets.0.price_decimals", 5), "market 0: lot x tick = 10000 is no multiple of 10^5"),
    (setting("markets.0.maker_fee_ppm", 100_001), "market 0: a fee is over 100000 ppm"),
    (setting("markets.1.taker_fee_ppm", 100_001), "market 1: a fee is over 100000 ppm"),
    (appended("markets", MARKET), "a market is listed twice"),
]


@pytest.mark.parametrize(("change", "sentence"), FAULTS, ids=[sentence[:40] for _, sentence in FAULTS])
def test_a_fault_is_named(change: Change, sentence: str) -> None:
    problems = validate_settings(changed(change))
    assert len(problems) == 1
    assert problems[0].startswith(sentence)


def test_no_machine_starts_from_faulty_settings() -> None:
    settings = changed(setting("auditors", []))
    settings.minimum_balance = 0
    with pytest.raises(ValueError, match=r"at least one auditor; minimum_balance must be positive"):
        Machine(settings)


BOUNDARIES: list[Change] = [
    setting("transaction_fee", 100),
    setting("withdrawal_lifetime_s", 30),
    setting("withdrawal_lifetime_s", 3600),
    setting("vault_reserve", 0),
    setting("minimum_balance", INT64_MAX),
    setting("channels.0.sequence", 0),
    setting("channels.0.sequence", INT64_MAX - 1),
    setting("limits.fills", 1000),
    setting("limits.open_orders", 10_000),
    setting("limits.withdrawals", 1000),
    setting("assets.1.identity", CreditAsset("ABCDEFGHIJKL", ISSUER)),
    setting("markets", []),
    setting("fee_account", key_of("auditor 0").public),
    setting("markets.0.price_decimals", 0),
    appended("markets", MarketSettings(1, 0, 12, 10**6, 10**6, 1, 0, 0, MARKET.status, 0)),
]


@pytest.mark.parametrize("change", BOUNDARIES)
def test_a_value_at_its_boundary_is_valid(change: Change) -> None:
    assert validate_settings(changed(change)) == []
