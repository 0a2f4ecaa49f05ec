"""History for spreadsheets and other programs: CSV and JSON lines. Amounts are exact texts, times ISO 8601 in UTC."""

import csv
import json
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol

from constellation.sdk.effects import OtherEffect
from constellation.sdk.history import HistoryItem

_HEAD: Final = ("number", "time", "apex", "batch", "kind")

_CONTENT: Final = (
    "asset", "amount", "market", "side", "price", "quote_amount", "fee", "order_id", "counter_order_id", "maker",
    "remaining", "reason", "total", "locked", "source", "destination", "withdrawal_id", "outcome", "transaction",
    "max_time_s", "routing_id", "code", "replaced", "client_order_id", "due_us", "hold_id",
    "owner", "beneficiary", "expires_at_us", "captured", "memo",
    "trigger", "trigger_price",
    "agent", "rights", "expires_at", "new_key", "locks", "until",
    "approve_until_us",
    "parent", "sub_account", "address",
)  # fmt: skip

COLUMNS: Final = (*_HEAD, *_CONTENT)
"""Of a row; what an effect does not have is empty."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Sink(Protocol):
    """What is written to."""

    def write(self, text: str, /) -> object:
        """Write a text."""


def history_row(item: HistoryItem) -> dict[str, str]:
    """An item as texts, by column, without those that it does not have."""
    row = {
        "number": str(item.number),
        "time": time_text(item),
        "apex": str(item.apex),
        "batch": str(item.batch),
        "kind": item.kind,
    }
    if not isinstance(item.effect, OtherEffect):
        row |= {field.name: _text(getattr(item.effect, field.name)) for field in fields(item.effect)}
    return {name: text for name, text in row.items() if text}


def time_text(item: HistoryItem) -> str:
    """The time of an item, such as ``2026-01-31T12:00:00.000000Z``."""
    return item.time.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(value)
    return value.name.lower() if isinstance(value, Enum) else str(value)


class CsvWriter:
    """Rows of all :data:`COLUMNS` under a head.

    No text can be taken for a formula by a spreadsheet: one that begins like it gets an apostrophe before it.

    Args:
        sink: a file that was opened with ``newline=""``.
    """

    def __init__(self, sink: Sink) -> None:
        self._writer = csv.writer(sink, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)

    def write(self, items: Iterable[HistoryItem]) -> None:
        """Write a row for each item."""
        for item in items:
            row = history_row(item)
            self._writer.writerow([_harmless(row.get(name, "")) for name in COLUMNS])


class JsonLinesWriter:
    """A JSON object on a line for each item, with the columns that it has.

    Args:
        sink: a file.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, items: Iterable[HistoryItem]) -> None:
        """Write a line for each item."""
        for item in items:
            self._sink.write(json.dumps(history_row(item)) + "\n")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
