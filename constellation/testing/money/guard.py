"""An auditor's look at the vault before it signs, in one moment."""

from collections.abc import Sequence

from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State
from constellation.stellarlink import NetworkUnavailable
from constellation.stellarlink.task_check import ledger_problems
from constellation.testing.money.server import Server
from constellation.vault import PreparedTask


class MomentaryGuard:
    """What :class:`~constellation.stellarlink.TaskGuard` says when it always looks anew.

    Args:
        server: the auditor's own.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    def forget(self) -> None:
        """Nothing is remembered."""

    async def problems(self, state: State, tasks: Sequence[PreparedTask]) -> dict[bytes, str]:
        """What stands in the way of tasks, by the hash of the transaction; nothing while nobody answers."""
        try:
            found = {task.transaction: await self._problems(state, task) for task in tasks}
        except NetworkUnavailable:
            return {}
        return {key: "; ".join(problems) for key, problems in found.items() if problems}

    async def _problems(self, state: State, task: PreparedTask) -> list[str]:
        vault = await self._server.account(encode_public_key(state.settings.vault))
        channel = await self._server.account(encode_public_key(task.channel))
        return ledger_problems(state, task, vault, channel, (await self._server.network()).base_reserve)
