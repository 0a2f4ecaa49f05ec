"""One Stellar server in front of a sandbox ledger: it lags, freezes, is down, and loses what is submitted."""

from collections.abc import AsyncGenerator, Callable
from enum import Enum, auto
from typing import Final

from constellation.sandbox import ClosedLedger, Ledger, SubmissionStatus
from constellation.sandbox.history import TransactionRecord as Included
from constellation.sandbox.problems import Problem, submission_timeout, transaction_failed
from constellation.sandbox.render.accounts import account_resource
from constellation.sandbox.render.ledgers import fee_stats_resource
from constellation.sandbox.render.links import Links
from constellation.sandbox.tape import Page
from constellation.sandbox.views import View, Viewer
from constellation.stellarlink import (
    FeeStats,
    LedgerAccount,
    LedgerRecord,
    NetworkInfo,
    NetworkUnavailable,
    SubmitOutcome,
    SubmitStatus,
    TransactionPage,
    TransactionRecord,
)
from constellation.stellarlink.horizon_account import parse_account
from constellation.stellarlink.horizon_answer import Answer
from constellation.stellarlink.horizon_json import parse_fee_stats
from constellation.testing.money.errand import pause

PATIENCE_S: Final = 30
"""How long a submission waits for its ledger, as in Horizon."""

_LINKS = Links("http://server")


class Mishap(Enum):
    """What can go wrong with a submission."""

    REQUEST_LOST = auto()
    """It never arrives."""

    ANSWER_LOST = auto()
    """It arrives, and the answer does not."""

    ANSWERED_EARLY = auto()
    """It arrives, and the server does not wait for the ledger: 504."""

    TWICE = auto()
    """It arrives twice."""


class Server:
    """A server that :mod:`constellation.stellarlink` can ask.

    Args:
        ledger: what it shows.
        clock_s: seconds since 1970.

    Attributes:
        lag: how many ledgers it is behind.
        history_lag: how many more its lists of transactions are behind: another machine behind the same address.
        frozen_at: the last ledger that it knows; None while it learns more.
        is_down: it answers nothing.
        mishap: says of each submission what goes wrong.
    """

    def __init__(self, ledger: Ledger, clock_s: Callable[[], int]) -> None:
        self._ledger = ledger
        self._clock_s = clock_s
        self._viewer = Viewer(ledger)
        self._dropped: dict[str, int] = {}
        self.lag = self.history_lag = 0
        self.frozen_at: int | None = None
        self.is_down = False
        self.mishap: Callable[[], Mishap | None] = lambda: None
        ledger.listeners.append(self._closed)

    def heal(self) -> None:
        """Be a good server from now on."""
        self.lag = self.history_lag = 0
        self.frozen_at, self.is_down = None, False
        self.mishap = lambda: None

    def _closed(self, closed: ClosedLedger) -> None:
        self._dropped |= dict.fromkeys(closed.dropped, closed.record.sequence)

    @property
    def latest(self) -> int:
        """The last ledger that it shows."""
        newest = self._ledger.latest.sequence - self.lag
        return max(1, newest if self.frozen_at is None else min(newest, self.frozen_at))

    def _look(self, lag: int = 0) -> View:
        if self.is_down:
            raise NetworkUnavailable("the server is down")
        return self._viewer.view(latest=max(1, self.latest - lag))

    # --- questions ----------------------------------------------------------------------------------------------

    async def network(self) -> NetworkInfo:
        """Which network this is."""
        latest = self._look().latest
        settings = latest.settings
        return NetworkInfo(
            self._ledger.network_passphrase,
            latest.sequence,
            latest.closed_at,
            1,
            settings.base_fee_stroops,
            settings.base_reserve_stroops,
        )

    async def account(self, address: str) -> LedgerAccount | None:
        """An account, by way of the document that Horizon would show."""
        found = self._look().state.peek(address)
        return None if found is None else parse_account(account_resource(_LINKS, found, None))

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        """Closed ledgers."""
        view = self._look()
        found = view.read(view.history.ledgers, Page(cursor=after_sequence << 32, limit=limit))
        return [LedgerRecord(item.sequence, item.closed_at, item.hash, item.previous_hash) for item in found]

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        """Transactions of an account, and how far the list reaches."""
        view = self._look(self.history_lag)
        found = view.read(view.history.transactions_of(address), Page(cursor=cursor, limit=limit))
        return TransactionPage(tuple(record_of(item) for item in found), view.latest.sequence)

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash."""
        found = self._look().transaction(transaction_hash)
        return None if found is None else record_of(found)

    async def fee_stats(self) -> FeeStats:
        """What others offer."""
        return parse_fee_stats(fee_stats_resource(self._look()))

    async def closings(self) -> AsyncGenerator[None, None]:
        """There is no stream."""
        hints: tuple[None, ...] = ()
        for hint in hints:
            yield hint

    async def fund(self, address: str) -> None:
        """There is no friendbot."""
        raise NetworkUnavailable(f"no test money for {address}")

    # --- submissions --------------------------------------------------------------------------------------------

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        """Hand a transaction to the ledger and wait for it, as Horizon does; the answer may get lost."""
        mishap = self.mishap()
        if self.is_down or mishap is Mishap.REQUEST_LOST:
            await pause()
            return SubmitOutcome(SubmitStatus.UNKNOWN, detail="no connection")
        if mishap is Mishap.TWICE:
            self._ledger.submit(envelope_xdr)
        problem = await self._submit(envelope_xdr, is_patient=mishap is not Mishap.ANSWERED_EARLY)
        if mishap is Mishap.ANSWER_LOST:
            return SubmitOutcome(SubmitStatus.UNKNOWN, detail="the connection broke")
        if problem is None:
            return SubmitOutcome(SubmitStatus.INCLUDED)
        return Answer(problem.status, problem.body).submit_outcome()

    async def _submit(self, envelope_xdr: str, *, is_patient: bool) -> Problem | None:
        """What Horizon would say; None when the transaction is in a ledger and was successful."""
        name = self._ledger.decode(envelope_xdr).hash.hex()
        record = self._viewer.view(latest=self.latest).transaction(name)
        if record is None:
            submission = self._ledger.submit(envelope_xdr)
            if submission.status is SubmissionStatus.ERROR:
                assert submission.error is not None
                return transaction_failed(envelope_xdr, submission.error)
            record = await self._wait(name) if is_patient else None
        if record is None:
            return submission_timeout(name, envelope_xdr)
        return None if record.is_successful else transaction_failed(envelope_xdr, record.result)

    async def _wait(self, name: str) -> Included | None:
        began, until_s = self._ledger.latest.sequence, self._clock_s() + PATIENCE_S
        while self._clock_s() < until_s and self._dropped.get(name, 0) <= began:
            await pause()
            record = self._viewer.view(latest=self.latest).transaction(name)
            if record is not None:
                return record
        return None


def record_of(included: Included) -> TransactionRecord:
    """What a server tells of a transaction."""
    inner = included.envelope.transaction
    return TransactionRecord(
        included.toid,
        included.hash,
        included.ledger,
        included.is_successful,
        inner.source.account_id,
        inner.sequence,
        included.envelope.envelope_xdr,
        included.result.to_xdr(),
    )
