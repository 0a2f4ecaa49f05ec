"""What a simulated trader keeps on paper, as the page about proofs advises."""

from types import SimpleNamespace
from typing import Any

from constellation.testing.simulation.memory import Memory, Told


def event(first: int, digest: bytes, effects: int = 1) -> Any:
    return SimpleNamespace(
        apex=first, first_number=first, last_number=first + effects - 1, verified=SimpleNamespace(digest=digest)
    )


def memory(*finals: bool) -> Memory:
    found = Memory(start=0)
    for number, is_final in enumerate(finals):
        found.told[2 * number + 1] = Told(event(2 * number + 1, b"old", 2), is_final)
    return found


def test_what_is_certain_ends_where_something_is_not_final() -> None:
    assert Memory().certain is None
    assert memory().certain == 0
    assert memory(True, True, False, True).certain == 4
    assert memory(True, True).certain == memory(True, True).last == 4


def test_what_was_not_final_can_turn_out_to_be_something_else_with_all_that_followed() -> None:
    found = memory(True, False, False)
    found.tell(event(3, b"new"))
    assert [told.event.first_number for told in found.void] == [3, 5]
    assert not any(found.holds(told) for told in found.void)
    assert (found.last, found.errors) == (3, [])


def test_what_was_final_cannot() -> None:
    found = memory(True)
    found.tell(event(1, b"new"))
    assert len(found.errors) == 1


def test_the_same_may_be_told_again() -> None:
    found = memory(True, False)
    assert found.tell(event(3, b"old", 2)) is found.told[3]
    assert (found.void, found.errors) == ([], [])
