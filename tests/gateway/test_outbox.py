import pytest

from constellation.gateway.outbox import Outbox, QueuedBytes, QueueOverflow
from constellation.protocol.limits import CLIENT_QUEUE_SHARE_BYTES


def test_results_wait_for_earlier_ones() -> None:
    outbox = Outbox(10, 100, QueuedBytes(10_000))
    first, second, third = (outbox.open_slot(number) for number in (1, 2, 3))
    outbox.resolve(second, [b"two"])
    outbox.resolve(third, [b"three", b"more"])
    assert outbox.take() == []
    assert outbox.unresolved == 3
    outbox.resolve(first, [b"one"])
    assert outbox.take() == [b"one", b"two", b"three", b"more"]
    assert (outbox.take(), outbox.unresolved) == ([], 0)


def test_pushes_do_not_wait() -> None:
    outbox = Outbox(10, 100, QueuedBytes(10_000))
    outbox.open_slot(1)
    outbox.push(b"push")
    assert outbox.take() == [b"push"]


def test_slot_is_found_by_its_number_until_it_is_sent() -> None:
    outbox = Outbox(10, 100, QueuedBytes(10_000))
    first, second = outbox.open_slot(7), outbox.open_slot(7)
    assert (outbox.find_slot(first.number), outbox.find_slot(second.number)) == (first, second)
    outbox.resolve(first, [])
    third = outbox.open_slot(9)
    found = [outbox.find_slot(number) for number in range(-1, third.number + 2)]
    assert [slot for slot in found if slot is not None] == [second, third]
    outbox.clear()
    assert outbox.find_slot(third.number) is None


def test_results_that_wait_for_their_turn_count() -> None:
    queued = QueuedBytes(10_000)
    outbox = Outbox(10, 100, queued)
    first, second = outbox.open_slot(1), outbox.open_slot(2)
    outbox.resolve(second, [bytes(60)])
    assert queued.total == 60
    outbox.resolve(first, [b"now"])
    assert outbox.take() == [b"now", bytes(60)]
    assert queued.total == 0
    _, second, third = (outbox.open_slot(number) for number in range(3))
    outbox.resolve(second, [bytes(60)])
    with pytest.raises(QueueOverflow):
        outbox.resolve(third, [bytes(60)])
    outbox.clear()
    assert queued.total == 0


def test_bounds_count_messages_bytes_and_slots() -> None:
    outbox = Outbox(2, 10, QueuedBytes(10_000))
    outbox.push(b"1234")
    outbox.push(b"5678")
    with pytest.raises(QueueOverflow):
        outbox.push(b"9")
    outbox.take()
    with pytest.raises(QueueOverflow):
        outbox.push(b"12345678901")
    outbox.open_slot(1)
    outbox.open_slot(2)
    with pytest.raises(QueueOverflow):
        outbox.open_slot(3)


def test_held_answers_count_and_come_in_order() -> None:
    outbox = Outbox(10, 10, QueuedBytes(10_000))
    first, second = outbox.open_slot(1), outbox.open_slot(2)
    outbox.hold(first, b"12345")
    outbox.hold(second, b"67890")
    with pytest.raises(QueueOverflow):
        outbox.push(b"x")
    outbox.release(second)
    assert outbox.take() == []
    outbox.release(first)
    assert outbox.take() == [b"12345", b"67890"]
    outbox.push(b"1234567890")


def test_end_keeps_or_drops_what_waits() -> None:
    outbox = Outbox(1, 10, QueuedBytes(10_000))
    outbox.push(b"answer")
    outbox.end_with(b"the reason, however long", drop=False)
    assert outbox.take() == [b"answer", b"the reason, however long"]
    outbox = Outbox(1, 10, QueuedBytes(10_000))
    outbox.push(b"answer")
    outbox.end_with(b"reason", drop=True)
    assert outbox.take() == [b"reason"]


def test_clients_share_what_may_wait_and_those_with_little_keep_it() -> None:
    queued = QueuedBytes(1_000_000)
    hogs = [Outbox(100, 10**6, queued) for _ in range(2)]
    modest = Outbox(100, 10**6, queued)
    for hog in hogs:
        for _ in range(5):
            hog.push(bytes(100_000))
    with pytest.raises(QueueOverflow):
        hogs[0].push(bytes(1))
    modest.push(bytes(CLIENT_QUEUE_SHARE_BYTES))
    with pytest.raises(QueueOverflow):
        modest.push(bytes(1))
    assert queued.total == 1_000_000 + CLIENT_QUEUE_SHARE_BYTES
    hogs[0].take()
    hogs[1].push(bytes(100_000))
    hogs[1].end_with(bytes(10), drop=True)
    modest.clear()
    assert queued.total == 10
    hogs[1].take()
    assert queued.total == 0
