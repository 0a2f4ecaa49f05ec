"""Faults of the connection and of whole answers, applied around every handler."""

import asyncio
import json

from aiohttp import web
from aiohttp.typedefs import Middleware

from constellation.sandbox.faults.registry import Faults
from constellation.sandbox.faults.rules import Body, FaultKind, FaultRule, Moment
from constellation.sandbox.faults.tampering import tamper_resource
from constellation.sandbox.ledger import Ledger
from constellation.sandbox.problems import faulty_status, submission_timeout
from constellation.sandbox.responses import Handler, hang_up, json_text, path_of, problem_response, read_form
from constellation.sandbox.transactions import MalformedEnvelopeError

CONTROL_PREFIX = "/_sandbox"
"""Requests that control the sandbox never fail on purpose."""

_REQUEST_KINDS = (FaultKind.DELAY, FaultKind.DROP, FaultKind.STATUS, FaultKind.TIMEOUT)
_TAMPERING_KINDS = (FaultKind.DUPLICATE, FaultKind.GAP, FaultKind.UNDECODABLE, FaultKind.NETWORK)
_HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"


def faults_middleware(faults: Faults, ledger: Ledger) -> Middleware:
    """Returns the middleware that lets requests fail by these rules."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = path_of(request)
        if path.startswith(CONTROL_PREFIX):
            return await handler(request)
        late: FaultRule | None = None
        for active in faults.about(request.method, path, *_REQUEST_KINDS):
            rule = active.rule
            if (rule.fault is FaultKind.TIMEOUT and not _is_submission(request, path)) or not active.strikes():
                continue
            if rule.fault is FaultKind.DELAY:
                await asyncio.sleep(rule.delay_s)
            elif rule.moment is Moment.BEFORE:
                return await _fail(request, rule, ledger)
            else:
                late = rule
                break
        response = await handler(request)
        if not isinstance(response, web.Response):
            # A stream has been sent already; its own faults were in it.
            return response
        if late is not None:
            return await _fail(request, late, ledger)
        return await _tampered(faults, request, path, response)

    return middleware


def _is_submission(request: web.Request, path: str) -> bool:
    return request.method == "POST" and path == "/transactions"


async def _fail(request: web.Request, rule: FaultRule, ledger: Ledger) -> web.StreamResponse:
    if rule.fault is FaultKind.DROP:
        return hang_up(request, web.Response())
    if rule.fault is FaultKind.TIMEOUT:
        return await _timeout(request, ledger)
    if rule.body is Body.HTML:
        text = _HTML.format(f"{rule.status} {web.Response(status=rule.status).reason}")
        response = web.Response(text=text, content_type="text/html", status=rule.status)
    elif rule.body is Body.EMPTY:
        response = web.Response(status=rule.status)
    else:
        response = problem_response(faulty_status(rule.status))
    if rule.retry_after_s is not None:
        response.headers["Retry-After"] = str(rule.retry_after_s)
    return response


async def _timeout(request: web.Request, ledger: Ledger) -> web.StreamResponse:
    text = await read_form(request, "tx") or ""
    try:
        name = ledger.decode(text).hash.hex()
    except MalformedEnvelopeError:
        name = ""
    return problem_response(submission_timeout(name, text))


async def _tampered(faults: Faults, request: web.Request, path: str, response: web.Response) -> web.StreamResponse:
    """Returns what the client gets in place of an answer that is not a stream."""
    if not isinstance(response.body, bytes):
        return response
    if response.status == 200 and any(faults.about(request.method, path, *_TAMPERING_KINDS)):
        before = json.loads(response.body)
        after = tamper_resource(faults, request.method, path, before)
        if after is not before:
            response.body = json_text(after).encode()
    if faults.strikes(request.method, path, FaultKind.CUT):
        return await _break_off(request, response)
    return response


async def _break_off(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Sends the first half of an answer and closes the connection."""
    assert isinstance(response.body, bytes)
    partial = web.StreamResponse(status=response.status, headers=response.headers)
    partial.content_length = len(response.body)
    await partial.prepare(request)
    await partial.write(response.body[: len(response.body) // 2])
    return hang_up(request, partial)
