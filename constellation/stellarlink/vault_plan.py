"""What a new constellation wants of its vault, and what that costs on the ledger."""

from dataclasses import dataclass
from typing import Final

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AssetSettings,
    ChannelSettings,
    MarketSettings,
    QuorumRule,
    RequestLimits,
    Settings,
)
from constellation.quanta import newest_rules

SETTINGS_DATA_NAME: Final = "constellation.settings"
"""The vault's data entry with the hash of the settings: anybody can compare."""

VAULT_MARGIN: Final[int] = 1 * ONE
"""Lumens above the vault's reserve, so that a raised base reserve or a sponsored entry does not freeze it."""

_ACCOUNT_RESERVES = 2


@dataclass(frozen=True, slots=True)
class VaultPlan:
    """Everything in the settings that the ledger does not decide.

    Attributes:
        withdrawals_per_channel: fees for this many withdrawals are put into each channel account.

    The other attributes are those of :class:`~constellation.protocol.messages.Settings`.
    """

    network_passphrase: str
    alpha: bytes
    auditors: list[bytes]
    quorum_rule: QuorumRule
    fee_account: bytes
    minimum_balance: int
    transaction_fee: int
    withdrawal_lifetime_s: int
    approval_lifetime_s: int
    limits: RequestLimits
    assets: list[AssetSettings]
    markets: list[MarketSettings]
    withdrawals_per_channel: int = 10_000

    def settings(
        self, vault: bytes, channels: list[ChannelSettings], *, ledger_cursor: int, vault_reserve: int
    ) -> Settings:
        """The settings, with what the ledger decided."""
        return Settings(
            rules=newest_rules(),
            network_passphrase=self.network_passphrase,
            vault=vault,
            alpha=self.alpha,
            auditors=self.auditors,
            quorum_rule=self.quorum_rule,
            channels=channels,
            ledger_cursor=ledger_cursor,
            vault_reserve=vault_reserve,
            fee_account=self.fee_account,
            minimum_balance=self.minimum_balance,
            transaction_fee=self.transaction_fee,
            withdrawal_lifetime_s=self.withdrawal_lifetime_s,
            approval_lifetime_s=self.approval_lifetime_s,
            limits=self.limits,
            assets=self.assets,
            markets=self.markets,
        )

    def vault_balance(self, base_reserve: int) -> int:
        """Lumens that the vault starts with: its reserve with all its entries, and a margin."""
        trust_lines = len([asset for asset in self.assets if asset.identity is not None])
        entries = _ACCOUNT_RESERVES + trust_lines + len(self.auditors) + 1
        return entries * base_reserve + VAULT_MARGIN

    def channel_balance(self, base_reserve: int) -> int:
        """Lumens that a channel starts with: its reserve with signers, and its fees."""
        reserve = channel_reserve(len(self.auditors), base_reserve)
        return reserve + self.withdrawals_per_channel * self.transaction_fee


def channel_reserve(auditors: int, base_reserve: int) -> int:
    """Lumens that a channel account cannot spend."""
    return (_ACCOUNT_RESERVES + auditors) * base_reserve
