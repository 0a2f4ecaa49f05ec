"""Money in the vault that could not be attributed: counted and visible, never dropped."""

from constellation.protocol.messages import SuspenseEntry


class Suspense:
    """Deposits in suspense by ledger operation, with sums of the listed assets."""

    __slots__ = ("_entries", "_sums")

    def __init__(self) -> None:
        self._entries: dict[int, SuspenseEntry] = {}
        self._sums: dict[int, int] = {}

    def add(self, entry: SuspenseEntry, asset: int | None) -> None:
        """Keep ``entry``; ``asset`` is its id when the asset is listed."""
        assert entry.operation not in self._entries, "one ledger operation cannot be in suspense twice"
        self._entries[entry.operation] = entry
        if asset is not None:
            self._sums[asset] = self._sums.get(asset, 0) + entry.amount

    def sum(self, asset: int) -> int:
        """What is in suspense of a listed asset, in stroops."""
        return self._sums.get(asset, 0)

    @property
    def entries(self) -> list[SuspenseEntry]:
        """All of them, oldest first."""
        return list(self._entries.values())

    def get(self, operation: int) -> SuspenseEntry | None:
        """The deposit of one ledger operation, if it is in suspense."""
        return self._entries.get(operation)
