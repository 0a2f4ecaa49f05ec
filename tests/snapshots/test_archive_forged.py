"""Archives in perfect form that lie: by strangers, by alpha, and by members together."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from constellation.protocol.leaves import leaves_of
from constellation.protocol.messages import (
    AccountEntry,
    ArchiveEntries,
    ArchiveHead,
    ArchiveSnapshot,
    AuditorSignature,
    BalanceEntry,
    Batch,
    Certificate,
    Code,
    Finality,
    OrderEntry,
    Side,
    SignedRequest,
    StateEntry,
)
from constellation.protocol.signing import settings_hash
from constellation.quanta import restore_state
from constellation.snapshots.archive import ArchiveRefuted, Snapshot
from constellation.testing import World
from constellation.testing.world import key_of
from tests.snapshots.archives import (
    History,
    Records,
    certify,
    lie,
    refuted,
    write,
)

HISTORY = History()
ANCHOR = settings_hash(HISTORY.settings)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.archive"


Change = Callable[[Records], None]


def swap(records: Records) -> None:
    places = [place for place, record in enumerate(records) if isinstance(record, Batch)]
    records[places[1]], records[places[2]] = records[places[2]], records[places[1]]


def double_batch(records: Records) -> None:
    records.insert(3, deepcopy(records[2]))


def drop_batch(records: Records) -> None:
    del records[2:4]


def drop_batch_but_not_its_certificate(records: Records) -> None:
    del records[2]


def double_certificate(records: Records) -> None:
    records.insert(2, deepcopy(records[1]))


def certificate_first(records: Records) -> None:
    records.reverse()


def wrong_certificate(records: Records) -> None:
    records[1] = HISTORY.certificate(2)


def certificate_of_a_later_batch(records: Records) -> None:
    records[3] = HISTORY.certificate(1)


def too_few(records: Records) -> None:
    records[3] = HISTORY.certificate(2, signers=1)


def no_signature(records: Records) -> None:
    records[3] = HISTORY.certificate(2, signers=0)


def a_stranger_signs(records: Records) -> None:
    certificate = certificate_in(records, 3)
    certificate.signatures.append(AuditorSignature(key_of("stranger").public, bytes(64)))


def one_counts_twice(records: Records) -> None:
    certificate = certificate_in(records, 3)
    certificate.signatures[1] = certificate.signatures[0]


def foreign_signature(records: Records) -> None:
    certificate = certificate_in(records, 3)
    certificate.signatures[0].signature = certificate_in(records, 1).signatures[0].signature


def uncertified_tail(records: Records) -> None:
    records.append(HISTORY.batches[HISTORY.last_certified])


def lost_last_certificate(records: Records) -> None:
    records.pop()


def nothing(records: Records) -> None:
    records.clear()


def second_head(records: Records) -> None:
    records.insert(2, ArchiveHead(1, HISTORY.settings, []))


def entries_of_nothing(records: Records) -> None:
    records.insert(0, ArchiveEntries([]))


def late_snapshot(records: Records) -> None:
    snapshot = HISTORY.snapshot(4)
    records.insert(2, ArchiveSnapshot(snapshot.checkpoint, snapshot.finality, snapshot.count))


def stranger_for_alpha(records: Records) -> None:
    batch = batch_in(records, 2)
    batch.signed_header = replace(batch.signed_header, alpha_signature=bytes(64))


def client_did_not_sign(records: Records) -> None:
    quantum = next(quantum for quantum in batch_in(records, 4).quanta if isinstance(quantum.body, SignedRequest))
    assert isinstance(quantum.body, SignedRequest)
    quantum.body = replace(quantum.body, signature=bytes(64))


def replaced(records: Records, place: int, change: Callable[[Batch], None]) -> None:
    """All members together lie about one batch."""
    batch = batch_in(records, place)
    change(batch)
    batch.signed_header = lie(HISTORY.world, batch.signed_header.header)
    records[place + 1 :] = [certify(HISTORY.world, batch.signed_header.header)]


def other_state_root(records: Records) -> None:
    replaced(records, 0, lambda batch: setattr(batch.signed_header.header, "state_root", bytes(32)))


def other_quanta_root(records: Records) -> None:
    replaced(records, 2, lambda batch: setattr(batch.signed_header.header, "quanta_root", bytes(32)))


def a_quantum_is_left_out(records: Records) -> None:
    replaced(records, 2, lambda batch: batch.quanta.pop(0) and None)


def a_request_is_repeated(records: Records) -> None:
    def change(batch: Batch) -> None:
        batch.quanta.insert(3, batch.quanta[2])
        batch.signed_header.header.last_apex += 1

    replaced(records, 4, change)


def money_from_nowhere(records: Records) -> None:
    def change(batch: Batch) -> None:
        batch.quanta[0].body.report.events[0].amount += 1  # type: ignore[union-attr]

    replaced(records, 2, change)


def batch_in(records: Records, place: int) -> Batch:
    record = records[place]
    assert isinstance(record, Batch)
    return record


def certificate_in(records: Records, place: int) -> Certificate:
    record = records[place]
    assert isinstance(record, Certificate)
    return record


LAST = HISTORY.last_certified
FORGED: list[tuple[Change, Code, int | None]] = [
    (swap, Code.BROKEN_CHAIN, 3),
    (double_batch, Code.BROKEN_CHAIN, 2),
    (drop_batch, Code.BROKEN_CHAIN, 3),
    (drop_batch_but_not_its_certificate, Code.UNEXPECTED_MESSAGE, 2),
    (double_certificate, Code.UNEXPECTED_MESSAGE, 1),
    (certificate_first, Code.UNEXPECTED_MESSAGE, LAST),
    (wrong_certificate, Code.BROKEN_CHAIN, 2),
    (certificate_of_a_later_batch, Code.BROKEN_CHAIN, 1),
    (too_few, Code.NOT_ENOUGH_SIGNATURES, 2),
    (no_signature, Code.NOT_ENOUGH_SIGNATURES, 2),
    (a_stranger_signs, Code.UNAUTHORIZED, 2),
    (one_counts_twice, Code.UNAUTHORIZED, 2),
    (foreign_signature, Code.BAD_SIGNATURE, 2),
    (uncertified_tail, Code.NOT_ENOUGH_SIGNATURES, LAST + 1),
    (lost_last_certificate, Code.NOT_ENOUGH_SIGNATURES, LAST),
    (nothing, Code.NOT_ENOUGH_SIGNATURES, None),
    (second_head, Code.UNEXPECTED_MESSAGE, None),
    (entries_of_nothing, Code.UNEXPECTED_MESSAGE, None),
    (late_snapshot, Code.UNEXPECTED_MESSAGE, None),
    (stranger_for_alpha, Code.BAD_SIGNATURE, 2),
    (client_did_not_sign, Code.BAD_SIGNATURE, 3),
    (other_state_root, Code.STATE_ROOT_MISMATCH, 1),
    (other_quanta_root, Code.QUANTA_ROOT_MISMATCH, 2),
    (a_quantum_is_left_out, Code.BROKEN_CHAIN, 2),
    (a_request_is_repeated, Code.INVALID_QUANTUM, 3),
    (money_from_nowhere, Code.INVALID_QUANTUM, 2),
]


class TestForged:
    """The tail fits and members sign what they must not; the proof fails all the same."""

    @pytest.mark.parametrize(("change", "code", "batch"), FORGED, ids=[change.__name__ for change, _, _ in FORGED])
    def test_it_is_refuted(self, path: Path, change: Change, code: Code, batch: int | None) -> None:
        records = HISTORY.records()
        change(records)
        error = refuted(write(path, HISTORY.settings, records))
        assert (error.code, error.batch) == (code, batch)

    def test_the_guilty_quantum_is_named(self, path: Path) -> None:
        first = HISTORY.header(3).first_apex
        quanta = batch_in(HISTORY.records(), 4).quanta
        place = next(place for place, quantum in enumerate(quanta) if isinstance(quantum.body, SignedRequest))
        unsigned, repeated = first + leaves_of(quanta[:place]), first + leaves_of(quanta[:3])
        for change, apex in ((client_did_not_sign, unsigned), (a_request_is_repeated, repeated)):
            records = HISTORY.records()
            change(records)
            assert refuted(write(path, HISTORY.settings, records)).quantum == apex

    def test_another_constellation(self, path: Path) -> None:
        other = World(auditors=4).settings
        write(path, other, HISTORY.records())
        assert refuted(path).batch == 1
        error = refuted(path, ANCHOR)
        assert error.code is Code.WRONG_CONSTELLATION
        assert error.record == 0
        write(path, HISTORY.settings, HISTORY.records())
        assert refuted(path, settings_hash(other)).code is Code.WRONG_CONSTELLATION

    def test_settings_that_no_constellation_can_have(self, path: Path) -> None:
        bad = deepcopy(HISTORY.settings)
        bad.auditors = []
        error = refuted(write(path, bad, HISTORY.records()))
        assert error.code is Code.MALFORMED
        assert "at least one auditor" in error.message


def changed(snapshot: Snapshot, entries: list[StateEntry]) -> Snapshot:
    return Snapshot(snapshot.checkpoint, snapshot.finality, snapshot.count, entries)


def colluded(entries: list[StateEntry], root: bytes) -> Snapshot:
    """A snapshot of any entries that alpha and a quorum of auditors signed together."""
    header = deepcopy(HISTORY.header(4))
    header.state_root = root
    finality = Finality(certify(HISTORY.world, header), [])
    return Snapshot(lie(HISTORY.world, header), finality, len(entries), entries)


def account_in(entries: list[StateEntry]) -> AccountEntry:
    return next(entry for entry in entries if isinstance(entry, AccountEntry) and len(entry.balances) == 3)


class TestForgedSnapshot:
    def refuse(self, path: Path, snapshot: Snapshot, records: Records | None = None) -> ArchiveRefuted:
        return refuted(write(path, HISTORY.settings, HISTORY.records(4) if records is None else records, snapshot))

    @pytest.mark.parametrize("kind", range(7))
    def test_a_missing_entry(self, path: Path, kind: int) -> None:
        snapshot = HISTORY.snapshot(4)
        entries = list(snapshot.entries)
        del entries[kind * (len(entries) - 1) // 6]
        snapshot.count -= 1
        error = self.refuse(path, changed(snapshot, entries))
        assert (error.code, error.batch) == (Code.STATE_ROOT_MISMATCH, 4)

    def test_an_entry_twice(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4)
        entries = list(snapshot.entries)
        error = self.refuse(path, changed(snapshot, [*entries[1:], entries[1]]))
        assert error.code is Code.STATE_ROOT_MISMATCH

    def test_a_richer_account(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4)
        entries = deepcopy(list(snapshot.entries))
        account_in(entries).balances[1].balance += 1
        assert self.refuse(path, changed(snapshot, entries)).code is Code.STATE_ROOT_MISMATCH

    @pytest.mark.parametrize("difference", [-1, 1])
    def test_a_wrong_count(self, path: Path, difference: int) -> None:
        snapshot = HISTORY.snapshot(4)
        snapshot.count += difference
        assert self.refuse(path, snapshot).code in (Code.MALFORMED, Code.UNEXPECTED_MESSAGE)

    def test_no_entries(self, path: Path) -> None:
        snapshot = Snapshot(HISTORY.batches[3].signed_header, HISTORY.snapshot(4).finality, 0, [])
        assert self.refuse(path, snapshot).code is Code.STATE_ROOT_MISMATCH

    def test_the_end_within_the_entries(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4)
        snapshot.count += 1
        error = self.refuse(path, snapshot, [])
        assert error.code is Code.MALFORMED
        assert "before its first batch" in error.message

    def test_no_checkpoint(self, path: Path) -> None:
        finality = Finality(HISTORY.certificate(5), [])
        snapshot = Snapshot(HISTORY.batches[4].signed_header, finality, 1, [HISTORY.settings])
        assert self.refuse(path, snapshot).code is Code.STATE_ROOT_MISMATCH

    def test_a_certificate_of_something_else(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4)
        snapshot.finality = HISTORY.snapshot(6).finality
        assert self.refuse(path, snapshot).code is Code.BROKEN_CHAIN

    def test_a_gap_between_the_headers(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4, certified_by=7)
        del snapshot.finality.ancestors[1]
        assert self.refuse(path, snapshot).code is Code.BROKEN_CHAIN

    def test_too_few_signatures(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4)
        snapshot.finality.certificate.signatures.pop()
        assert self.refuse(path, snapshot).code is Code.NOT_ENOUGH_SIGNATURES

    def test_alpha_did_not_sign(self, path: Path) -> None:
        snapshot = HISTORY.snapshot(4)
        snapshot.checkpoint = replace(snapshot.checkpoint, alpha_signature=bytes(64))
        assert self.refuse(path, snapshot).code is Code.BAD_SIGNATURE

    def test_a_batch_that_its_certificate_excludes(self, path: Path) -> None:
        other = deepcopy(HISTORY.batches[4])
        other.signed_header.header.epoch += 1
        other.signed_header = lie(HISTORY.world, other.signed_header.header)
        records: Records = [other, certify(HISTORY.world, other.signed_header.header)]
        error = self.refuse(path, HISTORY.snapshot(4, certified_by=6), records)
        assert (error.code, error.batch) == (Code.EQUIVOCATION, 5)

    def test_money_that_all_members_made_together(self, path: Path) -> None:
        entries = deepcopy(HISTORY.past[4].entries)
        account_in(entries).balances[1].balance += 1
        snapshot = colluded(entries, restore_state(HISTORY.settings, deepcopy(entries)).root())
        error = self.refuse(path, snapshot)
        assert error.batch == 4
        assert "money is not conserved after batch 4" in error.message

    def test_a_balance_of_an_asset_that_does_not_exist(self, path: Path) -> None:
        entries = deepcopy(HISTORY.past[4].entries)
        account_in(entries).balances.append(BalanceEntry(77, 1, 0))
        snapshot = colluded(entries, restore_state(HISTORY.settings, deepcopy(entries)).root())
        assert self.refuse(path, snapshot).batch == 4

    def test_an_order_at_no_price(self, path: Path) -> None:
        entries = deepcopy(HISTORY.past[4].entries)
        buys = [entry for entry in entries if isinstance(entry, OrderEntry) and entry.side is Side.BUY]
        buys[0].price = 0
        snapshot = colluded(entries, restore_state(HISTORY.settings, deepcopy(entries)).root())
        assert self.refuse(path, snapshot).batch == 4

    def test_a_machine_that_meets_the_impossible_refutes(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise AssertionError("money was spent that is not locked")

        monkeypatch.setattr("constellation.snapshots.archive_replay.replay", fail)
        error = self.refuse(path, HISTORY.snapshot(4))
        assert (error.code, error.batch, error.quantum) == (Code.INVALID_QUANTUM, 5, HISTORY.past[4].apex + 1)
