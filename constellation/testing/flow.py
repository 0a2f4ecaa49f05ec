"""A seeded flow of operations: what tests and benchmarks feed to a machine.

The mix is that of an exchange: orders around a walking mid price, half of them crossing, cancels, payments,
withdrawals, and some requests that must be rejected.
"""

from collections.abc import Iterator
from random import Random

from constellation.protocol.messages import (
    CancelOrder,
    ChannelTransaction,
    CreditAsset,
    LedgerCommit,
    LedgerDeposit,
    LedgerEvent,
    LimitOrder,
    Operation,
    Payment,
    QuantumBody,
    Side,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing.world import ONE, START_US, World, key_of, to


def random_flow(
    world: World, machine: Machine, traders: list[KeyPair], seed: int, count: int
) -> Iterator[tuple[KeyPair, Operation]]:
    """Yield ``count`` operations with the account that asks for each; some break rules on purpose.

    Args:
        world: whose markets are traded.
        machine: is only read, for open orders to cancel.
        traders: with money.
        seed: the same seed gives the same flow on the same machine.
        count: how many.
    """
    random = Random(seed)
    mids = [2_500, 1_100]
    for _ in range(count):
        trader = random.choice(traders)
        kind = random.random()
        if kind < 0.55:
            yield trader, _order(random, world, mids)
        elif kind < 0.80:
            yield trader, _cancel(random, machine, trader)
        elif kind < 0.92:
            yield trader, _payment(random, world, traders)
        else:
            yield trader, _withdrawal(random, world, trader)


def _order(random: Random, world: World, mids: list[int]) -> LimitOrder:
    market = random.randrange(len(world.settings.markets))
    mids[market] = max(100, mids[market] + random.randint(-3, 3))
    rules = world.settings.markets[market]
    side = random.choice((Side.BUY, Side.SELL))
    away = random.randint(-20, 20)
    price = mids[market] + (-away if side is Side.BUY else away)
    amount = random.randint(1, 2_000) * rules.lot
    odd = random.random()
    if odd < 0.02:
        amount += 1
    elif odd < 0.04:
        price = -price
    elif odd < 0.06:
        amount *= 10**9
    time_in_force = TimeInForce.IMMEDIATE_OR_CANCEL if random.random() < 0.15 else TimeInForce.GOOD_TILL_CANCELLED
    return LimitOrder(market, side, price, amount, time_in_force)


def _cancel(random: Random, machine: Machine, trader: KeyPair) -> CancelOrder:
    orders = list(machine.state.vault.accounts[trader.public].orders)
    if orders and random.random() < 0.9:
        return CancelOrder(random.choice(orders))
    return CancelOrder(random.randint(0, max(1, machine.state.apex)))


def _payment(random: Random, world: World, traders: list[KeyPair]) -> Payment:
    asset = random.randrange(len(world.settings.assets) + 1)
    return Payment(random.choice(traders).public, asset, random.randint(0, 50 * ONE))


def _withdrawal(random: Random, world: World, trader: KeyPair) -> Withdrawal:
    asset = random.randrange(len(world.settings.assets))
    destination = trader.public if random.random() < 0.95 else world.settings.vault
    memo = random.choice((None, "memo", 7))
    return Withdrawal(asset, random.randint(1, 20 * ONE), to(destination, memo))


def random_quanta(
    world: World, machine: Machine, traders: list[KeyPair], seed: int, count: int
) -> Iterator[tuple[int, QuantumBody]]:
    """Yield ``count`` quanta with their times: requests of :func:`random_flow`, and now and then a ledger commit.

    The commits pay, fail and lapse withdrawals, bring deposits, some of which nobody can be credited for, and report
    transactions that nobody asked for. The caller executes each quantum on ``machine`` before it asks for the next.

    Args:
        world: whose members sign.
        machine: is only read.
        traders: with money.
        seed: the same seed gives the same quanta on the same machine.
        count: how many.
    """
    random = Random(seed)
    flow = random_flow(world, machine, traders, seed, count)
    timestamp = START_US
    for _ in range(count):
        closed_at_us = machine.state.ledger_closed_at_s * 1_000_000
        timestamp = max(timestamp, machine.state.timestamp, closed_at_us) + random.choice((0, 1, 1_000, 250_000))
        if random.random() < 0.04:
            yield timestamp, _ledger_commit(random, world, machine, traders, timestamp // 1_000_000)
        else:
            trader, operation = next(flow)
            yield timestamp, world.request(trader, operation, valid_until=timestamp + 60_000_000)


def _ledger_commit(random: Random, world: World, machine: Machine, traders: list[KeyPair], now_s: int) -> LedgerCommit:
    state = machine.state
    ledger = (state.ledger_cursor >> 32) + 1
    closed_at_s = max(now_s, state.ledger_closed_at_s)
    events: list[LedgerEvent] = []
    for channel in state.desk.channels.values():
        place = (ledger << 32) | ((len(events) + 1) << 12)
        pending = channel.pending
        if random.random() < 0.03:
            events.append(ChannelTransaction(place, random.randbytes(32), channel.key, channel.sequence + 1, False))
        elif pending is not None and pending.sequence > channel.sequence and random.random() < 0.7:
            successful = random.random() < 0.8
            events.append(ChannelTransaction(place, pending.transaction, channel.key, pending.sequence, successful))
        elif pending is not None and random.random() < 0.4:
            closed_at_s = max(closed_at_s, pending.max_time_s + random.choice((0, 1)))
    for _ in range(random.randrange(4)):
        events.append(_deposit(random, world, traders, (ledger << 32) | ((len(events) + 1) << 12) | 1))
    return world.commit(machine, events, closed_at_s=closed_at_s)


def _deposit(random: Random, world: World, traders: list[KeyPair], operation: int) -> LedgerDeposit:
    listed = [asset.identity for asset in world.settings.assets]
    look_alike = CreditAsset("USD", key_of("somebody else").public)
    source = random.choice((*traders, key_of(f"newcomer {random.randrange(50)}")))
    amount = random.choice((1, ONE // 10 - 1, ONE // 10, ONE, random.randint(1, 100 * ONE)))
    asset = random.choice((*listed, look_alike))
    return LedgerDeposit(operation, random.randbytes(32), asset, amount, source.public, None, None)
