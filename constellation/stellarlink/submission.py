"""The loop that submits what a :class:`WithdrawalSubmitter` has ready."""

import asyncio
from collections.abc import Callable
from typing import Final

from constellation.stellarlink.network import StellarNetwork
from constellation.stellarlink.submitter import WithdrawalSubmitter

TICK_S: Final = 1.0
"""How often retries are looked for; a signature wakes the loop at once."""


class SubmissionLoop:
    """Submits withdrawals until it is cancelled.

    A submission waits up to half a minute for the ledger, so they run side by side; the channels bound how many.

    Args:
        network: where to submit.
        submitter: what to submit.
        clock: seconds since 1970.
    """

    def __init__(self, network: StellarNetwork, submitter: WithdrawalSubmitter, clock: Callable[[], float]) -> None:
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
                for transaction_hash, envelope_xdr in self._submitter.ready(self._clock()):
                    tasks.create_task(self._submit(transaction_hash, envelope_xdr))
                await self._pause()

    async def _submit(self, transaction_hash: bytes, envelope_xdr: str) -> None:
        outcome = await self._network.submit(envelope_xdr)
        self._submitter.record(transaction_hash, outcome, self._clock())

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(TICK_S):
                await self._wake.wait()
        except TimeoutError:
            return
