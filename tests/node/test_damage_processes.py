"""Real nodes on disks that lie, fail or fill up: what was acknowledged is there, and each says what is wrong."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from stellar_sdk import Asset

from constellation.node.exit_codes import ExitCode
from constellation.node.sandbox import Sandbox
from constellation.protocol.messages import Code
from constellation.protocol.strkey import encode_seed
from constellation.sdk import ExchangeError
from constellation.snapshots.directory import LOG_FILE
from tests.node.load import MARKET, History, Trader, check_constellation, new_traders

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("processes"),
    pytest.mark.asyncio(loop_scope="module"),
]

_WAIT_S = 40.0
_PAGE = 4096
_MEBIBYTE = 1024 * 1024


@dataclass
class Company:
    """A constellation, traders of which the first one trades, and the history that they are compared with."""

    sandbox: Sandbox
    traders: list[Trader]
    history: History

    @property
    def trader(self) -> Trader:
        return self.traders[0]

    async def trade(self, count: int = 12) -> None:
        """Orders that must all be acknowledged."""
        for _ in range(count):
            await self.order()

    async def trade_until(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.order()

    async def order(self) -> None:
        self.trader.take(await self.trader.client.create_order(MARKET, "sell", "0.3", "1", "IOC"))

    async def check(self) -> None:
        """Everything that was acknowledged is there, once, and everybody agrees."""
        await check_constellation(self.sandbox, self.traders, self.history)

    async def stop(self, node: str, number: signal.Signals = signal.SIGTERM) -> None:
        os.kill(self.sandbox.processes[node].process_id, number)
        assert await self.sandbox.processes[node].wait() == (0 if number is signal.SIGTERM else -number)

    async def start(self, node: str, *flags: str) -> None:
        """Start a node and wait until everybody is ready."""
        await self.launch(node, *flags)
        async with asyncio.timeout(_WAIT_S):
            for name in self.sandbox.nodes:
                await self.sandbox.ready(name)

    async def launch(self, node: str, *flags: str) -> None:
        role = "alpha" if node == "alpha" else "auditor"
        arguments = [role, "--config", str(self.sandbox.directory / f"{node}.toml"), *flags]
        await self.sandbox._child(node, arguments).start()

    async def ended(self, node: str) -> tuple[int, str]:
        """Exit code and the last words of a node that ends by itself."""
        async with asyncio.timeout(_WAIT_S):
            code = await self.sandbox.processes[node].wait()
        return code, self.log(node)[-6000:]

    def log(self, node: str) -> str:
        return (self.sandbox.directory / "logs" / f"{node}.log").read_text(errors="replace")

    def data(self, node: str) -> Path:
        return self.sandbox.data_directory(node)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    sandbox = Sandbox(tmp_path_factory.mktemp("damage") / "sandbox", close_interval_s=0.25)
    try:
        await sandbox.start(lambda _text: None)
        traders = await new_traders(sandbox, 2, Random(7))
        try:
            yield Company(sandbox, traders, History(sandbox))
        finally:
            await asyncio.gather(*(trader.close() for trader in traders))
    finally:
        codes = await sandbox.stop()
    assert codes == dict.fromkeys(codes, 0)


def damage(path: Path) -> None:
    """Change one byte in each of the last pages, which a start reads."""
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // _PAGE):
        data[page * _PAGE + _PAGE - 100] ^= 0x55
    path.write_bytes(data)


async def test_an_auditor_heals_its_damaged_log_and_signs_again(company: Company) -> None:
    broken, silent, _ = company.sandbox.auditors
    await company.trade()
    await company.stop(broken)
    damage(company.data(broken) / LOG_FILE)
    await company.start(broken)
    assert "the log is damaged and was set aside" in company.log(broken)
    aside = sorted(path.name for path in company.data(broken).glob("damaged-*"))
    assert [Path(name).suffix for name in aside] == [".sqlite", ".txt"]
    await company.trade()
    await company.check()
    await company.stop(silent)
    await company.trade()
    await company.trader.proven()
    await company.start(silent)
    await company.check()


async def test_alpha_halts_on_its_damaged_log_until_its_operator_decides(company: Company) -> None:
    await company.trade()
    await company.check()
    await company.stop("alpha")
    damage(company.data("alpha") / LOG_FILE)
    for _ in range(2):
        await company.launch("alpha")
        code, words = await company.ended("alpha")
        assert code == ExitCode.STORAGE
        assert "damaged" in words
        assert "--set-damaged-log-aside" in words
        assert "may be lost" in words
        assert "Traceback" not in words
    assert not list(company.data("alpha").glob("damaged-*"))
    await company.start("alpha", "--set-damaged-log-aside")
    assert list(company.data("alpha").glob("damaged-*.sqlite"))
    await company.trade()
    await company.check()


async def test_two_processes_do_not_share_a_directory(company: Company) -> None:
    for node in ("alpha", company.sandbox.auditors[0]):
        running = company.sandbox.processes[node]
        try:
            await company.launch(node, "--http-listen", "127.0.0.1:0")
            code, words = await company.ended(node)
        finally:
            company.sandbox.processes[node] = running
        assert code == ExitCode.IN_USE
        assert "in use by another process" in words
        running.check()
    await company.trade(3)
    await company.check()


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that lets fsync fail."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler to make a failing fsync with")
    library = tmp_path_factory.mktemp("shim") / "failing_fsync.so"
    source = Path(__file__).with_name("failing_fsync.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.mark.parametrize("role", ["alpha", "auditor-2"])
async def test_a_failed_fsync_halts_the_node_and_nothing_acknowledged_is_lost(
    company: Company, shim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    trigger = tmp_path / "fail"
    await company.stop(role)
    with monkeypatch.context() as environment:
        environment.setenv("LD_PRELOAD", str(shim))
        environment.setenv("FAILING_FSYNC", str(trigger))
        await company.start(role)
    await company.trade()
    trigger.touch()
    order = asyncio.create_task(company.order())
    code, words = await company.ended(role)
    assert code == ExitCode.STORAGE
    assert "disk I/O error" in words
    assert "Traceback" not in words
    assert role != "alpha" or not order.done()
    await company.start(role)
    await order  # the client asks again by itself
    await company.trade(3)
    await company.check()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 24 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mount.returncode != 0:
        pytest.skip(f"no file system of its own can be mounted here: {mount.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, leave_bytes: int) -> Path:
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - leave_bytes)))
    return filler


async def test_alpha_on_a_full_disk(company: Company, small_disk: Path) -> None:
    """It refuses before the disk is full, goes on when there is space, and halts when it really is full."""
    config = company.sandbox.directory / "alpha.toml"
    original = config.read_text()
    moved = original.replace(str(company.data("alpha")), str(small_disk / "alpha"))
    await company.stop("alpha")
    shutil.copytree(company.data("alpha"), small_disk / "alpha")
    config.write_text(f"minimum_free_bytes = {8 * _MEBIBYTE}\n{moved}")
    await company.start("alpha")
    await company.trade()
    filler = fill(small_disk, 4 * _MEBIBYTE)
    async with asyncio.timeout(_WAIT_S):
        while (await company.sandbox.status("alpha"))["ready"]:
            await asyncio.sleep(0.1)
    with pytest.raises(ExchangeError) as refused:
        await company.order()
    assert refused.value.code is Code.STORAGE
    status = await company.sandbox.status("alpha")
    assert status["disk_is_low"]
    assert status["reasons"] == ["the disk is nearly full"]
    await company.sandbox.deposit(company.trader.key_pair, Asset.native(), "5")
    await asyncio.sleep(2)
    assert (await company.sandbox.status("alpha"))["held"] == status["held"], "what is reported of the ledger waits"
    filler.unlink()
    async with asyncio.timeout(_WAIT_S):
        await company.sandbox.ready("alpha")
        while (await company.sandbox.status("alpha"))["held"] == status["held"]:
            await asyncio.sleep(0.1)
    await company.trade(3)

    await company.stop("alpha")
    config.write_text(f"minimum_free_bytes = 0\n{moved}")
    await company.start("alpha")
    filler = fill(small_disk, 0)
    enough = asyncio.Event()
    orders = asyncio.create_task(company.trade_until(enough))
    code, words = await company.ended("alpha")
    assert code == ExitCode.STORAGE
    assert "full" in words
    assert "Traceback" not in words
    filler.unlink()
    shutil.rmtree(company.data("alpha"))
    shutil.copytree(small_disk / "alpha", company.data("alpha"))
    config.write_text(original)
    before = len(company.trader.receipts)
    await company.start("alpha")
    async with asyncio.timeout(_WAIT_S):
        while len(company.trader.receipts) < before + 3:  # the client asks again by itself
            await asyncio.sleep(0.05)
    enough.set()
    await orders
    await company.check()


async def test_an_auditor_on_a_full_disk(company: Company, small_disk: Path) -> None:
    """It leaves alpha before its disk is full, and comes back by itself; the others go on without it."""
    name = company.sandbox.auditors[0]
    config = company.sandbox.directory / f"{name}.toml"
    original = config.read_text()
    moved = original.replace(str(company.data(name)), str(small_disk / name))
    await company.stop(name)
    shutil.copytree(company.data(name), small_disk / name)
    config.write_text(f"minimum_free_bytes = {8 * _MEBIBYTE}\n{moved}")
    await company.start(name)
    filler = fill(small_disk, 4 * _MEBIBYTE)
    async with asyncio.timeout(_WAIT_S):
        while (status := await company.sandbox.status(name))["ready"]:
            await asyncio.sleep(0.1)
    assert status["state"] == "connecting"
    assert status["reasons"] == ["the disk is nearly full"]
    await company.trade()
    await company.trader.proven()
    assert (await company.sandbox.status(name))["apex"] == status["apex"], "it signs nothing"
    filler.unlink()
    async with asyncio.timeout(_WAIT_S):
        await company.sandbox.ready(name)
    await company.stop(name)
    shutil.rmtree(company.data(name))
    shutil.copytree(small_disk / name, company.data(name))
    config.write_text(original)
    await company.start(name)
    await company.check()


async def test_no_seed_is_in_data_or_logs(company: Company) -> None:
    """After all that went wrong here: whoever copies a disk or reads a log gets no key."""
    sandbox = company.sandbox
    keys = [*sandbox.keys.values(), *(trader.key_pair for trader in company.traders)]
    places = [*(company.data(node) for node in sandbox.nodes), sandbox.directory / "logs"]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {LOG_FILE, "alpha.log"}
    for path in files:
        content = path.read_bytes()
        for key in keys:
            for seed in (key.seed, key.seed.hex().encode(), encode_seed(key.seed).encode()):
                assert seed not in content, f"{path} holds the seed of {key.address}"
