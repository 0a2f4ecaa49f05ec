"""What an operator sees of the state, read when metrics are asked for."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from constellation.node.clock import clock_us
from constellation.node.mode_words import MODES
from constellation.protocol.settings_json import format_asset
from constellation.quanta import State
from constellation.vault import WithdrawalTask


class StateMetrics(Collector):
    """Reads alpha's or an auditor's state.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._state: Callable[[], State] | None = None
        registry.register(self)

    def watch(self, state: Callable[[], State]) -> None:
        """Show what is executed when metrics are asked for."""
        self._state = state

    def describe(self) -> list[Metric]:
        """The metrics without their values."""
        return list(_families())

    def collect(self) -> Iterable[Metric]:
        """The metrics now."""
        if self._state is None:
            return []
        state = self._state()
        apex, ledger, owed, suspended, pending, oldest, modes, rules = found = _families()
        apex.add_metric([], state.apex)
        ledger.add_metric([], state.ledger_cursor >> 32)
        for asset, held in enumerate(state.vault.held):
            name = [format_asset(state.assets.identity(asset))]
            owed.add_metric(name, held)
            suspended.add_metric(name, state.assets.is_suspended(asset))
        pending.add_metric([], sum(isinstance(task, WithdrawalTask) for task in state.desk.tasks))
        oldest.add_metric([], _oldest_s(state))
        for word, mode in MODES.items():
            modes.add_metric([word], state.mode.mode is mode)
        rules.add_metric([], state.settings.rules)
        return found


def _oldest_s(state: State) -> float:
    ends_s = min((prepared.max_time_s for prepared in state.desk.prepared), default=None)
    if ends_s is None:
        return 0.0
    return max(0.0, clock_us() / 1_000_000 - (ends_s - state.settings.withdrawal_lifetime_s))


def _families() -> tuple[GaugeMetricFamily, ...]:
    return (
        GaugeMetricFamily("constellation_apex", "The last quantum that was executed."),
        GaugeMetricFamily("constellation_ledger_committed", "The last ledger that the state accounts for."),
        GaugeMetricFamily("constellation_owed_stroops", "What is owed to all accounts together.", labels=["asset"]),
        GaugeMetricFamily("constellation_asset_suspended", "1 while an asset is suspended.", labels=["asset"]),
        GaugeMetricFamily(
            "constellation_withdrawals_pending", "Withdrawals whose money is locked and whose outcome is open."
        ),
        GaugeMetricFamily(
            "constellation_vault_oldest_transaction_seconds",
            "Age of the oldest transaction of the vault whose outcome is open; 0 without one.",
        ),
        GaugeMetricFamily("constellation_mode", "1 for the mode in force, 0 for the others.", labels=["mode"]),
        GaugeMetricFamily("constellation_rules", "The version of the rules in force."),
    )
