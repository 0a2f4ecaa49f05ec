"""Worker processes, and the sum of what they count."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any, Final

from constellation.load.job import JOB_MAX_BYTES, Job
from constellation.load.tally import Tally

_CONNECT_S: Final = 180.0
_GRACE_S: Final = 30.0


class WorkerFailed(Exception):
    """A worker could not begin, or has ended before its time."""


class Crew:
    """The workers of one run; used with ``async with``, which ends them.

    Args:
        job: for all of them.
        workers: how many; each with its share of the accounts.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self._jobs = [job.share(place, workers) for place in range(workers)]
        self._timeout_s = job.timeout_s
        self._processes: list[Process] = []
        self._readers: list[asyncio.Task[None]] = []
        self._tallies: list[Tally] = [Tally()] * workers
        self._late = [0] * workers
        self._ready = [asyncio.Event() for _ in range(workers)]

    async def __aenter__(self) -> "Crew":
        """Start the workers and wait until all accounts are connected.

        Raises:
            WorkerFailed: one could not.
        """
        try:
            for job in self._jobs:
                await self._hire(job)
            async with asyncio.timeout(_CONNECT_S):
                await self._all_ready()
        except TimeoutError:
            await self._dismiss()
            raise WorkerFailed(f"the accounts could not be connected within {_CONNECT_S:.0f} seconds") from None
        except BaseException:
            await self._dismiss()
            raise
        return self

    async def _hire(self, job: Job) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "constellation.load.worker",
            stdin=PIPE, stdout=PIPE, start_new_session=True, limit=JOB_MAX_BYTES,
        )  # fmt: skip
        self._processes.append(process)
        self._readers.append(asyncio.create_task(self._read(job.place, process)))
        self._tell(process, json.dumps(job.to_json()))

    async def _all_ready(self) -> None:
        readers: set[asyncio.Future[Any]] = set(self._readers)
        for event in self._ready:
            waiting = asyncio.ensure_future(event.wait())
            await asyncio.wait({waiting, *readers}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            self._raise_failures()

    async def _read(self, place: int, process: Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            document: dict[str, Any] = json.loads(line)
            if "failed" in document:
                raise WorkerFailed(document["failed"])
            if "ready" in document:
                self._ready[place].set()
                continue
            self._tallies[place] = Tally.from_json(document["tally"])
            self._late[place] = document["late"]
            if document.get("done"):
                return
        raise WorkerFailed(f"worker {place} has ended with exit code {await process.wait()}")

    @staticmethod
    def _tell(process: Process, word: str) -> None:
        assert process.stdin is not None
        if not process.stdin.is_closing():
            process.stdin.write(word.encode() + b"\n")

    def start(self) -> None:
        """Let them begin."""
        for process in self._processes:
            self._tell(process, "start")

    def stop(self) -> None:
        """Let them send nothing more, wait for what is on its way, and end."""
        for process in self._processes:
            self._tell(process, "stop")

    async def wait(self, timeout_s: float | None) -> bool:
        """Wait until all have ended, or for so long; whether they have.

        Raises:
            WorkerFailed: one has failed.
        """
        _, pending = await asyncio.wait(self._readers, timeout=timeout_s)
        self._raise_failures()
        return not pending

    def _raise_failures(self) -> None:
        for task in self._readers:
            if task.done() and (error := task.exception()) is not None:
                raise error

    @property
    def process_ids(self) -> list[int]:
        """Of the workers."""
        return [process.pid for process in self._processes]

    @property
    def tally(self) -> Tally:
        """The sum of what they have counted so far."""
        tally = Tally()
        for item in self._tallies:
            tally.add(item)
        return tally

    @property
    def late(self) -> int:
        """Operations of an open loop whose time has passed and that nobody has begun."""
        return sum(self._late)

    async def __aexit__(self, *_: object) -> None:
        await self._dismiss()

    async def _dismiss(self) -> None:
        """The end of their input stops them; who does not end is killed."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                async with asyncio.timeout(_GRACE_S + self._timeout_s):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        await asyncio.gather(*self._readers, return_exceptions=True)
