"""A hostile client: it repeats what others have signed, changes it, and asks for far too much."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Final

from constellation.protocol.messages import Settings, SignedRequest
from constellation.sdk import Client
from constellation.sdk.errors import ConnectionClosed, ExchangeError, OutcomeUnknown
from constellation.sdk.options import ClientOptions
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.traders import Trader
from constellation.testing.world import key_of

_OPTIONS: Final = ClientOptions(timeout_s=10, reconnect_s=10)
_FLOOD: Final = 100


class Vandal:
    """Somebody with a key, who has seen everything that the traders have signed.

    Args:
        host: its machine.
        settings: of the constellation.
        url: of alpha's gateway.
        victims: whose requests it has.
        random: decides.

    Attributes:
        successes: what it should not have got.
    """

    def __init__(self, host: Host, settings: Settings, url: str, victims: list[Trader], random: Random) -> None:
        self.host = host
        self.successes: list[str] = []
        self._settings = settings
        self._url = url
        self._victims = victims
        self._random = random

    async def live(self) -> None:
        """Be a nuisance for ever."""
        while True:
            try:
                async with Client(self._url, self._settings, key_of("vandal"), _OPTIONS) as client:
                    while True:
                        await self._act(client)
                        await asyncio.sleep(self._random.uniform(0.05, 2.0))
            except (ConnectionClosed, ExchangeError):
                await asyncio.sleep(1.0)

    async def _act(self, client: Client) -> None:
        requests = [told.request for victim in self._victims for told in victim.memory.told.values() if told.request]
        count = _FLOOD if self._random.random() < 0.05 else 1
        if requests:
            await asyncio.gather(*(self._steal(client, self._random.choice(requests)) for _ in range(count)))

    async def _steal(self, client: Client, request: SignedRequest) -> None:
        """Hand in what somebody else has signed, as it is or changed."""
        try:
            await client.resend(self._changed(request))
        except (ExchangeError, OutcomeUnknown):
            return
        self.successes.append(f"request {request.request.nonce} of another account was executed for a stranger")

    def _changed(self, signed: SignedRequest) -> SignedRequest:
        request = signed.request
        return self._random.choice(
            (
                signed,
                SignedRequest(replace(request, nonce=request.nonce + 1), signed.signature),
                SignedRequest(replace(request, valid_until=request.valid_until + 1_000_000), signed.signature),
                SignedRequest(replace(request, account=key_of("vandal").public), signed.signature),
                SignedRequest(request, self._random.randbytes(64)),
            )
        )
