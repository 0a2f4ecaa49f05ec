"""The public entry: client sessions, limits, queries, answers and pushes.

:class:`Hub` stands before the sequencer, :class:`Front` before the clients; both are free of I/O, and in one process or
in several (:mod:`constellation.node.gateway_workers`). :class:`GatewayServer` puts a front on WebSockets::

    hub = Hub(machine, submit, refusal, clock_us, reader, council, config, metrics)
    front = attached_front(hub, signer, constellation, clock_us, secrets.token_bytes, config, metrics)
    server = GatewayServer(front, "0.0.0.0", 8000)
    port = await server.start()
    ...
    hub.acknowledge(sealed, signed_header, origins)         # a batch is durable
    hub.finalize(certificate)                               # it is final
    ...
    await server.stop(Code.SHUTTING_DOWN, "maintenance")
"""

from constellation.gateway.admission import Gate
from constellation.gateway.config import GatewayConfig
from constellation.gateway.council import Council
from constellation.gateway.front import Front, attached_front
from constellation.gateway.guests import Origin
from constellation.gateway.history_questions import HistoryAsker
from constellation.gateway.hub import Hub, WorkerLink
from constellation.gateway.ledger_queue import LedgerCheck
from constellation.gateway.metrics import GatewayMetrics
from constellation.gateway.reading import LogReader
from constellation.gateway.server import GatewayServer
from constellation.gateway.session import Session, SessionState

__all__ = [
    "Council",
    "Front",
    "Gate",
    "GatewayConfig",
    "GatewayMetrics",
    "GatewayServer",
    "HistoryAsker",
    "Hub",
    "LedgerCheck",
    "LogReader",
    "Origin",
    "Session",
    "SessionState",
    "WorkerLink",
    "attached_front",
]
