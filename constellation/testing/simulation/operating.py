"""Alpha's operator, who in some runs changes how much clients may do, whatever else happens."""

import asyncio
from contextlib import suppress
from typing import Final

from constellation.node.alpha import AlphaNode
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Mode, ModeCommit
from constellation.testing.simulation.hosts import ProcessState
from constellation.testing.simulation.simulation import Simulation

_ACTIVE: Final = 0.25
_PAUSE_S: Final = 8.0
_RETRY_S: Final = 1.0


class AlphaOperator:
    """Gives the commands that ``constellation mode`` gives.

    Args:
        simulation: whose alpha it operates.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._random = simulation.random("operator")
        self._is_active = self._random.random() < _ACTIVE

    async def work(self, duration_s: float) -> None:
        """Choose a mode now and then."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + duration_s if self._is_active else loop.time()
        while loop.time() < end_s:
            await asyncio.sleep(self._random.expovariate(1 / _PAUSE_S))
            self._order(self._random.choice((Mode.ONLINE, *Mode)), self._random.choice(("", "upgrade")))

    async def reopen(self) -> None:
        """Let clients do everything again, as soon as alpha takes it."""
        while self._is_active and self._mode is not Mode.ONLINE:
            self._order(Mode.ONLINE, "")
            await asyncio.sleep(_RETRY_S)

    @property
    def _alpha(self) -> AlphaNode | None:
        alpha = self._simulation.alpha
        process, node = alpha.host.process, alpha.current
        is_running = process is not None and process.state is ProcessState.RUNNING and not process.has_ended
        return node if is_running and isinstance(node, AlphaNode) else None

    @property
    def _mode(self) -> Mode | None:
        """In force at a ready alpha; None: there is none."""
        node = self._alpha
        return node._mode().mode if node is not None and node.health()["ready"] else None

    def _order(self, mode: Mode, reason: str) -> None:
        node, process = self._alpha, self._simulation.alpha.host.process
        if node is None or process is None or not node.health()["ready"]:
            return

        async def order() -> None:
            with suppress(Rejection):
                await node._change_mode(ModeCommit(mode, reason))
                self._simulation.oracles.count(f"mode {mode.name.lower()}")

        asyncio.get_running_loop().create_task(order(), context=process.context)
