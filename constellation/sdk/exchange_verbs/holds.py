"""Money that is reserved for another account."""

from collections.abc import Mapping
from typing import Any

from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.held import HoldState, closed_hold, expiry, open_hold, opened_hold
from constellation.sdk.history_queries import Moment
from constellation.sdk.numbers import Number
from constellation.sdk.order_params import hold_number


class HoldVerbs(ExchangeBase):
    """Money that is reserved for another account."""

    async def open_hold(
        self, code: str, amount: Number, beneficiary: str, expires_at: Moment, params: Mapping[str, Any] | None = None
    ) -> HoldState:
        """Reserve money for another account, which may take it, all or a part, until the hold lapses.

        Args:
            code: the asset.
            amount: text, int or Decimal.
            beneficiary: ``G…``; only it can end the hold before its time.
            expires_at: a datetime with its zone, or microseconds since 1970.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        expires_at_us = expiry(expires_at)
        receipt = await self._settled(params, lambda: self.client.open_hold(beneficiary, code, amount, expires_at_us))
        return opened_hold(receipt)

    async def capture_hold(self, id: str | int, amount: Number, params: Mapping[str, Any] | None = None) -> HoldState:
        """Take money of a hold for this account; what is left of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        number = hold_number(id)
        receipt = await self._settled(params, lambda: self.client.capture_hold(number, amount))
        return closed_hold(self.address, receipt)

    async def release_hold(self, id: str | int, params: Mapping[str, Any] | None = None) -> HoldState:
        """Give up a hold for this account: all of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        number = hold_number(id)
        return closed_hold(self.address, await self._settled(params, lambda: self.client.release_hold(number)))

    async def fetch_holds(self, code: str | None = None) -> tuple[HoldState, ...]:
        """The open holds of this account's money, the oldest first; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        holds = (await self.client.account()).holds
        return tuple(open_hold(self.address, hold) for hold in holds if name in (None, hold.asset))
