"""Taking everything out of an account: all assets, one after the other, then the account itself."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Protocol

from constellation.protocol.messages import Memo
from constellation.sdk.errors import ExchangeError, InvalidRequest, NotClosed
from constellation.sdk.numbers import Number
from constellation.sdk.receipts import Receipt
from constellation.sdk.views import Account

_LUMENS = "XLM"
_LOOK_S = 1.0


class Leaver(Protocol):
    """What is needed of a client."""

    async def account(self) -> Account:
        """The own account."""

    async def withdraw(
        self, asset: str, amount: Number, destination: str | bytes, memo: Memo = None, *, create: bool = False
    ) -> Receipt:
        """Withdraw to a Stellar account."""

    async def close_account(self, destination: str | bytes, memo: Memo = None, *, create: bool = False) -> Receipt:
        """Withdraw all lumens."""


async def withdraw_all(
    client: Leaver,
    destination: str | bytes,
    memo: Memo,
    *,
    create: bool,
    together: int,
    timeout_s: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> list[Receipt]:
    """Withdraw every asset, wait for the ledger, and close the account; see :meth:`Client.withdraw_all`.

    Args:
        client: of the account.
        destination: as of a withdrawal.
        memo: as of a withdrawal.
        create: the lumens create the destination.
        together: how many withdrawals an account may have at a time.
        timeout_s: how long to wait for withdrawals altogether.
        sleep: waits.
    """
    receipts: list[Receipt] = []
    tried: dict[str, None] = {}
    looks_left = max(1, int(timeout_s / _LOOK_S))
    while True:
        account = await client.account()
        count = len(account.orders) + len(account.armed)
        if count:
            raise InvalidRequest(f"{count} orders are open: cancel them first")
        if not account.withdrawals:
            left = _left(account)
            if not left:
                break
            again = [asset for asset in left if asset in tried]
            if again:
                raise NotClosed(f"the ledger did not take {again[0]}, which is in the account again", receipts)
            if create:
                raise InvalidRequest(f"an account that is created cannot receive {next(iter(left))}: withdraw it first")
            for asset in list(left)[:together]:
                tried[asset] = None
                receipts.append(await _attempt(client.withdraw(asset, left[asset], destination, memo), asset, receipts))
        if not looks_left:
            raise NotClosed("withdrawals are still on their way to the ledger", receipts)
        looks_left -= 1
        await sleep(_LOOK_S)
    receipts.append(await _attempt(client.close_account(destination, memo, create=create), _LUMENS, receipts))
    return receipts


def _left(account: Account) -> dict[str, Decimal]:
    """What must be withdrawn before the account can be closed."""
    return {name: balance.total for name, balance in account.balances.items() if name != _LUMENS and balance.total}


async def _attempt(request: Awaitable[Receipt], asset: str, receipts: list[Receipt]) -> Receipt:
    try:
        return await request
    except ExchangeError as error:
        raise NotClosed(f"{asset} cannot be withdrawn: {error}", receipts) from error
