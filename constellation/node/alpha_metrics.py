"""What an operator sees of alpha's auditors, and of how soon they make things final."""

from collections.abc import Callable, Sequence
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from constellation.herald.alpha import AlphaHerald
from constellation.node.chain_metrics import LATENCY_BUCKETS_S
from constellation.node.clock import clock_us
from constellation.node.unfinal import UnfinalWindow
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.strkey import encode_public_key


class AlphaMetrics:
    """Counters, gauges and latencies of one alpha.

    Args:
        registry: of the node; a private one by default.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._quorum = Gauge("constellation_quorum", "Auditors whose signatures make a batch final.", registry=registry)
        self._connected = Gauge(
            "constellation_auditor_connected", "1 while an auditor follows the stream of batches.", ["auditor"],
            registry=registry,
        )  # fmt: skip
        self._lag = Gauge(
            "constellation_auditor_lag_batches",
            "Batches that an auditor has not signed yet, as far as alpha has heard.",
            ["auditor"],
            registry=registry,
        )
        self._votes = Counter("constellation_votes", "Votes that have come.", ["auditor"], registry=registry)
        self._faults = Counter(
            "constellation_auditor_faults",
            "What an auditor sent that does not hold, or what it refuses.",
            ["auditor"],
            registry=registry,
        )
        self.certificates = Counter("constellation_certificates", "Certificates that were made.", registry=registry)
        self._unfinal_quanta = Gauge(
            "constellation_unfinal_quanta", "Executed quanta that no certificate covers.", registry=registry
        )
        self._unfinal_age = Gauge(
            "constellation_unfinal_age_seconds",
            "How long the oldest acknowledged batch has waited for a certificate; 0 without one.",
            registry=registry,
        )
        self.acknowledgement = Histogram(
            "constellation_acknowledgement_seconds",
            "From the execution of a batch's first quantum until the batch is acknowledged.",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self.finality = Histogram(
            "constellation_finality_seconds",
            "From the acknowledgement of a batch until a certificate covers it.",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )

    def watch(self, herald: AlphaHerald, members: Members) -> None:
        """Show the auditors of a term when metrics are asked for."""
        self._quorum.set(quorum_of(members))
        for key in members.auditors:
            name = encode_public_key(key)
            self._votes.labels(name)
            self._faults.labels(name)
            self._connected.labels(name).set_function(partial(herald.follows, key))
            self._lag.labels(name).set_function(partial(herald.lag, key))

    def watch_unfinal(self, unfinal: UnfinalWindow, apex: Callable[[], int]) -> None:
        """Show what waits for the auditors when metrics are asked for."""
        self._unfinal_quanta.set_function(lambda: apex() - unfinal.certified_apex)
        self._unfinal_age.set_function(lambda: unfinal.age_us(clock_us()) / 1_000_000)

    def voted(self, auditor: bytes) -> None:
        """A vote has come."""
        self._votes.labels(encode_public_key(auditor)).inc()

    def faulty(self, auditor: bytes) -> None:
        """An auditor has sent what does not hold."""
        self._faults.labels(encode_public_key(auditor)).inc()

    def acknowledged(self, first_us: int, now_us: int) -> None:
        """A batch whose first quantum was executed at ``first_us`` is acknowledged."""
        self.acknowledgement.observe(max(0, now_us - first_us) / 1_000_000)

    def certified(self, acknowledged_us: Sequence[int], now_us: int) -> None:
        """A certificate covers the batches that were acknowledged then."""
        self.certificates.inc()
        for moment in acknowledged_us:
            self.finality.observe(max(0, now_us - moment) / 1_000_000)
