"""A certified history of everything that can happen, as a chronicler gets it."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AuditorSignature,
    Certificate,
    ChronicleBatch,
)
from constellation.protocol.signing import vote_hash
from constellation.quanta import Executed, Machine, SealedBatch, Tip, batch_effects, seal, signed_batch
from constellation.testing import World, random_quanta
from constellation.testing.world import ONE, START_US, key_of


@dataclass
class Link:
    """A batch of the chain."""

    item: ChronicleBatch
    sealed: SealedBatch


class Chain:
    """Batches of a random flow; some have no certificate of their own, the last one always has.

    Args:
        seed: the same seed gives the same chain.
        batches: how many, after the opener and the deposits.
        quanta: tried in each of them.
    """

    def __init__(self, seed: int = 1, batches: int = 10, quanta: int = 20) -> None:
        self.world = World(fills=6, maker_fee_ppm=150, taker_fee_ppm=450)
        self.machine: Machine = self.world.machine()
        self.links: list[Link] = []
        self._random = Random(seed)
        self._tip = Tip.genesis(self.world.settings)
        self.seal([])
        self.traders = [key_of(f"trader {number}") for number in range(5)]
        self.seal(
            [
                self.machine.execute(
                    START_US, self.world.deposits(self.machine, *((who, asset, 10**6 * ONE) for who in self.traders))
                )
                for asset in range(3)
            ]
        )
        flow = random_quanta(self.world, self.machine, self.traders, seed, batches * quanta, with_batches=True)
        for number in range(batches):
            executed = [item for _ in range(quanta) for item in self._try(*next(flow))]
            self.seal(executed, certified=number == batches - 1 or self._random.random() < 0.7)

    def _try(self, timestamp: int, body: object) -> list[Executed]:
        try:
            return self.machine.execute_all(timestamp, body)
        except Rejection:
            return []

    def seal(self, executed: list[Executed], *, certified: bool = True) -> Link:
        """Add a batch."""
        sealed = seal(self.machine, executed, self._tip, 1, checkpoint=False)
        self._tip = sealed.tip
        batch = signed_batch(sealed, self.world.alpha.sign(sealed.digest))
        certificate = self.certificate(sealed) if certified else None
        link = Link(ChronicleBatch(batch, batch_effects(sealed), certificate), sealed)
        self.links.append(link)
        return link

    def certificate(self, sealed: SealedBatch) -> Certificate:
        """Signed by a quorum of auditors."""
        message = vote_hash(self.world.constellation, sealed.digest)
        keys = self.world.auditors[:2]
        return Certificate(sealed.header, [AuditorSignature(key.public, key.sign(message)) for key in keys])

    def items(self) -> Iterator[ChronicleBatch]:
        """Decoded anew, as they come from elsewhere."""
        for link in self.links:
            yield ChronicleBatch.from_xdr(link.item.to_xdr())
