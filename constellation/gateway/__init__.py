"""The public entry: client sessions, limits, queries, answers and pushes.

:class:`Gateway` and everything behind it is free of I/O; :class:`GatewayServer` puts it on WebSockets::

    gateway = Gateway(machine, key_pair, submit, refusal, clock_us, secrets.token_bytes, reader, council)
    server = GatewayServer(gateway, "0.0.0.0", 8000)
    port = await server.start()
    ...
    gateway.acknowledge(sealed, signed_header, origins)     # a batch is durable
    gateway.finalize(certificate)                           # it is final
    ...
    await server.stop(Code.SHUTTING_DOWN, "maintenance")
"""

from constellation.gateway.config import GatewayConfig
from constellation.gateway.council import Council
from constellation.gateway.desk import Origin
from constellation.gateway.hub import Gateway
from constellation.gateway.ledger_queue import LedgerCheck
from constellation.gateway.metrics import GatewayMetrics
from constellation.gateway.reading import LogReader
from constellation.gateway.server import GatewayServer
from constellation.gateway.session import Session, SessionState

__all__ = [
    "Council",
    "Gateway",
    "GatewayConfig",
    "GatewayMetrics",
    "GatewayServer",
    "LedgerCheck",
    "LogReader",
    "Origin",
    "Session",
    "SessionState",
]
