"""Submitting over HTTP, and waiting until a ledger has taken the transaction."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from constellation.sandbox.faults import Faults
from constellation.sandbox.history import TransactionRecord
from constellation.sandbox.ledger import ClosedLedger, Ledger
from constellation.sandbox.limits import SUBMISSION_SECONDS_MAX, SUBMISSIONS_WAITING_MAX
from constellation.sandbox.problems import (
    bad_request,
    over_capacity,
    submission_timeout,
    transaction_failed,
    transaction_malformed,
    unsupported_media_type,
)
from constellation.sandbox.queue import SubmissionStatus
from constellation.sandbox.render.links import Json
from constellation.sandbox.render.transactions import transaction_resource
from constellation.sandbox.responses import hal_response, links_for, path_of, read_form
from constellation.sandbox.streams import Bell
from constellation.sandbox.transactions import Envelope, MalformedEnvelopeError
from constellation.sandbox.views import View

_FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
_STATUS_CODES = {
    SubmissionStatus.PENDING: 201,
    SubmissionStatus.DUPLICATE: 409,
    SubmissionStatus.TRY_AGAIN_LATER: 503,
    SubmissionStatus.ERROR: 400,
}


class Submissions:
    """Takes transactions from clients and tells them what became of them.

    Args:
        ledger: Where they go.
        faults: What goes wrong: a server whose view of the ledger lags learns late what became of a transaction.
        bell: Rings with every ledger.
        seconds_max: How long a client waits before it hears that the outcome is unknown.
    """

    def __init__(
        self, ledger: Ledger, faults: Faults, bell: Bell, *, seconds_max: float = SUBMISSION_SECONDS_MAX
    ) -> None:
        self._ledger = ledger
        self._faults = faults
        self._bell = bell
        self._seconds_max = seconds_max
        self._waiting: dict[str, list[asyncio.Future[TransactionRecord | None]]] = {}
        self._count = 0

    async def submit(self, request: web.Request) -> web.Response:
        """POST /transactions: waits until the transaction is in a ledger."""
        envelope = await self._read_envelope(request)
        name = envelope.hash.hex()
        look = self._faults.look(request.method, path_of(request))
        record = look().transaction(name)
        if record is None:
            submission = self._ledger.submit(envelope)
            if submission.error is not None:
                raise transaction_failed(envelope.envelope_xdr, submission.error)
            # Like Horizon, this also waits after TRY_AGAIN_LATER: somebody may submit the same envelope again.
            record = await self._wait_for(name, look)
        if record is None:
            raise submission_timeout(name, envelope.envelope_xdr)
        if not record.is_successful:
            raise transaction_failed(envelope.envelope_xdr, record.result)
        return hal_response(transaction_resource(links_for(request), record, name))

    async def submit_async(self, request: web.Request) -> web.Response:
        """POST /transactions_async: answers at once with what the queue said."""
        envelope = await self._read_envelope(request)
        submission = self._ledger.submit(envelope)
        body: Json = {"tx_status": submission.status.value, "hash": submission.hash}
        if submission.error is not None:
            body["error_result_xdr"] = submission.error.to_xdr()
        return hal_response(body, _STATUS_CODES[submission.status])

    async def _read_envelope(self, request: web.Request) -> Envelope:
        if request.content_type not in _FORM_TYPES:
            raise unsupported_media_type()
        text = await read_form(request, "tx")
        if not text:
            raise bad_request("tx", "tx: missing value")
        try:
            return self._ledger.decode(text)
        except MalformedEnvelopeError:
            raise transaction_malformed(text) from None

    async def _wait_for(self, name: str, look: Callable[[], View]) -> TransactionRecord | None:
        """Returns the transaction once it is in a ledger and seen; None when it was dropped or the time is over."""
        if self._count >= SUBMISSIONS_WAITING_MAX:
            raise over_capacity()
        self._count += 1
        try:
            async with asyncio.timeout(self._seconds_max):
                record = await self._outcome(name)
                while record is not None and look().transaction(name) is None and not self._bell.is_silenced:
                    await self._bell.next_ring.wait()
                return record
        except TimeoutError:
            return None
        finally:
            self._count -= 1

    async def _outcome(self, name: str) -> TransactionRecord | None:
        future: asyncio.Future[TransactionRecord | None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(name, [])
        waiting.append(future)
        try:
            return await future
        finally:
            waiting.remove(future)
            if not waiting and self._waiting.get(name) is waiting:
                del self._waiting[name]

    def resolve(self, closed: ClosedLedger) -> None:
        """Tells those who wait what the ledger did."""
        for record in closed.transactions:
            self._tell(record.hash, record)
            if record.envelope.fee_bump is not None:
                self._tell(record.envelope.transaction.hash.hex(), record)
        for name in closed.dropped:
            self._tell(name, None)

    def abandon(self) -> None:
        """Tells everybody that the outcome is unknown: the server stops."""
        for name in list(self._waiting):
            self._tell(name, None)

    def _tell(self, name: str, record: TransactionRecord | None) -> None:
        for future in self._waiting.get(name, ()):
            if not future.done():
                future.set_result(record)
