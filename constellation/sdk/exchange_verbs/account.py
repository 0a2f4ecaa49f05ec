"""What the account has and what has happened to it."""

from collections.abc import AsyncIterator

from constellation.sdk.effects import DepositCredited
from constellation.sdk.exchange_verbs.arguments import LIMIT_MAX, checked_limit, first_of, since_us
from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.past_of import LEDGER_KINDS, deposit, follow_withdrawal, ledger_entries, ledger_entries_back
from constellation.sdk.past_of import past_trade as trade_of_item
from constellation.sdk.unified import Balances, LedgerEntry, OwnAccount, OwnTrade, Transaction
from constellation.sdk.verifier import drop_oldest


class AccountVerbs(ExchangeBase):
    """What the account has and what has happened to it."""

    async def fetch_accounts(self) -> tuple[OwnAccount, ...]:
        """The account and its open sub-accounts, by number; what ``sub_account=`` of reading methods takes.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        account = await self.client.account()
        subs = [OwnAccount(address, "subaccount", number) for number, address in account.sub_accounts.items()]
        return (OwnAccount(self.address, "main"), *subs)

    async def fetch_balance(self, *, sub_account: int | None = None) -> Balances:
        """What the account owns now, by asset; alpha's word, which ``exchange.client.prove_account`` has proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return Balances((await self.client.account(sub_account)).balances, self.client.clock_us)

    async def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[OwnTrade, ...]:
        """The fills of the account's orders, from the chronicler: final, not proven (``Client.history`` proves them).

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        past = self.client.history(
            kinds=("trade",),
            market=symbol,
            since=since_us(since),
            newest_first=since is None,
            limit=checked_limit(limit),
            sub_account=sub_account,
        )
        found = [trade_of_item(self._catalogue, item) async for item in past]
        return tuple(found if since is not None else reversed(found))

    async def iter_my_trades(
        self, symbol: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> AsyncIterator[OwnTrade]:
        """All of them, the oldest first, page by page."""
        past = self.client.history(kinds=("trade",), market=symbol, since=since_us(since), sub_account=sub_account)
        async for item in past:
            yield trade_of_item(self._catalogue, item)

    async def fetch_ledger(
        self,
        code: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[LedgerEntry, ...]:
        """The newest changes of what the account owns, or the first ones from ``since`` on; the oldest first.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        most = checked_limit(limit)
        if since is not None:
            return await first_of(self.iter_ledger(code, since, sub_account=sub_account), most)
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        back = self.client.history(kinds=LEDGER_KINDS, newest_first=True, sub_account=sub_account)
        withdrawals = self.client.history(kinds=("withdrawal",), newest_first=True, sub_account=sub_account)
        newest = ledger_entries_back(self._catalogue, back, withdrawals)
        wanted = (entry async for entry in newest if name in (None, entry.currency))
        return (await first_of(wanted, most))[::-1]

    async def iter_ledger(
        self, code: str | None = None, since: int | None = None, *, sub_account: int | None = None
    ) -> AsyncIterator[LedgerEntry]:
        """All changes of what the account owns, or of one asset of it, the oldest first, page by page."""
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        items = self.client.history(kinds=LEDGER_KINDS, since=since_us(since), sub_account=sub_account)
        async for entry in ledger_entries(self._catalogue, items):
            if name in (None, entry.currency):
                yield entry

    async def fetch_deposits(
        self,
        code: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[Transaction, ...]:
        """What came from the Stellar ledger.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        past = self.client.history(
            kinds=("deposit",),
            asset=code,
            since=since_us(since),
            newest_first=since is None,
            limit=checked_limit(limit),
            sub_account=sub_account,
        )
        address = self.address if sub_account is None else self.client.sub_account_address(sub_account)
        found = [deposit(address, item) async for item in past if isinstance(item.effect, DepositCredited)]
        return tuple(found if since is not None else reversed(found))

    async def fetch_withdrawals(
        self,
        code: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        *,
        sub_account: int | None = None,
    ) -> tuple[Transaction, ...]:
        """What was asked to go to the Stellar ledger, and what became of it.

        Raises:
            SdkError: see :meth:`Client.history_page`.
        """
        name = None if code is None else self._catalogue.asset_names[self._catalogue.asset_id(code)]
        most = checked_limit(limit)
        found: dict[int, Transaction] = {}
        past = self.client.history(kinds=("withdrawal",), since=since_us(since), sub_account=sub_account)
        async for item in past:
            follow_withdrawal(found, item.effect, item.timestamp)
            if since is None:
                drop_oldest(found, LIMIT_MAX)
        known = [withdrawal for withdrawal in found.values() if name in (None, withdrawal.currency)]
        return tuple(known[:most] if since is not None else known[-most:])
