"""What the owner of an account alone may ask for: agents, rotation, locks, sub-accounts."""

from collections.abc import Sequence

from constellation.protocol.messages import DismissAgent, MergeSubAccount, SignedRequest
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.sdk import operations
from constellation.sdk.client_verbs.base import ClientBase
from constellation.sdk.history_queries import Moment
from constellation.sdk.keys import LockName, RightName, WalletRequest, account_lock, appointment, wallet_request
from constellation.sdk.numbers import Number
from constellation.sdk.operations import parse_key
from constellation.sdk.receipts import Receipt
from constellation.sdk.sub_accounts import account_meant, checked_number


class OwnerVerbs(ClientBase):
    """What the owner of an account alone may ask for: agents, rotation, locks, sub-accounts."""

    async def appoint_agent(self, agent: str | bytes, rights: Sequence[RightName], expires_at: Moment) -> Receipt:
        """Let another key sign for this account; again for the same key: with other rights and another expiry.

        Args:
            agent: ``G…`` or 32 bytes; a key that never leaves the bot that uses it.
            rights: among ``trade`` (orders and cancels), ``pay`` and ``withdraw``.
            expires_at: a datetime with its zone, or microseconds since 1970: the last moment at which it may.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(appointment(agent, rights, expires_at))

    async def dismiss_agent(self, agent: str | bytes) -> Receipt:
        """Take all rights from an agent; its connections end.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(DismissAgent(parse_key(agent)))

    async def rotate_key(self, new_key: KeyPair) -> Receipt:
        """Make another key the owner's, of sub-accounts too, and dismiss all agents; the account's address stays.

        This client's key is worth nothing then, and alpha ends its connection once that is final. Go on with a new
        client: ``Client(url, settings, new_key, account=client.address)``.

        Args:
            new_key: it signs that it agrees, so that nobody locks himself out.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        (receipt,) = await self._connection.submit(lambda session: session.submit_rotation(new_key))
        return receipt

    async def lock(self, locks: Sequence[LockName], until: Moment | None = None) -> Receipt:
        """Lock what nobody can ask for then, this client neither; it replaces the lock before, and cancels always work.

        Args:
            locks: among ``trading``, ``payments`` and ``withdrawals`` (and closing the account); none: unlock.
            until: a datetime with its zone, or microseconds since 1970. Before that the lock can only be made longer
                and wider, whoever has the key. Without it, the owner unlocks.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(account_lock(locks, until))

    def wallet_appointment(
        self, account: str | bytes, rights: Sequence[RightName], expires_at: Moment, owner: str | bytes | None = None
    ) -> WalletRequest:
        """The text by which the owner of another account appoints this client's key, signed with a Stellar wallet.

        It is good for as long as the settings let a request be valid; then make another one.

        Args:
            account: whose agent this key shall be.
            rights: as in :meth:`appoint_agent`.
            expires_at: as in :meth:`appoint_agent`.
            owner: the key that owns the account, where it was rotated.

        Raises:
            InvalidRequest: an argument makes no sense.
        """
        operation = appointment(self._key_pair.public, rights, expires_at)
        return wallet_request(self.settings, self.clock_us, parse_key(account), owner, operation)

    def wallet_dismissal(self, agent: str | bytes, owner: str | bytes | None = None) -> WalletRequest:
        """The text by which this account's owner takes all rights from an agent, signed with a Stellar wallet.

        It is good for as long as the settings let a request be valid.

        Args:
            agent: which it is; it can be this client's own key.
            owner: the key that owns the account, where that is not its own.

        Raises:
            InvalidRequest: an argument makes no sense.
        """
        operation = DismissAgent(parse_key(agent))
        return wallet_request(self.settings, self.clock_us, self._account, owner, operation)

    def wallet_routing(self, routing_id: int | None = None, owner: str | bytes | None = None) -> WalletRequest:
        """The text by which this account's owner registers a number for deposits, signed with a Stellar wallet.

        So an agent can get its account one. It is good for as long as the settings let a request be valid.

        Args:
            routing_id: as in :meth:`register_routing`.
            owner: the key that owns the account, where that is not its own.

        Raises:
            InvalidRequest: an argument makes no sense.
        """
        number = operations.random_routing_id() if routing_id is None else routing_id
        operation = operations.register_routing(number)
        return wallet_request(self.settings, self.clock_us, self._account, owner, operation)

    async def bring(self, request: SignedRequest) -> Receipt:
        """Bring what an owner has signed: for this account, or the appointment of this client's key by another one.

        Args:
            request: of :meth:`wallet_appointment`, :meth:`wallet_routing` or :meth:`wallet_dismissal`, signed.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        (receipt,) = await self._connection.submit(lambda session: session.bring(request))
        return receipt

    async def open_sub_account(self, number: int, amount: Number) -> Receipt:
        """Open a sub-account with lumens of this account; a client of its own, with ``sub_account``, acts for it.

        Args:
            number: from 1 to 16.
            amount: of lumens, at least the minimum balance.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.open_sub_account(number, amount))

    async def merge_sub_account(self, number: int) -> Receipt:
        """Take all that a sub-account has back to this account; it can be opened again.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(MergeSubAccount(checked_number(number)))

    def sub_account_address(self, number: int) -> str:
        """The address of this account's sub-account with a number, ``G…``, whether it is open or not.

        Raises:
            InvalidRequest: no sub-account can have the number.
        """
        return encode_public_key(account_meant(self._account, number))
