"""Money: assets, accounts, balances and liabilities; pending withdrawals and the Stellar transactions that pay them."""

from constellation.vault.account import Account, Balance
from constellation.vault.assets import RESERVE_ASSET, AssetRegistry
from constellation.vault.channels import Channel, PreparedWithdrawal, WaitingWithdrawal, WithdrawalDesk
from constellation.vault.suspense import Suspense
from constellation.vault.vault import Vault

__all__ = [
    "RESERVE_ASSET",
    "Account",
    "AssetRegistry",
    "Balance",
    "Channel",
    "PreparedWithdrawal",
    "Suspense",
    "Vault",
    "WaitingWithdrawal",
    "WithdrawalDesk",
]
