"""Asking friendbot over HTTP, and waiting until the account exists."""

import asyncio

from aiohttp import web

from constellation.sandbox.ledger import Ledger
from constellation.sandbox.limits import SUBMISSION_SECONDS_MAX
from constellation.sandbox.problems import friendbot_problem, over_capacity
from constellation.sandbox.queries import parse_account_id
from constellation.sandbox.render.transactions import transaction_resource
from constellation.sandbox.responses import hal_response, links_for, read_form
from constellation.sandbox.streams import Bell


class FriendbotRequests:
    """Passes requests on to the ledger's friendbot. It is no part of Horizon: it sees the ledger as it is."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell

    async def answer(self, request: web.Request) -> web.Response:
        """GET or POST /friendbot: answers with the transaction that created the account."""
        form = await read_form(request, "addr") if request.method == "POST" else None
        account_id = parse_account_id(request.query.get("addr") or form or "", "addr")
        if self._ledger.state.peek(account_id) is not None:
            raise friendbot_problem("account already funded to starting balance")
        if not self._ledger.friendbot.request(account_id):
            raise over_capacity()
        await self._until_exists(account_id)
        record = self._ledger.history.transactions_of(account_id).last
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
