"""The control endpoint under /_sandbox: what no Horizon has. Faults on demand, and the ledger by hand."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from constellation.sandbox.conversions import Conversion, Conversions
from constellation.sandbox.faults import ActiveFault, FaultRuleError, Faults, TooManyFaults
from constellation.sandbox.faults.middleware import CONTROL_PREFIX
from constellation.sandbox.ledger import ClosedLedger, Ledger
from constellation.sandbox.problems import Problem, bad_request, not_found
from constellation.sandbox.queries import parse_number
from constellation.sandbox.render.ledgers import ledger_resource
from constellation.sandbox.render.links import Json
from constellation.sandbox.responses import json_text, links_for


class Control:
    """Answers requests that control a server and its ledger."""

    def __init__(self, ledger: Ledger, faults: Faults, close_ledger: Callable[[], Awaitable[ClosedLedger]]) -> None:
        self._ledger = ledger
        self._faults = faults
        self._close_ledger = close_ledger

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers every path."""
        router.add_get(CONTROL_PREFIX, self._show)
        router.add_post(f"{CONTROL_PREFIX}/close", self._close)
        router.add_post(f"{CONTROL_PREFIX}/settings", self._upgrade)
        router.add_put(f"{CONTROL_PREFIX}/conversions", self._convert)
        router.add_get(f"{CONTROL_PREFIX}/faults", self._list)
        router.add_post(f"{CONTROL_PREFIX}/faults", self._add)
        router.add_delete(f"{CONTROL_PREFIX}/faults", self._clear)
        router.add_delete(f"{CONTROL_PREFIX}/faults/{{number}}", self._remove)

    async def _show(self, _request: web.Request) -> web.Response:
        latest = self._ledger.latest
        return _json(
            {
                "network_passphrase": self._ledger.network_passphrase,
                "latest_ledger": latest.sequence,
                "latest_ledger_hash": latest.hash,
                "settings": asdict(self._ledger.settings),
                "conversions": [each.describe() for each in self._ledger.conversions],
                "pending_transactions": len(self._ledger.queue),
                "faults": len(self._faults.list()),
            }
        )

    async def _close(self, request: web.Request) -> web.Response:
        closed = await self._close_ledger()
        dropped: Json = {"dropped_transactions": list(closed.dropped)}
        return _json(ledger_resource(links_for(request), closed.record) | dropped)

    async def _list(self, _request: web.Request) -> web.Response:
        return _json({"faults": [active.describe() for active in self._faults.list()]})

    async def _upgrade(self, request: web.Request) -> web.Response:
        try:
            return _json(asdict(self._ledger.upgrade(**await _read(request))))
        except ValueError as error:
            raise bad_request("settings", str(error)) from None

    async def _convert(self, request: web.Request) -> web.Response:
        given = (await _read(request)).get("conversions")
        try:
            if not isinstance(given, list):
                raise ValueError("must be a list")
            self._ledger.conversions = Conversions(map(Conversion.parse, given))
        except ValueError as error:
            raise bad_request("conversions", str(error)) from None
        return _json({"conversions": [each.describe() for each in self._ledger.conversions]})

    async def _add(self, request: web.Request) -> web.Response:
        given = await _read(request)
        if "fault" not in given:
            raise bad_request("fault", "is missing")
        try:
            return _json(self._faults.add(**given).describe(), 201)
        except FaultRuleError as error:
            raise bad_request(error.field, error.reason) from None
        except TooManyFaults as error:
            raise Problem(409, "too_many_faults", "Too Many Faults", str(error)) from None

    async def _clear(self, _request: web.Request) -> web.Response:
        cleared = self._faults.list()
        self._faults.clear()
        return _json({"faults": [active.describe() for active in cleared]})

    async def _remove(self, request: web.Request) -> web.Response:
        active = self._find(request.match_info["number"])
        self._faults.remove(active)
        return _json(active.describe())

    def _find(self, text: str) -> ActiveFault:
        number = parse_number(text)
        active = None if number is None else self._faults.find(number)
        if active is None:
            raise not_found()
        return active


async def _read(request: web.Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.text())
    except (ValueError, LookupError, RecursionError):  # no JSON, in no known charset, or nested without end
        given = None
    if not isinstance(given, dict):
        raise bad_request("body", "must be a JSON object")
    return given


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(text=json_text(body), status=status, content_type="application/json")
