"""The paths of the server and what answers them."""

import base64
from collections.abc import Callable
from typing import Any

from aiohttp import web

from constellation.sandbox.accounts import Account
from constellation.sandbox.addresses import some
from constellation.sandbox.entries import Entries
from constellation.sandbox.faults import Faults
from constellation.sandbox.friendbot_requests import FriendbotRequests
from constellation.sandbox.ledger import Ledger
from constellation.sandbox.listings import Listing, Listings, find_operation, ledger_sequence
from constellation.sandbox.problems import not_found
from constellation.sandbox.queries import parse_account_id, parse_join, parse_transaction_hash
from constellation.sandbox.render.ledgers import fee_stats_resource, ledger_resource, root_resource
from constellation.sandbox.render.operations import operation_resource
from constellation.sandbox.render.transactions import transaction_resource
from constellation.sandbox.responses import (
    LATEST_LEDGER,
    Handler,
    hal_response,
    links_for,
    page_body,
    path_of,
    wants_stream,
)
from constellation.sandbox.streams import Streams
from constellation.sandbox.submissions import Submissions
from constellation.sandbox.views import View

_HISTORY_PREFIXES = ("", "/accounts/{account_id}", "/ledgers/{ledger_id}")

_Choose = Callable[["Lists", web.Request], Listing[Any]]


class Lists:
    """All lists, as one request gets to see them."""

    def __init__(self, look: Callable[[], View], request: web.Request) -> None:
        links = links_for(request)
        self.history = Listings(look, links)
        self.entries = Entries(look, links)


def _transactions(lists: Lists, request: web.Request) -> Listing[int]:
    return lists.history.transactions(lists.history.scope(request.match_info), request.query)


def _operations(lists: Lists, request: web.Request) -> Listing[int]:
    return lists.history.operations(lists.history.scope(request.match_info), request.query)


def _payments(lists: Lists, request: web.Request) -> Listing[int]:
    return lists.history.payments(lists.history.scope(request.match_info), request.query)


def _effects(lists: Lists, request: web.Request) -> Listing[tuple[int, int]]:
    return lists.history.effects(lists.history.scope(request.match_info), request.query)


def _nothing(_lists: Lists, _request: web.Request) -> Listing[str]:
    """A list that stays empty: the sandbox has no offers and no liquidity pools."""
    return Listing(str, lambda _page: [])


class Routes:
    """Answers requests from a ledger."""

    def __init__(
        self,
        ledger: Ledger,
        faults: Faults,
        streams: Streams,
        submissions: Submissions,
        friendbot: FriendbotRequests,
    ) -> None:
        self._ledger = ledger
        self._faults = faults
        self._streams = streams
        self._submissions = submissions
        self._friendbot = friendbot

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
            "/friendbot": self._friendbot.answer,
            **{path: self._list(choose) for path, choose in self._lists().items()},
        }
        posts: dict[str, Handler] = {
            "/transactions": self._submissions.submit,
            "/transactions_async": self._submissions.submit_async,
            "/friendbot": self._friendbot.answer,
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
            "/accounts": lambda lists, request: lists.entries.accounts(request.query),
            "/assets": lambda lists, request: lists.entries.assets(request.query),
            "/claimable_balances": lambda lists, request: lists.entries.claimable_balances(request.query),
            "/ledgers": lambda lists, _: lists.history.ledgers(),
        }
        for path in ("/offers", "/trades", "/liquidity_pools", "/accounts/{account_id}/offers"):
            lists[path] = _nothing
        lists["/accounts/{account_id}/trades"] = _nothing
        for prefix in (*_HISTORY_PREFIXES, "/claimable_balances/{balance_id}"):
            lists[f"{prefix}/transactions"] = _transactions
            lists[f"{prefix}/operations"] = _operations
        lists["/transactions/{tx_id}/operations"] = _operations
        for prefix in (*_HISTORY_PREFIXES, "/transactions/{tx_id}"):
            lists[f"{prefix}/payments"] = _payments
        for prefix in (*_HISTORY_PREFIXES, "/transactions/{tx_id}", "/operations/{op_id}"):
            lists[f"{prefix}/effects"] = _effects
        return lists

    def _look(self, request: web.Request) -> Callable[[], View]:
        look = self._faults.look(request.method, path_of(request))
        # Every answer names the ledger that it is about.
        request[LATEST_LEDGER] = look().latest.sequence
        return look

    def _list(self, choose: _Choose) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            listing = choose(Lists(self._look(request), request), request)
            if wants_stream(request, is_streamed=listing.is_streamed):
                return await self._streams.follow(request, listing)
            page = listing.page(request.query)
            return hal_response(page_body(request, listing.read(page), page.order, page.limit))

        return handler

    async def _root(self, request: web.Request) -> web.Response:
        view = self._look(request)()
        return hal_response(root_resource(links_for(request), view, self._ledger.network_passphrase))

    async def _health(self, _request: web.Request) -> web.Response:
        return hal_response({"database_connected": True, "core_up": True, "core_synced": True})

    async def _fee_stats(self, request: web.Request) -> web.Response:
        return hal_response(fee_stats_resource(self._look(request)()))

    async def _account(self, request: web.Request) -> web.StreamResponse:
        look = self._look(request)
        resource = Entries(look, links_for(request)).account(look(), _find_account(look(), request))
        if wants_stream(request, is_streamed=True):
            return await self._streams.once(request, resource)
        return hal_response(resource)

    async def _account_data(self, request: web.Request) -> web.Response:
        value = _find_account(self._look(request)(), request).data.get(request.match_info["key"])
        if value is None:
            raise not_found()
        return hal_response({"value": base64.b64encode(value).decode()})

    async def _ledger_by_sequence(self, request: web.Request) -> web.Response:
        view = self._look(request)()
        record = view.ledger(ledger_sequence(view, request.match_info["ledger_id"]))
        return hal_response(ledger_resource(links_for(request), some(record)))

    async def _transaction(self, request: web.Request) -> web.Response:
        name = parse_transaction_hash(request.match_info["tx_id"])
        record = self._look(request)().transaction(name)
        if record is None:
            raise not_found()
        return hal_response(transaction_resource(links_for(request), record, name))

    async def _operation(self, request: web.Request) -> web.Response:
        record = find_operation(self._look(request)(), request.match_info["op_id"])
        with_transaction = parse_join(request.query)
        return hal_response(operation_resource(links_for(request), record, with_transaction=with_transaction))

    async def _claimable_balance(self, request: web.Request) -> web.Response:
        look = self._look(request)
        balance = look().state.claimable_balance(request.match_info["balance_id"])
        if balance is None:
            raise not_found()
        return hal_response(Entries(look, links_for(request)).claimable_balance(look(), balance))


def _find_account(view: View, request: web.Request) -> Account:
    account = view.state.peek(parse_account_id(request.match_info["account_id"]))
    if account is None:
        raise not_found()
    return account
