"""The command line of the benchmarks."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from benchmarks import report
from benchmarks.results import RESULTS, Results, load, save, this_system
from benchmarks.runner import BenchmarkFailed, outcome_document, run_apart, run_here
from benchmarks.suite import SUITE

_UNKNOWN_S = 60.0


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice(list(SUITE)))
@click.option("--all", "is_all", is_flag=True, help="Measure what takes minutes each, too.")
@click.option("--quick", is_flag=True, help="Small sizes: shows that it works, the figures mean little.")
@click.option("--save", "is_saved", is_flag=True, help="Replace the committed results and the page made of them.")
@click.option("--page", "is_page", is_flag=True, help="Measure nothing: make the page of the committed results anew.")
@click.option(
    "--json",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("build/benchmarks.json"),
    show_default=True,
    help="Where to write what was measured.",
)
@click.option("--child", hidden=True, type=click.Choice(list(SUITE)), help="Run one here and print its outcome.")
@click.option("--given", hidden=True, type=float, help="With --child: the figure that it continues from.")
def main(
    names: tuple[str, ...],
    is_all: bool,
    quick: bool,
    is_saved: bool,
    is_page: bool,
    path: Path,
    child: str | None,
    given: float | None,
) -> None:
    """Measure what does not take long, or what is NAMED; compare with the committed results, and show."""
    if child is not None:
        click.echo(json.dumps(outcome_document(child, run_here(child, quick=quick, given=given))))
        return
    if is_page:
        report.PAGE.write_text(report.page(load(RESULTS)), "utf-8")
        return
    if quick and is_saved:
        raise click.UsageError("--quick measures too little to be saved")
    committed = load(RESULTS)
    wanted = names or [name for name, benchmark in SUITE.items() if is_all or quick or not benchmark.is_long]
    results = _measure([name for name in SUITE if name in wanted], quick, path, committed)
    Console(width=None if sys.stdout.isatty() else 170).print(report.table(results, committed))
    if is_saved:
        found = {**committed.outcomes, **results.outcomes}
        kept = Results(results.system, {name: found[name] for name in SUITE if name in found})
        save(RESULTS, kept)
        report.PAGE.write_text(report.page(load(RESULTS)), "utf-8")


def _measure(names: Sequence[str], quick: bool, path: Path, committed: Results) -> Results:
    """Run the benchmarks, one after the other, and write down after each what was found until then."""
    results = Results(this_system(), {})
    for place, name in enumerate(names):
        left = "" if quick else time_left(names[place:], committed)
        click.echo(f"[{place + 1} of {len(names)}{left}] {name}: {SUITE[name].title}", err=True)
        source = SUITE[name].continues
        found = None if source is None else results.figure(*source)
        try:
            results.outcomes[name] = run_apart(name, quick=quick, given=None if found is None else found[0].value)
        except BenchmarkFailed as error:
            raise click.ClickException(str(error)) from error
        save(path, results)
    return results


def time_left(names: Sequence[str], committed: Results) -> str:
    """How long these took when they were committed, for people; a guess for who was not."""
    known = [outcome.elapsed_s for name in names if (outcome := committed.outcomes.get(name))]
    seconds = sum(known) + _UNKNOWN_S * (len(names) - len(known))
    return f", {seconds / 60:.0f} min left" if seconds >= 60 else f", {seconds:.0f} s left"


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
