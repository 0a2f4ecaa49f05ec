"""What the page about keys says is done as it says."""

import asyncio
import json
import re
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from constellation.node import keystore
from constellation.node.cli import main
from constellation.node.config import load_config
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, write_keystore
from constellation.node.keystore import Cost
from constellation.node.node_key import signer_of
from constellation.node.passphrases import PASSPHRASE_MIN_CHARACTERS
from constellation.node.processes import ChildProcess
from constellation.node.remote_signer import TIMEOUT_S
from constellation.node.signing import PATIENCE_S
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import KeyPair
from constellation.testing.world import World
from tests.documentation.pages import of_constellation

PAGE = (Path(__file__).parents[2] / "docs" / "operating" / "keys.md").read_text()

pytestmark = pytest.mark.usefixtures("restored_logging")


def commands(name: str) -> list[list[str]]:
    """The commands in a block of the page, without the prompt."""
    return list(of_constellation("docs/operating/keys.md", name))


@pytest.fixture(autouse=True)
def _phrases_in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("phrase", "new-phrase"):
        Path(name).write_text(f"the {name} of this test\n")
        Path(name).chmod(0o600)


@pytest.mark.executes("docs/operating/keys.md", console=2)
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
    assert keys == ["/etc/constellation/node.keystore", "credential:node.seed", "/run/constellation/signer.sock"]


@pytest.fixture
def signer_files(monkeypatch: pytest.MonkeyPatch) -> KeyPair:
    """A keystore and settings; the key in it."""
    key_pair = new_key_pair()
    Path("constellation.json").write_text(json.dumps(settings_to_json(World().settings)))
    monkeypatch.setattr(keystore, "Cost", lambda *given: Cost(*given) if given else Cost(1, 8192))
    write_keystore(Path("node.keystore"), key_pair, "the phrase of this test")
    return key_pair


@pytest.mark.executes("docs/operating/keys.md", console=1)
async def test_the_signer_of_the_page_signs_for_a_node(signer_files: KeyPair) -> None:
    """In a process of its own, as the page starts it."""
    [words] = commands("signer")
    with tempfile.TemporaryDirectory(prefix="signer") as directory:
        path = Path(directory, "signer.sock")
        words[words.index("signer.sock")] = str(path)
        first = ChildProcess("signer", words, Path("signer.log"))
        await first.start()
        try:
            async with asyncio.timeout(30):
                while not _listens(path):
                    first.check()
                    await asyncio.sleep(0.05)
            assert await asyncio.to_thread(_address, path) == signer_files.address
        finally:
            assert await first.stop() == 0
        again = ChildProcess("signer", words, Path("again.log"))
        await again.start()
        assert await again.wait() == 3
        assert "exists already: start without --new-record" in _text("again.log")


def _listens(path: Path) -> bool:
    return path.is_socket()


def _text(name: str) -> str:
    return Path(name).read_text()


def _address(path: Path) -> str:
    with signer_of(path) as signer:
        signer.check()
        return signer.address


def test_numbers_are_those_in_force() -> None:
    assert (PASSPHRASE_MIN_CHARACTERS, Cost()) == (12, Cost(3, 256 << 20))
    assert (PATIENCE_S, TIMEOUT_S, ExitCode.SIGNER) == (10, 1, 7)
    assert "at least twelve characters" in PAGE
    assert "three passes over 256 MiB" in PAGE
