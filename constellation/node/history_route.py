"""A chronicler's route for alpha: accounts' questions about their past. Whoever serves it lets alpha alone in."""

import asyncio

from aiohttp import web

from constellation.chronicler.history_desk import HistoryDesk
from constellation.node.history_client import QUESTIONS_PATH, XDR_TYPE
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import HISTORY_QUESTION_MAX_BYTES, MESSAGE_TIMEOUT_S
from constellation.protocol.messages import Code

_STATUS = {Code.MALFORMED: 400, Code.TIMED_OUT: 408, Code.TOO_LARGE: 413}


def history_routes(desk: HistoryDesk) -> list[web.RouteDef]:
    """A POST of a HistoryQuestion in XDR, answered with a ClientMessage in XDR: a page, or Rejected.

    What is no question is answered with 400, 408 or 413 and a JSON object with code and message.
    """

    async def post(request: web.Request) -> web.Response:
        try:
            answer = await desk.answer(await _body(request))
        except ProtocolViolation as error:
            refusal = {"code": error.code.name, "message": error.message}
            return web.json_response(refusal, status=_STATUS.get(error.code, 400))
        return web.Response(body=answer, content_type=XDR_TYPE)

    return [web.post(QUESTIONS_PATH, post)]


async def _body(request: web.Request) -> bytes:
    """The body; longer ones are not read to their end."""
    body = bytearray()
    try:
        async with asyncio.timeout(MESSAGE_TIMEOUT_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > HISTORY_QUESTION_MAX_BYTES:
                    raise ProtocolViolation(
                        Code.TOO_LARGE, f"a question has at most {HISTORY_QUESTION_MAX_BYTES} bytes"
                    )
    except TimeoutError:
        raise ProtocolViolation(Code.TIMED_OUT, f"the question was not here within {MESSAGE_TIMEOUT_S} s") from None
    except (web.RequestPayloadError, ConnectionError):
        raise ProtocolViolation(Code.MALFORMED, "the question has ended too early, or in the wrong way") from None
    return bytes(body)
