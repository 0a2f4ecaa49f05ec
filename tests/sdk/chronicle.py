"""A chronicle beside the harness's alpha: real queries over what alpha has made final, spoilt if a test says so."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import open_engine, sqlite_url
from constellation.chronicler.history_desk import HistoryDesk
from constellation.chronicler.intake import Intake
from constellation.chronicler.writer import ChronicleWriter
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    ChronicleBatch,
    ClientMessage,
    HistoryQuestion,
    QueryHistory,
    QueryOrders,
    Settings,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.terms import Terms
from constellation.quanta import Tip, batch_effects, signed_batch
from tests.gateway.harness import Alpha


class Chronicle:
    """Alpha's chronicler, without a process of its own (the gateway's HistoryAsker).

    Attributes:
        alpha: whose history it is.
        asked: the questions so far.
        spoil: what becomes of a page on its way.
        answers: whether it does.
    """

    def __init__(self, directory: Path, settings: Settings) -> None:
        self.alpha: Alpha | None = None
        self.asked: list[QueryHistory | QueryOrders] = []
        self.spoil: Callable[[ClientMessage], ClientMessage] = lambda page: page
        self.answers = True
        self.apex = 0
        url = sqlite_url(directory / "chronicle.sqlite")
        self._writing = open_chronicle(url, settings)
        self._reading = open_engine(url, read_only=True)
        self._writer = ChronicleWriter(self._writing)
        self._intake = Intake(Terms(settings), Tip.genesis(settings), 0)
        self._pool = ThreadPoolExecutor(2)
        self._desk = HistoryDesk(self._reading, Terms(settings), self, self._pool, wait_s=1)
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self, account: bytes, message: QueryHistory | QueryOrders, done: Callable[[bytes | Rejection], None]
    ) -> None:
        self.asked.append(message)
        if self.answers:
            task = asyncio.get_running_loop().create_task(self._answer(account, message, done))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(
        self, account: bytes, message: QueryHistory | QueryOrders, done: Callable[[bytes | Rejection], None]
    ) -> None:
        self.follow()
        answer = await self._desk.answer(HistoryQuestion(account, message).to_xdr())
        done(encode_client_message(self.spoil(decode_client_message(answer))))

    async def reached(self, apex: int) -> None:
        while self.apex < apex:
            await asyncio.sleep(0.005)
            self.follow()

    def follow(self) -> None:
        """Take what alpha has made final since."""
        assert self.alpha is not None
        for sealed, signed_header in self.alpha.sealed[self._intake.number : self.alpha.certified]:
            batch = signed_batch(sealed, signed_header.alpha_signature)
            item = ChronicleBatch(batch, batch_effects(sealed), self.alpha.certificate(sealed))
            self._writer.write(self._intake.take(ChronicleBatch.from_xdr(item.to_xdr())))
            self.apex = sealed.header.last_apex

    def close(self) -> None:
        self._pool.shutdown()
        self._reading.dispose()
        self._writing.dispose()


def with_chronicle(directory: Path) -> tuple[Alpha, Chronicle]:
    """Alpha, and its chronicle."""
    settings = Alpha().settings
    chronicle = Chronicle(directory, settings)
    alpha = Alpha(settings=settings, asker=chronicle)
    chronicle.alpha = alpha
    return alpha, chronicle
