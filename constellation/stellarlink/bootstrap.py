"""Creates a constellation's vault and channels on a Stellar network, with real transactions.

1. The funder creates vault and channels, and the vault trusts every listed asset. From the ledger that does
   it the settings get their cursor, the vault's reserve and the channels' sequence numbers.
2. The funder's transactions lock the channels, then the vault: the hash of the settings is written into the
   vault, every auditor becomes a signer of weight 1, and at last the master keys lose their weight and all
   thresholds become the quorum. The funder pays the fees, so the vault's balance stays what the settings say.
3. Everything is read back and compared.

After that nobody can move the vault but a quorum of auditors. If the creation breaks off half-way, the
accounts created so far still obey their own keys: merge them back, or start again with new keys.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from stellar_sdk import ChangeTrust, CreateAccount
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import format_amount
from constellation.protocol.limits import LEDGER_OPERATIONS_MAX
from constellation.protocol.messages import ChannelSettings, Settings
from constellation.protocol.signing import KeyPair
from constellation.quanta import validate_settings
from constellation.stellarlink.errors import BootstrapError, NetworkMismatch
from constellation.stellarlink.handover import handover_steps, lock_steps
from constellation.stellarlink.network import LedgerAccount, NetworkInfo, StellarNetwork
from constellation.stellarlink.sender import SIGNATURES_MAX, TransactionSender
from constellation.stellarlink.toid import ledger_end
from constellation.stellarlink.vault_check import check_vault
from constellation.stellarlink.vault_plan import VaultPlan
from constellation.vault.transactions import stellar_asset

Progress = Callable[[str], None]

_FUNDING_LOOKS: Final = 30


def _silent(_: str) -> None:
    return


async def create_vault(
    network: StellarNetwork,
    plan: VaultPlan,
    *,
    funder: KeyPair,
    vault: KeyPair,
    channels: Sequence[KeyPair],
    fund: bool = False,
    progress: Progress = _silent,
    poll_interval_s: float = 1.0,
) -> Settings:
    """Create, lock and check a vault with its channels.

    Args:
        network: where.
        plan: everything in the settings that the ledger does not decide.
        funder: keys of an account with enough lumens; it pays for everything.
        vault: keys of the vault; worthless when the vault is locked.
        channels: keys of the channels; worthless when they are locked.
        fund: ask the network for test money when the funder does not exist.
        progress: told each step, for people.
        poll_interval_s: between two looks for an outcome.

    Returns:
        The settings, complete.

    Raises:
        ValueError: the plan is not valid; the message lists why.
        BootstrapError: an account exists already, the funder has not enough, a transaction was refused, or
            the ledger does not show what was done.
        NetworkMismatch: the network is not the plan's.
        NetworkUnavailable: the network did not answer.
    """
    _check_plan(plan, vault, channels)
    info = await network.network()
    if info.passphrase != plan.network_passphrase:
        raise NetworkMismatch(plan.network_passphrase, info.passphrase)
    await _check_unused(network, [vault, *channels])
    source = await network.account(funder.address)
    if source is None and fund:
        progress(f"asking the network for test money for {funder.address}")
        source = await _fund(network, funder, poll_interval_s)
    if source is None:
        raise BootstrapError(f"the funder {funder.address} is not on the ledger: send it lumens first")
    _check_funds(source, plan, info, len(channels))
    fee = max(info.base_fee, plan.transaction_fee)
    sender = TransactionSender(network, info, funder, source.sequence, fee, poll_interval_s)
    progress(f"creating the vault {vault.address} and {len(channels)} channels")
    created_in = await _create(sender, plan, info, vault, channels)
    settings = plan.settings(
        vault.public,
        [ChannelSettings(channel.public, await _sequence(network, channel)) for channel in channels],
        ledger_cursor=ledger_end(created_in),
        vault_reserve=plan.vault_balance(info.base_reserve),
    )
    await _lock(sender, settings, vault, channels, progress)
    problems = await check_vault(network, settings)
    if problems:
        raise BootstrapError("the vault is not as it should be: " + "; ".join(problems))
    progress("vault and channels are locked: only a quorum of auditors can move them")
    return settings


def _check_plan(plan: VaultPlan, vault: KeyPair, channels: Sequence[KeyPair]) -> None:
    unborn = [ChannelSettings(channel.public, 0) for channel in channels]
    problems = validate_settings(plan.settings(vault.public, unborn, ledger_cursor=0, vault_reserve=0))
    if problems:
        raise ValueError("invalid settings: " + "; ".join(problems))


async def _check_unused(network: StellarNetwork, key_pairs: Sequence[KeyPair]) -> None:
    for key_pair in key_pairs:
        if await network.account(key_pair.address) is not None:
            raise BootstrapError(
                f"account {key_pair.address} exists already: a vault and its channels start with new keys"
            )


async def _fund(network: StellarNetwork, funder: KeyPair, poll_interval_s: float) -> LedgerAccount | None:
    """Ask for test money; the account may show a little later, when friendbot has a server of its own."""
    await network.fund(funder.address)
    for _ in range(_FUNDING_LOOKS):
        account = await network.account(funder.address)
        if account is not None:
            return account
        await asyncio.sleep(poll_interval_s)
    return None


def _check_funds(funder: LedgerAccount, plan: VaultPlan, info: NetworkInfo, channels: int) -> None:
    needed = plan.vault_balance(info.base_reserve) + channels * plan.channel_balance(info.base_reserve)
    lumens = funder.balance(None)
    if lumens is None or lumens.amount < needed:
        raise BootstrapError(
            f"the funder {funder.address} needs {format_amount(needed)} lumens beside its reserve and fees"
        )


async def _create(
    sender: TransactionSender,
    plan: VaultPlan,
    info: NetworkInfo,
    vault: KeyPair,
    channels: Sequence[KeyPair],
) -> int:
    """Create all accounts; the ledger in which the vault had all its trust lines: deposits count after it."""
    operations: list[Operation] = [
        CreateAccount(vault.address, format_amount(plan.vault_balance(info.base_reserve))),
        *(
            ChangeTrust(stellar_asset(asset.identity), source=vault.address)
            for asset in plan.assets
            if asset.identity is not None
        ),
        *(
            CreateAccount(channel.address, format_amount(plan.channel_balance(info.base_reserve)))
            for channel in channels
        ),
    ]
    complete_in = 0
    for start in range(0, len(operations), LEDGER_OPERATIONS_MAX):
        part = operations[start : start + LEDGER_OPERATIONS_MAX]
        # A signature that no operation needs would make the ledger refuse the transaction.
        signers = [vault] if any(operation.source is not None for operation in part) else []
        ledger = (await sender.send(part, signers)).ledger
        if start == 0 or signers:
            complete_in = ledger
    return complete_in


async def _sequence(network: StellarNetwork, channel: KeyPair) -> int:
    account = await network.account(channel.address)
    if account is None:
        raise BootstrapError(f"channel {channel.address} was created and is not on the ledger")
    return account.sequence


async def _lock(
    sender: TransactionSender,
    settings: Settings,
    vault: KeyPair,
    channels: Sequence[KeyPair],
    progress: Progress,
) -> None:
    """Hand the channels, then the vault to the auditors; each account within one transaction."""
    per_account = len(settings.auditors) + 1
    together = min(LEDGER_OPERATIONS_MAX // per_account, SIGNATURES_MAX - 1)
    for start in range(0, len(channels), together):
        part = channels[start : start + together]
        progress(f"locking channels {start + 1} to {start + len(part)} of {len(channels)}")
        await sender.send([step for channel in part for step in lock_steps(settings, channel.public)], part)
    progress("locking the vault")
    await sender.send(handover_steps(settings), [vault])
