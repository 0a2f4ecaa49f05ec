"""The page about other auditors, up to the appointment that is in force; tests/drills have other appointments."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from constellation.node import status_list
from constellation.node.cli import main
from constellation.node.keys import write_key_file
from constellation.node.ledger_signers import ledger_signers_json
from constellation.protocol.settings_json import settings_to_json
from constellation.testing.world import World
from tests.documentation.pages import of_constellation

WORLD = World()


@pytest.mark.executes("docs/operating/auditors.md", console=3)
def test_a_quorum_signs_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("constellation.json").write_text(json.dumps(settings_to_json(WORLD.settings)))
    status = json.dumps({"ledger_signers": ledger_signers_json(WORLD.machine().state)}).encode()
    monkeypatch.setattr(status_list, "ask", lambda *_: status)
    make_key, propose, sign = of_constellation("docs/operating/auditors.md")
    new = run(make_key).strip().splitlines()[-1]
    places = iter([new, WORLD.auditors[2].address])
    run([next(places) if word == "G…" else word for word in propose])
    printed = []
    for auditor in WORLD.auditors[:2]:
        Path("auditor.seed").unlink(missing_ok=True)
        write_key_file(Path("auditor.seed"), auditor)
        printed.append(run(sign))
    assert ["In force" in text for text in printed] == [False, True]


def run(words: list[str]) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return result.output
