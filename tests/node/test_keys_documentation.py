"""What the page about keys says is done as it says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from constellation.node import keystore
from constellation.node.cli import main
from constellation.node.config import load_config
from constellation.node.keystore import Cost
from constellation.node.passphrases import PASSPHRASE_MIN_CHARACTERS

PAGE = (Path(__file__).parents[2] / "docs" / "operating" / "keys.md").read_text()

pytestmark = pytest.mark.usefixtures("restored_logging")


def commands(name: str) -> list[list[str]]:
    """The commands in a block of the page, without the prompt."""
    [block] = re.findall(rf"<!-- {name} -->\n```console\n(.*?)```", PAGE, re.DOTALL)
    return [shlex.split(line) for line in block.replace("\\\n", " ").replace("$ constellation ", "").splitlines()]


@pytest.fixture(autouse=True)
def _phrases_in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("phrase", "new-phrase"):
        Path(name).write_text(f"the {name} of this test\n")
        Path(name).chmod(0o600)


@pytest.mark.parametrize("name", ["files", "words"])
def test_the_commands_do_what_they_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keystore, "Cost", lambda *given: Cost(*given) if given else Cost(1, 8192))
    printed = []
    for words in commands(name):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        printed.append(result.stdout.strip())
    if name == "files":
        assert len(set(printed)) == 1
    else:
        assert printed[0] == ""
        assert printed[1] != printed[2]


def test_the_settings_are_settings() -> None:
    keys = []
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)):
        path = Path(f"{number}.toml")
        path.write_text(block)
        keys.append(str(load_config(path, {}).key_file))
    assert keys[:2] == ["/etc/constellation/node.keystore", "credential:node.seed"]


def test_numbers_are_those_in_force() -> None:
    assert (PASSPHRASE_MIN_CHARACTERS, Cost()) == (12, Cost(3, 256 << 20))
    assert "at least twelve characters" in PAGE
    assert "three passes over 256 MiB" in PAGE
