"""Alpha's listening side: a thin shell around :class:`~constellation.herald.alpha.AlphaHerald`."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import partial
from ssl import SSLContext
from typing import Protocol

from websockets.asyncio.server import Server, serve
from websockets.exceptions import ConnectionClosed

from constellation.herald.connection import OPTIONS, close_with, receive, receive_in_handshake
from constellation.herald.link import Link, LinkOverflow, ReadBatches
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import ResponderHandshake
from constellation.protocol.limits import (
    CLOSE_TIMEOUT_S,
    CLUSTER_FRAME_MAX_BYTES,
    CONNECTS_PER_SECOND,
    HELLO_MAX_BYTES,
    MEMBER_CONNECTS_BURST,
    MEMBER_FRAMES_BURST,
    MEMBER_FRAMES_PER_SECOND,
    MEMBER_MESSAGE_TIMEOUT_S,
    STRANGER_FRAME_MAX_BYTES,
    STRANGER_STAY_S,
    STRANGERS_MAX,
    STRANGERS_PER_ADDRESS_MAX,
)
from constellation.protocol.messages import (
    Batch,
    ClusterMessage,
    Code,
    Hello,
    HelloProof,
    Role,
    encode_cluster_message,
)
from constellation.protocol.signing import Signer, settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
from constellation.transport.addresses import source_of
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import listen
from constellation.transport.metrics import DoorMetrics
from constellation.transport.pace import Pace
from constellation.transport.turns import Turns
from constellation.transport.visitor import REFUSAL, Manners, Visitor

log = logging.getLogger(__name__)


_PORT = "cluster"
_REPORTS_PER_SECOND = 0.1
_REPORTS_BURST = 10
_LIMITS = DoorLimits(
    STRANGERS_MAX, STRANGERS_PER_ADDRESS_MAX, CONNECTS_PER_SECOND, MEMBER_CONNECTS_BURST, STRANGER_STAY_S
)


class AuditorHandler(Protocol):
    """What the server needs of the node."""

    def auditor_up(self, auditor: bytes, wake: Callable[[], None]) -> Link:
        """A proven auditor has connected; it is not heard any more on an older connection."""

    def auditor_down(self, link: Link) -> None:
        """A connection has ended, maybe one that a newer one has replaced."""

    async def auditor_message(self, auditor: bytes, message: ClusterMessage) -> None:
        """It sent a message; raises ProtocolViolation when the connection must be closed.

        Of all auditors' messages the next one comes only when this one is done: an answer may take several commits, and
        what one auditor has set off must be complete before another one's message builds on it.
        """

    async def read_batches(self, first: int) -> list[Batch]:
        """A chunk of the log from ``first`` on; raises ProtocolViolation when the connection must be closed."""


class ClusterServer:
    """Accepts auditors; one live connection each, the newest wins.

    Args:
        terms: of which alpha serves the last.
        signer: alpha's.
        handler: the node.
        host: to listen on.
        port: to listen on; 0 lets the system choose.
        ssl: for TLS.
        metrics: of the node's ports.
    """

    def __init__(
        self,
        terms: Terms,
        signer: Signer,
        handler: AuditorHandler,
        host: str,
        port: int,
        ssl: SSLContext | None = None,
        metrics: DoorMetrics | None = None,
    ) -> None:
        self._terms = terms
        self._signer = signer
        self._handler = handler
        self._host = host
        self._port = port
        self._ssl = ssl
        self._server: Server | None = None
        self._metrics = metrics or DoorMetrics()
        self._doorstep = Doorstep(_LIMITS, self._metrics, _PORT)
        self._sockets: dict[bytes, Visitor] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._reports = Pace(_REPORTS_PER_SECOND, _REPORTS_BURST)

    async def start(self) -> int:
        """Listen; the port."""
        listening = listen(self._host, self._port, self._doorstep, b"" if self._ssl else REFUSAL)
        # All auditors may be behind one address, and each is paced by itself.
        of_address = Pace(STRANGERS_PER_ADDRESS_MAX * MEMBER_FRAMES_PER_SECOND, MEMBER_FRAMES_BURST)
        manners = Manners(MEMBER_MESSAGE_TIMEOUT_S, MEMBER_FRAMES_PER_SECOND, MEMBER_FRAMES_BURST, of_address)
        self._server = await serve(
            self._serve,  # type: ignore[arg-type]  # its connections are visitors
            sock=listening,
            ssl=self._ssl,
            close_timeout=CLOSE_TIMEOUT_S,
            create_connection=partial(Visitor, listening, manners, self._metrics, _PORT),  # type: ignore[arg-type]
            **{**OPTIONS, "max_size": STRANGER_FRAME_MAX_BYTES},  # type: ignore[arg-type]
        )
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            await asyncio.gather(*self._closing)

    async def _serve(self, socket: Visitor) -> None:
        socket.complain = lambda code, reason: self._dismiss(socket, ProtocolViolation(code, reason))
        try:
            auditor = await self._shake_hands(socket)
            socket.admit(CLUSTER_FRAME_MAX_BYTES)
            log.info("auditor connected", extra={"auditor": encode_public_key(auditor)})
            await self._converse(auditor, socket)
        except ProtocolViolation as error:
            self._report(socket, error)
            await close_with(socket, error)
        except ConnectionClosed:
            log.debug("connection ended")

    def _report(self, socket: Visitor, error: ProtocolViolation) -> None:
        """Log why a connection is closed; a flood of them must not fill the disk."""
        now_s = asyncio.get_running_loop().time()
        level = logging.WARNING if self._reports.admits(source_of(socket.remote_address), now_s) else logging.DEBUG
        log.log(level, "auditor connection refused", extra={"code": error.code.name, "reason": error.message})

    async def _shake_hands(self, socket: Visitor) -> bytes:
        settings = self._terms.settings
        handshake = ResponderHandshake(
            self._signer,
            Role.AUDITOR,
            settings_constellation_id(settings),
            self._terms.appointments,
            secrets.token_bytes(32),
        )
        hello = await receive_in_handshake(socket, HELLO_MAX_BYTES)
        if not isinstance(hello, Hello):
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "the first message must be a hello")
        if not self._terms.knows(hello.key):
            raise ProtocolViolation(Code.UNAUTHORIZED, f"{encode_public_key(hello.key)} is not an auditor here")
        await socket.send(encode_cluster_message(handshake.receive_hello(hello)))
        proof = await receive_in_handshake(socket, HELLO_MAX_BYTES)
        if not isinstance(proof, HelloProof):
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "the second message must be the proof")
        return handshake.receive_proof(proof)

    def _dismiss(self, socket: Visitor, reason: ProtocolViolation) -> None:
        """Close a connection beside others, which must not wait for it."""
        task = asyncio.create_task(self._close_in_time(socket, reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_in_time(self, socket: Visitor, reason: ProtocolViolation) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await close_with(socket, reason)
        except TimeoutError:
            socket.transport.abort()

    async def _converse(self, auditor: bytes, socket: Visitor) -> None:
        awake = asyncio.Event()
        # In one step: whose messages are taken is always whose link the handler knows.
        link = self._handler.auditor_up(auditor, awake.set)
        old = self._sockets.get(auditor)
        self._sockets[auditor] = socket
        if old is not None:
            self._dismiss(old, ProtocolViolation(Code.REPLACED, "a newer connection of this auditor has opened"))
        writing = asyncio.create_task(self._write(link, socket, awake))
        try:
            await self._read(auditor, socket)  # never cancelled: what a message has begun is finished
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._handler.auditor_down(link)
            if self._sockets.get(auditor) is socket:
                del self._sockets[auditor]
            log.info("auditor disconnected", extra={"auditor": encode_public_key(auditor)})

    async def _read(self, auditor: bytes, socket: Visitor) -> None:
        """Read until the connection ends or a newer one has replaced it, whatever is still waiting in it."""
        turns = Turns()
        while True:
            message = await receive(socket)
            await turns.taken()
            try:
                async with self._turn:
                    if self._sockets.get(auditor) is not socket:
                        return
                    await self._handler.auditor_message(auditor, message)
            except LinkOverflow as error:
                raise ProtocolViolation(Code.SLOW_READER, str(error)) from None

    async def _write(self, link: Link, socket: Visitor, awake: asyncio.Event) -> None:
        """Write until it fails; then the connection is closed, which ends the reader, too."""
        try:
            while True:
                message = link.next()
                if isinstance(message, bytes):
                    await socket.send(message)
                elif isinstance(message, ReadBatches):
                    link.provide(await self._handler.read_batches(message.first))
                else:
                    awake.clear()
                    await awake.wait()
        except ConnectionClosed:
            log.debug("connection ended")
        except ProtocolViolation as error:
            log.warning("an auditor must connect again", extra={"code": error.code.name, "reason": error.message})
            await close_with(socket, error)
        except Exception:
            log.exception("an auditor's connection failed")
            await socket.close()
