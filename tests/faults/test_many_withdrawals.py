"""Many withdrawals at once need as few ledgers as the channels allow, each prepared within one ledger's time."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from constellation.node import sandbox as sandbox_module
from constellation.protocol.messages import WithdrawalOutcome
from constellation.sdk import Receipt, WithdrawalClosed
from tests.faults.inprocess import InProcessSandbox
from tests.node.load import History, Trader, check_constellation, new_traders

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

CHANNELS = 10
TRADERS = 10
LEDGER_S = 5.0
"""Between two ledgers of the real network."""


@dataclass
class Stage:
    """A constellation with ten channels whose ledgers close by hand."""

    sandbox: InProcessSandbox
    traders: list[Trader]

    async def withdraw(self, trader: Trader) -> Receipt:
        receipt = await trader.client.withdraw("USD", "0.5", trader.key_pair.address)
        trader.take(receipt)
        return receipt

    def closed(self) -> dict[tuple[bytes, int], WithdrawalOutcome]:
        """Outcomes by account and number."""
        return {
            (trader.key_pair.public, effect.withdrawal_id): effect.outcome
            for trader in self.traders
            for event in trader.events.values()
            for effect in event.effects
            if isinstance(effect, WithdrawalClosed)
        }

    async def pay(self, each: int, traders: int) -> list[float]:
        """Withdraw so often for so many, and close ledgers until all are paid; how long each was in the making."""
        before = len(self.closed())
        chosen = self.traders[:traders]
        await asyncio.gather(*(self.withdraw(trader) for trader in chosen for _ in range(each)))
        waits, left = [], each * traders
        while left:
            together, begun = min(CHANNELS, left), time.monotonic()
            async with asyncio.timeout(30):
                await self.sandbox.close_ledger(together)
            waits.append(time.monotonic() - begun)
            left -= together
        async with asyncio.timeout(30):
            while len(self.closed()) < before + each * traders:
                await asyncio.sleep(0.02)
        return waits


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox_module, "_CHANNELS", CHANNELS)
        directory: Path = tmp_path_factory.mktemp("many") / "sandbox"
        sandbox = InProcessSandbox(directory, patch)
        await sandbox.start(lambda _text: None)
        traders = await new_traders(sandbox, TRADERS, Random(7))
        sandbox.stop_the_clock()
        yield Stage(sandbox, traders)
        sandbox.faults.clear()
        await asyncio.gather(*(trader.close() for trader in traders))
        await sandbox.stop()


@pytest.mark.parametrize(("each", "traders"), [(10, 1), (10, TRADERS)], ids=["ten of one account", "a hundred of ten"])
async def test_they_need_as_few_ledgers_as_the_channels_allow(stage: Stage, each: int, traders: int) -> None:
    first = stage.sandbox.ledger.latest.sequence
    waits = await stage.pay(each, traders)
    assert stage.sandbox.ledger.latest.sequence - first == len(waits) == -(-each * traders // CHANNELS)
    assert set(stage.closed().values()) == {WithdrawalOutcome.PAID}
    assert max(waits) < LEDGER_S
    stage.sandbox.faults.clear()
    await check_constellation(stage.sandbox, stage.traders, History(stage.sandbox))
    stage.sandbox.stop_the_clock()
