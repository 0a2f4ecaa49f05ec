"""Adjacent events of one batch share an ``Acknowledgement``: the header's signature is sent and checked once."""

from constellation.protocol.messages import (
    MAX_EVENTS_PER_MESSAGE,
    AccountEvent,
    Acknowledgement,
    SignedHeader,
    encode_client_message,
)

_EFFECTS_PER_MESSAGE = 4096  # as many as one group may have; a message stays well below CLIENT_REPLY_MAX_BYTES


class Acknowledgements:
    """Collects events for one reader."""

    __slots__ = ("_effects", "_events", "_header")

    def __init__(self) -> None:
        self._header: SignedHeader | None = None
        self._events: list[AccountEvent] = []
        self._effects = 0

    def add(self, signed_header: SignedHeader, event: AccountEvent) -> bytes | None:
        """Take an event; the encoded message with those before it, when it begins another one."""
        effects = len(event.group.effects)
        full = len(self._events) == MAX_EVENTS_PER_MESSAGE or self._effects + effects > _EFFECTS_PER_MESSAGE
        message = self.end() if full or signed_header is not self._header else None
        self._header = signed_header
        self._events.append(event)
        self._effects += effects
        return message

    def end(self) -> bytes | None:
        """The encoded message with the events that are collected, if there are any."""
        if self._header is None:
            return None
        message = encode_client_message(Acknowledgement(self._header, self._events))
        self.clear()
        return message

    def clear(self) -> None:
        """Forget what is collected."""
        self._header, self._events, self._effects = None, [], 0
