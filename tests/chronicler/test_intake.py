"""The intake is given anything: what comes through is the chain, whole, in order and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.chronicler import intake as intake_module
from constellation.chronicler.intake import ChronicleRefused, FinalBatch, Intake
from constellation.protocol.messages import (
    AuditorSignature,
    Certificate,
    ChronicleBatch,
    ChronicleItem,
    decode_chronicle_item,
    encode_chronicle_item,
)
from constellation.protocol.signing import vote_hash
from constellation.protocol.xdr import MalformedMessage
from constellation.testing.world import key_of
from tests.chronicler.chain import Chain
from tests.chronicler.filling import intake_at_genesis

CHAIN = Chain(36, batches=12, quanta=8, with_terms=True)
ITEMS = [encode_chronicle_item(item) for item in CHAIN.all_items()]
OTHER = [encode_chronicle_item(item) for item in Chain(3, batches=4, quanta=6).all_items()]
DIGESTS = [link.sealed.digest for link in CHAIN.links]
assert any(link.item.certificate is None for link in CHAIN.links)
assert CHAIN.machine.state.term > 1


def taken(intake: Intake, items: Sequence[bytes]) -> list[FinalBatch]:
    """What comes through until something is refused."""
    final: list[FinalBatch] = []
    try:
        for data in items:
            final += intake.take(decode_chronicle_item(data))
    except (ChronicleRefused, MalformedMessage):
        intake.restart()
    return final


def check(final: Sequence[FinalBatch]) -> None:
    """It is a beginning of the chain, with its effects, and every certificate with it."""
    assert [one.sealed.digest for one in final] == DIGESTS[: len(final)]
    for one, link in zip(final, CHAIN.links, strict=False):
        assert one.item.batch == link.item.batch
        assert one.item.effects == link.item.effects
        assert one.certified_by >= one.number
        assert CHAIN.links[one.certified_by - 1].item.certificate is not None


def finish(intake: Intake) -> list[FinalBatch]:
    """The honest rest, from where it is."""
    rest: list[ChronicleItem] = []
    for link in CHAIN.links:
        rest += link.appointments
        if link.sealed.header.number > intake.number:
            rest.append(link.item)
    return taken(intake, [encode_chronicle_item(item) for item in rest])


def test_the_chain_comes_through() -> None:
    final = taken(intake_at_genesis(CHAIN), ITEMS)
    check(final)
    assert len(final) == len(DIGESTS)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_changed_byte_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ITEMS) - 1))
    at = data.draw(st.integers(0, len(ITEMS[place]) - 1))
    mask = data.draw(st.integers(1, 255))
    changed = bytearray(ITEMS[place])
    changed[at] ^= mask
    intake = intake_at_genesis(CHAIN)
    final = taken(intake, [*ITEMS[:place], bytes(changed), *ITEMS[place + 1 :]])
    check(final)
    final += finish(intake)
    check(final)
    assert len(final) == len(DIGESTS)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_order_of_any_items(data: st.DataObject) -> None:
    """Repeated, missing, in disorder, of another constellation's history."""
    intake = intake_at_genesis(CHAIN)
    final: list[FinalBatch] = []
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(ITEMS)))
        piece = ITEMS[begin : begin + data.draw(st.integers(0, 12))]
        for _ in range(data.draw(st.integers(0, 2))):
            place = data.draw(st.integers(0, len(piece)))
            kind = data.draw(st.sampled_from(("drop", "repeat", "foreign", "swap")))
            if kind == "foreign":
                piece = [*piece[:place], data.draw(st.sampled_from(OTHER)), *piece[place:]]
            elif kind == "drop":
                piece = [*piece[:place], *piece[place + 1 :]]
            elif kind == "repeat":
                piece = [*piece[:place], *piece[max(0, place - 1) :]]
            else:
                piece = [*piece[:place], *reversed(piece[place : place + 2]), *piece[place + 2 :]]
        final += taken(intake, piece)
    final += finish(intake)
    check(final)
    assert len(final) == len(DIGESTS)


@pytest.mark.parametrize("seed", range(5))
def test_a_restart_in_the_middle_gives_each_batch_once(seed: int) -> None:
    random, intake = Random(seed), intake_at_genesis(CHAIN)
    final: list[FinalBatch] = []
    while len(final) < len(DIGESTS):
        known = [encode_chronicle_item(one) for link in CHAIN.links for one in link.appointments]
        behind = CHAIN.links[intake.number : intake.number + random.randint(1, 6)]
        final += taken(intake, known + [encode_chronicle_item(link.item) for link in behind])
        if random.random() < 0.5:
            intake.restart()
    check(final)


def test_a_batch_without_a_certificate_waits_for_a_later_one() -> None:
    intake, waiting = intake_at_genesis(CHAIN), 0
    for link in CHAIN.links:
        for signed in link.appointments:
            assert intake.take(signed) == []
        final = intake.take(link.item)
        waiting += 1
        if link.item.certificate is None:
            assert final == []
        else:
            assert [one.certified_by for one in final] == [link.sealed.header.number] * waiting
            waiting = 0
    assert waiting == 0


def certificate_by(names: Sequence[str], place: int) -> Certificate:
    sealed = CHAIN.links[place].sealed
    message = vote_hash(CHAIN.world.constellation, sealed.digest)
    keys = [key_of(name) for name in names]
    return Certificate(sealed.header, [AuditorSignature(key.public, key.sign(message)) for key in keys])


def test_a_certificate_of_others_is_refused() -> None:
    """Of too few, of strangers, of one auditor twice, of another term's auditors, of another batch."""
    place = len(CHAIN.links) - 1
    members = {signed.auditor for signed in _certificate(place).signatures}
    gone = [f"auditor {n}" for n in range(20) if key_of(f"auditor {n}").public not in members]
    wrong = [
        certificate_by(["auditor 0"], 1),
        certificate_by(["somebody", "else"], 1),
        certificate_by(["auditor 0", "auditor 0"], 1),
        certificate_by(["alpha", "auditor 0"], 1),
        _certificate(0),
    ]
    for certificate in wrong:
        intake = intake_at_genesis(CHAIN)
        taken(intake, ITEMS[:1])
        item = CHAIN.links[1].item
        with pytest.raises(ChronicleRefused):
            intake.take(ChronicleBatch(item.batch, item.effects, certificate))
    intake = intake_at_genesis(CHAIN)
    taken(intake, ITEMS[:-1])
    item = CHAIN.links[place].item
    with pytest.raises(ChronicleRefused):
        intake.take(ChronicleBatch(item.batch, item.effects, certificate_by(gone[:4], place)))


def _certificate(place: int) -> Certificate:
    found = CHAIN.links[place].item.certificate
    assert found is not None
    return found


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "CHRONICLE_PENDING_MAX", 3)
    chain = Chain(9, batches=0)
    intake = intake_at_genesis(chain)
    for link in chain.links:
        intake.take(link.item)
    for _ in range(3):
        assert intake.take(chain.seal([], certified=False).item) == []
    with pytest.raises(ChronicleRefused, match="no certificate covers 3 batches"):
        intake.take(chain.seal([]).item)
    intake.restart()
    assert intake.number == len(chain.links) - 4


def test_the_quanta_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "CHRONICLE_PENDING_MAX_QUANTA", 5)
    chain = Chain(9, batches=4)
    intake = intake_at_genesis(chain)
    bare = [replace(link.item, certificate=None) for link in chain.links]
    with pytest.raises(ChronicleRefused, match=r"no certificate covers \d batches with \d+ quanta"):
        [intake.take(item) for item in bare]
    intake.restart()
    assert intake.number == 0


def test_terms_are_only_believed_when_signed() -> None:
    signed = [one for link in CHAIN.links for one in link.appointments]
    intake = intake_at_genesis(CHAIN)
    with pytest.raises(ChronicleRefused):
        intake.take(signed[1])  # the first one is missing
    assert intake.terms.term == 0
    intake.take(signed[0])
    intake.take(signed[0])
    assert intake.terms.term == 1
    later = next(link for link in CHAIN.links if link.appointments == [signed[1]])
    for link in CHAIN.links[: later.sealed.header.number - 1]:
        intake.take(link.item)
    with pytest.raises(ChronicleRefused, match="WRONG_EPOCH"):
        intake.take(later.item)
