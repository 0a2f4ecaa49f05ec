"""Processes that check the signatures of clients' requests for an auditor, ahead of the batch's turn."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from threading import Thread

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import (
    Batch,
    ClusterMessage,
    decode_quantum_body,
    encode_quantum_body,
)
from constellation.quanta import check_client_signatures, request_signature_fits

log = logging.getLogger(__name__)

_FIT_MAX = 32
"""Batches that are known to be signed; one that is forgotten is checked again."""

_REQUESTS_AT_ONCE = 64
"""What one process checks at a time: about 2.5 ms, a hundred times what handing it over takes."""


def _begin() -> None:
    """Signals are the node's to answer, and its end, however it ends, is this process's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Thread(target=_end_with_node, daemon=True).start()


def _end_with_node() -> None:
    node = multiprocessing.parent_process()
    assert node is not None
    wait([node.sentinel])
    os._exit(0)


def _all_fit(constellation: bytes, bodies: Sequence[bytes]) -> bool:
    """Whether every one of some encoded requests is signed by its account; in another process."""
    requests = map(decode_quantum_body, bodies)
    return all(isinstance(body, Submission) and request_signature_fits(constellation, body) for body in requests)


class SignaturePool:
    """Knows of which batches all signatures fit.

    Whatever the processes do not answer, or answer with no, is checked here: so a batch is refused with the same words,
    and a process that dies costs time only.

    Args:
        constellation: its id.
        processes: how many.
    """

    def __init__(self, constellation: bytes, processes: int) -> None:
        self._constellation = constellation
        self._processes = processes
        self._fit: dict[int, Batch] = {}
        self._executor: ProcessPoolExecutor | None = None

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._processes, multiprocessing.get_context("spawn"), initializer=_begin)

    def prepare(self, message: ClusterMessage) -> Awaitable[None] | None:
        """Begin to check a batch; done when its answers are there."""
        if not isinstance(message, Batch):
            return None
        bodies = [
            encode_quantum_body(quantum.body) for quantum in message.quanta if isinstance(quantum.body, Submission)
        ]
        return asyncio.ensure_future(self._ask(message, bodies)) if bodies else None

    async def _ask(self, batch: Batch, bodies: list[bytes]) -> None:
        parts = [bodies[first : first + _REQUESTS_AT_ONCE] for first in range(0, len(bodies), _REQUESTS_AT_ONCE)]
        try:
            answers = await self._answers(parts)
        except (BrokenProcessPool, OSError, RuntimeError) as error:
            log.error("processes that check signatures have died or cannot be started", extra={"reason": str(error)})
            executor, self._executor = self._executor, None
            if executor is not None:
                executor.shutdown(wait=False)
            return
        if all(answers):
            self._fit[id(batch)] = batch
            if len(self._fit) > _FIT_MAX:
                del self._fit[next(iter(self._fit))]

    async def _answers(self, parts: list[list[bytes]]) -> list[bool]:
        if self._executor is None:
            self._executor = self._start()
        loop, executor = asyncio.get_running_loop(), self._executor
        return await asyncio.gather(
            *(loop.run_in_executor(executor, _all_fit, self._constellation, part) for part in parts)
        )

    def check(self, constellation: bytes, batch: Batch) -> None:
        """Check the signatures of a batch that may have been prepared, once.

        Raises:
            Divergence: BAD_SIGNATURE, naming the quantum.
        """
        if self._fit.pop(id(batch), None) is not batch:
            check_client_signatures(constellation, batch)

    def link_down(self) -> None:
        """What was prepared and not taken will come again as another object."""
        self._fit.clear()

    async def close(self) -> None:
        """End the processes."""
        if self._executor is not None:
            await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)
