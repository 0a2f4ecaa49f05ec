"""What is on must be installed, start, and be what it says; everything else keeps a node from starting."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from constellation.node.cli import main
from constellation.node.config import ConfigurationError, load_config
from constellation.node.exit_codes import ExitCode
from constellation.node.extensions.config import ExtensionsSection
from constellation.node.extensions.loading import load_extensions
from constellation.node.keys import new_key_pair, write_key_file
from constellation.protocol.settings_json import settings_to_json
from constellation.testing.world import World
from tests.node.extensions.installing import install

GOOD = """
from constellation.extensions import Admission, Extension

class Hook:
    def __init__(self, options):
        self.options = options
    def admit(self, account, signer):
        return Admission()

def make(options):
    return Extension(api_version=1, admission=Hook(options))
"""


def load(*on: str, **options: dict[str, str]) -> list[str]:
    return [item.name for item in load_extensions(ExtensionsSection(on=on, options=options))]  # type: ignore[arg-type]


def test_nothing_is_on_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "good", GOOD)
    assert load_extensions(load_config(None, {}).extensions) == []


def test_options_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "good", GOOD)
    (loaded,) = load_extensions(ExtensionsSection(on=("good",), options={"good": {"a": "b", "c": 7}}))
    assert loaded.name == "good"
    assert loaded.extension.admission.options == {"a": "b", "c": 7}  # type: ignore[union-attr]


def test_a_name_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "good", GOOD)
    with pytest.raises(ConfigurationError, match=r"^extensions.on: god is not installed; installed are: .*good"):
        load("good", "god")


def test_a_name_that_two_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "a", monkeypatch, "good", GOOD)
    install(tmp_path / "b", monkeypatch, "better", GOOD)
    entry_points = tmp_path / "b" / "extension_better-1.0.dist-info" / "entry_points.txt"
    entry_points.write_text(entry_points.read_text().replace("better = ", "good = "))
    with pytest.raises(ConfigurationError, match="ambiguous: extension_better:make and extension_good:make"):
        load("good")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nothing_of_this_name", "cannot be started: ModuleNotFoundError"),
        ("def made(options): ...", "cannot be started: AttributeError"),
        ("make = 7", "cannot be started: TypeError"),
        ("def make(options): raise RuntimeError('no \\x1b[31mred')", r"cannot be started: RuntimeError: no  \[31mred"),
        ("def make(options): return None", "made a NoneType, not an Extension"),
        (GOOD.replace("api_version=1", "api_version=2"), "is for version 2 of the types; this node has 1"),
        (GOOD.replace(", admission=Hook(options)", ""), "has no hook"),
        (GOOD.replace("def admit", "def admits"), "a Hook has no method admit"),
    ],
)
def test_what_is_no_extension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str) -> None:
    install(tmp_path, monkeypatch, "bad", source)
    with pytest.raises(ConfigurationError, match=f"^extensions.on: bad:? {reason}"):
        load("bad")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('on = ["a", "a"]', "named twice"),
        ('on = ["a"]\noptions.b.c = 1', "not on: b"),
        ("on = [" + ",".join(f'"{number}"' for number in range(9)) + "]", "at most 8"),
        ("admission_refresh_s = 100\nadmission_keep_s = 99", "admission_keep_s is less"),
        ("admission_timeout_s = 0", "greater than 0"),
        ("unknown = 1", "not permitted"),
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "node.toml"
    path.write_text(f"[extensions]\n{text}\n")
    with pytest.raises(ConfigurationError, match=reason):
        load_config(path, {})


@pytest.mark.usefixtures("restored_logging")
@pytest.mark.parametrize("role", ["alpha", "auditor", "chronicler"])
def test_a_node_does_not_start_without_what_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("constellation.json").write_text(json.dumps(settings_to_json(World().settings)))
    write_key_file(Path("node.seed"), new_key_pair())
    Path("node.toml").write_text('[extensions]\non = ["absent"]\n[chronicler]\npeers = ["http://127.0.0.1:1"]\n')
    result = CliRunner().invoke(main, [role, "--config", "node.toml"])
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "absent is not installed" in result.output
