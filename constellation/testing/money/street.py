"""What people do on the ledger: everything that brings money to a vault, and what makes destinations fail."""

from collections.abc import Callable
from random import Random

from stellar_sdk import (
    AccountMerge,
    Asset,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    IdMemo,
    MuxedAccount,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    TextMemo,
)
from stellar_sdk.memo import Memo
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import format_amount
from constellation.protocol.signing import KeyPair
from constellation.testing.money.world import VaultWorld
from constellation.testing.world import ONE, key_of
from constellation.vault.transactions import stellar_asset

ROUTING_IDS = 6
"""Routing ids are below this, so that accounts and deposits meet."""


class Street:
    """Everybody with an account on the ledger.

    Args:
        random: decides.
        world: with the ledger.
    """

    def __init__(self, random: Random, world: VaultWorld) -> None:
        self._random = random
        self._world = world
        self._deeds: list[tuple[Callable[[], None], int]] = [
            (self._deposit, 50),
            (self._issuer_deposits, 4),
            (self._path_payment, 6),
            (self._claimable, 10),
            (self._reclaim, 3),
            (self._arrive, 6),
            (self._leave, 4),
            (self._lose_trust, 4),
            (self._limit_trust, 3),
            (self._pay_look_alike, 2),
        ]

    def open_accounts(self) -> None:
        """Every trader deposits some of everything that is listed at first; others have just arrived."""
        self._arrive(3)
        for trader in self._world.traders:
            listed = [stellar_asset(asset.identity) for asset in self._world.settings.assets]
            self._world.send(trader, [Payment(self._world.vault, asset, "50") for asset in listed])

    def act(self) -> None:
        """Somebody does something; the ledger may refuse it."""
        deeds, weights = zip(*self._deeds, strict=True)
        self._random.choices(deeds, weights)[0]()

    # --- deposits -----------------------------------------------------------------------------------------------

    def _deposit(self) -> None:
        who = self._somebody()
        operations = [self._payment() for _ in range(self._random.choice((1, 1, 1, 2, 3)))]
        self._world.send(who, operations, memo=self._memo(), fee_rate=self._fee_rate())

    def _payment(self) -> Operation:
        return Payment(self._vault(), self._asset(), self._amount())

    def _issuer_deposits(self) -> None:
        asset = stellar_asset(self._random.choice((self._world.usd, self._world.eur)))
        self._world.send(self._world.issuer, [Payment(self._vault(), asset, self._amount())], memo=self._memo())

    def _path_payment(self) -> None:
        usd, amount = stellar_asset(self._world.usd), self._amount()
        operation: Operation
        if self._random.random() < 0.5:
            operation = PathPaymentStrictSend(self._vault(), Asset.native(), amount, usd, "0.0000001", [])
        else:
            operation = PathPaymentStrictReceive(self._vault(), Asset.native(), "1000", usd, amount, [])
        self._world.send(self._somebody(), [operation], memo=self._memo())

    def _pay_look_alike(self) -> None:
        fake = stellar_asset(self._world.fake_usd)
        self._world.send(self._trader(), [Payment(self._world.vault, fake, self._amount())])

    def _claimable(self) -> None:
        who = self._trader()
        claimants = [Claimant(self._world.vault)]
        if self._random.random() < 0.6:
            claimants.append(Claimant(who.address))
        asset = stellar_asset(self._world.fake_usd) if self._random.random() < 0.1 else self._asset()
        self._world.send(who, [CreateClaimableBalance(asset, self._amount(), claimants)], memo=self._memo())

    def _reclaim(self) -> None:
        """Who has made a claimable balance takes it back, maybe before the vault does."""
        found = self._world.ledger.state.claimable_balances()
        makers = {trader.address: trader for trader in self._world.traders}
        mine = [item for item in found if makers.keys() & {claimant.account_id for claimant in item.claimants}]
        if mine:
            balance = self._random.choice(mine)
            self._world.send(makers[balance.sponsor], [ClaimClaimableBalance(balance.balance_id)])

    # --- accounts that come and go ------------------------------------------------------------------------------

    def _arrive(self, count: int = 1) -> None:
        known = self._world.newcomers
        new = [key_of(f"newcomer {len(known) + number}") for number in range(count)]
        known += new
        operations = [CreateAccount(who.address, str(self._random.randint(5, 60))) for who in new]
        self._world.send(self._world.root, operations)

    def _leave(self) -> None:
        """Merge into the vault, or into somebody else."""
        present = self._present
        if present:
            target = self._vault() if self._random.random() < 0.7 else self._world.root.address
            self._world.send(self._random.choice(present), [AccountMerge(target)], memo=self._memo())

    def _lose_trust(self) -> None:
        """Give up a trust line, or get it back."""
        who, identity = self._trader(), self._world.eur
        asset, holding = stellar_asset(identity), self._world.holding(who.address, identity)
        if holding is None:
            self._world.send(who, [ChangeTrust(asset)])
            return
        give: list[Operation] = [Payment(self._world.issuer.address, asset, format_amount(holding))] if holding else []
        self._world.send(who, [*give, ChangeTrust(asset, "0")])

    def _limit_trust(self) -> None:
        """Make a trust line nearly full, or wide again."""
        who, identity = self._trader(), self._world.usd
        holding = self._world.holding(who.address, identity)
        if holding is not None:
            limit = None if self._random.random() < 0.5 else format_amount(holding + self._random.randint(1, ONE))
            self._world.send(who, [ChangeTrust(stellar_asset(identity), limit)])

    # --- details ------------------------------------------------------------------------------------------------

    def _trader(self) -> KeyPair:
        return self._random.choice(self._world.traders)

    @property
    def _present(self) -> list[KeyPair]:
        """Newcomers, and accounts that withdrawals have made, who are on the ledger."""
        others = [*self._world.newcomers, *self._world.pockets]
        return [who for who in others if self._world.sequence(who.address) is not None]

    def _somebody(self) -> KeyPair:
        return self._random.choice([*self._world.traders, *self._present[-3:]])

    def _vault(self) -> MuxedAccount:
        muxed_id = self._random.randrange(ROUTING_IDS) if self._random.random() < 0.1 else None
        return MuxedAccount(self._world.vault, muxed_id)

    def _asset(self) -> Asset:
        return stellar_asset(self._random.choice((None, None, None, *self._world.issued)))

    def _amount(self) -> str:
        return format_amount(
            self._random.choice((1, ONE // 10 - 1, ONE // 10, ONE, *[self._random.randint(1, 60 * ONE)] * 6))
        )

    def _memo(self) -> Memo | None:
        chance = self._random.random()
        if chance < 0.8:
            return None
        number = self._random.randrange(ROUTING_IDS)
        return IdMemo(number) if chance < 0.9 else TextMemo(self._random.choice((str(number), "thanks")))

    def _fee_rate(self) -> int:
        return self._random.choice((100, 1000, 1000, 30_000))
