"""Honest clients beside attackers, and what is measured of them and of alpha."""

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from constellation.node.keys import read_key_file
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, ClientOptions
from tests.attacks.attackers import Order, words

HONEST = 4
_PAUSE_S = 0.04
_LOOK_S = 0.25
_END_S = 30.0  # of the attackers' process, which everything else goes before
_BURST_S = 1.0  # what may come at once has come by then


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of all is; infinite when there are none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("inf")


@dataclass
class Figures:
    """What honest clients and the operator saw.

    Attributes:
        per_second: requests of honest clients that were answered.
        answer_s: how long each took.
        final_s: how long certificates took, of some.
        status_s: how long the status page took.
        batches: that alpha sealed.
        cpu: of alpha, as a share of one processor.
        waiting: how long alpha wanted a processor that others had, as a share of the time.
        rss_mib: of alpha, at the end.
        ended: how the attackers' connections ended.
    """

    per_second: float = 0.0
    answer_s: list[float] = field(default_factory=list)
    final_s: list[float] = field(default_factory=list)
    status_s: list[float] = field(default_factory=list)
    batches: int = 0
    cpu: float = 0.0
    waiting: float = 0.0
    rss_mib: float = 0.0
    ended: Counter[str] = field(default_factory=Counter)

    def describe(self) -> str:
        def ms(values: list[float]) -> str:
            return f"{percentile(values, 0.5) * 1000:.0f}/{percentile(values, 0.95) * 1000:.0f}"

        return (
            f"{self.per_second:5.1f}/s answer {ms(self.answer_s)} ms final {ms(self.final_s)} ms "
            f"status {ms(self.status_s)} ms batches {self.batches} cpu {self.cpu:.2f} waiting {self.waiting:.2f} "
            f"rss {self.rss_mib:.0f} MiB {dict(self.ended)}"
        )


class Yard:
    """A sandbox with honest clients and an account for attackers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.clients: list[Client] = []
        self.attacker: KeyPair

    async def open(self) -> None:
        """Open accounts, and connect the honest clients."""
        bank_key = read_key_file(await self.sandbox.funded_trader("bank"))
        keys = [KeyPair(bytes([number]) * 32) for number in range(1, HONEST + 2)]
        self.attacker = keys.pop()
        async with Client(self.sandbox.client_url, self.sandbox.settings, bank_key) as bank:
            async with asyncio.timeout(20):
                while "XLM" not in (await bank.account()).balances:
                    await asyncio.sleep(0.05)
            for key in (*keys, self.attacker):
                await bank.pay(key.address, "XLM", 20)
        for key in keys:
            options = ClientOptions(timeout_s=10.0)
            self.clients.append(await Client.connect(self.sandbox.client_url, self.sandbox.settings, key, options))

    async def close(self) -> None:
        for client in self.clients:
            await client.close()

    async def measure(self, seconds: float) -> Figures:
        """Let honest clients work at their pace."""
        figures = Figures()
        first, (cpu_s, waiting_s), begun = await self.batch(), self._processor_s(), time.monotonic()
        work = [self._work(client, figures, begun + seconds) for client in self.clients]
        await asyncio.gather(*work, self._watch(figures, begun + seconds))
        figures.per_second = len(figures.answer_s) / seconds
        elapsed_s, now = time.monotonic() - begun, self._processor_s()
        figures.cpu, figures.waiting = (now[0] - cpu_s) / elapsed_s, (now[1] - waiting_s) / elapsed_s
        figures.batches = await self.batch() - first
        figures.rss_mib = self.rss_mib
        return figures

    async def _work(self, client: Client, figures: Figures, end: float) -> None:
        """One request after the other, at fixed times where answers come in time."""
        other = self.clients[(self.clients.index(client) + 1) % len(self.clients)].address
        due, number = time.monotonic(), 0
        while (begun := time.monotonic()) < end:
            receipt = await client.pay(other, "XLM", "0.0000001")
            figures.answer_s.append(time.monotonic() - begun)
            number += 1
            if number % 10 == 1:
                await receipt.final(timeout=10)
                figures.final_s.append(time.monotonic() - begun)
            due = max(due + _PAUSE_S, time.monotonic() - _PAUSE_S)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _watch(self, figures: Figures, end: float) -> None:
        """An operator looks at the status page."""
        while (begun := time.monotonic()) < end:
            await self.status()
            figures.status_s.append(time.monotonic() - begun)
            await asyncio.sleep(_LOOK_S)

    async def status(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            return await self.sandbox.status("alpha")

    async def batch(self) -> int:
        return int((await self.status())["batch"])

    async def metrics(self) -> str:
        url = f"{self.sandbox.status_url('alpha')}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()

    def _processor_s(self) -> tuple[float, float]:
        """The time for which alpha's main thread had a processor, and for which it waited for one."""
        process = self.sandbox.processes["alpha"].process_id
        running_ns, waiting_ns, _ = Path(f"/proc/{process}/schedstat").read_text().split()
        return int(running_ns) / 1e9, int(waiting_ns) / 1e9

    @property
    def rss_mib(self) -> float:
        """Of alpha's process."""
        path = Path(f"/proc/{self.sandbox.processes['alpha'].process_id}/status")
        (line,) = [line for line in path.read_text().splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1]) / 1024

    async def attack(self, kind: str, port: int, connections: int, seconds: float, **more: Any) -> Figures:
        """Measure while attackers are at work."""
        more.setdefault("seed", self.attacker.seed.hex())
        order = Order(kind, port, str(self.sandbox.settings_path), seconds + _BURST_S + 0.5, connections, **more)
        order.destination = KeyPair(bytes([1]) * 32).public.hex()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.attacks.attackers",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(words(order))
            assert await process.stdout.readline() == b"attacking\n"
            await asyncio.sleep(_BURST_S)
            figures = await self.measure(seconds)
            async with asyncio.timeout(_END_S):
                figures.ended = Counter(json.loads(await process.stdout.readline()))
                await process.wait()
            return figures
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
