"""The auditors' operators: they decide refunds, suspensions, resumptions and settings, and sign what others propose."""

from copy import deepcopy
from random import Random

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AssetResumption,
    AssetSettings,
    AssetSuspension,
    Code,
    Decision,
    Proposal,
    Settings,
    SettingsChange,
    SuspenseRefund,
    SuspensionReason,
)
from constellation.protocol.proposals import sign_proposal
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.world import VaultWorld
from constellation.testing.world import ONE

_VALID_US = 120_000_000
_OPEN_MAX = 4


class Operators:
    """All operators.

    Args:
        random: decides.
        world: with the members' keys.
        cluster: whose auditors they run.
    """

    def __init__(self, random: Random, world: VaultWorld, cluster: VaultCluster) -> None:
        self._random = random
        self._world = world
        self._cluster = cluster
        self._open: list[Proposal] = []

    def propose(self) -> None:
        """Somebody wants something decided."""
        decision = self._decision()
        if decision is not None and len(self._open) < _OPEN_MAX:
            self._open.append(Proposal(self._cluster.clock_us + _VALID_US, decision))

    def sign(self) -> None:
        """Somebody signs something that is proposed."""
        if self._open:
            self._sign(self._random.choice(self._open), self._random.choice(self._cluster.members))

    def resume_all(self) -> None:
        """Everybody agrees that every suspended asset is resumed."""
        state = self._cluster.alpha.machine.state
        for asset in sorted(state.assets.suspensions):
            if asset not in state.trusts:
                decision = AssetResumption(asset, state.assets.changes[asset] + 1)
                proposal = Proposal(self._cluster.clock_us + _VALID_US, decision)
                for number in self._cluster.members:
                    self._sign(proposal, number)

    def _sign(self, proposal: Proposal, number: int) -> None:
        key = self._cluster.auditors[number].key_pair
        try:
            self._cluster.alpha.propose(sign_proposal(self._world.constellation, key, proposal))
        except Rejection as error:
            if error.code is not Code.TOO_MANY_PROPOSALS:
                self._open = [item for item in self._open if item is not proposal]

    def _decision(self) -> Decision | None:
        state, chance = self._cluster.alpha.machine.state, self._random.random()
        if state.assets.suspensions and chance < 0.5:
            asset = self._random.choice(sorted(state.assets.suspensions))
            return AssetResumption(asset, state.assets.changes[asset] + 1)
        if state.suspense.entries and chance < 0.85:
            entry = self._random.choice(state.suspense.entries[:3])  # often one whose refund is on its way
            return SuspenseRefund(entry.operation, entry.refunds + 1)
        if chance > 0.96:
            asset = self._random.randrange(len(state.assets))
            return AssetSuspension(asset, state.assets.changes[asset] + 1, SuspensionReason.SUSPENDED_BY_AUDITORS)
        return SettingsChange(state.settings_version + 1, self._settings()) if chance > 0.9 else None

    def _settings(self) -> Settings:
        settings = deepcopy(self._cluster.alpha.machine.state.settings)
        listed = [asset.identity for asset in settings.assets]
        unlisted = [identity for identity in self._world.issued if identity not in listed]
        if unlisted and self._random.random() < 0.6:
            settings.assets.append(AssetSettings(unlisted[0], ONE // 10, 0))
        else:
            settings.transaction_fee = self._random.choice((1000, 5000))
            settings.withdrawal_lifetime_s = self._random.choice((30, 60))
        return settings
