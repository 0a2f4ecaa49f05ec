"""A node's HTTP port: whatever is asked, it answers or refuses, and says the same however the question is cut."""

from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry

from constellation.node.http import StatusServer
from fuzzing.choices import Choices
from fuzzing.http import cut, exchange, request
from fuzzing.loop import run

_PATHS = ("/livez", "/readyz", "/status", "/metrics", "/", "//", "/..", "*", "http://h/status")
_STATUS = {"ready": True, "state": "serving", "since": "2026", "degraded": False, "reasons": ["ß"]}


@cache
def _server() -> Any:
    server = StatusServer(lambda: _STATUS, CollectorRegistry(), "127.0.0.1", 0)
    run(server.start())
    return server._runner.server


def fuzz(data: bytes) -> None:
    """Raises when a request is answered with 500, or otherwise when it comes in pieces."""
    choices = Choices(data)
    said = request(choices, _PATHS, [("POST", "/status", {"a": [1]})])
    whole = run(exchange(_server(), [said]))
    pieces = run(exchange(_server(), cut(choices, said)))
    assert _statuses(whole) == _statuses(pieces), (whole[:200], pieces[:200])


def _statuses(answer: bytes) -> list[bytes]:
    return [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.")]
