"""Domain-separated hashes and Ed25519 signatures.

Signed bytes = SHA-256(tag || constellation id || purpose || XDR), and constellation id = SHA-256(network passphrase ||
vault key) (design, section 6): nothing signed for one purpose, constellation or network is valid for another. A Stellar
transaction's hash starts from a network id instead, so that no message here can be mistaken for a transaction.
"""

from enum import IntEnum
from hashlib import sha256
from typing import Final, NoReturn, Protocol

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from constellation.protocol.messages import BatchHeader, Settings
from constellation.protocol.strkey import decode_seed, encode_public_key

SIGNATURE_BYTES: Final = 64

_TAG = b"Constellation signed message 1\x00"


class Purpose(IntEnum):
    """What a signature is for; part of the signed bytes. Never renumber."""

    SETTINGS = 1
    REQUEST = 2
    HEADER = 3
    VOTE = 4
    HANDSHAKE = 5
    PROMISE = 6
    VERDICT = 7
    LEDGER_REPORT = 8
    APPOINTMENT = 9
    PROPOSAL = 10
    REQUEST_BATCH = 11
    KEY_ROTATION = 12


def constellation_id(network_passphrase: str, vault: bytes) -> bytes:
    """The 32-byte name of a constellation: its Stellar network and its vault."""
    return sha256(network_passphrase.encode() + vault).digest()


def settings_constellation_id(settings: Settings) -> bytes:
    """The name of the constellation that ``settings`` describe."""
    return constellation_id(settings.network_passphrase, settings.vault)


def signing_hash(purpose: Purpose, constellation: bytes, xdr: bytes) -> bytes:
    """The 32 bytes that are signed for ``xdr``."""
    return sha256(_TAG + constellation + purpose.to_bytes(4, "big") + xdr).digest()


def settings_hash(settings: Settings) -> bytes:
    """Hash of the settings: the parent of the first batch header."""
    return signing_hash(Purpose.SETTINGS, settings_constellation_id(settings), settings.to_xdr())


def header_hash(constellation: bytes, header: BatchHeader) -> bytes:
    """Hash of a header: what alpha signs, and what the next header names as its parent."""
    return signing_hash(Purpose.HEADER, constellation, header.to_xdr())


def vote_hash(constellation: bytes, header: bytes) -> bytes:
    """What an auditor signs for the header with hash ``header``."""
    return signing_hash(Purpose.VOTE, constellation, header)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Strict single Ed25519 verification by libsodium; the only one in use, so that every node agrees."""
    if len(signature) != SIGNATURE_BYTES:
        return False  # libsodium takes both in one string, where bytes could change sides
    try:
        crypto_sign_open(signature + message, key)
    except (BadSignatureError, ValueError):
        return False
    return True


def message_digest(purpose: Purpose, constellation: bytes, xdr: bytes) -> bytes:
    """What is signed for a message of a node; a vote's message is the header that it is for."""
    if purpose is Purpose.VOTE:
        return vote_hash(constellation, signing_hash(Purpose.HEADER, constellation, xdr))
    return signing_hash(purpose, constellation, xdr)


class SignerUnavailable(Exception):
    """Whatever keeps the key does not answer now; it may do so later."""


class SignerRefused(Exception):
    """Whatever keeps the key does not sign this, and will not do so later."""


class Signer(Protocol):
    """Signs in a member's name: a key pair, or what reaches the process or the device that keeps the key.

    It is shown what it signs, not only a hash of it, so that it can have rules of its own.
    """

    @property
    def public(self) -> bytes:
        """The public key."""
        ...

    @property
    def address(self) -> str:
        """The public key as Stellar writes it, ``G…``."""
        ...

    def check(self) -> None:
        """Look whether the key can be reached.

        Raises:
            SignerUnavailable: it cannot.
            SignerRefused: it is another one.
        """

    def sign_message(self, purpose: Purpose, constellation: bytes, xdr: bytes) -> bytes:
        """The signature of :func:`message_digest`.

        Raises:
            SignerUnavailable: the key cannot be reached.
            SignerRefused: it breaks a rule of whatever keeps the key.
        """
        ...

    def sign_transaction(self, signature_base: bytes) -> bytes:
        """The signature of a Stellar transaction.

        Args:
            signature_base: what is hashed for it: network id, type, transaction.

        Raises:
            SignerUnavailable: the key cannot be reached.
            SignerRefused: it breaks a rule of whatever keeps the key.
        """
        ...


class KeyPair:
    """An Ed25519 key pair whose text form never shows the seed; the :class:`Signer` of a node with a key of its own.

    Args:
        seed: 32 bytes.
    """

    __slots__ = ("_secret", "public")

    def __init__(self, seed: bytes) -> None:
        self.public, self._secret = crypto_sign_seed_keypair(seed)

    @classmethod
    def from_text(cls, text: str) -> "KeyPair":
        """The key pair of a Stellar seed ``S…``.

        Raises:
            ValueError: it is not a seed; the message does not repeat it.
        """
        return cls(decode_seed(text.strip()))

    @property
    def seed(self) -> bytes:
        """The secret seed, 32 bytes."""
        return self._secret[:32]

    @property
    def address(self) -> str:
        """The public key as Stellar writes it, ``G…``."""
        return encode_public_key(self.public)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of ``message``."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def check(self) -> None:
        """It is here."""

    def sign_message(self, purpose: Purpose, constellation: bytes, xdr: bytes) -> bytes:
        """The signature of a node's message."""
        return self.sign(message_digest(purpose, constellation, xdr))

    def sign_transaction(self, signature_base: bytes) -> bytes:
        """The signature of a Stellar transaction."""
        return self.sign(sha256(signature_base).digest())

    def __repr__(self) -> str:
        return f"KeyPair({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key pair is never copied or pickled: the seed would go with it")
