"""The systemd units: what they start exists, they are hardened, and systemd itself finds nothing wrong with them."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from constellation.node.cli import main
from constellation.node.config import load_config
from constellation.node.exit_codes import ExitCode

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
PAGE = FOLDER.parents[1] / "docs" / "operating" / "systemd.md"
NODES = [FOLDER / "constellation-alpha.service", FOLDER / "constellation-auditor.service"]
BACKUP = FOLDER / "constellation-backup@.service"
TIMER = FOLDER / "constellation-backup@.timer"
UNITS = sorted(FOLDER.glob("*.service"))
_EXPOSURE_MAX = 20  # in tenths, as systemd counts it: 0 is no exposure at all, 100 all that there can be


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd-analyze here")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=30, check=False)


def test_there_is_one_for_each_role_and_one_for_backups() -> None:
    assert [*NODES, BACKUP] == UNITS


@pytest.mark.parametrize("unit", NODES, ids=lambda unit: unit.stem)
@pytest.mark.parametrize("name", ["ExecStart", "ExecStartPre"])
def test_it_starts_a_command_that_exists(unit: Path, name: str) -> None:
    [line] = settings(unit)[name]
    _, *words = shlex.split(line)
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found
    command.make_context(command.name or "", words)


@pytest.mark.parametrize("unit", NODES, ids=lambda unit: unit.stem)
def test_what_another_start_cannot_heal_is_not_tried_again(unit: Path) -> None:
    [codes] = settings(unit)["RestartPreventExitStatus"]
    hopeless = {ExitCode.CONFIGURATION, ExitCode.DIVERGED, ExitCode.STORAGE, ExitCode.IN_USE, ExitCode.OUTDATED}
    assert {ExitCode(int(code)) for code in codes.split()} == hopeless


@pytest.mark.parametrize("unit", NODES, ids=lambda unit: unit.stem)
def test_the_seed_is_a_credential_and_nothing_is_in_the_environment(unit: Path) -> None:
    found = settings(unit)
    assert found["LoadCredential"][0].startswith("node.seed:")
    assert not re.search(r"\bS[A-Z2-7]{55}\b", unit.read_text())
    assert found["Type"] == ["notify"]
    assert int(found["WatchdogSec"][0]) >= 30


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_nothing_wrong(unit: Path) -> None:
    result = analyze("verify", str(unit))
    complaints = [line for line in result.stderr.splitlines() if "is not executable" not in line]
    assert complaints == []
    result = analyze("security", "--offline=yes", f"--threshold={_EXPOSURE_MAX}", str(unit))
    assert result.returncode == 0, result.stdout[-300:] + result.stderr


def test_the_page_names_the_files_that_the_units_read() -> None:
    text = PAGE.read_text("utf-8")
    for unit in NODES:
        role = unit.stem.removeprefix("constellation-")
        assert unit.name in text or "constellation-*.service" in text
        for path in (f"/etc/constellation/{role}.toml", f"/etc/constellation/{role}.seed"):
            assert path in text, path
            assert path in unit.read_text()


def test_the_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    [text] = re.findall(r"<!-- configuration -->\n +```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "auditor.toml"
    path.write_text(text)
    assert load_config(path, {}).auditor.alpha_url == "wss://alpha.example.org:7002"
