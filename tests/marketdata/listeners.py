"""A hub with a clock that is set by hand, and subscribers that read when they are told to."""

import json
from collections.abc import Callable
from typing import Any

from constellation.marketdata import FeedCode, FeedMetrics, MarketHub, MarketStart
from constellation.marketdata.json_session import JsonSession
from constellation.protocol.messages import Settings
from constellation.testing.world import START_US


class Listener:
    """A subscriber; what it has not read counts as waiting."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.unread = 0
        self.reads = True
        self.ended: FeedCode | None = None
        self.on_cut: Callable[[], None] = lambda: None

    def waiting_bytes(self) -> int:
        return self.unread

    def write(self, frame: bytes) -> None:
        assert self.ended is None, "nothing is said to who was cut"
        self.frames.append(frame)
        if not self.reads:
            self.unread += len(frame)

    def read(self) -> None:
        """Read all that waits, and go on reading."""
        self.reads, self.unread = True, 0

    def cut(self, code: FeedCode, message: str) -> None:
        assert message
        self.ended = self.ended or code
        self.on_cut()

    def take(self, channel: str = "") -> list[dict[str, Any]]:
        """All messages since the last time; of one channel, the others being dropped."""
        found = [json.loads(frame) for frame in self.frames]
        self.frames.clear()
        return [message for message in found if not channel or message.get("channel") == channel]


class House:
    """A hub, its clock and its sessions."""

    def __init__(self, settings: Settings, interval_us: int = 0, start: MarketStart | None = None) -> None:
        self.now_us = START_US
        self.metrics = FeedMetrics()
        self.hub = MarketHub(settings, lambda: self.now_us, start, interval_us=interval_us, metrics=self.metrics)

    def enter(self) -> tuple[Listener, JsonSession]:
        listener = Listener()
        listener.on_cut = lambda: self.hub.disconnect(listener)
        return listener, JsonSession(self.hub, listener, lambda: self.now_us, self.metrics)

    def subscribed(self, **params: Any) -> Listener:
        """Somebody who has subscribed, successfully."""
        listener, session = self.enter()
        self.subscribe(session, **params)
        assert json.loads(listener.frames.pop(0))["success"] is True
        return listener

    def subscribe(self, session: JsonSession, **params: Any) -> None:
        session.receive(json.dumps({"method": "subscribe", "params": params, "id": 1}))

    def passes(self, microseconds: int, step_us: int = 50_000) -> None:
        """Time passes, with ticks."""
        end_us = self.now_us + microseconds
        while self.now_us < end_us:
            self.now_us = min(end_us, self.now_us + step_us)
            self.hub.tick(self.now_us)
