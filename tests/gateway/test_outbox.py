import pytest

from constellation.gateway.outbox import Outbox, QueueOverflow


def test_results_wait_for_earlier_ones() -> None:
    outbox = Outbox(10, 100)
    first, second, third = (outbox.open_slot(number) for number in (1, 2, 3))
    outbox.resolve(second, [b"two"])
    outbox.resolve(third, [b"three", b"more"])
    assert outbox.take() == []
    assert outbox.unresolved == 3
    outbox.resolve(first, [b"one"])
    assert outbox.take() == [b"one", b"two", b"three", b"more"]
    assert (outbox.take(), outbox.unresolved) == ([], 0)


def test_pushes_do_not_wait() -> None:
    outbox = Outbox(10, 100)
    outbox.open_slot(1)
    outbox.push(b"push")
    assert outbox.take() == [b"push"]


def test_oldest_unresolved_slot_is_found() -> None:
    outbox = Outbox(10, 100)
    first, second = outbox.open_slot(7), outbox.open_slot(7)
    assert outbox.find_slot(7) is first
    outbox.resolve(first, [])
    assert outbox.find_slot(7) is second
    assert outbox.find_slot(8) is None


def test_bounds_count_messages_bytes_and_slots() -> None:
    outbox = Outbox(2, 10)
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
    outbox = Outbox(10, 10)
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
    outbox = Outbox(1, 10)
    outbox.push(b"answer")
    outbox.end_with(b"the reason, however long", drop=False)
    assert outbox.take() == [b"answer", b"the reason, however long"]
    outbox = Outbox(1, 10)
    outbox.push(b"answer")
    outbox.end_with(b"reason", drop=True)
    assert outbox.take() == [b"reason"]
