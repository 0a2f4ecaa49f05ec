"""An auditor changes its key while traders trade: the constellation and the vault's signers follow."""

import asyncio
import json
import re
from contextlib import suppress

import aiohttp
import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Ports, Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, FinalProof, WithdrawalClosed
from tests.node.appointing import appoint, sign
from tests.node.test_constellation import deposited

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

_PATIENCE_S = 60


class Newcomer:
    """An auditor with a key, a directory and a port of its own."""

    name = "auditor-4"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.key_pair: KeyPair = new_key_pair()
        directory = sandbox.directory
        write_key_file(directory / "keys" / f"{self.name}.seed", self.key_pair)
        text = (directory / "auditor-3.toml").read_text().replace("auditor-3", self.name)
        port = sandbox.ports.http[sandbox.nodes.index("auditor-3")]
        self._config = directory / f"{self.name}.toml"
        self.port = Ports.free(0).http[0]
        self._config.write_text(text.replace(f":{port}", f":{self.port}"))

    async def start(self) -> None:
        log = self._sandbox.directory / "logs" / f"{self.name}.log"
        child = ChildProcess(self.name, ["auditor", "--config", str(self._config)], log, None)
        self._sandbox.processes[self.name] = child
        await child.start()

    async def ready(self) -> None:
        """Wait until it follows and counts."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(_PATIENCE_S):
            while True:
                with suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.1)


async def final_order(client: Client) -> FinalProof:
    receipt = await client.create_order("XLM/USD", "sell", "0.3", "1")
    return await receipt.final(timeout=_PATIENCE_S)


async def signers_of(sandbox: Sandbox, address: str) -> tuple[set[str], tuple[int, int, int]]:
    """Who can move an account on the ledger, and its thresholds."""
    account = await sandbox.network.account(address)
    assert account is not None
    return {key for key, weight in account.signers.items() if weight}, account.thresholds


async def paid(client: Client, asset: str, amount: str) -> None:
    """Withdraw, and wait until the ledger has paid."""
    receipt = await client.withdraw(asset, amount, client.address)
    withdrawal = next(effect.withdrawal_id for effect in receipt.effects if hasattr(effect, "withdrawal_id"))
    async for event in client.events():
        for effect in event.effects:
            if isinstance(effect, WithdrawalClosed) and effect.withdrawal_id == withdrawal:
                assert effect.outcome.name == "PAID"
                return


async def test_an_auditor_changes_its_key(sandbox: Sandbox) -> None:
    alice = await sandbox.new_trader("1000")
    async with Client(sandbox.client_url, sandbox.settings, alice) as client:
        await deposited(sandbox, alice, client, {"XLM": "500"})
        before = await final_order(client)
        newcomer = Newcomer(sandbox)
        proposed = appoint(
            sandbox, "auditors", "propose",
            "--remove", sandbox.keys["auditor-3"].address, "--add", newcomer.key_pair.address,
            "--client-url", sandbox.client_url, "--cluster-url", f"ws://127.0.0.1:{sandbox.ports.cluster}",
            "--status-url", sandbox.status_url("auditor-1"),
        )  # fmt: skip
        assert proposed.exit_code == 0, proposed.output
        assert f"  joins     {newcomer.key_pair.address}\n" in proposed.output
        assert f"  leaves    {sandbox.keys['auditor-3'].address}\n" in proposed.output
        assert "1 more of the auditors must sign" in sign(sandbox, "auditors", "auditor-1").output
        assert "In force" in sign(sandbox, "auditors", "auditor-2").output
        members = {*(sandbox.keys[name].address for name in ("auditor-1", "auditor-2")), newcomer.key_pair.address}
        async with asyncio.timeout(_PATIENCE_S):
            while await signers_of(sandbox, sandbox.vault_address) != (members, (2, 2, 2)):
                await asyncio.sleep(0.2)
        after = await final_order(client)
        assert after.batch > before.batch

        await newcomer.start()  # the ledger is further than its empty log
        await newcomer.ready()

        # Who has left is not needed any more, and the newcomer counts: for finality, and on the ledger.
        await sandbox.kill_node("auditor-3")
        await sandbox.kill_node("auditor-1")
        last = await final_order(client)
        assert newcomer.key_pair.address in last.auditors
        async with asyncio.timeout(_PATIENCE_S):
            await paid(client, "XLM", "5")
        assert len((await client.account()).orders) == 3

    await decided_by_newcomer(sandbox)
    await proven_to_others(sandbox, newcomer)


async def command(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, [*arguments])


async def decided_by_newcomer(sandbox: Sandbox) -> None:
    """The operators of the auditors in force decide; whoever has left is refused."""
    common = ["--url", sandbox.client_url, "--settings-file", str(sandbox.settings_path), "--yes", "--key-file"]
    keys = {name: str(sandbox.directory / "keys" / f"{name}.seed") for name in ("auditor-2", "auditor-3", "auditor-4")}
    change = ["propose", "settings", "--set", "limits.open_orders=199"]
    refused = await command(*change, *common, keys["auditor-3"])
    assert "is not an auditor of this constellation" in refused.output
    proposed = await command(*change, *common, keys["auditor-4"])
    assert proposed.exit_code == 0, proposed.output
    digest = re.findall(r"[0-9a-f]{64}", proposed.output)[-1]
    signed = await command("sign-proposal", digest, *common, keys["auditor-2"])
    assert "A quorum has signed" in signed.output, signed.output


async def proven_to_others(sandbox: Sandbox, newcomer: Newcomer) -> None:
    """A file that those check who know nothing but the settings of genesis."""
    proof = sandbox.directory / "proof.json"
    settings = ["--settings-file", str(sandbox.settings_path)]
    urls = ["--url", sandbox.client_url, "--horizon-url", sandbox.horizon_url]
    made = await command("prove-reserves", *urls, *settings, "--output", str(proof))
    assert made.exit_code == 0, made.output
    checked = await command("verify-balance", str(proof), *settings)
    assert checked.exit_code == 0, checked.output
    assert newcomer.key_pair.address in checked.output
    without = {**json.loads(proof.read_text()), "appointments": []}
    proof.write_text(json.dumps(without))
    failed = await command("verify-balance", str(proof), *settings)
    assert failed.exit_code == 1
    assert "is of term 1" in failed.output
