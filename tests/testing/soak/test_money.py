"""Deposits and withdrawals of the history are compared with a ledger that did the same, or something else."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from constellation.protocol.messages import ChannelTransaction, Withdrawal
from constellation.protocol.settings_json import format_asset
from constellation.quanta import Machine, Tip, seal
from constellation.stellarlink.refund_history import History, LateDeposit, Outflow
from constellation.testing import World
from constellation.testing.soak import money
from constellation.testing.soak.findings import Violation
from constellation.testing.soak.money import MoneyOracle
from constellation.testing.world import ONE, START_US, key_of, to


@dataclass
class Stage:
    """A history with a deposit of 50 XLM and a withdrawal of 20, and what the ledger shows."""

    oracle: MoneyOracle
    machine: Machine
    ledger: History
    vault: dict[str, int]

    async def finish(self, patch: pytest.MonkeyPatch) -> None:
        async def read_history(*_: object) -> History:
            return self.ledger

        async def info() -> SimpleNamespace:
            return SimpleNamespace(latest_ledger=1000)

        async def account(_: str) -> SimpleNamespace:
            return SimpleNamespace(balance=lambda asset: SimpleNamespace(amount=self.vault[format_asset(asset)]))

        patch.setattr(money, "read_history", read_history)
        await self.oracle.finish(self.machine, SimpleNamespace(network=info, account=account))  # type: ignore[arg-type]


def stage(*, paid: bool = True, successful: bool = True) -> Stage:
    world, alice = World(), key_of("alice")
    machine = world.machine()
    executed = [machine.execute(START_US, world.deposits(machine, (alice, 0, 50 * ONE)))]
    executed.append(machine.execute(START_US, world.request(alice, Withdrawal(0, 20 * ONE, to(alice)))))
    channel = next(iter(machine.state.desk.channels.values()))
    pending = channel.pending
    assert pending is not None
    if paid:
        event = ChannelTransaction(
            ((machine.state.ledger_cursor >> 32) + 1 << 32) | (1 << 12),
            pending.transaction,
            channel.key,
            pending.sequence,
            successful,
        )
        executed.append(machine.execute(START_US + 10**7, world.commit(machine, [event])))
    oracle = MoneyOracle(world.settings)
    oracle.take_batch(seal(machine, executed, Tip.genesis(world.settings), 1, checkpoint=False))
    place = next(iter(oracle.deposits))[0]
    outflow = Outflow(1, 0, alice.address, "native", 20 * ONE, pending.transaction.hex(), "")
    ledger = History(
        (LateDeposit(place, alice.address, "native", 50 * ONE),), (), (outflow,) if paid and successful else ()
    )
    left = 30 * ONE if paid and successful else 50 * ONE
    vault = {format_asset(asset.identity): 0 for asset in world.settings.assets}
    vault["native"] = left + world.settings.vault_reserve
    return Stage(oracle, machine, ledger, vault)


async def test_what_fits_is_found_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    found = stage()
    await found.finish(monkeypatch)
    assert found.oracle.closed == {"PAID": 1}
    failed = stage(successful=False)
    await failed.finish(monkeypatch)
    assert failed.oracle.closed == {"FAILED": 1}


async def test_a_withdrawal_that_is_not_closed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Violation, match="withdrawals: 1 withdrawals are not closed"):
        await stage(paid=False).finish(monkeypatch)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"outflows": ()}, "in the history and not on the ledger"),
        ({"amount": 21 * ONE}, "in the history and not on the ledger"),
        ({"receiver": key_of("mallory").address}, "in the history and not on the ledger"),
        ({"hash": "00" * 32}, "in the history and not on the ledger"),
        ({"twice": True}, "on the ledger and not in the history"),
    ],
)
async def test_a_withdrawal_that_was_not_paid_exactly_once_as_asked_is_found(
    change: dict[str, object], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = stage()
    (outflow,) = found.ledger.outflows
    if "outflows" in change:
        outflows: tuple[Outflow, ...] = ()
    elif "twice" in change:
        outflows = (outflow, outflow)
    else:
        outflows = (replace(outflow, **change),)  # type: ignore[arg-type]
    found.ledger = replace(found.ledger, outflows=outflows)
    with pytest.raises(Violation, match=f"withdrawals: {where}"):
        await found.finish(monkeypatch)


@pytest.mark.parametrize("times", [0, 2])
async def test_a_deposit_that_was_not_credited_exactly_once_is_found(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = stage()
    found.ledger = replace(found.ledger, deposits=found.ledger.deposits * times)
    with pytest.raises(Violation, match="deposits: "):
        await found.finish(monkeypatch)


@pytest.mark.parametrize("change", [1, -1])
async def test_a_vault_that_holds_something_else_than_is_owed_is_found(
    change: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = stage()
    found.vault["native"] += change
    with pytest.raises(Violation, match=r"vault: it has \d+ stroops of native"):
        await found.finish(monkeypatch)
