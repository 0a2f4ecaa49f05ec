"""Alpha's door for clients: opened once a quorum has signed the state, with the answers that may be asked for again."""

import logging
import secrets
from collections import deque
from collections.abc import Callable
from functools import partial
from ssl import SSLContext

from constellation.gateway import (
    Council,
    Gate,
    GatewayConfig,
    GatewayServer,
    HistoryAsker,
    Hub,
    LedgerCheck,
    LogReader,
    Origin,
    attached_front,
)
from constellation.gateway.metrics import GatewayMetrics
from constellation.node.clock import clock_us
from constellation.node.config import NodeConfig, split_address
from constellation.node.coverage import cover
from constellation.node.descriptors import connections_allowed
from constellation.node.extensions.admission import Connected
from constellation.node.gateway_workers import GatewayWorkers
from constellation.node.node_log import NodeLog
from constellation.node.sequencer import SealedWork
from constellation.node.summed_metrics import SummedRegistry
from constellation.node.worker_plan import WorkerPlan
from constellation.node.worker_seats import Seat
from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Batch, Certificate, Code, SignedRequest
from constellation.protocol.signing import Signer
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, SealedBatch
from constellation.transport.metrics import DoorMetrics

log = logging.getLogger(__name__)


class Clients:
    """The gateway and its socket.

    Args:
        node: where to listen, the rates, and what workers need.
        terms: which show clients that this is alpha.
        machine: with the certified state.
        signer: alpha's.
        submit: executes a request.
        refusal: why requests are refused just now, if they are.
        registry: for the metrics.
        reader: of the log.
        council: for the auditors' proposals.
        check: asks the ledger whether a withdrawal can arrive.
        asker: asks a chronicler, if there is one.
        ssl: for TLS.
        metrics: of alpha's ports.
        gate: whom the operator admits; None: everybody.
        seats: gateway workers that have been started already.
    """

    def __init__(
        self,
        node: NodeConfig,
        terms: Terms,
        machine: Machine,
        signer: Signer,
        submit: Callable[[Origin | None, Submission], None],
        refusal: Callable[[], Rejection | None],
        registry: SummedRegistry,
        reader: LogReader,
        council: Council,
        check: LedgerCheck,
        asker: HistoryAsker | None,
        ssl: SSLContext | None,
        metrics: DoorMetrics,
        gate: Gate | None = None,
        seats: list[Seat] | None = None,
    ) -> None:
        config = node.alpha
        limits = GatewayConfig(
            connections=connections_allowed(config.connections),
            connections_per_address=config.connections_per_address,
            connections_per_account=config.connections_per_account,
            connects_per_second=config.connects_per_second,
            connects_burst=config.connections_per_address,
            frames_per_second_per_address=config.frames_per_second_per_address
            or 5 * machine.state.settings.limits.requests_per_second,
        )
        counters = GatewayMetrics(registry)
        self._hub = Hub(machine, submit, refusal, clock_us, reader, council, limits, counters, check, asker, gate)
        constellation, address = machine.state.constellation, split_address(config.client_listen)
        self._door: GatewayServer | GatewayWorkers
        if config.gateway_workers:
            plan = partial(WorkerPlan.of, node, signer, constellation, terms, self._hub.limits)
            self._door = GatewayWorkers(self._hub, config.gateway_workers, *address, plan, limits, registry, seats)
        else:
            front = attached_front(self._hub, signer, constellation, clock_us, secrets.token_bytes, limits, counters)
            front.appointments = terms.appointments
            self._door = GatewayServer(front, *address, ssl, metrics)

    async def open(
        self,
        epoch: int,
        recent: deque[tuple[SealedBatch, Batch]],
        certificate: Certificate,
        node_log: NodeLog,
    ) -> None:
        """Let clients in, with the answers and certificates that they may ask for again.

        Args:
            epoch: that ``certificate`` has made certain.
            recent: the batches with those answers; emptied.
            certificate: the newest one.
            node_log: has the earlier ones.
        """
        self._hub.epoch = epoch
        await self._remember(recent, certificate, node_log)
        await self._door.start()

    async def _remember(
        self, recent: deque[tuple[SealedBatch, Batch]], certificate: Certificate, node_log: NodeLog
    ) -> None:
        """Rebuild the answers, each with what makes it final: its own certificate or, by the chain, a later one."""
        for sealed, batch in recent:
            self._hub.remember(sealed, batch.signed_header)
        headers = [sealed.header for sealed, _ in recent]
        number = certificate.header.number
        stored = await node_log.certificates(headers[0].number if headers else number)
        earlier = [item for item in stored if item.header.number < number]
        for item, ancestors in cover(headers, [*earlier, certificate]):
            self._hub.finalize(item, ancestors)
        recent.clear()

    def acknowledge(self, work: SealedWork[Origin]) -> None:
        """A batch is durable: answer those who asked for it."""
        self._hub.acknowledge(work.sealed, work.batch.signed_header, work.origins)

    def forwarded(self, auditor: bytes, signed: SignedRequest) -> None:
        """An auditor passes on a request."""
        self._hub.forwarded(auditor, signed)

    def finalize(self, certificate: Certificate) -> None:
        """A batch is final."""
        self._hub.finalize(certificate)

    def connected(self) -> list[Connected]:
        """The sessions that the gate decides about."""
        return [Connected(guest.account, guest.signer, guest.expel) for guest in self._hub.guests]

    async def close(self, code: Code = Code.SHUTTING_DOWN, message: str = "alpha is shutting down") -> None:
        """Tell all clients why alpha stops, and stop listening."""
        await self._door.stop(code, message)
