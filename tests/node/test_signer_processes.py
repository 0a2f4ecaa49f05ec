"""A whole constellation whose alpha and first auditor have their keys in signers, processes of their own."""

import asyncio
import re
import shutil
import sqlite3
import sys
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from stellar_sdk import Asset

from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, WithdrawalClosed

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]

SIGNED = ("alpha", "auditor-1")


class SignedSandbox(Sandbox):
    """The seeds of two nodes are where the nodes do not look."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / "sandbox", close_interval_s=0.25, alpha_options={"gateway_workers": 1})
        self.sockets = Path(tempfile.mkdtemp(prefix="signers"))

    def socket(self, node: str) -> Path:
        return self.sockets / f"{node}.sock"

    def record(self, node: str) -> Path:
        return self.directory / "records" / node

    def _config(self, node: str, number: int) -> str:
        text = super()._config(node, number)
        return (
            text.replace(f"{self.directory / 'keys' / node}.seed", str(self.socket(node))) if node in SIGNED else text
        )

    async def start_node(self, node: str) -> None:
        if node in SIGNED and f"signer of {node}" not in self.processes:
            self.record(node).parent.mkdir(exist_ok=True)
            await self.start_signer(node, "--new-record")
        await super().start_node(node)

    async def start_signer(self, node: str, *options: str) -> None:
        key, record = self.directory / "keys" / f"{node}.seed", self.record(node)
        files = ["--key-file", str(key), "--settings-file", str(self.settings_path), "--record", str(record)]
        await self._child(f"signer of {node}", ["signer", *files, "--socket", str(self.socket(node)), *options]).start()
        async with asyncio.timeout(30):
            while not self.socket(node).is_socket():
                self.processes[f"signer of {node}"].check()
                await asyncio.sleep(0.05)

    def log(self, name: str) -> str:
        return (self.directory / "logs" / f"{name}.log").read_text()

    def noted(self, node: str) -> tuple[int, int]:
        """How many places the signer has noted, and how many conflicts; readable when it has stopped."""
        with closing(sqlite3.connect(self.record(node))) as database:
            (signed,) = database.execute("SELECT count(*) FROM signed").fetchone()
            (conflicts,) = database.execute("SELECT count(*) FROM conflicts").fetchone()
        return signed, conflicts


@pytest.fixture
async def signed(tmp_path: Path) -> AsyncIterator[SignedSandbox]:
    sandbox = SignedSandbox(tmp_path)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()
        shutil.rmtree(sandbox.sockets)


async def test_a_constellation_with_signers_works_and_stops_cleanly_without_them(signed: SignedSandbox) -> None:
    trader = await signed.new_trader("100")
    async with Client(signed.client_url, signed.settings, trader) as client, asyncio.timeout(100):
        await deposit_and_withdraw(signed, trader, client)

        # A signer that is restarted is waited for.
        assert await signed.processes["signer of auditor-1"].stop() == ExitCode.OK
        await signed.start_signer("auditor-1")
        await pay(client)

        # One that is gone ends its node, and nobody else's.
        signed.processes["signer of auditor-1"].kill()
        await signed.processes["signer of auditor-1"].wait()
        assert await signed.processes["auditor-1"].wait() == ExitCode.SIGNER
        assert re.search(r"state .*the signer at .* does not answer.* to=halted", signed.log("auditor-1"))
        await pay(client)

        # An auditor that comes back with its signer counts as before.
        await signed.start_signer("auditor-1")
        await signed.start_node("auditor-1")
        await signed.ready("auditor-1")
        await pay(client)

    # The operator's commands ask the signer, too; it was not told to sign decisions, except to suspend.
    assert await propose(signed, "suspend", "USD") == ExitCode.OK
    assert await propose(signed, "settings", "--set", "limits.open_orders=300") == ExitCode.SIGNER
    codes = await signed.stop()
    assert set(codes.values()) == {0}
    for node in SIGNED:
        places, conflicts = signed.noted(node)
        assert places > 0
        assert conflicts == 0
    assert "transaction signed" in signed.log("signer of auditor-1")
    assert "LEDGER_REPORT" in signed.log("signer of auditor-1")


async def deposit_and_withdraw(sandbox: SignedSandbox, trader: KeyPair, client: Client) -> None:
    """Everything that is signed: headers, votes, reports, and a transaction of the vault."""
    await sandbox.deposit(trader, Asset.native(), "50")
    while not (await client.account()).balances:
        await asyncio.sleep(0.1)
    await client.withdraw("XLM", "20", trader.address)
    async for event in client.events():
        if any(isinstance(effect, WithdrawalClosed) for effect in event.effects):
            return


async def propose(sandbox: SignedSandbox, *what: str) -> int:
    """An auditor's operator proposes something; the exit code."""
    files = ["--settings-file", str(sandbox.settings_path), "--key-file", str(sandbox.socket("auditor-1"))]
    arguments = ["propose", *what, "--url", sandbox.client_url, *files, "--yes"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "constellation.node.cli", *arguments, stdout=DEVNULL, stderr=DEVNULL
    )
    return await process.wait()


async def pay(client: Client) -> None:
    """Something becomes final."""
    await (await client.pay(new_key_pair().address, "XLM", "2")).final()
