"""Archives of history: damaged files, and files that are whole and lie."""

from copy import deepcopy
from functools import cache
from io import BytesIO
from itertools import pairwise

from constellation.protocol.messages import (
    ArchiveRecord,
    Batch,
    Certificate,
    decode_archive_record,
    encode_archive_record,
)
from constellation.protocol.signing import settings_hash
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.snapshots.archive import ArchiveRefuted, ArchiveWriter, UnusableArchive
from constellation.snapshots.archive_proof import ArchiveVerifier, verify_archive
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_message
from fuzzing.files import directory
from fuzzing.past import past, resign, world


@cache
def _archives() -> list[bytes]:
    """One from genesis, one from a checkpoint."""
    found = []
    for after in (0, past().checkpoints[-1]):
        file = BytesIO()
        writer = ArchiveWriter(file, world().terms)
        if after:
            writer.write_snapshot(past().snapshot(after))
        for record in past().records(after):
            writer.write(record)
        writer.finish()
        found.append(file.getvalue())
    return found


@cache
def _records(number: int) -> list[bytes]:
    """The records of an archive but its tail, encoded."""
    data, place, found = _archives()[number], 24, []
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        found.append(data[place + 4 : place + 4 + length])
        place += 4 + length
    return found[:-1]


def fuzz(data: bytes) -> None:
    """Raises when another error escapes, or something is proved that is not the past."""
    choices = Choices(data)
    number = choices.below(2)
    try:
        if choices.flag():
            _damaged(choices, number)
        else:
            _forged(choices, number)
    except (ArchiveRefuted, UnusableArchive):
        return


def _damaged(choices: Choices, number: int) -> None:
    data = edit_bytes(choices, _archives()[number], _archives())
    path = directory() / "archive"
    path.write_bytes(data)
    proof = verify_archive(path, settings_hash(world().settings) if choices.flag() else None, lambda done, total: None)
    assert data in _archives(), "a changed archive was proved"
    assert proof.state_root == past().past[proof.last_batch].root


def _forged(choices: Choices, number: int) -> None:
    records = [decode_archive_record(data) for data in _records(number)]
    lied = False
    for _ in range(1 + choices.below(3)):
        place = choices.below(len(records))
        match choices.below(4):
            case 0:
                del records[place]
            case 1:
                records.insert(place, decode_archive_record(choices.of(_records(choices.below(2)))))
            case _:
                changed, signed = _changed(choices, records[place])
                records[place], lied = changed, lied or signed
        if not records:
            return
    verifier = ArchiveVerifier(settings_hash(world().settings))
    for record in records:
        verifier.receive(record)
    proof = verifier.finish()
    for before, record in pairwise(records):
        if isinstance(record, Certificate):
            assert isinstance(before, Batch)
            assert before.signed_header.header == record.header, "a certificate of another batch was taken"
    assert lied or proof.state_root == past().past[proof.last_batch].root, "a state that never was is proved"


def _changed(choices: Choices, record: ArchiveRecord) -> tuple[ArchiveRecord, bool]:
    """The record, changed; and whether alpha and a quorum of auditors have signed that lie together."""
    signs = choices.flag()
    changed = edit_message(choices, deepcopy(record), least=1)
    try:
        encode_archive_record(changed)
        if signs:
            changed = resign(changed, world().auditors[0])
        return decode_archive_record(encode_archive_record(changed)), signs
    except (MalformedMessage, UnencodableMessage):
        return record, False
