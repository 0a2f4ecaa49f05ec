"""Looks at the nodes while they work: memory, files, and whether equal apexes have equal state roots."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from aiohttp import ClientError

from constellation.node.sandbox import Sandbox
from constellation.testing.soak.findings import Violation
from constellation.testing.soak.resources import Memory, directory_bytes

_ROOTS_MAX: Final = 1000
_STATUS_TIMEOUT_S: Final = 5.0


class Watch:
    """Samples a sandbox.

    Args:
        sandbox: that runs.
        workers: process ids of the load's workers.
        warm_up_s: of a process's life, in which its memory is not counted.

    Attributes:
        roots_compared: state roots that were equal on two nodes.
        apex: the highest that was seen.
    """

    def __init__(self, sandbox: Sandbox, workers: Callable[[], Iterable[int]], warm_up_s: float) -> None:
        self._sandbox = sandbox
        self._workers = workers
        self._memory = {name: Memory(warm_up_s) for name in [*sandbox.nodes, "ledger"]}
        self._warm_up_s = warm_up_s
        self._sizes = {node: self._size(node) for node in sandbox.nodes}
        self._roots: dict[int, tuple[str, str]] = {}
        self.roots_compared = 0
        self.apex = self._first_apex = 0

    def _size(self, node: str) -> int:
        return directory_bytes(self._sandbox.data_directory(node))

    async def begin(self) -> None:
        """Remember where the nodes are now: growth counts from here."""
        status = await self._sandbox.status("alpha")
        assert isinstance(status["apex"], int)
        self.apex = self._first_apex = status["apex"]
        self._sizes = {node: self._size(node) for node in self._sandbox.nodes}

    async def look(self) -> None:
        """Take a sample.

        Raises:
            Violation: two nodes have different states after the same quantum.
        """
        now_s = time.monotonic()
        for name, child in self._sandbox.processes.items():
            if child.is_running:
                self._memory[name].sample(now_s, child.process_id)
        for place, process_id in enumerate(self._workers()):
            self._memory.setdefault(f"load-{place + 1}", Memory(self._warm_up_s)).sample(now_s, process_id)
        await asyncio.gather(*(self._compare_root(node) for node in self._sandbox.nodes))

    async def _compare_root(self, node: str) -> None:
        try:
            async with asyncio.timeout(_STATUS_TIMEOUT_S):
                status = await self._sandbox.status(node)
        except (ClientError, TimeoutError):
            return  # it is down or frozen
        apex, root = status["apex"], status["state_root"]
        assert isinstance(apex, int)
        assert isinstance(root, str)
        self.apex = max(self.apex, apex)
        other, expected = self._roots.setdefault(apex, (node, root))
        if root != expected:
            raise Violation("state roots", f"after quantum {apex} {node} has {root}, and {other} has {expected}")
        self.roots_compared += other != node
        if len(self._roots) > _ROOTS_MAX:
            del self._roots[next(iter(self._roots))]

    def memory_json(self) -> dict[str, Any]:
        """Memory of each process."""
        return {name: memory.to_json() for name, memory in self._memory.items()}

    def files_json(self) -> dict[str, Any]:
        """Growth of each node's data directory since the beginning, also for each quantum."""
        quanta = self.apex - self._first_apex
        return {node: self._growth(node, quanta) for node in self._sandbox.nodes}

    def _growth(self, node: str, quanta: int) -> dict[str, Any]:
        start, now = self._sizes[node], self._size(node)
        per_quantum = round((now - start) / quanta, 1) if quanta else None
        return {"start_bytes": start, "end_bytes": now, "bytes_per_quantum": per_quantum}
