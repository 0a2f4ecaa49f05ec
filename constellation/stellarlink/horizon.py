"""A Stellar network behind a Horizon server, over plain HTTP requests.

Polling instead of event streams: one code path, every answer complete and bounded, and nothing is lost when a
connection breaks. Connections are kept alive between polls.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote, urlsplit

import aiohttp

from constellation.stellarlink.errors import MalformedAnswer, NetworkUnavailable
from constellation.stellarlink.horizon_answer import Answer
from constellation.stellarlink.horizon_json import (
    guarded,
    parse_account,
    parse_ledgers,
    parse_network,
    parse_root,
    parse_transaction,
    parse_transactions,
)
from constellation.stellarlink.network import (
    LedgerAccount,
    LedgerRecord,
    NetworkInfo,
    SubmitOutcome,
    SubmitStatus,
    TransactionPage,
    TransactionRecord,
)

PAGE_MAX: Final = 200
"""The longest page that Horizon gives."""

RESPONSE_MAX_BYTES: Final = 16 * 1024 * 1024
"""200 transactions of 100 operations with 20 signatures and their metadata stay below."""

REQUEST_TIMEOUT_S: Final = 20.0
"""For a whole answer; a poll that takes longer would be late anyway."""

SUBMIT_TIMEOUT_S: Final = 40.0
"""Horizon itself waits up to 30 seconds for the ledger before it answers a submission."""

CONNECTIONS_MAX: Final = 16
"""Sockets to one server: a poll asks for several accounts at once, submissions wait long."""

REDIRECTS_MAX: Final = 3
"""Only friendbot may live elsewhere."""


class HorizonNetwork:
    """A :class:`~constellation.stellarlink.network.StellarNetwork` behind one Horizon URL.

    Use it as an async context manager or call :meth:`close`. The connection pool is opened with the first
    request.

    Args:
        url: such as ``https://horizon-testnet.stellar.org``; a path in front of Horizon's own is kept.
        request_timeout_s: for an answer to a question.
        submit_timeout_s: for an answer to a submission.
        response_max_bytes: longer answers are refused unread.
    """

    def __init__(
        self,
        url: str,
        *,
        request_timeout_s: float = REQUEST_TIMEOUT_S,
        submit_timeout_s: float = SUBMIT_TIMEOUT_S,
        response_max_bytes: int = RESPONSE_MAX_BYTES,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no URL of a Horizon server")
        self.url = url.rstrip("/")
        self._request_timeout = aiohttp.ClientTimeout(total=request_timeout_s)
        self._submit_timeout = aiohttp.ClientTimeout(total=submit_timeout_s)
        self._response_max_bytes = response_max_bytes
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def network(self) -> NetworkInfo:
        """Which network this is and how far it is."""
        root = guarded("root document", parse_root, await self._get("/"))
        page = await self._get("/ledgers", {"order": "desc", "limit": "1"})
        return guarded("page of ledgers", lambda document: parse_network(root, document), page)

    async def account(self, address: str) -> LedgerAccount | None:
        """An account, or None when the ledger has none with this address."""
        answer = await self._ask("GET", _account_path(address))
        return None if answer.is_not_found else guarded("account", parse_account, answer.expect_ok("account"))

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        """Closed ledgers after ``after_sequence``, ascending."""
        parameters = {"cursor": str(after_sequence << 32), "order": "asc", "limit": str(min(limit, PAGE_MAX))}
        return guarded("page of ledgers", parse_ledgers, await self._get("/ledgers", parameters))

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        """Transactions after ``cursor`` that an account takes part in, failed ones included.

        Args:
            address: ``G…``.
            cursor: a place on the ledger.
            limit: at most 200: a page that the server cut shorter would look like the last one.
        """
        assert limit <= PAGE_MAX
        parameters = {"cursor": str(cursor), "order": "asc", "limit": str(limit), "include_failed": "true"}
        answer = await self._ask("GET", f"{_account_path(address)}/transactions", parameters)
        if answer.is_not_found:
            # Horizon forgets accounts that took part in nothing since its history begins.
            return TransactionPage((), answer.latest_ledger)
        records = guarded("page of transactions", parse_transactions, answer.expect_ok("transactions"))
        return TransactionPage(records, answer.latest_ledger)

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash, or None when no ledger has included it so far."""
        answer = await self._ask("GET", f"/transactions/{quote(transaction_hash, safe='')}")
        if answer.is_not_found:
            return None
        return guarded("transaction", parse_transaction, answer.expect_ok("transaction"))

    async def fund(self, address: str) -> None:
        """Create an account with test money; one that exists already is fine.

        Raises:
            NetworkUnavailable: also when this network gives no money.
        """
        answer = await self._ask("GET", "/friendbot", {"addr": address}, is_slow=True)
        if answer.status != 400 or await self.account(address) is None:
            answer.expect_ok("friendbot")

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        """Hand a signed transaction to the network."""
        try:
            answer = await self._ask("POST", "/transactions", form={"tx": envelope_xdr}, is_slow=True)
            return answer.submit_outcome()
        except NetworkUnavailable as error:
            return SubmitOutcome(SubmitStatus.UNKNOWN, detail=error.message, retry_after_s=error.retry_after_s)

    async def _get(self, path: str, parameters: Mapping[str, str] | None = None) -> object:
        return (await self._ask("GET", path, parameters)).expect_ok(path)

    async def _ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        is_slow: bool = False,
    ) -> Answer:
        """One request; ``is_slow`` when the server may wait for a ledger, or for friendbot elsewhere."""
        try:
            async with self._open_session().request(
                method,
                self.url + path,
                params=parameters,
                data=form,
                timeout=self._submit_timeout if is_slow else self._request_timeout,
                allow_redirects=is_slow and method == "GET",
                max_redirects=REDIRECTS_MAX,
            ) as response:
                return Answer.decode(
                    response.status,
                    await self._read(response),
                    latest_ledger=response.headers.get("Latest-Ledger"),
                    retry_after=response.headers.get("Retry-After"),
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # A time-out is an OSError; malformed headers and redirect targets can surface as ValueError.
            message = f"{method} {path} at {self.url}: {type(error).__name__} {error!s:.200}"
            raise NetworkUnavailable(message) from None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > self._response_max_bytes:
                raise MalformedAnswer(f"an answer of more than {self._response_max_bytes} bytes")
        return bytes(body)


def _account_path(address: str) -> str:
    return f"/accounts/{quote(address, safe='')}"
