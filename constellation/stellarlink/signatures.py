"""Auditors' signatures over the Stellar transactions that pay withdrawals."""

from collections.abc import Sequence

from stellar_sdk import DecoratedSignature

from constellation.protocol.messages import Settings, WithdrawalSignature
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.signing import Signer, verify
from constellation.vault import PreparedTask
from constellation.vault.transactions import task_envelope

_HINT_LENGTH = 4


def sign_task(signer: Signer, settings: Settings, prepared: PreparedTask) -> WithdrawalSignature:
    """An auditor's signature over a transaction that it has derived itself, never over bytes it was sent.

    Args:
        signer: the auditor's, which is a signer of the vault and its channels.
        settings: in force.
        prepared: the task, whose transaction was checked.
    """
    signature = signer.sign_transaction(task_envelope(settings, prepared).signature_base())
    return WithdrawalSignature(prepared.transaction, signature)


def decorated(key: bytes, signature: bytes) -> DecoratedSignature:
    """A signature as Stellar envelopes carry it: with the last bytes of the key as a hint."""
    return DecoratedSignature(key[-_HINT_LENGTH:], signature)


class SignatureSet:
    """Valid signatures of distinct auditors over one transaction.

    Those of the auditors in force are kept; those count who sign for the vault on the ledger, who may still be others.

    Args:
        signers: on the ledger.
        auditors: in force.
        transaction_hash: what they sign.
    """

    __slots__ = ("_auditors", "_signatures", "_signers", "_transaction_hash")

    def __init__(self, signers: Members, auditors: Sequence[bytes], transaction_hash: bytes) -> None:
        self._transaction_hash = transaction_hash
        self._signers = signers
        self._auditors = auditors
        self._signatures: dict[bytes, bytes] = {}

    def add(self, auditor: bytes, signature: bytes) -> bool:
        """Take a signature; False when it is not an auditor's, a second one, or does not fit."""
        if auditor not in (*self._auditors, *self._signers.auditors) or auditor in self._signatures:
            return False
        if not verify(auditor, self._transaction_hash, signature):
            return False
        self._signatures[auditor] = signature
        return True

    def follow(self, signers: Members, auditors: Sequence[bytes]) -> bool:
        """Others sign on the ledger, or are auditors, from now on; whether the signers have changed."""
        is_other = signers != self._signers
        self._signers, self._auditors = signers, auditors
        return is_other

    def __len__(self) -> int:
        return len(self._counting)

    @property
    def _counting(self) -> list[bytes]:
        return [key for key in self._signatures if key in self._signers.auditors]

    @property
    def is_enough(self) -> bool:
        """Whether a quorum has signed."""
        return len(self) >= quorum_of(self._signers)

    def exactly_enough(self) -> list[DecoratedSignature]:
        """As many as the thresholds need: the ledger refuses a transaction with a signature too many."""
        assert self.is_enough
        chosen = self._counting[: quorum_of(self._signers)]
        return [decorated(auditor, self._signatures[auditor]) for auditor in chosen]
