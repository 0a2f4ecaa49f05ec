"""What stands on an auditor's status page, for the commands of its operator."""

import json
from typing import Any, Final

from constellation.node.config import ConfigurationError
from constellation.node.documents import MALFORMED
from constellation.node.health import Unhealthy, ask

_TIMEOUT_S: Final = 10.0
_ANSWER_MAX_BYTES: Final = 4 * 1024 * 1024


def read_list(status_url: str, entries: str, count: str) -> tuple[list[dict[str, Any]], int]:
    """Entries that an auditor shows at ``/status``, and how many it has.

    Args:
        status_url: of its HTTP port, with or without ``/status``.
        entries: name of the list.
        count: name of their number, which may be larger.

    Raises:
        ConfigurationError: no auditor answers there.
    """
    status = read_status(status_url)
    try:
        return list(status[entries]), int(status[count])
    except MALFORMED as error:
        raise _unusable(status_url, error) from None


def read_status(status_url: str) -> dict[str, Any]:
    """All that an auditor shows at ``/status``.

    Args:
        status_url: of its HTTP port, with or without ``/status``.

    Raises:
        ConfigurationError: no auditor answers there.
    """
    url = f"{status_url.rstrip('/').removesuffix('/status')}/status"
    try:
        return dict(json.loads(ask(url, _TIMEOUT_S, _ANSWER_MAX_BYTES)))
    except (Unhealthy, *MALFORMED) as error:
        raise _unusable(status_url, error) from None


def _unusable(status_url: str, error: Exception) -> ConfigurationError:
    return ConfigurationError(f"--status-url: {status_url} is no auditor's HTTP port: {error}")
