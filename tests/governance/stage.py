"""A sandbox with all its nodes in this process, and hands for the auditors' operators."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from stellar_sdk import Account as StellarAccount
from stellar_sdk import Asset, Keypair, TransactionBuilder
from stellar_sdk.operation import Operation

from constellation.node.cli import main
from constellation.node.sandbox import PASSPHRASE
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client
from constellation.stellarlink import SubmitStatus
from tests.faults.inprocess import InProcessSandbox

WAIT_S = 20.0


class Stage:
    """The sandbox, and what people do with it.

    Args:
        directory: of the sandbox.
        patch: undoes what is wrapped.
    """

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self.sandbox = InProcessSandbox(directory, patch)
        self._decisions = 0
        self._traders: list[KeyPair] = []

    async def start(self) -> None:
        await self.sandbox.start(lambda _text: None)

    async def stop(self) -> None:
        await self.sandbox.stop()

    # --- operators ----------------------------------------------------------------------------------------------

    async def command(self, *arguments: str, text: str = "") -> Result:
        """Run the command line in a thread, as another process would beside the nodes."""
        return await asyncio.to_thread(lambda: _invoke(list(arguments), text))

    async def propose(self, *arguments: str, auditor: int = 1, code: int = 0) -> str:
        """``constellation propose …`` of an auditor; what it printed."""
        return await self._signed(["propose", *arguments], auditor, code)

    async def sign(self, digest: str, auditor: int = 2, code: int = 0) -> str:
        """``constellation sign-proposal`` of an auditor; what it printed."""
        return await self._signed(["sign-proposal", digest], auditor, code)

    async def withdrawal(self, verb: str, number: int, auditor: int = 1, code: int = 0) -> str:
        """``constellation withdrawals approve`` or ``refuse`` of an auditor; what it printed."""
        return await self._signed(["withdrawals", verb, str(number)], auditor, code)

    async def _as_auditor(self, auditor: int, *arguments: str) -> Result:
        key_file = self.sandbox.directory / "keys" / f"auditor-{auditor}.seed"
        return await self.command(
            *arguments, "--url", self.sandbox.client_url, "--key-file", str(key_file), "--yes", *self.settings_option
        )

    async def _signed(self, arguments: list[str], auditor: int, code: int) -> str:
        result = await self._as_auditor(auditor, *arguments)
        assert result.exit_code == code, result.output
        return result.output

    async def refused(self, *arguments: str) -> str:
        """What is said to a proposal that is refused: by the command, or by alpha where the newest proof is older."""
        result = await self._as_auditor(1, "propose", *arguments)
        assert result.exit_code != 0, result.output
        return result.output

    async def decide(self, *arguments: str) -> None:
        """Let a quorum decide something, and wait until every node has carried it out."""
        digest = hash_in(await self.propose(*arguments))
        assert "A quorum has signed" in await self.sign(digest)

    async def checkpoint(self) -> None:
        """Let some decision make one."""
        self._decisions += 1
        await self.decide("settings", "--set", f"limits.open_orders={200 - self._decisions}")

    @property
    def settings_option(self) -> tuple[str, str]:
        return "--settings-file", str(self.sandbox.settings_path)

    async def suspense(self, *arguments: str) -> dict[str, Any]:
        """``constellation suspense --json`` of the first auditor."""
        url = self.sandbox.status_url("auditor-1")
        result = await self.command("suspense", "--status-url", url, "--json", *self.settings_option, *arguments)
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.output)
        return found

    async def suspensions(self) -> dict[str, str]:
        """Suspended assets and why, as alpha says."""
        return {item["name"].partition(":")[0]: item["reason"] for item in (await self.status("alpha"))["suspensions"]}

    async def reserve(self, asset: str, node: str = "auditor-1") -> dict[str, Any]:
        """What an auditor has found of an asset."""
        reserves = (await self.status(node))["reserves"]
        return next((item for item in reserves if item["name"].partition(":")[0] == asset), {})

    # --- traders and the ledger ---------------------------------------------------------------------------------

    def client(self, key_pair: KeyPair, **options: Any) -> Client:
        return Client(self.sandbox.client_url, self.sandbox.settings_path, key_pair, **options)

    async def traders(self) -> tuple[KeyPair, KeyPair]:
        """Two who have accounts, always the same."""
        if not self._traders:
            self._traders = [await self.trader(), await self.trader()]
        return self._traders[0], self._traders[1]

    async def trader(self, lumens: str = "100", dollars: str = "50") -> KeyPair:
        """Somebody with an account and money in it."""
        trader = await self.sandbox.new_trader("1000")
        await self.sandbox.deposit(trader, Asset.native(), lumens)
        await self.sandbox.deposit(trader, self.sandbox.dollar, dollars)
        async with self.client(trader) as client:
            await eventually(lambda: has_balance(client, "USD"))
        return trader

    def steal(self, asset: str, stroops: int) -> None:
        """Change what the vault has on the ledger without any trace; negative amounts are gifts."""
        account = self.sandbox._ledger.ledger.state.account(self.sandbox.vault_address)
        assert account is not None
        if asset == "native":
            account.balance -= stroops
            return
        key = next(key for key in account.trust_lines if key.code == asset)
        line = account.trust_lines[key]
        account.trust_lines[key] = replace(line, balance=line.balance - stroops)

    async def move_vault(self, *operations: Operation) -> None:
        """A transaction of the vault that a quorum of auditors has signed behind the constellation's back."""
        account = await self.sandbox.network.account(self.sandbox.vault_address)
        assert account is not None
        builder = TransactionBuilder(StellarAccount(account.address, account.sequence), PASSPHRASE, base_fee=100)
        for operation in operations:
            builder.append_operation(operation)
        envelope = builder.add_time_bounds(0, 0).build()
        for name in ("auditor-1", "auditor-2"):
            envelope.sign(Keypair.from_raw_ed25519_seed(self.sandbox.keys[name].seed))
        outcome = await self.sandbox.network.submit(envelope.to_xdr())
        assert outcome.status is SubmitStatus.INCLUDED, outcome

    async def status(self, node: str) -> dict[str, Any]:
        return await self.sandbox.status(node)

    async def all_have(self, name: str, value: object) -> None:
        """Wait until every node's status says this."""
        for node in self.sandbox.nodes:
            await eventually(lambda node=node: self._has(node, name, value))  # type: ignore[misc]

    async def _has(self, node: str, name: str, value: object) -> bool:
        return (await self.status(node))[name] == value


def _invoke(arguments: list[str], text: str) -> Result:
    assert threading.current_thread() is not threading.main_thread(), "the nodes run in the main thread"
    return CliRunner().invoke(main, arguments, input=text)


def hash_in(output: str) -> str:
    """The hash of the proposal that a command has sent."""
    return next(line.split()[1] for line in output.splitlines() if line.startswith("proposal "))


async def has_balance(client: Client, asset: str) -> bool:
    return asset in (await client.account()).balances


async def eventually(check: Callable[[], Any], patience_s: float = WAIT_S) -> None:
    """Wait until ``check``, awaited, is true."""
    async with asyncio.timeout(patience_s):
        while not await check():
            await asyncio.sleep(0.05)
