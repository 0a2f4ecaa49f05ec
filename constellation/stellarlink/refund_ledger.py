"""Reads from the network what a refund depends on: vault, channels, what happened since the state, and who can receive.

Vault and channels are read before and after the history; only when they are the same both times do they belong to the
history's last ledger.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from constellation.protocol.messages import LedgerSigners, Settings
from constellation.protocol.settings_json import format_asset, parse_asset
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.errors import HistoryGap, NetworkMismatch, NetworkUnavailable
from constellation.stellarlink.network import LedgerAccount, NetworkInfo, StellarNetwork
from constellation.stellarlink.refund_claims import Claims
from constellation.stellarlink.refund_history import History, read_history
from constellation.stellarlink.refund_model import (
    ChannelAccount,
    ClaimKey,
    LedgerFacts,
    Obstacle,
    RefundRefused,
    VaultLine,
)
from constellation.stellarlink.refund_signers import signers_on_ledger
from constellation.stellarlink.toid import whole_ledgers

Answer = TypeVar("Answer")

_LOOKS_MAX: Final = 10
_TRIES_MAX: Final = 5
_PAUSE_S: Final = 1.0
_TOGETHER: Final = 8  # questions about owners that are open at once


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger at one ledger's end.

    Attributes:
        info: of the network; its latest ledger is the one.
        vault: the account.
        channels: the channel accounts, in the order of the settings.
        signers: whose quorum moves them.
        history: everything after the state's cursor.
    """

    info: NetworkInfo
    vault: LedgerAccount
    channels: tuple[LedgerAccount, ...]
    signers: LedgerSigners
    history: History

    def facts(self, obstacles: dict[ClaimKey, Obstacle]) -> LedgerFacts:
        """What a plan takes from it."""
        reserve = self.info.base_reserve
        return LedgerFacts(
            ledger=self.info.latest_ledger,
            closed_at_s=self.info.latest_closed_at_s,
            base_reserve=reserve,
            vault=vault_lines(self.vault),
            vault_reserves=self.vault.reserves,
            channels=tuple(
                ChannelAccount(account.address, account.sequence, max(0, _lumens(account) - account.reserves * reserve))
                for account in self.channels
            ),
            obstacles=obstacles,
        )


def vault_lines(vault: LedgerAccount) -> dict[str, VaultLine]:
    """What the vault holds, by asset."""
    lines = {format_asset(item.asset): VaultLine(item.amount, item.is_authorized) for item in vault.balances}
    return {asset: lines[asset] for asset in sorted(lines)}


def _lumens(account: LedgerAccount) -> int:
    found = account.balance(None)
    return 0 if found is None else found.amount


async def read_ledger(
    network: StellarNetwork,
    settings: Settings,
    candidates: Sequence[LedgerSigners],
    cursor: int,
    *,
    pause_s: float = _PAUSE_S,
) -> LedgerView:
    """The ledger as it is now, and what happened after ``cursor``.

    Args:
        network: to ask.
        settings: of the constellation at genesis: its accounts.
        candidates: who may sign for them on the ledger.
        cursor: of the state.
        pause_s: before another look, when vault or channels changed during one.

    Raises:
        NetworkMismatch: the server belongs to another network.
        HistoryGap: the server's history begins after the cursor.
        NetworkUnavailable: there is no usable answer, or the vault never stood still.
        UndecodableTransaction: a transaction of the vault cannot be read.
        RefundRefused: vault or channels obey none of the candidates.
    """
    for _ in range(_LOOKS_MAX):
        before = await _accounts(network, settings)
        info = await _patiently(network.network)
        _check_network(info, settings, cursor)
        history = await read_history(network, settings, cursor, info.latest_ledger)
        if before == await _accounts(network, settings):
            vault, *channels = before
            return LedgerView(info, vault, tuple(channels), signers_on_ledger(candidates, before), history)
        await asyncio.sleep(pause_s)
    raise NetworkUnavailable(f"vault or channels changed while they were read, {_LOOKS_MAX} times in a row")


def check_history(info: NetworkInfo, settings: Settings, cursor: int) -> int:
    """Check that a server is of the constellation's network and has everything after ``cursor``.

    Returns:
        The last ledger that is accounted for; the server may be behind it.

    Raises:
        NetworkMismatch: it is of another network.
        HistoryGap: its history begins too late.
    """
    if info.passphrase != settings.network_passphrase:
        raise NetworkMismatch(settings.network_passphrase, info.passphrase)
    accounted = max(0, whole_ledgers(cursor))
    if info.oldest_ledger > accounted + 1:
        raise HistoryGap(accounted + 1, info.oldest_ledger)
    return accounted


def _check_network(info: NetworkInfo, settings: Settings, cursor: int) -> None:
    accounted = check_history(info, settings, cursor)
    if info.latest_ledger < accounted:
        raise NetworkUnavailable(f"the server is at ledger {info.latest_ledger}, the state at {accounted}")


async def _accounts(network: StellarNetwork, settings: Settings) -> list[LedgerAccount]:
    found = []
    for key in (settings.vault, *(channel.account for channel in settings.channels)):
        address = encode_public_key(key)
        account = await _account(network, address, _PAUSE_S)
        if account is None:
            raise RefundRefused(f"{address} is not on the ledger")
        found.append(account)
    return found


async def find_obstacles(
    network: StellarNetwork,
    claims: Claims,
    progress: Callable[[int, int], None],
    *,
    pause_s: float = _PAUSE_S,
) -> dict[ClaimKey, Obstacle]:
    """Who of the owners cannot simply be paid, and why.

    Args:
        network: to ask.
        claims: what is owed.
        progress: told how many owners were asked for, and of how many.
        pause_s: before an unanswered question is asked again.

    Raises:
        NetworkUnavailable: the network gave no usable answer.
    """
    owners: dict[str, list[str]] = {}
    for owner, asset in claims.owed:
        owners.setdefault(owner, []).append(asset)
    found: dict[ClaimKey, Obstacle] = {}
    names = list(owners)
    for start in range(0, len(names), _TOGETHER):
        part = names[start : start + _TOGETHER]
        accounts = await asyncio.gather(*(_account(network, name, pause_s) for name in part))
        for name, account in zip(part, accounts, strict=True):
            for asset in owners[name]:
                obstacle = obstacle_of(account, name, asset, claims.owed[name, asset].amount)
                if obstacle is not None:
                    found[name, asset] = obstacle
        progress(start + len(part), len(names))
    return {key: found[key] for key in sorted(found)}


async def _account(network: StellarNetwork, address: str, pause_s: float) -> LedgerAccount | None:
    return await _patiently(lambda: network.account(address), pause_s)


def obstacle_of(account: LedgerAccount | None, owner: str, asset: str, amount: int) -> Obstacle | None:
    """Why ``amount`` of ``asset`` cannot be paid to ``account``; None when it can."""
    if account is None:
        return Obstacle.NO_ACCOUNT
    identity = parse_asset(asset)
    if identity is None or asset.endswith(f":{owner}"):
        return None  # an issuer needs no trust line: what comes back to it ceases to exist
    line = account.balance(identity)
    if line is None:
        return Obstacle.NO_TRUST_LINE
    if not line.is_authorized:
        return Obstacle.NOT_AUTHORIZED
    if amount > line.room:
        return Obstacle.LINE_FULL
    return None


async def _patiently(ask: Callable[[], Awaitable[Answer]], pause_s: float = _PAUSE_S) -> Answer:
    """Ask a few times: one lost answer among thousands must not cost the others."""
    for attempt in range(1, _TRIES_MAX + 1):
        try:
            return await ask()
        except NetworkUnavailable as error:
            if attempt == _TRIES_MAX:
                raise
            await asyncio.sleep(max(pause_s * attempt, error.retry_after_s or 0))
    raise AssertionError("the last try returns or raises")
