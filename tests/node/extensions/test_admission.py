"""Alpha serves whom its extensions admit, and without their answer nobody; a request costs them nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, get_args

import pytest

from constellation.extensions import Admission, Right
from constellation.node.extensions import admission as admission_module
from constellation.node.extensions.admission import AdmissionDesk, Connected
from constellation.node.extensions.config import ExtensionsSection
from constellation.node.extensions.rights import NEEDED
from constellation.node.supervision import NodeFailure
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    CancelAllOrders,
    ClientMessage,
    Closing,
    Code,
    Operation,
    Payment,
    Rejected,
    Submit,
    SubmitBatch,
    Welcome,
    requests,
)
from constellation.protocol.signing import KeyPair
from tests.gateway.harness import ANNA, AUDITORS, BERT, CARL, XLM, Alpha, RawClient
from tests.node.extensions.foreign import RAISING, Behaving, Watched, behaving, raises

KEEP_S, REFRESH_S = 120.0, 30.0
PAY_BERT = Payment(BERT.public, XLM, ONE)


class Stage:
    """An alpha whose gate asks one extension."""

    def __init__(self, *hooks: Behaving) -> None:
        self.now_s = 1000.0
        self.watched = [Watched("admission") for _ in hooks]
        self.failure = NodeFailure(lambda _: None)
        callers = [(item.caller, hook) for item, hook in zip(self.watched, hooks, strict=True)]
        self.desk = AdmissionDesk(callers, ExtensionsSection(), self.failure, lambda: self.now_s)
        self.alpha = Alpha(gate=self.desk).fund(ANNA, BERT)
        self._nonce = 0

    async def settled(self) -> None:
        while self.desk._asked:
            await asyncio.gather(*self.desk._asked.values())
        await asyncio.sleep(0)

    async def connect(self, key_pair: KeyPair = ANNA) -> tuple[RawClient, ClientMessage]:
        client = RawClient(self.alpha, key_pair).hello()
        (reply,) = client.received()
        client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
        await self.settled()
        (answer,) = client.received()
        return client, answer

    def ask(self, client: RawClient, *operations: Operation) -> Code | None:
        """What becomes of a request: its refusal, or None where it was executed."""
        self._nonce += 1
        before = self.alpha.machine.state.apex
        if len(operations) == 1:
            client.send(Submit(1, self.alpha.request(client.key_pair, operations[0], self._nonce)))
        else:
            client.send(SubmitBatch(1, self.alpha.batch(client.key_pair, *operations, nonce=self._nonce)))
        if self.alpha.machine.state.apex > before:
            self.alpha.settle()
            client.received()
            return None
        (answer,) = client.received()
        assert isinstance(answer, Rejected)
        self.sentence = answer.message
        return answer.code

    @property
    def connected(self) -> list[Connected]:
        return [Connected(guest.account, guest.signer, guest.expel) for guest in self.alpha.hub.guests]

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        self.desk._review_s = 0.01
        task = asyncio.create_task(self.desk.keep(lambda: self.connected))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def admits(rights: Right = Right.ALL, reason: str = "") -> Callable[..., object]:
    return lambda *_: Admission(rights, reason)


@pytest.fixture
def hook() -> Iterator[Behaving]:
    with behaving(admits()) as hook:
        yield hook


def code_of(answer: ClientMessage) -> Code:
    assert isinstance(answer, Closing)
    return answer.code


def test_every_operation_has_its_rights() -> None:
    assert set(NEEDED) == set(get_args(requests.Operation))


async def test_who_is_admitted_is_asked_about_once_and_served(hook: Behaving) -> None:
    stage = Stage(hook)
    client, welcome = await stage.connect()
    assert isinstance(welcome, Welcome)
    assert [stage.ask(client, PAY_BERT) for _ in range(5)] == [None] * 5
    _, welcome = await stage.connect()
    assert isinstance(welcome, Welcome)
    assert hook.calls == [(ANNA.address, ANNA.address)]


async def test_who_has_no_right_may_not_connect(hook: Behaving) -> None:
    hook.behave = lambda account, _: (
        Admission(Right.NONE, "no\x1b contract") if account == ANNA.address else Admission()
    )
    stage = Stage(hook)
    _, answer = await stage.connect()
    assert code_of(answer) is Code.NOT_ADMITTED
    assert answer.message == "the operator does not admit this key: no  contract"  # type: ignore[union-attr]
    _, welcome = await stage.connect(BERT)
    assert isinstance(welcome, Welcome)


async def test_some_rights_are_enough_for_some_requests(hook: Behaving) -> None:
    hook.behave = admits(Right.TRADE, "trade only")
    stage = Stage(hook)
    client, _ = await stage.connect()
    assert stage.ask(client, PAY_BERT) is Code.NOT_ADMITTED
    assert stage.sentence == "the operator does not admit this key to pay: trade only"
    assert stage.ask(client, CancelAllOrders(None), PAY_BERT) is Code.NOT_ADMITTED, "a batch needs the rights of all"
    assert stage.ask(client, CancelAllOrders(None)) is Code.ORDER_NOT_FOUND, "there is none: it was let through"


async def test_all_extensions_must_agree() -> None:
    with behaving(admits(Right.TRADE | Right.PAY)) as first, behaving(admits(Right.WITHDRAW | Right.PAY)) as second:
        stage = Stage(first, second)
        client, welcome = await stage.connect()
        assert isinstance(welcome, Welcome)
        assert stage.ask(client, PAY_BERT) is None
        assert stage.desk._decisions[ANNA.public, ANNA.public].admission.rights is Right.PAY


class Imitation(Admission):
    """Says yes, one way or another."""


NONSENSE: list[Any] = [None, True, Right.ALL, Imitation(), Admission(15), Admission(Right.ALL, None), "yes"]  # type: ignore[arg-type]


@pytest.mark.parametrize("behave", [*map(raises, RAISING), *(lambda *_, said=said: said for said in NONSENSE)])
async def test_without_an_answer_nobody_comes_in(hook: Behaving, behave: Callable[..., object]) -> None:
    hook.behave = behave
    stage = Stage(hook)
    _, answer = await stage.connect()
    assert code_of(answer) is Code.NOT_READY
    assert stage.watched[0].record.describe()["failures"] == 1
    auditor, welcome = await stage.connect(AUDITORS[0])
    assert isinstance(welcome, Welcome), "who governs comes in"
    assert auditor.session.is_open
    stage.failure.check()
    hook.behave = admits()
    _, welcome = await stage.connect()
    assert isinstance(welcome, Welcome)


async def test_what_hangs_stops_nothing(hook: Behaving) -> None:
    stage = Stage(hook)
    client, _ = await stage.connect()
    hook.behave = hook.hang
    waiting = RawClient(stage.alpha, BERT).hello()
    (reply,) = waiting.received()
    waiting.send(waiting.handshake.receive(reply))  # type: ignore[arg-type]
    assert [stage.ask(client, PAY_BERT) for _ in range(50)] == [None] * 50, "who was admitted goes on meanwhile"
    stage.now_s += REFRESH_S + 1
    assert stage.ask(client, PAY_BERT) is None, "also while it is asked again"
    await stage.settled()
    assert code_of(waiting.received()[0]) is Code.NOT_READY
    stage.now_s += KEEP_S - REFRESH_S
    assert stage.ask(client, PAY_BERT) is Code.NOT_READY, "but not for ever"
    assert stage.ask(client, CancelAllOrders(None)) is Code.ORDER_NOT_FOUND, "and is never kept from cancelling"
    await stage.settled()
    assert stage.watched[0].count("late") == 3


async def test_what_fails_is_not_asked_by_every_request(hook: Behaving) -> None:
    stage = Stage(hook)
    client, _ = await stage.connect()
    hook.behave = raises(ValueError("no"))
    stage.now_s += KEEP_S + 1
    for _ in range(20):
        assert stage.ask(client, PAY_BERT) is Code.NOT_READY
        await stage.settled()
    assert len(hook.calls) == 2
    stage.now_s += admission_module.PAUSE_S
    hook.behave = admits()
    assert stage.ask(client, PAY_BERT) is Code.NOT_READY
    await stage.settled()
    assert stage.ask(client, PAY_BERT) is None


async def test_a_right_that_is_taken_away_is_gone_and_the_session_with_the_last_one(hook: Behaving) -> None:
    stage = Stage(hook)
    client, _ = await stage.connect()
    hook.behave = admits(Right.TRADE)
    stage.now_s += REFRESH_S + 1
    async with stage.keeping():
        await asyncio.sleep(0.1)
        assert stage.ask(client, PAY_BERT) is Code.NOT_ADMITTED
        hook.behave = raises(ValueError("no"))
        stage.now_s += REFRESH_S + 1
        await asyncio.sleep(0.1)
        assert client.session.is_open, "what fails takes nothing away"
        hook.behave = admits(Right.NONE)
        await asyncio.sleep(0.1)
        assert not client.session.is_open
        assert code_of(client.received()[-1]) is Code.NOT_ADMITTED


async def test_a_client_that_leaves_while_it_is_asked_about(hook: Behaving) -> None:
    stage = Stage(hook)
    client = RawClient(stage.alpha).hello()
    (reply,) = client.received()
    client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
    stage.alpha.front.disconnect(client.session)
    await stage.settled()
    assert stage.alpha.hub.guests == []
    assert all(not link.waiting for link in stage.alpha.hub._links)


async def test_a_request_that_an_auditor_passes_on_must_be_admitted(hook: Behaving) -> None:
    stage = Stage(hook)
    apex = stage.alpha.machine.state.apex
    signed = stage.alpha.request(ANNA, PAY_BERT)
    stage.alpha.hub.forwarded(AUDITORS[0].public, signed)
    assert stage.alpha.machine.state.apex == apex, "not before the extension has said so"
    await stage.settled()
    stage.alpha.hub.forwarded(AUDITORS[0].public, signed)
    assert stage.alpha.machine.state.apex == apex + 1
    hook.behave = admits(Right.NONE)
    other = stage.alpha.request(BERT, Payment(ANNA.public, XLM, ONE))
    for _ in range(2):
        stage.alpha.hub.forwarded(AUDITORS[0].public, other)
        await stage.settled()
    assert stage.alpha.machine.state.apex == apex + 1


async def test_questions_and_answers_are_bounded(hook: Behaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission_module, "QUESTIONS_MAX", 2)
    monkeypatch.setattr(admission_module, "DECISIONS_MAX", 1)
    stage = Stage(hook)
    told: list[Any] = []
    for key_pair in (ANNA, ANNA, BERT, CARL):
        stage.desk.ask(key_pair.public, None, told.append)
    assert [refusal.code for refusal in told] == [Code.OVERLOADED]
    await stage.settled()
    assert told[1:] == [None] * 3
    assert len(hook.calls) == 2, "one question is for all who wait for its answer"
    assert len(stage.desk._decisions) == 1
    stage.desk.ask(CARL.public, None, told.append)
    await stage.desk.close()
    assert len(told) == 4
    assert not stage.desk._asked
