from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Code
from constellation.quanta import Tip
from constellation.snapshots import DamagedLog, restore
from constellation.testing.world import World

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
PLACE = st.floats(0, 1, exclude_max=True)


def flip(log, table: str, column: str, where: str, place: float, bit: int) -> None:
    """Flip one bit of a stored value."""
    with log.engine.begin() as connection:
        value = connection.execute(text(f"SELECT {column} FROM {table} WHERE {where}")).scalar()
        changed = bytearray(value)
        changed[int(place * len(value))] ^= 1 << bit
        connection.execute(text(f"UPDATE {table} SET {column} = :value WHERE {where}"), {"value": bytes(changed)})


@pytest.mark.parametrize("batches", [0, 1, 2, 3, 10, 25, 40])
def test_the_restored_state_is_the_one_that_was(open_log, past, batches: int) -> None:
    log = open_log(past.world)
    log.write(past.stored[:batches])
    restored = restore(log, past.world.settings)
    assert restored.machine.state.root() == past.roots[batches]
    assert restored.tip == log.tip()
    assert restored.tip.number == batches


def test_a_restored_machine_goes_on_like_the_first(open_log, past) -> None:
    log = open_log(past.world)
    log.write(past.stored[:20])
    restore(log, past.world.settings)
    log.write(past.stored[20:])
    assert restore(log, past.world.settings).machine.state.root() == past.roots[40]


def test_the_observer_sees_every_batch_once(log, past) -> None:
    seen = []
    restore(log, past.world.settings, lambda sealed, batch: seen.append((sealed.digest, batch)))
    assert seen == [(item.digest, item.batch) for item in past.stored]


def test_an_empty_log_restores_to_genesis(open_log, past) -> None:
    restored = restore(open_log(past.world), past.world.settings)
    assert restored.tip == Tip.genesis(past.world.settings)


@given(number=st.integers(1, 40), place=PLACE, bit=st.integers(0, 7))
@ANY
def test_any_flipped_bit_of_a_batch_is_found_and_its_batch_named(past, open_log, number, place, bit) -> None:
    log = open_log(past.world)
    log.write(past.stored)
    flip(log, "batches", "batch", f"number = {number}", place, bit)
    with pytest.raises(DamagedLog, match=f"batch {number} in the log"):
        restore(log, past.world.settings)


@given(number=st.integers(1, 40), place=PLACE, bit=st.integers(0, 7))
@ANY
def test_any_flipped_bit_of_a_digest_is_found_and_its_batch_named(past, open_log, number, place, bit) -> None:
    log = open_log(past.world)
    log.write(past.stored)
    flip(log, "batches", "digest", f"number = {number}", place, bit)
    with pytest.raises(DamagedLog, match=f"batch {number} in the log does not fit its own hash"):
        restore(log, past.world.settings)


@given(number=st.integers(1, 40), place=PLACE, bit=st.integers(0, 7))
@ANY
def test_any_flipped_bit_of_the_certificate_is_found_and_its_batch_named(past, open_log, number, place, bit) -> None:
    """Damage to the highest certificate is found; a lower one is not read any more, so damage there is harmless."""
    log = open_log(past.world)
    log.write([*past.stored, past.certificate(number)])
    flip(log, "batches", "certificate", f"number = {number}", place, bit)
    with pytest.raises(DamagedLog, match=f"the certificate of batch {number} in the log is damaged"):
        log.certificate()


@given(place=PLACE, bit=st.integers(0, 7))
@ANY
def test_any_flipped_bit_of_the_promise_is_found(past, open_log, place, bit) -> None:
    """A promise read wrongly could let an auditor sign below the epoch that it has promised."""
    log = open_log(past.world)
    log.write([past.promise(5, 3)])
    flip(log, "promises", "promise", "epoch = 5", place, bit)
    with pytest.raises(DamagedLog, match="the promise for epoch 5 in the log is damaged"):
        log.promise()


def test_a_certificate_in_the_wrong_row_is_found(log, past) -> None:
    log.write([past.certificate(7)])
    with log.engine.begin() as connection:
        connection.execute(
            text("UPDATE batches SET certificate = (SELECT certificate FROM batches WHERE number = 7) WHERE number = 9")
        )
    with pytest.raises(DamagedLog, match=r"certificate of batch 9 in the log is damaged: it is for another header"):
        log.certificate()


def test_a_certificate_of_too_few_is_found(log, past) -> None:
    log.write([past.certificate(7, signers=1)])
    with pytest.raises(DamagedLog, match=r"certificate of batch 7 .* NOT_ENOUGH_SIGNATURES"):
        log.certificate()


@pytest.mark.parametrize("number", [1, 2, 20, 39])
def test_a_missing_batch_is_found(log, past, number: int) -> None:
    with log.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM batches WHERE number = {number}"))
    with pytest.raises(DamagedLog, match=f"batch {number} in the log is missing"):
        restore(log, past.world.settings)


def test_swapped_batches_are_found(log, past) -> None:
    with log.engine.begin() as connection:
        rows = dict(connection.execute(text("SELECT number, batch FROM batches WHERE number IN (7, 8)")).all())
        for number, batch in ((7, rows[8]), (8, rows[7])):
            connection.execute(
                text("UPDATE batches SET batch = :batch WHERE number = :n"), {"batch": batch, "n": number}
            )
    with pytest.raises(DamagedLog, match="in the log"):
        restore(log, past.world.settings)


def test_the_log_of_another_alpha_is_found(open_log, past) -> None:
    """Everything fits but the signatures."""
    log = open_log(past.world)
    for item in past.stored[:3]:
        copy = type(item)(type(item.batch).from_xdr(item.batch.to_xdr()), item.digest)
        signature = World().auditors[0].sign(item.digest)
        copy.batch.signed_header = replace(copy.batch.signed_header, alpha_signature=signature)
        log.write([copy])
    with pytest.raises(Divergence, match=r"batch 1 in the log: alpha's signature") as found:
        restore(log, past.world.settings)
    assert found.value.code is Code.BAD_SIGNATURE
