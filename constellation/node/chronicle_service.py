"""What alpha and auditors do for chroniclers: serve them the log, and run one beside themselves."""

from pathlib import Path

from constellation.node.chronicle_route import ChronicleRoute
from constellation.node.chronicler_process import ChroniclerProcess
from constellation.node.config import ConfigurationError, NodeConfig
from constellation.node.node_log import NodeLog
from constellation.node.private_http import PrivateServer, read_token
from constellation.node.supervision import NodeFailure
from constellation.snapshots.chronicle_reader import ChronicleReader
from constellation.transport.metrics import DoorMetrics


class ChronicleService:
    """Serves the chronicle at ``chronicle_listen``; does nothing where that is not set.

    Args:
        config: of the node.
        node_log: tells when there is more.
        log_path: of that log.
        failure: of the node.
        doors: metrics of its ports.

    Raises:
        ConfigurationError: the port can be reached from elsewhere and asks for no secret, or a chronicler is to be run
            that could not follow this node.
    """

    def __init__(
        self, config: NodeConfig, node_log: NodeLog, log_path: Path, failure: NodeFailure, doors: DoorMetrics
    ) -> None:
        self._route: ChronicleRoute | None = None
        self._process: ChroniclerProcess | None = None
        address = config.chronicle_listen
        if address is None:
            if config.chronicler.run:
                raise ConfigurationError("chronicler.run: it follows chronicle_listen, which is not set")
            return
        self._reader = ChronicleReader.open(log_path)
        self._route = ChronicleRoute(self._reader.read, failure)
        node_log.on_certificate = self._route.moved
        self._server = PrivateServer(
            self._route.routes, read_token(config.chronicle_token_file, address), address, doors
        )
        if config.chronicler.run:
            self._process = ChroniclerProcess(config)

    async def start(self) -> None:
        """Listen, and start the chronicler."""
        if self._route is not None:
            await self._server.start()
        if self._process is not None:
            self._process.start()

    async def stop(self) -> None:
        """End the chronicler, and stop listening."""
        if self._process is not None:
            await self._process.stop()
        if self._route is not None:
            await self._server.stop()
            self._route.close()
            self._reader.close()
