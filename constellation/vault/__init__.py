"""Money: assets, accounts, balances and liabilities; and the Stellar transactions that move the vault."""

from constellation.vault.account import Account, Balance
from constellation.vault.agenda import NEVER, Agenda, DueKind, due_item
from constellation.vault.assets import RESERVE_ASSET, AssetRegistry
from constellation.vault.channels import Channel, TaskDesk
from constellation.vault.hold import Hold
from constellation.vault.journal import Journal
from constellation.vault.suspense import Suspense, counted_asset
from constellation.vault.tasks import (
    ClaimTask,
    PreparedTask,
    RefundTask,
    SignersTask,
    TaskKey,
    TrustTask,
    VaultTask,
    WithdrawalTask,
)
from constellation.vault.vault import Vault

__all__ = [
    "NEVER",
    "RESERVE_ASSET",
    "Account",
    "Agenda",
    "AssetRegistry",
    "Balance",
    "Channel",
    "ClaimTask",
    "DueKind",
    "Hold",
    "Journal",
    "PreparedTask",
    "RefundTask",
    "SignersTask",
    "Suspense",
    "TaskDesk",
    "TaskKey",
    "TrustTask",
    "Vault",
    "VaultTask",
    "WithdrawalTask",
    "counted_asset",
    "due_item",
]
