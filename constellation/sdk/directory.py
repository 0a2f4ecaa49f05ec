"""Where alpha is, asked of the auditors when it does not answer any more.

Auditors do not serve traders, but each says on its HTTP port whom a quorum of them has appointed. Nobody's word is
taken: an appointment carries the quorum's signatures.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from constellation.protocol.appointments_json import appointments_from_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms, check_appointments

log = logging.getLogger(__name__)

_TIMEOUT_S = 5.0
_ANSWER_MAX_BYTES = 1024 * 1024


async def find_alpha(known: Terms, auditor_urls: Sequence[str]) -> Terms | None:
    """The furthest terms that an auditor shows beyond the known ones; None when alpha is still the same.

    Args:
        known: so far.
        auditor_urls: of the auditors' HTTP ports.
    """
    answers = await asyncio.gather(*(asyncio.to_thread(_ask, known, url) for url in auditor_urls))
    return max((terms for terms in answers if terms is not None), key=lambda terms: terms.term, default=None)


def _ask(known: Terms, url: str) -> Terms | None:
    try:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("it is no http:// or https:// address")
        with urlopen(Request(url.rstrip("/") + "/status"), timeout=_TIMEOUT_S) as response:  # noqa: S310  # checked above
            document = json.loads(response.read(_ANSWER_MAX_BYTES))
        constellation = settings_constellation_id(known.settings)
        found = check_appointments(known.settings, appointments_from_json(constellation, document.get("appointments")))
    except (OSError, ValueError, AttributeError, VerificationError) as error:
        log.debug("an auditor did not say where alpha is", extra={"url": url, "reason": str(error)})
        return None
    return found if found.term > known.term else None
