"""A connection that repairs itself, and what it is of."""

from collections.abc import Callable
from os import PathLike
from ssl import SSLContext
from types import TracebackType
from typing import Self, TypeVar

from constellation.protocol.messages import ModeInForce, Operation, Settings
from constellation.protocol.signing import Signer
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
from constellation.sdk.connection import Connection
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.history_reader import PastReader
from constellation.sdk.markets import Catalogue, Market
from constellation.sdk.operations import parse_key
from constellation.sdk.options import ClientOptions, load_settings
from constellation.sdk.proven import ProofReader
from constellation.sdk.receipts import Receipt
from constellation.sdk.sub_accounts import account_meant

_T = TypeVar("_T")


class ClientBase:
    """The connection of a :class:`constellation.sdk.Client`, whose arguments these are."""

    def __init__(
        self,
        url: str,
        settings: Settings | str | PathLike[str],
        key_pair: Signer,
        options: ClientOptions | None = None,
        ssl: SSLContext | None = None,
        after: int | None = None,
        account: str | bytes | None = None,
        sub_account: int | None = None,
    ) -> None:
        genesis = load_settings(settings)
        self._key_pair = key_pair
        options = options or ClientOptions()
        self._auditor_urls = options.auditor_urls
        named = None if account is None else parse_key(account)
        if sub_account is not None:
            named = account_meant(named or key_pair.public, sub_account)
        self._account = key_pair.public if named is None else named
        self._connection = Connection(url, genesis, key_pair, options, ssl, after, named)
        self._proofs = ProofReader(self._connection.catalogue, self._account, lambda: self._connection.terms)
        self._catalogue = self._connection.catalogue
        self._past = PastReader(self._connection, self._account)

    @classmethod
    async def connect(
        cls,
        url: str,
        settings: Settings | str | PathLike[str],
        key_pair: Signer,
        options: ClientOptions | None = None,
        ssl: SSLContext | None = None,
        after: int | None = None,
        account: str | bytes | None = None,
        sub_account: int | None = None,
    ) -> Self:
        """A connected client; the arguments are those of the class.

        Raises:
            ConnectionClosed: it cannot be reached, or closed with a reason.
            VerificationFailed: it is not this constellation's alpha.
            ExchangeError: AHEAD: the account has no effect number ``after``.
        """
        client = cls(url, settings, key_pair, options, ssl, after, account, sub_account)
        await client._connection.open()
        return client

    async def __aenter__(self) -> Self:
        await self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; may be called again.

        Methods that still wait raise ``OutcomeUnknown`` or ``ConnectionClosed``.
        """
        await self._connection.close()

    @property
    def address(self) -> str:
        """The account, ``G…``."""
        return encode_public_key(self._account)

    @property
    def signer(self) -> str:
        """The key that signs for it, ``G…``."""
        return self._key_pair.address

    @property
    def reconnects(self) -> int:
        """How often the connection was opened again after it broke."""
        return max(0, self._connection.openings - 1)

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection to alpha now on which requests are answered."""
        return self._connection.is_connected

    @property
    def mode(self) -> ModeInForce | None:
        """How much alpha lets clients do, as it said last; None before the first connection.

        It is alpha's word, and not proven: alpha could refuse everything without saying so.
        """
        return self._connection.mode

    async def mode_changed(self) -> None:
        """Wait until alpha says that it lets clients do more or less."""
        await self._connection.mode_changed()

    @property
    def clock_us(self) -> int:
        """Alpha's clock in microseconds since 1970, behind by no more than the way of one message.

        Nonces and deadlines follow it, never this computer's clock.
        """
        return self._connection.clock_us

    @property
    def catalogue(self) -> Catalogue:
        """Assets and markets by name."""
        return self._catalogue

    def observe(self, take: Callable[[Receipt], None]) -> None:
        """Have each receipt of this client told to ``take``, too, in the order in which they come."""
        self._connection.observer = take

    @property
    def settings(self) -> Settings:
        """In force, as far as it is proven."""
        return self._catalogue.settings

    @property
    def terms(self) -> Terms:
        """The settings of genesis and the appointments since: who alpha and the auditors are, as far as it is shown."""
        return self._connection.terms

    @property
    def settings_version(self) -> int:
        """How often they were changed until then."""
        return self._connection.settings_version

    @property
    def announced_version(self) -> int:
        """The version that alpha says is in force; where it is later than the proven one, its proof is on its way."""
        return self._connection.announced_version

    async def learn_settings(self) -> Settings:
        """Ask for the settings in force and their proof; alpha tells of changes by itself, so this is seldom needed.

        Raises:
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        await self._connection.learn_settings()
        return self.settings

    @property
    def assets(self) -> tuple[str, ...]:
        """Names of the listed assets."""
        return tuple(self._catalogue.asset_names)

    @property
    def markets(self) -> tuple[Market, ...]:
        """The listed markets."""
        return tuple(self._catalogue.markets)

    def market(self, name: str) -> Market:
        """The rules of a market such as ``XLM/USD``, with ``round_price`` and ``round_amount``.

        Raises:
            InvalidRequest: it is not listed.
        """
        return self._catalogue.market(name)

    async def _submit(self, operation: Operation) -> Receipt:
        (receipt,) = await self._connection.submit(lambda session: session.submit(operation))
        return receipt

    async def _named(self, view: Callable[[], _T]) -> _T:
        """What ``view`` gives; where it names something that is not known, the settings are asked for first."""
        try:
            return view()
        except IndexError:
            await self.learn_settings()
        try:
            return view()
        except IndexError:
            raise VerificationFailed("names", "alpha names an asset or a market that is not listed") from None
