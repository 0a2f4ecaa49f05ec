import json
import re
from dataclasses import replace

import pytest

from constellation.node.notices.kinds import Kind
from constellation.node.notices.notice import Change, Identity, Notice
from constellation.protocol.strkey import encode_seed

SEED = encode_seed(bytes(range(32)))
NOTICE = Notice(
    Identity("alpha", "GALPHA", "cd" * 32), Kind.DISK_LOW, "", Change.BEGUN, 1_800_000_000_000_000,
    1_800_000_001_500_000,
    "5 bytes are free",
)  # fmt: skip


def test_the_document_has_everything_that_a_receiver_needs() -> None:
    fields = NOTICE.to_json()
    assert fields == {
        "version": 1,
        "id": fields["id"],
        "constellation": "cd" * 32,
        "node": "GALPHA",
        "role": "alpha",
        "what": "disk_low",
        "subject": "",
        "change": "begun",
        "severity": "critical",
        "since": "2027-01-15T08:00:00.000Z",
        "at": "2027-01-15T08:00:01.500Z",
        "text": "the disk is nearly full: 5 bytes are free",
        "advice": Kind.DISK_LOW.value.advice,
        "page": "docs/operating/notices.md#disk_low",
    }
    assert re.fullmatch(r"[0-9a-f]{32}", fields["id"])
    assert json.loads(json.dumps(fields)) == fields


def test_the_id_is_that_of_one_message() -> None:
    others = [
        replace(NOTICE, change=Change.RESOLVED), replace(NOTICE, at_us=1), replace(NOTICE, subject="x"),
        replace(NOTICE, kind=Kind.HALTED), replace(NOTICE, identity=Identity("alpha", "GOTHER", "cd" * 32)),
    ]  # fmt: skip
    assert len({NOTICE.id, *(notice.id for notice in others)}) == 1 + len(others)
    assert replace(NOTICE, detail="reworded").id == NOTICE.id


@pytest.mark.parametrize(
    ("detail", "secret"),
    [
        ("https://user:hunter2@horizon.example.org/ledgers failed", "hunter2"),
        (f"no such key: {SEED}", SEED),
        (f"{SEED[:-1]}A is odd", SEED[:-1]),
    ],
)
def test_secrets_in_others_words_do_not_leave(detail: str, secret: str) -> None:
    notice = replace(NOTICE, detail=detail)
    for text in (json.dumps(notice.to_json()), notice.to_text(), notice.subject_line):
        assert secret not in text
    assert "[hidden]" in notice.text


def test_nothing_breaks_a_line_or_is_endless() -> None:
    notice = replace(NOTICE, detail="a\r\nBcc: somebody@example.org\x1b[2J\u2028" + "x" * 10_000, subject="b\nc")
    assert "\n" not in notice.text
    assert notice.subject_line.isprintable()
    assert len(notice.text) <= 1000
    assert len(notice.subject_line) <= 150


def test_what_is_resolved_needs_no_advice() -> None:
    notice = replace(NOTICE, change=Change.RESOLVED)
    assert notice.text.startswith("resolved: ")
    assert notice.to_json()["advice"] == ""
    assert notice.severity is NOTICE.severity
