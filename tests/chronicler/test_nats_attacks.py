"""Somebody may write into the NATS stream who should not: he delays, and never ends, publishers and feed servers."""

from typing import Any

import pytest

from constellation.node.chronicle_route import join_items
from constellation.node.stream_format import LABEL_HEADER, Label, read_label, split_content
from tests.chronicler.stream_writer import LENGTH, Writer, published
from tests.chronicler.streams import NatsSide, following, reached


def forged(number: int, part: int = 1, parts: int = 1, term: int = 0, header: bytes = bytes(32)) -> Label:
    return Label(number, part, parts, term, header, bytes(32))


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64])
def test_a_number_that_no_database_holds_is_no_label(number: int) -> None:
    assert read_label({LABEL_HEADER: str(forged(number))}) is None
    assert read_label({LABEL_HEADER: str(forged(2**63 - 1))}) == forged(2**63 - 1)


async def test_headers_that_cannot_be_read_are_passed_over(side: NatsSide, make: Any) -> None:
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, 6):
            await writer.batch(number)
        await writer.put((forged(2**64 - 1), b"x"))
        await writer.raw(b"\xff\xfe")
        assert (await stream.stream_info(side.name)).state.last_seq == 7
    await side.start()
    await published(side)
    await side.stop()
    own, source = make(), side.source()
    async with following(own, source) as follower:
        await reached(follower, LENGTH)
    assert own.digests() == side._chronicle.digests()
    assert source.skipped["garbage"] == 2


async def test_a_forged_term_is_passed_over(side: NatsSide, make: Any) -> None:
    """A label may say that appointments are lacking which never were; the batch itself stands behind it."""
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, 4):
            await writer.batch(number)
        [(label, data)] = split_content(4, 2**32 - 1, bytes(32), join_items([b"forged"]), 1_000_000)
        await writer.put((label, data))
        for number in range(4, LENGTH + 1):
            await writer.batch(number)
    own, source = make(), side.source()
    async with following(own, source) as follower:
        await reached(follower, LENGTH)
    assert own.digests() == side._chronicle.digests()
