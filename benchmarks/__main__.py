"""The command line of the benchmarks."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from benchmarks import report
from benchmarks.results import RESULTS, Results, load, save, this_system
from benchmarks.runner import BenchmarkFailed, outcome_document, run_apart, run_here
from benchmarks.suite import SUITE


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", "names", multiple=True, type=click.Choice(list(SUITE)), help="Run this one; can be repeated.")
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
def main(names: tuple[str, ...], quick: bool, is_saved: bool, is_page: bool, path: Path, child: str | None) -> None:
    """Measure, compare with the committed results, and show."""
    if child is not None:
        click.echo(json.dumps(outcome_document(run_here(child, quick=quick))))
        return
    if is_page:
        report.PAGE.write_text(report.page(load(RESULTS)), "utf-8")
        return
    if quick and is_saved:
        raise click.UsageError("--quick measures too little to be saved")
    committed = load(RESULTS)
    results = Results(this_system(), {})
    for name in names or SUITE:
        click.echo(f"{name}: {SUITE[name].title}", err=True)
        try:
            results.outcomes[name] = run_apart(name, quick=quick)
        except BenchmarkFailed as error:
            raise click.ClickException(str(error)) from error
        save(path, results)
    Console(width=None if sys.stdout.isatty() else 150).print(report.table(results, committed))
    if is_saved:
        found = {**committed.outcomes, **results.outcomes}
        kept = Results(results.system, {name: found[name] for name in SUITE if name in found})
        save(RESULTS, kept)
        report.PAGE.write_text(report.page(load(RESULTS)), "utf-8")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
