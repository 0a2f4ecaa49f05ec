"""What an operator can plug into a node: the types that extensions are written against.

An extension is an entry point of the group ``constellation.extensions`` that names a function. It is called once, with
the options of the configuration, and returns an :class:`Extension`::

    def make(options: Mapping[str, Option]) -> Extension:
        return Extension(api_version=1, admission=Members(options["members"]))

It is trusted code: it runs in the node's process, in threads of its own, so that one that raises, hangs or answers
nonsense is isolated, counted and reported. ``docs/operating/extensions.md`` says what happens then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Flag
from typing import Final, Protocol

from constellation.protocol.messages import ChronicleBatch

API_VERSION: Final = 1
"""Of these types; what was written for another one is refused at the start."""

GROUP: Final = "constellation.extensions"
"""Of the entry points."""

Option = str | bool | int | float | list[str]
"""A value in ``[extensions.options.NAME]``."""


class Right(Flag):
    """Kinds of requests. Cancelling orders, releasing holds, locking and dismissing agents are never kept from anybody.

    A path payment needs both ``PAY`` and ``TRADE``; closing an account ``WITHDRAW``; keys, sub-accounts and routing ids
    ``MANAGE``.
    """

    NONE = 0
    TRADE = 1
    PAY = 2
    WITHDRAW = 4
    MANAGE = 8
    ALL = 15


@dataclass(frozen=True, slots=True)
class Admission:
    """What a key may ask for an account.

    Attributes:
        rights: without any, it may not even connect.
        reason: why not more, a sentence that the client is shown.
    """

    rights: Right = Right.ALL
    reason: str = ""


class AdmissionHook(Protocol):
    """On alpha: whom it serves."""

    def admit(self, account: str, signer: str) -> Admission:
        """What a key may ask for an account.

        It may block, and is called in threads, several at a time: when a client connects, before the first request that
        an auditor passes on, and again from time to time. Its answer is kept for a while.

        Args:
            account: whose money it is, ``G…``.
            signer: the key that signs, ``G…``: the account's own, or an agent's.
        """
        ...


@dataclass(frozen=True, slots=True)
class CertifiedBatch:
    """A batch that a quorum of auditors has signed.

    Attributes:
        number: of the batch; one that was dropped leaves a gap.
        certified_by: number of the batch whose certificate covers it.
        record: header, quanta, effects, and the certificate if it has one of its own; a copy for each observer.
    """

    number: int
    certified_by: int
    record: ChronicleBatch


class Observer(Protocol):
    """On a chronicler or a feed server: is told what has become final."""

    def certified(self, batch: CertifiedBatch) -> None:
        """Take a batch, after it was written into the history; in order, in one thread, from when the node started."""
        ...


@dataclass(frozen=True, slots=True)
class WithdrawalInQuestion:
    """A withdrawal that an auditor would sign.

    Attributes:
        transaction: the hash that would be signed.
        account: whose money it is, ``G…``.
        destination: on the ledger, ``G…``.
        asset: ``native`` or ``CODE:ISSUER``.
        amount_stroops: of it.
    """

    transaction: bytes
    account: str
    destination: str
    asset: str
    amount_stroops: int


class CosigningHook(Protocol):
    """On an auditor: which withdrawals it signs, beside the operator's rules."""

    def refusals(self, withdrawals: Sequence[WithdrawalInQuestion]) -> Mapping[bytes, str]:
        """Why withdrawals are not signed now, by their transaction; no others are refused.

        It may block, and is called in threads. What is refused is asked about again, every few seconds, until the
        withdrawal lapses; what is not may be asked about again as well.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What an extension does; each node calls the hooks that are for its role.

    Attributes:
        api_version: of the types that it was written for: :data:`API_VERSION`, as a number.
        admission: on alpha.
        observer: on a chronicler or a feed server.
        cosigning: on an auditor.
    """

    api_version: int
    admission: AdmissionHook | None = None
    observer: Observer | None = None
    cosigning: CosigningHook | None = None
