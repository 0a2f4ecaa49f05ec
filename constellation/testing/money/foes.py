"""Who harms the vault: its issuer, a quorum of auditors that moves it unasked, and the network's settings."""

from collections.abc import Callable
from random import Random
from typing import Final

from stellar_sdk import BumpSequence, ChangeTrust, Clawback, Payment, SetTrustLineFlags, TrustLineFlags
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import CreditAsset
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.sandbox import SubmissionStatus
from constellation.testing.money.world import VaultWorld
from constellation.testing.world import ONE
from constellation.vault.transactions import stellar_asset

USUAL: Final = {"base_fee_stroops": 100, "base_reserve_stroops": 5_000_000, "capacity_operations": 1000}
"""The network's settings when all is well."""


class Foes:
    """Everybody who can do harm with a right to do so.

    Args:
        random: decides.
        world: with the ledger.
    """

    def __init__(self, random: Random, world: VaultWorld) -> None:
        self._random = random
        self._world = world

    # --- the issuer ---------------------------------------------------------------------------------------------

    def claw_back(self) -> None:
        """The issuer takes something back from the vault."""
        identity = self._issued()
        holding = self._world.holding(self._world.vault, identity)
        if holding:
            amount = format_amount(self._random.randint(1, holding))
            operation = Clawback(stellar_asset(identity), self._world.vault, amount)
            self._world.send(self._world.issuer, [operation])

    def authorize(self) -> None:
        """The issuer withdraws its authorization from the vault, or from a trader; or gives it again."""
        address = self._random.choice((self._world.vault, self._world.vault, self._trader().address))
        is_given = self._random.random() < 0.4
        self._world.send(self._world.issuer, [self._flags(address, self._issued(), is_given=is_given)])

    def make_peace(self) -> None:
        """The issuer authorizes the vault for everything that it trusts, and the network is as usual."""
        lines = [item for item in self._world.issued if self._world.holding(self._world.vault, item) is not None]
        self._world.send(
            self._world.issuer, [self._flags(self._world.vault, identity, is_given=True) for identity in lines]
        )
        self._world.ledger.upgrade(**USUAL)

    def _flags(self, address: str, identity: CreditAsset, *, is_given: bool) -> Operation:
        flag = TrustLineFlags.AUTHORIZED_FLAG
        asset = stellar_asset(identity)
        if is_given:
            return SetTrustLineFlags(address, asset, set_flags=flag)
        return SetTrustLineFlags(address, asset, clear_flags=flag)

    # --- a quorum of auditors -----------------------------------------------------------------------------------

    def conspire(self) -> None:
        """As many signers as it takes move the vault, or a channel, although the constellation did not ask for it."""
        plots: tuple[Callable[[], tuple[KeyPair | bytes, Operation]], ...] = (
            self._steal,
            self._touch,
            self._trust_look_alike,
            self._use_channel,
        )
        source, operation = self._random.choice(plots)()
        keys = self._conspirators(encode_public_key(source) if isinstance(source, bytes) else self._world.vault)
        signers = keys if isinstance(source, bytes) else [source, *keys]
        envelope = self._world.envelope(source, [operation], signers)
        if self._world.ledger.submit(envelope.to_xdr()).status is SubmissionStatus.PENDING:
            self._world.unasked[envelope.hash_hex()] = None

    def _conspirators(self, address: str) -> list[KeyPair]:
        account = self._world.ledger.state.peek(address)
        assert account is not None
        keys = [key for key in self._world.auditors if account.signers.get(key.address)]
        return self._random.sample(keys, account.medium_threshold)

    def _steal(self) -> tuple[KeyPair, Operation]:
        identity = self._random.choice((None, *self._world.issued[:2]))
        holding = self._world.holding(self._world.vault, identity) or 0
        amount = format_amount(min(max(1, holding // 3), self._random.randint(1, ONE)))
        thief = self._trader()
        return thief, Payment(thief.address, stellar_asset(identity), amount, self._world.vault)

    def _touch(self) -> tuple[KeyPair, Operation]:
        return self._trader(), BumpSequence(0, self._world.vault)

    def _trust_look_alike(self) -> tuple[KeyPair, Operation]:
        return self._trader(), ChangeTrust(stellar_asset(self._world.fake_usd), source=self._world.vault)

    def _use_channel(self) -> tuple[bytes, Operation]:
        channel = self._random.choice(self._world.settings.channels).account
        return channel, BumpSequence(0)

    # --- the network --------------------------------------------------------------------------------------------

    def upgrade(self) -> None:
        """Fees, reserves or capacity change."""
        name = self._random.choice(sorted(USUAL))
        values = {
            "base_fee_stroops": (100, 800, 3_000, 6_000, 40_000),
            "base_reserve_stroops": (2_500_000, 5_000_000, 10_000_000),
            "capacity_operations": (6, 20, 1000),
        }
        self._world.ledger.upgrade(**{name: self._random.choice(values[name])})

    def _issued(self) -> CreditAsset:
        return self._random.choice(self._world.issued)

    def _trader(self) -> KeyPair:
        return self._random.choice(self._world.traders)
