"""The result of a rolling restart as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from constellation.testing.soak.report import print_findings


def print_rolling(document: Mapping[str, Any], console: Console) -> None:
    """Print what :meth:`Rolling.run` has found."""
    console.print(_restarts(document))
    held = f"[bold green]Nothing was lost[/] of {document['acknowledged']} acknowledged operations."
    print_findings(document, held, console)


def _restarts(document: Mapping[str, Any]) -> Table:
    interval_ms = round(document["interval_s"] * 1000)
    table = Table(
        title=f"Longest time without an acknowledgement, of {document['accounts']} clients that each send one "
        f"operation every {interval_ms} ms; all in seconds",
        title_justify="left",
    )
    table.add_column("restarted")
    for name in ("until it ended", "until all was well", "pause: lowest", "median", "highest", "reconnects"):
        table.add_column(name, justify="right")
    table.add_column("clients were told")
    for item in document["restarts"]:
        told = ", ".join(f"{name} {count}" for name, count in sorted(item["told"].items()))
        is_peace = item["node"] == "none"
        spans = ("", "") if is_peace else (f"{item['ended_s']:.2f}", f"{item['whole_s']:.2f}")
        table.add_row(item["node"], *spans, *_spread(item["pauses_s"]), str(item["reconnects"]), told)
    return table


def _spread(pauses_s: Sequence[float]) -> list[str]:
    if not pauses_s:
        return ["", "", ""]
    return [f"{value:.2f}" for value in (pauses_s[0], pauses_s[len(pauses_s) // 2], pauses_s[-1])]
