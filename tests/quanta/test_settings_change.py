"""Settings changed by the auditors: what can change, and what happens to the state that was there before."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetResumed,
    AssetResumption,
    AssetSettings,
    AssetSuspended,
    AssetSuspension,
    BalanceChanged,
    CancelOrder,
    ChannelSettings,
    CloseAccount,
    Code,
    CreditAsset,
    FeeCollected,
    LedgerDeposit,
    LimitOrder,
    MarketSettings,
    MarketStatus,
    Payment,
    QuorumRule,
    Settings,
    SettingsChange,
    SettingsChanged,
    Side,
    SuspensionReason,
    TimeInForce,
    VaultTaskClosed,
    VaultTaskPrepared,
    VaultTaskType,
    Withdrawal,
    WithdrawalOutcome,
)
from constellation.protocol.signing import settings_hash
from constellation.quanta import conservation_errors
from constellation.testing.world import ONE, key_of, to
from constellation.vault.transactions import task_envelope
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage, effects_for

ALICE, BOB = key_of("alice"), key_of("bob")
SILVER = CreditAsset("SILVER", key_of("issuer").public)
NEW = 3
Change = Callable[[Settings], object]


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


def set_to(path: str, value: object) -> Change:
    """Set one field, such as ``limits.fills`` or ``markets.0.tick``."""

    def change(settings: Settings) -> None:
        target: object = settings
        *parts, last = path.split(".")
        for part in parts:
            target = target[int(part)] if isinstance(target, list) else getattr(target, part)
        setattr(target, last, value)

    return change


def list_silver(settings: Settings) -> None:
    settings.assets.append(AssetSettings(SILVER, ONE, 0))
    settings.markets.append(MarketSettings(NEW, USD, 4, 1, 10_000, 1, 0, 0, MarketStatus.MARKET_OPEN, 0))


def test_a_change_is_told_with_the_hash_of_the_new_settings(stage: Stage) -> None:
    executed = stage.changes_settings(set_to("transaction_fee", 20_000))
    settings = stage.machine.state.settings
    assert settings.transaction_fee == 20_000
    assert effects_for(executed, settings.vault) == [SettingsChanged(1, settings_hash(settings))]
    assert stage.world.settings.transaction_fee == 10_000


FORBIDDEN: list[tuple[str, Change]] = [
    ("network_passphrase", set_to("network_passphrase", "Elsewhere")),
    ("vault", set_to("vault", key_of("another vault").public)),
    ("alpha", set_to("alpha", key_of("another alpha").public)),
    ("auditors", set_to("auditors", [key_of("auditor 0").public])),
    ("order of auditors", lambda settings: settings.auditors.reverse()),
    ("quorum_rule", set_to("quorum_rule", QuorumRule.TWO_THIRDS)),
    ("channels", lambda settings: settings.channels.append(ChannelSettings(key_of("channel 9").public, 1))),
    ("channel sequence", set_to("channels.0.sequence", 1)),
    ("ledger_cursor", set_to("ledger_cursor", 0)),
    ("vault_reserve", set_to("vault_reserve", 0)),
    ("fee_account", set_to("fee_account", ALICE.public)),
    ("an asset's code", set_to("assets.1.identity", SILVER)),
    ("delisting", lambda settings: settings.assets.pop()),
    ("order of assets", lambda settings: settings.assets.insert(1, AssetSettings(SILVER, 1, 0))),
    ("no market", lambda settings: settings.markets.pop()),
    ("tick", set_to("markets.0.tick", 2)),
    ("lot", set_to("markets.0.lot", ONE)),
    ("price_decimals", set_to("markets.0.price_decimals", 3)),
    ("base", set_to("markets.0.base", 2)),
    ("quote", set_to("markets.1.quote", 0)),
    ("an asset twice", lambda settings: settings.assets.append(settings.assets[1])),
    ("a bad code", lambda settings: settings.assets.append(AssetSettings(CreditAsset("€", bytes(32)), 1, 0))),
    ("the vault's own asset", lambda settings: settings.assets.append(own_asset(settings))),
    ("fee over 10 %", set_to("markets.0.taker_fee_ppm", 100_001)),
    ("no fills", set_to("limits.fills", 0)),
    ("requests that live longer", set_to("limits.validity_us", 300_000_001)),
    ("no minimum balance", set_to("minimum_balance", 0)),
    ("too small a transaction fee", set_to("transaction_fee", 99)),
    ("too short a life", set_to("withdrawal_lifetime_s", 29)),
]


def own_asset(settings: Settings) -> AssetSettings:
    return AssetSettings(CreditAsset("OWN", settings.vault), 1, 0)


@pytest.mark.parametrize("change", [change for _, change in FORBIDDEN], ids=[name for name, _ in FORBIDDEN])
def test_what_cannot_be_changed(stage: Stage, change: Change) -> None:
    assert stage.refuses_decision(stage.settings_change(change)) is Code.INVALID_PROPOSAL


@pytest.mark.parametrize("version", [0, 2, 2**64 - 1])
def test_a_change_names_the_version_that_is_next(stage: Stage, version: int) -> None:
    change = replace(stage.settings_change(set_to("transaction_fee", 20_000)), version=version)
    assert stage.refuses_decision(change) is Code.STALE_PROPOSAL


def test_no_change_is_applied_twice_or_after_another(stage: Stage) -> None:
    first = stage.world.decide(stage.settings_change(set_to("transaction_fee", 20_000)), valid_until=stage.now)
    other = stage.world.decide(stage.settings_change(set_to("transaction_fee", 30_000)), valid_until=stage.now)
    stage.executes(first)
    assert stage.refuses_body(first) is Code.STALE_PROPOSAL
    assert stage.refuses_body(other) is Code.STALE_PROPOSAL
    assert stage.machine.state.settings.transaction_fee == 20_000


def test_lowered_limits_let_what_is_there_be_and_no_more_come(stage: Stage) -> None:
    orders = [stage.places(ALICE, Side.SELL, 1_000_000, 2_600).leaf.apex for _ in range(3)]
    for _ in range(3):
        stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))
    stage.changes_settings(set_to("limits.open_orders", 2))
    stage.changes_settings(set_to("limits.withdrawals", 2))
    order = LimitOrder(0, Side.SELL, 2_600, 1_000_000, TimeInForce.GOOD_TILL_CANCELLED, None)
    for order_id in orders[:2]:
        assert stage.refuses(ALICE, order) is Code.TOO_MANY_OPEN_ORDERS
        stage.runs(ALICE, CancelOrder(order_id))
    stage.runs(ALICE, order)
    assert stage.refuses(ALICE, Withdrawal(USD, ONE, to(ALICE))) is Code.TOO_MANY_WITHDRAWALS
    stage.answers(True, True)
    stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))


def test_fills_and_fees_of_the_next_order_are_the_new_ones(stage: Stage) -> None:
    for _ in range(3):
        stage.places(ALICE, Side.SELL, 1_000_000, 2_500)
    stage.changes_settings(set_to("limits.fills", 2))
    stage.changes_settings(set_to("markets.0.taker_fee_ppm", 1_000))
    executed = stage.places(BOB, Side.BUY, 3_000_000, 2_500)
    fees = [effect for effect in effects_for(executed, stage.world.fee_account) if isinstance(effect, FeeCollected)]
    assert fees == [FeeCollected(LUMENS, 1_000)] * 2


def test_a_raised_minimum_balance_closes_those_below_it_until_they_deposit_or_leave(stage: Stage) -> None:
    carol = key_of("carol")
    stage.executes(stage.world.deposits(stage.machine, (carol, LUMENS, 10 * ONE)))
    stage.runs(ALICE, Payment(carol.public, USD, 5 * ONE))
    order = stage.places(carol, Side.BUY, 1_000_000, 2_500).leaf.apex
    stage.changes_settings(set_to("minimum_balance", 20 * ONE))
    assert stage.refuses(carol, Payment(ALICE.public, USD, 1)) is Code.ACCOUNT_CLOSED
    assert stage.refuses(ALICE, Payment(carol.public, USD, 1)) is Code.UNKNOWN_DESTINATION
    assert stage.refuses(carol, Withdrawal(LUMENS, 1, to(carol))) is Code.BELOW_MINIMUM_BALANCE
    stage.places(BOB, Side.SELL, 500_000, 2_500)
    assert stage.balance(carol, LUMENS) == (10 * ONE + 500_000, 0)
    stage.runs(carol, CancelOrder(order))
    stage.runs(carol, Withdrawal(USD, 5 * ONE - 125_000, to(carol)))
    stage.answers(True)
    stage.runs(carol, CloseAccount(to(carol)))
    stage.answers(True)
    assert stage.balance(carol, LUMENS) == (0, 0)


def test_a_raised_minimum_leaves_money_that_is_locked_locked(stage: Stage) -> None:
    carol = key_of("carol")
    stage.executes(stage.world.deposits(stage.machine, (carol, LUMENS, 10 * ONE)))
    order = stage.places(carol, Side.SELL, 8 * ONE, 2_500).leaf.apex
    stage.changes_settings(set_to("minimum_balance", 20 * ONE))
    assert stage.balance(carol, LUMENS) == (10 * ONE, 8 * ONE)
    stage.places(BOB, Side.BUY, 4 * ONE, 2_500)
    assert stage.balance(carol, LUMENS) == (6 * ONE, 4 * ONE)
    stage.changes_settings(set_to("minimum_balance", ONE))
    stage.runs(carol, CancelOrder(order))
    stage.runs(carol, Payment(ALICE.public, LUMENS, 5 * ONE))


@pytest.mark.parametrize("status", [MarketStatus.MARKET_HALTED, MarketStatus.MARKET_CANCEL_ONLY])
def test_a_halted_market_keeps_its_orders(stage: Stage, status: MarketStatus) -> None:
    first = stage.places(ALICE, Side.SELL, 1_000_000, 2_500).leaf.apex
    stage.places(ALICE, Side.SELL, 1_000_000, 2_500)
    stage.changes_settings(set_to("markets.0.status", status))
    buy = LimitOrder(0, Side.BUY, 2_500, 1_000_000, TimeInForce.IMMEDIATE_OR_CANCEL, None)
    assert stage.refuses(BOB, buy) is Code.MARKET_NOT_OPEN
    stage.runs(ALICE, CancelOrder(first))
    stage.changes_settings(set_to("markets.0.status", MarketStatus.MARKET_OPEN))
    stage.runs(BOB, buy)
    assert stage.machine.state.engine.orders == {}


def test_a_new_fee_and_life_are_those_of_the_next_transaction(stage: Stage) -> None:
    stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))
    [before] = stage.machine.state.desk.prepared
    stage.changes_settings(set_to("transaction_fee", 777))
    stage.changes_settings(set_to("withdrawal_lifetime_s", 60))
    stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))
    old, new = stage.machine.state.desk.prepared
    assert old == before
    assert (new.fee, new.max_time_s) == (777, stage.now // 1_000_000 + 60)
    for prepared in (old, new):
        assert task_envelope(stage.machine.state.settings, prepared).hash() == prepared.transaction
    stage.answers(True, True)
    assert stage.balance(ALICE, USD) == (PLENTY - 2 * ONE, 0)


# New assets


def test_a_new_asset_is_suspended_until_the_vault_trusts_it(stage: Stage) -> None:
    executed = stage.changes_settings(list_silver)
    [prepared] = stage.machine.state.desk.prepared
    [operation] = task_envelope(stage.machine.state.settings, prepared).transaction.operations
    assert (operation.asset.code, operation.source.account_id) == ("SILVER", key_of("vault").address)
    terms = prepared.channel, prepared.sequence, prepared.max_time_s, prepared.transaction
    assert effects_for(executed, stage.world.settings.vault)[1:] == [
        AssetSuspended(NEW, SuspensionReason.NO_TRUST_LINE),
        VaultTaskPrepared(VaultTaskType.TRUST_TASK, NEW, *terms),
    ]
    order = LimitOrder(2, Side.BUY, 2_500, 10_000, TimeInForce.GOOD_TILL_CANCELLED, None)
    assert stage.refuses(ALICE, order) is Code.SUSPENDED_ASSET
    executed = stage.answers(True)
    assert effects_for(executed, stage.world.settings.vault)[:2] == [
        AssetResumed(NEW),
        VaultTaskClosed(VaultTaskType.TRUST_TASK, NEW, WithdrawalOutcome.PAID, prepared.transaction),
    ]
    stage.executes(stage.world.sign_report(silver_report(stage), 2))
    stage.places(ALICE, Side.SELL, 10_000, 2_500, market=2)
    stage.places(BOB, Side.BUY, 10_000, 2_500, market=2)
    assert stage.balance(BOB, NEW) == (10_000, 0)


def silver_report(stage: Stage):  # type: ignore[no-untyped-def]
    deposit = LedgerDeposit(stage.place | 1, bytes(32), SILVER, 5 * ONE, ALICE.public, None, None)
    return stage.world.commit(stage.machine, [deposit]).report


@pytest.mark.parametrize("lapses", [False, True])
def test_a_trust_line_that_was_not_made_is_asked_for_by_a_new_decision(stage: Stage, lapses: bool) -> None:
    stage.changes_settings(list_silver)
    asked = stage.world.decide(AssetResumption(NEW, 2), valid_until=stage.now)
    assert stage.refuses_body(asked) is Code.STALE_PROPOSAL, "it is on its way"
    stage.lapses() if lapses else stage.answers(False)
    assert stage.machine.state.assets.suspensions[NEW].reason is SuspensionReason.NO_TRUST_LINE
    stage.executes(asked)
    assert stage.machine.state.assets.is_suspended(NEW)
    assert [item.task.key for item in stage.machine.state.desk.prepared] == [(VaultTaskType.TRUST_TASK, NEW)]
    stage.answers(False)
    assert stage.refuses_body(asked) is Code.STALE_PROPOSAL, "the same signatures ask once"
    stage.resumes(NEW)
    stage.answers(True)
    assert not stage.machine.state.assets.is_suspended(NEW)
    assert stage.machine.state.assets.changes[NEW] == 4


def test_nothing_else_is_decided_about_an_asset_whose_trust_line_is_on_its_way(stage: Stage) -> None:
    stage.changes_settings(list_silver)
    reason = SuspensionReason.SUSPENDED_BY_AUDITORS
    assert stage.refuses_decision(AssetSuspension(NEW, 2, reason)) is Code.STALE_PROPOSAL
    assert stage.refuses_decision(AssetResumption(NEW, 2)) is Code.STALE_PROPOSAL


def test_what_was_in_suspense_of_a_new_asset_is_counted_from_now_on(stage: Stage) -> None:
    stage.commits(
        LedgerDeposit(stage.place | 1, bytes(32), SILVER, 5 * ONE, ALICE.public, None, None),
        LedgerDeposit(stage.place | 2, bytes(32), SILVER, 1, BOB.public, None, None),
    )
    stage.changes_settings(list_silver)
    assert stage.machine.state.vault.held[NEW] == stage.machine.state.suspense.sum(NEW) == 5 * ONE + 1


def test_an_asset_is_not_listed_when_more_of_it_is_in_suspense_than_can_be_counted(stage: Stage) -> None:
    def deposit(place: int, amount: int) -> LedgerDeposit:
        return LedgerDeposit(stage.place | place, bytes(32), SILVER, amount, ALICE.public, None, None)

    stage.commits(deposit(1, INT64_MAX - 1), deposit(2, 1))
    stage.decides(stage.settings_change(set_to("transaction_fee", 20_000)))
    one_more = stage.settings_change(list_silver)
    stage.commits(deposit(1, 1))
    assert stage.refuses_decision(one_more) is Code.INVALID_PROPOSAL


def test_the_largest_amount_in_suspense_can_be_listed(stage: Stage) -> None:
    stage.commits(LedgerDeposit(stage.place | 1, bytes(32), SILVER, INT64_MAX, ALICE.public, None, None))
    stage.changes_settings(list_silver)
    assert stage.machine.state.vault.held[NEW] == INT64_MAX


def test_several_assets_get_their_trust_lines_one_after_the_other() -> None:
    stage = Stage(channels=1)
    issuer = key_of("issuer").public
    stage.changes_settings(
        lambda settings: settings.assets.extend(AssetSettings(CreditAsset(f"N{n}", issuer), 1, 0) for n in range(3))
    )
    for asset in (3, 4, 5):
        assert [item.task.key[1] for item in stage.machine.state.desk.prepared] == [asset]
        stage.answers(True)
    assert stage.machine.state.assets.suspensions == {}


def test_a_change_needs_a_settings_change_of_its_own_kind(stage: Stage) -> None:
    """The same settings are a change, too: whoever wants a new version can have it."""
    stage.decides(SettingsChange(1, stage.machine.state.settings))
    assert stage.machine.state.settings_version == 1


# --- the vault's reserve


def raised_by(lumens: int) -> Change:
    return lambda settings: setattr(settings, "vault_reserve", settings.vault_reserve + lumens)


def test_a_higher_reserve_is_paid_by_the_fee_account(stage: Stage) -> None:
    state = stage.machine.state
    fees = state.settings.fee_account
    stage.runs(ALICE, Payment(fees, LUMENS, 5 * ONE))
    held, reserve = state.vault.held[LUMENS], state.settings.vault_reserve
    executed = stage.changes_settings(raised_by(3 * ONE))
    assert state.settings.vault_reserve == reserve + 3 * ONE
    assert state.vault.held[LUMENS] == held - 3 * ONE
    assert effects_for(executed, fees) == [BalanceChanged(LUMENS, 2 * ONE, 0)]
    assert conservation_errors(state) == []


@pytest.mark.parametrize("lumens", [4 * ONE + 1, INT64_MAX])
def test_a_reserve_that_the_fee_account_cannot_pay_is_refused(stage: Stage, lumens: int) -> None:
    """Neither can it pay with its minimum balance."""
    state = stage.machine.state
    stage.runs(ALICE, Payment(state.settings.fee_account, LUMENS, 4 * ONE + state.settings.minimum_balance))
    lumens = min(lumens, INT64_MAX - state.settings.vault_reserve)
    assert stage.refuses_decision(stage.settings_change(raised_by(lumens))) is Code.INVALID_PROPOSAL
    stage.changes_settings(raised_by(4 * ONE))
