"""What people with test money do on a ledger that has a friendbot: open accounts, hand out assets, pay into a vault."""

import asyncio
import time
from collections.abc import Sequence
from itertools import product

from stellar_sdk import Account as StellarAccount
from stellar_sdk import Asset, ChangeTrust, Keypair, Payment, TransactionBuilder
from stellar_sdk.operation import Operation

from constellation.protocol.limits import LEDGER_OPERATIONS_MAX
from constellation.protocol.signing import KeyPair
from constellation.stellarlink import HorizonNetwork, SubmitStatus

_TOGETHER = 16
_VALIDITY_S = 300


class TransactionRefused(RuntimeError):
    """The ledger did not accept a transaction."""


class Wallet:
    """Signs and submits transactions.

    Args:
        network: the ledger's Horizon.
        passphrase: of the network.
    """

    def __init__(self, network: HorizonNetwork, passphrase: str) -> None:
        self._network = network
        self._passphrase = passphrase

    async def submit(self, source: KeyPair, operations: Sequence[Operation]) -> str:
        """A transaction of ``source``, signed and included; its hash.

        Raises:
            TransactionRefused: the ledger did not accept it.
            StellarLinkError: the ledger cannot be reached.
        """
        account = await self._network.account(source.address)
        if account is None:
            raise TransactionRefused(f"{source.address} is not on the ledger")
        builder = TransactionBuilder(StellarAccount(source.address, account.sequence), self._passphrase, base_fee=100)
        for operation in operations:
            builder.append_operation(operation)
        envelope = builder.add_time_bounds(0, int(time.time()) + _VALIDITY_S).build()
        envelope.sign(Keypair.from_raw_ed25519_seed(source.seed))
        outcome = await self._network.submit(envelope.to_xdr())
        if outcome.status is not SubmitStatus.INCLUDED:
            raise TransactionRefused(f"the ledger refused a transaction: {outcome}")
        return envelope.hash_hex()

    async def open_accounts(self, keys: Sequence[KeyPair], issuer: KeyPair, codes: Sequence[str], amount: str) -> None:
        """Accounts with the friendbot's lumens, trust lines and some of each asset.

        Args:
            keys: of the accounts, which must not be on the ledger.
            issuer: of the assets.
            codes: of the assets.
            amount: of each, for each account.

        Raises:
            TransactionRefused: the ledger did not accept a transaction.
            StellarLinkError: the ledger cannot be reached, or has no friendbot.
        """
        assets = [Asset(code, issuer.address) for code in codes]
        doors = asyncio.Semaphore(_TOGETHER)

        async def open_account(key: KeyPair) -> None:
            async with doors:
                await self._network.fund(key.address)
                if assets:
                    await self.submit(key, [ChangeTrust(asset) for asset in assets])

        await asyncio.gather(*(open_account(key) for key in keys))
        payments = [Payment(key.address, asset, amount) for key, asset in product(keys, assets)]
        for first in range(0, len(payments), LEDGER_OPERATIONS_MAX):
            await self.submit(issuer, payments[first : first + LEDGER_OPERATIONS_MAX])

    async def deposit(self, keys: Sequence[KeyPair], vault: str, amounts: Sequence[tuple[Asset, str]]) -> None:
        """Pay into a vault from each account, in one transaction of it.

        Raises:
            TransactionRefused: the ledger did not accept a transaction.
            StellarLinkError: the ledger cannot be reached.
        """
        doors = asyncio.Semaphore(_TOGETHER)

        async def pay_in(key: KeyPair) -> None:
            async with doors:
                await self.submit(key, [Payment(vault, asset, amount) for asset, amount in amounts])

        await asyncio.gather(*(pay_in(key) for key in keys))
