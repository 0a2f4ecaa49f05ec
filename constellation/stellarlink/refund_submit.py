"""Brings the transactions of a co-signed plan to the ledger, each until its outcome is certain.

Each channel's transactions go one after the other, in the order of their sequence numbers; channels go side by side,
because the ledger takes one transaction of each at a time. The ledger alone says what became of one: it is asked by the
transaction's hash before the first submission and after every other. So an interrupted run is simply started again.

========================  =============================================================================
the ledger says           what happens next
========================  =============================================================================
successful                paid; the channel's next one
failed                    not paid, the sequence number is used; the channel's next one
nothing yet               the same bytes again, after a pause that grows
nothing, and never will   the channel ends: its time bound has passed, or its number was used otherwise
========================  =============================================================================
"""

import asyncio
from collections.abc import Callable
from typing import Final

from constellation.protocol.messages import Settings
from constellation.stellarlink.errors import NetworkMismatch, NetworkUnavailable
from constellation.stellarlink.network import StellarNetwork, SubmitOutcome, SubmitStatus
from constellation.stellarlink.refund_signed import Result, SignedTransaction

ATTEMPTS_MAX: Final = 60
"""Submissions of one transaction in one run; with the pauses about half an hour."""

REJECTIONS_MAX: Final = 8
"""Answers in a row that the network does not take it, after which a run gives up on a channel."""

PAUSE_S: Final = 1.0
"""Before the second try; it doubles."""

PAUSE_MAX_S: Final = 30.0
"""Longest pause between two tries."""


class RefundSubmission:
    """A run over a plan's transactions.

    Args:
        network: where to submit.
        settings: of the constellation.
        transactions: with their signatures, in the order of the plan.
        progress: told every transaction whose outcome becomes known.
        pause_s: before the second try of a transaction.
    """

    def __init__(
        self,
        network: StellarNetwork,
        settings: Settings,
        transactions: list[SignedTransaction],
        progress: Callable[[SignedTransaction], None],
        *,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._network = network
        self._settings = settings
        self._transactions = transactions
        self._progress = progress
        self._pause_s = pause_s

    async def run(self) -> None:
        """Submit everything; afterwards each transaction says what became of it.

        Raises:
            NetworkMismatch: the server belongs to another network.
            NetworkUnavailable: it does not answer at all.
        """
        info = await self._network.network()
        if info.passphrase != self._settings.network_passphrase:
            raise NetworkMismatch(self._settings.network_passphrase, info.passphrase)
        by_channel: dict[str, list[SignedTransaction]] = {}
        for item in self._transactions:
            by_channel.setdefault(item.channel, []).append(item)
        async with asyncio.TaskGroup() as tasks:
            for items in by_channel.values():
                tasks.create_task(self._run_channel(items))

    async def _run_channel(self, items: list[SignedTransaction]) -> None:
        for item in items:
            await self._settle(item)
            self._progress(item)
            if item.result is Result.OPEN:
                return

    async def _settle(self, item: SignedTransaction) -> None:
        """Submit one transaction until the ledger has decided, or until it never will."""
        pause_s, rejections = self._pause_s, 0
        for _ in range(ATTEMPTS_MAX):
            outcome = None
            try:
                if await self._is_decided(item):
                    return
                outcome = await self._network.submit(item.envelope_xdr)
                item.detail = str(outcome)
                if await self._is_decided(item) or await self._is_dead(item, outcome):
                    return
                rejections = 0 if outcome.status is SubmitStatus.UNKNOWN else rejections + 1
                if rejections >= REJECTIONS_MAX:
                    return
            except NetworkUnavailable as error:
                item.detail = error.message
            await asyncio.sleep(max(pause_s, (outcome.retry_after_s if outcome else None) or 0))
            pause_s = min(PAUSE_MAX_S, pause_s * 2)

    async def _is_decided(self, item: SignedTransaction) -> bool:
        record = await self._network.transaction(item.hash)
        if record is None:
            return False
        if record.successful:
            item.result, item.detail = Result.PAID, ""
        else:
            item.result = Result.FAILED
            item.detail = "the ledger included it and an operation failed: plan again for its owners"
        return True

    async def _is_dead(self, item: SignedTransaction, outcome: SubmitOutcome) -> bool:
        """Whether no ledger can include it any more; asked only when the network did not take it."""
        if outcome.status is SubmitStatus.UNKNOWN:
            return False
        info = await self._network.network()
        if item.max_time_s and info.latest_closed_at_s > item.max_time_s:
            item.detail = "its time bound has passed: make a new plan"
            return True
        account = await self._network.account(item.channel)
        if account is not None and account.sequence >= item.sequence and not await self._is_decided(item):
            item.detail = f"its sequence number {item.sequence} was used by another transaction: make a new plan"
            return True
        return item.result is not Result.OPEN
