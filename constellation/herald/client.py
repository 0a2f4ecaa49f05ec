"""An auditor's connecting side: keeps one connection to alpha, with bounded back-off."""

import asyncio
import logging
import secrets
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from random import Random
from ssl import SSLContext, SSLError
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from constellation.herald.connection import OPTIONS, close_with, receive, receive_in_handshake
from constellation.herald.read_ahead import Prepare, Read, reading_ahead
from constellation.protocol.backoff import pause_ms
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.limits import CLOSE_TIMEOUT_S
from constellation.protocol.messages import (
    ClusterMessage,
    Code,
    HelloReply,
    Role,
    encode_cluster_message,
)
from constellation.protocol.signing import Signer, settings_constellation_id
from constellation.protocol.terms import Terms

log = logging.getLogger(__name__)

_BACKOFF_FIRST_S = 0.1
_BACKOFF_MAX_S = 10.0


class AlphaHandler(Protocol):
    """What the client needs of the node."""

    async def alpha_up(self, terms: Terms) -> None:
        """The connection is open and proven; ``terms`` say whose it is."""

    async def alpha_message(self, message: ClusterMessage) -> None:
        """Alpha sent a message; raises ProtocolViolation to have the connection closed, ConnectionLost if it is."""

    async def alpha_down(self) -> None:
        """The connection has ended."""


class ConnectionLost(Exception):
    """The connection that something long was sent on has ended: go no further."""


class ClusterClient:
    """Connects to alpha until cancelled.

    Args:
        terms: as far as they are known; alpha can show that it was appointed since.
        signer: the auditor's.
        url: of alpha's cluster port, ``ws://`` or ``wss://``.
        handler: the node.
        random: for the jitter of the back-off.
        ssl: for ``wss://``; None trusts whom the system trusts.
        prepare: begins what takes long about messages, ahead of their turn; None reads each in its turn.
    """

    def __init__(
        self,
        terms: Terms,
        signer: Signer,
        url: str,
        handler: AlphaHandler,
        random: Random,
        ssl: SSLContext | None = None,
        prepare: Prepare | None = None,
    ) -> None:
        self._prepare = prepare
        self._terms = terms
        self._signer = signer
        self._url = url
        self._handler = handler
        self._random = random
        self._ssl = ssl
        self._refusal: str | None = None
        self._lost_s = 0.0
        self._socket: ClientConnection | None = None
        self._appointed = asyncio.Event()
        self._may_connect = asyncio.Event()
        self._may_connect.set()

    async def send(self, message: ClusterMessage) -> None:
        """Send to alpha; without a connection the message is dropped: what matters is sent again on the next one."""
        try:
            await self.send_history(encode_cluster_message(message))
        except ConnectionLost:
            log.debug("not sent: the connection has ended")

    async def send_history(self, message: bytes) -> None:
        """Send one of many messages that are of use only together, encoded already.

        Raises:
            ConnectionLost: it has ended; the rest need not be read and sent.
        """
        if self._socket is None:
            raise ConnectionLost
        try:
            await self._socket.send(message)
        except ConnectionClosed:
            raise ConnectionLost from None

    async def appoint(self, terms: Terms, url: str) -> None:
        """Leave the present alpha for the one that was appointed."""
        self._terms, self._url = terms, url
        self._appointed.set()
        if self._socket is not None:
            await self._socket.close()

    async def rest(self) -> None:
        """Leave alpha, and stay away until told to go on."""
        self._may_connect.clear()
        if self._socket is not None:
            await self._socket.close()

    def go_on(self) -> None:
        """Connect again."""
        self._may_connect.set()

    async def run(self) -> None:
        """Connect, converse, and connect again."""
        loop = asyncio.get_running_loop()
        self._lost_s = loop.time()
        while True:
            await self._may_connect.wait()
            self._appointed.clear()
            least_s = _BACKOFF_FIRST_S
            try:
                async with self._connect() as socket:
                    self._refusal = None
                    least_s = await self._serve(socket)
            except SSLError as error:
                self._refuse(error)
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, ConnectionClosed) as error:
                log.debug("no connection to alpha", extra={"reason": str(error) or type(error).__name__})
            away_ms = round((loop.time() - self._lost_s) * 1000)
            backoff_s = pause_ms(away_ms, round(least_s * 1000), round(_BACKOFF_MAX_S * 1000)) / 1000
            if await self._is_appointed_within(backoff_s * self._random.uniform(0.5, 1.0)):
                self._lost_s = loop.time()

    def _connect(self) -> connect:
        ssl = (self._ssl or True) if self._url.startswith("wss://") else None
        return connect(self._url, ssl=ssl, close_timeout=CLOSE_TIMEOUT_S, **OPTIONS)  # type: ignore[arg-type]

    def _refuse(self, error: SSLError) -> None:
        """Say once why alpha's certificate is not taken; it will be tried again for as long as it takes."""
        reason = getattr(error, "verify_message", None) or error.reason or str(error)
        if reason != self._refusal:
            self._refusal = reason
            log.error("no TLS connection to alpha", extra={"url": self._url, "reason": reason})

    async def _is_appointed_within(self, seconds: float) -> bool:
        """Wait; a new alpha ends the wait."""
        try:
            async with asyncio.timeout(seconds):
                return await self._appointed.wait()
        except TimeoutError:
            return False

    async def _serve(self, socket: ClientConnection) -> float:
        """Converse until the end; the shortest pause after it."""
        try:
            terms = self._terms = await self._shake_hands(socket)
            if not self._may_connect.is_set():
                return _BACKOFF_FIRST_S
            self._socket = socket
            log.info("connected to alpha", extra={"url": self._url})
            await self._handler.alpha_up(terms)
            async with self._reading(socket) as next_message:
                while True:
                    await self._handler.alpha_message(await next_message())
        except ProtocolViolation as error:
            log.warning("connection to alpha closed", extra={"code": error.code.name, "reason": error.message})
            await close_with(socket, error)
            return _BACKOFF_MAX_S / 4
        except (ConnectionClosed, ConnectionLost):
            log.info("disconnected from alpha")
            return _BACKOFF_FIRST_S
        finally:
            if self._socket is not None:
                self._socket = None
                self._lost_s = asyncio.get_running_loop().time()
                await self._handler.alpha_down()

    def _reading(self, socket: ClientConnection) -> AbstractAsyncContextManager[Read]:
        read = partial(receive, socket)
        return nullcontext(read) if self._prepare is None else reading_ahead(read, self._prepare)

    async def _shake_hands(self, socket: ClientConnection) -> Terms:
        constellation = settings_constellation_id(self._terms.settings)
        handshake = InitiatorHandshake(self._signer, Role.AUDITOR, constellation, self._terms, secrets.token_bytes(32))
        await socket.send(encode_cluster_message(handshake.hello))
        reply = await receive_in_handshake(socket)
        if not isinstance(reply, HelloReply):
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "alpha must answer the hello")
        await socket.send(encode_cluster_message(handshake.receive(reply)))
        return handshake.terms
