"""Handing a signed request to the auditors, when alpha does not say what became of it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from constellation.protocol.errors import MESSAGE_MAX_BYTES
from constellation.protocol.messages import Code, SignedRequest
from constellation.sdk.http import FAILURES, exchange

_TIMEOUT_S = 5.0
_TAKEN = 202


@dataclass(slots=True, frozen=True)
class AuditorAnswer:
    """What an auditor says of a request that it was handed.

    Attributes:
        url: of the auditor.
        taken: it tells alpha of the request until that is ordered or expires.
        code: why it does not; NONCE_TOO_LOW: this request, or a later one of the account, was ordered. None when the
            auditor gave no answer that can be understood.
        message: the same for a person.
    """

    url: str
    taken: bool
    code: Code | None
    message: str


async def hand_to_auditors(request: SignedRequest, auditor_urls: Sequence[str]) -> tuple[AuditorAnswer, ...]:
    """Hand a request to all auditors at once; nobody is waited for longer than some seconds.

    Args:
        request: signed by its account.
        auditor_urls: of the auditors' HTTP ports.
    """
    return tuple(await asyncio.gather(*(_hand(request, url) for url in auditor_urls)))


async def _hand(request: SignedRequest, url: str) -> AuditorAnswer:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            status, body = await exchange(url.rstrip("/") + "/requests", request.to_xdr())
        if status == _TAKEN:
            return AuditorAnswer(url, True, None, "taken")
        return _refusal(url, status, body)
    except FAILURES as error:
        return AuditorAnswer(url, False, None, f"no answer: {str(error) or type(error).__name__}")


def _refusal(url: str, status: int, body: bytes) -> AuditorAnswer:
    document = json.loads(body)
    name, message = document.get("code"), document.get("message")
    if not isinstance(name, str) or not isinstance(message, str) or name not in Code.__members__:
        return AuditorAnswer(url, False, None, f"HTTP status {status}")
    return AuditorAnswer(url, False, Code[name], message[:MESSAGE_MAX_BYTES])
