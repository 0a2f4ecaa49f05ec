"""What a running node takes from its configuration again at SIGHUP: the log level."""

import logging
from collections.abc import Callable

from constellation.node.config import ConfigurationError, NodeConfig
from constellation.node.logs import set_log_level

log = logging.getLogger(__name__)


class Reloading:
    """The configuration of a running process.

    Args:
        load: reads it.

    Attributes:
        config: as it was read at the start, with the log level in force.

    Raises:
        ConfigurationError: it cannot be used.
    """

    def __init__(self, load: Callable[[], NodeConfig]) -> None:
        self._load = load
        self.config = load()

    def reload(self) -> None:
        """Read it again; what cannot be used changes nothing."""
        try:
            level = self._load().log_level
        except ConfigurationError as error:
            log.error("the configuration is not loaded again", extra={"reason": str(error)})
            return
        self.config = self.config.model_copy(update={"log_level": level})
        set_log_level(level)
