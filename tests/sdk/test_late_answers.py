"""An answer that comes in the very instant in which the client stops waiting is never taken for no execution."""

import asyncio
from typing import Any, cast

import pytest

from constellation.protocol.messages import Payment
from constellation.sdk.connection import Connection
from constellation.sdk.errors import OutcomeUnknown
from constellation.sdk.options import ClientOptions
from constellation.sdk.receipts import Receipt
from tests.gateway.harness import ANNA, BERT, XLM, Alpha, Pipe

TIMEOUT_S = 0.01


class Piped(Connection):
    """A connection whose frames go through a pipe instead of a socket."""

    def __init__(self, pipe: Pipe) -> None:
        super().__init__("ws://unused", pipe.alpha.settings, ANNA, ClientOptions(timeout_s=TIMEOUT_S), None)
        self._session = pipe.client
        self._settled.set()
        self.pipe = pipe

    def pump(self) -> None:
        for output in self.pipe.pump().take():
            self._take(output)


@pytest.fixture
def connection() -> Piped:
    pipe = Pipe(Alpha().fund(ANNA, BERT)).connect()
    pipe.take()
    return Piped(pipe)


async def paid(connection: Piped, monkeypatch: pytest.MonkeyPatch, *, told_first: bool) -> Receipt:
    """A payment whose answer arrives just after, or just before, the waiting task is told that time is up."""
    fire = cast("Any", asyncio.Timeout)._on_timeout

    def at_the_same_instant(timeout: Any) -> None:
        if told_first:
            fire(timeout)
        connection.pump()
        connection.pipe.alpha.acknowledge()
        connection.pump()
        if not told_first:
            fire(timeout)

    monkeypatch.setattr(asyncio.Timeout, "_on_timeout", at_the_same_instant)
    (receipt,) = await connection.submit(lambda session: session.submit(Payment(BERT.public, XLM, 1)))
    return receipt


async def test_an_answer_just_before_the_end_counts(connection: Piped, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = await paid(connection, monkeypatch, told_first=False)
    assert receipt.apex == connection.pipe.alpha.machine.state.apex


async def test_an_answer_just_after_the_end_leaves_the_outcome_unknown(
    connection: Piped, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OutcomeUnknown, match="may have been executed"):
        await paid(connection, monkeypatch, told_first=True)
