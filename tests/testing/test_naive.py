"""The naive model by itself, with results that were worked out by hand; the machine is not asked."""

import pytest

from constellation.protocol.limits import CLAIMS_MAX
from constellation.protocol.messages import (
    AssetIdentity,
    AssetResumed,
    AssetResumption,
    BalanceChanged,
    CancelOrder,
    ChannelTransaction,
    ClaimableDeposit,
    ClaimIgnored,
    Code,
    DepositCredited,
    Effect,
    EffectGroup,
    FeeCollected,
    LedgerDeposit,
    LedgerEvent,
    LimitOrder,
    Operation,
    OrderClosed,
    OrderCloseReason,
    Payment,
    QuantumBody,
    RegisterRouting,
    Side,
    SuspenseAdded,
    SuspenseReason,
    SuspenseRefund,
    SuspenseRefunded,
    TimeInForce,
    Trade,
    VaultTaskPrepared,
    VaultTaskType,
    VaultTransaction,
    Withdrawal,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
)
from constellation.protocol.signing import KeyPair
from constellation.testing import NaiveExchange, World
from constellation.testing.world import ONE, START_US, key_of, to

ALICE, BOB = key_of("alice"), key_of("bob")
GTC = TimeInForce.GOOD_TILL_CANCELLED


class Exchange:
    """A naive exchange whose two traders have a thousand of everything."""

    def __init__(self) -> None:
        self.world = World(maker_fee_ppm=10, taker_fee_ppm=30, fills=2, channels=1)
        self.naive = NaiveExchange(self.world.settings)
        machine = self.world.machine()
        for asset in range(3):
            commit = self.world.deposits(machine, (ALICE, asset, 1_000 * ONE), (BOB, asset, 1_000 * ONE))
            machine.execute(START_US, commit)
            assert isinstance(self.naive.execute(START_US, commit), list)
        self.genesis_machine = machine

    def asks(self, who: KeyPair, operation: Operation) -> list[EffectGroup] | Code:
        return self.naive.execute(START_US, self.world.request(who, operation))

    def groups(self, body: QuantumBody) -> list[EffectGroup]:
        groups = self.naive.execute(START_US, body)
        assert isinstance(groups, list)
        return groups


def test_claims_beyond_the_bound_are_ignored_by_both(exchange: Exchange) -> None:
    naive, machine, world = exchange.naive, exchange.genesis_machine, exchange.world
    for report in range(CLAIMS_MAX // 250 + 1):
        place = (machine.state.ledger_cursor >> 32) + 1 << 32
        events: list[LedgerEvent] = [
            ClaimableDeposit(place | number, bytes(32), bytes(32), None, ONE, ALICE.public, None)
            for number in range(1, 251)
        ]
        body = world.commit(machine, events)
        groups = naive.execute(START_US, body)
        assert groups == machine.execute(START_US, body).groups
        effects = [effect for group in groups for effect in group.effects]
        assert sum(isinstance(effect, ClaimIgnored) for effect in effects) == (
            250 if report == CLAIMS_MAX // 250 else 0
        )


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def test_a_fill_and_its_fees(exchange: Exchange) -> None:
    exchange.asks(ALICE, LimitOrder(0, Side.SELL, 2_500, 1_000_000, GTC, None))
    groups = exchange.asks(BOB, LimitOrder(0, Side.BUY, 2_600, 1_000_000, GTC, None))
    assert groups == [
        EffectGroup(
            BOB.public,
            5,
            8,
            [
                Trade(5, 4, 0, Side.BUY, False, 2_500, 1_000_000, 250_000, 30),
                OrderClosed(5, OrderCloseReason.FILLED, 0),
                BalanceChanged(1, 1_000 * ONE - 250_000, 0),
                BalanceChanged(0, 1_000 * ONE + 1_000_000 - 30, 0),
            ],
        ),
        EffectGroup(
            ALICE.public,
            5,
            10,
            [
                Trade(4, 5, 0, Side.SELL, True, 2_500, 1_000_000, 250_000, 3),
                OrderClosed(4, OrderCloseReason.FILLED, 0),
                BalanceChanged(0, 1_000 * ONE - 1_000_000, 0),
                BalanceChanged(1, 1_000 * ONE + 250_000 - 3, 0),
            ],
        ),
        EffectGroup(
            exchange.world.fee_account.public,
            5,
            1,
            [FeeCollected(0, 30), FeeCollected(1, 3), BalanceChanged(0, 30, 0), BalanceChanged(1, 3, 0)],
        ),
    ]


def test_what_orders_and_withdrawals_lock(exchange: Exchange) -> None:
    exchange.asks(ALICE, LimitOrder(0, Side.BUY, 2_500, 1_000_000, GTC, None))
    exchange.asks(ALICE, LimitOrder(1, Side.SELL, 1_100, 2_000_000, GTC, None))
    exchange.asks(ALICE, Withdrawal(1, ONE, to(BOB)))
    locked = [exchange.naive.locked(ALICE.public, asset) for asset in range(3)]
    assert locked == [0, 250_000 + ONE, 2_000_000]
    assert exchange.naive.accounts()[ALICE.public][1] == (1_000 * ONE, 250_000 + ONE)
    exchange.asks(ALICE, CancelOrder(4))
    assert exchange.naive.locked(ALICE.public, 1) == ONE


def test_a_refusal_is_a_code_and_changes_nothing(exchange: Exchange) -> None:
    before = exchange.naive.accounts()
    assert exchange.asks(ALICE, Payment(ALICE.public, 1, 1)) is Code.SELF_PAYMENT
    assert exchange.asks(ALICE, Payment(BOB.public, 0, 999 * ONE + 1)) is Code.BELOW_MINIMUM_BALANCE
    assert exchange.asks(ALICE, Payment(BOB.public, 1, 1_000 * ONE + 1)) is Code.INSUFFICIENT_FUNDS
    assert exchange.naive.accounts() == before


def test_a_withdrawal_to_its_end(exchange: Exchange) -> None:
    groups = exchange.asks(ALICE, Withdrawal(1, ONE, to(BOB, 7)))
    assert isinstance(groups, list)
    [prepared] = [effect for effect in groups[0].effects if isinstance(effect, WithdrawalPrepared)]
    state = exchange.genesis_machine.state
    place = (state.ledger_cursor >> 32) + 1 << 32
    event = ChannelTransaction(place, prepared.transaction, prepared.channel, prepared.sequence, True)
    groups = exchange.groups(exchange.world.commit(exchange.genesis_machine, [event]))
    assert groups[0].effects == [
        WithdrawalClosed(4, WithdrawalOutcome.PAID, prepared.transaction),
        BalanceChanged(1, 999 * ONE, 0),
    ]
    assert exchange.naive.model.tasks == []
    assert list(exchange.naive.model.sequences.values()) == [(100 << 32) + 1]


def deposit(exchange: Exchange, number: int, sender: KeyPair, memo: int | None, asset: AssetIdentity) -> LedgerDeposit:
    place = ((exchange.naive.model.cursor >> 32) + 1) << 32
    return LedgerDeposit(place + number, bytes([number]) * 32, asset, 5 * ONE, sender.public, memo, None)


def report(exchange: Exchange, *events: LedgerEvent) -> list[Effect]:
    """What the constellation and the accounts are told."""
    commit = exchange.world.commit(exchange.genesis_machine, list(events))
    exchange.genesis_machine.execute(START_US, commit)
    return [effect for group in exchange.groups(commit) for effect in group.effects]


def test_whose_a_deposit_is(exchange: Exchange) -> None:
    issuer = key_of("issuer")
    exchange.asks(ALICE, RegisterRouting(7))
    usd = exchange.world.usd
    effects = report(
        exchange,
        deposit(exchange, 1, BOB, 7, usd),
        deposit(exchange, 2, BOB, 8, usd),
        deposit(exchange, 3, issuer, None, usd),
        deposit(exchange, 4, issuer, 7, usd),
    )
    assert [effect.amount for effect in effects if isinstance(effect, DepositCredited)] == [5 * ONE] * 2
    reasons = [effect.reason for effect in effects if isinstance(effect, SuspenseAdded)]
    assert reasons == [SuspenseReason.UNKNOWN_ROUTING, SuspenseReason.SENDER_IS_ISSUER]
    assert exchange.naive.accounts()[ALICE.public][1] == (1_010 * ONE, 0)
    assert exchange.naive.model.held(1) == 2_020 * ONE


def test_a_refund_to_its_end(exchange: Exchange) -> None:
    event = deposit(exchange, 1, BOB, 8, exchange.world.usd)
    report(exchange, event)
    decision = exchange.world.decide(SuspenseRefund(event.operation, 1))
    [prepared] = exchange.groups(decision)[0].effects
    assert isinstance(prepared, VaultTaskPrepared)
    assert (prepared.task, prepared.number) == (VaultTaskType.REFUND_TASK, event.operation)
    assert exchange.naive.execute(START_US, decision) is Code.STALE_PROPOSAL
    exchange.genesis_machine.execute(START_US, decision)
    place = ((exchange.naive.model.cursor >> 32) + 1) << 32
    paid = ChannelTransaction(place, prepared.transaction, prepared.channel, prepared.sequence, True)
    effects = report(exchange, paid)
    assert effects[0] == SuspenseRefunded(event.operation, prepared.transaction)
    assert (exchange.naive.model.suspense, exchange.naive.model.held(1)) == ([], 2_000 * ONE)


def test_an_unknown_transaction_of_the_vault_suspends_all_assets_until_they_are_resumed(exchange: Exchange) -> None:
    place = ((exchange.naive.model.cursor >> 32) + 1) << 32
    report(exchange, VaultTransaction(place, bytes(32)))
    assert exchange.asks(ALICE, Payment(BOB.public, 1, ONE)) is Code.SUSPENDED_ASSET
    assert exchange.naive.execute(START_US, exchange.world.decide(AssetResumption(1, 1))) is Code.STALE_PROPOSAL
    assert exchange.groups(exchange.world.decide(AssetResumption(1, 2)))[0].effects == [AssetResumed(1)]
    assert isinstance(exchange.asks(ALICE, Payment(BOB.public, 1, ONE)), list)
    assert exchange.asks(ALICE, Payment(BOB.public, 0, ONE)) is Code.SUSPENDED_ASSET
