"""An observer cannot slow, stop or change anything: it misses batches, or is switched off."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from constellation.extensions import CertifiedBatch
from constellation.node.extensions import observing
from constellation.node.extensions.observing import FAILURES_MAX, HANGS_AFTER_S, Observers, ObserverThread
from tests.chronicler.chain import Chain
from tests.chronicler.filling import final_batches
from tests.node.extensions.foreign import RAISING, Behaving, Watched, behaving, raises

FINAL = final_batches(Chain(1, batches=16, quanta=4))


@pytest.fixture
def hook() -> Iterator[Behaving]:
    with behaving() as hook:
        yield hook


class Stage:
    """One observer in its thread."""

    def __init__(self, hook: Behaving) -> None:
        self.now_s = 0.0
        self.watched = Watched("observer")
        self.thread = ObserverThread(self.watched.record, hook, lambda: self.now_s)
        self.observers = Observers([self.thread])
        self.observers.start()

    @property
    def state(self) -> str:
        return str(self.watched.record.describe()["state"])

    @property
    def dropped(self) -> int:
        dropped = self.watched.record.describe()["dropped_batches"]
        assert self.watched.value("dropped_batches_total") == dropped
        return int(dropped)


def until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.001)


def test_it_is_told_everything_in_order_in_one_thread(hook: Behaving) -> None:
    threads = set()
    hook.behave = lambda _: threads.add(threading.get_ident())
    stage = Stage(hook)
    for final in FINAL:
        stage.observers.take([final])
    until(lambda: len(hook.calls) == len(FINAL))
    told: list[CertifiedBatch] = [batch for (batch,) in hook.calls]
    assert [(item.number, item.certified_by) for item in told] == [(item.number, item.certified_by) for item in FINAL]
    assert [item.record for item in told] == [item.item for item in FINAL]
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    stage.observers.end()
    until(lambda: not stage.thread._thread.is_alive())
    assert stage.dropped == 0


def test_what_it_does_to_a_batch_is_done_to_its_own(hook: Behaving) -> None:
    before = [final.item.to_xdr() for final in FINAL]

    def spoil(batch: CertifiedBatch) -> None:
        batch.record.effects.quanta.clear()
        batch.record.batch.signed_header.header.number = 7

    hook.behave = spoil
    stage = Stage(hook)
    stage.observers.take(FINAL)
    until(lambda: len(hook.calls) == len(FINAL))
    assert [final.item.to_xdr() for final in FINAL] == before
    assert FINAL[3].sealed.header.number == FINAL[3].number != 7
    stage.observers.end()


@pytest.mark.parametrize("error", RAISING, ids=lambda error: type(error).__name__)
def test_what_raises_again_and_again_is_switched_off(hook: Behaving, error: BaseException) -> None:
    hook.behave = raises(error)
    stage = Stage(hook)
    stage.observers.take(FINAL)
    until(lambda: stage.state == "off")
    assert len(hook.calls) == FAILURES_MAX == stage.watched.count("raised")
    assert stage.watched.value("on") == 0
    assert "switched off: it failed 10 times in a row" in str(stage.watched.record.problem)
    until(lambda: not stage.thread._thread.is_alive())
    stage.observers.take(FINAL[:2])
    assert stage.dropped == 2
    assert len(hook.calls) == FAILURES_MAX


def test_what_raises_now_and_then_goes_on(hook: Behaving) -> None:
    def sometimes(batch: CertifiedBatch) -> None:
        if len(hook.calls) % FAILURES_MAX:
            raise ValueError(batch.number)

    hook.behave = sometimes
    stage = Stage(hook)
    for _ in range(3):
        stage.observers.take(FINAL)
    until(lambda: len(hook.calls) == 3 * len(FINAL))
    assert stage.state != "off"
    stage.observers.end()


def test_what_is_slow_misses_what_does_not_fit(hook: Behaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "BATCHES_MAX", 4)
    hook.behave = hook.hang
    stage = Stage(hook)
    stage.observers.take(FINAL[:1])
    until(lambda: len(hook.calls) == 1)
    begin_s = time.monotonic()
    stage.observers.take(FINAL[1:])
    assert time.monotonic() - begin_s < 1, "nobody waits for it"
    assert stage.dropped == len(FINAL) - 5
    hook.gate.set()
    until(lambda: len(hook.calls) == 5)
    stage.observers.take(FINAL[-1:])
    until(lambda: len(hook.calls) == 6)
    assert [batch.number for (batch,) in hook.calls] == [1, 2, 3, 4, 5, FINAL[-1].number], "a gap says what it missed"
    stage.observers.end()


def test_the_quanta_that_wait_are_bounded(hook: Behaving, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (len(final.sealed.executed) for final in FINAL[1:4])
    monkeypatch.setattr(observing, "QUANTA_MAX", first + second)
    hook.behave = hook.hang
    stage = Stage(hook)
    stage.observers.take(FINAL[:1])
    until(lambda: len(hook.calls) == 1)
    stage.observers.take(FINAL[1:4])
    assert third
    assert stage.dropped == 1
    hook.gate.set()
    until(lambda: len(hook.calls) == 3)
    stage.observers.take(FINAL[3:4])
    assert stage.dropped == 1, "there is room again"
    until(lambda: len(hook.calls) == 4)
    stage.observers.take(FINAL[1:3])
    until(lambda: len(hook.calls) == 6)
    assert stage.dropped == 1
    stage.observers.end()


def test_what_does_not_come_back_is_switched_off(hook: Behaving) -> None:
    hook.behave = hook.hang
    stage = Stage(hook)
    stage.observers.take(FINAL[:2])
    until(lambda: len(hook.calls) == 1)
    stage.now_s = HANGS_AFTER_S
    stage.observers.take(FINAL[2:3])
    assert (stage.state, stage.dropped) == ("on", 0)
    stage.now_s += 1
    stage.observers.take(FINAL[3:4])
    assert (stage.state, stage.dropped) == ("off", 1)
    hook.gate.set()
    until(lambda: not stage.thread._thread.is_alive())
    assert len(hook.calls) == 1
