"""A chronicle's database, as a publisher reads it: in a thread, a page at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from constellation.chronicler.chronicle_pages import BATCH_TYPE, before_newest, read_digest, read_digests, read_page
from constellation.node.chronicle_route import join_items
from constellation.node.stream_format import Label, split_content
from constellation.protocol.limits import CHRONICLE_PAGE_BYTES, STREAM_WINDOW_MESSAGES

_T = TypeVar("_T")


class PublishedHistory:
    """What is to be published.

    Args:
        engine: of the database, for reading.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publisher")

    def close(self) -> None:
        """Finish the read that runs."""
        self._thread.shutdown()

    async def messages(self, after: int, term: int, part_bytes: int) -> list[tuple[Label, bytes]]:
        """The messages of the batches behind ``after``, few enough to be on their way together; at least one batch.

        Args:
            after: number of a batch.
            term: the last one whose appointment has been published.
            part_bytes: of content in one message.
        """
        page = await self._run(read_page, self._engine, after, term, CHRONICLE_PAGE_BYTES)
        batches = [item for item in page.items if item.startswith(BATCH_TYPE)]
        appointments = page.items[: len(page.items) - len(batches)]
        term += len(appointments)
        messages: list[tuple[Label, bytes]] = []
        digests = await self._run(read_digests, self._engine, after, len(batches))
        for (number, digest), item in zip(digests, batches, strict=True):
            if len(messages) >= STREAM_WINDOW_MESSAGES:
                break
            messages += split_content(number, term, digest, join_items([*appointments, item]), part_bytes)
            appointments = []
        return messages

    async def is_genuine(self, label: Label) -> bool:
        """Whether it is a batch of this chronicle; one that is not in the database yet is believed to be."""
        digest = await self._run(read_digest, self._engine, label.number)
        return digest is None or digest == label.header

    async def before_newest(self, most_bytes: int) -> int:
        """Number of the batch behind which the newest ones begin that have so many bytes together at most."""
        return await self._run(before_newest, self._engine, most_bytes)

    async def _run(self, call: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
