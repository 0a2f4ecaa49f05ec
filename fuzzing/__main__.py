"""``python -m fuzzing``: fuzz some targets or all of them, or repeat one input."""

import sys
from pathlib import Path
from random import SystemRandom

import click

from fuzzing.engines import Findings, has_atheris, run_guided, run_unguided
from fuzzing.registry import TARGETS

WORK = Path(".fuzzing")


@click.command()
@click.option("--target", "names", multiple=True, type=click.Choice(sorted(TARGETS)), help="One of them; default all.")
@click.option("--seconds", default=60, show_default=True, help="For each target.")
@click.option("--seed", "number", type=int, help="To repeat a run; drawn and shown when it is not given.")
@click.option("--engine", type=click.Choice(["atheris", "hypothesis"]), help="Default: atheris, where it is installed.")
@click.option("--repeat", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Run this one input.")
@click.option("--quiet", is_flag=True, help="No progress.")
def main(
    names: tuple[str, ...], seconds: int, number: int | None, engine: str | None, repeat: Path | None, quiet: bool
) -> None:
    """Throw bytes at every decoder, session machine, parser and server; see docs/internals/fuzzing.md."""
    if repeat is not None:
        if len(names) != 1:
            raise click.UsageError("--repeat needs exactly one --target")
        TARGETS[names[0]].load()(repeat.read_bytes())
        click.echo(f"{repeat} is no finding")
        return
    number = SystemRandom().randrange(1, 2**31) if number is None else number
    guided = engine == "atheris" if engine else has_atheris()
    if guided and not has_atheris():
        raise click.UsageError("atheris is not installed: pip install atheris")
    word = "atheris, guided by coverage" if guided else "Hypothesis, not guided by coverage"
    click.echo(f"engine: {word}; seed {number}")
    places = Findings(WORK / "findings", WORK / "corpus")
    places.directory.mkdir(parents=True, exist_ok=True)
    found: list[tuple[str, Path]] = []
    for name in names or sorted(TARGETS):
        click.echo(f"== {name}: {seconds} s")
        say = (lambda _: None) if quiet else (lambda line: click.echo(f"   {line}"))
        run = run_guided if guided else run_unguided
        found += [(name, path) for path in run(TARGETS[name], seconds, number, places, say)]
    for name, path in found:
        click.echo(f"FINDING: repeat it with: python -m fuzzing --target {name} --repeat {path}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
