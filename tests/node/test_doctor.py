"""The examination of a set-up: what is well passes, and each thing that is broken is found and named."""

import asyncio
import json
import os
import re
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.config import NodeConfig, load_config, load_settings
from constellation.node.doctor import disk
from constellation.node.doctor.disk import look_at_disk
from constellation.node.doctor.examination import examine
from constellation.node.doctor.findings import Finding, Verdict
from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.sandbox import Ports, Sandbox
from constellation.protocol.settings_json import settings_to_json
from constellation.sandbox import Ledger, LedgerServer
from constellation.snapshots import DataDirectory

pytestmark = [pytest.mark.timeout(90), pytest.mark.usefixtures("restored_logging")]


def doctor(*words: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *words, "--json"])


def found(result: Result) -> dict[str, dict[str, str]]:
    return {finding["what"]: finding for finding in json.loads(result.stdout)["findings"]}


async def findings(role: str, config: NodeConfig) -> dict[str, Finding]:
    return {finding.what: finding async for finding in examine(role, config)}


@pytest.fixture
async def ledger() -> AsyncIterator[LedgerServer]:
    server = LedgerServer(Ledger(), close_interval_s=0.1)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def place(ledger: LedgerServer, tmp_path: Path) -> Path:
    """Settings and keys of a constellation whose vault exists; no node runs."""
    path = tmp_path / "place"
    words = ["setup", str(path), "--horizon-url", ledger.url, "--auditors", "3"]
    result = await asyncio.to_thread(CliRunner().invoke, main, words)
    assert result.exit_code == 0, result.output
    return path


def config_of(place: Path, ledger: LedgerServer, node: str = "auditor-1", **changes: Any) -> NodeConfig:
    ports = Ports.free(1)
    return load_config(
        None,
        {
            "settings_file": place / "public" / "constellation.json",
            "key_file": place / node / "node.seed",
            "data_directory": place / "data",
            "horizon_urls": (ledger.url,),
            "http_listen": f"127.0.0.1:{ports.http[0]}",
            "alpha.client_listen": f"127.0.0.1:{ports.client}",
            "alpha.cluster_listen": f"127.0.0.1:{ports.cluster}",
            "auditor.alpha_url": f"ws://127.0.0.1:{ports.cluster}",
        }
        | {name.replace("__", "."): value for name, value in changes.items()},
    )


@pytest.mark.xdist_group("processes")
async def test_running_nodes_are_found_to_be_well(sandbox: Sandbox) -> None:
    for role, node in (("alpha", "alpha"), ("auditor", "auditor-2")):
        result = await asyncio.to_thread(doctor, role, "--config", str(sandbox.directory / f"{node}.toml"))
        assert result.exit_code == 0, result.output
        seen = found(result)
        assert not [item for item in seen.values() if item["verdict"] == Verdict.FAILED]
        assert seen["running node"]["verdict"] == Verdict.OK
        assert seen["ports"]["verdict"] == Verdict.SKIPPED
        assert seen["vault"]["verdict"] == Verdict.OK
    assert seen["alpha"]["verdict"] == Verdict.OK
    table = await asyncio.to_thread(
        CliRunner().invoke, main, ["doctor", "alpha", "--config", str(sandbox.directory / "alpha.toml")]
    )
    assert re.search(r"auditors +│ ok +│ 3 follow; 2 are a quorum", table.stdout)
    for child in sandbox.auditors[1:]:
        await sandbox.processes[child].stop()
    result = await asyncio.to_thread(doctor, "alpha", "--config", str(sandbox.directory / "alpha.toml"))
    assert result.exit_code == 1
    assert found(result)["auditors"]["verdict"] == Verdict.FAILED


async def test_a_good_set_up_passes_before_anything_runs(place: Path, ledger: LedgerServer) -> None:
    seen = await findings("alpha", config_of(place, ledger, "alpha"))
    assert {item.verdict for item in seen.values()} == {Verdict.OK, Verdict.SKIPPED}
    assert seen["auditors"].verdict is Verdict.SKIPPED
    assert not (place / "data").exists(), "an examination creates nothing"
    seen = await findings("auditor", config_of(place, ledger))
    assert seen.pop("alpha").verdict is Verdict.FAILED  # it does not run
    assert seen.pop("Horizon servers").verdict is Verdict.WARNING
    assert {item.verdict for item in seen.values()} == {Verdict.OK}


async def test_the_key_must_be_the_member_s(place: Path, ledger: LedgerServer, tmp_path: Path) -> None:
    seen = await findings("alpha", config_of(place, ledger, "auditor-1"))
    assert seen["key"].verdict is Verdict.FAILED
    stranger = tmp_path / "stranger.seed"
    write_key_file(stranger, new_key_pair())
    seen = await findings("auditor", config_of(place, ledger, key_file=stranger))
    assert seen["key"].verdict is Verdict.FAILED
    stranger.chmod(0o644)
    seen = await findings("auditor", config_of(place, ledger, key_file=stranger))
    assert "chmod 600" in seen["key"].found
    seen = await findings("auditor", config_of(place, ledger, key_file=tmp_path / "none"))
    assert seen["key"].verdict is Verdict.FAILED


async def test_settings_that_were_changed_fail_and_the_vault_tells(place: Path, ledger: LedgerServer) -> None:
    path = place / "public" / "constellation.json"
    settings = load_settings(path)
    path.write_text(json.dumps(settings_to_json(replace(settings, minimum_balance=settings.minimum_balance + 1))))
    seen = await findings("auditor", config_of(place, ledger))
    assert seen["settings"].verdict is Verdict.OK  # they are settings, and not those of this vault
    assert seen["vault"].verdict is Verdict.FAILED
    assert "hash" in seen["vault"].found
    path.write_text("{}")
    seen = await findings("auditor", config_of(place, ledger))
    assert seen["settings"].verdict is Verdict.FAILED
    assert seen["ledger"].verdict is Verdict.SKIPPED


async def test_servers_of_the_wrong_network_or_none_at_all(place: Path, ledger: LedgerServer) -> None:
    other = LedgerServer(Ledger(network_passphrase="Another Network"), close_interval_s=0.1)
    await other.start()
    try:
        seen = await findings("auditor", config_of(place, ledger, horizon_urls=(other.url, "http://127.0.0.1:1")))
    finally:
        await other.stop()
    assert seen[f"Horizon {other.url}"].verdict is Verdict.FAILED
    assert seen["Horizon http://127.0.0.1:1"].verdict is Verdict.FAILED
    assert seen["vault"].verdict is seen["clock"].verdict is Verdict.SKIPPED
    seen = await findings("auditor", config_of(place, ledger, horizon_urls=("http://127.0.0.1:1", ledger.url)))
    assert seen["vault"].verdict is Verdict.OK, "the second server is asked where the first one is silent"


@pytest.mark.parametrize(
    ("ahead_s", "verdict"), [(0, "ok"), (-5, "warning"), (5, "warning"), (30, "failed"), (-30, "failed")]
)
async def test_the_clock_is_compared(ahead_s: int, verdict: str) -> None:
    from constellation.node.doctor.ledger import _clock

    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": formatdate(time.time() - ahead_s, usegmt=True)})

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        finding = await _clock(site.name)
    finally:
        await runner.cleanup()
    assert finding.verdict == verdict
    if ahead_s:
        assert ("ahead of" if ahead_s > 0 else "behind") in finding.found


async def test_a_port_that_is_taken_is_named(place: Path, ledger: LedgerServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        seen = await findings("alpha", config_of(place, ledger, "alpha", alpha__client_listen=address))
    assert seen["alpha.client_listen"].verdict is Verdict.FAILED
    assert address in seen["alpha.client_listen"].found
    assert seen["alpha.cluster_listen"].verdict is Verdict.OK


async def test_ports_for_everybody_are_questioned(place: Path, ledger: LedgerServer) -> None:
    config = config_of(place, ledger, "alpha", http_listen="0.0.0.0:0", alpha__client_listen="0.0.0.0:0")
    listed = [finding async for finding in examine("alpha", config)]
    assert [item.verdict for item in listed if item.what == "http_listen"] == [Verdict.OK, Verdict.WARNING]
    assert [item.verdict for item in listed if item.what == "alpha TLS"] == [Verdict.WARNING]


async def test_certificates_that_cannot_be_used_are_found(place: Path, ledger: LedgerServer) -> None:
    config = config_of(place, ledger, "alpha", alpha__tls_certificate_file=place / "none.pem")
    assert (await findings("alpha", config))["alpha TLS"].verdict is Verdict.FAILED


async def test_a_node_that_has_its_directory_and_does_not_answer(place: Path, ledger: LedgerServer) -> None:
    config = config_of(place, ledger)
    with DataDirectory(config.data_directory):
        seen = await findings("auditor", config)
    assert seen["running node"].verdict is Verdict.FAILED
    assert "running node" not in await findings("auditor", config)


def test_a_disk_that_is_full_open_slow_or_none_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(**flags: Any) -> dict[str, Finding]:
        config = load_config(None, {"data_directory": tmp_path / "data"} | flags)
        return {finding.what: finding for finding in look_at_disk(config)}

    assert look()["data directory"].verdict is Verdict.OK
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    assert "chmod 700" in look()["data directory"].advice
    assert look(minimum_free_bytes=2**60)["disk space"].verdict is Verdict.FAILED
    free = disk.free_bytes(tmp_path)
    assert look(minimum_free_bytes=free // 2)["disk space"].verdict is Verdict.WARNING
    really = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (time.sleep(0.03), really(descriptor))[1])
    assert look()["disk speed"].verdict is Verdict.WARNING
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_of_somebody_else_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    [finding] = look_at_disk(load_config(None, {"data_directory": tmp_path / "data"}))
    tmp_path.chmod(0o700)
    assert finding.verdict is Verdict.FAILED


def test_the_file_system_is_the_one_of_the_longest_mount_point(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "31 22 0:29 / /data rw shared:1 - nfs4 server:/x rw\n"
        "32 31 0:30 / /data/my\\040log rw - tmpfs tmpfs rw\n"
    )
    for path, kind in (("/data/a", "nfs4"), ("/data/my log/b", "tmpfs"), ("/database", "ext4")):
        assert disk._file_system(Path(path), table) == kind
    assert disk._file_system(Path("/"), tmp_path / "none") == "unknown"


def test_what_is_in_memory_or_far_away_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(None, {"data_directory": tmp_path})
    for kind, verdict in (("tmpfs", Verdict.FAILED), ("nfs4", Verdict.WARNING), ("ext4", Verdict.OK)):
        monkeypatch.setattr(disk, "_file_system", lambda _path, kind=kind: kind)
        assert {finding.what: finding for finding in look_at_disk(config)}["file system"].verdict is verdict


def test_a_configuration_is_checked_and_shown_without_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "node.toml"
    path.write_text(
        'horizon_urls = ["https://me:hush@horizon.example"]\n'
        '[chronicler]\ndatabase_url = "postgresql://u:hush@db/x"\n[alpha]\nconnections = 7\n'
        '[[notices.webhooks]]\nname = "pager"\nurl = "https://hooks.example/services/hush"\n'
    )
    table = CliRunner().invoke(main, ["config", "show", "--config", str(path)])
    document = CliRunner().invoke(main, ["config", "show", "--config", str(path), "--json"])
    assert table.exit_code == document.exit_code == 0
    shown = json.loads(document.stdout)
    assert shown["alpha"]["connections"] == 7
    assert shown["chronicler"]["database_url"] == "postgresql://***@db/x"
    assert shown["horizon_urls"] == ["https://***@horizon.example"]
    assert shown["notices"]["webhooks"][0]["url"] == "https://hooks.example/***"
    for result in (table, document):
        assert "hush" not in result.output
    assert re.search(r"alpha.connections +│ 7 ", table.stdout)
    refused = CliRunner().invoke(main, ["config", "check", "--config", str(path)])
    assert refused.exit_code == 3
    assert "constellation.json: No such file" in refused.output
    path.write_text("burst = 7\n")
    refused = CliRunner().invoke(main, ["config", "check", "--config", str(path)])
    assert refused.exit_code == 3
    assert "burst" in refused.output
