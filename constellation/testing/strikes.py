"""What happens to the nodes of a sandbox: they are killed, asked to end, frozen, and healed again."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from constellation.node.sandbox import Sandbox

_BACK_S: Final = 30.0
_KILLED, _ASKED = -signal.SIGKILL, 0


class NodeEnded(AssertionError):
    """A node has ended otherwise than it was made to."""


def freeze(sandbox: Sandbox, node: str) -> None:
    """Let a node do nothing until it is thawed."""
    os.kill(sandbox.processes[node].process_id, signal.SIGSTOP)


def thaw(sandbox: Sandbox, node: str) -> None:
    """Let a frozen node go on."""
    if sandbox.processes[node].is_running:
        os.kill(sandbox.processes[node].process_id, signal.SIGCONT)


async def kill(sandbox: Sandbox, *nodes: str) -> None:
    """Kill them; until then they must have lived.

    Raises:
        NodeEnded: one had ended before.
    """
    check_alive(sandbox, *nodes)
    for node in nodes:
        sandbox.processes[node].kill()
    for node in nodes:
        _check_code(node, await sandbox.processes[node].wait(), _KILLED)


async def end(sandbox: Sandbox, *nodes: str) -> None:
    """Ask them to end, which they must do in good order.

    Raises:
        NodeEnded: one had ended before, or did not end well.
    """
    check_alive(sandbox, *nodes)
    codes = await asyncio.gather(*(sandbox.processes[node].stop() for node in nodes))
    for node, code in zip(nodes, codes, strict=True):
        _check_code(node, code, _ASKED)


def check_alive(sandbox: Sandbox, *nodes: str) -> None:
    """The nodes are running.

    Raises:
        NodeEnded: one is not.
    """
    for node in nodes:
        code = sandbox.processes[node].exit_code
        if code is not None:
            raise NodeEnded(f"{node} has ended by itself, with exit code {code}")


def _check_code(node: str, code: int | None, *expected: int) -> None:
    if code not in expected:
        raise NodeEnded(f"{node} has ended with exit code {code}")


async def heal(sandbox: Sandbox, random: Random, *, asked: bool = False) -> dict[str, float]:
    """Start, in any order, what is down, and wait until every node does its work.

    Args:
        sandbox: whose nodes they are.
        random: decides the order.
        asked: who is down may have been asked to end; otherwise, it must have been killed.

    Returns:
        For each node that was down, the seconds from its start until it was ready.

    Raises:
        NodeEnded: a node has ended by itself.
        TimeoutError: a node does not come back.
    """
    down = [node for node in sandbox.nodes if sandbox.processes[node].exit_code is not None]
    begun_s: dict[str, float] = {}
    for node in random.sample(down, len(down)):
        _check_code(node, sandbox.processes[node].exit_code, _KILLED, _ASKED if asked else _KILLED)
        begun_s[node] = time.monotonic()
        await sandbox.start_node(node)
        await asyncio.sleep(random.uniform(0, 0.2))
    took_s: dict[str, float] = {}

    async def ready(node: str) -> None:
        await sandbox.ready(node)
        if node in begun_s:
            took_s[node] = time.monotonic() - begun_s[node]

    async with asyncio.timeout(_BACK_S):
        await asyncio.gather(*(ready(node) for node in sandbox.nodes))
    return took_s


@dataclass(frozen=True)
class Strike:
    """What happens to the nodes at one time.

    Attributes:
        alpha: is ended.
        auditors: so many are ended with it.
        asked: they are asked to end (SIGTERM), instead of killed.
        frozen: ``alpha`` or ``auditor`` is stopped for a while by then.
        again: alpha is killed once more while it rises.
        frozen_s: the shortest and the longest time of being frozen.
    """

    alpha: bool = False
    auditors: int = 0
    asked: bool = False
    frozen: Literal["alpha", "auditor"] | None = None
    again: bool = False
    frozen_s: tuple[float, float] = (0.5, 2.0)

    async def apply(self, sandbox: Sandbox, random: Random) -> dict[str, float]:
        """Strike and heal; for each node that was ended, the seconds from its start until it was ready.

        Raises:
            NodeEnded: a node has ended by itself, or not as it should.
            TimeoutError: a node does not come back.
        """
        auditors = random.sample(sandbox.auditors, len(sandbox.auditors))
        frozen = {None: None, "alpha": "alpha", "auditor": auditors[-1]}[self.frozen]
        ended = [*(["alpha"] if self.alpha else []), *[node for node in auditors if node != frozen][: self.auditors]]
        if frozen is not None:
            freeze(sandbox, frozen)
        try:
            if ended:
                await (end if self.asked else kill)(sandbox, *ended)
            await asyncio.sleep(random.uniform(0, 0.6) if frozen is None else random.uniform(*self.frozen_s))
            if self.again:
                await sandbox.start_node("alpha")
                await asyncio.sleep(random.uniform(0.3, 1.5))
                await kill(sandbox, "alpha")
        finally:
            if frozen is not None:
                thaw(sandbox, frozen)
        return await heal(sandbox, random, asked=self.asked)

    def __str__(self) -> str:
        parts = [
            *(["alpha twice" if self.again else "alpha"] if self.alpha else []),
            *([f"{self.auditors} auditors" if self.auditors > 1 else "an auditor"] if self.auditors else []),
        ]
        text = f"{'end' if self.asked else 'kill'} {' and '.join(parts)}" if parts else ""
        if self.frozen is not None:
            text += f"{', ' if text else ''}freeze {'alpha' if self.frozen == 'alpha' else 'an auditor'}"
        return text or "peace"
