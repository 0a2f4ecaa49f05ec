"""What an operator sees of every node, whatever its role: what runs, and whether it does its work."""

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from constellation import __version__
from constellation.build import core_is_compiled


class NodeMetrics:
    """Gauges of one node.

    Args:
        registry: of the node.
        role: ``alpha``, ``auditor``, ``chronicler`` or ``feed``.
    """

    def __init__(self, registry: CollectorRegistry, role: str) -> None:
        build = Gauge(
            "constellation_build_info", "1; the labels say what runs.", ["version", "core", "role"], registry=registry
        )
        build.labels(__version__, "compiled" if core_is_compiled() else "python", role).set(1)
        self._ready = Gauge(
            "constellation_node_ready", "1 when the node does its work, as `/readyz` says.", registry=registry
        )
        self._degraded = Gauge(
            "constellation_node_degraded",
            "1 when the node does its work and something should be looked at: `/health` says what.",
            registry=registry,
        )

    def watch(self, health: Callable[[], Mapping[str, Any]]) -> None:
        """Show what the node says of itself when metrics are asked for."""
        self._ready.set_function(lambda: float(health()["ready"]))
        self._degraded.set_function(lambda: float(health()["degraded"]))
