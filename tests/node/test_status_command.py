"""``constellation status``: what it makes of what nodes show, and what it does about those that do not answer."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from rich.console import Console

from constellation.gateway import GatewayMetrics
from constellation.node.alpha_metrics import AlphaMetrics
from constellation.node.chain_metrics import ChainMetrics
from constellation.node.chronicle_follower import FollowerMetrics
from constellation.node.health import Unhealthy
from constellation.node.http import StatusServer
from constellation.node.ledger_metrics import LedgerMetrics
from constellation.node.node_reading import Health, NodeReading, Samples
from constellation.node.reserve_duties import ReserveMetrics
from constellation.node.state_metrics import StateMetrics
from constellation.node.status_command import StatusOptions, run_status
from constellation.node.status_document import Found, Interval, constellation_document
from constellation.node.status_table import constellation_table
from constellation.protocol.messages import Suspension, SuspensionReason
from constellation.protocol.strkey import encode_public_key
from constellation.testing.world import ONE, START_US, key_of
from tests.quanta.stage import Stage

AUDITOR = key_of("auditor 0")
HOSTILE = "\x1b[2J[bold]\nreason"


class Node:
    """A node's HTTP port with the metrics of its role."""

    def __init__(self, role: str) -> None:
        self.registry = CollectorRegistry()
        self.health: dict[str, Any] = {
            "role": role,
            "version": "1.2.3",
            "key": None,
            "ready": True,
            "state": "ready",
            "since": "2026-01-01T00:00:00.000Z",
            "degraded": False,
            "reasons": [],
        }
        self.server = StatusServer(lambda: self.health, self.registry, "127.0.0.1", 0)

    async def start(self) -> str:
        self.url = f"http://127.0.0.1:{await self.server.start()}"
        return self.url


class House:
    """An alpha, an auditor and a chronicler."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.stage.funded("alice")
        self.alpha, self.auditor, self.chronicler = Node("alpha"), Node("auditor"), Node("chronicler")
        self.auditor.health["key"] = AUDITOR.address
        for node in (self.alpha, self.auditor):
            ChainMetrics(node.registry).watch(lambda: 3, lambda: 21, lambda: 20)
            StateMetrics(node.registry).watch(lambda: self.stage.machine.state)
        self.metrics, self.gateway = AlphaMetrics(self.alpha.registry), GatewayMetrics(self.alpha.registry)
        self.metrics.watch(self, self.stage.world.terms.members)  # type: ignore[arg-type]
        LedgerMetrics(self.auditor.registry).watch(lambda: 2.5, lambda: 77)
        self.following, self.behind = {AUDITOR.public}, 0
        self.reserves = ReserveMetrics(self.auditor.registry)
        FollowerMetrics(self.chronicler.registry).batch.set(19)

    @property
    def nodes(self) -> list[Node]:
        return [self.alpha, self.auditor, self.chronicler]

    # --- what the metrics ask a herald

    def follows(self, auditor: bytes) -> bool:
        return auditor in self.following

    def lag(self, auditor: bytes) -> int:
        return self.behind if self.follows(auditor) else 12


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    for node in house.nodes:
        await node.start()
    yield house
    for node in house.nodes:
        await node.server.stop()


def options(*urls: str, watch: bool = False, as_json: bool = True) -> StatusOptions:
    return StatusOptions(urls, 0.1, 2.0, watch, as_json)


async def shown(house: House, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    await run_status(options(*(node.url for node in house.nodes), *more))
    return dict(json.loads(capsys.readouterr().out))


async def test_one_document_has_everything(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    dollars = next(iter(_dollars(house)))
    owed = house.stage.machine.state.vault.held[1]
    house.reserves.ledger.set(76)
    house.reserves.ok.labels(dollars).set(0)
    house.reserves.vault.labels(dollars).set(owed - ONE)
    house.reserves.owed.labels(dollars).set(owed)
    house.stage.machine.state.assets.suspend(1, Suspension(SuspensionReason.RESERVES_DIFFER, START_US))
    house.gateway.connections.set(4)
    document = await shown(house, capsys)
    alpha, auditor, chronicler = document["nodes"]
    assert [node["role"] for node in document["nodes"]] == ["alpha", "auditor", "chronicler"]
    assert (alpha["epoch"], alpha["batch"], alpha["certified_batch"], alpha["ledger_lag_s"]) == (3, 21, 20, None)
    assert (auditor["ledger"], auditor["ledger_lag_s"]) == (77, 2.5)
    assert (chronicler["batch"], chronicler["lag_batches"], chronicler["quanta_per_s"]) == (19, 0, None)
    assert document["alpha"]["connections"] == 4
    assert document["alpha"]["quorum"] == 2
    assert [(item["connected"], item["lag_batches"], item["url"]) for item in document["auditors"]] == [
        (True, 0, house.auditor.url),
        (False, 12, None),
        (False, 12, None),
    ]
    (asset,) = [item for item in document["assets"] if item["asset"] == dollars]
    assert (asset["difference"], asset["ok"], asset["suspended"]) == ("-1.0000000", False, True)
    (lumens,) = [item for item in document["assets"] if item["asset"] == "native"]
    assert (lumens["vault"], lumens["ok"], lumens["suspended"]) == (None, None, False)


def _dollars(house: House) -> list[str]:
    issuer = house.stage.machine.state.assets.identity(1)
    assert issuer is not None
    return [f"USD:{encode_public_key(issuer.issuer)}"]


async def test_a_node_that_does_not_answer_is_named_and_the_others_are_shown(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await house.auditor.server.stop()
    with pytest.raises(Unhealthy, match=f"^{house.auditor.url}/health gave no answer: .*refused") as caught:
        await shown(house, capsys)
    document = json.loads(capsys.readouterr().out)
    assert [node["problem"] for node in document["nodes"]] == [None, str(caught.value), None]
    assert document["alpha"] is not None
    await house.auditor.start()


async def test_a_node_that_is_not_ready_is_no_failure(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.alpha.health |= {"ready": False, "state": "no_quorum", "reasons": [HOSTILE]}
    await run_status(options(house.alpha.url, as_json=False))
    text = capsys.readouterr().out
    assert "no_quorum" in text
    assert f"{house.alpha.url}: \\x1b[2J[bold]\\nreason" in text
    assert "\x1b[2J" not in text


@pytest.mark.parametrize("health", [{}, {"role": 1}, {"ready": "perhaps"}])
async def test_what_is_no_node_is_said(
    house: House, health: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    house.alpha.health = {"ready": True} | health
    with pytest.raises(Unhealthy, match=r"no node of this version"):
        await run_status(options(house.alpha.url))


async def test_watching_goes_on_until_it_is_stopped_and_shows_rates(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    watching = asyncio.create_task(run_status(options(house.alpha.url, watch=True)))
    for _ in range(10):
        house.metrics.voted(AUDITOR.public)
        house.metrics.certified([0], 4_000)
        await asyncio.sleep(0.1)
    os.kill(os.getpid(), signal.SIGINT)
    async with asyncio.timeout(5):
        await watching
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(documents) >= 3
    votes = [document["auditors"][0]["votes_per_s"] for document in documents]
    assert max(votes) > 3
    assert any(0 < document["alpha"]["finality_p99_s"] <= 0.005 for document in documents[:-1])


async def test_a_watched_constellation_goes_on_when_a_node_comes_back(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    port = int(house.auditor.url.rpartition(":")[2])
    await house.auditor.server.stop()
    watching = asyncio.create_task(run_status(options(house.auditor.url, watch=True)))
    await asyncio.sleep(0.4)
    house.auditor.server = StatusServer(lambda: house.auditor.health, house.auditor.registry, "127.0.0.1", port)
    await house.auditor.server.start()
    await asyncio.sleep(0.6)
    os.kill(os.getpid(), signal.SIGINT)
    await watching
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert documents[0]["nodes"][0]["problem"]
    assert documents[-1]["nodes"][0]["problem"] is None


# --- waiting until nothing is missing


async def test_waiting_ends_when_the_last_auditor_is_back(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.behind = 64
    waiting = asyncio.create_task(run_status(replace(options(house.alpha.url, house.auditor.url), wait_s=30)))
    await asyncio.sleep(0.8)
    assert not waiting.done()
    house.following |= {key_of("auditor 1").public, key_of("auditor 2").public}
    async with asyncio.timeout(5):
        await waiting
    assert all(item["connected"] for item in json.loads(capsys.readouterr().out)["auditors"])


async def test_what_is_missing_still_is_said_and_shown(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.auditor.health |= {"ready": False, "state": "catching_up", "reasons": [HOSTILE]}
    house.following.add(key_of("auditor 1").public)
    house.behind = 65
    await house.chronicler.server.stop()
    with pytest.raises(Unhealthy) as caught:
        await run_status(replace(options(*(node.url for node in house.nodes)), wait_s=0.2))
    auditor, chronicler, behind, _, gone = str(caught.value).split("; ")
    assert auditor == f"{house.auditor.url} is catching_up: \\x1b[2J[bold]\\nreason"
    assert chronicler.startswith(f"{house.chronicler.url}/health gave no answer")
    assert behind == f"{AUDITOR.address} is 65 batches behind alpha"
    assert gone == f"alpha is not followed by {key_of('auditor 2').address}"
    assert json.loads(capsys.readouterr().out)["nodes"]
    await house.chronicler.start()


# --- figures


def reading(at_s: float, text: str, role: str = "alpha", *, ready: bool = True) -> NodeReading:
    health = Health(role=role, version="1", key=None, ready=ready, state="ready", since="", degraded=False, reasons=[])
    return NodeReading(at_s, health, Samples(text))


def histogram(*counts: int) -> str:
    bounds = ("0.1", "0.5", "+Inf")
    lines = [f'constellation_x_seconds_bucket{{le="{le}"}} {count}' for le, count in zip(bounds, counts, strict=True)]
    return "\n".join(["# TYPE constellation_x_seconds histogram", *lines, ""])


def test_rates_are_of_the_interval_and_unknown_after_a_restart() -> None:
    before, after = "constellation_x_total 10\n", "constellation_x_total 16\n"
    assert Interval(reading(1, before), reading(3, after)).rate("x_total") == 3
    assert Interval(None, reading(3, after)).rate("x_total") is None
    assert Interval("gave no answer", reading(3, after)).rate("x_total") is None
    assert Interval(reading(1, after), reading(3, before)).rate("x_total") is None
    assert Interval(reading(1, ""), reading(3, after)).rate("x_total") == 8
    assert Interval(reading(3, before), reading(3, after)).rate("x_total") is None
    assert Interval(reading(1, before), reading(3, "")).rate("x_total") is None


def test_quantiles_are_of_the_interval_alone() -> None:
    before = reading(1, histogram(100, 100, 100))
    assert Interval(before, reading(2, histogram(100, 110, 110))).quantile("x_seconds", 0.5) == pytest.approx(0.3)
    assert Interval(before, reading(2, histogram(110, 110, 110))).quantile("x_seconds", 0.99) == pytest.approx(0.099)
    assert Interval(before, reading(2, histogram(100, 100, 110))).quantile("x_seconds", 0.5) == 0.5
    assert Interval(before, before).quantile("x_seconds", 0.5) is None
    assert Interval(before, reading(2, histogram(1, 2, 3))).quantile("x_seconds", 0.5) is None  # it was restarted
    assert Interval(before, reading(2, "")).quantile("x_seconds", 0.5) is None


def test_of_two_alphas_the_one_that_is_ready_counts() -> None:
    old = reading(1, "constellation_quorum 2\n", ready=False)
    new = reading(1, "constellation_quorum 3\n")
    found: dict[str, Found] = {"http://old": old, "http://new": new}
    assert constellation_document({}, found)["alpha"]["quorum"] == 3


def test_the_vault_is_that_of_who_looked_last_and_one_doubt_is_enough() -> None:
    def auditor(ledger: int, vault: int, ok: int) -> NodeReading:
        lines = [
            f"constellation_reserves_ledger {ledger}",
            'constellation_owed_stroops{asset="native"} 900',
            f'constellation_reserves_vault_stroops{{asset="native"}} {vault}',
            'constellation_reserves_owed_stroops{asset="native"} 700',
            f'constellation_reserves_ok{{asset="native"}} {ok}',
        ]
        return reading(1, "\n".join(lines) + "\n", "auditor")

    found: dict[str, Found] = {"a": auditor(8, 600, 0), "b": auditor(9, 700, 1), "c": "away"}
    (native,) = constellation_document({}, found)["assets"]
    assert native == {
        "asset": "native",
        "vault": "0.0000700",
        "owed": "0.0000700",
        "difference": "0.0000000",
        "ok": False,
        "suspended": False,
    }


def test_what_nodes_call_themselves_does_not_steer_the_terminal() -> None:
    hostile = reading(1, 'constellation_owed_stroops{asset="\x1b[31m"} 1\nconstellation_batch 1\n', "\x1b[2Jalpha")
    hostile.health.version = hostile.health.state = "\x1b]0;title\x07"
    console = Console(width=200)
    with console.capture() as captured:
        console.print(constellation_table(constellation_document({}, {"http://\x9b": hostile})))
    assert {char for char in captured.get() if not char.isprintable()} == {"\n"}
    assert captured.get().count("\\x1b") == 4
    assert "[2Jalpha" in captured.get()


def test_no_answer_at_all_is_a_table_too() -> None:
    console = Console(width=150)
    with console.capture() as captured:
        console.print(constellation_table(constellation_document({}, {"http://a": "http://a gave no answer: x"})))
    assert "no answer" in captured.get()


# --- the command itself


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "constellation.node.cli", "status", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


def test_on_a_terminal_it_is_watched_until_ctrl_c() -> None:
    own, others = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm", "COLUMNS": "150"}
    command = [sys.executable, "-m", "constellation.node.cli", "status", "--url", "http://127.0.0.1:9"]
    with subprocess.Popen(
        [*command, "--interval-s", "0.1"], stdout=others, stderr=subprocess.PIPE, env=environment
    ) as process:
        os.close(others)
        seen = b""
        while seen.count(b"no answer") < 3:
            seen += os.read(own, 65536)
        process.send_signal(signal.SIGINT)
        with suppress(OSError):  # its end of the terminal is closed
            while os.read(own, 65536):
                pass
        assert process.stderr is not None
        assert process.stderr.read().startswith(b"Error: http://127.0.0.1:9/health gave no answer")
        assert process.wait(10) == 1
    os.close(own)


def test_the_exit_code_says_that_a_node_did_not_answer() -> None:
    result = run("--url", "http://127.0.0.1:9/", "--interval-s", "0.1")
    assert result.returncode == 1
    assert result.stderr.startswith("Error: http://127.0.0.1:9/health gave no answer: ")
    assert "Traceback" not in result.stderr
    assert "no answer" in result.stdout
    assert run("--watch", "--once").returncode == 2
    assert run("--watch", "--wait-s", "1").returncode == 2
