"""The bounds of one gateway; each default has its reason in :mod:`constellation.protocol.limits` or here."""

from dataclasses import dataclass, replace
from math import ceil

from constellation.protocol import limits

FRAMES_PER_REQUEST = 2
"""Of one connection: pings, pongs and fragments have room beside an account's requests."""


@dataclass(slots=True, frozen=True)
class GatewayConfig:
    """What an operator may choose about the gateway.

    Attributes:
        handshake_timeout_s: for the opening of the WebSocket, and again for the handshake on it.
        connections: open at a time.
        connections_per_address: open at a time from one network address.
        connections_per_account: open at a time of one account.
        strangers: connections that have not proven an account.
        strangers_per_address: of them, from one network address.
        connects_per_second: new connections from one network address, in the long run.
        connects_burst: new connections from one network address at once.
        queue_messages: waiting for one slow reader; past it the connection is closed.
        queue_bytes: the same in bytes, because an account snapshot can be a mebibyte.
        queues_bytes: waiting for all slow readers together; past it those that have much waiting are closed.
        unresolved: requests of one connection without an answer; past it further ones are OVERLOADED.
        bad_signatures: on one connection; with the last one it is closed.
        frames_per_second_per_address: frames that are read from one network address, in the long run; twice as many
            at once. Of one connection, twice the requests that the settings allow an account.
        answers: remembered ones; past it requests are OVERLOADED.
    """

    handshake_timeout_s: float = limits.HANDSHAKE_TIMEOUT_S
    connections: int = limits.CONNECTIONS_MAX
    connections_per_address: int = limits.CONNECTIONS_PER_ADDRESS_MAX
    connections_per_account: int = limits.CONNECTIONS_PER_ACCOUNT_MAX
    strangers: int = limits.CLIENT_STRANGERS_MAX
    strangers_per_address: int = limits.CLIENT_STRANGERS_PER_ADDRESS_MAX
    connects_per_second: float = limits.CONNECTS_PER_SECOND
    connects_burst: int = limits.CONNECTS_BURST
    queue_messages: int = limits.CLIENT_QUEUE_MAX_MESSAGES
    queue_bytes: int = 4 * limits.CLIENT_REPLY_MAX_BYTES
    queues_bytes: int = limits.CLIENT_QUEUES_MAX_BYTES
    unresolved: int = 1000
    bad_signatures: int = 3
    frames_per_second_per_address: int = 20_000
    answers: int = limits.ANSWERS_MAX

    def share(self, fronts: int, requests_per_second: int) -> "GatewayConfig":
        """The bounds of one of several fronts, over which the system spreads the clients.

        Bounds of what is proven stay: the hub counts it over all fronts.

        Args:
            fronts: how many.
            requests_per_second: of one account, whose frames may all come to one front.
        """
        return replace(
            self,
            strangers=ceil(self.strangers / fronts),
            strangers_per_address=ceil(self.strangers_per_address / fronts),
            connects_per_second=self.connects_per_second / fronts,
            connects_burst=ceil(self.connects_burst / fronts),
            queues_bytes=self.queues_bytes // fronts,
            frames_per_second_per_address=max(
                ceil(self.frames_per_second_per_address / fronts), FRAMES_PER_REQUEST * requests_per_second
            ),
        )
