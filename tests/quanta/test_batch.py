"""Batches: what was sealed replays to the same bytes, and whatever was changed on the way is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.errors import Divergence, VerificationError
from constellation.protocol.limits import BATCH_MAX_QUANTA
from constellation.protocol.merkle import EMPTY_ROOT
from constellation.protocol.messages import (
    AccountEvent,
    Batch,
    BatchHeader,
    Code,
    EffectGroup,
    LedgerCommit,
    Payment,
    Quantum,
    QuantumLeaf,
    SignedHeader,
    SignedRequest,
)
from constellation.protocol.proofs import check_inclusion, check_signed_header
from constellation.protocol.signing import header_hash
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.quanta import (
    Executed,
    Machine,
    SealedBatch,
    Tip,
    check_client_signatures,
    check_follows,
    replay,
    request_signature_fits,
    seal,
    signed_batch,
)
from constellation.testing import World, random_quanta
from constellation.testing.world import START_US, key_of
from tests.protocol.xdr_values import encoded_anew
from tests.quanta.running import run

COUNT = 24


@dataclass
class Scene:
    """Alpha's machine after an opening batch and one with quanta, and what was relayed."""

    world: World
    machine: Machine
    opening: SealedBatch
    sealed: SealedBatch

    @property
    def wire(self) -> bytes:
        return self.signed(self.sealed).to_xdr()

    def signed(self, sealed: SealedBatch) -> Batch:
        return signed_batch(sealed, self.world.alpha.sign(sealed.digest))

    def auditor(self) -> Machine:
        """Another machine, after the opening batch."""
        machine = self.world.machine()
        replayed = replay(machine, Tip.genesis(self.world.settings), self.signed(self.opening))
        assert replayed.digest == self.opening.digest
        return machine

    def replays(self, batch: Batch) -> SealedBatch:
        return replay(self.auditor(), self.opening.tip, batch)


def executed_quanta(world: World, machine: Machine, seed: int, count: int) -> list[Executed]:
    """Exactly ``count`` random quanta that were not refused, deposits first."""
    executed = []
    names = [key_of(name) for name in "abcd"]
    for asset in range(3):
        commit = world.deposits(machine, *((name, asset, 10**12) for name in names))
        executed.append(machine.execute(START_US, commit))
    for timestamp, body in random_quanta(world, machine, names, seed, 100 * count):
        if len(executed) == count:
            break
        outcome = run(machine, timestamp, body)
        if isinstance(outcome, list):
            executed += outcome
    return executed


def build(seed: int, *, checkpoint: bool = True) -> Scene:
    world = World(fills=3, maker_fee_ppm=100, taker_fee_ppm=200)
    machine = world.machine()
    opening = seal(machine, [], Tip.genesis(world.settings), 1, checkpoint=False)
    executed = executed_quanta(world, machine, seed, COUNT)
    return Scene(world, machine, opening, seal(machine, executed, opening.tip, 1, checkpoint=checkpoint))


@cache
def scene() -> Scene:
    """One that all tests read and none changes."""
    return build(7)


def relayed() -> Batch:
    """A copy of its batch that a test can spoil."""
    return Batch.from_xdr(scene().wire)


def resigned(batch: Batch) -> Batch:
    """The batch with alpha's signature over its header, as a malicious alpha would send it."""
    world = scene().world
    header = batch.signed_header.header
    batch.signed_header = SignedHeader(header, world.alpha.sign(header_hash(world.constellation, header)))
    return batch


def fault_of(batch: Batch) -> Code:
    """The code with which an auditor refuses it, though alpha signed it."""
    check_signed_header(scene().world.terms, resigned(encoded_anew(batch)).signed_header)
    with pytest.raises(Divergence) as caught:
        scene().replays(batch)
    return caught.value.code


def first_request(batch: Batch) -> SignedRequest:
    return next(quantum.body for quantum in batch.quanta if isinstance(quantum.body, SignedRequest))


def sign_first_request(batch: Batch, signature: bytes) -> None:
    """Put another signature in the place of the first request's."""
    quantum = next(quantum for quantum in batch.quanta if isinstance(quantum.body, SignedRequest))
    quantum.body = replace(quantum.body, signature=signature)


def first_commit(batch: Batch) -> LedgerCommit:
    return next(quantum.body for quantum in batch.quanta if isinstance(quantum.body, LedgerCommit))


# Sealing and replaying


@pytest.mark.parametrize("checkpoint", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_a_replayed_batch_is_the_sealed_one(seed: int, checkpoint: bool) -> None:
    made = build(seed, checkpoint=checkpoint)
    auditor = made.auditor()
    replayed = replay(auditor, made.opening.tip, Batch.from_xdr(made.wire))
    assert replayed.header == made.sealed.header
    assert replayed.digest == made.sealed.digest
    assert replayed.tip == made.sealed.tip
    assert [item.groups for item in replayed.executed] == [item.groups for item in made.sealed.executed]
    assert made.signed(replayed).to_xdr() == made.wire
    assert auditor.state.root() == made.machine.state.root()
    assert (made.sealed.header.state_root is not None) is checkpoint


def test_a_header_says_what_the_batch_holds() -> None:
    header = scene().sealed.header
    assert (header.version, header.epoch, header.number) == (1, 1, 2)
    assert (header.first_apex, header.last_apex) == (1, COUNT)
    assert header.timestamp == scene().sealed.executed[-1].quantum.timestamp
    assert header.previous == scene().opening.digest
    assert header.state_root == scene().machine.state.root()


def test_batches_of_any_cut_lead_to_the_same_state() -> None:
    roots = []
    for size in (1, 5, COUNT):
        world = World()
        machine = world.machine()
        auditor = world.machine()
        tip = other_tip = seal(machine, [], Tip.genesis(world.settings), 1, checkpoint=False).tip
        executed = executed_quanta(world, machine, 3, COUNT)
        shadow = world.machine()
        for start in range(0, COUNT, size):
            part = [
                shadow.execute(item.quantum.timestamp, item.quantum.body) for item in executed[start : start + size]
            ]
            sealed = seal(shadow, part, tip, 1, checkpoint=True)
            tip = sealed.tip
            other_tip = replay(auditor, other_tip, signed_batch(sealed, bytes(64))).tip
        assert tip == other_tip
        roots.append(auditor.state.root())
    assert roots[0] == roots[1] == roots[2]


def test_the_largest_batch_can_be_sent_and_one_quantum_more_cannot() -> None:
    world = World()
    machine = world.machine()
    [alice, bob] = world.funded(machine, "alice", "bob")
    tip = Tip.genesis(world.settings)
    executed = [
        machine.execute(START_US, world.request(alice, Payment(bob.public, 1, 1))) for _ in range(BATCH_MAX_QUANTA)
    ]
    sealed = seal(machine, executed, tip, 1, checkpoint=False)
    assert len(Batch.from_xdr(signed_batch(sealed, bytes(64)).to_xdr()).quanta) == BATCH_MAX_QUANTA
    executed.append(machine.execute(START_US, world.request(alice, Payment(bob.public, 1, 1))))
    with pytest.raises(UnencodableMessage):
        signed_batch(seal(machine, executed, tip, 1, checkpoint=False), bytes(64)).to_xdr()


# The empty batch that opens an epoch


def test_an_epoch_opens_with_an_empty_batch() -> None:
    header = scene().opening.header
    assert (header.number, header.first_apex, header.last_apex, header.timestamp) == (1, 1, 0, 0)
    assert header.quanta_root == EMPTY_ROOT


def empty(epoch: int, **changes: object) -> Batch:
    """An empty batch after the scene's."""
    sealed = seal(scene().machine, [], scene().sealed.tip, epoch, checkpoint=True)
    header = replace(sealed.header, **changes)  # type: ignore[arg-type]
    return resigned(signed_batch(SealedBatch(header, b"", [], sealed._tree), bytes(64)))


def replays_after(batch: Batch) -> SealedBatch:
    made = scene()
    auditor = made.auditor()
    return replay(auditor, replay(auditor, made.opening.tip, relayed()).tip, batch)


@pytest.mark.parametrize("epoch", [1, 2, 9, 2**64 - 1])
def test_a_batch_of_this_or_a_later_epoch_may_be_empty(epoch: int) -> None:
    assert replays_after(empty(epoch)).header.timestamp == scene().sealed.header.timestamp


@pytest.mark.parametrize(
    ("epoch", "changes", "code"),
    [
        (0, {}, Code.WRONG_EPOCH),
        (2, {"last_apex": COUNT + 1}, Code.BROKEN_CHAIN),
        (2, {"first_apex": COUNT}, Code.BROKEN_CHAIN),
        (2, {"first_apex": COUNT, "last_apex": COUNT - 1}, Code.BROKEN_CHAIN),
        (2, {"timestamp": START_US + 10**15}, Code.INVALID_QUANTUM),
        (2, {"timestamp": 0}, Code.INVALID_QUANTUM),
        (2, {"quanta_root": bytes(32)}, Code.QUANTA_ROOT_MISMATCH),
        (2, {"state_root": bytes(32)}, Code.STATE_ROOT_MISMATCH),
        (2, {"previous": bytes(32)}, Code.BROKEN_CHAIN),
        (2, {"number": 4}, Code.BROKEN_CHAIN),
    ],
)
def test_an_empty_batch_changes_nothing(epoch: int, changes: dict[str, object], code: Code) -> None:
    with pytest.raises(Divergence) as caught:
        replays_after(empty(epoch, **changes))
    assert caught.value.code is code


# What a malicious alpha can sign, part by part


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 0}, Code.UNSUPPORTED_VERSION),
        ({"version": 2}, Code.UNSUPPORTED_VERSION),
        ({"epoch": 0}, Code.WRONG_EPOCH),
        ({"number": 1}, Code.BROKEN_CHAIN),
        ({"number": 3}, Code.BROKEN_CHAIN),
        ({"first_apex": 0}, Code.BROKEN_CHAIN),
        ({"first_apex": 2}, Code.BROKEN_CHAIN),
        ({"last_apex": COUNT - 1}, Code.BROKEN_CHAIN),
        ({"last_apex": COUNT + 1}, Code.BROKEN_CHAIN),
        ({"first_apex": 2, "last_apex": COUNT + 1}, Code.BROKEN_CHAIN),
        ({"timestamp": START_US - 1}, Code.INVALID_QUANTUM),
        ({"timestamp": 2**63 - 1}, Code.INVALID_QUANTUM),
        ({"previous": bytes(32)}, Code.BROKEN_CHAIN),
        ({"quanta_root": bytes(32)}, Code.QUANTA_ROOT_MISMATCH),
        ({"state_root": bytes(32)}, Code.STATE_ROOT_MISMATCH),
    ],
    ids=str,
)
def test_a_wrong_field_of_the_header_is_refused(changes: dict[str, object], code: Code) -> None:
    batch = relayed()
    for name, value in changes.items():
        setattr(batch.signed_header.header, name, value)
    assert fault_of(batch) is code


def go_back_in_time(batch: Batch) -> None:
    batch.quanta[5].timestamp = batch.quanta[4].timestamp - 1


def come_before_all_times(batch: Batch) -> None:
    batch.quanta[0].timestamp = -1


def shift_a_quantum_in_time(batch: Batch) -> None:
    batch.quanta[0].timestamp -= 1


def pay_somebody_else(batch: Batch) -> None:
    first_request(batch).request.account = key_of("mallory").public


def use_another_nonce(batch: Batch) -> None:
    first_request(batch).request.nonce += 1


def prolong_a_request(batch: Batch) -> None:
    first_request(batch).request.valid_until += 1


def forge_a_signature(batch: Batch) -> None:
    sign_first_request(batch, scene().world.alpha.sign(b"\0" * 32))


def repeat_a_request(batch: Batch) -> None:
    place = next(n for n, quantum in enumerate(batch.quanta) if isinstance(quantum.body, SignedRequest))
    batch.quanta[place + 1 :] = [batch.quanta[place], *batch.quanta[place + 1 : -1]]
    batch.quanta[place + 1].timestamp = batch.quanta[place].timestamp
    batch.signed_header.header.timestamp = batch.quanta[-1].timestamp


def slip_in_what_was_refused(batch: Batch) -> None:
    world = scene().world
    refused = world.request(key_of("a"), Payment(key_of("a").public, 1, 1), nonce=10**6)
    batch.quanta[-1] = Quantum(batch.quanta[-1].timestamp, refused)


def slip_in_what_is_too_late(batch: Batch) -> None:
    world, last = scene().world, batch.quanta[-1]
    late = world.request(key_of("a"), Payment(key_of("b").public, 1, 1), nonce=10**6, valid_until=last.timestamp - 1)
    batch.quanta[-1] = Quantum(last.timestamp, late)


def swap_two_commits(batch: Batch) -> None:
    batch.quanta[0], batch.quanta[1] = batch.quanta[1], batch.quanta[0]


def repeat_a_commit(batch: Batch) -> None:
    batch.quanta[1] = batch.quanta[0]


def leave_out_the_first(batch: Batch) -> None:
    batch.quanta.pop(0)
    batch.signed_header.header.last_apex -= 1


def leave_out_the_last(batch: Batch) -> None:
    batch.quanta.pop()
    batch.signed_header.header.last_apex -= 1
    batch.signed_header.header.timestamp = batch.quanta[-1].timestamp


def leave_out_without_saying(batch: Batch) -> None:
    batch.quanta.pop(3)


def forge_a_deposit(batch: Batch) -> None:
    first_commit(batch).report.events[0].amount += 1  # type: ignore[union-attr]


def forge_an_auditor(batch: Batch) -> None:
    first_commit(batch).signatures[0].signature = first_commit(batch).signatures[1].signature


def drop_an_auditor(batch: Batch) -> None:
    first_commit(batch).signatures.pop()


def count_an_auditor_twice(batch: Batch) -> None:
    signatures = first_commit(batch).signatures
    signatures[1] = signatures[0]


def reorder_the_auditors(batch: Batch) -> None:
    first_commit(batch).signatures.reverse()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (go_back_in_time, Code.INVALID_QUANTUM),
        (come_before_all_times, Code.INVALID_QUANTUM),
        (shift_a_quantum_in_time, Code.QUANTA_ROOT_MISMATCH),
        (pay_somebody_else, Code.BAD_SIGNATURE),
        (use_another_nonce, Code.BAD_SIGNATURE),
        (prolong_a_request, Code.BAD_SIGNATURE),
        (forge_a_signature, Code.BAD_SIGNATURE),
        (repeat_a_request, Code.INVALID_QUANTUM),
        (slip_in_what_was_refused, Code.INVALID_QUANTUM),
        (slip_in_what_is_too_late, Code.INVALID_QUANTUM),
        (swap_two_commits, Code.INVALID_QUANTUM),
        (repeat_a_commit, Code.INVALID_QUANTUM),
        (leave_out_the_first, Code.INVALID_QUANTUM),
        (leave_out_the_last, Code.QUANTA_ROOT_MISMATCH),
        (leave_out_without_saying, Code.BROKEN_CHAIN),
        (forge_a_deposit, Code.INVALID_QUANTUM),
        (forge_an_auditor, Code.INVALID_QUANTUM),
        (drop_an_auditor, Code.INVALID_QUANTUM),
        (count_an_auditor_twice, Code.INVALID_QUANTUM),
        (reorder_the_auditors, Code.QUANTA_ROOT_MISMATCH),
    ],
)
def test_a_spoiled_quantum_is_refused(spoil: Callable[[Batch], None], code: Code) -> None:
    batch = relayed()
    spoil(batch)
    assert fault_of(batch) is code


def delivered(wire: bytes) -> SealedBatch:
    batch = Batch.from_xdr(wire)
    check_signed_header(scene().world.terms, batch.signed_header)
    return scene().replays(batch)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_changed_byte_anywhere_is_noticed(data: st.DataObject) -> None:
    wire = bytearray(scene().wire)
    place = data.draw(st.integers(0, len(wire) - 1), label="place")
    wire[place] ^= data.draw(st.integers(1, 255), label="change")
    with pytest.raises((MalformedMessage, VerificationError, Divergence)):
        delivered(bytes(wire))


def test_a_batch_follows_its_tip_alone() -> None:
    made, batch = scene(), relayed()
    check_follows(made.opening.tip, 0, batch)
    for tip, apex in (
        (Tip.genesis(made.world.settings), 0),
        (made.sealed.tip, COUNT),
        (made.opening.tip, 1),
        (replace(made.opening.tip, epoch=2), 0),
        (replace(made.opening.tip, digest=bytes(32)), 0),
        (replace(made.opening.tip, number=2), 0),
    ):
        with pytest.raises(Divergence):
            check_follows(tip, apex, batch)


# Clients' signatures


def test_a_request_is_signed_for_its_own_constellation() -> None:
    world = World()
    signed = world.request(key_of("a"), Payment(key_of("b").public, 1, 1))
    assert request_signature_fits(world.constellation, signed)
    assert not request_signature_fits(bytes(32), signed)
    signed.request.account = key_of("b").public
    encoded_anew(signed)
    assert not request_signature_fits(world.constellation, signed)


def test_the_quantum_with_a_bad_signature_is_named() -> None:
    batch = relayed()
    check_client_signatures(scene().world.constellation, batch)
    place = next(n for n, quantum in enumerate(batch.quanta) if isinstance(quantum.body, SignedRequest))
    sign_first_request(batch, bytes(64))
    with pytest.raises(Divergence, match=f"quantum {place + 1} carries a request"):
        check_client_signatures(scene().world.constellation, batch)


# What a client is shown


def every_event(sealed: SealedBatch) -> list[AccountEvent]:
    return [
        sealed.event(place, group)
        for place, executed in enumerate(sealed.executed)
        for group in range(len(executed.groups))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_every_group_of_every_quantum_can_be_proved(seed: int) -> None:
    sealed = build(seed).sealed
    events = every_event(sealed)
    assert len(events) > COUNT
    for event in events:
        check_inclusion(sealed.header, AccountEvent.from_xdr(event.to_xdr()))


def test_a_proof_holds_under_its_own_header_alone() -> None:
    other = build(8).sealed.header
    for event in every_event(scene().sealed):
        with pytest.raises(VerificationError):
            check_inclusion(other, event)


def test_an_answer_carries_the_readers_request_id() -> None:
    assert scene().sealed.event(0, 0, request_id=77).request_id == 77
    assert scene().sealed.event(0, 0).request_id is None


def refused(header: BatchHeader, event: AccountEvent) -> bool:
    try:
        check_inclusion(header, event)
    except VerificationError as error:
        return error.code is Code.QUANTA_ROOT_MISMATCH
    return False


def flipped(data: st.DataObject, wire: bytes) -> bytes:
    place = data.draw(st.integers(0, len(wire) - 1), label="place")
    change = data.draw(st.integers(1, 255), label="change")
    return wire[:place] + bytes([wire[place] ^ change]) + wire[place + 1 :]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_changed_byte_of_what_is_shown_breaks_the_proof(data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(every_event(scene().sealed)), label="event")
    part = data.draw(st.sampled_from(("leaf", "group", "group_proof", "leaf_proof")), label="part")
    try:
        if part == "leaf":
            spoiled = replace(event, leaf=QuantumLeaf.from_xdr(flipped(data, event.leaf.to_xdr())))
        elif part == "group":
            spoiled = replace(event, group=EffectGroup.from_xdr(flipped(data, event.group.to_xdr())))
        else:
            proof = getattr(event, part)
            wire = flipped(data, proof.to_xdr())
            decoded = type(proof).from_xdr(wire)
            if part == "group_proof" and decoded.path == proof.path:
                return  # another place in a tree of another size: see the next test
            spoiled = replace(event, **{part: decoded})
    except MalformedMessage:
        return
    assert refused(scene().sealed.header, spoiled)


def test_where_a_group_stands_in_its_quantum_is_not_proved_and_need_not_be() -> None:
    """RFC 6962 paths do not commit to the size of their tree; that the group is in it is all that is claimed."""
    sealed = scene().sealed
    place = next(n for n, executed in enumerate(sealed.executed) if len(executed.groups) == 3)
    event = sealed.event(place, 0)
    event.group_proof.size = 4
    check_inclusion(sealed.header, event)
    event.group_proof.index = 1
    assert refused(sealed.header, event)


@pytest.mark.parametrize(("index", "size"), [(0, 23), (0, 25), (0, 32), (1, COUNT), (0, 0), (COUNT, COUNT)])
def test_where_a_quantum_stands_in_its_batch_is_proved(index: int, size: int) -> None:
    event = scene().sealed.event(0, 0)
    event.leaf_proof.index, event.leaf_proof.size = index, size
    assert refused(scene().sealed.header, event)


def test_another_accounts_group_does_not_fit_the_proof() -> None:
    sealed = scene().sealed
    place = next(n for n, executed in enumerate(sealed.executed) if len(executed.groups) == 2)
    mine, theirs = sealed.event(place, 0), sealed.event(place, 1)
    assert refused(sealed.header, replace(mine, group=theirs.group))
    assert refused(sealed.header, replace(mine, group_proof=theirs.group_proof))
    elsewhere = sealed.event(0, 0)
    assert refused(sealed.header, replace(mine, leaf=elsewhere.leaf))
    assert refused(sealed.header, replace(mine, leaf_proof=elsewhere.leaf_proof))
