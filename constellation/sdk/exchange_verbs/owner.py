"""Who may sign for the account: agents, rotation, locks."""

from collections.abc import Mapping, Sequence
from typing import Any

from constellation.protocol.signing import KeyPair
from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.held import AgentState, appointed_agent, changed_lock
from constellation.sdk.held import agent as agent_of
from constellation.sdk.history_queries import Moment
from constellation.sdk.keys import Lock, LockName, RightName
from constellation.sdk.receipts import Receipt


class OwnerVerbs(ExchangeBase):
    """Who may sign for the account: agents, rotation, locks."""

    async def appoint_agent(
        self, agent: str, rights: Sequence[RightName], expires_at: Moment, params: Mapping[str, Any] | None = None
    ) -> AgentState:
        """Let another key sign for this account; again for the same key: with other rights and another expiry.

        Args:
            agent: ``G…``; it trades with ``Exchange(…, agent_key, account=exchange.address)``.
            rights: among ``trade`` (orders and cancels), ``pay`` and ``withdraw``.
            expires_at: a datetime with its zone, or microseconds since 1970: the last moment at which it may.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        receipt = await self._settled(params, lambda: self.client.appoint_agent(agent, rights, expires_at))
        return appointed_agent(receipt)

    async def dismiss_agent(self, agent: str, params: Mapping[str, Any] | None = None) -> Receipt:
        """Take all rights from an agent; its connections end.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._settled(params, lambda: self.client.dismiss_agent(agent))

    async def fetch_agents(self) -> tuple[AgentState, ...]:
        """Who else may sign for the account, by address, also who is known and has expired; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return tuple(agent_of(key) for key in (await self.client.account()).agents)

    async def rotate_key(self, new_key: KeyPair, params: Mapping[str, Any] | None = None) -> Receipt:
        """Make another key the owner's, and dismiss all agents; see :meth:`Client.rotate_key`.

        This exchange's key is worth nothing then: go on with ``Exchange(…, new_key, account=exchange.address)``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._settled(params, lambda: self.client.rotate_key(new_key))

    async def lock(
        self, locks: Sequence[LockName], until: Moment | None = None, params: Mapping[str, Any] | None = None
    ) -> Lock | None:
        """Lock what nobody can ask for then; it replaces the lock before, and cancels always work.

        Args:
            locks: among ``trading``, ``payments`` and ``withdrawals`` (and closing the account); none: unlock.
            until: a datetime with its zone, or microseconds since 1970. Before that the lock can only be made longer
                and wider, whoever has the key. Without it, the owner unlocks.
            params: ``wait``.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return changed_lock(await self._settled(params, lambda: self.client.lock(locks, until)))

    async def unlock(self, params: Mapping[str, Any] | None = None) -> None:
        """Unlock everything; refused, TIME_LOCKED, before the end of a lock that has one.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        await self._settled(params, lambda: self.client.lock([]))

    async def fetch_lock(self) -> Lock | None:
        """The account's lock, also where its end has passed; alpha's word, not proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return (await self.client.account()).lock
