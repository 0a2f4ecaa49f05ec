"""Which settings can follow others, and what changes in the state when they do."""

from collections.abc import Iterable

from constellation.matching import Market
from constellation.protocol.messages import (
    AssetSettings,
    MarketSettings,
    RequestLimits,
    Settings,
    SettingsChanged,
    SuspensionReason,
)
from constellation.protocol.signing import settings_hash
from constellation.quanta.context import Context
from constellation.quanta.genesis import validate_settings
from constellation.quanta.modes import limit_markets
from constellation.quanta.state import EntryKind, State
from constellation.quanta.suspensions import suspend
from constellation.quanta.tasks import queue_task
from constellation.vault import RESERVE_ASSET, RefundTask, TrustTask

_FIXED = (
    "network_passphrase", "vault", "alpha", "auditors", "quorum_rule", "channels", "ledger_cursor", "fee_account",
)  # fmt: skip
_FIXED_IN_MARKET = ("base", "quote", "price_decimals", "tick", "lot")


def settings_change_problems(old: Settings, new: Settings) -> list[str]:
    """Everything that keeps ``new`` from following ``old``, one sentence each; empty when it can."""
    return [
        *(f"{name} cannot be changed" for name in _FIXED if getattr(old, name) != getattr(new, name)),
        *(["vault_reserve can only be raised"] if new.vault_reserve < old.vault_reserve else []),
        *(["rules never go back to older ones"] if new.rules < old.rules else []),
        *_limits(old.limits, new.limits),
        *_assets(old.assets, new.assets),
        *_markets(old.markets, new.markets),
        *validate_settings(new),
    ]


def _limits(old: RequestLimits, new: RequestLimits) -> Iterable[str]:
    if new.validity_us > old.validity_us:
        # Nodes keep answers, and the log for them, as long as a request may live by the settings of genesis.
        yield "limits.validity_us can only be lowered"


def _assets(old: list[AssetSettings], new: list[AssetSettings]) -> Iterable[str]:
    if [asset.identity for asset in old] != [asset.identity for asset in new[: len(old)]]:
        yield "a listed asset keeps its place; new ones come last"


def _markets(old: list[MarketSettings], new: list[MarketSettings]) -> Iterable[str]:
    if len(new) < len(old):
        yield "a market is never removed: halt it"
    for number, (before, after) in enumerate(zip(old, new, strict=False)):
        changed = [name for name in _FIXED_IN_MARKET if getattr(before, name) != getattr(after, name)]
        if changed:
            yield f"market {number}: {changed[0]} cannot be changed"


def apply_settings(context: Context, settings: Settings) -> None:
    """Put settings into force that can follow those in force; newly listed assets wait for the vault's trust line.

    A higher reserve of the vault is paid by the fee account: those lumens are owed to nobody from then on.
    """
    state = context.state
    listed = len(state.assets)
    _raise_reserve(state, settings.vault_reserve - state.settings.vault_reserve)
    state.settings = state.desk.settings = settings
    state.settings_version += 1
    state.assets.update(settings.assets)
    state.vault.minimum_balance = settings.minimum_balance
    state.engine.fills_max, state.engine.cancels_max = settings.limits.fills, state.rules.cancels_max
    _update_markets(state.engine.markets, settings.markets)
    limit_markets(state)
    context.mark(EntryKind.SETTINGS, b"")
    context.emit_system(SettingsChanged(state.settings_version, settings_hash(settings)))
    for asset in range(listed, len(settings.assets)):
        _list_asset(context, asset)


def _raise_reserve(state: State, lumens: int) -> None:
    if lumens:
        state.vault.debit(state.vault.accounts[state.settings.fee_account], RESERVE_ASSET, lumens)
        state.vault.held[RESERVE_ASSET] -= lumens


def _update_markets(markets: list[Market], settings: list[MarketSettings]) -> None:
    for market, rules in zip(markets, settings, strict=False):
        market.update(rules)
    markets += [Market(number, settings[number]) for number in range(len(markets), len(settings))]


def _list_asset(context: Context, asset: int) -> None:
    state = context.state
    identity = state.assets.identity(asset)
    state.vault.held.append(state.suspense.list_asset(asset, identity))
    for task in state.desk.tasks:
        if isinstance(task, RefundTask) and task.entry.asset == identity:
            task.asset = asset
    suspend(context, asset, SuspensionReason.NO_TRUST_LINE)
    queue_trust(context, asset)


def queue_trust(context: Context, asset: int) -> None:
    """Ask the ledger for the vault's trust line."""
    state = context.state
    task = state.trusts[asset] = TrustTask(context.apex, asset, state.assets.identity(asset))
    queue_task(context, task)
