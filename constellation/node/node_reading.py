"""What a node says of itself over HTTP, read from outside."""

import json
from collections import defaultdict
from dataclasses import dataclass
from math import isnan

from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, ValidationError

from constellation.node.documents import MALFORMED
from constellation.node.health import Unhealthy, fetch, one_line

_HEALTH_MAX_BYTES = 64 * 1024
_METRICS_MAX_BYTES = 4 * 1024 * 1024
_PREFIX = "constellation_"


class Health(BaseModel):
    """The answer at ``/health``."""

    role: str
    version: str | None
    key: str | None
    ready: bool
    state: str
    since: str
    degraded: bool
    reasons: list[str]


class Samples:
    """The answer at ``/metrics``, by names without their common beginning.

    Args:
        text: in the format of Prometheus.

    Raises:
        ValueError: it is not.
    """

    def __init__(self, text: str) -> None:
        self._found: defaultdict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
        for family in text_string_to_metric_families(text):
            for name, labels, value, *_ in family.samples:
                if name.startswith(_PREFIX) and not isnan(value):
                    self._found[name.removeprefix(_PREFIX)].append((labels, value))

    def value(self, name: str) -> float | None:
        """Of a metric, all its labels together; None when it is not shown."""
        found = self._found.get(name)
        return None if found is None else sum(value for _, value in found)

    def by(self, name: str, label: str) -> dict[str, float]:
        """The same for each value of a label."""
        found: defaultdict[str, float] = defaultdict(float)
        for labels, value in self._found.get(name, ()):
            found[labels.get(label, "")] += value
        return dict(found)


@dataclass(frozen=True, slots=True)
class NodeReading:
    """One node at one moment.

    Attributes:
        at_s: the moment, by any clock.
        health: why it is ready, or not.
        samples: its metrics.
    """

    at_s: float
    health: Health
    samples: Samples


def read_node(url: str, timeout_s: float, at_s: float) -> NodeReading:
    """Ask a node.

    Args:
        url: of its HTTP port, such as ``http://127.0.0.1:7000``.
        timeout_s: for each step of connecting and reading.
        at_s: now.

    Raises:
        Unhealthy: it does not answer, or not as a node does.
    """
    _, health = fetch(f"{url}/health", timeout_s, _HEALTH_MAX_BYTES)
    _, metrics = fetch(f"{url}/metrics", timeout_s, _METRICS_MAX_BYTES)
    try:
        return NodeReading(at_s, Health.model_validate(json.loads(health)), Samples(metrics.decode()))
    except (ValidationError, *MALFORMED):
        raise Unhealthy(f"{url} is no node of this version: at /health it says {one_line(health)[:200]}") from None
