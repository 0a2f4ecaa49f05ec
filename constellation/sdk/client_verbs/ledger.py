"""The way to the Stellar ledger and from it."""

from constellation.protocol.messages import CloseAccount, Memo
from constellation.sdk import operations
from constellation.sdk.client_verbs.state import StateVerbs
from constellation.sdk.leaving import withdraw_all
from constellation.sdk.numbers import Number
from constellation.sdk.receipts import Receipt

_MINUTE_S = 60


class LedgerVerbs(StateVerbs):
    """The way to the Stellar ledger and from it."""

    async def withdraw(
        self, asset: str, amount: Number, destination: str | bytes, memo: Memo = None, *, create: bool = False
    ) -> Receipt:
        """Withdraw to a Stellar account; ``WithdrawalClosed`` among the events says how it ended.

        Args:
            asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            amount: text, int or Decimal.
            destination: ``G…``, ``M…`` or 32 bytes.
            memo: text of up to 28 bytes, a number, or None.
            create: the destination is not on the ledger yet: the lumens create it.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        target = operations.ledger_destination(destination, memo, create=create)
        return await self._submit(operations.withdrawal(self._catalogue, asset, amount, target))

    async def withdraw_all(
        self, destination: str | bytes, memo: Memo = None, *, create: bool = False, timeout_s: float | None = None
    ) -> list[Receipt]:
        """Withdraw everything and close the account: other assets first, then, when they have arrived, the lumens.

        Args:
            destination: ``G…``, ``M…`` or 32 bytes; it must trust every asset that is withdrawn.
            memo: text of up to 28 bytes, a number, or None.
            create: the destination is not on the ledger yet: the lumens create it, and there may be nothing else.
            timeout_s: how long to wait for the ledger; by default, until withdrawals lapse, and a minute.

        Returns:
            The receipts; the last one is of the closing, whose payment is then on its way.

        Raises:
            InvalidRequest: orders are open, or other assets cannot go to an account that is created.
            NotClosed: the exchange or the ledger refused something, or it took too long; call again.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        together = self.settings.limits.withdrawals
        patience_s = self.settings.withdrawal_lifetime_s + _MINUTE_S if timeout_s is None else timeout_s
        return await withdraw_all(self, destination, memo, create=create, together=together, timeout_s=patience_s)

    async def close_account(self, destination: str | bytes, memo: Memo = None, *, create: bool = False) -> Receipt:
        """Withdraw all lumens, the minimum balance with them; everything else must be withdrawn before.

        A later deposit opens the account again.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        target = operations.ledger_destination(destination, memo, create=create)
        return await self._submit(CloseAccount(target))

    async def register_routing(self, routing_id: int | None = None) -> int:
        """Register a number that names this account in deposits, as a memo or as the vault's muxed id; for ever.

        Args:
            routing_id: from 1 to 2^64 - 1; None draws a long one at random, which nobody types by mistake and which
                every wallet can write.

        Returns:
            the number.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        number = operations.random_routing_id() if routing_id is None else routing_id
        await self._submit(operations.register_routing(number))
        return number
