"""Reports on a ledger where everything happens that can happen to a vault."""

from random import Random

from constellation.protocol.messages import (
    AssetIdentity,
    ChannelTransaction,
    ClaimableDeposit,
    CreditAsset,
    LedgerCommit,
    LedgerDeposit,
    LedgerEvent,
    LedgerMemo,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing.flow.requests import ROUTING_IDS
from constellation.testing.world import ONE, World, key_of


def random_report(random: Random, world: World, machine: Machine, traders: list[KeyPair], now_s: int) -> LedgerCommit:
    """A report that follows the machine's cursor, signed by a quorum."""
    state = machine.state
    ledger = (state.ledger_cursor >> 32) + 1
    closed_at_s = max(now_s, state.ledger_closed_at_s)
    events: list[LedgerEvent] = []
    for channel in state.desk.channels.values():
        place = (ledger << 32) | ((len(events) + 1) << 12)
        pending = channel.pending
        chance = random.random()
        if chance < 0.03:
            events.append(
                ChannelTransaction(place, random.randbytes(32), channel.key, channel.sequence + 1, chance < 0.003)
            )
        elif pending is not None and pending.sequence > channel.sequence and random.random() < 0.7:
            successful = random.random() < 0.8
            events.append(ChannelTransaction(place, pending.transaction, channel.key, pending.sequence, successful))
        elif pending is not None and random.random() < 0.4:
            closed_at_s = max(closed_at_s, pending.max_time_s + random.choice((0, 1)))
    for _ in range(random.randrange(5)):
        events.append(_event(random, machine, traders, (ledger << 32) | ((len(events) + 1) << 12)))
    return world.commit(machine, events, closed_at_s=closed_at_s)


def _event(random: Random, machine: Machine, traders: list[KeyPair], place: int) -> LedgerEvent:
    operation, transaction = place | 1, random.randbytes(32)
    source = random.choice((*traders, *traders, key_of(f"newcomer {random.randrange(50)}"), key_of("issuer"))).public
    amount = random.choice((1, ONE // 10 - 1, ONE // 10, ONE, random.randint(1, 100 * ONE)))
    asset = _asset(random, machine)
    kind = random.random()
    if kind < 0.72:
        muxed_id = random.randrange(ROUTING_IDS) if random.random() < 0.15 else None
        return LedgerDeposit(operation, transaction, asset, amount, source, _memo(random), muxed_id)
    if kind < 0.94:
        balance = random.randbytes(32)
        return ClaimableDeposit(operation, transaction, balance, asset, amount, source, _memo(random))
    if kind < 0.96:
        return VaultClawback(operation, transaction, asset, amount)
    if kind < 0.99:
        return VaultAuthorization(operation, transaction, asset, random.random() < 0.4)
    return VaultTransaction(place, transaction)


def _asset(random: Random, machine: Machine) -> AssetIdentity:
    listed = [asset.identity for asset in machine.state.settings.assets]
    look_alike = CreditAsset("USD", key_of("somebody else").public)
    not_yet = CreditAsset(f"NEW{random.randrange(4)}", key_of("issuer").public)
    return random.choice((*listed, look_alike, not_yet))


def _memo(random: Random) -> LedgerMemo:
    kind = random.random()
    if kind < 0.75:
        return None
    return b"a text" if kind < 0.78 else random.randrange(ROUTING_IDS)
