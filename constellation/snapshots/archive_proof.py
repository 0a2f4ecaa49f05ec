"""Proves or refutes an archive by an independent replay that asks nobody and trusts nothing but the settings' hash.

What must hold, in the order of the file:

1. the settings are valid, and those that the caller expects;
2. a snapshot's header is signed by alpha and certified, and its entries have exactly that header's state root;
3. every batch follows the one before by its hash, is signed by alpha, and carries only requests that their accounts
   signed; executing it gives the roots in its header;
4. every certificate is for the batch before it and has valid signatures of a quorum;
5. money is conserved at every checkpoint and at the end;
6. the last batch is covered by a certificate.

:class:`ArchiveVerifier` is told the records one by one; :func:`verify_archive` reads them from a file.
"""

from collections.abc import Callable
from pathlib import Path

from constellation.protocol.errors import ConstellationError, VerificationError
from constellation.protocol.messages import (
    ArchiveEntries,
    ArchiveHead,
    ArchiveRecord,
    ArchiveSnapshot,
    Batch,
    Certificate,
    Code,
    StateEntry,
)
from constellation.protocol.proofs import check_finality, check_signed_header
from constellation.protocol.signing import settings_hash
from constellation.protocol.terms import Terms, check_appointments
from constellation.quanta import (
    InvalidEntries,
    Machine,
    SealedBatch,
    Tip,
    restore_state,
    validate_settings,
)
from constellation.snapshots.archive import ArchiveReader, ArchiveRefuted
from constellation.snapshots.archive_replay import IMPOSSIBLE, Replay
from constellation.snapshots.archive_report import ArchiveProof


def verify_archive(path: Path, expected: bytes | None, progress: Callable[[int, int], None]) -> ArchiveProof:
    """Prove everything in an archive.

    Args:
        path: of the file.
        expected: hash of the settings that the caller trusts; None takes the archive's own on trust.
        progress: told how many bytes are verified, and of how many.

    Raises:
        ArchiveRefuted: something does not hold: the first thing in the order of the file.
        UnusableArchive: it is no archive that can be read.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        reader = ArchiveReader(file)
        verifier = ArchiveVerifier(expected)
        try:
            for record in reader.records():
                verifier.receive(record)
                progress(reader.position, reader.size)
            return verifier.finish()
        except ArchiveRefuted as error:
            error.record, error.offset = reader.record, reader.offset
            raise


class ArchiveVerifier:
    """The replay of an archive.

    Args:
        expected: hash of the settings that the caller trusts; None takes the archive's own on trust.
    """

    def __init__(self, expected: bytes | None) -> None:
        self._expected = expected
        self._replay: Replay | None = None
        self._loading: _Loading | None = None

    @property
    def terms(self) -> Terms:
        """The archive's settings and appointments; its head must have been read."""
        assert self._replay is not None
        return self._replay.terms

    @property
    def sealed(self) -> SealedBatch:
        """What the last batch did; one must have been read."""
        assert self._replay is not None
        assert self._replay.sealed is not None
        return self._replay.sealed

    def receive(self, record: ArchiveRecord) -> None:
        """Verify the next record.

        Raises:
            ArchiveRefuted: it does not hold.
        """
        if self._loading is not None:
            self._load(self._loading, record)
        elif self._replay is not None:
            match record:
                case Batch():
                    self._replay.execute(record)
                case Certificate():
                    self._replay.certify(record)
                case ArchiveSnapshot() if self._replay.is_untouched:
                    self._loading = _Loading(self._replay.terms, record)
                case _:
                    raise _misplaced(record)
        elif isinstance(record, ArchiveHead):
            self._replay = self._begin(record)
        else:
            raise _misplaced(record)

    def _begin(self, head: ArchiveHead) -> Replay:
        settings = head.settings
        digest = settings_hash(settings)
        if self._expected is not None and digest != self._expected:
            raise ArchiveRefuted(
                Code.WRONG_CONSTELLATION,
                f"the archive's settings have the hash {digest.hex()}, not {self._expected.hex()} as expected",
            )
        problems = validate_settings(settings)
        if problems:
            raise ArchiveRefuted(Code.MALFORMED, "the archive's settings are not valid: " + "; ".join(problems))
        anchored = self._expected is not None
        try:
            terms = check_appointments(settings, head.appointments)
        except VerificationError as error:
            raise ArchiveRefuted(error.code, error.message) from None
        return Replay(terms, Machine(settings), Tip.genesis(settings), {}, anchored=anchored)

    def _load(self, loading: "_Loading", record: ArchiveRecord) -> None:
        if not isinstance(record, ArchiveEntries):
            raise _misplaced(record)
        loading.add(record)
        if loading.is_complete:
            self._loading = None
            self._replay = loading.restore(anchored=self._expected is not None)

    def finish(self) -> ArchiveProof:
        """What was proved.

        Raises:
            ArchiveRefuted: the records end too early, or with something that is not certified.
        """
        if self._replay is None or self._loading is not None:
            raise ArchiveRefuted(Code.MALFORMED, "the archive ends before its first batch")
        return self._replay.finish()


def _misplaced(record: ArchiveRecord) -> ArchiveRefuted:
    return ArchiveRefuted(Code.UNEXPECTED_MESSAGE, f"a record of type {type(record).__name__} is out of its place")


class _Loading:
    """A snapshot whose entries are on their way."""

    def __init__(self, terms: Terms, snapshot: ArchiveSnapshot) -> None:
        self._terms = terms
        self._header = snapshot.checkpoint.header
        self._missing = snapshot.entries
        self._entries: list[StateEntry] = []
        number = self._header.number
        try:
            self._digest = check_signed_header(terms, snapshot.checkpoint)
            self._certified = check_finality(terms, snapshot.finality)
            self._certificate = snapshot.finality.certificate
        except ConstellationError as error:
            raise ArchiveRefuted(error.code, f"the snapshot: {error.message}", number) from None
        if self._certified.get(number) != self._digest:
            raise ArchiveRefuted(
                Code.BROKEN_CHAIN, f"the snapshot's certificate does not cover the header of batch {number}", number
            )
        if number < 1 or self._header.state_root is None or not self._missing:
            raise ArchiveRefuted(Code.STATE_ROOT_MISMATCH, f"batch {number} is no checkpoint with a state", number)

    @property
    def is_complete(self) -> bool:
        return self._missing == 0

    def add(self, record: ArchiveEntries) -> None:
        if not 0 < len(record.entries) <= self._missing:
            raise ArchiveRefuted(
                Code.MALFORMED, f"{len(record.entries)} entries follow where the snapshot lacks {self._missing}"
            )
        self._missing -= len(record.entries)
        self._entries += record.entries

    def restore(self, *, anchored: bool) -> Replay:
        header = self._header
        try:
            state = restore_state(self._terms.settings, self._entries)
            root = state.root()
        except (InvalidEntries, *IMPOSSIBLE) as error:
            raise ArchiveRefuted(
                Code.STATE_ROOT_MISMATCH, f"the snapshot's entries are no state: {error!r}", header.number
            ) from error
        if (root, state.apex, state.timestamp) != (header.state_root, header.last_apex, header.timestamp):
            raise ArchiveRefuted(
                Code.STATE_ROOT_MISMATCH,
                f"the snapshot's entries are not the state that batch {header.number} commits to",
                header.number,
            )
        machine = Machine.from_state(state)
        tip = Tip(header.epoch, header.number, self._digest)
        replayed = Replay(self._terms, machine, tip, self._certified, anchored=anchored)
        replayed.check_conservation()
        replayed.proof.add_certificate(self._certificate)
        return replayed
