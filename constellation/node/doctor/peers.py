"""The other members: alpha, as an auditor reaches it; the auditors, as a running alpha has them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import websockets

from constellation.node.appointments import newest
from constellation.node.config import NodeConfig, local_url
from constellation.node.doctor.findings import Finding, failed, ok, skipped, warning
from constellation.node.health import Unhealthy, ask
from constellation.protocol.messages import Settings
from constellation.protocol.terms import Terms
from constellation.sdk.certificates import trusting

_TIMEOUT_S: Final = 10.0


async def look_at_alpha(config: NodeConfig, settings: Settings) -> Finding:
    """Open a connection to alpha's cluster port, as an auditor does, and close it before anything is said."""
    terms = newest(Terms(settings), config.appointments_file)
    url = terms.appointments[-1].appointment.cluster_url if terms.term else config.auditor.alpha_url
    path = config.auditor.alpha_ca_file
    try:
        context = trusting(path) if path is not None and url.startswith("wss:") else None
        async with websockets.connect(url, ssl=context, open_timeout=_TIMEOUT_S, close_timeout=1.0, proxy=None):
            return ok("alpha", f"{url} answers")
    except (OSError, ValueError, websockets.WebSocketException) as error:
        reason = str(error) or type(error).__name__
        return failed(
            "alpha", f"{url}: {reason}", "correct auditor.alpha_url; see that alpha runs and firewalls let you"
        )


async def look_at_running(role: str, config: NodeConfig) -> AsyncIterator[Finding]:
    """Ask the running node how it is and, when it is alpha, which auditors follow."""
    try:
        status = json.loads(await asyncio.to_thread(ask, local_url(config.http_listen) + "/status", _TIMEOUT_S))
    except Unhealthy as error:
        yield failed("running node", f"it has the data directory and does not answer: {error}", "look at its log")
        return
    yield _state(status)
    if role == "alpha":
        yield _auditors(status["cluster"])


def _state(status: dict[str, Any]) -> Finding:
    found = f"{status['state']}: {status['state_reason']}"
    if not status["ready"]:
        return failed("running node", found, "; ".join(status["reasons"]))
    if status["degraded"]:
        return warning("running node", found, "; ".join(status["reasons"]))
    return ok("running node", found)


def _auditors(cluster: dict[str, Any]) -> Finding:
    count, quorum = len(cluster["auditors"]), cluster["quorum"]
    found = f"{count} follow; {quorum} are a quorum"
    if count < quorum:
        return failed("auditors", found, "ask the others' operators to run constellation doctor")
    return ok("auditors", found)


def auditors_unknown() -> Finding:
    """Alpha calls nobody: while it does not run, nothing can be said."""
    return skipped("auditors", "they call alpha, which does not run", "ask again when it runs")
