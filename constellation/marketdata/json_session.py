"""One subscriber's side of the conversation: what it sends, and the answers."""

from collections.abc import Callable
from typing import Final

from constellation.marketdata.errors import FeedCode, FeedError
from constellation.marketdata.hub import MarketHub
from constellation.marketdata.metrics import FeedMetrics
from constellation.marketdata.requests import (
    FeedRequest,
    describe,
    parse_request,
    parse_subscription,
    request_id_of,
)
from constellation.marketdata.strict_json import parse_object
from constellation.marketdata.topics import Subscriber
from constellation.marketdata.wire import Json, encode, moment
from constellation.protocol.limits import FEED_FAULTS_MAX, FEED_MESSAGES_BURST, FEED_MESSAGES_PER_SECOND
from constellation.transport.pace import Pace

_FAULTS: Final = (FeedCode.MALFORMED, FeedCode.TOO_LARGE, FeedCode.UNKNOWN_METHOD, FeedCode.RATE_LIMITED)
"""What no program does that was ever tried; other errors are a trader's typing."""

_US: Final = 1_000_000


class JsonSession:
    """Answers one subscriber. Whatever it sends is answered or ends its connection, and raises nothing.

    Args:
        hub: that it subscribes to; it is connected here.
        subscriber: who is answered.
        clock_us: the time now, in microseconds since 1970.
        metrics: counts.
    """

    def __init__(
        self, hub: MarketHub, subscriber: Subscriber, clock_us: Callable[[], int], metrics: FeedMetrics
    ) -> None:
        self._hub = hub
        self._subscriber = subscriber
        self._clock_us = clock_us
        self._metrics = metrics
        self._pace = Pace(FEED_MESSAGES_PER_SECOND, FEED_MESSAGES_BURST)
        self._faults = 0
        self._methods = {"subscribe": self._subscribe, "unsubscribe": self._unsubscribe, "ping": self._ping}
        hub.connect(subscriber)

    def receive(self, text: str) -> None:
        """A message has come."""
        request_id: int | str | None = None
        may_speak = self._may_speak()
        try:
            document = parse_object(text)
            request_id = request_id_of(document)
            if not may_speak:
                raise _too_fast()
            request = parse_request(document)
            method = self._methods.get(request.method)
            if method is None:
                known = ", ".join(self._methods)
                raise FeedError(FeedCode.UNKNOWN_METHOD, f"there is no such method; there are {known}")
            method(request)
        except FeedError as error:
            self._refuse(error, request_id)

    def receive_other(self) -> None:
        """Something has come that is no text."""
        self._refuse(FeedError(FeedCode.MALFORMED, "a binary frame; messages are JSON in text frames"), None)

    def receive_control(self) -> bool:
        """A control frame has come, which costs as much as a message; whether to answer it."""
        may_speak = self._may_speak()
        if not may_speak:
            self._refuse(_too_fast(), None)
        return may_speak

    def _may_speak(self) -> bool:
        return self._pace.admits("", self._clock_us() / _US)

    def _subscribe(self, request: FeedRequest) -> None:
        listing = self._hub.data.listing
        subscription = parse_subscription(request.params, listing)
        answer = _answer(request, describe(subscription, listing))
        self._hub.subscribe(self._subscriber, subscription, answer)

    def _unsubscribe(self, request: FeedRequest) -> None:
        listing = self._hub.data.listing
        subscription = parse_subscription(request.params, listing)
        self._hub.unsubscribe(self._subscriber, subscription)
        self._hub.say(self._subscriber, _answer(request, describe(subscription, listing)))

    def _ping(self, request: FeedRequest) -> None:
        if request.params:
            raise FeedError(FeedCode.MALFORMED, "a ping has no params")
        self._hub.say(self._subscriber, _answer(request, moment(self._clock_us())))

    def _refuse(self, error: FeedError, request_id: int | str | None) -> None:
        self._metrics.refused.labels(error.code.value).inc()
        content = {"code": error.code.value, "message": error.message}
        refusal = {"id": request_id, "success": False, "error": content}
        self._hub.say(self._subscriber, encode(refusal))
        if error.code in _FAULTS:
            self._faults += 1
            if self._faults >= FEED_FAULTS_MAX:
                self._subscriber.cut(error.code, f"{self._faults} messages could not be taken")


def _too_fast() -> FeedError:
    return FeedError(FeedCode.RATE_LIMITED, f"at most {FEED_MESSAGES_PER_SECOND} messages in a second")


def _answer(request: FeedRequest, result: Json) -> bytes:
    return encode({"id": request.request_id, "method": request.method, "success": True, "result": result})
