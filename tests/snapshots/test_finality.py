"""One search for what proves that a batch is final serves checkpoints, archives and clients' histories."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, Finality
from constellation.protocol.proofs import check_finality
from constellation.protocol.signing import header_hash
from constellation.protocol.terms import Terms
from constellation.quanta import batch_effects
from constellation.snapshots import DamagedLog, QuantumLog, StoredBatch
from constellation.snapshots.finality import CertifiedCheckpoint, find_finality, last_checkpoint
from constellation.snapshots.history_reader import HistoryReader
from constellation.snapshots.outline import pack_outline
from tests.snapshots.support import History
from tests.snapshots.test_base import install_of


def found(log: QuantumLog, number: int) -> Finality | None:
    with log.engine.connect() as connection:
        return find_finality(connection, log.constellation, number)


def headers(past: History, first: int, last: int) -> list[object]:
    return [item.batch.signed_header.header for item in past.stored[first - 1 : last]]


def test_its_own_certificate_or_the_next_one_with_the_headers_between(log, past) -> None:
    log.write([past.certificate(7), past.certificate(12)])
    assert found(log, 7) == Finality(past.certificate(7), [])
    for number in (8, 11, 12):
        assert found(log, number) == Finality(past.certificate(12), headers(past, number, 11))
    assert found(log, 13) is None


def test_a_certificate_that_is_too_far_away_proves_nothing(log, past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.snapshots.finality.MAX_ANCESTORS", 3)
    log.write([past.certificate(12)])
    assert found(log, 9) == Finality(past.certificate(12), headers(past, 9, 11))
    assert found(log, 8) is None


def test_after_a_snapshot_its_own_proof_counts_as_far_as_it_goes(open_log, past) -> None:
    log = open_log(past.world)
    snapshot = install_of(past, 16, 19)
    log.write([snapshot, *past.stored[16:20]])
    assert found(log, 16) == snapshot.finality
    for number in (17, 18, 19):
        finality = found(log, number)
        assert finality == Finality(past.certificate(19), headers(past, number, 18))
        assert past.stored[number - 1].digest in check_finality(Terms(past.world.settings), finality).values()
    assert found(log, 20) is None
    log.write([past.certificate(18)])
    assert found(log, 17) == Finality(past.certificate(18), headers(past, 17, 17)), "the nearest one is the shortest"


def test_a_batch_that_is_not_the_one_that_the_proof_covers_is_not_final(open_log, past) -> None:
    log = open_log(past.world)
    other = past.stored[16].batch.signed_header
    other = replace(other, header=replace(other.header, timestamp=other.header.timestamp + 1))
    batch = replace(past.stored[16].batch, signed_header=other)
    log.write([install_of(past, 16, 19), StoredBatch(batch, header_hash(log.constellation, other.header))])
    assert found(log, 17) is None


def test_clients_are_shown_what_a_snapshot_came_with(open_log, past) -> None:
    """Its entries and the effects after it, before any certificate has come."""
    log = open_log(past.world)
    snapshot = install_of(past, 16, 18)
    after = [
        replace(stored, effects=batch_effects(sealed), outline=pack_outline(sealed))
        for stored, sealed in zip(past.stored[16:20], past.sealed[16:20], strict=True)
    ]
    log.write([snapshot, *after])
    with log.engine.connect() as connection:
        checkpoint = last_checkpoint(connection, log.constellation)
    assert checkpoint == CertifiedCheckpoint(snapshot.checkpoint, snapshot.finality)
    reader = HistoryReader(log.engine, past.world.settings)
    entry = reader.entry(b"nothing is stored under this")
    assert (entry.finality, entry.header) == (snapshot.finality, snapshot.checkpoint.header)
    group = past.sealed[17].executed[0].groups[0]
    page = reader.events(group.account, group.first_number - 1, 18)
    assert page.batches[0].finality == Finality(past.certificate(18), [])


def test_without_a_proof_no_entry_is_shown(open_log, past) -> None:
    with pytest.raises(Rejection) as refused:
        HistoryReader(open_log(past.world).engine, past.world.settings).entry(b"key")
    assert refused.value.code is Code.NOT_READY


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("certificate = x'00112233445566778899' WHERE number = 9", "a certificate of batch 8 or after it in the log"),
        ("certificate = (SELECT certificate FROM batches WHERE number = 7) WHERE number = 9", "it is for another"),
        ("batch = (SELECT batch FROM batches WHERE number = 7) WHERE number = 8", "batch 8 in the log does not fit"),
        ("batch = x'0011' WHERE number = 8", "batch 8 in the log is damaged"),
        ("number = 99 WHERE number = 8", "batch 8 in the log is missing"),
    ],
)
def test_damage_is_named(log, past, change: str, message: str) -> None:
    log.write([past.certificate(7), past.certificate(9)])
    with log.engine.begin() as connection:
        connection.execute(text(f"UPDATE batches SET {change}"))
    with pytest.raises(DamagedLog, match=message):
        found(log, 8)
