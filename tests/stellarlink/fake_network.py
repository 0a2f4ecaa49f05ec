"""A Stellar network in memory: what the loops of this package see, with trouble on demand."""

from collections import deque
from collections.abc import AsyncGenerator

from constellation.stellarlink import (
    FeeStats,
    LedgerAccount,
    LedgerRecord,
    NetworkInfo,
    NetworkUnavailable,
    StellarLinkError,
    SubmitOutcome,
    SubmitStatus,
    TransactionPage,
    TransactionRecord,
)
from tests.stellarlink.support import PASSPHRASE


class FakeNetwork:
    """Ledgers close when the test says so; every list is a whole history that calls take slices of.

    Attributes:
        trouble: errors that the next calls raise, one each; None lets a call pass.
        outcomes: of the next submissions.
        submitted: every envelope, in order.
        tells_position: whether pages of transactions say how far they reach.
    """

    def __init__(self, first: int = 1, passphrase: str = PASSPHRASE) -> None:
        self.passphrase = passphrase
        self.first = first
        self.closed_at_s: list[int] = []
        self.listed: dict[str, list[TransactionRecord]] = {}
        self.trouble: deque[StellarLinkError | None] = deque()
        self.outcomes: deque[SubmitOutcome] = deque()
        self.submitted: list[str] = []
        self.calls: list[str] = []
        self.tells_position = True

    @property
    def latest(self) -> int:
        return self.first + len(self.closed_at_s) - 1

    def close(self, *records: tuple[str, TransactionRecord]) -> None:
        """Close a ledger; records come with the account that lists them."""
        self.closed_at_s.append((self.latest + 1) * 5)
        for address, record in records:
            assert record.ledger == self.latest
            self.listed.setdefault(address, []).append(record)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        error = self.trouble.popleft() if self.trouble else None
        if error is not None:
            raise error

    async def network(self) -> NetworkInfo:
        self._call("network")
        closed_at_s = self.closed_at_s[-1] if self.closed_at_s else 0
        return NetworkInfo(self.passphrase, self.latest, closed_at_s, self.first, 100, 5_000_000)

    async def account(self, address: str) -> LedgerAccount | None:
        self._call("account")
        return None

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        self._call("ledgers")
        start = max(after_sequence + 1, self.first)
        sequences = range(start, min(self.latest, start + limit - 1) + 1)
        return [LedgerRecord(sequence, self.closed_at_s[sequence - self.first]) for sequence in sequences]

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        self._call("transactions")
        mine = [record for record in self.listed.get(address, []) if record.toid > cursor]
        return TransactionPage(tuple(mine[:limit]), self.latest if self.tells_position else None)

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        self.submitted.append(envelope_xdr)
        return self.outcomes.popleft() if self.outcomes else SubmitOutcome(SubmitStatus.INCLUDED)

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        self._call("transaction")
        return None

    async def fee_stats(self) -> FeeStats:
        self._call("fee_stats")
        return FeeStats(self.latest, 100, 100)

    async def closings(self) -> AsyncGenerator[None, None]:
        self._call("closings")
        return
        yield

    async def fund(self, address: str) -> None:
        raise NetworkUnavailable("no money here")
