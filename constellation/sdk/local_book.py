"""A book kept from a snapshot and updates, and checked after each of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from zlib import crc32

from sortedcontainers import SortedDict

_CHECKED: Final = 10
_LEVELS_MAX: Final = 1_000  # of a side, in the deepest view


class OutOfStep(Exception):
    """Something was missed, or what is kept here is not what the feed has; a fresh snapshot helps."""


@dataclass(slots=True, frozen=True)
class FeedLevel:
    """One price level."""

    price: Decimal
    amount: Decimal


@dataclass(slots=True, frozen=True)
class FeedBook:
    """The best levels of a market, as of one batch.

    Attributes:
        market: its name.
        sequence: last apex of the batch that brought the book here.
        time: of that batch.
        bids: best first.
        asks: best first.
    """

    market: str
    sequence: int
    time: datetime
    bids: tuple[FeedLevel, ...]
    asks: tuple[FeedLevel, ...]


class LocalBook:
    """One view of a book.

    Levels are kept by their price in units; the texts are the feed's, so that decimals are exact in every context.

    Args:
        market: its name.
    """

    def __init__(self, market: str) -> None:
        self._market = market
        self._bids: SortedDict[int, tuple[str, str]] = SortedDict()
        self._asks: SortedDict[int, tuple[str, str]] = SortedDict()
        self._time = ""
        self.sequence: int | None = None
        """Of the last message; None while a snapshot is missing."""

    def forget(self) -> None:
        """What is kept is worth nothing until the next snapshot."""
        self.sequence = None

    def show(self, data: dict[str, Any]) -> None:
        """Take a snapshot.

        Raises:
            OutOfStep: its checksum is not that of its levels.
        """
        self._bids.clear()
        self._asks.clear()
        self._apply(data)

    def update(self, data: dict[str, Any]) -> bool:
        """Take an update; whether it was one: those before the snapshot are passed over.

        Raises:
            OutOfStep: one was missed, or the checksum is another.
        """
        if self.sequence is None:
            return False
        if data["previous"] != self.sequence:
            raise OutOfStep(f"update {data['sequence']} follows {data['previous']}, not {self.sequence}")
        self._apply(data)
        return True

    def _apply(self, data: dict[str, Any]) -> None:
        _change(self._bids, data["bids"], -1)
        _change(self._asks, data["asks"], 1)
        if max(len(self._bids), len(self._asks)) > _LEVELS_MAX:
            raise OutOfStep("there are more levels than any view has")
        if self.checksum != data["checksum"]:
            raise OutOfStep(f"at {data['sequence']} the checksum is {self.checksum}, not {data['checksum']}")
        self.sequence, self._time = int(data["sequence"]), data["time"]

    @property
    def checksum(self) -> int:
        """CRC32 over the best ten bids and then the best ten asks as ``price:amount``, in units, joined by ``|``."""
        best = (*islice(self._bids.values(), _CHECKED), *islice(self._asks.values(), _CHECKED))
        return crc32("|".join([f"{_units(price)}:{_units(amount)}" for price, amount in best]).encode())

    def book(self) -> FeedBook:
        """The book as it is now."""
        assert self.sequence is not None
        time = datetime.fromisoformat(self._time)
        return FeedBook(self._market, self.sequence, time, _lines(self._bids.values()), _lines(self._asks.values()))


def _change(levels: "SortedDict[int, tuple[str, str]]", changes: Iterable[tuple[str, str]], sign: int) -> None:
    for price, amount in changes:
        key = sign * _units(price)
        if _units(amount):
            levels[key] = price, amount
        elif levels.pop(key, None) is None:
            raise OutOfStep(f"a level at {price} is gone that was not there")


def _units(text: str) -> int:
    digits = text.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit():
        raise ValueError(f"{text[:40]!r} is no amount")
    return int(digits)


def _lines(levels: Iterable[tuple[str, str]]) -> tuple[FeedLevel, ...]:
    return tuple(FeedLevel(Decimal(price), Decimal(amount)) for price, amount in levels)
