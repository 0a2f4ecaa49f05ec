"""Alerts, runbooks and the dashboard name metrics, labels and pages that exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from constellation.node.lifecycle import NodeState
from constellation.node.metric_catalogue import metric_lines
from constellation.node.mode_words import MODES
from constellation.protocol.messages import Code
from tests.node.promql import parse

ROOT = Path(__file__).parents[2]
PROMETHEUS, DASHBOARD = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "grafana" / "constellation.json"
RUNBOOKS = sorted((ROOT / "docs" / "operating" / "runbooks").glob("*.md"))

SERIES = {series: set(line.labels) for line in metric_lines() for series in line.series}
SERIES |= {name: labels | {"le"} for name, labels in SERIES.items() if name.endswith("_bucket")}
SERIES |= {name: set() for name in ("up", "process_resident_memory_bytes", "process_cpu_seconds_total")}
TARGET = {"instance", "job"}
"""Labels that Prometheus adds to everything."""

VALUES = {
    "state": {state.value for state in NodeState} | {"waiting", "parked", "withheld", "prepared"},
    "result": set(Code.__members__) | {"ACCEPTED", "REPEATED"},
    "job": {"constellation"},
    "mode": set(MODES),
}


def alerts() -> list[tuple[str, dict[str, Any]]]:
    document = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    return [(group["name"], rule) for group in document["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def check(expression: str) -> set[str]:
    """The labels that results of the expression may have; fails when it names what does not exist."""
    query = parse(expression)
    assert query.series, expression
    known: set[str] = set(TARGET)
    for name, matchers in query.series:
        assert name in SERIES, f"no node shows {name}"
        known |= SERIES[name]
        assert set(matchers) <= SERIES[name] | TARGET, f"{name} has no label {set(matchers) - SERIES[name]}"
        for label, values in matchers.items():
            assert set(values) <= VALUES[label], f"{label} is never {values}"
    assert query.labels <= known, f"nothing in {expression} has {query.labels - known}"
    return query.labels if re.match(r"(sum|max|count|min|histogram_quantile)\b", expression) else known


@pytest.mark.parametrize("expression", [rule["expr"] for _, rule in alerts()])
def test_what_an_alert_asks_for_exists(expression: str) -> None:
    check(expression)


@pytest.mark.parametrize(("group", "rule"), alerts(), ids=[rule["alert"] for _, rule in alerts()])
def test_an_alert_says_what_is_wrong_and_has_a_runbook(group: str, rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert re.fullmatch(r"Constellation([A-Z][a-z]+)+", rule["alert"])
    assert set(rule["annotations"]) == {"summary", "runbook"}
    shown = check(rule["expr"])
    assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= shown
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    page = ROOT / path
    assert page in RUNBOOKS
    assert anchor == rule["alert"].lower()
    assert f"\n## {rule['alert']}\n" in page.read_text()
    assert f"`{group}`" in page.read_text()


def test_no_alert_has_the_name_of_another() -> None:
    names = [rule["alert"] for _, rule in alerts()]
    assert len(set(names)) == len(names) >= 20


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.name)
def test_a_runbook_is_of_alerts_says_the_three_things_and_names_what_exists(page: Path) -> None:
    text = page.read_text()
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    for section in sections:
        assert section.splitlines()[0] in {rule["alert"] for _, rule in alerts()}
        assert re.findall(r"^\*\*(\w+)\.\*\* \S", section, re.MULTILINE) == ["Meaning", "Look", "Do"]
    for name in re.findall(r"constellation_[a-z_]+", text):
        assert name in SERIES or f"{name}_bucket" in SERIES, name
    for target in re.findall(r"\]\(([^)]+)\)", text):
        check_link(page, target)


def check_link(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    linked = (page.parent / path).resolve() if path else page
    assert linked.is_file(), target
    headings = re.findall(r"^#+ (.+)$", linked.read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert not anchor or anchor in anchors, target


def test_seeing_links_to_what_exists() -> None:
    page = ROOT / "docs" / "operating" / "seeing.md"
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        check_link(page, target)


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_what_a_panel_asks_for_exists(panel: dict[str, Any]) -> None:
    assert panel["targets"]
    for target in panel["targets"]:
        shown = check(target["expr"])
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= shown


def test_panels_have_places_and_numbers_of_their_own() -> None:
    document = json.loads(DASHBOARD.read_text())
    assert len({panel["id"] for panel in document["panels"]}) == len(document["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in document["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_prometheus_reads_the_alerts_and_scrapes_the_job_that_they_name() -> None:
    document = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    assert document["rule_files"] == ["alerts.yml"]
    assert [job["job_name"] for job in document["scrape_configs"]] == ["constellation"]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("constellation_nothing > 1", "no node shows"),
        ("constellation_commit_seconds > 1", "no node shows"),
        ('constellation_apex{asset="native"}', "has no label"),
        ('constellation_node_state{state="asleep"}', "is never"),
        ("sum by (asset) (constellation_apex)", "nothing in"),
        ("1 > 2", "1 > 2"),
    ],
)
def test_what_does_not_exist_is_noticed(expression: str, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check(expression)


@pytest.mark.parametrize("expression", ["rate(up[5m]", "up)", "frob(up)", "up ? 1", 'up{job="a" instance="b"}', "up]"])
def test_what_is_no_expression_is_noticed(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
        parse(expression)
