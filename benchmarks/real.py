"""A constellation of real processes under load: what each process used, and how its memory went."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stellar_sdk import Asset

from benchmarks.accounting import cpu_s, family, tree_cpu_s
from benchmarks.figures import median
from benchmarks.measuring import check_cost_us, tell
from constellation.load import Crew, Job, Mix, Tally
from constellation.node.keys import new_key_pair
from constellation.node.sandbox import Sandbox
from constellation.protocol.messages import RequestLimits
from constellation.protocol.signing import KeyPair
from constellation.testing.soak.resources import Trend, resident_bytes

_SEED = 1
_SAMPLE_S = 1.0
_CHECKS = 50
_PLENTY = 1_000_000
_XLM, _USD = "2000", "1000"
_LAST_ANSWERS_S = 60.0

NO_LIMITS = {"frames_per_second_per_address": _PLENTY}
"""All clients have one address: alpha's bound for it is out of the way."""

_LIMITS = RequestLimits(300_000_000, 200, 100, 10, requests_per_second=_PLENTY, burst=_PLENTY)
"""There are few accounts: so are those for each."""


class LoadBroken(Exception):
    """A client was refused or lied to, so the figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a constellation is built and worked.

    Attributes:
        accounts: each with a connection.
        in_flight: operations of an account at a time.
        processes: of clients.
        verify_share: of the accounts whose clients verify everything.
        alpha_options: more of alpha's section of the configuration.
        job_options: more of :class:`constellation.load.Job`.
    """

    accounts: int = 100
    in_flight: int = 8
    processes: int = 2
    verify_share: float = 0.04
    alpha_options: Mapping[str, int] = field(default_factory=dict)
    job_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds up to one moment, and what the clients had counted then.

    Attributes:
        tally: of the clients.
        sequencer_s: of alpha's main process.
        alpha_s: of it and its children.
        auditors_s: of each auditor with its children.
        clients_s: of all.
        ledger_s: of the sandbox ledger.
    """

    tally: Tally
    sequencer_s: float
    alpha_s: float
    auditors_s: tuple[float, ...]
    clients_s: float
    ledger_s: float


@dataclass(slots=True)
class Saturation:
    """What was seen while alpha was asked for as much as it gives.

    Attributes:
        begin: when the warm-up was over.
        end: of the measured time.
        memory: of each node with its children, over that time.
        check_us: CPU time of a signature check in this process, beside the load.
    """

    begin: Usage
    end: Usage
    memory: dict[str, Trend]
    check_us: float


class Constellation:
    """A sandbox of processes, and the accounts that work it.

    Args:
        sandbox: started.
        shape: how it is worked.
        accounts: with money.
    """

    def __init__(self, sandbox: Sandbox, shape: Shape, accounts: list[KeyPair]) -> None:
        self._sandbox = sandbox
        self._shape = shape
        self._accounts = accounts

    def _job(self, **options: Any) -> Job:
        shape = self._shape
        return Job(
            url=self._sandbox.client_url,
            settings=self._sandbox.settings,
            accounts=self._accounts,
            market="XLM/USD",
            price=Decimal("0.25"),
            seed=_SEED,
            mix=Mix(crossing=0.5, cancels=0.3, payments=0.0),
            in_flight=shape.in_flight,
            timeout_s=10.0,
            verify_share=shape.verify_share,
            **shape.job_options,
            **options,
        )

    async def saturate(self, warm_up_s: float, duration_s: float) -> Saturation:
        """Ask for the next operation whenever one is answered.

        Raises:
            LoadBroken: see there.
        """
        async with Crew(self._job(), self._shape.processes) as crew:
            crew.start()
            await self._wait(crew, warm_up_s)
            begin, memory, checks_us = self._usage(crew), self._memory(), []
            end_s = time.monotonic() + duration_s
            while (left_s := end_s - time.monotonic()) > 0:
                await self._wait(crew, min(_SAMPLE_S, left_s))
                checks_us.append(check_cost_us(rounds=1, checks=_CHECKS))
                self._look(memory)
            end = self._usage(crew)
            await self._finish(crew)
        return Saturation(begin, end, memory, median(checks_us))

    async def at_rate(self, rate: float, duration_s: float) -> tuple[Tally, int]:
        """Send operations at their times; what came of them, and how many were never begun.

        Raises:
            LoadBroken: see there.
        """
        async with Crew(self._job(rate=rate, duration_s=duration_s), self._shape.processes) as crew:
            crew.start()
            await self._wait(crew, duration_s)
            await self._finish(crew)
            return crew.tally, crew.late

    async def _wait(self, crew: Crew, seconds: float) -> None:
        """Wait, and notice who ends before the time."""
        await crew.wait(seconds)
        for child in self._sandbox.processes.values():
            child.check()

    async def _finish(self, crew: Crew) -> None:
        crew.stop()
        ended, tally = await crew.wait(_LAST_ANSWERS_S), crew.tally
        if not ended or not tally.is_sound or tally.unknown or tally.not_final:
            raise LoadBroken(
                f"ended {ended}, lost {tally.lost}, unknown {tally.unknown}, not final {tally.not_final}, "
                f"errors {dict(tally.errors)}"
            )

    def _usage(self, crew: Crew) -> Usage:
        processes, auditors = self._sandbox.processes, self._sandbox.auditors
        alpha = processes["alpha"].process_id
        return Usage(
            crew.tally,
            cpu_s(alpha),
            tree_cpu_s(alpha),
            tuple(tree_cpu_s(processes[name].process_id) for name in auditors),
            sum(map(tree_cpu_s, crew.process_ids)),
            tree_cpu_s(processes["ledger"].process_id),
        )

    def _memory(self) -> dict[str, Trend]:
        return {node: Trend() for node in self._sandbox.nodes}

    def _look(self, memory: dict[str, Trend]) -> None:
        for node, trend in memory.items():
            members = family(self._sandbox.processes[node].process_id)
            trend.add(time.monotonic(), sum(resident_bytes(member.process_id) or 0 for member in members))


@asynccontextmanager
async def constellation(shape: Shape, progress: Callable[[str], None] = tell) -> AsyncIterator[Constellation]:
    """A sandbox ledger, alpha and three auditors, each a process, for the time of the block."""
    with TemporaryDirectory(prefix="constellation-bench-") as directory:
        sandbox = Sandbox(Path(directory) / "sand", alpha_options={**NO_LIMITS, **shape.alpha_options}, limits=_LIMITS)
        try:
            progress("starting a ledger, alpha and three auditors")
            await sandbox.start(lambda _: None)
            progress(f"opening {shape.accounts} accounts, which deposit into the vault")
            accounts = [new_key_pair() for _ in range(shape.accounts)]
            await sandbox.new_accounts(accounts, _USD)
            amounts = [(Asset.native(), _XLM), (sandbox.dollar, _USD)]
            await sandbox.wallet.deposit(accounts, sandbox.vault_address, amounts)
            yield Constellation(sandbox, shape, accounts)
        finally:
            await sandbox.stop()
