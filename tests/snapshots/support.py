"""A past to store: an exchange at work, batch by batch."""

from dataclasses import dataclass

from constellation.herald.promises import sign_promise
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import AuditorSignature, Certificate, Promise, SignedPromise
from constellation.protocol.signing import vote_hash
from constellation.quanta import SealedBatch, Tip, seal, signed_batch
from constellation.snapshots import StoredBatch
from constellation.testing import random_flow
from constellation.testing.world import START_US, World


@dataclass(repr=False)
class History:
    """What has happened.

    Attributes:
        world: in which.
        stored: the batches as a log keeps them.
        sealed: the same as they were sealed.
        roots: the state root after each batch; of genesis first.
    """

    world: World
    stored: list[StoredBatch]
    sealed: list[SealedBatch]
    roots: list[bytes]

    def certificate(self, number: int, signers: int = 2) -> Certificate:
        message = vote_hash(self.world.constellation, self.stored[number - 1].digest)
        keys = self.world.auditors[:signers]
        return Certificate(
            self.stored[number - 1].batch.signed_header.header,
            [AuditorSignature(key.public, key.sign(message)) for key in keys],
        )

    def promise(self, epoch: int, number: int) -> SignedPromise:
        header = self.stored[number - 1].batch.signed_header if number else None
        word = Promise(
            epoch, self.world.alpha.public, self.world.terms.appointments_hash(0), bytes(32), False, header, None
        )
        return sign_promise(self.world.settings, self.world.auditors[0], word)


def history(world: World, batches: int) -> History:
    """An opener, a batch of deposits, then batches of the random flow, every third one a checkpoint."""
    machine, tip = world.machine(), Tip.genesis(world.settings)
    past = History(world, [], [], [machine.state.root()])

    def keep(executed, *, checkpoint: bool) -> None:
        nonlocal tip
        sealed = seal(machine, executed, tip, 1, checkpoint=checkpoint)
        tip = sealed.tip
        past.sealed.append(sealed)
        past.stored.append(StoredBatch(signed_batch(sealed, world.alpha.sign(sealed.digest)), sealed.digest))
        past.roots.append(machine.state.root())

    keep([], checkpoint=True)
    traders = [*world.auditors, world.alpha]
    keep(
        [
            machine.execute(START_US, world.deposits(machine, *((trader, asset, 10**13) for trader in traders)))
            for asset in range(3)
        ],
        checkpoint=False,
    )
    flow = random_flow(world, machine, traders, 7, 1_000_000)
    while len(past.stored) < batches:
        executed = []
        while len(executed) < 5:
            trader, operation = next(flow)
            try:
                executed.append(machine.execute(START_US + len(past.stored), world.request(trader, operation)))
            except Rejection:
                continue
        keep(executed, checkpoint=len(past.stored) % 3 == 0)
    return past
