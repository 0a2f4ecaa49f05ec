"""Names, units and labels of all metrics, and that running nodes show these and no others."""

import asyncio
import json
import re
import sys
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.parser import text_string_to_metric_families

from constellation.node import metric_catalogue
from constellation.node.metric_catalogue import LABELS, metric_lines
from constellation.node.node_reading import Samples, read_node
from constellation.node.sandbox import CHRONICLER, Sandbox

LINES = {line.name: line for line in metric_lines()}
UNITS = ("seconds", "bytes", "stroops")
"""What a measured quantity is in; everything else is a number of things, or of a thing in a row."""

NOT_BASE = re.compile(r"_(ms|us|ns|milliseconds|microseconds|minutes?|hours?|days?|kb|mb|kib|mib|percent|ppm)(_|$)")
SILENT = {
    "alpha": {"gateway_workers", "gateway_workers_lost_total", "tls_expiry_timestamp_seconds", "tls_reloads_total"},
    "auditor": set(),
    "chronicler": {"chronicler_stream_batch", "chronicler_stream_published_total", "chronicler_stream_failures_total"}
    | {"chronicler_stream_overtaken_total", "tls_expiry_timestamp_seconds", "tls_reloads_total"},
}
"""Of what a sandbox does not have."""


@pytest.mark.parametrize("name", sorted(LINES))
def test_names_and_units_are_as_prometheus_wants_them(name: str) -> None:
    line = LINES[name]
    assert re.fullmatch(r"constellation(_[a-z]+)+", name)
    assert not NOT_BASE.search(name)
    assert (line.kind == "counter") is name.endswith("_total")
    assert not name.endswith(("_bucket", "_sum", "_count", "_created"))
    for unit in UNITS:
        assert unit not in name or name.removesuffix("_total").endswith(f"_{unit}")
    if line.kind == "histogram":
        assert name.endswith("_seconds")
    assert re.fullmatch(r"[A-Z1].*\.", line.meaning), line.meaning


def test_every_label_has_its_values_explained_and_none_is_without_bound() -> None:
    assert {label for line in LINES.values() for label in line.labels} == set(LABELS)
    assert not {"account", "address", "ip", "client", "request", "nonce", "order", "le", "quantile"} & set(LABELS)


def test_roles_that_share_a_metric_agree_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(registry: CollectorRegistry) -> None:
        Gauge("constellation_things", "Things.", registry=registry)

    def other(registry: CollectorRegistry) -> None:
        Counter("constellation_things", "Things.", ["kind"], registry=registry)

    monkeypatch.setattr(metric_catalogue, "_MADE", {"alpha": (one,), "auditor": (one,)})
    (things,) = [line for line in metric_lines() if line.name == "constellation_things"]
    assert things.roles == ("alpha", "auditor")
    monkeypatch.setattr(metric_catalogue, "_MADE", {"alpha": (one, one)})
    with pytest.raises(ValueError, match="Duplicated"):
        metric_lines()
    monkeypatch.setattr(metric_catalogue, "_MADE", {"alpha": (other,), "auditor": (other,)})
    assert [line.labels for line in metric_lines() if line.name == "constellation_things_total"] == [("kind",)]


async def shown(sandbox: Sandbox, node: str) -> dict[str, tuple[str, set[tuple[str, ...]]]]:
    """Names as a node shows them, with their types and label names."""
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.status_url(node)}/metrics") as response:
        text = await response.text()
    found = {}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if name.startswith("constellation_") and not name.endswith("_created"):
            samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            found[name] = family.type, {tuple(sorted(set(sample.labels) - {"le"})) for sample in samples}
    return found


async def check_counts(sandbox: Sandbox) -> None:
    """After two deposits that are final, alpha and the auditor have counted what they did."""
    await sandbox.funded_trader("anna")
    async with asyncio.timeout(30):
        while int(str((await sandbox.status("auditor-1"))["certified_batch"])) < 3:
            await asyncio.sleep(0.1)
    alpha, auditor = [await samples(sandbox, node) for node in ("alpha", "auditor-1")]
    for shown_by in (alpha, auditor):
        assert 2 <= (shown_by.value("quanta_total") or 0) <= (shown_by.value("apex") or 0)
        assert shown_by.by("owed_stroops", "asset")["native"] == 500 * 10**7
    histograms = [f"{name}_seconds_count" for name in ("commit", "acknowledgement", "finality")]
    for name in (*histograms, "votes_total", "certificates_total"):
        assert 2 <= (alpha.value(name) or 0) <= (alpha.value("batch") or 0), name


async def samples(sandbox: Sandbox, node: str) -> Samples:
    return (await asyncio.to_thread(read_node, sandbox.status_url(node), 5.0, 0.0)).samples


async def check_commands(sandbox: Sandbox) -> None:
    """Run what the page about seeing says."""
    page = (Path(__file__).parents[2] / "docs" / "operating" / "seeing.md").read_text()
    places = {
        CHRONICLER: "http://127.0.0.1:7006",
        "alpha": "http://127.0.0.1:7010",
        "auditor-1": "http://127.0.0.1:7011",
    }
    commands = re.findall(r"^\$ constellation (.+)$", page, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        for node, place in places.items():
            command = command.replace(place, sandbox.status_url(node))
        arguments = [sys.executable, "-m", "constellation.node.cli", *command.split()]
        process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        assert process.returncode == 0, command
        if "--json" in command:
            document = json.loads(output)
            assert [item["connected"] for item in document["auditors"]] == [True]
            assert document["alpha"]["quorum"] == 1


@pytest.mark.timeout(120)
async def test_running_nodes_show_what_is_in_the_catalogue_and_nothing_else(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox", auditors=1, close_interval_s=0.25, chronicler=True)
    try:
        await sandbox.start(lambda _text: None)
        for node, role in (("alpha", "alpha"), ("auditor-1", "auditor"), (CHRONICLER, "chronicler")):
            found = await shown(sandbox, node)
            expected = {name for name, line in LINES.items() if role in line.roles}
            assert set(found) == expected - {f"constellation_{name}" for name in SILENT[role]}, node
            for name, (kind, labels) in found.items():
                assert kind == LINES[name].kind, name
                assert labels <= {tuple(sorted(LINES[name].labels))}, name
        await check_commands(sandbox)
        await check_counts(sandbox)
    finally:
        await sandbox.stop()
