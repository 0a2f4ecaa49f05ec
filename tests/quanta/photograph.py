"""Everything that a state is made of, as a value: objects by their slots, in the order in which they are met.

Unlike a state root or an entry, it shows caches, links and the order of dictionaries, too.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sortedcontainers import SortedList

from constellation.quanta import State

_UNORDERED = frozenset({("MatchingEngine", "orders"), ("Triggers", "armed"), ("Vault", "holds")})
"""Dictionaries that nobody iterates over: only what is in them matters."""


def photograph(state: State) -> list[object]:
    """Two photographs are the same when nothing in the state differs; taking one changes nothing."""
    return _Camera().take(state)


class _Camera:
    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._seen: list[object] = []  # kept, so that no id is given twice

    def take(self, root: object) -> list[object]:
        """Without recursion: an order book is a chain of thousands of links."""
        picture: list[object] = []
        waiting = [root]
        while waiting:
            item = waiting.pop()
            if item is None or isinstance(item, int | str | bytes | Enum | type):
                picture.append(item)
            elif isinstance(item, bytearray):
                picture.append(bytes(item))
            elif id(item) in self._numbers:
                picture.append(("again", self._numbers[id(item)]))
            else:
                self._numbers[id(item)] = len(self._numbers)
                self._seen.append(item)
                names, parts = _parts(item)
                picture.append((type(item).__name__, names))
                waiting += reversed(parts)
        return picture


def _parts(item: object) -> tuple[object, list[Any]]:
    if isinstance(item, Mapping):
        return len(item), [part for pair in item.items() for part in pair]
    if isinstance(item, list | tuple | SortedList):
        return len(item), list(item)
    # A compiled class has no slots, but a list of its attributes.
    names = [
        name
        for kind in type(item).__mro__
        for name in getattr(kind, "__slots__", ()) or getattr(kind, "__mypyc_attrs__", ())
    ]
    names += sorted(getattr(item, "__dict__", {}))
    parts: list[Any] = []
    for name in names:
        part = getattr(item, name)
        is_unordered = (type(item).__name__, name) in _UNORDERED
        parts.append(dict(sorted(part.items())) if is_unordered else part)
    return tuple(names), parts
