"""What the client checks of everything that alpha says; see :mod:`constellation.protocol.proofs` for the proofs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from constellation.protocol.errors import VerificationError
from constellation.protocol.leaves import Submission
from constellation.protocol.limits import UINT64_MAX
from constellation.protocol.messages import (
    AccountEvent,
    Acknowledgement,
    BatchHeader,
    Finality,
    Settings,
)
from constellation.protocol.proofs import check_finality, check_inclusion, check_signed_header
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms, as_terms
from constellation.sdk.errors import VerificationFailed

_HEADERS_MAX = (
    1024  # remembered ones: a second header for an old number is noticed as long as it can still become final
)


@dataclass(slots=True, frozen=True)
class VerifiedEvent:
    """The account's effects of one quantum, proven to be under a header that alpha signed.

    Attributes:
        header: of the batch.
        digest: the header's hash.
        event: with the proofs.
    """

    header: BatchHeader
    digest: bytes
    event: AccountEvent


@dataclass(slots=True, frozen=True)
class FinalProof:
    """Proof that a quantum is final, which anybody can check who knows the settings.

    Attributes:
        batch: its number.
        header_hash: what the auditors signed.
        finality: the certificate, and the headers in between when it is a later batch's.
        event: the quantum, its effects on the account and the path to the header.
        auditors: addresses of those who signed.
    """

    batch: int
    header_hash: bytes
    finality: Finality
    event: AccountEvent
    auditors: tuple[str, ...]


def check_final(known: Settings | Terms, event: AccountEvent, finality: Finality) -> FinalProof:
    """Check from scratch that ``finality`` makes ``event`` final.

    Args:
        known: the settings, with the appointments since if there were any.
        event: with its proofs.
        finality: what makes its batch final.

    Raises:
        VerificationFailed: it does not.
    """
    proven = _checked_finality(as_terms(known), finality)
    header = next(iter(finality.ancestors), finality.certificate.header)
    _checked_inclusion(header, event)
    return final_proof(VerifiedEvent(header, proven[header.number], event), finality)


def final_proof(verified: VerifiedEvent, finality: Finality) -> FinalProof:
    """The proof for an event and what makes its header final, both checked, without ancestors before the header."""
    certificate = finality.certificate
    auditors = tuple(encode_public_key(item.auditor) for item in certificate.signatures)
    number = verified.header.number
    own = Finality(certificate, [header for header in finality.ancestors if header.number >= number])
    return FinalProof(number, verified.digest, own, verified.event, auditors)


class Verifier:
    """Checks for one account of one constellation.

    Args:
        settings: the client's own copy.
        account: its key.

    Attributes:
        terms: who is alpha, as far as alpha has shown it.
    """

    def __init__(self, settings: Settings, account: bytes) -> None:
        self.terms = Terms(settings)
        self._account = account
        self._digests: dict[tuple[int, int], bytes] = {}

    def acknowledgement(
        self, message: Acknowledgement, is_brought: Callable[[AccountEvent], bool] = lambda _event: False
    ) -> list[VerifiedEvent]:
        """Check alpha's signature and every event.

        Args:
            message: as alpha sent it.
            is_brought: whether an event of another account answers what this client has brought for it.

        Raises:
            VerificationFailed: header, history, account or inclusion proof.
        """
        header = message.signed_header.header
        try:
            digest = check_signed_header(self.terms, message.signed_header)
        except VerificationError as error:
            raise VerificationFailed("header", error.message) from None
        self._check_history(header, digest)
        for event in message.events:
            if event.group.account != self._account and not is_brought(event):
                raise VerificationFailed("account", f"effects of another account in quantum {event.leaf.apex}")
            _checked_inclusion(header, event)
            _check_numbers(event)
            if event.leaf.timestamp > header.timestamp:
                raise VerificationFailed(
                    "timestamp", f"quantum {event.leaf.apex} is later than the end of its batch {header.number}"
                )
        return [VerifiedEvent(header, digest, event) for event in message.events]

    def _check_history(self, header: BatchHeader, digest: bytes) -> None:
        """One epoch has one header per number: a second one is fraud."""
        key = (header.epoch, header.number)
        if self._digests.setdefault(key, digest) != digest:
            raise VerificationFailed(
                "history", f"alpha signed two different headers for batch {header.number} of epoch {header.epoch}"
            )
        drop_oldest(self._digests, _HEADERS_MAX)

    def answer(self, verified: VerifiedEvent, signed: Submission, bodies: Sequence[bytes]) -> int:
        """Check that a verified event is what became of ``signed``; of which operation, by its place.

        Args:
            verified: the event.
            signed: a request or a batch of them.
            bodies: the hashes under which its quanta must be known.

        Raises:
            VerificationFailed: another request, or it was executed after its ``valid_until``.
        """
        leaf = verified.event.leaf
        if leaf.body not in bodies:
            raise VerificationFailed("request", f"quantum {leaf.apex} carries another request than the one it answers")
        if leaf.timestamp > signed.request.valid_until:
            raise VerificationFailed("timestamp", f"quantum {leaf.apex} was executed after the request had expired")
        return bodies.index(leaf.body)

    def finality(self, message: Finality) -> dict[int, bytes]:
        """Check the auditors' signatures and the chain; the hashes of the headers that are final by it, by number.

        Raises:
            VerificationFailed: certificate or chain do not hold.
        """
        return _checked_finality(self.terms, message)


def _checked_finality(terms: Terms, finality: Finality) -> dict[int, bytes]:
    try:
        return check_finality(terms, finality)
    except VerificationError as error:
        raise VerificationFailed("certificate", error.message) from None


def _check_numbers(event: AccountEvent) -> None:
    """An account's effects are numbered from 1, and a quantum that shows none would have no number."""
    group = event.group
    last = group.first_number + len(group.effects) - 1
    if not 1 <= group.first_number <= last <= UINT64_MAX:
        raise VerificationFailed(
            "events",
            f"quantum {event.leaf.apex} shows {len(group.effects)} effects from number {group.first_number} on",
        )


def _checked_inclusion(header: BatchHeader, event: AccountEvent) -> None:
    try:
        check_inclusion(header, event)
    except VerificationError as error:
        raise VerificationFailed("inclusion proof", error.message) from None


def drop_oldest(known: dict[Any, Any], most: int) -> None:
    """Keep a dictionary at a size: what was put first goes first."""
    while len(known) > most:
        del known[next(iter(known))]
