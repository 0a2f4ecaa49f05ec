"""HTTP bodies, content negotiation and the headers that every response carries."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from yarl import URL

from constellation.sandbox.problems import (
    Problem,
    bad_request,
    internal_error,
    method_not_allowed,
    not_acceptable,
    not_found,
    payload_too_large,
)
from constellation.sandbox.queries import Query
from constellation.sandbox.render.links import Json, Links
from constellation.sandbox.tape import Order

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LATEST_LEDGER = web.RequestKey("latest_ledger", int)
"""The ledger that an answer is about."""

_LOGGER = logging.getLogger(__name__)
_JSON_TYPES = {"*/*", "application/*", "application/json", "application/hal+json", "application/problem+json"}
_STREAM_TYPE = "text/event-stream"
_PROBLEMS = {
    404: not_found,
    405: method_not_allowed,
    413: payload_too_large,
}


def links_for(request: web.Request) -> Links:
    """Returns links to this server under the name by which the client called it."""
    return Links(f"{request.scheme}://{request.host}")


def path_of(request: web.Request) -> str:
    """Returns the path without the slash at its end, which makes no difference."""
    return request.path.rstrip("/") or "/"


def json_text(body: Mapping[str, object]) -> str:
    """Writes JSON on one line."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def hal_response(body: Mapping[str, object], status: int = 200) -> web.Response:
    """Answers with a resource."""
    headers = {"Content-Type": "application/hal+json; charset=utf-8"}
    return web.Response(body=json_text(body).encode(), status=status, headers=headers)


def problem_response(problem: Problem) -> web.Response:
    """Answers with an error."""
    headers = {"Content-Type": "application/problem+json; charset=utf-8"}
    return web.Response(body=json_text(problem.body).encode(), status=problem.status, headers=headers)


def hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Closes the connection in the middle of a response, or before it; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return response


async def read_form(request: web.Request, field: str) -> str | None:
    """Reads one field of a form; None when it is missing or a file.

    Raises:
        Problem: when the form cannot be decoded.
    """
    try:
        value = (await request.post()).get(field)
    except (ValueError, LookupError):  # not in its charset, in none that is known, or parts that are none
        raise bad_request(field, f"{field}: the form cannot be decoded") from None
    return value if isinstance(value, str) else None


def wants_stream(request: web.Request, *, is_streamed: bool) -> bool:
    """Whether the client wants a stream rather than JSON.

    Raises:
        Problem: when it accepts neither, or only a stream where there is none.
    """
    ranges = request.headers.get("Accept", "*/*").split(",")
    types = {each.partition(";")[0].strip().lower() for each in ranges}
    if is_streamed and _STREAM_TYPE in types:
        return True
    if not types & _JSON_TYPES:
        raise not_acceptable()
    return False


def page_body(request: web.Request, records: list[Json], order: Order, limit: int) -> Json:
    """Wraps a page of records with links to itself, the next and the previous one."""
    query: Query = request.query
    first = str(records[0]["paging_token"]) if records else query.get("cursor", "")
    last = str(records[-1]["paging_token"]) if records else query.get("cursor", "")
    is_ascending = order is Order.ASCENDING
    inverted = Order.DESCENDING if is_ascending else Order.ASCENDING
    own = query.get("cursor", "")

    def link(cursor: str, direction: Order) -> Json:
        parameters = {**query, "cursor": cursor, "limit": str(limit), "order": direction.value}
        try:
            url = URL(f"{links_for(request).base}{request.path}").with_query(parameters)
        except ValueError:
            raise bad_request("host", "host: invalid value") from None
        return {"href": str(url)}

    links = {"self": link(own, order), "next": link(last, order), "prev": link(first, inverted)}
    return {"_links": links, "_embedded": {"records": records}}


def _preflight_response(request: web.Request) -> web.Response:
    """Answers a browser's question whether it may call: always, with any header."""
    headers = {
        "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", "*"),
        "Access-Control-Max-Age": "86400",
    }
    return web.Response(status=204, headers=headers)


@web.middleware
async def problems_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every error into a problem, and answers browsers that ask before they call."""
    if request.method == "OPTIONS":
        return _preflight_response(request)
    try:
        return await handler(request)
    except Problem as problem:
        return problem_response(problem)
    except web.HTTPException as error:
        if error.status not in _PROBLEMS:
            raise
        return problem_response(_PROBLEMS[error.status]())
    except web.RequestPayloadError:
        return problem_response(bad_request("body", "body: it is not encoded as its headers say"))
    except ConnectionError:
        # The client has gone; there is nobody to tell.
        raise
    except Exception:
        _LOGGER.exception("cannot answer %s %s", request.method, request.path)
        return problem_response(internal_error())
