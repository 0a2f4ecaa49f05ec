"""A node and its signer over their socket: who is let in, what happens when one of them goes, and how long it takes."""

import asyncio
import os
import socket
import struct
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from constellation.node import remote_signer, signer_service, signing
from constellation.node.keys import write_key_file
from constellation.node.node_key import signer_of
from constellation.node.remote_signer import RemoteSigner
from constellation.node.signer_desk import SignerDesk
from constellation.node.signer_record import SignerRecord
from constellation.node.signer_service import FRAME_MAX_BYTES, SignerService
from constellation.node.signing import patiently, watching
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake, ResponderHandshake
from constellation.protocol.messages import (
    BatchHeader,
    Code,
    KeyAnswer,
    LedgerReport,
    Role,
    decode_signer_answer,
    encode_signer_answer,
)
from constellation.protocol.signing import KeyPair, Purpose, SignerRefused, SignerUnavailable
from constellation.testing.world import World, key_of
from tests.herald.support import Chain

pytestmark = pytest.mark.timeout(60)

WORLD = World(auditors=3)
KEY = WORLD.auditors[0]
REPORT = LedgerReport(1, 2, 3, []).to_xdr()


@pytest.fixture
def directory() -> Iterator[Path]:
    """Short: the path of a socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="signer") as name:
        yield Path(name)


_OPEN: list[Any] = []


def connect(path: Path) -> RemoteSigner:
    """A node's side, closed with the test."""
    _OPEN.append(RemoteSigner(path))
    remote: RemoteSigner = _OPEN[-1]
    return remote


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


@asynccontextmanager
async def signer(directory: Path, key: KeyPair = KEY, users: set[int] | None = None) -> AsyncIterator[Path]:
    """A signer on this event loop; its record stays in the directory."""
    path, record_path = directory / "socket", directory / f"{key.address}.record"
    record = SignerRecord(record_path, key.public, WORLD.constellation, create=not record_path.exists())
    failures: list[BaseException] = []
    desk = SignerDesk(key, WORLD.settings, record, signs_decisions=False)
    service = SignerService(desk, path, {os.getuid()} if users is None else users, failures.append)
    await service.start()
    try:
        yield path
    finally:
        await service.stop()
        record.close()
        assert failures == []


def header(number: int, salt: int = 0, epoch: int = 1) -> bytes:
    return BatchHeader(1, epoch, number, 1, 0, 5, bytes([salt]) * 32, bytes(32), None).to_xdr()


def sign_report(remote: RemoteSigner) -> bytes:
    return remote.sign_message(Purpose.LEDGER_REPORT, WORLD.constellation, REPORT)


def sign_header(remote: RemoteSigner, number: int, salt: int = 0) -> bytes:
    return remote.sign_message(Purpose.HEADER, WORLD.constellation, header(number, salt))


async def test_it_signs_as_the_key_itself_would(directory: Path) -> None:
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
        assert (remote.public, remote.address) == (KEY.public, KEY.address)
        expected = KEY.sign_message(Purpose.HEADER, WORLD.constellation, header(1))
        assert await patiently(remote, lambda: sign_header(remote, 1)) == expected


async def test_two_nodes_on_one_signer_get_one_header_for_a_place(directory: Path) -> None:
    async with signer(directory) as path:
        first = await asyncio.to_thread(connect, path)
        second = await asyncio.to_thread(connect, path)
        await patiently(first, lambda: sign_header(first, 1))
        with pytest.raises(SignerRefused, match="another header was signed for batch 1 of epoch 1"):
            await patiently(second, lambda: sign_header(second, 1, salt=1))
        await patiently(second, lambda: sign_header(second, 1))
    with SignerRecordOf(directory) as record:
        [(reason, asked, signed)] = record.conflicts()
        assert reason == "another header was signed for batch 1 of epoch 1"
        assert (asked, signed) == (header(1, salt=1), header(1))


class SignerRecordOf:
    def __init__(self, directory: Path) -> None:
        path = directory / f"{KEY.address}.record"
        self.record = SignerRecord(path, KEY.public, WORLD.constellation, create=False)

    def __enter__(self) -> SignerRecord:
        return self.record

    def __exit__(self, *_: object) -> None:
        self.record.close()


async def test_many_threads_get_their_own_answers(directory: Path) -> None:
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
        found = await asyncio.gather(
            *(patiently(remote, lambda number=number: sign_header(remote, number)) for number in range(1, 101))
        )
        assert found == [
            KEY.sign_message(Purpose.HEADER, WORLD.constellation, header(number)) for number in range(1, 101)
        ]


async def test_a_signer_that_was_restarted_is_found_again_and_remembers(directory: Path) -> None:
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
        await asyncio.to_thread(sign_header, remote, 1)
    async with signer(directory):
        await asyncio.to_thread(sign_header, remote, 1)
        with pytest.raises(SignerRefused, match="another header"):
            await asyncio.to_thread(sign_header, remote, 1, 1)


async def test_a_node_waits_for_its_signer_a_while(directory: Path) -> None:
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
    waiting = asyncio.create_task(patiently(remote, lambda: sign_header(remote, 1)))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    async with signer(directory):
        assert await waiting == KEY.sign_message(Purpose.HEADER, WORLD.constellation, header(1))


async def test_the_event_loop_goes_on_while_a_signer_takes_its_time(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_signer, "TIMEOUT_S", 0.5)
    monkeypatch.setattr(signing, "PATIENCE_S", 0.0)
    remote = connect(Impostor(directory, HELLO, None).path)
    waiting = asyncio.create_task(patiently(remote, lambda: sign_header(remote, 1)))
    turns = 0
    while not waiting.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10
    with pytest.raises(SignerUnavailable):
        await waiting


async def test_a_signer_that_is_gone_ends_the_watch_and_every_signature(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "PATIENCE_S", 0.3)
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
        [watch] = watching(remote)
        task = asyncio.create_task(watch)
        await asyncio.sleep(0.1)
        assert not task.done()
    for waiting in (task, patiently(remote, lambda: sign_header(remote, 1))):
        with pytest.raises(SignerUnavailable, match=r"the signer at .*/socket does not answer"):
            await waiting
    assert watching(KEY) == []


async def test_another_key_at_the_socket_is_not_taken(directory: Path) -> None:
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
    async with signer(directory, WORLD.auditors[1]):
        for ask in (lambda: sign_header(remote, 1), remote.check):
            with pytest.raises(SignerRefused, match="has another key now"):
                await asyncio.to_thread(ask)


async def test_another_user_is_turned_away(directory: Path) -> None:
    async with signer(directory, users={os.getuid() + 1}) as path:
        with pytest.raises(SignerUnavailable):
            await asyncio.to_thread(connect, path)


async def test_the_socket_is_the_owner_s_alone_unless_others_are_named(directory: Path) -> None:
    async with signer(directory) as path:
        assert path.stat().st_mode & 0o777 == 0o600
    async with signer(directory, users={os.getuid(), 4711}) as path:
        assert path.stat().st_mode & 0o777 == 0o666


async def test_a_second_signer_does_not_take_the_socket_and_a_dead_one_s_is_replaced(directory: Path) -> None:
    async with signer(directory) as path:
        service = SignerService(None, path, {os.getuid()}, print)  # type: ignore[arg-type]
        with pytest.raises(OSError, match="another signer listens there"):
            await service.start()
        await asyncio.to_thread(connect, path)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with signer(directory):
        await asyncio.to_thread(connect, path)


@pytest.mark.parametrize("said", [b"\xff" * 8, struct.pack(">I", FRAME_MAX_BYTES + 1), struct.pack(">I", 8) + b"half"])
async def test_nonsense_costs_a_stranger_its_connection_and_the_node_nothing(
    directory: Path, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signer_service, "_FRAME_TIMEOUT_S", 0.1)
    async with signer(directory) as path:
        remote = await asyncio.to_thread(connect, path)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(said)
        assert await reader.read() == b""
        writer.close()
        await asyncio.to_thread(sign_report, remote)


async def test_a_readable_frame_that_is_no_question_is_refused_on_a_connection_that_stays(directory: Path) -> None:
    async with signer(directory) as path:
        reader, writer = await asyncio.open_unix_connection(path)
        for _ in range(2):
            writer.write(struct.pack(">I", 5) + b"hello")
            (length,) = struct.unpack(">I", await reader.readexactly(4))
            assert "cannot be read" in str(decode_signer_answer(await reader.readexactly(length)))
        writer.close()


async def test_connections_are_bounded(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signer_service, "CONNECTIONS_MAX", 2)
    async with signer(directory) as path:
        kept = [await asyncio.to_thread(connect, path) for _ in range(2)]
        with pytest.raises(SignerUnavailable):
            await asyncio.to_thread(connect, path)
        await asyncio.to_thread(sign_report, kept[0])


# --- a signer that misbehaves


class Impostor:
    """Answers as it is told, in a thread."""

    def __init__(self, directory: Path, *answers: bytes | None) -> None:
        self.path = directory / "socket"
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(self.path))
        self.listening.listen()
        self.answers = list(answers)
        self.kept = [self.listening]
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        _OPEN.append(self)

    def _run(self) -> None:
        with suppress(OSError):
            while self.answers:
                connection, _ = self.listening.accept()
                self.kept.append(connection)
                while self.answers and connection.recv(65536):
                    answer = self.answers.pop(0)
                    if answer is not None:
                        connection.sendall(answer)

    def close(self) -> None:
        for item in self.kept:
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for item in self.kept:
            item.close()


def framed(answer: bytes) -> bytes:
    return struct.pack(">I", len(answer)) + answer


HELLO = framed(encode_signer_answer(KeyAnswer(1, KEY.public)))


def test_a_signature_that_does_not_fit_is_not_used(directory: Path) -> None:
    other = key_of("other").sign_message(Purpose.LEDGER_REPORT, WORLD.constellation, REPORT)
    given = framed(b"\x00\x00\x00\x01" + other)
    impostor = Impostor(directory, HELLO, given, HELLO)
    remote = connect(impostor.path)
    with pytest.raises(SignerRefused, match="does not fit"):
        sign_report(remote)
    with pytest.raises(SignerRefused, match="does not fit"):
        sign_report(remote)  # an answer of another kind


def test_a_signer_of_another_version_is_not_used(directory: Path) -> None:
    impostor = Impostor(directory, framed(encode_signer_answer(KeyAnswer(2, KEY.public))))
    with pytest.raises(SignerRefused, match="another version"):
        RemoteSigner(impostor.path)


def test_silence_takes_one_time_out_and_no_more(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_signer, "TIMEOUT_S", 0.3)
    impostor = Impostor(directory, HELLO, None, None)
    remote = connect(impostor.path)
    begin_s = time.monotonic()
    with pytest.raises(SignerUnavailable, match="timed out"):
        sign_report(remote)
    assert 0.25 < time.monotonic() - begin_s < 2


def test_a_late_answer_never_passes_for_the_next_one(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a time-out the connection is left: what comes on it later answers nothing."""
    monkeypatch.setattr(remote_signer, "TIMEOUT_S", 0.3)
    remote = connect(Impostor(directory, HELLO, None).path)
    with pytest.raises(SignerUnavailable):
        sign_report(remote)
    assert remote._socket is None


@pytest.mark.parametrize("answer", [framed(b"\xff" * 8), struct.pack(">I", 2**31), b""])
def test_nonsense_is_no_signer(directory: Path, answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_signer, "TIMEOUT_S", 0.3)
    with pytest.raises(SignerUnavailable):
        RemoteSigner(Impostor(directory, answer).path)


def test_nobody_at_the_socket(directory: Path) -> None:
    path = directory / "socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(SignerUnavailable, match="Connection refused"), signer_of(path):
        pass


async def test_a_socket_in_place_of_a_key_file_is_a_signer(directory: Path) -> None:
    def ask(path: Path) -> tuple[bool, str]:
        with signer_of(path) as found:
            return isinstance(found, RemoteSigner), found.address

    async with signer(directory) as path:
        assert await asyncio.to_thread(ask, path) == (True, KEY.address)
    write_key_file(directory / "node.seed", KEY)
    assert ask(directory / "node.seed") == (False, KEY.address)


# --- members without a key


class Gone:
    """A signer that is not there now."""

    public, address = KEY.public, KEY.address

    def check(self) -> None:
        raise SignerUnavailable("gone")

    def sign_message(self, purpose: Purpose, constellation: bytes, xdr: bytes) -> bytes:
        raise SignerUnavailable("gone")

    def sign_transaction(self, signature_base: bytes) -> bytes:
        raise SignerUnavailable("gone")


def test_a_handshake_without_a_signer_closes_the_connection_and_says_why() -> None:
    alpha = ResponderHandshake(WORLD.alpha, Role.AUDITOR, WORLD.constellation, [], bytes(32))
    auditor = InitiatorHandshake(Gone(), Role.AUDITOR, WORLD.constellation, WORLD.terms, bytes(32))
    reply = alpha.receive_hello(auditor.hello)
    with pytest.raises(ProtocolViolation, match="cannot prove its key now: gone") as caught:
        auditor.receive(reply)
    assert caught.value.code is Code.NOT_READY
    silent = ResponderHandshake(Gone(), Role.AUDITOR, WORLD.constellation, [], bytes(32))
    with pytest.raises(ProtocolViolation, match="cannot prove its key now"):
        silent.receive_hello(auditor.hello)


def test_a_promise_without_a_signer_is_not_given() -> None:
    from constellation.herald.own_promise import OwnPromise

    chain = Chain(WORLD)

    class Empty:
        stored_header = certificate = None

    own = OwnPromise(Gone(), bytes(32), None)
    with pytest.raises(ProtocolViolation, match="cannot promise now"):
        own.give(chain.world.terms, 1, Empty(), is_recovering=False)  # type: ignore[arg-type]
    assert own.epoch == 0
