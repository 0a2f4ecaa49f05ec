"""The JavaScript codec: golden bytes, and the same judgement of every input as Python's."""

import asyncio
import subprocess
from collections.abc import Iterator
from random import Random

import pytest

from constellation.protocol import messages, reference
from constellation.protocol.xdr import MalformedMessage
from tests.protocol.test_messages import SAMPLES, SCHEMA
from tests.protocol.xdr_values import Codec, codecs
from tests.web.driver import BUILT, Driver, build, driver

pytestmark = pytest.mark.timeout(300)

WORDS = (b"\0\0\0\0", b"\0\0\0\1", b"\0\0\0\x15", b"\xff\xff\xff\xff")
WORDS_MAX = 40
FLIPS = 12
TOGETHER = 500


def test_the_units_tests_of_the_sdk() -> None:
    build()
    tests = sorted(str(path) for path in BUILT.glob("*.test.js"))
    done = subprocess.run(["node", "--test", *tests], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def broken(data: bytes, random: Random) -> Iterator[bytes]:
    """The bytes whole, cut, with other words, with single bits flipped, and with more behind."""
    yield data
    yield data + bytes(4)
    places = range(0, len(data), 4)
    for start in random.sample(places, min(len(places), WORDS_MAX)):
        yield data[:start]
        yield data[:start] + random.choice(WORDS) + data[start + 4 :]
    for _ in range(FLIPS if data else 0):
        place = random.randrange(len(data))
        yield data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def judged(codec: Codec, data: bytes) -> object:
    try:
        return codec.encode(codec.decode(data))
    except MalformedMessage as error:
        return {"reason": error.reason, "where": error.where}


async def judge_alike(node: Driver, inputs: list[tuple[str, bytes]]) -> None:
    known = codecs(SCHEMA, messages, reference)
    for start in range(0, len(inputs), TOGETHER):
        some = inputs[start : start + TOGETHER]
        found = await asyncio.gather(*(node.call("decode", name, data, timeout_s=60) for name, data in some))
        for (name, data), theirs in zip(some, found, strict=True):
            assert theirs == judged(known[name], data), f"{name}: {data.hex()}"


async def test_python_and_javascript_judge_alike() -> None:
    random = Random(1)
    async with driver() as node:
        spoken = set(await node.call("codecs"))
        samples = {name: codec.encode(value) for name, (codec, value) in SAMPLES.items()}
        inputs = [
            (name.split(".")[0], wrong)
            for name, data in samples.items()
            if name.split(".")[0] in spoken
            for wrong in broken(data, random)
        ]
        assert len(inputs) > 10_000
        await judge_alike(node, inputs)


TEXTS = (
    b"\xef\xbb\xbfA",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf0\x9f\x98\x80",
    b"\xff",
    b"\xc3\x28",
    b"\0",
)


async def test_texts_that_decoders_like_to_disagree_on() -> None:
    texts = [len(text).to_bytes(4) + text + bytes(-len(text) % 4) + bytes(32) for text in TEXTS]
    async with driver() as node:
        await judge_alike(node, [("CreditAsset", text) for text in texts])
