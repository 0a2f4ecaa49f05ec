"""Asks a running node over HTTP how it is; for health checks of containers and scripts."""

import json
import time
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from constellation.node.documents import MALFORMED

_ANSWER_MAX_BYTES = 64 * 1024
_PAUSE_S = 0.5


class Unhealthy(Exception):
    """The node did not answer, or said that it is not ready; the message says why."""


def ask(url: str, timeout_s: float, answer_max_bytes: int = _ANSWER_MAX_BYTES) -> str:
    """What a node that is well answers.

    Args:
        url: such as ``http://127.0.0.1:7000/readyz``; asked directly, never through a proxy.
        timeout_s: for each step of connecting and reading.
        answer_max_bytes: what is read of the answer.

    Raises:
        Unhealthy: any answer but 200, or none.
    """
    status, body = fetch(url, timeout_s, answer_max_bytes)
    if status != HTTPStatus.OK:
        raise Unhealthy(f"{url} answered {status}: {one_line(body[:_ANSWER_MAX_BYTES])}")
    return one_line(body)


def ask_patiently(url: str, timeout_s: float, wait_s: float) -> str:
    """What a node answers as soon as it is well.

    Args:
        url: as for ``ask``.
        timeout_s: as for ``ask``.
        wait_s: for so long it is asked again; with 0, once.

    Raises:
        Unhealthy: it is not well by then.
    """
    end_s = time.monotonic() + wait_s
    while True:
        try:
            return ask(url, timeout_s)
        except Unhealthy:
            if time.monotonic() + _PAUSE_S > end_s:
                raise
        time.sleep(_PAUSE_S)


def fetch(url: str, timeout_s: float, answer_max_bytes: int) -> tuple[int, bytes]:
    """Whatever a node answers: the status of HTTP, and the beginning of what follows.

    Raises:
        Unhealthy: it does not answer.
    """
    if not url.startswith(("http://", "https://")):
        raise Unhealthy(f"{url!r} is no http:// or https:// address")
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=timeout_s) as response:
            return response.status, response.read(answer_max_bytes)
    except HTTPError as error:
        with error:
            return error.code, error.read(answer_max_bytes)
    except (OSError, HTTPException, ValueError) as error:
        raise Unhealthy(f"{url} gave no answer: {error}") from None


def one_line(body: bytes) -> str:
    """An answer as one line of JSON, whatever the sender made of it."""
    try:
        return json.dumps(json.loads(body))
    except MALFORMED:
        return json.dumps(body.decode(errors="replace"))
