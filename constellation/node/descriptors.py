"""File descriptors: each connection needs one, and so do the log, the auditors and the Stellar servers."""

import logging
import resource

from constellation.protocol.limits import (
    CLIENT_STRANGERS_MAX,
    HTTP_CONNECTIONS_MAX,
    STRANGERS_MAX,
)

log = logging.getLogger(__name__)

_MEMBERS_AND_FILES = 192  # auditors, also those being replaced; Stellar servers; log, snapshots, archives
_RESERVED = CLIENT_STRANGERS_MAX + STRANGERS_MAX + HTTP_CONNECTIONS_MAX + _MEMBERS_AND_FILES
_ENOUGH = 2**16


def connections_allowed(wanted: int) -> int:
    """How many of ``wanted`` connections of traders the process has descriptors for, having asked for more of them.

    What everything else needs is kept back, so that a flood of traders' connections cannot take it.
    """
    limit = _raise_limit()
    allowed = max(1, min(wanted, limit - _RESERVED))
    if allowed < wanted:
        log.warning(
            "fewer connections than configured: the process may open too few files",
            extra={"connections": allowed, "open_files": limit, "open_files_needed": wanted + _RESERVED},
        )
    return allowed


def _raise_limit() -> int:
    """Use all that the system allows; the limit then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _ENOUGH if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return _ENOUGH if soft == resource.RLIM_INFINITY else soft
