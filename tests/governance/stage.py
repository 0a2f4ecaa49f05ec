"""A sandbox with all its nodes in this process, and hands for the auditors' operators."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from stellar_sdk import Asset

from constellation.node.cli import main
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client
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

    async def _signed(self, arguments: list[str], auditor: int, code: int) -> str:
        key_file = self.sandbox.directory / "keys" / f"auditor-{auditor}.seed"
        result = await self.command(
            *arguments, "--url", self.sandbox.client_url, "--key-file", str(key_file), "--yes", *self.settings_option
        )
        assert result.exit_code == code, result.output
        return result.output

    async def decide(self, *arguments: str) -> None:
        """Let a quorum decide something, and wait until every node has carried it out."""
        digest = hash_in(await self.propose(*arguments))
        assert "A quorum has signed" in await self.sign(digest)

    @property
    def settings_option(self) -> tuple[str, str]:
        return "--settings-file", str(self.sandbox.settings_path)

    # --- traders and the ledger ---------------------------------------------------------------------------------

    def client(self, key_pair: KeyPair, **options: Any) -> Client:
        return Client(self.sandbox.client_url, self.sandbox.settings_path, key_pair, **options)

    async def trader(self, lumens: str = "100", dollars: str = "50") -> KeyPair:
        """Somebody with an account and money in it."""
        trader = await self.sandbox.new_trader("1000")
        await self.sandbox.deposit(trader, Asset.native(), lumens)
        await self.sandbox.deposit(trader, self.sandbox.dollar, dollars)
        async with self.client(trader) as client:
            await eventually(lambda: has_balance(client, "USD"))
        return trader

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
