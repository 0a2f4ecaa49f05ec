"""Answers what alpha's operator asks over the control socket: one route, ``/mode``."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from constellation.node.control.unix_socket import listen_at, socket_path
from constellation.node.documents import MALFORMED
from constellation.node.mode_words import mode_json, parse_mode
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import MAX_MODE_REASON, Code, ModeCommit, ModeInForce

log = logging.getLogger(__name__)

_BODY_MAX_BYTES = 4096

ChangeMode = Callable[[ModeCommit], Awaitable[None]]
"""Puts a mode into force, and returns when that is durable; raises :exc:`Rejection` when it is not."""


class ControlServer:
    """Listens in the data directory.

    Args:
        data_directory: of the node, which no other process uses.
        mode: the one in force.
        change: puts another one into force.
    """

    def __init__(self, data_directory: Path, mode: Callable[[], ModeInForce], change: ChangeMode) -> None:
        self._path = socket_path(data_directory)
        self._mode = mode
        self._change = change
        application = web.Application(client_max_size=_BODY_MAX_BYTES)
        application.add_routes([web.get("/mode", self._show), web.post("/mode", self._set)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0, auto_decompress=False)

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.SockSite(self._runner, listen_at(self._path)).start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()
        self._path.unlink(missing_ok=True)

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response(mode_json(self._mode()))

    async def _set(self, request: web.Request) -> web.Response:
        try:
            commit = _read(await request.json())
            await self._change(commit)
        except Rejection as error:
            return web.json_response({"code": error.code.name, "message": error.message}, status=409)
        log.warning("the operator has changed the mode", extra=mode_json(self._mode()))
        return web.json_response(mode_json(self._mode()))


def _read(document: object) -> ModeCommit:
    try:
        assert isinstance(document, dict)
        mode, reason = parse_mode(document["mode"]), document["reason"]
        assert isinstance(reason, str)
    except (*MALFORMED, AssertionError, KeyError) as error:
        raise Rejection(Code.MALFORMED, f"no mode is described by that: {error!r}") from None
    if len(reason.encode("utf-8", "replace")) > MAX_MODE_REASON:
        raise Rejection(Code.TOO_LARGE, f"the reason is longer than {MAX_MODE_REASON} bytes")
    return ModeCommit(mode, reason)
