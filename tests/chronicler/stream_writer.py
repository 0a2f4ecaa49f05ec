"""Somebody who writes what he likes into a stream, and what is in it then."""

import asyncio
from typing import Any

from nats.js.api import StreamConfig

from constellation.node.chronicle_route import join_items
from constellation.node.stream_format import LABEL_HEADER, Label, read_label, split_content, stream_subject
from constellation.protocol.messages import encode_chronicle_item
from tests.chronicler.chain import Chain
from tests.chronicler.streams import NatsSide

CHAIN = Chain(seed=9, batches=20, quanta=10)
LENGTH = len(CHAIN.links)
STRANGER = Chain(seed=3, batches=20, quanta=3)


def messages(chain: Chain, number: int, most_bytes: int = 500_000) -> list[tuple[Label, bytes]]:
    link = chain.links[number - 1]
    content = join_items([encode_chronicle_item(link.item)])
    return list(split_content(number, 0, link.sealed.digest, content, most_bytes))


class Writer:
    """Somebody who writes what he likes into the stream."""

    def __init__(self, side: NatsSide, stream: Any) -> None:
        self._side = side
        self._stream = stream
        self._subject = stream_subject(side._chronicle.constellation)

    async def create(self) -> None:
        await self._stream.add_stream(StreamConfig(name=self._side.name, subjects=[self._subject]))

    async def put(self, *pieces: tuple[Label | str, bytes]) -> None:
        for label, data in pieces:
            await self._stream.publish(self._subject, data, headers={LABEL_HEADER: str(label)})

    async def raw(self, header: bytes) -> None:
        """A message whose label is any bytes."""
        head = b"NATS/1.0\r\n" + LABEL_HEADER.encode() + b": " + header + b"\r\n\r\n"
        client = self._stream._nc
        await client._send_command(f"HPUB {self._subject} {len(head)} {len(head) + 1}\r\n".encode() + head + b"x\r\n")
        await client.flush()

    async def batch(self, number: int, most_bytes: int = 500_000, chain: Chain = CHAIN) -> None:
        await self.put(*messages(chain, number, most_bytes))


async def labels(side: NatsSide) -> list[Label | None]:
    async with side.stream() as stream:
        state = (await stream.stream_info(side.name)).state
        found = range(state.first_seq, state.last_seq + 1)
        return [read_label((await stream.get_msg(side.name, place)).headers) for place in found]


async def published(side: NatsSide, number: int = LENGTH) -> None:
    async with asyncio.timeout(20):
        while side.sample("batch") < number:
            assert side.publisher.problem is None, side.publisher.problem
            await asyncio.sleep(0.01)
