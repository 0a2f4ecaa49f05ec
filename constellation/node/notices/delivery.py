"""What every way to tell an operator has in common."""

import asyncio
from typing import Final, Protocol

from constellation.node.notices.kinds import Severity
from constellation.node.notices.notice import Notice

ATTEMPT_S: Final = 10.0
"""For one attempt to deliver."""


class DeliveryFailed(Exception):
    """A notice was not taken. The message is in the node's own words: those of others may repeat a secret.

    Args:
        reason: why.
        is_final: whether another attempt would be the same.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Channel(Protocol):
    """One way to tell an operator."""

    @property
    def name(self) -> str:
        """For logs and metrics."""

    @property
    def least(self) -> Severity:
        """Of what is told this way."""

    async def deliver(self, notice: Notice) -> None:
        """Try once; whoever calls it ends it when it takes too long.

        Raises:
            DeliveryFailed: it was not taken.
        """


async def attempt(channel: Channel, notice: Notice) -> DeliveryFailed | None:
    """Try once, for a bounded time; why it was not taken, in own words, whatever the channel does."""
    try:
        async with asyncio.timeout(ATTEMPT_S):
            await channel.deliver(notice)
    except DeliveryFailed as failure:
        return failure
    except TimeoutError:
        return DeliveryFailed("it takes too long")
    except Exception as error:
        return DeliveryFailed(f"it failed: {type(error).__name__}")
    return None
