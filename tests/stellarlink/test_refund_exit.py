"""The whole way on a sandbox ledger: what everybody had comes back to the last stroop."""

import pytest
from stellar_sdk import AccountMerge, ChangeTrust

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import LimitOrder, Side, TimeInForce
from constellation.stellarlink import SubmitOutcome, SubmitStatus
from constellation.stellarlink.refund_document import plan_document
from constellation.stellarlink.refund_file import read_plan, write_plan
from constellation.stellarlink.refund_model import Obstacle
from constellation.stellarlink.refund_payments import Way
from constellation.stellarlink.refund_signed import Result, attach_signatures
from constellation.stellarlink.refund_submit import RefundSubmission
from tests.stellarlink.ledgers import FUNDER
from tests.stellarlink.refund_world import USD, XLM, Ending, ending, many
from tests.stellarlink.support import (
    AUDITORS,
    DOLLAR,
    ISSUER,
    OTHER,
    STELLAR_DOLLAR,
    TRADER,
    VAULT,
    key,
)

GONE, LATE = key(60), key(61)


async def busy(world: Ending, crowd: int = 130) -> None:
    """Orders, suspense, a payee without a trust line, a crowd, and one withdrawal in each state."""
    for who in (OTHER, GONE, LATE):
        await world.network.fund(who.address)
    await world.deposit(TRADER, 1000 * ONE)
    await world.deposit(TRADER, 200 * ONE, DOLLAR)
    await world.deposit(OTHER, 50 * ONE)
    await world.deposit(GONE, 5 * ONE)
    # An issuer that has no account in the constellation: its dollars are in suspense.
    await world.deposit(ISSUER, 3 * ONE + 1, DOLLAR)
    await world.commit()
    world.pay(TRADER, OTHER, 1, 20 * ONE + 7)
    for member in many(crowd):
        world.pay(TRADER, member, 0, 2 * ONE + 1)
    world.request(TRADER, LimitOrder(0, Side.SELL, 20_000, 10 * ONE, TimeInForce.IMMEDIATE_OR_CANCEL, None))
    world.request(TRADER, LimitOrder(0, Side.BUY, 10_000, 10 * ONE, TimeInForce.IMMEDIATE_OR_CANCEL, None))
    world.withdraw(TRADER, 11 * ONE)  # will be paid
    world.withdraw(OTHER, 12 * ONE)  # will lapse
    world.withdraw(TRADER, 13 * ONE)  # waits
    world.seal()


async def end(world: Ending) -> None:
    """Alpha is gone: a withdrawal is still paid, deposits still come, an owner leaves the ledger."""
    await world.execute(world.machine.state.desk.prepared[0])
    await world.deposit(LATE, 7 * ONE)
    await world.deposit(TRADER, 1)
    await world.on_ledger(GONE, AccountMerge(FUNDER.address))
    await world.later(400)


async def signed(world: Ending, auditors=AUDITORS[:2], **choices):
    plan, claims, facts, chosen, view = await world.plan(**choices)
    document = plan_document(world.settings, world.anchor, view.signers, view.history, claims, facts, chosen, plan)
    signatures = {item.address: [item.sign(each.hash) for each in plan.transactions] for item in auditors}
    return plan, document, signatures


async def submit(world: Ending, document, signatures, network=None):
    signers = read_plan(write_plan(document, {})).signers
    transactions = attach_signatures(world.settings, signers, document, signatures)
    told: list[str] = []
    run = RefundSubmission(
        network or world.network, world.settings, transactions, lambda item: told.append(item.hash), pause_s=0.01
    )
    await run.run()
    return transactions, told


async def check_kept(world: Ending, plan) -> None:
    """The vault holds exactly what the plan names as kept."""
    vault = await world.network.account(VAULT.address)
    kept = {item.asset: item.kept for item in plan.sums}
    assert {XLM: vault.balance(None).amount, USD: vault.balance(DOLLAR).amount} == kept


async def test_everything_comes_back_to_the_last_stroop():
    async with ending() as world:
        await busy(world)
        await end(world)
        before = {who.public: await world.lumens(who) for who in (TRADER, OTHER, LATE)}
        dollars = await world.dollars(TRADER)
        plan, document, signatures = await signed(world)
        assert len(plan.transactions) == 2
        assert len(plan.transactions[0].repayments) == 100
        assert {item.asset: item.reserve for item in plan.sums} == {XLM: world.settings.vault_reserve, USD: 0}
        assert [item.unexplained for item in plan.sums] == [0, 0]

        transactions, told = await submit(world, document, signatures)
        assert [item.result for item in transactions] == [Result.PAID] * 2, transactions
        assert sorted(told) == sorted(item.hash for item in transactions)

        crowd = 130 * (2 * ONE + 1)
        assert await world.lumens(TRADER) - before[TRADER.public] == 1000 * ONE - crowd - 11 * ONE + 1
        assert await world.lumens(OTHER) - before[OTHER.public] == 50 * ONE
        assert await world.lumens(LATE) - before[LATE.public] == 7 * ONE
        assert await world.lumens(GONE) == 5 * ONE
        assert [await world.lumens(member) for member in many(130)] == [2 * ONE + 1] * 130
        assert await world.dollars(TRADER) - dollars == 180 * ONE - 7
        [claimable] = world.server.ledger.state.claimable_balances()
        assert (claimable.amount, claimable.claimants[0].account_id) == (20 * ONE + 7, OTHER.address)
        assert plan.unpaid == ()
        await check_kept(world, plan)
        assert (await world.network.account(VAULT.address)).balance(DOLLAR).amount == 0


class PowerFailure(Exception):
    """The run ends here."""


class Breaking:
    """A network that loses every answer to a submission, and fails for good after three."""

    def __init__(self, world: Ending) -> None:
        self._network = world.network
        self.submitted: list[str] = []

    def __getattr__(self, name):
        return getattr(self._network, name)

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        if len(self.submitted) >= 3:
            raise PowerFailure
        self.submitted.append(envelope_xdr)
        await self._network.submit(envelope_xdr)
        return SubmitOutcome(SubmitStatus.UNKNOWN)


async def test_a_run_that_breaks_off_is_continued_and_nothing_is_paid_twice():
    async with ending() as world:
        await busy(world, crowd=5)
        await end(world)
        plan, document, signatures = await signed(world, operations=2)
        assert len(plan.transactions) > 4

        breaking = Breaking(world)
        with pytest.raises(ExceptionGroup) as caught:
            await submit(world, document, signatures, breaking)
        assert caught.group_contains(PowerFailure)
        assert len(breaking.submitted) == 3

        transactions, _ = await submit(world, document, signatures)
        assert all(item.result is Result.PAID for item in transactions)
        again, _ = await submit(world, document, signatures)
        assert all(item.result is Result.PAID for item in again)
        await check_kept(world, plan)


async def test_a_second_plan_pays_what_the_first_could_not():
    """Late deposits, and owners for whose claimable balances there were no lumens: nobody is paid twice."""
    async with ending() as world:
        await busy(world, crowd=3)
        for number in range(70, 73):
            await world.network.fund(key(number).address)
            world.pay(TRADER, key(number), 0, 2 * ONE)
            world.pay(TRADER, key(number), 1, ONE + number)
        world.seal()
        await end(world)
        plan, document, signatures = await signed(world)
        assert [item.way for each in plan.transactions for item in each.repayments].count(Way.CLAIMABLE_BALANCE) == 2
        assert {item.reason for item in plan.unpaid} == {Obstacle.NO_TRUST_LINE.value}
        assert len(plan.unpaid) == 2
        await submit(world, document, signatures)
        await check_kept(world, plan)

        await world.deposit(LATE, 3 * ONE)
        await world.deposit(FUNDER, 2 * ONE)
        again, document, signatures = await signed(world, donors=(FUNDER.address,))
        found = [item for each in again.transactions for item in each.repayments]
        assert sorted(item.way.value for item in found) == ["claimable_balance", "claimable_balance", "payment"]
        assert {item.owner for item in found if item.way is Way.CLAIMABLE_BALANCE} == {
            item.owner for item in plan.unpaid
        }
        assert again.unpaid == ()
        before = await world.lumens(LATE)
        await submit(world, document, signatures)
        assert await world.lumens(LATE) - before == 3 * ONE
        await check_kept(world, again)
        vault = await world.network.account(VAULT.address)
        assert vault.balance(DOLLAR).amount == 0
        assert vault.balance(None).amount == world.settings.vault_reserve + 2 * ONE

        nothing, document, signatures = await signed(world, donors=(FUNDER.address,))
        assert (nothing.transactions, nothing.unpaid) == ((), ())
        assert (await submit(world, document, signatures))[0] == []


async def test_who_can_receive_what():
    """Every obstacle is seen, and each that is not seen would have made a transaction fail."""
    async with ending() as world:
        owners = {name: key(80 + place) for place, name in enumerate(("fine", "bare", "full", "gone"))}
        for who in owners.values():
            await world.network.fund(who.address)
        for name in ("fine", "full"):
            await world.on_ledger(owners[name], ChangeTrust(STELLAR_DOLLAR, limit="2" if name == "full" else None))
        await world.deposit(TRADER, 100 * ONE)
        await world.deposit(TRADER, 50 * ONE, DOLLAR)
        await world.commit()
        for who in owners.values():
            world.pay(TRADER, who, 0, 2 * ONE)
            world.pay(TRADER, who, 1, 2 * ONE)
        world.pay(TRADER, owners["full"], 1, 1)
        world.pay(TRADER, ISSUER, 0, 2 * ONE)
        world.pay(TRADER, ISSUER, 1, 3 * ONE)
        world.seal()
        await world.on_ledger(owners["gone"], AccountMerge(FUNDER.address))
        plan, _, facts, _, _ = await world.plan()
        assert facts.obstacles == {
            (owners["bare"].address, USD): Obstacle.NO_TRUST_LINE,
            (owners["full"].address, USD): Obstacle.LINE_FULL,
            (owners["gone"].address, USD): Obstacle.NO_ACCOUNT,
            (owners["gone"].address, XLM): Obstacle.NO_ACCOUNT,
        }
        assert [item.unexplained for item in plan.sums] == [0, 0]
        world.server.ledger.state.peek(VAULT.address).balance += 5 * ONE
        plan, document, signatures = await signed(world, surplus={XLM: 5 * ONE})
        transactions, _ = await submit(world, document, signatures)
        assert {item.result for item in transactions} == {Result.PAID}
        await check_kept(world, plan)
        assert await world.dollars(owners["fine"]) == 2 * ONE
        assert len(world.server.ledger.state.claimable_balances()) == 3
