"""Listed assets: an asset is its code and issuer, never its code alone."""

from collections.abc import Sequence
from typing import Final

from constellation.protocol.messages import AssetIdentity, AssetSettings, CreditAsset

RESERVE_ASSET: Final = 0
"""Native lumens: the asset of the minimum balance."""


def _key(identity: AssetIdentity) -> tuple[str, bytes]:
    return ("", b"") if identity is None else (identity.code, identity.issuer)


class AssetRegistry:
    """Assets by id and by identity.

    Args:
        assets: as the settings list them; the id is the place in the list.
    """

    __slots__ = ("_assets", "_ids")

    def __init__(self, assets: Sequence[AssetSettings]) -> None:
        self._assets = list(assets)
        self._ids = {_key(asset.identity): number for number, asset in enumerate(self._assets)}

    def __len__(self) -> int:
        return len(self._assets)

    def __contains__(self, asset: int) -> bool:
        return 0 <= asset < len(self._assets)

    def identity(self, asset: int) -> CreditAsset | None:
        """How the ledger names ``asset``; None for native lumens."""
        return self._assets[asset].identity

    def minimum_deposit(self, asset: int) -> int:
        """The smallest deposit of ``asset`` that is credited, in stroops."""
        return self._assets[asset].minimum_deposit

    def find(self, identity: AssetIdentity) -> int | None:
        """The id of a listed asset, or None."""
        return self._ids.get(_key(identity))
