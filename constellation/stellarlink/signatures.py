"""Auditors' signatures over the Stellar transactions that pay withdrawals."""

from stellar_sdk import DecoratedSignature

from constellation.protocol.messages import Settings, WithdrawalSignature
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import KeyPair, verify

_HINT_LENGTH = 4


def auditor_signature(key_pair: KeyPair, transaction_hash: bytes) -> WithdrawalSignature:
    """An auditor's signature over a transaction that it has derived itself, never over bytes it was sent.

    Args:
        key_pair: the auditor's, which is a signer of the vault and its channels.
        transaction_hash: 32 bytes, of the prepared withdrawal.
    """
    return WithdrawalSignature(transaction_hash, key_pair.sign(transaction_hash))


def decorated(key: bytes, signature: bytes) -> DecoratedSignature:
    """A signature as Stellar envelopes carry it: with the last bytes of the key as a hint."""
    return DecoratedSignature(key[-_HINT_LENGTH:], signature)


class SignatureSet:
    """Valid signatures of distinct auditors over one transaction.

    Args:
        settings: name the auditors and the quorum.
        transaction_hash: what they sign.
    """

    __slots__ = ("_settings", "_signatures", "_transaction_hash")

    def __init__(self, settings: Settings, transaction_hash: bytes) -> None:
        self._settings = settings
        self._transaction_hash = transaction_hash
        self._signatures: dict[bytes, bytes] = {}

    def add(self, auditor: bytes, signature: bytes) -> bool:
        """Take a signature; False when it is not an auditor's, a second one, or does not fit."""
        if auditor not in self._settings.auditors or auditor in self._signatures:
            return False
        if not verify(auditor, self._transaction_hash, signature):
            return False
        self._signatures[auditor] = signature
        return True

    def __len__(self) -> int:
        return len(self._signatures)

    @property
    def is_enough(self) -> bool:
        """Whether a quorum has signed."""
        return len(self) >= quorum_of(self._settings)

    def exactly_enough(self) -> list[DecoratedSignature]:
        """As many as the thresholds need: the ledger refuses a transaction with a signature too many."""
        assert self.is_enough
        chosen = list(self._signatures.items())[: quorum_of(self._settings)]
        return [decorated(auditor, signature) for auditor, signature in chosen]
