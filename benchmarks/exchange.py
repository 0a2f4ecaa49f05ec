"""An exchange at work: traders with money, requests that it accepts, batches sealed from them."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AuditorSignature,
    Certificate,
    Operation,
    Request,
    SignedRequest,
    Withdrawal,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import KeyPair, vote_hash
from constellation.quanta import (
    EntryKind,
    Executed,
    Machine,
    SealedBatch,
    State,
    Tip,
    batch_effects,
    seal,
    signed_batch,
)
from constellation.quanta.state import identity_key
from constellation.snapshots import StoredBatch
from constellation.testing import World, random_flow
from constellation.testing.world import ONE, START_US, key_of

_VALIDITY_US = 60_000_000
_DEPOSITS_PER_REPORT = 100
NO_SIGNATURE = bytes(64)


class Exchange:
    """Alpha's machine and chain without its node.

    Args:
        traders: how many, each with three balances deposited through the ledger.
        signed: whether the requests carry real signatures; only replay looks at them.
        interval_us: time between two quanta.

    Attributes:
        world: names the members and the settings.
        machine: of alpha.
        tip: of the chain.
        traders: with money.
    """

    def __init__(self, traders: int, *, signed: bool = False, interval_us: int = 1_000) -> None:
        self.world = World()
        self.machine = self.world.machine()
        self.tip = Tip.genesis(self.world.settings)
        self.traders = [key_of(f"trader {number}") for number in range(traders)]
        self.signed = signed
        self._interval_us = interval_us
        self._flow = random_flow(self.world, self.machine, self.traders, 1, 1 << 62)

    def fund(self) -> Iterator[list[Executed]]:
        """Give every trader money, a list of executed deposits at a time."""
        for first in range(0, len(self.traders), _DEPOSITS_PER_REPORT):
            group = self.traders[first : first + _DEPOSITS_PER_REPORT]
            for asset in range(len(self.world.settings.assets)):
                deposits = ((trader, asset, 1_000_000 * ONE) for trader in group)
                commit = self.world.deposits(self.machine, *deposits)
                yield [self.machine.execute(max(START_US, self.machine.state.timestamp), commit)]

    def request(self, who: KeyPair, operation: Operation) -> SignedRequest:
        """A request of ``who`` with its next nonce, valid at the time of the next quantum."""
        valid_until = self._next_us + _VALIDITY_US
        nonce = self.machine.state.vault.accounts[who.public].nonce + 1
        if self.signed:
            return self.world.request(who, operation, nonce=nonce, valid_until=valid_until)
        return SignedRequest(Request(who.public, None, nonce, valid_until, operation), NO_SIGNATURE)

    @property
    def _next_us(self) -> int:
        return max(START_US, self.machine.state.timestamp) + self._interval_us

    def trade(self, count: int) -> list[Executed]:
        """Execute ``count`` requests of the random flow: orders, cancels and payments."""
        executed: list[Executed] = []
        while len(executed) < count:
            trader, operation = next(self._flow)
            if isinstance(operation, Withdrawal):
                continue  # channels that no ledger serves would only fill up
            try:
                executed.append(self.machine.execute(self._next_us, self.request(trader, operation)))
            except Rejection:
                continue
        return executed

    def seal(self, executed: list[Executed], *, checkpoint: bool = False) -> SealedBatch:
        """Put ``executed`` under the next header."""
        sealed = seal(self.machine, executed, self.tip, 1, checkpoint=checkpoint)
        self.tip = sealed.tip
        return sealed

    def stored(self, sealed: SealedBatch, *, effects: bool = True) -> StoredBatch:
        """The batch as a node's log keeps it; with its effects on alpha."""
        batch = signed_batch(sealed, self.world.alpha.sign(sealed.digest))
        return StoredBatch(batch, sealed.digest, batch_effects(sealed) if effects else None)


def certificate(world: World, sealed: SealedBatch) -> Certificate:
    """The header of ``sealed`` with a quorum's signatures."""
    message = vote_hash(world.constellation, sealed.digest)
    signers = world.auditors[: quorum_of(world.settings)]
    return Certificate(sealed.header, [AuditorSignature(key.public, key.sign(message)) for key in signers])


def account_key(number: int) -> bytes:
    """The key of an account that never signs."""
    return sha256(b"account %d" % number).digest()


def open_accounts(state: State, numbers: Iterable[int]) -> None:
    """Open accounts with money in every asset, as deposits would."""
    vault = state.vault
    for number in numbers:
        account = vault.open_account(account_key(number))
        for asset in range(len(state.assets)):
            vault.deposit(account, asset, 100_000 * ONE)
        account.effect_number = 1
        vault.take_touched()
        state.changed[identity_key(EntryKind.ACCOUNT, account.key)] = None


def machine_with_accounts(world: World, count: int) -> Machine:
    """A machine at genesis with ``count`` accounts of three balances."""
    machine = world.machine()
    open_accounts(machine.state, range(count))
    return machine
