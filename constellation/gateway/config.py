"""The bounds of one gateway; each default has its reason in :mod:`constellation.protocol.limits` or here."""

from dataclasses import dataclass

from constellation.protocol import limits


@dataclass(slots=True, frozen=True)
class GatewayConfig:
    """What an operator may choose about the gateway.

    Attributes:
        handshake_timeout_s: for the opening of the WebSocket, and again for the handshake on it.
        connections: open at a time.
        connections_per_address: open at a time from one network address.
        queue_messages: waiting for one slow reader; past it the connection is closed.
        queue_bytes: the same in bytes, because an account snapshot can be a mebibyte.
        unresolved: requests of one connection without an answer; past it further ones are OVERLOADED.
        bad_signatures: on one connection; with the last one it is closed.
        requests_per_second: of one account, in the long run.
        burst: requests of one account at once.
        answers: remembered ones; past it requests are OVERLOADED.
    """

    handshake_timeout_s: float = limits.HANDSHAKE_TIMEOUT_S
    connections: int = limits.CONNECTIONS_MAX
    connections_per_address: int = limits.CONNECTIONS_PER_ADDRESS_MAX
    queue_messages: int = limits.CLIENT_QUEUE_MAX_MESSAGES
    queue_bytes: int = 4 * limits.CLIENT_REPLY_MAX_BYTES
    unresolved: int = 1000
    bad_signatures: int = 3
    requests_per_second: int = 2000
    burst: int = 4000
    answers: int = limits.ANSWERS_MAX
