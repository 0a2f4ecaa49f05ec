"""A process that runs some of the accounts: ``python -m constellation.load.worker``.

Standard input: the job as one line of JSON, then ``start``, then ``stop`` or its end. Standard output:
``{"ready": true}`` when all accounts are connected, then the tally again and again, at last with ``"done": true``; or
``{"failed": reason}``.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, Final

from constellation.load.flow import Flow, Walk
from constellation.load.job import JOB_MAX_BYTES, Job
from constellation.load.journal import Journal
from constellation.load.pace import ClosedLoop, OpenLoop
from constellation.load.tally import Tally
from constellation.load.trader import NoMoney, Trader
from constellation.load.unverified import UnverifiedTrader
from constellation.protocol.signing import settings_constellation_id
from constellation.sdk import Client, ClientOptions, SdkError
from constellation.sdk.markets import Catalogue

REPORT_INTERVAL_S: Final = 0.5
_RECONNECT_S: Final = 300.0
_BACKOFF_MAX_S: Final = 0.5
_CONNECTING: Final = 16  # at a time

Emit = Callable[[Mapping[str, Any]], None]


class Worker:
    """Runs a worker's part of a job.

    Args:
        job: what to do.
        emit: is given what to tell the crew.
    """

    def __init__(self, job: Job, emit: Emit) -> None:
        self._job = job
        self._emit = emit
        self._tally = Tally()
        self._traders: list[Trader | UnverifiedTrader] = []
        self._begin_s = 0.0
        self._loop: OpenLoop | None = None
        self._late = 0

    async def run(self, start: asyncio.Event, stop: asyncio.Event) -> None:
        """Connect, wait for the start, send operations until the end, and leave in good order.

        Raises:
            NoMoney: an account cannot trade.
            SdkError: an account cannot connect.
            OSError: the journal cannot be written.
        """
        job, path = self._job, self._job.journal_path
        constellation = settings_constellation_id(job.settings)
        with nullcontext() if path is None else Journal(path, constellation) as journal:
            async with self._connected(journal):
                self._emit({"ready": True})
                await start.wait()
                reporting = asyncio.create_task(self._report(journal))
                await self._work(stop)
                await asyncio.gather(*(trader.leave() for trader in self._traders))
                reporting.cancel()
        self._emit({**self._document(), "done": True})

    @asynccontextmanager
    async def _connected(self, journal: Journal | None) -> AsyncIterator[None]:
        job = self._job
        market = Catalogue(job.settings).market(job.market)
        walk = Walk(f"{job.seed}", market, job.price)
        doors = asyncio.Semaphore(_CONNECTING)
        clients: list[Client | UnverifiedTrader] = []

        async def connect(number: int, *, is_verifying: bool) -> None:
            key = job.accounts[number]
            others = [other.public for other in job.accounts if other is not key]
            flow = Flow(f"{job.seed}/{number}", job.mix, market, walk, others)
            trader: Trader | UnverifiedTrader
            async with doors:
                if is_verifying:
                    after = None if journal is None else 0
                    client = await Client.connect(job.url, job.settings, key, self._options(), after=after)
                    clients.append(client)
                    trader = Trader(client, flow, job.market, self._tally, journal, job.timeout_s, job.batch)
                else:
                    trader = UnverifiedTrader(
                        job.settings, key, flow, job.market, self._tally, job.timeout_s, job.batch
                    )
                    await trader.connect(job.url)
                    clients.append(trader)
                self._traders.append(trader)
            await trader.await_money()

        try:
            async with asyncio.TaskGroup() as tasks:
                for number, is_verifying in job.own_clients:
                    tasks.create_task(connect(number, is_verifying=is_verifying))
            yield
        finally:
            await asyncio.gather(*(client.close() for client in clients))

    def _options(self) -> ClientOptions:
        timeout_s = self._job.timeout_s
        return ClientOptions(
            timeout_s=timeout_s,
            reconnect_s=_RECONNECT_S,
            backoff_max_s=_BACKOFF_MAX_S,
            validity_s=max(1, int(timeout_s)),
        )

    async def _work(self, stop: asyncio.Event) -> None:
        job = self._job
        self._begin_s = begin_s = time.monotonic()
        end_s = None if job.duration_s is None else begin_s + job.duration_s
        pace: ClosedLoop | OpenLoop
        if job.rate is None:
            pace = ClosedLoop(end_s, stop)
        else:
            interval_s = job.workers * job.batch / job.rate
            pace = self._loop = OpenLoop(begin_s, interval_s, interval_s * job.place / job.workers, end_s, stop)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(job.in_flight):
                for trader in self._traders:
                    tasks.create_task(trader.work(pace, begin_s))
        self._count_time()
        self._begin_s = 0.0

    async def _report(self, journal: Journal | None) -> None:
        while True:
            await asyncio.sleep(REPORT_INTERVAL_S)
            if journal is not None:
                journal.flush()
            self._emit(self._document())

    def _document(self) -> dict[str, Any]:
        tally = self._tally
        if self._begin_s:
            self._count_time()
        tally.cpu_us = int(time.process_time() * 1e6)
        tally.reconnects = sum(trader.reconnects for trader in self._traders)
        return {"tally": tally.to_json(), "late": self._late}

    def _count_time(self) -> None:
        """Operations are sent up to now."""
        self._tally.elapsed_us = int((time.monotonic() - self._begin_s) * 1e6)
        self._late = 0 if self._loop is None else self._loop.late


async def _main() -> int:
    reader = asyncio.StreamReader(limit=JOB_MAX_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    job = Job.from_text(await reader.readline())
    start, stop = asyncio.Event(), asyncio.Event()

    working = asyncio.create_task(Worker(job, _emit).run(start, stop))

    async def obey() -> None:
        while line := await reader.readline():
            (start if line.strip() == b"start" else stop).set()
        stop.set()
        if not start.is_set():
            working.cancel()

    obeying = asyncio.create_task(obey())
    failures: list[str] = []
    try:
        await working
    except* asyncio.CancelledError:
        failures.append("the crew has gone before the start")
    except* (NoMoney, SdkError, OSError) as group:
        failures += dict.fromkeys(str(error) for error in group.exceptions)
    obeying.cancel()
    if failures:
        _emit({"failed": "; ".join(failures[:3])})
    return bool(failures)


def _emit(document: Mapping[str, Any]) -> None:
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), json.dumps(document).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
