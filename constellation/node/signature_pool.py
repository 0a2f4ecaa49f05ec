"""Processes that check the signatures of clients' requests for an auditor, ahead of the batch's turn."""

import asyncio
import logging
import multiprocessing
import signal
from collections.abc import Awaitable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import (
    Batch,
    ClusterMessage,
    decode_quantum_body,
    encode_quantum_body,
)
from constellation.quanta import check_client_signatures, request_signature_fits

log = logging.getLogger(__name__)

_REQUESTS_AT_ONCE = 64
"""What one process checks at a time: about 2.5 ms, a hundred times what handing it over takes."""


def _ignore_interrupts() -> None:
    """The terminal's Ctrl-C is the node's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
        self._executor = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._processes, multiprocessing.get_context("spawn"), initializer=_ignore_interrupts
        )

    def prepare(self, message: ClusterMessage) -> Awaitable[None] | None:
        """Begin to check a batch; done when its answers are there."""
        if not isinstance(message, Batch):
            return None
        bodies = [
            encode_quantum_body(quantum.body) for quantum in message.quanta if isinstance(quantum.body, Submission)
        ]
        return asyncio.ensure_future(self._ask(message, bodies)) if bodies else None

    async def _ask(self, batch: Batch, bodies: list[bytes]) -> None:
        loop = asyncio.get_running_loop()
        parts = [bodies[first : first + _REQUESTS_AT_ONCE] for first in range(0, len(bodies), _REQUESTS_AT_ONCE)]
        try:
            answers = await asyncio.gather(
                *(loop.run_in_executor(self._executor, _all_fit, self._constellation, part) for part in parts)
            )
        except BrokenProcessPool:
            log.error("a process that checks signatures has died: others are started")
            self._executor.shutdown(wait=False)
            self._executor = self._start()
            return
        if all(answers):
            self._fit[id(batch)] = batch

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
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)
