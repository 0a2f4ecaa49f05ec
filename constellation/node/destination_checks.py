"""Alpha's questions to the ledger about withdrawals (the gateway's LedgerCheck)."""

import asyncio
from collections.abc import Callable

from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import AssetIdentity, Withdrawal
from constellation.stellarlink import DestinationChecker

Told = Callable[[Rejection | None], None]


class DestinationChecks:
    """Runs each question as a task of its own.

    Args:
        checker: asks the ledger.
        identity: how the ledger names an asset.
        failure: of alpha: what fails beside the question, such as the execution that follows, ends it.
    """

    def __init__(
        self, checker: DestinationChecker, identity: Callable[[int], AssetIdentity], failure: NodeFailure
    ) -> None:
        self._checker = checker
        self._identity = identity
        self._failure = failure
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, withdrawal: Withdrawal, told: Told) -> None:
        """Ask whether ``withdrawal`` can arrive; ``told`` hears why not, or None."""
        task = asyncio.create_task(self._run(withdrawal, told))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._failure.watch)

    async def _run(self, withdrawal: Withdrawal, told: Told) -> None:
        refusal = None
        try:
            await self._checker.check(withdrawal.destination, self._identity(withdrawal.asset), withdrawal.amount)
        except Rejection as error:
            refusal = error
        told(refusal)

    async def close(self) -> None:
        """Ask no more; who waits is not told."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._checker.close()
