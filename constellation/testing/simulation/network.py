"""A network of TCP connections that can be slow, cut, clogged and half-open.

Bytes of one direction arrive in order, as TCP delivers them: loss and reordering below it show as delay. What breaks a
connection is that its process ends, that somebody closes it, or that data reaches a machine which does not know it.
Packets that meet a cut wait behind it, and arrive when it is gone.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any, Final

from constellation.testing.simulation.hosts import Host, Process, ProcessState
from constellation.transport.addresses import source_of
from constellation.transport.doorstep import Doorstep
from constellation.transport.listening import ListeningSocket

Address = tuple[str, int]
"""Host and port."""

Mangler = Callable[[bytes], list[bytes]]
"""What becomes of a piece of data on its way."""

_WINDOW_BYTES: Final = 64 * 1024
_CONNECT_TIMEOUT_S: Final = 75.0
_SPLIT_CHANCE: Final = 0.02


class Network:
    """All machines and the ways between them.

    Args:
        random: draws delays.

    Attributes:
        delay_s: the shortest time from one machine to another, by default and by pair.
        jitter_s: what comes on top, at most, most of the time.
        cuts: pairs of names (from, to) between which nothing passes.
        mangler: what happens to data on the way from one process to another, if anything.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._hosts: dict[str, Host] = {}
        self._listeners: dict[Address, Server] = {}
        self._transports: dict[Transport, None] = {}
        self._next_port = 40_000
        self.delay_s = 0.0005
        self.jitter_s = 0.002
        self.delays_s: dict[tuple[str, str], float] = {}
        self.cuts: dict[tuple[str, str], None] = {}
        self.mangler: Callable[[Process, Process, int], Mangler | None] = lambda *_: None

    def add(self, host: Host) -> None:
        """Connect a machine."""
        self._hosts[host.address] = host
        host.on_end = self.process_ended

    # --- faults -------------------------------------------------------------------------------------------------

    def cut(self, source: Host, target: Host) -> None:
        """Let nothing pass from ``source`` to ``target``."""
        self.cuts[source.name, target.name] = None

    def mend(self, source: Host, target: Host) -> None:
        """Let pass what was held up."""
        if self.cuts.pop((source.name, target.name), ...) is None:
            self._poke()

    def mend_all(self) -> None:
        """No cut is left."""
        self.cuts.clear()
        self._poke()

    def _poke(self) -> None:
        for transport in list(self._transports):
            transport.pipe.poke()

    def passes(self, source: Host, target: Host) -> bool:
        """Whether data gets from one machine to the other now."""
        return target.is_powered and (source.name, target.name) not in self.cuts

    def travel_s(self, source: Host, target: Host) -> float:
        """How long a packet takes."""
        if source is target:
            return 0.00002
        fixed = self.delays_s.get((source.name, target.name), self.delay_s)
        return fixed + self._random.random() ** 4 * self.jitter_s

    def process_ended(self, process: Process) -> None:
        """A process is gone; its machine tells the others, unless it is gone, too."""
        for address, server in list(self._listeners.items()):
            if server.process is process:
                del self._listeners[address]
        for transport in [item for item in self._transports if item.process is process]:
            transport.vanish(tells=process.host.is_powered)

    def reset_all(self, host: Host) -> None:
        """Break every connection of a machine, as a router does that was switched off and on."""
        for transport in [item for item in self._transports if item.process.host is host]:
            transport.break_off()

    # --- connections --------------------------------------------------------------------------------------------

    def listen(
        self,
        process: Process,
        address: Address,
        factory: Callable[[], asyncio.Protocol],
        listening: ListeningSocket | None = None,
    ) -> "Server":
        """Accept connections at ``address``, whom ``listening`` lets in; port 0 chooses one."""
        if not address[1]:
            address = (address[0], self._free_port())
        if address in self._listeners:
            raise OSError(98, f"{address} is in use")
        server = self._listeners[address] = Server(self, process, address, factory, listening)
        return server

    def unlisten(self, server: "Server") -> None:
        """Accept no more."""
        if self._listeners.get(server.address) is server:
            del self._listeners[server.address]

    def _free_port(self) -> int:
        self._next_port += 1
        return self._next_port

    async def reach(self, process: Process, target: Address) -> None:
        """Open a way to ``target``.

        Raises:
            ConnectionRefusedError: nobody listens there.
            TimeoutError: there is no answer.
        """
        host = self._hosts.get(target[0])
        if host is None:
            raise OSError(113, f"there is no way to {target[0]}")
        waited_s = 0.0
        while not (self.passes(process.host, host) and self.passes(host, process.host)):
            if waited_s > _CONNECT_TIMEOUT_S:
                raise TimeoutError(110, f"{target} does not answer")
            waited_s += 1.0
            await asyncio.sleep(1.0)
        await asyncio.sleep(self.travel_s(process.host, host) + self.travel_s(host, process.host))
        if target not in self._listeners:
            raise ConnectionRefusedError(111, f"nobody listens at {target}")

    def connect(
        self, process: Process, target: Address, factory: Callable[[], asyncio.Protocol]
    ) -> tuple["Transport", asyncio.Protocol]:
        """A connection to ``target``, which has been reached.

        Raises:
            ConnectionRefusedError: nobody listens there any more.
        """
        server = self._listeners.get(target)
        if server is None:
            raise ConnectionRefusedError(111, f"nobody listens at {target}")
        source = (process.host.address, self._free_port())
        near, far = (
            Transport(self, process, source, target, 0),
            Transport(self, server.process, target, source, source[1]),
        )
        near.pipe, far.pipe = Pipe(self, near, far), Pipe(self, far, near)
        near.pipe.mangle = self.mangler(process, server.process, target[1])
        far.pipe.mangle = self.mangler(server.process, process, target[1])
        self._transports[near] = self._transports[far] = None
        protocol = factory()
        near.set_protocol(protocol)
        asyncio.get_running_loop().call_soon(server.accept, far, context=server.process.context)
        protocol.connection_made(near)
        return near, protocol

    def forget(self, transport: "Transport") -> None:
        """A connection has ended on one side."""
        self._transports.pop(transport, None)

    def splits(self, data: bytes) -> list[bytes]:
        """``data`` as it may come out of a socket."""
        if len(data) > 1 and self._random.random() < _SPLIT_CHANCE:
            place = self._random.randrange(1, len(data))
            return [data[:place], data[place:]]
        return [data]


class _Socket:
    """As much of a socket as servers ask for."""

    family = socket.AF_INET

    def __init__(self, address: Address, number: int = 0) -> None:
        self._address = address
        self._number = number

    def getsockname(self) -> Address:
        return self._address

    def fileno(self) -> int:
        return self._number

    def setsockopt(self, *_options: object) -> None:
        """There is nothing to set."""


class Listening(ListeningSocket):
    """A listening socket that is only asked whom it lets in.

    Args:
        host: where it is in the simulation.
        port: the same.
        doorstep: counts strangers.
        refusal: nobody reads it.
    """

    def __init__(self, host: str, port: int, doorstep: Doorstep, refusal: bytes = b"") -> None:
        super().__init__(socket.AF_INET, doorstep, refusal)
        self.address = host, port


class Server(asyncio.AbstractServer):
    """Somebody who listens."""

    def __init__(
        self,
        network: Network,
        process: Process,
        address: Address,
        factory: Callable[[], asyncio.Protocol],
        listening: ListeningSocket | None,
    ) -> None:
        self._network = network
        self._listening = listening
        self._factory = factory
        self.process = process
        self.address = address
        self.sockets = (_Socket(address),)

    def accept(self, transport: "Transport") -> None:
        """Somebody has connected; who is not let in is cut off, as :class:`ListeningSocket` does it."""
        listening = self._listening
        if listening is not None:
            source = source_of(transport.get_extra_info("peername"))
            if listening.doorstep.enter(source, asyncio.get_running_loop().time()) is not None:
                transport.abort()
                return
            listening.welcome(transport.number, source, transport.abort)
            transport.on_end = lambda: listening.admit(transport.number)
        protocol = self._factory()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)

    def close(self) -> None:
        """Accept no more."""
        self._network.unlisten(self)

    def is_serving(self) -> bool:
        """Always, until it is closed."""
        return True

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The simulation's."""
        return asyncio.get_running_loop()

    async def serve_forever(self) -> None:
        """Nothing needs to be done for it."""
        await asyncio.Event().wait()

    async def start_serving(self) -> None:
        """It does."""

    async def wait_closed(self) -> None:
        """It is."""


_END = b""


class Pipe:
    """One direction of a connection."""

    def __init__(self, network: Network, source: "Transport", target: "Transport") -> None:
        self._network = network
        self._source = source
        self._target = target
        self._chunks: deque[tuple[float, bytes]] = deque()
        self._arrives_s = 0.0
        self._is_scheduled = False
        self.mangle: Mangler | None = None
        self.unread_bytes = 0

    def send(self, data: bytes) -> None:
        """Put data on its way; ``b""`` is the end."""
        pieces = [data] if self.mangle is None or not data else self.mangle(data)
        loop = asyncio.get_running_loop()
        for piece in pieces:
            travel_s = self._network.travel_s(self._source.process.host, self._target.process.host)
            self._arrives_s = max(self._arrives_s, loop.time() + travel_s)
            self._chunks.append((self._arrives_s, piece))
            self.unread_bytes += len(piece)
        self.poke()

    def poke(self) -> None:
        """Deliver what can be delivered."""
        if self._chunks and not self._is_scheduled and self._is_open:
            self._is_scheduled = True
            loop = asyncio.get_running_loop()
            loop.call_at(max(loop.time(), self._chunks[0][0]), self._deliver, context=self._target.context)

    @property
    def _is_open(self) -> bool:
        source, target = self._source.process.host, self._target.process.host
        return self._network.passes(source, target) and not self._target.is_reading_paused

    def _deliver(self) -> None:
        self._is_scheduled = False
        if not self._chunks or not self._is_open:
            return
        _, data = self._chunks.popleft()
        self.unread_bytes -= len(data)
        if self._target.is_open:
            self._target.receive(data, self._network)
        else:
            self._target.reset_peer()
        self._source.flushed()
        self.poke()

    def clear(self) -> None:
        """Nothing of it will arrive."""
        self._chunks.clear()
        self.unread_bytes = 0

    def target_vanished(self) -> None:
        """Nobody takes what arrives; the machine at the other end will say so."""
        self._is_scheduled = False
        self.poke()


class Transport(asyncio.Transport):
    """One end of a connection."""

    def __init__(self, network: Network, process: Process, own: Address, peer: Address, number: int) -> None:
        super().__init__({"sockname": own, "peername": peer, "socket": _Socket(own, number)})
        self.number = number
        self.on_end: Callable[[], None] = lambda: None
        self._network = network
        self.process = process
        self.pipe: Pipe
        self.is_open = True
        self.is_reading_paused = False
        self._is_closing = False
        self._is_writing_paused = False
        self._high_bytes, self._low_bytes = _WINDOW_BYTES, _WINDOW_BYTES // 4
        self._protocol: asyncio.BaseProtocol | None = None

    @property
    def context(self) -> Any:
        """In which its protocol is called; of nobody when the process is gone, so that its machine can answer."""
        return None if self.process.state is ProcessState.ENDED else self.process.context

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """See :class:`asyncio.BaseTransport`."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """See :class:`asyncio.BaseTransport`."""
        assert self._protocol is not None
        return self._protocol

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """See :class:`asyncio.WriteTransport`."""
        if not data or not self.is_open or self._is_closing:
            return
        self.pipe.send(bytes(data))
        if self.pipe.unread_bytes > self._high_bytes and not self._is_writing_paused:
            self._is_writing_paused = True
            self.get_protocol().pause_writing()

    def writelines(self, list_of_data: Any) -> None:
        """See :class:`asyncio.WriteTransport`."""
        self.write(b"".join(list_of_data))

    def flushed(self) -> None:
        """Some of it was read at the other end."""
        if self._is_writing_paused and self.is_open and self.pipe.unread_bytes <= self._low_bytes:
            self._is_writing_paused = False
            self._call(self.get_protocol().resume_writing)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """See :class:`asyncio.WriteTransport`."""
        self._high_bytes = _WINDOW_BYTES if high is None else high
        self._low_bytes = self._high_bytes // 4 if low is None else low

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """See :class:`asyncio.WriteTransport`."""
        return self._low_bytes, self._high_bytes

    def get_write_buffer_size(self) -> int:
        """See :class:`asyncio.WriteTransport`."""
        return self.pipe.unread_bytes

    def can_write_eof(self) -> bool:
        """See :class:`asyncio.WriteTransport`."""
        return True

    def write_eof(self) -> None:
        """See :class:`asyncio.WriteTransport`."""
        if self.is_open and not self._is_closing:
            self._is_closing = True
            self.pipe.send(_END)

    # --- reading ------------------------------------------------------------------------------------------------

    def pause_reading(self) -> None:
        """See :class:`asyncio.ReadTransport`."""
        self.is_reading_paused = True

    def resume_reading(self) -> None:
        """See :class:`asyncio.ReadTransport`."""
        self.is_reading_paused = False
        self._peer_pipe().poke()

    def is_reading(self) -> bool:
        """See :class:`asyncio.ReadTransport`."""
        return not self.is_reading_paused

    def _peer_pipe(self) -> Pipe:
        return self.pipe._target.pipe

    def receive(self, data: bytes, network: Network) -> None:
        """Something has arrived; runs as the process."""
        protocol = self.get_protocol()
        assert isinstance(protocol, asyncio.Protocol)
        if data:
            for piece in network.splits(data):
                if self.is_open:
                    protocol.data_received(piece)
        elif not protocol.eof_received():
            self.close()

    # --- the end ------------------------------------------------------------------------------------------------

    def is_closing(self) -> bool:
        """See :class:`asyncio.BaseTransport`."""
        return self._is_closing or not self.is_open

    def close(self) -> None:
        """End the connection after what was written."""
        if self.is_open:
            if not self._is_closing:
                self._is_closing = True
                self.pipe.send(_END)
            self._lose(None)

    def abort(self) -> None:
        """End the connection at once."""
        if self.is_open:
            self.pipe.clear()
            self._lose(None)
            self.reset_peer()

    def break_off(self) -> None:
        """Both ends learn that the connection is broken."""
        if self.is_open:
            self.pipe.clear()
            self._lose(ConnectionResetError(104, "connection reset by peer"))
            self.reset_peer()

    def _lose(self, error: Exception | None) -> None:
        self.is_open = False
        self.on_end()
        self._network.forget(self)
        if self._protocol is not None:
            self._call(self._protocol.connection_lost, error)

    def _call(self, callback: Callable[..., object], *args: object) -> None:
        if self.process.state is not ProcessState.ENDED:
            asyncio.get_running_loop().call_soon(callback, *args, context=self.process.context)

    def vanish(self, *, tells: bool) -> None:
        """The process is gone; what it had written arrives if its machine ``tells``, and then the end."""
        self.is_open = self.is_reading_paused = False
        self._network.forget(self)
        if tells:
            self.reset_peer()
        else:
            self.pipe.clear()
        self._peer_pipe().target_vanished()

    def reset_peer(self) -> None:
        """Tell the other end that there is nobody here; a cut holds that up."""
        peer, source = self.pipe._target, self.process.host

        def reset() -> None:
            if not self._network.passes(source, peer.process.host):
                loop.call_later(1.0, reset, context=peer.context)
            elif peer.is_open:
                peer.pipe.clear()
                peer._lose(ConnectionResetError(104, "connection reset by peer"))

        loop = asyncio.get_running_loop()
        loop.call_later(self._network.travel_s(source, peer.process.host), reset, context=peer.context)
