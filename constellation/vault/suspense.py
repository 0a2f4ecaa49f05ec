"""Money in the vault that could not be attributed: counted and visible, never dropped."""

from constellation.protocol.messages import AssetIdentity, SuspenseEntry, SuspenseReason
from constellation.vault.assets import AssetRegistry


def counted_asset(entry: SuspenseEntry, assets: AssetRegistry) -> int | None:
    """Id of the asset whose total counts ``entry``; None when it is not listed, or its total has no room for it."""
    return None if entry.reason is SuspenseReason.TOTAL_TOO_LARGE else assets.find(entry.asset)


class Suspense:
    """Deposits in suspense by ledger operation, with sums of the listed assets."""

    __slots__ = ("_entries", "_sums")

    def __init__(self) -> None:
        self._entries: dict[int, SuspenseEntry] = {}
        self._sums: dict[int, int] = {}

    def add(self, entry: SuspenseEntry, asset: int | None) -> None:
        """Keep ``entry``; ``asset`` is its :func:`counted_asset`."""
        assert entry.operation not in self._entries, "one ledger operation cannot be in suspense twice"
        self._entries[entry.operation] = entry
        if asset is not None:
            self._sums[asset] = self._sums.get(asset, 0) + entry.amount

    def remove(self, operation: int, asset: int | None) -> SuspenseEntry:
        """Take out what was sent back; ``asset`` is its :func:`counted_asset`."""
        entry = self._entries.pop(operation)
        if asset is not None:
            self._sums[asset] -= entry.amount
        return entry

    def unlisted_sum(self, identity: AssetIdentity) -> int:
        """What is in suspense of an asset that is not listed, in stroops."""
        return sum(entry.amount for entry in self._entries.values() if entry.asset == identity)

    def list_asset(self, asset: int, identity: AssetIdentity) -> int:
        """An asset is listed from now on; what is in suspense of it already, in stroops."""
        self._sums[asset] = self.unlisted_sum(identity)
        return self._sums[asset]

    def sum(self, asset: int) -> int:
        """What is in suspense of a listed asset and counted in its total, in stroops."""
        return self._sums.get(asset, 0)

    @property
    def entries(self) -> list[SuspenseEntry]:
        """All of them, oldest first."""
        return list(self._entries.values())

    def get(self, operation: int) -> SuspenseEntry | None:
        """The deposit of one ledger operation, if it is in suspense."""
        return self._entries.get(operation)
