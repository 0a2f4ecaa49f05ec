"""What is there now: in alpha's words, or proven; and what happens from now on."""

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal

from constellation.protocol.messages import (
    AccountSnapshot,
    BookSnapshot,
    Proposals,
    SignedProposal,
    StateEntryType,
    StateProof,
)
from constellation.sdk.client_verbs.base import ClientBase
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.proven import Proven, ProvenAccount, order_identity
from constellation.sdk.receipts import Event
from constellation.sdk.sub_accounts import account_meant
from constellation.sdk.tracker import Gap
from constellation.sdk.views import Account, ArmedOrder, OpenOrder, OpenWithdrawal, OrderBook, account_view, book_view


class StateVerbs(ClientBase):
    """What is there now: in alpha's words, or proven; and what happens from now on."""

    async def account(self, sub_account: int | None = None) -> Account:
        """The own account, or a sub-account: balances, open orders, withdrawals. Alpha's word, not proven.

        Raises:
            ExchangeError: OWNER_ONLY: only the owner sees sub-accounts.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        key = account_meant(self._account, sub_account)
        snapshot = await self._connection.query(lambda session: session.query_account(sub_account))
        assert isinstance(snapshot, AccountSnapshot)
        return await self._named(lambda: account_view(self._catalogue, key, snapshot))

    async def order_book(self, market: str, levels: int = 20) -> OrderBook:
        """The best levels of a market. Alpha's word, not proven.

        Args:
            market: such as ``XLM/USD``.
            levels: of each side, at most 200.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        rules = self._catalogue.market(market)
        snapshot = await self._connection.query(lambda session: session.query_book(rules.market_id, levels))
        assert isinstance(snapshot, BookSnapshot)
        return book_view(rules, snapshot)

    def events(self) -> AsyncIterator[Event | Gap]:
        """Everything that happens to the account without this client's asking: fills, deposits, payments.

        Each event comes once and in order. What happened while there was no connection, or while the program was
        too slow for the bounded queue, is asked for again. Only what alpha does not keep any more is told as a
        :class:`Gap` with the numbers of the effects, after which :meth:`account` tells the present state. The
        stream ends when the client is closed.
        """
        return self._connection.inbox.stream()

    async def proposals(self) -> Proposals:
        """What is proposed and not decided. Alpha's word; the signatures can be checked.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        found = await self._connection.query(lambda session: session.query_proposals())
        assert isinstance(found, Proposals)
        return found

    async def propose(self, signed: SignedProposal) -> Proposals:
        """Send an auditor's signed proposal; what is open then, in alpha's words.

        Raises:
            ExchangeError: why it does not count.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        found = await self._connection.query(lambda session: session.propose(signed))
        assert isinstance(found, Proposals)
        return found

    async def prove_account(self) -> Proven[ProvenAccount | None]:
        """The own balances with a proof that a quorum of auditors has signed them, as of the last checkpoint.

        Raises:
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.ACCOUNT_ENTRY, self._account)
        return await self._named(lambda: self._proofs.account(proof))

    async def prove_order(self, order_id: int) -> Proven[OpenOrder]:
        """An own open order with its proof, as of the last checkpoint.

        Raises:
            ExchangeError: UNAUTHORIZED: there was no such order of this account.
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.ORDER_ENTRY, order_identity(order_id))
        return await self._named(lambda: self._proofs.order(order_id, proof))

    async def prove_armed_order(self, order_id: int) -> Proven[ArmedOrder]:
        """An own order that waits for its trigger, with its proof, as of the last checkpoint.

        Raises:
            ExchangeError: UNAUTHORIZED: no such order of this account was waiting.
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.ARMED_ENTRY, order_identity(order_id))
        return await self._named(lambda: self._proofs.armed_order(order_id, proof))

    async def prove_withdrawal(self, withdrawal_id: int) -> Proven[OpenWithdrawal]:
        """An own unsettled withdrawal with its proof, as of the last checkpoint.

        Raises:
            ExchangeError: UNAUTHORIZED: there was no such withdrawal of this account.
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.WITHDRAWAL_ENTRY, order_identity(withdrawal_id))
        return await self._named(lambda: self._proofs.withdrawal(withdrawal_id, proof))

    async def prove_totals(self) -> Proven[Mapping[str, Decimal]]:
        """What all accounts together own of each asset, with its proof: compare it with the vault on the ledger.

        Raises:
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.COUNTERS_ENTRY, b"")
        return await self._named(lambda: self._proofs.totals(proof))

    async def prove_entry(self, kind: StateEntryType, identity: bytes) -> StateProof:
        """The entry of a kind and its proof as alpha sent it, not checked; see :func:`check_state`.

        Raises:
            ExchangeError: UNAUTHORIZED: it is another account's.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self._connection.query(lambda session: session.query_proof(kind, identity))
        if not isinstance(proof, StateProof):
            raise VerificationFailed("state proof", "alpha answered with something else")
        return proof
