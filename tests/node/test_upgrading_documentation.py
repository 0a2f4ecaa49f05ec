"""The page about upgrading names commands, options, codes and bounds that exist."""

import re
import shlex
from pathlib import Path

import click
from rich.console import Console

from constellation.node.cli import main
from constellation.node.config import AlphaSection
from constellation.node.exit_codes import ExitCode
from constellation.node.waiting import LAG_MAX_BATCHES
from constellation.protocol import backoff
from constellation.protocol.messages import Code
from constellation.sdk import ClientOptions
from constellation.testing.rolling import __main__ as rolling
from constellation.testing.rolling import print_rolling

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating" / "upgrading.md").read_text("utf-8")
ALPHA_UNIT = (ROOT / "deploy" / "systemd" / "constellation-alpha.service").read_text("utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    return [shlex.split(line.strip()[2:], comments=True) for block in blocks for line in block.strip().splitlines()]


def test_every_command_is_understood() -> None:
    found = [words for words in commands() if words[0].endswith("constellation")]
    assert len(found) >= 4
    for _, *words in found:
        command: click.Command = main
        while isinstance(command, click.Group):
            following = command.get_command(click.Context(main), words.pop(0))
            assert following is not None
            command = following
        command.make_context(command.name or "", words)


def test_the_measurement_is_a_command() -> None:
    [words] = [words for words in commands() if "constellation.testing.rolling" in words]
    assert words[:3] == ["python", "-m", rolling.__package__]
    rolling.main.make_context("rolling", words[3:])


def test_units_options_codes_and_bounds_are_those_in_force() -> None:
    for unit in re.findall(r"(constellation-\w+)\.service", PAGE):
        assert unit.removesuffix("-b") == "constellation-alpha"
    assert "--take-over-s 60" in ALPHA_UNIT
    named = {ExitCode(int(code)) for code in re.findall(r"exit code (\d)", PAGE)}
    assert named >= {ExitCode.IN_USE, ExitCode.CONFIGURATION}
    for code in re.findall(r"`([A-Z_]{6,})`", PAGE):
        assert code in Code.__members__
    assert f"more than {LAG_MAX_BATCHES} batches behind" in PAGE.replace("\n   ", " ")
    options = ClientOptions()
    assert f"after {options.backoff_s} s, and then in pauses of a quarter" in PAGE.replace("\n", " ")
    assert f"of {options.backoff_max_s:.0f} s at most" in PAGE
    assert backoff.pause_ms(8_000, round(options.backoff_s * 1000), round(options.backoff_max_s * 1000)) == 2_000
    assert "checkpoint_quanta" in AlphaSection.model_fields


def test_what_does_not_hold_is_printed() -> None:
    restart = {
        "node": "alpha", "ended_s": 0.1, "whole_s": 2.0, "pauses_s": [], "told": {"SHUTTING_DOWN": 3}, "reconnects": 1,
    }  # fmt: skip
    document = {
        "held": False, "violations": ["effects: [1] is missing"], "accounts": 1, "interval_s": 0.05, "acknowledged": 7,
        "restarts": [restart], "checked": {"quanta": 9},
    }  # fmt: skip
    console = Console(record=True, width=160)
    print_rolling(document, console)
    text = console.export_text()
    assert "VIOLATION effects: [1] is missing" in text
    assert "SHUTTING_DOWN 3" in text
    assert "Nothing was lost" not in text
