"""The pages about installing, followed step by step, as far as that goes without root and without systemd."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.config import load_config, load_settings
from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Ports
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.sandbox import Ledger, LedgerServer
from constellation.testing.world import key_of
from tests.node.certificates import Authority

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]

ROOT = Path(__file__).parents[2]
PASSPHRASE = "Public Global Stellar Network ; September 2015"
ROLES = ("alpha", "auditor")
PAGES = {role: (ROOT / "docs" / "operating" / f"install-{role}.md").read_text("utf-8") for role in ROLES}
UNITS = {role: (ROOT / "deploy" / "systemd" / f"constellation-{role}.service").read_text("utf-8") for role in ROLES}


def block(role: str, name: str, language: str = "console") -> str:
    [found] = re.findall(rf"<!-- {name} -->\n +```{language}\n(.*?) +```", PAGES[role], re.DOTALL)
    return re.sub("^   ", "", found, flags=re.MULTILINE)


class Machines:
    """Alpha's and one auditor's, in a directory of their own each, with a ledger and ports of this machine.

    Args:
        directory: for both.
        horizon: the ledger's.
    """

    def __init__(self, directory: Path, horizon: str) -> None:
        self.directory = directory
        self.ports = Ports.free(1)
        self.nodes: list[ChildProcess] = []
        self._horizon = horizon
        for role in ROLES:
            for place in ("etc/constellation/tls", "var/lib/constellation"):
                (directory / role / place).mkdir(parents=True)

    def here(self, role: str, text: str) -> str:
        """``text`` of a page, with what there is here."""
        for place in ("/etc/constellation", "/var/lib/constellation"):
            text = text.replace(place, f"{self.directory / role}{place}")
        http = self.ports.http[ROLES.index(role)]
        text = text.replace("127.0.0.1:7000", f"127.0.0.1:{http}")
        text = text.replace("alpha.example.org:7002", f"localhost:{self.ports.cluster}")
        text = text.replace("0.0.0.0:7001", f"127.0.0.1:{self.ports.client}")
        text = text.replace("0.0.0.0:7002", f"127.0.0.1:{self.ports.cluster}")
        text = text.replace("127.0.0.1:7003", f"127.0.0.1:{self.ports.feed}")
        text = text.replace("127.0.0.1:7004", f"127.0.0.1:{self.ports.chronicle[0]}")
        return text.replace("https://horizon.example.org", self._horizon).replace(
            "https://horizon.example.net", f"{self._horizon}/"
        )

    def write_configuration(self, role: str, more: dict[str, str]) -> None:
        """The page's, with what a page cannot know: ports of this machine, and the test's authority."""
        text = self.here(role, block(role, "configuration", "toml"))
        http = f'http_listen = "127.0.0.1:{self.ports.http[ROLES.index(role)]}"\n'
        for table, line in more.items():
            text = text.replace(f"[{table}]\n", f"[{table}]\n{line}\n")
        (self.directory / role / "etc/constellation" / f"{role}.toml").write_text(http + text)

    async def follow(self, role: str, name: str, lines: slice = slice(None)) -> list[str]:
        """Do what a block says; starting the node is done as its unit does it."""
        results = []
        for line in block(role, name).replace("\\\n", " ").splitlines()[lines]:
            words = shlex.split(self.here(role, line.removeprefix("$ ").removeprefix("sudo ")))
            match words[0]:
                case "constellation":
                    results.append((await self._run(words[1:])).stdout.strip())
                case "cp":
                    shutil.copyfile(words[1], words[2])
                case "systemctl":
                    await self._start(role)
                case _:
                    raise AssertionError(f"what is {words[0]}?")
        return results

    async def listens(self, port: int) -> None:
        """Wait until a node does."""
        while True:
            for node in self.nodes:
                node.check()
            with suppress(ConnectionError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)

    async def _run(self, words: list[str]) -> Result | subprocess.CompletedProcess[str]:
        """A question may be asked before there is an answer."""
        if words[0] == "status":  # it takes signals, which only a process of its own can
            program = [sys.executable, "-m", "constellation.node.cli", *words]
            return await asyncio.to_thread(subprocess.run, program, capture_output=True, text=True, check=True)
        result = await asyncio.to_thread(CliRunner().invoke, main, words)
        while words[0] == "health" and result.exit_code != 0:
            for node in self.nodes:
                node.check()
            await asyncio.sleep(0.2)
            result = await asyncio.to_thread(CliRunner().invoke, main, words)
        assert result.exit_code == 0, f"{words}\n{result.output}"
        return result

    async def _start(self, role: str) -> None:
        [command] = re.findall(r"^ExecStart=/opt/constellation/bin/constellation (.*)$", UNITS[role], re.MULTILINE)
        seed = self.directory / role / "etc/constellation" / f"{role}.seed"
        words = shlex.split(self.here(role, command).replace("${CREDENTIALS_DIRECTORY}/node.seed", str(seed)))
        assert "Environment=CONSTELLATION_DATA_DIRECTORY=%S/constellation/" in UNITS[role]
        data = self.directory / role / "var/lib/constellation" / role
        log = self.directory / f"{role}.log"
        self.nodes.append(ChildProcess(role, [*words, "--data-directory", str(data)], log))
        await self.nodes[-1].start()


@pytest.fixture
async def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Machines]:
    monkeypatch.chdir(tmp_path)
    server = LedgerServer(Ledger(network_passphrase=PASSPHRASE), close_interval_s=0.25)
    await server.start()
    machines = Machines(tmp_path, server.url)
    try:
        yield machines
    finally:
        codes = [await node.stop() for node in reversed(machines.nodes)]
        await server.stop()
    assert codes == [0] * len(codes)


@pytest.mark.executes("docs/operating/install-alpha.md", console=4)
@pytest.mark.executes("docs/operating/install-auditor.md", console=4)
async def test_both_pages_lead_to_nodes_that_are_ready(machines: Machines) -> None:
    authority = Authority(machines.directory / "authority")
    [auditor] = await machines.follow("auditor", "key")
    alpha, fees, _ = await machines.follow("alpha", "keys")

    plan = block("alpha", "plan", "toml")
    keys = {"alpha": alpha, "fee_account": fees}
    for name, key in keys.items():
        plan = re.sub(rf'^{name} = "G…"$', f'{name} = "{key}"', plan, flags=re.MULTILINE)
    plan = re.sub(r"^auditors = .*$", f'auditors = ["{auditor}"]', plan, flags=re.MULTILINE)
    issuer = encode_public_key(key_of("issuer").public)
    plan = plan.replace("USD:G…", f"USD:{issuer}")
    assert "G…" not in plan
    (machines.directory / "plan.toml").write_text(plan)
    async with aiohttp.ClientSession() as session:
        for address in (issuer, _address("funder.seed")):
            await (await session.get(f"{machines._horizon}/friendbot", params={"addr": address})).read()

    tls = machines.directory / "alpha/etc/constellation/tls"
    authority.issue(tls / "alpha.pem", tls / "alpha.key")
    chronicler = [f"127.0.0.1:{port}" for port in (machines.ports.chronicler, machines.ports.chronicler_http)]
    listen = f'listen = "{chronicler[0]}"\nhttp_listen = "{chronicler[1]}"'
    machines.write_configuration("alpha", {"chronicler": listen})
    machines.write_configuration("auditor", {"auditor": f'alpha_ca_file = "{authority.file}"'})
    *_, checked = await machines.follow("alpha", "vault")
    [checked_too] = await machines.follow("auditor", "settings")
    digest = settings_hash(load_settings(Path("constellation.json"))).hex()
    assert f"hash {digest}" in checked
    assert f"hash {digest}" in checked_too

    await machines.follow("alpha", "doctor")
    await machines.follow("alpha", "start", slice(0, 1))
    await machines.listens(machines.ports.cluster)
    await machines.follow("auditor", "doctor")
    await machines.follow("auditor", "start")
    *_, seen = await machines.follow("alpha", "start", slice(1, None))
    assert "alpha" in seen
    metrics = machines.here("auditor", "http://127.0.0.1:7000/metrics")
    async with aiohttp.ClientSession() as session, session.get(metrics) as answer:
        assert "constellation_node_ready" in await answer.text()


def _address(path: str) -> str:
    return CliRunner().invoke(main, ["keys", "show", path]).stdout.strip()


@pytest.mark.parametrize("role", ROLES)
def test_the_configurations_are_what_nodes_take(role: str, tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text(block(role, "configuration", "toml"))
    config = load_config(path, {})
    assert all(url.startswith("https://") for url in config.horizon_urls)
    if role == "auditor":
        assert config.auditor.alpha_url.startswith("wss://")
        assert config.notices.mails
    else:
        assert config.alpha.tls_certificate_file is not None
        assert config.organisation.name


def test_the_wheel_is_the_whole_program(tmp_path: Path) -> None:
    """What is not Python in it as well, and nothing that is not there."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    [wheel] = tmp_path.glob("constellation-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    installed = tmp_path / "installed" / "constellation"
    source = {path.relative_to(ROOT / "constellation") for path in (ROOT / "constellation").rglob("*.*")}
    packed = {path.relative_to(installed) for path in installed.rglob("*.*")}
    assert packed == {path for path in source if path.suffix != ".pyc"}
    program = [sys.executable, "-P", "-m", "constellation.node.cli"]
    for words, expected in ((["--version"], "constellation"), (["backup", "--help"], "verify")):
        environment = {**os.environ, "PYTHONPATH": str(installed.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [*program, *words], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True, timeout=60
        )
        assert expected in done.stdout


@pytest.mark.parametrize("role", ROLES)
def test_what_the_pages_link_to_is_there(role: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[role]):
        assert (ROOT / "docs" / "operating" / target).resolve().is_file(), target
