"""``constellation history``: an account's past, printed or written to a file."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TextIO

from rich.console import Console

from constellation.node.config import ConfigurationError, check_is_free, check_websocket_url, load_settings
from constellation.node.keys import read_key_file
from constellation.sdk import Client, ClientOptions, HistoryItem, InvalidRequest
from constellation.sdk.export import CsvWriter, JsonLinesWriter, history_row, time_text

_TOGETHER = 1000


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """The command's options."""

    url: str
    settings_file: Path
    key_file: Path
    sub_account: int | None
    kinds: tuple[str, ...]
    asset: str | None
    market: str | None
    since: str | None
    until: str | None
    newest_first: bool
    limit: int | None
    form: str
    output: Path | None
    proofs: bool
    ca_file: Path | None


class _Writer(Protocol):
    def write(self, items: Iterable[HistoryItem]) -> None: ...


class _TableWriter:
    """A line for each item, for people."""

    def __init__(self, sink: TextIO) -> None:
        self._sink = sink

    def write(self, items: Iterable[HistoryItem]) -> None:
        for item in items:
            row = history_row(item)
            content = " ".join(f"{name}={row[name]}" for name in list(row)[5:])
            self._sink.write(f"{item.number:>9}  {time_text(item)}  {item.kind:<19} {content}".rstrip() + "\n")


_WRITERS: dict[str, Callable[[TextIO], _Writer]] = {"table": _TableWriter, "csv": CsvWriter, "jsonl": JsonLinesWriter}


async def run_history(options: HistoryOptions) -> None:
    """Read the history and write it.

    Raises:
        ConfigurationError: something cannot be used.
        KeyFileError: the seed cannot be read.
        SdkError: alpha cannot be reached or refuses, or says what does not hold.
    """
    check_websocket_url("--url", options.url)
    since, until = _moment("--since", options.since), _moment("--until", options.until)
    settings, key_pair = load_settings(options.settings_file), read_key_file(options.key_file)
    if options.output is not None:
        check_is_free(options.output)
    async with Client(options.url, settings, key_pair, ClientOptions(ca_file=options.ca_file)) as client:
        items = client.history(
            kinds=options.kinds,
            asset=options.asset,
            market=options.market,
            since=since,
            until=until,
            newest_first=options.newest_first,
            limit=options.limit,
            proofs=options.proofs,
            sub_account=options.sub_account,
        )
        with _sink(options.output) as sink, _Progress(sink) as progress:
            writer = _WRITERS[options.form](sink)
            try:
                async for item in items:
                    writer.write([item])
                    progress.count()
            except InvalidRequest as error:
                raise ConfigurationError(str(error)) from None


@contextmanager
def _sink(output: Path | None) -> Iterator[TextIO]:
    """Where it goes; a file that was not finished is not left behind."""
    if output is None:
        yield sys.stdout
        return
    try:
        file = output.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigurationError(f"{output}: {error.strerror}") from None
    try:
        with file:
            yield file
    except BaseException:
        output.unlink(missing_ok=True)
        raise


class _Progress:
    """Says on a terminal how much is done, unless the output goes there itself.

    Args:
        sink: where the output goes.
    """

    def __init__(self, sink: TextIO) -> None:
        self._is_shown = not sink.isatty()
        self._console = Console(stderr=True, highlight=False)
        self._count = 0
        self._status = self._console.status("asking for the history")

    def __enter__(self) -> "_Progress":
        if self._is_shown and self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._status.stop()

    def count(self) -> None:
        """One item more."""
        self._count += 1
        if self._count % _TOGETHER == 0:
            self._status.update(f"{self._count} items")


def _moment(name: str, text: str | None) -> datetime | None:
    """A time in UTC, unless it says another zone."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{name}: {text!r} is no time; 2026-01-31 and 2026-01-31T12:00:00 are") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
