"""Whatever one changes in what alpha sends is refused by the JavaScript SDK, too, and named alike."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AccountSnapshot,
    Acknowledgement,
    ClientMessage,
    Finality,
    StateEntryType,
    StateProof,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.state_proofs import entry_key
from constellation.protocol.strkey import encode_seed
from constellation.protocol.xdr import MalformedMessage
from constellation.sdk import Client
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.proven import check_state
from constellation.sdk.verifier import Verifier
from tests.gateway.harness import ANNA, BERT, XLM, Alpha
from tests.gateway.live import LiveAlpha, live
from tests.sdk.test_tampering import ACKNOWLEDGEMENT, ACKNOWLEDGEMENTS, BATCH, FINALITY, certificates, flip
from tests.web.driver import Big, Driver, SdkFailed, driver
from tests.web.proxy import proxy

pytestmark = pytest.mark.timeout(240)

REFUSALS = ("VerificationFailed", "MalformedMessage")


def holds(frame: bytes) -> bool:
    """Whether Python's client takes a frame."""
    verifier = Verifier(BATCH.alpha.settings, ANNA.public)
    try:
        message = decode_client_message(frame)
        if isinstance(message, Acknowledgement):
            verifier.acknowledgement(message)
        else:
            assert isinstance(message, Finality)
            verifier.finality(message)
    except (VerificationFailed, MalformedMessage):
        return False
    return True


def with_ancestors() -> bytes:
    """A certificate of the last batch, and the headers from the first one up to its parent."""
    headers = [sealed.header for sealed, _ in BATCH.alpha.sealed]
    certificate = BATCH.alpha.certificate(BATCH.alpha.sealed[-1][0])
    return encode_client_message(Finality(certificate, headers[:-1]))


FRAMES = {"acknowledgement": ACKNOWLEDGEMENT, "finality": FINALITY, "ancestors": with_ancestors()}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
async def test_every_flipped_byte_is_judged_as_by_python(frame: bytes) -> None:
    document = settings_to_json(BATCH.alpha.settings)
    async with driver() as node:

        async def takes(data: bytes) -> bool:
            try:
                await node.call("judge", document, ANNA.public, data, timeout_s=120)
            except SdkFailed as error:
                assert error.name in REFUSALS
                return False
            return True

        assert await takes(frame)
        changed = [flip(frame, place) for place in range(4, len(frame))]
        found = await asyncio.gather(*(takes(data) for data in changed))
        assert found == [holds(data) for data in changed]
        assert sum(found) <= 8  # the request's own number, which no signature covers


async def prepared(node: Driver, server: LiveAlpha, url: str) -> "asyncio.Task[dict[str, object]]":
    """A payment that waits for its answer, the second quantum of three in a batch."""
    alpha = server.alpha
    options = {"url": url, "settings": settings_to_json(alpha.settings), "reconnectMs": 0, "timeoutMs": 5000}
    await node.call("connect", "anna", options, encode_seed(ANNA.seed))
    server.automatic = False
    alpha.deposit(BERT, XLM, ONE)
    executed = len(alpha.executed)
    pay = {"destination": BERT.address, "asset": "XLM", "amount": "1"}
    paying = asyncio.create_task(node.client("pay", pay))
    async with asyncio.timeout(10):
        while len(alpha.executed) == executed:
            await asyncio.sleep(0.01)
    alpha.deposit(BERT, XLM, ONE)
    return paying


async def test_changed_acknowledgements_are_refused_and_named() -> None:
    async with driver() as node:
        for change, expected in ACKNOWLEDGEMENTS.values():

            def spoil(
                message: ClientMessage, change: Callable[[Acknowledgement], Acknowledgement] = change
            ) -> ClientMessage:
                return change(message) if isinstance(message, Acknowledgement) else message

            async with live(Alpha().fund(ANNA, BERT)) as server, proxy(server.url, spoil) as url:
                paying = await prepared(node, server, url)
                server.alpha.acknowledge()
                with pytest.raises(SdkFailed) as caught:
                    await paying
                assert caught.value.name == "VerificationFailed"
                assert caught.value.error["message"].startswith(expected)
                assert caught.value.error["nothingHappened"] is False
                assert await node.client("state") == "closed"


async def test_changed_certificates_are_refused_and_named() -> None:
    async with driver() as node:
        for name in ("signature", "auditor", "twice", "too few", "none", "header"):
            expected = ""

            def spoil(message: ClientMessage, name: str = name) -> ClientMessage:
                nonlocal expected
                if not isinstance(message, Finality):
                    return message
                certificate, expected = certificates(message.certificate)[name]
                return replace(message, certificate=certificate)

            async with live(Alpha().fund(ANNA, BERT)) as server, proxy(server.url, spoil) as url:
                paying = await prepared(node, server, url)
                server.alpha.settle()
                receipt = await paying
                with pytest.raises(SdkFailed) as caught:
                    await node.call("final", Big(receipt["apex"]), 5000)
                assert caught.value.name == "VerificationFailed"
                assert caught.value.error["message"].startswith("certificate: ")
                assert expected in caught.value.error["message"]


async def test_every_flipped_byte_of_a_balance_proof_is_refused() -> None:
    async with driver() as node, live(Alpha().fund(ANNA, BERT)) as server:
        server.alpha.deposit(BERT, XLM, ONE)
        server.alpha.settle(checkpoint=True)
        settings = server.alpha.settings
        async with Client(server.url, settings, ANNA) as client:
            proof = await client.prove_entry(StateEntryType.ACCOUNT_ENTRY, ANNA.public)
        key, document = entry_key(StateEntryType.ACCOUNT_ENTRY, ANNA.public), settings_to_json(settings)
        data = proof.to_xdr()
        assert await node.call("checkState", document, key, data) == check_state(settings, key, proof).digest
        for place in [*range(8, len(data), 3), len(data) - 1]:  # behind the question's own number
            with pytest.raises(SdkFailed) as caught:
                await node.call("checkState", document, key, flip(data, place))
            assert caught.value.name in REFUSALS, place
        with pytest.raises(SdkFailed, match="another bucket"):
            await node.call("checkState", document, entry_key(StateEntryType.ACCOUNT_ENTRY, BERT.public), data)


async def test_a_changed_balance_does_not_get_through() -> None:
    def spoil(message: ClientMessage) -> ClientMessage:
        if not isinstance(message, StateProof) or message.entry is None:
            return message
        account: Any = message.entry
        first, *others = account.balances
        changed = replace(account, balances=[replace(first, balance=first.balance + 1), *others])
        return replace(message, entry=changed)

    async with driver() as node, live(Alpha().fund(ANNA, BERT)) as server, proxy(server.url, spoil) as url:
        server.alpha.deposit(BERT, XLM, ONE)
        server.alpha.settle(checkpoint=True)
        options = {"url": url, "settings": settings_to_json(server.alpha.settings)}
        await node.call("connect", "anna", options, encode_seed(ANNA.seed))
        with pytest.raises(SdkFailed, match="state proof: the proof does not lead to the state root"):
            await node.client("proveAccount")


@pytest.mark.parametrize("is_near", [True, False])
async def test_a_nonce_that_alpha_claims_is_followed_for_a_day(is_near: bool) -> None:
    claimed = time.time_ns() // 1000 + 86_000_000_000 if is_near else 2**63 - 2

    def claim(message: ClientMessage) -> ClientMessage:
        if not isinstance(message, AccountSnapshot) or message.account is None:
            return message
        return replace(message, account=replace(message.account, nonce=claimed))

    async with driver() as node, live(Alpha().fund(ANNA, BERT)) as server, proxy(server.url, claim) as url:
        options = {"url": url, "settings": settings_to_json(server.alpha.settings)}
        await node.call("connect", "anna", options, encode_seed(ANNA.seed))
        pay = {"destination": BERT.address, "asset": "XLM", "amount": "1"}
        if is_near:
            await node.client("pay", pay)
            assert server.alpha.machine.state.vault.accounts[ANNA.public].nonce == claimed + 1
            return
        for method, wish in (("pay", pay), ("submitBatch", [{"type": "pay", **pay}])):
            with pytest.raises(SdkFailed, match=f"nonce: alpha claims .* {claimed}, which is .* nothing is signed"):
                await node.client(method, wish)
        assert server.alpha.machine.state.vault.accounts[ANNA.public].nonce == 0


async def test_somebody_else_than_alpha_is_refused() -> None:
    async with driver() as node, live(Alpha().fund(ANNA)) as server:
        document = settings_to_json(replace(server.alpha.settings, alpha=BERT.public))
        with pytest.raises(SdkFailed, match="handshake: the other side is not this constellation's alpha"):
            await node.call("connect", "anna", {"url": server.url, "settings": document}, encode_seed(ANNA.seed))


async def test_effects_that_alpha_claims_it_must_show() -> None:
    claimed = 0

    def spoil(message: ClientMessage) -> ClientMessage:
        if not isinstance(message, AccountSnapshot) or message.account is None:
            return message
        number = message.account.effect_number + claimed
        return replace(message, account=replace(message.account, effect_number=number))

    async with driver() as node, live(Alpha().fund(ANNA)) as server, proxy(server.url, spoil) as url:
        options = {"url": url, "settings": settings_to_json(server.alpha.settings), "after": Big(0)}
        await node.call("connect", "anna", options, encode_seed(ANNA.seed))
        await node.client("account")
        claimed = 1

        async def ask() -> None:
            for _ in range(100):
                await node.client("account")
                await asyncio.sleep(0.02)

        with pytest.raises(SdkFailed, match="effects and says there are"):
            await ask()
