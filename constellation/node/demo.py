"""``constellation demo``: a whole constellation does its job once, and everything that can be checked is checked.

Two traders deposit on the ledger, trade, pay and withdraw. Each step says what was verified: the apex, which
auditors signed the certificate, that the inclusion proof holds. At the end the vault on the ledger is compared with
what the constellation owes, and the state roots of all nodes with each other.
"""

import asyncio
import json
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from stellar_sdk import Asset

from constellation.node.sandbox import Sandbox
from constellation.protocol.amounts import format_amount
from constellation.protocol.errors import ConstellationError
from constellation.protocol.messages import Code, WithdrawalOutcome
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, Gap, Receipt, WithdrawalClosed

_PATIENCE_S = 30.0


class DemoFailed(ConstellationError):
    """Something is not as it must be."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.LEDGER_CONTRADICTION, message)


class Reporter:
    """Prints the steps, for people or as JSON lines."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(highlight=False, stderr=False)
        self._started = time.monotonic()

    def _print(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)

    def title(self, text: str) -> None:
        """A new part of the story."""
        if not self._as_json:
            self._print(f"\n[bold]{text}[/]")

    def progress(self, text: str) -> None:
        """Something that takes a while begins."""
        if self._as_json:
            print(text, file=sys.stderr)  # noqa: T201
        else:
            self._print(f"  [dim]… {text}[/]")

    def step(self, text: str, **details: object) -> None:
        """Something has happened and was verified."""
        if self._as_json:
            elapsed_s = round(time.monotonic() - self._started, 3)
            print(json.dumps({"elapsed_s": elapsed_s, "step": text, **details}))  # noqa: T201
            return
        self._print(f"  [green]✓[/] {text}")
        for name, value in details.items():
            self._print(f"      [dim]{name}: {value}[/]")


async def run_demo(as_json: bool) -> None:
    """Run the demo.

    Raises:
        DemoFailed: something differs from what it must be.
    """
    reporter = Reporter(as_json)
    with tempfile.TemporaryDirectory(prefix="constellation-demo-") as path:
        sandbox = Sandbox(Path(path))
        try:
            reporter.title("A constellation of one alpha and three auditors, each a process of its own")
            await sandbox.start(reporter.progress)
            reporter.step("a quorum of auditors has signed the opening state", processes=len(sandbox.processes))
            await _Story(sandbox, reporter).tell()
        finally:
            await sandbox.stop()
    reporter.title("Everything was verified.")


class _Story:
    def __init__(self, sandbox: Sandbox, reporter: Reporter) -> None:
        self._sandbox = sandbox
        self._reporter = reporter
        self._names = {sandbox.keys[name].address: name for name in sandbox.auditors}

    async def tell(self) -> None:
        sandbox, reporter = self._sandbox, self._reporter
        reporter.title("Alice and Bob deposit from the Stellar ledger")
        reporter.progress("funding two accounts on the ledger: friendbot, trust lines, an issuer's payment")
        alice, bob = await sandbox.new_trader("1000"), await sandbox.new_trader("1000")
        async with (
            Client(sandbox.client_url, sandbox.settings, alice) as alice_client,
            Client(sandbox.client_url, sandbox.settings, bob) as bob_client,
        ):
            await self._deposit("Alice", alice, alice_client, Asset.native(), "500")
            await self._deposit("Bob", bob, bob_client, Asset.native(), "100")
            await self._deposit("Bob", bob, bob_client, sandbox.dollar, "200")
            await self._trade(alice_client, bob_client)
            await self._pay(alice_client, bob, bob_client)
            await self._withdraw(bob, bob_client)
        await self._compare()

    async def _deposit(self, name: str, trader: KeyPair, client: Client, asset: Asset, amount: str) -> None:
        code = "XLM" if asset.is_native() else asset.code
        transaction = await self._sandbox.deposit(trader, asset, amount)
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            balance = (await client.account()).balances.get(code)
            if balance is not None and balance.total == Decimal(amount):
                self._reporter.step(f"{name} deposited {amount} {code}", transaction=transaction)
                return
            await asyncio.sleep(0.1)
        raise DemoFailed(f"{name}'s deposit of {amount} {code} was not credited in time")

    async def _trade(self, alice: Client, bob: Client) -> None:
        self._reporter.title("They trade XLM against USD")
        ask = await alice.create_order("XLM/USD", "sell", price="0.25", amount="300")
        await self._verified("Alice offers 300 XLM at 0.25 USD", ask)
        bid = await bob.create_order("XLM/USD", "buy", price="0.26", amount="120")
        if sum(fill.quote_amount for fill in bid.fills) != Decimal(30):
            raise DemoFailed("120 XLM at 0.25 must cost exactly 30 USD")
        await self._verified("Bob buys 120 of them: 30 USD at Alice's price, 0.12 XLM fee", bid)
        cancelled = await alice.cancel_order(ask.order_id)
        await self._verified("Alice cancels the 180 XLM that are left", cancelled)
        account = await alice.account()
        if account.balances["XLM"].available != Decimal("379") or account.orders:
            raise DemoFailed("Alice must have 380 XLM, all but the minimum balance of 1 available, and no open order")

    async def _pay(self, alice: Client, bob: KeyPair, bob_client: Client) -> None:
        self._reporter.title("Alice pays Bob inside the constellation")
        before = (await bob_client.account()).balances["XLM"].total
        await self._verified("Alice pays Bob 25.5 XLM", await alice.pay(bob.address, "XLM", "25.5"))
        after = (await bob_client.account()).balances["XLM"].total
        if after - before != Decimal("25.5"):
            raise DemoFailed("Bob must have 25.5 XLM more")

    async def _withdraw(self, bob: KeyPair, client: Client) -> None:
        self._reporter.title("Bob withdraws to the Stellar ledger")
        before = await self._on_ledger(bob)
        receipt = await client.withdraw("USD", "150", bob.address)
        await self._verified("Bob asks for 150 USD; the auditors co-sign", receipt)
        self._reporter.progress("waiting for the ledger")
        transaction = await self._paid(client)
        if await self._on_ledger(bob) - before != 150_0000000:
            raise DemoFailed("exactly 150 USD must have arrived on the ledger")
        self._reporter.step("150 USD arrived on the ledger", transaction=transaction)

    async def _paid(self, client: Client) -> str:
        async with asyncio.timeout(_PATIENCE_S):
            async for event in client.events():
                for effect in () if isinstance(event, Gap) else event.effects:
                    if isinstance(effect, WithdrawalClosed):
                        if effect.outcome is not WithdrawalOutcome.PAID:
                            raise DemoFailed(f"the withdrawal ended as {effect.outcome.name}")
                        return str(effect.transaction)
        raise DemoFailed("the stream of events ended before the withdrawal was paid")

    async def _on_ledger(self, trader: KeyPair) -> int:
        account = await self._sandbox.network.account(trader.address)
        balance = account.balance(self._sandbox.settings.assets[1].identity) if account else None
        return balance.amount if balance else 0

    async def _verified(self, text: str, receipt: Receipt) -> None:
        """Wait for finality; the client has verified every proof on the way or raised."""
        proof = await receipt.final(timeout=_PATIENCE_S)
        signers = ", ".join(sorted(self._names[address] for address in proof.auditors))
        self._reporter.step(
            text,
            quantum=f"{receipt.apex} in batch {receipt.batch}",
            certificate=f"signed by {signers}",
            proof="inclusion proof and alpha's signature hold",
        )

    async def _compare(self) -> None:
        self._reporter.title("The books are compared")
        sandbox = self._sandbox
        statuses = await self._at_rest()
        roots = {str(status["state_root"]) for status in statuses.values()}
        if len(roots) != 1:
            raise DemoFailed(f"the state roots differ: {statuses}")
        apex = statuses["alpha"]["apex"]
        self._reporter.step(f"all {len(statuses)} nodes have the same state", apex=apex, state_root=roots.pop())
        held = statuses["alpha"]["held"]
        vault = await sandbox.network.account(sandbox.vault_address)
        assert isinstance(held, list)
        assert vault is not None
        for asset, settings in enumerate(sandbox.settings.assets):
            code = "XLM" if settings.identity is None else settings.identity.code
            balance = vault.balance(settings.identity)
            found = balance.amount if balance else 0
            reserve = sandbox.settings.vault_reserve if settings.identity is None else 0
            if found != held[asset] + reserve:
                raise DemoFailed(
                    f"the vault has {found} stroops of {code}, {held[asset]} and {reserve} are accounted for"
                )
            extra = f" + {format_amount(reserve)} reserve" if reserve else ""
            self._reporter.step(
                f"{code}: the vault on the ledger holds what the constellation owes",
                vault=format_amount(found),
                owed=format_amount(held[asset]) + extra,
            )

    async def _at_rest(self) -> dict[str, dict[str, object]]:
        """The nodes' statuses once they have the same apex."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                statuses = {node: await self._sandbox.status(node) for node in self._sandbox.nodes}
                if len({str(status["apex"]) for status in statuses.values()}) == 1:
                    return statuses
                await asyncio.sleep(0.1)
