import pytest

from constellation.protocol.messages import AssetSettings, CreditAsset
from constellation.vault import RESERVE_ASSET, AssetRegistry

ISSUER, OTHER = b"\x01" * 32, b"\x02" * 32
REGISTRY = AssetRegistry([AssetSettings(None, 10, 0), AssetSettings(CreditAsset("USD", ISSUER), 20, 0)])


def test_an_asset_is_found_by_code_and_issuer() -> None:
    assert REGISTRY.find(None) == RESERVE_ASSET
    assert REGISTRY.find(CreditAsset("USD", ISSUER)) == 1


@pytest.mark.parametrize(
    "look_alike",
    [CreditAsset("USD", OTHER), CreditAsset("usd", ISSUER), CreditAsset("USD\0", ISSUER), CreditAsset("", bytes(32))],
)
def test_a_look_alike_is_not_listed(look_alike: CreditAsset) -> None:
    assert REGISTRY.find(look_alike) is None


@pytest.mark.parametrize(("asset", "listed"), [(-1, False), (0, True), (1, True), (2, False), (2**32 - 1, False)])
def test_ids_are_places_in_the_settings(asset: int, listed: bool) -> None:
    assert (asset in REGISTRY) is listed


def test_the_registry_answers_what_the_settings_say() -> None:
    assert len(REGISTRY) == 2
    assert (REGISTRY.identity(0), REGISTRY.identity(1)) == (None, CreditAsset("USD", ISSUER))
    assert (REGISTRY.minimum_deposit(0), REGISTRY.minimum_deposit(1)) == (10, 20)
