"""A hostile client: it repeats what others have signed, changes it, and asks for far too much."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any, Final

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Settings, SignedRequest, SignedRequestBatch
from constellation.protocol.sub_accounts import sub_account_key
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
        victims = [account for victim in self._victims for account in victim.accounts]
        requests = [told.request for victim in victims for told in victim.memory.told.values() if told.request]
        count = _FLOOD if self._random.random() < 0.05 else 1
        if requests:
            await asyncio.gather(*(self._steal(client, self._random.choice(requests)) for _ in range(count)))

    async def _steal(self, client: Client, request: Submission) -> None:
        """Hand in what somebody else has signed, as it is or changed."""
        changed = self._changed(request)
        try:
            await (client.resend(changed) if isinstance(changed, SignedRequest) else client.resend_batch(changed))
        except (ExchangeError, OutcomeUnknown):
            return
        self.successes.append(f"request {request.request.nonce} of another account was executed for a stranger")

    def _changed(self, signed: Submission) -> Submission:
        request = signed.request
        change: dict[str, Any] = self._random.choice(
            (
                {},
                {"nonce": request.nonce + 1},
                {"valid_until": request.valid_until + 1_000_000},
                {"account": key_of("vandal").public},
                {"account": sub_account_key(request.account, 1)},
            )
        )
        signature = signed.signature if self._random.random() < 0.8 else self._random.randbytes(64)
        if isinstance(signed, SignedRequest):
            return SignedRequest(replace(signed.request, **change), signature)
        return SignedRequestBatch(replace(signed.request, **change), signature)
