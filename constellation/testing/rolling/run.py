"""One rolling restart: every node of a sandbox is asked to end and started again, one after the other, under load."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from stellar_sdk import Asset

from constellation.node.exit_codes import ExitCode
from constellation.node.sandbox import Sandbox
from constellation.node.waiting import wait_until_whole
from constellation.protocol.signing import KeyPair
from constellation.testing.rolling.traffic import Traffic, longest_pause_s
from constellation.testing.soak.comparison import Comparison
from constellation.testing.soak.findings import Findings, Violation, check_ends

_DOLLARS: Final = "2000"
_DEPOSITS: Final = ("2000", "1000")
_READY_S: Final = 60.0
_STANDS_BY: Final = "waiting until the process that has the data directory ends"
_END_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class RollingOptions:
    """What to do.

    Attributes:
        seed: of what the clients do.
        accounts: each with a client.
        interval_s: between two operations of a client.
        peace_s: without any restart, at the beginning.
        rounds: how often all nodes are restarted.
        gateway_workers: of alpha.
        take_over: alpha's successor starts before it is asked to end.
    """

    seed: int = 1
    accounts: int = 8
    interval_s: float = 0.05
    peace_s: float = 3.0
    rounds: int = 1
    gateway_workers: int = 0
    take_over: bool = False


@dataclass(slots=True)
class _Phase:
    """A time in which one node was restarted, or none.

    Attributes:
        name: of the node.
        begin_s: on the monotonic clock.
        asked_s: when the node was asked to end.
        ended_s: when it had ended.
        end_s: when it did its work again.
        told: what the clients were told beside acknowledgements.
        reconnects: of clients.
    """

    name: str
    begin_s: float
    asked_s: float = 0.0
    ended_s: float = 0.0
    end_s: float = 0.0
    told: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0


class Rolling:
    """A run.

    Args:
        options: what to do.
        directory: a new one, for the sandbox and the journal.
        progress: is told what happens.
        make_sandbox: makes the sandbox in a directory.
    """

    def __init__(
        self,
        options: RollingOptions,
        directory: Path,
        progress: Callable[[str], None],
        make_sandbox: Callable[..., Sandbox] = Sandbox,
    ) -> None:
        self._options = options
        self._directory = directory
        self._progress = progress
        alpha = {"gateway_workers": options.gateway_workers} if options.gateway_workers else {}
        self._sandbox = make_sandbox(
            directory / "sandbox", on_line=self._take_line, close_interval_s=0.5, alpha_options=alpha
        )
        self._stands_by = asyncio.Event()
        self._phases: list[_Phase] = []
        self._findings = Findings(progress)

    async def run(self) -> dict[str, Any]:
        """Do it; the result as JSON types, whose ``held`` says whether nothing was lost.

        Raises:
            ChildFailed: the sandbox could not be started.
        """
        sandbox, options = self._sandbox, self._options
        checked: Counter[str] = Counter()
        try:
            await sandbox.start(self._progress)
            accounts = await self._open_accounts()
            journal = self._directory / "journal"
            comparison = Comparison(sandbox, accounts, journal)
            traffic = Traffic(sandbox, accounts, journal, options.seed, options.interval_s)
            with self._findings.judge("run"):
                try:
                    await traffic.begin()
                    await self._roll(traffic)
                    async with asyncio.timeout(_END_S):
                        await traffic.end()
                finally:
                    await traffic.close()
                self._progress("comparing everything at rest")
                if not traffic.tally.is_sound:
                    raise Violation("clients", f"some gave up, or had no proof: {dict(traffic.tally.errors)}")
                await comparison.finish(sandbox)
                checked = comparison.checked
        finally:
            codes = await sandbox.stop()
        if not self._findings.violations:  # otherwise the run was cut off
            with self._findings.judge("processes"):
                check_ends(sandbox, codes)
        return self._document(traffic, checked)

    async def _open_accounts(self) -> list[KeyPair]:
        random, sandbox = Random(self._options.seed), self._sandbox
        keys = [KeyPair(random.randbytes(32)) for _ in range(self._options.accounts)]
        self._progress(f"opening {len(keys)} accounts, which deposit into the vault")
        await sandbox.new_accounts(keys, _DOLLARS)
        amounts = list(zip((Asset.native(), sandbox.dollar), _DEPOSITS, strict=True))
        await sandbox.wallet.deposit(keys, sandbox.vault_address, amounts)
        return keys

    async def _roll(self, traffic: Traffic) -> None:
        await self._answered(traffic, time.monotonic())
        with self._phase("none", traffic):
            await asyncio.sleep(self._options.peace_s)
        for _ in range(self._options.rounds):
            for node in [*self._sandbox.auditors, "alpha"]:
                with self._phase(node, traffic) as phase:
                    await self._restart(node, phase)
                    await self._answered(traffic, phase.end_s)
                traffic.check()
                took_s = phase.end_s - phase.asked_s
                self._progress(
                    f"{node}: ended {phase.ended_s - phase.asked_s:.2f} s, at work {took_s:.2f} s after it was asked"
                )

    @contextmanager
    def _phase(self, name: str, traffic: Traffic) -> Iterator[_Phase]:
        told, reconnects = traffic.told, traffic.reconnects
        phase = _Phase(name, time.monotonic())
        yield phase
        phase.end_s = phase.end_s or time.monotonic()
        phase.told, phase.reconnects = traffic.told - told, traffic.reconnects - reconnects
        self._phases.append(phase)

    async def _restart(self, node: str, phase: _Phase) -> None:
        """As an operator does it: ask it to end, start it, wait until all is well."""
        sandbox, predecessor = self._sandbox, self._sandbox.processes[node]
        takes_over = self._options.take_over and node == "alpha"
        if takes_over:
            self._stands_by.clear()
            await sandbox.start_node(node, "--take-over-s", f"{_READY_S}")
            async with asyncio.timeout(_READY_S):
                await self._stands_by.wait()
        phase.asked_s = time.monotonic()
        code = await predecessor.stop()
        phase.ended_s = time.monotonic()
        if code != ExitCode.OK:
            raise Violation("processes", f"{node} was asked to end, and has ended with exit code {code}")
        if not takes_over:
            await sandbox.start_node(node)
        if lacking := await wait_until_whole([sandbox.status_url(name) for name in sandbox.nodes], _READY_S):
            raise Violation("processes", f"after {node} was started again: {'; '.join(lacking)}")
        phase.end_s = time.monotonic()

    def _take_line(self, node: str, line: str) -> None:
        if node == "alpha" and _STANDS_BY in line:
            self._stands_by.set()

    async def _answered(self, traffic: Traffic, since_s: float) -> None:
        """Wait until each client has had an answer again."""
        async with asyncio.timeout(_READY_S):
            while any(not moments_s or moments_s[-1] < since_s for moments_s in traffic.moments_s):
                traffic.check()
                await asyncio.sleep(0.05)

    def _document(self, traffic: Traffic, checked: Counter[str]) -> dict[str, Any]:
        options = self._options
        return {
            "held": not self._findings.violations,
            "violations": self._findings.violations,
            "seed": options.seed,
            "accounts": options.accounts,
            "interval_s": options.interval_s,
            "gateway_workers": options.gateway_workers,
            "take_over": options.take_over,
            "sent": traffic.tally.sent.total(),
            "acknowledged": sum(map(len, traffic.moments_s)),
            "final": traffic.tally.final,
            "restarts": [_restart_json(phase, traffic.moments_s) for phase in self._phases],
            "checked": dict(checked),
        }


def _restart_json(phase: _Phase, moments_s: list[list[float]]) -> dict[str, Any]:
    """A restart, and what the clients saw of it; the pauses in order, one for each client."""
    found = [longest_pause_s(moments, phase.begin_s, phase.end_s) for moments in moments_s]
    return {
        "node": phase.name,
        "ended_s": round(phase.ended_s - phase.asked_s, 3),
        "whole_s": round(phase.end_s - phase.asked_s, 3) if phase.asked_s else None,
        "pauses_s": sorted(round(pause_s, 3) for pause_s in found if pause_s is not None),
        "told": dict(phase.told),
        "reconnects": phase.reconnects,
    }
