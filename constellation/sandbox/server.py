"""The HTTP server: a ledger behind Horizon's interface, closed by a timer or by hand."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web

from constellation.sandbox.control import Control
from constellation.sandbox.faults import Faults
from constellation.sandbox.faults.middleware import faults_middleware
from constellation.sandbox.friendbot_requests import FriendbotRequests
from constellation.sandbox.ledger import ClosedLedger, Ledger
from constellation.sandbox.limits import REQUEST_BODY_MAX, STREAM_SECONDS_MAX, SUBMISSION_SECONDS_MAX
from constellation.sandbox.responses import LATEST_LEDGER, problems_middleware
from constellation.sandbox.routes import Routes
from constellation.sandbox.streams import Bell, Streams
from constellation.sandbox.submissions import Submissions
from constellation.sandbox.views import Viewer

_SHUTDOWN_S = 2.0


class LedgerServer:
    """Serves a ledger as Horizon would. Several servers can serve one ledger; one of them closes it.

    Attributes:
        ledger: The ledger.
        faults: What goes wrong on this server; nothing, unless somebody adds rules.

    Args:
        ledger: The ledger.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        close_interval_s: Seconds between two ledgers, or None to close them by hand with `close_ledger`.
        clock: Returns the time in seconds since 1970; it becomes the ledgers' close time.
        stream_seconds_max: After this time a stream says "byebye" and the client comes back.
        submission_seconds_max: After this time a submission without outcome is answered with 504.
    """

    def __init__(
        self,
        ledger: Ledger,
        host: str = "127.0.0.1",
        port: int = 0,
        close_interval_s: float | None = 1.0,
        *,
        clock: Callable[[], float] = time.time,
        stream_seconds_max: float = STREAM_SECONDS_MAX,
        submission_seconds_max: float = SUBMISSION_SECONDS_MAX,
    ) -> None:
        self.ledger = ledger
        self._host = host
        self._port = port
        self._close_interval_s = close_interval_s
        self._clock = clock
        self.faults = Faults(Viewer(ledger))
        self._bell = Bell()
        self._submissions = Submissions(ledger, self.faults, self._bell, seconds_max=submission_seconds_max)
        self._streams = Streams(self._bell, self.faults, seconds_max=stream_seconds_max)
        self._runner: web.AppRunner | None = None
        self._timer: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The server's address, once it has started."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Starts to listen, after closing one ledger so that the ledger's time is the clock's."""
        self.ledger.listeners.append(self._on_close)
        self.ledger.close(int(self._clock()))
        middlewares = [faults_middleware(self.faults, self.ledger), problems_middleware]
        application = web.Application(middlewares=middlewares, client_max_size=REQUEST_BODY_MAX)
        application.on_response_prepare.append(self._add_headers)
        Control(self.ledger, self.faults, self.close_ledger).add_to(application.router)
        friendbot = FriendbotRequests(self.ledger, self._bell)
        routes = Routes(self.ledger, self.faults, self._streams, self._submissions, friendbot)
        routes.add_to(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        if self._close_interval_s is not None:
            self._timer = asyncio.create_task(self._close_forever(self._close_interval_s))

    async def stop(self) -> None:
        """Ends all streams and waiting submissions, and stops to listen."""
        if self._on_close in self.ledger.listeners:
            self.ledger.listeners.remove(self._on_close)
        self._bell.silence()
        self._submissions.abandon()
        try:
            if self._timer is not None:
                self._timer.cancel()
                # A timer that failed earlier tells why now; one that was just cancelled has nothing to tell.
                with suppress(asyncio.CancelledError):
                    await self._timer
        finally:
            if self._runner is not None:
                await self._runner.cleanup()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Waits until `stop` is set; raises what ended the timer if it fails before."""
        stopping = asyncio.create_task(stop.wait())
        timers = {self._timer} if self._timer is not None else set()
        try:
            await asyncio.wait({stopping, *timers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        for timer in timers:
            if timer.done():
                timer.result()

    async def close_ledger(self, *, pending: int = 0) -> ClosedLedger:
        """Closes a ledger by hand.

        Args:
            pending: Wait first until so many transactions and friendbot requests are pending, which is how a test
                lets a client's request arrive.
        """
        while len(self.ledger.queue) + len(self.ledger.friendbot) < pending:  # noqa: ASYNC110 - for tests only
            await asyncio.sleep(0.001)
        return self.ledger.close(int(self._clock()))

    def _on_close(self, closed: ClosedLedger) -> None:
        self._submissions.resolve(closed)
        self._bell.ring()

    async def _close_forever(self, interval_s: float) -> None:
        while True:
            await asyncio.sleep(interval_s)
            if not self.faults.is_stalled:
                await self.close_ledger()

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Latest-Ledger"] = str(request.get(LATEST_LEDGER, self.ledger.latest.sequence))
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Date, Latest-Ledger"
