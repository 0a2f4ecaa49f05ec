"""Money to others, to the ledger, to and from sub-accounts, and into other assets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from constellation.protocol.messages import Memo
from constellation.sdk.batch import Pay, PayOnPath
from constellation.sdk.conversions import conversion_of
from constellation.sdk.effects import PaymentReceived, PaymentSent, WithdrawalAccepted
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.exchange_verbs.arguments import Wait, settle
from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.numbers import Number
from constellation.sdk.order_params import named
from constellation.sdk.past_of import accepted_withdrawal
from constellation.sdk.receipts import Receipt
from constellation.sdk.unified import Conversion, Transaction, Transfer


class PaymentVerbs(ExchangeBase):
    """Money to others, to the ledger, to and from sub-accounts, and into other assets."""

    async def withdraw(
        self, code: str, amount: Number, address: str, tag: Memo = None, params: Mapping[str, Any] | None = None
    ) -> Transaction:
        """Withdraw to a Stellar account; :meth:`fetch_withdrawals` says what became of it.

        Args:
            code: the asset.
            amount: text, int or Decimal.
            address: ``G…`` or ``M…``.
            tag: the memo: text of up to 28 bytes, or a number.
            params: ``create`` (the lumens create the destination), ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        create = bool(named(others, {"create": "create"}).get("create"))
        receipt = await self.client.withdraw(code, amount, address, tag, create=create)
        await settle([receipt], wait)
        (effect,) = [effect for effect in receipt.effects if isinstance(effect, WithdrawalAccepted)]
        return replace(accepted_withdrawal(effect, receipt.timestamp), receipt=receipt)

    async def transfer(
        self, code: str, amount: Number, to_account: str | int, params: Mapping[str, Any] | None = None
    ) -> Transfer:
        """Pay another account of the constellation; with lumens, this can open it.

        ccxt's ``fromAccount`` is missing: it is always this account.

        Args:
            code: the asset.
            amount: text, int or Decimal.
            to_account: ``G…``, or the number of a sub-account of this account.
            params: ``memo`` (what the other one is told), ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        memo = named(others, {"memo": "memo"}).get("memo")
        address = self.client.sub_account_address(to_account) if isinstance(to_account, int) else to_account
        receipt = await self.client.pay(address, code, amount, memo)
        await settle([receipt], wait)
        return self._transfers(receipt)[0]

    async def open_sub_account(self, number: int, amount: Number, params: Mapping[str, Any] | None = None) -> Transfer:
        """Open a sub-account with lumens of this account; with ``sub_account`` an exchange of its own acts for it.

        Args:
            number: from 1 to 16.
            amount: of lumens, at least the minimum balance.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        receipt = await self._settled(params, lambda: self.client.open_sub_account(number, amount))
        return self._transfers(receipt)[0]

    async def merge_sub_account(self, number: int, params: Mapping[str, Any] | None = None) -> tuple[Transfer, ...]:
        """Take all that a sub-account has back to this account, one transfer for each asset; it can be opened again.

        Args:
            number: of an open one, without open orders, withdrawals and holds.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return self._transfers(await self._settled(params, lambda: self.client.merge_sub_account(number)))

    async def pay_many(self, payments: Sequence[Pay], params: Mapping[str, Any] | None = None) -> tuple[Transfer, ...]:
        """Make up to 100 payments under one signature: all of them, or, where one breaks a rule, none.

        Args:
            payments: each to an account, of an asset, perhaps with a memo.
            params: ``wait``.

        Raises:
            ExchangeError: which one is refused, and why; nothing happened.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        named(others, {})
        for payment in payments:
            if not isinstance(payment, Pay):
                raise InvalidRequest(f"a {type(payment).__name__} is no payment")
        receipts = await self.client.pay_many(payments)
        await settle(receipts, wait)
        return tuple(transfer for receipt in receipts for transfer in self._transfers(receipt))

    async def convert(
        self,
        from_code: str,
        to_code: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Conversion:
        """Change money of one asset into another one, at once, on one market or two.

        Args:
            from_code: the asset that is given.
            to_code: the asset that is bought.
            send_amount: up to so much is given, in whole lots; with ``receive_min``. Text, int or Decimal, as all.
            receive_min: it is refused when it would bring less.
            receive_amount: at least so much is bought, with as few lots as bring it; with ``send_max``.
            send_max: it is refused when it would cost more.
            params: ``path`` (the markets, where no market trades both assets), ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        path = named(others, {"path": "path"}).get("path")
        amounts = send_amount, receive_min, receive_amount, send_max
        return await self._convert(PayOnPath(self.client.address, from_code, to_code, *amounts, path), wait)

    async def pay_on_path(
        self,
        to_account: str,
        from_code: str,
        to_code: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Conversion:
        """Pay another account with one asset what arrives as another one; what is left over stays here.

        Args:
            to_account: ``G…``, of an open account.
            from_code: the asset that is given.
            to_code: the asset that arrives.
            send_amount: up to so much is given, in whole lots; with ``receive_min``. Text, int or Decimal, as all.
            receive_min: it is refused when less would arrive.
            receive_amount: just so much arrives; with ``send_max``.
            send_max: it is refused when it would cost more.
            params: ``path`` (the markets, where no market trades both assets), ``memo``, ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        wait, others = self._wait_of(params)
        given = named(others, {"path": "path", "memo": "memo"})
        amounts = send_amount, receive_min, receive_amount, send_max
        facts = to_account, from_code, to_code, *amounts, given.get("path"), given.get("memo")
        return await self._convert(PayOnPath(*facts), wait)

    async def _convert(self, payment: PayOnPath, wait: Wait) -> Conversion:
        receipt = await self.client.submit(payment)
        await settle([receipt], wait)
        return conversion_of(self._catalogue, receipt)

    def _transfers(self, receipt: Receipt) -> tuple[Transfer, ...]:
        found, number = [], str(receipt.apex)
        for effect in receipt.effects:
            match effect:
                case PaymentSent():
                    ends = self.address, effect.destination
                case PaymentReceived():
                    ends = effect.source, self.address
                case _:
                    continue
            facts = effect.asset, effect.amount, ends[1], receipt.timestamp, effect.memo
            found.append(Transfer(number, *facts, receipt, ends[0]))
        return tuple(found)
