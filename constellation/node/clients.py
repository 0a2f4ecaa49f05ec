"""Alpha's door for clients: opened once a quorum has signed the state, with the answers that may be asked for again."""

import logging
import secrets
from collections import deque
from collections.abc import Callable
from ssl import SSLContext

from prometheus_client import CollectorRegistry

from constellation.gateway import (
    Council,
    Gateway,
    GatewayConfig,
    GatewayServer,
    LedgerCheck,
    LogReader,
    Origin,
)
from constellation.gateway.metrics import GatewayMetrics
from constellation.node.clock import clock_us
from constellation.node.config import AlphaSection, split_address
from constellation.node.coverage import cover
from constellation.node.descriptors import connections_allowed
from constellation.node.node_log import NodeLog
from constellation.node.sequencer import SealedWork
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Batch, Certificate, Code, SignedRequest
from constellation.protocol.signing import KeyPair
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, SealedBatch
from constellation.transport.metrics import DoorMetrics

log = logging.getLogger(__name__)


class Clients:
    """The gateway and its socket.

    Args:
        config: where to listen, and the rates.
        machine: with the certified state.
        key_pair: alpha's.
        submit: executes a request.
        refusal: why requests are refused just now, if they are.
        registry: for the metrics.
        reader: of the log.
        council: for the auditors' proposals.
        check: asks the ledger whether a withdrawal can arrive.
        ssl: for TLS.
        metrics: of alpha's ports.
    """

    def __init__(
        self,
        config: AlphaSection,
        machine: Machine,
        key_pair: KeyPair,
        submit: Callable[[Origin | None, SignedRequest], None],
        refusal: Callable[[], Rejection | None],
        registry: CollectorRegistry,
        reader: LogReader,
        council: Council,
        check: LedgerCheck,
        ssl: SSLContext | None,
        metrics: DoorMetrics,
    ) -> None:
        self._gateway = Gateway(
            machine,
            key_pair,
            submit,
            refusal,
            clock_us,
            secrets.token_bytes,
            reader,
            council,
            GatewayConfig(
                connections=connections_allowed(config.connections),
                connections_per_address=config.connections_per_address,
                connections_per_account=config.connections_per_account,
                connects_per_second=config.connects_per_second,
                connects_burst=config.connections_per_address,
                requests_per_second=config.requests_per_second,
                burst=config.burst,
                frames_per_second_per_address=config.frames_per_second_per_address or 5 * config.requests_per_second,
            ),
            GatewayMetrics(registry),
            check,
        )
        self._server = GatewayServer(self._gateway, *split_address(config.client_listen), ssl, metrics)

    async def open(
        self,
        terms: Terms,
        epoch: int,
        recent: deque[tuple[SealedBatch, Batch]],
        certificate: Certificate,
        node_log: NodeLog,
    ) -> None:
        """Let clients in, with the answers and certificates that they may ask for again.

        Args:
            terms: which show clients that this is alpha.
            epoch: that ``certificate`` has made certain.
            recent: the batches with those answers; emptied.
            certificate: the newest one.
            node_log: has the earlier ones.
        """
        self._gateway.epoch = epoch
        self._gateway.appointments = terms.appointments
        await self._remember(recent, certificate, node_log)
        await self._server.start()

    async def _remember(
        self, recent: deque[tuple[SealedBatch, Batch]], certificate: Certificate, node_log: NodeLog
    ) -> None:
        """Rebuild the answers, each with what makes it final: its own certificate or, by the chain, a later one."""
        for sealed, batch in recent:
            self._gateway.remember(sealed, batch.signed_header)
        headers = [sealed.header for sealed, _ in recent]
        number = certificate.header.number
        stored = await node_log.certificates(headers[0].number if headers else number)
        earlier = [item for item in stored if item.header.number < number]
        for item, ancestors in cover(headers, [*earlier, certificate]):
            self._gateway.finalize(item, ancestors)
        recent.clear()

    def acknowledge(self, work: SealedWork[Origin]) -> None:
        """A batch is durable: answer those who asked for it."""
        self._gateway.acknowledge(work.sealed, work.batch.signed_header, work.origins)

    def forwarded(self, auditor: bytes, signed: SignedRequest) -> None:
        """An auditor passes on a request."""
        self._gateway.forwarded(auditor, signed)

    def finalize(self, certificate: Certificate) -> None:
        """A batch is final."""
        self._gateway.finalize(certificate)

    async def close(self, code: Code = Code.SHUTTING_DOWN, message: str = "alpha is shutting down") -> None:
        """Tell all clients why alpha stops, and stop listening."""
        await self._server.stop(code, message)
