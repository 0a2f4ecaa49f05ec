"""Snapshots between members: whole and certified, or nothing at all."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from constellation.herald.alpha import AlphaState
from constellation.herald.link import BatchCache, Link
from constellation.herald.replica import LinkState
from constellation.herald.transfer import ReceivedSnapshot, SnapshotReceiver, SnapshotSender, needs_snapshot
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import SNAPSHOT_BATCHES_BEHIND
from constellation.protocol.messages import (
    Batch,
    ClusterMessageType,
    Code,
    EpochProposal,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
    decode_cluster_message,
    encode_cluster_message,
    encode_state_entry,
)
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots import CheckpointKeeper, QuantumLog, StoredBatch
from constellation.snapshots.snapshot_reader import copy_snapshot
from constellation.testing.cluster import Cluster
from constellation.testing.world import World
from tests.herald.support import execute
from tests.herald.test_cluster import assert_agreed
from tests.snapshots.support import History, history

CHECKPOINT = 16
_CERTIFICATE = ClusterMessageType.CERTIFICATE.to_bytes(4, "big")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch) -> None:
    """A snapshot takes several messages, though a test's state is small."""
    monkeypatch.setattr("constellation.snapshots.snapshot_copy.MAX_SNAPSHOT_ENTRIES", 4)


# --- the receiver alone ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def past() -> History:
    return history(World(auditors=3), batches=18)


def messages_of(past: History, certified: int = CHECKPOINT) -> list[bytes]:
    """A snapshot as it is sent, of the last checkpoint that is certified by batch ``certified``."""
    log = QuantumLog(None, past.world.settings)
    keeper = CheckpointKeeper(restored=False)
    for stored, sealed in zip(past.stored, past.sealed, strict=True):
        keeper.note(sealed)
        log.write([StoredBatch(stored.batch, stored.digest)])
    checkpoint = keeper.take(certified)
    assert checkpoint is not None
    log.write([past.certificate(certified), checkpoint])
    with copy_snapshot(log, rest=lambda _: None) as copy:
        sender = SnapshotSender(copy)
        messages = []
        while (message := sender.next()) is not None:
            messages.append(message)
    log.close()
    return messages


def decoded(messages: list[bytes]) -> tuple[SnapshotHead, list[SnapshotEntries]]:
    head, *chunks = (decode_cluster_message(message) for message in messages)
    assert isinstance(head, SnapshotHead)
    return head, chunks  # type: ignore[return-value]


def receive(past: History, head: SnapshotHead, chunks: list[SnapshotEntries], after: int = 0) -> ReceivedSnapshot:
    """The snapshot that comes out; everything must be taken."""
    receiver = SnapshotReceiver(past.world.terms, head, after)
    for place, chunk in enumerate(chunks):
        snapshot = receiver.receive(chunk)
        assert (snapshot is not None) == (place == len(chunks) - 1)
    assert snapshot is not None
    return snapshot


def refused(past: History, head: SnapshotHead, chunks: list[SnapshotEntries], code: Code, after: int = 0) -> None:
    with pytest.raises(ProtocolViolation) as violation:
        receive(past, head, chunks, after)
    assert violation.value.code is code


@pytest.mark.parametrize("certified", [16, 17, 18])
def test_a_snapshot_comes_out_as_it_was_sent(past, certified: int) -> None:
    """Whether its own batch is certified, or a later one."""
    messages = messages_of(past, certified)
    head, chunks = decoded(messages)
    assert len(chunks) > 3
    assert [encode_cluster_message(message) for message in (head, *chunks)] == messages
    snapshot = receive(past, head, chunks, after=CHECKPOINT)
    assert snapshot.tip == past.sealed[CHECKPOINT - 1].tip
    assert list(snapshot.entries.values()) == [encode_state_entry(item) for chunk in chunks for item in chunk.entries]
    assert list(snapshot.entries) == sorted(snapshot.entries)


def test_one_that_is_behind_is_refused(past) -> None:
    refused(past, *decoded(messages_of(past)), Code.BROKEN_CHAIN, after=CHECKPOINT + 1)


def test_one_without_a_certificate_for_it_is_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    for certificate, code in (
        (past.certificate(CHECKPOINT, signers=1), Code.NOT_ENOUGH_SIGNATURES),
        (past.certificate(CHECKPOINT - 1), Code.NOT_ENOUGH_SIGNATURES),
        (past.certificate(CHECKPOINT + 1), Code.NOT_ENOUGH_SIGNATURES),
    ):
        head.finality.certificate = certificate
        refused(past, head, chunks, code)
    head.finality.certificate = past.certificate(CHECKPOINT + 1)
    head.finality.ancestors = [past.sealed[CHECKPOINT - 2].header]
    refused(past, head, chunks, Code.BROKEN_CHAIN)


def test_one_that_alpha_has_not_signed_is_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    head.checkpoint = replace(head.checkpoint, alpha_signature=bytes(64))
    refused(past, head, chunks, Code.BAD_SIGNATURE)


def test_one_of_another_constellation_is_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    other = World(auditors=3)
    other.settings.network_passphrase = "another network"
    with pytest.raises(ProtocolViolation) as violation:
        SnapshotReceiver(other.terms, head, 0)
    assert violation.value.code is Code.BAD_SIGNATURE
    assert chunks


def test_one_of_a_batch_without_a_state_root_is_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    head.checkpoint = past.stored[16].batch.signed_header
    head.finality.certificate = past.certificate(17)
    refused(past, head, chunks, Code.STATE_ROOT_MISMATCH)


def test_wrong_bucket_hashes_are_refused_before_any_entry(past) -> None:
    buckets = decoded(messages_of(past))[0].buckets
    filled = next(number for number, digest in enumerate(buckets) if digest != bytes(32))
    emptied = [*buckets[:filled], bytes(32), *buckets[filled + 1 :]]
    for wrong in (emptied, buckets[:-1], [], buckets[::-1], [buckets[filled]] * len(buckets)):
        head, _ = decoded(messages_of(past))
        head.buckets = wrong
        with pytest.raises(ProtocolViolation) as violation:
            SnapshotReceiver(past.world.terms, head, 0)
        assert violation.value.code is Code.STATE_ROOT_MISMATCH


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_wrong_count_is_refused(past, count: int) -> None:
    head, chunks = decoded(messages_of(past))
    head.entries = count
    code = Code.MALFORMED if 0 < count < 4 else Code.STATE_ROOT_MISMATCH
    with pytest.raises(ProtocolViolation) as violation:
        receive(past, head, chunks)
    assert violation.value.code in (code, Code.MALFORMED)


def test_entries_out_of_order_and_doubled_ones_are_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    chunks[1].entries.reverse()
    refused(past, head, chunks, Code.STATE_ROOT_MISMATCH)
    head, chunks = decoded(messages_of(past))
    chunks[1].entries[2:] = chunks[1].entries[1:-1]
    refused(past, head, chunks, Code.MALFORMED)
    head, chunks = decoded(messages_of(past))
    chunks[1].entries[1] = chunks[1].entries[0]
    refused(past, head, chunks, Code.MALFORMED)
    head, chunks = decoded(messages_of(past))
    refused(past, head, [chunks[1], chunks[0]], Code.STATE_ROOT_MISMATCH)


def test_a_missing_a_changed_and_an_added_entry_are_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    del chunks[1].entries[2]
    head.entries -= 1
    refused(past, head, chunks, Code.STATE_ROOT_MISMATCH)
    changed = 0
    for place in range(len(chunks)):
        head, chunks = decoded(messages_of(past))
        for entry in chunks[place].entries:
            if hasattr(entry, "nonce"):
                entry.nonce += 1
                changed += 1
                refused(past, head, chunks, Code.STATE_ROOT_MISMATCH)
                break
    assert changed
    head, chunks = decoded(messages_of(past))
    chunks.append(SnapshotEntries([chunks[-1].entries[-1]]))
    head.entries += 1
    refused(past, head, chunks, Code.MALFORMED)


def test_messages_without_entries_and_behind_the_end_are_refused(past) -> None:
    head, chunks = decoded(messages_of(past))
    receiver = SnapshotReceiver(past.world.terms, head, 0)
    with pytest.raises(ProtocolViolation) as violation:
        receiver.receive(SnapshotEntries([]))
    assert violation.value.code is Code.MALFORMED
    receiver = SnapshotReceiver(past.world.terms, head, 0)
    for chunk in chunks:
        receiver.receive(chunk)
    with pytest.raises(ProtocolViolation) as violation:
        receiver.receive(chunks[-1])
    assert violation.value.code is Code.MALFORMED


@pytest.mark.parametrize("limit", ["SNAPSHOT_BUCKET_MAX_ENTRIES", "SNAPSHOT_BUCKET_MAX_BYTES"])
def test_what_is_held_without_proof_is_bounded(past, monkeypatch, limit: str) -> None:
    monkeypatch.setattr(f"constellation.herald.transfer.{limit}", 0)
    refused(past, *decoded(messages_of(past)), Code.TOO_LARGE)


def test_any_flipped_bit_is_refused(past) -> None:
    """Nothing comes out that is not what the quorum has certified, wherever a bit is wrong."""
    messages = messages_of(past)
    good = receive(past, *decoded(messages))
    random = Random(1)
    for place in [0] * 40 + list(range(1, len(messages))) * 12:
        changed = bytearray(messages[place])
        changed[random.randrange(4, len(changed))] ^= 1 << random.randrange(8)
        try:
            head, chunks = decoded([*messages[:place], bytes(changed), *messages[place + 1 :]])
            received = receive(past, head, chunks)
        except (MalformedMessage, ProtocolViolation, AssertionError):
            continue
        assert received.entries == good.entries
        assert received.tip == good.tip


def test_who_needs_a_snapshot() -> None:
    assert not needs_snapshot(start=1, first=1, checkpoint=0)
    assert not needs_snapshot(start=5, first=5, checkpoint=5)
    assert needs_snapshot(start=4, first=5, checkpoint=5)
    assert not needs_snapshot(start=7, first=5, checkpoint=7 + SNAPSHOT_BATCHES_BEHIND)
    assert needs_snapshot(start=7, first=5, checkpoint=8 + SNAPSHOT_BATCHES_BEHIND)


def test_a_sender_ends_once(past) -> None:
    log = QuantumLog(None, past.world.settings)
    log.write([*past.stored, past.certificate(1)])
    keeper = CheckpointKeeper(restored=False)
    keeper.note(past.sealed[0])
    log.write([keeper.take(1)])
    ended: list[int] = []
    with copy_snapshot(log, rest=lambda _: None) as copy:
        sender = SnapshotSender(copy, lambda: ended.append(1))
        while sender.next() is not None:
            pass
        assert sender.next() is None
        sender.end()
        assert ended == [1]
        cut = SnapshotSender(copy, lambda: ended.append(2))
        cut.next()
        cut.end()
        assert cut.next() is None
    assert ended == [1, 2]
    log.close()


# --- alpha to auditor -----------------------------------------------------------------------------------------------


def prune(log: QuantumLog, base: int) -> None:
    """Remove everything before batch ``base``."""
    while log.base < base:
        log.prune(base)


def rob(cluster: Cluster, number: int) -> None:
    """Its disk is lost."""
    cluster.cut(number)
    cluster.restart_auditor(number, cluster.empty_log())


def go_on(cluster: Cluster, batches: int) -> None:
    for _ in range(batches):
        execute(cluster)
        cluster.settle()


@pytest.fixture
def pruned(cluster: Cluster) -> Cluster:
    """Nine certified batches, of which alpha has the last two."""
    go_on(cluster, 8)
    prune(cluster.alpha.log, 8)
    return cluster


def test_an_auditor_that_lost_its_disk_gets_a_snapshot_and_signs_again(pruned) -> None:
    rob(pruned, 2)
    pruned.connect(2)
    pruned.settle()
    member = pruned.auditors[2]
    assert pruned.closed == []
    assert member.log.base == 9
    assert not member.replica.is_recovering
    pruned.cut(0)
    go_on(pruned, 2)
    assert pruned.certified == 12
    pruned.connect(0)
    pruned.settle()
    assert_agreed(pruned, pruned.certified)


def test_it_goes_on_after_a_restart_from_what_was_installed(pruned) -> None:
    rob(pruned, 2)
    pruned.connect(2)
    pruned.settle()
    go_on(pruned, 1)
    pruned.cut(2)
    pruned.restart_auditor(2)
    assert pruned.auditors[2].replica.certified == 11
    pruned.connect(2)
    go_on(pruned, 1)
    assert_agreed(pruned, pruned.certified)


def test_it_is_restarted_right_after_the_installation(pruned) -> None:
    rob(pruned, 2)
    pruned.connect(2)
    while pruned.auditors[2].log.base == 0:
        assert pruned.deliver_to_auditor(2) + pruned.deliver_to_alpha(2)
    pruned.cut(2)
    pruned.restart_auditor(2)
    assert pruned.auditors[2].replica.tip.number == pruned.auditors[2].replica.certified == 9
    pruned.connect(2)
    pruned.settle()
    assert_agreed(pruned, pruned.certified)


@pytest.mark.parametrize("cut_after", range(1, 16))
def test_a_transfer_that_ends_half_way_leaves_nothing_behind(pruned, cut_after: int) -> None:
    """Whoever of the two dies."""
    rob(pruned, 2)
    pruned.connect(2)
    for _ in range(cut_after):
        pruned.deliver_to_auditor(2)
        pruned.deliver_to_alpha(2)
    pruned.cut(2)
    if cut_after % 2:
        pruned.restart_auditor(2)
    elif pruned.auditors[2].log.base == 0:
        assert pruned.auditors[2].log.tip().number == 0
    pruned.connect(2)
    pruned.settle()
    assert_agreed(pruned, pruned.certified)


def test_an_auditor_that_is_only_behind_gets_one_and_keeps_its_promise(cluster) -> None:
    go_on(cluster, 2)
    cluster.cut(2)
    go_on(cluster, 6)
    prune(cluster.alpha.log, 8)
    identity = cluster.auditors[2].log.identity
    cluster.connect(2)
    cluster.settle()
    assert cluster.auditors[2].log.identity == identity
    assert not cluster.auditors[2].log.is_recovering
    assert cluster.auditors[2].log.promise().promise.tip.header.number == 3
    assert cluster.auditors[2].log.base == 9
    assert_agreed(cluster, 9)


def test_a_snapshot_may_be_proved_by_a_later_certificate(cluster, monkeypatch) -> None:
    go_on(cluster, 8)
    monkeypatch.setattr(CheckpointKeeper, "take", lambda self, certified: None)
    go_on(cluster, 2)
    with cluster.alpha.log.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE batches SET certificate = NULL WHERE number IN (9, 10)")
    prune(cluster.alpha.log, 9)
    monkeypatch.undo()
    rob(cluster, 2)
    cluster.connect(2)
    member = cluster.auditors[2]
    while member.log.base == 0:
        assert cluster.deliver_to_auditor(2) + cluster.deliver_to_alpha(2)
    for _ in range(2):
        assert member.log.base_proof().certificate.header.number == 11
        assert (member.replica.tip.number, member.replica.certified) == (9, 9)
        assert member.replica.certificate is None
        cluster.cut(2)
        cluster.restart_auditor(2)
        member = cluster.auditors[2]
    cluster.connect(2)
    cluster.settle()
    assert cluster.closed == []
    assert_agreed(cluster, cluster.certified)


@pytest.mark.parametrize("crashes", [False, True])
def test_what_proved_the_base_shows_alpha_where_a_tail_behind_it_may_be_replaced(
    cluster, monkeypatch, crashes: bool
) -> None:
    """The auditor has heard no certificate since, and its last batch is on no other disk."""
    go_on(cluster, 8)
    monkeypatch.setattr(CheckpointKeeper, "take", lambda self, certified: None)
    go_on(cluster, 2)
    with cluster.alpha.log.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE batches SET certificate = NULL WHERE number IN (9, 10)")
    prune(cluster.alpha.log, 9)
    monkeypatch.undo()
    cluster.cut()
    rob(cluster, 2)
    cluster.connect(2)
    cluster.tamper = lambda _, data: None if data.startswith(_CERTIFICATE) else data
    if crashes:  # after batch 11 was stored, before its certificate was
        monkeypatch.setattr("constellation.testing.cluster._certify", lambda *_: None)
    cluster.settle()  # batch 12 is made for auditor 2, which recovers
    monkeypatch.undo()
    cluster.cut(2)
    if crashes:
        cluster.restart_auditor(2)
    member = cluster.auditors[2]
    assert (member.log.certificate() is None) == crashes
    assert (member.log.base, member.replica.tip.number, member.replica.certified) == (9, 12, 11)
    cluster.tamper = lambda _, data: data
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 1)
    cluster.settle()
    cluster.connect(2)
    cluster.settle()
    assert cluster.closed == []
    assert_agreed(cluster, cluster.certified)


def test_an_uncertified_tail_that_is_behind_the_snapshot_goes(cluster) -> None:
    """It was stored by one auditor alone, in an epoch that the others went on from elsewhere."""
    go_on(cluster, 2)
    cluster.cut(1, 2)
    execute(cluster)
    cluster.settle()
    lonely = cluster.auditors[0].replica.tip
    assert lonely.number == 4
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(1, 2)
    cluster.settle()
    go_on(cluster, 6)
    prune(cluster.alpha.log, cluster.certified)
    cluster.connect(0)
    cluster.settle()
    assert cluster.auditors[0].log.base > 4
    assert_agreed(cluster, cluster.certified)


def test_an_auditor_at_the_base_itself_needs_none(cluster) -> None:
    go_on(cluster, 4)
    cluster.cut(2)
    go_on(cluster, 3)
    prune(cluster.alpha.log, 5)
    cluster.connect(2)
    cluster.settle()
    assert cluster.auditors[2].log.base == 0
    assert_agreed(cluster, 8)


@pytest.mark.parametrize("seed", range(25))
def test_whatever_alpha_sends_wrongly_an_auditor_is_unharmed(pruned, seed: int) -> None:
    """One bit of one message of the snapshot is wrong: the connection ends, and the next one brings everything."""
    rob(pruned, 2)
    random = Random(seed)
    wrong = random.randrange(3)
    count = 0

    def tamper(number: int, data: bytes) -> bytes | None:
        nonlocal count
        message = decode_cluster_message(data)
        if not isinstance(message, SnapshotHead | SnapshotEntries):
            return data
        count += 1
        if count - 1 != wrong:
            return data
        changed = bytearray(data)
        changed[random.randrange(4, len(changed))] ^= 1 << random.randrange(8)
        try:
            decode_cluster_message(bytes(changed))
        except MalformedMessage:
            return None
        return bytes(changed)

    pruned.tamper = tamper
    pruned.connect(2)
    pruned.settle()
    assert pruned.auditors[2].halted is None
    if count > wrong:
        assert pruned.auditors[2].log.tip().number == 0
        assert pruned.auditors[2].log.is_recovering
    pruned.tamper = lambda _, data: data
    pruned.connect(2)
    pruned.settle()
    assert_agreed(pruned, pruned.certified)


def test_a_snapshot_in_place_of_a_stream_cannot_be_left_unfinished(pruned) -> None:
    """A stream that starts before the snapshot is whole is refused."""
    rob(pruned, 2)

    def tamper(number: int, data: bytes) -> bytes | None:
        message = decode_cluster_message(data)
        return encode_cluster_message(StreamStart(10, 9)) if isinstance(message, SnapshotEntries) else data

    pruned.tamper = tamper
    pruned.connect(2)
    while pruned.auditors[2].replica.state is not LinkState.LOADING:
        pruned.deliver_to_auditor(2)
        pruned.deliver_to_alpha(2)
    pruned.deliver_to_auditor(2)
    assert [violation.code for _, violation in pruned.closed] == [Code.UNEXPECTED_MESSAGE]


# --- auditor to alpha -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["with a tail", "without a tail"])
def robbed(clusters: Callable[..., Cluster], request) -> Cluster:
    """Alpha has lost its disk, and no auditor has the first batches any more; one may have an unfinal batch."""
    cluster = clusters()
    cluster.rise()
    go_on(cluster, 8)
    for member in cluster.auditors:
        prune(member.log, 8)
    if request.param == "with a tail":
        execute(cluster)
        cluster.deliver_to_auditor(0)
    cluster.restart_alpha(cluster.empty_log())
    return cluster


def test_alpha_that_lost_its_disk_gets_a_snapshot_and_then_batches(robbed) -> None:
    robbed.connect()
    robbed.settle()
    assert robbed.closed == []
    assert robbed.is_ready
    assert robbed.alpha.log.base == 9
    go_on(robbed, 2)
    assert_agreed(robbed, robbed.certified)
    assert robbed.certified == robbed.alpha.tip.number


def test_alpha_may_be_restarted_at_any_moment_of_it(robbed) -> None:
    for steps in range(1, 22):
        robbed.connect()
        for _ in range(steps):
            for number in range(3):
                robbed.deliver_to_alpha(number)
                robbed.deliver_to_auditor(number)
        robbed.restart_alpha()
    robbed.connect()
    robbed.settle()
    assert robbed.is_ready
    go_on(robbed, 1)
    assert_agreed(robbed, robbed.certified)


def test_another_auditor_is_asked_when_the_first_one_goes(robbed) -> None:
    for member in robbed.auditors:
        member.outbox.clear()
    robbed.connect()
    busy: list[int] = []
    while not busy:
        for number in range(3):
            robbed.deliver_to_auditor(number)
            if len(robbed.auditors[number].outbox) > 2:
                busy.append(number)
            else:
                robbed.deliver_to_alpha(number)
    robbed.deliver_to_alpha(busy[0])
    robbed.deliver_to_alpha(busy[0])
    robbed.cut(busy[0])
    robbed.settle()
    if not robbed.is_ready:  # nobody else has the best tip
        robbed.connect(busy[0])
        robbed.settle()
    assert robbed.is_ready
    go_on(robbed, 1)


def test_what_a_snapshot_brought_is_kept_when_its_source_goes_and_alpha_adopts_again(cluster) -> None:
    go_on(cluster, 8)
    for member in cluster.auditors:
        prune(member.log, 8)
    execute(cluster)
    cluster.deliver_to_auditor(0)  # it alone has batch 10
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect()
    while cluster.alpha.log.base == 0:
        assert sum(cluster.deliver_to_auditor(number) + cluster.deliver_to_alpha(number) for number in range(3))
    assert cluster.alpha.tip.number == 9
    cluster.cut(0, 2)
    for _ in range(2):
        cluster.alpha.herald.look_at_source()
    assert cluster.alpha.herald.state is AlphaState.WAITING
    cluster.connect(0)
    cluster.settle()
    assert cluster.closed == []
    assert cluster.is_ready
    assert (cluster.alpha.log.base, cluster.certified) == (9, 11)
    assert cluster.alpha.log.digest(10) == cluster.auditors[0].log.digest(10)


def test_alpha_takes_no_snapshot_that_it_did_not_ask_for(cluster, past) -> None:
    head, chunks = decoded(messages_of(past))
    key = cluster.auditors[0].key_pair.public
    for message in (head, chunks[0]):
        with pytest.raises(ProtocolViolation) as violation:
            cluster.alpha.receive(key, message)
        assert violation.value.code is Code.UNEXPECTED_MESSAGE


def test_alpha_takes_no_snapshot_behind_what_it_adopted(cluster) -> None:
    """The source promised an old log, and sends what no promise has named."""
    go_on(cluster, 4)
    old = [cluster.copy_log(member.log) for member in cluster.auditors]
    go_on(cluster, 4)
    with copy_snapshot(cluster.alpha.log, rest=lambda _: None) as copy:
        head = copy.head
    assert head.checkpoint.header.number == 9
    for number, log in enumerate(old):
        cluster.restart_auditor(number, log)
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect()
    while not (busy := [n for n in range(3) if any(isinstance(m, Batch) for m in cluster.auditors[n].outbox)]):
        for number in range(3):
            cluster.deliver_to_auditor(number)
            if not any(isinstance(m, Batch) for m in cluster.auditors[number].outbox):
                cluster.deliver_to_alpha(number)
    with pytest.raises(ProtocolViolation, match="cannot lead to the adopted batch 5") as violation:
        cluster.alpha.receive(cluster.auditors[busy[0]].key_pair.public, head)
    assert violation.value.code is Code.BROKEN_CHAIN


def test_an_alpha_that_kept_less_than_the_auditors_asks_for_the_rest(robbed) -> None:
    """An old backup of alpha's log ends before what the auditors still have."""
    old = robbed.empty_log()
    robbed.connect()
    robbed.settle()
    go_on(robbed, 3)
    for member in robbed.auditors:
        prune(member.log, robbed.certified)
    robbed.restart_alpha(old)
    robbed.connect()
    robbed.settle()
    assert robbed.is_ready
    go_on(robbed, 1)
    assert_agreed(robbed, robbed.certified)


# --- the link -------------------------------------------------------------------------------------------------------


class Source:
    """A snapshot of one message with entries."""

    def __init__(self, past: History) -> None:
        self.head = decoded(messages_of(past))[0]

    def chunk(self, position: int) -> tuple[int, bytes, int] | None:
        return None if position else (0, b"", 1)


def test_a_link_sends_what_was_queued_then_the_snapshot_then_where_the_stream_starts(past) -> None:
    cache = BatchCache()
    for stored in past.stored:
        cache.add(stored.batch)
    link = Link(bytes(32), cache, lambda: None)
    ended: list[int] = []
    link.is_loading = True
    link.send(EpochProposal(1))
    link.load(SnapshotSender(Source(past), lambda: ended.append(1)))
    link.certify(past.certificate(18))
    kinds = []
    while isinstance(data := link.next(), bytes):
        message = decode_cluster_message(data)
        kinds.append(type(message).__name__)
        if isinstance(message, StreamStart):
            assert (message.number, message.tip) == (CHECKPOINT + 1, 18)
            assert ended == [1]
    assert kinds == [
        *("EpochProposal", "SnapshotHead", "SnapshotEntries", "StreamStart"),
        *("Batch", "Batch", "Certificate"),
    ]
    assert link.is_streaming
    assert not link.is_loading


def test_a_link_that_ends_lets_the_snapshot_go(past) -> None:
    ended: list[int] = []
    link = Link(bytes(32), BatchCache(), lambda: None)
    link.end()
    link.load(SnapshotSender(Source(past), lambda: ended.append(1)))
    link.next()
    link.end()
    link.end()
    assert ended == [1]


def test_a_link_that_is_refused_ends_its_connection() -> None:
    woken: list[int] = []
    link = Link(bytes(32), BatchCache(), lambda: woken.append(1))
    link.refuse(ProtocolViolation(Code.OVERLOADED, "no snapshot now"))
    assert woken
    with pytest.raises(ProtocolViolation, match="no snapshot now"):
        link.next()


def test_a_snapshot_is_begun_once_and_only_for_who_waits_for_its_stream(pruned, past) -> None:
    herald = pruned.alpha.herald
    streaming = pruned.auditors[0].key_pair.public
    assert herald.begin_snapshot(streaming) is None
    assert herald.begin_snapshot(bytes(32)) is None
    rob(pruned, 2)
    pruned.connect(2)
    key = pruned.auditors[2].key_pair.public
    assert herald.begin_snapshot(key) is None  # it has promised nothing on this connection
    pruned._links[2].promise = pruned.auditors[0].log.promise()
    link = herald.begin_snapshot(key)
    assert link is not None
    assert herald.begin_snapshot(key) is None
    herald.start_stream(key, 1)
    assert not link.is_streaming
    pruned.cut(2)
    ended: list[int] = []
    herald.send_snapshot(link, SnapshotSender(Source(past), lambda: ended.append(1)))
    assert ended == [1]
