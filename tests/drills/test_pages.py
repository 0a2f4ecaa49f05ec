"""What every page of drills has, and that it points to what exists."""

import re
from pathlib import Path

import pytest

from tests.drills.drill import DRILLS
from tests.node.test_deploy import alerts, check_link

INDEX = DRILLS / "index.md"
PAGES = sorted(set(DRILLS.glob("*.md")) - {INDEX})


def test_the_index_knows_every_drill_and_every_alert_that_it_names() -> None:
    text = INDEX.read_text("utf-8")
    table = text.split("## What you see")[1].split("\n## ")[0]
    assert {DRILLS / name for name in re.findall(r"\]\(([\w-]+\.md)\) \|$", table, re.MULTILINE)} == set(PAGES)
    named = set(re.findall(r"`(Constellation\w+)`", table))
    assert named <= {rule["alert"] for _, rule in alerts()}
    assert len(named) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_says_what_somebody_must_know_at_night(page: Path) -> None:
    text = page.read_text("utf-8").lower()
    for words in ("what it looks like.**", "how long you have", "lost", "safe", "over", "**afterwards.**"):
        assert words in text, words


@pytest.mark.parametrize("page", [INDEX, *PAGES], ids=lambda page: page.stem)
def test_its_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        check_link(page, target)


@pytest.mark.parametrize("runbook", sorted((DRILLS.parent / "runbooks").glob("*.md")), ids=lambda page: page.stem)
def test_a_runbook_about_nodes_auditors_or_traders_leads_to_the_drills(runbook: Path) -> None:
    assert ("](../drills/" in runbook.read_text("utf-8")) is (runbook.stem != "money")
