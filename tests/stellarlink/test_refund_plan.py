"""The plan as a function: who is paid how, what stays, and when there is no plan."""

from dataclasses import replace

import pytest
from stellar_sdk import CreateAccount, CreateClaimableBalance, HashMemo, Payment

from constellation.protocol.amounts import ONE, format_amount
from constellation.stellarlink.refund_claims import Claims
from constellation.stellarlink.refund_model import (
    ChannelAccount,
    Choices,
    Claim,
    LedgerFacts,
    Obstacle,
    RefundRefused,
    VaultLine,
)
from constellation.stellarlink.refund_payments import Repayment, Unpaid, Way
from constellation.stellarlink.refund_plan import make_plan, spare_lumens
from constellation.stellarlink.refund_transactions import inner_envelope, refund_memo, transfers
from tests.stellarlink.support import CHANNELS, ISSUER, OTHER, PASSPHRASE, TRADER, VAULT, key, make_settings

XLM, USD = "native", f"USD:{ISSUER.address}"
RESERVE = 5_000_000
ENTRIES = 7
SETTINGS = replace(make_settings(), vault_reserve=ENTRIES * RESERVE + 2 * RESERVE)
CHOICES = Choices(max_time_s=1000, fee_per_operation=100)


def claims(*owed: tuple[str, str, int], given: int = 0) -> Claims:
    return Claims({(owner, asset): Claim({"balance": amount}) for owner, asset, amount in owed}, given)


def facts(owed: Claims, *, obstacles=None, **changes) -> LedgerFacts:
    """A ledger whose vault holds exactly what is owed and the reserve."""
    held = {XLM: SETTINGS.vault_reserve + owed.given, USD: 0}
    for (_, asset), claim in owed.owed.items():
        held[asset] = held.get(asset, 0) + claim.amount
    made = LedgerFacts(
        ledger=50,
        closed_at_s=500,
        base_reserve=RESERVE,
        vault={asset: VaultLine(amount, True) for asset, amount in held.items()},
        vault_reserves=ENTRIES,
        channels=tuple(ChannelAccount(item.address, 10, ONE) for item in CHANNELS),
        obstacles=obstacles or {},
    )
    return replace(made, **changes)


def ways(plan) -> list[Way]:
    return [item.way for transaction in plan.transactions for item in transaction.repayments]


def test_each_owner_is_paid_as_it_can_be():
    a, b, c = sorted(item.address for item in (TRADER, OTHER, key(70)))
    owed = claims((a, XLM, 3 * ONE), (a, USD, 4), (b, XLM, ONE), (b, USD, 5), (c, XLM, ONE - 1))
    found = {
        (b, XLM): Obstacle.NO_ACCOUNT,
        (b, USD): Obstacle.NO_ACCOUNT,
        (c, XLM): Obstacle.NO_ACCOUNT,  # too little to open an account with
    }
    plan = make_plan(SETTINGS, owed, facts(owed, obstacles=found), CHOICES)
    [transaction] = plan.transactions
    assert transaction.repayments == (
        Repayment(Way.PAYMENT, a, USD, 4),
        Repayment(Way.PAYMENT, a, XLM, 3 * ONE),
        Repayment(Way.CLAIMABLE_BALANCE, b, USD, 5),
        Repayment(Way.CREATE_ACCOUNT, b, XLM, ONE),
        Repayment(Way.CLAIMABLE_BALANCE, c, XLM, ONE - 1),
    )
    assert plan.unpaid == ()
    assert [(item.asset, item.kept) for item in plan.sums] == [(USD, 0), (XLM, SETTINGS.vault_reserve)]


def test_what_spare_lumens_cannot_carry_stays_and_is_counted():
    owners = sorted(key(number).address for number in range(80, 84))
    owed = claims(*((owner, USD, 10 + place) for place, owner in enumerate(owners)))
    found = dict.fromkeys(((owner, USD) for owner in owners), Obstacle.NO_TRUST_LINE)
    ledger = facts(owed, obstacles=found)
    assert spare_lumens(owed, ledger) == 2 * RESERVE
    plan = make_plan(SETTINGS, owed, ledger, CHOICES)
    assert ways(plan) == [Way.CLAIMABLE_BALANCE] * 2
    assert plan.unpaid == tuple(
        Unpaid(owner, USD, 12 + place, "no_trust_line") for place, owner in enumerate(owners[2:])
    )
    dollars = plan.sums[0]
    assert (dollars.planned, dollars.unpaid, dollars.kept) == (21, 25, 25)
    # A donor's lumens make room for the others, and stay.
    owed.given = 2 * RESERVE
    richer = make_plan(SETTINGS, owed, facts(owed, obstacles=found), CHOICES)
    assert ways(richer) == [Way.CLAIMABLE_BALANCE] * 4
    assert richer.sums[1].reserve == SETTINGS.vault_reserve + 2 * RESERVE


def test_owed_lumens_are_never_locked_for_somebody_else():
    owed = claims((OTHER.address, USD, 5), (TRADER.address, XLM, 9 * ONE))
    found = {(OTHER.address, USD): Obstacle.LINE_FULL}
    ledger = facts(owed, obstacles=found, vault_reserves=ENTRIES + 2)
    plan = make_plan(SETTINGS, owed, ledger, CHOICES)
    assert ways(plan) == [Way.PAYMENT]
    assert [item.reason for item in plan.unpaid] == ["line_full"]
    with pytest.raises(RefundRefused, match=r"locks 0.5000000 lumens .* donor"):
        make_plan(SETTINGS, owed, replace(ledger, vault_reserves=ENTRIES + 3), CHOICES)


@pytest.mark.parametrize(("difference", "word"), [(1, "more"), (-1, "less")])
@pytest.mark.parametrize("asset", [XLM, USD])
def test_every_stroop_of_the_vault_must_be_explained(asset, difference, word):
    owed = claims((TRADER.address, XLM, 5 * ONE), (TRADER.address, USD, 7))
    ledger = facts(owed)
    held = {**ledger.vault, asset: VaultLine(ledger.vault[asset].amount + difference, True)}
    with pytest.raises(RefundRefused, match=f"0.0000001 {word} than can be explained"):
        make_plan(SETTINGS, owed, replace(ledger, vault=held), CHOICES)
    aside = replace(CHOICES, set_aside=(asset,))
    plan = make_plan(SETTINGS, owed, replace(ledger, vault=held), aside)
    assert {(item.asset, item.reason) for item in plan.unpaid} == {(asset, "set_aside")}
    wrong = next(item for item in plan.sums if item.asset == asset)
    assert (wrong.planned, wrong.unexplained, wrong.kept) == (0, difference, held[asset].amount)
    named = replace(CHOICES, surplus={asset: 1})
    if difference > 0:
        assert make_plan(SETTINGS, owed, replace(ledger, vault=held), named).unpaid == ()
    with pytest.raises(RefundRefused, match="less than"):
        make_plan(SETTINGS, owed, replace(ledger, vault={**held, asset: VaultLine(0, True)}), named)


def test_an_asset_that_the_vault_does_not_have_at_all():
    owed = claims((TRADER.address, f"EUR:{ISSUER.address}", 7))
    ledger = facts(owed)
    del ledger.vault[f"EUR:{ISSUER.address}"]
    with pytest.raises(RefundRefused, match=r"0.0000000 of EUR:.* 0.0000007 owed"):
        make_plan(SETTINGS, owed, ledger, CHOICES)


def test_a_frozen_vault_pays_nothing_of_the_asset():
    owed = claims((TRADER.address, USD, 7), (TRADER.address, XLM, ONE))
    ledger = facts(owed)
    ledger.vault[USD] = VaultLine(7, False)
    plan = make_plan(SETTINGS, owed, ledger, CHOICES)
    assert ways(plan) == [Way.PAYMENT]
    assert plan.unpaid == (Unpaid(TRADER.address, USD, 7, "vault_not_authorized"),)


def test_channels_take_turns_with_consecutive_numbers_as_long_as_they_can_pay():
    owed = claims(*((key(number).address, XLM, number) for number in range(1000, 1007)))
    ledger = facts(owed)
    poor = ChannelAccount(CHANNELS[1].address, 20, 150)
    ledger = replace(ledger, channels=(replace(ledger.channels[0], spendable=600), poor))
    one = replace(CHOICES, operations=1)
    plan = make_plan(SETTINGS, owed, ledger, one)
    assert [(item.channel, item.sequence) for item in plan.transactions] == [
        (CHANNELS[0].address, 11),
        (CHANNELS[1].address, 21),
        *((CHANNELS[0].address, number) for number in range(12, 17)),
    ]
    assert all(item.fee == 100 for item in plan.transactions)
    short = replace(ledger, channels=(replace(ledger.channels[0], spendable=599), poor))
    with pytest.raises(RefundRefused, match=r"no channel can pay another 0.0000100 lumens"):
        make_plan(SETTINGS, owed, short, one)


def test_the_bytes_say_what_the_plan_says():
    a, b = TRADER.address, OTHER.address
    owed = claims((a, XLM, 3 * ONE + 1), (a, USD, 4), (b, XLM, ONE), (b, USD, 5))
    found = {(b, XLM): Obstacle.NO_ACCOUNT, (b, USD): Obstacle.NO_ACCOUNT}
    plan = make_plan(SETTINGS, owed, facts(owed, obstacles=found), CHOICES)
    [item] = plan.transactions
    envelope = inner_envelope(item.envelope_xdr, PASSPHRASE)
    transaction = envelope.transaction
    assert envelope.hash() == item.hash
    assert (transaction.source.account_id, transaction.sequence) == (CHANNELS[0].address, 11)
    assert (transaction.fee, transaction.preconditions.time_bounds.max_time) == (400, 1000)
    assert transaction.memo == HashMemo(refund_memo(SETTINGS))
    assert {operation.source.account_id for operation in transaction.operations} == {VAULT.address}
    read = transfers(transaction, VAULT.address)
    assert read == [(each.owner, each.asset, each.amount) for each in item.repayments]
    kinds = {type(operation) for operation in transaction.operations}
    assert kinds == {Payment, CreateAccount, CreateClaimableBalance}
    assert format_amount(3 * ONE + 1) in {str(getattr(each, "amount", "")) for each in transaction.operations}
    assert refund_memo(make_settings(passphrase="another network")) != refund_memo(SETTINGS)


def test_at_most_a_hundred_operations():
    owed = claims(*((key(number).address, XLM, ONE) for number in range(2000, 2201)))
    plan = make_plan(SETTINGS, owed, facts(owed), CHOICES)
    assert [len(item.repayments) for item in plan.transactions] == [100, 100, 1]
    assert plan.sums[-1].planned == 201 * ONE
