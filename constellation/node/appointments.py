"""Who this node takes for alpha: what its log says, and what the auditors have signed since.

The operator puts the auditors' signed appointments into a file (``appointments_file``); a running node looks at it
every second, so that a new alpha is followed without a restart.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from constellation.node.documents import MALFORMED
from constellation.protocol.appointments_json import appointments_from_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import SignedAppointment
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms, check_appointments, in_force

log = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 1.0
_FILE_MAX_BYTES = 1024 * 1024


def newest(known: Terms, path: Path) -> Terms:
    """The terms in the file where they go further than the known ones, otherwise the known ones.

    An appointment that lacks signatures is not in force. A file that cannot be used is told and passed over: the node
    goes on with the alpha that it has.
    """
    try:
        if path.stat().st_size > _FILE_MAX_BYTES:
            raise ValueError(f"larger than {_FILE_MAX_BYTES} bytes")
        document = json.loads(path.read_bytes())
        appointments = appointments_from_json(settings_constellation_id(known.settings), document)
        found = check_appointments(known.settings, in_force(known.settings, appointments))
    except FileNotFoundError:
        return known
    except (OSError, VerificationError, *MALFORMED) as error:
        log.error("the appointments cannot be used", extra={"path": str(path), "reason": str(error)})
        return known
    if found.term <= known.term:
        return known
    if not found.continues(known):
        log.error("the file has another appointment than the one that is followed here", extra={"path": str(path)})
        return known
    return found


async def watch_appointments(known: Terms, path: Path, appointed: Callable[[Terms], Awaitable[None]]) -> None:
    """Tell whenever the file has brought a new term."""
    seen: tuple[int, int] | None = None
    while True:
        stamp = _stamp(path)
        if stamp != seen:
            seen = stamp
            found = newest(known, path)
            if found is not known:
                log_term(found)
                known = found
                await appointed(found)
        await asyncio.sleep(_LOOK_INTERVAL_S)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def log_term(terms: Terms) -> None:
    """Say whom the auditors have appointed last."""
    last: SignedAppointment = terms.appointments[-1]
    log.warning(
        "the auditors have appointed the members of a new term",
        extra={
            "term": terms.term,
            "alpha": encode_public_key(terms.alpha),
            "clients": last.appointment.client_url,
            "cluster": last.appointment.cluster_url,
        },
    )
