"""A key that another process keeps (``constellation signer``), reached over a Unix socket of this machine.

A signature takes about as long as that process needs to note on its disk what it signs, and never longer than a strict
time-out: what is signed rarely (promises, handshakes, reports) is signed synchronously, where the code that wants it is
free of input and output; votes and headers, which come with every batch, are signed in a thread
(:mod:`constellation.node.signing`). Every signature is verified before it is used.
"""

import socket
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

from constellation.node.signer_service import FRAME_MAX_BYTES, LENGTH
from constellation.protocol.messages import (
    SIGNER_VERSION,
    GivenSignature,
    KeyAnswer,
    KeyQuestion,
    MessageToSign,
    SignerAnswer,
    SignerQuestion,
    SignerRefusal,
    TransactionToSign,
    decode_signer_answer,
    encode_signer_question,
)
from constellation.protocol.signing import (
    Purpose,
    SignerRefused,
    SignerUnavailable,
    message_digest,
    verify,
)
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.xdr import MalformedMessage

TIMEOUT_S: Final = 1.0
"""For one signature, whatever happens: as long the event loop may stand still."""


class RemoteSigner:
    """The :class:`~constellation.protocol.signing.Signer` behind a socket; it may be used by several threads.

    Args:
        path: of the socket.

    Raises:
        SignerUnavailable: nobody answers there.
        SignerRefused: it is of another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._public: bytes | None = None
        try:
            self.check()
        except SignerRefused:
            self.close()
            raise

    @property
    def public(self) -> bytes:
        """The public key."""
        assert self._public is not None
        return self._public

    @property
    def address(self) -> str:
        """The public key as Stellar writes it, ``G…``."""
        return encode_public_key(self.public)

    def sign_message(self, purpose: Purpose, constellation: bytes, xdr: bytes) -> bytes:
        """The signature of a node's message.

        Raises:
            SignerUnavailable: nobody answers in time.
            SignerRefused: it breaks a rule of the signer's.
        """
        question = MessageToSign(purpose, constellation, xdr)
        return self._signature(question, message_digest(purpose, constellation, xdr))

    def sign_transaction(self, signature_base: bytes) -> bytes:
        """The signature of a Stellar transaction.

        Raises:
            SignerUnavailable: nobody answers in time.
            SignerRefused: it breaks a rule of the signer's.
        """
        return self._signature(TransactionToSign(signature_base), sha256(signature_base).digest())

    def check(self) -> None:
        """Ask whether it is there, and still has the key that it had.

        Raises:
            SignerUnavailable: nobody answers in time.
            SignerRefused: it has another key, or is of another version.
        """
        self._check_key(self._ask(KeyQuestion(SIGNER_VERSION)))

    def close(self) -> None:
        """Leave; another question would connect again."""
        with self._lock:
            self._close()

    def _check_key(self, answer: SignerAnswer) -> None:
        if not isinstance(answer, KeyAnswer) or answer.version != SIGNER_VERSION:
            raise SignerRefused(f"the signer at {self.path} is of another version")
        if self._public not in (None, answer.key):
            raise SignerRefused(f"the signer at {self.path} has another key now: {encode_public_key(answer.key)}")
        self._public = answer.key

    def _signature(self, question: SignerQuestion, digest: bytes) -> bytes:
        answer = self._ask(question)
        if isinstance(answer, SignerRefusal):
            raise SignerRefused(f"the signer at {self.path} refuses: {answer.message}")
        if not isinstance(answer, GivenSignature) or not verify(self.public, digest, answer.signature):
            raise SignerRefused(f"the signer at {self.path} gave a signature that does not fit")
        return answer.signature

    def _ask(self, question: SignerQuestion) -> SignerAnswer:
        """The answer; a connection that has ended since the last one is replaced once."""
        data = encode_signer_question(question)
        deadline_s = time.monotonic() + TIMEOUT_S
        if not self._lock.acquire(timeout=TIMEOUT_S):
            raise SignerUnavailable(f"the signer at {self.path} is busy")
        try:
            if self._socket is not None:
                try:
                    return self._exchange(self._socket, data, deadline_s)
                except TimeoutError:
                    raise
                except OSError:
                    self._close()
            self._socket = self._connect(deadline_s)
            return self._exchange(self._socket, data, deadline_s)
        except (OSError, MalformedMessage) as error:
            self._close()  # a late answer must not pass for the next one
            raise SignerUnavailable(f"the signer at {self.path} does not answer: {error}") from None
        finally:
            self._lock.release()

    def _connect(self, deadline_s: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_left(deadline_s))
            connection.connect(str(self.path))
            if self._public is not None:
                self._check_key(
                    self._exchange(connection, encode_signer_question(KeyQuestion(SIGNER_VERSION)), deadline_s)
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _exchange(self, connection: socket.socket, data: bytes, deadline_s: float) -> SignerAnswer:
        connection.settimeout(_left(deadline_s))
        connection.sendall(LENGTH.pack(len(data)) + data)
        (length,) = LENGTH.unpack(_receive(connection, LENGTH.size, deadline_s))
        if length > FRAME_MAX_BYTES:
            raise MalformedMessage("too long", "SignerAnswer")
        return decode_signer_answer(_receive(connection, length, deadline_s))

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _left(deadline_s: float) -> float:
    return max(deadline_s - time.monotonic(), 0.001)


def _receive(connection: socket.socket, count: int, deadline_s: float) -> bytes:
    received = b""
    while len(received) < count:
        connection.settimeout(_left(deadline_s))
        part = connection.recv(count - len(received))
        if not part:
            raise ConnectionResetError("the connection has ended")
        received += part
    return received
