"""The paths of the server and what answers them."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from aiohttp import web

from constellation.sandbox.ledger import Ledger
from constellation.sandbox.limits import SUBMISSION_SECONDS_MAX
from constellation.sandbox.listings import Listing, Listings
from constellation.sandbox.problems import friendbot_problem, not_found, over_capacity
from constellation.sandbox.queries import (
    parse_account_id,
    parse_join,
    parse_operation_id,
    parse_transaction_hash,
)
from constellation.sandbox.render.ledgers import fee_stats_resource, ledger_resource, root_resource
from constellation.sandbox.render.operations import operation_resource
from constellation.sandbox.render.transactions import transaction_resource
from constellation.sandbox.responses import (
    Handler,
    hal_response,
    links_for,
    page_body,
    wants_stream,
)
from constellation.sandbox.streams import Bell, Streams
from constellation.sandbox.submissions import Submissions

_HISTORY_PREFIXES = ("", "/accounts/{account_id}", "/ledgers/{ledger_id}")

_Choose = Callable[[Listings, web.Request], Listing[Any]]


def _transactions(listings: Listings, request: web.Request) -> Listing[int]:
    return listings.transactions(listings.scope(request.match_info), request.query)


def _operations(listings: Listings, request: web.Request) -> Listing[int]:
    return listings.operations(listings.scope(request.match_info), request.query)


def _payments(listings: Listings, request: web.Request) -> Listing[int]:
    return listings.payments(listings.scope(request.match_info), request.query)


def _effects(listings: Listings, request: web.Request) -> Listing[tuple[int, int]]:
    return listings.effects(listings.scope(request.match_info), request.query)


class Routes:
    """Answers requests from a ledger."""

    def __init__(self, ledger: Ledger, bell: Bell, streams: Streams, submissions: Submissions) -> None:
        self._ledger = ledger
        self._bell = bell
        self._streams = streams
        self._submissions = submissions

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers every path."""
        gets: dict[str, Handler] = {
            "/health": self._health,
            "/accounts/{account_id}": self._account,
            "/accounts/{account_id}/data/{key}": self._account_data,
            "/ledgers/{ledger_id}": self._ledger_by_sequence,
            "/transactions/{tx_id}": self._transaction,
            "/operations/{op_id}": self._operation,
            "/claimable_balances/{balance_id}": self._claimable_balance,
            "/fee_stats": self._fee_stats,
            "/friendbot": self._friendbot,
            **{path: self._list(choose) for path, choose in self._lists().items()},
        }
        posts: dict[str, Handler] = {
            "/transactions": self._submissions.submit,
            "/transactions_async": self._submissions.submit_async,
            "/friendbot": self._friendbot,
        }
        router.add_get("/", self._root)
        for path, handler in gets.items():
            router.add_get(path, handler)
            router.add_get(f"{path}/", handler)
        for path, handler in posts.items():
            router.add_post(path, handler)
            router.add_post(f"{path}/", handler)

    @staticmethod
    def _lists() -> dict[str, _Choose]:
        lists: dict[str, _Choose] = {
            "/accounts": lambda listings, request: listings.accounts(request.query),
            "/assets": lambda listings, request: listings.assets(request.query),
            "/claimable_balances": lambda listings, request: listings.claimable_balances(request.query),
            "/ledgers": lambda listings, _: listings.ledgers(),
        }
        for prefix in _HISTORY_PREFIXES:
            lists[f"{prefix}/transactions"] = _transactions
        for prefix in (*_HISTORY_PREFIXES, "/transactions/{tx_id}"):
            lists[f"{prefix}/operations"] = _operations
            lists[f"{prefix}/payments"] = _payments
        for prefix in (*_HISTORY_PREFIXES, "/transactions/{tx_id}", "/operations/{op_id}"):
            lists[f"{prefix}/effects"] = _effects
        return lists

    def _list(self, choose: _Choose) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            listing = choose(self._listings(request), request)
            if wants_stream(request, is_streamed=listing.is_streamed):
                return await self._streams.follow(request, listing)
            page = listing.page(request.query)
            return hal_response(page_body(request, listing.read(page), page.order, page.limit))

        return handler

    def _listings(self, request: web.Request) -> Listings:
        return Listings(self._ledger, links_for(request))

    async def _root(self, request: web.Request) -> web.Response:
        ledger = self._ledger
        return hal_response(root_resource(links_for(request), ledger.history, ledger.network_passphrase))

    async def _health(self, _request: web.Request) -> web.Response:
        return hal_response({"database_connected": True, "core_up": True, "core_synced": True})

    async def _fee_stats(self, _request: web.Request) -> web.Response:
        return hal_response(fee_stats_resource(self._ledger.history))

    async def _account(self, request: web.Request) -> web.StreamResponse:
        account = self._ledger.state.peek(parse_account_id(request.match_info["account_id"]))
        if account is None:
            raise not_found()
        resource = self._listings(request).account(account)
        if wants_stream(request, is_streamed=True):
            return await self._streams.once(request, resource)
        return hal_response(resource)

    async def _account_data(self, request: web.Request) -> web.Response:
        account = self._ledger.state.peek(parse_account_id(request.match_info["account_id"]))
        value = None if account is None else account.data.get(request.match_info["key"])
        if value is None:
            raise not_found()
        return hal_response({"value": base64.b64encode(value).decode()})

    async def _ledger_by_sequence(self, request: web.Request) -> web.Response:
        sequence = self._listings(request).ledger_sequence(request.match_info["ledger_id"])
        record = self._ledger.history.ledger(sequence)
        if record is None:
            raise not_found()
        return hal_response(ledger_resource(links_for(request), record))

    async def _transaction(self, request: web.Request) -> web.Response:
        name = parse_transaction_hash(request.match_info["tx_id"])
        record = self._ledger.history.transaction(name)
        if record is None:
            raise not_found()
        return hal_response(transaction_resource(links_for(request), record, name))

    async def _operation(self, request: web.Request) -> web.Response:
        record = self._ledger.history.operation(parse_operation_id(request.match_info["op_id"]))
        if record is None:
            raise not_found()
        with_transaction = parse_join(request.query)
        return hal_response(operation_resource(links_for(request), record, with_transaction=with_transaction))

    async def _claimable_balance(self, request: web.Request) -> web.Response:
        balance = self._ledger.state.claimable_balance(request.match_info["balance_id"])
        if balance is None:
            raise not_found()
        return hal_response(self._listings(request).claimable_balance(balance))

    async def _friendbot(self, request: web.Request) -> web.Response:
        form = await request.post() if request.method == "POST" else {}
        text = request.query.get("addr") or form.get("addr", "")
        account_id = parse_account_id(str(text), "addr")
        if self._ledger.state.peek(account_id) is not None:
            raise friendbot_problem("account already funded to starting balance")
        if not self._ledger.friendbot.request(account_id):
            raise over_capacity()
        await self._until_exists(account_id)
        record = self._ledger.history.account_transactions(account_id).last
        return hal_response(transaction_resource(links_for(request), record))

    async def _until_exists(self, account_id: str) -> None:
        """Waits for the ledger in which friendbot creates the account."""
        try:
            async with asyncio.timeout(SUBMISSION_SECONDS_MAX):
                while self._ledger.state.peek(account_id) is None:
                    if self._bell.is_silenced:
                        raise over_capacity()
                    await self._bell.next_ring.wait()
        except TimeoutError:
            raise over_capacity() from None
