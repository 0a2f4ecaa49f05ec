"""Listed assets: an asset is its code and issuer, never its code alone. An asset can be suspended and resumed."""

from collections.abc import Sequence
from typing import Final

from constellation.protocol.messages import AssetIdentity, AssetSettings, CreditAsset, Suspension

RESERVE_ASSET: Final = 0
"""Native lumens: the asset of the minimum balance."""


def _key(identity: AssetIdentity) -> tuple[str, bytes]:
    return ("", b"") if identity is None else (identity.code, identity.issuer)


class AssetRegistry:
    """Assets by id and by identity, and which of them are suspended.

    Args:
        assets: as the settings list them; the id is the place in the list.

    Attributes:
        suspensions: in force, by asset id.
        changes: suspensions and resumptions so far, by asset id.
    """

    __slots__ = ("_assets", "_ids", "changes", "suspensions")

    def __init__(self, assets: Sequence[AssetSettings]) -> None:
        self._assets: list[AssetSettings] = []
        self._ids: dict[tuple[str, bytes], int] = {}
        self.suspensions: dict[int, Suspension] = {}
        self.changes: list[int] = []
        self.update(assets)

    def update(self, assets: Sequence[AssetSettings]) -> None:
        """Take new settings; an asset keeps its id, new ones come last."""
        self._assets = list(assets)
        self._ids = {_key(asset.identity): number for number, asset in enumerate(self._assets)}
        self.changes += [0] * (len(self._assets) - len(self.changes))

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

    def is_suspended(self, asset: int) -> bool:
        """Whether ``asset`` cannot be moved now."""
        return asset in self.suspensions

    def suspend(self, asset: int, suspension: Suspension) -> None:
        """Suspend ``asset``, or give another reason for it."""
        self.suspensions[asset] = suspension
        self.changes[asset] += 1

    def resume(self, asset: int) -> None:
        """Let ``asset`` be moved again."""
        del self.suspensions[asset]
        self.changes[asset] += 1

    def note_change(self, asset: int) -> None:
        """A resumption was decided that takes effect later."""
        self.changes[asset] += 1
