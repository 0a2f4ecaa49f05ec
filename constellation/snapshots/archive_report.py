"""What was proved about an archive."""

from dataclasses import dataclass, field

from constellation.protocol.messages import AssetIdentity, Batch, BatchHeader, Certificate, Settings
from constellation.protocol.terms import Terms
from constellation.quanta import State


@dataclass(slots=True)
class AuditorShare:
    """What one auditor answers for.

    Attributes:
        certificates: how many carry its signature.
        last_apex: of the last header that it signed; through the hash chain it signed for everything before, too.
    """

    certificates: int = 0
    last_apex: int = 0


@dataclass(slots=True)
class AssetProof:
    """Conservation of one asset, in stroops: ``held`` = ``balances`` + ``suspense``.

    Attributes:
        identity: the asset.
        held: what the vault must hold.
        balances: the sum of all accounts.
        suspense: the sum of what could not be attributed.
    """

    identity: AssetIdentity
    held: int
    balances: int
    suspense: int


@dataclass(slots=True)
class ArchiveProof:
    """What holds, all of it verified.

    Attributes:
        terms: the settings of genesis, and the appointments since.
        anchored: whether the caller knew the settings; otherwise they are the archive's own word.
        base_batch: the batch after which the archive starts; 0 at genesis.
        base_apex: the last quantum before its start.
        last_batch: the last one.
        last_apex: the last quantum.
        epochs: the first and the last one; None without a batch.
        timestamps_us: of the first and the last quantum; None without a quantum.
        opened_epochs: how many different ones the batches have.
        certificates: how many, with that of the snapshot.
        auditors: their shares, by key, in the order of the terms and of their members.
        state_root: at the end.
        assets: conservation at the end, by asset id.
        settings_version: how often the settings were changed until the end.
        settings_in_force: at the end.
    """

    terms: Terms
    anchored: bool
    base_batch: int
    base_apex: int
    last_batch: int = 0
    last_apex: int = 0
    epochs: tuple[int, int] | None = None
    timestamps_us: tuple[int, int] | None = None
    opened_epochs: int = 0
    certificates: int = 0
    auditors: dict[bytes, AuditorShare] = field(default_factory=dict)
    state_root: bytes = b""
    assets: list[AssetProof] = field(default_factory=list)
    settings_version: int = 0
    settings_in_force: Settings | None = None

    def __post_init__(self) -> None:
        self.last_batch, self.last_apex = self.base_batch, self.base_apex
        members = [self.terms.members_in(term) for term in range(self.terms.term + 1)]
        self.auditors = {key: AuditorShare() for item in members for key in item.auditors}

    @property
    def settings(self) -> Settings:
        """Of the constellation at genesis."""
        return self.terms.settings

    @property
    def batches(self) -> int:
        """How many."""
        return self.last_batch - self.base_batch

    @property
    def quanta(self) -> int:
        """How many."""
        return self.last_apex - self.base_apex

    def quanta_of(self, auditor: bytes) -> int:
        """How many of the archive's quanta an auditor signed for."""
        return max(0, min(self.auditors[auditor].last_apex, self.last_apex) - self.base_apex)

    def add_batch(self, header: BatchHeader, batch: Batch) -> None:
        """Count a replayed batch."""
        self.last_batch, self.last_apex = header.number, header.last_apex
        if self.epochs is None or self.epochs[1] != header.epoch:
            self.opened_epochs += 1
        self.epochs = (header.epoch if self.epochs is None else self.epochs[0], header.epoch)
        if batch.quanta:
            first = batch.quanta[0].timestamp if self.timestamps_us is None else self.timestamps_us[0]
            self.timestamps_us = (first, header.timestamp)

    def add_certificate(self, certificate: Certificate) -> None:
        """Count a checked certificate."""
        self.certificates += 1
        for item in certificate.signatures:
            share = self.auditors[item.auditor]
            share.certificates += 1
            share.last_apex = max(share.last_apex, certificate.header.last_apex)

    def finish(self, state: State) -> None:
        """Take the sums of the last state, whose conservation was checked."""
        self.state_root = state.root()
        self.settings_version, self.settings_in_force = state.settings_version, state.settings
        balances = [0] * len(state.assets)
        for account in state.vault.accounts.values():
            for asset, balance in account.balances.items():
                balances[asset] += balance.amount
        self.assets = [
            AssetProof(settings.identity, state.vault.held[asset], balances[asset], state.suspense.sum(asset))
            for asset, settings in enumerate(state.settings.assets)
        ]
