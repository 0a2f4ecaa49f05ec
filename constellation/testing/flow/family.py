"""Sub-accounts in a flow: how they come and go, and what their owners and agents ask for; some of it is wrong."""

from random import Random

from constellation.protocol.messages import (
    AppointAgent,
    CancelAllAfter,
    CancelOrder,
    CaptureHold,
    CloseAccount,
    LimitOrder,
    LockAccount,
    MergeSubAccount,
    OpenHold,
    OpenSubAccount,
    Operation,
    Payment,
    RegisterRouting,
    Side,
    SignedRequest,
    SignedRequestBatch,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.sub_accounts import sub_account_key
from constellation.quanta import Machine
from constellation.testing.flow.keys import KEYS, author_of_sub_account, signed_by_any
from constellation.testing.flow.requests import ROUTING_IDS
from constellation.testing.world import ONE, World, to

_NUMBERS = 3  # so few that they meet


def family_request(
    random: Random, world: World, machine: Machine, traders: list[KeyPair], timestamp: int
) -> SignedRequest | SignedRequestBatch:
    """One by an account about its sub-accounts, or one of a sub-account."""
    parent, kind, number = random.choice(traders), random.random(), random.randint(1, _NUMBERS)
    key = sub_account_key(parent.public, number)
    keys = machine.state.vault.accounts[parent.public].keys
    is_open = keys is not None and number in keys.sub_accounts
    if kind < (0.03 if is_open else 0.8):
        operation: Operation = OpenSubAccount(
            random.choice((number, number, number, number, 0, 17)), random.randint(ONE - 1, 10 * ONE)
        )
        return signed_by_any(random, world, machine, parent, operation, timestamp)
    if kind < 0.06 or (not is_open and kind < 0.82):
        return signed_by_any(random, world, machine, parent, MergeSubAccount(number), timestamp)
    if (is_open and kind < 0.3) or key not in machine.state.vault.accounts:
        assets = len(machine.state.settings.assets)
        operation = Payment(key, random.randrange(assets), random.randint(1, 20 * ONE))
        return signed_by_any(random, world, machine, parent, operation, timestamp)
    operation = _operation(random, machine, key, parent, traders, timestamp)
    nonce, signer = author_of_sub_account(random, machine, key, parent, timestamp)
    valid_until = timestamp + 60_000_000
    if kind > 0.95:
        operations = [operation, _operation(random, machine, key, parent, traders, timestamp)]
        return world.batch(key, operations, nonce=nonce, valid_until=valid_until, signer=signer)
    if kind > 0.94:
        operation = world.rotation(key, random.choice(KEYS), nonce)
    return world.request(key, operation, nonce=nonce, valid_until=valid_until, signer=signer)


def _operation(
    random: Random, machine: Machine, key: bytes, parent: KeyPair, traders: list[KeyPair], timestamp: int
) -> Operation:
    account, kind, asset = machine.state.vault.accounts[key], random.random(), random.randrange(3)
    if account.orders and kind < 0.3:
        return CancelOrder(random.choice(list(account.orders)))
    if kind < 0.5:
        side, lots = random.choice((Side.BUY, Side.SELL)), random.randint(1, 200)
        price, time_in_force = 2_500 + random.randint(-30, 30), TimeInForce.GOOD_TILL_CANCELLED
        return LimitOrder(0, side, price, lots * machine.state.settings.markets[0].lot, time_in_force, None)
    if kind < 0.7:
        destination = random.choice((parent.public, sub_account_key(parent.public, random.randint(1, _NUMBERS))))
        return Payment(destination, asset, random.randint(1, 10 * ONE))
    rare = random.randrange(9)
    if rare < 2:
        agent = random.choice((*KEYS, parent))
        return AppointAgent(agent.public, 7, timestamp + random.choice((20_000_000, 10_000_000_000)))
    held = [hold.hold_id for hold in machine.state.vault.holds.values() if hold.beneficiary == key]
    return (
        Withdrawal(asset, random.randint(1, 5 * ONE), to(parent)),
        CloseAccount(to(parent)),
        RegisterRouting(random.randrange(ROUTING_IDS)),
        LockAccount(random.choice((0, 0, 2, 7)), None),
        CancelAllAfter(random.choice((0, 1, 10))),
        CaptureHold(held[0], ONE) if held else OpenSubAccount(1, ONE),
        OpenHold(random.choice(traders).public, asset, random.randint(1, ONE), timestamp + 2_000_000),
    )[rare - 2]
