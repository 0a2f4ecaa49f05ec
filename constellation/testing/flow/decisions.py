"""Decisions of the auditors: useful ones, and some that must be refused."""

from copy import deepcopy
from dataclasses import replace
from random import Random

from constellation.protocol.messages import (
    AssetResumption,
    AssetSettings,
    AssetSuspension,
    CreditAsset,
    Decision,
    GovernanceCommit,
    MarketSettings,
    MarketStatus,
    Mode,
    ModeCommit,
    Proposal,
    Settings,
    SettingsChange,
    SuspenseRefund,
    SuspensionReason,
    WithdrawalDecision,
)
from constellation.protocol.quorum import quorum_of
from constellation.quanta import Machine
from constellation.testing.world import ONE, World, key_of

_ASSETS_MAX = 7


def random_decision(random: Random, world: World, machine: Machine, timestamp: int) -> GovernanceCommit:
    """A decision with signatures; one in ten is stale, late, or not signed by a quorum."""
    members = machine.state.settings
    quorum = quorum_of(members)
    odd = random.random()
    decision = _decision(random, machine)
    if odd < 0.03:
        _make_stale(random, decision)
    valid_until = timestamp - 1 if 0.03 <= odd < 0.06 else timestamp + random.choice((0, 60_000_000))
    signers = quorum - 1 if 0.06 <= odd < 0.08 else quorum
    commit = world.sign_proposal(Proposal(valid_until, decision), signers, members)
    if 0.08 <= odd < 0.1:
        commit.signatures[0].signature = bytes(64)
    return commit


def random_mode(random: Random, world: World, machine: Machine, timestamp: int) -> ModeCommit | GovernanceCommit:
    """What alpha's operator lets clients do, sometimes with a reason that cannot be shown; or rules unknown to all."""
    if random.random() < 0.05:
        settings = replace(machine.state.settings, rules=random.choice((0, 2)))
        proposal = Proposal(timestamp, SettingsChange(machine.state.settings_version + 1, settings))
        return world.sign_proposal(proposal, quorum_of(machine.state.settings), machine.state.settings)
    mode = Mode.ONLINE if random.random() < 0.5 else random.choice(tuple(Mode))
    return ModeCommit(mode, "a\nb" if random.random() < 0.05 else random.choice(("", "", "upgrade")))


def _decision(random: Random, machine: Machine) -> Decision:
    state = machine.state
    kind = random.random()
    if kind < 0.55 and state.assets.suspensions:
        asset = random.choice(sorted(state.assets.suspensions))
        return AssetResumption(asset, state.assets.changes[asset] + 1)
    if 0.55 <= kind < 0.6 and state.desk.withheld:
        task = random.choice(list(state.desk.withheld.values()))
        return WithdrawalDecision(task.queued, random.random() < 0.6)
    if kind < 0.75 and state.suspense.entries:
        entry = random.choice(state.suspense.entries)
        return SuspenseRefund(entry.operation, entry.refunds + 1)
    if kind < 0.85:
        asset = random.randrange(len(state.assets) + 1)
        reason = random.choice(tuple(SuspensionReason))
        return AssetSuspension(asset, state.assets.changes[asset] + 1 if asset in state.assets else 1, reason)
    return SettingsChange(state.settings_version + 1, _changed(random, state.settings))


def _make_stale(random: Random, decision: Decision) -> None:
    step = random.choice((-1, 1))
    match decision:
        case SettingsChange():
            decision.version += step
        case SuspenseRefund():
            decision.attempt += step
        case AssetSuspension() | AssetResumption():
            decision.change += step
        case WithdrawalDecision():
            decision.withdrawal += step


def _changed(random: Random, settings: Settings) -> Settings:
    """Settings that follow, or in few cases cannot."""
    new = deepcopy(settings)
    limits = new.limits
    market = random.choice(new.markets)
    match random.randrange(13):
        case 0:
            limits.open_orders = random.choice((1, 5, 50))
        case 1:
            limits.withdrawals, limits.fills = random.choice((1, 5)), random.choice((1, 3, 100))
        case 2:
            new.minimum_balance = random.choice((ONE // 2, ONE, 20 * ONE))
        case 3:
            market.status = random.choice(tuple(MarketStatus))
        case 9:
            market.price_band_ppm = random.choice((0, 1_000, 5_000, 50_000))
        case 4:
            market.status, market.taker_fee_ppm = MarketStatus.MARKET_OPEN, random.choice((0, 450, 900))
        case 5:
            new.transaction_fee, new.withdrawal_lifetime_s = random.choice((100, 10_000)), random.choice((30, 300))
        case 6:
            random.choice(new.assets).minimum_deposit = random.choice((1, ONE // 10, ONE))
        case 11 | 12:
            random.choice(new.assets).approval_above = random.choice((0, ONE, 5 * ONE))
            new.approval_lifetime_s = random.choice((60, 60, 86_400))
        case 7 | 8 if len(new.assets) < _ASSETS_MAX:
            identity = CreditAsset(f"NEW{len(new.assets) - 3}", key_of("issuer").public)
            new.assets.append(AssetSettings(identity, ONE // 10, 0))
            new.markets.append(_market(len(new.assets) - 1))
        case _:
            market.lot *= 2
    return new


def _market(base: int) -> MarketSettings:
    return MarketSettings(base, 1, 4, 1, ONE // 1000, ONE // 100, 10, 20, MarketStatus.MARKET_OPEN, 0)
