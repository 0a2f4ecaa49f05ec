"""Payments to other accounts, and money that is reserved for them."""

from collections.abc import Sequence

from constellation.sdk import operations
from constellation.sdk.batch import Pay, PayOnPath
from constellation.sdk.client_verbs.requests import RequestVerbs
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.numbers import Number
from constellation.sdk.receipts import Receipt


class PaymentVerbs(RequestVerbs):
    """Payments to other accounts, and money that is reserved for them."""

    async def pay(self, destination: str | bytes, asset: str, amount: Number, memo: str | None = None) -> Receipt:
        """Pay another account of the constellation; with lumens, this can open it.

        Args:
            destination: ``G…`` or 32 bytes.
            asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            amount: text, int or Decimal.
            memo: what the other one is told: up to 64 bytes of text without control characters.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.payment(self._catalogue, destination, asset, amount, memo))

    async def pay_many(self, payments: Sequence[Pay | PayOnPath]) -> tuple[Receipt, ...]:
        """Make up to 100 payments under one signature: all of them, or, where one breaks a rule, none.

        Returns:
            A receipt for each.

        Raises:
            ExchangeError: which one is refused, and why; nothing happened.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        for payment in payments:
            if not isinstance(payment, Pay | PayOnPath):
                raise InvalidRequest(f"a {type(payment).__name__} is no payment")
        return await self.submit_batch(payments, all_or_nothing=True)

    async def pay_on_path(
        self,
        destination: str | bytes,
        send_asset: str,
        receive_asset: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        path: Sequence[str] | None = None,
        memo: str | None = None,
    ) -> Receipt:
        """Pay with one asset what arrives as another one, bought at once on one market or two.

        Either ``send_amount`` and ``receive_min`` are given: up to so much is sent, in whole lots, and all that it buys
        arrives. Or ``receive_amount`` and ``send_max``: just so much arrives. What is left over stays in this account.

        Args:
            destination: ``G…`` or 32 bytes, of an open account.
            send_asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            receive_asset: another one.
            send_amount: text, int or Decimal, as all of them.
            receive_min: it is refused when less would arrive.
            receive_amount: what arrives.
            send_max: it is refused when it would cost more.
            path: the markets, the first of which trades ``send_asset``; none: the one that trades both.
            memo: what the other one is told: up to 64 bytes of text without control characters.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        payment = PayOnPath(
            destination, send_asset, receive_asset, send_amount, receive_min, receive_amount, send_max, path, memo
        )
        return await self.submit(payment)

    async def convert(
        self,
        send_asset: str,
        receive_asset: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        path: Sequence[str] | None = None,
    ) -> Receipt:
        """Change money of one asset into another one: a payment on a path to this account, see :meth:`pay_on_path`.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        payment = PayOnPath(
            self._account, send_asset, receive_asset, send_amount, receive_min, receive_amount, send_max, path
        )
        return await self.submit(payment)

    async def open_hold(self, beneficiary: str | bytes, asset: str, amount: Number, expires_at_us: int) -> Receipt:
        """Reserve money for another account, which may take it, all or a part, until the hold lapses.

        The receipt's apex is the hold's id. Only the beneficiary can end it before its time.

        Args:
            beneficiary: ``G…`` or 32 bytes.
            asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            amount: text, int or Decimal.
            expires_at_us: when it lapses, in microseconds since 1970.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        hold = operations.open_hold(self._catalogue, beneficiary, asset, amount, expires_at_us)
        return await self._submit(hold)

    async def capture_hold(self, hold_id: int, amount: Number) -> Receipt:
        """Take money of a hold for this account; what is left of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.capture_hold(hold_id, amount))

    async def release_hold(self, hold_id: int) -> Receipt:
        """Give up a hold for this account: all of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.release_hold(hold_id))
