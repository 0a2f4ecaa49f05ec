"""One soak: a sandbox constellation under mixed load, strikes at seeded times, and oracles meanwhile and at the end."""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

from stellar_sdk import Asset

from constellation.load import Crew, Job, LoadReport, Mix
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.testing.history import SharedHistory
from constellation.testing.soak.archive import verified_archive
from constellation.testing.soak.comparison import Comparison
from constellation.testing.soak.findings import Findings, Violation, check_ends
from constellation.testing.soak.watch import Watch
from constellation.testing.strikes import Strike, check_alive, thaw

_SAMPLE_S: Final = 2.0
_COMPARE_S: Final = 5.0
_WITHDRAWALS_PER_S: Final = 0.4  # a channel carries one at a time, for two or three ledgers
_DOLLARS: Final = "2000"
_BEGIN_XLM, _BEGIN_USD = "2000", "1000"
_DRAIN_S: Final = 120.0

STRIKES: Final = (
    Strike(alpha=True),
    Strike(alpha=True, asked=True),
    Strike(auditors=1),
    Strike(auditors=1, asked=True),
    Strike(alpha=True, auditors=1),
    Strike(alpha=True, again=True),
    Strike(frozen="alpha"),
    Strike(frozen="auditor"),
    Strike(frozen="auditor", frozen_s=(10.0, 35.0)),
    Strike(auditors=2),
    Strike(alpha=True, auditors=3),
    Strike(alpha=True, auditors=3, asked=True),
    Strike(alpha=True, frozen="auditor"),
    Strike(alpha=True, auditors=1, again=True),
)
"""No quorum is missing for longer than two seconds and the time that a node needs to come back."""

_LONG_S: Final = 120.0
_SHORT_STRIKES: Final = tuple(strike for strike in STRIKES if strike.frozen_s[1] < 10)


@dataclass(frozen=True, slots=True)
class SoakOptions:
    """What to do.

    Attributes:
        duration_s: of the load.
        seed: of the load and of the strikes.
        rate: operations per second; None for saturation.
        accounts: that trade.
        strike_interval_s: mean time between the end of one strike and the next.
        deposit_interval_s: from the end of one deposit to the next.
        warm_up_s: of a process's life, in which its memory is not counted.
    """

    duration_s: float
    seed: int
    rate: float | None = 200.0
    accounts: int = 24
    strike_interval_s: float = 10.0
    deposit_interval_s: float = 2.0
    warm_up_s: float = 20.0


class Soak:
    """A run.

    Args:
        options: what to do.
        directory: a new one, for the sandbox and the journals.
        progress: is told what happens.
    """

    def __init__(self, options: SoakOptions, directory: Path, progress: Callable[[str], None]) -> None:
        self._options = options
        self._directory = directory
        self._progress = progress
        self._random = Random(options.seed)
        self._sandbox = Sandbox(directory / "sandbox")
        self._strikes: Counter[str] = Counter()
        self._recoveries_s: defaultdict[str, list[float]] = defaultdict(list)
        self._findings = Findings(progress)
        self._checked: Counter[str] = Counter()
        self._result: dict[str, Any] = {}

    async def run(self) -> dict[str, Any]:
        """Do it; the result as JSON types, whose ``held`` says whether all oracles did.

        Raises:
            ChildFailed: the sandbox could not be started.
            WorkerFailed: the load could not begin.
        """
        sandbox = self._sandbox
        begun_s = time.monotonic()
        try:
            await sandbox.start(self._progress)
            accounts = await self._open_accounts()
            job = self._job(accounts)
            assert job.journal_path is not None
            comparison = Comparison(sandbox, accounts, job.journal_path)
            with self._findings.judge("run"):
                await self._work(job, comparison)
        finally:
            for node in sandbox.nodes:
                if node in sandbox.processes:
                    thaw(sandbox, node)
            codes = await sandbox.stop()
        if not self._findings.violations:  # otherwise the run was cut off
            with self._findings.judge("processes"):
                self._checked["processes"] = check_ends(sandbox, codes)
            with self._findings.judge("archive"):
                self._check_archive(comparison.history)
        return self._document(time.monotonic() - begun_s)

    async def _open_accounts(self) -> list[KeyPair]:
        keys = [KeyPair(self._random.randbytes(32)) for _ in range(self._options.accounts)]
        self._progress(f"opening {len(keys)} accounts, which deposit into the vault")
        sandbox = self._sandbox
        await sandbox.new_accounts(keys, _DOLLARS)
        amounts = [(Asset.native(), _BEGIN_XLM), (sandbox.dollar, _BEGIN_USD)]
        await sandbox.wallet.deposit(keys, sandbox.vault_address, amounts)
        return keys

    def _job(self, accounts: list[KeyPair]) -> Job:
        rate = self._options.rate
        (self._directory / "journals").mkdir()
        return Job(
            url=self._sandbox.client_url,
            settings=self._sandbox.settings,
            accounts=accounts,
            market="XLM/USD",
            price=Decimal("0.25"),
            seed=self._options.seed,
            mix=Mix(withdrawals=min(0.05, _WITHDRAWALS_PER_S / (rate or 500))),
            rate=rate,
            journal=self._directory / "journals",
        )

    async def _work(self, job: Job, comparison: Comparison) -> None:
        """Load and strikes, and what can be compared meanwhile; then what can be compared at rest."""
        async with Crew(job, 1) as crew:
            watch = Watch(self._sandbox, lambda: crew.process_ids, self._options.warm_up_s)
            await watch.begin()
            crew.start()
            self._progress(f"load and strikes for {self._options.duration_s:.0f} s")
            try:
                await self._disturb(job.accounts, crew, watch, comparison)
                if not crew.tally.is_sound:
                    raise Violation("clients", f"some gave up, or had no proof: {dict(crew.tally.errors)}")
            finally:
                self._result = {
                    "load": LoadReport(job, crew.tally, 1, crew.late).to_json(),
                    "memory": watch.memory_json(),
                    "files": watch.files_json(),
                }
                self._checked["state roots"] = watch.roots_compared
        await self._finish(comparison)

    async def _disturb(self, accounts: Sequence[KeyPair], crew: Crew, watch: Watch, comparison: Comparison) -> None:
        random = Random(f"{self._options.seed}/deposits")

        async def deposit() -> None:
            asset = random.choice((Asset.native(), self._sandbox.dollar))
            await self._sandbox.deposit(random.choice(accounts), asset, f"0.{random.randint(1000000, 9999999)}")

        async def lives() -> None:
            await crew.wait(0)

        async with asyncio.TaskGroup() as tasks:
            drained = asyncio.Event()
            for look, interval_s in ((lives, _SAMPLE_S), (watch.look, _SAMPLE_S), (comparison.look, _COMPARE_S)):
                tasks.create_task(_repeat(look, interval_s, drained))
            ended = asyncio.Event()
            depositing = tasks.create_task(_repeat(deposit, self._options.deposit_interval_s, ended))
            await self._strike()
            ended.set()
            crew.stop()
            self._progress("the load ends; waiting for what is on its way")
            async with asyncio.timeout(_DRAIN_S):
                while not await crew.wait(1.0):
                    pass
                await depositing
            drained.set()

    async def _strike(self) -> None:
        """One strike after the other, until the time is over."""
        options, random = self._options, Random(f"{self._options.seed}/strikes")
        strikes = STRIKES if options.duration_s >= _LONG_S else _SHORT_STRIKES
        end_s = time.monotonic() + options.duration_s
        while (left_s := end_s - time.monotonic()) > 0:
            pause_s = random.uniform(0.5, 1.5) * options.strike_interval_s
            await asyncio.sleep(min(pause_s, left_s))
            if pause_s >= left_s:
                return
            strike = random.choice(strikes)
            check_alive(self._sandbox, *self._sandbox.nodes)
            took_s = await strike.apply(self._sandbox, random)
            self._strikes[str(strike)] += 1
            for node, seconds in took_s.items():
                self._recoveries_s["alpha" if node == "alpha" else "auditor"].append(seconds)
            back = ", ".join(f"{node} ready after {seconds:.1f} s" for node, seconds in took_s.items())
            self._progress(f"{strike}{': ' if back else ''}{back}")

    async def _finish(self, comparison: Comparison) -> None:
        """Compare everything at rest."""
        self._progress("comparing everything at rest")
        await comparison.finish(self._sandbox)
        self._checked.update(comparison.checked)
        self._result["withdrawals"] = dict(comparison.money.closed)

    def _check_archive(self, history: SharedHistory) -> None:
        """Alpha's history, exported as an archive and verified by who knows the settings alone, is the same."""
        self._progress("exporting alpha's history and verifying the archive")
        proof = verified_archive(self._sandbox, "alpha", self._directory / "alpha.archive")
        found = (proof["quanta"]["last"], proof["state_root"])
        expected = (history.machine.state.apex, history.machine.state.root().hex())
        if found != expected:
            raise Violation("archive", f"it ends with {found}, and the history with {expected}")
        self._checked["archive"] = 1

    def _document(self, elapsed_s: float) -> dict[str, Any]:
        options = self._options
        return {
            "held": not self._findings.violations,
            "violations": self._findings.violations,
            "seed": options.seed,
            "duration_s": options.duration_s,
            "elapsed_s": round(elapsed_s, 1),
            **self._result,
            "strikes": dict(self._strikes),
            "recoveries_s": {role: _spread(values) for role, values in sorted(self._recoveries_s.items())},
            "checked": dict(self._checked),
        }


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    named = {"lowest": ordered[0], "median": ordered[len(ordered) // 2], "highest": ordered[-1]}
    return {"count": len(ordered), **{name: round(value, 2) for name, value in named.items()}}


async def _repeat(act: Callable[[], Awaitable[None]], interval_s: float, ended: asyncio.Event) -> None:
    """Act until ``ended``; what was begun is finished."""
    while not ended.is_set():
        await act()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), interval_s)
