"""A book kept from a snapshot and updates, and checked after each of them."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zlib import crc32

from constellation.sdk.ccxt_form import Form, Number, figure, microseconds, moment

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

    def to_ccxt(self, number: Number = str) -> Form:
        """Ccxt's order book; ``nonce`` is the sequence."""
        return {
            "symbol": self.market,
            **moment(microseconds(self.time)),
            "nonce": self.sequence,
            "bids": [[figure(number, level.price), figure(number, level.amount)] for level in self.bids],
            "asks": [[figure(number, level.price), figure(number, level.amount)] for level in self.asks],
        }


class _Side:
    """The levels of one side, at most ``_LEVELS_MAX`` of them.

    Args:
        sign: 1 where the lowest price is the best, -1 where the highest is.
    """

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._levels: dict[int, tuple[str, str]] = {}
        self._keys: list[int] = []

    def __len__(self) -> int:
        return len(self._keys)

    def clear(self) -> None:
        self._levels.clear()
        self._keys.clear()

    def best(self, most: int | None = None) -> list[tuple[str, str]]:
        """Price and amount of the best levels, the best first."""
        return [self._levels[key] for key in self._keys[:most]]

    def change(self, changes: Iterable[tuple[str, str]]) -> None:
        for price, amount in changes:
            key = self._sign * _units(price)
            if _units(amount):
                if key not in self._levels:
                    insort(self._keys, key)
                self._levels[key] = price, amount
            elif self._levels.pop(key, None) is None:
                raise OutOfStep(f"a level at {price} is gone that was not there")
            else:
                del self._keys[bisect_left(self._keys, key)]


class LocalBook:
    """One view of a book.

    Levels are kept by their price in units; the texts are the feed's, so that decimals are exact in every context.

    Args:
        market: its name.
    """

    def __init__(self, market: str) -> None:
        self._market = market
        self._bids = _Side(-1)
        self._asks = _Side(1)
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
        self._bids.change(data["bids"])
        self._asks.change(data["asks"])
        if max(len(self._bids), len(self._asks)) > _LEVELS_MAX:
            raise OutOfStep("there are more levels than any view has")
        if self.checksum != data["checksum"]:
            raise OutOfStep(f"at {data['sequence']} the checksum is {self.checksum}, not {data['checksum']}")
        self.sequence, self._time = int(data["sequence"]), data["time"]

    @property
    def checksum(self) -> int:
        """CRC32 over the best ten bids and then the best ten asks as ``price:amount``, in units, joined by ``|``."""
        best = (*self._bids.best(_CHECKED), *self._asks.best(_CHECKED))
        return crc32("|".join([f"{_units(price)}:{_units(amount)}" for price, amount in best]).encode())

    def book(self) -> FeedBook:
        """The book as it is now."""
        assert self.sequence is not None
        time = datetime.fromisoformat(self._time)
        return FeedBook(self._market, self.sequence, time, _lines(self._bids.best()), _lines(self._asks.best()))


def _units(text: str) -> int:
    digits = text.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit():
        raise ValueError(f"{text[:40]!r} is no amount")
    return int(digits)


def _lines(levels: Iterable[tuple[str, str]]) -> tuple[FeedLevel, ...]:
    return tuple(FeedLevel(Decimal(price), Decimal(amount)) for price, amount in levels)
