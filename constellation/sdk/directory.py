"""Where alpha is, asked of the auditors when it does not answer any more.

Auditors do not serve traders, but each says on its HTTP port whom a quorum of them has appointed. Nobody's word is
taken: an appointment carries the quorum's signatures. And nobody is waited for: who is slow is passed over.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from ssl import create_default_context
from urllib.parse import urlsplit

from constellation.protocol.appointments_json import appointments_from_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms, check_appointments

log = logging.getLogger(__name__)

_TIMEOUT_S = 5.0
_ANSWER_MAX_BYTES = 1024 * 1024
_FAILURES = (
    OSError, EOFError, ValueError, AttributeError, RecursionError, asyncio.LimitOverrunError, VerificationError,
)  # fmt: skip
"""What an auditor can bring about with its answer, or without one."""


async def find_alpha(known: Terms, auditor_urls: Sequence[str]) -> Terms | None:
    """The furthest terms that an auditor shows beyond the known ones; None when alpha is still the same.

    Terms that contradict the known ones are passed over.

    Args:
        known: so far.
        auditor_urls: of the auditors' HTTP ports.
    """
    answers = await asyncio.gather(*(_ask(known, url) for url in auditor_urls))
    return max((terms for terms in answers if terms is not None), key=lambda terms: terms.term, default=None)


async def _ask(known: Terms, url: str) -> Terms | None:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            answer = await _get(url.rstrip("/") + "/status")
            # Hundreds of signatures take a while.
            found = await asyncio.to_thread(_read, known, answer)
    except _FAILURES as error:
        log.debug("an auditor did not say where alpha is", extra={"url": url, "reason": str(error)})
        return None
    return found if found.term > known.term and found.continues(known) else None


def _read(known: Terms, answer: bytes) -> Terms:
    constellation = settings_constellation_id(known.settings)
    document = json.loads(answer)
    return check_appointments(known.settings, appointments_from_json(constellation, document.get("appointments")))


async def _get(url: str) -> bytes:
    """The body of an HTTP answer; unlike a thread's, this request can be given up at any moment.

    Raises:
        OSError: there is no connection.
        ValueError: the address is none, or the answer is not a success or too long.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it is no http:// or https:// address")
    ssl = create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if ssl else 80), ssl=ssl)
    try:
        host = parts.netloc.rpartition("@")[2]
        # HTTP/1.0: the answer comes as it is, and the connection ends with it.
        writer.write(f"GET {parts.path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode("ascii"))
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(maxsplit=2)[1:2] != [b"200"]:
            raise ValueError(f"it answered {head[:40]!r}")
        try:
            await reader.readexactly(_ANSWER_MAX_BYTES + 1)
        except asyncio.IncompleteReadError as error:
            return error.partial
        raise ValueError(f"its answer is longer than {_ANSWER_MAX_BYTES} bytes")
    finally:
        writer.transport.abort()
