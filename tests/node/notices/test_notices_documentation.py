"""What the page about notices says is so, and its commands do what it says."""

import json
import re
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client import CollectorRegistry

from constellation.node.cli import main
from constellation.node.config import load_config
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import write_key_file
from constellation.node.notices import command, courier, desk, service
from constellation.node.notices.channels import channels_of
from constellation.node.notices.kinds import Kind, Meaning
from constellation.node.notices.metrics import NoticeMetrics
from constellation.node.notices.notice import Change, Identity, Notice
from constellation.protocol.settings_json import settings_to_json
from constellation.testing import World

PAGE = (Path(__file__).parents[3] / "docs" / "operating" / "notices.md").read_text()
TEXT = " ".join(PAGE.split())


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_section(kind: Kind) -> None:
    meaning: Meaning = kind.value
    after = f", after {meaning.patience_s:.0f} s" if meaning.patience_s else ""
    assert f"### {kind.word} *{meaning.severity.word}*{after}: {meaning.title}. " in f"{TEXT} "
    assert meaning.advice in TEXT or kind is Kind.TEST


def test_the_example_is_a_configuration(tmp_path: Path) -> None:
    text = block("toml").replace("/etc/constellation", str(tmp_path))
    for name in ("pager.token", "mail.password"):
        (tmp_path / name).write_text("hunter2-hunter2\n")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "node.toml").write_text(text)
    assert [item.name for item in channels_of(load_config(tmp_path / "node.toml", {}).notices)] == [
        "pager", "script", "mail"
    ]  # fmt: skip


def test_the_document_has_the_fields_that_are_sent() -> None:
    shown = json.loads(block("json"))
    notice = Notice(Identity("alpha", "G", "00"), Kind.DISK_LOW, "", Change.BEGUN, 0, 0, "")
    sent = notice.to_json()
    assert list(shown) == list(sent)
    for name in ("version", "what", "change", "severity", "advice", "page"):
        assert shown[name] == sent[name]
    assert {change.value for change in Change} == set(re.findall(r"`(begun|lasts|resolved)`", PAGE))
    assert len(fields(Notice)) == 7


def test_numbers_and_metrics_are_those_in_force() -> None:
    registry = CollectorRegistry()
    NoticeMetrics().show(registry)
    names = {family.name for family in registry.collect()}
    assert set(re.findall(r"\| `(constellation_\w+?)(?:_total)?\{[\w,]+\}` \|", PAGE)) == names
    for text in (
        f"gone for {desk.SETTLE_S:.0f} seconds",
        f"up to {courier.QUEUE_MAX} notices wait",
        f"after {courier._BACKOFF_FIRST_S:.0f} to {courier._BACKOFF_MAX_S:.0f} seconds, for an hour",
        f"at most {['five'][round(service.LAST_WORDS_S) - 5]} seconds",
    ):
        assert text in TEXT, text
    assert courier.RETRY_FOR_S == 3600
    assert all(f"`{name}`" in TEXT for name in command._INHERITED)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    world = World()
    Path("constellation.json").write_text(json.dumps(settings_to_json(world.settings)))
    write_key_file(Path("node.seed"), world.auditors[0])
    return tmp_path


def notify_test(place: Path, *programs: str) -> tuple[int, str]:
    """The command of the page, with commands that are these Python programs."""
    lines = []
    for number, program in enumerate(programs):
        words = json.dumps([sys.executable, "-I", "-c", program])
        lines.append(f'[[notices.commands]]\nname = "c{number}"\nseverity = "critical"\ncommand = {words}\n')
    (place / "node.toml").write_text("\n".join(lines))
    words = block("bash").split()
    assert words[0] == "constellation"
    result = CliRunner().invoke(main, words[1:])
    return result.exit_code, result.output


@pytest.mark.executes("docs/operating/notices.md", bash=1)
def test_the_command_says_what_came_of_a_test(place: Path) -> None:
    take = f"import sys; open({str(place / 'taken')!r}, 'w').write(sys.stdin.read())"
    assert notify_test(place, take) == (ExitCode.OK, "c0: delivered\n")
    taken = json.loads((place / "taken").read_text())
    assert (taken["what"], taken["role"], taken["change"]) == ("test", "auditor", "begun")
    assert taken["node"] == World().auditors[0].address
    code, output = notify_test(place, take, "import sys; sys.exit(7)")
    assert code == ExitCode.FAILED
    assert sorted(output.splitlines()) == ["c0: delivered", "c1: not delivered: the program ended with 7"]


def test_the_command_without_anybody_to_tell(place: Path) -> None:
    code, output = notify_test(place)
    assert code == ExitCode.CONFIGURATION
    assert "nobody is to be told" in output
