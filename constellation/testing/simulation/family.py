"""What a simulated trader does with sub-accounts: it opens and merges them, and strangers try to sign for them."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

from constellation.protocol.amounts import format_amount
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client
from constellation.sdk.effects import SubAccountMerged, SubAccountOpened
from constellation.sdk.errors import ConnectionClosed, ExchangeError, OutcomeUnknown, VerificationFailed
from constellation.sdk.receipts import Event, Receipt
from constellation.testing.simulation.key_work import Connect
from constellation.testing.simulation.keyring import Keyring, Keys, SubKeyring
from constellation.testing.simulation.memory import Memory
from constellation.testing.world import ONE

_SUB_ACCOUNTS: Final = 2


class Family:
    """An account's sub-accounts at work.

    Args:
        keyring: of the parent.
        memory: of what the parent was told.
        others: other traders.
        connect: makes clients.
        random: decides.

    Attributes:
        subs: keys of the sub-accounts.
    """

    def __init__(
        self, keyring: Keyring, memory: Memory, others: Sequence[KeyPair], connect: Connect, random: Random
    ) -> None:
        self.subs = [SubKeyring(keyring, number) for number in range(1, _SUB_ACCOUNTS + 1)]
        self._keyring = keyring
        self._memory = memory
        self._others = others
        self._connect = connect
        self._random = random

    def told(self, event: Event) -> None:
        """The parent was told something, which may be lost again."""
        for effect in event.effects:
            if isinstance(effect, SubAccountOpened | SubAccountMerged):
                self.subs[effect.sub_account - 1].is_open = isinstance(effect, SubAccountOpened)

    def know(self, numbers: Iterable[int]) -> None:
        """These sub-accounts are open now."""
        for sub in self.subs:
            sub.is_open = sub.number in numbers

    async def ask(self, client: Client) -> Receipt:
        """Open a sub-account, pay to one, or merge one, whether that can be done or not."""
        sub, chance = self._random.choice(self.subs), self._random.random()
        if chance < 0.15 if sub.is_open else chance < 0.85:
            return await client.open_sub_account(sub.number, format_amount(self._random.randint(ONE // 2, 30 * ONE)))
        if chance < 0.65:
            asset, amount = self._random.choice(("XLM", "USD")), format_amount(self._random.randint(1, 30 * ONE))
            return await client.pay(sub.account, asset, amount)
        return await client.merge_sub_account(sub.number)

    async def intrude(self) -> None:
        """Somebody signs for an account of the family who is neither its owner nor its agent, whatever else he is."""
        keyring = self._keyring
        accounts: list[Keys] = [keyring, *self.subs]
        target = self._random.choice(accounts)
        agents = [agent for other in accounts if other is not target for agent, _ in other.agents]
        stranger = self._random.choice([*agents, *self._others, *keyring.former])
        could_own = keyring.may_own(stranger)
        try:
            async with self._connect(stranger, target.account) as client:
                await client.lock([])
        except (ConnectionClosed, ExchangeError) as error:
            self._memory.refuse(error.code)
        except OutcomeUnknown:
            pass
        except VerificationFailed as error:
            if error.what != "certificate":
                self._memory.errors.append(str(error))
        else:
            if not could_own and not keyring.may_own(stranger):
                self._memory.errors.append(f"{stranger.address} signed for {client.address}, which is another's")
