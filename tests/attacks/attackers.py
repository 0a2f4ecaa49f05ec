"""Attackers, in a process of their own: ``python -m tests.attacks.attackers`` with an :class:`Order` on standard input.

They speak to sockets by hand, because a library would not do what they do. Each kind of attack is a coroutine that
runs until it is cancelled, on many connections at once; how connections ended is counted and printed at the end.
"""

import asyncio
import json
import os
import struct
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.messages import (
    Closing,
    EpochProposal,
    HelloReply,
    Payment,
    QueryAccount,
    QueryBook,
    QueryProof,
    Request,
    Resume,
    Role,
    SignedRequest,
    StateEntryType,
    Submit,
    decode_client_message,
    decode_cluster_message,
    encode_client_message,
    encode_cluster_message,
)
from constellation.protocol.settings_json import settings_from_json
from constellation.protocol.signing import KeyPair, Purpose, settings_constellation_id, signing_hash
from constellation.protocol.terms import Terms

TEXT, BINARY, PING = 1, 2, 9
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: alpha\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
_NICE = 19
_FAILED_PAUSE_S = 0.05


@dataclass
class Order:
    """What attackers are to do.

    Attributes:
        kind: name of an attack.
        port: of alpha, on this machine.
        settings: path of the constellation's settings.
        seconds: how long.
        connections: at once.
        sources: network addresses they come from, in turn.
        seed: of an account with money, or of an auditor, in hexadecimal; it must not be one that matters.
        destination: account that is paid.
    """

    kind: str
    port: int
    settings: str
    seconds: float
    connections: int
    sources: tuple[str, ...] = ("127.0.0.2",)
    seed: str = "00" * 32
    destination: str = "00" * 32


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0) -> bytes:
    """A masked WebSocket frame; the mask is zero, so the payload is as it is."""
    head = bytes([(0x80 if fin else 0) | reserved | opcode])
    if len(payload) < 126:
        return head + bytes([0x80 | len(payload)]) + bytes(4) + payload
    if len(payload) < 2**16:
        return head + b"\xfe" + struct.pack(">H", len(payload)) + bytes(4) + payload
    return head + b"\xff" + struct.pack(">Q", len(payload)) + bytes(4) + payload


class Peer:
    """One connection of an attacker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()
        await asyncio.sleep(0)  # drain does not suspend while the socket takes everything

    async def upgrade(self, extra: bytes = b"") -> bytes:
        """Open the WebSocket; the head of the answer."""
        await self.send(UPGRADE + extra + b"\r\n")
        return await self.reader.readuntil(b"\r\n\r\n")

    async def receive(self) -> tuple[int, bytes]:
        """The next frame: its opcode and payload."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(size)

    async def read_until_closed(self) -> str:
        """Read everything; how the other side ended the connection."""
        reason = "EOF"
        try:
            while True:
                opcode, payload = await self.receive()
                if opcode == BINARY:
                    reason = _closing(payload) or reason
                elif opcode == 8:
                    return reason if reason != "EOF" else str(struct.unpack(">H", payload[:2])[0])
        except (asyncio.IncompleteReadError, OSError):
            return reason


def _closing(payload: bytes) -> str | None:
    for decode in (decode_client_message, decode_cluster_message):
        try:
            message = decode(payload)
        except Exception:  # a message of the other port
            continue
        if isinstance(message, Closing):
            return message.code.name
    return None


class Attack:
    """What all kinds share."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.terms = Terms(settings_from_json(json.loads(Path(order.settings).read_text())))
        self.constellation = settings_constellation_id(self.terms.settings)
        self.key_pair = KeyPair(bytes.fromhex(order.seed))
        self.ended: Counter[str] = Counter()
        self._sources = count()
        self.nonces = count(time.time_ns() // 1000)

    @asynccontextmanager
    async def peer(self) -> AsyncIterator[Peer]:
        source = self.order.sources[next(self._sources) % len(self.order.sources)]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.order.port, local_addr=(source, 0))
        try:
            yield Peer(reader, writer)
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def proven(self, key_pair: KeyPair | None = None, role: Role = Role.CLIENT) -> AsyncIterator[Peer]:
        """A connection that has shaken hands; any key will do with a client."""
        encode = encode_client_message if role is Role.CLIENT else encode_cluster_message
        decode = decode_client_message if role is Role.CLIENT else decode_cluster_message
        async with self.peer() as peer:
            await peer.upgrade()
            handshake = InitiatorHandshake(key_pair or self.key_pair, role, self.constellation, self.terms, bytes(32))
            await peer.send(frame(BINARY, encode(handshake.hello)))
            reply = decode((await peer.receive())[1])
            if not isinstance(reply, HelloReply):
                self.ended[reply.code.name if isinstance(reply, Closing) else "?"] += 1
                raise ConnectionError
            await peer.send(frame(BINARY, encode(handshake.receive(reply))))
            if role is Role.CLIENT:
                await peer.receive()
            yield peer

    def stranger(self, number: int) -> KeyPair:
        return KeyPair(sha256(number.to_bytes(8, "big")).digest())

    def submit(self, number: int) -> bytes:
        """A payment that alpha would execute, were it not too many."""
        validity_us = 20_000_000
        payment = Payment(bytes.fromhex(self.order.destination), 0, 1)
        request = Request(self.key_pair.public, None, next(self.nonces), time.time_ns() // 1000 + validity_us, payment)
        signature = self.key_pair.sign(signing_hash(Purpose.REQUEST, self.constellation, request.to_xdr()))
        return frame(BINARY, encode_client_message(Submit(number, SignedRequest(request, signature))))

    async def run(self) -> None:
        """Attack on all connections until time is up."""
        tasks = [asyncio.create_task(self._again(number)) for number in range(self.order.connections)]
        await asyncio.sleep(self.order.seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, number: int) -> None:
        attack = KINDS[self.order.kind]
        while True:
            try:
                await attack(self, number)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.ended[type(error).__name__] += 1
                await asyncio.sleep(_FAILED_PAUSE_S)

    async def ends(self, peer: Peer) -> None:
        """Count how the connection ends."""
        self.ended[await peer.read_until_closed()] += 1


async def idle(attack: Attack, _number: int) -> None:
    async with attack.peer() as peer:
        await attack.ends(peer)


async def upgrade_loris(attack: Attack, _number: int) -> None:
    async with attack.peer() as peer:
        ends = asyncio.create_task(attack.ends(peer))
        for byte in UPGRADE * 100:
            if ends.done():
                return
            await peer.send(bytes([byte]))
            await asyncio.sleep(0.1)


async def handshake_loris(attack: Attack, _number: int) -> None:
    async with attack.peer() as peer:
        await peer.upgrade()
        await attack.ends(peer)


async def frame_loris(attack: Attack, number: int) -> None:
    async with attack.proven(attack.stranger(number)) as peer:
        ends = asyncio.create_task(attack.ends(peer))
        for byte in frame(BINARY, bytes(10_000)):
            if ends.done():
                return
            await peer.send(bytes([byte]))
            await asyncio.sleep(0.1)


async def fragments(attack: Attack, number: int) -> None:
    """A message that never ends."""
    async with attack.proven(attack.stranger(number)) as peer:
        ends = asyncio.create_task(attack.ends(peer))
        await peer.send(frame(BINARY, fin=False))
        while not ends.done():
            await peer.send(frame(0, fin=False) * 1000)


async def connect_storm(attack: Attack, _number: int) -> None:
    async with attack.peer():
        attack.ended["connected"] += 1


async def handshake_storm(attack: Attack, number: int) -> None:
    async with attack.proven(attack.stranger(number)):
        attack.ended["proven"] += 1


async def oversized(attack: Attack, number: int) -> None:
    async with attack.proven(attack.stranger(number)) as peer:
        await peer.send(b"\x82\xff" + struct.pack(">Q", 2**40) + bytes(4) + bytes(100_000))
        await attack.ends(peer)


async def compression(attack: Attack, number: int) -> None:
    """Compression is offered, not agreed on, and used."""
    async with attack.peer() as peer:
        head = await peer.upgrade(b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
        if b"deflate" in head:
            attack.ended["compression agreed"] += 1
        await peer.send(frame(BINARY, bytes(1000), reserved=0x40))
        await attack.ends(peer)


async def pings(attack: Attack, number: int) -> None:
    """The answers are not read."""
    async with attack.proven(attack.stranger(number)) as peer:
        flood = frame(PING, bytes(125)) * 100
        while True:
            await peer.send(flood)


async def tiny_pings(attack: Attack, number: int) -> None:
    async with attack.proven(attack.stranger(number)) as peer:
        ends = asyncio.create_task(attack.ends(peer))
        flood = frame(PING) * 1000
        while not ends.done():
            await peer.send(flood)


async def garbage(attack: Attack, number: int) -> None:
    """Before the upgrade, and after it."""
    async with attack.peer() as peer:
        if number % 2:
            await peer.upgrade()
        await peer.send(os.urandom(4000))
        await attack.ends(peer)


async def text(attack: Attack, number: int) -> None:
    async with attack.proven(attack.stranger(number)) as peer:
        await peer.send(frame(TEXT, b'{"amount": NaN}') * 1000)
        await attack.ends(peer)


async def one_account(attack: Attack, number: int) -> None:
    await _submit(attack, attack.key_pair, number)


async def many_accounts(attack: Attack, number: int) -> None:
    await _submit(attack, attack.stranger(number), number)


async def _submit(attack: Attack, key_pair: KeyPair, number: int) -> None:
    async with attack.proven(key_pair) as peer:
        ends = asyncio.create_task(attack.ends(peer))
        flood = b"".join(attack.submit(place) for place in range(50))
        while not ends.done():
            await peer.send(flood)


async def queries(attack: Attack, number: int) -> None:
    """The cheapest to ask and dearest to answer."""
    async with attack.proven(attack.stranger(number)) as peer:
        ends = asyncio.create_task(attack.ends(peer))
        flood = frame(BINARY, encode_client_message(QueryBook(1, 0, 200)))
        flood += frame(BINARY, encode_client_message(QueryAccount(2, None)))
        while not ends.done():
            await peer.send(flood * 100)


async def histories(attack: Attack, number: int) -> None:
    """Of an account with a long one; and proofs."""
    async with attack.proven() as peer:
        ends = asyncio.create_task(attack.ends(peer))
        proof = QueryProof(1, StateEntryType.ACCOUNT_ENTRY, attack.key_pair.public)
        flood = frame(BINARY, encode_client_message(Resume(2, 0))) + frame(BINARY, encode_client_message(proof))
        while not ends.done():
            await peer.send(flood * 20)
            await asyncio.sleep(0.01)


async def never_reads(attack: Attack, number: int) -> None:
    """All that happens to the account is pushed to connections that read nothing."""
    async with attack.proven() as peer:
        peer.writer.transport.pause_reading()
        while True:
            await peer.send(attack.submit(1))
            await asyncio.sleep(0.05)


async def half_open(attack: Attack, number: int) -> None:
    """The peer has gone: it neither reads, nor answers pings, nor ends."""
    async with attack.proven(attack.stranger(number)) as peer:
        peer.writer.transport.pause_reading()
        await asyncio.sleep(3600)


# The cluster port.


async def unknown_auditors(attack: Attack, number: int) -> None:
    async with attack.proven(attack.stranger(number), Role.AUDITOR):
        attack.ended["proven"] += 1


async def auditor_storm(attack: Attack, _number: int) -> None:
    """Many connections with one auditor's key: each replaces the one before."""
    async with attack.proven(role=Role.AUDITOR) as peer:
        await attack.ends(peer)


async def auditor_flood(attack: Attack, _number: int) -> None:
    """An auditor sends what makes no sense, as fast as it can."""
    async with attack.proven(role=Role.AUDITOR) as peer:
        ends = asyncio.create_task(attack.ends(peer))
        while not ends.done():
            await peer.send(frame(BINARY, encode_cluster_message(EpochProposal(1))) * 1000)


async def auditor_pings(attack: Attack, _number: int) -> None:
    """An auditor keeps alpha answering pings, and reads nothing."""
    async with attack.proven(role=Role.AUDITOR) as peer:
        while True:
            await peer.send(frame(PING, bytes(125)) * 100)


async def replayed_handshake(attack: Attack, _number: int) -> None:
    """The recorded words of an auditor, whose key the attacker does not have."""
    handshake = InitiatorHandshake(attack.key_pair, Role.AUDITOR, attack.constellation, attack.terms, bytes(32))
    async with attack.peer() as recorded:
        await recorded.upgrade()
        await recorded.send(frame(BINARY, encode_cluster_message(handshake.hello)))
        reply = decode_cluster_message((await recorded.receive())[1])
        assert isinstance(reply, HelloReply)
        words = [handshake.hello, handshake.receive(reply)]
    async with attack.peer() as peer:
        await peer.upgrade()
        for word in words:
            await peer.send(frame(BINARY, encode_cluster_message(word)))
        await attack.ends(peer)


# The HTTP port.


async def status_flood(attack: Attack, number: int) -> None:
    async with attack.peer() as peer:
        path = ("status", "metrics")[number % 2].encode()
        await peer.send(b"GET /" + path + b" HTTP/1.1\r\nHost: alpha\r\n\r\n" * 20)
        while await peer.reader.read(2**16):
            pass
        attack.ended["EOF"] += 1


KINDS: dict[str, Callable[[Attack, int], Awaitable[None]]] = {
    attack.__name__: attack
    for attack in (
        idle, upgrade_loris, handshake_loris, frame_loris, fragments, connect_storm, handshake_storm, oversized,
        compression, pings, tiny_pings, garbage, text, one_account, many_accounts, queries, histories, never_reads,
        half_open, unknown_auditors, auditor_storm, auditor_flood, auditor_pings, replayed_handshake, status_flood,
    )
}  # fmt: skip


def main() -> None:
    os.nice(_NICE)
    attack = Attack(Order(**json.loads(sys.stdin.readline())))
    sys.stdout.write("attacking\n")
    sys.stdout.flush()
    asyncio.run(attack.run())
    sys.stdout.write(json.dumps(attack.ended) + "\n")


def words(order: Order) -> bytes:
    """An order as the process reads it."""
    return json.dumps(asdict(order)).encode() + b"\n"


if __name__ == "__main__":
    main()
