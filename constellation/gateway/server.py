"""The asyncio shell of the gateway: WebSockets before a :class:`~constellation.gateway.front.Front`.

Each connection has one task that reads and one that writes. Nothing that concerns all clients ever waits for
one of them: the front only fills queues, and a client that lets its queue overflow is closed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from functools import partial
from ssl import SSLContext
from typing import Any

from websockets.asyncio.server import Server, serve
from websockets.exceptions import ConnectionClosed

from constellation.gateway.config import FRAMES_PER_REQUEST
from constellation.gateway.front import Front
from constellation.gateway.session import Session
from constellation.protocol import limits
from constellation.protocol.messages import Code
from constellation.transport.addresses import source_of
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import ListeningSocket, adopt, listen
from constellation.transport.metrics import DoorMetrics
from constellation.transport.pace import Pace
from constellation.transport.turns import Turns
from constellation.transport.visitor import REFUSAL, Manners, Visitor

log = logging.getLogger(__name__)

_PORT = "clients"
_POLICY_VIOLATION = 1008
_INTERNAL_ERROR = 1011
_WEBSOCKET_CODES = {
    Code.SHUTTING_DOWN: 1001,
    Code.HALTED: 1001,
    Code.TOO_LARGE: 1009,
    Code.TOO_MANY_CONNECTIONS: 1013,
    Code.NOT_READY: 1013,
    Code.NO_QUORUM: 1013,
    Code.OVERLOADED: 1013,
}
"""The WebSocket's own reason beside ours; everything else is a policy violation."""


class _QuietLogger(logging.LoggerAdapter[logging.Logger]):
    """Takes what the WebSocket library logs down to DEBUG: a client's mistake is no error of ours."""

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("exc_info", None)
        super().log(logging.DEBUG, msg, *args, **kwargs)

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        return msg, kwargs


class GatewayServer:
    """Listens for clients.

    Args:
        front: whose sessions they get.
        host: to listen on.
        port: to listen on; 0 lets the system choose.
        ssl: for TLS.
        metrics: of the node's ports.
        fileno: of a socket that listens already, instead of host and port.
        room: is waited for before more is read from clients.
    """

    def __init__(
        self,
        front: Front,
        host: str,
        port: int,
        ssl: SSLContext | None = None,
        metrics: DoorMetrics | None = None,
        *,
        fileno: int | None = None,
        room: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._fileno = fileno
        self._room = room
        self._front = front
        self._host = host
        self._port = port
        self._ssl = ssl
        self._metrics = metrics or DoorMetrics()
        self._server: Server | None = None

    def _listen(self) -> ListeningSocket:
        config = self._front.config
        door = DoorLimits(
            config.strangers,
            config.strangers_per_address,
            config.connects_per_second,
            config.connects_burst,
            limits.STRANGER_STAY_S,
        )
        doorstep = Doorstep(door, self._metrics, _PORT)
        refusal = b"" if self._ssl else REFUSAL
        if self._fileno is not None:
            return adopt(self._fileno, doorstep, refusal)
        return listen(self._host, self._port, doorstep, refusal)

    def _welcome(self, listening: ListeningSocket, of_address: Pace, *args: Any, **options: Any) -> Visitor:
        """A connection, which may send frames by the account's rate as it is now."""
        rate = self._front.rate
        manners = Manners(
            limits.MESSAGE_TIMEOUT_S,
            FRAMES_PER_REQUEST * rate.requests_per_second,
            FRAMES_PER_REQUEST * rate.burst,
            of_address,
        )
        return Visitor(listening, manners, self._metrics, _PORT, *args, **options)

    async def start(self) -> int:
        """Listen; the port."""
        listening, per_address = self._listen(), self._front.config.frames_per_second_per_address
        of_address = Pace(per_address, 2 * per_address)
        self._server = await serve(
            self._serve,  # type: ignore[arg-type]  # its connections are visitors
            sock=listening,
            ssl=self._ssl,
            create_connection=partial(self._welcome, listening, of_address),  # type: ignore[arg-type]
            compression=None,
            max_size=limits.CLIENT_FRAME_MAX_BYTES,
            open_timeout=self._front.config.handshake_timeout_s,
            ping_interval=limits.PING_INTERVAL_S,
            ping_timeout=limits.PING_TIMEOUT_S,
            close_timeout=limits.CLOSE_TIMEOUT_S,
            logger=_QuietLogger(logging.getLogger(f"{__name__}.websockets")),
        )
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def stop(self, code: Code = Code.SHUTTING_DOWN, message: str = "alpha is shutting down") -> None:
        """Tell all clients why, close their connections and stop listening."""
        if self._server is None:
            return
        self._server.close(close_connections=False)
        self._front.close_all(code, message)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, socket: Visitor) -> None:
        connection = _Connection(self._front, socket, self._room)
        try:
            await connection.run()
        except Exception:
            # Client input cannot raise, so this is a fault of ours; other connections go on.
            log.exception("client connection failed", extra={"session": connection.session.session_id})
            await socket.close(_INTERNAL_ERROR)
        finally:
            self._front.disconnect(connection.session)


class _Connection:
    """One client's socket and session."""

    def __init__(self, front: Front, socket: Visitor, room: Callable[[], Awaitable[None]] | None) -> None:
        self._socket = socket
        self._room = room
        self._awake = asyncio.Event()
        self._entered = asyncio.Event()
        self._ended = asyncio.Event()
        self._outgoing: deque[bytes] = deque()
        loop = asyncio.get_running_loop()
        self.session: Session = front.connect(source_of(socket.remote_address), loop.time())
        self.session.wake = self._wake
        socket.complain = self.session.close
        self._deadline = loop.call_at(self.session.deadline_s, self._on_deadline)
        self._wake()

    def _on_deadline(self) -> None:
        self.session.tick(self.session.deadline_s)

    def _wake(self) -> None:
        self._awake.set()
        if self.session.is_open:
            self._entered.set()
        if self.session.closing is not None:
            self._ended.set()

    async def run(self) -> None:
        """Serve until the session or the connection ends."""
        work = (self._until_closed(self._read()), self._until_closed(self._write()), self._wait())
        tasks = [asyncio.create_task(item) for item in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._deadline.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self.session.closing is not None:
            await self._say_goodbye()
        for task in done:
            task.result()

    async def _until_closed(self, work: Coroutine[Any, Any, None]) -> None:
        """The usual end is no failure of the task: tasks and failures hold each other until a full collection."""
        try:
            await work
        except ConnectionClosed:
            log.debug("client connection ended", extra={"session": self.session.session_id})

    async def _read(self) -> None:
        turns, is_stranger = Turns(), True
        while self.session.closing is None:
            if self._room is not None:
                await self._room()
            frame = await self._socket.recv()
            if isinstance(frame, str):
                self.session.close(Code.MALFORMED, "a text frame; messages are binary frames")
            else:
                self.session.receive_data(frame)
                self._charge()
                if self.session.is_entering:
                    await self._entered.wait()
                if is_stranger and self.session.is_open:
                    is_stranger = False
                    self._socket.admit(self.session.frame_max_bytes)
            await turns.taken()

    def _charge(self) -> None:
        if self.session.cost:
            self._socket.charge(self.session.cost)
            self.session.cost = 0

    async def _write(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            self._outgoing.extend(self.session.data_to_send())
            while self._outgoing:
                await self._socket.send(self._outgoing.popleft())

    async def _wait(self) -> None:
        await self._ended.wait()

    async def _say_goodbye(self) -> None:
        """Send what is left within the closing time, then close."""
        closing = self.session.closing
        assert closing is not None
        if closing.code is Code.SLOW_READER:
            self._outgoing.clear()
        self._outgoing.extend(self.session.data_to_send())
        try:
            async with asyncio.timeout(limits.CLOSE_TIMEOUT_S):
                while self._outgoing:
                    await self._socket.send(self._outgoing.popleft())
        except (TimeoutError, ConnectionClosed):
            log.debug("client did not read its closing", extra={"session": self.session.session_id})
        await self._socket.close(_WEBSOCKET_CODES.get(closing.code, _POLICY_VIOLATION), closing.code.name)
