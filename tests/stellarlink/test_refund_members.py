"""The exit of a constellation whose auditors have changed: those sign who move the vault on the ledger."""

from dataclasses import replace

import pytest
from stellar_sdk import ChangeTrust, Claimant, CreateClaimableBalance
from stellar_sdk import Payment as LedgerPayment

from constellation.protocol.amounts import ONE, format_amount
from constellation.protocol.messages import (
    AssetSettings,
    Code,
    CreditAsset,
    LedgerSigners,
    QuorumRule,
    SettingsChange,
    SuspenseRefund,
    VaultTaskType,
)
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import LedgerAccount
from constellation.stellarlink.refund_file import read_plan, write_plan
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.refund_signed import Result, attach_signatures
from constellation.stellarlink.refund_signers import signers_on_ledger
from constellation.vault import PreparedTask
from constellation.vault.transactions import stellar_asset
from tests.stellarlink.refund_world import USD, XLM, Ending, ending
from tests.stellarlink.support import AUDITORS, CHANNELS, DOLLAR, ISSUER, OTHER, TRADER, VAULT
from tests.stellarlink.test_refund_exit import signed, submit

EURO = CreditAsset("EUR", ISSUER.public)
EUR = f"EUR:{ISSUER.address}"
STAYING, NEW = AUDITORS[1:3], AUDITORS[3]
OLD_SIGNERS = LedgerSigners([item.public for item in AUDITORS[:3]], QuorumRule.MAJORITY)
NEW_SIGNERS = LedgerSigners([item.public for item in (*STAYING, NEW)], QuorumRule.MAJORITY)


def prepared(world: Ending, kind: VaultTaskType) -> PreparedTask:
    return next(item for item in world.machine.state.desk.prepared if item.task.key[0] is kind)


async def some_life(world: Ending) -> None:
    """An asset that was listed later, suspense, and an auditor that is being replaced."""
    await world.network.fund(OTHER.address)
    await world.deposit(TRADER, 100 * ONE)
    await world.deposit(TRADER, 50 * ONE, DOLLAR)
    await world.deposit(ISSUER, 3 * ONE + 1, DOLLAR)  # it has no account in the constellation
    await world.commit()
    settings = world.machine.state.settings
    world.decide(SettingsChange(1, replace(settings, assets=[*settings.assets, AssetSettings(EURO, 1, 0)])))
    await world.execute(prepared(world, VaultTaskType.TRUST_TASK))
    await world.on_ledger(TRADER, ChangeTrust(stellar_asset(EURO)))
    await world.on_ledger(ISSUER, LedgerPayment(TRADER.address, stellar_asset(EURO), "40"))
    await world.deposit(TRADER, 30 * ONE, EURO)
    await world.commit()
    world.pay(TRADER, OTHER, 0, 20 * ONE + 7)
    world.pay(TRADER, OTHER, 2, 5)
    world.appoint(*STAYING, NEW)


async def purses(world: Ending) -> list[int]:
    """Lumens, dollars and euros of the trader, and the other one's lumens."""
    trader = await world.network.account(TRADER.address)
    own = [trader.balance(asset).amount for asset in (None, DOLLAR, EURO)]
    return [*own, await world.lumens(OTHER)]


@pytest.mark.parametrize("is_known", [True, False], ids=["the state knows it", "after the state"])
async def test_an_auditor_was_replaced_and_everything_comes_back_to_the_last_stroop(is_known: bool) -> None:
    async with ending() as world:
        await some_life(world)
        change = prepared(world, VaultTaskType.SIGNERS_TASK)
        if is_known:
            await world.execute(change)
        claimants = [Claimant(VAULT.address)]
        await world.on_ledger(TRADER, CreateClaimableBalance(stellar_asset(EURO), "1.5", claimants))
        await world.commit()
        entry = world.machine.state.suspense.entries[0]
        if is_known:
            world.decide(SuspenseRefund(entry.operation, 1))
        world.seal()
        # Alpha is gone. What was signed before is still executed.
        if not is_known:
            await world.execute(change)
        await world.execute(prepared(world, VaultTaskType.CLAIM_TASK), term=1)
        if is_known:
            await world.execute(prepared(world, VaultTaskType.REFUND_TASK), term=1)
        await world.deposit(OTHER, 8 * ONE)
        await world.later(400)

        before = await purses(world)
        plan, document, signatures = await signed(world, auditors=(NEW, STAYING[1]))
        assert document["signers"] == {
            "auditors": [item.address for item in (*STAYING, NEW)], "quorum_rule": "majority", "quorum": 2,
        }  # fmt: skip
        assert [(item.asset, item.unexplained) for item in plan.sums] == [(EUR, 0), (USD, 0), (XLM, 0)]
        assert plan.unpaid == ()
        transactions, _ = await submit(world, document, signatures)
        assert [item.result for item in transactions] == [Result.PAID]

        after = await purses(world)
        assert [now - then for now, then in zip(after, before, strict=True)] == [
            80 * ONE - 7, 50 * ONE, 31 * ONE + ONE // 2 - 5, 28 * ONE + 7,
        ]  # fmt: skip
        [claimable] = world.server.ledger.state.claimable_balances()
        assert (claimable.amount, claimable.claimants[0].account_id) == (5, OTHER.address)
        vault = await world.network.account(VAULT.address)
        assert [vault.balance(asset).amount for asset in (None, DOLLAR, EURO)] == [world.settings.vault_reserve, 0, 0]


async def test_the_old_auditors_sign_while_the_ledger_has_them() -> None:
    async with ending() as world:
        await some_life(world)
        world.seal()
        with pytest.raises(RefundRefused, match=r"signers 1 .* can still be executed until") as caught:
            await world.plan()
        assert caught.value.code is Code.NOT_READY
        await world.later(400)
        _, document, signatures = await signed(world, auditors=AUDITORS[:2])
        assert document["signers"]["auditors"] == [item.address for item in AUDITORS[:3]]
        transactions, _ = await submit(world, document, signatures)
        assert {item.result for item in transactions} == {Result.PAID}


async def test_the_ledger_takes_the_signers_also_where_fees_are_as_low_as_can_be() -> None:
    """Three accounts change two signers and their thresholds: nine operations."""
    async with ending(transaction_fee=100) as world:
        await some_life(world)
        change = prepared(world, VaultTaskType.SIGNERS_TASK)
        assert change.fee == 900
        await world.execute(change)
        await world.commit()
        assert world.machine.state.signers == NEW_SIGNERS


async def test_signatures_of_who_has_left_do_not_count() -> None:
    async with ending() as world:
        await some_life(world)
        await world.execute(prepared(world, VaultTaskType.SIGNERS_TASK))
        await world.commit()
        world.seal()
        _, document, signatures = await signed(world, auditors=AUDITORS[:2])
        with pytest.raises(RefundRefused, match="has 1 valid signatures of those who sign for the vault, 2 are needed"):
            await submit(world, document, signatures)
        _, document, signatures = await signed(world, auditors=(*AUDITORS[:2], NEW))
        transactions, _ = await submit(world, document, signatures)  # one too many would have been refused
        assert {item.result for item in transactions} == {Result.PAID}


async def test_a_state_from_before_the_change_is_not_paid_out() -> None:
    async with ending() as world:
        await some_life(world)
        await world.execute(prepared(world, VaultTaskType.SIGNERS_TASK))
        accounts = [await world.network.account(item.address) for item in (VAULT, *CHANNELS)]
        with pytest.raises(RefundRefused, match=f"lacks the signer {AUDITORS[0].address}"):
            signers_on_ledger([OLD_SIGNERS], accounts)


# --- without a ledger


def account(signers: LedgerSigners, address: str = VAULT.address, **changes: int) -> LedgerAccount:
    weights = {encode_public_key(key): 1 for key in signers.auditors}
    return LedgerAccount(address, 1, (), {**weights, address: 0, **changes}, (2, 2, 2), {})


def test_the_candidate_counts_that_fits_vault_and_channels() -> None:
    candidates = [OLD_SIGNERS, NEW_SIGNERS]
    for signers in candidates:
        accounts = [account(signers), account(signers, CHANNELS[0].address)]
        assert signers_on_ledger(candidates, accounts) == signers
    mixed = [account(OLD_SIGNERS), account(NEW_SIGNERS, CHANNELS[0].address)]
    with pytest.raises(
        RefundRefused, match=f"{CHANNELS[0].address} lacks the signer {AUDITORS[0].address}; .* has the"
    ):
        signers_on_ledger(candidates, mixed)
    with pytest.raises(RefundRefused, match="master key"):
        signers_on_ledger(candidates, [account(NEW_SIGNERS, **{VAULT.address: 1})])
    with pytest.raises(RefundRefused, match="instead of 1"):
        signers_on_ledger(candidates, [account(NEW_SIGNERS, **{NEW.address: 2})])


async def test_the_signers_in_a_file_are_read_and_guarded() -> None:
    async with ending() as world:
        await some_life(world)
        await world.execute(prepared(world, VaultTaskType.SIGNERS_TASK))
        await world.commit()
        world.seal()
        _, document, signatures = await signed(world)
        assert read_plan(write_plan(document, {})).signers == NEW_SIGNERS
        keys = document["signers"]["auditors"]
        for change in (
            {"quorum": 1}, {"quorum": 3}, {"quorum": True}, {"quorum": "2"}, {"quorum_rule": "all"}, {"quorum_rule": 1},
            {"auditors": []}, {"auditors": [keys[0]] * 3}, {"auditors": ["G"]}, {"auditors": None},
        ):  # fmt: skip
            changed = {**document, "signers": {**document["signers"], **change}}
            with pytest.raises(RefundRefused, match="part 'signers' is malformed"):
                read_plan(write_plan(changed, {}))
        without = {name: value for name, value in document.items() if name != "signers"}
        with pytest.raises(RefundRefused, match="part 'signers' is malformed"):
            read_plan(write_plan(without, {}))
        assert attach_signatures(world.settings, OLD_SIGNERS, document, signatures), "the caller says who counts"
        assert format_amount(world.settings.vault_reserve) == document["assets"][-1]["reserve"]
