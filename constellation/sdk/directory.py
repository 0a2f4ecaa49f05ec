"""Where alpha is, asked of the auditors when it does not answer any more.

Auditors do not serve traders, but each says on its HTTP port whom a quorum of them has appointed. Nobody's word is
taken: an appointment carries the quorum's signatures. And nobody is waited for: who is slow is passed over.
"""

import asyncio
import json
import logging
from collections.abc import Sequence

from constellation.protocol.appointments_json import appointments_from_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms, check_appointments
from constellation.sdk.http import FAILURES, exchange

log = logging.getLogger(__name__)

_TIMEOUT_S = 5.0
_OK = 200


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
            status, answer = await exchange(url.rstrip("/") + "/status")
            if status != _OK:
                raise ValueError(f"it answered {status}")
            # Hundreds of signatures take a while.
            found = await asyncio.to_thread(_read, known, answer)
    except (*FAILURES, VerificationError) as error:
        log.debug("an auditor did not say where alpha is", extra={"url": url, "reason": str(error)})
        return None
    return found if found.term > known.term and found.continues(known) else None


def _read(known: Terms, answer: bytes) -> Terms:
    constellation = settings_constellation_id(known.settings)
    document = json.loads(answer)
    return check_appointments(known.settings, appointments_from_json(constellation, document.get("appointments")))
