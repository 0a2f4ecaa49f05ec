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

`make bench` measures this again in nine minutes, shows each figure beside the one that was committed last, and writes
`build/benchmarks.json`; pauses and catching up take longer and come with `ALL=1`. `make bench ONLY="codec machine"` or
`python -m benchmarks codec machine` run some of it, `--quick` takes small sizes, and `--save` (`make bench SAVE=1`)
replaces the committed results and this page.

Compare ratios, not absolutes: machines differ, and other work may share them. Times are CPU time as the operating
system accounts it to the process, except latencies and where the name says *wall*. **Checks**, or V, is the same time
in Ed25519 signature checks (libsodium, one strict check as every node does it); for a rate it is the time for one item.
The check is measured in the same process before and after, and the lower figure counts; where real processes are at
work, it is measured beside them. Each benchmark runs in a process of its own. *Middle* is the median.
"""


def table(results: Results, before: Results) -> Table:
    """Results beside earlier ones."""
    shown = Table(title=f"Benchmarks on {results.system}", title_justify="left")
    shown.add_column("measure")
    for column in ("value", "unit", "checks", "before", "change", "goal"):
        shown.add_column(column, justify="left" if column == "unit" else "right")
    for name, outcome in results.outcomes.items():
        shown.add_section()
        shown.add_row(f"[bold]{SUITE[name].title}[/bold] ({name}, {outcome.elapsed_s:.0f} s)")
        for figure in outcome.figures:
            earlier = before.figure(name, figure.name)
            shown.add_row(*_cells(figure, outcome), *_compared(figure, outcome, earlier), _goal(name, figure, outcome))
    return shown


def _goal(name: str, figure: Figure, outcome: Outcome) -> str:
    goal = SUITE[name].goals.get(figure.name)
    if goal is None:
        return ""
    reached = "reached" if goal.is_reached(figure, outcome.check_us) else "NOT reached"
    return f"{goal.text(figure.unit)}: {reached}"


def page(results: Results) -> str:
    """The page of the documentation."""
    sections = [_section(name, outcome) for name, outcome in results.outcomes.items()]
    return "\n".join([_HEAD, f"Measured with {results.system}.\n", _goals(results), *sections])


def _goals(results: Results) -> str:
    rows = [["", "Value", "Unit", "Checks", "Goal"], ["---", "---:", "---", "---:", "---"]]
    for name, outcome in results.outcomes.items():
        for figure in outcome.figures:
            if goal := _goal(name, figure, outcome):
                cells = _cells(figure, outcome)
                rows.append([f"{name}: {cells[0]}", *cells[1:], goal])
    return f"## Goals\n\n{_lines(rows)}"


def _section(name: str, outcome: Outcome) -> str:
    rows = [["", "Value", "Unit", "Checks"], ["---", "---:", "---", "---:"]]
    rows += [_cells(figure, outcome) for figure in outcome.figures]
    note = f"{SUITE[name].note} One check took {outcome.check_us:.1f} µs. Measured on {outcome.date}."
    return f"## {SUITE[name].title}\n\n{note}\n\n{_lines(rows)}"


def _lines(rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


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
