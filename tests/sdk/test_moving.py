"""A client whose alpha was replaced, on real sockets: an old alpha, or whoever is in its place, cannot hold it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.handshake import ResponderHandshake
from constellation.protocol.messages import (
    Appointment,
    Closing,
    Code,
    Hello,
    HelloProof,
    Role,
    Settings,
    SignedAppointment,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.signing import KeyPair, settings_constellation_id
from constellation.protocol.terms import sign_appointment
from constellation.sdk import Client, ClientOptions, ConnectionClosed, VerificationFailed
from tests.gateway.harness import ALPHA, ANNA, AUDITORS, Alpha, key, make_settings
from tests.gateway.live import live
from tests.sdk.test_directory import auditor

SETTINGS = make_settings()
CONSTELLATION = settings_constellation_id(SETTINGS)
SECOND = key("second alpha")

pytestmark = pytest.mark.timeout(20)


class Place:
    """Somewhere a client comes to; ``closing`` is what it is told, before or after the place has proven to be alpha."""

    def __init__(self, key_pair: KeyPair | None, appointments: list[SignedAppointment]) -> None:
        self.closing = Closing(Code.SHUTTING_DOWN, "the test is over")
        self.visits = 0
        self.url = ""
        self._key_pair = key_pair
        self._appointments = appointments

    async def receive(self, socket: ServerConnection) -> None:
        self.visits += 1
        hello = decode_client_message(await socket.recv(decode=False))
        if self._key_pair is not None:
            assert isinstance(hello, Hello)
            handshake = ResponderHandshake(
                self._key_pair, Role.CLIENT, CONSTELLATION, self._appointments, self.visits.to_bytes(32)
            )
            await socket.send(encode_client_message(handshake.receive_hello(hello)))
            proof = decode_client_message(await socket.recv(decode=False))
            assert isinstance(proof, HelloProof)
            handshake.receive_proof(proof)
        await socket.send(encode_client_message(self.closing))
        await socket.close()


@asynccontextmanager
async def place(
    key_pair: KeyPair | None = None, appointments: list[SignedAppointment] | None = None, port: int = 0
) -> AsyncIterator[Place]:
    found = Place(key_pair, appointments or [])
    async with serve(found.receive, "127.0.0.1", port) as server:
        found.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield found


def appointment(url: str, settings: Settings = SETTINGS) -> SignedAppointment:
    word = Appointment(1, SECOND.public, settings.auditors, settings.quorum_rule, url, "ws://cluster")
    return SignedAppointment(word, [sign_appointment(settings, key_pair, word) for key_pair in AUDITORS[:2]])


def options(*auditor_urls: str, reconnect_s: float = 0.5) -> ClientOptions:
    return ClientOptions(backoff_s=0.01, backoff_max_s=0.05, reconnect_s=reconnect_s, auditor_urls=auditor_urls)


async def opened(url: str, chosen: ClientOptions) -> Exception | None:
    """Open a client and close it; why that failed."""
    try:
        async with asyncio.timeout(5), Client(url, SETTINGS, ANNA, chosen):
            return None
    except (ConnectionClosed, VerificationFailed) as error:
        return error


@pytest.mark.parametrize("code", [Code.HALTED, Code.MOVED, Code.UNAUTHORIZED, Code.REPLACED])
@pytest.mark.parametrize("proves", [False, True])
async def test_whatever_the_old_alpha_says_the_auditors_are_heard(code: Code, proves: bool) -> None:
    async with place(ALPHA if proves else None) as old, place() as trap, place() as new:
        old.closing = Closing(code, trap.url if code is Code.MOVED else "the disk failed")
        document = json.dumps({"appointments": appointments_to_json(CONSTELLATION, [appointment(new.url)])})
        async with auditor(document) as honest:
            await opened(old.url, options(honest))
    assert (old.visits, trap.visits) == (1, 0)
    assert new.visits >= 1


OF_THE_KEY = [Code.UNKNOWN_SIGNER, Code.AGENT_EXPIRED, Code.NOT_ADMITTED]


@pytest.mark.parametrize("code", OF_THE_KEY)
async def test_what_is_said_of_the_key_without_a_proof_does_not_end_the_client(code: Code) -> None:
    async with (
        live(Alpha().fund(ANNA)) as server,
        Client(server.url, SETTINGS, ANNA, options(reconnect_s=10)) as client,
    ):
        await server.stop()
        async with place(port=server.port) as stranger:
            stranger.closing = Closing(code, "go away")
            while stranger.visits < 3:
                await asyncio.sleep(0.01)
        await server.start()
        assert (await client.account()).exists


@pytest.mark.parametrize("proves", [False, True])
async def test_an_error_says_whether_alpha_has_closed(proves: bool) -> None:
    async with place(ALPHA if proves else None) as somebody:
        somebody.closing = Closing(Code.UNKNOWN_SIGNER, "go away")
        error = await opened(somebody.url, options())
    assert isinstance(error, ConnectionClosed)
    assert (error.code, error.is_proven) == (Code.UNKNOWN_SIGNER, proves)


async def test_an_impostor_at_the_old_address_does_not_end_the_client_when_the_auditors_know_another_alpha() -> None:
    async with place(key("impostor")) as old, place(SECOND) as new:
        document = json.dumps({"appointments": appointments_to_json(CONSTELLATION, [appointment(new.url)])})
        async with auditor(document) as honest:
            await opened(old.url, options(honest))
        assert isinstance(await opened(old.url, options()), VerificationFailed)
    assert new.visits >= 1


async def test_moved_without_proof_leads_nowhere() -> None:
    async with place() as liar, place(ALPHA) as trap:
        liar.closing = Closing(Code.MOVED, trap.url)
        error = await opened(liar.url, options())
    assert isinstance(error, ConnectionClosed)
    assert (liar.visits, trap.visits) == (1, 0)


async def test_proven_alphas_that_send_to_each_other_are_left() -> None:
    async with place(ALPHA) as one, place(ALPHA) as two:
        one.closing, two.closing = Closing(Code.MOVED, two.url), Closing(Code.MOVED, one.url)
        error = await opened(one.url, options())
    assert isinstance(error, ConnectionClosed)
    assert (one.visits, two.visits) == (1, 1)


@pytest.mark.parametrize("reason", [Code.HALTED, Code.WRONG_CONSTELLATION, None])
async def test_a_client_comes_back_from_where_alpha_is_not(reason: Code | None) -> None:
    """None: somebody who shakes hands with another key."""
    alpha = Alpha()
    async with place(key("impostor") if reason is None else None) as trap, live(alpha.fund(ANNA)) as server:
        if reason is not None:
            trap.closing = Closing(reason, "go away")
        async with await Client.connect(server.url, alpha.settings, ANNA, options(reconnect_s=5)) as client:
            await server.stop(Code.MOVED, trap.url)
            async with asyncio.timeout(3):
                while not trap.visits:
                    await asyncio.sleep(0.005)
            await server.start()
            async with asyncio.timeout(3):
                assert (await client.account()).exists


async def test_a_new_alpha_that_proves_itself_is_moved_to() -> None:
    async with place(ALPHA) as old, place(SECOND) as new:
        new._appointments = [appointment(new.url)]
        old.closing = Closing(Code.MOVED, new.url)
        client = Client(old.url, SETTINGS, ANNA, options())
        with pytest.raises(ConnectionClosed):
            await client._connection.open()
    assert new.visits == 1
    assert client._connection._session.terms.alpha == SECOND.public
