"""Results for people: a table for the terminal, a page for the documentation."""

from pathlib import Path

from rich.table import Table

from benchmarks.figures import Figure, Outcome
from benchmarks.results import Results
from benchmarks.suite import SUITE

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"

_HEAD = """\
# Benchmarks

*This page is generated from `benchmarks/results.json` by `python -m benchmarks --page`.*

`make bench` measures all of this again, shows each figure beside the one that was committed last, and writes
`build/benchmarks.json`. `python -m benchmarks --only NAME` runs one benchmark, `--quick` takes small sizes, and
`--save` (`make bench SAVE=1`) replaces the committed results and this page.

The machine that measured was shared with other work, so compare ratios, not absolutes. Times are CPU time as the
operating system accounts it to the process, except where the name says *wall*. **Checks** is the same time
in Ed25519 signature checks (libsodium, one strict check as every node does it), measured in the same process; for a
rate it is the time for one item. Each benchmark runs in a process of its own. *Middle* is the median.
"""


def table(results: Results, before: Results) -> Table:
    """Results beside earlier ones."""
    shown = Table(title=f"Benchmarks on {results.system}", title_justify="left")
    shown.add_column("measure")
    for column in ("value", "unit", "checks", "before", "change"):
        shown.add_column(column, justify="left" if column == "unit" else "right")
    for name, outcome in results.outcomes.items():
        shown.add_section()
        shown.add_row(f"[bold]{SUITE[name].title}[/bold] ({name}, {outcome.elapsed_s:.0f} s)")
        for figure in outcome.figures:
            shown.add_row(*_cells(figure, outcome), *_compared(figure, outcome, before.figure(name, figure.name)))
    return shown


def page(results: Results) -> str:
    """The page of the documentation."""
    sections = [_section(name, outcome) for name, outcome in results.outcomes.items()]
    return "\n".join([_HEAD, f"Measured with {results.system}.\n", *sections])


def _section(name: str, outcome: Outcome) -> str:
    rows = [["", "Value", "Unit", "Checks"], ["---", "---:", "---", "---:"]]
    rows += [_cells(figure, outcome) for figure in outcome.figures]
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    return f"## {SUITE[name].title}\n\n{SUITE[name].note} One check took {outcome.check_us:.1f} µs.\n\n{lines}"


def _cells(figure: Figure, outcome: Outcome) -> list[str]:
    checks = figure.checks(outcome.check_us)
    return [figure.name, number(figure.value), figure.unit, "" if checks is None else number(checks)]


def _compared(figure: Figure, outcome: Outcome, before: tuple[Figure, float] | None) -> tuple[str, str]:
    """The earlier value, and how much cost has changed since: in checks where there is a time, in itself elsewhere."""
    if before is None:
        return "", ""
    earlier, earlier_check_us = before
    now, then = figure.checks(outcome.check_us), earlier.checks(earlier_check_us)
    if now is None or then is None:
        now, then = figure.value, earlier.value
    change = f"{(now / then - 1) * 100:+.0f} %" if then else ""
    return number(earlier.value), change


def number(value: float) -> str:
    """A number with three digits that mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
