"""The trader's client against an alpha that has its own keys and lies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any

from constellation.protocol.messages import Hello, decode_client_message
from constellation.sdk import Cancel, Client, Pay
from constellation.sdk.errors import ConnectionClosed, SdkError
from constellation.sdk.inbox import Inbox
from constellation.sdk.options import ClientOptions
from fuzzing.choices import Choices
from fuzzing.loop import run
from fuzzing.lying_alpha import CLIENT, message, reply, truth, welcome
from fuzzing.past import TRADERS, world

_FRAMES_MAX = 16
_CONNECTIONS_MAX = 3

_CALLS: list[Callable[[Client], Coroutine[Any, Any, Any]]] = [
    lambda client: client.account(),
    lambda client: client.pay(TRADERS[1].address, "XLM", 1),
    lambda client: client.order_book("XLM/USD"),
    lambda client: client.submit_batch([Cancel(7), Pay(TRADERS[1].address, "XLM", 1)]),
    lambda client: client.submit_batch([Cancel(7)] * 3, all_or_nothing=True),
    lambda client: client.create_order("XLM/USD", "buy", "1", "1"),
    lambda client: client.prove_account(),
    lambda client: client.prove_totals(),
    lambda client: client.prove_order(7),
    lambda client: client.proposals(),
    lambda client: client.learn_settings(),
]


class _Alpha:
    """A WebSocket's far end that decides what comes next when it is asked for it."""

    def __init__(self, choices: Choices, call: Callable[[], None]) -> None:
        self._choices = choices
        self._call = call
        self._asked: list[Any] = []

    async def send(self, data: bytes) -> None:
        self._asked.append(decode_client_message(data))

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while not self._asked:
            await asyncio.sleep(0)
        hello = self._asked[0]
        assert isinstance(hello, Hello)
        frames = [reply(hello), welcome(), truth()[0]]
        for frame in frames[: self._choices.of([3, 2, 1, 0])]:
            yield frame
            await asyncio.sleep(0)
        for _ in range(_FRAMES_MAX):
            if self._choices.is_over:
                return
            if self._choices.below(4) == 3:
                self._call()
            for _ in range(3):
                await asyncio.sleep(0)
            said = message(self._choices, self._asked)
            if said is not None:
                yield said


def fuzz(data: bytes) -> None:
    """Raises when anything but an error of the SDK comes out of a method or ends the connection."""
    run(_trade(Choices(data)))


async def _trade(choices: Choices) -> None:
    after = choices.of([None, 0, 3])
    client = Client("ws://localhost:1", world().settings, CLIENT, ClientOptions(events=3), after=after)
    connection, calls = client._connection, []
    connection._settled.set()

    def call() -> None:
        calls.append(asyncio.create_task(choices.of(_CALLS)(client)))

    with suppress(SdkError):
        for _ in range(_CONNECTIONS_MAX):
            with suppress(ConnectionClosed):
                await connection._exchange(_Alpha(choices, call))  # type: ignore[arg-type]
            if choices.is_over:
                break
            await _read(connection.inbox, choices.number())
    connection._finish(ConnectionClosed(None, "the end of the input"))
    for answer in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(answer, BaseException) and not isinstance(answer, SdkError):
            raise answer


async def _read(inbox: Inbox, count: int) -> None:
    """Take so many events, if so many wait."""
    stream = inbox.stream()
    for _ in range(min(count, len(inbox._items))):
        await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
