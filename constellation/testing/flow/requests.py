"""A seeded flow of operations: what tests and benchmarks feed to a machine.

The mix is that of an exchange: orders around a walking mid price, half of them crossing, cancels, payments,
withdrawals, and some requests that must be rejected.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from constellation.orderbook import Order
from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    CloseAccount,
    LedgerDestination,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    OpenHold,
    Operation,
    OrderInstructions,
    PathAmountUnit,
    PathPayment,
    Payment,
    RegisterRouting,
    ReleaseHold,
    ReplaceOrder,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing.world import ONE, World, to

CLIENT_ORDER_IDS: Final = 30
"""Names that an account of a flow gives to its orders."""

ROUTING_IDS: Final = 12
"""Routing ids of a flow are below this, so that accounts and deposits meet; 0 is not valid."""


def random_flow(
    world: World, machine: Machine, traders: list[KeyPair], seed: int, count: int
) -> Iterator[tuple[KeyPair, Operation]]:
    """Yield ``count`` operations with the account that asks for each; some break rules on purpose.

    Args:
        world: whose vault nobody can withdraw to.
        machine: is only read, for its markets and for open orders to cancel.
        traders: with money.
        seed: the same seed gives the same flow on the same machine.
        count: how many.
    """
    random = Random(seed)
    mids = [2_500, 1_100]
    for _ in range(count):
        trader = random.choice(traders)
        kind = random.random()
        if kind < 0.47:
            yield trader, _order(random, machine, mids)
        elif kind < 0.51:
            yield trader, _market_order(random, machine)
        elif kind < 0.57:
            yield trader, _replacement(random, machine, trader, mids)
        elif kind < 0.80:
            yield trader, _cancel(random, machine, trader)
        elif kind < 0.92:
            yield trader, _payment(random, machine, traders)
        else:
            yield trader, _withdrawal(random, world, machine, trader)


def _order(random: Random, machine: Machine, mids: list[int]) -> LimitOrder:
    markets = machine.state.settings.markets
    mids += [mids[0]] * (len(markets) - len(mids))
    market = random.randrange(len(markets))
    mids[market] = max(100, mids[market] + random.randint(-3, 3))
    rules = markets[market]
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
    time_in_force = TimeInForce.GOOD_TILL_CANCELLED
    if random.random() < 0.2:
        time_in_force = random.choice((*[TimeInForce.IMMEDIATE_OR_CANCEL] * 3, TimeInForce.FILL_OR_KILL))
    instructions = _instructions(random) if random.random() < 0.4 else None
    return LimitOrder(market, side, price, amount, time_in_force, instructions)


def _instructions(random: Random) -> OrderInstructions:
    kind = random.random()
    name = f"order-{random.randrange(CLIENT_ORDER_IDS)}" if kind < 0.5 else "no good" if kind < 0.53 else ""
    return OrderInstructions(random.random() < 0.15, random.choice(tuple(SelfTradePrevention)), name, None, None)


def _market_order(random: Random, machine: Machine) -> MarketOrder:
    markets = machine.state.settings.markets
    market = random.randrange(len(markets) + (random.random() < 0.01))
    lot = markets[market].lot if market < len(markets) else 1
    side, unit = random.choice(tuple(Side)), MarketAmountUnit.BASE_AMOUNT
    amount = random.choice((1, random.randint(1, 50), random.randint(1, 5_000))) * lot
    if random.random() < (0.6 if side is Side.BUY else 0.03):
        unit, amount = MarketAmountUnit.QUOTE_BUDGET, random.randint(1, 3 * ONE)
    odd = random.random()
    if odd < 0.02:
        amount = -amount
    elif odd < 0.04:
        amount += 1
    elif odd < 0.05:
        amount *= 10**9
    return MarketOrder(market, side, unit, amount, _instructions(random) if random.random() < 0.7 else None)


def _replacement(random: Random, machine: Machine, trader: KeyPair, mids: list[int]) -> ReplaceOrder:
    """Of an own order, most often: less of it, more of it, or elsewhere."""
    open_orders = list(machine.state.vault.accounts[trader.public].orders)
    if not open_orders or random.random() < 0.05:
        return ReplaceOrder(_cancel_one(random, machine, trader).order, None, 2_500, ONE, None)
    order = machine.state.engine.find(random.choice(open_orders))
    if not isinstance(order, Order):
        return ReplaceOrder(open_orders[0], None, 2_500, ONE, None)
    lot = machine.state.settings.markets[order.market].lot
    if_remaining = random.choice((None, None, order.remaining, order.remaining + lot))
    if random.random() < 0.4:
        amount = random.choice((0, 1, lot, order.remaining - lot, order.remaining, order.remaining // (2 * lot) * lot))
        return ReplaceOrder(order.order_id, if_remaining, order.price, amount, None)
    new = _order(random, machine, mids)
    reference = order.client_order_id if order.client_order_id and random.random() < 0.5 else order.order_id
    instructions = _instructions(random) if random.random() < 0.4 else None
    away = random.choice((0, 0, random.randint(-20, 20)))
    amount = order.remaining + random.randint(-20, 200) * lot
    price = new.price if random.random() < 0.3 else order.price + away
    return ReplaceOrder(reference, if_remaining, price, amount, instructions)


def armed_order(random: Random, machine: Machine, trader: KeyPair, mids: list[int]) -> LimitOrder | MarketOrder:
    """An order that waits for a price near the last one; few are there already."""
    order = _market_order(random, machine) if random.random() < 0.4 else _order(random, machine, mids)
    markets = machine.state.engine.markets
    last = markets[order.market].last_price if order.market < len(markets) else 0
    kind = random.choice(tuple(TriggerKind))
    sign = 1 if (order.side is Side.BUY) is (kind is TriggerKind.STOP) else -1
    away = random.choice((1, 1, 2, 3, 5, 10, 30, 0, -1)) * sign
    price = max(1, (last or 2_500) + away) if random.random() < 0.97 else random.choice((0, -5))
    instructions = order.instructions or _instructions(random)
    instructions.trigger = Trigger(kind, price)
    if random.random() < 0.2:
        instructions.expires_at = machine.state.timestamp + random.choice((0, 1_000_000, 20_000_000))
    if random.random() < 0.7:
        instructions.post_only = False
    order.instructions = instructions
    if isinstance(order, LimitOrder):
        order.price = max(1, price + random.choice((-3, 0, 0, 3, 20, -20)))
    elif order.side is Side.BUY and random.random() < 0.9:
        order.unit, order.amount = MarketAmountUnit.QUOTE_BUDGET, random.randint(1, 3 * ONE)
    return order


def _hold(random: Random, machine: Machine, traders: list[KeyPair], timestamp: int) -> tuple[KeyPair, Operation]:
    """A hold that begins, or ends by the word of its beneficiary, or of somebody else."""
    trader, open_holds = random.choice(traders), list(machine.state.vault.holds.values())
    if not open_holds or random.random() < 0.6:
        asset = random.randrange(len(machine.state.settings.assets) + 1)
        expires_at = timestamp + random.choice((0, 1, 250_000, 2_000_000, 20_000_000))
        return trader, OpenHold(random.choice(traders).public, asset, random.randint(0, 20 * ONE), expires_at)
    hold = random.choice(open_holds)
    if random.random() < 0.9:
        trader = next((item for item in traders if item.public == hold.beneficiary), trader)
    if random.random() < 0.3:
        return trader, ReleaseHold(hold.hold_id)
    return trader, CaptureHold(hold.hold_id, random.choice((hold.amount, hold.amount // 2, hold.amount + 1)))


def timed_request(
    random: Random, machine: Machine, traders: list[KeyPair], timestamp: int
) -> tuple[KeyPair, Operation]:
    """An order that waits for a price or whose time ends, or the time at which all orders of an account end."""
    trader = random.choice(traders)
    chance = random.random()
    if chance < 0.3:
        return _hold(random, machine, traders, timestamp)
    if chance < 0.35:
        return trader, CancelAllAfter(random.choice((0, 1, 1, 2, 10)))
    if chance < 0.8:
        return trader, armed_order(random, machine, trader, [2_500, 1_100])
    expires_at = timestamp + random.choice((0, 1, 1_000, 250_000, 2_000_000, 20_000_000))
    replaced = _replacement(random, machine, trader, [2_500, 1_100])
    instructions = _instructions(random)
    instructions.expires_at = expires_at
    if random.random() < 0.2:
        replaced.instructions = instructions
        return trader, replaced
    order = _order(random, machine, [2_500, 1_100])
    order.instructions = instructions
    return trader, order


def _cancel(random: Random, machine: Machine, trader: KeyPair) -> CancelOrder | CancelAllOrders:
    if random.random() < 0.02:
        return CancelAllOrders(random.choice((None, *range(len(machine.state.settings.markets) + 1))))
    return _cancel_one(random, machine, trader)


def _cancel_one(random: Random, machine: Machine, trader: KeyPair) -> CancelOrder:
    orders = list(machine.state.vault.accounts[trader.public].orders)
    if random.random() < 0.13:
        return CancelOrder(f"order-{random.randrange(CLIENT_ORDER_IDS)}")
    if orders and random.random() < 0.9:
        return CancelOrder(random.choice(orders))
    return CancelOrder(random.randint(0, max(1, machine.state.apex)))


def _payment(random: Random, machine: Machine, traders: list[KeyPair]) -> Payment | PathPayment:
    if random.random() < 0.5:
        return path_payment(random, machine, traders)
    asset = random.randrange(len(machine.state.settings.assets) + 1)
    return Payment(random.choice(traders).public, asset, random.randint(0, 50 * ONE), _memo(random))


def _memo(random: Random) -> str:
    return random.choice((*[""] * 20, "rent of März", "€" * 21, "a\tb"))


def path_payment(random: Random, machine: Machine, traders: list[KeyPair]) -> PathPayment:
    """Through one market or two; now and then they do not lead there, or the limit is too narrow."""
    markets = machine.state.settings.markets
    path = random.sample(range(len(markets)), min(len(markets), random.choice((1, 2, 2))))
    first, last = markets[path[0]], markets[path[-1]]
    send = random.choice((first.base, first.quote))
    if len(path) == 2 and random.random() < 0.9:
        send = first.quote if first.base in (last.base, last.quote) else first.base
    receive = send
    for number in path:
        receive = markets[number].quote if receive == markets[number].base else markets[number].base
    odd = random.random()
    if odd < 0.02:
        path = path[:-1]
    elif odd < 0.04:
        receive = random.randrange(len(machine.state.settings.assets) + 1)
    elif odd < 0.05:
        path[0] = len(markets)
    unit = PathAmountUnit.SEND_AMOUNT if random.random() < 0.7 else PathAmountUnit.RECEIVE_AMOUNT
    amount = random.randint(0, 10 ** random.randint(6, 9))
    limit = 1 if unit is PathAmountUnit.SEND_AMOUNT else 10**12
    if random.random() < 0.2:
        limit = random.choice((0, amount, amount // 4, amount * 4))
    destination = random.choice(traders).public if random.random() < 0.97 else b"\1" * 32
    return PathPayment(destination, send, receive, path, unit, amount, limit, _memo(random))


def _withdrawal(random: Random, world: World, machine: Machine, trader: KeyPair) -> Withdrawal:
    asset = random.randrange(len(machine.state.settings.assets))
    destination = trader.public if random.random() < 0.95 else world.settings.vault
    memo = random.choice((None, "memo", 7))
    return Withdrawal(asset, random.randint(1, 20 * ONE), to(destination, memo))


def random_batch(random: Random, machine: Machine, traders: list[KeyPair]) -> tuple[KeyPair, list[Operation]]:
    """Operations that an account asks for together; one batch in thirty has none, or something else in it."""
    trader = random.choice(traders)
    mids = [2_500, 1_100]
    operations: list[Operation] = []
    for _ in range(random.choice((1, 2, 3, 5, 20)) if random.random() < 0.98 else 0):
        kind = random.random()
        if kind < 0.5:
            operations.append(_order(random, machine, mids))
        elif kind < 0.55:
            operations.append(_market_order(random, machine))
        elif kind < 0.62:
            operations.append(_replacement(random, machine, trader, mids))
        elif kind < 0.65:
            operations.append(armed_order(random, machine, trader, mids))
        elif kind < 0.68:
            operations.append(timed_request(random, machine, [trader], machine.state.timestamp)[1])
        elif kind < 0.85:
            operations.append(_cancel(random, machine, trader))
        else:
            operations.append(_payment(random, machine, traders))
    if random.random() < 0.02:
        operations.append(RegisterRouting(1))
    return trader, operations


def rare_request(random: Random, traders: list[KeyPair]) -> tuple[KeyPair, Operation]:
    """What an account asks for now and then: a routing id, its end, a withdrawal to a special destination."""
    trader = random.choice(traders)
    kind = random.randrange(4)
    if kind == 0:
        return trader, RegisterRouting(random.randrange(ROUTING_IDS))
    if kind == 1:
        return trader, CloseAccount(_destination(random, trader))
    lumens = random.random() < 0.7
    return trader, Withdrawal(0 if lumens else 1, random.randint(1, 5 * ONE), _destination(random, trader))


def _destination(random: Random, trader: KeyPair) -> LedgerDestination:
    muxed_id = random.choice((None, None, 7))
    return to(trader, random.choice((None, None, "", 7)), muxed_id=muxed_id, creates=random.random() < 0.4)


def move_out(machine: Machine, trader: KeyPair) -> Operation | None:
    """The next step towards an empty account; None while it must wait."""
    account = machine.state.vault.accounts[trader.public]
    if account.orders:
        return CancelOrder(next(iter(account.orders)))
    if account.withdrawals:
        return None
    for asset, balance in account.balances.items():
        if asset and balance.amount:
            return Withdrawal(asset, balance.amount, to(trader))
    return CloseAccount(to(trader))
