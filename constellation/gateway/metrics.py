"""What an operator sees of the gateway."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class GatewayMetrics:
    """Counters and gauges of one gateway.

    Args:
        registry: where they are registered; a private one by default, so that several gateways fit one
        process.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.connections = Gauge("constellation_gateway_connections", "Open client connections.", registry=registry)
        self.requests = Counter(
            "constellation_gateway_requests",
            "Submitted requests by result: ACCEPTED, REPEATED or the code of the refusal.",
            ["result"],
            registry=registry,
        )
        self.forwarded = Counter(
            "constellation_gateway_forwarded_requests",
            "Requests passed on by auditors by result: ACCEPTED, REPEATED or the code of the refusal.",
            ["result"],
            registry=registry,
        )
        self.closings = Counter(
            "constellation_gateway_closings", "Connections closed by alpha, by code.", ["code"], registry=registry
        )
        self.queued = Gauge(
            "constellation_gateway_queued_bytes", "Bytes that wait for clients to read them.", registry=registry
        )
        self.remembered = Gauge(
            "constellation_gateway_remembered_answers", "Answers that can be asked for again.", registry=registry
        )
        self.held = Gauge(
            "constellation_gateway_held_requests",
            "Requests that wait until a withdrawal's destination is checked on the ledger.",
            registry=registry,
        )
