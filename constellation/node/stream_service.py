"""What a chronicler has to do with NATS: publish, or follow; nats-py is imported here alone, and only then."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from constellation.node.chronicle_source import ChronicleSource, HttpChronicle
from constellation.node.config import ChroniclerSection, ConfigurationError, NodeConfig
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_constellation_id

if TYPE_CHECKING:
    from constellation.node.nats_link import NatsLink
    from constellation.node.nats_publisher import NatsPublisher


class StreamPublishing:
    """Publishes at ``chronicler.nats_url``; does nothing where ``chronicler.nats_publish`` is not set.

    Args:
        section: of the configuration.
        settings: of the constellation at genesis.
        registry: for the metrics.

    Raises:
        ConfigurationError: it cannot be done so.
        KeyFileError: the credentials cannot be used.
    """

    def __init__(self, section: ChroniclerSection, settings: Settings, registry: CollectorRegistry) -> None:
        self._section = section
        self._constellation = settings_constellation_id(settings)
        self._registry = registry
        self._link = _link(section, "constellation chronicler") if section.nats_publish else None
        self._publisher: NatsPublisher | None = None

    @property
    def problem(self) -> str | None:
        """Why it does not get on, if so."""
        return None if self._publisher is None else self._publisher.problem

    def moved(self) -> None:
        """There is more in the database."""
        if self._publisher is not None:
            self._publisher.moved()

    async def run(self, engine: Engine) -> None:
        """Publish what is in a database, until cancelled."""
        if self._link is None:
            return
        from constellation.node.nats_publisher import NatsPublisher

        self._publisher = NatsPublisher(self._link, self._section, self._constellation, engine, self._registry)
        try:
            await self._publisher.run()
        finally:
            await self._publisher.close()


def stream_source(
    config: NodeConfig, settings: Settings, token: str | None, registry: CollectorRegistry
) -> ChronicleSource:
    """The chronicle at ``chronicler.nats_url``, and the peers who have what it lacks.

    Args:
        config: of the node.
        settings: of the constellation at genesis.
        token: secret of the peers.
        registry: for the metrics.

    Raises:
        ConfigurationError: it cannot be done so.
        KeyFileError: the credentials cannot be used.
    """
    section = config.chronicler
    if section.nats_publish:
        raise ConfigurationError("chronicler.nats_publish: a feed server follows the stream; it does not publish there")
    link = _link(section, "constellation feed")
    from constellation.node.nats_source import NatsChronicle

    peers = HttpChronicle(section.peers, token) if section.peers else None
    return NatsChronicle(link, settings_constellation_id(settings), peers, registry)


def _link(section: ChroniclerSection, name: str) -> "NatsLink":
    if find_spec("nats") is None:
        raise ConfigurationError('chronicler.nats_url needs another package: pip install "constellation[nats]"')
    from constellation.node.nats_link import NatsLink

    return NatsLink(section, name)
