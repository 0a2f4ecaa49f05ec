"""What accounts ask alpha for; before a withdrawal, alpha asks the ledger about its destination, as ever."""

from random import Random

from constellation.gateway.ledger_queue import ledger_question
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CloseAccount,
    LedgerDestination,
    LimitOrder,
    Operation,
    Payment,
    RegisterRouting,
    Side,
    SignedRequest,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import NetworkUnavailable
from constellation.stellarlink.destination_check import check_destination
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.errand import at_once
from constellation.testing.money.street import ROUTING_IDS
from constellation.testing.money.world import VaultWorld
from constellation.testing.world import ONE, key_of, to

_VALID_US = 60_000_000


class Clients:
    """All accounts.

    Args:
        random: decides.
        world: with the traders.
        cluster: that they talk to.
    """

    def __init__(self, random: Random, world: VaultWorld, cluster: VaultCluster) -> None:
        self._random = random
        self._world = world
        self._cluster = cluster
        self._checked: list[SignedRequest] = []

    def ask(self) -> None:
        """Somebody asks for something; it is checked now and executed, perhaps, a little later."""
        accounts = self._cluster.alpha.machine.state.vault.accounts
        traders = [trader for trader in self._world.traders if trader.public in accounts]
        guests = [guest for guest in self._world.newcomers if guest.public in accounts]
        if traders and self._cluster.is_ready:
            if guests and self._random.random() < 0.15:
                who = self._random.choice(guests)
                operation = self._leave(who)
            else:
                who = self._random.choice(traders)
                operation = self._operation(who)
            signed = self._world.request(who, operation, valid_until=self._cluster.clock_us + _VALID_US)
            if self._is_promising(signed):
                self._checked.append(signed)

    def proceed(self) -> None:
        """Execute what was checked; alpha may have been restarted meanwhile."""
        if self._checked and self._cluster.is_ready:
            try:
                self._cluster.alpha.execute(self._checked.pop(0))
            except Rejection:
                return

    def _is_promising(self, signed: SignedRequest) -> bool:
        state, now_us = self._cluster.alpha.machine.state, self._cluster.clock_us
        try:
            question = ledger_question(state, signed.request, max(now_us, state.timestamp))
            if question is not None:
                self._check(question)
        except (Rejection, NetworkUnavailable):
            return False
        return True

    def _check(self, withdrawal: Withdrawal) -> None:
        server, destination = self._cluster.server, withdrawal.destination
        account = at_once(server.account(encode_public_key(destination.account)))
        identity = self._cluster.alpha.machine.state.assets.identity(withdrawal.asset)
        check_destination(account, destination, identity, withdrawal.amount, at_once(server.network()).base_reserve)

    # --- operations ---------------------------------------------------------------------------------------------

    def _operation(self, trader: KeyPair) -> Operation:
        chance = self._random.random()
        if chance < 0.72:
            return self._withdrawal(trader)
        if chance < 0.82:
            return Payment(self._random.choice(self._world.traders).public, *self._part(trader))
        if chance < 0.92:
            return self._order()
        return RegisterRouting(self._random.randrange(ROUTING_IDS))

    def _leave(self, who: KeyPair) -> Operation:
        """Close an account that has lumens alone; a later deposit opens it again."""
        return CloseAccount(to(self._random.choice((who, who, self._world.root))))

    def _withdrawal(self, trader: KeyPair) -> Withdrawal:
        asset, amount = self._part(trader)
        return Withdrawal(asset, amount, self._destination(trader, asset))

    def _part(self, trader: KeyPair) -> tuple[int, int]:
        """Some of what the account has."""
        state = self._cluster.alpha.machine.state
        account = state.vault.accounts[trader.public]
        some = [asset for asset in sorted(account.balances) if state.vault.available(account, asset)]
        asset = self._random.choice(some or [0])
        available = state.vault.available(account, asset)
        return asset, available if self._random.random() < 0.1 else self._random.randint(1, max(1, available // 3))

    def _destination(self, trader: KeyPair, asset: int) -> LedgerDestination:
        chance, pockets = self._random.random(), self._world.pockets
        if chance < 0.1 and not asset:
            pockets.append(key_of(f"pocket {len(pockets)}"))
            return to(pockets[-1], creates=True)
        if chance < 0.15 and pockets:
            return to(pockets[-1], creates=self._random.random() < 0.2)
        if chance < 0.25:
            return to(self._random.choice((*self._world.traders, self._world.issuer)))
        if chance < 0.3:
            return to(trader, muxed_id=7)
        return to(trader, self._random.choice((None, None, "memo", 7)))

    def _order(self) -> LimitOrder:
        side = self._random.choice((Side.BUY, Side.SELL))
        lots = self._random.randint(1, 500)
        return LimitOrder(0, side, 2500, lots * (ONE // 1000) * 10, TimeInForce.IMMEDIATE_OR_CANCEL, None)
