"""The loop that does what a :class:`TaskSubmitter` has due."""

import asyncio
from collections.abc import Callable
from typing import Final

from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.errors import StellarLinkError
from constellation.stellarlink.network import FeeStats, StellarNetwork
from constellation.stellarlink.submission_rules import Sighting
from constellation.stellarlink.task_submitter import DueStep, TaskSubmitter
from constellation.stellarlink.tracked_task import Step

TICK_S: Final = 1.0
"""How often retries are looked for; a signature wakes the loop at once."""


class SubmissionLoop:
    """Submits the vault's transactions until it is cancelled.

    A submission waits up to half a minute for the ledger, so they run side by side; the channels bound how many.

    Args:
        network: where to submit.
        submitter: what to submit.
        clock: seconds since 1970.
    """

    def __init__(self, network: StellarNetwork, submitter: TaskSubmitter, clock: Callable[[], float]) -> None:
        self._network = network
        self._submitter = submitter
        self._clock = clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look now: a signature has arrived."""
        self._wake.set()

    async def run(self) -> None:
        """Submit until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                for due in self._submitter.due(self._clock()):
                    tasks.create_task(self.do(due))
                await self._pause()

    async def do(self, due: DueStep) -> None:
        """Ask the network, and tell the submitter what came of it."""
        match due.step:
            case Step.SUBMIT:
                outcome = await self._network.submit(due.envelope_xdr)
                self._submitter.submitted(due.transaction, outcome, self._clock())
            case Step.LOOK_UP:
                sighting = await self._look_up(due)
                self._submitter.looked(due.transaction, sighting, self._clock())
            case Step.BID:
                stats = await self._ask_fees()
                self._submitter.fees_asked(due.transaction, stats, self._clock())
        self.wake()  # what follows may be due at once

    async def _look_up(self, due: DueStep) -> Sighting | None:
        """The channel first: whoever used its number before is then in the history that is looked into."""
        try:
            sequence = None
            if due.channel is not None:
                account = await self._network.account(encode_public_key(due.channel))
                sequence = None if account is None else account.sequence
            record = await self._network.transaction(due.transaction.hex())
        except StellarLinkError:
            return None
        return Sighting(record is not None, sequence)

    async def _ask_fees(self) -> FeeStats | None:
        try:
            return await self._network.fee_stats()
        except StellarLinkError:
            return None

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(TICK_S):
                await self._wake.wait()
        except TimeoutError:
            return
