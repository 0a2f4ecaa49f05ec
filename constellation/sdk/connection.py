"""The asyncio shell of the SDK: a session on a WebSocket that is opened again when it breaks.

One task runs per client, no threads. It ends with :meth:`Connection.close`, or when going on makes no sense:
alpha lied, refuses this client for good, or cannot be reached for too long.
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from ssl import SSLContext
from weakref import WeakValueDictionary

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from constellation.protocol import limits
from constellation.protocol.backoff import pause_ms
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Code, ModeInForce, Settings
from constellation.protocol.signing import Signer
from constellation.protocol.terms import Terms
from constellation.sdk.certificates import trusting
from constellation.sdk.directory import find_alpha
from constellation.sdk.effects import Effect, translate
from constellation.sdk.errors import (
    ClocksDiffer,
    ConnectionClosed,
    HistoryReplaced,
    OutcomeUnknown,
    SdkError,
    VerificationFailed,
)
from constellation.sdk.inbox import Inbox
from constellation.sdk.markets import Catalogue
from constellation.sdk.options import ClientOptions
from constellation.sdk.outputs import (
    Answered,
    BatchAnswer,
    Certified,
    Happened,
    ModeTold,
    Opened,
    Output,
    SettingsProven,
    Shown,
)
from constellation.sdk.receipts import Event, Finality, Receipt
from constellation.sdk.requests import Pending
from constellation.sdk.route import Route
from constellation.sdk.session import ClientSession, ClientState
from constellation.sdk.tracker import Gap
from constellation.sdk.verifier import VerifiedEvent

log = logging.getLogger(__name__)

_FOR_GOOD = frozenset({
    Code.MALFORMED, Code.TOO_LARGE, Code.UNSUPPORTED_VERSION, Code.WRONG_CONSTELLATION,
    Code.UNEXPECTED_MESSAGE, Code.BAD_SIGNATURE, Code.UNAUTHORIZED, Code.REPLACED, Code.HALTED,
    Code.UNKNOWN_SIGNER, Code.AGENT_EXPIRED, Code.NOT_ADMITTED,
})  # fmt: skip
"""Reasons for which alpha would close the next connection as well."""

_OF_THE_KEY = frozenset({Code.UNKNOWN_SIGNER, Code.AGENT_EXPIRED, Code.NOT_ADMITTED})
"""Those that alpha gives when both have proven who they are; from anybody else they say nothing."""

_SETTINGS_PAUSE_S = 0.5
_SETTINGS_PAUSE_MAX_S = 30.0

_Answer = tuple[Receipt, ...] | Shown | SdkError


class Connection:
    """Keeps a session connected and turns its outputs into answers and events.

    Args:
        url: of alpha's gateway.
        settings: of the constellation.
        key_pair: the account's.
        options: times and bounds.
        ssl: for ``wss://``.
        after: number of the last effect that the program knows.
        account: that the key signs for; None: its own.

    Attributes:
        catalogue: assets and markets by name.
        inbox: what happened.
        openings: how many connections have opened so far.
        receipt_apex: the last quantum that a receipt was for; 0 before.
        observer: is told every receipt.
    """

    def __init__(
        self,
        url: str,
        settings: Settings,
        key_pair: Signer,
        options: ClientOptions,
        ssl: SSLContext | None,
        after: int | None = None,
        account: bytes | None = None,
    ) -> None:
        self._route = Route(url)
        self._options = options
        self._ssl = trusting(options.ca_file) if ssl is None and options.ca_file is not None else ssl
        self.catalogue = Catalogue(settings)
        self.inbox = Inbox(options.events, self._take_events)
        self.openings = 0
        self.receipt_apex = 0
        self.observer: Callable[[Receipt], None] = lambda receipt: None
        validity_us = options.validity_s * 1_000_000
        ahead_us = round(options.clock_ahead_max_s * 1_000_000)
        self._session = ClientSession(
            settings, key_pair, _clock_us, _wall_us, validity_us, ahead_us, after, self._room, account
        )
        self._held: deque[Output] = deque()
        self._held_since_s = 0.0
        self._must_learn = asyncio.Event()
        self._learnt = asyncio.Event()
        self._learnt.set()
        self._waiters: dict[int, tuple[Pending, asyncio.Future[_Answer]]] = {}
        self._finalities: WeakValueDictionary[bytes, Finality] = WeakValueDictionary()
        self._awake = asyncio.Event()
        self._settled = asyncio.Event()
        self._mode_told = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._end: SdkError | None = None
        self._is_proven = False
        self._is_open = False

    def _room(self) -> int:
        """How many events can be taken: those that wait for other settings take room, too."""
        return self.inbox.room - len(self._held)

    @property
    def settings_version(self) -> int:
        """How often the settings were changed, as far as it is proven."""
        return self._session.keeper.version

    @property
    def announced_version(self) -> int:
        """How often the settings were changed, as alpha says."""
        return self._session.keeper.announced

    @property
    def is_connected(self) -> bool:
        """Whether requests are answered now."""
        return self._session.state is ClientState.OPEN

    @property
    def mode(self) -> ModeInForce | None:
        """How much alpha lets clients do, as it said last."""
        return self._session.mode

    async def mode_changed(self) -> None:
        """Wait until alpha says that it lets clients do more or less."""
        await self._mode_told.wait()

    @property
    def clock_us(self) -> int:
        """Alpha's clock."""
        return self._session.alpha_clock_us

    @property
    def _url(self) -> str:
        return self._route.url

    @property
    def terms(self) -> Terms:
        """Who alpha and the auditors are, as far as alpha has shown it."""
        return self._session.terms

    async def open(self) -> None:
        """Connect, unless connected; the first attempt is not repeated.

        Raises:
            ConnectionClosed: it did not succeed.
            VerificationFailed: it is not this constellation's alpha.
        """
        if self._runner is None and self._end is None:
            self._runner = asyncio.create_task(self._run())
        try:
            await self._settled.wait()
        except asyncio.CancelledError:
            await self.close()
            raise
        if self._end is not None:
            raise self._end

    async def close(self) -> None:
        """End the task and the connection."""
        self._finish(ConnectionClosed(None, "the client was closed"), wanted=True)
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.wait([self._runner])

    # Requests.

    async def submit(self, send: Callable[[ClientSession], int]) -> tuple[Receipt, ...]:
        """Send a request, or a batch of them, and wait for the verified answers to each operation.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        answer = await self._ask(send)
        assert isinstance(answer, tuple)
        self.receipt_apex = max(self.receipt_apex, answer[-1].apex)
        return answer

    async def query(self, send: Callable[[ClientSession], int]) -> Shown:
        """Send a query and wait for its answer.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        answer = await self._ask(send)
        assert isinstance(answer, Shown)
        return answer

    async def _ask(self, send: Callable[[ClientSession], int]) -> tuple[Receipt, ...] | Shown:
        if self._end is not None:
            raise self._end
        if not self._settled.is_set():
            raise ConnectionClosed(None, "the client is not connected; use async with, or Client.connect")
        request_id = send(self._session)
        pending = self._session.pending(request_id)
        waiter: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._waiters[request_id] = pending, waiter
        self._awake.set()
        answer: _Answer
        try:
            async with asyncio.timeout(self._options.timeout_s):
                answer = await waiter
        except TimeoutError:
            # The answer may have come in the very instant in which time ran out: before this task was told, or after.
            late = waiter.done() and not waiter.cancelled()
            reason = f"no answer within {self._options.timeout_s} seconds"
            answer = waiter.result() if late else _given_up(pending, reason)
        finally:
            self._waiters.pop(request_id, None)
            self._session.abandon(request_id)
        if isinstance(answer, OutcomeUnknown):
            answer.resend = self._resend
        if isinstance(answer, SdkError):
            raise answer
        return answer

    async def learn_settings(self) -> None:
        """Ask for the settings in force, and wait until they are proven.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if self._end is not None:
            raise self._end
        self._learnt.clear()
        self._must_learn.set()
        self._session.ask_settings()
        self._awake.set()
        try:
            async with asyncio.timeout(self._options.timeout_s):
                await self._learnt.wait()
        except TimeoutError:
            raise ConnectionClosed(None, f"no settings within {self._options.timeout_s} seconds") from None
        if self._end is not None:
            raise self._end

    async def _resend(self, request: Submission) -> tuple[Receipt, ...]:
        return await self.submit(lambda session: session.resend(request))

    # The task.

    async def _run(self) -> None:
        try:
            await self._stay_connected()
        except SdkError as error:
            self._finish(error)
        except Exception as error:
            log.exception("the client stopped")
            self._finish(ConnectionClosed(None, f"the client failed: {error!r}"))

    async def _stay_connected(self) -> None:
        """Serve one connection after the other; raises why it makes no sense to go on."""
        loop = asyncio.get_running_loop()
        lost_s, least_s = loop.time(), self._options.backoff_s
        while True:
            self._is_proven = self._is_open = False
            reason = await self._converse()
            if self._is_open:
                lost_s = loop.time()
                # Two that were replaced, each by the other, must not send a client to and fro without a pause.
                least_s = 2 * least_s if _has_code(reason, Code.MOVED) else self._options.backoff_s
            if await self._ask_auditors():
                lost_s, least_s = loop.time(), self._options.backoff_s
            elif not self._goes_on(reason):
                raise reason
            bounds_ms = round(least_s * 1000), round(self._options.backoff_max_s * 1000)
            pause_s = pause_ms(round((loop.time() - lost_s) * 1000), *bounds_ms) / 1000
            if loop.time() + pause_s > lost_s + self._options.reconnect_s:
                raise ConnectionClosed(*_cannot_be_reached(self._url, reason))
            log.debug("connecting again", extra={"reason": str(reason), "pause_s": pause_s})
            await asyncio.sleep(pause_s)

    async def _ask_auditors(self) -> bool:
        """Whether they have appointed another alpha: then it is connected to from now on."""
        terms = await find_alpha(self._session.terms, self._options.auditor_urls)
        if terms is None:
            return False
        self._session.follow(terms)
        self._route.appointed(terms.appointments[-1].appointment.client_url, terms.term)
        log.warning("the auditors have appointed another alpha", extra={"url": self._url, "term": terms.term})
        return True

    def _goes_on(self, reason: ConnectionClosed | VerificationFailed) -> bool:
        """Whether to connect again, while the auditors know of no other alpha; chooses where."""
        followed_hint = self._route.follows_hint
        if self._route.ended(reason, proven=self._is_proven):
            return True
        return self._settled.is_set() and (followed_hint or not _is_for_good(reason))

    async def _converse(self) -> ConnectionClosed | VerificationFailed:
        """Serve one connection; why it ended.

        Raises:
            SdkError: alpha, having proven to be it, said what does not hold.
        """
        try:
            async with connect(
                self._url,
                ssl=(self._ssl or True) if self._url.startswith("wss://") else None,
                compression=None,
                max_size=limits.CLIENT_REPLY_MAX_BYTES,
                open_timeout=limits.HANDSHAKE_TIMEOUT_S,
                ping_interval=limits.PING_INTERVAL_S,
                ping_timeout=limits.PING_TIMEOUT_S,
                close_timeout=limits.CLOSE_TIMEOUT_S,
            ) as socket:
                await self._exchange(socket)
        except ConnectionClosed as error:
            return error
        except VerificationFailed as error:
            if self._is_proven:
                raise
            return error
        except (OSError, TimeoutError, WebSocketException) as error:
            return ConnectionClosed(None, f"no connection to {self._url}: {error}")
        return ConnectionClosed(None, "alpha ended the connection")

    async def _exchange(self, socket: ClientConnection) -> None:
        self._session.connect(secrets.token_bytes(32))
        self._awake.set()
        tasks = [asyncio.create_task(self._write(socket)), asyncio.create_task(self._keep_learning())]
        try:
            async with asyncio.timeout(limits.HANDSHAKE_TIMEOUT_S) as handshake:
                async for frame in socket:
                    if isinstance(frame, str):
                        raise VerificationFailed("message", "a text frame")
                    outputs = self._session.receive_data(frame)
                    if not self._is_proven and self._session.state is not ClientState.SHAKING:
                        self._is_proven = True
                        self._route.proven(self._session.terms.term)
                    for output in outputs:
                        self._take(output)
                    if self._session.state is ClientState.OPEN:
                        handshake.reschedule(None)
                    if self._session.keeper.is_behind:
                        self._must_learn.set()
                    self._awake.set()
                    if self._session.must_resynchronise:
                        raise ConnectionClosed(None, "alpha's clock has moved: a new connection tells where it is")
        finally:
            self._session.receive_eof()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_learning(self) -> None:
        """Ask for the proof of other settings again and again: their checkpoint may not be certified yet."""
        pause_s = _SETTINGS_PAUSE_S
        while True:
            await self._must_learn.wait()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _SETTINGS_PAUSE_MAX_S)
            if self._held and asyncio.get_running_loop().time() > self._held_since_s + self._options.timeout_s:
                self._finish(_not_listed())
            elif self._held or self._session.keeper.is_behind or not self._learnt.is_set():
                self._session.ask_settings()
                self._awake.set()
            else:
                self._must_learn.clear()
                pause_s = _SETTINGS_PAUSE_S

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            for data in self._session.data_to_send():
                await socket.send(data)

    def _take_events(self) -> None:
        """The program has room again."""
        try:
            for output in self._session.take_events():
                self._take(output)
        except SdkError as error:
            self._finish(error)
        self._awake.set()

    def _take(self, output: Output) -> None:
        """Tell the program; what names something that is not known waits, with all that follows, for the settings."""
        if isinstance(output, SettingsProven):
            self._take_settings(output)
        elif self._held:
            self._held.append(output)
        else:
            try:
                self._tell(output)
            except IndexError:
                self._held.append(output)
                self._held_since_s = asyncio.get_running_loop().time()
                self._session.ask_settings()
                self._must_learn.set()

    def _take_settings(self, proven: SettingsProven) -> None:
        if proven.settings is not self.catalogue.settings:
            self.catalogue.update(proven.settings)
        self._learnt.set()
        held, self._held = self._held, deque()
        if held and (apex := _apex_of(held[0])) is not None and apex <= proven.apex:
            try:
                self._tell(held.popleft())
            except IndexError:
                raise _not_listed() from None
        for output in held:
            self._take(output)

    def _tell(self, output: Output) -> None:
        match output:
            case Opened():
                self._is_open = True
                self.openings += 1
                self._settled.set()
            case Answered():
                _, waiter = self._waiters.get(output.request_id, (None, None))
                if waiter is not None and not waiter.done():
                    answer = self._answer(output)
                    waiter.set_result(answer)
                    for receipt in answer if isinstance(answer, tuple) else ():
                        self.observer(receipt)
            case Happened():
                self.inbox.put(Event(*self._facts(output.verified)))
            case Gap():
                self.inbox.put_gap(output)
            case ModeTold():
                self._mode_told.set()
                self._mode_told.clear()
            case SettingsProven():
                raise AssertionError("settings are taken before anything is told")
            case Certified():
                finality = self._finalities.pop(output.digest, None)
                if finality is not None and output.error is None:
                    finality.settle(output.finality)
                elif finality is not None and output.error is not None:
                    finality.fail(output.error)

    def _answer(self, output: Answered) -> _Answer:
        if isinstance(output.answer, tuple):
            verified, request = output.answer
            return (Receipt(*self._facts(verified), request),)
        if isinstance(output.answer, BatchAnswer):
            signed = output.answer.signed
            events = enumerate(output.answer.events)
            return tuple(Receipt(*self._facts(verified), signed, place) for place, verified in events)
        return output.answer

    def _facts(self, verified: VerifiedEvent) -> tuple[int, int, tuple[Effect, ...], int, int, VerifiedEvent, Finality]:
        """What every event and receipt is made of; an IndexError when it names what the settings do not list."""
        leaf, group = verified.event.leaf, verified.event.group
        effects = translate(self.catalogue, group)
        finality = self._finalities.setdefault(verified.digest, Finality())
        number = verified.header.number
        return leaf.apex, leaf.timestamp, effects, number, group.first_number, verified, finality

    def _finish(self, error: SdkError, *, wanted: bool = False) -> None:
        """Nothing will come any more: tell everybody who waits."""
        if self._end is not None:
            return
        self._end = error
        self._settled.set()
        self._learnt.set()
        for pending, waiter in self._waiters.values():
            if not waiter.done():
                lied = isinstance(error, VerificationFailed) and not isinstance(error, HistoryReplaced)
                waiter.set_result(error if lied else _given_up(pending, str(error)))
        for finality in list(self._finalities.values()):
            finality.fail(error)
        self.inbox.end(None if wanted else error)


def _apex_of(output: Output) -> int | None:
    """The quantum that an output tells of."""
    if isinstance(output, Happened):
        return output.verified.event.leaf.apex
    if isinstance(output, Answered) and isinstance(output.answer, tuple):
        return output.answer[0].event.leaf.apex
    if isinstance(output, Answered) and isinstance(output.answer, BatchAnswer):
        return output.answer.events[-1].event.leaf.apex
    return None


def _not_listed() -> VerificationFailed:
    return VerificationFailed("effects", "alpha tells of an asset or a market that the proven settings do not list")


def _clock_us() -> int:
    return time.monotonic_ns() // 1000


def _wall_us() -> int:
    return time.time_ns() // 1000


def _cannot_be_reached(url: str, reason: ConnectionClosed | VerificationFailed) -> tuple[Code | None, str]:
    code, text = (reason.code, reason.reason) if isinstance(reason, ConnectionClosed) else (None, str(reason))
    return code, f"{url} cannot be reached any more: {text}"


def _is_for_good(reason: ConnectionClosed | VerificationFailed) -> bool:
    if isinstance(reason, VerificationFailed | ClocksDiffer):
        return True
    return reason.code in _FOR_GOOD and (reason.is_proven or reason.code not in _OF_THE_KEY)


def _has_code(error: SdkError, code: Code) -> bool:
    return isinstance(error, ConnectionClosed) and error.code is code


def _given_up(pending: Pending, reason: str) -> SdkError:
    """What to tell the one who waits for an answer that does not come."""
    return pending.abandoned(reason) or ConnectionClosed(None, f"{reason}; nothing was executed")
