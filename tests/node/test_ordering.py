import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest

from constellation.gateway import Origin
from constellation.gateway.guests import Guest
from constellation.node import ordering as ordering_module
from constellation.node.ordering import Ordering
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    LedgerCommit,
    LedgerReport,
    Payment,
    Request,
    SignedRequest,
    decode_quantum_body,
)
from constellation.protocol.signing import KeyPair

REQUEST = SignedRequest(Request(bytes(32), None, 1, 1, Payment(bytes(32), 0, 1)), bytes(64))
SIGNER = KeyPair(bytes(32))
ORIGIN = Origin(Guest(lambda _message: None, 1, bytes(32), None, "192.0.2.1"), 1, 1)


@dataclass
class Work:
    """Its batch is there when it is signed."""

    sealed: str
    signer: KeyPair = SIGNER
    batch: str = "unsigned"

    def sign(self) -> None:
        self.batch = self.sealed


@dataclass
class Sequencer:
    """Seals each request as a batch of its own; fails when it is told to."""

    error: Exception | None = None
    executed: deque[Work] = field(default_factory=deque)

    def execute(self, _body: Any, _origin: Any) -> None:
        if self.error is not None:
            raise self.error
        name = str(len(self.executed))
        self.executed.append(Work(name))

    def take(self) -> Work | None:
        return self.executed.popleft() if self.executed else None


class Log:
    """A disk that answers when it is told to."""

    def __init__(self) -> None:
        self.writes: list[asyncio.Future[None]] = []

    def append(self, _sealed: Any, _batch: Any) -> asyncio.Future[None]:
        self.writes.append(asyncio.get_running_loop().create_future())
        return self.writes[-1]


class Alpha:
    def __init__(self) -> None:
        self.failures: list[BaseException] = []
        self.acknowledged: list[Any] = []
        self.log, self.sequencer = Log(), Sequencer()
        failure = NodeFailure(self.failures.append)
        self.ordering = Ordering(self.log, failure, self.acknowledged.append)  # type: ignore[arg-type]
        self.ordering.start(self.sequencer)  # type: ignore[arg-type]
        self.task = asyncio.create_task(self.ordering.run())


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def alpha(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(ordering_module, "_DRAIN_TIMEOUT_S", 0.05)
    alpha = Alpha()
    await turn()
    yield alpha
    alpha.task.cancel()
    await asyncio.gather(alpha.task, return_exceptions=True)


async def test_a_batch_is_acknowledged_when_it_is_durable(alpha: Alpha) -> None:
    alpha.ordering.submit(ORIGIN, REQUEST)
    await turn()
    assert len(alpha.log.writes) == 1
    assert alpha.acknowledged == []
    alpha.log.writes[0].set_result(None)
    await turn()
    assert [work.batch for work in alpha.acknowledged] == ["0"]


async def test_a_batch_that_could_not_be_stored_is_never_acknowledged(alpha: Alpha) -> None:
    alpha.ordering.submit(ORIGIN, REQUEST)
    await turn()
    alpha.log.writes[0].set_exception(OSError("the disk"))
    with pytest.raises(OSError, match="the disk"):
        await alpha.task
    assert alpha.acknowledged == []


async def test_a_refused_request_changes_nothing(alpha: Alpha) -> None:
    alpha.sequencer.error = Rejection(Code.INSUFFICIENT_FUNDS, "no")
    with pytest.raises(Rejection):
        alpha.ordering.submit(ORIGIN, REQUEST)
    await turn()
    assert (alpha.log.writes, alpha.failures) == ([], [])


async def test_after_a_quantum_failed_half_way_nothing_more_is_stored(
    alpha: Alpha, caplog: pytest.LogCaptureFixture
) -> None:
    """What was executed before cannot be sealed any more: the state under the header would not be its own."""
    alpha.ordering.submit(ORIGIN, REQUEST)
    alpha.sequencer.error = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        alpha.ordering.submit(ORIGIN, REQUEST)
    assert alpha.failures == [alpha.sequencer.error]
    assert "a quantum failed half-way" in caplog.text
    assert decode_quantum_body(bytes.fromhex(caplog.records[-1].quantum)) == REQUEST
    await turn()
    assert alpha.log.writes == []


async def test_so_it_is_when_what_the_ledger_did_fails_half_way(alpha: Alpha, caplog: pytest.LogCaptureFixture) -> None:
    commit = LedgerCommit(LedgerReport(1, 2, 3, []), [])
    alpha.sequencer.error = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        alpha.ordering.commit_ledger(commit)
    assert alpha.failures == [alpha.sequencer.error]
    assert decode_quantum_body(bytes.fromhex(caplog.records[-1].quantum)) == commit


async def test_a_shutdown_waits_for_what_was_executed_but_not_for_ever(
    alpha: Alpha, caplog: pytest.LogCaptureFixture
) -> None:
    alpha.ordering.submit(ORIGIN, REQUEST)
    await turn()
    drain = asyncio.create_task(alpha.ordering.drain())
    await turn()
    assert not drain.done()
    alpha.log.writes[0].set_result(None)
    await drain
    assert len(alpha.acknowledged) == 1
    alpha.ordering.submit(ORIGIN, REQUEST)
    await asyncio.wait_for(alpha.ordering.drain(), 5)
    assert "not everything that was executed could be acknowledged" in caplog.text


async def test_what_fell_due_before_a_refused_request_becomes_a_batch(alpha: Alpha) -> None:
    """The refusal comes from the sequencer, which has executed a time commit before it looked at the request."""
    alpha.sequencer.executed.append(Work("a time commit"))
    alpha.sequencer.error = Rejection(Code.ORDER_NOT_FOUND, "it has just expired")
    with pytest.raises(Rejection):
        alpha.ordering.submit(ORIGIN, REQUEST)
    await turn()
    [write] = alpha.log.writes
    write.set_result(None)
    await turn()
    assert [work.batch for work in alpha.acknowledged] == ["a time commit"]
