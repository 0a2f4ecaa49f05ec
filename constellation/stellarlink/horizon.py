"""A Stellar network behind a Horizon server, over plain HTTP requests.

Polling instead of event streams: one code path, every answer complete and bounded, and nothing is lost when a
connection breaks. A stream of ledgers is only a hint to poll now. Connections are kept alive between polls.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote, urlsplit

import aiohttp

from constellation.stellarlink.errors import MalformedAnswer, NetworkUnavailable
from constellation.stellarlink.horizon_answer import Answer
from constellation.stellarlink.horizon_json import (
    guarded,
    parse_account,
    parse_fee_stats,
    parse_ledgers,
    parse_network,
    parse_root,
    parse_transaction,
    parse_transactions,
)
from constellation.stellarlink.horizon_stream import STREAM_TIMEOUT, read_events
from constellation.stellarlink.network import (
    FeeStats,
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

CONNECTIONS_MAX: Final = 96
"""Sockets to one server: a submission holds one while it waits for the ledger, and there may be 64 channels; questions
need some beside them."""

REDIRECTS_MAX: Final = 3
"""Only friendbot may live elsewhere."""

DNS_CACHE_S: Final = 10
"""How long an address is kept: a server may move."""


class HorizonNetwork:
    """A :class:`~constellation.stellarlink.network.StellarNetwork` behind one Horizon URL.

    Use it as an async context manager or call :meth:`close`. The connection pool is opened with the first
    request.

    Args:
        url: such as ``https://horizon-testnet.stellar.org``; a path in front of Horizon's own is kept.
        request_timeout_s: for an answer to a question.
        submit_timeout_s: for an answer to a submission.
        response_max_bytes: longer answers are refused unread.

    Attributes:
        name: the URL as it may be shown: providers put keys into paths, and people into user names.
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
        self.name = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._secret_urls = (self.url, self.name + parts.path.rstrip("/"))
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
        if answer.is_not_found:
            return None
        account = guarded("account", parse_account, answer.expect_ok("account"))
        return replace(account, latest_ledger=answer.latest_ledger)

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        """Closed ledgers after ``after_sequence``, ascending."""
        parameters = {"cursor": str(after_sequence << 32), "order": "asc", "limit": str(min(limit, PAGE_MAX))}
        return guarded("page of ledgers", parse_ledgers, await self._get("/ledgers", parameters))

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        """Transactions after ``cursor`` that an account takes part in, failed ones included.

        Args:
            address: ``G…``.
            cursor: a place on the ledger.
            limit: at most 200. Only an empty page proves that there is no more: what stands between this node and
                Horizon may have a smaller limit of its own.
        """
        assert limit <= PAGE_MAX
        parameters = {"cursor": str(cursor), "order": "asc", "limit": str(limit), "include_failed": "true"}
        answer = await self._ask("GET", f"{_account_path(address)}/transactions", parameters)
        if answer.is_not_found:
            # Horizon forgets accounts that took part in nothing since its history begins.
            return TransactionPage((), answer.latest_ledger)
        records = guarded("page of transactions", parse_transactions, answer.expect_ok("transactions"))
        records = tuple(record for at, record in enumerate(records) if not at or record != records[at - 1])
        return TransactionPage(records, answer.latest_ledger, is_cut=0 < len(records) < limit)

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash, or None when no ledger has included it so far."""
        answer = await self._ask("GET", f"/transactions/{quote(transaction_hash, safe='')}")
        if answer.is_not_found:
            return None
        return guarded("transaction", parse_transaction, answer.expect_ok("transaction"))

    async def fee_stats(self) -> FeeStats:
        """What transactions offer and pay at present."""
        return guarded("fee statistics", parse_fee_stats, await self._get("/fee_stats"))

    async def closings(self) -> AsyncGenerator[None, None]:
        """Yields when Horizon's stream of ledgers brings one; it ends after about a minute."""
        path = "/ledgers"
        try:
            async with self._open_session().get(
                self.url + path,
                params={"cursor": "now", "limit": str(PAGE_MAX)},
                headers={"Accept": "text/event-stream"},
                timeout=STREAM_TIMEOUT,
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    (await self._answer(response)).expect_ok("stream of ledgers")
                async with aclosing(read_events(response)) as events:
                    async for _ in events:
                        yield
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._unavailable(f"stream of {path}", error) from None

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
                return await self._answer(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._unavailable(f"{method} {path}", error) from None

    def _unavailable(self, what: str, error: Exception) -> NetworkUnavailable:
        # A time-out is an OSError; malformed headers and redirect targets can surface as ValueError.
        reason = str(error)
        for url in self._secret_urls:
            reason = reason.replace(url, self.name)
        reason = reason[:200]
        return NetworkUnavailable(f"{what} at {self.name}: {type(error).__name__} {reason}".rstrip())

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX, ttl_dns_cache=DNS_CACHE_S)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def _answer(self, response: aiohttp.ClientResponse) -> Answer:
        return Answer.decode(
            response.status,
            await self._read(response),
            latest_ledger=response.headers.get("Latest-Ledger"),
            retry_after=response.headers.get("Retry-After"),
        )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > self._response_max_bytes:
                raise MalformedAnswer(f"an answer of more than {self._response_max_bytes} bytes")
        return bytes(body)


def _account_path(address: str) -> str:
    return f"/accounts/{quote(address, safe='')}"
