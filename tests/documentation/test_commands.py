"""Every command of the documentation is one: its subcommands and options exist, and take what they are given."""

import click
import pytest

from constellation.node.cli import main
from tests.documentation.pages import of_constellation, pages

COMMANDS = [(page, words) for page in pages() for words in of_constellation(page)]


def parse(command: click.Command, words: list[str], parent: click.Context | None = None) -> None:
    """Raise what click would say about these words; values are not looked at, and nothing is run."""
    context = click.Context(command, parent, command.name, **command.context_settings)
    options, rest, _ = command.make_parser(context).parse_args(list(words))
    if isinstance(command, click.Group):
        name, *rest = rest or [""]
        if (found := command.get_command(context, name)) is None and not options:
            raise click.UsageError(f"no command {name!r} in {command.name!r}")
        if found is not None:
            parse(found, rest, context)
    elif rest:
        raise click.UsageError(f"{command.name} does not take {rest}")


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=[f"{page}: {' '.join(words)}" for page, words in COMMANDS])
def test_the_command_is_one(page: str, words: list[str]) -> None:
    parse(main, words)


def test_commands_are_found() -> None:
    assert len(COMMANDS) > 50
    assert ["keys", "new", "alpha.seed"] in list(of_constellation("README.md"))


@pytest.mark.parametrize(
    "words", [["kyes", "new"], ["keys", "nwe", "x"], ["keys", "new", "--no-such", "x"], ["keys", "new", "x", "y"]]
)
def test_what_is_none_is_found(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(main, words)
