"""The result of a soak as tables."""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from constellation.load import print_report

_MIB: Final = 1024 * 1024


def print_soak(document: Mapping[str, Any], console: Console) -> None:
    """Print what :meth:`Soak.run` has found."""
    if "load" in document:
        print_report(document["load"], console)
        console.print(_memory(document["memory"]))
        console.print(_files(document["files"]))
    console.print(_strikes(document))
    held = f"[bold green]All oracles held[/], {document['elapsed_s']} s in all, seed {document['seed']}."
    print_findings(document, held, console)


def print_findings(document: Mapping[str, Any], held: str, console: Console) -> None:
    """Print what was compared, and ``held`` if all of it holds, or else what does not."""
    console.print(_compared(document))
    if document["held"]:
        console.print(held)
    for text in document["violations"]:
        console.print(f"[bold red]VIOLATION[/] {text}", soft_wrap=True)


def _memory(memory: Mapping[str, Any]) -> Table:
    table = Table(title="Resident memory in MiB; start, end and slope of the longest life", title_justify="left")
    for name in ("process", "lives", "life in s", "start", "end", "slope per minute", "highest"):
        table.add_column(name, justify="left" if name == "process" else "right")
    for process, item in memory.items():
        table.add_row(
            process,
            str(item["lives"]),
            str(item["longest_life_s"]),
            _mib(item["start_bytes"]),
            _mib(item["end_bytes"]),
            _mib(item["slope_bytes_per_minute"], 2),
            _mib(item["highest_bytes"]),
        )
    return table


def _mib(value: int | None, digits: int = 1) -> str:
    return "" if value is None else f"{value / _MIB:.{digits}f}"


def _files(files: Mapping[str, Any]) -> Table:
    table = Table(title="Data directories", title_justify="left")
    for name in ("node", "start in MiB", "end in MiB", "bytes per quantum"):
        table.add_column(name, justify="left" if name == "node" else "right")
    for node, item in files.items():
        table.add_row(node, _mib(item["start_bytes"]), _mib(item["end_bytes"]), str(item["bytes_per_quantum"]))
    return table


def _strikes(document: Mapping[str, Any]) -> Table:
    table = Table(title="Strikes, and seconds from a start until ready", title_justify="left")
    table.add_column("what")
    table.add_column("times", justify="right")
    table.add_column("lowest", justify="right")
    table.add_column("median", justify="right")
    table.add_column("highest", justify="right")
    for strike, number in sorted(document["strikes"].items()):
        table.add_row(strike, str(number))
    for role, item in document["recoveries_s"].items():
        table.add_row(
            f"{role} ready", str(item["count"]), str(item["lowest"]), str(item["median"]), str(item["highest"])
        )
    return table


def _compared(document: Mapping[str, Any]) -> Table:
    table = Table(title="Compared", title_justify="left")
    table.add_column("what")
    table.add_column("number", justify="right")
    for name, number in sorted(document["checked"].items()):
        table.add_row(name, str(number))
    return table
